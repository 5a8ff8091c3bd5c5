package hublog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// entries of one block: some large, some empty.
func blokVan(seq int) (uit [][]byte) {
	r := rand.New(rand.NewPCG(1, uint64(seq)))
	for i := range 100 {
		b := fmt.Appendf(nil, "blok %d, %d ", seq, i)
		for n := r.IntN(3000); len(b) < n; {
			b = fmt.Append(b, r.Uint32())
		}
		uit = append(uit, b)
	}
	return append(uit, nil, bytes.Repeat([]byte{'x'}, 50_000), nil)
}

func TestBlokKomtHeelTerug(t *testing.T) {
	for _, in := range [][][]byte{blokVan(1), {nil}, {[]byte("een")}, {nil, nil}, {bytes.Repeat([]byte{'y'}, 20_000), []byte("z")}} {
		blok := new(codeur).codeer(in)
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

func TestBlokVanAndereVersie(t *testing.T) {
	blok := new(codeur).codeer([][]byte{[]byte("een")})
	blok[0]++
	for _, b := range [][]byte{nil, {}, blok, blok[:1], {blokVersie, 0xff, 0xff, 0xff, 0xff, 0x0f}} {
		if _, err := decodeer(b); !errors.Is(err, errBlok) {
			t.Errorf("%x: %v", b, err)
		}
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
		if _, err := l.afschrift.plek(l.Laatste()); err == nil {
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
	l.afschrift.gewacht.Store(time.Now().UnixNano())
	l.Straks([]uint64{1 << 16, 1<<16 | 5, 1<<16 | 0xffff, 2 << 16, 999 << 16}) // a hint, also of what is not there
	for seq := 1; seq <= int(l.Laatste()); seq++ {
		for i, want := range blokVan(seq) {
			p := PlaatsVan(uint64(seq), i)
			if e, err := l.afschrift.lees(nil, p); err == nil {
				uitAfschrift++
				if !bytes.Equal(e, want) {
					t.Fatalf("%d/%d: the copy tells another", seq, i)
				}
			}
			if e, err := l.ReadIn(context.Background(), make([]byte, 3, 2000), p); err != nil || !bytes.Equal(e, want) {
				t.Fatalf("%d/%d: %v", seq, i, err)
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
		"weg":               os.RemoveAll,
		"staart weg":        func(p string) error { return os.Truncate(filepath.Join(p, "regels"), 60_000) },
		"blokken korter":    func(p string) error { return os.Truncate(filepath.Join(p, "blokken"), 30) },
		"blokken weg":       func(p string) error { return os.Remove(filepath.Join(p, "blokken")) },
		"plekken weg":       func(p string) error { return os.Remove(filepath.Join(p, "plekken")) },
		"plekken korter":    func(p string) error { return os.Truncate(filepath.Join(p, "plekken"), 499) },
		"woorden weg":       func(p string) error { return os.Remove(filepath.Join(p, "woorden")) },
		"woorden korter":    func(p string) error { return os.Truncate(filepath.Join(p, "woorden"), 999) },
		"rommel in woorden": func(p string) error { return overschrijf(filepath.Join(p, "woorden"), 100, []byte("woorden")) },
		"regels leeg":       func(p string) error { return os.Truncate(filepath.Join(p, "regels"), 0) },
		"nullen erin":       func(p string) error { return overschrijf(filepath.Join(p, "regels"), 100, make([]byte, 50_000)) },
		"rommel in blokken": func(p string) error {
			return overschrijf(filepath.Join(p, "blokken"), 24, []byte{0, 0, 0, 0, 0, 0, 9, 9})
		},
		"ander blok": func(p string) error { return overschrijf(filepath.Join(p, "blokken"), 24, []byte{7: 1}) },
		"rommel in plekken": func(p string) error {
			return overschrijf(filepath.Join(p, "plekken"), 18, bytes.Repeat([]byte{0xfe}, 700))
		},
		"andere vorm": func(p string) error { return overschrijf(filepath.Join(p, "vorm"), 0, []byte("9")) },
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

// What was left out while much came in, and what is found damaged, is copied
// from the log later.
func TestWatInHetAfschriftOntbreektKomtErAlsnogIn(t *testing.T) {
	dir := t.TempDir()
	vulAfschrift(t, dir, 5)
	if err := overschrijf(filepath.Join(dir, "afschrift", "blokken"), blokPlek, make([]byte, blokPlek)); err != nil { // block 2
		t.Fatal(err)
	}
	if err := overschrijf(filepath.Join(dir, "afschrift", "regels"), 10, []byte("kapot")); err != nil { // block 1
		t.Fatal(err)
	}
	l := open(t, Config{Dir: dir, Reserve: -1})
	wacht := func(seq uint64) {
		t.Helper()
		for eind := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			if es, err := l.afschrift.blok(seq); err == nil && len(es) == len(blokVan(1)) {
				return
			}
			if time.Now().After(eind) {
				t.Fatalf("block %d was never copied", seq)
			}
		}
	}
	wacht(2)
	for range maxRij * 3 { // more than may wait
		l.afschrift.mist(4)
	}
	leesAlles(t, l) // meets the damage
	wacht(1)
	if n := leesAlles(t, l); n != 5*len(blokVan(1)) {
		t.Errorf("%d entries out of the copy", n)
	}
}

// An entry packed alone takes no more room than many together, also when the
// first words were of something else.
func TestEenRegelAlleenNeemtWeinigPlaats(t *testing.T) {
	var b boeken
	if err := b.open(filepath.Join(t.TempDir(), "woorden")); err != nil {
		t.Fatal(err)
	}
	defer b.f.Close()
	r := rand.New(rand.NewPCG(1, 1))
	maak := func(soort string) []byte {
		return fmt.Appendf(nil, `{"soort":"%s","id":"%x","tekst":"%s"}`, soort, r.Uint64(), bytes.Repeat([]byte(soort+" en nog veel meer van hetzelfde. "), 20))
	}
	_, _ = b.voor([][]byte{[]byte("een regel die op niets lijkt")})
	var ruw, gepakt int
	for i := range 2000 {
		e := maak([]string{"melding", "uitkomst"}[i%2])
		_, w := b.voor([][]byte{e})
		p := w.pak(nil, e)
		if uit, err := w.pakUit(nil, p); err != nil || !bytes.Equal(uit, e) {
			t.Fatalf("%d: %v", i, err)
		}
		if i > 1000 {
			ruw, gepakt = ruw+len(e), gepakt+len(p)
		}
	}
	if gepakt > ruw/8 {
		t.Errorf("%d bytes of %d", gepakt, ruw)
	}
}
