package soorten

import "encoding/json"

// schema writes version 1 for a type of this program: the graph tells what the
// event is about (an Entity), what was done (an Activity) and who
// did it (an Agent), and its times, cases and addresses have a form. It does not
// change any more: what comes later is a next version.
func (v vorm) schema(typ string) json.RawMessage {
	type m = map[string]any
	heeft := func(t ...string) m {
		eis := m{"contains": m{"enum": t}}
		if len(t) == 1 {
			eis = m{"contains": m{"const": t[0]}}
		}
		return eis
	}
	knoop := func(provType string, eigen []string, verplicht ...string) m {
		eisen := []any{heeft(provType)}
		if len(eigen) > 0 {
			eisen = append(eisen, heeft(eigen...))
		}
		return m{"type": "object", "required": append([]string{"@id", "@type"}, verplicht...), "properties": m{"@type": m{"type": "array", "allOf": eisen}}}
	}
	titel := func(wat string, eigen []string) string {
		for i, e := range eigen {
			if wat += ", "; i > 0 {
				wat += "of "
			}
			wat += e
		}
		return wat
	}
	eenOfMeer := func(een m) m {
		return m{"anyOf": []any{een, m{"type": "array", "minItems": 1, "items": een}}}
	}
	tekst := func(formaat string) m { return m{"type": "string", "minLength": 1, "format": formaat} }
	moment := m{"anyOf": []any{tekst("date-time"), m{"type": "object", "required": []string{"@value"}, "properties": m{"@value": tekst("date-time")}}}}
	verwijzing := m{"type": "object", "required": []string{"@id"}, "properties": m{"@id": m{"type": "string", "minLength": 1}}}
	adres := m{"anyOf": []any{tekst("uri"), verwijzing, m{"type": "object", "required": []string{"@value"}}}}
	doc := m{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": v.omschrijving,
		"description": "Inhoud (data) van een gebeurtenis " + typ + ": een PROV-graaf in gewone vorm.",
		"type":        "object", "required": []string{"@context", "@graph"},
		"properties": m{"@graph": m{
			"type": "array",
			"allOf": []any{
				m{"title": titel("waar het over gaat: een prov:Entity", v.entity), "contains": knoop("prov:Entity", v.entity)},
				m{"title": titel("wat er is gedaan: een prov:Activity", v.activity), "contains": knoop("prov:Activity", v.activity)},
				m{"title": "wie het deed: een prov:Agent", "contains": knoop("prov:Agent", nil)},
			},
			"items": m{"type": "object", "properties": m{
				"soh:tijdstip":             m{"title": "een tijdstip zoals 2026-11-23T09:00:00Z", "anyOf": eenOfMeer(moment)["anyOf"]},
				"soh:beschikbaarGesteldOp": m{"title": "een tijdstip zoals 2026-11-23T09:00:00Z", "anyOf": eenOfMeer(moment)["anyOf"]},
				"soh:zaak":                 m{"title": "de naam van een zaak", "anyOf": eenOfMeer(m{"anyOf": []any{m{"type": "string", "minLength": 1}, verwijzing}})["anyOf"]},
				"soh:heeftBetrokkene":      m{"title": "een verwijzing naar een betrokkene", "anyOf": eenOfMeer(verwijzing)["anyOf"]},
				"soh:inzageUrl":            m{"title": "een adres", "anyOf": eenOfMeer(adres)["anyOf"]},
			}},
		}},
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(err) // maps of texts
	}
	return b
}
