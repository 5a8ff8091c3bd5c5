package functie

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Handeling declares something that a person, or a system of the organisation, does with a
// record. Who may is in the policy of the kind: its rule handelingen contains Naam. Make
// one with Doe.
type Handeling[T any] struct {
	Naam   string   // in its path, its policy and the log: "vaststellen"
	Titel  string   // on the button: "Stel vast"
	Uitleg string   // above the form: what it does, and for whom
	Gedaan string   // afterwards: "De uitkomst is vastgesteld."
	Van    []string // the states in which it can be done
	Naar   string   // the state afterwards; empty: the same

	Gebeurtenis Gebeurtenis // that tells of it; an empty Type is none
	Aan         Ontvangers  // who is asked to read it afterwards
	Sterk       bool        // the person proves again who it is

	api    func(api huma.API, g *Gegeven[T], o *Omgeving, pad string)
	invoer func() any // a new zero value of what it asks; nil: nothing
	doe    func(*Daad[T], any) error
}

// Daad is one act while it is carried out, in its transaction.
type Daad[T any] struct {
	context.Context
	Tx    *dossier.Tx
	O     *Omgeving
	V     Versie[T] // as it was; Waarde is a copy that the act may change
	Lezer toegang.Lezer
	Nu    time.Time
}

// Invoer is what an act asks of who does it.
type Invoer interface {
	Controleer(c *begrip.Controle, nu time.Time)
}

// Doe makes an act that asks an I. f changes d.V.Waarde, or does what else belongs to it,
// within the transaction; nil changes nothing but the state.
func Doe[T, I any](h Handeling[T], f func(d *Daad[T], in *I) error) Handeling[T] {
	h.invoer = func() any { return new(I) }
	kaal := h
	h.api = func(api huma.API, g *Gegeven[T], o *Omgeving, pad string) { registreerDaad[T, I](api, g, o, kaal, pad) }
	h.doe = func(d *Daad[T], in any) error {
		if f == nil {
			return nil
		}
		i, ok := in.(*I)
		if !ok {
			i = new(I)
		}
		return f(d, i)
	}
	return h
}

// Niets is the input of an act that asks nothing.
type Niets struct{}

// Daad gives the act with this name.
func (g *Gegeven[T]) Daad(naam string) (Handeling[T], bool) {
	i := slices.IndexFunc(g.Daden, func(h Handeling[T]) bool { return h.Naam == naam })
	if i < 0 {
		return Handeling[T]{}, false
	}
	return g.Daden[i], true
}

// Handel carries an act out: decide, check what was given and the moment, change, store
// the next version and tell of it, in one transaction with the line of the log. versie is
// the version that who acts has seen; 0: whichever there is.
//
// Errors: NietGevonden, Verboden, Ongeldig with every mistake, Conflict when another was
// first or the moment has passed.
func (g *Gegeven[T]) Handel(ctx context.Context, o *Omgeving, id, naam string, versie int, in any, l toegang.Lezer) (uit Versie[T], err error) {
	h, ok := g.Daad(naam)
	if !ok {
		return uit, begrip.NieuweFout(begrip.NietGevonden, "Dit kunt u hier niet doen.")
	}
	rec, regel, err := o.Inzage.Handel(ctx, g.Soort(o), id, naam, l)
	if err != nil {
		return uit, err
	}
	nu := o.Nu()
	if err := g.toetsInvoer(in, nu); err != nil {
		return uit, err
	}
	if w, ok := geheel[T](in); ok {
		eerder, err := g.Lees(rec)
		if err != nil {
			return uit, err
		}
		g.vul(ctx, o, w, g.betrokkenen(eerder.Waarde), l)
	}
	err = o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if rec, err = tx.Lees(ctx, g.Naam, id, time.Time{}); err != nil {
			return err
		}
		v, err := g.Lees(rec)
		if err != nil {
			return err
		}
		if err := g.kan(h, v, versie); err != nil {
			return err
		}
		waren := g.partijen(o, v)
		w := *v.Waarde
		v.Waarde, v.Door, v.GeldigVanaf, v.Herkomst = &w, l.Naam, time.Time{}, nil
		d := &Daad[T]{ctx, tx, o, v, l, nu}
		if err := h.doe(d, in); err != nil {
			return err
		}
		if h.Naar != "" {
			d.V.Staat = h.Naar
		}
		if uit, err = g.Bewaar(ctx, tx, o, d.V, nu); err != nil {
			return err
		}
		if err := g.Meld(ctx, tx, o, h.Gebeurtenis, uit, o.Organisatie); err != nil {
			return err
		}
		if h.Aan != Niemand {
			if err := g.vraagLezen(ctx, tx, o, h.Aan, uit, waren, l); err != nil {
				return err
			}
		}
		return tx.Log(ctx, regel)
	})
	return uit, err
}

// toetsInvoer gives every mistake in what an act was given.
func (g *Gegeven[T]) toetsInvoer(in any, nu time.Time) error {
	c := &begrip.Controle{}
	if w, ok := geheel[T](in); ok {
		if err := g.toets(w, nu); err != nil {
			c.Velden = begrip.FoutVan(err).Velden
		}
	}
	if i, ok := in.(Invoer); ok {
		i.Controleer(c, nu)
	}
	return c.Fout()
}

// geheel gives the whole record that an act was given, changed: a T, or what holds one.
func geheel[T any](in any) (*T, bool) {
	switch x := in.(type) {
	case *T:
		return x, true
	case interface{ Geheel() *T }:
		return x.Geheel(), true
	}
	return nil, false
}

// kan tells why an act cannot be done with v now; nil when it can.
func (g *Gegeven[T]) kan(h Handeling[T], v Versie[T], versie int) error {
	switch {
	case versie != 0 && versie != v.Versie:
		return begrip.NieuweFout(begrip.Conflict, "Iemand anders heeft dit net gewijzigd. Bekijk eerst de nieuwe gegevens.")
	case !slices.Contains(h.Van, v.Staat):
		return begrip.NieuweFout(begrip.Conflict, "Dit kan nu niet: de staat is ‘%s’.", g.StaatVan(v.Staat).Tekst)
	}
	return nil
}

// Bewaar checks v and stores its next version.
func (g *Gegeven[T]) Bewaar(ctx context.Context, tx *dossier.Tx, o *Omgeving, v Versie[T], nu time.Time) (Versie[T], error) {
	if g.Controleer != nil {
		c := &begrip.Controle{}
		g.Controleer(v.Waarde, c, nu)
		if err := c.Fout(); err != nil {
			return v, err
		}
	}
	return g.Schrijf(ctx, tx, v)
}
