package soorten

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

func letterlijk(s string) string { return s }

func TestElkTypeVanEenDeelnemerHeeftEenSchema(t *testing.T) {
	s := Begin()
	for _, typ := range cloudevent.Typen() {
		b, er := ingebouwd[typ]
		if n := len(s.Schemas(typ)); !b.vast && !cloudevent.IsResultaat(typ) && n != 1 {
			t.Errorf("%s has %d schemas", typ, n)
		}
		if v, _ := s.Soort(typ); !cloudevent.IsResultaat(typ) && er && v.Omschrijving == "" {
			t.Errorf("%s has no description", typ)
		}
	}
}

func TestVoorbeeldVanDeHandleidingPastBijHetSchema(t *testing.T) {
	b, err := os.ReadFile("../../../docs/voorbeelden/melding-geregistreerd.json")
	if err != nil {
		t.Fatal(err)
	}
	ev, err := cloudevent.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := prov.Lees(ev.Data)
	if err != nil {
		t.Fatal(err)
	}
	if f := Begin().Controleer(ev, g, letterlijk); len(f) > 0 {
		t.Fatal(f)
	}
}

// All mistakes at once, each with its place, and no value.
func TestAlleSchemafoutenMetPlaatsZonderWaarde(t *testing.T) {
	ev, _ := voorbeeld()
	var g prov.Graph
	g.Node("urn:x:geheim", prov.Entity, "soh:Verslag").Set("soh:tijdstip", "geheim-gisteren").Set("soh:zaak", "")
	g.Node("urn:y:geheim", prov.Activity, "soh:InzienMelding").Set("soh:inzageUrl", "geheim geen adres")
	g.Node(oinA.URN(), prov.Agent)
	fouten := Begin().Controleer(ev, g, letterlijk)
	var alles strings.Builder
	for _, f := range fouten {
		alles.WriteString(f.Veld + ": " + f.Bericht + "\n")
	}
	for _, wil := range []string{
		"/data/@graph: Hier ontbreekt een onderdeel (waar het over gaat: een prov:Entity, soh:Melding).",
		"/data/@graph: Hier ontbreekt een onderdeel (wat er is gedaan: een prov:Activity, soh:RegistrerenMelding).",
		"/data/@graph/0/soh:tijdstip: Dit voldoet aan geen van de vormen die hier mogen (een tijdstip zoals 2026-11-23T09:00:00Z).",
		"/data/@graph/0/soh:zaak: ", "/data/@graph/1/soh:inzageUrl: ",
	} {
		if !strings.Contains(alles.String(), wil) {
			t.Errorf("misses %q", wil)
		}
	}
	if len(fouten) != 5 || strings.Contains(alles.String(), "geheim") {
		t.Errorf("%d: %s", len(fouten), alles.String())
	}
}

func TestDataschemaKiestDeVersie(t *testing.T) {
	s := Begin()
	typ := cloudevent.UitkomstIngezien
	ruim := Schema{Type: typ, Versie: 2, Schema: json.RawMessage(`{"title":"alles mag"}`)}
	n, err := s.MetSchema(ruim)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Schemas(typ)) != 1 || len(n.Schemas(typ)) != 2 {
		t.Fatal("a Stand changed")
	}
	ev, g := voorbeeld()
	ev.Type = typ
	g.Nodes[0].Set("soh:tijdstip", "geen tijd")
	for dataschema, fouten := range map[string]int{
		"": 0, cloudevent.SchemaProv: 0,
		"https://ketenindex.example/v1/schemas/" + typ + "/versies/1":                             1,
		"https://ketenindex.example/v1/schemas/" + typ + "/versies/2":                             0,
		"https://ketenindex.example/v1/schemas/" + typ + "/versies/3":                             1,
		"https://ketenindex.example/v1/schemas/" + cloudevent.MeldingGeregistreerd + "/versies/1": 1,
		"https://ketenindex.example/v1/schemas/" + typ:                                            1,
	} {
		ev.DataSchema = dataschema
		if f := n.Controleer(ev, g, letterlijk); len(f) != fouten {
			t.Errorf("%q: %v", dataschema, f)
		}
	}
	for naam, v := range map[string]Schema{
		"versie die er al is": {Type: typ, Versie: 1, Schema: ruim.Schema}, "versie overgeslagen": {Type: typ, Versie: 3, Schema: ruim.Schema},
		"onbekend type": {Type: "nl.jzv.a.b", Versie: 1, Schema: ruim.Schema}, "van de hub": {Type: cloudevent.VergetenGevraagd, Versie: 1, Schema: ruim.Schema},
		"strenger": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"required":["nieuw"]}`)}, "geen JSON": {Type: typ, Versie: 2, Schema: json.RawMessage(`{`)},
		"geen schema": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"type":"tekst"}`)}, "van het net": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"$ref":"https://elders.example/s.json"}`)},
		"van de schijf": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"$ref":"file:///etc/passwd"}`)}, "eigen id": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"$defs":{"a":{"$id":"b"}}}`)},
		"ander dialect": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"$schema":"http://json-schema.org/draft-07/schema#"}`)}, "te groot": {Type: typ, Versie: 2, Schema: json.RawMessage(`{"title":"` + strings.Repeat("x", maxSchema) + `"}`)},
	} {
		if _, err := s.MetSchema(v); err == nil || begrip.FoutVan(err).Code == begrip.Intern {
			t.Errorf("%s: %v", naam, err)
		}
	}
}

func TestNieuwTypeMetEigenSchema(t *testing.T) {
	typ := "nl.jzv.opstellen-en-regisseren-plan.plan-vastgesteld"
	s, err := Begin().MetSoort(Soort{Type: typ, Functie: "opstellen-en-regisseren-plan", Omschrijving: "Het plan staat vast.", Bewaartermijn: "P20Y"})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.MetSchema(Schema{Type: typ, Versie: 1, Schema: json.RawMessage(`{"properties":{"@graph":{"contains":{"properties":{"@type":{"contains":{"const":"soh:Plan"}}}}}}}`)}); err != nil {
		t.Fatal(err)
	}
	ev, g := voorbeeld()
	ev.Type = typ
	if f := s.Controleer(ev, g, letterlijk); len(f) != 1 {
		t.Fatal(f)
	}
	g.Node("urn:soh:plan:1", prov.Entity, "soh:Plan")
	if f := s.Controleer(ev, g, letterlijk); len(f) != 0 {
		t.Fatal(f)
	}
	if Begin().Bekend(typ) || !s.Bekend(typ) {
		t.Fatal("known at the wrong moment")
	}
}

func lees(t testing.TB, s string) any {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAlleenVerruimenMag(t *testing.T) {
	for _, g := range []struct {
		oud, nieuw string
		waar       string // where it breaks; empty: it may
	}{
		{`{"type":"string"}`, `{"type":["string","null"]}`, ""},
		{`{"type":["string","null"]}`, `{"type":"string"}`, "#/type"},
		{`{"type":"integer"}`, `{"type":"number"}`, ""},
		{`{"type":"number"}`, `{"type":"integer"}`, "#/type"},
		{`{"required":["a","b"]}`, `{"required":["a"]}`, ""},
		{`{"required":["a"]}`, `{"required":["a","b"]}`, "#/required"},
		{`{"type":"string"}`, `{"required":["a"],"type":"string"}`, ""},
		{`{"minLength":3}`, `{"minLength":2}`, ""},
		{`{"minLength":2}`, `{"minLength":3}`, "#/minLength"},
		{`{"maximum":3}`, `{"exclusiveMaximum":4}`, ""},
		{`{"maximum":3}`, `{"exclusiveMaximum":3}`, "#/exclusiveMaximum"},
		{`{"multipleOf":6}`, `{"multipleOf":3}`, ""},
		{`{"multipleOf":3}`, `{"multipleOf":6}`, "#/multipleOf"},
		{`{"const":1}`, `{"enum":[1.0,2]}`, ""},
		{`{"enum":[1,2]}`, `{"const":1}`, "#/const"},
		{`{"enum":["a",null]}`, `{"type":["string","null"]}`, ""},
		{`{}`, `{"properties":{"a":{"type":"string"}}}`, "#/properties/a/type"},
		{`{"additionalProperties":false}`, `{"properties":{"a":{"type":"string"}}}`, ""},
		{`{"additionalProperties":false}`, `{"properties":{"a":{"type":"string"}},"additionalProperties":false}`, ""},
		{`{"properties":{"a":{}}}`, `{"additionalProperties":false,"properties":{"a":{}}}`, "#/additionalProperties"},
		{`{"properties":{"a":{},"b":{}},"additionalProperties":false}`, `{"properties":{"a":{}},"additionalProperties":false}`, "#/additionalProperties"},
		{`{"items":{"type":"string"}}`, `{"items":{"type":["string","number"]}}`, ""},
		{`{"prefixItems":[{"type":"string"}]}`, `{"items":{"type":"string"}}`, "#/items/type"},
		{`{"prefixItems":[{"type":"string"}],"items":{"type":"string"}}`, `{"items":{"type":"string"}}`, ""},
		{`{"contains":{"const":1}}`, `{"contains":{"enum":[1,2]}}`, ""},
		{`{"contains":{"enum":[1,2]}}`, `{"contains":{"const":1}}`, "#/contains"},
		{`{"contains":{"const":1},"maxContains":1}`, `{"contains":{"enum":[1,2]},"maxContains":1}`, "#/contains"},
		{`{"contains":{"const":1}}`, `{"contains":{"const":1},"minContains":2}`, "#/contains"},
		{`{"anyOf":[{"type":"string"},{"type":"number"}]}`, `{"type":["string","number"]}`, ""},
		{`{"anyOf":[{"type":"string"},{"type":"number"}]}`, `{"anyOf":[{"type":"number"},{"type":"string"},{"type":"null"}]}`, ""},
		{`{"type":["string","number"]}`, `{"anyOf":[{"type":"number"}]}`, "#/anyOf"},
		{`{"not":{"type":["string","number"]}}`, `{"not":{"type":"string"}}`, ""},
		{`{"not":{"type":"string"}}`, `{"not":{"type":["string","number"]}}`, "#/not"},
		{`{"oneOf":[{"type":"string"}]}`, `{"oneOf":[{"type":"string"}],"title":"x"}`, ""},
		{`{"oneOf":[{"type":"string"}]}`, `{"oneOf":[{"type":"string"},{"const":"a"}]}`, "#/oneOf"},
		{`{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}`, `{"$ref":"#/$defs/b","$defs":{"b":{"type":["string","null"]}}}`, ""},
		{`{"$ref":"#/$defs/a","$defs":{"a":{"type":["string","null"]}}}`, `{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}`, "#/$defs/a/type"},
		{`{"properties":{"kind":{"$ref":"#"}},"required":["a"]}`, `{"properties":{"kind":{"$ref":"#"}}}`, ""},
		{`{"properties":{"kind":{"$ref":"#"}}}`, `{"properties":{"kind":{"$ref":"#"}},"required":["a"]}`, "#/required"},
		{`{}`, `{"$ref":"#"}`, "#"},
		{`{}`, `{"unevaluatedProperties":false}`, "#/unevaluatedProperties"},
		{`{"pattern":"^a"}`, `{"pattern":"^[ab]"}`, "#/pattern"},
		{`{"format":"date"}`, `{}`, ""},
		{`{}`, `{"format":"date"}`, "#/format"},
		{`{"patternProperties":{"^a":{"type":"string"}}}`, `{"properties":{"ab":{"type":"string"}}}`, ""},
		{`{"patternProperties":{"^a":{"type":"string"}}}`, `{"patternProperties":{"^a":{"type":"number"}}}`, "#/patternProperties/^a"},
		{`{"dependentRequired":{"a":["b"]}}`, `{"dependentRequired":{"a":["b","c"]}}`, "#/dependentRequired/a"},
		{`true`, `{}`, ""},
		{`{"properties":{"a":false}}`, `{"properties":{"a":{"type":"string"}}}`, ""},
		{`{"properties":{"a":{"type":"string"}}}`, `{"properties":{"a":false}}`, "#/properties/a"},
	} {
		err := ruimer(lees(t, g.oud), lees(t, g.nieuw))
		if g.waar == "" {
			if err != nil {
				t.Errorf("%s → %s: %v", g.oud, g.nieuw, err)
			}
			continue
		}
		f := begrip.FoutVan(err)
		if err == nil || !slices.ContainsFunc(f.Velden, func(v begrip.Veldfout) bool { return v.Veld == g.waar && v.Bericht != "" }) {
			t.Errorf("%s → %s: want a break at %s, got %v", g.oud, g.nieuw, g.waar, err)
		}
	}
}

var woorden = []string{"a", "b", "ab"}

// waarde draws a JSON value small enough to meet the schemas below by chance.
func waarde(t *rapid.T, diepte int) any {
	n := 6
	if diepte == 0 {
		n = 4
	}
	switch rapid.IntRange(0, n-1).Draw(t, "soort") {
	case 0:
		return rapid.SampledFrom([]string{"", "a", "b", "ab", "aab", "2026-11-23"}).Draw(t, "tekst")
	case 1:
		return json.Number(rapid.SampledFrom([]string{"0", "1", "1.0", "2", "2.5", "6", "-1"}).Draw(t, "getal"))
	case 2:
		return rapid.Bool().Draw(t, "waar")
	case 3:
		return nil
	case 4:
		var l []any
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			l = append(l, waarde(t, diepte-1))
		}
		return append([]any{}, l...)
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		m[rapid.SampledFrom(woorden).Draw(t, "naam")] = waarde(t, diepte-1)
	}
	return m
}

// schemaVan draws a schema with up to three keywords.
func schemaVan(t *rapid.T, diepte int) any {
	if rapid.IntRange(0, 9).Draw(t, "kaal") == 0 {
		return rapid.Bool().Draw(t, "waarheid")
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		sleutelwoord(t, m, diepte)
	}
	return m
}

func sleutelwoord(t *rapid.T, m map[string]any, diepte int) {
	klein := func() any { return json.Number(rapid.SampledFrom([]string{"0", "1", "2", "3"}).Draw(t, "klein")) }
	typen := []any{"string", "number", "integer", "boolean", "null", "array", "object"}
	enkel := []string{"type", "type", "enum", "const", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern",
		"required", "dependentRequired", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "format", "title"}
	dieper := []string{"properties", "properties", "additionalProperties", "patternProperties", "propertyNames", "items", "prefixItems", "contains", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas", "$ref"}
	keuze := enkel
	if diepte > 0 {
		keuze = append(slices.Clone(enkel), dieper...)
	}
	k := rapid.SampledFrom(keuze).Draw(t, "sleutelwoord")
	naam := func() string { return rapid.SampledFrom(woorden).Draw(t, "naam") }
	kind := func() any { return schemaVan(t, diepte-1) }
	switch k {
	case "type":
		if l := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"string", "number", "integer", "boolean", "null", "array", "object"}), 1, 4, rapid.ID).Draw(t, "typen"); len(l) > 1 {
			var a []any
			for _, x := range l {
				a = append(a, x)
			}
			m[k] = a
		} else {
			m[k] = rapid.SampledFrom(typen).Draw(t, "type")
		}
	case "enum":
		m[k] = []any{waarde(t, 1), waarde(t, 1)}
	case "const":
		m[k] = waarde(t, 1)
	case "multipleOf":
		m[k] = json.Number(rapid.SampledFrom([]string{"1", "2", "3", "0.5", "6"}).Draw(t, "veelvoud"))
	case "pattern":
		m[k] = rapid.SampledFrom([]string{"^a", "b$"}).Draw(t, "patroon")
	case "format":
		m[k] = "date"
	case "title":
		m[k] = naam()
	case "uniqueItems":
		m[k] = rapid.Bool().Draw(t, "uniek")
	case "required":
		m[k] = []any{naam()}
	case "dependentRequired":
		m[k] = map[string]any{naam(): []any{naam()}}
	case "properties", "dependentSchemas":
		m[k] = map[string]any{naam(): kind(), "b": kind()}
	case "patternProperties":
		m[k] = map[string]any{rapid.SampledFrom([]string{"^a", "b$"}).Draw(t, "patroon"): kind()}
	case "prefixItems", "allOf", "anyOf", "oneOf":
		m[k] = []any{kind(), kind()}
	case "contains":
		m[k] = kind()
		if rapid.Bool().Draw(t, "min") {
			m["minContains"] = klein()
		}
		if rapid.Bool().Draw(t, "max") {
			m["maxContains"] = klein()
		}
	case "if":
		m["if"], m["then"] = kind(), kind()
	case "additionalProperties", "propertyNames", "items", "not":
		m[k] = kind()
	case "$ref":
		m[k] = rapid.SampledFrom([]string{"#/$defs/p", "#/$defs/q", "#"}).Draw(t, "ref")
	default:
		m[k] = klein()
	}
}

// wijzig changes one thing somewhere in a copy of a schema.
func wijzig(t *rapid.T, v any) any {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return schemaVan(t, 1)
	}
	uit := map[string]any{}
	for k, w := range m {
		uit[k] = w
	}
	var namen []string
	for k := range m {
		namen = append(namen, k)
	}
	slices.Sort(namen)
	k := rapid.SampledFrom(namen).Draw(t, "waar")
	switch rapid.IntRange(0, 4).Draw(t, "hoe") {
	case 0:
		delete(uit, k)
	case 1:
		sleutelwoord(t, uit, 1)
	default:
		switch w := m[k].(type) {
		case map[string]any:
			uit[k] = wijzig(t, w)
			if k == "properties" || k == "$defs" || k == "patternProperties" || k == "dependentSchemas" {
				kind := map[string]any{}
				for n, x := range w {
					kind[n] = wijzig(t, x)
				}
				uit[k] = kind
			}
		case []any:
			if k == "allOf" || k == "anyOf" || k == "oneOf" || k == "prefixItems" {
				kind := slices.Clone(w)
				i := rapid.IntRange(0, len(w)-1).Draw(t, "i")
				kind[i] = wijzig(t, w[i])
				uit[k] = kind
			}
		case json.Number:
			uit[k] = json.Number(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "ander"))
		}
	}
	return uit
}

func compileerProef(v any) (*jsonschema.Schema, bool) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(nietsLaden{})
	c.AssertFormat()
	if c.AddResource(plek, v) != nil {
		return nil, false
	}
	s, err := c.Compile(plek)
	return s, err == nil
}

// What was valid under a schema stays valid under every newer one that is taken.
func TestWatEerstGoedWasBlijftGoed(t *testing.T) {
	aangenomen, geweigerd, getoetst := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		defs := map[string]any{"p": schemaVan(t, 1), "q": schemaVan(t, 1)}
		oud, _ := schemaVan(t, 2).(map[string]any)
		if oud == nil {
			oud = map[string]any{}
		}
		oud["$defs"] = defs
		nieuw := wijzig(t, oud)
		if m, ok := nieuw.(map[string]any); ok && m["$defs"] == nil {
			m["$defs"] = defs
		}
		a, ok := compileerProef(oud)
		b, ook := compileerProef(nieuw)
		if !ok || !ook {
			return
		}
		if ruimer(oud, nieuw) != nil {
			geweigerd++
			return
		}
		aangenomen++
		for range 20 {
			v := waarde(t, 2)
			if a.Validate(v) != nil {
				continue
			}
			getoetst++
			if err := b.Validate(v); err != nil {
				x, _ := json.Marshal(oud)
				y, _ := json.Marshal(nieuw)
				z, _ := json.Marshal(v)
				t.Fatalf("%s\nwas valid under\n%s\nand is not under\n%s\n%v", z, x, y, err)
			}
		}
	})
	t.Logf("accepted %d, refused %d, values checked %d", aangenomen, geweigerd, getoetst)
	if aangenomen == 0 || geweigerd == 0 || getoetst == 0 {
		t.Errorf("accepted %d, refused %d, values checked %d: this tests nothing", aangenomen, geweigerd, getoetst)
	}
}

// The short way and the library say the same about every schema both know.
func TestSnelZegtHetzelfdeAlsDeBibliotheek(t *testing.T) {
	goed, fout := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s, _ := schemaVan(t, 2).(map[string]any)
		if s == nil {
			return
		}
		s["$defs"] = map[string]any{"p": schemaVan(t, 1), "q": schemaVan(t, 1)}
		af, ok := compileerProef(s)
		if !ok {
			return
		}
		p := planVan(af, map[*jsonschema.Schema]*plan{})
		if p == nil {
			return
		}
		for range 20 {
			v := waarde(t, 2)
			err := af.Validate(v)
			ja := p.goed(&blik{w: v}, 0)
			if ja {
				goed++
			} else {
				fout++
			}
			if ja != (err == nil) && !strings.Contains(fmt.Sprint(err), "infinite") {
				x, _ := json.Marshal(s)
				y, _ := json.Marshal(v)
				t.Fatalf("%s\nunder\n%s\nshort: %v, library: %v", y, x, ja, err)
			}
		}
	})
	if goed == 0 || fout == 0 {
		t.Errorf("valid %d, invalid %d: this tests nothing", goed, fout)
	}
	for typ, vs := range Begin().schemas {
		if vs[0].snel == nil {
			t.Errorf("%s goes the long way", typ)
		}
	}
}

// Looking at a graph where it stands sees what writing it out gives.
func TestBlikZietWatPlatSchrijft(t *testing.T) {
	_, g := voorbeeld()
	n := g.Nodes[0]
	n.Add("soh:n", prov.Value{Kind: prov.Getal, Literal: "1.5"})
	n.Add("soh:w", prov.Value{Kind: prov.Waarheid, Literal: "true"})
	n.Add("soh:t", prov.Value{Kind: prov.Getypeerd, Literal: "x", Datatype: "xsd:string"})
	n.Add("soh:l", prov.Value{Literal: "x", Taal: "nl"})
	n.Add("soh:meer", prov.Value{Literal: "geheim"})
	n.Add("soh:meer", prov.Value{Kind: prov.Verwijzing, Ref: "urn:geheim"})
	n.Props = append(n.Props, prov.Prop{Name: "soh:leeg"})
	masker := func(s string) string { return strings.ReplaceAll(s, "geheim", "***") }
	zelfde := func() {
		t.Helper()
		kijk := zichtOp(&g, masker).blik()
		a, b := kijk.alles(), plat(g, masker)
		if !gelijk(a, b) {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			t.Fatalf("%s\n%s", x, y)
		}
	}
	zelfde()
	n.Add("soh:geheim", prov.Value{Literal: "x"})
	zelfde()
}

func BenchmarkControleer(b *testing.B) {
	ev, g := voorbeeld()
	s := Begin()
	if f := s.Controleer(ev, g, letterlijk); len(f) > 0 {
		b.Fatal(f)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Controleer(ev, g, letterlijk)
	}
}
