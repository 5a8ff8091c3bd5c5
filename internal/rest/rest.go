// Package rest is the HTTP edge that hub, node and portal share: the rules of
// the NL GOV REST API Design Rules 2.x, written once. It promises that every
// answer carries the security headers and the API-Version, that every error is
// problem+json in plain Dutch with all mistakes at once, and that no refused
// value, cause or query string leaves the process.
package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/handbereik/soh/internal/begrip"
)

// Probleem is an error as a caller gets it (RFC 9457). Type names the code, so
// that a client can act on it; Fouten holds every mistake found.
type Probleem struct {
	Type     string            `json:"type" doc:"Naam van de soort fout" example:"urn:soh:fout:ongeldig"`
	Title    string            `json:"title" doc:"Korte, vaste omschrijving"`
	Status   int               `json:"status" doc:"HTTP-status"`
	Detail   string            `json:"detail" doc:"Wat er in dit geval mis is, in gewone taal"`
	Instance string            `json:"instance,omitempty" doc:"Pad van het verzoek"`
	Fouten   []begrip.Veldfout `json:"fouten,omitempty" doc:"Alle fouten in de invoer"`

	wacht time.Duration
}

// Error is the message for the caller.
func (p *Probleem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Probleem) GetStatus() int { return p.Status }

// ContentType makes every error problem+json.
func (p *Probleem) ContentType(string) string { return "application/problem+json" }

// GetHeaders asks a busy caller to wait.
func (p *Probleem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wacht > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.wacht.Seconds())))
	}
	return h
}

func probleem(f *begrip.Fout, pad string) *Probleem {
	p := &Probleem{
		Type: "urn:soh:fout:" + string(f.Code), Title: f.Code.Titel(), Status: f.Code.Status(),
		Detail: f.Bericht, Instance: veiligPad(pad), Fouten: veiligeVelden(f.Velden),
	}
	if p.Detail == "" {
		p.Detail = p.Title + "."
	}
	if f.Code == begrip.TeDruk || f.Code == begrip.NietBeschikbaar {
		p.wacht = cmp.Or(f.Wacht, 2*time.Second)
	}
	return p
}

func veiligPad(pad string) string { return string(begrip.MaskeerBSN([]byte(pad))) }

// veiligeVelden masks the names of fields: a caller may use a BSN as one.
func veiligeVelden(in []begrip.Veldfout) []begrip.Veldfout {
	uit := slices.Clone(in)
	for i := range uit {
		uit[i].Veld = veiligPad(uit[i].Veld)
	}
	return uit
}

type verzoekSleutel struct{}
type logSleutel struct{}

// omgeving is the context of one request: both values in one, since it is made
// for every request.
type omgeving struct {
	context.Context
	r   *http.Request
	log *slog.Logger
}

// Value gives the request and the logger, and what the server's context holds.
func (o *omgeving) Value(k any) any {
	switch k.(type) {
	case verzoekSleutel:
		return o.r
	case logSleutel:
		return o.log
	}
	return o.Context.Value(k)
}

// veiligeKoppen are the headers of every answer; their values are shared, so
// they may be replaced but never changed.
func veiligeKoppen(versie string) http.Header {
	h := http.Header{}
	h.Set("API-Version", versie)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "frame-ancestors 'none'")
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	return h
}

// Verzoek gives the HTTP request that is being answered; nil outside Handler.
func Verzoek(ctx context.Context) *http.Request {
	r, _ := ctx.Value(verzoekSleutel{}).(*http.Request)
	return r
}

func logger(ctx context.Context) *slog.Logger {
	if l, ok := ctx.Value(logSleutel{}).(*slog.Logger); ok {
		return l
	}
	return slog.Default()
}

// naarProbleem turns any error into what the caller gets, and logs the rest.
func naarProbleem(ctx context.Context, err error) *Probleem {
	if p, ok := errors.AsType[*Probleem](err); ok {
		return p
	}
	f, pad := begrip.FoutVan(err), ""
	if r := Verzoek(ctx); r != nil {
		pad = r.URL.Path
	}
	if f.Oorzaak != nil {
		niveau := slog.LevelInfo
		if f.Code.Status() >= 500 {
			niveau = slog.LevelError
		}
		logger(ctx).Log(ctx, niveau, "verzoek mislukt", "code", string(f.Code), "oorzaak", f.Oorzaak.Error(), "pad", veiligPad(pad))
	}
	return probleem(f, pad)
}

// WriteFout answers with err as problem+json; the cause goes to the log.
func WriteFout(w http.ResponseWriter, r *http.Request, err error) {
	p := naarProbleem(r.Context(), err)
	p.Instance = veiligPad(r.URL.Path)
	if p.wacht > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(p.wacht.Seconds())))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// WriteJSON answers with v.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"title":"Er ging iets mis","status":500,"detail":"Er ging iets mis."}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

// ReadJSON reads one JSON value of at most max bytes into a struct. Unknown or
// double members, bad UTF-8 and trailing data are refused.
func ReadJSON(w http.ResponseWriter, r *http.Request, max int64, into any) error {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return begrip.NieuweFout(begrip.TeGroot, "Het bericht is groter dan %d KB.", max/1024)
		}
		return NietHeel(err)
	}
	return LeesJSON(b, into)
}

// LeesJSON decodes b strictly, as ReadJSON does.
func LeesJSON(b []byte, into any) error {
	if begrip.HeeftNUL(b) {
		return begrip.NieuweFout(begrip.Ongeldig, begrip.NULBericht)
	}
	err := jsonv2.Unmarshal(b, into, jsonv2.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	return jsonFout(b, err)
}

// jsonFout tells what is wrong with b without repeating any of its values.
func jsonFout(b []byte, err error) *begrip.Fout {
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		regel := 1 + bytes.Count(b[:min(int(s.ByteOffset), len(b))], []byte("\n"))
		bericht := geenJSON
		if errors.Is(err, jsontext.ErrDuplicateName) {
			bericht = tweeKeer
		}
		return &begrip.Fout{Code: begrip.Ongeldig, Bericht: bericht, Velden: []begrip.Veldfout{{Veld: "regel " + strconv.Itoa(regel), Bericht: bericht}}}
	}
	if s, ok := errors.AsType[*jsonv2.SemanticError](err); ok {
		bericht := "Dit veld heeft een verkeerd soort waarde."
		switch {
		case errors.Is(err, jsonv2.ErrUnknownName):
			bericht = "Dit veld kennen wij niet."
		case errors.Is(err, begrip.ErrBSN):
			bericht = begrip.ErrBSN.Error()
		}
		return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: string(s.JSONPointer), Bericht: bericht}}}
	}
	return &begrip.Fout{Code: begrip.Ongeldig, Bericht: geenJSON}
}

// What is said of a body that cannot be read at all.
const (
	geenJSON = "Dit is geen geldige JSON."
	tweeKeer = "Dit veld staat er twee keer."
)

// Handler wraps an API: security headers and API-Version on every answer,
// 404 and 405 as problem+json, a panic as 500, one log line per request with
// path and status but without query, body or address of the caller.
func Handler(inner http.Handler, versie string, log *slog.Logger) http.Handler {
	koppen := veiligeKoppen(versie)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		h := w.Header()
		for naam, waarde := range koppen {
			h[naam] = waarde
		}
		ctx := &omgeving{Context: r.Context(), log: log}
		r = r.WithContext(ctx)
		ctx.r = r
		s := &schrijver{ResponseWriter: w, r: r}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				log.Error("paniek", "wat", p, "pad", veiligPad(r.URL.Path), "stapel", string(debug.Stack()))
				if s.status == 0 {
					WriteFout(s, r, begrip.NieuweFout(begrip.Intern, "Er ging iets mis. Probeer het later nog eens."))
				}
			}
			if !log.Enabled(ctx, slog.LevelDebug) {
				return
			}
			if log.Enabled(r.Context(), slog.LevelDebug) {
				log.Debug("verzoek", "methode", r.Method, "pad", veiligPad(r.URL.Path), "status", s.status, "ms", time.Since(begin).Milliseconds())
			}
		}()
		if err := adres(r); err != nil {
			WriteFout(s, r, err)
			return
		}
		inner.ServeHTTP(s, r)
	})
}

// adres refuses what may not stand in the address of a request: a token, which
// everybody on the way can read there (NL GOV profile for OAuth 2.0), and the
// character NUL.
func adres(r *http.Request) error {
	if strings.IndexByte(r.URL.Path, 0) >= 0 {
		return begrip.NieuweFout(begrip.Ongeldig, begrip.NULBericht)
	}
	if r.URL.RawQuery == "" || !strings.ContainsAny(r.URL.RawQuery, "%_") {
		return nil
	}
	for naam, waarden := range r.URL.Query() {
		if strings.EqualFold(naam, "access_token") {
			return begrip.NieuweFout(begrip.Ongeldig, "Stuur een toegangstoken mee in de kop Authorization, nooit in het adres. Dit token moet u niet meer gebruiken.")
		}
		if strings.ContainsRune(naam, 0) || slices.ContainsFunc(waarden, func(s string) bool { return strings.ContainsRune(s, 0) }) {
			return begrip.NieuweFout(begrip.Ongeldig, begrip.NULBericht)
		}
	}
	return nil
}

// schrijver replaces the plain-text 404 and 405 of the standard mux.
type schrijver struct {
	http.ResponseWriter
	r      *http.Request
	status int
	stil   bool
}

// Unwrap lets http.ResponseController reach the connection.
func (s *schrijver) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *schrijver) WriteHeader(status int) {
	if s.status != 0 {
		return
	}
	s.status = status
	if status == http.StatusUnauthorized && s.Header().Get("WWW-Authenticate") == "" { // RFC 9110 §15.5.2
		s.Header().Set("WWW-Authenticate", "Bearer")
	}
	if (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) && s.Header().Get("Content-Type") == "text/plain; charset=utf-8" {
		s.stil = true
		code, bericht := begrip.NietGevonden, "Dit adres bestaat niet."
		if status == http.StatusMethodNotAllowed {
			code, bericht = begrip.MethodeOnbekend, "Op dit adres kan deze methode niet."
		}
		s.Header().Set("Content-Type", "application/problem+json")
		s.ResponseWriter.WriteHeader(status)
		_ = json.NewEncoder(s.ResponseWriter).Encode(probleem(begrip.NieuweFout(code, "%s", bericht), s.r.URL.Path))
		return
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *schrijver) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	if s.stil {
		return len(b), nil
	}
	return s.ResponseWriter.Write(b)
}
