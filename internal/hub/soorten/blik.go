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
	soort  blikSoort
	tekst  string
	graaf  *prov.Graph
	node   *prov.Node
	vs     []prov.Value
	w      any
	masker func(string) string
}

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

func (b blik) metTekst(s string) blik {
	return blik{soort: eenTekst, tekst: b.masker(s), masker: b.masker}
}

// waarde looks at one or more values of a property.
func (b blik) waarde(vs []prov.Value) blik {
	n := blik{vs: vs, masker: b.masker}
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

func (b blik) isTekst() (string, bool) {
	if b.soort == eenTekst {
		return b.tekst, true
	}
	s, ok := b.w.(string)
	return s, ok
}

func (b blik) isLijst() bool {
	if b.soort == eenNodes || b.soort == eenTypen || b.soort == eenLijst {
		return true
	}
	_, ok := b.w.([]any)
	return ok
}

func (b blik) isObject() bool {
	switch b.soort {
	case eenGraaf, eenNode, eenVerwijs, eenLiteral:
		return true
	}
	_, ok := b.w.(map[string]any)
	return ok
}

// aantal is the length of a list.
func (b blik) aantal() int {
	switch b.soort {
	case eenNodes:
		return len(b.graaf.Nodes)
	case eenTypen:
		return len(b.node.Types)
	case eenLijst:
		return len(b.vs)
	}
	return len(b.w.([]any))
}

// deel is element i of a list.
func (b blik) deel(i int) blik {
	switch b.soort {
	case eenNodes:
		return blik{soort: eenNode, node: b.graaf.Nodes[i], masker: b.masker}
	case eenTypen:
		return blik{soort: eenTekst, tekst: b.node.Types[i], masker: b.masker}
	case eenLijst:
		return b.waarde(b.vs[i : i+1])
	}
	return blik{w: b.w.([]any)[i]}
}

// eigenschap is member naam of an object.
func (b blik) eigenschap(naam string) (blik, bool) {
	switch b.soort {
	case eenGraaf:
		switch naam {
		case "@context":
			return blik{w: platteContext}, true
		case "@graph":
			return blik{soort: eenNodes, graaf: b.graaf, masker: b.masker}, true
		}
		return blik{}, false
	case eenNode:
		switch naam {
		case "@id":
			return b.metTekst(b.node.ID), true
		case "@type":
			return blik{soort: eenTypen, node: b.node, masker: b.masker}, true
		}
		for i := range b.node.Props {
			if p := &b.node.Props[i]; len(p.Values) > 0 && b.masker(p.Name) == naam {
				return b.waarde(p.Values), true
			}
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
func (b blik) namen() []string {
	switch b.soort {
	case eenGraaf:
		return []string{"@context", "@graph"}
	case eenNode:
		uit := []string{"@id", "@type"}
		for i := range b.node.Props {
			if len(b.node.Props[i].Values) > 0 {
				uit = append(uit, b.masker(b.node.Props[i].Name))
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
func (b blik) alles() any {
	switch {
	case b.soort == eenTekst:
		return b.tekst
	case b.soort == eenWaarde:
		return b.w
	case b.isLijst():
		uit := make([]any, b.aantal())
		for i := range uit {
			uit[i] = b.deel(i).alles()
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
