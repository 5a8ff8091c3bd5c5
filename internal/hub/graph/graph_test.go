package graph

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

var (
	sleutel = []byte("0123456789abcdef0123456789abcdef")
	begin   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

func vul(t *testing.T, g *Graph, seq uint64) {
	t.Helper()
	s := g.Stap()
	for i := range uint64(10) {
		p := seq<<16 | i
		tijd := begin.Add(time.Duration(100-p%7) * time.Minute) // not in log order
		for _, te := range []Term{{Alle, ""}, {Type, "t"}, {Persoon, string(rune('a' + i%2))}} {
			if err := s.Post(te.Kind, te.Waarde, tijd, p); err != nil {
				t.Fatal(err)
			}
		}
		s.Zet(Interactie, string(rune(p)), p, []byte("ok"))
	}
	if err := s.Blad(seq, seq*10, begin.Add(time.Duration(seq)*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Klaar(seq); err != nil {
		t.Fatal(err)
	}
}

func opent(t *testing.T, dir string) *Graph {
	t.Helper()
	g, err := Open(dir, sleutel, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if g.db != nil {
			_ = g.Close()
		}
	})
	return g
}

// zoek gives the first n hits after na.
func zoek(t *testing.T, g *Graph, v Vraag, n int) (uit []uint64) {
	t.Helper()
	err := g.Zoek(v, func(p uint64) (bool, error) {
		uit = append(uit, p)
		return len(uit) < n, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return uit
}

func TestZoekGeeftLogvolgordePerBladzijde(t *testing.T) {
	g := opent(t, t.TempDir())
	for seq := uint64(1); seq <= 5; seq++ {
		vul(t, g, seq)
	}
	for _, v := range []Vraag{
		{Termen: []Term{{Persoon, "a"}, {Type, "t"}}},
		{Termen: []Term{{Persoon, "a"}, {Type, "t"}}, Smal: true},
		{Termen: []Term{{Persoon, "a"}}, Vanaf: begin, Tot: begin.Add(1000 * time.Hour)},
	} {
		var alle []uint64
		for {
			tr := zoek(t, g, v, 4)
			alle = append(alle, tr...)
			if len(tr) < 4 {
				break
			}
			v.Na = tr[len(tr)-1]
		}
		if len(alle) != 25 {
			t.Fatalf("got %d hits, want 25", len(alle))
		}
		for i := range alle[1:] {
			if alle[i] >= alle[i+1] {
				t.Fatalf("not in log order: %v", alle)
			}
		}
		v.Na, v.TotEnMet = 2<<16|3, 4<<16|2
		if tr := zoek(t, g, v, 99); len(tr) != 3+5+2 || tr[0] != 2<<16|4 || tr[9] != 4<<16|2 {
			t.Fatalf("between two places: %x", tr)
		}
		if v.Na, v.TotEnMet = 4<<16|2, 2<<16|3; len(zoek(t, g, v, 99)) != 0 {
			t.Fatal("found between two places that are the other way round")
		}
	}
	for _, smal := range []bool{false, true} {
		if tr := zoek(t, g, Vraag{Termen: []Term{{Persoon, "a"}, {Type, "ander"}}, Smal: smal}, 9); len(tr) != 0 {
			t.Fatalf("an event without the type was found: %v", tr)
		}
	}
}

func TestZoekOverTijdGaatVerderNaElkePartij(t *testing.T) {
	g := opent(t, t.TempDir())
	s := g.Stap()
	n := 3*partij + 7
	for i := range n { // the newest stands first in the log
		if err := s.Post(Alle, "", begin.Add(-time.Duration(i)*time.Second), uint64(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Klaar(1); err != nil {
		t.Fatal(err)
	}
	tr := zoek(t, g, Vraag{Vanaf: begin.Add(-time.Duration(n) * time.Second)}, n+1)
	for i, p := range tr {
		if p != uint64(i+1) {
			t.Fatalf("hit %d is %d", i, p)
		}
	}
	if len(tr) != n {
		t.Fatalf("got %d, want %d", len(tr), n)
	}
}

func TestVanafIsInclusiefTotIsExclusief(t *testing.T) {
	g := opent(t, t.TempDir())
	s := g.Stap()
	for i := range uint64(3) {
		for _, k := range []Kind{Alle, Type} {
			if err := s.Post(k, "", begin.Add(time.Duration(i)*time.Second), i+1); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Klaar(1); err != nil {
		t.Fatal(err)
	}
	for _, termen := range [][]Term{nil, {{Kind: Type}}} {
		tr := zoek(t, g, Vraag{Termen: termen, Vanaf: begin, Tot: begin.Add(2 * time.Second)}, 10)
		if len(tr) != 2 || tr[0] != 1 || tr[1] != 2 {
			t.Fatalf("got %v", tr)
		}
	}
}

// What the hub knew at a moment ends at the first block that was received
// after it; a clock that goes back does not make that earlier.
func TestBlokOpGaatNooitTerug(t *testing.T) {
	g := opent(t, t.TempDir())
	for i, uur := range []int{1, 2, 2, 5, 3, 6} {
		s := g.Stap()
		if err := s.Blad(uint64(i+1), 0, begin.Add(time.Duration(uur)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.Klaar(uint64(i + 1)); err != nil {
			t.Fatal(err)
		}
	}
	for uur, want := range map[int]uint64{0: 1, 1: 2, 2: 4, 3: 4, 4: 4, 5: 6, 6: 7, 9: 7} {
		if got, err := g.BlokOp(begin.Add(time.Duration(uur) * time.Hour)); err != nil || got != want {
			t.Errorf("after %d hours: block %d, want %d (%v)", uur, got, want, err)
		}
	}
}

func TestIndexInAndereVormWordtOpnieuwGebouwd(t *testing.T) {
	dir := t.TempDir()
	g := opent(t, dir)
	vul(t, g, 1)
	if err := g.db.Set(versieSleutel, []byte{versie - 1}, pebble.NoSync); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g.db = nil
	g = opent(t, dir)
	if stand, err := g.Stand(); err != nil || stand != 0 {
		t.Fatalf("the old form is still in use: %d %v", stand, err)
	}
	vul(t, g, 1)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g.db = nil
	if stand, err := opent(t, dir).Stand(); err != nil || stand != 1 {
		t.Fatalf("the new form did not stay: %d %v", stand, err)
	}
}

func TestUniekZietEigenStap(t *testing.T) {
	g := opent(t, t.TempDir())
	s := g.Stap()
	s.Zet(Activiteit, "x", 7, []byte("w"))
	if p, w, ok, err := s.Uniek(Activiteit, "x"); err != nil || !ok || p != 7 || string(w) != "w" {
		t.Fatalf("own step not seen: %v %q %v %v", p, w, ok, err)
	}
	if _, _, ok, _ := g.Uniek(Activiteit, "x"); ok {
		t.Fatal("seen before the step was applied")
	}
	s.Weg()
}

// A crash keeps a prefix of the steps, with the watermark that belongs to it;
// doing the rest again gives the same model.
func TestHerbouwIsGelijkNaStroomuitval(t *testing.T) {
	fs := vfs.NewCrashableMem()
	g, err := open("g", sleutel, 0, fs)
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= 6; seq++ {
		vul(t, g, seq)
		if seq == 3 {
			if err := g.Bewaar(); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, err := g.Hash()
	if err != nil {
		t.Fatal(err)
	}
	na := fs.CrashClone(vfs.CrashCloneCfg{})
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g, err = open("g", sleutel, 0, na)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	stand, err := g.Stand()
	if err != nil || stand < 3 || stand > 6 {
		t.Fatalf("watermark after the crash is %d (%v)", stand, err)
	}
	for seq := stand + 1; seq <= 6; seq++ {
		vul(t, g, seq)
	}
	if got, _ := g.Hash(); got != want {
		t.Fatal("the rebuilt model differs")
	}
}

// stapVan adds n events from plaats van on to a step, as the hub does: what is
// known already changes nothing.
func stapVan(t *testing.T, s *Stap, van, n uint64) {
	t.Helper()
	for p := van; p < van+n; p++ {
		naam := strconv.FormatUint(p%7000, 10) // some come twice
		_, _, bekend, err := s.Uniek(Interactie, naam)
		if err != nil {
			t.Fatal(err)
		}
		if bekend {
			continue
		}
		s.Zet(Interactie, naam, p, []byte("uitkomst "+naam))
		s.Zet(Activiteit, "a"+naam, p, nil)
		if _, _, bekend, err = s.Uniek(Afscherming, naam); err != nil {
			t.Fatal(err)
		}
		if !bekend && p%10 == 0 { // what the chain remembers of it, once
			s.Zet(Afscherming, naam, p, nil)
			if err := s.ZetStaat("feit", naam, []byte("waarde")); err != nil {
				t.Fatal(err)
			}
		}
		for _, te := range []Term{{Alle, ""}, {Type, "t"}, {Persoon, strconv.FormatUint(p%300, 10)}, {Zaak, naam}, {Onderwerp, naam}, {Organisatie, "o"}} {
			if err := s.Post(te.Kind, te.Waarde, begin.Add(time.Duration(p%90)*time.Minute), p); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever the size of the steps, and whatever of them stands in rows, in tables
// or on its way between them, the model is the same; also when the power fails in
// the middle and the rest is done again.
func TestStappenVanElkeGrootteGevenHetzelfde(t *testing.T) {
	const n = 8000
	doe := func(g *Graph, van, stap uint64, spoel bool) {
		for p := van; p <= n; p += stap {
			s := g.Stap()
			stapVan(t, s, p, stap)
			if err := s.Klaar(p + stap - 1); err != nil {
				t.Fatal(err)
			}
			if spoel && p%3 == 0 {
				g.spoel()
			}
		}
	}
	hash := func(g *Graph) [32]byte {
		h, err := g.Hash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	klein := opent(t, t.TempDir())
	doe(klein, 1, 250, false)
	want := hash(klein)
	groot := opent(t, t.TempDir())
	doe(groot, 1, n, true)
	if hash(groot) != want {
		t.Error("one large step gives another model")
	}
	for ronde := range uint64(4) {
		fs := vfs.NewCrashableMem()
		g, err := open("g", sleutel, 0, fs)
		if err != nil {
			t.Fatal(err)
		}
		doe(g, 1, 100, true)
		if hash(g) != want { // while tables are made
			t.Error("rows and tables together give another model")
		}
		r := rand.New(rand.NewPCG(ronde, 7))
		na := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 50, RNG: r})
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if g, err = open("g", sleutel, 0, na); err != nil {
			t.Fatal(err)
		}
		stand, err := g.Stand()
		if err != nil {
			t.Fatal(err)
		}
		doe(g, stand+1, 100, ronde%2 == 0)
		if hash(g) != want {
			t.Errorf("after the power failed at %d the model differs", stand)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := na.Stat(g.inladen); err == nil {
			t.Error("the table is left behind")
		}
	}
}
