package dossier

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Every commit with a record or a log line has a mark of its own, also when
// several share one write to disk; what says nothing has none.
func TestElkeVastleggingHeeftEenStempel(t *testing.T) {
	s := opent(t, filepath.Join(t.TempDir(), "d.db"))
	var gehoord []Stempel
	s.NaCommit(func(st Stempel) { gehoord = append(gehoord, st) })
	ctx := t.Context()
	for i := range 3 {
		if err := s.Log(ctx, regel()); err != nil {
			t.Fatal(err)
		}
		if err := s.ZetWaarde(ctx, "x", []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.Tx(ctx, func(tx *Tx) error { _ = tx.Log(ctx, regel()); return context.Canceled })
	st, err := s.Stempel(ctx)
	if err != nil || st.Nr != 3 || len(gehoord) != 3 || gehoord[2] != st || gehoord[1].Kenmerk == st.Kenmerk {
		t.Fatalf("%v %v %v", st, gehoord, err)
	}
	if oud, ok, err := s.StempelOp(ctx, 2); err != nil || !ok || oud != gehoord[1] {
		t.Errorf("%v %v %v", oud, ok, err)
	}
	if _, ok, err := s.StempelOp(ctx, 4); ok || err != nil {
		t.Errorf("a mark of a commit that was not: %v", err)
	}
	if g, err := LeesStempel(st.String()); err != nil || g != st {
		t.Errorf("%v %v", g, err)
	}
}

// The getuige knows the last mark, through a kill too, and forgets nothing when
// the dossier is put back.
func TestGetuigeWeetHetLaatsteStempel(t *testing.T) {
	dir := t.TempDir()
	s, g := opent(t, filepath.Join(dir, "d.db")), getuige(t, filepath.Join(dir, "getuige"))
	if _, _, ok := g.Lees(); ok {
		t.Error("a new getuige knows something")
	}
	s.NaCommit(g.Zet)
	for range 12 {
		if err := s.Log(t.Context(), regel()); err != nil {
			t.Fatal(err)
		}
	}
	st, err := s.Stempel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// No Close: as after a kill.
	na, start, ok := getuige(t, filepath.Join(dir, "getuige")).Lees()
	if !ok || !start || na != st {
		t.Errorf("%v %v %v, want %v", na, start, ok, st)
	}
	g.start = "een-andere-start"
	g.Zet(st)
	if na, start, ok := getuige(t, filepath.Join(dir, "getuige")).Lees(); !ok || start || na != st {
		t.Errorf("another start of the machine: %v %v %v", na, start, ok)
	}
	if err := os.WriteFile(filepath.Join(dir, "getuige", "stempel"), []byte("kapot"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := getuige(t, filepath.Join(dir, "getuige")).Lees(); ok {
		t.Error("a damaged getuige was believed")
	}
}

func getuige(t *testing.T, map_ string) *Getuige {
	t.Helper()
	g, err := OpenGetuige(map_)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// A copy while somebody writes is of one moment, and is whole.
func TestKopieTijdensGebruikIsHeel(t *testing.T) {
	dir := t.TempDir()
	pad, naar := filepath.Join(dir, "d.db"), filepath.Join(dir, "kopie.db")
	s := opent(t, pad)
	klaar := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(klaar)
		for n := 0; ctx.Err() == nil; n++ {
			_ = s.Tx(context.Background(), func(tx *Tx) error {
				if err := tx.Verstuur(context.Background(), bericht("hub", n)); err != nil {
					return err
				}
				return tx.Log(context.Background(), regel())
			})
		}
	}()
	for st, _ := s.Stempel(ctx); st.Nr < 20; st, _ = s.Stempel(ctx) {
		time.Sleep(time.Millisecond)
	}
	if err := Kopieer(ctx, pad, naar); err != nil {
		t.Fatal(err)
	}
	if err := Kopieer(ctx, pad, naar); err == nil {
		t.Error("an older copy was written over")
	}
	stop()
	<-klaar
	if fi, err := os.Stat(naar); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", fi.Mode(), err)
	}
	k := opent(t, naar)
	st, err := k.Stempel(t.Context())
	n, _, err2 := k.Verifieer(t.Context())
	uit, err3 := k.Stand(t.Context())
	if err != nil || err2 != nil || err3 != nil || st.Nr > n || st.Nr == 0 || int64(uit[0].Wacht) != n {
		t.Errorf("stempel %v, %d lines, outbox %+v: %v %v %v", st, n, uit, err, err2, err3)
	}
}

// An older database beside the journal of a later moment is a mix, and is found.
func TestDatabaseMetVreemdJournaalIsNietHeel(t *testing.T) {
	dir := t.TempDir()
	pad := filepath.Join(dir, "d.db")
	vul := func(s *Store, n int) {
		for i := range n {
			m := melding("")
			m.ID = time.Now().Format("150405.000000000") + string(rune('a'+i%26))
			if err := s.Tx(t.Context(), func(tx *Tx) error {
				if _, err := tx.Schrijf(t.Context(), m); err != nil {
					return err
				}
				return tx.Log(t.Context(), regel())
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := opent(t, pad)
	vul(s, 40)
	if err := s.Close(); err != nil { // the journal is in the database now
		t.Fatal(err)
	}
	gisteren, err := os.ReadFile(pad)
	if err != nil {
		t.Fatal(err)
	}
	s = opent(t, pad)
	vul(s, 60)
	_ = s.Close()
	s = opent(t, pad)
	vul(s, 3)
	if err := s.Heel(t.Context()); err != nil {
		t.Fatalf("untouched: %v", err)
	}
	wal, err := os.ReadFile(pad + "-wal") // as after a kill
	if err != nil || len(wal) == 0 {
		t.Fatalf("no journal: %v", err)
	}
	_ = s.Close()
	if err := os.WriteFile(pad, gisteren, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pad+"-wal", wal, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(pad + "-shm")
	mix, err := Open(pad)
	if err != nil {
		return // it does not even open
	}
	defer mix.Close()
	if err := mix.Heel(t.Context()); err == nil {
		t.Error("yesterday's database with today's journal passes")
	}
}
