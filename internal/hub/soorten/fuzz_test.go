package soorten

import (
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// A schema that is offered is refused, or made ready and asked: neither ends in
// a panic, and a schema that is taken is no stricter than itself.
func FuzzSchema(f *testing.F) {
	data := []byte(`{"@context":{"prov":"http://www.w3.org/ns/prov#","soh":"https://data.samenonderhandbereik.nl/soh#"},"@graph":[{"@id":"u:e","@type":"prov:Entity","soh:naam":["a",1,true]}]}`)
	for _, typ := range []string{cloudevent.MeldingGeregistreerd, cloudevent.VerrijkingBeschikbaar} {
		f.Add([]byte(Begin().Schemas(typ)[0].Schema), data)
	}
	for _, s := range []string{`{}`, `{"$ref":"#"}`, `{"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}`, `{"pattern":"(a+)+$","minLength":1e400}`, `{"multipleOf":0}`,
		`{"type":["object",1]}`, `{"enum":[{"a":[]}],"contains":{"const":1},"maxContains":0}`, `{"unevaluatedProperties":false,"if":{},"then":{"not":{}}}`, `[`} {
		f.Add([]byte(s), data)
	}
	f.Fuzz(func(t *testing.T, b, data []byte) {
		s := &Schema{Type: cloudevent.MeldingGeregistreerd, Versie: 2, Schema: b}
		if err := s.compileer(); err != nil {
			if begrip.FoutVan(err).Code == begrip.Intern {
				t.Fatalf("not an error for who offers: %v", err)
			}
			return
		}
		_ = ruimer(s.doc, s.doc)
		g, _, err := prov.Lees(data)
		if err != nil {
			return
		}
		st := Begin().met(s)
		ev := cloudevent.Event{Type: s.Type, Data: data}
		gelijk := func(s string) string { return s }
		st.Controleer(ev, g, gelijk)
	})
}
