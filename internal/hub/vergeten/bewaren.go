package vergeten

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/soorten"
)

const (
	huishoudRonde = time.Hour
	maxVerlopen   = 2000 // events in one step of the projection
)

// Huishouding is what one replica does now and then: it finishes what was begun
// and applies the terms.
func (h *Hub) Huishouding(ctx context.Context) error {
	klok := time.NewTicker(huishoudRonde)
	defer klok.Stop()
	for {
		if err := h.RuimOp(ctx, time.Now()); err != nil && ctx.Err() == nil {
			h.Cfg.Log.Error("huishouding hapert; later nog eens", "fout", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-klok.C:
		}
	}
}

// RuimOp is one round of the housekeeping, at the given moment.
func (h *Hub) RuimOp(ctx context.Context, nu time.Time) error {
	if !h.WachtOp(ctx, h.Log.Laatste(), time.Minute) {
		return errors.New("hub: the projection lags; housekeeping waits")
	}
	fout := h.maakAlleVergetenAf(ctx)
	for _, s := range h.Regels.Load().Soorten() {
		t, ok := soorten.ParseTermijn(s.Bewaartermijn)
		if !ok {
			continue
		}
		for meer := true; meer; {
			var err error
			if meer, err = h.pasTermijnToe(ctx, s.Type, t.Voor(nu.UTC()).Truncate(time.Microsecond), nu); err != nil {
				return errors.Join(fout, err)
			}
		}
	}
	return errors.Join(fout, h.geefSleutelsOp(ctx))
}

// pasTermijnToe hides the first events of typ that are past their term; meer
// when there may be others.
func (h *Hub) pasTermijnToe(ctx context.Context, typ string, grens, nu time.Time) (meer bool, err error) {
	var plaatsen []uint64
	err = h.Feit.Verlopen(typ, grens, 0, func(plaats uint64) (bool, error) {
		plaatsen = append(plaatsen, plaats)
		return len(plaatsen) <= maxVerlopen, nil
	})
	if err != nil || len(plaatsen) == 0 {
		return false, err
	}
	slices.Sort(plaatsen)
	if meer = len(plaatsen) > maxVerlopen; meer {
		plaatsen = plaatsen[:maxVerlopen]
	}
	v := feit.Bewaring{Type: typ, Grens: grens, Plaats: plaatsen[len(plaatsen)-1], Aantal: len(plaatsen), Op: nu.UTC().Truncate(time.Second)}
	_, err = h.Inname.LegFeitVast(ctx, cloudevent.BewaartermijnToegepast, typ, "soh:ToepassenBewaartermijn", v)
	return meer, err
}

// geefSleutelsOp destroys the keys of persons of whom no event is left that can
// be found or shown again.
func (h *Hub) geefSleutelsOp(ctx context.Context) error {
	var refs [][16]byte
	err := h.Graph.AlleStaat(feit.OpgevenStaat, func(naam string, _ []byte) error {
		if b, err := hex.DecodeString(naam); err == nil && len(b) == 16 && h.Sleutels.Heeft([16]byte(b)) {
			refs = append(refs, [16]byte(b))
		}
		return nil
	})
	for _, r := range refs {
		if err != nil {
			return err
		}
		err = h.geefSleutelOp(ctx, r)
	}
	return err
}

func (h *Hub) geefSleutelOp(ctx context.Context, ref [16]byte) error {
	leeft := func() (bool, error) {
		t := graph.Term{Kind: graph.Persoon, Waarde: string(ref[:])}
		if ja, err := h.Graph.Heeft(t.Kind, t.Waarde); ja || err != nil {
			return ja, err
		}
		return h.Graph.Heeft(graph.Rust, feit.RustTerm(t))
	}
	if ja, err := leeft(); ja || err != nil {
		return err
	}
	h.VergeetSlot.Lock()
	defer h.VergeetSlot.Unlock()
	if !h.WachtOp(ctx, h.Log.Laatste(), 2*time.Second) { // what was taken in may be about this person
		return begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex loopt achter.")
	}
	if ja, err := leeft(); ja || err != nil {
		return err
	}
	return h.Sleutels.Vernietig(ctx, ref)
}
