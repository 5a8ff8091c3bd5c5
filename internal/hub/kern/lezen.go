package kern

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/prov"
)

// UitLog is an event of the log, as the projection saw it.
type UitLog struct {
	Plaats uint64
	Frame  Frame
	Event  cloudevent.Event
	Graaf  prov.Graph
}

// LeesOp reads an event of the log again, inside the projection.
func (h *Kern) LeesOp(plaats uint64) (g UitLog, err error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	b, err := h.Log.Read(ctx, hublog.Plaats(plaats))
	if err == nil {
		g.Plaats = plaats
		g.Frame, err = LeesFrame(b)
	}
	if err == nil {
		g.Event, err = cloudevent.Parse(g.Frame.Event)
	}
	if err == nil {
		g.Graaf, _, err = prov.Lees(g.Event.Data)
	}
	if err != nil {
		return g, fmt.Errorf("hub: event at %d: %w", plaats, err)
	}
	return g, nil
}

// Onvindbaar tells whether the event at plaats may not be shown to anyone.
func (h *Kern) Onvindbaar(plaats uint64) (bool, error) {
	r, err := h.Graph.Onvindbaar(plaats)
	return r != 0, err
}

// FrameOp reads the entry at plaats.
func (h *Kern) FrameOp(ctx context.Context, plaats uint64) (Frame, error) {
	b, err := h.Log.Read(ctx, hublog.Plaats(plaats))
	if err != nil {
		return Frame{}, err
	}
	return LeesFrame(b)
}

const (
	// MaxTermen is under how much one event can be found: each costs room in the index
	// of the whole chain, for as long as the event is kept.
	MaxTermen  = 2000
	FoutTermen = "Deze gebeurtenis noemt te veel personen, zaken en organisaties. Stuur er meer, die elk minder noemen."

	// MaxKaartTermen is how many terms a kaart holds. Each is looked up in the event
	// when it is made, so an event with more is read again in the projection.
	MaxKaartTermen = 64
)

// TermenVan gives what an event can be found by; more than MaxTermen when that is too
// much.
func TermenVan(f Frame, ev cloudevent.Event, g prov.Graph) []graph.Term {
	termen := make([]graph.Term, 0, 16)
	var al map[graph.Term]bool // of many
	erbij := func(k graph.Kind, w string) {
		t := graph.Term{Kind: k, Waarde: w}
		if w == "" || len(termen) > MaxTermen {
			return
		}
		if len(termen) <= MaxKaartTermen {
			if !slices.Contains(termen, t) {
				termen = append(termen, t)
			}
			return
		}
		if al == nil {
			al = make(map[graph.Term]bool, 4*len(termen))
			for _, e := range termen {
				al[e] = true
			}
		}
		if !al[t] {
			al[t] = true
			termen = append(termen, t)
		}
	}
	termen = append(termen, graph.Term{Kind: graph.Alle}, graph.Term{Kind: graph.Type, Waarde: ev.Type})
	erbij(graph.Onderwerp, ev.Subject)
	erbij(graph.Organisatie, f.OIN.URN())
	for _, r := range f.Refs {
		erbij(graph.Persoon, string(r[:]))
	}
	for _, z := range g.Zaken() {
		erbij(graph.Zaak, z)
	}
	zelf := f.OIN.URN()
	noemt := func(naam string) {
		if oin, ok := begrip.OINVan(naam); ok && oin != f.OIN {
			erbij(graph.Genoemd, oin.URN())
		}
	}
	for _, n := range g.Nodes {
		if n.Is(prov.Agent) {
			erbij(graph.Organisatie, OrganisatieURN(n.ID))
		}
		if n.ID != zelf {
			noemt(n.ID)
		}
		for _, p := range n.Props {
			for _, v := range p.Values {
				if v.Kind == prov.Verwijzing && v.Ref != zelf {
					noemt(v.Ref)
				}
			}
		}
	}
	return termen
}

// OrganisatieURN reduces the urn of an organisation's system to the organisation.
func OrganisatieURN(id string) string {
	if oin, ok := begrip.OINVan(id); ok {
		return oin.URN()
	}
	return id
}
