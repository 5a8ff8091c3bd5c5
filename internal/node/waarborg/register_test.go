package waarborg

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/brp"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// TestWelkFeitTelt: a death, then a motivated override, then the latest date;
// of one day the professional goes before the register, in whatever order they
// were recorded.
func TestWelkFeitTelt(t *testing.T) {
	nu := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	feit := func(dag string, register, afwijking, dood bool) *Gezagsfeit {
		g := &Gezagsfeit{Over: Persoon{Burgerservicenummer: bsn(kind)}, Peildatum: dag, Overleden: dood}
		if register {
			g.GevraagdOp = &nu
		}
		if afwijking {
			g.Afwijking = &Afwijking{}
		}
		return g
	}
	hand, register := feit("2026-06-01", false, false, false), feit("2026-06-01", true, false, false)
	oudeHand, later := feit("2026-05-31", false, false, false), feit("2026-06-02", true, false, false)
	rechter, dood := feit("2026-05-01", false, true, false), feit("2026-04-01", true, false, true)
	for naam, g := range map[string]struct {
		feiten []*Gezagsfeit
		telt   *Gezagsfeit
	}{
		"of one day":        {[]*Gezagsfeit{hand, register}, hand},
		"older by hand":     {[]*Gezagsfeit{oudeHand, register}, register},
		"the day after":     {[]*Gezagsfeit{hand, later}, later},
		"a court decision":  {[]*Gezagsfeit{rechter, later, hand}, rechter},
		"whatever it says":  {[]*Gezagsfeit{dood, rechter, later}, dood},
		"nobody said a lot": {[]*Gezagsfeit{register}, register},
	} {
		for range 2 {
			f := &Feiten{gezag: g.feiten}
			if f.gezagOver(kind) != g.telt {
				t.Errorf("%s: another fact counts", naam)
			}
			for i, j := 0, len(g.feiten)-1; i < j; i, j = i+1, j-1 {
				g.feiten[i], g.feiten[j] = g.feiten[j], g.feiten[i]
			}
		}
	}
}

// TestNiemandSchrijftVoorHetRegister: a writer cannot say that the register
// answered, nor that a child died.
func TestNiemandSchrijftVoorHetRegister(t *testing.T) {
	p := nieuweProef(t)
	g := p.gezag(8, "EenhoofdigOuderlijkGezag", moeder)
	g.GevraagdOp, g.Overleden = &p.nu_, true
	id := p.maak(SoortGezagsfeit, g)
	w := p.gezag(8, "EenhoofdigOuderlijkGezag", moeder)
	w.GevraagdOp, w.Overleden, w.Versie = &p.nu_, true, g.Versie
	for range 2 {
		x, err := p.Lees(t.Context(), SoortGezagsfeit, id)
		if err != nil || x.(*Gezagsfeit).GevraagdOp != nil || x.(*Gezagsfeit).Overleden {
			t.Fatalf("%+v %v", x, err)
		}
		if w != nil {
			if err := p.Wijzig(t.Context(), SoortGezagsfeit, id, w, "Ada"); err != nil {
				t.Fatal(err)
			}
			w = nil
		}
	}
}

// TestAntwoordDatNietZekerIsOpentNiets: an answer that we cannot read for sure
// becomes a fact that says so; of whom the register knows no number, nobody
// speaks.
func TestAntwoordDatNietZekerIsOpentNiets(t *testing.T) {
	p := nieuweProef(t)
	een := brp.Gezag{Soort: "EenhoofdigOuderlijkGezag", Kind: kind, Houders: []begrip.BSN{moeder}}
	twee := brp.Gezag{Soort: "GezamenlijkOuderlijkGezag", Kind: kind, Houders: []begrip.BSN{moeder}} // one without a number
	anderKind := een
	anderKind.Kind = vader
	onbekend, zelf, veel := een, een, een
	onbekend.Soort, zelf.Houders, veel.Houders = "NieuwGezag", []begrip.BSN{kind}, []begrip.BSN{moeder, vader}
	for naam, g := range map[string]struct {
		gezag        []brp.Gezag
		ouder, allen bool
	}{
		"one":           {[]brp.Gezag{een}, true, true},
		"two, one numb": {[]brp.Gezag{twee}, true, false},
		"none":          {nil, false, false},
		"two kinds":     {[]brp.Gezag{een, twee}, false, false},
		"of another":    {[]brp.Gezag{anderKind}, false, false},
		"a new kind":    {[]brp.Gezag{onbekend}, false, false},
		"over itself":   {[]brp.Gezag{zelf}, false, false},
		"too many":      {[]brp.Gezag{veel}, false, false},
	} {
		f := &Feiten{Nu: p.nu_, geboren: map[begrip.BSN]time.Time{}}
		f.voeg(p.feitUit(kind, brp.Persoon{Op: p.nu_, Geboortedatum: p.jaar(8), Gezag: g.gezag}))
		if r := f.Relatie(moeder, kind); (r == verband.RelatieOuder) != g.ouder || f.Relatie(kind, vader) != verband.RelatieAnder {
			t.Errorf("%s: the mother is %s", naam, r)
		}
		if f.alleGezag(kind, []Gever{{Burgerservicenummer: bsn(moeder)}}) != g.allen {
			t.Errorf("%s: the mother speaks for all: %v", naam, !g.allen)
		}
		if f.Leeftijd(kind) != 8 {
			t.Errorf("%s: the age is lost", naam)
		}
	}
}

// TestOverledenKindHeeftGeenGezagMeer: a death ends gezag, also when the register
// still names it and a court once decided otherwise.
func TestOverledenKindHeeftGeenGezagMeer(t *testing.T) {
	p := nieuweProef(t)
	antwoord := brp.Persoon{Op: p.nu_, Geboortedatum: p.jaar(8), Gezag: []brp.Gezag{{Soort: "EenhoofdigOuderlijkGezag", Kind: kind, Houders: []begrip.BSN{moeder}}}}
	for _, dood := range []bool{false, true} {
		f := &Feiten{Nu: p.nu_, geboren: map[begrip.BSN]time.Time{}}
		rechter := p.gezag(8, "EenhoofdigOuderlijkGezag", moeder)
		rechter.Afwijking = &Afwijking{}
		f.voeg(rechter)
		antwoord.Overleden = dood
		f.voeg(p.feitUit(kind, antwoord))
		if r := f.Relatie(moeder, kind); (r == verband.RelatieOuder) == dood || f.overleden(kind) != dood {
			t.Errorf("dead %v: the mother is %s, the rule hears %v", dood, r, f.overleden(kind))
		}
	}
}
