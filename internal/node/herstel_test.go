package node

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/logboek"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/prov"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// vergelijk is what the hub answers to POST /v1/vergelijkingen, over the events it
// got; the hub's own tests hold the real one to the same.
func (n *net) vergelijk(w http.ResponseWriter, r *http.Request) {
	var v vergelijkVraag
	b, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(b, &v)
	n.mu.Lock()
	defer n.mu.Unlock()
	uit := vergelijkAntwoord{Onbekend: []string{}, Gebeurtenissen: []Eigen{}}
	gezien := map[string]bool{}
	for _, ruw := range slices.Backward(n.events) {
		ev, err := cloudevent.Parse(ruw)
		if err != nil || ev.Source != v.Bron || gezien[ev.ID] {
			continue
		}
		gezien[ev.ID] = true
		e := Eigen{InteractieID: ev.ID, ID: ev.ID, Type: ev.Type, Subject: ev.Subject, Time: ev.Time}
		if g, _, err := prov.Lees(ev.Data); err == nil && ev.Type == cloudevent.LogVerankerd {
			k := g.Vind(ev.Subject)
			e.Anker = &struct{ AantalRegels, Hash, Stempel string }{k.Tekst("soh:aantalRegels"), k.Tekst("soh:hash"), k.Tekst("soh:stempel")}
		}
		uit.Gebeurtenissen = append(uit.Gebeurtenissen, e)
	}
	for _, id := range v.IDs {
		if !gezien[id] {
			uit.Onbekend = append(uit.Onbekend, id)
		}
	}
	if i := slices.IndexFunc(uit.Gebeurtenissen, func(e Eigen) bool { return e.ID == v.Voor }); i >= 0 {
		uit.Gebeurtenissen = uit.Gebeurtenissen[i+1:]
	}
	if len(uit.Gebeurtenissen) > v.Limiet {
		uit.Gebeurtenissen = uit.Gebeurtenissen[:v.Limiet]
		uit.Volgende = uit.Gebeurtenissen[v.Limiet-1].ID
	}
	_ = json.NewEncoder(w).Encode(uit)
}

// map_ is the folder of the dossier of o.
func (n *net) map_(o begrip.Organisatie) string { return filepath.Join(n.dir, string(o.OIN)) }

// kopie copies the dossier of o while it runs.
func (n *net) kopie(o begrip.Organisatie) string {
	n.t.Helper()
	naar := filepath.Join(n.t.TempDir(), "kopie.db")
	if err := dossier.Kopieer(n.t.Context(), filepath.Join(n.map_(o), dossierBestand), naar); err != nil {
		n.t.Fatal(err)
	}
	return naar
}

// zetTerug puts a copy in the place of the dossier; the node is not running.
func (n *net) zetTerug(o begrip.Organisatie, kopie string) {
	n.t.Helper()
	b, err := os.ReadFile(kopie)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, bij := range []string{"-wal", "-shm"} {
		_ = os.Remove(filepath.Join(n.map_(o), dossierBestand+bij))
	}
	if err := os.WriteFile(filepath.Join(n.map_(o), dossierBestand), b, 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// bezorgd waits until nothing waits for the hub.
func (n *net) bezorgd(o begrip.Organisatie) {
	n.t.Helper()
	n.wacht("bezorging", func() bool {
		st, err := n.nodes[o.OIN].Stand(n.t.Context())
		return err == nil && !slices.ContainsFunc(st, func(s dossier.Stand) bool { return s.Wacht > 0 })
	})
}

// nieuweToestemming records consent at o.
func (n *net) nieuweToestemming(o begrip.Organisatie) *waarborg.Toestemming {
	n.t.Helper()
	tot := time.Now().AddDate(0, 6, 0)
	t := &waarborg.Toestemming{Kop: waarborg.Kop{Tot: &tot}, Over: waarborg.Persoon{Burgerservicenummer: begrip.InhoudBSN{BSN: kind}, Geboortedatum: "1990-05-31"},
		GegevenDoor: []waarborg.Gever{{Burgerservicenummer: begrip.InhoudBSN{BSN: kind}, Als: verband.RelatieZelf}},
		Doel:        begrip.DoelBeoordelen, Omschrijving: "Wat er speelt.", Klassen: []verband.Klasse{verband.Klasse(1)}, Aan: []begrip.OIN{vt.OIN}}
	if err := n.nodes[o.OIN].waarborgen.Maak(n.t.Context(), waarborg.SoortToestemming, t, "m.jansen"); err != nil {
		n.t.Fatal(err)
	}
	return t
}

// dichtVoor checks that o answers nobody but about how it is.
func (n *net) dichtVoor(o begrip.Organisatie, wie ...begrip.Organisatie) {
	n.t.Helper()
	for _, als := range wie {
		l := medewerker(als, begrip.RolMedewerkerVT)
		for _, pad := range []string{"/v1/brieven/018f3c5e-7a3b-7cc1-9f00-1c2d3e4f5a6b", "/v1/opdrachten/018f3c5e-7a3b-7cc1-9f00-1c2d3e4f5a6b", "/v1/brieven/018f3c5e-7a3b-7cc1-9f00-1c2d3e4f5a6b/niveau0"} {
			if s, kop, lijf := n.vraag(als, o, pad, &l, nil); s != http.StatusServiceUnavailable || kop.Get("Retry-After") == "" {
				n.t.Errorf("%s gets %d at %s: %s", als.Naam, s, pad, lijf)
			}
		}
		if s, _, lijf := n.vraag(als, o, "/v1/betrokkenen/query", &l, map[string]string{}); s != http.StatusServiceUnavailable {
			n.t.Errorf("%s gets %d: %s", als.Naam, s, lijf)
		}
	}
	if s, _, _ := n.vraag(vt, o, "/health", nil, nil); s != http.StatusOK {
		n.t.Errorf("health: %d", s)
	}
	if s, _, lijf := n.vraag(vt, o, "/ready", nil, nil); s != http.StatusServiceUnavailable || !strings.Contains(lijf, "herstel") && !strings.Contains(lijf, "vergelijkt") && !strings.Contains(lijf, "nagekeken") {
		n.t.Errorf("ready: %d %s", s, lijf)
	}
}

// A node that was put back from a copy serves nothing and sends nothing, and says
// why, until a person has dealt with it: then closed is closed.
func TestTeruggezetDossierGaatNietOpenTotIemandHeeftHersteld(t *testing.T) {
	for naam, weg := range map[string]bool{"op dezelfde machine": false, "op een andere machine": true} {
		t.Run(naam, func(t *testing.T) { teruggezet(t, weg) })
	}
}

func teruggezet(t *testing.T, getuigeWeg bool) {
	n := nieuwNet(t)
	knoop := n.nodes[politie.OIN]
	brief := n.brief(politie, false)
	toest := n.nieuweToestemming(politie)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	if s, _, lijf := n.vraag(vt, politie, "/v1/brieven/"+brief, &l, nil); s != http.StatusOK {
		t.Fatal(s, lijf)
	}
	n.bezorgd(politie)
	kopie := n.kopie(politie)

	if _, err := knoop.waarborgen.Beeindig(t.Context(), waarborg.SoortToestemming, toest.ID, "Het gezin trok dit in.", "m.jansen"); err != nil {
		t.Fatal(err)
	}
	if s, _, _ := n.vraag(vt, politie, "/v1/brieven/"+brief, &l, nil); s != http.StatusOK {
		t.Fatal(s)
	}
	n.bezorgd(politie)
	n.stop[politie.OIN]()

	n.zetTerug(politie, kopie)
	if getuigeWeg {
		if err := os.RemoveAll(n.map_(politie) + "-getuige"); err != nil {
			t.Fatal(err)
		}
	}
	n.open(politie)
	n.dichtVoor(politie, vt, portaal, politie) // before Run too
	n.start(politie)
	knoop = n.nodes[politie.OIN]
	n.wacht("het sluiten", func() bool { d, _, _ := knoop.poort.nu(); return d == deurDicht })
	n.dichtVoor(politie, vt, portaal, politie)
	voor := len(n.events)
	if err := knoop.store.Tx(t.Context(), func(tx *dossier.Tx) error {
		return tx.Verstuur(t.Context(), dossier.Bericht{ID: "x", Bestemming: "hub", Pad: "/v1/events", Body: []byte("{}")})
	}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	if n.mu.Lock(); len(n.events) != voor {
		t.Error("the outbox of an old copy was delivered")
	}
	n.mu.Unlock()
	if s := n.log.String(); !strings.Contains(s, "kopie teruggezet") || strings.Contains(s, kind.Leesbaar()) {
		t.Error("the log does not say what is wrong, or too much")
	}
	n.stop[politie.OIN]()
	herstelStapVoorStap(t, n, toest.ID, getuigeWeg)
	n.geenBSN()
}

func herstelStapVoorStap(t *testing.T, n *net, toest string, getuigeWeg bool) {
	n.open(politie)
	knoop := n.nodes[politie.OIN]
	h, err := knoop.Herstel(t.Context())
	if err != nil || h.Leeg() || len(h.Sluit) != 1 || h.Sluit[0].ID != toest || len(h.Rest) == 0 || len(h.Open) != 1 || !getuigeWeg && h.Getuige == "" {
		t.Fatalf("%+v %v", h, err)
	}
	if g, err := knoop.waarborgen.Lees(t.Context(), waarborg.SoortToestemming, toest); err != nil || g.(*waarborg.Toestemming).Einde != nil {
		t.Error("showing changed something")
	}
	if err := knoop.GeefVrij(t.Context(), "M. de Boer", "Alles is nagekeken."); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("released before it was confirmed: %v", err)
	}
	for _, g := range [][2]string{{"", "Kopie van gisteren teruggezet."}, {"M. de Boer", ""}, {"M. de Boer", "kort"}, {" ", "          "}} {
		if _, err := knoop.Bevestig(t.Context(), g[0], g[1]); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%q: %v", g, err)
		}
	}
	sleutel, err := knoop.sleutel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := knoop.Bevestig(t.Context(), "M. de Boer", "Kopie van gisteren teruggezet."); err != nil {
		t.Fatal(err)
	}
	if g, err := knoop.waarborgen.Lees(t.Context(), waarborg.SoortToestemming, toest); err != nil || g.(*waarborg.Toestemming).Einde == nil {
		t.Errorf("withdrawn consent is open again: %v", err)
	}
	if nu, _ := knoop.sleutel(t.Context()); nu == sleutel {
		t.Error("who was signed in before still is")
	}
	if _, err := knoop.Bevestig(t.Context(), "M. de Boer", "Nog een keer hetzelfde."); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("twice: %v", err)
	}
	log, err := knoop.store.Besluitlog(t.Context(), 0)
	regels, err2 := knoop.store.LogNa(t.Context(), 0, 0)
	if _, _, err3 := knoop.store.Verifieer(t.Context()); err != nil || err2 != nil || err3 != nil || len(log) != 1 || regels[len(regels)-1].Naam != "M. de Boer" || regels[len(regels)-1].Soort != "herstel" {
		t.Errorf("the herstel is not in the chain: %d lines, %v %v %v", len(log), err, err2, err3)
	}
	_ = knoop.Close()

	n.open(politie)
	n.start(politie)
	knoop = n.nodes[politie.OIN]
	n.wacht("de eigen organisatie", func() bool { d, _, _ := knoop.poort.nu(); return d == deurEigen })
	n.dichtVoor(politie, vt, portaal)
	if s, _, lijf := n.vraag(politie, politie, "/v1/opdrachten/018f3c5e-7a3b-7cc1-9f00-1c2d3e4f5a6b", nil, nil); s == http.StatusServiceUnavailable {
		t.Errorf("the own organisation cannot put things right: %d %s", s, lijf)
	}
	n.bezorgd(politie)
	if err := knoop.GeefVrij(t.Context(), "M. de Boer", "Alles is nagekeken."); err != nil {
		t.Fatal(err)
	}
	n.stop[politie.OIN]()
	n.open(politie)
	n.start(politie)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	id := n.brief(politie, false)
	n.wacht("opening", func() bool { s, _, _ := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); return s == http.StatusOK })
	if v, err := n.nodes[politie.OIN].vergelijk(t.Context(), true); err != nil || !v.Leeg() {
		t.Errorf("after the herstel it does not fit: %+v %v", v, err)
	}
}

// While the hub is away: a node that can show that it is the last one goes on;
// one that cannot waits, and opens when the hub says that all fits.
func TestZonderHubStartAlleenWieKanTonenDatHijDeLaatsteIs(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	n.bezorgd(politie)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	n.hubWeg.Store(true)
	for _, weg := range []bool{false, true} {
		n.stop[politie.OIN]()
		if weg {
			if err := os.RemoveAll(n.map_(politie) + "-getuige"); err != nil {
				t.Fatal(err)
			}
		}
		n.open(politie)
		n.start(politie)
		if weg {
			time.Sleep(100 * time.Millisecond)
			n.dichtVoor(politie, vt, portaal, politie)
		} else if s, _, lijf := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != http.StatusOK {
			t.Errorf("a restart while the hub is away: %d %s", s, lijf)
		}
	}
	n.hubWeg.Store(false)
	n.wacht("opening", func() bool { s, _, _ := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); return s == http.StatusOK })
}

// Two processes with one identity part ways: the one that hears of the other
// closes.
func TestGekloondKnooppuntWordtGezien(t *testing.T) {
	n := nieuwNet(t)
	n.brief(politie, false)
	n.bezorgd(politie)
	kopie := n.kopie(politie)
	echt := n.nodes[politie.OIN]

	kloon := Config{Organisatie: politie, Map: filepath.Join(t.TempDir(), "kloon"), Identiteit: n.identiteit(politie), HubURL: n.hub.URL, HubOIN: keten.OIN, Functies: n.functies(politie), Log: echt.cfg.Log}
	if err := os.Mkdir(kloon.Map, 0o700); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(kopie)
	if err := os.WriteFile(filepath.Join(kloon.Map, dossierBestand), b, 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := Open(kloon)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if d, _, _ := k.poort.nu(); d != deurWacht {
		t.Errorf("a clone opens at once: %d", d)
	}
	for _, s := range []*Node{echt, k} { // each writes something of its own and anchors it
		if err := s.store.Log(t.Context(), dossier.Logregel{Richting: dossier.Gegeven, Soort: "brief"}); err != nil {
			t.Fatal(err)
		}
		a := logboek.Anker{Organisatie: politie, Systeem: s.systeem(), Dossier: s.store, Log: s.cfg.Log}
		if _, err := a.Leg(t.Context()); err != nil {
			t.Fatal(err)
		}
		go func() { _ = s.bezorger.Run(t.Context()) }()
		n.wacht("anker", func() bool {
			u, ok, err := s.store.Volgende(t.Context(), "hub")
			return err == nil && !ok && u.Nr == 0
		})
	}
	for naam, s := range map[string]*Node{"the real one": echt, "the clone": k} {
		if v, err := s.vergelijk(t.Context(), false); err != nil || v.Leeg() || len(v.Verloren) == 0 {
			t.Errorf("%s does not see the other: %+v %v", naam, v, err)
		}
	}
}

// What the hub acknowledged and lost is offered again, with the same ids.
func TestWatDeHubVerloorWordtOpnieuwAangeboden(t *testing.T) {
	n := nieuwNet(t)
	for range 3 {
		n.nieuweToestemming(politie)
	}
	n.bezorgd(politie)
	knoop := n.nodes[politie.OIN]
	n.mu.Lock()
	var had []string
	for _, ruw := range n.events {
		if ev, err := cloudevent.Parse(ruw); err == nil && ev.Source == knoop.systeem() {
			had = append(had, ev.ID)
		}
	}
	n.events = n.events[:1] // yesterday's hub
	n.mu.Unlock()
	bezorgd, err := knoop.store.Bezorgde(t.Context(), "hub", 0, time.Now(), 50)
	if err != nil {
		t.Fatal(err)
	}
	in, err := knoop.vraagVergelijking(t.Context(), vergelijkVraag{IDs: ids(bezorgd), Limiet: 1})
	if err != nil || len(in.Onbekend) == 0 {
		t.Fatalf("%+v %v", in, err)
	}
	if err := knoop.biedOpnieuwAan(t.Context(), bezorgd, in.Onbekend); err != nil {
		t.Fatal(err)
	}
	n.bezorgd(politie)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range had {
		if !slices.ContainsFunc(n.events, func(ruw json.RawMessage) bool { return strings.Contains(string(ruw), id) }) {
			t.Errorf("%s is not at the hub again", id)
		}
	}
}

// A disk on which nothing can be written makes the node not ready, and a write a
// 503; reading goes on.
func TestVolleSchijfIsNietGereed(t *testing.T) {
	n := nieuwNet(t)
	knoop := n.nodes[politie.OIN]
	if err := knoop.Gereed(); err != nil {
		t.Fatal(err)
	}
	n.stop[politie.OIN]()
	schijf := kleineSchijf(t)
	cfg := knoop.cfg
	cfg.Map, cfg.Getuige = filepath.Join(schijf, "node"), t.TempDir()
	k, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if err := k.schrijfbaar(t.Context()); err != nil {
		t.Fatal(err)
	}
	vul(t, filepath.Join(schijf, "vulling"))
	k.proef.op, k.schijf = time.Time{}, &meting.Schijf{Map: cfg.Map}
	if err := k.Gereed(); err == nil || !strings.Contains(err.Error(), "opslag is vol") {
		t.Errorf("ready on a full disk: %v", err)
	}
	if err := k.store.ZetWaarde(t.Context(), "x", make([]byte, 64<<10)); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Errorf("a write on a full disk: %v", err)
	}
	if err := os.Remove(filepath.Join(schijf, "vulling")); err != nil {
		t.Fatal(err)
	}
	k.proef.op, k.schijf = time.Time{}, &meting.Schijf{Map: cfg.Map}
	if err := k.schrijfbaar(t.Context()); err != nil {
		t.Errorf("room again: %v", err)
	}
}

// The command that repairs opens the node without its functies.
func TestHerstelOpentEenKnooppuntZonderFuncties(t *testing.T) {
	n := nieuwNet(t)
	n.brief(politie, false)
	n.bezorgd(politie)
	n.stop[politie.OIN]()
	k, err := Open(Config{Organisatie: politie, Map: n.map_(politie), Identiteit: n.identiteit(politie), HubURL: n.hub.URL, HubOIN: keten.OIN, Log: n.nodes[politie.OIN].cfg.Log})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if h, err := k.Herstel(t.Context()); err != nil || !h.Leeg() || h.Twijfel {
		t.Errorf("an untouched dossier: %+v %v", h, err)
	}
	if _, err := k.Bevestig(t.Context(), "M. de Boer", "Er is niets aan de hand."); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("confirmed where nothing is wrong: %v", err)
	}
}
