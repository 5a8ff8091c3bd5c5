package soorten

import (
	"encoding/json"
	"strings"

	"github.com/handbereik/soh/internal/prov"
)

// plat gives a graph in the form its schema is about: the plain form that
// JSONLD writes, as the values of encoding/json with numbers kept. masker
// replaces what is encrypted; a personal value counts as a text, whatever it is.
func plat(g prov.Graph, masker func(string) string) map[string]any {
	nodes := make([]any, len(g.Nodes))
	for i, n := range g.Nodes {
		m := make(map[string]any, len(n.Props)+2)
		typen := make([]any, len(n.Types))
		for k, t := range n.Types {
			typen[k] = t
		}
		m["@id"], m["@type"] = masker(n.ID), typen
		for _, p := range n.Props {
			switch len(p.Values) {
			case 0:
			case 1:
				m[masker(p.Name)] = platteWaarde(p.Values[0], masker)
			default:
				ws := make([]any, len(p.Values))
				for k, v := range p.Values {
					ws[k] = platteWaarde(v, masker)
				}
				m[masker(p.Name)] = ws
			}
		}
		nodes[i] = m
	}
	return map[string]any{"@context": platteContext, "@graph": nodes}
}

var platteContext = map[string]any{"prov": prov.NSProv, "soh": prov.NSSoh}

func platteWaarde(v prov.Value, masker func(string) string) any {
	switch {
	case v.Kind == prov.Verwijzing:
		return map[string]any{"@id": masker(v.Ref)}
	case v.Kind == prov.Getal:
		return json.Number(v.Literal)
	case v.Kind == prov.Waarheid:
		return v.Literal == "true"
	case v.Kind == prov.Getypeerd:
		return map[string]any{"@value": masker(v.Literal), "@type": v.Datatype}
	case v.Taal != "":
		return map[string]any{"@value": masker(v.Literal), "@language": v.Taal}
	}
	return masker(v.Literal)
}

// pointer writes a JSON pointer (RFC 6901) below /data.
func pointer(delen []string) string {
	var b strings.Builder
	b.WriteString("/data")
	for _, d := range delen {
		b.WriteByte('/')
		b.WriteString(vlucht.Replace(d))
	}
	return b.String()
}

var vlucht = strings.NewReplacer("~", "~0", "/", "~1")
