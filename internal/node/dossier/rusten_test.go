package dossier

import (
	"context"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// schrijfIn writes r in the piece of work of ctx.
func schrijfIn(ctx context.Context, s *Store, r Record) (uit Record, err error) {
	err = s.Tx(ctx, func(tx *Tx) error { uit, err = tx.Schrijf(ctx, r); return err })
	return uit, err
}

// A kind that rests on others cannot be stored without saying on which, nor on what
// it does not rest on; a kind that may rest on nothing can.
func TestHerkomstKanNietWordenWeggelaten(t *testing.T) {
	s, _ := nieuw(t)
	if _, err := schrijfIn(t.Context(), s, blad(9)); err != nil {
		t.Fatal(err) // from before anything was declared
	}
	s.Rusten(map[string]Rusten{"blad": {Op: []string{"brief"}}, "brief": {Ook: "een begin"}, "los": {Op: []string{ElkeSoort}, Ook: "soms"}})
	brief := begrip.Verwijzing{Bron: andereOIN, Soort: "brief", Pad: "/v1/brieven/" + nummer(50)}
	if _, err := schrijfIn(t.Context(), s, blad(1)); err == nil || !strings.Contains(err.Error(), "waarop het rust") {
		t.Errorf("without: %v", err)
	}
	if _, err := schrijfIn(t.Context(), s, blad(1, op(andereOIN, 2))); err == nil {
		t.Error("it rests on a kind that it does not rest on")
	}
	een, err := schrijfIn(t.Context(), s, blad(1, brief))
	if err != nil {
		t.Fatal(err)
	}
	een.Herkomst = nil
	if een, err = schrijfIn(t.Context(), s, een); err != nil || len(een.Herkomst) != 1 {
		t.Errorf("a next version keeps it: %+v %v", een.Herkomst, err)
	}
	oud := blad(9)
	oud.Versie = 1
	if _, err := schrijfIn(t.Context(), s, oud); err != nil {
		t.Errorf("what is from before goes on: %v", err)
	}
	for _, r := range []Record{{Soort: "brief"}, {Soort: "los"}, {Soort: "los", Herkomst: []begrip.Verwijzing{brief}}, {Soort: "onbekend"}} {
		r.ID, r.Inhoud = nummer(60), blad(1).Inhoud
		if _, err := schrijfIn(t.Context(), s, r); err != nil && r.Herkomst == nil {
			t.Errorf("%s: %v", r.Soort, err)
		}
	}
}

// What was read in one piece of work is what the record rests on that is written in
// it, whether its writer says so or not: each once, of the kinds it rests on, never
// itself, and nothing of another piece of work.
func TestWatIsGelezenIsHerkomst(t *testing.T) {
	s, _ := nieuw(t)
	s.Rusten(map[string]Rusten{"blad": {Op: []string{"blad"}}})
	ctx := MetGelezen(t.Context())
	gelezen := op(andereOIN, 7)
	gelezen.Versie, gelezen.Hash = 2, strings.Repeat("b", 64)
	Las(ctx, gelezen)
	Las(ctx, gelezen)
	Las(ctx, begrip.Verwijzing{Bron: andereOIN, Soort: "ander", Pad: "/v1/anderen/" + nummer(8)})
	Las(ctx, op(eigenOIN, 1))
	Las(t.Context(), op(andereOIN, 6)) // in no piece of work
	r, err := schrijfIn(ctx, s, blad(1))
	if err != nil || len(r.Herkomst) != 1 || r.Herkomst[0] != gelezen || !r.Rust {
		t.Errorf("rests on %+v %v", r.Herkomst, err)
	}
	zelf := op(andereOIN, 7) // named by its writer as well, without version
	if r, err = schrijfIn(ctx, s, blad(2, zelf)); err != nil || len(r.Herkomst) != 2 {
		t.Errorf("rests on %+v %v", r.Herkomst, err) // that one once, and blad 1
	}
	if _, err := schrijfIn(MetGelezen(t.Context()), s, blad(3)); err == nil {
		t.Error("what was read in another piece of work counts")
	}
	volgende := r
	volgende.Herkomst = nil
	nieuwer := MetGelezen(t.Context())
	Las(nieuwer, op(andereOIN, 11))
	if r, err = schrijfIn(nieuwer, s, volgende); err != nil || len(r.Herkomst) != 3 {
		t.Errorf("a next version rests on what came with it as well: %+v %v", r.Herkomst, err)
	}
}
