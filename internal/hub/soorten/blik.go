package soorten

import (
	"encoding/json"

	"github.com/handbereik/soh/internal/prov"
)

// blik is a value as a schema sees it: a part of a graph in its plain form,
// looked at where it stands, or any value of encoding/json. So a graph is
// checked without being written out; plat writes the same, and a test holds the
// two against each other.
type blik struct {
	soort blikSoort
	z     *zicht // nil for a value of encoding/json, and for a type
	tekst string // as it stands: masked when it is read
	node  *prov.Node
	vs    []prov.Value
	w     any
}

// zicht is what all views on one graph share.
type zicht struct {
	graaf  *prov.Graph
	masker func(string) string
	vreemd bool // some property has a name that masker changes
}

func zichtOp(g *prov.Graph, masker func(string) string) *zicht {
	z := &zicht{graaf: g, masker: masker}
	for _, n := range g.Nodes {
		for i := range n.Props {
			z.vreemd = z.vreemd || masker(n.Props[i].Name) != n.Props[i].Name
		}
	}
	return z
}

func (z *zicht) blik() blik { return blik{soort: eenGraaf, z: z} }

type blikSoort uint8

const (
	eenWaarde  blikSoort = iota // w, of encoding/json
	eenTekst                    // tekst
	eenGraaf                    // the whole
	eenNodes                    // the list of nodes
	eenNode                     // one node
	eenTypen                    // the list of its types
	eenLijst                    // the list vs
	eenVerwijs                  // {"@id": vs[0].Ref}
	eenLiteral                  // {"@value": …, "@type" or "@language": …} of vs[0]
)

func (b *blik) metTekst(s string) blik { return blik{soort: eenTekst, tekst: s, z: b.z} }

// waarde looks at one or more values of a property.
func (b *blik) waarde(vs []prov.Value) blik {
	n := blik{vs: vs, z: b.z}
	if len(vs) > 1 {
		n.soort = eenLijst
		return n
	}
	switch v := &vs[0]; {
	case v.Kind == prov.Verwijzing:
		n.soort = eenVerwijs
	case v.Kind == prov.Getal:
		n.w = json.Number(v.Literal)
	case v.Kind == prov.Waarheid:
		n.w = v.Literal == "true"
	case v.Kind == prov.Getypeerd || v.Taal != "":
		n.soort = eenLiteral
	default:
		return b.metTekst(v.Literal)
	}
	return n
}

func (b *blik) isTekst() bool {
	if b.soort != eenWaarde {
		return b.soort == eenTekst
	}
	_, is := b.w.(string)
	return is
}

// lees gives the text that isTekst told of.
func (b *blik) lees() string {
	if b.soort == eenWaarde {
		return b.w.(string)
	}
	if b.z == nil {
		return b.tekst
	}
	return b.z.masker(b.tekst)
}

func (b *blik) isLijst() bool {
	if b.soort == eenNodes || b.soort == eenTypen || b.soort == eenLijst {
		return true
	}
	_, ok := b.w.([]any)
	return ok
}

func (b *blik) isObject() bool {
	switch b.soort {
	case eenGraaf, eenNode, eenVerwijs, eenLiteral:
		return true
	}
	_, ok := b.w.(map[string]any)
	return ok
}

// aantal is the length of a list.
func (b *blik) aantal() int {
	switch b.soort {
	case eenNodes:
		return len(b.z.graaf.Nodes)
	case eenTypen:
		return len(b.node.Types)
	case eenLijst:
		return len(b.vs)
	}
	return len(b.w.([]any))
}

// deel is element i of a list.
func (b *blik) deel(i int) blik {
	switch b.soort {
	case eenNodes:
		return blik{soort: eenNode, node: b.z.graaf.Nodes[i], z: b.z}
	case eenTypen:
		return blik{soort: eenTekst, tekst: b.node.Types[i]}
	case eenLijst:
		return b.waarde(b.vs[i : i+1])
	}
	return blik{w: b.w.([]any)[i]}
}

// prop gives the values of a property of a node.
func (b *blik) prop(naam string) []prov.Value {
	for i := range b.node.Props {
		p := &b.node.Props[i]
		if len(p.Values) > 0 && (p.Name == naam && !b.z.vreemd || b.z.vreemd && b.z.masker(p.Name) == naam) {
			return p.Values
		}
	}
	return nil
}

// heeft tells whether an object has the member naam.
func (b *blik) heeft(naam string) bool {
	if b.soort == eenNode && naam[:min(1, len(naam))] != "@" {
		return b.prop(naam) != nil
	}
	_, er := b.eigenschap(naam)
	return er
}

// eigenschap is member naam of an object.
func (b *blik) eigenschap(naam string) (blik, bool) {
	switch b.soort {
	case eenGraaf:
		switch naam {
		case "@context":
			return blik{w: platteContext}, true
		case "@graph":
			return blik{soort: eenNodes, z: b.z}, true
		}
		return blik{}, false
	case eenNode:
		switch naam {
		case "@id":
			return b.metTekst(b.node.ID), true
		case "@type":
			return blik{soort: eenTypen, node: b.node, z: b.z}, true
		}
		if vs := b.prop(naam); vs != nil {
			return b.waarde(vs), true
		}
		return blik{}, false
	case eenVerwijs:
		return b.metTekst(b.vs[0].Ref), naam == "@id"
	case eenLiteral:
		v := &b.vs[0]
		switch {
		case naam == "@value":
			return b.metTekst(v.Literal), true
		case naam == "@type" && v.Kind == prov.Getypeerd:
			return blik{soort: eenTekst, tekst: v.Datatype}, true
		case naam == "@language" && v.Kind != prov.Getypeerd:
			return blik{soort: eenTekst, tekst: v.Taal}, true
		}
		return blik{}, false
	}
	w, er := b.w.(map[string]any)[naam]
	return blik{w: w}, er
}

// namen gives the names of the members of an object, each once.
func (b *blik) namen() []string {
	switch b.soort {
	case eenGraaf:
		return []string{"@context", "@graph"}
	case eenNode:
		uit := []string{"@id", "@type"}
		for i := range b.node.Props {
			if len(b.node.Props[i].Values) > 0 {
				uit = append(uit, b.z.masker(b.node.Props[i].Name))
			}
		}
		return uit
	case eenVerwijs:
		return []string{"@id"}
	case eenLiteral:
		if b.vs[0].Kind == prov.Getypeerd {
			return []string{"@value", "@type"}
		}
		return []string{"@value", "@language"}
	}
	var uit []string
	for n := range b.w.(map[string]any) {
		uit = append(uit, n)
	}
	return uit
}

// alles writes the value out.
func (b *blik) alles() any {
	switch {
	case b.soort == eenTekst:
		return b.lees()
	case b.soort == eenWaarde:
		return b.w
	case b.isLijst():
		uit := make([]any, b.aantal())
		for i := range uit {
			d := b.deel(i)
			uit[i] = d.alles()
		}
		return uit
	}
	uit := map[string]any{}
	for _, n := range b.namen() {
		d, _ := b.eigenschap(n)
		uit[n] = d.alles()
	}
	return uit
}
