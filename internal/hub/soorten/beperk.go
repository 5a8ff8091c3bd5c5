package soorten

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/leesbaar"
	"github.com/handbereik/soh/internal/prov"
)

// procescontext are the terms that level 1 shows beside the relations of PROV:
// which case, when, in which state. What is not here is content.
var procescontext = []string{
	"soh:identifier", prov.Zaak, "soh:tijdstip", "soh:beschikbaarGesteldOp", "soh:status", prov.BronAfgeschermd,
}

// Beperk reduces an event with its graph to what level n shows. Level 0 tells
// that an organisation registered something of this type at this time; level 1
// adds the process: record, case, deeds and organisations, no persons; level 2
// is the whole event. What stands at level 1 has the form that is declared for it, also
// when it was written so that it came in otherwise; heet gives how the register calls an
// organisation, empty for none.
func Beperk(ev cloudevent.Event, g prov.Graph, n begrip.Niveau, heet func(urn string) string) (cloudevent.Event, prov.Graph) {
	switch {
	case n >= begrip.NiveauInhoud:
		return ev, g
	case n == begrip.NiveauProces:
		g = proces(g, organisatie(ev.Source), heet)
		ev.Extensions = nil
	default:
		ev, g = melding(ev)
	}
	ev.Data, ev.DataContentType, ev.DataSchema = g.JSONLD(), cloudevent.TypeLD, cloudevent.SchemaProv
	return ev, g
}

// organisatie reduces the source of an event to the organisation behind it.
func organisatie(bron string) string {
	if oin, ok := (cloudevent.Event{Source: bron}).BronOIN(); ok {
		return oin.URN()
	}
	return bron
}

// naamruimte of what stands at level 0 in place of an id that tells something.
var naamruimte = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:soh:gebeurtenis"))

// melding is level 0: the envelope without what the event is about.
func melding(ev cloudevent.Event) (cloudevent.Event, prov.Graph) {
	bron := organisatie(ev.Source)
	id, err := uuid.Parse(ev.ID)
	if err != nil || len(ev.ID) != 36 {
		id = uuid.NewSHA1(naamruimte, []byte(ev.Source+"\n"+ev.ID))
	}
	uit := cloudevent.Event{ID: id.String(), Source: bron, Type: ev.Type, Time: ev.Time}
	var g prov.Graph
	act := "urn:soh:activiteit:" + id.String()
	g.Node("urn:soh:gebeurtenis:"+id.String(), prov.Entity, "soh:Gebeurtenis").Ref("prov:wasGeneratedBy", act)
	g.Node(act, prov.Activity).Ref("prov:wasAssociatedWith", bron)
	g.Node(bron, prov.Agent, "soh:Organisatie")
	return uit, g
}

// proces keeps the nodes that are no persons, with their relations and the
// terms of procescontext.
func proces(g prov.Graph, bron string, heet func(string) string) prov.Graph {
	blijft := map[string]bool{}
	for _, n := range g.Nodes {
		blijft[n.ID] = toonbaar(n)
	}
	var uit prov.Graph
	for _, n := range g.Nodes {
		if !blijft[n.ID] {
			continue
		}
		m := uit.Node(n.ID, slices.DeleteFunc(slices.Clone(n.Types), func(t string) bool { return !cloudevent.Woord(t) })...)
		for _, p := range n.Props {
			relatie := strings.HasPrefix(p.Name, "prov:")
			if naam := heet(n.ID); p.Name == "soh:naam" && n.Is("soh:Organisatie") && naam != "" {
				m.Set(p.Name, naam)
			}
			if !relatie && !slices.Contains(procescontext, p.Name) || !cloudevent.Woord(p.Name) {
				continue
			}
			for _, v := range p.Values {
				if v.Kind != prov.Verwijzing {
					if v.Taal == "" && cloudevent.Woord(v.Datatype+"x") && leesbaar.Van(p.Name).Past([]byte(v.Literal)) && (!relatie || slices.Contains(tijden, p.Name)) {
						m.Add(p.Name, v)
					}
				} else if bekend, in := blijft[v.Ref]; bekend || !in && isNaam(v.Ref) {
					m.Add(p.Name, v)
				}
			}
		}
		m.Props = slices.DeleteFunc(m.Props, func(p prov.Prop) bool { return len(p.Values) == 0 })
	}
	if len(uit.Agents()) == 0 {
		uit.Node(bron, prov.Agent, "soh:Organisatie")
	}
	return uit
}

// isNaam tells whether an @id tells nothing: an identifier, or that of a node without.
func isNaam(id string) bool { return cloudevent.Identifier(strings.TrimPrefix(id, "_:")) }

// tijden are the literals of PROV that are process, not content (prov:value,
// prov:label and prov:location are content).
var tijden = []string{"prov:startedAtTime", "prov:endedAtTime", "prov:generatedAtTime", "prov:invalidatedAtTime", "prov:atTime"}

// toonbaar tells whether a node may stand at level 1: it takes part in the
// process and is no person. An Agent is shown when it is an organisation.
func toonbaar(n *prov.Node) bool {
	if !isNaam(n.ID) || n.Is(prov.Betrokkene) || n.Values(prov.Burgerservicenummer) != nil || n.Is("prov:Person") {
		return false
	}
	if n.Is(prov.Agent) {
		_, oin := begrip.OINVan(n.ID)
		return oin || n.Is("soh:Organisatie")
	}
	return n.Is(prov.Entity) || n.Is(prov.Activity)
}
