package cloudevent

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/handbereik/soh/internal/begrip"
)

// FromRequest reads the events in a request, structured, binary or batch, as
// the Content-Type says; batch tells which. The events have passed Validate.
// Too large gives TeGroot, another media type VerkeerdType.
func FromRequest(r *http.Request) (events []Event, batch bool, err error) {
	if c := r.Header.Get("Content-Encoding"); c != "" && !strings.EqualFold(c, "identity") {
		return nil, false, begrip.NieuweFout(begrip.VerkeerdType, "Stuur het bericht zonder Content-Encoding.")
	}
	soort := r.Header.Get("Content-Type")
	if soort != TypeEvent && soort != TypeBatch {
		if soort, err = kaalType(soort); err != nil {
			return nil, false, err
		}
	}
	switch {
	case soort == TypeEvent:
		b, err := body(r, MaxEvent)
		if err != nil {
			return nil, false, err
		}
		e, err := Parse(b)
		if err != nil {
			return nil, false, err
		}
		return []Event{e}, false, nil
	case soort == TypeBatch:
		b, err := body(r, MaxRequest)
		if err != nil {
			return nil, true, err
		}
		events, err := ParseBatch(b)
		return events, true, err
	case !strings.HasPrefix(soort, "application/cloudevents") && len(r.Header.Values("Ce-Specversion")) > 0:
		e, err := leesBinair(r)
		if err != nil {
			return nil, false, err
		}
		return []Event{e}, false, nil
	}
	return nil, false, begrip.NieuweFout(begrip.VerkeerdType,
		"Stuur %s of %s, of de attributen als ce-headers (ce-specversion en verder).", TypeEvent, TypeBatch)
}

// kaalType strips the parameters of a media type; only UTF-8 is taken.
func kaalType(t string) (string, error) {
	if t == "" {
		return "", nil
	}
	soort, parameters, err := mime.ParseMediaType(t)
	if err != nil {
		return "", begrip.NieuweFout(begrip.VerkeerdType, "De Content-Type is niet te lezen.")
	}
	if c := parameters["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return "", begrip.NieuweFout(begrip.VerkeerdType, "Het bericht moet in UTF-8 zijn.")
	}
	return soort, nil
}

// body reads at most grens bytes.
func body(r *http.Request, grens int) ([]byte, error) {
	wat := "Een gebeurtenis"
	if grens == MaxRequest {
		wat = "Een verzoek"
	}
	if r.ContentLength > int64(grens) {
		return nil, teGroot(wat, grens)
	}
	if r.Body == nil {
		return nil, nil
	}
	var b []byte
	var err error
	if n := r.ContentLength; n >= 0 {
		b = make([]byte, n)
		_, err = io.ReadFull(r.Body, b)
	} else {
		b, err = io.ReadAll(io.LimitReader(r.Body, int64(grens)+1))
	}
	if len(b) > grens {
		return nil, teGroot(wat, grens)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, teGroot(wat, grens)
	}
	if f, ok := errors.AsType[*begrip.Fout](err); ok { // the listener has no room for it
		return nil, f
	}
	if err != nil {
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Het bericht kwam niet helemaal aan.").Door(err)
	}
	if begrip.HeeftNUL(b) {
		return nil, begrip.NieuweFout(begrip.Ongeldig, begrip.NULBericht)
	}
	return b, nil
}

// leesBinair reads the binary form: attributes in ce-headers, data in the body.
func leesBinair(r *http.Request) (Event, error) {
	b, err := body(r, MaxEvent)
	if err != nil {
		return Event{}, err
	}
	var f fouten
	e := Event{DataContentType: r.Header.Get("Content-Type"), Data: b}
	s := toestand{e: &e, f: &f}
	for kop, waarden := range r.Header {
		if len(kop) < 4 || !strings.EqualFold(kop[:3], "ce-") {
			continue
		}
		naam := strings.ToLower(kop[3:])
		if len(waarden) != 1 {
			f.meld("ce-"+naam, "deze header staat er meer dan één keer in")
		}
		waarde, err := ontcijfer(waarden[0])
		if err != nil {
			f.meld("ce-"+naam, "de waarde is niet goed gecodeerd (procentcodering van UTF-8)")
			waarde = "-"
		}
		s.kop(naam, waarde)
	}
	if len(b) > 0 && !jsontext.Value(b).IsValid() {
		f.meld("data", "dit is geen geldige JSON")
		e.Data = []byte("{}")
	}
	s.sluit()
	if err := f.fout(); err != nil {
		return Event{}, err
	}
	return e, nil
}

// kop takes one ce-header, decoded.
func (s *toestand) kop(naam, waarde string) {
	e := s.e
	switch naam {
	case "specversion":
		s.versie = true
		if waarde != "1.0" {
			s.f.meld(naam, "de versie van CloudEvents moet 1.0 zijn")
		}
	case "id":
		e.ID = waarde
	case "source":
		e.Source = waarde
	case "type":
		e.Type = waarde
	case "time":
		s.zetTijd(waarde)
	case "subject":
		if e.Subject = waarde; waarde == "" {
			e.Opmerkingen |= LeegSubject
		}
	case "dataschema":
		if e.DataSchema = waarde; waarde == "" {
			e.Opmerkingen |= LeegSchema
		}
	case "datacontenttype":
		s.f.meld("ce-datacontenttype", "het mediatype van de inhoud staat in Content-Type, niet in een ce-header")
	default:
		s.zetUitbreiding(naam, waarde)
	}
}

// ontcijfer decodes a header value (CloudEvents HTTP binding §3.1.3.2).
func ontcijfer(s string) (string, error) {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.ReplaceAll(strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`), `\\`, `\`)
	}
	if !strings.Contains(s, "%") {
		return s, nil
	}
	s, err := url.PathUnescape(s)
	if err == nil && strings.ContainsRune(s, 0) {
		err = begrip.NieuweFout(begrip.Ongeldig, begrip.NULBericht)
	}
	return s, err
}

// SetBinary writes the event into a request in binary form: headers and body.
func (e Event) SetBinary(r *http.Request) {
	soort := e.DataContentType
	if soort == "" {
		soort = TypeJSON
	}
	r.Header.Set("Content-Type", soort)
	koppen := map[string]string{
		"specversion": "1.0", "id": e.ID, "source": e.Source, "type": e.Type,
		"subject": e.Subject, "dataschema": e.DataSchema,
	}
	if !e.Time.IsZero() {
		koppen["time"] = e.Time.UTC().Format(time.RFC3339Nano)
	}
	for naam, waarde := range e.Extensions {
		koppen[naam] = waarde
	}
	for naam, waarde := range koppen {
		if waarde != "" {
			r.Header.Set("ce-"+naam, codeer(waarde))
		}
	}
	r.Body = io.NopCloser(strings.NewReader(string(e.Data)))
	r.ContentLength = int64(len(e.Data))
}

// codeer percent-encodes what a header cannot carry.
func codeer(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == '"' || c == '%' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
