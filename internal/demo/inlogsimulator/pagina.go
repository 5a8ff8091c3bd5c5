package inlogsimulator

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"

	"github.com/handbereik/soh/internal/begrip"
)

//go:embed pagina.html stijl.css
var bestanden embed.FS

var paginas = template.Must(template.ParseFS(bestanden, "pagina.html"))

// pagina is all the template shows; a BSN is not in it.
type pagina struct {
	Basis, Titel, Wie string
	Fout              string
	Verborgen         []veld // the authorization request, carried to the POST
	Gekozen           *keuze // the person the client asked for
	Personen          []keuze
	Digid             bool
}

type veld struct{ Naam, Waarde string }

type keuze struct{ Sub, Naam, Rol, Uitleg string }

func (s *Simulator) toonKeuze(w http.ResponseWriter, r *http.Request, u Uitgever, v verzoek) error {
	p := pagina{Titel: "Inloggen", Wie: u.Naam, Digid: u.ACR == ACRSubstantieel, Verborgen: []veld{
		{"client_id", v.ClientID}, {"redirect_uri", v.Terug}, {"response_type", "code"}, {"scope", v.Scope}, {"state", v.State},
		{"nonce", v.Nonce}, {"code_challenge", v.Challenge}, {"code_challenge_method", "S256"},
		{"acr_values", v.ACR},
	}}
	for _, m := range u.Personen {
		k := keuze{m.Sub, m.Naam, m.Rol.Naam(), m.Uitleg}
		if m.Sub == v.Hint {
			p.Gekozen = &k
			continue
		}
		p.Personen = append(p.Personen, k)
	}
	doel, err := url.Parse(v.Terug)
	if err != nil {
		return err
	}
	// Browsers apply form-action to the redirect after the POST as well.
	w.Header().Set("Content-Security-Policy", csp("'self' "+doel.Scheme+"://"+doel.Host))
	return s.toon(w, http.StatusOK, p)
}

func (s *Simulator) toonUit(w http.ResponseWriter, _ *http.Request, u Uitgever) error {
	return s.toon(w, http.StatusOK, pagina{Titel: "U bent afgemeld", Wie: u.Naam})
}

func (s *Simulator) toonFout(w http.ResponseWriter, r *http.Request, err error) {
	f := begrip.FoutVan(err)
	s.log.WarnContext(r.Context(), "sign-in simulator refused", "pad", r.URL.Path, "fout", f.Error())
	_ = s.toon(w, f.Code.Status(), pagina{Titel: "Inloggen lukt niet", Fout: f.Bericht})
}

func (s *Simulator) toon(w http.ResponseWriter, status int, p pagina) error {
	p.Basis = s.basis
	var b bytes.Buffer
	if err := paginas.Execute(&b, p); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

func csp(formAction string) string {
	return "default-src 'self'; script-src 'none'; base-uri 'none'; form-action " + formAction +
		"; frame-ancestors 'none'; object-src 'none'"
}

// veilig sets the headers of every answer; a page may widen form-action.
func veilig(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k := w.Header()
		k.Set("Content-Security-Policy", csp("'self'"))
		k.Set("Cache-Control", "no-store")
		k.Set("X-Content-Type-Options", "nosniff")
		k.Set("X-Frame-Options", "DENY")
		k.Set("Referrer-Policy", "same-origin")
		h.ServeHTTP(w, r)
	})
}

func stijl(w http.ResponseWriter, _ *http.Request) {
	b, err := bestanden.ReadFile("stijl.css")
	if err != nil {
		http.Error(w, "no style", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(b)
}
