package vergeten_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/bewijs"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

func TestIngetrokkenGebeurtenisIsNergensTeVinden(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	id, _ := politie.Aanvaard(ev)
	ander, _ := politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	vraag := vt.Vraag(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel)) // asked before, fetched after
	in := map[string]any{"interactieId": id, "reden": "Verkeerde persoon."}
	vt.Stuur("POST", "/v1/intrekkingen", in, 404)
	politie.Stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": id, "reden": ""}, 400)
	politie.Stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": id, "reden": "het nummer was " + hubtest.Sentinel}, 400)
	politie.Stuur("POST", "/v1/intrekkingen", in, 201)
	politie.Stuur("POST", "/v1/intrekkingen", in, 409)
	weg := func(p *hubtest.Proefhub) {
		t.Helper()
		vt, politie := p.Als(hubtest.OrgVT), p.Als(hubtest.OrgPolitie)
		for _, q := range []string{hubtest.OpPersoon(hubtest.Sentinel), `{"vanaf":"1990-01-01T00:00:00Z"}`, `{"subject":"` + ev.Subject + `"}`, `{"type":"` + ev.Type + `"}`, `{"organisatie":"` + string(hubtest.OrgPolitie.OIN) + `"}`} {
			for _, b := range []*hubtest.Beller{vt, politie} {
				for _, e := range b.Zoek(hubtest.OpZoek, q) {
					if e.ID == ev.ID || strings.Contains(string(e.Data), ev.Subject) {
						t.Errorf("%s finds it", q)
					}
				}
			}
		}
		if a := vt.Doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.Status != 404 {
			t.Errorf("who did not send it gets the proof: %d", a.Status)
		}
		politie.Stuur("GET", "/v1/events/"+id+"/bewijs", nil, 200) // the log did not change
		s := politie.Klaar(id)
		if s.Status != antwoord.StatusOK || len(s.Waarschuwingen) != 1 || !strings.Contains(s.Waarschuwingen[0], "Verkeerde persoon.") {
			t.Errorf("the sender is told %+v", s)
		}
	}
	weg(p)
	if a := vt.Doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeBatch); bytes.Contains(a.Body, []byte(ev.ID)) {
		t.Error("a query from before finds it")
	}
	if _, s := politie.Aanvaard(ev); s.Status != antwoord.StatusOK || len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))) != 1 {
		t.Error("offered again it is back")
	}
	p = p.Herbouwd(basis)
	weg(p)
	politie, vt = p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	vt.Stuur("GET", "/v1/intrekkingen/"+id, nil, 404)
	politie.Stuur("GET", "/v1/intrekkingen/"+id, nil, 200)
	vt.Stuur("POST", "/v1/intrekkingen/"+id+"/herroepingen", map[string]any{"reden": "x"}, 404)
	politie.Stuur("POST", "/v1/intrekkingen/"+id+"/herroepingen", map[string]any{"reden": "Toch goed."}, 201)
	politie.Stuur("POST", "/v1/intrekkingen/"+id+"/herroepingen", map[string]any{"reden": "Toch goed."}, 409)
	if n := len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))); n != 2 {
		t.Errorf("after undoing there are %d", n)
	}
	// What the chain manager withdraws the sender cannot undo.
	p.Als(hubtest.OrgHub).Stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": ander, "reden": "Op last van de rechter."}, 201)
	politie.Stuur("POST", "/v1/intrekkingen/"+ander+"/herroepingen", map[string]any{"reden": "Nee."}, 403)
	p.Herbouwd(basis)
}

func TestVergetenDoorTweePersonen(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	een, twee := p.Medewerker("A. de Boer"), p.Medewerker("B. Jansen")
	ev := hubtest.Gezin(hubtest.OrgPolitie)
	id, _ := politie.Aanvaard(ev)
	g, _, _ := prov.Lees(ev.Data)
	persoon := g.Betrokkenen()[0].ID
	// The same person in an event that does not tell the number.
	zonder := hubtest.Melding(hubtest.OrgPolitie, hubtest.BsnBroer, false)
	h, _, _ := prov.Lees(zonder.Data)
	h.Entities()[0].Ref("soh:heeftBetrokkene", persoon)
	h.Node(persoon, prov.Betrokkene).Set("soh:naam", "Sanne Zondernummer")
	zonder.Data = h.JSONLD()
	politie.Aanvaard(zonder)

	vraag := map[string]any{"burgerservicenummer": hubtest.Sentinel, "reden": "Verzoek van 3 november.", "grondslag": "AVG artikel 17"}
	p.Als(hubtest.OrgHub).Stuur("POST", "/v1/vergeetverzoeken", vraag, 403) // no personal certificate
	politie.Stuur("POST", "/v1/vergeetverzoeken", vraag, 403)
	een.Stuur("POST", "/v1/vergeetverzoeken", map[string]any{"burgerservicenummer": "123", "reden": "x", "grondslag": "y"}, 400)
	een.Stuur("POST", "/v1/vergeetverzoeken", map[string]any{"reden": "x", "grondslag": "y"}, 400)
	var v feit.Vergeetverzoek
	if a := een.Stuur("POST", "/v1/vergeetverzoeken", vraag, 201); json.Unmarshal(a.Body, &v) != nil || bytes.Contains(a.Body, []byte(hubtest.Sentinel)) {
		t.Fatalf("%s", a.Body)
	}
	pad := "/v1/vergeetverzoeken/" + v.ID
	een.Stuur("POST", pad+"/uitvoeringen", nil, 409)
	een.Stuur("POST", pad+"/akkoorden", nil, 403)
	p.Medewerker("a. de  boer").Stuur("POST", pad+"/akkoorden", nil, 403) // the same name on another certificate
	politie.Stuur("POST", pad+"/akkoorden", nil, 403)
	if n := len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))); n != 1 {
		t.Fatalf("forgotten too early: %d", n)
	}
	twee.Stuur("POST", pad+"/akkoorden", nil, 201)
	twee.Stuur("POST", pad+"/akkoorden", nil, 409)
	een.Stuur("POST", pad+"/uitvoeringen", nil, 201)
	een.Stuur("POST", pad+"/uitvoeringen", nil, 409)
	vergeten := func(p *hubtest.Proefhub) {
		t.Helper()
		politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
		if n := len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))); n != 0 {
			t.Errorf("%d events are found by the number", n)
		}
		evs := politie.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.BsnBroer))
		if len(evs) != 2 {
			t.Fatalf("the brother is in %d events", len(evs))
		}
		for _, e := range evs {
			if s := string(e.Data); e.ID == ev.ID && strings.Contains(s, "Sanne") || strings.Contains(s, "Zondernummer") || strings.Contains(s, hubtest.Sentinel) || !strings.Contains(s, hubtest.BsnBroer) {
				t.Errorf("the sender reads %s", s)
			}
		}
		a := politie.Stuur("GET", "/v1/events/"+id+"/bewijs", nil, 200)
		var bewijs bewijs.Bewijs
		if json.Unmarshal(a.Body, &bewijs) != nil {
			t.Fatal("no proof")
		}
		if _, _, err := bewijs.Controleer(p.Sleutel()); err != nil {
			t.Errorf("the proof broke: %v", err)
		}
	}
	vergeten(p)
	p = p.Herbouwd(basis)
	vergeten(p)
	hubtest.Nergens(t, p.Dir, hubtest.Sentinel)
	// The person comes back: a fresh key, found from then on.
	politie = p.Als(hubtest.OrgPolitie)
	politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	if evs := p.Als(hubtest.OrgVT).Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel)); len(evs) != 1 || !strings.Contains(string(evs[0].Data), "Sanne Geheim") {
		t.Errorf("after coming back: %d", len(evs))
	}
	if a := p.Medewerker("B. Jansen").Stuur("GET", "/v1/vergeetverzoeken", nil, 200); !bytes.Contains(a.Body, []byte(`"uitgevoerd"`)) || !bytes.Contains(a.Body, []byte("A. de Boer")) {
		t.Errorf("%s", a.Body)
	}
	if l := p.Logboek.String(); strings.Contains(l, hubtest.Sentinel) || strings.Contains(l, "Sanne") {
		t.Error("the log of the program tells who")
	}
}

// Killed between the record and the keys, or between the keys and the record:
// the next start finishes it.
func TestAfgebrokenVergetenWordtBijDeStartAfgemaakt(t *testing.T) {
	for naam, sleutelWeg := range map[string]bool{"voor de sleutel": false, "na de sleutel": true} {
		t.Run(naam, func(t *testing.T) {
			basis := t.TempDir()
			p := hubtest.StartIn(t, basis, 0)
			p.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Gezin(hubtest.OrgPolitie))
			r := hubtest.Ref(p, hubtest.Sentinel)
			v := feit.Vergeetverzoek{ID: "proef", Stand: "gevraagd", Refs: []string{hex.EncodeToString(r[:])}, Reden: "x", Grondslag: "y", Verzoeker: toegang.Medewerker{Naam: "A", Sleutel: "1"}}
			for i, stand := range feit.VergeetStanden[:3] {
				v.Stand = stand
				if i == 1 {
					v.Akkoord = &toegang.Medewerker{Naam: "B", Sleutel: "2"}
				}
				if _, err := p.Inname.LegFeitVast(t.Context(), feit.VergeetStappen[i], v.ID, "soh:Vergeten", v); err != nil {
					t.Fatal(err)
				}
			}
			if sleutelWeg {
				if err := p.Sleutels.Vernietig(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			p.Stop()
			p = hubtest.StartIn(t, basis, 0)
			for eind := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
				vs, err := p.Vergeten.Vergeetverzoeken()
				if err == nil && len(vs) == 1 && vs[0].Stand == "uitgevoerd" {
					break
				}
				if time.Now().After(eind) {
					t.Fatalf("not finished: %+v %v", vs, err)
				}
			}
			if p.Sleutels.Heeft(hubtest.Ref(p, hubtest.Sentinel)) || !p.Sleutels.Heeft(hubtest.Ref(p, hubtest.BsnBroer)) {
				t.Error("the wrong keys are there")
			}
			if n := len(p.Als(hubtest.OrgVT).Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))); n != 0 {
				t.Errorf("found %d", n)
			}
			p.Herbouwd(basis)
		})
	}
}

// A feit that skips the second person does not stand, whoever wrote it.
func TestVergetenZonderTweedePersoonStaatNiet(t *testing.T) {
	p := hubtest.Start(t)
	v := feit.Vergeetverzoek{ID: "proef", Stand: "gevraagd", Refs: []string{strings.Repeat("00", 16)}, Verzoeker: toegang.Medewerker{Naam: "A", Sleutel: "1"}}
	leg := func(i int) error {
		v.Stand = feit.VergeetStanden[i]
		_, err := p.Inname.LegFeitVast(t.Context(), feit.VergeetStappen[i], v.ID, "soh:Vergeten", v)
		return err
	}
	if err := leg(2); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("begun without request: %v", err)
	}
	if err := leg(0); err != nil {
		t.Fatal(err)
	}
	for _, wie := range []*toegang.Medewerker{nil, {Naam: "a", Sleutel: "2"}, {Naam: "B", Sleutel: "1"}} {
		v.Akkoord = wie
		if err := leg(1); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("agreed by %v: %v", wie, err)
		}
	}
	if err := leg(3); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("done without agreement: %v", err)
	}
}

func TestBewaartermijnMaaktOudeGebeurtenissenOnvindbaar(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	politie, vt, beheer := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT), p.Als(hubtest.OrgHub)
	nu := time.Now().UTC()
	van := func(ev cloudevent.Event, jaren int) cloudevent.Event {
		ev.Time = nu.AddDate(-jaren, 0, 0).Truncate(time.Millisecond)
		return ev
	}
	oud, _ := politie.Aanvaard(van(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false), 25))
	politie.Aanvaard(van(hubtest.Melding(hubtest.OrgPolitie, hubtest.BsnBroer, false), 25))
	politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.BsnBroer, false))
	weg, _ := politie.Aanvaard(van(hubtest.Melding(hubtest.OrgPolitie, "123456782", false), 25)) // withdrawn, so not shown, but not gone
	politie.Stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": weg, "reden": "Fout."}, 201)
	ander := van(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false), 25)
	ander.Type = cloudevent.MeldingOpgepakt // of a type without a term
	politie.Aanvaard(ander)
	if err := p.Vergeten.RuimOp(t.Context(), nu); err != nil || len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))) != 2 {
		t.Fatalf("without a rule something went: %v", err)
	}
	alles := begrip.NiveauInhoud
	beheer.Stuur("POST", "/v1/gebeurtenissoorten", soorten.Soort{Type: cloudevent.MeldingGeregistreerd, Functie: "uitwisselen-melding", Omschrijving: "Een melding.", Ketenbreed: &alles, Bewaartermijn: "P30Y"}, 201)
	if err := p.Vergeten.RuimOp(t.Context(), nu); err != nil || len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))) != 2 {
		t.Fatalf("gone before its term: %v", err)
	}
	if err := p.Vergeten.RuimOp(t.Context(), nu.AddDate(6, 0, 0)); err != nil {
		t.Fatal(err)
	}
	verlopen := func(p *hubtest.Proefhub) {
		t.Helper()
		politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
		if n := len(vt.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))); n != 1 {
			t.Errorf("of the first %d are left", n)
		}
		if n := len(politie.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.BsnBroer))); n != 1 {
			t.Errorf("of the brother %d are left", n)
		}
		if s := politie.Klaar(oud); len(s.Waarschuwingen) != 1 || !strings.Contains(s.Waarschuwingen[0], "bewaartermijn") {
			t.Errorf("the sender is told %+v", s)
		}
		if a := vt.Doe("GET", "/v1/events/"+oud+"/bewijs", "", nil, ""); a.Status != 404 {
			t.Errorf("the proof for another: %d", a.Status)
		}
		politie.Stuur("POST", "/v1/intrekkingen/"+weg+"/herroepingen", map[string]any{"reden": "Terug."}, 409)
		if p.Sleutels.Heeft(hubtest.Ref(p, "123456782")) {
			t.Error("the key of who is in no event any more is still there")
		}
		if !p.Sleutels.Heeft(hubtest.Ref(p, hubtest.Sentinel)) || !p.Sleutels.Heeft(hubtest.Ref(p, hubtest.BsnBroer)) {
			t.Error("a key that is still needed is gone")
		}
	}
	verlopen(p)
	laatste := p.Hub.Log.Laatste()
	if err := p.Vergeten.RuimOp(t.Context(), nu.AddDate(6, 0, 0)); err != nil || p.Hub.Log.Laatste() != laatste {
		t.Errorf("a second round writes again: %v", err)
	}
	verlopen(p.Herbouwd(basis))
}
