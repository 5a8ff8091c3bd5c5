package graph

import (
	"strconv"
	"testing"
)

// The filter may ask for a look-up too many, never for one too few: then an
// event would count twice.
func TestFilterVergeetNooit(t *testing.T) {
	g := opent(t, t.TempDir())
	var f filter
	n := 3 * eersteDeel
	for i := range n {
		k := uniek(g, Interactie, strconv.Itoa(i))
		f.voeg(&k)
	}
	if len(f.delen) < 2 {
		t.Fatal("the filter did not grow")
	}
	mis := 0
	for i := range n {
		k := uniek(g, Interactie, strconv.Itoa(i))
		if !f.misschien(&k) {
			t.Fatalf("%d was forgotten", i)
		}
		if k = uniek(g, Activiteit, strconv.Itoa(i)); f.misschien(&k) {
			mis++
		}
	}
	if mis > n/20 {
		t.Errorf("%d of %d look-ups for nothing", mis, n)
	}
}

// What was set before a restart is found after it, whether the filter was read
// already or not.
func TestUniekVindtWatVoorDeHerstartStond(t *testing.T) {
	dir := t.TempDir()
	g := opent(t, dir)
	vul(t, g, 1)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	g.db = nil
	g = opent(t, dir)
	for _, wacht := range []bool{false, true} {
		if wacht {
			g.nieuw.klaar.Wait()
		}
		s := g.Stap()
		for i := range uint64(10) {
			if _, _, ok, err := s.Uniek(Interactie, string(rune(1<<16|i))); err != nil || !ok {
				t.Errorf("filter read %v: %d is not there (%v)", wacht, i, err)
			}
		}
		if _, _, ok, _ := s.Uniek(Interactie, "een ander"); ok {
			t.Error("found what was never set")
		}
		s.Weg()
	}
}
