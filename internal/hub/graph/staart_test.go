package graph

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// A walk and a look-up give the last that was said of every key, wherever that
// stands: in rows, in tables, or in both.
func TestStaartIsEenKaart(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	dir := t.TempDir()
	g := opent(t, dir)
	er := map[Sleutel]string{}
	for stap := range uint64(60) {
		s := g.Stap()
		for range r.IntN(40) {
			var k Sleutel
			k[0], k[3] = byte(Interactie), byte(r.IntN(90))
			if r.IntN(4) == 0 {
				s.haal(k)
				delete(er, k)
				continue
			}
			if s.weg[k] {
				continue
			}
			v := make([]byte, r.IntN(9))
			s.ZetOp(k, stap, v)
			er[k] = string(append(binary.BigEndian.AppendUint64(nil, stap), v...))
		}
		if err := s.Klaar(stap + 1); err != nil {
			t.Fatal(err)
		}
		switch r.IntN(8) {
		case 0:
			g.spoel()
		case 1:
			if err := g.Close(); err != nil {
				t.Fatal(err)
			}
			g.db = nil
			g = opent(t, dir)
		}
		van, tot := []byte{byte(Interactie), 0, 0, byte(r.IntN(90))}, []byte{byte(Interactie), 0, 0, byte(r.IntN(90))}
		l, err := g.loper(van, tot)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range slices.SortedFunc(maps.Keys(er), func(a, b Sleutel) int { return vergelijk(&a, &b) }) {
			if v, ok, err := g.get(want[:]); err != nil || !ok || string(v) != er[want] {
				t.Fatalf("step %d: %x is %x %v %v, want %x", stap, want, v, ok, err, er[want])
			}
			if bytes.Compare(want[:], van) < 0 || bytes.Compare(want[:], tot) >= 0 {
				continue
			}
			k, v, ok, err := l.volgende()
			if err != nil || !ok || !bytes.Equal(k, want[:]) || string(v) != er[want] {
				t.Fatalf("step %d: the walk gives %x %x %v %v, want %x %x", stap, k, v, ok, err, want, er[want])
			}
		}
		if k, _, ok, err := l.volgende(); ok || err != nil {
			t.Fatalf("step %d: the walk goes on to %x %v", stap, k, err)
		}
		l.sluit()
		for i := range 90 {
			k := Sleutel{0: byte(Interactie), 3: byte(i)}
			if _, al := er[k]; al {
				continue
			}
			if v, ok, err := g.get(k[:]); ok || err != nil {
				t.Fatalf("step %d: %x was taken away and is %x, %v", stap, k, v, err)
			}
		}
	}
}

// Who reads while tables are made and rows merged misses nothing that was there
// before.
func TestLezersMissenNietsOnderwijl(t *testing.T) {
	g := opent(t, t.TempDir())
	const n = 400
	var vast sync.WaitGroup
	stand := make(chan uint64, n)
	vast.Go(func() {
		for seq := range stand {
			tr := zoek(t, g, Vraag{Termen: []Term{{Persoon, "a"}}}, 1<<20)
			if uint64(len(tr)) < seq*5 || !slices.IsSorted(tr) {
				t.Errorf("after step %d: %d found", seq, len(tr))
				return
			}
			if _, _, ok, err := g.Uniek(Interactie, string(rune(seq<<16|3))); !ok || err != nil {
				t.Errorf("after step %d its event is not there: %v", seq, err)
				return
			}
		}
	})
	for seq := uint64(1); seq <= n; seq++ {
		vul(t, g, seq)
		if seq%7 == 0 {
			g.spoel()
		}
		stand <- seq
	}
	close(stand)
	vast.Wait()
}

// A table that cannot be made is told to the next step, and tried again then.
func TestTabelDieNietLuktWordtVerteld(t *testing.T) {
	g := opent(t, t.TempDir())
	goed := g.inladen
	g.inladen = "/bestaat/niet/" + "tabel"
	vul(t, g, 1)
	g.spoel()
	if err := g.staart.wacht(); err == nil {
		t.Fatal("nothing is said")
	}
	if len(g.staart.alle()) != 1 {
		t.Fatal("the row is gone")
	}
	g.inladen = goed
	g.spoel()
	if err := g.staart.wacht(); err != nil || len(g.staart.alle()) != 0 {
		t.Fatalf("not made the second time: %v", err)
	}
	if tr := zoek(t, g, Vraag{Termen: []Term{{Persoon, "a"}}}, 99); len(tr) != 5 {
		t.Fatalf("%d found", len(tr))
	}
}

func FuzzReeks(f *testing.F) {
	een := &reeks{}
	een.voeg(&Sleutel{1}, []byte("waarde"), false)
	een.voeg(&Sleutel{2}, nil, true)
	b := make([]byte, een.lengte())
	een.schrijf(b)
	f.Add(b)
	f.Add([]byte{0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := leesReeks(b)
		if err != nil {
			return
		}
		c := make([]byte, r.lengte())
		r.schrijf(c)
		if !bytes.Equal(b, c) {
			t.Fatal("not what was read")
		}
		for i := range r.keys {
			if j := r.vanaf(r.keys[i][:]); j != i {
				t.Fatalf("key %d is at %d", i, j)
			}
			_, _ = r.waarde(i)
		}
	})
}

// Closing waits for a table to be done with altogether: when its rows have left,
// what they were kept by in the store still has to go.
func TestSluitenWachtOpDeTabel(t *testing.T) {
	g := opent(t, t.TempDir())
	vul(t, g, 1)
	klaar, dicht := make(chan struct{}), make(chan error, 1)
	g.staart.klaar = klaar // as it is then: no row is held any more
	go func() { dicht <- g.Close() }()
	select {
	case err := <-dicht:
		t.Fatalf("closed in the middle of it: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(klaar)
	if err := <-dicht; err != nil {
		t.Fatal(err)
	}
	g.db = nil
}
