package ledger

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"

	"github.com/handbereik/soh/internal/begrip"
)

// kopieVan copies all of a ledger the way `soh verify haal` does.
func kopieVan(t *testing.T, l *Ledger) map[string][]byte {
	t.Helper()
	k := map[string][]byte{}
	_, err := Keur(bronVan(l), Keuring{Sleutel: l.Sleutel(), Tegel: func(pad string, b []byte) error { k[pad] = bytes.Clone(b); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func bronVan(l *Ledger) Bron {
	return func(pad string) ([]byte, error) {
		if pad == "checkpoint" {
			noot, _ := l.Stand()
			return noot, nil
		}
		b, _, err := l.Tegel(pad)
		if begrip.Is(err, begrip.NietGevonden) {
			return nil, fs.ErrNotExist
		}
		return b, err
	}
}

func uit(k map[string][]byte) Bron {
	return func(pad string) ([]byte, error) {
		if b, ok := k[pad]; ok {
			return b, nil
		}
		return nil, fs.ErrNotExist
	}
}

func regel(i int64) ([]byte, error) { return entry(i), nil }

func teken(t *testing.T, l *Ledger) []byte {
	t.Helper()
	noot, err := l.Onderteken()
	if err != nil {
		t.Fatal(err)
	}
	return noot
}

func TestKopieIsZonderDeHubNaTeKijken(t *testing.T) {
	l := open(t, database(t), t.TempDir())
	var oud [][]byte
	n := int64(0)
	for _, tot := range []int64{1, 255, 256, 257, 700, 66_000} {
		voegToe(t, l, n, tot)
		n = tot
		noot := teken(t, l)
		k := kopieVan(t, l)
		u, err := Keur(uit(k), Keuring{Sleutel: l.Sleutel(), Regel: regel})
		if err != nil || u.Tot != n || u.Regels != n || u.Stand.Grootte != n {
			t.Fatalf("%d: %+v %v", n, u, err)
		}
		for _, o := range append(oud, noot) { // every older one is a beginning of this one
			if u, err := Keur(uit(k), Keuring{Sleutel: l.Sleutel(), Sinds: o, Vanaf: n}); err != nil || u.Sinds == 0 {
				t.Fatalf("%d: %v", n, err)
			}
		}
		oud = append(oud, noot)
		if n > 300 {
			u, err := Keur(uit(k), Keuring{Sleutel: l.Sleutel(), Vanaf: 250, Tot: 300, Regel: regel})
			if err != nil || u.Regels != 50 {
				t.Fatalf("range: %+v %v", u, err)
			}
		}
	}
	k := kopieVan(t, l)
	// A log may drop the partial tiles of its past: the full one tells the same.
	delete(k, "tile/0/000.p/1")
	if _, err := Keur(uit(k), Keuring{Sleutel: l.Sleutel(), Sinds: oud[0], Vanaf: n}); err != nil {
		t.Fatal(err)
	}
}

func TestGeknoeiMetEenKopieValtOp(t *testing.T) {
	l := open(t, database(t), t.TempDir())
	voegToe(t, l, 0, 300)
	eerste := teken(t, l)
	voegToe(t, l, 300, 700)
	teken(t, l)
	goed := kopieVan(t, l)
	keur := func(k map[string][]byte, kk Keuring) error {
		kk.Sleutel = l.Sleutel()
		_, err := Keur(uit(k), kk)
		return err
	}
	for pad, b := range goed {
		for _, i := range []int{0, len(b) / 2, len(b) - 1} {
			k := map[string][]byte{}
			for p, x := range goed {
				k[p] = x
			}
			k[pad] = bytes.Clone(b)
			k[pad][i] ^= 1
			if keur(k, Keuring{}) == nil {
				t.Errorf("a changed byte %d of %s was not seen", i, pad)
			}
			delete(k, pad)
			if keur(k, Keuring{}) == nil {
				t.Errorf("%s is gone and nobody noticed", pad)
			}
		}
	}
	if err := keur(goed, Keuring{Regel: func(i int64) ([]byte, error) {
		if i == 421 {
			return []byte("iets anders"), nil
		}
		return entry(i), nil
	}}); err == nil || !strings.Contains(err.Error(), "regel 421") {
		t.Error(err)
	}
	// Another log under the same key, as a hub that rewrites its past would show.
	ander := open(t, database(t), t.TempDir())
	b := ander.cfg.DB.NewBatch()
	es := [][]byte{[]byte("anders")}
	for i := int64(1); i < 700; i++ {
		es = append(es, entry(i))
	}
	if _, err := ander.Append(b, es); err != nil || ander.Sluit(b) != nil || b.Commit(pebble.NoSync) != nil {
		t.Fatal(err)
	}
	ander.ondertekent, ander.vkey = l.ondertekent, l.vkey
	teken(t, ander)
	vals := kopieVan(t, ander)
	if err := keur(vals, Keuring{}); err != nil {
		t.Fatal(err) // alone it is a log like any other
	}
	if err := keur(vals, Keuring{Sinds: eerste}); err == nil || !strings.Contains(err.Error(), "verleden is veranderd") {
		t.Error(err)
	}
	korter := open(t, database(t), t.TempDir())
	voegToe(t, korter, 0, 200)
	korter.ondertekent, korter.vkey = l.ondertekent, l.vkey
	teken(t, korter)
	if err := keur(kopieVan(t, korter), Keuring{Sinds: eerste}); err == nil || !strings.Contains(err.Error(), "korter geworden") {
		t.Error(err)
	}
	if err := keur(goed, Keuring{Vanaf: 5, Tot: 701}); err == nil {
		t.Error("a range beyond the checkpoint was checked")
	}
	if _, err := Keur(func(string) ([]byte, error) { return nil, errors.New("stuk") }, Keuring{Sleutel: l.Sleutel()}); err == nil {
		t.Error("no checkpoint, no error")
	}
}
