package opdracht

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
)

// Each variant changes one thing of an offer that may be made.
var varianten = map[string]func(*Opdracht){
	"een school":            func(o *Opdracht) { o.Van, o.Onderwerp.Bron = school.OIN, school.OIN },
	"een andere rol":        func(o *Opdracht) { o.Vrager.Rol = begrip.RolAdministratie },
	"een systeem":           func(o *Opdracht) { o.Vrager.Rol = begrip.RolSysteem },
	"een ander doel":        func(o *Opdracht) { o.Vrager.Doel = begrip.DoelHulp },
	"een andere grond":      func(o *Opdracht) { o.Vrager.Grondslag = begrip.GrondWmo526 },
	"zonder zaak":           func(o *Opdracht) { o.Zaak = "" },
	"over te veel personen": func(o *Opdracht) { o.Personen = 4 },
	"een ander onderwerp":   func(o *Opdracht) { o.Onderwerp.Soort = "iets-anders" },
	"bij een derde":         func(o *Opdracht) { o.Onderwerp.Bron = school.OIN },
	"een onbekende soort":   func(o *Opdracht) { o.Soort = "onbekend" },
}

func TestWieNietMagVragenWordtGeweigerdVoorErIetsGelezenIs(t *testing.T) {
	p := nieuw(t, nil)
	p.meldingen[vt.OIN], p.meldingen[school.OIN] = []begrip.BSN{bekend}, []begrip.BSN{bekend}
	var reden string
	for naam, anders := range varianten {
		uit := p.krijg(vraag1(anders))
		if uit.Staat != Geweigerd || reden != "" && uit.Reden != reden {
			t.Errorf("%s: %s, %q; elke weigering heeft dezelfde woorden", naam, uit.Staat, uit.Reden)
		}
		reden = uit.Reden
		if _, is := p.hier(uit.ID); is {
			t.Errorf("%s: er is een opdracht van gemaakt", naam)
		}
	}
	if p.gevraagd > 0 {
		t.Errorf("de Ketenindex is %d keer gevraagd over wie niet mag vragen", p.gevraagd)
	}
	post, err := p.Postvak(t.Context())
	if inZaak, err2 := p.VoorZaak(t.Context(), zaak); err != nil || err2 != nil || len(post) > 0 || len(inZaak) > 0 {
		t.Errorf("een professional ziet wat geweigerd is: %v %v", post, inZaak)
	}
	regels := p.logboek()
	if len(regels) != len(varianten) {
		t.Errorf("%d regels in het log voor %d weigeringen", len(regels), len(varianten))
	}
	for _, r := range regels {
		if r.Toegestaan || r.Naam != "Marieke" || r.Redenen[0].Tekst == reden || len(r.Betrokkenen) > 0 || r.Soort != RecordSoort {
			t.Errorf("logregel: %+v", r)
		}
	}
	p.draai("niets", func() bool { return true })
	if p.aantal() > 0 {
		t.Error("een regel behandelde wat geweigerd is")
	}
}

// Whatever kind of organisation asks, in whatever role, for whatever reason: only
// the declared way comes through.
func TestAlleenDeVerklaardeWegKomtDoor(t *testing.T) {
	doelen := []begrip.Doel{begrip.DoelVTMelding, begrip.DoelBeoordelen, begrip.DoelHulp, begrip.DoelToezicht, "02", ""}
	gronden := []begrip.Grondslag{begrip.GrondWmo516, begrip.GrondWmo526, begrip.GrondAvg61a, "WGS-ZVH", ""}
	n := 0
	for _, van := range begrip.OrganisatieSoorten {
		for _, aan := range begrip.OrganisatieSoorten {
			for _, rol := range append(begrip.Rollen(), "") {
				for _, doel := range doelen {
					for _, grond := range gronden {
						mag := van == begrip.VeiligThuis && aan == begrip.GI && rol == begrip.RolMedewerkerVT && doel == begrip.DoelVTMelding && grond == begrip.GrondWmo516
						if (vraagSoort.Bezwaar(Vrager{"x", rol, doel, grond}, van, aan) == "") != mag {
							t.Errorf("%s aan %s, %s, %q, %q: mag %v", van, aan, rol, doel, grond, !mag)
						}
						n++
					}
				}
			}
		}
	}
	if n < 10_000 {
		t.Errorf("maar %d wegen gelopen", n)
	}
}

func TestEenSoortZonderVerklaringStartNiet(t *testing.T) {
	kapot := map[string]func(*Soort){
		"geen regel":       func(s *Soort) { s.Regel = Regel{} },
		"geen weg":         func(s *Soort) { s.Regel.Wegen = nil },
		"weg zonder soort": func(s *Soort) { s.Regel.Wegen = []Weg{s.Regel.Wegen[0]}; s.Regel.Wegen[0].Soorten = nil },
		"weg zonder rol":   func(s *Soort) { s.Regel.Wegen = []Weg{s.Regel.Wegen[0]}; s.Regel.Wegen[0].Rollen = nil },
		"weg zonder doel":  func(s *Soort) { s.Regel.Wegen = []Weg{s.Regel.Wegen[0]}; s.Regel.Wegen[0].Doelen = nil },
		"weg zonder grond": func(s *Soort) { s.Regel.Wegen = []Weg{s.Regel.Wegen[0]}; s.Regel.Wegen[0].Gronden = nil },
		"weg naar niemand": func(s *Soort) { s.Regel.Wegen = []Weg{s.Regel.Wegen[0]}; s.Regel.Wegen[0].Aan = nil },
		"onbekende soort": func(s *Soort) {
			s.Regel.Wegen = []Weg{s.Regel.Wegen[0]}
			s.Regel.Wegen[0].Soorten = []begrip.OrganisatieSoort{"x"}
		},
		"geen onderwerp":      func(s *Soort) { s.Regel.Onderwerp = "" },
		"geen grens":          func(s *Soort) { s.Regel.MaxPersonen = 0 },
		"geen bewijs":         func(s *Soort) { s.Regel.Bewijs = nil },
		"bewijs en toch niet": func(s *Soort) { s.Regel.ZonderBewijs = "zomaar" },
		"op het woord":        func(s *Soort) { s.Regel.Bewijs = []Bewijs{{BewijsMelding, "bij de vrager"}} },
		"niet na te gaan":     func(s *Soort) { s.Regel.Bewijs = []Bewijs{{BewijsMaatregel, BijKetenindex}} },
		"geen titel":          func(s *Soort) { s.Titel = "" },
	}
	for naam, f := range kapot {
		s := vraagSoort
		f(&s)
		if err := Nieuw(Config{}).Gebruik(s); err == nil {
			t.Errorf("%s: start toch", naam)
		}
	}
	if err := Nieuw(Config{}).Gebruik(vraagSoort, groet()); err != nil {
		t.Error(err)
	}
	if err := Nieuw(Config{}).Gebruik(vraagSoort, vraagSoort); err == nil {
		t.Error("twee soorten met een naam")
	}
}

func TestHetBewijsBeslistEnNietDeVrager(t *testing.T) {
	p := nieuw(t, nil)
	ander := vraag1(func(o *Opdracht) { o.Zaak = "urn:soh:zaak:2" })
	p.meldingen[vt.OIN] = []begrip.BSN{bekend}
	goed := vraag1()
	for _, o := range []Opdracht{goed, ander} {
		if uit := p.krijg(o); uit.Staat != Aangeboden {
			t.Fatal(uit.Staat)
		}
		if _, is := p.hier(o.ID); is {
			t.Error("een opdracht voor het bewijs er is")
		}
		if _, err := p.Lees(t.Context(), o.ID); !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("een functie ziet een aanbod: %v", err)
		}
	}
	p.draai("de vraag met een melding", func() bool { return p.aantal() == 1 })
	if _, is := p.hier(goed.ID); !is || p.gedaan[0] != goed.ID {
		t.Error("de goede vraag kwam niet door")
	}
	if s, is := p.hier(ander.ID); is || s != Aangeboden {
		t.Errorf("de vraag in een andere zaak: %s %v", s, is)
	}
	p.klok = p.klok.Add(Standaard.Geduld + time.Second) // the proof did not come
	p.draai("de weigering", func() bool { s, _ := p.hier(ander.ID); return s == Geweigerd })
	if _, is := p.hier(ander.ID); is || slices.Contains(p.gedaan, ander.ID) {
		t.Error("zonder bewijs is er toch een opdracht")
	}
	u, ok, err := p.d.Volgende(t.Context(), string(vt.OIN))
	if err != nil || !ok || !bevat(string(u.Body), geweigerd) {
		t.Errorf("de vrager hoort de weigering niet: %v %v", ok, err)
	}
}

func TestEenStilleKetenindexLaatNietsToe(t *testing.T) {
	p := nieuw(t, nil)
	p.stil = true
	o := vraag1()
	p.krijg(o)
	p.draai("drie pogingen", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.gevraagd >= 3 })
	if s, is := p.hier(o.ID); is || s != Aangeboden {
		t.Fatalf("%s %v", s, is)
	}
	p.stil, p.meldingen[vt.OIN] = false, []begrip.BSN{bekend}
	p.draai("daarna", func() bool { return p.aantal() == 1 }) // a new start plans it again
	p.stil = true
	laat := vraag1()
	p.krijg(laat)
	p.klok = p.klok.Add(stil + time.Minute)
	p.draai("na een dag", func() bool { s, _ := p.hier(laat.ID); return s == Geweigerd })
}

func TestGedektGaatOverPrecieWieBewezenIs(t *testing.T) {
	p := nieuw(t, nil)
	p.meldingen[vt.OIN] = []begrip.BSN{bekend}
	o := vraag1().nieuw(In)
	for naam, g := range map[string]struct {
		o   Opdracht
		wie []begrip.BSN
		wil string
	}{
		"wie bewezen is":  {o, []begrip.BSN{bekend, vreemd}, "[true false]"},
		"meer dan gezegd": {o, []begrip.BSN{bekend, bekend, bekend}, "[false false false]"},
		"een andere zaak": {vraag1(func(o *Opdracht) { o.Zaak = "urn:soh:zaak:2" }).nieuw(In), []begrip.BSN{bekend}, "[false]"},
		"geen vrager":     {vraag1(func(o *Opdracht) { o.Vrager = Vrager{} }).nieuw(In), []begrip.BSN{bekend}, "[false]"},
		"onze eigen":      {vraag1().nieuw(Uit), []begrip.BSN{bekend}, "[false]"},
		"onbekende soort": {vraag1(func(o *Opdracht) { o.Soort = "x" }).nieuw(In), []begrip.BSN{bekend}, "[false]"},
	} {
		kreeg, err := p.Gedekt(t.Context(), g.o, g.wie)
		if err != nil || fmt.Sprint(kreeg) != g.wil {
			t.Errorf("%s: %v %v", naam, kreeg, err)
		}
	}
	p.stil = true
	if kreeg, err := p.Gedekt(t.Context(), o, []begrip.BSN{bekend}); err == nil || kreeg[0] {
		t.Errorf("stil: %v %v", kreeg, err)
	}
}

func TestWieNietOfNietMeerMeedoetKanNiets(t *testing.T) {
	p := nieuw(t, nil)
	o := p.krijg(vraag1(func(o *Opdracht) { o.Soort = "groet" }))
	delete(p.register, vt.OIN)
	if _, _, err := p.ontvang(t.Context(), vt.OIN, vraag1()); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("aanbod van wie niet in het register staat: %v", err)
	}
	if _, _, err := p.stap(t.Context(), vt.OIN, o.ID, Stap{ID: uuid.NewString(), Naar: Ingetrokken, Op: time.Now()}); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("stap van wie vertrok: %v", err)
	}
	if s, _ := p.hier(o.ID); s != Aangeboden {
		t.Errorf("de stap telde toch: %s", s)
	}
	p.draai("niets", func() bool { return true })
	if p.aantal() > 0 {
		t.Error("een regel antwoordde aan wie vertrok")
	}
	// What waits for its proof is decided with the register of then.
	p.register[vt.OIN], p.meldingen[vt.OIN] = vt, []begrip.BSN{bekend}
	wacht := p.krijg(vraag1())
	delete(p.register, vt.OIN)
	p.draai("de weigering", func() bool { s, _ := p.hier(wacht.ID); return s == Geweigerd })
}

func TestZonderLogGeenBesluit(t *testing.T) {
	p := nieuw(t, nil)
	_ = p.d.Close()
	for _, f := range []func(*Opdracht){func(o *Opdracht) { o.Soort = "groet" }, func(o *Opdracht) { o.Vrager.Rol = begrip.RolAgent }} {
		if _, _, err := p.ontvang(t.Context(), vt.OIN, vraag1(f)); err == nil {
			t.Error("een besluit zonder log")
		}
	}
}

func TestMeerDanDeGrensWordtGeweigerdMetEenSignaal(t *testing.T) {
	p := nieuw(t, func(c *Config) { c.Grenzen.PerUur, c.Grenzen.PersonenPerDag, c.Grenzen.Geweigerd = 5, 6, 3 })
	for i := range 3 { // two persons each
		if _, _, err := p.ontvang(t.Context(), vt.OIN, vraag1()); err != nil {
			t.Fatal(i, err)
		}
	}
	if _, _, err := p.ontvang(t.Context(), vt.OIN, vraag1()); !begrip.Is(err, begrip.TeDruk) {
		t.Errorf("meer personen dan op een dag: %v", err)
	}
	for range 2 { // what asks nothing about people has only the other limit
		p.krijg(vraag1(func(o *Opdracht) { o.Soort = "groet" }))
	}
	o := vraag1(func(o *Opdracht) { o.Soort = "groet" })
	if _, _, err := p.ontvang(t.Context(), vt.OIN, o); !begrip.Is(err, begrip.TeDruk) {
		t.Errorf("meer dan in een uur: %v", err)
	}
	if len(p.signalen) != 1 || p.signalen[0] != signaal.TeVeelOpdrachten {
		t.Errorf("signalen: %v", p.signalen)
	}
	opnieuw := Nieuw(p.cfg) // a restart gives no room
	if err := opnieuw.Gebruik(vraagSoort, groet()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := opnieuw.ontvang(t.Context(), vt.OIN, vraag1(func(o *Opdracht) { o.Soort = "groet" })); !begrip.Is(err, begrip.TeDruk) || begrip.FoutVan(err).Wacht < time.Minute {
		t.Errorf("meer dan in een uur, na een herstart: %v", err)
	}
	p.mu.Lock()
	p.klok = p.klok.Add(2 * time.Hour) // the hour is over, the day is not
	p.mu.Unlock()
	if _, _, err := opnieuw.ontvang(t.Context(), vt.OIN, vraag1()); !begrip.Is(err, begrip.TeDruk) {
		t.Errorf("meer personen dan op een dag, na een herstart: %v", err)
	}
	p.mu.Lock()
	p.klok = p.klok.Add(-2 * time.Hour)
	p.mu.Unlock()
	p.signalen = p.signalen[:1]
	if _, _, _, err := leesBeide(t.Context(), p.d.Lees, o.ID); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("er bleef iets van over: %v", err)
	}
	p.klok = p.klok.Add(time.Hour)
	p.krijg(o)
	for range 3 {
		p.krijg(vraag1(varianten["een school"]))
	}
	if len(p.signalen) != 2 || p.signalen[1] != signaal.OpdrachtenGeweigerd {
		t.Errorf("signalen na drie weigeringen: %v", p.signalen)
	}
}

func TestZelfdeAanbodKrijgtHetzelfdeAntwoord(t *testing.T) {
	p := nieuw(t, nil)
	for naam, o := range map[string]Opdracht{"wacht": vraag1(), "geweigerd": vraag1(varianten["een school"]), "opdracht": vraag1(func(o *Opdracht) { o.Soort = "groet" })} {
		een := p.krijg(o)
		twee, nieuw, err := p.ontvang(t.Context(), o.Van, o)
		if err != nil || nieuw || twee.Staat != een.Staat || len(twee.Stappen) != len(een.Stappen) {
			t.Errorf("%s: %+v %v %v", naam, twee, nieuw, err)
		}
		o.Personen++
		if _, _, err := p.ontvang(t.Context(), o.Van, o); !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s, anders: %v", naam, err)
		}
	}
}

func TestIntrekkenVoorHetBewijsErIs(t *testing.T) {
	p := nieuw(t, nil)
	o := p.krijg(vraag1())
	if _, _, err := p.stap(t.Context(), vt.OIN, o.ID, Stap{ID: uuid.NewString(), Naar: Ingetrokken, Op: time.Now()}); err != nil {
		t.Fatal(err)
	}
	p.meldingen[vt.OIN] = []begrip.BSN{bekend}
	p.draai("niets", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return true })
	if s, is := p.hier(o.ID); is || s != Ingetrokken || p.gevraagd > 0 {
		t.Errorf("%s %v %d", s, is, p.gevraagd)
	}
}

func TestWatWijVragenMoetOokMogen(t *testing.T) {
	p := nieuw(t, func(c *Config) { c.Organisatie = vt })
	bied := func(o Opdracht) error {
		return p.d.Tx(t.Context(), func(tx *dossier.Tx) error { _, err := p.Bied(t.Context(), tx, o); return err })
	}
	for naam, anders := range varianten {
		if naam == "een school" {
			continue
		}
		if err := bied(vraag1(anders)); !begrip.Is(err, begrip.Verboden) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	if err := bied(vraag1(func(o *Opdracht) { o.Vrager, o.Personen = Vrager{}, 0 })); len(begrip.FoutVan(err).Velden) != 5 {
		t.Errorf("alle fouten in een keer: %v", err)
	}
	if err := bied(vraag1(func(o *Opdracht) { o.Vrager.Naam = "over 999999990" })); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("een BSN als naam: %v", err)
	}
	if err := bied(vraag1()); err != nil {
		t.Error(err)
	}
}
