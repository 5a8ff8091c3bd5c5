package beheer_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

func TestNieuwSoortMetSchemaZonderNieuweHub(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	beheer, politie := p.Als(hubtest.OrgHub), p.Als(hubtest.OrgPolitie)
	plan := func() cloudevent.Event {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Type = hubtest.TypePlan
		return ev
	}
	eerst, s := politie.Aanvaard(plan())
	if s.Status != antwoord.StatusFout {
		t.Fatalf("an unknown type is %v", s)
	}
	soort := soorten.Soort{Type: hubtest.TypePlan, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast."}
	politie.Stuur("POST", "/v1/gebeurtenissoorten", soort, 403)
	beheer.Stuur("POST", "/v1/gebeurtenissoorten", map[string]any{"type": "Fout", "functie": "x", "omschrijving": "", "gesloten": false, "bewaartermijn": "lang"}, 400)
	beheer.Stuur("POST", "/v1/gebeurtenissoorten", soort, 201)
	if _, s = politie.Aanvaard(plan()); s.Status != antwoord.StatusOK {
		t.Fatalf("a registered type is %v", s)
	}
	schema := map[string]any{"type": hubtest.TypePlan, "schema": map[string]any{"properties": map[string]any{"@graph": map[string]any{"title": "een plan", "contains": map[string]any{"properties": map[string]any{"@type": map[string]any{"contains": map[string]any{"const": "soh:Plan"}}}}}}}}
	politie.Stuur("POST", "/v1/schemas", schema, 403)
	beheer.Stuur("POST", "/v1/schemas", schema, 201)
	_, s = politie.Aanvaard(plan())
	if s.Status != antwoord.StatusFout || s.Resultaat.TypeFout != "FUNCTIONEEL" || !slices.Contains(s.Resultaat.Info.Validatiefouten, "/data/@graph: Hier ontbreekt een onderdeel (een plan).") {
		t.Fatalf("data that does not fit: %+v", s.Resultaat)
	}
	schema["schema"] = map[string]any{"required": []string{"nieuw"}}
	a := beheer.Stuur("POST", "/v1/schemas", schema, 409)
	if !bytes.Contains(a.Body, []byte("#/required")) {
		t.Fatalf("not told where it breaks: %s", a.Body)
	}
	schema["schema"] = map[string]any{}
	beheer.Stuur("POST", "/v1/schemas", schema, 201)
	if _, s = politie.Aanvaard(plan()); s.Status != antwoord.StatusOK {
		t.Fatalf("the newest version counts: %+v", s)
	}
	oud := plan()
	oud.DataSchema = "https://ketenindex.example/v1/schemas/" + hubtest.TypePlan + "/versies/1"
	if _, s = politie.Aanvaard(oud); s.Status != antwoord.StatusFout {
		t.Fatalf("dataschema does not choose: %+v", s)
	}
	vreemd := p.Zonder() // reading is for everyone
	vreemd.Stuur("POST", "/v1/schemas", schema, 401)
	if a := vreemd.Stuur("GET", "/v1/schemas/"+hubtest.TypePlan+"/versies/1", nil, 200); !bytes.Contains(a.Body, []byte("een plan")) || a.Kop.Get("Content-Type") != "application/schema+json" {
		t.Fatalf("%s", a.Body)
	}
	vreemd.Stuur("GET", "/v1/schemas/"+hubtest.TypePlan+"/versies/3", nil, 404)
	vreemd.Stuur("GET", "/v1/schemas", nil, 200)
	vreemd.Stuur("GET", "/v1/gebeurtenissoorten", nil, 200)
	n := p.Herbouwd(basis)
	if s := n.Als(hubtest.OrgPolitie).Klaar(eerst); s.Status != antwoord.StatusFout {
		t.Fatalf("what was unknown then is %v after a rebuild", s)
	}
	if len(n.Regels.Load().Schemas(hubtest.TypePlan)) != 2 {
		t.Fatal("the schemas are gone")
	}
}

// In one block: what stands before the agreement is held against what held then.
func TestAfspraakGeldtVanafZijnPlekInHetLog(t *testing.T) {
	p := hubtest.Start(t)
	soort := soorten.Soort{Type: hubtest.TypePlan, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast."}
	afspraak, err := p.Inname.FeitEvent(hubtest.OrgHub, inname.NieuwFeit{Typ: cloudevent.SoortVastgesteld, ID: hubtest.TypePlan, Activiteit: "soh:Vaststellen", Inhoud: soort})
	if err != nil {
		t.Fatal(err)
	}
	voor, na := hubtest.Melding(hubtest.OrgHub, hubtest.Sentinel, false), hubtest.Melding(hubtest.OrgHub, hubtest.Sentinel, false)
	voor.Type, na.Type = hubtest.TypePlan, hubtest.TypePlan
	ids, err := p.Inname.LegVast(t.Context(), hubtest.OrgHub.OIN, []cloudevent.Event{voor, afspraak, na})
	if err != nil || !p.WachtOp(t.Context(), p.Hub.Log.Laatste(), time.Minute) {
		t.Fatal(err)
	}
	for i, wil := range []bool{false, true, true} {
		uit, _, err := p.Uitkomst(ids[i])
		if err != nil || (uit.Fout == "") != wil {
			t.Errorf("%d: %+v %v", i, uit, err)
		}
	}
}

func TestAlleSchemafoutenBijDeStatusZonderWaarden(t *testing.T) {
	p := hubtest.Start(t)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	g, _, err := prov.Lees(ev.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range g.Nodes {
		if n.Is("soh:Melding") {
			n.Types = []string{prov.Entity, "soh:Verslag"}
			n.Set("soh:beschikbaarGesteldOp", "gisteren-"+hubtest.Sentinel)
		}
		if n.Is(prov.Activity) {
			n.Set("soh:tijdstip", "geheime-tijd")
		}
	}
	ev.Data = g.JSONLD()
	_, s := p.Als(hubtest.OrgPolitie).Aanvaard(ev)
	if s.Status != antwoord.StatusFout || s.Resultaat.Info == nil || len(s.Resultaat.Info.Validatiefouten) != 3 {
		t.Fatalf("%+v", s.Resultaat)
	}
	if tekst := fmt.Sprint(s.Resultaat.Info); strings.Contains(tekst, hubtest.Sentinel) || strings.Contains(tekst, "geheime") {
		t.Fatalf("a value is told: %s", tekst)
	}
}

func TestGeslotenSoortIsNietTeMerken(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt, portaal, beheer := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT), p.Als(hubtest.OrgPortaal), p.Als(hubtest.OrgHub)
	open, _ := politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	dicht := func() cloudevent.Event {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Type = hubtest.TypePlan
		return ev
	}
	nul := begrip.NiveauBestaan
	beheer.Stuur("POST", "/v1/gebeurtenissoorten", soorten.Soort{Type: hubtest.TypePlan, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast.", Gesloten: true, Genoemd: &nul}, 201)
	var id string
	for range 5 {
		id, _ = politie.Aanvaard(dicht())
	}
	politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	if n := len(politie.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))); n != 7 {
		t.Fatalf("the sender finds %d", n)
	}
	for naam, b := range map[string]*hubtest.Beller{"vt": vt, "portaal": portaal} {
		if n := len(b.Zoek(hubtest.OpZoek, `{"burgerservicenummer":"`+hubtest.Sentinel+`","limiet":1}`)); n != 2 {
			t.Errorf("%s finds %d", naam, n)
		}
		vraag := b.Vraag(hubtest.OpZoek, `{"burgerservicenummer":"`+hubtest.Sentinel+`","limiet":2}`)
		a := b.Doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeBatch)
		if evs, err := cloudevent.ParseBatch(a.Body); err != nil || len(evs) != 2 || a.Kop.Get("Link") != "" || bytes.Contains(a.Body, []byte(hubtest.TypePlan)) {
			t.Errorf("%s: a page tells of what is hidden: %d %v %s", naam, len(evs), a.Kop, a.Body)
		}
		if n := len(b.Zoek(hubtest.OpZoek, `{"burgerservicenummer":"`+hubtest.Sentinel+`","type":"`+hubtest.TypePlan+`"}`)); n != 0 {
			t.Errorf("%s finds the type: %d", naam, n)
		}
	}
	if a := vt.Doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.Status != 404 {
		t.Errorf("the proof of a hidden event: %d", a.Status)
	}
	vt.Stuur("GET", "/v1/events/"+open+"/bewijs", nil, 200)
	// Who is named learns that it is there, and no more.
	ev := dicht()
	g, _, _ := prov.Lees(ev.Data)
	g.Activities()[0].Ref("prov:wasAssociatedWith", hubtest.OrgVT.OIN.URN())
	g.Node(hubtest.OrgVT.OIN.URN(), prov.Agent, "soh:Organisatie")
	ev.Data = g.JSONLD()
	id, _ = politie.Aanvaard(ev)
	vt = p.Beoordelaar() // who says why
	gevonden := vt.Zoek(hubtest.OpZoek, `{"burgerservicenummer":"`+hubtest.Sentinel+`","type":"`+hubtest.TypePlan+`"}`)
	if len(gevonden) != 1 || gevonden[0].Subject != "" || bytes.Contains(gevonden[0].Append(nil), []byte("betrokkene")) || bytes.Contains(gevonden[0].Data, []byte("zaak")) {
		t.Fatalf("level 0: %s", fmt.Sprint(len(gevonden)))
	}
	zaak := g.Zaak()
	if n := len(vt.Zoek(hubtest.OpZoek, `{"zaak":"`+zaak+`"}`)); n != 0 {
		t.Error("a filter tells the zaak that level 0 hides")
	}
	if a := vt.Doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.Status != 403 {
		t.Errorf("the proof at level 0: %d", a.Status)
	}
}

func TestDeelnemerKanGeenBesluitVanDeKetenSturen(t *testing.T) {
	p := hubtest.Start(t)
	v := feit.Intrekking{InteractieID: "urn:uuid:x", Reden: "x"}
	for _, typ := range []string{cloudevent.GebeurtenisIngetrokken, cloudevent.VergetenUitgevoerd, cloudevent.SoortVastgesteld, cloudevent.SchemaVastgesteld, cloudevent.BewaartermijnToegepast} {
		ev, err := p.Inname.FeitEvent(hubtest.OrgHub, inname.NieuwFeit{Typ: typ, ID: "x", Activiteit: "soh:Iets", Inhoud: v})
		if err != nil {
			t.Fatal(err)
		}
		ev.Source = hubtest.OrgPolitie.OIN.Systeem("proef")
		if a := p.Als(hubtest.OrgPolitie).Push(ev); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", typ, a.Status, a.Body)
		}
	}
}
