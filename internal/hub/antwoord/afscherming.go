package antwoord

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/prov"
)

// afgeschermd stands where the family may not see who the source is
// (Uitvoeringsbesluit Wmo 2015, artikel 4.1.8 lid 3).
const afgeschermd = "urn:soh:bron:afgeschermd"

// schermAfVoorGezin hides a shielded source from the family: not only in the
// event that asked for it, but in every event that names the same node. ok is
// false when the hit itself would tell, because orgs was searched for.
func (h *Hub) schermAfVoorGezin(x *Vondst, afzender begrip.OIN, orgs string) (ok bool, err error) {
	verborgen := map[begrip.OIN]bool{}
	namen := []string{x.event.Subject}
	for _, n := range x.graaf.Nodes {
		namen = append(namen, n.ID)
		for _, p := range n.Props {
			for _, v := range p.Values {
				namen = append(namen, v.Ref)
			}
		}
	}
	for _, naam := range namen {
		_, oins, bekend, err := h.Graph.Uniek(graph.Afscherming, naam)
		if err != nil {
			return false, err
		}
		if !bekend {
			continue
		}
		for o := range strings.FieldsSeq(string(oins)) {
			verborgen[begrip.OIN(o)] = true
		}
	}
	if len(verborgen) == 0 {
		return true, nil
	}
	if oin, is := begrip.OINVan(orgs); is && verborgen[oin] {
		return false, nil
	}
	geheim := h.herkenbaar(verborgen)
	zelf := verborgen[afzender]
	if oin, is := x.event.BronOIN(); is && verborgen[oin] || zelf {
		zelf = true
		mac := h.Graph.MAC("afgeschermd", []byte(x.event.Source), []byte(x.event.ID))
		x.event.Source, x.event.ID = afgeschermd, uuid.UUID(mac[:16]).String()
		x.event.Extensions = nil
	}
	maps.DeleteFunc(x.event.Extensions, func(_, v string) bool { return noemt(v, geheim) })
	if noemt(x.event.Subject, geheim) {
		x.event.Subject = ""
	}
	x.graaf = verberg(x.graaf, geheim, zelf)
	x.event.Data = x.graaf.JSONLD()
	return true, nil
}

// herkenbaar gives the texts that would give the hidden organisations away.
func (h *Hub) herkenbaar(verborgen map[begrip.OIN]bool) []string {
	var uit []string
	for oin := range verborgen {
		uit = append(uit, strings.ToLower(string(oin)))
		if d, ok := h.Register.Geef(oin); ok { // one that left is hidden as well
			uit = append(uit, strings.ToLower(d.Naam))
		}
	}
	slices.Sort(uit)
	return uit
}

func noemt(s string, geheim []string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(geheim, func(g string) bool { return strings.Contains(s, g) })
}

// verberg rebuilds the graph without what tells the source. When the sender
// itself is hidden, all its agents become one nameless agent.
func verberg(g prov.Graph, geheim []string, zelf bool) prov.Graph {
	weg := map[string]bool{}
	for _, n := range g.Nodes {
		weg[n.ID] = zelf && n.Is(prov.Agent) || noemt(n.ID, geheim)
	}
	var uit prov.Graph
	for _, n := range g.Nodes {
		if weg[n.ID] {
			typen := []string{prov.Agent, "soh:Organisatie"}
			if !n.Is(prov.Agent) {
				continue
			}
			uit.Node(afgeschermd, typen...)
			continue
		}
		m := uit.Node(n.ID, n.Types...)
		for _, p := range n.Props {
			if zelf && p.Name == "soh:inzageUrl" {
				continue
			}
			for _, v := range p.Values {
				switch {
				case v.Kind == prov.Verwijzing && weg[v.Ref]:
					v.Ref = afgeschermd
				case noemt(v.Ref, geheim) || noemt(v.Literal, geheim):
					continue
				}
				m.Add(p.Name, v)
			}
		}
	}
	uit.Node(afgeschermd, prov.Agent, "soh:Organisatie")
	return uit
}
