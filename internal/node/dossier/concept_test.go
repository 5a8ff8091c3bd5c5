package dossier

import (
	"net/url"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// What is typed is there for who typed it, also after a restart; not for another, not on
// another form, not after it was sent, and not after a month.
func TestConceptIsVanWieHetTypte(t *testing.T) {
	ctx, pad := t.Context(), filepath.Join(t.TempDir(), "d.db")
	s, err := Open(pad)
	if err != nil {
		t.Fatal(err)
	}
	nu := time.Now()
	s.nu = func() time.Time { return nu }
	wil := url.Values{"wat": {"Een \"zin\"\nen nog een"}, "wie": {"a", "b"}}
	if err := s.BewaarConcept(ctx, "noor", "/x/nieuw", url.Values{"wat": {"oud"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.BewaarConcept(ctx, "noor", "/x/nieuw", wil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(pad); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.nu = func() time.Time { return nu }
	lees := func(wie, blad string) url.Values {
		t.Helper()
		v, op, err := s.Concept(ctx, wie, blad)
		if err != nil || (v == nil) != op.IsZero() {
			t.Fatal(v, op, err)
		}
		return v
	}
	if got := lees("noor", "/x/nieuw"); !reflect.DeepEqual(got, wil) {
		t.Errorf("%v", got)
	}
	if lees("ger", "/x/nieuw") != nil || lees("noor", "/y/nieuw") != nil {
		t.Error("another reads it")
	}
	later := nu.Add(conceptDuur)
	s.nu = func() time.Time { return later }
	if lees("noor", "/x/nieuw") != nil {
		t.Error("it is there after a month")
	}
	if err := s.BewaarConcept(ctx, "ger", "/y", wil); err != nil {
		t.Fatal(err)
	}
	s.nu = func() time.Time { return nu }
	if lees("noor", "/x/nieuw") != nil {
		t.Error("it is kept after a month")
	}
	if err := s.Tx(ctx, func(tx *Tx) error { return tx.WisConcept(ctx, "ger", "/y") }); err != nil {
		t.Fatal(err)
	}
	if lees("ger", "/y") != nil {
		t.Error("what was sent is still a draft")
	}
}
