package samenwerkingsverband

import (
	"slices"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// breuk changes one fact, after which the guard must refuse.
type breuk struct {
	naam string
	doe  func(v *Vraag)
}

func elk[T any](s []T, doe func(*T)) {
	for i := range s {
		doe(&s[i])
	}
}

// periodeBreuken are the ways in which something on record does not hold.
func periodeBreuken(p func(v *Vraag) *Periode) []breuk {
	return []breuk{
		{"niet vastgelegd", func(v *Vraag) { *p(v) = Periode{} }},
		{"verlopen", func(v *Vraag) { p(v).Tot = v.Nu }},
		{"nog niet begonnen", func(v *Vraag) { p(v).Vanaf = v.Nu.Add(time.Second); p(v).Tot = time.Time{} }},
		{"alleen een einde", func(v *Vraag) { p(v).Vanaf = time.Time{} }},
	}
}

// breuken has at least one break for every guard.
var breuken = map[Waarborg][]breuk{
	"ontvanger":      {{"andere organisatie", func(v *Vraag) { v.Soort = begrip.Woningcorporatie }}},
	"bron":           {{"doorgegeven", func(v *Vraag) { v.Bron = begrip.Gemeente }}, {"bron niet bekend", func(v *Vraag) { v.Bron = "" }}},
	"doel":           {{"ander doel", func(v *Vraag) { v.Doel = "05" }}},
	"deelname":       periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Deelname }),
	"melding":        periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Melding }),
	"eigen-melding":  {{"andermans melding", func(v *Vraag) { v.Deel = "" }}, {"het plan", func(v *Vraag) { v.Deel = DeelPlan }}},
	"ots":            periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.OTS }),
	"raadsonderzoek": periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Raadsonderzoek }),
	"huisverbod":     periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Huisverbod }),
	"gevaar":         periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Gevaar }),
	"verblijf-jji":   periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.VerblijfJJI }),
	"aanvraag":       periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Aanvraag }),
	"verzoek-besproken": append(periodeBreuken(func(v *Vraag) *Periode { return &v.Waarborgen.Verzoek.Periode }),
		breuk{"niet met ouders besproken", func(v *Vraag) { v.Waarborgen.Verzoek.Besproken = false }}),
	"zvh-reikwijdte":   {{"andere zaak", func(v *Vraag) { v.Waarborgen.Zaaktype = "burenruzie" }}, {"soort zaak niet bekend", func(v *Vraag) { v.Waarborgen.Zaaktype = "" }}},
	"wet-genoemd":      {{"geen wet", func(v *Vraag) { v.Waarborgen.Wet = "" }}},
	"zorgprofessional": {{"niet als behandelaar", func(v *Vraag) { v.Functie = begrip.RolAdministratie }}, {"geen zorg", func(v *Vraag) { v.Soort = begrip.Gemeente }}},
	"eigen-gegevens": {
		{"over een ander", func(v *Vraag) { v.Over = moeder }}, {"voor niemand", func(v *Vraag) { v.Over = begrip.BSN{} }},
		{"niemand in het gegeven", func(v *Vraag) { v.Personen = nil }}, {"steunfiguur", func(v *Vraag) { v.Relatie = RelatieSteunfiguur }},
		{"ander", func(v *Vraag) { v.Relatie = RelatieAnder }}, {"geen relatie", func(v *Vraag) { v.Relatie = "" }},
		{"kind van 11", func(v *Vraag) { v.Personen[0].Leeftijd = 11 }},
		{"ouder van volwassene", func(v *Vraag) { v.Relatie = RelatieOuder; v.Personen[0].Leeftijd = 18 }},
		{"ouder zonder zeker gezag", func(v *Vraag) { v.Relatie = RelatieOuder; v.Personen[0].GezagOnzeker = true }},
		{"partner van wie het zelf kan", func(v *Vraag) { v.Relatie = RelatiePartner; v.Personen[0].Leeftijd = 40 }},
		{"familie terwijl er een curator is", func(v *Vraag) {
			v.Relatie, v.Personen[0].Leeftijd, v.Personen[0].Onbekwaam, v.Personen[0].Vertegenwoordiger = RelatieFamilie, 40, true, RelatieCurator
		}},
	},
	"wpg20-besluit": {
		{"geen besluit", func(v *Vraag) { v.Waarborgen.Wpg20 = nil }},
		{"geen belang", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Belang = "" }) }},
		{"geen voorwaarden", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Voorwaarden = "" }) }},
		{"ander samenwerkingsverband", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Samenwerkingsverband = "ander" }) }},
		{"ander doel", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Doel = "ander" }) }},
		{"andere gegevens", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Gegevens = []Klasse{Bekendheid} }) }},
		{"andere ontvanger", func(v *Vraag) {
			elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Ontvangers = []begrip.OIN{"00000001999999999000"} })
		}},
		{"verlopen", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Tot = v.Nu }) }},
		{"nog niet begonnen", func(v *Vraag) { elk(v.Waarborgen.Wpg20, func(w *Wpg20) { w.Vanaf = v.Nu.Add(time.Second) }) }},
	},
	"wpg19-instemming": {
		{"geen verstrekking", func(v *Vraag) { v.Waarborgen.Wpg19 = nil }},
		{"al gebruikt", func(v *Vraag) { v.Waarborgen.Wpg19[0].Verstrekt = true }},
		{"geen bevoegd gezag", func(v *Vraag) { v.Waarborgen.Wpg19[0].Bevoegd = "" }},
		{"doel niet uit de vier", func(v *Vraag) { v.Waarborgen.Wpg19[0].Doel = "nieuwsgierig" }},
		{"andere ontvanger", func(v *Vraag) { v.Waarborgen.Wpg19[0].Ontvanger = "00000001999999999000" }},
		{"andere gegevens", func(v *Vraag) { v.Waarborgen.Wpg19[0].Klassen = []Klasse{Bekendheid} }},
		{"verlopen", func(v *Vraag) { v.Waarborgen.Wpg19[0].Tot = v.Nu }},
	},
	"wjsg-weging": {
		{"geen weging", func(v *Vraag) { v.Waarborgen.Wjsg = nil }},
		{"niemand bevoegd", func(v *Vraag) { elk(v.Waarborgen.Wjsg, func(w *Weging) { w.Bevoegd = "" }) }},
		{"geen belang", func(v *Vraag) { elk(v.Waarborgen.Wjsg, func(w *Weging) { w.Belang = "" }) }},
		{"ander artikel", func(v *Vraag) { elk(v.Waarborgen.Wjsg, func(w *Weging) { w.Grondslag = "WPG-16" }) }},
		{"andere ontvanger", func(v *Vraag) { elk(v.Waarborgen.Wjsg, func(w *Weging) { w.Ontvanger = "00000001999999999000" }) }},
		{"andere gegevens", func(v *Vraag) { elk(v.Waarborgen.Wjsg, func(w *Weging) { w.Klassen = []Klasse{Bekendheid} }) }},
		{"verlopen", func(v *Vraag) { elk(v.Waarborgen.Wjsg, func(w *Weging) { w.Tot = v.Nu }) }},
	},
	"toestemming": {
		{"geen toestemming", func(v *Vraag) { v.Waarborgen.Toestemmingen = nil }},
		{"net ingetrokken", func(v *Vraag) { elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Ingetrokken = v.Nu }) }},
		{"ingetrokken door het kind", func(v *Vraag) {
			elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) {
				if w.Als == RelatieZelf {
					w.Ingetrokken = v.Nu
				}
			})
		}},
		{"zonder vader", func(v *Vraag) {
			v.Waarborgen.Toestemmingen = slices.DeleteFunc(v.Waarborgen.Toestemmingen, func(t Toestemming) bool { return t.Door == vader })
		}},
		{"verlopen", func(v *Vraag) { elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Tot = v.Nu }) }},
		{"ander doel", func(v *Vraag) { elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Doel = "ander" }) }},
		{"andere gegevens", func(v *Vraag) {
			elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Klassen = []Klasse{Bronbeschermd} })
		}},
		{"aan een ander", func(v *Vraag) { elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Aan = nil }) }},
		{"over een ander", func(v *Vraag) { elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Over = moeder }) }},
		{"als iets anders", func(v *Vraag) { elk(v.Waarborgen.Toestemmingen, func(w *Toestemming) { w.Als = RelatieGemachtigde }) }},
		{"gezag onzeker", func(v *Vraag) { v.Personen[0].GezagOnzeker = true }},
		{"niemand met gezag", func(v *Vraag) { v.Personen[0].Gezaghouders = nil }},
		{"leeftijd niet bekend", func(v *Vraag) { v.Personen[0].Leeftijd = -1 }},
		{"nummer niet bekend", func(v *Vraag) { v.Personen[0].BSN = begrip.BSN{} }},
		{"over niemand", func(v *Vraag) { v.Personen = nil }},
		{"ook over een ander", func(v *Vraag) { v.Personen = append(v.Personen, Persoon{BSN: moeder, Leeftijd: 38}) }},
	},
}

// vraagVoor gives a question that r allows, at its highest class.
func vraagVoor(d *Definitie, r *Regel, k Klasse) Vraag {
	v := volledig(d)
	for _, rol := range r.Wie {
		for _, s := range r.Soorten {
			if d.meedoen[meedoen{rol, s}] {
				v.Rol, v.Soort = rol, s
			}
		}
	}
	v.Functie, v.Grondslag, v.Doel, v.Klasse = functieVoor(v.Soort), r.Grondslag, r.Doelen[0], k
	v.Bron = bronVoor(d.gronden[r.Grondslag])
	if len(r.Delen) > 0 {
		v.Deel = r.Delen[0]
	}
	if len(r.Fasen) > 0 {
		v.Fase = r.Fasen[0]
	}
	return v
}

// TestElkeWaarborgKanBreken breaks every guard of every line of every
// definition, in every way there is: the guard itself must let go, and with it
// the whole answer. A guard without a break, or that no line uses, fails.
func TestElkeWaarborgKanBreken(t *testing.T) {
	alle, err := Laad("testdata/tiende")
	if err != nil {
		t.Fatal(err)
	}
	gebroken := map[Waarborg]bool{}
	for _, naam := range alle.Namen() {
		d, _ := alle.Definitie(naam)
		for _, r := range d.Toegang {
			if !d.gronden[r.Grondslag].Aan {
				continue
			}
			for k := range r.Klassen {
				v := vraagVoor(d, r, k)
				if u := d.Toets(v); !u.Toegestaan {
					t.Errorf("%s:%d %s: geweigerd terwijl alles vastligt: %v", d.bestand, r.Lijn, k, u.Redenen)
					continue
				}
				for _, w := range r.Waarborgen {
					for _, b := range breuken[w] {
						v := vraagVoor(d, r, k)
						heel := waarborgen[w].houdt(&v, d, r, d.gronden[r.Grondslag])
						b.doe(&v)
						if !heel || waarborgen[w].houdt(&v, d, r, d.gronden[r.Grondslag]) {
							t.Errorf("%s:%d %s: %s zelf breekt niet (%s)", d.bestand, r.Lijn, k, w, b.naam)
						}
						gebroken[w] = true
						if u := d.Toets(v); u.Toegestaan || len(u.Redenen) == 0 {
							t.Errorf("%s:%d %s: %s gebroken (%s) en toch toegestaan", d.bestand, r.Lijn, k, w, b.naam)
						}
					}
				}
			}
		}
	}
	for w := range waarborgen {
		if len(breuken[w]) == 0 || !gebroken[w] {
			t.Errorf("waarborg %q heeft geen test die hem breekt", w)
		}
	}
}

// Who must consent goes by age; an exception replaces consent for one receiver.
func TestToestemmingNaarLeeftijd(t *testing.T) {
	d, _ := Ingebouwd().Definitie("multidisciplinair-overleg")
	v := volledig(d)
	v.Rol, v.Soort, v.Doel, v.Grondslag, v.Klasse = RolCasusregisseur, begrip.Gemeente, "mdo", "JW-7.3.11", Hulp
	met := func(als ...Relatie) func(*Vraag) {
		return func(v *Vraag) {
			v.Waarborgen.Toestemmingen = slices.DeleteFunc(slices.Clone(v.Waarborgen.Toestemmingen), func(t Toestemming) bool { return !slices.Contains(als, t.Als) })
		}
	}
	curator := func(v *Vraag) {
		v.Personen[0].Vertegenwoordiger = RelatieCurator
		v.Waarborgen.Toestemmingen = []Toestemming{{Over: kind, Door: moeder, Als: RelatieCurator, Doel: "mdo", Klassen: alleKlassen, Aan: []begrip.OIN{lezerOIN}, Periode: nuGeldig()}}
	}
	uitzondering := func(code, reden string) func(*Vraag) {
		return func(v *Vraag) {
			v.Waarborgen.Toestemmingen = nil
			v.Waarborgen.Uitzonderingen = []Uitzondering{{Code: code, Reden: reden, Ontvanger: lezerOIN, Periode: nuGeldig()}}
		}
	}
	for naam, g := range map[string]struct {
		leeftijd  int
		onbekwaam bool
		doe       func(*Vraag)
		mag       bool
	}{
		"8, beide ouders":                    {8, false, met(RelatieOuder), true},
		"8, alleen het kind":                 {8, false, met(RelatieZelf), false},
		"11, beide ouders":                   {11, false, met(RelatieOuder), true},
		"12, alleen ouders":                  {12, false, met(RelatieOuder), false},
		"12, alleen het kind":                {12, false, met(RelatieZelf), false},
		"15, kind en ouders":                 {15, false, met(RelatieZelf, RelatieOuder), true},
		"15 en kan niet wegen, ouders":       {15, true, met(RelatieOuder), true},
		"16, alleen de jongere":              {16, false, met(RelatieZelf), true},
		"16, alleen ouders":                  {16, false, met(RelatieOuder), false},
		"17 en kan niet wegen, de jongere":   {17, true, met(RelatieZelf), false},
		"17 en kan niet wegen, ouders":       {17, true, met(RelatieOuder), true},
		"40, zelf":                           {40, false, met(RelatieZelf), true},
		"40, ouders":                         {40, false, met(RelatieOuder), false},
		"40 en kan niet wegen, zelf":         {40, true, met(RelatieZelf), false},
		"40 en kan niet wegen, curator":      {40, true, curator, true},
		"40 en kan het zelf, curator":        {40, false, curator, false},
		"rechtstreeks betrokken":             {14, false, uitzondering(UitzonderingBetrokken, "behandelt het kind"), true},
		"rechtstreeks betrokken, geen reden": {14, false, uitzondering(UitzonderingBetrokken, ""), false},
		"uitzondering van een andere wet":    {14, false, uitzondering(UitzonderingMedewerking, "werkt mee"), false},
	} {
		x := v
		x.Personen = []Persoon{{BSN: kind, Leeftijd: g.leeftijd, Onbekwaam: g.onbekwaam, Gezaghouders: []begrip.BSN{moeder, vader}}}
		g.doe(&x)
		if u := d.Toets(x); u.Toegestaan != g.mag {
			t.Errorf("%s: %v %v", naam, u.Toegestaan, u.Redenen)
		}
	}
}

func TestWeigeringZegtWaarom(t *testing.T) {
	d, _ := Ingebouwd().Definitie("multidisciplinair-overleg")
	goed := volledig(d)
	goed.Rol, goed.Soort, goed.Doel, goed.Grondslag, goed.Klasse = RolCasusregisseur, begrip.Gemeente, "mdo", "JW-7.3.11", Hulp
	for wil, doe := range map[string]func(*Vraag){
		"Uw organisatie doet in deze rol niet mee aan het multidisciplinair overleg.":                           func(v *Vraag) { v.Rol = "" },
		"Dit doel hoort niet bij het multidisciplinair overleg.":                                                func(v *Vraag) { v.Doel = "06" },
		"Deze grondslag hoort niet bij het multidisciplinair overleg.":                                          func(v *Vraag) { v.Grondslag = "WPG-20" },
		"Deze grondslag staat uit: het is nog geen wet.":                                                        func(v *Vraag) { v.Grondslag = "WAMS" },
		"Er is geen geldige toestemming van iedereen die daarover gaat.":                                        func(v *Vraag) { v.Waarborgen.Toestemmingen = nil },
		"Op deze grondslag ziet u in dit overleg niet dit soort gegevens.":                                      func(v *Vraag) { v.Klasse = Strafrecht },
		"Deze vraag is niet volledig.":                                                                          func(v *Vraag) { v.Nu = time.Time{} },
		"U mag minder zien dan u vraagt: hoogstens niveau 1.":                                                   func(v *Vraag) { v.Grondslag, v.Klasse, v.Niveau = "AVG-9-2-a", Gezondheid, 2 },
		"U ziet het gezamenlijke plan en uw eigen deel, niet het werk van anderen.":                             func(v *Vraag) { v.Rol = RolDeelnemer },
		"Wie iets vertrouwelijk meldde en waar iemand verborgen woont, is voor niemand in dit overleg te zien.": func(v *Vraag) { v.Klasse = Bronbeschermd },
	} {
		v := goed
		doe(&v)
		if u := d.Toets(v); u.Toegestaan || u.Redenen[0].Tekst != wil {
			t.Errorf("wil %q, kreeg %+v", wil, u)
		}
	}
}
