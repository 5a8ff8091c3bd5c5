package aanval

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/demo"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// vrager is a node of the attacker's own making that asks whether people are
// known: its questions say what it likes, and it counts who reads them.
type vrager struct {
	*partij
	n       *netwerk
	mu      sync.Mutex
	vragen  map[string]map[string]any // question by id
	gelezen map[string]int
	stappen map[string][]map[string]any // by Opdracht
}

func nieuweVrager(t *testing.T, n *netwerk, soort begrip.OrganisatieSoort) *vrager {
	t.Helper()
	v := &vrager{n: n, vragen: map[string]map[string]any{}, gelezen: map[string]int{}, stappen: map[string][]map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/verrijkingsverzoeken/{id}/{niveau}", func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.gelezen[r.PathValue("id")]++
		w.Header().Set("Informatieniveau", "2")
		_ = json.NewEncoder(w).Encode(v.vragen[r.PathValue("id")])
	})
	mux.HandleFunc("POST /v1/opdrachten/{id}/stappen", func(w http.ResponseWriter, r *http.Request) {
		var s map[string]any
		_ = json.NewDecoder(r.Body).Decode(&s)
		v.mu.Lock()
		defer v.mu.Unlock()
		v.stappen[r.PathValue("id")] = append(v.stappen[r.PathValue("id")], s)
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("POST /v1/opdrachten", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	v.partij = n.nieuw(t, soort, mux)
	return v
}

// weg lets v leave the network that the tests share: with a second Veilig Thuis a
// melding has to say which.
func (v *vrager) weg(t *testing.T) {
	t.Helper()
	hub := v.n.lid(t, "hub")
	hub.vraag(t, "DELETE", hub.Hub+"/v1/deelnemers/"+string(v.OIN), nil).wil(t, http.StatusNoContent)
	v.n.overal(t, v.partij, false)
}

// bied offers a question about personen to aan and gives the ids of Opdracht and
// question, and what came back.
func (v *vrager) bied(t *testing.T, aan demo.LijstDeelnemer, zaak string, personen []begrip.BSN, anders func(map[string]any)) (id, vraag string, a antwoord) {
	t.Helper()
	id, vraag = uuid.NewString(), uuid.NewString()
	var wie []map[string]any
	for i, b := range personen {
		wie = append(wie, map[string]any{"id": fmt.Sprint("urn:soh:betrokkene:", i), "burgerservicenummer": b.Leesbaar(), "naam": map[string]any{"geslachtsnaam": "Aanval"},
			"adres": map[string]any{"soortAdres": "02", "straatAdres": map[string]any{"straatnaam": "Laan", "huisnummer": 1}}})
	}
	v.mu.Lock()
	v.vragen[vraag] = map[string]any{"registratienummer": vraag, "redenVerzoek": "01", "omschrijving": "Kent u deze persoon?", "zaak": zaak, "vrager": v.OIN, "bevraagde": aan.OIN,
		"op": time.Now().UTC(), "natuurlijkPersoon": wie[0], "overigePersonen": wie[1:], "verrijkingsVraag": []string{}}
	v.mu.Unlock()
	o := map[string]any{"id": id, "soort": "bekendheid", "zaak": zaak, "van": v.OIN, "aan": aan.OIN, "aangebodenOp": time.Now().UTC(), "personen": min(len(personen), 30),
		"onderwerp": map[string]any{"bron": v.OIN, "soort": "verrijkingsverzoek", "pad": "/v1/verrijkingsverzoeken/" + vraag},
		"vrager":    map[string]any{"naam": "Marieke", "rol": begrip.RolMedewerkerVT, "doel": "01", "grondslag": begrip.GrondWmo516}}
	if anders != nil {
		anders(o)
	}
	return id, vraag, v.vraag(t, "POST", aan.API+"/opdrachten", o)
}

// las is how often the question was read; klaar how its Opdracht ended.
func (v *vrager) las(vraag string) int { v.mu.Lock(); defer v.mu.Unlock(); return v.gelezen[vraag] }

func (v *vrager) klaar(id string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.stappen[id] {
		if naar, _ := s["naar"].(string); naar == "uitgevoerd" || naar == "geweigerd" {
			return naar
		}
	}
	return ""
}

func bsns(n int) (uit []begrip.BSN) {
	for range n {
		uit = append(uit, bsn())
	}
	return uit
}

// TestWieNietMagVragenHoortNietsOverNiemand: an organisation of another kind, or
// in another role, for another purpose, on another ground, asks every node about
// 300 people with questions that stand at its own node. All refuse at once, in the
// same words, without reading the question.
func TestWieNietMagVragenHoortNietsOverNiemand(t *testing.T) {
	n := deNetwerk(t)
	school, vt := nieuweVrager(t, n, begrip.School), nieuweVrager(t, n, begrip.VeiligThuis)
	defer school.weg(t)
	defer vt.weg(t)
	zet := func(veld string, waarde any) func(map[string]any) {
		return func(o map[string]any) { o["vrager"].(map[string]any)[veld] = waarde }
	}
	zaak := "urn:soh:zaak:" + uuid.NewString()
	var woorden string
	for _, d := range n.Lijst().Deelnemers {
		for naam, g := range map[string]struct {
			v        *vrager
			personen int
			anders   func(map[string]any)
		}{
			"een school":                {school, 300, nil},
			"een school, met een rol":   {school, 1, zet("rol", begrip.RolBehandelaar)},
			"administratie":             {vt, 1, zet("rol", begrip.RolAdministratie)},
			"een systeem":               {vt, 1, zet("rol", begrip.RolSysteem)},
			"voor hulp":                 {vt, 1, zet("doel", begrip.DoelHulp)},
			"voor het ZVH":              {vt, 1, zet("doel", "02")},
			"op toestemming":            {vt, 1, zet("grondslag", begrip.GrondAvg61a)},
			"op de grond van wie geeft": {vt, 1, zet("grondslag", begrip.GrondWmo526)},
			"over meer dan een gezin":   {vt, 300, func(o map[string]any) { o["personen"] = 300 }},
			"zonder zaak":               {vt, 1, func(o map[string]any) { delete(o, "zaak") }},
			"een onbekende soort":       {vt, 1, func(o map[string]any) { o["soort"] = "alles" }},
			"een vraag bij een ander":   {vt, 1, func(o map[string]any) { o["onderwerp"].(map[string]any)["bron"] = school.OIN }},
		} {
			if d.Soort == begrip.VeiligThuis && g.v == vt && naam == "een school" {
				continue
			}
			_, vraag, a := g.v.bied(t, d, zaak, bsns(g.personen), g.anders)
			var uit struct{ Staat, Reden string }
			if a.Status == http.StatusCreated {
				a.lees(t, &uit)
			}
			if uit.Staat != "geweigerd" || woorden != "" && uit.Reden != woorden {
				t.Errorf("%s bij %s: %d %s", naam, d.Naam, a.Status, a.Body)
			}
			woorden = uit.Reden
			if g.v.las(vraag) > 0 {
				t.Errorf("%s: %s las de vraag", naam, d.Naam)
			}
		}
		a := antwoord{}
		if _, _, a = vt.bied(t, d, zaak, bsns(1), func(o map[string]any) { delete(o, "vrager") }); a.Status != http.StatusBadRequest {
			t.Errorf("zonder vrager bij %s: %d %s", d.Naam, a.Status, a.Body)
		}
	}
}

// TestZonderMeldingVanEenAnderGeenAntwoord: a real Veilig Thuis asks without a
// melding, with one that another Veilig Thuis got, and with one it made up. The
// question is not read. With a melding that the police sent it, a rule answers
// about who is in it, and about nobody else.
func TestZonderMeldingVanEenAnderGeenAntwoord(t *testing.T) {
	n := deNetwerk(t)
	vt, politie, echt := nieuweVrager(t, n, begrip.VeiligThuis), n.lid(t, "politie"), n.lid(t, "veilig-thuis")
	defer vt.weg(t)
	var gi demo.LijstDeelnemer
	for _, d := range n.Lijst().Deelnemers {
		if d.Soort == begrip.GI {
			gi = d
		}
	}
	kind, vreemd := bsn(), bsn()

	verzonnen := "urn:soh:zaak:" + uuid.NewString()
	vt.verzin(t, verzonnen, kind)
	vanAnder := politie.meld(t, map[string]any{"ontvanger": echt.OIN}, persoon(kind, "Noor", nil))
	type poging struct{ id, vraag string }
	pogingen := map[string]poging{}
	for naam, zaak := range map[string]string{"zonder melding": "urn:soh:zaak:" + uuid.NewString(), "verzonnen": verzonnen, "van een ander": vanAnder.Zaak} {
		vt.zegtVraag(t, zaak, gi.OIN, kind)
		id, vraag, a := vt.bied(t, gi, zaak, []begrip.BSN{kind}, nil)
		if a.Status != http.StatusCreated || !strings.Contains(a.Body, `"aangeboden"`) {
			t.Errorf("%s: %d %s", naam, a.Status, a.Body)
		}
		pogingen[naam] = poging{id, vraag}
	}

	// A melding to this Veilig Thuis, which reads it as the law lets it.
	m := politie.meld(t, map[string]any{"ontvanger": vt.OIN}, persoon(kind, "Noor", nil))
	l := toegang.Lezer{Persoon: "m", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Zaak: m.Zaak}
	vt.vraag(t, "GET", politie.API+"/meldingen/"+m.ID+"/niveau2", nil, vt.als(t, politie.OIN, l)...).wil(t, http.StatusOK)
	vt.zegtVraag(t, m.Zaak, gi.OIN, kind)
	goed, goedeVraag, _ := vt.bied(t, gi, m.Zaak, []begrip.BSN{kind}, nil)
	meer, meerVraag, _ := vt.bied(t, gi, m.Zaak, []begrip.BSN{kind, vreemd}, nil)
	wacht(t, func() string {
		if vt.klaar(goed) != "uitgevoerd" || vt.las(meerVraag) == 0 {
			return "de vraag over wie gemeld is, is niet beantwoord"
		}
		return ""
	})
	if vt.las(goedeVraag) == 0 || vt.klaar(meer) != "" {
		t.Errorf("een regel antwoordde over wie niet gemeld is: %s", vt.klaar(meer))
	}
	for naam, p := range pogingen {
		if vt.las(p.vraag) > 0 || vt.klaar(p.id) == "uitgevoerd" {
			t.Errorf("%s: gelezen %d, %s", naam, vt.las(p.vraag), vt.klaar(p.id))
		}
	}
}

// zegtVraag tells the hub that v asks aan whether it knows kind, as who asks does.
func (v *vrager) zegtVraag(t *testing.T, zaak string, aan begrip.OIN, kind begrip.BSN) {
	t.Helper()
	id := uuid.NewString()
	var g prov.Graph
	u, act := "urn:soh:verrijkingsverzoek:"+id, "urn:soh:activiteit:"+uuid.NewString()
	g.Node(u, prov.Entity, "soh:Verrijkingsverzoek").Set("soh:identifier", u).Ref("soh:zaak", zaak).Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id).
		Ref("soh:aangebodenAan", aan.URN()).Ref("prov:wasGeneratedBy", act)
	g.Node(act, prov.Activity, "soh:VragenBekendheid").Set("soh:tijdstip", time.Now().UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", v.OIN.URN())
	g.Node(v.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", v.Naam)
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, kind.Leesbaar())
	v.zeg(t, cloudevent.Event{ID: uuid.NewString(), Source: v.OIN.Systeem("proef"), Type: cloudevent.BekendheidGevraagd, Time: time.Now().UTC().Truncate(time.Millisecond), Subject: u,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD()})
}

// verzin tells the hub of a melding that nobody made, and that it was read.
func (v *vrager) verzin(t *testing.T, zaak string, kind begrip.BSN) {
	t.Helper()
	id := uuid.NewString()
	for _, typ := range []string{cloudevent.MeldingGeregistreerd, cloudevent.MeldingIngezien} {
		var g prov.Graph
		act := "urn:soh:activiteit:" + uuid.NewString()
		e := g.Node("urn:soh:melding:"+id, prov.Entity, "soh:Melding").Set("soh:identifier", "urn:soh:melding:"+id).Ref("soh:zaak", zaak).Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id)
		if typ == cloudevent.MeldingGeregistreerd {
			e.Ref("prov:wasGeneratedBy", act)
		}
		g.Node(act, prov.Activity, "soh:RegistrerenMelding").Set("soh:tijdstip", time.Now().UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", v.OIN.URN())
		g.Node(v.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", v.Naam)
		g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, kind.Leesbaar())
		v.zeg(t, cloudevent.Event{ID: uuid.NewString(), Source: v.OIN.Systeem("proef"), Type: typ, Time: time.Now().UTC().Truncate(time.Millisecond), Subject: "urn:soh:melding:" + id,
			DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD()})
	}
}

// TestEenVloedWordtGestopt: whoever goes on and on is not taken any more, others
// are.
func TestEenVloedWordtGestopt(t *testing.T) {
	n := deNetwerk(t)
	vt, ander := nieuweVrager(t, n, begrip.VeiligThuis), nieuweVrager(t, n, begrip.VeiligThuis)
	defer vt.weg(t)
	defer ander.weg(t)
	d := n.Lijst().Deelnemers[0]
	b := bsn()
	zaak := "urn:soh:zaak:" + uuid.NewString()
	teVeel := 0
	for range 520 {
		if _, _, a := vt.bied(t, d, zaak, []begrip.BSN{b}, func(o map[string]any) { o["soort"] = "onbekend" }); a.Status == http.StatusTooManyRequests {
			teVeel++
		}
	}
	if teVeel != 20 {
		t.Errorf("%d van de 520 tegengehouden", teVeel)
	}
	if _, _, a := ander.bied(t, d, zaak, []begrip.BSN{b}, nil); a.Status != http.StatusCreated {
		t.Errorf("een ander: %d %s", a.Status, a.Body)
	}
}
