package dossier

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
)

// TestElkeNieuweNaamKrijgtEenWegwijzer: whom a version is the first to name is told of, once,
// in the transaction of the record; not of a kind that has events, and of what is shielded only
// when it no longer is. What was there before is told of once.
func TestElkeNieuweNaamKrijgtEenWegwijzer(t *testing.T) {
	ctx := context.Background()
	s, _ := nieuw(t)
	ik, ander := begrip.MustBSN("999993653"), begrip.MustBSN("999990019")
	schrijf := func(soort, id, staat string, versie int, wie ...begrip.BSN) {
		t.Helper()
		if err := s.Tx(ctx, func(tx *Tx) error {
			_, err := tx.Schrijf(ctx, Record{Soort: soort, ID: id, Versie: versie, Staat: staat, Personen: wie, Inhoud: []byte("{}")})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	gewezen := func() (uit []string) {
		t.Helper()
		for {
			u, ok, err := s.Volgende(ctx, "hub")
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return uit
			}
			uit = append(uit, string(u.Body))
			if err := s.IsBezorgd(ctx, u.Nr); err != nil {
				t.Fatal(err)
			}
		}
	}
	wil := func(wat string, namen ...string) {
		t.Helper()
		if got := gewezen(); !slices.Equal(got, namen) {
			t.Errorf("%s: %v", wat, got)
		}
	}
	schrijf("mandaat", "oud", "", 0, ik)
	schrijf("mandaat", "ouder", "", 0, ik, ander)
	wil("before it was set")
	s.Wijs(Wijs{Soorten: []string{"mandaat"}, Mag: func(r Record) bool { return r.Staat != "dicht" }, Bericht: func(b begrip.BSN) Bericht {
		return Bericht{ID: uuid.NewString(), Bestemming: "hub", Pad: "/v1/events", Body: []byte(b.Leesbaar())}
	}})
	for range 2 {
		if err := s.WijsEerdere(ctx); err != nil {
			t.Fatal(err)
		}
	}
	got := gewezen()
	slices.Sort(got)
	if want := []string{ander.Leesbaar(), ik.Leesbaar()}; !slices.Equal(got, want) {
		t.Errorf("of before: %v", got)
	}
	schrijf("mandaat", "a", "", 0, ik)
	wil("a new record", ik.Leesbaar())
	schrijf("mandaat", "a", "", 1, ik, ander)
	wil("a next version names one more", ander.Leesbaar())
	schrijf("mandaat", "a", "", 2, ander)
	wil("and one less")
	schrijf("mandaat", "b", "dicht", 0, ik)
	wil("shielded")
	schrijf("mandaat", "b", "", 1, ik)
	wil("no longer shielded", ik.Leesbaar())
	schrijf("melding", "c", "", 0, ik)
	wil("a kind with events")
	if err := s.Tx(ctx, func(tx *Tx) error {
		if _, err := tx.Schrijf(ctx, Record{Soort: "mandaat", ID: "d", Personen: []begrip.BSN{ik}, Inhoud: []byte("{}")}); err != nil {
			return err
		}
		return context.Canceled
	}); err == nil {
		t.Fatal("it was written")
	}
	wil("what was not written")
}
