package node

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/toegang"
)

// werkplekVan opens a node of o with a werkplek, and a browser signed in as rol.
func werkplekVan(n *net, o begrip.Organisatie, s toegang.Sessie) (*Node, string, *http.Client) {
	n.t.Helper()
	var k *Node
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.Werkplek().ServeHTTP(w, r) }))
	n.t.Cleanup(srv.Close)
	aan := toegang.AanmeldConfig{Issuer: "http://127.0.0.1:9/oidc", ClientID: "werkplek", RedirectURL: srv.URL + "/aanmelden/terug", CookieNaam: "werk", Sleutel: [32]byte{7}}
	var err error
	k, err = Open(Config{Organisatie: o, Map: filepath.Join(n.t.TempDir(), "wp"), Identiteit: n.identiteit(o), HubURL: n.hub.URL, HubOIN: keten.OIN, Functies: echteFuncties(o), Aanmelding: aan})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = k.Close() })
	a, err := toegang.NieuweAanmelding(aan)
	if err != nil {
		n.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := a.ZetSessie(w, s); err != nil {
		n.t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	u, _ := url.Parse(srv.URL)
	jar.SetCookies(u, w.Result().Cookies())
	return k, srv.URL, &http.Client{Jar: jar}
}

func pagina(t *testing.T, c *http.Client, adres string, f url.Values) (int, string) {
	t.Helper()
	var resp *http.Response
	var err error
	if f == nil {
		resp, err = c.Get(adres)
	} else {
		resp, err = c.PostForm(adres, f)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, _ = io.Copy(&b, resp.Body)
	return resp.StatusCode, b.String()
}

// A look without work in the zaak reaches the privacy officer, who judges with
// a reason; only then the family hears of it, and never who it was from here.
func TestOngewoneBlikKomtBijDePrivacyfunctionarisEnHetGezin(t *testing.T) {
	n := nieuwNet(t)
	fg := toegang.Sessie{Persoon: "fg", Naam: "Farida Groen", Rol: begrip.RolPrivacy, OIN: politie.OIN}
	k, adres, browser := werkplekVan(n, politie, fg)
	look := dossier.Logregel{
		Tijdstip: time.Now().UTC(), Richting: dossier.Gegeven, LezerOIN: politie.OIN, Persoon: "p9", Naam: "Koen Smit", Rol: begrip.RolAgent,
		Zaak: "urn:soh:zaak:0199c0de-0000-7000-8000-000000000003", Bron: politie.OIN, Soort: "melding", RecordID: "x", Niveau: 2, Toegestaan: true, Betrokkenen: []begrip.BSN{kind},
	}
	if err := k.store.Log(t.Context(), look); err != nil {
		t.Fatal(err)
	}
	if _, err := k.signalen.Weeg(t.Context()); err != nil {
		t.Fatal(err)
	}
	ss, err := k.signalen.Alle(t.Context())
	if err != nil || len(ss) != 1 || ss[0].Regel != signaal.GeenBetrokkenheid {
		t.Fatalf("%+v %v", ss, err)
	}
	gezin := func() int {
		g, err := k.inzage.Gezin(t.Context(), *gezinslid(kind, begrip.BSN{}), kind)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for _, d := range g.Delen {
			if d.Soort == signaal.Soort {
				i++
				if strings.Contains(d.Tekst, "Koen") {
					t.Error("the family's part names the professional")
				}
			}
		}
		return i
	}
	if gezin() != 0 {
		t.Error("the family hears of it before anybody looked into it")
	}
	s, b := pagina(t, browser, adres+"/signalen", nil)
	if s != 200 || !strings.Contains(b, "Koen Smit") || !strings.Contains(b, "geen opdracht") || strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("%d %s", s, b)
	}
	form := url.Values{"reden-" + ss[0].ID: {""}, "oordeel-" + ss[0].ID: {"kort"}}
	if s, b := pagina(t, browser, adres+"/signalen/"+ss[0].ID, form); s != 400 || !strings.Contains(b, "goede reden") {
		t.Errorf("an empty judgement: %d", s)
	}
	form = url.Values{"reden-" + ss[0].ID: {signaal.Onjuist}, "oordeel-" + ss[0].ID: {"Hij kende het gezin van de sportclub."}}
	if s, b := pagina(t, browser, adres+"/signalen/"+ss[0].ID, form); s != 200 || !strings.Contains(b, "Mocht niet") {
		t.Errorf("%d %s", s, b)
	}
	if gezin() != 1 {
		t.Error("the family does not hear of it")
	}
	_, adres2, ander := werkplekVan(n, vt, toegang.Sessie{Persoon: "x", Naam: "X", Rol: begrip.RolMedewerkerVT, OIN: vt.OIN})
	if s, _ := pagina(t, ander, adres2+"/signalen", nil); s != http.StatusForbidden {
		t.Errorf("a professional sees the signals: %d", s)
	}
}

// Noodtoegang asks who signed in long ago to do so again.
func TestNoodtoegangVraagtEenVerseAanmelding(t *testing.T) {
	n := nieuwNet(t)
	s := toegang.Sessie{Persoon: "x", Naam: "X", Rol: begrip.RolMedewerkerVT, OIN: vt.OIN, Sinds: time.Now().Add(-30 * time.Minute)}
	_, adres, browser := werkplekVan(n, vt, s)
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, _ := http.NewRequest("GET", adres+"/noodtoegang", nil)
	r.Header.Set("Accept", "text/html")
	resp, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || !strings.Contains(resp.Header.Get("Location"), "sterk=1") {
		t.Errorf("%d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
}
