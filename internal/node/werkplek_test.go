package node

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

func TestPostvakEnLogboekTonenWatErIs(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	knoop := n.nodes[vt.OIN]
	site, err := web.New(web.Config{Werkplek: true})
	if err != nil {
		t.Fatal(err)
	}
	if site, err = site.Met(paginas); err != nil {
		t.Fatal(err)
	}
	toon := func(f func(*web.Site, http.ResponseWriter, *http.Request) error, pad string) string {
		w := httptest.NewRecorder()
		if err := f(site, w, httptest.NewRequest("GET", pad, nil)); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", pad, w.Code, err)
		}
		return w.Body.String()
	}
	if b := toon(knoop.paginaPostvak, "/postvak"); !strings.Contains(b, "Uw postvak is leeg") {
		t.Error("leeg postvak")
	}
	o := n.bied(id)
	n.wacht("aanbod", func() bool { return n.staat(vt, o.ID) == opdracht.Aangeboden })
	if b := toon(knoop.paginaPostvak, "/postvak"); !strings.Contains(b, "/postvak/lees-brief/"+o.ID) || !strings.Contains(b, politie.Naam) {
		t.Error("postvak toont de opdracht niet")
	}
	if _, err := knoop.inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, medewerker(vt, begrip.RolMedewerkerVT), []begrip.BSN{kind}, nil); err != nil {
		t.Fatal(err)
	}
	b := toon(knoop.paginaLogboek, "/logboek")
	if !strings.Contains(b, "Samira de Wit") || !strings.Contains(b, "Keek bij "+politie.Naam) || strings.Contains(b, kind.Leesbaar()) {
		t.Error("logboek klopt niet")
	}
	if b := toon(knoop.paginaPostvak, "/postvak?taal=en"); strings.Contains(b, "Afgerond") {
		t.Error("niet vertaald")
	}
}

func TestWerkplekVraagtAanmelding(t *testing.T) {
	n := nieuwNet(t)
	k, err := Open(Config{Organisatie: vreemd, Map: t.TempDir(), Identiteit: n.identiteit(vreemd), HubURL: n.hub.URL,
		Aanmelding: toegang.AanmeldConfig{Issuer: "http://127.0.0.1:9/oidc", ClientID: "werkplek", RedirectURL: "http://127.0.0.1:8/aanmelden/terug", CookieNaam: "werk"}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for _, pad := range []string{"/postvak", "/logboek", "/"} {
		w := httptest.NewRecorder()
		k.Werkplek().ServeHTTP(w, httptest.NewRequest("GET", pad, nil))
		if w.Code != http.StatusSeeOther && w.Code != http.StatusFound && w.Code != http.StatusUnauthorized {
			t.Errorf("%s zonder aanmelding: %d", pad, w.Code)
		}
	}
	w := httptest.NewRecorder()
	k.Werkplek().ServeHTTP(w, httptest.NewRequest("GET", "/health", nil))
	if w.Code != 200 {
		t.Errorf("health: %d", w.Code)
	}
}
