package waarborg

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/brp"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	// LogRegister is what the verwerkingenlog calls a question to the population
	// register.
	LogRegister = "bevraging-brp"
	bronBRP     = "BRP"
	doorBRP     = "basisregistratie personen"
)

// LaadVoor is Laad for a decision about l: when l looks for a child, the
// population register is asked first, unless what is on record is fresh. Without
// a register it is Laad.
//
// When the register does not answer, what it said too long ago no longer counts
// for this look: gezag may have ended. What a professional recorded stays.
func (w *Waarborgen) LaadVoor(ctx context.Context, l toegang.Lezer, personen []begrip.BSN, zaken []string, meldingen ...string) (*Feiten, error) {
	kind, zelf := l.Namens, l.Namens.IsZero() && l.Rol == begrip.RolJongere
	if zelf {
		kind = l.Burger // of a young person the age decides what it may do alone
	}
	if w.cfg.Register == nil || l.Burger.IsZero() || kind.IsZero() {
		return w.Laad(ctx, personen, zaken, meldingen...)
	}
	los, mis := w.ververs(ctx, l, kind)
	f, err := w.Laad(ctx, personen, zaken, meldingen...)
	if err != nil {
		return nil, err
	}
	switch {
	case mis != nil:
		w.cfg.Log.WarnContext(ctx, "de basisregistratie personen gaf geen antwoord", "fout", mis)
		f.laatVallen(kind, w.cfg.Register.Houdbaar())
	case los != nil:
		f.voeg(los)
	}
	return f, nil
}

// ververs sees to it that the fact of gezag about kind is no older than the
// node allows. It gives the fact when this node has no file on the child: then
// nothing of it is kept, and the answer is the same as where there is a file.
//
// About the child is asked only when l has to do with it: by a fact on record,
// or because the register says, of l itself, that it has gezag. Nobody makes
// us ask about a stranger, and how long we take does not tell whom we know.
func (w *Waarborgen) ververs(ctx context.Context, l toegang.Lezer, kind begrip.BSN) (*Gezagsfeit, error) {
	f, err := w.Laad(ctx, []begrip.BSN{kind}, nil)
	if err != nil {
		return nil, err
	}
	if l.Burger != kind && !f.staatBij(l.Burger, kind) {
		if f.vertegenwoordiging(l.Burger, kind) != nil {
			return nil, nil // looks by mandate: gezag is not the question
		}
		kinderen, err := w.cfg.Register.GezagOver(ctx, l.Burger, w.vooraf(l))
		if err != nil || !slices.Contains(kinderen, kind) {
			return nil, err
		}
	}
	if f.vers(kind, w.cfg.Register.Houdbaar()) {
		return nil, nil
	}
	p, err := w.cfg.Register.Kind(ctx, kind, w.vooraf(l))
	if err != nil {
		return nil, err
	}
	return w.onthoud(ctx, kind, p)
}

// vooraf writes in the verwerkingenlog, before the register is asked, what is
// asked, about whom and for which decision about l.
func (w *Waarborgen) vooraf(l toegang.Lezer) brp.Vooraf {
	return func(ctx context.Context, velden []string, over []begrip.BSN) error {
		regel := w.regel(l)
		regel.Richting, regel.Soort, regel.Niveau, regel.Velden, regel.Betrokkenen = dossier.Bekeken, LogRegister, begrip.NiveauInhoud, velden, over
		if !l.Burger.IsZero() {
			regel.Doel, regel.Grondslag, regel.Namens = l.Doel, l.Grondslag, l.Namens
		}
		return w.d.Log(ctx, regel)
	}
}

// staatBij tells that a fact on record, however old, names wie as one of those
// with gezag over kind.
func (f *Feiten) staatBij(wie, kind begrip.BSN) bool {
	return slices.ContainsFunc(f.gezag, func(g *Gezagsfeit) bool {
		return g.Over.Burgerservicenummer.BSN == kind && slices.ContainsFunc(g.Houders, func(h Persoon) bool { return h.Burgerservicenummer.BSN == wie })
	})
}

// vers tells that what is known of kind is younger than houdbaar: gezag and, as
// far as anybody knows it, the age.
func (f *Feiten) vers(kind begrip.BSN, houdbaar time.Duration) bool {
	return slices.ContainsFunc(f.gezag, func(g *Gezagsfeit) bool {
		return g.Over.Burgerservicenummer.BSN == kind && f.Nu.Sub(g.moment()) < houdbaar && (g.GevraagdOp != nil || f.Leeftijd(kind) >= 0)
	})
}

// moment is the date of the fact: of an answer of the register the moment, of
// any other the day its source said so.
func (g *Gezagsfeit) moment() time.Time {
	if g.GevraagdOp != nil {
		return *g.GevraagdOp
	}
	t, _ := time.Parse(time.DateOnly, g.Peildatum)
	return t
}

// laatVallen leaves out what the register said of kind too long ago. That a
// child died stays.
func (f *Feiten) laatVallen(kind begrip.BSN, houdbaar time.Duration) {
	f.gezag = slices.DeleteFunc(f.gezag, func(g *Gezagsfeit) bool {
		return g.GevraagdOp != nil && !g.Overleden && g.Over.Burgerservicenummer.BSN == kind && f.Nu.Sub(*g.GevraagdOp) >= houdbaar
	})
}

// onthoud keeps the answer of the register as a fact: the next version of the
// earlier answer, so that its history stays. A node without a file on the child
// keeps nothing and gets the fact back.
func (w *Waarborgen) onthoud(ctx context.Context, kind begrip.BSN, p brp.Persoon) (*Gezagsfeit, error) {
	g := w.feitUit(kind, p)
	var los *Gezagsfeit
	err := w.d.Tx(ctx, func(tx *dossier.Tx) error {
		los = nil
		recs, err := tx.Zoek(ctx, dossier.Filter{Persoon: kind, Limiet: 1})
		if err != nil {
			return err
		}
		if len(recs) == 0 {
			los = g
			return nil
		}
		if recs, err = tx.Zoek(ctx, dossier.Filter{Soort: SoortGezagsfeit.Naam, Persoon: kind}); err != nil {
			return err
		}
		versie := 0
		g.ID, g.Vanaf = uuid.Must(uuid.NewV7()).String(), *g.GevraagdOp
		for _, rec := range recs {
			if rec.Staat == staatBeeindigd {
				continue
			}
			oud, err := lees[Gezagsfeit](rec)
			if err != nil {
				return err
			}
			if oud.Over.Burgerservicenummer.BSN != kind {
				continue
			}
			if oud.Over.Roepnaam != "" {
				g.Over.Roepnaam = oud.Over.Roepnaam // as the family calls the child
			}
			if oud.GevraagdOp == nil {
				w.meldVerschil(ctx, oud, g)
			} else if versie == 0 {
				if !oud.GevraagdOp.Before(*g.GevraagdOp) {
					return nil // somebody else asked at the same moment
				}
				g.ID, g.Vanaf, versie = rec.ID, oud.Vanaf, rec.Versie
			}
		}
		return w.schrijf(ctx, tx, SoortGezagsfeit, g, versie, doorBRP, StaatActief)
	})
	return los, err
}

// meldVerschil tells the operator, without saying who, that the register and a
// professional do not agree.
func (w *Waarborgen) meldVerschil(ctx context.Context, hand, register *Gezagsfeit) {
	a, b := hand.houders(), register.houders()
	gelijk := len(a) == len(b) && !slices.ContainsFunc(a, func(x begrip.BSN) bool { return !slices.Contains(b, x) })
	if !gelijk || hand.zeker() != register.zeker() {
		w.cfg.Log.WarnContext(ctx, "de basisregistratie personen zegt iets anders over gezag dan hier is vastgelegd; kijk welke klopt", "gezagsfeit", hand.ID, "afwijking", hand.Afwijking != nil)
	}
}

// feitUit turns the answer of the register into a fact. More than one kind of
// gezag over one child, or a kind that nobody knows, is not certain, and opens
// nothing.
func (w *Waarborgen) feitUit(kind begrip.BSN, p brp.Persoon) *Gezagsfeit {
	op := p.Op.UTC().Truncate(time.Microsecond)
	g := &Gezagsfeit{
		Kop: Kop{Bron: bronBRP}, Over: Persoon{begrip.InhoudBSN{BSN: kind}, p.Geboortedatum, p.Roepnaam}, GevraagdOp: &op,
		Soort: string(GezagOnbekend), Houders: []Persoon{}, Peildatum: begrip.Dag(op),
	}
	if p.GeboorteInOnderzoek {
		g.Twijfel = append(g.Twijfel, TwijfelGeboorte)
	}
	var over []brp.Gezag
	for _, x := range p.Gezag {
		if x.Kind == kind {
			over = append(over, x)
			if x.InOnderzoek && !g.betwijfelt(TwijfelGezag) {
				g.Twijfel = append(g.Twijfel, TwijfelGezag)
			}
		}
	}
	switch {
	case p.Overleden:
		g.Overleden, g.Toelichting = true, "Deze persoon is overleden. Er is geen gezag meer."
		return g
	case len(over) == 0:
		g.Toelichting = "Het register noemt geen gezag over deze persoon."
		return g
	case len(over) > 1:
		g.Toelichting = "Het register noemt meer dan één soort gezag over deze persoon."
		return g
	}
	s, ok := gezagTabel[over[0].Soort]
	if !ok {
		g.Toelichting = "Het register noemt een soort gezag die wij niet kennen."
		return g
	}
	g.Soort, g.Toelichting = string(s.soort), over[0].Voluit
	if s.houder == "" || len(over[0].Houders) > s.tot || slices.Contains(over[0].Houders, kind) {
		return g
	}
	for _, h := range over[0].Houders {
		g.Houders = append(g.Houders, Persoon{Burgerservicenummer: begrip.InhoudBSN{BSN: h}})
	}
	return g
}

// overleden tells that the register says that b died.
func (f *Feiten) overleden(b begrip.BSN) bool {
	return slices.ContainsFunc(f.gezag, func(g *Gezagsfeit) bool { return g.Overleden && g.Over.Burgerservicenummer.BSN == b })
}

// kinderenVan gives over which children the register says burger has gezag, and
// makes what it says of each count; none when it does not answer.
func (w *Waarborgen) kinderenVan(ctx context.Context, l toegang.Lezer) []*Gezagsfeit {
	if w.cfg.Register == nil || l.Burger.IsZero() {
		return nil
	}
	var uit []*Gezagsfeit
	kinderen, err := w.cfg.Register.GezagOver(ctx, l.Burger, w.vooraf(l))
	for _, k := range kinderen {
		l.Namens = k
		var g *Gezagsfeit
		if g, err = w.ververs(ctx, l, k); err != nil {
			break
		}
		if g != nil {
			uit = append(uit, g)
		}
	}
	if err != nil {
		w.cfg.Log.WarnContext(ctx, "de basisregistratie personen gaf geen antwoord", "fout", err)
	}
	return uit
}

// versGezag asks the register about the person that a professional records a
// fact of, so that the check of who must agree knows age and gezag.
func (w *Waarborgen) versGezag(ctx context.Context, over begrip.BSN) (*Gezagsfeit, error) {
	if w.cfg.Register == nil {
		return nil, nil
	}
	f, err := w.Laad(ctx, []begrip.BSN{over}, nil)
	if err != nil || f.vers(over, w.cfg.Register.Houdbaar()) || f.Leeftijd(over) >= 18 {
		return nil, err
	}
	p, err := w.cfg.Register.Kind(ctx, over, w.vooraf(toegang.Lezer{Organisatie: w.cfg.Organisatie, Rol: begrip.RolSysteem}))
	if err != nil {
		w.cfg.Log.WarnContext(ctx, "de basisregistratie personen gaf geen antwoord", "fout", err)
		return nil, nil
	}
	return w.onthoud(ctx, over, p)
}
