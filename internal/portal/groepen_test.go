package portal

import (
	"fmt"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/node/inzage"
)

// TestGroepeer: one line per person, day, purpose and outcome, with what was read in
// one sentence; a refusal never joins an allowed look.
func TestGroepeer(t *testing.T) {
	op := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	kijk := func(wie, wat string, n int, mag bool) inzage.Inkijk {
		k := inzage.Inkijk{Tijdstip: op.Add(-time.Duration(n) * time.Minute), Wie: wie, Organisatie: "VT", Waarom: "Melding beoordelen.", Wat: "Las " + wat + ".", Gegeven: wat, Niveau: 2, Toegestaan: mag}
		if !mag {
			k.Niveau = 0
		}
		return k
	}
	ks := []inzage.Inkijk{kijk("Marieke", "de melding", 0, true), kijk("Marieke", "de beoordeling", 1, true), kijk("Marieke", "de melding", 2, true), kijk("Marieke", "de melding", 3, true),
		kijk("Marieke", "de melding", 4, false), kijk("Johan", "de melding", 5, false), kijk("Marieke", "de melding", 24*60, true)}
	gs := groepeer(ks)
	if len(gs) != 4 || gs[0].Aantal != 4 || gs[0].Wat != "Las: de melding en de beoordeling." || len(gs[0].Keren) != 3 || gs[0].Keren[2].Keer != 2 || gs[1].Toegestaan {
		t.Fatalf("%+v", gs)
	}
}

// TestBladerTotHetEinde: every group stands on one page, the count is that of all, and
// what sources have beyond begins where this list is complete.
func TestBladerTotHetEinde(t *testing.T) {
	op := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	var ks []inzage.Inkijk
	for i := range 53 {
		ks = append(ks, inzage.Inkijk{Tijdstip: op.Add(-time.Duration(i) * 13 * time.Hour), Wie: fmt.Sprint("p", i), Toegestaan: i%7 > 0})
	}
	gezien, getoond := map[string]bool{}, 0
	for n := 1; ; n++ {
		var d wieKeek
		d.blader(groepeer(ks), n, time.Time{}, time.Time{})
		for _, x := range d.Dagen {
			for _, g := range x.Groepen {
				gezien[g.Wie] = true
			}
		}
		if getoond = d.Getoond; d.Oude == "" {
			break
		}
	}
	if len(gezien) != 53 || getoond != 53 {
		t.Errorf("%d people, %d looks", len(gezien), getoond)
	}
	var d wieKeek
	d.blader(groepeer(ks[:3]), 1, time.Time{}, op)
	if !d.Meer || d.Oude == "" {
		t.Errorf("what lies before is not reachable: %+v", d)
	}
}
