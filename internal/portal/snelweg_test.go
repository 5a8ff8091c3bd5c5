package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
	"github.com/handbereik/soh/internal/web/browsertest"
)

// snel posts the quick exit with these cookies, as site (Sec-Fetch-Site).
func (n *net) snel(methode, site string, koekjes ...*http.Cookie) *http.Response {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), methode, n.web.URL+web.PadSnelWeg, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", site)
	for _, k := range koekjes {
		r.AddCookie(k)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		n.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}

func (n *net) binnen(k *http.Cookie) bool {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.web.URL+"/overzicht", nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.AddCookie(k)
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		n.t.Fatal(err)
	}
	_ = resp.Body.Close()
	if !strings.Contains(resp.Header.Get("Cache-Control"), "no-store") {
		n.t.Errorf("een persoonlijke pagina mag bewaard worden: %q", resp.Header.Get("Cache-Control"))
	}
	return resp.StatusCode == http.StatusOK
}

// TestSnelWegLogtUit: the quick exit ends the session at the server, removes
// every cookie of ours and never shows an error; another site ends nothing.
func TestSnelWegLogtUit(t *testing.T) {
	n := leegNet(t)
	n.hub = n.luister(keten, http.NotFoundHandler())
	n.open(toegang.AanmeldConfig{})
	k := n.koekje(ouder, time.Time{})
	voor, taal := &http.Cookie{Name: n.portaal.voorNaam(), Value: "x"}, &http.Cookie{Name: "taal", Value: "en"}
	poging := &http.Cookie{Name: strings.TrimSuffix(n.portaal.voorNaam(), voorStaart) + "-aanmelden-abc", Value: "x"}
	neutraal := func(wat string, r *http.Response) {
		t.Helper()
		if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "https://www.knmi.nl/") {
			t.Errorf("%s: %d %s", wat, r.StatusCode, r.Header.Get("Location"))
		}
	}
	for _, g := range [][2]string{{"POST", "cross-site"}, {"POST", "same-site"}, {"GET", "same-origin"}, {"GET", "cross-site"}} {
		r := n.snel(g[0], g[1], k)
		neutraal(g[0]+" "+g[1], r)
		if len(r.Cookies()) > 0 || !n.binnen(k) {
			t.Errorf("%v ended the session", g)
		}
	}
	r := n.snel("POST", "same-origin", k, voor, taal, poging)
	neutraal("snel weg", r)
	weg := map[string]bool{}
	for _, c := range r.Cookies() {
		weg[c.Name] = c.MaxAge < 0 && c.Value == "" && c.Path == "/"
	}
	for _, c := range []*http.Cookie{k, voor, taal, poging} {
		if !weg[c.Name] {
			t.Errorf("%s blijft: %v", c.Name, r.Cookies())
		}
	}
	if n.binnen(k) {
		t.Error("the old cookie still opens the portal")
	}
	neutraal("twee keer", n.snel("POST", "same-origin", k))
	neutraal("zonder sessie", n.snel("POST", "same-origin"))
	neutraal("met een kapot cookie", n.snel("POST", "same-origin", &http.Cookie{Name: k.Name, Value: "kapot"}))
	neutraal("verlopen", n.snel("POST", "same-origin", n.koekje(ouder, time.Now().Add(-time.Hour))))
}

// TestSnelWegInEenBrowser: the neutral page at once; Back shows nothing of the
// person, and the session is over.
func TestSnelWegInEenBrowser(t *testing.T) {
	if !web.AssetsGebouwd() {
		t.Fatal("de assets zijn niet gebouwd: doe eerst `make assets`")
	}
	n := nieuwNet(t, politie)
	n.digid()
	tab := browsertest.Start(t).Tab(t)
	tab.Open(n.web.URL + "/").KlikTekst("Inloggen met DigiD").WachtTekst("Sanne de Wit").Klik(`button[value="sanne"]`).WachtTekst("Dag Sanne")
	tab.Open(n.web.URL + "/wie-keek").WachtTekst("keek")
	tab.Open(n.web.URL + "/overzicht").WachtTekst("Dag Sanne")
	wacht := func(wat string, f func(adres string) bool) {
		t.Helper()
		for range 100 {
			if f(tab.URL()) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%s: %s", wat, tab.URL())
	}
	tab.Klik("[data-snelweg] button")
	wacht("niet weg", func(u string) bool { return !strings.HasPrefix(u, n.web.URL) }) // without internet the neutral page is the browser's own
	browsertest.Reken[bool](tab, `(history.back(), true)`)
	wacht("niet terug", func(u string) bool {
		return strings.HasPrefix(u, "http://127.0.0.1") || strings.HasPrefix(u, n.web.URL)
	})
	tab.WachtTekst("Bram Jansen") // the sign-in asks anew, and knows nobody
	if s := browsertest.Reken[string](tab, `document.body.innerText`); strings.Contains(s, "Dag Sanne") || strings.HasPrefix(tab.URL(), n.web.URL) {
		t.Errorf("na Terug: %s", s)
	}
	tab.Open(n.web.URL + "/overzicht").WachtTekst("Bram Jansen")
}
