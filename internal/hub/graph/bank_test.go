package graph

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What a key of a small step costs, with what comes of it: rows that are merged
// and tables. Five keys are about one event.
func BenchmarkStap(b *testing.B) {
	g, err := Open(b.TempDir(), sleutel, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	r := rand.New(rand.NewPCG(1, 1))
	seq, waarde := uint64(0), make([]byte, 37)
	b.ReportAllocs()
	for i := 0; b.Loop(); {
		s := g.Stap()
		for range 100 {
			var k Sleutel
			for n := range 5 {
				for w := 1; w < 25; w++ {
					k[w] = byte(r.Uint32())
				}
				if k[0] = byte(Persoon); n == 0 {
					k[0] = byte(Interactie)
					s.ZetOp(k, seq, waarde)
				} else if err := s.Postings([]Sleutel{k}); err != nil {
					b.Fatal(err)
				}
			}
			i++
		}
		seq++
		if err := s.Blad(seq, seq*100, time.Time{}); err != nil {
			b.Fatal(err)
		}
		if err := s.Klaar(seq); err != nil {
			b.Fatal(err)
		}
	}
}
