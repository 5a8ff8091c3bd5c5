package opdracht

import (
	"fmt"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// A hundred parties that never answer, each with several Opdrachten, do not keep
// one that does waiting: not at the first try, and not later.
func TestStillePartijenHoudenNiemandOp(t *testing.T) {
	p := nieuw(t, func(c *Config) { c.Grenzen.PerUur = 10_000 })
	traag := 30 * time.Millisecond // of a real silent party: seconds
	p.regel = func(o Opdracht) error {
		if o.Van == vt.OIN {
			return nil
		}
		time.Sleep(traag)
		return begrip.NieuweFout(begrip.BronAntwoordtNiet, "stil")
	}
	groetVan := func(org begrip.Organisatie) Opdracht {
		return vraag1(func(o *Opdracht) { o.Soort, o.Van, o.Onderwerp.Bron = "groet", org.OIN, org.OIN })
	}
	const partijen = 100
	for i := range partijen {
		o := begrip.Organisatie{OIN: begrip.OIN(fmt.Sprintf("000000017%08d000", i)), Naam: "stil", Soort: begrip.VeiligThuis}
		p.register[o.OIN] = o
		for range 3 {
			p.krijg(groetVan(o))
		}
	}
	begin := time.Now()
	n := 0
	p.draai("alle antwoorden aan wie wel antwoordt", func() bool {
		if n < 20 {
			p.krijg(groetVan(vt))
			n++
		}
		return p.aantal() == 20
	})
	// One by one in line behind the silent ones it would take 300 × 30 ms / 8 and more
	// at every turn; without an end when each waits in a slot.
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("wie wel antwoordt wachtte %s", d)
	}
}

func TestRoosterWachtLangerNaElkeStilteEnLaatAnderenVoor(t *testing.T) {
	r, nu := nieuwRooster(), time.Now()
	for i := range 6 {
		r.zet(wachtend{id: fmt.Sprint("s", i), bij: "stil"})
	}
	r.zet(wachtend{id: "s0", bij: "stil"}) // the same work once
	if n := len(r.rijen["stil"].werk); n != 6 {
		t.Fatalf("%d", n)
	}
	stilte := begrip.NieuweFout(begrip.BronAntwoordtNiet, "stil")
	wacht := time.Duration(0)
	for i := range 12 {
		w, ok, _ := r.neem(nu)
		if !ok {
			t.Fatalf("beurt %d", i)
		}
		r.klaar(w, stilte, nu)
		if _, ok, _ := r.neem(nu); ok {
			t.Fatal("nog een poging bij wie net stil was")
		}
		_, _, na := r.neem(nu)
		if na < wacht && na != langsteWacht {
			t.Errorf("beurt %d: wacht %s na %s", i, na, wacht)
		}
		wacht, nu = na, nu.Add(na)
	}
	if wacht < time.Minute || wacht > langsteWacht {
		t.Errorf("na twaalf stiltes: %s", wacht)
	}
	r.zet(wachtend{id: "a", bij: "ander"})
	if w, ok, _ := r.neem(nu.Add(-time.Second)); !ok || w.bij != "ander" {
		t.Errorf("een ander wacht op wie stil is: %+v", w)
	}
}
