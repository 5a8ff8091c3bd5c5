package dossier

import (
	"fmt"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// TestGeenBezoekDuwtEenBlikWeg: whatever a family looks itself, each look of a
// professional is found, page after page, once; and so is each visit.
func TestGeenBezoekDuwtEenBlikWeg(t *testing.T) {
	s, _ := nieuw(t)
	const blikken, bezoeken = 7, 1500
	err := s.Tx(t.Context(), func(tx *Tx) error {
		for i := range blikken + bezoeken {
			l := regel()
			l.RecordID = fmt.Sprint(i)
			if i >= blikken {
				l.Burger, l.Soort = schildwacht, "gezin"
			}
			if err := tx.Log(t.Context(), l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for gezin, wil := range map[bool]int{false: blikken, true: bezoeken} {
		gezien, voor := map[string]bool{}, int64(0)
		for range bezoeken {
			ls, err := s.LogOverPersoon(t.Context(), schildwacht, gezin, voor, time.Time{}, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(ls) == 0 {
				break
			}
			for _, l := range ls {
				if gezien[l.RecordID] || l.Burger.IsZero() == gezin {
					t.Fatalf("%+v", l)
				}
				gezien[l.RecordID], voor = true, l.Nr
			}
		}
		if len(gezien) != wil {
			t.Errorf("gezin %v: %d of %d", gezin, len(gezien), wil)
		}
	}
	if ls, err := s.LogVanLezer(t.Context(), regel().LezerOIN, "p1", 0, 0); err != nil || len(ls) != standaardLimiet {
		t.Error(len(ls), err)
	}
	if ls, _ := s.LogVanLezer(t.Context(), begrip.OIN("00000001999999990000"), "p1", 0, 0); len(ls) != 0 {
		t.Error("the looks of another organisation's p1")
	}
}
