package hub

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// Bewaring is that the bewaartermijn of one event type was applied: the events
// of before Grens, up to a place in the log, cannot be found any more.
type Bewaring struct {
	Type   string    `json:"type"`
	Grens  time.Time `json:"grens"`
	Plaats uint64    `json:"plaats"`
	Aantal int       `json:"aantal"`
	Op     time.Time `json:"op"`
}

var bewaarSoort = &feitSoort{naam: "bewaartermijn", typen: []string{cloudevent.BewaartermijnToegepast}, mag: magBeheerder, pas: pasBewaring}

// verlopen gives to zie the events of typ of before grens, those that were
// withdrawn included.
func (h *Hub) verlopen(typ string, grens time.Time, totEnMet uint64, zie func(uint64) (bool, error)) error {
	t := graph.Term{Kind: graph.Type, Waarde: typ}
	for _, t := range []graph.Term{t, {Kind: graph.Rust, Waarde: rustTerm(t)}} {
		if err := h.graph.Zoek(graph.Vraag{Termen: []graph.Term{t}, Tot: grens, TotEnMet: totEnMet}, zie); err != nil {
			return err
		}
	}
	return nil
}

// pasBewaring takes the events out of the index, and notes whose keys may be
// given up.
func pasBewaring(w *stap, f feit) (string, error) {
	var v Bewaring
	if err := json.Unmarshal(f.Inhoud, &v); err != nil || v.Type != f.ID || f.Door != w.h.cfg.Organisatie.OIN || v.Plaats >= f.Plaats {
		return "De inhoud van deze gebeurtenis klopt niet.", nil
	}
	return "", w.h.verlopen(v.Type, v.Grens, v.Plaats, func(plaats uint64) (bool, error) {
		g, err := w.h.leesOp(plaats)
		if err != nil || feitSoortVan[g.event.Type] != nil {
			return err == nil, err
		}
		for _, r := range g.frame.Refs {
			if err := w.s.ZetStaat(opgevenStaat, hex.EncodeToString(r[:]), plaatsTekst(f.Plaats)); err != nil {
				return false, err
			}
		}
		return true, w.verberg(g, graph.Verlopen)
	})
}

// opgevenStaat names the persons of whom an event went past its term.
const opgevenStaat = "sleutel-opgeven"

const (
	huishoudRonde = time.Hour
	maxVerlopen   = 2000 // events in one step of the projection
)

// huishouding is what one replica does now and then: it finishes what was begun
// and applies the terms.
func (h *Hub) huishouding(ctx context.Context) error {
	klok := time.NewTicker(huishoudRonde)
	defer klok.Stop()
	for {
		if err := h.ruimOp(ctx, time.Now()); err != nil && ctx.Err() == nil {
			h.cfg.Log.Error("huishouding hapert; later nog eens", "fout", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-klok.C:
		}
	}
}

// ruimOp is one round of the housekeeping, at the given moment.
func (h *Hub) ruimOp(ctx context.Context, nu time.Time) error {
	if !h.wachtOp(ctx, h.log.Laatste(), time.Minute) {
		return errors.New("hub: the projection lags; housekeeping waits")
	}
	fout := h.maakAlleVergetenAf(ctx)
	for _, s := range h.regels.Load().Soorten() {
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
	err = h.verlopen(typ, grens, 0, func(plaats uint64) (bool, error) {
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
	v := Bewaring{Type: typ, Grens: grens, Plaats: plaatsen[len(plaatsen)-1], Aantal: len(plaatsen), Op: nu.UTC().Truncate(time.Second)}
	_, err = h.legFeitVast(ctx, cloudevent.BewaartermijnToegepast, typ, "soh:ToepassenBewaartermijn", v)
	return meer, err
}

// geefSleutelsOp destroys the keys of persons of whom no event is left that can
// be found or shown again.
func (h *Hub) geefSleutelsOp(ctx context.Context) error {
	var refs [][16]byte
	err := h.graph.AlleStaat(opgevenStaat, func(naam string, _ []byte) error {
		if b, err := hex.DecodeString(naam); err == nil && len(b) == 16 && h.sleutels.Heeft([16]byte(b)) {
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
		if ja, err := h.graph.Heeft(t.Kind, t.Waarde); ja || err != nil {
			return ja, err
		}
		return h.graph.Heeft(graph.Rust, rustTerm(t))
	}
	if ja, err := leeft(); ja || err != nil {
		return err
	}
	h.vergeetSlot.Lock()
	defer h.vergeetSlot.Unlock()
	if !h.wachtOp(ctx, h.log.Laatste(), 2*time.Second) { // what was taken in may be about this person
		return begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex loopt achter.")
	}
	if ja, err := leeft(); ja || err != nil {
		return err
	}
	return h.sleutels.Vernietig(ctx, ref)
}
