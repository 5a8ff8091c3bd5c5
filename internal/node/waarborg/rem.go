package waarborg

import (
	"context"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Rem is how much noodtoegang a source gives before somebody has looked at what it gave:
// an hour of need is about one family, and an hour in which many families are looked at
// is something else. A use that was judged takes no place any more.
type Rem struct {
	PerPersoon     int // families of one professional, of up to perPlaats people each
	PerOrganisatie int // the same, of one organisation
	Venster        time.Duration
}

// StandaardRem is our own default.
var StandaardRem = Rem{PerPersoon: 3, PerOrganisatie: 10, Venster: time.Hour}

// zelfdeReden is how many families one reason may serve within a day before it counts
// as no reason.
const zelfdeReden = 2

// perPlaats is how many people one place holds. Records link families, and whoever may
// bring in a record can link strangers: so a family of any size is not one place. The
// largest melding (30 people) still fits in StandaardRem.
const perPlaats = 10

// plaatsen is how many places gs take.
func plaatsen(gs []gezin) (n int) {
	for _, g := range gs {
		n += max(1, (len(g.wie)+perPlaats-1)/perPlaats)
	}
	return n
}

// Geremd is why noodtoegang is not given although the rules allow it. Its text is for the
// professional: what to do now.
type Geremd struct {
	*begrip.Fout
	Gestopt bool // by the privacy officer, until it is lifted
}

// Unwrap gives the Fout for the caller.
func (g *Geremd) Unwrap() error { return g.Fout }

// gezin is whom one use was about.
type gezin struct {
	wie  map[begrip.BSN]bool
	over Onderwerp // of a record that names nobody
}

func (g gezin) raakt(n gezin) bool {
	for b := range n.wie {
		if g.wie[b] {
			return true
		}
	}
	return len(g.wie) == 0 && len(n.wie) == 0 && g.over == n.over
}

func gezinVan(n *Noodtoegang) gezin {
	g := gezin{wie: map[begrip.BSN]bool{}, over: n.Onderwerp}
	for _, b := range n.Betrokkenen {
		g.wie[b.BSN] = true
	}
	return g
}

// voegGezin puts g with those it shares a person with: one family is one place, whichever
// of its records are read.
func voegGezin(gs []gezin, g gezin) []gezin {
	uit := gs[:0:0]
	for _, x := range gs {
		if !x.raakt(g) {
			uit = append(uit, x)
			continue
		}
		for b := range x.wie {
			g.wie[b] = true
		}
	}
	return append(uit, g)
}

// gestopt refuses who may use noodtoegang here no more.
func gestopt(ctx context.Context, tx *dossier.Tx, n *Noodtoegang) error {
	stops, err := zoekNood(ctx, tx, StaatGestopt)
	if err != nil {
		return err
	}
	for _, x := range stops {
		if x.Organisatie == n.Organisatie && x.Persoon == n.Persoon {
			return &Geremd{begrip.NieuweFout(begrip.Verboden, "U kunt bij ons geen noodtoegang meer gebruiken: een eerdere keer was volgens onze privacyfunctionaris niet terecht. Is er nu gevaar? Bel 112, of bel ons. Onze privacyfunctionaris kan noodtoegang weer voor u openen."), true}
		}
	}
	return nil
}

// rem refuses one use too many, as part of the transaction that would record it: two at one
// moment cannot both take the last place. open are the uses that nobody judged yet.
// herhaald tells that the reason served others.
func (w *Waarborgen) rem(n *Noodtoegang, open []*Noodtoegang) (herhaald bool, err error) {
	var eigen, alle, redenen []gezin
	oudst := n.Vanaf
	for _, x := range open {
		if x.Gewoon {
			continue
		}
		if x.Organisatie == n.Organisatie && x.Persoon == n.Persoon && n.Vanaf.Sub(x.Vanaf) < 24*time.Hour && vlak(x.Reden) == vlak(n.Reden) {
			redenen = voegGezin(redenen, gezinVan(x))
		}
		if x.Organisatie != n.Organisatie || n.Vanaf.Sub(x.Vanaf) >= w.cfg.Rem.Venster {
			continue
		}
		if x.Persoon == n.Persoon {
			eigen = voegGezin(eigen, gezinVan(x))
		}
		if alle = voegGezin(alle, gezinVan(x)); x.Vanaf.Before(oudst) {
			oudst = x.Vanaf
		}
	}
	herhaald = len(voegGezin(redenen, gezinVan(n))) > zelfdeReden
	eigen, alle = voegGezin(eigen, gezinVan(n)), voegGezin(alle, gezinVan(n))
	var f *begrip.Fout
	switch {
	case plaatsen(eigen) > w.cfg.Rem.PerPersoon:
		f = begrip.NieuweFout(begrip.TeDruk, "U gebruikte bij ons net al noodtoegang voor %d gezinnen, en dat heeft nog niemand nagekeken. Meer kan nu niet. Is er nu gevaar? Bel 112, of bel ons.", w.cfg.Rem.PerPersoon)
	case plaatsen(alle) > w.cfg.Rem.PerOrganisatie:
		f = begrip.NieuweFout(begrip.TeDruk, "Uw organisatie gebruikte bij ons net al noodtoegang voor %d gezinnen, en dat heeft nog niemand nagekeken. Meer kan nu niet. Is er nu gevaar? Bel 112, of bel ons.", w.cfg.Rem.PerOrganisatie)
	default:
		return herhaald, nil
	}
	f.Wacht = max(w.cfg.Rem.Venster-n.Vanaf.Sub(oudst), time.Minute)
	return herhaald, &Geremd{Fout: f}
}

// vlak gives a reason as it is compared with another.
func vlak(reden string) string { return strings.ToLower(strings.Join(strings.Fields(reden), " ")) }

// maxNood is how many uses are looked at: beyond it nobody reviews, and none is given,
// because a stop may be among those that were not read.
const maxNood = 10_000

func zoekNood(ctx context.Context, tx *dossier.Tx, staat string) (uit []*Noodtoegang, err error) {
	recs, err := tx.Zoek(ctx, dossier.Filter{Soort: SoortNoodtoegang.Naam, Staat: staat, Limiet: maxNood})
	if err != nil {
		return nil, err
	}
	if len(recs) == maxNood {
		return nil, &Geremd{Fout: begrip.NieuweFout(begrip.TeDruk, "Wij geven nu geen noodtoegang: er is te veel dat nog niemand nakeek. Is er nu gevaar? Bel 112, of bel ons.")}
	}
	for _, r := range recs {
		n, err := lees[Noodtoegang](r)
		if err != nil {
			return nil, err
		}
		uit = append(uit, n)
	}
	return uit, nil
}

// Opheffing is that a stop of noodtoegang was lifted.
type Opheffing struct {
	Reden string    `json:"reden" maxLength:"2000"`
	Door  string    `json:"door" readOnly:"true"`
	Op    time.Time `json:"op" readOnly:"true"`
}

// HefStop lets the professional who used noodtoegang id, which was not justified, use it
// again. Errors: Ongeldig; Conflict when nothing is stopped; Verboden for who was stopped.
func (w *Waarborgen) HefStop(ctx context.Context, id, reden string, l toegang.Lezer) error {
	var c begrip.Controle
	eisReden(&c, "reden", reden)
	if err := c.Fout(); err != nil {
		return err
	}
	return w.d.Tx(ctx, func(tx *dossier.Tx) error {
		n, versie, err := w.leesNood(ctx, tx, id, l)
		if err != nil {
			return err
		}
		if n.Oordeel == nil || n.Oordeel.Terecht || n.Opgeheven != nil {
			return begrip.NieuweFout(begrip.Conflict, "Noodtoegang staat voor deze persoon niet stil.")
		}
		n.Opgeheven = &Opheffing{Reden: strings.TrimSpace(reden), Door: l.Naam, Op: w.nu().UTC()}
		return w.schrijf(ctx, tx, SoortNoodtoegang, n, versie, l.Naam, StaatNagezien)
	})
}

// leesNood reads a use for who judges it: the privacy officer of the organisation that was
// looked at, and nobody what was one's own.
func (w *Waarborgen) leesNood(ctx context.Context, tx *dossier.Tx, id string, l toegang.Lezer) (*Noodtoegang, int, error) {
	if l.Rol != begrip.RolPrivacy || l.Organisatie.OIN != w.cfg.Organisatie.OIN {
		return nil, 0, begrip.NieuweFout(begrip.Verboden, "Alleen de privacyfunctionaris van deze organisatie kan dit.")
	}
	rec, err := tx.Lees(ctx, SoortNoodtoegang.Naam, id, time.Time{})
	if err != nil {
		return nil, 0, err
	}
	n, err := lees[Noodtoegang](rec)
	if err == nil && n.Organisatie == l.Organisatie.OIN && n.Persoon == l.Persoon {
		err = begrip.NieuweFout(begrip.Verboden, "U gebruikte dit zelf. Een ander kijkt het na.")
	}
	return n, rec.Versie, err
}
