package inzage

import (
	"context"
	"slices"

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

// IsGewoneWeg tells that the simulation tries this purpose on this ground.
func IsGewoneWeg(d begrip.Doel, g begrip.Grondslag) bool {
	return slices.Contains(gewoneWegen, weg{d, g})
}
