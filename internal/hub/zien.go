package hub

import (
	"context"
	"errors"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// magZien makes of x what the reader may see now; false when the reader may not
// know that it is there. Every way out of the hub goes through here: queries,
// timelines and subscriptions. What is hidden from the family (schermAfVoorGezin)
// must be hidden before, because the reduced event no longer names the nodes
// that tell so. A filter of the reader must match what comes out of here.
func (h *Hub) magZien(ctx context.Context, b *bladzij, f *frame, x *vondst) (mag bool, err error) {
	n, ok, err := h.niveau(ctx, b, f, x)
	if err != nil || !ok {
		return false, err
	}
	// The access token of a system may permit less, in either step.
	if x.niveau = min(n, toegang.MaxNiveau(ctx), b.v.Wie.Hoogst); x.niveau >= begrip.NiveauInhoud {
		return true, nil
	}
	g, err := x.lees()
	if err != nil {
		return false, err
	}
	x.event, x.graaf = soorten.Beperk(x.event, g, x.niveau, func(urn string) string {
		oin, ok := begrip.OINVan(urn)
		if !ok {
			return ""
		}
		return h.naamVan(oin, x.event.Time)
	})
	x.ruw = nil
	return true, nil
}

// niveau gives how much of x the reader of b may see by the agreements about its
// kind and by how the reader is involved; ok is false when not even that it is
// there.
func (h *Hub) niveau(ctx context.Context, b *bladzij, f *frame, x *vondst) (n begrip.Niveau, ok bool, err error) {
	soort, _ := h.regels.Load().Soort(x.event.Type)
	lees := func() prov.Graph {
		g, fout := x.lees()
		err = errors.Join(err, fout)
		return g
	}
	n, ok = soort.Niveau(alsLezer(b.lezer.Organisatie, &b.v.Wie), x.afzender, soorten.Band{
		Genoemd: func() bool { return noemtOrganisatie(lees(), b.lezer.OIN) },
		Betrokken: func() bool {
			refs := f.Refs
			if b.v.OverPersoon() {
				refs = [][16]byte{b.v.Persoon}
			}
			ja, fout := h.betrokken(ctx, b, refs, lees().Zaken())
			err = errors.Join(err, fout)
			return ja
		},
	})
	return n, ok && err == nil, err
}

// magBewijs tells whether the reader may have the event at plaats as it is
// stored: who may see all of it. Who may not learns nothing.
func (h *Hub) magBewijs(ctx context.Context, k kijker, plaats uint64) (uitLog, error) {
	g, err := h.leesOp(plaats)
	if err != nil || g.frame.OIN == k.OIN {
		return g, err
	}
	weg, err := h.onvindbaar(plaats)
	if err != nil {
		return g, err
	}
	b := bladzij{v: &vraag.Vraag{Wie: k.wie}, lezer: k.Deelnemer}
	n, ok, err := h.niveau(ctx, &b, &g.frame, &vondst{afzender: g.frame.OIN, event: g.event, graaf: g.graaf, gelezen: true})
	switch {
	case err != nil:
		return g, err
	case weg || !ok:
		return g, nietBekend
	case min(n, k.wie.Hoogst) < begrip.NiveauInhoud:
		return g, begrip.NieuweFout(begrip.Verboden, "U mag deze gebeurtenis niet helemaal zien. Daarom krijgt u ook het bewijs niet.")
	}
	return g, nil
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
