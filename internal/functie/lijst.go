package functie

import (
	"context"

	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// perLijst is how many records are read at a time for a list.
const perLijst = 200

// Lijst gives the records of this kind that pass f and that their reader may see at level
// 1, newest first: at most max, and after which one the list goes on (zero: this is all). It
// decides about each in silence and is one line in the log; lezer gives on which words one
// looks in a zaak. The content is there for who made the list, to show what belongs to
// level 1; what is protected stays closed.
func (g *Gegeven[T]) Lijst(ctx context.Context, o *Omgeving, f dossier.Filter, max int, lezer func(zaak string) toegang.Lezer) (uit []Versie[T], volgende dossier.Plek, err error) {
	f.Soort, f.Limiet = g.Naam, perLijst
	soort := g.Soort(o)
	for {
		recs, err := o.Dossier.Zoek(ctx, f)
		if err != nil {
			return nil, volgende, err
		}
		rijen, err := o.Inzage.Lijst(ctx, soort, recs, func(r dossier.Record) toegang.Lezer { return lezer(r.Zaak) }, max-len(uit))
		if err != nil {
			return nil, volgende, err
		}
		for _, r := range rijen {
			v, err := g.Lees(r.Record)
			if err != nil {
				return nil, volgende, err
			}
			uit = append(uit, v)
		}
		if len(recs) == 0 {
			return uit, dossier.Plek{}, nil
		}
		laatste := recs[len(recs)-1]
		if len(uit) == max && (uit[max-1].ID != laatste.ID || len(recs) == perLijst) {
			return uit, dossier.Plek{Op: uit[max-1].VastgelegdOp, ID: uit[max-1].ID}, nil
		}
		if len(recs) < perLijst {
			return uit, dossier.Plek{}, nil
		}
		f.Na = dossier.Plek{Op: laatste.VastgelegdOp, ID: laatste.ID}
	}
}
