package dossier

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// ElkeSoort stands in Rusten.Op for any kind of record.
const ElkeSoort = "*"

// Rusten is on what records of one kind rest.
type Rusten struct {
	Op  []string // kinds of record, here or at another source, or ElkeSoort
	Ook string   // why one may rest on nothing; empty: it may not
}

// op tells whether a record may rest on one of this kind.
func (r Rusten) op(soort string) bool {
	return slices.Contains(r.Op, soort) || slices.Contains(r.Op, ElkeSoort)
}

// Rusten sets on what the records of each kind rest: Schrijf then stores no first
// version that leaves it out. Of a kind that is not in it nothing is asked. Call it before the
// dossier is used.
func (s *Store) Rusten(per map[string]Rusten) { s.rusten.Store(&per) }

type gelezenSleutel struct{}

// gelezen are the records that were read in one piece of work: a request, or the
// handling of one Opdracht.
type gelezen struct {
	slot sync.Mutex
	vs   []begrip.Verwijzing
}

// MetGelezen begins a piece of work. What is written in it rests on what was read in
// it, as far as its kind rests on such records, whether its writer says so or not.
func MetGelezen(ctx context.Context) context.Context {
	return context.WithValue(ctx, gelezenSleutel{}, &gelezen{})
}

// Las tells that a professional or a rule of ours read v in this piece of work.
func Las(ctx context.Context, v begrip.Verwijzing) {
	if g, ok := ctx.Value(gelezenSleutel{}).(*gelezen); ok {
		g.slot.Lock()
		defer g.slot.Unlock()
		if !slices.Contains(g.vs, v) {
			g.vs = append(g.vs, v)
		}
	}
}

// rust completes what rec rests on with what was read, and refuses what leaves it
// out.
func (tx *Tx) rust(ctx context.Context, rec *Record) error {
	r, ok := tx.rusten[rec.Soort]
	if !ok {
		return nil
	}
	for _, v := range rec.Herkomst {
		if !r.op(v.Soort) {
			return fmt.Errorf("dossier: een %s rust niet op een %s", rec.Soort, v.Soort)
		}
	}
	if g, ok := ctx.Value(gelezenSleutel{}).(*gelezen); ok {
		g.slot.Lock()
		for _, v := range g.vs {
			zelf := v.Soort == rec.Soort && v.ID() == rec.ID
			al := slices.ContainsFunc(rec.Herkomst, func(x begrip.Verwijzing) bool { return x.Bron == v.Bron && x.Soort == v.Soort && x.ID() == v.ID() })
			if r.op(v.Soort) && !zelf && !al {
				rec.Herkomst = append(rec.Herkomst, v)
			}
		}
		g.slot.Unlock()
	}
	if len(rec.Herkomst) == 0 && r.Ook == "" && rec.Versie == 1 {
		return fmt.Errorf("dossier: een %s zegt niet waarop het rust", rec.Soort)
	}
	return nil
}

// RustOp tells whether record s of this dossier rests on v, directly or through
// others.
func (tx *Tx) RustOp(ctx context.Context, s Sleutel, v begrip.Verwijzing) (bool, error) {
	gs, err := tx.Gronden(ctx, time.Time{}, []Sleutel{s})
	return slices.ContainsFunc(gs, func(g Grond) bool { return g.Op.Bron == v.Bron && g.Op.Soort == v.Soort && g.Op.ID() == v.ID() }), err
}
