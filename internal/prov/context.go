package prov

import (
	"errors"

	"github.com/piprate/json-gold/ld"
)

// The built-in contexts, by the addresses under which payloads ask for them.
// They are our own; nothing is fetched.
var contexten = map[string]func() map[string]any{
	"https://openprovenance.org/prov-jsonld/context.jsonld": provJSONLD,
	"http://openprovenance.org/prov-jsonld/context.jsonld":  provJSONLD,
	"https://openprovenance.org/prov-jsonld/context.json":   provJSONLD,
	"http://openprovenance.org/prov-jsonld/context.json":    provJSONLD,
	"http://www.w3.org/ns/prov":                             provKaal,
	NSProv:                                                  provKaal,
	NSSoh:                                                   eigenTermen,
}

// ingebouwd is the only loader of documents there is.
type ingebouwd struct{}

var errOnbekendeContext = errors.New("geen ingebouwde context")

// LoadDocument gives a built-in context, and an error for anything else.
func (ingebouwd) LoadDocument(u string) (*ld.RemoteDocument, error) {
	maak, ok := contexten[u]
	if !ok {
		return nil, ld.NewJsonLdError(ld.LoadingRemoteContextFailed, errOnbekendeContext)
	}
	return &ld.RemoteDocument{DocumentURL: u, Document: map[string]any{"@context": maak()}}, nil
}

func provKaal() map[string]any { return map[string]any{"prov": NSProv} }

// eigenTermen makes the terms that are written without a prefix mean ours,
// unless the payload's own context says otherwise.
func eigenTermen() map[string]any {
	c := map[string]any{"soh": NSSoh}
	for term, naam := range zonderPrefix {
		c[term] = NSSoh + naam[len("soh:"):]
	}
	return c
}

// provJSONLD maps the statements of PROV-JSONLD (W3C member submission, 2024)
// to the qualified terms of PROV-O: the subject of a statement refers to it,
// it refers to its object. Which member is which depends on the type. Older
// spellings that do not clash are read as well.
func provJSONLD() map[string]any {
	c := map[string]any{
		"@version": 1.1, "prov": NSProv, "provext": nsProvExt, "xsd": nsXSD, "rdfs": nsRDFS, "rdf": nsRDF,
		"startTime": datum("prov:startedAtTime"), "endTime": datum("prov:endedAtTime"), "time": datum("prov:atTime"),
		"location": naarNode("prov:atLocation"), "role": naarNode("prov:hadRole"), "type": naarNode("rdf:type"),
		"label": "rdfs:label", "value": "prov:value",
	}
	for _, t := range []string{"Entity", "Activity", "Agent", "Person", "Organization", "SoftwareAgent", "Plan", "Collection", "Bundle"} {
		c[t] = "prov:" + t
	}
	for _, v := range vormen {
		eigen := map[string]any{v.van: map[string]any{"@reverse": v.kwal, "@type": "@id"}}
		for _, l := range v.leden {
			if l.tijd {
				eigen[l.naam] = datum(l.prop)
			} else {
				eigen[l.naam] = naarNode(l.prop)
			}
		}
		naam := "prov:" + v.typ
		if v.kaal {
			naam = nsProvExt + v.typ
		}
		c[v.typ] = map[string]any{"@id": naam, "@context": eigen}
	}
	return c
}

func naarNode(iri string) map[string]any {
	return map[string]any{"@id": iri, "@type": "@id"}
}

func datum(iri string) map[string]any {
	return map[string]any{"@id": iri, "@type": "xsd:dateTime"}
}
