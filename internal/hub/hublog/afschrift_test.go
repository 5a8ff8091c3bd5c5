package hublog

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// entries of one block: some large, some empty, enough for several parts.
func blokVan(seq int) (uit [][]byte) {
	r := rand.New(rand.NewPCG(1, uint64(seq)))
	for i := range 100 {
		b := fmt.Appendf(nil, "blok %d, %d ", seq, i)
		for n := r.IntN(3000); len(b) < n; {
			b = fmt.Append(b, r.Uint32())
		}
		uit = append(uit, b)
	}
	return append(uit, nil, bytes.Repeat([]byte{'x'}, 3*deelBytes), nil)
}

func TestBlokInDelenKomtHeelTerug(t *testing.T) {
	for _, in := range [][][]byte{blokVan(1), {nil}, {[]byte("een")}, {nil, nil}, {bytes.Repeat([]byte{'y'}, deelBytes+1), []byte("z")}} {
		blok := nieuweCodeur().codeer(in)
		uit, err := decodeer(blok)
		if err != nil || len(uit) != len(in) {
			t.Fatalf("%d van %d: %v", len(uit), len(in), err)
		}
		for i := range in {
			if !bytes.Equal(in[i], uit[i]) {
				t.Fatalf("entry %d: %q", i, uit[i])
			}
		}
		if _, err := decodeer(blok[:len(blok)-1]); err == nil {
			t.Error("a block that ends early was read")
		}
		if _, err := decodeer(append(blok, 0)); err == nil {
			t.Error("a block with more behind it was read")
		}
	}
}

func TestBlokVanVersieEenBlijftLeesbaar(t *testing.T) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	uit, err := decodeer(enc.EncodeAll([]byte("\x01\x02\x03\x02eentj"), nil))
	if err != nil || len(uit) != 2 || string(uit[0]) != "een" || string(uit[1]) != "tj" {
		t.Fatalf("%q %v", uit, err)
	}
}

// vulAfschrift makes a log of n blocks and waits until all are copied.
func vulAfschrift(t *testing.T, dir string, n int) {
	t.Helper()
	l := open(t, Config{Dir: dir, Reserve: -1})
	for i := range n {
		if _, err := l.Append(context.Background(), blokVan(int(l.Laatste())+1)); err != nil {
			t.Fatal(i, err)
		}
	}
	for eind := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, _, err := l.afschrift.plek(l.Laatste()); err == nil {
			break
		}
		if time.Now().After(eind) {
			t.Fatal("the last block was never copied")
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// leesAlles reads every entry; uitAfschrift says how many came out of the copy.
func leesAlles(t *testing.T, l *Log) (uitAfschrift int) {
	t.Helper()
	l.cache = nieuweCache(1) // nothing stays
	for seq := 1; seq <= int(l.Laatste()); seq++ {
		for i, want := range blokVan(seq) {
			p := PlaatsVan(uint64(seq), i)
			if e, err := l.afschrift.lees(p); err == nil {
				uitAfschrift++
				if !bytes.Equal(e, want) {
					t.Fatalf("%d/%d: the copy tells another", seq, i)
				}
			}
			if e, err := l.Read(context.Background(), p); err != nil || !bytes.Equal(e, want) {
				t.Fatalf("%d/%d: %v", seq, i, err)
			}
		}
	}
	if _, err := l.Read(context.Background(), PlaatsVan(1, 999)); err == nil {
		t.Error("an entry that is not there was read")
	}
	return uitAfschrift
}

func TestEenRegelKomtUitHetAfschriftOokNaHerstart(t *testing.T) {
	dir := t.TempDir()
	vulAfschrift(t, dir, 3)
	vulAfschrift(t, dir, 3)
	l := open(t, Config{Dir: dir, Reserve: -1})
	if n := leesAlles(t, l); n != 6*len(blokVan(1)) {
		t.Errorf("%d entries out of the copy", n)
	}
}

// Whatever happens to the copy: what is read is what stands in the log.
func TestBeschadigdAfschriftVerandertGeenAntwoord(t *testing.T) {
	for naam, breek := range map[string]func(pad string) error{
		"weg":             os.RemoveAll,
		"staart weg":      func(p string) error { return os.Truncate(filepath.Join(p, "blokken"), 60_000) },
		"plaatsen korter": func(p string) error { return os.Truncate(filepath.Join(p, "plaatsen"), 12) },
		"plaatsen weg":    func(p string) error { return os.Remove(filepath.Join(p, "plaatsen")) },
		"blokken leeg":    func(p string) error { return os.Truncate(filepath.Join(p, "blokken"), 0) },
		"nullen erin":     func(p string) error { return overschrijf(filepath.Join(p, "blokken"), 100, make([]byte, 50_000)) },
		"rommel in plaats": func(p string) error {
			return overschrijf(filepath.Join(p, "plaatsen"), 8, []byte{0, 0, 0, 0, 0, 0, 9, 9})
		},
		"rommel in een kop": func(p string) error { return overschrijf(filepath.Join(p, "blokken"), 18, []byte{7, 7, 7}) },
	} {
		t.Run(naam, func(t *testing.T) {
			dir := t.TempDir()
			vulAfschrift(t, dir, 4)
			if err := breek(filepath.Join(dir, "afschrift")); err != nil {
				t.Fatal(err)
			}
			leesAlles(t, open(t, Config{Dir: dir, Reserve: -1}))
		})
	}
}

func overschrijf(pad string, van int64, b []byte) error {
	f, err := os.OpenFile(pad, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteAt(b, van)
	return err
}

func TestAfschriftVanEenAnderLogTeltNiet(t *testing.T) {
	een, ander := t.TempDir(), t.TempDir()
	vulAfschrift(t, een, 3)
	l := open(t, Config{Dir: ander, Reserve: -1})
	for range 2 {
		if _, err := l.Append(context.Background(), [][]byte{[]byte("iets anders")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	vreemd := filepath.Join(ander, "afschrift")
	if err := os.RemoveAll(vreemd); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(een, "afschrift"), vreemd); err != nil {
		t.Fatal(err)
	}
	l = open(t, Config{Dir: ander, Reserve: -1})
	l.cache = nieuweCache(1)
	for seq := range uint64(2) {
		if e, err := l.Read(context.Background(), PlaatsVan(seq+1, 0)); err != nil || string(e) != "iets anders" {
			t.Errorf("%d: %q %v", seq+1, e, err)
		}
	}
}
