package feit

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/rest"
)

// GezondSoort is the feit of how a party is: only changes are told. The hub
// itself is in it under the OIN of the chain manager.
var GezondSoort = &Soort{
	Naam:  "gezondheid",
	Typen: []string{cloudevent.GezondheidVeranderd},
	mag: func(h *Hub, door begrip.OIN, f Feit) error {
		var s gezondheid.Staat
		if door != h.Cfg.Organisatie.OIN {
			return kern.AlleenBeheerder
		}
		if err := rest.LeesJSON(f.Inhoud, &s); err != nil || string(s.OIN) != f.ID {
			return begrip.NieuweFout(begrip.Ongeldig, "Dit is geen stand van de gezondheid.").Door(err)
		}
		return nil
	},
	geldt: func(h *Hub, f Feit) {
		var s gezondheid.Staat
		if err := json.Unmarshal(f.Inhoud, &s); err == nil {
			h.Gezond.zet(s)
		}
	},
}

// Gezond is the newest state of everyone, in memory.
type Gezond struct {
	slot sync.RWMutex
	op   map[begrip.OIN]gezondheid.Staat
}

func (g *Gezond) zet(s gezondheid.Staat) {
	g.slot.Lock()
	defer g.slot.Unlock()
	g.op[s.OIN] = s
}

func (g *Gezond) Geef(oin begrip.OIN) (gezondheid.Staat, bool) {
	g.slot.RLock()
	defer g.slot.RUnlock()
	s, ok := g.op[oin]
	return s, ok
}

// neemMeting keeps a Meting, and drops what is too old by the time of this one.
func (h *Hub) neemMeting(s *graph.Stap, m gezondheid.Meting) error {
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("hub: meting: %w", err)
	}
	if err := s.WisStaatVoor(MetingSoort, gezondheid.IDVan(m.Begin.Add(-gezondheid.Bewaard))); err != nil {
		return err
	}
	return s.ZetStaat(MetingSoort, m.ID(), b)
}
