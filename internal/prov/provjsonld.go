package prov

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	contextProvJSONLD = "https://openprovenance.org/prov-jsonld/context.jsonld"
	nsXSD             = "http://www.w3.org/2001/XMLSchema#"
	nsRDF             = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsRDFS            = "http://www.w3.org/2000/01/rdf-schema#"

	// naamType is the datatype of a value that is the name of a thing (PROV-DM
	// §5.7.3): how PROV-JSONLD tells a reference that is no relation of PROV.
	naamType = "prov:QUALIFIED_NAME"
)

// ProvJSONLD writes the graph in the qualified form of PROV-JSONLD (W3C member
// submission, 2024): one object for each statement. A node without a PROV type
// becomes an Entity, because PROV-DM knows nothing else; all else comes back
// the same from Lees. Equal graphs are equal bytes.
func (g Graph) ProvJSONLD() json.RawMessage {
	w := ldSchrijver{nummer: map[string]int{}}
	for _, u := range g.uitspraken() {
		w.uitspraak(u)
	}
	b := []byte(`{"@context":["` + contextProvJSONLD + `",{"soh":"` + NSSoh + `"`)
	for i, ns := range w.ruimten {
		b = tekst(append(b, `,"ns`+strconv.Itoa(i+1)+`":`...), ns)
	}
	b = append(b, `}],"@graph":[`...)
	return append(append(b, w.b...), ']', '}')
}

type ldSchrijver struct {
	b       []byte
	ruimten []string       // namespaces of properties that need a prefix of ours
	nummer  map[string]int // of each of them, from 1
}

func (w *ldSchrijver) lid(naam string) {
	w.b = append(tekst(append(w.b, ','), naam), ':')
}

func (w *ldSchrijver) uitspraak(u uitspraak) {
	if len(w.b) > 0 {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, `{"@type":"`+u.typ+`"`...)
	if u.id != "" {
		w.lid("@id")
		w.b = tekst(w.b, u.id)
	}
	if u.van != "" {
		w.lid(u.vorm.van)
		w.b = tekst(w.b, u.van)
	}
	for i, v := range u.leden {
		if v != "" {
			w.lid(u.vorm.leden[i].naam)
			w.b = tekst(w.b, v)
		}
	}
	if len(u.types) > 0 {
		w.lid("type")
		for i, t := range u.types {
			w.b = tekst(append(w.b, "[,"[min(i, 1)]), t)
		}
		w.b = append(w.b, ']')
	}
	for _, p := range u.props {
		if len(p.Values) > 0 {
			w.eigenschap(u.vorm, p)
		}
	}
	w.b = append(w.b, '}')
}

// eigenschap writes what the form has no member for.
func (w *ldSchrijver) eigenschap(v *vorm, p Prop) {
	naam, verwijst := w.naam(p.Name), false
	switch {
	case p.Name == "prov:atLocation" && v.plek:
		naam, verwijst = "location", true
	case p.Name == "prov:hadRole" && v.rol:
		naam, verwijst = "role", true
	case p.Name == "prov:value" && v == &entiteit:
		naam = "value"
	case p.Name == nsRDFS+"label" && alleTekst(p.Values):
		naam = "label"
	}
	w.lid(naam)
	for i, x := range p.Values {
		w.b = append(w.b, "[,"[min(i, 1)])
		if x.Kind == Verwijzing && verwijst {
			w.b = tekst(w.b, x.Ref)
			continue
		}
		lit, datatype := x.getypeerd()
		w.b = tekst(append(w.b, `{"@value":`...), lit)
		switch {
		case datatype != "":
			w.b = tekst(append(w.b, `,"@type":`...), datatype)
		case x.Taal != "":
			w.b = tekst(append(w.b, `,"@language":`...), x.Taal)
		}
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func alleTekst(vs []Value) bool {
	for _, v := range vs {
		if v.Kind != Tekst {
			return false
		}
	}
	return true
}

// naam gives a property a name as PROV-JSONLD wants it: with a prefix of
// letters, digits and underscores.
func (w *ldSchrijver) naam(s string) string {
	prefix, rest, ok := strings.Cut(s, ":")
	if ok && prefix != "" && strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
		return s
	}
	if w.nummer[prefix] == 0 {
		w.ruimten = append(w.ruimten, prefix+":")
		w.nummer[prefix] = len(w.ruimten)
	}
	return "ns" + strconv.Itoa(w.nummer[prefix]) + ":" + rest
}

// getypeerd gives a value as text with the datatype that tells its kind; plain
// text has none.
func (v Value) getypeerd() (literal, datatype string) {
	switch v.Kind {
	case Verwijzing:
		return v.Ref, naamType
	case Getal:
		if isGeheel(v.Literal) {
			return v.Literal, nsXSD + "integer"
		}
		return v.Literal, nsXSD + "double"
	case Waarheid:
		return v.Literal, nsXSD + "boolean"
	case Getypeerd:
		return v.Literal, v.Datatype
	}
	return v.Literal, ""
}

// ontypeer is the reverse: in JSON-LD a number is the same as its text with
// the datatype of numbers.
func (v Value) ontypeer() Value {
	if v.Kind != Getypeerd {
		return v
	}
	switch v.Datatype {
	case naamType:
		if v.Literal != "" {
			return Value{Ref: compact(v.Literal), Kind: Verwijzing}
		}
	case nsXSD + "integer":
		if isGeheel(v.Literal) {
			return Value{Literal: v.Literal, Kind: Getal}
		}
	case nsXSD + "double":
		if isGetal(v.Literal) && !isGeheel(v.Literal) {
			return Value{Literal: v.Literal, Kind: Getal}
		}
	case nsXSD + "boolean":
		if v.Literal == "true" || v.Literal == "false" {
			return Value{Literal: v.Literal, Kind: Waarheid}
		}
	}
	return v
}

// isGeheel tells whether s is a whole number as JSON writes it.
func isGeheel(s string) bool {
	return isGetal(s) && !strings.ContainsAny(s, ".eE")
}

func isGetal(s string) bool {
	return s != "" && (s[0] == '-' || '0' <= s[0] && s[0] <= '9') && s[len(s)-1] >= '0' && jsontext.Value(s).IsValid()
}

func isLeeg(id string) bool { return strings.HasPrefix(id, "_:") }

func isTijd(s string) bool {
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil && !strings.Contains(s, ",") // Go takes a comma before the fraction
}
