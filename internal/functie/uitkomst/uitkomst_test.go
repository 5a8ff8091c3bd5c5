package uitkomst

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/functietest"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

var (
	wijk   = begrip.Organisatie{OIN: "00000001003000000000", Naam: "Wijkteam", Soort: begrip.Gemeente}
	agent  = begrip.Organisatie{OIN: "00000001005000000000", Naam: "Politie", Soort: begrip.Politie}
	ggz    = begrip.Organisatie{OIN: "00000001007000000000", Naam: "GGZ", Soort: begrip.GGZ}
	vreemd = begrip.Organisatie{OIN: "00000001009000000000", Naam: "Jeugdbescherming", Soort: begrip.GI}

	moeder, vader = begrip.MustBSN("999990019"), begrip.MustBSN("999990020")
)

const zaak = "urn:soh:zaak:1"

// overleg is an uitkomst of the wijkteam with the police at the table, in which GGZ and
// the mother have something to do.
func overleg() *Uitkomst {
	u := voorbeeld()
	v := u.Hoofdbetrokkenen[0]
	v.ID, v.Naam.Voornamen, v.Burgerservicenummer = "2", "Mark", begrip.InhoudBSN{BSN: vader}
	u.Nevenbetrokkenen = []begrip.Betrokkene{v}
	u.Casusoverleg.Deelnemers = []Deelname{{Organisatie: wijk.OIN}, {Organisatie: agent.OIN}}
	u.Casusoverleg.Notulen, u.GedeeldBeeld = "Er is veel besproken.", "Er is ruzie om geld."
	u.Zaak.HeeftActie = []Actie{
		{Omschrijving: "Behandeling begint.", Over: []string{"2"}, BelegdBij: Organisatie{OIN: ggz.OIN}, Conditie: Conditie{Soort: "als", Als: "vader het wil"}, Informering: Informering{Stand: "nee", Tekst: "Hij is nog niet gebeld."}},
		{Omschrijving: "Belt de school.", Over: []string{"1"}, Uitvoerder: "gezin", BelegdBij: Organisatie{OIN: wijk.OIN}, Conditie: Conditie{Soort: "zeker"}, Informering: Informering{Stand: "ja"}},
	}
	return u
}

func omgeving(t *testing.T) *functie.Omgeving {
	t.Helper()
	o := functietest.Omgeving(t, wijk, agent, ggz, vreemd)
	functietest.Gebruik(t, o, Bouw(o))
	return o
}

func lezer(o begrip.Organisatie, rol begrip.Rol) toegang.Lezer {
	w := woorden(o.Soort)
	return toegang.Lezer{Organisatie: o, Persoon: "p", Naam: "Samira", Rol: rol, Doel: w.Doel, Grondslag: w.Grondslag, Zaak: zaak}
}

func samira() toegang.Lezer { return lezer(wijk, begrip.RolWijkteam) }

// gemaakt makes one and brings it as far as tot.
func gemaakt(t *testing.T, o *functie.Omgeving, tot string) functie.Versie[Uitkomst] {
	t.Helper()
	v := functie.Versie[Uitkomst]{Waarde: overleg()}
	v.Zaak = zaak
	v, err := soort.Nieuw(t.Context(), o, v, samira())
	for _, daad := range []string{"vaststellen", "beschikbaarstellen"} {
		if err == nil && v.Staat != tot {
			v, err = soort.Handel(t.Context(), o, v.ID, daad, v.Versie, &functie.Niets{}, samira())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// uit takes what waits out of the outbox, each with where it goes.
func uit(t *testing.T, o *functie.Omgeving) (berichten []string) {
	t.Helper()
	naar, err := o.Dossier.Bestemmingen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range naar {
		for {
			m, ok, err := o.Dossier.Volgende(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			berichten = append(berichten, n+" "+string(m.Body))
			if err := o.Dossier.IsBezorgd(t.Context(), m.Nr); err != nil {
				t.Fatal(err)
			}
		}
	}
	return berichten
}

func lees(t *testing.T, o *functie.Omgeving, id string, l toegang.Lezer) (map[string]any, string, error) {
	t.Helper()
	a, err := o.Inzage.Geef(t.Context(), soort.Soort(o), id, l, nil, time.Time{})
	if err != nil {
		return nil, "", err
	}
	var m map[string]any
	if err := json.Unmarshal(a.Inhoud, &m); err != nil {
		t.Fatal(err)
	}
	return m, string(a.Inhoud), nil
}

// What is a concept or is settled only, nobody outside reads, and nothing tells of it.
func TestVoorHetBeschikbaarIsLeestNiemandHet(t *testing.T) {
	for _, staat := range []string{Concept, Vastgesteld} {
		o := omgeving(t)
		v := gemaakt(t, o, staat)
		for _, l := range []toegang.Lezer{lezer(agent, begrip.RolAgent), lezer(ggz, begrip.RolBehandelaar)} {
			if _, _, err := lees(t, o, v.ID, l); err == nil {
				t.Errorf("%s: %s reads it", staat, l.Organisatie.Naam)
			}
		}
		if b := uit(t, o); len(b) > 0 {
			t.Errorf("%s: told: %v", staat, b)
		}
		if _, ok := gezin(o, v, moeder); ok {
			t.Errorf("%s: the family reads it", staat)
		}
	}
}

// Everybody reads in the own way: who sat there all of it, who has something to do what
// to do, everybody else nothing.
func TestIederLeestOpZijnManier(t *testing.T) {
	o := omgeving(t)
	v := gemaakt(t, o, Beschikbaar)
	m, tekst, err := lees(t, o, v.ID, lezer(agent, begrip.RolAgent))
	if err != nil || m["gedeeldBeeld"] == nil || !strings.Contains(tekst, "Er is veel besproken") || m["identifier"] != v.ID {
		t.Errorf("who sat there: %v %s", err, tekst)
	}
	m, tekst, err = lees(t, o, v.ID, lezer(ggz, begrip.RolBehandelaar))
	if err != nil || m["gedeeldBeeld"] != nil || strings.Contains(tekst, "Er is veel besproken") || !strings.Contains(tekst, "Behandeling begint") {
		t.Errorf("who has something to do: %v %s", err, tekst)
	}
	for naam, l := range map[string]toegang.Lezer{
		"a stranger": lezer(vreemd, begrip.RolJeugdbeschermer), "who keeps the books": lezer(agent, begrip.RolAdministratie),
		"another purpose": func() toegang.Lezer { l := lezer(agent, begrip.RolAgent); l.Doel = begrip.DoelHulp; return l }(),
		"another ground":  func() toegang.Lezer { l := lezer(agent, begrip.RolAgent); l.Grondslag = "WMO-4.1.1"; return l }(),
		"another zaak":    func() toegang.Lezer { l := lezer(agent, begrip.RolAgent); l.Zaak = "urn:soh:zaak:2"; return l }(),
	} {
		if _, tekst, err := lees(t, o, v.ID, l); err == nil {
			t.Errorf("%s reads: %s", naam, tekst)
		}
	}
}

// Level 1 tells how far it is and names nobody.
func TestNiveau1NoemtNiemand(t *testing.T) {
	o := omgeving(t)
	v := gemaakt(t, o, Beschikbaar)
	for n, verboden := range map[begrip.Niveau][]string{begrip.NiveauBestaan: {"Sanne", "999990019", "Behandeling", "deelnemers"}, begrip.NiveauProces: {"Sanne", "Mark", "999990019", "999990020", "Behandeling", "besproken"}} {
		x, err := soort.Soort(o).Reduceer(v.Record, n, nil)
		b, err2 := json.Marshal(x)
		if err != nil || err2 != nil || !strings.Contains(string(b), v.ID) {
			t.Fatal(err, err2)
		}
		for _, s := range verboden {
			if strings.Contains(string(b), s) {
				t.Errorf("level %d: %s", n, b)
			}
		}
	}
}

// The events are those of the published contract, and hold no content; who has to act is
// asked to read.
func TestBeschikbaarstellenVertelt(t *testing.T) {
	o := omgeving(t)
	gemaakt(t, o, Beschikbaar)
	var types, aan []string
	for _, b := range uit(t, o) {
		for _, s := range []string{"Behandeling", "besproken", "Hij is nog niet", "ruzie"} {
			if strings.Contains(b, s) {
				t.Errorf("content leaves: %s", b)
			}
		}
		switch {
		case strings.Contains(b, cloudevent.UitkomstBeschikbaar):
			types = append(types, "beschikbaar")
			for _, s := range []string{"soh:BeschikbaarStellenUitkomstOverleg", "soh:beschikbaarGesteldOp", "soh:inzageUrl", "prov:wasGeneratedBy", "soh:heeftBetrokkene", "999990019", "999990020"} {
				if !strings.Contains(b, s) {
					t.Errorf("the event has no %s: %s", s, b)
				}
			}
		case strings.Contains(b, `"soort":"uitkomst"`) && !strings.HasPrefix(b, "hub "):
			aan = append(aan, strings.Fields(b)[0])
		}
	}
	if len(types) != 1 || len(aan) != 2 {
		t.Errorf("events %v, asked %v", types, aan)
	}
}

// Whoever read it hears that it changed or was withdrawn; who never did is not told of
// what is over.
func TestWieLasHoortDatHetAndersIs(t *testing.T) {
	o := omgeving(t)
	v := gemaakt(t, o, Beschikbaar)
	if _, _, err := lees(t, o, v.ID, lezer(agent, begrip.RolAgent)); err != nil {
		t.Fatal(err)
	}
	uit(t, o)
	in := &Herziening{Uitkomst: soort.Met(o, v), Reden: "De datum klopte niet."}
	in.VoorHetGezin, in.BeschikbaarGesteldOp = "Het wijkteam helpt u vanaf maandag.", time.Time{}
	v2, err := soort.Handel(t.Context(), o, v.ID, "herzien", v.Versie, in, samira())
	if err != nil || v2.Staat != Beschikbaar || !v2.Waarde.BeschikbaarGesteldOp.Equal(v.Waarde.BeschikbaarGesteldOp) || v2.Waarde.Hoofdbetrokkenen[0].ID != v.Waarde.Hoofdbetrokkenen[0].ID {
		t.Fatalf("%v %+v", err, v2.Waarde)
	}
	gevraagd := func() (wie []string) {
		for _, b := range uit(t, o) {
			if strings.Contains(b, `"soort":"uitkomst-gewijzigd"`) || strings.Contains(b, `"soort":"uitkomst",`) {
				wie = append(wie, strings.Fields(b)[0])
			}
		}
		return wie
	}
	if got := gevraagd(); len(got) != 1 || got[0] != string(agent.OIN) {
		t.Errorf("asked again: %v", got)
	}
	uit(t, o)
	if _, err := soort.Handel(t.Context(), o, v.ID, "intrekken", v2.Versie, &Reden{"Dit overleg ging over iemand anders."}, samira()); err != nil {
		t.Fatal(err)
	}
	if got := gevraagd(); len(got) != 1 || got[0] != string(agent.OIN) {
		t.Errorf("told of what is over: %v", got)
	}
	m, tekst, err := lees(t, o, v.ID, lezer(agent, begrip.RolAgent))
	if err != nil || m["status"] != Ingetrokken || strings.Contains(tekst, "Behandeling") {
		t.Errorf("after it was withdrawn: %v %s", err, tekst)
	}
	oud, err := o.Dossier.Versies(t.Context(), "uitkomst", v.ID)
	if err != nil || len(oud) != 5 {
		t.Errorf("%d versions, %v", len(oud), err)
	}
}

// The same made again by the same person is what stands; by another the number is taken.
// What a document calls its persons holds inside it only: an event never names a person
// of another record.
func TestHetzelfdeNogEensMaaktNietsDubbel(t *testing.T) {
	o := omgeving(t)
	maak := func(l toegang.Lezer) (functie.Versie[Uitkomst], error) {
		v := functie.Versie[Uitkomst]{Waarde: overleg()}
		v.Waarde.Hoofdbetrokkenen[0].ID, v.Waarde.Zaak.HeeftActie[1].Over = "urn:soh:betrokkene:van-een-ander", []string{"urn:soh:betrokkene:van-een-ander"}
		v.Zaak, v.ID = zaak, "0198c0de-0000-7000-8000-000000000001"
		return soort.Nieuw(t.Context(), o, v, l)
	}
	een, err := maak(samira())
	if err != nil {
		t.Fatal(err)
	}
	twee, err := maak(samira())
	if err != nil || twee.Versie != 1 || twee.ID != een.ID {
		t.Errorf("again: %v, version %d", err, twee.Versie)
	}
	ander := samira()
	ander.Naam = "Iemand anders"
	if _, err := maak(ander); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("by another: %v", err)
	}
	id := een.Waarde.Hoofdbetrokkenen[0].ID
	if strings.Contains(id, "van-een-ander") || een.Waarde.Zaak.HeeftActie[1].Over[0] != id {
		t.Errorf("a person kept a name that is not ours: %s, %v", id, een.Waarde.Zaak.HeeftActie[1].Over)
	}
	in := soort.Met(o, een)
	in.Nevenbetrokkenen[0].ID, in.Zaak.HeeftActie[0].Over = id, []string{id} // two cannot be one
	if v, err := soort.Handel(t.Context(), o, een.ID, "wijzigen", 1, &in, samira()); err != nil || v.Waarde.Nevenbetrokkenen[0].ID == id {
		t.Errorf("one name for two: %v", err)
	}
	regels, err := o.Dossier.LogVoorPersoon(t.Context(), moeder, 10)
	if err != nil || len(regels) != 2 || regels[0].Handeling == "" {
		t.Errorf("%d lines, %v", len(regels), err)
	}
}

// Nobody is asked to read for whom it is withheld.
func TestVoorWieHetAfgeschermdIsKrijgtGeenVraag(t *testing.T) {
	o := omgeving(t)
	v := gemaakt(t, o, Vastgesteld)
	if err := o.Waarborgen.Maak(t.Context(), waarborg.SoortAfscherming, &waarborg.Afscherming{
		Onderwerp: waarborg.Onderwerp{Soort: "uitkomst", ID: v.ID}, Reden: waarborg.RedenGeweld, Toelichting: "Er was dreiging in huis.", Geraadpleegd: "Anton",
		TegenOIN: []begrip.OIN{ggz.OIN}, HerzienOp: time.Now().AddDate(0, 6, 0),
	}, "Samira"); err != nil {
		t.Fatal(err)
	}
	if _, err := soort.Handel(t.Context(), o, v.ID, "beschikbaarstellen", 0, &functie.Niets{}, samira()); err != nil {
		t.Fatal(err)
	}
	for _, b := range uit(t, o) {
		if strings.HasPrefix(b, string(ggz.OIN)) {
			t.Errorf("GGZ is asked: %s", b)
		}
	}
}

// Each act: without the right, twice, at the wrong moment, by the wrong party, without
// what it needs, on what another changed.
func TestElkeHandelingIsVanWieMag(t *testing.T) {
	van := map[string]string{"wijzigen": Concept, "vaststellen": Concept, "beschikbaarstellen": Vastgesteld, "herzien": Beschikbaar, "intrekken": Beschikbaar}
	fout := map[string]string{"wijzigen": Beschikbaar, "vaststellen": Beschikbaar, "beschikbaarstellen": Concept, "herzien": Concept, "intrekken": Concept}
	for _, h := range soort.Daden {
		invoer := func(o *functie.Omgeving, v functie.Versie[Uitkomst]) any {
			u := soort.Met(o, v)
			switch h.Naam {
			case "wijzigen":
				return &u
			case "herzien":
				return &Herziening{u, "Daarom."}
			case "intrekken":
				return &Reden{"Daarom."}
			}
			return &functie.Niets{}
		}
		o := omgeving(t)
		v := gemaakt(t, o, van[h.Naam])
		for naam, l := range map[string]toegang.Lezer{
			"administratie": lezer(wijk, begrip.RolAdministratie), "a party": lezer(agent, begrip.RolAgent), "a stranger": lezer(vreemd, begrip.RolJeugdbeschermer),
			"without the words": func() toegang.Lezer { l := samira(); l.Doel = begrip.DoelHulp; return l }(),
			"a parent":          {Organisatie: begrip.Organisatie{OIN: "00000001002000000000", Soort: begrip.Burgerportaal}, Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: moeder},
		} {
			if _, err := soort.Handel(t.Context(), o, v.ID, h.Naam, 0, invoer(o, v), l); !begrip.Is(err, begrip.Verboden) && !begrip.Is(err, begrip.NietGevonden) {
				t.Errorf("%s by %s: %v", h.Naam, naam, err)
			}
		}
		if _, err := soort.Handel(t.Context(), o, v.ID, h.Naam, 99, invoer(o, v), samira()); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s on another version: %v", h.Naam, err)
		}
		uitkomst, err := soort.Handel(t.Context(), o, v.ID, h.Naam, v.Versie, invoer(o, v), samira())
		if err != nil || uitkomst.Versie != v.Versie+1 {
			t.Errorf("%s: %v", h.Naam, err)
		}
		if _, err := soort.Handel(t.Context(), o, v.ID, h.Naam, v.Versie, invoer(o, v), samira()); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s twice: %v", h.Naam, err)
		}
		o = omgeving(t)
		v = gemaakt(t, o, fout[h.Naam])
		if _, err := soort.Handel(t.Context(), o, v.ID, h.Naam, 0, invoer(o, v), samira()); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s in state %s: %v", h.Naam, fout[h.Naam], err)
		}
	}
	o := omgeving(t)
	v := gemaakt(t, o, Beschikbaar)
	for daad, in := range map[string]any{"intrekken": &Reden{}, "herzien": &Herziening{Uitkomst: soort.Met(o, v)}} {
		if _, err := soort.Handel(t.Context(), o, v.ID, daad, 0, in, samira()); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%s without a reason: %v", daad, err)
		}
	}
	if _, err := soort.Nieuw(t.Context(), o, functie.Versie[Uitkomst]{Waarde: overleg()}, lezer(wijk, begrip.RolAdministratie)); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("made without the right: %v", err)
	}
}

// The family reads words of its own; of what is asked only who is asked, and nobody what
// is about another.
func TestHetGezinLeestWatHaarWordtGevraagd(t *testing.T) {
	o := omgeving(t)
	v := gemaakt(t, o, Beschikbaar)
	tekst := func(b begrip.BSN) string {
		d, ok := gezin(o, v, b)
		j, err := json.Marshal(d)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		return string(j)
	}
	m, p := tekst(moeder), tekst(vader)
	for _, wil := range []string{"Het wijkteam helpt u.", "gevraagd", "Belt de school."} {
		if !strings.Contains(m, wil) {
			t.Errorf("the mother does not read %q: %s", wil, m)
		}
	}
	for _, niet := range []string{"Behandeling", "vader", "gebeld", "besproken", "ruzie", "9999900"} {
		if strings.Contains(m, niet) {
			t.Errorf("the mother reads %q: %s", niet, m)
		}
	}
	if !strings.Contains(p, "Behandeling begint.") || !strings.Contains(p, "Hij is nog niet gebeld.") || strings.Contains(p, "Belt de school") {
		t.Errorf("the father: %s", p)
	}
}

// What is missing stands at its place, all at once.
func TestAlleFoutenTegelijk(t *testing.T) {
	u := overleg()
	u.Casusoverleg.Datum, u.Casusoverleg.EindTijd, u.Casusoverleg.Deelnemers = "2099-01-01", "25:00", nil
	u.Hoofdbetrokkenen = nil
	u.Zaak.HeeftActie[0].Omschrijving, u.Zaak.HeeftActie[0].Over, u.Zaak.HeeftActie[0].Informering = "", []string{"9"}, Informering{}
	u.Gehoord = []Gehoord{{Wie: "7", Hoe: "niet"}}
	c := &begrip.Controle{}
	controleer(u, c, time.Now())
	var velden []string
	for _, v := range c.Velden {
		velden = append(velden, v.Veld)
	}
	for _, wil := range []string{"casusoverleg.datum", "casusoverleg.eindTijd", "casusoverleg.deelnemers", "hoofdbetrokkenen", "zaak.heeftActie[0].omschrijving", "zaak.heeftActie[0].over", "zaak.heeftActie[0].informering.stand", "gehoord[0].wie", "gehoord[0].toelichting"} {
		if !slices.Contains(velden, wil) {
			t.Errorf("no mistake at %s: %v", wil, velden)
		}
	}
	if err := isKlaar(&Uitkomst{}); err == nil || len(begrip.FoutVan(err).Velden) != 2 {
		t.Errorf("an empty one is ready: %v", err)
	}
}

// What the published text cannot be told apart comes back as it was said.
func TestConditieEnInformeringStaanAlsTekst(t *testing.T) {
	for _, c := range []Conditie{{Soort: "zeker"}, {Soort: "als", Als: "de rechter het zegt"}} {
		b, _ := c.MarshalText()
		var terug Conditie
		if err := terug.UnmarshalText(b); err != nil || terug != c {
			t.Errorf("%q: %+v", b, terug)
		}
	}
	for _, i := range []Informering{{Stand: "ja"}, {Stand: "ja", Op: "2026-01-15", Tekst: "in het overleg"}, {Stand: "ja", Tekst: "per brief"}, {Stand: "later", Tekst: "de huisarts belt"}, {Stand: "nee", Tekst: "Dat is nu te gevaarlijk."}, {Stand: "later"}, {Stand: "nee"}} {
		b, _ := i.MarshalText()
		var terug Informering
		if err := terug.UnmarshalText(b); err != nil || terug != i {
			t.Errorf("%q: %+v", b, terug)
		}
	}
	for tekst, wil := range map[string]Conditie{"": {Soort: "zeker"}, "n.v.t.": {Soort: "zeker"}, "INDIEN zij verhuist": {Soort: "als", Als: "zij verhuist"}, "zodra er plek is": {Soort: "als", Als: "zodra er plek is"}} {
		var c Conditie
		if _ = c.UnmarshalText([]byte(tekst)); c != wil {
			t.Errorf("%q: %+v", tekst, c)
		}
	}
	for tekst, wil := range map[string]Informering{"Ja, telefonisch": {Stand: "ja", Tekst: "telefonisch"}, "Niet geïnformeerd, onbereikbaar": {Stand: "nee", Tekst: "onbereikbaar"}, "nog niet": {Stand: "later", Tekst: "nog niet"}, "": {}} {
		var i Informering
		if _ = i.UnmarshalText([]byte(tekst)); i != wil {
			t.Errorf("%q: %+v", tekst, i)
		}
	}
}

func FuzzInformering(f *testing.F) {
	for _, s := range []string{"", "Geïnformeerd op 15 januari 2026: in het overleg", "nee", "Wordt nog geïnformeerd.", "Geïnformeerd op 99 foo 1: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var een, twee Informering
		_ = een.UnmarshalText([]byte(s))
		b, err := een.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if _ = twee.UnmarshalText(b); een.Stand != twee.Stand && strings.TrimSpace(s) != "" {
			t.Errorf("%q becomes %q: %+v, %+v", s, b, een, twee)
		}
	})
}
