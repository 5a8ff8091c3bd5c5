package inzage

import (
	"context"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

// Beslis is the decision about one look as Geef, Gezin, the decision point and
// the simulation all take it, without the log: the highest level that is allowed.
func (z *Inzage) Beslis(ctx context.Context, s Soort, rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten) (toegang.Besluit, error) {
	laag := begrip.NiveauBestaan
	b, err := z.besluit(ctx, s, rec, l, f, &laag)
	if err != nil || !b.Toegestaan {
		return b, err
	}
	return z.besluit(ctx, s, rec, l, f, nil)
}

// Feiten reads what is on record now around recs.
func (z *Inzage) Feiten(ctx context.Context, l toegang.Lezer, recs ...dossier.Record) (*waarborg.Feiten, error) {
	return z.feiten(ctx, l, recs...)
}

// Weg is a purpose with a ground.
type Weg struct {
	Doel  begrip.Doel
	Grond begrip.Grondslag
}

// GewoneWegen are the ways outside any overleg that the simulation tries.
func GewoneWegen() []Weg {
	var uit []Weg
	for _, w := range gewoneWegen {
		uit = append(uit, Weg{w.doel, w.grond})
	}
	return uit
}
