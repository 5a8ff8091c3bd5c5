package feit

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
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

var bewaarSoort = &Soort{Naam: "bewaartermijn", Typen: []string{cloudevent.BewaartermijnToegepast}, mag: magBeheerder, pas: pasBewaring}

// Verlopen gives to zie the events of typ of before grens, those that were
// withdrawn included.
func (h *Hub) Verlopen(typ string, grens time.Time, totEnMet uint64, zie func(uint64) (bool, error)) error {
	t := graph.Term{Kind: graph.Type, Waarde: typ}
	for _, t := range []graph.Term{t, {Kind: graph.Rust, Waarde: RustTerm(t)}} {
		if err := h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{t}, Tot: grens, TotEnMet: totEnMet}, zie); err != nil {
			return err
		}
	}
	return nil
}

// pasBewaring takes the events out of the index, and notes whose keys may be
// given up.
func pasBewaring(w *Stap, f Feit) (string, error) {
	var v Bewaring
	if err := json.Unmarshal(f.Inhoud, &v); err != nil || v.Type != f.ID || f.Door != w.h.Cfg.Organisatie.OIN || v.Plaats >= f.Plaats {
		return "De inhoud van deze gebeurtenis klopt niet.", nil
	}
	return "", w.h.Verlopen(v.Type, v.Grens, v.Plaats, func(plaats uint64) (bool, error) {
		g, err := w.h.LeesOp(plaats)
		if err != nil || SoortVan[g.Event.Type] != nil {
			return err == nil, err
		}
		for _, r := range g.Frame.Refs {
			if err := w.S.ZetStaat(OpgevenStaat, hex.EncodeToString(r[:]), plaatsTekst(f.Plaats)); err != nil {
				return false, err
			}
		}
		return true, w.verberg(g, graph.Verlopen)
	})
}

// OpgevenStaat names the persons of whom an event went past its term.
const OpgevenStaat = "sleutel-opgeven"
