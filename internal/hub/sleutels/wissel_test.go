package sleutels

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/hublog"
)

const wisselEvent = `{"data":{"a":"999990019","b":"123456782"}}`

// gevuld makes a store with two persons, of whom the second was destroyed and came
// back, and gives what stands in the log.
func gevuld(t *testing.T, dir string) (oud, nieuw []byte) {
	t.Helper()
	l, s := open(t, dir)
	oud, _ = versleutel(t, s, wisselEvent)
	if err := s.Vernietig(context.Background(), s.Ref(begrip.MustBSN(bsnB))); err != nil {
		t.Fatal(err)
	}
	nieuw, _ = versleutel(t, s, wisselEvent)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return oud, nieuw
}

func naWissel(t *testing.T, dir string, oud, nieuw []byte, ref [16]byte) {
	t.Helper()
	l, s := open(t, dir)
	defer l.Close()
	if got := ontsleutel(t, s, oud, nil); got != `{"data":{"a":"999990019","b":"*********"}}` {
		t.Errorf("from before: %s", got)
	}
	if got := ontsleutel(t, s, nieuw, nil); got != wisselEvent {
		t.Errorf("after: %s", got)
	}
	if s.Ref(begrip.MustBSN(bsnA)) != ref {
		t.Error("the reference to a person changed")
	}
	meer, _ := versleutel(t, s, wisselEvent)
	if got := ontsleutel(t, s, meer, nil); got != wisselEvent {
		t.Errorf("new: %s", got)
	}
}

func eersteRef(t *testing.T, dir string) [16]byte {
	t.Helper()
	l, s := open(t, dir)
	defer l.Close()
	return s.Ref(begrip.MustBSN(bsnA))
}

func wissel(t *testing.T, dir string) error {
	t.Helper()
	l, err := hublog.Open(hublog.Config{Dir: dir, Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return Wissel(context.Background(), l, filepath.Join(dir, "meester.sleutel"))
}

func TestNieuweMeestersleutelLeestAllesEnDeOudeNiets(t *testing.T) {
	dir := t.TempDir()
	oud, nieuw := gevuld(t, dir)
	ref := eersteRef(t, dir)
	meester := filepath.Join(dir, "meester.sleutel")
	vorige, err := os.ReadFile(meester)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // and once more, from a store that was changed before
		if err := wissel(t, dir); err != nil {
			t.Fatal(err)
		}
		naWissel(t, dir, oud, nieuw, ref)
	}
	if err := os.WriteFile(meester, vorige, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := hublog.Open(hublog.Config{Dir: dir, Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := Open(context.Background(), l, meester); err == nil || !strings.Contains(err.Error(), "past niet") {
		t.Errorf("the old master key still opens the store: %v", err)
	}
}

// Stopped after any number of writes to the disk, the change is finished by
// doing it again, and until then the hub does not start.
func TestAfgebrokenWisselIsAfTeMaken(t *testing.T) {
	basis := t.TempDir()
	oud, nieuw := gevuld(t, basis)
	ref := eersteRef(t, basis)
	stappen := []struct {
		naam string
		tot  func(ctx context.Context, s *Sleutels, meester string) error
	}{
		{"alleen de nieuwe sleutel", func(context.Context, *Sleutels, string) error { return nil }},
		{"een bericht", func(ctx context.Context, s *Sleutels, _ string) error {
			for _, p := range s.index {
				return s.herpak(ctx, p.seq)
			}
			return nil
		}},
		{"alle berichten", func(ctx context.Context, s *Sleutels, _ string) error { return s.herpakAlles(ctx) }},
		{"ook het controlebericht", func(ctx context.Context, s *Sleutels, _ string) error {
			if err := s.herpakAlles(ctx); err != nil {
				return err
			}
			_, err := s.stroom.PubliceerNa(s.stroom.Laatste(), controleBericht(s.volgend, s.refKey))
			return err
		}},
		{"ook het bestand", func(ctx context.Context, s *Sleutels, meester string) error {
			if err := s.herpakAlles(ctx); err != nil {
				return err
			}
			if _, err := s.stroom.PubliceerNa(s.stroom.Laatste(), controleBericht(s.volgend, s.refKey)); err != nil {
				return err
			}
			return os.Rename(wisselBestand(meester), meester)
		}},
	}
	for i, stap := range stappen {
		t.Run(stap.naam, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "hub")
			if err := os.CopyFS(dir, os.DirFS(basis)); err != nil {
				t.Fatal(err)
			}
			meester := filepath.Join(dir, "meester.sleutel")
			if err := os.Chmod(meester, 0o600); err != nil {
				t.Fatal(err)
			}
			onderbreek(t, dir, stap.tot)
			if i < 4 {
				l, err := hublog.Open(hublog.Config{Dir: dir, Reserve: -1})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := Open(context.Background(), l, meester); err == nil {
					t.Error("the hub starts in the middle of a change")
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				if err := wissel(t, dir); err != nil {
					t.Fatal(err)
				}
			}
			naWissel(t, dir, oud, nieuw, ref)
		})
	}
}

// onderbreek does a change up to somewhere.
func onderbreek(t *testing.T, dir string, tot func(context.Context, *Sleutels, string) error) {
	t.Helper()
	ctx := context.Background()
	meester := filepath.Join(dir, "meester.sleutel")
	m, err := laadMeester(meester, false)
	if err != nil {
		t.Fatal(err)
	}
	n, err := laadMeester(wisselBestand(meester), true)
	if err != nil {
		t.Fatal(err)
	}
	l, err := hublog.Open(hublog.Config{Dir: dir, Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := leeg()
	if s.stroom, err = l.Stroom("SLEUTELS"); err != nil {
		t.Fatal(err)
	}
	s.omhulsel, _ = omhulselVan(m)
	s.volgend, _ = omhulselVan(n)
	if err := s.herbouw(ctx); err != nil {
		t.Fatal(err)
	}
	s.refKey, _ = refSleutel(m)
	if err := tot(ctx, s, meester); err != nil {
		t.Fatal(err)
	}
}

// After a change the wrapped keys of before are nowhere on disk.
func TestNaWisselStaanDeOudeSleutelsNergens(t *testing.T) {
	dir := t.TempDir()
	gevuld(t, dir)
	l, s := open(t, dir)
	var pakken [][]byte
	if err := s.stroom.Vanaf(context.Background(), 0, func(_ uint64, data []byte) error {
		if rs, err := leesBericht(data); err == nil {
			for _, r := range rs {
				if r.soort == soortSleutel {
					pakken = append(pakken, bytes.Clone(r.pak))
				}
			}
		}
		return nil
	}); err != nil || len(pakken) == 0 {
		t.Fatal(len(pakken), err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := wissel(t, dir); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(pad string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(pad)
		for _, p := range pakken {
			if bytes.Contains(b, p) {
				t.Errorf("an old key stands in %s", pad)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
