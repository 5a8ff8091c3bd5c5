package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/handbereik/soh/internal/begrip"
)

func database(t *testing.T) *pebble.DB {
	t.Helper()
	db, err := pebble.Open(t.TempDir(), &pebble.Options{DisableWAL: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func open(t *testing.T, db *pebble.DB, dir string) *Ledger {
	t.Helper()
	l, err := Open(Config{DB: db, Prefix: []byte("L"), Sleutel: filepath.Join(dir, "ledger.sleutel")})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func entry(i int64) []byte { return fmt.Appendf(nil, "gebeurtenis %d", i) }

func voegToe(t *testing.T, l *Ledger, van, tot int64) {
	t.Helper()
	var es [][]byte
	for i := van; i < tot; i++ {
		es = append(es, entry(i))
	}
	b := l.cfg.DB.NewBatch()
	for h := len(es) / 3; len(es) > 0; es, h = es[h:], len(es)-h { // as blocks of one step
		if eerste, err := l.Append(b, es[:h]); err != nil || eerste != van {
			t.Fatalf("%d %v", eerste, err)
		}
		van += int64(h)
	}
	if err := errors.Join(l.Sluit(b), b.Commit(pebble.NoSync)); err != nil {
		t.Fatal(err)
	}
}

// referentie is the same tree by the plain way of package tlog.
type referentie []tlog.Hash

func (r *referentie) ReadHashes(ix []int64) (uit []tlog.Hash, err error) {
	for _, i := range ix {
		uit = append(uit, (*r)[i])
	}
	return uit, nil
}

func TestBoomTegelsEnBewijzenKloppenMetDeReferentie(t *testing.T) {
	dir, db := t.TempDir(), database(t)
	l := open(t, db, dir)
	var ref referentie
	var vorige Checkpoint
	n := int64(0)
	for _, stap := range []int64{1, 1, 5, 248, 1, 1, 255, 800, 3, 65_536 - 1315 + 2, 300} {
		voegToe(t, l, n, n+stap)
		for i := n; i < n+stap; i++ {
			c := Inzet(entry(i))
			hs, err := tlog.StoredHashes(i, c[:], &ref)
			if err != nil {
				t.Fatal(err)
			}
			ref = append(ref, hs...)
		}
		n += stap
		if stap == 5 || stap == 3 {
			l = open(t, db, dir) // go on after a restart
		}
		noot, err := l.Onderteken()
		if err != nil {
			t.Fatal(err)
		}
		c, err := LeesCheckpoint(noot, l.Sleutel())
		wil, _ := tlog.TreeHash(n, &ref)
		if err != nil || c.Grootte != n || c.Wortel != wil || c.Oorsprong != Oorsprong {
			t.Fatalf("%+v %v, wil %d %v", c, err, n, wil)
		}
		for _, i := range []int64{0, n / 2, n - 1} {
			b, err := l.Bewijs(i)
			if err != nil {
				t.Fatal(err)
			}
			if ix, _, err := Verifieer(b, entry(i), l.Sleutel()); err != nil || ix != i {
				t.Fatalf("bewijs %d van %d: %v", i, n, err)
			}
			if _, _, err := Verifieer(b, entry(i+1), l.Sleutel()); err == nil {
				t.Fatal("bewijs geldt voor een andere gebeurtenis")
			}
		}
		if vorige.Grootte > 0 {
			p, err := l.Consistentie(vorige.Grootte, n)
			if err != nil || VerifieerGroei(vorige, c, p) != nil {
				t.Fatalf("groei %d → %d: %v", vorige.Grootte, n, err)
			}
			fout := vorige
			fout.Wortel[3] ^= 1
			if VerifieerGroei(fout, c, p) == nil {
				t.Fatal("groei geldt voor een andere boom")
			}
		}
		vorige = c
	}
	for _, tegel := range tlog.NewTiles(hoogte, 0, n) {
		wil, _ := tlog.ReadTileData(tegel, &ref)
		pad := "tile/" + strings.TrimPrefix(tegel.Path(), "tile/8/")
		data, vol, err := l.Tegel(pad)
		if err != nil || !bytes.Equal(data, wil) || vol != (tegel.W == breedte) {
			t.Fatalf("%s: %v", pad, err)
		}
	}
	b, vol, err := l.Tegel("tile/entries/000.p/3")
	c := Inzet(entry(2))
	if err != nil || vol || len(b) != 3*34 || !bytes.Equal(b[70:], c[:]) || b[69] != 32 {
		t.Fatalf("bundel %x %v", b, err)
	}
	for _, pad := range []string{"", "tile/0/x", "tile/data/000", "tile/entries/999", "tile/0/000.p/0", "tile/8/0/000", "tile/0/../000", "tile/9/000"} {
		if _, _, err := l.Tegel(pad); !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("%q: %v", pad, err)
		}
	}
}

func TestTekentNooitEenBoomDieHetVerledenVerandert(t *testing.T) {
	dir := t.TempDir()
	l := open(t, database(t), dir)
	voegToe(t, l, 0, 10)
	noot, err := l.Onderteken()
	if err != nil {
		t.Fatal(err)
	}
	// The projection is lost and rebuilt: smaller for a while, then the same.
	l = open(t, database(t), dir)
	voegToe(t, l, 0, 4)
	if opnieuw, err := l.Onderteken(); err != nil || !bytes.Equal(opnieuw, noot) {
		t.Fatalf("%v %s", err, opnieuw)
	}
	if _, err := l.Bewijs(1); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Fatal(err)
	}
	voegToe(t, l, 4, 12)
	if _, err := l.Onderteken(); err != nil {
		t.Fatal(err)
	}
	// A log with another past is refused, also after a restart.
	for range 2 {
		l = open(t, database(t), dir)
		b := l.cfg.DB.NewBatch()
		if _, err := l.Append(b, [][]byte{[]byte("veranderd"), entry(1), entry(2), entry(3), entry(4), entry(5), entry(6), entry(7), entry(8), entry(9), entry(10), entry(11), entry(12)}); err != nil || l.Sluit(b) != nil {
			t.Fatal(err)
		}
		_ = b.Commit(pebble.NoSync)
		if _, err := l.Onderteken(); !begrip.Is(err, begrip.Intern) {
			t.Fatalf("een andere boom werd ondertekend: %v", err)
		}
	}
}

func TestHerlaadVergeetWatNietIsVastgelegd(t *testing.T) {
	l := open(t, database(t), t.TempDir())
	voegToe(t, l, 0, 300)
	b := l.cfg.DB.NewBatch()
	if _, err := l.Append(b, [][]byte{[]byte("x"), []byte("y")}); err != nil || l.Sluit(b) != nil {
		t.Fatal(err)
	}
	_ = b.Close()
	if err := l.Herlaad(); err != nil {
		t.Fatal(err)
	}
	voegToe(t, l, 300, 600)
	if _, err := l.Onderteken(); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int64{299, 300, 599} {
		p, _ := l.Bewijs(i)
		if _, _, err := Verifieer(p, entry(i), l.Sleutel()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSleutelbestandWordtBewaakt(t *testing.T) {
	dir, db := t.TempDir(), database(t)
	l := open(t, db, dir)
	voegToe(t, l, 0, 1)
	if _, err := l.Onderteken(); err != nil {
		t.Fatal(err)
	}
	pad := filepath.Join(dir, "ledger.sleutel")
	if fi, _ := os.Stat(pad); fi.Mode().Perm() != 0o600 {
		t.Fatal(fi.Mode())
	}
	cfg := Config{DB: db, Prefix: []byte("L"), Sleutel: pad}
	anders := cfg
	anders.Oorsprong = "iemand.anders/log"
	if _, err := Open(anders); err == nil || !strings.Contains(err.Error(), "andere Ketenindex") {
		t.Fatal(err)
	}
	_ = os.Chmod(pad, 0o640)
	if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Fatal(err)
	}
	_ = os.Remove(pad)
	if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), "ontbreekt") {
		t.Fatal(err)
	}
}

func TestGeknoeiMetEenBewijsValtOp(t *testing.T) {
	l := open(t, database(t), t.TempDir())
	voegToe(t, l, 0, 700)
	if _, err := l.Onderteken(); err != nil {
		t.Fatal(err)
	}
	goed, err := l.Bewijs(421)
	if err != nil {
		t.Fatal(err)
	}
	ander := open(t, database(t), t.TempDir())
	if _, _, err := Verifieer(goed, entry(421), ander.Sleutel()); err == nil {
		t.Fatal("bewijs geldt onder een andere sleutel")
	}
	for i := range goed {
		fout := bytes.Clone(goed)
		fout[i] ^= 1
		if _, _, err := Verifieer(fout, entry(421), l.Sleutel()); err == nil {
			t.Fatalf("veranderd byte %d (%q) valt niet op:\n%s", i, goed[i], fout)
		}
	}
}

func FuzzVerifieer(f *testing.F) {
	f.Add([]byte(kopBewijs + "\nindex 0\n\n" + Oorsprong + "\n1\nAAAA\n\n— x y\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		const vkey = "soh.handbereik/ketenindex+6e0b1a6e+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
		if _, _, err := Verifieer(b, nil, vkey); err == nil {
			t.Fatal("zonder handtekening geldig")
		}
	})
}

// gedeeld is a value with compare-and-set in memory.
func gedeeld() *Gedeeld {
	var mu sync.Mutex
	var noot []byte
	var versie uint64
	return &Gedeeld{
		Lees: func() ([]byte, uint64, error) {
			mu.Lock()
			defer mu.Unlock()
			return noot, versie, nil
		},
		Zet: func(n []byte, v uint64) error {
			mu.Lock()
			defer mu.Unlock()
			if v != versie {
				return ErrVerschoven
			}
			noot, versie = n, versie+1
			return nil
		},
	}
}

func TestKopieenOndertekenenOpVolgordeEnNooitTerug(t *testing.T) {
	deel, geheimen := gedeeld(), t.TempDir()
	kopie := func() *Ledger {
		l, err := Open(Config{DB: database(t), Prefix: []byte("L"), Sleutel: filepath.Join(geheimen, "s"), Getekend: filepath.Join(t.TempDir(), "c"), Gedeeld: deel})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	a, b := kopie(), kopie()
	voegToe(t, a, 0, 300)
	voegToe(t, b, 0, 200)
	groot, err := a.Onderteken()
	if err != nil {
		t.Fatal(err)
	}
	if noot, err := b.Onderteken(); err != nil || noot != nil {
		t.Fatalf("een kleinere boom is ondertekend: %q %v", noot, err)
	}
	voegToe(t, b, 200, 300)
	if noot, err := b.Onderteken(); err != nil || !bytes.Equal(noot, groot) {
		t.Fatalf("%q %v", noot, err)
	}
	voegToe(t, a, 300, 1000)
	voegToe(t, b, 300, 1000)
	var wg sync.WaitGroup
	uit := make([][]byte, 2)
	for i, l := range []*Ledger{a, b} {
		wg.Go(func() {
			var err error
			if uit[i], err = l.Onderteken(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(uit[0], uit[1]) {
		t.Fatalf("twee standen van één boom:\n%s\n%s", uit[0], uit[1])
	}
	c := kopie() // a replica whose log says something else
	bt := c.cfg.DB.NewBatch()
	var es [][]byte
	for i := range int64(1100) {
		es = append(es, entry(i+7))
	}
	if _, err := c.Append(bt, es); err != nil || c.Sluit(bt) != nil {
		t.Fatal(err)
	}
	if err := bt.Commit(pebble.NoSync); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Onderteken(); err == nil || !strings.Contains(err.Error(), "klopt niet") {
		t.Fatalf("een boom die de gedeelde stand tegenspreekt is ondertekend: %v", err)
	}
	if noot, _, _ := deel.Lees(); !bytes.Equal(noot, uit[0]) {
		t.Fatal("de gedeelde stand is vervangen")
	}
}
