package demo

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/inlogsimulator"
)

func TestOrganisatiesZijnVerzonnenMaarGoedGevormd(t *testing.T) {
	gezien := map[begrip.OIN]bool{}
	orgs := []begrip.Organisatie{ketenbeheerder, portaalOrg}
	for _, d := range Deelnemers() {
		orgs = append(orgs, d.Organisatie)
		if len(d.Mensen) == 0 {
			t.Errorf("%s has nobody to sign in as", d.Naam)
		}
		for _, k := range d.Bekend {
			gezin(k)
		}
	}
	for _, o := range orgs {
		if _, err := begrip.ParseOIN(string(o.OIN)); err != nil || gezien[o.OIN] {
			t.Errorf("%s: OIN %s: %v", o.Naam, o.OIN, err)
		}
		gezien[o.OIN] = true
	}
	if len(Deelnemers()) < 7 {
		t.Error("at least seven deelnemers are promised")
	}
}

func TestGezinnenHebbenTestnummers(t *testing.T) {
	nummers, subs := map[string]bool{}, map[string]bool{}
	for _, g := range Gezinnen() {
		for _, l := range slices.Concat(g.Leden, g.Naasten) {
			nr := l.BSN.Leesbaar()
			if !strings.HasPrefix(nr, "9999") || nummers[nr] {
				t.Errorf("%s has no test number of its own", l.Naam())
			}
			nummers[nr] = true
		}
		for _, p := range g.Inloggers() {
			if subs[p.Sub] || begrip.ElfProef(p.Sub) {
				t.Errorf("name %q at the sign-in", p.Sub)
			}
			subs[p.Sub] = true
		}
		if len(g.Inloggers()) == 0 {
			t.Errorf("nobody of %s can sign in", g.Naam)
		}
	}
}

// The page that says that it comes by itself does: the browser asks again, until the demo is there.
func TestDeWachtpaginaKomtVanzelfVerder(t *testing.T) {
	d := &Demo{simulator: &inlogsimulator.Simulator{}}
	h, err := d.startHandler(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Refresh") != "1" || !strings.Contains(w.Body.String(), "Deze pagina komt vanzelf") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
