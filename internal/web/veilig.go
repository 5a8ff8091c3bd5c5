package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// beleid is the Content-Security-Policy. Nothing inline runs; the only place
// that may make HTML from text is the own script's policy "soh".
func beleid(formActies []string) string {
	acties := strings.Join(append([]string{"'self'"}, formActies...), " ")
	return "default-src 'self'; base-uri 'none'; form-action " + acties +
		"; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types soh"
}

// Handler wraps all pages of a site: security headers, no caching, refusal of
// forms from other origins, the choice of language, compression, and a page instead
// of a dropped connection when a handler panics.
func (s *Site) Handler(inner http.Handler) http.Handler {
	beschermd := s.bescher.Handler(inner)
	return licht(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", s.csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		onthoudTaal(w, r)
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			s.Fout(w, r, fmt.Errorf("paniek: %v", p))
		}()
		beschermd.ServeHTTP(w, r)
	}))
}

// Routes registers what every site has: assets, the three pages of the
// footer, and the page for an unknown address.
func (s *Site) Routes(mux *http.ServeMux) {
	mux.Handle("GET /assets/", Assets())
	mux.Handle("GET /favicon.ico", http.RedirectHandler(AssetPad("favicon.svg"), http.StatusFound)) // asked for by browsers on pages of others, such as the sign-in
	for pad, titel := range map[string]string{"toegankelijkheid": Vertaalbaar("Toegankelijkheid"), "privacy": Vertaalbaar("Privacy"), "broncode": Vertaalbaar("Broncode")} {
		mux.HandleFunc("GET /"+pad, func(w http.ResponseWriter, r *http.Request) {
			s.Toon(w, r, http.StatusOK, pad+".html", Pagina{Titel: titel, Actief: "-", Data: s.cfg})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.Fout(w, r, begrip.NieuweFout(begrip.NietGevonden, "Deze pagina bestaat niet. Misschien is het adres verkeerd of is de pagina weg."))
	})
}

// FoutData is what the error page shows.
type FoutData struct {
	Titel, Bericht string
	Velden         []begrip.Veldfout
	Code           begrip.Code
	Aanmelden      string
	Thuis          string
	Nood           string // path to noodtoegang, for a look that was refused
}

// Fout shows err as a page. Internal detail goes to the log only.
func (s *Site) Fout(w http.ResponseWriter, r *http.Request, err error) { s.fout(w, r, err, "") }

// fout is Fout, with the way on for who cannot wait.
func (s *Site) fout(w http.ResponseWriter, r *http.Request, err error, nood string) {
	f := begrip.FoutVan(err)
	status := f.Code.Status()
	if status >= 500 {
		s.cfg.Log.ErrorContext(r.Context(), "pagina mislukt", "pad", r.URL.Path, "code", f.Code, "fout", err)
	}
	d := FoutData{Titel: f.Code.Titel(), Bericht: f.Bericht, Velden: f.Velden, Code: f.Code, Thuis: s.cfg.Thuis, Nood: nood}
	if f.Code == begrip.NietAangemeld {
		d.Aanmelden = s.cfg.Aanmelden
	}
	s.Toon(w, r, status, "fout.html", Pagina{Titel: d.Titel, Actief: "-", Data: d})
}

// Handel makes a handler of a function that returns an error, which becomes
// the error page.
func (s *Site) Handel(f func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			s.Fout(w, r, err)
		}
	}
}
