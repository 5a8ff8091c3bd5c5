package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// TestGeweigerdePaginaLeidtNaarNoodtoegang: who is refused a record and carries
// cases finds the way to noodtoegang, with what was asked; nobody else does, and
// another error leads nowhere.
func TestGeweigerdePaginaLeidtNaarNoodtoegang(t *testing.T) {
	site, err := New(Config{Naam: "Werkplek", Werkplek: true})
	if err != nil {
		t.Fatal(err)
	}
	sessie := toegang.Sessie{Persoon: "p1", Naam: "Linda", Rol: begrip.RolJeugdbeschermer}
	in := func(f func(http.ResponseWriter, *http.Request, toegang.Sessie)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { f(w, r, sessie) }
	}
	w := NieuwWerk(site, http.NewServeMux(), in, in)
	const pad = "/v1/meldingen/0199c0de-0000-7000-8000-000000000009"
	geweigerd := begrip.NieuweFout(begrip.Verboden, "Dit mag niet.").Door(toegang.Weigering{Bron: "00000001234567890000", Pad: pad})
	w.Pagina("GET /geweigerd", func(http.ResponseWriter, *http.Request, toegang.Sessie) error { return geweigerd })
	w.Pagina("GET /anders", func(http.ResponseWriter, *http.Request, toegang.Sessie) error {
		return begrip.NieuweFout(begrip.Verboden, "Dit mag niet.")
	})
	w.BijWeigering(func(s toegang.Sessie, x toegang.Weigering) string {
		if !s.Rol.DraagtZaken() {
			return ""
		}
		return "/noodtoegang?" + url.Values{"bron": {string(x.Bron)}, "verwijzing": {x.Pad}}.Encode()
	})
	kijk := func(pad string) (int, string) {
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, httptest.NewRequest("GET", pad, nil))
		return rec.Code, rec.Body.String()
	}
	if s, b := kijk("/geweigerd"); s != 403 || !strings.Contains(b, "/noodtoegang?bron=00000001234567890000&amp;verwijzing="+url.QueryEscape(pad)) {
		t.Errorf("%d %s", s, b)
	}
	if _, b := kijk("/anders"); strings.Contains(b, "/noodtoegang?") {
		t.Errorf("another refusal leads on: %s", b)
	}
	sessie.Rol = begrip.RolAdministratie
	if _, b := kijk("/geweigerd"); strings.Contains(b, "/noodtoegang?") {
		t.Errorf("administration is led to noodtoegang: %s", b)
	}
}
