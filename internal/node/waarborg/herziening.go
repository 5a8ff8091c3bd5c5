package waarborg

import (
	"context"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// ronde is how often review dates are looked at. What a review date ends, ends
// on the moment itself (see werkt); the round writes it down.
const ronde = 10 * time.Minute

// Run writes down what review dates ended, and asks the population register
// again what it did not tell, until ctx ends.
func (w *Waarborgen) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { w.vraagAdressen(ctx) })
	for {
		if _, err := w.Hef(ctx); err != nil && ctx.Err() == nil {
			w.cfg.Log.ErrorContext(ctx, "afschermingen nakijken mislukt", "fout", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(ronde):
		}
	}
}

// Hef releases every afscherming whose review date has passed and whose ground
// ends by itself, each with a line in the verwerkingenlog, and gives how many.
func (w *Waarborgen) Hef(ctx context.Context) (aantal int, err error) {
	as, err := w.afschermingen(ctx)
	if err != nil {
		return 0, err
	}
	nu := w.nu().UTC()
	for _, a := range as {
		if !a.vrij(nu) {
			continue
		}
		const reden = "De datum van herziening is bereikt. De afscherming is vanzelf opgeheven."
		regel := w.regel(toegang.Lezer{Organisatie: w.cfg.Organisatie, Persoon: "systeem", Naam: "vaste regel", Rol: begrip.RolSysteem})
		regel.Soort, regel.RecordID, regel.Zaak, regel.BronAfgeschermd = SoortAfscherming.Naam, a.ID, a.Zaak, true
		regel.Redenen = []dossier.Reden{{Tekst: reden, Artikel: a.Reden.Artikel()}}
		_, err := w.stop(ctx, SoortAfscherming, a.ID, Einde{Door: "vaste regel", Reden: reden}, &regel)
		if err != nil && !begrip.Is(err, begrip.Conflict) { // Conflict: somebody just ended it
			return aantal, err
		}
		aantal++
	}
	return aantal, nil
}

func (w *Waarborgen) afschermingen(ctx context.Context) ([]*Afscherming, error) {
	recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: SoortAfscherming.Naam, Staat: StaatActief})
	var uit []*Afscherming
	for _, rec := range recs {
		g, err := SoortAfscherming.Lees(rec)
		if err != nil {
			return nil, err
		}
		uit = append(uit, g.(*Afscherming))
	}
	return uit, err
}

// Taken are what waits for the privacy officer.
type Taken struct {
	Nood     []*Noodtoegang // used, not judged yet; newest first
	Herzien  []*Afscherming // past its review date, and a person has to look
	Lopend   []*Afscherming // withheld now
	Nagezien []*Noodtoegang // judged, newest first
}

// Taken gives the work of the privacy officer now.
func (w *Waarborgen) Taken(ctx context.Context) (Taken, error) {
	var t Taken
	as, err := w.afschermingen(ctx)
	if err != nil {
		return t, err
	}
	nu := w.nu().UTC()
	for _, a := range as {
		switch {
		case a.teHerzien(nu):
			t.Herzien = append(t.Herzien, a)
		case a.werkt(nu):
			t.Lopend = append(t.Lopend, a)
		}
	}
	recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: SoortNoodtoegang.Naam})
	if err != nil {
		return t, err
	}
	for _, rec := range recs {
		g, err := SoortNoodtoegang.Lees(rec)
		if err != nil {
			return t, err
		}
		if n := g.(*Noodtoegang); n.Oordeel == nil {
			t.Nood = append(t.Nood, n)
		} else {
			t.Nagezien = append(t.Nagezien, n)
		}
	}
	return t, nil
}

// Verleng gives an afscherming that a person looked at again a new review date.
func (w *Waarborgen) Verleng(ctx context.Context, id string, tot time.Time, toelichting, door string) error {
	g, err := w.Lees(ctx, SoortAfscherming, id)
	if err != nil {
		return err
	}
	a := g.(*Afscherming)
	a.HerzienOp, a.Toelichting = tot, toelichting
	return w.Wijzig(ctx, SoortAfscherming, id, a, door)
}
