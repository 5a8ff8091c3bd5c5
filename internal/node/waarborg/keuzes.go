package waarborg

import (
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Keuze is what a member of the family said yes to, as that person reads it.
type Keuze struct {
	Soort   string     `json:"soort" enum:"toestemming,vertegenwoordiging"`
	ID      string     `json:"id"`
	Wie     []string   `json:"wie" doc:"Wie het mag zien"`
	Wat     string     `json:"wat" doc:"Wat te zien is, in woorden van het gezin"`
	Over    string     `json:"over,omitempty" doc:"Roepnaam, als het over een ander gaat"`
	Sinds   time.Time  `json:"sinds"`
	Tot     *time.Time `json:"tot,omitempty"`
	Gestopt *time.Time `json:"gestopt,omitempty"`
	Stop    bool       `json:"stop" doc:"Deze persoon kan het stoppen"`
	Wacht   *time.Time `json:"wacht,omitempty" doc:"De ander heeft nog niet ja gezegd; dat kan tot dit moment"`
	Reden   string     `json:"reden,omitempty" doc:"Waarom het stopte, als dat niet vanzelf ging"`
	Code    string     `json:"code,omitempty" doc:"Alleen in het antwoord op de verlening: de code om aan de ander te geven"`
	Als     string     `json:"als,omitempty" doc:"Als wat de ander meekijkt: gemachtigde of steunfiguur"`
}

// Keuzes gives what the reader l, a member of the family, said yes to or is
// asked about, also what stopped; newest first. Nobody reads here what another
// member of the family decided. naam names an organisation.
func (w *Waarborgen) Keuzes(ctx context.Context, l toegang.Lezer, naam func(begrip.OIN) string) ([]Keuze, error) {
	uit := []Keuze{}
	for _, s := range []Soort{SoortToestemming, SoortVertegenwoord} {
		recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: s.Naam, Persoon: l.Burger})
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			g, err := s.Lees(rec)
			if err != nil {
				return nil, err
			}
			if k, ok := w.keuze(g, l.Burger, naam); ok {
				k.Soort = s.Naam
				uit = append(uit, k)
			}
		}
	}
	slices.SortStableFunc(uit, func(a, b Keuze) int { return b.Sinds.Compare(a.Sinds) })
	return uit, nil
}

func (w *Waarborgen) keuze(g Gegeven, ik begrip.BSN, naam func(begrip.OIN) string) (Keuze, bool) {
	k, nu := g.kop(), w.nu()
	uit := Keuze{ID: k.ID, Wie: []string{}, Sinds: k.Vanaf, Tot: k.Tot}
	if k.Einde != nil {
		uit.Gestopt = &k.Einde.Op
	} else if k.Tot != nil && !nu.Before(*k.Tot) {
		uit.Gestopt = k.Tot
	}
	switch g := g.(type) {
	case *Toestemming:
		i := slices.IndexFunc(g.GegevenDoor, func(x Gever) bool { return x.Burgerservicenummer.BSN == ik })
		over := g.Over.Burgerservicenummer.BSN == ik
		if i < 0 && !over {
			return uit, false
		}
		if i >= 0 {
			if d, err := time.Parse(time.DateOnly, g.GegevenDoor[i].Op); err == nil {
				uit.Sinds = d
			}
		}
		if !over {
			uit.Over = g.Over.Roepnaam
		}
		for _, o := range g.Aan {
			uit.Wie = append(uit.Wie, naam(o))
		}
		if len(g.AanPersonen) > 0 {
			uit.Wie = append(uit.Wie, "Iemand uit uw familie")
		}
		uit.Wat = g.Omschrijving
		uit.Stop = uit.Gestopt == nil && g.magIntrekken(ik, Leeftijd(g.Over.geboren(), nu))
	case *Vertegenwoordiging:
		if g.Over.Burgerservicenummer.BSN != ik {
			return uit, false
		}
		if g.wacht(nu) {
			uit.Wacht = &g.Uitnodiging.Tot
		} else if !g.aanvaard() && uit.Gestopt == nil {
			uit.Gestopt, uit.Reden = &g.Op, "Dit is nooit met een code aanvaard."
			if g.Uitnodiging != nil {
				uit.Gestopt, uit.Reden = &g.Uitnodiging.Tot, "De code is niet op tijd ingevuld."
			}
		}
		if g.Einde != nil && g.Einde.Reden == teVaakFout {
			uit.Reden = teVaakFout
		}
		uit.Wie, uit.Als = append(uit.Wie, g.Wie.Roepnaam), string(g.Als)
		for i, x := range g.Klassen {
			if i > 0 {
				uit.Wat += ", "
			}
			uit.Wat += x.Naam()
		}
		uit.Stop = uit.Gestopt == nil && (g.Als == verband.RelatieGemachtigde || g.Als == verband.RelatieSteunfiguur)
	}
	return uit, true
}

// Stop ends what l, a member of the family, may end, from this moment on. What
// is not there and what is not that person's are the same NietGevonden.
func (w *Waarborgen) Stop(ctx context.Context, s Soort, id string, l toegang.Lezer) error {
	nergens := begrip.NieuweFout(begrip.NietGevonden, "Dit bestaat hier niet.")
	g, err := w.Lees(ctx, s, id)
	if err != nil {
		if begrip.Is(err, begrip.NietGevonden) {
			return nergens
		}
		return err
	}
	f, err := w.Laad(ctx, []begrip.BSN{l.Burger}, nil) // a withholding is found by from whom it withholds
	if err != nil {
		return err
	}
	k, ok := w.keuze(g, l.Burger, func(begrip.OIN) string { return "" })
	switch {
	case !ok || l.Burger.IsZero() || f.Afgeschermd(s.Naam, id, l) != nil:
		return nergens
	case k.Gestopt != nil:
		return nil // pressed twice
	case !k.Stop:
		return begrip.NieuweFout(begrip.Verboden, "U kunt dit niet zelf stoppen. Vraag de organisatie om uitleg.")
	}
	regel := w.regel(l)
	regel.Soort, regel.RecordID, regel.Zaak, regel.Doel, regel.Grondslag = s.Naam, id, g.kop().Zaak, l.Doel, l.Grondslag
	_, err = w.stop(ctx, s, id, Einde{Door: doorBetrokkene, Reden: "Ingetrokken op het portaal."}, &regel)
	return err
}

// VoorWie is a person for whom a member of the family may ask to look.
type VoorWie struct {
	Burgerservicenummer begrip.InhoudBSN `json:"burgerservicenummer"`
	Roepnaam            string           `json:"roepnaam"`
	Leeftijd            int              `json:"leeftijd"`
	Relatie             verband.Relatie  `json:"relatie"`
	Reden               string           `json:"reden,omitempty" required:"false" doc:"Waarom dit nu niet kan; leeg als het kan"`
}

// VoorWieKijkt gives for whom burger can ask to look, by gezag or as a
// representative, as stands on record here, and a child for whom it cannot, with
// the reason. Whether a look is allowed, each
// source decides each time.
func (w *Waarborgen) VoorWieKijkt(ctx context.Context, l toegang.Lezer) ([]VoorWie, error) {
	burger, los := l.Burger, w.kinderenVan(ctx, l)
	f, err := w.Laad(ctx, []begrip.BSN{burger}, nil)
	if err != nil {
		return nil, err
	}
	var ps []Persoon
	for _, g := range slices.Concat(f.gezag, los) {
		if f.Afgeschermd(SoortGezagsfeit.Naam, g.ID, l) == nil {
			ps = append(ps, g.Over)
		}
	}
	for _, v := range f.vertegenwoord {
		if f.Afgeschermd(SoortVertegenwoord.Naam, v.ID, l) == nil {
			ps = append(ps, v.Over)
		}
	}
	// A second, later fact about the child may name others: read the children too.
	kinderen := []begrip.BSN{burger}
	for _, p := range ps {
		kinderen = append(kinderen, p.Burgerservicenummer.BSN)
	}
	if f, err = w.Laad(ctx, kinderen, nil); err != nil {
		return nil, err
	}
	for _, g := range los {
		f.voeg(g)
	}
	uit := []VoorWie{}
	for _, p := range ps {
		b := p.Burgerservicenummer
		r := f.Relatie(burger, b.BSN)
		if f.gezagBetwijfeld(burger, b.BSN) && r == verband.RelatieAnder {
			r = verband.RelatieOuder // as the register has it; it opens nothing, see Reden
		}
		if r == verband.RelatieZelf || r == verband.RelatieAnder || slices.ContainsFunc(uit, func(v VoorWie) bool { return v.Burgerservicenummer.BSN == b.BSN }) {
			continue
		}
		l := f.leeftijd(b.BSN, p.geboren())
		v := VoorWie{b, p.Roepnaam, l, r, ""}
		if r == verband.RelatieOuder || r == verband.RelatieVoogd {
			if l >= 18 {
				continue // an adult decides alone; there is nothing left to explain
			}
			v.Reden = f.ouderMagNiet(burger, b.BSN, l)
			if f.gezagBetwijfeld(burger, b.BSN) {
				v.Reden, v.Leeftijd = namensTwijfelGezag, -1
			}
		}
		uit = append(uit, v)
	}
	return uit, nil
}
