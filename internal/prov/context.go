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

// stellingen are the statements of PROV-JSONLD: an object of this type has one
// member for the subject and one for the object of the relation.
var stellingen = []struct{ typ, van, kwalificatie, naar, doel string }{
	{"Generation", "entity", "prov:qualifiedGeneration", "activity", "prov:activity"},
	{"Usage", "activity", "prov:qualifiedUsage", "entity", "prov:entity"},
	{"Invalidation", "entity", "prov:qualifiedInvalidation", "activity", "prov:activity"},
	{"Communication", "informed", "prov:qualifiedCommunication", "informant", "prov:activity"},
	{"Start", "activity", "prov:qualifiedStart", "trigger", "prov:entity"},
	{"End", "activity", "prov:qualifiedEnd", "trigger", "prov:entity"},
	{"Derivation", "generatedEntity", "prov:qualifiedDerivation", "usedEntity", "prov:entity"},
	{"Attribution", "entity", "prov:qualifiedAttribution", "agent", "prov:agent"},
	{"Association", "activity", "prov:qualifiedAssociation", "agent", "prov:agent"},
	{"Delegation", "delegate", "prov:qualifiedDelegation", "responsible", "prov:agent"},
	{"Influence", "influencee", "prov:qualifiedInfluence", "influencer", "prov:influencer"},
	{"Specialization", "specificEntity", "prov:qualifiedSpecialization", "generalEntity", "prov:entity"},
	{"Alternate", "alternate1", "prov:qualifiedAlternate", "alternate2", "prov:entity"},
	{"Membership", "collection", "prov:qualifiedMembership", "entity", "prov:entity"},
}

// provJSONLD maps the statements of PROV-JSONLD (W3C member submission, 2024)
// to the qualified terms of PROV-O: the subject of a statement refers to it,
// it refers to its object. Which member is which depends on the type.
func provJSONLD() map[string]any {
	c := map[string]any{
		"@version": 1.1, "prov": NSProv,
		"xsd": "http://www.w3.org/2001/XMLSchema#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
		"startTime": datum("prov:startedAtTime"), "endTime": datum("prov:endedAtTime"), "time": datum("prov:atTime"),
		"location": "prov:atLocation", "role": "prov:hadRole", "label": "rdfs:label",
	}
	for _, t := range []string{"Entity", "Activity", "Agent", "Person", "Organization", "SoftwareAgent", "Plan", "Collection", "Bundle"} {
		c[t] = "prov:" + t
	}
	for _, s := range stellingen {
		eigen := map[string]any{
			s.van:  map[string]any{"@reverse": s.kwalificatie, "@type": "@id"},
			s.naar: map[string]any{"@id": s.doel, "@type": "@id"},
		}
		switch s.typ {
		case "Association":
			eigen["plan"] = map[string]any{"@id": "prov:hadPlan", "@type": "@id"}
		case "Start":
			eigen["starter"] = map[string]any{"@id": "prov:hadActivity", "@type": "@id"}
		case "End":
			eigen["ender"] = map[string]any{"@id": "prov:hadActivity", "@type": "@id"}
		case "Derivation", "Delegation":
			eigen["activity"] = map[string]any{"@id": "prov:hadActivity", "@type": "@id"}
		}
		c[s.typ] = map[string]any{"@id": "prov:" + s.typ, "@context": eigen}
	}
	return c
}

func datum(iri string) map[string]any {
	return map[string]any{"@id": iri, "@type": "xsd:dateTime"}
}
