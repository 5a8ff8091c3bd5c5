package hublog

import (
	"fmt"
	"testing"
	"time"
)

func vraagVan(van string, n, grootte int) *aanvraag {
	a := &aanvraag{van: van, sinds: time.Now()}
	for i := range n {
		e := make([]byte, grootte)
		copy(e, fmt.Sprintf("%s-%d", van, i))
		a.entries = append(a.entries, e)
		a.bytes += grootte
	}
	return a
}

// Who offers a flood waits for itself: another sender's event, offered later,
// stands in the very next block.
func TestVloedVanEenLaatEenAnderNietWachten(t *testing.T) {
	var r rijen
	for range 10 {
		if !r.erbij(vraagVan("vloed", 2000, 100), time.Minute) {
			t.Fatal("the flood is not taken")
		}
	}
	klein := vraagVan("ander", 1, 100)
	r.erbij(klein, time.Minute)
	entries, delen := r.neem()
	if len(entries) != MaxInBlok || klein.genomen != 1 {
		t.Fatalf("%d entries, the other has %d of 1", len(entries), klein.genomen)
	}
	if len(delen) < 2 || delen[1].a != klein {
		t.Error("the other had no turn after the first one of the flood")
	}
	// And the flood keeps its order, also where it was cut.
	gezien := 0
	for blok := 0; ; blok++ {
		i := 0
		for _, d := range delen {
			for k := range d.n {
				if d.a != klein {
					if want := fmt.Sprintf("vloed-%d", gezien%2000); string(entries[i][:len(want)]) != want {
						t.Fatalf("block %d has %s at %d, want %s", blok, entries[i][:12], k, want)
					}
					gezien++
				}
				i++
			}
		}
		if entries, delen = r.neem(); len(entries) == 0 {
			break
		}
	}
	if aantal, _ := r.stand(time.Now()); gezien != 20_000 || aantal != 0 || r.bytes != 0 || len(r.van) != 0 {
		t.Errorf("%d of 20000 came through; %d calls, %d bytes, %d queues are left", gezien, aantal, r.bytes, len(r.van))
	}
}

// A sender that waits too long, or has too much waiting, is refused; others are not.
func TestTerugdrukIsPerAfzender(t *testing.T) {
	var r rijen
	oud := vraagVan("traag", 1, 10)
	oud.sinds = time.Now().Add(-time.Hour)
	r.erbij(oud, time.Second)
	if r.erbij(vraagVan("traag", 1, 10), time.Second) {
		t.Error("who waits for an hour is taken")
	}
	if !r.erbij(vraagVan("ander", 1, 10), time.Second) {
		t.Error("the other is refused for it")
	}
	for r.erbij(vraagVan("vloed", 8, 1<<20), time.Second) {
	}
	if q := r.van["vloed"]; q.bytes > maxEen {
		t.Errorf("one sender has %d bytes waiting", q.bytes)
	}
	if !r.erbij(vraagVan("derde", 1, 1<<20), time.Second) {
		t.Error("no room is left for another")
	}
}

// A block that could not be written takes the rest of its calls with it, and
// nobody else's.
func TestMislukteAanvraagLaatNietsAchter(t *testing.T) {
	var r rijen
	groot, klein := vraagVan("a", 3000, 10), vraagVan("a", 1, 10)
	r.erbij(groot, time.Minute)
	r.erbij(klein, time.Minute)
	r.neem()
	r.weg(groot)
	r.weg(groot)
	if entries, _ := r.neem(); len(entries) != 1 || klein.genomen != 1 {
		t.Errorf("%d entries after the failure, want the one that follows", len(entries))
	}
}
