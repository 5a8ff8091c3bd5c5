package prov

import (
	"slices"
	"strings"
)

// relatie tells what PROV-DM and PROV-Constraints say of one relation.
type relatie struct {
	van, naar string // type of subject and object that the relation implies; empty: any
	zelf      bool   // a node may stand in this relation to itself
}

// relaties are the relations of PROV-O that imply a type (typing, constraint 50)
// or cannot be reflexive (impossibility, constraints 51–56; for a derivation
// the strict ordering of 41–42).
var relaties = map[string]relatie{
	"prov:wasGeneratedBy":    {Entity, Activity, false},
	"prov:used":              {Activity, Entity, false},
	"prov:wasAssociatedWith": {Activity, Agent, true},
	"prov:wasAttributedTo":   {Entity, Agent, true},
	"prov:wasDerivedFrom":    {Entity, Entity, false},
	"prov:wasRevisionOf":     {Entity, Entity, false},
	"prov:wasQuotedFrom":     {Entity, Entity, false},
	"prov:hadPrimarySource":  {Entity, Entity, false},
	"prov:wasInformedBy":     {Activity, Activity, true},
	"prov:actedOnBehalfOf":   {Agent, Agent, true},
	"prov:wasStartedBy":      {Activity, Entity, false},
	"prov:wasEndedBy":        {Activity, Entity, false},
	"prov:wasInvalidatedBy":  {Entity, Activity, false},
	"prov:specializationOf":  {Entity, Entity, false},
	"prov:alternateOf":       {Entity, Entity, true},
	"prov:hadMember":         {Entity, Entity, false},
	"prov:generated":         {Activity, Entity, false},
	"prov:invalidated":       {Activity, Entity, false},
	"prov:wasInfluencedBy":   {"", "", true},
}

// verwijzend are properties of the field whose text is read as a reference
// when a node has that id.
var verwijzend = map[string]bool{"soh:heeftBetrokkene": true, "soh:betrokkenBij": true}

// herstel makes a graph of what was read: text that stands for a node becomes
// a reference, qualified relations also stand as plain ones, statements that
// cannot be are left out, and what the others imply is added.
func (l *lezing) herstel() {
	lange := false
	for _, n := range l.g.Nodes {
		l.eenduidig(n)
		lange = lange || slices.ContainsFunc(n.Props, func(p Prop) bool { return isLang(p.Name) })
	}
	if lange {
		l.langeVorm()
		l.kwalificaties()
	}
	for _, n := range l.g.Nodes {
		n.veel = nil // values change in place from here on
	}
	ordening := false
	for i := 0; i < len(l.g.Nodes) && l.teVeel == nil; i++ { // grows while we infer
		n := l.g.Nodes[i]
		leeg, tijd := false, false
		for j := range n.Props {
			p := &n.Props[j]
			tijd = tijd || eenmalig[p.Name]
			if verwijzend[p.Name] {
				l.verwijzingen(p)
			} else if r, ok := l.relatie(p.Name); ok {
				l.stellingen(n, p, r)
				ordening = ordening || geordend[p.Name]
			} else if v := lang[p.Name]; v != nil && lange {
				l.typenLang(n, p, v)
			}
			leeg = leeg || len(p.Values) == 0
		}
		if leeg {
			n.ruimOp()
		}
		if tijd {
			l.tijden(n)
		}
	}
	if ordening && l.teVeel == nil {
		l.orden()
	}
}

// typenLang infers what the long form says of the things it names (constraint
// 50): an activity that was at work, a plan. What cannot be is left out.
func (l *lezing) typenLang(n *Node, p *Prop, v *vorm) {
	for _, w := range p.Values {
		q := l.g.Vind(w.Ref)
		if q == nil || w.Kind != Verwijzing {
			continue
		}
		for _, lid := range v.leden[1:] {
			typ := typeVanLid[lid.prop]
			if typ == "" {
				continue
			}
			for _, doel := range q.Refs(lid.prop) {
				if !l.stelling(q, lid.prop, doel, relatie{"", typ, true}) {
					q.Wis(lid.prop)
				}
			}
		}
	}
}

var typeVanLid = map[string]string{"prov:hadActivity": Activity, "prov:hadPlan": Entity}

// bovenTypen are the types of PROV that are a kind of another (constraint 50).
var bovenTypen = map[string][]string{
	"prov:Person": {Agent}, "prov:Organization": {Agent}, "prov:SoftwareAgent": {Agent},
	"prov:Plan": {Entity}, "prov:Bundle": {Entity}, legeVerzameling: {Entity, verzameling}, verzameling: {Entity},
}

const (
	hadMember       = "prov:hadMember"
	verzameling     = "prov:Collection"
	legeVerzameling = "prov:EmptyCollection"
)

func (l *lezing) relatie(naam string) (relatie, bool) {
	if !strings.HasPrefix(naam, "prov:") {
		return relatie{}, false
	}
	r, ok := relaties[naam]
	return r, ok
}

// eenduidig gives a node the types that its own types imply, and keeps one of
// prov:Entity and prov:Activity: they are disjoint (constraint 55).
func (l *lezing) eenduidig(n *Node) {
	for _, t := range n.Types { // those at the start; what they imply is in the table
		if !strings.HasPrefix(t, "prov:") || t == Entity || t == Activity || t == Agent {
			continue
		}
		for _, boven := range bovenTypen[t] {
			if !n.Is(boven) {
				n.Typeer(boven)
				l.waarschuw("%s is als %s een %s; dat type is toegevoegd.", n.ID, t, boven)
			}
		}
	}
	if !n.Is(Entity) || !n.Is(Activity) {
		return
	}
	weg := Activity
	for _, t := range n.Types {
		if t == Activity {
			weg = Entity
		}
		if t == Activity || t == Entity {
			break
		}
	}
	over := n.Types[:0]
	for _, t := range n.Types {
		if t != weg {
			over = append(over, t)
		}
	}
	n.Types = over
	l.waarschuw("%s kan niet tegelijk een Entity en een Activity zijn; %s is weggelaten.", n.ID, weg)
}

func (l *lezing) verwijzingen(p *Prop) {
	for i, v := range p.Values {
		if v.Kind == Tekst && l.g.Vind(compact(v.Literal)) != nil {
			p.Values[i] = Value{Ref: compact(v.Literal), Kind: Verwijzing}
		}
	}
}

// stellingen keeps the values of one relation that can be, and infers.
func (l *lezing) stellingen(n *Node, p *Prop, r relatie) {
	over := p.Values[:0]
	var weg map[string]bool
	for _, v := range p.Values {
		if v.Kind != Verwijzing {
			id := compact(v.Literal)
			if v.Kind != Tekst || id == "" || strings.ContainsAny(id, " \t\r\n") {
				l.waarschuw("Bij %s van %s staat geen verwijzing; dat deel is weggelaten.", p.Name, n.ID)
				continue
			}
			l.waarschuw("De tekst bij %s van %s is gelezen als verwijzing.", p.Name, n.ID)
			v = Value{Ref: id, Kind: Verwijzing}
		}
		if l.stelling(n, p.Name, v.Ref, r) {
			over = append(over, v)
		} else {
			weg = zet(weg, v.Ref)
		}
	}
	p.Values = over
	l.zonderLang(n, p.Name, weg)
}

// zet is m with s in it.
func zet(m map[string]bool, s string) map[string]bool {
	if m == nil {
		m = map[string]bool{}
	}
	m[s] = true
	return m
}

// stelling tells whether "n naam doel" can be, and infers what follows from it.
func (l *lezing) stelling(n *Node, naam, doel string, r relatie) bool {
	if doel == n.ID && !r.zelf {
		l.waarschuw("%s van %s naar zichzelf kan niet volgens PROV en is weggelaten.", naam, n.ID)
		return false
	}
	ander := l.g.Vind(doel)
	if strijdig(n, r.van) || ander != nil && strijdig(ander, r.naar) {
		l.waarschuw("%s van %s naar %s kan niet volgens PROV (Entity en Activity door elkaar) en is weggelaten.", naam, n.ID, doel)
		return false
	}
	if naam == hadMember {
		if n.Is(legeVerzameling) {
			l.waarschuw("%s is een lege verzameling; %s naar %s kan niet volgens PROV en is weggelaten.", n.ID, naam, doel)
			return false
		}
		if !n.Is(verzameling) {
			n.Typeer(Entity, verzameling)
			l.waarschuw("%s is volgens %s een %s; dat type is toegevoegd.", n.ID, naam, verzameling)
		}
	}
	if r.van != "" && !n.Is(r.van) {
		n.Typeer(r.van)
		l.waarschuw("%s is volgens %s een %s; dat type is toegevoegd.", n.ID, naam, r.van)
	}
	if r.naar == "" {
		return true
	}
	if ander == nil {
		ander = l.node(doel)
		ander.Typeer(r.naar)
		l.waarschuw("%s stond niet in de graaf; afgeleid uit %s als %s.", doel, naam, r.naar)
	} else if !ander.Is(r.naar) {
		ander.Typeer(r.naar)
		l.waarschuw("%s is volgens %s een %s; dat type is toegevoegd.", doel, naam, r.naar)
	}
	return true
}

// strijdig tells that n cannot be of type typ as well.
func strijdig(n *Node, typ string) bool {
	return typ == Entity && n.Is(Activity) || typ == Activity && n.Is(Entity)
}

// ruimOp drops properties that lost all values.
func (n *Node) ruimOp() {
	over := n.Props[:0]
	for _, p := range n.Props {
		if len(p.Values) > 0 {
			over = append(over, p)
		}
	}
	n.Props = over
}

// kwalificaties adds the plain relation to every qualified one (PROV-O §3.3). A
// qualified one that says nothing more is left to the plain one.
func (l *lezing) kwalificaties() {
	type nieuw struct {
		n    *Node
		kort string
		doel Value
	}
	var erbij []nieuw
	var overbodig map[string]bool
	verwezen := l.g.verwezen()
	for _, n := range l.g.Nodes {
		leeg := false
		for i := range n.Props {
			p := &n.Props[i]
			if !isLang(p.Name) {
				continue
			}
			v, ok := lang[p.Name]
			if !ok {
				continue
			}
			over := p.Values[:0]
			for _, w := range p.Values {
				q := l.g.Vind(w.Ref)
				if q == nil || w.Kind != Verwijzing {
					over = append(over, w)
					continue
				}
				doelen := q.Values(v.leden[0].prop)
				for _, doel := range doelen {
					erbij = append(erbij, nieuw{n, v.korteNaam(p.Name, q), doel})
				}
				if len(doelen) == 1 && v.zegtNietsMeer(q) && verwezen[q.ID] == 1 {
					overbodig = zet(overbodig, q.ID)
					continue
				}
				over = append(over, w)
			}
			p.Values = over
			leeg = leeg || len(over) == 0
		}
		if leeg {
			n.ruimOp()
		}
	}
	for _, e := range erbij {
		e.n.Add(e.kort, e.doel)
	}
	if len(overbodig) > 0 {
		l.g.Nodes = slices.DeleteFunc(l.g.Nodes, func(n *Node) bool { return overbodig[n.ID] })
		l.g.plaats = nil
	}
}

func isLang(naam string) bool {
	return strings.HasPrefix(naam, "prov:qualified") || strings.HasPrefix(naam, nsProvExt+"qualified")
}

// korteNaam is the plain relation of qualified statement q.
func (v *vorm) korteNaam(kwal string, q *Node) string {
	if v.relatie != "prov:wasDerivedFrom" {
		return v.relatie
	}
	for _, t := range append(slices.Clip(q.Types), "prov:"+strings.TrimPrefix(kwal, "prov:qualified")) {
		if naam := onderTyp[t]; naam != "" {
			return naam
		}
	}
	return v.relatie
}

// verwezen counts the references to each node.
func (g *Graph) verwezen() map[string]int {
	n := make(map[string]int, len(g.Nodes))
	for _, m := range g.Nodes {
		for _, p := range m.Props {
			for _, v := range p.Values {
				if v.Kind == Verwijzing {
					n[v.Ref]++
				}
			}
		}
	}
	return n
}

// zegtNietsMeer tells that nobody outside can speak of q, and that q has an
// object and nothing more.
func (v *vorm) zegtNietsMeer(q *Node) bool {
	return isLeeg(q.ID) && len(q.Props) == 1 && !slices.ContainsFunc(q.Types, func(t string) bool {
		return t != "prov:"+v.typ && t != nsProvExt+v.typ && (v.relatie != "prov:wasDerivedFrom" || onderTyp[t] == "")
	})
}
