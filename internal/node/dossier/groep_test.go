package dossier

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// Whatever happens to one transaction in a group, what others were told is kept
// is kept, and of a failed one nothing is: also after the file is opened again.
func TestGroepHoudtElkeTransactieApart(t *testing.T) {
	pad := filepath.Join(t.TempDir(), "d.db")
	s, err := Open(pad)
	if err != nil {
		t.Fatal(err)
	}
	stuk := errors.New("stuk")
	gestopt, stop := context.WithCancel(t.Context())
	stop()
	const n = 400
	fouten := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			defer func() {
				if recover() != nil {
					fouten[i] = stuk
				}
			}()
			ctx := t.Context()
			if i%5 == 3 {
				ctx = gestopt
			}
			fouten[i] = s.Tx(ctx, func(tx *Tx) error {
				if err := tx.Log(ctx, Logregel{ID: fmt.Sprintf("regel-%d", i)}); err != nil {
					return err
				}
				switch i % 5 {
				case 1:
					return stuk
				case 2:
					panic("stuk")
				}
				return nil
			})
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(pad); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	regels, err := s.LogNa(t.Context(), 0, n)
	if err != nil {
		t.Fatal(err)
	}
	bewaard := map[string]bool{}
	for _, r := range regels {
		bewaard[r.ID] = true
	}
	for i, err := range fouten {
		moet := i%5 == 0 || i%5 == 4
		if (err == nil) != moet || bewaard[fmt.Sprintf("regel-%d", i)] != moet {
			t.Errorf("%d: %v, bewaard %v", i, err, !moet)
		}
	}
	if aantal, _, err := s.Verifieer(t.Context()); err != nil || aantal != n*2/5 {
		t.Errorf("%d regels, %v", aantal, err)
	}
}

// When the commit fails, nobody of the group is told that it is kept.
func TestGroepZonderCommitIsVoorNiemandBewaard(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "d.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Tx(t.Context(), func(tx *Tx) error {
		if err := tx.Log(t.Context(), Logregel{ID: "weg"}); err != nil {
			return err
		}
		_, err := tx.tx.Exec("ROLLBACK") // as SQLite does by itself on a full disk
		return err
	})
	if err == nil {
		t.Error("bewaard, zegt Tx")
	}
	if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.Log(t.Context(), Logregel{ID: "erna"}) }); err != nil {
		t.Error(err)
	}
	if r, err := s.Logboek(t.Context(), 10); err != nil || len(r) != 1 || r[0].ID != "erna" {
		t.Errorf("%v %v", r, err)
	}
}

// Of many who may do a thing once, all at the same time, one does it: who looks in
// its transaction sees what another set that is not on disk yet.
func TestWieInDeTransactieKijktZietWatEenAnderZette(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "d.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var gedaan atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if err := s.Tx(t.Context(), func(tx *Tx) error {
				if _, al, err := tx.Waarde(t.Context(), "eens"); al || err != nil {
					return err
				}
				gedaan.Add(1)
				return tx.ZetWaarde(t.Context(), "eens", []byte("ja"))
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if gedaan.Load() != 1 {
		t.Errorf("done %d times", gedaan.Load())
	}
}
