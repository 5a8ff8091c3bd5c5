// Package prov owns the provenance graph that events and query results carry:
// PROV-O as JSON-LD, with the field's own terms under soh:.
//
// It promises that what Lees returns without an error has at least one Entity,
// Activity and Agent, holds no statement that PROV forbids, and that JSONLD
// writes it so that it passes the field's schema. Names in a Graph are compact
// ("prov:Entity", "soh:Melding"); other vocabularies keep their full IRI. No
// context is ever fetched.
package prov

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

// The two namespaces of a payload.
const (
	NSProv = "http://www.w3.org/ns/prov#"
	NSSoh  = "https://samen-onder-handbereik.github.io/specificaties/schema/"
)

// PROV types, and the terms of the field that code here needs to know.
const (
	Entity   = "prov:Entity"
	Activity = "prov:Activity"
	Agent    = "prov:Agent"

	Betrokkene          = "soh:Betrokkene"
	Burgerservicenummer = "soh:burgerservicenummer"
	Zaak                = "soh:zaak"
	BronAfgeschermd     = "soh:bronAfgeschermd"
)

// Kind tells what a Value is.
type Kind uint8

// The kinds of value.
const (
	Tekst      Kind = iota // Literal is plain text, in Taal when that is set
	Verwijzing             // Ref is the @id of another node
	Getal                  // Literal is a JSON number
	Waarheid               // Literal is true or false
	Getypeerd              // Literal is text of Datatype
)

// Value is one value of a property: a reference or a literal.
type Value struct {
	Ref      string
	Literal  string
	Kind     Kind
	Datatype string // IRI, of Getypeerd only
	Taal     string // language tag, of Tekst only
}

// Prop is a property with its values, at least one.
type Prop struct {
	Name   string
	Values []Value
}

// Node is one object of the graph, with its PROV and domain types.
type Node struct {
	ID    string
	Types []string
	Props []Prop

	veel map[string]*waardenset // of properties with many values, while they are added
}

// Graph is a set of nodes in a fixed order. Its zero value is an empty graph,
// ready to build on. Nodes stay where they are while others are added.
type Graph struct {
	Nodes []*Node

	plaats map[string]int // index of the first len(plaats) nodes, for large graphs
	tot    int            // nodes indexed so far
	gelegd int            // nodes put in the index, over all times that was made
}

// Node finds the node with this id or adds it, and gives it the types it lacks.
func (g *Graph) Node(id string, types ...string) *Node {
	n := g.Vind(id)
	if n == nil {
		n = &Node{ID: id}
		g.Nodes = append(g.Nodes, n)
	}
	n.Typeer(types...)
	return n
}

// Vind gives the node with this id, or nil.
func (g *Graph) Vind(id string) *Node {
	if len(g.Nodes) > klein {
		return g.zoek(id)
	}
	for _, n := range g.Nodes {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// zoek looks in the index of a large graph. Nodes may be appended by others; when
// they were moved, which a hit shows, the index is made again.
func (g *Graph) zoek(id string) *Node {
	for range 2 {
		if g.plaats == nil || g.tot > len(g.Nodes) {
			g.plaats, g.tot = make(map[string]int, 2*len(g.Nodes)), 0
		}
		for ; g.tot < len(g.Nodes); g.tot++ {
			if _, al := g.plaats[g.Nodes[g.tot].ID]; !al {
				g.plaats[g.Nodes[g.tot].ID] = g.tot
			}
			g.gelegd++
		}
		i, ok := g.plaats[id]
		if !ok {
			return nil
		}
		if i < len(g.Nodes) && g.Nodes[i].ID == id {
			return g.Nodes[i]
		}
		g.plaats = nil
	}
	return nil
}

// Typeer gives the node the types it lacks.
func (n *Node) Typeer(types ...string) *Node {
	for _, t := range types {
		if !slices.Contains(n.Types, t) {
			n.Types = append(n.Types, t)
		}
	}
	return n
}

// Is tells whether the node has the type.
func (n *Node) Is(typ string) bool { return slices.Contains(n.Types, typ) }

// Set makes literal the one value of the property.
func (n *Node) Set(name, literal string) *Node {
	p := n.prop(name)
	p.Values = append(p.Values[:0], Value{Literal: literal})
	return n
}

// Ref adds a reference to another node, unless it is there.
func (n *Node) Ref(name, id string) *Node {
	n.Add(name, Value{Ref: id, Kind: Verwijzing})
	return n
}

// Add adds a value to the property, unless it is there.
func (n *Node) Add(name string, v Value) {
	p := n.prop(name)
	if len(p.Values) > klein {
		if n.veel == nil {
			n.veel = map[string]*waardenset{}
		}
		if n.veel[name] == nil {
			n.veel[name] = new(waardenset)
		}
		n.veel[name].voeg(p, v)
	} else if !slices.Contains(p.Values, v) {
		p.Values = append(p.Values, v)
	}
}

// Wis removes the property.
func (n *Node) Wis(name string) {
	n.Props = slices.DeleteFunc(n.Props, func(p Prop) bool { return p.Name == name })
}

func (n *Node) prop(name string) *Prop {
	for i := range n.Props {
		if n.Props[i].Name == name {
			return &n.Props[i]
		}
	}
	n.Props = append(n.Props, Prop{Name: name})
	return &n.Props[len(n.Props)-1]
}

// Values gives all values of the property, none when it is not there.
func (n *Node) Values(name string) []Value {
	for i := range n.Props {
		if n.Props[i].Name == name {
			return n.Props[i].Values
		}
	}
	return nil
}

// Tekst gives the first value of the property as text, a reference as its id;
// empty when there is none.
func (n *Node) Tekst(name string) string {
	vs := n.Values(name)
	if len(vs) == 0 {
		return ""
	}
	return vs[0].String()
}

// Refs gives the ids the property refers to.
func (n *Node) Refs(name string) []string {
	var ids []string
	for _, v := range n.Values(name) {
		if v.Kind == Verwijzing {
			ids = append(ids, v.Ref)
		}
	}
	return ids
}

// String gives the literal, or the id of a reference.
func (v Value) String() string {
	if v.Kind == Verwijzing {
		return v.Ref
	}
	return v.Literal
}

// MetType gives the nodes that have the type, in order.
func (g Graph) MetType(typ string) []*Node {
	var ns []*Node
	for _, n := range g.Nodes {
		if n.Is(typ) {
			ns = append(ns, n)
		}
	}
	return ns
}

// Entities gives the nodes of type prov:Entity.
func (g Graph) Entities() []*Node { return g.MetType(Entity) }

// Activities gives the nodes of type prov:Activity.
func (g Graph) Activities() []*Node { return g.MetType(Activity) }

// Agents gives the nodes of type prov:Agent.
func (g Graph) Agents() []*Node { return g.MetType(Agent) }

// Betrokkenen gives the nodes of type soh:Betrokkene.
func (g Graph) Betrokkenen() []*Node { return g.MetType(Betrokkene) }

// Personen gives every valid burgerservicenummer in the graph, each once.
func (g Graph) Personen() []begrip.BSN {
	var bsns elk[begrip.BSN]
	for _, n := range g.Nodes {
		for _, v := range n.Values(Burgerservicenummer) {
			if b, err := begrip.ParseBSN(v.Literal); err == nil {
				bsns.voeg(b)
			}
		}
	}
	return bsns.lijst
}

// Zaken gives every zaak the graph names, each once.
func (g Graph) Zaken() []string {
	var zaken elk[string]
	for _, n := range g.Nodes {
		for _, v := range n.Values(Zaak) {
			if z := v.String(); z != "" {
				zaken.voeg(z)
			}
		}
	}
	return zaken.lijst
}

// Zaak gives the first zaak the graph names; empty when there is none.
func (g Graph) Zaak() string {
	if z := g.Zaken(); len(z) > 0 {
		return z[0]
	}
	return ""
}

// IsBronAfgeschermd tells whether any node asks to hide the source of the event
// from the family.
func (g Graph) IsBronAfgeschermd() bool {
	for _, n := range g.Nodes {
		for _, v := range n.Values(BronAfgeschermd) {
			if v.Literal != "false" {
				return true
			}
		}
	}
	return false
}

// Voeg adds the nodes of other: one node per id, with the types and values of both.
func (g *Graph) Voeg(other Graph) {
	for _, n := range other.Nodes {
		eigen := g.Node(n.ID, n.Types...)
		for _, p := range n.Props {
			for _, v := range p.Values {
				eigen.Add(p.Name, v)
			}
		}
	}
}
