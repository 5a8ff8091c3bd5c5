package hub

import (
	"context"

	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// magZien makes of x what the reader may see now; false when the reader may not
// know that it is there. Every way out of the hub goes through here: queries,
// timelines and subscriptions. What is hidden from the family (schermAfVoorGezin)
// must be hidden before, because the reduced event no longer names the nodes
// that tell so. A filter of the reader must match what comes out of here.
func (h *Hub) magZien(ctx context.Context, lezer register.Deelnemer, x *vondst) (mag bool, err error) {
	soort, _ := h.regels.Load().Soort(x.event.Type)
	n, ok := soort.Niveau(lezer.Organisatie, x.afzender, func() bool {
		var g prov.Graph
		g, err = x.lees()
		return err == nil && noemtOrganisatie(g, lezer.OIN)
	})
	n = min(n, toegang.MaxNiveau(ctx)) // the access token of a system may permit less
	if err != nil || !ok || n >= begrip.NiveauInhoud {
		return err == nil && ok, err
	}
	g, err := x.lees()
	if err != nil {
		return false, err
	}
	x.event, x.graaf = soorten.Beperk(x.event, g, n)
	x.ruw = nil
	return true, nil
}

// magBewijs tells whether the reader may have the event at plaats as it is
// stored: who may see all of it. Who may not learns nothing.
func (h *Hub) magBewijs(lezer register.Deelnemer, plaats uint64) error {
	g, err := h.leesOp(plaats)
	if err != nil || g.frame.OIN == lezer.OIN {
		return err
	}
	weg, err := h.onvindbaar(plaats)
	if err != nil {
		return err
	}
	soort, _ := h.regels.Load().Soort(g.event.Type)
	n, ok := soort.Niveau(lezer.Organisatie, g.frame.OIN, func() bool { return noemtOrganisatie(g.graaf, lezer.OIN) })
	switch {
	case weg || !ok:
		return nietBekend
	case n < begrip.NiveauInhoud:
		return begrip.NieuweFout(begrip.Verboden, "U mag deze gebeurtenis niet helemaal zien. Daarom krijgt u ook het bewijs niet.")
	}
	return nil
}

// noemtOrganisatie tells whether the graph names the organisation.
func noemtOrganisatie(g prov.Graph, oin begrip.OIN) bool {
	urn := oin.URN()
	return slices.ContainsFunc(g.Nodes, func(n *prov.Node) bool {
		return organisatieURN(n.ID) == urn || slices.ContainsFunc(n.Props, func(p prov.Prop) bool {
			return slices.ContainsFunc(p.Values, func(v prov.Value) bool { return v.Kind == prov.Verwijzing && organisatieURN(v.Ref) == urn })
		})
	})
}
