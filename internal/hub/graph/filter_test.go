package graph

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/cockroachdb/pebble/v2"
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
	if mis > n/80 {
		t.Errorf("%d of %d look-ups for nothing", mis, n)
	}
}

// What was set before a restart is found after it: what stood in rows, what had
// become a table, and what was set after that.
func TestUniekVindtWatVoorDeHerstartStond(t *testing.T) {
	dir := t.TempDir()
	g := opent(t, dir)
	herstart := func() {
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		g.db = nil
		g = opent(t, dir)
	}
	for seq := uint64(1); seq <= 4; seq++ {
		vul(t, g, seq)
		if seq%2 == 0 {
			g.spoel()
		}
		herstart()
		s := g.Stap()
		for p := uint64(1); p <= seq; p++ {
			for i := range uint64(10) {
				if _, _, ok, err := s.Uniek(Interactie, string(rune(p<<16|i))); err != nil || !ok {
					t.Errorf("after step %d: %d of step %d is not there (%v)", seq, i, p, err)
				}
			}
		}
		if _, _, ok, _ := s.Uniek(Interactie, "een ander"); ok {
			t.Error("found what was never set")
		}
		if k := uniek(g, Interactie, "een ander"); !g.filter.zeker(&k) {
			t.Error("the filter knows everything")
		}
		s.Weg()
	}
}

// A filter that is read back says the same, in whatever parts it came.
func TestFilterKomtTerugZoalsHijWas(t *testing.T) {
	g := opent(t, t.TempDir())
	sleutelVan := func(i int) *Sleutel { k := uniek(g, Interactie, strconv.Itoa(i)); return &k }
	var f filter
	for ronde, n := range []int{1000, eersteDeel, 3 * eersteDeel} {
		for i := range n {
			f.voeg(sleutelVan(i))
		}
		b := g.db.NewBatch()
		if err := f.schrijf(b); err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		var nog filter
		if err := nog.laad(g.db); err != nil {
			t.Fatal(err)
		}
		if nog.over != f.over || !reflect.DeepEqual(nog.delen, f.delen) {
			t.Fatalf("round %d: another filter", ronde)
		}
	}
	if err := g.db.Set(filterSleutel(1, 1), []byte("stuk"), pebble.NoSync); err != nil {
		t.Fatal(err)
	}
	if err := new(filter).laad(g.db); err == nil {
		t.Error("a damaged filter is believed")
	}
}
