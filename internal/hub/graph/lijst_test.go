package graph

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Whatever was put on lists and taken off, in whatever steps, a walk gives what
// is left, in log order; a model of which the rest was never there is the same.
func TestLijstenGevenWatErOverIs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g, kaal := opent(t, t.TempDir()), opent(t, t.TempDir())
	er := map[uint64]time.Time{} // by place
	if err := g.Stap().Klaar(4); err != nil {
		t.Fatal(err)
	}
	for seq := range uint64(6) {
		s := g.Stap()
		for range 400 {
			p := (r.Uint64N(4)+1)<<16 | r.Uint64N(300)
			al, bekend := er[p]
			if bekend && r.IntN(2) == 0 {
				for _, k := range []Kind{Alle, Type} {
					if err := s.Haal(k, "", al, p); err != nil {
						t.Fatal(err)
					}
				}
				delete(er, p)
				continue
			}
			if !bekend {
				er[p] = time.UnixMicro(r.Int64N(8e9) - 4e9).UTC() // around 1970: hours on both sides
			}
			for _, k := range []Kind{Alle, Type} { // again what is there: no second time
				if err := s.Post(k, "", er[p], p); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.Klaar(seq + 4); err != nil { // after all of these blocks
			t.Fatal(err)
		}
		if seq%2 == 0 {
			g.spoel() // what is taken away later is in a table then
		}
	}
	want := slices.Sorted(maps.Keys(er))
	if got := zoek(t, g, Vraag{Termen: []Term{{Kind: Type}}}, 9999); !slices.Equal(got, want) {
		t.Errorf("over the term: %d events, want %d", len(got), len(want))
	}
	van, tot := time.Unix(-1000, 0), time.Unix(2000, 0)
	want = slices.DeleteFunc(want, func(p uint64) bool { return er[p].Before(van) || !er[p].Before(tot) })
	if got := zoek(t, g, Vraag{Vanaf: van, Tot: tot}, 9999); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("over time: %d events, want %d", len(got), len(want))
	}
	s := kaal.Stap()
	for p, op := range er {
		for _, k := range []Kind{Alle, Type} {
			if err := s.Post(k, "", op, p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Klaar(9); err != nil {
		t.Fatal(err)
	}
	a, err := g.Hash()
	b, err2 := kaal.Hash()
	if err != nil || err2 != nil || a != b {
		t.Errorf("the models differ: %v %v", err, err2)
	}
}

func FuzzLijst(f *testing.F) {
	f.Add((&lijst{posten: []post{{tijd: 1<<63 + 5, plaats: 7<<16 | 3}, {tijd: 2, plaats: 7<<16 | 4}}}).bytes(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		const blok = 7 << 16
		l, laatste := new(lijst), uint64(0)
		for lees := (lijstLezer{rest: b, plaats: blok}); ; {
			p, ok, err := lees.volgende()
			if err != nil || ok && (p.plaats>>16 != 7 || len(l.posten) > 0 && p.plaats <= laatste) {
				return // nothing that was written
			}
			if !ok {
				break
			}
			laatste, l.posten = p.plaats, append(l.posten, p)
		}
		if len(l.posten) == 0 {
			return
		}
		nog := lijstLezer{rest: l.bytes(nil), plaats: blok}
		for _, want := range l.posten {
			if p, ok, err := nog.volgende(); err != nil || !ok || p != want {
				t.Fatalf("read back %v %v %v, want %v", p, ok, err, want)
			}
			if !staatIn(l.bytes(nil), want.plaats) {
				t.Fatal("not found")
			}
		}
	})
}
