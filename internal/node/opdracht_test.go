package node

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
)

func (n *net) bied(brief string) opdracht.Opdracht {
	n.t.Helper()
	var o opdracht.Opdracht
	if err := n.nodes[politie.OIN].store.Tx(n.t.Context(), func(tx *dossier.Tx) (err error) {
		o, err = n.nodes[politie.OIN].opdracht.Bied(n.t.Context(), tx, opdracht.Opdracht{Soort: "lees-brief", Aan: vt.OIN, Zaak: "urn:soh:zaak:brief", Personen: 1, Vrager: briefVrager,
			Onderwerp: opdracht.Verwijzing{Bron: politie.OIN, Soort: "brief", Pad: "/v1/brieven/" + brief}})
		return err
	}); err != nil {
		n.t.Fatal(err)
	}
	return o
}

func (n *net) staat(o begrip.Organisatie, id string) opdracht.Staat {
	x, err := n.nodes[o.OIN].opdracht.Lees(n.t.Context(), id)
	if err != nil {
		return ""
	}
	return x.Staat
}

func TestOpdrachtLooptAanBeideKanten(t *testing.T) {
	n := nieuwNet(t)
	o := n.bied(n.brief(politie, false))
	n.wacht("aanbod", func() bool { return n.staat(vt, o.ID) == opdracht.Aangeboden })
	n.wacht("automatisch", func() bool { return n.oor[vt.OIN].aantal() == 1 })
	post, err := n.nodes[vt.OIN].opdracht.Postvak(t.Context())
	if err != nil || len(post) != 1 || post[0].ID != o.ID {
		t.Fatalf("%v %v", post, err)
	}
	zet := func(org begrip.Organisatie, naar opdracht.Staat, reden string) error {
		_, err := n.nodes[org.OIN].opdracht.Zet(t.Context(), o.ID, opdracht.Stap{Naar: naar, Door: "S. de Wit", Reden: reden, Resultaat: "bekend"})
		return err
	}
	if err := zet(vt, opdracht.Geweigerd, ""); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("weigeren zonder reden: %v", err)
	}
	if err := zet(vt, opdracht.Geweigerd, "het kind "+kind.Leesbaar()); !begrip.Is(err, begrip.Ongeldig) || strings.Contains(err.Error(), kind.Leesbaar()) {
		t.Errorf("BSN in een reden: %v", err)
	}
	if err := zet(vt, opdracht.Ingetrokken, ""); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("de nemer trekt in: %v", err)
	}
	if err := zet(politie, opdracht.Geaccepteerd, ""); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("de gever accepteert: %v", err)
	}
	if err := zet(vt, opdracht.InUitvoering, ""); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("overslaan: %v", err)
	}
	for _, s := range []opdracht.Staat{opdracht.Geaccepteerd, opdracht.InUitvoering, opdracht.Uitgevoerd} {
		if err := zet(vt, s, ""); err != nil {
			t.Fatal(err)
		}
	}
	n.wacht("uitgevoerd", func() bool { return n.staat(politie, o.ID) == opdracht.Uitgevoerd })
	if err := zet(politie, opdracht.Ingetrokken, ""); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("intrekken na het einde: %v", err)
	}
	x, _ := n.nodes[politie.OIN].opdracht.Lees(t.Context(), o.ID)
	if x.Resultaat != "bekend" || len(x.Stappen) != 3 || x.Richting != opdracht.Uit {
		t.Errorf("%+v", x)
	}
	n.wacht("vier gebeurtenissen", func() bool { n.mu.Lock(); defer n.mu.Unlock(); return len(n.events) == 4 })
	for _, wie := range []begrip.Organisatie{politie, vt} {
		if s, _, _ := n.vraag(wie, vt, "/v1/opdrachten/"+o.ID, nil, nil); s != 200 {
			t.Errorf("%s leest: %d", wie.Naam, s)
		}
	}
	if s, _, _ := n.vraag(portaal, vt, "/v1/opdrachten/"+o.ID, nil, nil); s != 404 {
		t.Errorf("een ander leest: %d", s)
	}
	n.geenBSN()
}

func TestOpdrachtHerhalenVerandertNiets(t *testing.T) {
	n := nieuwNet(t)
	aanbod := map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "soort": "lees-brief", "van": politie.OIN, "aan": vt.OIN,
		"zaak": "urn:soh:zaak:brief", "personen": 1, "vrager": briefVrager, "aangebodenOp": time.Now().UTC(), "onderwerp": map[string]any{"bron": politie.OIN, "soort": "brief", "pad": "/v1/brieven/" + uuid.NewString()}}
	post := func(als begrip.Organisatie, pad string, body any) (int, string) {
		s, _, b := n.vraag(als, vt, pad, nil, body)
		return s, b
	}
	const pad = "/v1/opdrachten"
	if s, b := post(politie, pad, aanbod); s != 201 {
		t.Fatalf("%d %s", s, b)
	}
	if s, _ := post(politie, pad, aanbod); s != 200 {
		t.Errorf("nog eens: %d", s)
	}
	if s, _ := post(portaal, pad, aanbod); s != 403 {
		t.Errorf("namens een ander: %d", s)
	}
	aanbod["soort"] = "iets-anders"
	if s, _ := post(politie, pad, aanbod); s != 409 {
		t.Errorf("zelfde nummer, andere inhoud: %d", s)
	}
	aanbod["id"] = uuid.Must(uuid.NewV7()).String()
	if s, b := post(politie, pad, aanbod); s != 201 || !strings.Contains(b, "geweigerd") {
		t.Errorf("onbekende soort: %d %s", s, b)
	}
	if s, b := post(politie, pad, map[string]any{"id": "x", "soort": "", "van": "1", "aan": "2"}); s != 400 || strings.Count(b, `"veld"`) < 3 {
		t.Errorf("alle fouten in een keer: %d %s", s, b)
	}
	// The withdrawal, twice, by the giver; and a stranger's.
	o := n.bied(uuid.NewString())
	n.wacht("aanbod", func() bool { return n.staat(vt, o.ID) == opdracht.Aangeboden })
	stap := map[string]any{"id": uuid.NewString(), "naar": "ingetrokken", "op": time.Now().UTC()}
	if s, _ := post(portaal, pad+"/"+o.ID+"/stappen", stap); s != 404 {
		t.Errorf("een ander zet een stap: %d", s)
	}
	if s, b := post(politie, pad+"/"+o.ID+"/stappen", stap); s != 201 {
		t.Errorf("%d %s", s, b)
	}
	if s, _ := post(politie, pad+"/"+o.ID+"/stappen", stap); s != 200 {
		t.Errorf("nog eens: %d", s)
	}
	stap["reden"] = "anders"
	if s, _ := post(politie, pad+"/"+o.ID+"/stappen", stap); s != 409 {
		t.Errorf("andere inhoud: %d", s)
	}
	if n.staat(vt, o.ID) != opdracht.Ingetrokken {
		t.Error(n.staat(vt, o.ID))
	}
	n.geenBSN()
}

func TestStappenInWillekeurigeVolgordeEindigenGelijk(t *testing.T) {
	n := nieuwNet(t)
	o := n.bied(uuid.NewString())
	n.wacht("aanbod", func() bool { return n.staat(vt, o.ID) == opdracht.Aangeboden })
	// The taker's steps reach the giver last first, after the giver withdrew.
	if _, err := n.nodes[politie.OIN].opdracht.Zet(t.Context(), o.ID, opdracht.Stap{Naar: opdracht.Ingetrokken}); err != nil {
		t.Fatal(err)
	}
	nu := time.Now().UTC()
	for i, naar := range []opdracht.Staat{opdracht.Uitgevoerd, opdracht.InUitvoering, opdracht.Geaccepteerd} {
		s, _, b := n.vraag(vt, politie, "/v1/opdrachten/"+o.ID+"/stappen", nil, opdracht.Stap{ID: uuid.NewString(), Naar: naar, Op: nu.Add(-time.Duration(i) * time.Minute)})
		if s != 201 || n.staat(politie, o.ID) != opdracht.Uitgevoerd {
			t.Fatalf("%s: %d %s", naar, s, b)
		}
	}
	if s, _, _ := n.vraag(vt, politie, "/v1/opdrachten/"+o.ID+"/stappen", nil, opdracht.Stap{ID: uuid.NewString(), Naar: opdracht.Mislukt, Reden: "x", Op: nu}); s != 409 {
		t.Errorf("een tweede einde: %d", s)
	}
}

func TestAutomatischeBehandelingOverleeftHerstart(t *testing.T) {
	n := nieuwNet(t)
	o := n.bied(uuid.NewString())
	n.wacht("automatisch", func() bool { return n.oor[vt.OIN].aantal() == 1 })
	n.stop[vt.OIN]()
	n.open(vt)
	n.start(vt)
	n.wacht("automatisch na herstart", func() bool { return n.oor[vt.OIN].aantal() == 2 })
	if _, err := n.nodes[vt.OIN].opdracht.Zet(t.Context(), o.ID, opdracht.Stap{Naar: opdracht.Geweigerd, Reden: "vol"}); err != nil {
		t.Fatal(err)
	}
	n.wacht("weigering", func() bool { return n.staat(politie, o.ID) == opdracht.Geweigerd })
}

// TestGeenKnooppuntMetEenOpdrachtZonderVerklaring: a functie that does not say
// who may ask, and by which proof, keeps the whole node shut.
func TestGeenKnooppuntMetEenOpdrachtZonderVerklaring(t *testing.T) {
	n := nieuwNet(t)
	zonder := func(anders func(*opdracht.Regel)) error {
		r := briefRegel
		anders(&r)
		k, err := Open(Config{Organisatie: politie, Map: t.TempDir(), Identiteit: n.identiteit(politie), HubURL: n.hub.URL, HubOIN: keten.OIN, Log: n.nodes[politie.OIN].cfg.Log,
			Functies: []functie.Bouw{func(*functie.Omgeving) functie.Functie {
				return functie.Functie{Naam: "los", Titel: "Los", Opdrachten: []opdracht.Soort{{Naam: "lees-los", Titel: "Lees dit", Regel: r}}}
			}}})
		if err == nil {
			_ = k.Close()
		}
		return err
	}
	if err := zonder(func(*opdracht.Regel) {}); err != nil {
		t.Fatalf("with a declaration: %v", err)
	}
	for naam, anders := range map[string]func(*opdracht.Regel){
		"niets":       func(r *opdracht.Regel) { *r = opdracht.Regel{} },
		"geen weg":    func(r *opdracht.Regel) { r.Wegen = nil },
		"geen bewijs": func(r *opdracht.Regel) { r.ZonderBewijs = "" },
		"geen grens":  func(r *opdracht.Regel) { r.MaxPersonen = 0 },
		"geen record": func(r *opdracht.Regel) { r.Onderwerp = "" },
		"los bewijs": func(r *opdracht.Regel) {
			r.ZonderBewijs, r.Bewijs = "", []opdracht.Bewijs{{Wat: "gerucht", Waar: opdracht.BijKetenindex}}
		},
		"bij de vrager": func(r *opdracht.Regel) {
			r.ZonderBewijs, r.Bewijs = "", []opdracht.Bewijs{{Wat: opdracht.BewijsMelding, Waar: "vrager"}}
		},
	} {
		if err := zonder(anders); err == nil {
			t.Errorf("%s: the node opened", naam)
		}
	}
}
