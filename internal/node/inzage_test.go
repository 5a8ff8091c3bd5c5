package node

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

func TestInzageBijDeBronLogtAanBeideKanten(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	a, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, l, []begrip.BSN{kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.Niveau != 2 || !strings.Contains(string(a.Inhoud), kind.Leesbaar()) || len(a.Redenen) != 1 || a.Redenen[0].Artikel == "" {
		t.Fatalf("antwoord: niveau %d, redenen %v", a.Niveau, a.Redenen)
	}
	hier, daar := n.logboek(vt), n.logboek(politie)
	if len(hier) != 2 || hier[0].Vervolg != hier[1].ID || hier[1].Toegestaan || !hier[0].Toegestaan || hier[0].Richting != dossier.Bekeken || hier[0].Bron != politie.OIN {
		t.Fatalf("log van de lezer: %+v", hier)
	}
	if len(daar) != 1 || daar[0].Richting != dossier.Gegeven || daar[0].Naam != l.Naam || daar[0].LezerOIN != vt.OIN || !daar[0].Toegestaan {
		t.Fatalf("log van de bron: %+v", daar)
	}
	if hier[0].TraceID != daar[0].TraceID || len(daar[0].TraceID) != 32 {
		t.Errorf("de twee regels horen niet bij elkaar: %q %q", hier[0].TraceID, daar[0].TraceID)
	}
	n.wacht("melding-ingezien", func() bool { n.mu.Lock(); defer n.mu.Unlock(); return len(n.events) == 1 })
	n.geenBSN()
}

func TestInzageGeweigerdMetReden(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	a, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, medewerker(vt, begrip.RolAdministratie), nil, nil)
	if !begrip.Is(err, begrip.Verboden) || !strings.Contains(begrip.FoutVan(err).Bericht, "Uw rol mag deze brief niet lezen") || a.Inhoud != nil {
		t.Fatalf("%v %s", err, a.Inhoud)
	}
	if r := n.logboek(politie); len(r) != 1 || r[0].Toegestaan || len(r[0].Redenen) != 1 {
		t.Errorf("de weigering staat niet in het log: %+v", r)
	}
	// Level 2 is refused to who may see level 1; the bare path gives level 1.
	l := medewerker(vt, begrip.RolRaadsonderzoek)
	if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id+"/niveau2", &l, nil); s != 403 || strings.Contains(b, "De inhoud") {
		t.Errorf("niveau2: %d %s", s, b)
	}
	if s, h, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 200 || h.Get("Informatieniveau") != "1" || strings.Contains(b, "De inhoud") {
		t.Errorf("hoogste niveau: %d %s", s, b)
	}
	for _, p := range []string{"/niveau0", "/niveau1"} {
		if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id+p, &l, nil); s != 200 || strings.Contains(b, "De inhoud") {
			t.Errorf("%s: %d %s", p, s, b)
		}
	}
	if s, _, _ := n.vraag(vt, politie, "/v1/brieven/"+id, nil, nil); s != 401 {
		t.Errorf("zonder verklaring: %d", s)
	}
	x := medewerker(vreemd, begrip.RolMedewerkerVT)
	if s, _, _ := n.vraag(vreemd, politie, "/v1/brieven/"+id, &x, nil); s != 403 {
		t.Errorf("wie niet in het register staat: %d", s)
	}
	if s, _, _ := n.vraag(politie, politie, "/v1/brieven/"+id, nil, nil); s != 200 {
		t.Errorf("het eigen zaaksysteem: %d", s)
	}
	n.geenBSN()
}

func TestInzageGeweigerdZonderLogregel(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	db, err := sql.Open("sqlite", filepath.Join(n.dir, string(politie.OIN), "dossier.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("ALTER TABLE verwerking RENAME TO weg"); err != nil {
		t.Fatal(err)
	}
	l := medewerker(vt, begrip.RolMedewerkerVT)
	s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil)
	if s != http.StatusServiceUnavailable || strings.Contains(b, "De inhoud") || strings.Contains(b, "SQL") {
		t.Errorf("zonder logregel: %d %s", s, b)
	}
	burger := toegang.Lezer{Organisatie: portaal, Persoon: "sessie", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: kind}
	if _, err := n.nodes[politie.OIN].inzage.Gezin(t.Context(), burger, kind); err == nil {
		t.Errorf("gezin zonder logregel: %v", err)
	}
	// The reader's own side keeps the rule too: nothing is asked.
	voor := len(n.paden)
	if _, err := n.nodes[politie.OIN].inzage.Haal(t.Context(), vt.OIN, "/v1/brieven/"+id, medewerker(politie, begrip.RolAgent), nil, nil); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Errorf("haal zonder logregel: %v", err)
	}
	if len(n.paden) != voor {
		t.Error("de bron is gevraagd zonder logregel")
	}
	n.geenBSN()
}

func TestDodeEnTrageBronHoudenNietsOp(t *testing.T) {
	n := nieuwNet(t)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	pad := "/v1/brieven/" + n.brief(politie, false)
	haal := func(ctx context.Context) error {
		_, err := n.nodes[vt.OIN].inzage.Haal(ctx, politie.OIN, pad, l, nil, nil)
		return err
	}
	// Another organisation at the address of the source gets nothing.
	vals := n.luister(vreemd, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("een ander kreeg de vraag") }))
	n.zetAPI(politie, vals.URL)
	if err := haal(t.Context()); !begrip.Is(err, begrip.BronAntwoordtNiet) {
		t.Errorf("verkeerde organisatie: %v", err)
	}
	traag := n.luister(politie, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	n.zetAPI(politie, traag.URL)
	begin := time.Now()
	ctx, klaar := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer klaar()
	if err := haal(ctx); !begrip.Is(err, begrip.BronAntwoordtNiet) || time.Since(begin) > 4*time.Second {
		t.Errorf("traag: %v", err)
	}
	onzin := n.luister(politie, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	n.zetAPI(politie, onzin.URL)
	if err := haal(t.Context()); !begrip.Is(err, begrip.BronAntwoordtNiet) {
		t.Errorf("onzin: %v", err)
	}
	dood := httptest.NewServer(nil)
	dood.Close()
	n.zetAPI(politie, strings.Replace(dood.URL, "http:", "https:", 1))
	err := haal(t.Context())
	if !begrip.Is(err, begrip.BronAntwoordtNiet) || !strings.Contains(begrip.FoutVan(err).Bericht, politie.Naam) {
		t.Errorf("dood: %v", err)
	}
	for _, p := range []string{"https://elders.example/v1/brieven/1", "/v1/brieven/../x", "/v1/brieven/" + kind.Leesbaar()} {
		if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, p, l, nil, nil); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%v", err)
		}
	}
	n.geenBSN()
}

// zetAPI changes the address of o in the register of the Veilig Thuis node.
func (n *net) zetAPI(o begrip.Organisatie, api string) {
	n.mu.Lock()
	for i := range n.deelnemers {
		if n.deelnemers[i].OIN == o.OIN {
			n.deelnemers[i].API = api
		}
	}
	n.mu.Unlock()
	if err := n.nodes[vt.OIN].register.haal(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
}

func TestPeildatumToontWatToenBekendWas(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	toen := time.Now()
	time.Sleep(2 * time.Millisecond)
	if err := n.nodes[politie.OIN].store.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "brief", ID: id, Versie: 1, Inhoud: []byte(`{"tekst":"Gewijzigd.","persoon":""}`)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for peil, wil := range map[string]string{
		"": "Gewijzigd",
		"?peildatum=" + toen.UTC().Format("2006-01-02T15:04:05.000000Z"): "De inhoud",
		"?peildatum=" + time.Now().In(web.Zone).Format(time.DateOnly):    "Gewijzigd",
	} {
		if s, _, b := n.vraag(politie, politie, "/v1/brieven/"+id+peil, nil, nil); s != 200 || !strings.Contains(b, wil) {
			t.Errorf("%q: %d %s", peil, s, b)
		}
	}
	if s, _, _ := n.vraag(politie, politie, "/v1/brieven/"+id+"?peildatum=2001-01-01", nil, nil); s != 404 {
		t.Errorf("voor de eerste versie: %d", s)
	}
	if s, _, b := n.vraag(politie, politie, "/v1/brieven/"+id+"?peildatum=gisteren", nil, nil); s != 400 || !strings.Contains(b, "peildatum") {
		t.Errorf("geen datum: %d %s", s, b)
	}
}

func TestGezinZietNietsVanWatAfgeschermdIs(t *testing.T) {
	n := nieuwNet(t)
	ouder := toegang.Lezer{Organisatie: portaal, Persoon: "sessie", Naam: "Ouder", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: kind}
	vraag := map[string]string{"burgerservicenummer": kind.Leesbaar()}
	_, _, leeg := n.vraag(portaal, politie, "/v1/betrokkenen/query", &ouder, vraag)
	geheim := n.brief(politie, true)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+geheim, l, []begrip.BSN{kind}, nil); err != nil {
		t.Fatal(err)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", &ouder, vraag); s != 200 || b != leeg {
		t.Errorf("het afgeschermde laat een spoor na: %d %s", s, b)
	}
	if _, _, b := n.vraag(portaal, vt, "/v1/betrokkenen/query", &ouder, vraag); strings.Contains(b, politie.Naam) || strings.Contains(b, string(politie.OIN)) || strings.Contains(b, geheim) {
		t.Errorf("de lezer verraadt de bron: %s", b)
	}
	if s, _, _ := n.vraag(portaal, politie, "/v1/brieven/"+geheim, &ouder, nil); s != 404 {
		t.Errorf("het afgeschermde zelf: %d", s)
	}
	open := n.brief(politie, false)
	if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+open, l, nil, nil); err != nil {
		t.Fatal(err)
	}
	s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", &ouder, vraag)
	for _, wil := range []string{open, "Er is een brief", "Samira de Wit", vt.Naam, "Las ‘Brief’.", "De melding beoordelen.", "artikel 5.1.6", politie.Naam} {
		if s != 200 || !strings.Contains(b, wil) {
			t.Errorf("%d, %q ontbreekt in %s", s, wil, b)
		}
	}
	if strings.Contains(b, geheim) || strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("te veel: %s", b)
	}
	ander := ouder
	ander.Burger = begrip.MustBSN("999990019")
	if s, _, _ := n.vraag(portaal, politie, "/v1/betrokkenen/query", &ander, vraag); s != 403 {
		t.Errorf("een ander dan de betrokkene: %d", s)
	}
	if s, _, _ := n.vraag(vt, politie, "/v1/betrokkenen/query", &l, vraag); s != 403 {
		t.Errorf("een organisatie: %d", s)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", &ouder, map[string]string{"burgerservicenummer": "123456789"}); s != 400 || strings.Contains(b, "123456789") {
		t.Errorf("geen BSN: %d %s", s, b)
	}
	n.geenBSN()
}

func TestNodeWerktZonderHub(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	n.hub.Close()
	n.stop[vt.OIN]()
	n.open(vt)
	n.start(vt)
	if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, medewerker(vt, begrip.RolMedewerkerVT), nil, nil); err != nil {
		t.Fatal(err)
	}
	if s, _, b := n.vraag(vt, vt, "/ready", nil, nil); s != 200 {
		t.Errorf("ready: %d %s", s, b)
	}
	if s, _, b := n.vraag(vt, vt, "/v1/openapi.json", nil, nil); s != 200 || !strings.Contains(b, "/brieven/{id}/niveau1") {
		t.Errorf("openapi: %d", s)
	}
}

func TestRegisterVertrouwtAlleenHttps(t *testing.T) {
	for api, wil := range map[string]bool{"": true, "https://a.example/v1": true, "http://a.example": false, "https://u:p@a.example": false, "file:///x": false} {
		if bruikbaar(functie.Deelnemer{Organisatie: vt, API: api}) != wil {
			t.Errorf("%q", api)
		}
	}
	if inzage.Basis("https://a.example/v1/") != "https://a.example" {
		t.Error(errors.New("basis"))
	}
}
