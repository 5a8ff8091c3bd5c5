package dossier

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

const eigenOIN, andereOIN = begrip.OIN("00000001234567890000"), begrip.OIN("00000001234567891000")

func nummer(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", n) }

func op(bron begrip.OIN, n int) begrip.Verwijzing {
	return begrip.Verwijzing{Bron: bron, Soort: "blad", Pad: "/v1/bladen/" + nummer(n)}
}

func blad(n int, rust ...begrip.Verwijzing) Record {
	return Record{Soort: "blad", ID: nummer(n), Zaak: fmt.Sprintf("urn:soh:zaak:%d", n), Inhoud: json.RawMessage(`{"n":1}`), Herkomst: rust}
}

// What a record rests on is found in both directions, through others, each once.
func TestHerkomstHeenEnTerug(t *testing.T) {
	s, k := nieuw(t)
	elders := op(andereOIN, 99)
	elders.Versie, elders.Hash = 4, strings.Repeat("a", 64)
	een := schrijf(t, s, blad(1))
	schrijf(t, s, blad(2, op(eigenOIN, 1), elders))
	drie := schrijf(t, s, blad(3, op(eigenOIN, 2)))
	if een.Rust || !drie.Rust {
		t.Errorf("rests on something: %v and %v", een.Rust, drie.Rust)
	}
	gs, err := s.Gronden(t.Context(), time.Time{}, []Sleutel{drie.Sleutel()})
	if err != nil || len(gs) != 3 {
		t.Fatalf("%d steps, want 3: %+v %v", len(gs), gs, err)
	}
	var zaken []string
	for _, g := range gs {
		zaken = append(zaken, g.Zaak)
	}
	if z := strings.Join(zaken, " "); !strings.Contains(z, "urn:soh:zaak:1") || !strings.Contains(z, "urn:soh:zaak:2") {
		t.Errorf("the zaken of what it rests on are %q", z)
	}
	for _, g := range []struct {
		van  begrip.Verwijzing
		want int
	}{{op(eigenOIN, 1), 2}, {elders, 2}, {op(eigenOIN, 3), 0}, {op(andereOIN, 1), 0}} {
		recs, err := s.Afgeleid(t.Context(), g.van)
		if err != nil || len(recs) != g.want {
			t.Errorf("%d records rest on %s of %s, want %d: %v", len(recs), g.van.Pad, g.van.Bron, g.want, err)
		}
	}
	twee, _ := s.Lees(t.Context(), "blad", nummer(2), time.Time{})
	if v := twee.Herkomst; len(v) != 2 || v[0].Versie != 1 || v[0].Hash != een.Hash() || v[1] != elders {
		t.Errorf("pinned %+v", v)
	}
	k.t = k.t.Add(time.Hour)
	vroeger := k.t.Add(-time.Minute)
	een.Herkomst = []begrip.Verwijzing{op(eigenOIN, 7)}
	schrijf(t, s, een)
	if gs, _ := s.Gronden(t.Context(), vroeger, []Sleutel{drie.Sleutel()}); len(gs) != 3 {
		t.Errorf("what was written later counts for the past: %+v", gs)
	}
	if gs, _ := s.Gronden(t.Context(), time.Time{}, []Sleutel{drie.Sleutel()}); len(gs) != 4 {
		t.Errorf("what was written later does not count now: %+v", gs)
	}
}

// A record cannot lose what it rests on by being written again.
func TestHerkomstBlijft(t *testing.T) {
	s, _ := nieuw(t)
	r := schrijf(t, s, blad(2, op(andereOIN, 1)))
	r.Herkomst = nil
	r = schrijf(t, s, r)
	if len(r.Herkomst) != 1 || !r.Rust {
		t.Errorf("the next version rests on %+v", r.Herkomst)
	}
	r.Herkomst = []begrip.Verwijzing{}
	r = schrijf(t, s, r)
	gs, err := s.Gronden(t.Context(), time.Time{}, []Sleutel{r.Sleutel()})
	if err != nil || len(gs) != 1 || len(r.Herkomst) != 0 || !r.Rust {
		t.Errorf("an earlier version still rests on it: %+v %v", gs, err)
	}
}

// Circles end, and what rests on too much is refused instead of half decided.
func TestHerkomstIsBegrensd(t *testing.T) {
	s, _ := nieuw(t)
	een := schrijf(t, s, blad(1, op(eigenOIN, 2)))
	schrijf(t, s, blad(2, op(eigenOIN, 1)))
	if gs, err := s.Gronden(t.Context(), time.Time{}, []Sleutel{een.Sleutel()}); err != nil || len(gs) != 2 {
		t.Errorf("a circle gives %+v %v", gs, err)
	}
	if recs, err := s.Afgeleid(t.Context(), op(eigenOIN, 1)); err != nil || len(recs) != 1 {
		t.Errorf("back through a circle gives %d %v", len(recs), err)
	}
	var veel []begrip.Verwijzing
	for i := range maxHerkomst + 1 {
		veel = append(veel, op(andereOIN, 100+i))
	}
	r := schrijf(t, s, blad(3, veel...))
	if _, err := s.Gronden(t.Context(), time.Time{}, []Sleutel{r.Sleutel()}); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Errorf("too much: %v", err)
	}
	err := s.Tx(t.Context(), func(tx *Tx) error {
		_, err := tx.Schrijf(t.Context(), blad(4, op(eigenOIN, 4)))
		return err
	})
	if err == nil {
		t.Error("a record rests on itself")
	}
	err = s.Tx(t.Context(), func(tx *Tx) error {
		_, err := tx.Schrijf(t.Context(), blad(5, begrip.Verwijzing{Bron: eigenOIN, Soort: "blad", Pad: "/v1/bladen/" + schildwacht.Leesbaar()}))
		return err
	})
	if !begrip.Is(err, begrip.Ongeldig) || strings.Contains(err.Error(), schildwacht.Leesbaar()) {
		t.Errorf("a reference without a number: %v", err)
	}
}

// Two versions with the same content have hashes of their own: what is in one
// cannot be tried out.
func TestHashIsNietTeRaden(t *testing.T) {
	s, _ := nieuw(t)
	a, b := schrijf(t, s, blad(1)), schrijf(t, s, blad(2))
	if a.Hash() == b.Hash() {
		t.Error("equal content has an equal hash")
	}
	na, err := s.Lees(t.Context(), "blad", nummer(1), time.Time{})
	if err != nil || na.Hash() != a.Hash() {
		t.Errorf("the hash of a version changes: %v", err)
	}
}
