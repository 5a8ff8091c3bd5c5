package waarborg

import (
	"reflect"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

func (p *proef) machtiging(van, aan begrip.BSN, als verband.Relatie) *Vertegenwoordiging {
	return &Vertegenwoordiging{Kop: Kop{Bron: "Gesprek", Tot: p.later(180 * 24 * time.Hour)}, Over: Persoon{Burgerservicenummer: bsn(van), Geboortedatum: p.jaar(40)},
		Wie: Persoon{Burgerservicenummer: bsn(aan)}, Als: als, Klassen: []verband.Klasse{verband.Betrokkenen}}
}

// TestAfgeschermdGeldtOokVoorWieNamensKijkt: what is withheld from the father is
// withheld from whoever looks in his place; a parent looks in her own right.
func TestAfgeschermdGeldtOokVoorWieNamensKijkt(t *testing.T) {
	buur := begrip.MustBSN("999970185")
	p := nieuweProef(t)
	o := p.record(kind, moeder, vader)
	a := p.afscherming(o, RedenGeweld, 24*time.Hour)
	a.Tegen = append(a.Tegen, bsn(kind))
	p.maak(SoortAfscherming, a)
	p.maak(SoortVertegenwoord, p.machtiging(vader, buur, verband.RelatieGemachtigde))
	p.maak(SoortGezagsfeit, p.gezag(8, "EenhoofdigOuderlijkGezag", moeder))
	f, err := p.Laad(t.Context(), []begrip.BSN{kind, moeder, vader, buur}, []string{o.URN()})
	if err != nil {
		t.Fatal(err)
	}
	for naam, g := range map[string]struct {
		wie, namens begrip.BSN
		dicht       bool
	}{
		"de vader":                          {vader, begrip.BSN{}, true},
		"wie de vader machtigde":            {buur, vader, true},
		"wie zegt namens de vader te komen": {moeder, vader, true},
		"het kind":                          {kind, begrip.BSN{}, true},
		"de moeder, voor het kind":          {moeder, kind, false},
		"wie niets met het kind heeft":      {buur, kind, true},
		"de moeder zelf":                    {moeder, begrip.BSN{}, false},
	} {
		if dicht := f.Afgeschermd(o.Soort, o.ID, toegang.Lezer{Organisatie: portaal, Burger: g.wie, Namens: g.namens}) != nil; dicht != g.dicht {
			t.Errorf("%s: afgeschermd %v", naam, dicht)
		}
	}
}

// TestOndertoezichtstellingOpentVoorWieHaarUitvoert: not for another GI, and not
// about a brother who has none (Jeugdwet 7.3.11 lid 4).
func TestOndertoezichtstellingOpentVoorWieHaarUitvoert(t *testing.T) {
	gi, andere := begrip.OIN("00000001234567895000"), begrip.OIN("00000001234567896000")
	broer := begrip.MustBSN("999970185")
	p := nieuweProef(t)
	m := &Maatregel{Kop: Kop{Bron: "Beschikking 24/1", Tot: p.later(24 * time.Hour)}, Over: p.over(8), Soort: "ots"}
	if err := p.Maak(t.Context(), SoortMaatregel, m, "Samira"); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("zonder uitvoerder: %v", err)
	}
	m.Uitvoerder = gi
	p.maak(SoortMaatregel, m)
	f := p.laad(kind, moeder, broer)
	f.Geboren(moeder, p.nu_.AddDate(-38, 0, 0))
	f.Geboren(broer, p.nu_.AddDate(-6, 0, 0))
	for naam, g := range map[string]struct {
		wie  begrip.OIN
		over []begrip.BSN
		mag  bool
	}{
		"wie uitvoert":              {gi, []begrip.BSN{kind}, true},
		"met een ouder erin":        {gi, []begrip.BSN{kind, moeder}, true},
		"een andere instelling":     {andere, []begrip.BSN{kind}, false},
		"ook over de broer":         {gi, []begrip.BSN{kind, broer}, false},
		"alleen over de broer":      {gi, []begrip.BSN{broer}, false},
		"over wie er niet in staat": {gi, []begrip.BSN{moeder}, false},
	} {
		w := f.waarborgen(&Zaakverband{}, Look{Zaak: zaak, Personen: g.over}, g.wie)
		if w.OTS.Geldt(f.Nu) != g.mag {
			t.Errorf("%s: %+v", naam, w.OTS)
		}
	}
}

// TestMeekijkenZoverDeJongereDatGoedVond: the kinds of information of the
// consent go along, and nothing without one.
func TestMeekijkenZoverDeJongereDatGoedVond(t *testing.T) {
	p := nieuweProef(t)
	x := p.toestemming(16, kind)
	x.Aan, x.AanPersonen, x.Klassen = nil, []begrip.InhoudBSN{bsn(moeder)}, []verband.Klasse{verband.Betrokkenen, verband.Hulp}
	id := p.maak(SoortToestemming, x)
	klassen := func(wie begrip.BSN) any {
		_, in := p.laad(kind).Invoer("x", "y", toegang.Lezer{Organisatie: portaal, Burger: wie, Namens: kind})
		return in["toestemming"].(map[string]any)["klassen"]
	}
	if ks := klassen(moeder); !reflect.DeepEqual(ks, []string{"I1", "I3"}) {
		t.Errorf("de moeder: %v", ks)
	}
	if ks := klassen(vader); !reflect.DeepEqual(ks, []string{}) {
		t.Errorf("de vader: %v", ks)
	}
	if _, err := p.Beeindig(t.Context(), SoortToestemming, id, "De jongere wil dit niet meer.", "Samira"); err != nil {
		t.Fatal(err)
	}
	if ks := klassen(moeder); !reflect.DeepEqual(ks, []string{}) {
		t.Errorf("na intrekken: %v", ks)
	}
}

// TestVerjaardagTussenTweeBlikken: what held yesterday does not hold today when
// the child turned 12, 16 or 18 tonight, in the Netherlands.
func TestVerjaardagTussenTweeBlikken(t *testing.T) {
	for _, g := range []struct {
		wordt      int
		voor, na   string // why the mother may not look for the child; empty: she may
		eerst, dan bool   // the parents' consent for the school counts before, after
	}{
		{12, "", "", true, false},
		{16, "", namensZestien, false, false},
		{18, namensZestien, namensVolwassen, false, false},
	} {
		p := nieuweProef(t)
		dag := p.nu_.In(begrip.Zone).AddDate(0, 0, 1)
		middernacht := time.Date(dag.Year(), dag.Month(), dag.Day(), 0, 0, 0, 0, begrip.Zone)
		over := Persoon{bsn(kind), begrip.Geboortedatum(dag.AddDate(-g.wordt, 0, 0).Format(time.DateOnly)), "Lotte"}
		gezag := p.gezag(8, "TweehoofdigOuderlijkGezag", moeder, vader)
		gezag.Over = over
		p.maak(SoortGezagsfeit, gezag)
		if g.wordt == 12 {
			x := p.toestemming(11, moeder, vader)
			x.Over = over
			p.maak(SoortToestemming, x)
		}
		blik := func(nu time.Time) (string, bool) {
			p.nu_ = nu
			f := p.laad(kind)
			z := &Zaakverband{Kop: Kop{Zaak: zaak, Vanaf: nu.Add(-time.Hour)}, Samenwerkingsverband: "multidisciplinair-overleg", Deelnemers: []Deelname{{Organisatie: school.OIN, Rol: verband.RolDeelnemer}}}
			v := f.Vraag(z, Look{Zaak: zaak, Klasse: verband.Hulp, Deel: verband.DeelPlan, Personen: []begrip.BSN{kind}},
				toegang.Lezer{Organisatie: school, Rol: begrip.RolBehandelaar, Doel: "mdo", Grondslag: begrip.GrondAvg61a})
			for i := range v.Waarborgen.Toestemmingen { // consent for the purpose of this overleg
				v.Waarborgen.Toestemmingen[i].Doel = "mdo"
			}
			d, _ := verband.Ingebouwd().Definitie("multidisciplinair-overleg")
			return f.MagNamens(toegang.Lezer{Organisatie: portaal, Burger: moeder, Namens: kind}), d.Toets(v).Toegestaan
		}
		if reden, mag := blik(middernacht.Add(-time.Minute)); reden != g.voor || mag != g.eerst {
			t.Errorf("de avond voor %d: %q, school %v", g.wordt, reden, mag)
		}
		if reden, mag := blik(middernacht); reden != g.na || mag != g.dan {
			t.Errorf("vanaf %d: %q, school %v", g.wordt, reden, mag)
		}
	}
}
