package prov

// lid is a member of a statement: what PROV-JSONLD calls it, and the property
// of PROV-O that holds it in the qualified form.
type lid struct {
	naam, prop string
	tijd       bool // a time, not an id
}

// vorm is the form of one kind of statement of PROV-DM, in the three ways it
// is written: PROV-JSONLD, PROV-N and PROV-O.
type vorm struct {
	typ     string // type in PROV-JSONLD
	provn   string // name in PROV-N
	van     string // member that holds the subject; empty: the statement is about its own id
	leden   []lid  // the members after it, in the order of PROV-N; the first is the object
	relatie string // property from subject to object
	kwal    string // property from subject to the qualified statement
	kaal    bool   // PROV-N gives it no id and no attributes
	plek    bool   // PROV-JSONLD gives it a location and a role
	rol     bool   // PROV-JSONLD gives it a role
}

// nsProvExt holds what PROV-O lacks for PROV-JSONLD.
const nsProvExt = "https://openprovenance.org/ns/provext#"

var (
	opTijd = lid{"time", "prov:atTime", true}

	entiteit   = vorm{typ: "Entity", provn: "entity", plek: true}
	activiteit = vorm{typ: "Activity", provn: "activity", plek: true,
		leden: []lid{{"startTime", "prov:startedAtTime", true}, {"endTime", "prov:endedAtTime", true}}}
	agent = vorm{typ: "Agent", provn: "agent", plek: true}
)

// vormen are the relations, in the order of PROV-DM.
var vormen = []vorm{
	{typ: "Generation", provn: "wasGeneratedBy", van: "entity", leden: []lid{{"activity", "prov:activity", false}, opTijd},
		relatie: "prov:wasGeneratedBy", kwal: "prov:qualifiedGeneration", plek: true, rol: true},
	{typ: "Usage", provn: "used", van: "activity", leden: []lid{{"entity", "prov:entity", false}, opTijd},
		relatie: "prov:used", kwal: "prov:qualifiedUsage", plek: true, rol: true},
	{typ: "Communication", provn: "wasInformedBy", van: "informed", leden: []lid{{"informant", "prov:activity", false}},
		relatie: "prov:wasInformedBy", kwal: "prov:qualifiedCommunication"},
	{typ: "Start", provn: "wasStartedBy", van: "activity", leden: []lid{{"trigger", "prov:entity", false}, {"starter", "prov:hadActivity", false}, opTijd},
		relatie: "prov:wasStartedBy", kwal: "prov:qualifiedStart", plek: true, rol: true},
	{typ: "End", provn: "wasEndedBy", van: "activity", leden: []lid{{"trigger", "prov:entity", false}, {"ender", "prov:hadActivity", false}, opTijd},
		relatie: "prov:wasEndedBy", kwal: "prov:qualifiedEnd", plek: true, rol: true},
	{typ: "Invalidation", provn: "wasInvalidatedBy", van: "entity", leden: []lid{{"activity", "prov:activity", false}, opTijd},
		relatie: "prov:wasInvalidatedBy", kwal: "prov:qualifiedInvalidation", plek: true, rol: true},
	{typ: "Derivation", provn: "wasDerivedFrom", van: "generatedEntity", leden: []lid{{"usedEntity", "prov:entity", false},
		{"activity", "prov:hadActivity", false}, {"generation", "prov:hadGeneration", false}, {"usage", "prov:hadUsage", false}},
		relatie: "prov:wasDerivedFrom", kwal: "prov:qualifiedDerivation"},
	{typ: "Attribution", provn: "wasAttributedTo", van: "entity", leden: []lid{{"agent", "prov:agent", false}},
		relatie: "prov:wasAttributedTo", kwal: "prov:qualifiedAttribution"},
	{typ: "Association", provn: "wasAssociatedWith", van: "activity", leden: []lid{{"agent", "prov:agent", false}, {"plan", "prov:hadPlan", false}},
		relatie: "prov:wasAssociatedWith", kwal: "prov:qualifiedAssociation", rol: true},
	{typ: "Delegation", provn: "actedOnBehalfOf", van: "delegate", leden: []lid{{"responsible", "prov:agent", false}, {"activity", "prov:hadActivity", false}},
		relatie: "prov:actedOnBehalfOf", kwal: "prov:qualifiedDelegation"},
	{typ: "Influence", provn: "wasInfluencedBy", van: "influencee", leden: []lid{{"influencer", "prov:influencer", false}},
		relatie: "prov:wasInfluencedBy", kwal: "prov:qualifiedInfluence"},
	{typ: "Specialization", provn: "specializationOf", van: "specificEntity", leden: []lid{{"generalEntity", nsProvExt + "generalEntity", false}},
		relatie: "prov:specializationOf", kwal: nsProvExt + "qualifiedSpecialization", kaal: true},
	{typ: "Alternate", provn: "alternateOf", van: "alternate1", leden: []lid{{"alternate2", nsProvExt + "alternate", false}},
		relatie: "prov:alternateOf", kwal: nsProvExt + "qualifiedAlternate", kaal: true},
	{typ: "Membership", provn: "hadMember", van: "collection", leden: []lid{{"entity", nsProvExt + "member", false}},
		relatie: "prov:hadMember", kwal: nsProvExt + "qualifiedMembership", kaal: true},
}

// onder are relations that PROV-DM writes as another one: with a type, or the
// other way round.
var onder = map[string]struct {
	relatie string
	typ     string
	om      bool
}{
	"prov:wasRevisionOf":    {"prov:wasDerivedFrom", "prov:Revision", false},
	"prov:wasQuotedFrom":    {"prov:wasDerivedFrom", "prov:Quotation", false},
	"prov:hadPrimarySource": {"prov:wasDerivedFrom", "prov:PrimarySource", false},
	"prov:generated":        {"prov:wasGeneratedBy", "", true},
	"prov:invalidated":      {"prov:wasInvalidatedBy", "", true},
}

// onderTyp gives the relation that a type of Derivation stands for.
var onderTyp = map[string]string{
	"prov:Revision": "prov:wasRevisionOf", "prov:Quotation": "prov:wasQuotedFrom", "prov:PrimarySource": "prov:hadPrimarySource",
}

// vormVan gives the form of each relation, lang that of each qualified one.
var vormVan, lang = func() (kort, lang map[string]*vorm) {
	kort, lang = map[string]*vorm{}, map[string]*vorm{}
	for i := range vormen {
		v := &vormen[i]
		kort[v.relatie], lang[v.kwal] = v, v
	}
	for _, naam := range []string{"prov:qualifiedRevision", "prov:qualifiedQuotation", "prov:qualifiedPrimarySource"} {
		lang[naam] = kort["prov:wasDerivedFrom"]
	}
	return kort, lang
}()

// uitspraak is one statement of a graph: about a node, or a relation.
type uitspraak struct {
	*vorm
	id    string   // of the statement; empty when it has none
	van   string   // subject; empty for a node
	leden []string // as vorm.leden; empty: not said
	types []string // beside that of the form
	props []Prop   // what else is said
}

// uitspraken gives the graph as statements: first the nodes, then the
// relations. PROV-DM has nothing that is no Entity, Activity or Agent, so a node
// without such a type (a Betrokkene that does not act) is told as an Entity.
func (g *Graph) uitspraken() []uitspraak {
	var nodes, relaties []uitspraak
	kwal, verteld := g.gekwalificeerd(), g.verteld()
	for _, n := range g.Nodes {
		if kwal[n.ID] {
			continue
		}
		u := uitspraak{id: n.ID}
		rest := make([]Prop, 0, len(n.Props))
		for _, p := range n.Props {
			if _, weg := lang[p.Name]; weg {
				relaties = g.lange(relaties, n, p)
			} else {
				over := Prop{Name: p.Name}
				relaties, over.Values = korte(relaties, n, p, verteld)
				if len(over.Values) > 0 {
					rest = append(rest, over)
				}
			}
		}
		nodes = append(nodes, u.alsNode(n, rest)...)
	}
	return append(nodes, relaties...)
}

// alsNode tells what n is: one statement for each of its PROV types, the first
// with all else that is said of it.
func (u uitspraak) alsNode(n *Node, rest []Prop) []uitspraak {
	var uit []uitspraak
	for _, t := range n.Types {
		switch t {
		case Entity:
			u.vorm = &entiteit
		case Activity:
			u.vorm = &activiteit
		case Agent:
			u.vorm = &agent
		default:
			continue
		}
		uit = append(uit, u)
	}
	if uit == nil {
		u.vorm = &entiteit
		uit = append(uit, u)
	}
	eerste := &uit[0]
	for i := range uit { // times belong to the Activity
		if uit[i].vorm == &activiteit {
			uit[i].leden = make([]string, 2)
			rest = uit[i].neemTijden(rest)
		}
	}
	for _, t := range n.Types {
		if t != Entity && t != Activity && t != Agent {
			eerste.types = append(eerste.types, t)
		}
	}
	eerste.props = rest
	return uit
}

// neemTijden moves the members that are times out of the properties.
func (u *uitspraak) neemTijden(props []Prop) []Prop {
	over := make([]Prop, 0, len(props))
	for _, p := range props {
		if i := u.lidVan(p.Name); i >= 0 && u.vorm.leden[i].tijd && len(p.Values) == 1 && p.Values[0].Kind != Verwijzing && isTijd(p.Values[0].Literal) {
			u.leden[i] = p.Values[0].Literal
			continue
		}
		over = append(over, p)
	}
	return over
}

func (v *vorm) lidVan(prop string) int {
	for i, l := range v.leden {
		if l.prop == prop {
			return i
		}
	}
	return -1
}

// gekwalificeerd gives the nodes that are only a qualified statement.
func (g *Graph) gekwalificeerd() map[string]bool {
	var uit map[string]bool
	for _, n := range g.Nodes {
		for _, p := range n.Props {
			if _, ok := lang[p.Name]; !ok {
				continue
			}
			for _, v := range p.Values {
				if q := g.Vind(v.Ref); q != nil && !q.Is(Entity) && !q.Is(Activity) && !q.Is(Agent) {
					if uit == nil {
						uit = map[string]bool{}
					}
					uit[q.ID] = true
				}
			}
		}
	}
	return uit
}

// lange adds the qualified statements that n makes by p.
func (g *Graph) lange(uit []uitspraak, n *Node, p Prop) []uitspraak {
	for _, v := range p.Values {
		if v.Kind != Verwijzing {
			continue
		}
		u := uitspraak{vorm: lang[p.Name], id: v.Ref, van: n.ID}
		u.leden = make([]string, len(u.vorm.leden))
		if isLeeg(u.id) {
			u.id = ""
		}
		q := g.Vind(v.Ref)
		if q == nil {
			continue
		}
		for _, t := range q.Types {
			if t != "prov:"+u.typ && t != nsProvExt+u.typ && t != "prov:InstantaneousEvent" && t != "prov:EntityInfluence" && t != "prov:ActivityInfluence" && t != "prov:AgentInfluence" {
				u.types = append(u.types, t)
			}
		}
		for _, qp := range u.neemTijden(q.Props) {
			i := u.lidVan(qp.Name)
			if i >= 0 && len(qp.Values) == 1 && qp.Values[0].Kind == Verwijzing && !u.vorm.leden[i].tijd {
				u.leden[i] = qp.Values[0].Ref
				continue
			}
			u.props = append(u.props, qp)
		}
		uit = append(uit, u)
	}
	return uit
}

// korte adds the plain relations that n makes by p, except those that are told
// in the long form; what is no relation is given back.
func korte(uit []uitspraak, n *Node, p Prop, verteld map[stelling]bool) ([]uitspraak, []Value) {
	o := onder[p.Name]
	naam := p.Name
	if o.relatie != "" {
		naam = o.relatie
	}
	v := vormVan[naam]
	if v == nil {
		return uit, p.Values
	}
	var rest []Value
	for _, w := range p.Values {
		if w.Kind != Verwijzing {
			rest = append(rest, w)
			continue
		}
		van, naar := n.ID, w.Ref
		if o.om {
			van, naar = naar, van
		}
		if o.typ == "" && verteld[stelling{v, van, naar}] {
			continue
		}
		u := uitspraak{vorm: v, van: van, leden: make([]string, len(v.leden))}
		u.leden[0] = naar
		if o.typ != "" {
			u.types = []string{o.typ}
		}
		uit = append(uit, u)
	}
	return uit, rest
}

// stelling is a relation between two nodes.
type stelling struct {
	*vorm
	van, naar string
}

// verteld gives the relations that are told in the long form.
func (g *Graph) verteld() map[stelling]bool {
	var uit map[stelling]bool
	for _, n := range g.Nodes {
		for _, p := range n.Props {
			v := lang[p.Name]
			if v == nil {
				continue
			}
			for _, w := range p.Values {
				q := g.Vind(w.Ref)
				if q == nil || w.Kind != Verwijzing {
					continue
				}
				if r := q.Values(v.leden[0].prop); len(r) == 1 {
					if uit == nil {
						uit = map[stelling]bool{}
					}
					uit[stelling{v, n.ID, r[0].Ref}] = true
				}
			}
		}
	}
	return uit
}
