package antwoord

import (
	"context"
	"errors"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/kern"
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
func (h *Hub) magZien(ctx context.Context, b *Bladzij, f *kern.Frame, x *Vondst) (mag bool, err error) {
	n, ok, err := h.niveau(ctx, b, f, x)
	if err != nil || !ok {
		return false, err
	}
	// The access token of a system may permit less, in either step.
	if x.niveau = min(n, toegang.MaxNiveau(ctx), b.V.Wie.Hoogst); x.niveau >= begrip.NiveauInhoud {
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
		return h.NaamVan(oin, x.event.Time)
	})
	x.ruw = nil
	return true, nil
}

// niveau gives how much of x the reader of b may see by the agreements about its
// kind and by how the reader is involved; ok is false when not even that it is
// there.
func (h *Hub) niveau(ctx context.Context, b *Bladzij, f *kern.Frame, x *Vondst) (n begrip.Niveau, ok bool, err error) {
	soort, _ := h.Regels.Load().Soort(x.event.Type)
	lees := func() prov.Graph {
		g, fout := x.lees()
		err = errors.Join(err, fout)
		return g
	}
	n, ok = soort.Niveau(alsLezer(b.Lezer.Organisatie, &b.V.Wie), x.afzender, soorten.Band{
		Genoemd: func() bool { return noemtOrganisatie(lees(), b.Lezer.OIN) },
		Betrokken: func() bool {
			refs := f.Refs
			if b.V.OverPersoon() {
				refs = [][16]byte{b.V.Persoon}
			}
			ja, fout := h.Betrokken(ctx, b, refs, lees().Zaken())
			err = errors.Join(err, fout)
			return ja
		},
	})
	return n, ok && err == nil, err
}

// MagBewijs tells whether the reader may have the event at plaats as it is
// stored: who may see all of it. Who may not learns nothing.
func (h *Hub) MagBewijs(ctx context.Context, k kern.Kijker, plaats uint64) (kern.UitLog, error) {
	g, err := h.LeesOp(plaats)
	if err != nil || g.Frame.OIN == k.OIN {
		return g, err
	}
	weg, err := h.Onvindbaar(plaats)
	if err != nil {
		return g, err
	}
	b := Bladzij{V: &vraag.Vraag{Wie: k.Wie}, Lezer: k.Deelnemer}
	n, ok, err := h.niveau(ctx, &b, &g.Frame, &Vondst{afzender: g.Frame.OIN, event: g.Event, graaf: g.Graaf, gelezen: true})
	switch {
	case err != nil:
		return g, err
	case weg || !ok:
		return g, kern.NietBekend
	case min(n, k.Wie.Hoogst) < begrip.NiveauInhoud:
		return g, begrip.NieuweFout(begrip.Verboden, "U mag deze gebeurtenis niet helemaal zien. Daarom krijgt u ook het bewijs niet.")
	}
	return g, nil
}

// noemtOrganisatie tells whether the graph names the organisation.
func noemtOrganisatie(g prov.Graph, oin begrip.OIN) bool {
	urn := oin.URN()
	return slices.ContainsFunc(g.Nodes, func(n *prov.Node) bool {
		return kern.OrganisatieURN(n.ID) == urn || slices.ContainsFunc(n.Props, func(p prov.Prop) bool {
			return slices.ContainsFunc(p.Values, func(v prov.Value) bool { return v.Kind == prov.Verwijzing && kern.OrganisatieURN(v.Ref) == urn })
		})
	})
}
