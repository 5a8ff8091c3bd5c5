package hub

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// medewerker is a member of the chain manager's staff.
func (p *proefhub) medewerker(naam string) *beller {
	p.t.Helper()
	cert, sleutel, err := p.ca.GeefPersoon(p.cas, orgHub, naam)
	if err != nil {
		p.t.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(cert, sleutel, p.ca.Pad())
	if err != nil {
		p.t.Fatal(err)
	}
	return &beller{p: p, c: id.Client(20 * time.Second)}
}

// zonder is a caller without certificate.
func (p *proefhub) zonder() *beller {
	p.t.Helper()
	pem, err := os.ReadFile(p.ca.Pad())
	if err != nil {
		p.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}
	p.t.Cleanup(t.CloseIdleConnections)
	return &beller{p: p, c: &http.Client{Transport: t, Timeout: 20 * time.Second}}
}

// stuur sends JSON and wants this status.
func (b *beller) stuur(methode, pad string, body any, status int) antwoord {
	b.p.t.Helper()
	var lijf []byte
	typ := ""
	if body != nil {
		lijf, _ = json.Marshal(body)
		typ = "application/json"
	}
	a := b.doe(methode, pad, typ, lijf, "")
	if a.status != status {
		b.p.t.Fatalf("%s %s: %d, want %d: %s", methode, pad, a.status, status, a.body)
	}
	return a
}

// leesmodel gives the hash of the read model once it holds all of the log, and how far
// that is.
func (p *proefhub) leesmodel() (hash [32]byte, laatste uint64) {
	p.t.Helper()
	for {
		laatste = p.Hub.log.Laatste()
		if !p.wachtOp(p.t.Context(), laatste, time.Minute) {
			p.t.Fatal("the read model does not get to the end of the log")
		}
		hash, err := p.graph.Hash()
		if err != nil {
			p.t.Fatal(err)
		}
		if p.geprojecteerd.Load() == laatste && p.Hub.log.Laatste() == laatste {
			return hash, laatste
		}
	}
}

// herbouwd stops the hub, throws the read model away and holds the new one
// against the old.
func (p *proefhub) herbouwd(basis string) *proefhub {
	p.t.Helper()
	want, laatste := p.leesmodel()
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.dir, "index")); err != nil {
		p.t.Fatal(err)
	}
	n := startIn(p.t, basis, 0)
	if !n.wachtOp(context.Background(), laatste, time.Minute) {
		p.t.Fatal("the rebuild does not end")
	}
	if n.Hub.log.Laatste() == laatste {
		if got, err := n.graph.Hash(); err != nil || got != want {
			p.t.Fatalf("the rebuilt read model differs (%v)", err)
		}
	}
	return n
}

const (
	typePlan = "nl.jzv.opstellen-en-regisseren-plan.plan-vastgesteld"
	opZoek   = "/v1/gebeurtenissen/query"
)

func opPersoon(bsn string) string { return `{"burgerservicenummer":"` + bsn + `"}` }

func TestNieuwSoortMetSchemaZonderNieuweHub(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	beheer, politie := p.als(orgHub), p.als(orgPolitie)
	plan := func() cloudevent.Event {
		ev := melding(orgPolitie, sentinel, false)
		ev.Type = typePlan
		return ev
	}
	eerst, s := politie.aanvaard(plan())
	if s.Status != statusFout {
		t.Fatalf("an unknown type is %v", s)
	}
	soort := soorten.Soort{Type: typePlan, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast."}
	politie.stuur("POST", "/v1/gebeurtenissoorten", soort, 403)
	beheer.stuur("POST", "/v1/gebeurtenissoorten", map[string]any{"type": "Fout", "functie": "x", "omschrijving": "", "gesloten": false, "bewaartermijn": "lang"}, 400)
	beheer.stuur("POST", "/v1/gebeurtenissoorten", soort, 201)
	if _, s = politie.aanvaard(plan()); s.Status != statusOK {
		t.Fatalf("a registered type is %v", s)
	}
	schema := map[string]any{"type": typePlan, "schema": map[string]any{"properties": map[string]any{"@graph": map[string]any{"title": "een plan", "contains": map[string]any{"properties": map[string]any{"@type": map[string]any{"contains": map[string]any{"const": "soh:Plan"}}}}}}}}
	politie.stuur("POST", "/v1/schemas", schema, 403)
	beheer.stuur("POST", "/v1/schemas", schema, 201)
	_, s = politie.aanvaard(plan())
	if s.Status != statusFout || s.Resultaat.TypeFout != "FUNCTIONEEL" || !slices.Contains(s.Resultaat.Info.Validatiefouten, "/data/@graph: Hier ontbreekt een onderdeel (een plan).") {
		t.Fatalf("data that does not fit: %+v", s.Resultaat)
	}
	schema["schema"] = map[string]any{"required": []string{"nieuw"}}
	a := beheer.stuur("POST", "/v1/schemas", schema, 409)
	if !bytes.Contains(a.body, []byte("#/required")) {
		t.Fatalf("not told where it breaks: %s", a.body)
	}
	schema["schema"] = map[string]any{}
	beheer.stuur("POST", "/v1/schemas", schema, 201)
	if _, s = politie.aanvaard(plan()); s.Status != statusOK {
		t.Fatalf("the newest version counts: %+v", s)
	}
	oud := plan()
	oud.DataSchema = "https://ketenindex.example/v1/schemas/" + typePlan + "/versies/1"
	if _, s = politie.aanvaard(oud); s.Status != statusFout {
		t.Fatalf("dataschema does not choose: %+v", s)
	}
	vreemd := p.zonder() // reading is for everyone
	vreemd.stuur("POST", "/v1/schemas", schema, 401)
	if a := vreemd.stuur("GET", "/v1/schemas/"+typePlan+"/versies/1", nil, 200); !bytes.Contains(a.body, []byte("een plan")) || a.kop.Get("Content-Type") != "application/schema+json" {
		t.Fatalf("%s", a.body)
	}
	vreemd.stuur("GET", "/v1/schemas/"+typePlan+"/versies/3", nil, 404)
	vreemd.stuur("GET", "/v1/schemas", nil, 200)
	vreemd.stuur("GET", "/v1/gebeurtenissoorten", nil, 200)
	n := p.herbouwd(basis)
	if s := n.als(orgPolitie).klaar(eerst); s.Status != statusFout {
		t.Fatalf("what was unknown then is %v after a rebuild", s)
	}
	if len(n.regels.Load().Schemas(typePlan)) != 2 {
		t.Fatal("the schemas are gone")
	}
}

// In one block: what stands before the agreement is held against what held then.
func TestAfspraakGeldtVanafZijnPlekInHetLog(t *testing.T) {
	p := start(t)
	soort := soorten.Soort{Type: typePlan, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast."}
	afspraak, err := p.feitEvent(orgHub, nieuwFeit{cloudevent.SoortVastgesteld, typePlan, "soh:Vaststellen", soort})
	if err != nil {
		t.Fatal(err)
	}
	voor, na := melding(orgHub, sentinel, false), melding(orgHub, sentinel, false)
	voor.Type, na.Type = typePlan, typePlan
	ids, err := p.legVast(t.Context(), orgHub.OIN, []cloudevent.Event{voor, afspraak, na})
	if err != nil || !p.wachtOp(t.Context(), p.Hub.log.Laatste(), time.Minute) {
		t.Fatal(err)
	}
	for i, wil := range []bool{false, true, true} {
		uit, _, err := p.uitkomst(ids[i])
		if err != nil || (uit.Fout == "") != wil {
			t.Errorf("%d: %+v %v", i, uit, err)
		}
	}
}

func TestAlleSchemafoutenBijDeStatusZonderWaarden(t *testing.T) {
	p := start(t)
	ev := melding(orgPolitie, sentinel, false)
	g, _, err := prov.Lees(ev.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range g.Nodes {
		if n.Is("soh:Melding") {
			n.Types = []string{prov.Entity, "soh:Verslag"}
			n.Set("soh:beschikbaarGesteldOp", "gisteren-"+sentinel)
		}
		if n.Is(prov.Activity) {
			n.Set("soh:tijdstip", "geheime-tijd")
		}
	}
	ev.Data = g.JSONLD()
	_, s := p.als(orgPolitie).aanvaard(ev)
	if s.Status != statusFout || s.Resultaat.Info == nil || len(s.Resultaat.Info.Validatiefouten) != 3 {
		t.Fatalf("%+v", s.Resultaat)
	}
	if tekst := fmt.Sprint(s.Resultaat.Info); strings.Contains(tekst, sentinel) || strings.Contains(tekst, "geheime") {
		t.Fatalf("a value is told: %s", tekst)
	}
}

func TestGeslotenSoortIsNietTeMerken(t *testing.T) {
	p := start(t)
	politie, vt, portaal, beheer := p.als(orgPolitie), p.als(orgVT), p.als(orgPortaal), p.als(orgHub)
	open, _ := politie.aanvaard(melding(orgPolitie, sentinel, false))
	dicht := func() cloudevent.Event {
		ev := melding(orgPolitie, sentinel, false)
		ev.Type = typePlan
		return ev
	}
	nul := begrip.NiveauBestaan
	beheer.stuur("POST", "/v1/gebeurtenissoorten", soorten.Soort{Type: typePlan, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast.", Gesloten: true, Genoemd: &nul}, 201)
	var id string
	for range 5 {
		id, _ = politie.aanvaard(dicht())
	}
	politie.aanvaard(melding(orgPolitie, sentinel, false))
	if n := len(politie.zoek(opZoek, opPersoon(sentinel))); n != 7 {
		t.Fatalf("the sender finds %d", n)
	}
	for naam, b := range map[string]*beller{"vt": vt, "portaal": portaal} {
		if n := len(b.zoek(opZoek, `{"burgerservicenummer":"`+sentinel+`","limiet":1}`)); n != 2 {
			t.Errorf("%s finds %d", naam, n)
		}
		vraag := b.vraag(opZoek, `{"burgerservicenummer":"`+sentinel+`","limiet":2}`)
		a := b.doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeBatch)
		if evs, err := cloudevent.ParseBatch(a.body); err != nil || len(evs) != 2 || a.kop.Get("Link") != "" || bytes.Contains(a.body, []byte(typePlan)) {
			t.Errorf("%s: a page tells of what is hidden: %d %v %s", naam, len(evs), a.kop, a.body)
		}
		if n := len(b.zoek(opZoek, `{"burgerservicenummer":"`+sentinel+`","type":"`+typePlan+`"}`)); n != 0 {
			t.Errorf("%s finds the type: %d", naam, n)
		}
	}
	if a := vt.doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.status != 404 {
		t.Errorf("the proof of a hidden event: %d", a.status)
	}
	vt.stuur("GET", "/v1/events/"+open+"/bewijs", nil, 200)
	// Who is named learns that it is there, and no more.
	ev := dicht()
	g, _, _ := prov.Lees(ev.Data)
	g.Activities()[0].Ref("prov:wasAssociatedWith", orgVT.OIN.URN())
	g.Node(orgVT.OIN.URN(), prov.Agent, "soh:Organisatie")
	ev.Data = g.JSONLD()
	id, _ = politie.aanvaard(ev)
	vt = p.beoordelaar() // who says why
	gevonden := vt.zoek(opZoek, `{"burgerservicenummer":"`+sentinel+`","type":"`+typePlan+`"}`)
	if len(gevonden) != 1 || gevonden[0].Subject != "" || bytes.Contains(gevonden[0].Append(nil), []byte("betrokkene")) || bytes.Contains(gevonden[0].Data, []byte("zaak")) {
		t.Fatalf("level 0: %s", fmt.Sprint(len(gevonden)))
	}
	zaak := g.Zaak()
	if n := len(vt.zoek(opZoek, `{"zaak":"`+zaak+`"}`)); n != 0 {
		t.Error("a filter tells the zaak that level 0 hides")
	}
	if a := vt.doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.status != 403 {
		t.Errorf("the proof at level 0: %d", a.status)
	}
}

func TestIngetrokkenGebeurtenisIsNergensTeVinden(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	ev := melding(orgPolitie, sentinel, false)
	id, _ := politie.aanvaard(ev)
	ander, _ := politie.aanvaard(melding(orgPolitie, sentinel, false))
	vraag := vt.vraag(opZoek, opPersoon(sentinel)) // asked before, fetched after
	in := map[string]any{"interactieId": id, "reden": "Verkeerde persoon."}
	vt.stuur("POST", "/v1/intrekkingen", in, 404)
	politie.stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": id, "reden": ""}, 400)
	politie.stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": id, "reden": "het nummer was " + sentinel}, 400)
	politie.stuur("POST", "/v1/intrekkingen", in, 201)
	politie.stuur("POST", "/v1/intrekkingen", in, 409)
	weg := func(p *proefhub) {
		t.Helper()
		vt, politie := p.als(orgVT), p.als(orgPolitie)
		for _, q := range []string{opPersoon(sentinel), `{"vanaf":"1990-01-01T00:00:00Z"}`, `{"subject":"` + ev.Subject + `"}`, `{"type":"` + ev.Type + `"}`, `{"organisatie":"` + string(orgPolitie.OIN) + `"}`} {
			for _, b := range []*beller{vt, politie} {
				for _, e := range b.zoek(opZoek, q) {
					if e.ID == ev.ID || strings.Contains(string(e.Data), ev.Subject) {
						t.Errorf("%s finds it", q)
					}
				}
			}
		}
		if a := vt.doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.status != 404 {
			t.Errorf("who did not send it gets the proof: %d", a.status)
		}
		politie.stuur("GET", "/v1/events/"+id+"/bewijs", nil, 200) // the log did not change
		s := politie.klaar(id)
		if s.Status != statusOK || len(s.Waarschuwingen) != 1 || !strings.Contains(s.Waarschuwingen[0], "Verkeerde persoon.") {
			t.Errorf("the sender is told %+v", s)
		}
	}
	weg(p)
	if a := vt.doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeBatch); bytes.Contains(a.body, []byte(ev.ID)) {
		t.Error("a query from before finds it")
	}
	if _, s := politie.aanvaard(ev); s.Status != statusOK || len(vt.zoek(opZoek, opPersoon(sentinel))) != 1 {
		t.Error("offered again it is back")
	}
	p = p.herbouwd(basis)
	weg(p)
	politie, vt = p.als(orgPolitie), p.als(orgVT)
	vt.stuur("GET", "/v1/intrekkingen/"+id, nil, 404)
	politie.stuur("GET", "/v1/intrekkingen/"+id, nil, 200)
	vt.stuur("POST", "/v1/intrekkingen/"+id+"/herroepingen", map[string]any{"reden": "x"}, 404)
	politie.stuur("POST", "/v1/intrekkingen/"+id+"/herroepingen", map[string]any{"reden": "Toch goed."}, 201)
	politie.stuur("POST", "/v1/intrekkingen/"+id+"/herroepingen", map[string]any{"reden": "Toch goed."}, 409)
	if n := len(vt.zoek(opZoek, opPersoon(sentinel))); n != 2 {
		t.Errorf("after undoing there are %d", n)
	}
	// What the chain manager withdraws the sender cannot undo.
	p.als(orgHub).stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": ander, "reden": "Op last van de rechter."}, 201)
	politie.stuur("POST", "/v1/intrekkingen/"+ander+"/herroepingen", map[string]any{"reden": "Nee."}, 403)
	p.herbouwd(basis)
}

func ref(p *proefhub, bsn string) [16]byte { return p.sleutels.Ref(begrip.MustBSN(bsn)) }

const bsnBroer = "999990019"

// gezin makes an event about two persons.
func gezin(o begrip.Organisatie) cloudevent.Event {
	ev := melding(o, sentinel, false)
	g, _, _ := prov.Lees(ev.Data)
	g.Entities()[0].Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:broer")
	g.Node("urn:soh:betrokkene:broer", prov.Betrokkene).Set(prov.Burgerservicenummer, bsnBroer).Set("soh:naam", "Broer Leesbaar")
	ev.Data = g.JSONLD()
	return ev
}

func TestVergetenDoorTweePersonen(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	een, twee := p.medewerker("A. de Boer"), p.medewerker("B. Jansen")
	ev := gezin(orgPolitie)
	id, _ := politie.aanvaard(ev)
	g, _, _ := prov.Lees(ev.Data)
	persoon := g.Betrokkenen()[0].ID
	// The same person in an event that does not tell the number.
	zonder := melding(orgPolitie, bsnBroer, false)
	h, _, _ := prov.Lees(zonder.Data)
	h.Entities()[0].Ref("soh:heeftBetrokkene", persoon)
	h.Node(persoon, prov.Betrokkene).Set("soh:naam", "Sanne Zondernummer")
	zonder.Data = h.JSONLD()
	politie.aanvaard(zonder)

	vraag := map[string]any{"burgerservicenummer": sentinel, "reden": "Verzoek van 3 november.", "grondslag": "AVG artikel 17"}
	p.als(orgHub).stuur("POST", "/v1/vergeetverzoeken", vraag, 403) // no personal certificate
	politie.stuur("POST", "/v1/vergeetverzoeken", vraag, 403)
	een.stuur("POST", "/v1/vergeetverzoeken", map[string]any{"burgerservicenummer": "123", "reden": "x", "grondslag": "y"}, 400)
	een.stuur("POST", "/v1/vergeetverzoeken", map[string]any{"reden": "x", "grondslag": "y"}, 400)
	var v Vergeetverzoek
	if a := een.stuur("POST", "/v1/vergeetverzoeken", vraag, 201); json.Unmarshal(a.body, &v) != nil || bytes.Contains(a.body, []byte(sentinel)) {
		t.Fatalf("%s", a.body)
	}
	pad := "/v1/vergeetverzoeken/" + v.ID
	een.stuur("POST", pad+"/uitvoeringen", nil, 409)
	een.stuur("POST", pad+"/akkoorden", nil, 403)
	p.medewerker("a. de  boer").stuur("POST", pad+"/akkoorden", nil, 403) // the same name on another certificate
	politie.stuur("POST", pad+"/akkoorden", nil, 403)
	if n := len(vt.zoek(opZoek, opPersoon(sentinel))); n != 1 {
		t.Fatalf("forgotten too early: %d", n)
	}
	twee.stuur("POST", pad+"/akkoorden", nil, 201)
	twee.stuur("POST", pad+"/akkoorden", nil, 409)
	een.stuur("POST", pad+"/uitvoeringen", nil, 201)
	een.stuur("POST", pad+"/uitvoeringen", nil, 409)
	vergeten := func(p *proefhub) {
		t.Helper()
		politie, vt := p.als(orgPolitie), p.als(orgVT)
		if n := len(vt.zoek(opZoek, opPersoon(sentinel))); n != 0 {
			t.Errorf("%d events are found by the number", n)
		}
		evs := politie.zoek(opZoek, opPersoon(bsnBroer))
		if len(evs) != 2 {
			t.Fatalf("the brother is in %d events", len(evs))
		}
		for _, e := range evs {
			if s := string(e.Data); e.ID == ev.ID && strings.Contains(s, "Sanne") || strings.Contains(s, "Zondernummer") || strings.Contains(s, sentinel) || !strings.Contains(s, bsnBroer) {
				t.Errorf("the sender reads %s", s)
			}
		}
		a := politie.stuur("GET", "/v1/events/"+id+"/bewijs", nil, 200)
		var bewijs Bewijs
		if json.Unmarshal(a.body, &bewijs) != nil {
			t.Fatal("no proof")
		}
		if _, _, err := bewijs.Controleer(p.Sleutel()); err != nil {
			t.Errorf("the proof broke: %v", err)
		}
	}
	vergeten(p)
	p = p.herbouwd(basis)
	vergeten(p)
	nergens(t, p.dir, sentinel)
	// The person comes back: a fresh key, found from then on.
	politie = p.als(orgPolitie)
	politie.aanvaard(melding(orgPolitie, sentinel, false))
	if evs := p.als(orgVT).zoek(opZoek, opPersoon(sentinel)); len(evs) != 1 || !strings.Contains(string(evs[0].Data), "Sanne Geheim") {
		t.Errorf("after coming back: %d", len(evs))
	}
	if a := p.medewerker("B. Jansen").stuur("GET", "/v1/vergeetverzoeken", nil, 200); !bytes.Contains(a.body, []byte(`"uitgevoerd"`)) || !bytes.Contains(a.body, []byte("A. de Boer")) {
		t.Errorf("%s", a.body)
	}
	if l := p.log.String(); strings.Contains(l, sentinel) || strings.Contains(l, "Sanne") {
		t.Error("the log of the program tells who")
	}
}

// nergens fails when tekst stands in a file below dir.
func nergens(t *testing.T, dir, tekst string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(pad string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(pad)
		if bytes.Contains(b, []byte(tekst)) {
			t.Errorf("it stands in %s", pad)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Killed between the record and the keys, or between the keys and the record:
// the next start finishes it.
func TestAfgebrokenVergetenWordtBijDeStartAfgemaakt(t *testing.T) {
	for naam, sleutelWeg := range map[string]bool{"voor de sleutel": false, "na de sleutel": true} {
		t.Run(naam, func(t *testing.T) {
			basis := t.TempDir()
			p := startIn(t, basis, 0)
			p.als(orgPolitie).aanvaard(gezin(orgPolitie))
			r := ref(p, sentinel)
			v := Vergeetverzoek{ID: "proef", Stand: "gevraagd", Refs: []string{hex.EncodeToString(r[:])}, Reden: "x", Grondslag: "y", Verzoeker: toegang.Medewerker{Naam: "A", Sleutel: "1"}}
			for i, stand := range vergeetStanden[:3] {
				v.Stand = stand
				if i == 1 {
					v.Akkoord = &toegang.Medewerker{Naam: "B", Sleutel: "2"}
				}
				if _, err := p.legFeitVast(t.Context(), vergeetStappen[i], v.ID, "soh:Vergeten", v); err != nil {
					t.Fatal(err)
				}
			}
			if sleutelWeg {
				if err := p.sleutels.Vernietig(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			p.stop()
			p = startIn(t, basis, 0)
			for eind := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
				vs, err := p.vergeetverzoeken()
				if err == nil && len(vs) == 1 && vs[0].Stand == "uitgevoerd" {
					break
				}
				if time.Now().After(eind) {
					t.Fatalf("not finished: %+v %v", vs, err)
				}
			}
			if p.sleutels.Heeft(ref(p, sentinel)) || !p.sleutels.Heeft(ref(p, bsnBroer)) {
				t.Error("the wrong keys are there")
			}
			if n := len(p.als(orgVT).zoek(opZoek, opPersoon(sentinel))); n != 0 {
				t.Errorf("found %d", n)
			}
			p.herbouwd(basis)
		})
	}
}

// A feit that skips the second person does not stand, whoever wrote it.
func TestVergetenZonderTweedePersoonStaatNiet(t *testing.T) {
	p := start(t)
	v := Vergeetverzoek{ID: "proef", Stand: "gevraagd", Refs: []string{strings.Repeat("00", 16)}, Verzoeker: toegang.Medewerker{Naam: "A", Sleutel: "1"}}
	leg := func(i int) error {
		v.Stand = vergeetStanden[i]
		_, err := p.legFeitVast(t.Context(), vergeetStappen[i], v.ID, "soh:Vergeten", v)
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
	p := startIn(t, basis, 0)
	politie, vt, beheer := p.als(orgPolitie), p.als(orgVT), p.als(orgHub)
	nu := time.Now().UTC()
	van := func(ev cloudevent.Event, jaren int) cloudevent.Event {
		ev.Time = nu.AddDate(-jaren, 0, 0).Truncate(time.Millisecond)
		return ev
	}
	oud, _ := politie.aanvaard(van(melding(orgPolitie, sentinel, false), 25))
	politie.aanvaard(van(melding(orgPolitie, bsnBroer, false), 25))
	politie.aanvaard(melding(orgPolitie, bsnBroer, false))
	weg, _ := politie.aanvaard(van(melding(orgPolitie, "123456782", false), 25)) // withdrawn, so not shown, but not gone
	politie.stuur("POST", "/v1/intrekkingen", map[string]any{"interactieId": weg, "reden": "Fout."}, 201)
	ander := van(melding(orgPolitie, sentinel, false), 25)
	ander.Type = cloudevent.MeldingOpgepakt // of a type without a term
	politie.aanvaard(ander)
	if err := p.ruimOp(t.Context(), nu); err != nil || len(vt.zoek(opZoek, opPersoon(sentinel))) != 2 {
		t.Fatalf("without a rule something went: %v", err)
	}
	alles := begrip.NiveauInhoud
	beheer.stuur("POST", "/v1/gebeurtenissoorten", soorten.Soort{Type: cloudevent.MeldingGeregistreerd, Functie: "uitwisselen-melding", Omschrijving: "Een melding.", Ketenbreed: &alles, Bewaartermijn: "P30Y"}, 201)
	if err := p.ruimOp(t.Context(), nu); err != nil || len(vt.zoek(opZoek, opPersoon(sentinel))) != 2 {
		t.Fatalf("gone before its term: %v", err)
	}
	if err := p.ruimOp(t.Context(), nu.AddDate(6, 0, 0)); err != nil {
		t.Fatal(err)
	}
	verlopen := func(p *proefhub) {
		t.Helper()
		politie, vt := p.als(orgPolitie), p.als(orgVT)
		if n := len(vt.zoek(opZoek, opPersoon(sentinel))); n != 1 {
			t.Errorf("of the first %d are left", n)
		}
		if n := len(politie.zoek(opZoek, opPersoon(bsnBroer))); n != 1 {
			t.Errorf("of the brother %d are left", n)
		}
		if s := politie.klaar(oud); len(s.Waarschuwingen) != 1 || !strings.Contains(s.Waarschuwingen[0], "bewaartermijn") {
			t.Errorf("the sender is told %+v", s)
		}
		if a := vt.doe("GET", "/v1/events/"+oud+"/bewijs", "", nil, ""); a.status != 404 {
			t.Errorf("the proof for another: %d", a.status)
		}
		politie.stuur("POST", "/v1/intrekkingen/"+weg+"/herroepingen", map[string]any{"reden": "Terug."}, 409)
		if p.sleutels.Heeft(ref(p, "123456782")) {
			t.Error("the key of who is in no event any more is still there")
		}
		if !p.sleutels.Heeft(ref(p, sentinel)) || !p.sleutels.Heeft(ref(p, bsnBroer)) {
			t.Error("a key that is still needed is gone")
		}
	}
	verlopen(p)
	laatste := p.Hub.log.Laatste()
	if err := p.ruimOp(t.Context(), nu.AddDate(6, 0, 0)); err != nil || p.Hub.log.Laatste() != laatste {
		t.Errorf("a second round writes again: %v", err)
	}
	verlopen(p.herbouwd(basis))
}

func TestDeelnemerKanGeenBesluitVanDeKetenSturen(t *testing.T) {
	p := start(t)
	v := Intrekking{InteractieID: "urn:uuid:x", Reden: "x"}
	for _, typ := range []string{cloudevent.GebeurtenisIngetrokken, cloudevent.VergetenUitgevoerd, cloudevent.SoortVastgesteld, cloudevent.SchemaVastgesteld, cloudevent.BewaartermijnToegepast} {
		ev, err := p.feitEvent(orgHub, nieuwFeit{typ, "x", "soh:Iets", v})
		if err != nil {
			t.Fatal(err)
		}
		ev.Source = orgPolitie.OIN.Systeem("proef")
		if a := p.als(orgPolitie).push(ev); a.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", typ, a.status, a.body)
		}
	}
}
