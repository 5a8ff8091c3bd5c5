package beheer

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
)

// Wijziging is one change in the registers, as the log has it. It holds no
// personal data.
type Wijziging struct {
	Moment time.Time  // when the hub took it in
	Type   string     // of its event
	Over   begrip.OIN // whose entry it is
	Door   begrip.OIN // who acted, as the log has it: the hub itself for what it noticed
	Wat    string     // name of the entry, or what a notice says
	Reden  string     // of a party that does not work; empty when it works again
	Goed   bool       // of a change of health
}

// registerSoorten are the feiten whose changes a page about the chain shows.
var registerSoorten = []*feit.Soort{feit.DeelnemerSoort, feit.DienstSoort.Soort, feit.ApiSoort.Soort, feit.StoringSoort.Soort, feit.GezondSoort}

// Geschiedenis gives the newest changes in the registers from vanaf on, newest
// first, at most n. Its cost is a walk over the changes since vanaf, and n reads.
func (h *Hub) Geschiedenis(vanaf time.Time, n int) (uit []Wijziging, err error) {
	var plaatsen []uint64
	for _, s := range registerSoorten {
		for _, typ := range s.Typen {
			var van []uint64 // the last n of this type
			err := h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Type, Waarde: typ}}, Vanaf: vanaf}, func(plaats uint64) (bool, error) {
				if van = append(van, plaats); len(van) > 2*n {
					van = slices.Delete(van, 0, n)
				}
				return true, nil
			})
			if err != nil {
				return nil, err
			}
			plaatsen = append(plaatsen, van...)
		}
	}
	slices.SortFunc(plaatsen, func(a, b uint64) int { return cmp.Compare(b, a) })
	for _, plaats := range plaatsen {
		if len(uit) == n {
			break
		}
		w, ok, err := h.wijzigingOp(plaats)
		if err != nil {
			return nil, err
		}
		if ok {
			uit = append(uit, w)
		}
	}
	return uit, nil
}

// wijzigingOp reads a change; ok is false for one that does not stand.
func (h *Hub) wijzigingOp(plaats uint64) (w Wijziging, ok bool, err error) {
	if weg, err := h.Onvindbaar(plaats); err != nil || weg {
		return w, false, err
	}
	g, err := h.LeesOp(plaats)
	if err != nil {
		return w, false, err
	}
	s := feit.SoortVan[g.Event.Type]
	if s == nil {
		return w, false, nil // the hash of another type
	}
	f, err := feit.Uit(s, g.Event, g.Graaf)
	if err != nil {
		return w, false, nil // told by someone who was refused
	}
	var in struct {
		OIN, Aanbieder, Deelnemer, Over begrip.OIN
		Naam, Wat, Reden                string
		Goed                            bool
	}
	if err := json.Unmarshal(f.Inhoud, &in); err != nil {
		return w, false, nil
	}
	w = Wijziging{Moment: g.Frame.Ontvangen, Type: g.Event.Type, Door: g.Frame.OIN, Wat: in.Naam + in.Wat, Reden: in.Reden, Goed: in.Goed}
	w.Over = in.OIN + in.Aanbieder + in.Deelnemer + in.Over // each kind has one of them
	return w, cloudevent.Bekend(w.Type), nil
}
