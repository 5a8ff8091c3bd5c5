package soorten

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

const (
	oinA = begrip.OIN("00000001000000002000")
	oinB = begrip.OIN("00000001000000003000")
)

func voorbeeld() (cloudevent.Event, prov.Graph) {
	var g prov.Graph
	g.Node("urn:soh:melding:1", prov.Entity, "soh:Melding").Set("soh:identifier", "urn:soh:melding:1").Ref("soh:zaak", "urn:soh:zaak:1").
		Set("soh:toelichting", "geheim-verhaal").Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:1").Ref("prov:wasGeneratedBy", "urn:soh:activiteit:1").Set("prov:value", "geheim-waarde")
	g.Node("urn:soh:activiteit:1", prov.Activity, "soh:RegistrerenMelding").Set("soh:tijdstip", "2026-11-23T09:00:00Z").
		Ref("prov:wasAssociatedWith", oinA.URN()).Ref("prov:wasAssociatedWith", "urn:soh:medewerker:geheim-persoon")
	g.Node(oinA.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", "Politie").Set("soh:telefoon", "geheim-nummer")
	g.Node("urn:soh:medewerker:geheim-persoon", prov.Agent, "prov:Person").Set("soh:naam", "geheim-naam")
	g.Node("urn:soh:betrokkene:1", prov.Betrokkene, prov.Agent).Set("soh:naam", "geheim-kind").Set(prov.Burgerservicenummer, "999990019")
	ev := cloudevent.Event{ID: "zaak geheim-id", Source: oinA.Systeem("geheim-systeem"), Type: cloudevent.MeldingGeregistreerd,
		Time: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Subject: "urn:soh:melding:1", Extensions: map[string]string{"noot": "geheim-noot"}, Data: g.JSONLD()}
	return ev, g
}

// The lower level shows what it must, nothing of the level above, and is a
// graph that passes the field's rules.
func TestLagerNiveauToontNietsVanHogerNiveau(t *testing.T) {
	for _, geval := range []struct {
		n       begrip.Niveau
		wel, ni []string
	}{
		{0, []string{cloudevent.MeldingGeregistreerd, "2026-11-23T09:00:00Z", oinA.URN(), "soh:Gebeurtenis"},
			[]string{"geheim", "urn:soh:melding:1", "urn:soh:zaak:1", "RegistrerenMelding", "betrokkene", "999990019"}},
		{1, []string{"urn:soh:melding:1", "urn:soh:zaak:1", "soh:RegistrerenMelding", "soh:tijdstip", oinA.URN(), "Politie"},
			[]string{"geheim-verhaal", "geheim-waarde", "geheim-persoon", "geheim-naam", "geheim-nummer", "geheim-kind", "geheim-noot", "betrokkene", "999990019"}},
		{2, []string{"geheim-verhaal", "geheim-kind", "999990019"}, nil},
	} {
		ev, g := voorbeeld()
		uit, graaf := Beperk(ev, g, geval.n, func(urn string) string { return map[string]string{oinA.URN(): "Politie"}[urn] })
		b := uit.Append(nil)
		for _, w := range geval.wel {
			if !bytes.Contains(b, []byte(w)) {
				t.Errorf("level %d misses %q: %s", geval.n, w, b)
			}
		}
		for _, w := range geval.ni {
			if bytes.Contains(b, []byte(w)) {
				t.Errorf("level %d shows %q: %s", geval.n, w, b)
			}
		}
		gelezen, gebreken, err := prov.Lees(uit.Data)
		if err != nil || len(gebreken) > 0 {
			t.Errorf("level %d: %v %v", geval.n, gebreken, err)
		}
		if len(gelezen.Nodes) != len(graaf.Nodes) {
			t.Errorf("level %d: graph and data differ", geval.n)
		}
		if err := uit.Validate(); err != nil {
			t.Errorf("level %d: %v", geval.n, err)
		}
	}
}

func TestNiveauPerSoortOrganisatie(t *testing.T) {
	een := begrip.NiveauProces
	wegen := []Weg{{Doel: begrip.DoelHulp, Grondslag: begrip.GrondAvg61a, Niveau: heel}}
	laag := []Weg{{Doel: begrip.DoelHulp, Grondslag: begrip.GrondAvg61a, Niveau: een}}
	ruim := []Weg{{Doel: begrip.DoelHulp, Grondslag: begrip.GrondAvg61a, Niveau: heel, Anderen: new(begrip.Niveau)}}
	niveau := func(o begrip.OrganisatieSoort, n begrip.Niveau) map[begrip.OrganisatieSoort]begrip.Niveau {
		return map[begrip.OrganisatieSoort]begrip.Niveau{o: n}
	}
	zonder := Lezer{Organisatie: begrip.Organisatie{OIN: oinB, Soort: begrip.School}}
	school, ander := zonder, zonder
	school.Doel, school.Grondslag = begrip.DoelHulp, begrip.GrondAvg61a
	ander.Doel, ander.Grondslag = begrip.DoelHulp, begrip.GrondWmo516
	gezin := Lezer{Organisatie: begrip.Organisatie{OIN: oinB, Soort: begrip.Burgerportaal}, Burger: true}
	for _, g := range []struct {
		naam  string
		s     Soort
		lezer Lezer
		band  string // g(enoemd), b(etrokken)
		n     begrip.Niveau
		ok    bool
	}{
		{"alleen certificaat", Soort{Wegen: wegen}, zonder, "gb", 0, false},
		{"ketenbreed, alleen certificaat", Soort{Ketenbreed: &een, Wegen: wegen}, zonder, "", 1, true},
		{"ketenbreed wordt niet minder door te zeggen waarom", Soort{Ketenbreed: &heel}, school, "", 2, true},
		{"betrokken", Soort{Wegen: wegen}, school, "b", 2, true},
		{"niet betrokken", Soort{Wegen: wegen}, school, "", 0, false},
		{"niet betrokken, de weg geeft anderen iets", Soort{Wegen: ruim}, school, "", 0, true},
		{"betrokken, ander doel", Soort{Wegen: wegen}, ander, "b", 0, true},
		{"genoemd, ander doel", Soort{Gesloten: true, Wegen: wegen}, ander, "g", 0, true},
		{"niet betrokken, ander doel", Soort{Wegen: ruim}, ander, "", 0, false},
		{"betrokken, lagere weg", Soort{Wegen: laag}, school, "b", 1, true},
		{"betrokken, lager", Soort{Wegen: wegen, Niveaus: niveau(begrip.School, 0)}, school, "b", 0, true},
		{"betrokken, lager, genoemd", Soort{Wegen: wegen, Niveaus: niveau(begrip.School, 0), Genoemd: &een}, school, "gb", 1, true},
		{"gesloten", Soort{Gesloten: true, Wegen: wegen}, school, "b", 0, false},
		{"gesloten, genoemd", Soort{Gesloten: true, Wegen: wegen}, school, "g", 2, true},
		{"gesloten, genoemd op 1", Soort{Gesloten: true, Wegen: wegen, Genoemd: &een}, school, "g", 1, true},
		{"gesloten, soort mag", Soort{Gesloten: true, Wegen: wegen, Niveaus: niveau(begrip.School, 1)}, school, "b", 1, true},
		{"gesloten, soort mag, niet betrokken", Soort{Gesloten: true, Wegen: wegen, Niveaus: niveau(begrip.School, 1)}, school, "", 0, false},
		{"gesloten, andere soort mag", Soort{Gesloten: true, Wegen: wegen, Niveaus: niveau(begrip.GI, 2)}, school, "b", 0, false},
		{"afzender", Soort{Gesloten: true}, Lezer{Organisatie: begrip.Organisatie{OIN: oinA}}, "", 2, true},
		{"gezin", Soort{}, gezin, "", 2, true},
		{"gezin, gesloten", Soort{Gesloten: true}, gezin, "", 0, false},
		{"gezin, gesloten, het gezin mag", Soort{Gesloten: true, Niveaus: niveau(begrip.Burgerportaal, 2)}, gezin, "", 2, true},
	} {
		n, ok := g.s.Niveau(g.lezer, oinA, Band{func() bool { return strings.Contains(g.band, "g") }, func() bool { return g.band != "" }})
		if ok != g.ok || ok && n != g.n {
			t.Errorf("%s: %d %v", g.naam, n, ok)
		}
	}
	if s, ok := Begin().Soort("nl.jzv.onbekend.iets"); ok || !s.Gesloten {
		t.Error("an unknown type must be closed")
	}
}

func TestBewaartermijnVormen(t *testing.T) {
	begin := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	for s, wil := range map[string]string{"P20Y": "2044-02-29", "P1Y6M": "2025-08-29", "P90D": "2024-05-29", "P200Y": "2224-02-29"} {
		v, ok := ParseTermijn(s)
		if !ok || v.Na(begin).Format(time.DateOnly) != wil {
			t.Errorf("%s: %v %v", s, ok, v.Na(begin))
		}
	}
	for _, s := range []string{"", "P", "20Y", "P-1Y", "P1Y1Y", "P0D", "P1D1Y", "P300Y", "PT1H", "P1.5Y", "P99999999Y"} {
		if _, ok := ParseTermijn(s); ok {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestVerkeerdeSoortNoemtAlleFouten(t *testing.T) {
	drie := begrip.Niveau(3)
	err := Soort{Type: "nl.jzv.Iets.x", Functie: "anders", Niveaus: map[begrip.OrganisatieSoort]begrip.Niveau{"kroeg": 7}, Genoemd: &drie, Bewaartermijn: "20 jaar"}.Controleer()
	f := begrip.FoutVan(err)
	if f.Code != begrip.Ongeldig || len(f.Velden) < 6 || strings.Contains(err.Error(), "kroeg") || strings.Contains(err.Error(), "20 jaar") {
		t.Fatalf("%v", err)
	}
	if _, err := Begin().MetSoort(Soort{Type: cloudevent.VergetenGevraagd, Functie: "ketenindex", Omschrijving: "open maken"}); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("the hub's own type was opened: %v", err)
	}
}

// Of each type of this program somebody decided who sees it: there is none that
// is open because it was forgotten. What the hub tells of itself cannot be
// agreed otherwise; who takes part and what is offered is for everybody, what one
// organisation wants to hear and what was withdrawn or forgotten is not.
func TestElkTypeIsBewustOpenOfGesloten(t *testing.T) {
	gesloten := map[string]bool{}
	for _, typ := range []string{cloudevent.AbonnementGenomen, cloudevent.AbonnementGestopt, cloudevent.GebeurtenisIngetrokken, cloudevent.IntrekkingHerroepen,
		cloudevent.VergetenGevraagd, cloudevent.VergetenGoedgekeurd, cloudevent.VergetenBegonnen, cloudevent.VergetenUitgevoerd, cloudevent.LogVerankerd,
		cloudevent.SamenwerkingBegonnen, cloudevent.SamenwerkingGestopt, cloudevent.ToestemmingGegeven, cloudevent.ToestemmingIngetrokken, cloudevent.NoodtoegangGebruikt, cloudevent.WegwijzerGeplaatst} {
		gesloten[typ] = true
	}
	for _, typ := range cloudevent.Typen() {
		if cloudevent.IsResultaat(typ) {
			continue
		}
		v, er := ingebouwd[typ]
		if !er || v.omschrijving == "" {
			t.Errorf("%s: nobody decided who sees it", typ)
		}
		s, _ := Begin().Soort(typ)
		if s.Gesloten != gesloten[typ] {
			t.Errorf("%s is closed: %v", typ, s.Gesloten)
		}
		if heeft := len(Begin().Schemas(typ)) == 1; heeft == v.vast {
			t.Errorf("%s has a schema: %v; is of the hub itself: %v", typ, heeft, v.vast)
		}
		if _, err := Begin().MetSoort(Soort{Type: typ, Functie: s.Functie, Omschrijving: "Anders.", Gesloten: !s.Gesloten}); (err == nil) == v.vast {
			t.Errorf("%s can be agreed otherwise: %v", typ, err == nil)
		}
	}
}

// Whatever an event holds by a name that its own context gave: what is shown below the
// level of content has the form that is declared for it.
func TestOnderInhoudStaatGeenTekst(t *testing.T) {
	const tekst = "Jan slaat Sanne"
	ev, g := voorbeeld()
	for _, naam := range []string{"soh:identifier", prov.Zaak, "soh:tijdstip", "soh:beschikbaarGesteldOp", "soh:status", prov.BronAfgeschermd, "soh:naam", "prov:startedAtTime", "prov:label", "prov:" + tekst} {
		for _, n := range g.Nodes {
			n.Add(naam, prov.Value{Literal: tekst})
			n.Add(naam, prov.Value{Literal: tekst, Kind: prov.Getypeerd, Datatype: "xsd:string"})
			n.Add(naam, prov.Value{Literal: "2026-11-23", Kind: prov.Getypeerd, Datatype: tekst})
			n.Add(naam, prov.Value{Literal: "x", Taal: tekst})
			n.Add(naam, prov.Value{Ref: "urn:x:" + tekst, Kind: prov.Verwijzing})
		}
	}
	g.Nodes[0].Typeer("soh:" + tekst)
	g.Node("urn:x:"+tekst, prov.Entity)
	for n := begrip.NiveauBestaan; n < begrip.NiveauInhoud; n++ {
		uit, _ := Beperk(ev, g, n, func(string) string { return "" })
		if bytes.Contains(uit.Append(nil), []byte(tekst)) {
			t.Errorf("level %d shows it: %s", n, uit.Append(nil))
		}
	}
}
