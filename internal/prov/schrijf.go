package prov

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const contextKop = `{"@context":{"prov":"` + NSProv + `","soh":"` + NSSoh + `"},"@graph":[`

// typeloos is what a node without a type is called in JSON-LD: the schema wants
// a type, and everything is an rdfs:Resource. Lees drops it again.
const typeloos = "http://www.w3.org/2000/01/rdf-schema#Resource"

// JSONLD writes the graph in its plain form: compact names under a context of
// prov and soh, all nodes in @graph, in order. Equal graphs are equal bytes.
func (g Graph) JSONLD() json.RawMessage {
	b := append(make([]byte, 0, 256+256*len(g.Nodes)), contextKop...)
	for i, n := range g.Nodes {
		if i > 0 {
			b = append(b, ',')
		}
		b = n.schrijf(b)
	}
	return append(b, ']', '}')
}

func (n *Node) schrijf(b []byte) []byte {
	b = tekst(append(b, `{"@id":`...), n.ID)
	b = append(b, `,"@type":[`...)
	for i, t := range n.Types {
		if i > 0 {
			b = append(b, ',')
		}
		b = tekst(b, t)
	}
	if len(n.Types) == 0 {
		b = tekst(b, typeloos)
	}
	b = append(b, ']')
	for _, p := range n.Props {
		if len(p.Values) == 0 {
			continue
		}
		b = append(tekst(append(b, ','), p.Name), ':')
		if len(p.Values) > 1 {
			b = append(b, '[')
		}
		for i, v := range p.Values {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.schrijf(b)
		}
		if len(p.Values) > 1 {
			b = append(b, ']')
		}
	}
	return append(b, '}')
}

func (v Value) schrijf(b []byte) []byte {
	switch {
	case v.Kind == Verwijzing:
		b = tekst(append(b, `{"@id":`...), v.Ref)
	case v.Kind == Getal && isGetal(v.Literal), v.Kind == Waarheid && (v.Literal == "true" || v.Literal == "false"):
		return append(b, v.Literal...)
	case v.Kind == Getypeerd:
		b = tekst(append(b, `{"@value":`...), v.Literal)
		b = tekst(append(b, `,"@type":`...), v.Datatype)
	case v.Taal != "":
		b = tekst(append(b, `{"@value":`...), v.Literal)
		b = tekst(append(b, `,"@language":`...), v.Taal)
	default:
		return tekst(b, v.Literal)
	}
	return append(b, '}')
}

func tekst(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}

// compact shortens a full IRI of the two namespaces; anything else stays.
func compact(iri string) string {
	if rest, ok := strings.CutPrefix(iri, NSProv); ok && rest != "" {
		return "prov:" + rest
	}
	if rest, ok := strings.CutPrefix(iri, NSSoh); ok && rest != "" {
		return "soh:" + rest
	}
	return iri
}
