package node

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handbereik/soh/internal/toegang"
)

func TestWerkplekVraagtAanmelding(t *testing.T) {
	n := nieuwNet(t)
	k, err := Open(Config{Organisatie: vreemd, Map: t.TempDir(), Identiteit: n.identiteit(vreemd), HubURL: n.hub.URL, HubOIN: keten.OIN,
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
