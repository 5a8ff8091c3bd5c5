package prov

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/jsontape"
	"github.com/handbereik/soh/internal/prov/schema"
)

const sentinel = "123456782" // passes the eleven-test

var zelfdeGraaf = cmp.Options{cmpopts.IgnoreUnexported(Graph{}, Node{}), cmpopts.EquateEmpty()}

// melding is a graph as our own nodes send it.
func melding() Graph {
	var g Graph
	m := g.Node("urn:soh:melding:1", Entity, "soh:Melding")
	a := g.Node("urn:soh:activiteit:1", Activity, "soh:RegistrerenMelding")
	o := g.Node("urn:nld:oin:00000001823288444000", Agent, "soh:Organisatie")
	m.Set("soh:identifier", "1").Ref(Zaak, "urn:soh:zaak:7").Ref("prov:wasGeneratedBy", a.ID).Set("soh:inzageUrl", "https://politie.example/v1/meldingen/1")
	for i, bsn := range []string{"999990019", "999990020"} {
		id := "urn:soh:betrokkene:" + string(rune('a'+i))
		m.Ref("soh:heeftBetrokkene", id)
		g.Node(id, Betrokkene).Set(Burgerservicenummer, bsn)
	}
	a.Set("soh:tijdstip", "2026-11-23T09:29:00Z").Ref("prov:wasAssociatedWith", o.ID)
	o.Set("soh:naam", `De "Politie"`)
	return g
}

func graaf(nodes string) []byte {
	return []byte(`{"@context":{"prov":"` + NSProv + `","soh":"` + NSSoh + `"},"@graph":[` + nodes + `]}`)
}

// drie are the nodes without which a graph means nothing.
const drie = `{"@id":"u:e","@type":["prov:Entity"]},{"@id":"u:a","@type":"prov:Activity"},{"@id":"u:o","@type":"prov:Agent"}`

func inhoud(t testing.TB, naam string) json.RawMessage {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "cloudevent", "testdata", naam+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var e struct{ Data json.RawMessage }
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	return e.Data
}

func TestBuiltGraphPassesSchemaAndComesBack(t *testing.T) {
	g := melding()
	data := g.JSONLD()
	if err := schema.Controleer(data); err != nil {
		t.Fatal(err)
	}
	terug, w, err := Lees(data)
	if err != nil || len(w) != 0 {
		t.Fatalf("%v, %v", w, err)
	}
	if d := cmp.Diff(g, terug, zelfdeGraaf); d != "" {
		t.Error(d)
	}
	if len(g.Entities()) != 1 || len(g.Activities()) != 1 || len(g.Agents()) != 1 || len(g.Betrokkenen()) != 2 {
		t.Error("types")
	}
	if p := terug.Personen(); len(p) != 2 || p[0].Leesbaar() != "999990019" || p[1].Leesbaar() != "999990020" {
		t.Error("persons")
	}
	if terug.Zaak() != "urn:soh:zaak:7" || len(terug.Zaken()) != 1 || terug.IsBronAfgeschermd() {
		t.Error("zaak, shielding")
	}
	terug.Node("urn:soh:melding:1").Set(BronAfgeschermd, "true")
	if !terug.IsBronAfgeschermd() {
		t.Error("shielding")
	}
}

// The short way and the way through JSON-LD expansion read the same.
func TestBothWaysReadTheSame(t *testing.T) {
	data := string(melding().JSONLD())
	g1, _, err1 := Lees([]byte(data))
	g2, w, err2 := Lees([]byte(strings.Replace(data, `{"prov"`, `{"xsd":"http://www.w3.org/2001/XMLSchema#","prov"`, 1)))
	if err1 != nil || err2 != nil || len(w) != 0 {
		t.Fatal(err1, err2, w)
	}
	sorteer := cmpopts.SortSlices(func(a, b *Node) bool { return a.ID < b.ID })
	props := cmpopts.SortSlices(func(a, b Prop) bool { return a.Name < b.Name })
	if d := cmp.Diff(g1, g2, zelfdeGraaf, sorteer, props); d != "" {
		t.Error(d)
	}
}

func TestPublishedExamples(t *testing.T) {
	for naam, tt := range map[string]struct {
		fout         bool
		waarschuwing []string // a part of each, in order
	}{
		"120-generiek":                  {true, nil},
		"120-beschikbaar-alleen-entity": {true, nil},
		"120-beschikbaar":               {false, nil},
		"120-ingezien":                  {false, []string{"urn:uitkomst-overleg-98765 stond niet in de graaf"}},
		"120-queryresultaat":            {false, nil},
		"120-tekst-beschikbaar":         {false, []string{"tijdstip zonder voorvoegsel", "urn:organisatie:voorbeeld stond niet in de graaf"}},
		"120-tekst-ingezien":            {false, []string{"tijdstip zonder voorvoegsel", "urn:organisatie:raadpleger stond niet in de graaf"}},
		"120-tekst-queryresultaat":      {true, []string{"beschikbaarGesteldOp zonder", "inzageUrl zonder"}},
		"120-onmogelijk":                {false, []string{"prov:wasGeneratedBy van urn:activity:beschikbaarstellen:12345 naar zichzelf"}},
		"oud-melding-geregistreerd":     {true, nil},
		"oud-melding-ingezien":          {true, nil},
		"oud-overleg-ingezien":          {true, nil},
		"oud-beschikbaar": {false, []string{"soh:BeschikbaarStellenUitkomst is gelezen", "soh:betreft is gelezen",
			"De tekst bij prov:wasAssociatedWith", "De tekst bij prov:wasGeneratedBy"}},
	} {
		g, w, err := Lees(inhoud(t, naam))
		if (err != nil) != tt.fout || err != nil && !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%s: %v", naam, err)
		}
		if len(w) != len(tt.waarschuwing) {
			t.Errorf("%s: waarschuwingen %q", naam, w)
			continue
		}
		for i, deel := range tt.waarschuwing {
			if !strings.Contains(w[i], deel) {
				t.Errorf("%s: waarschuwing %q, want %q", naam, w[i], deel)
			}
		}
		if err == nil {
			if err := schema.Controleer(g.JSONLD()); err != nil {
				t.Errorf("%s: result fails the schema: %v", naam, err)
			}
		}
	}
}

func TestExamplesMeanWhatTheySay(t *testing.T) {
	g, _, _ := Lees(inhoud(t, "120-tekst-beschikbaar"))
	if tijd := g.Activities()[0].Tekst("soh:tijdstip"); tijd != "2026-01-10T12:00:00Z" {
		t.Errorf("tijdstip %q", tijd)
	}
	g, _, _ = Lees(inhoud(t, "120-tekst-queryresultaat"))
	if e := g.Entities()[0]; e.Tekst("soh:inzageUrl") == "" || e.Tekst("soh:beschikbaarGesteldOp") != "2026-01-10" {
		t.Errorf("entity %+v", e)
	}
	g, _, _ = Lees(inhoud(t, "120-onmogelijk"))
	if a := g.Activities()[0]; a.Values("prov:wasGeneratedBy") != nil || a.Refs("prov:wasAssociatedWith") == nil {
		t.Errorf("activity %+v", a)
	}
	g, _, _ = Lees(inhoud(t, "oud-beschikbaar"))
	e := g.Vind("urn:uitkomst-overleg:12345")
	if !slices.Equal(e.Refs("prov:wasGeneratedBy"), []string{"urn:activity:beschikbaarstellen:12345"}) ||
		!slices.Equal(e.Refs("soh:heeftBetrokkene"), []string{"urn:betrokkene:67890"}) || len(g.Personen()) != 1 {
		t.Errorf("entity %+v", e)
	}
	if !g.Activities()[0].Is("soh:BeschikbaarStellenUitkomstOverleg") {
		t.Errorf("activity %+v", g.Activities()[0])
	}
}

func TestNoGraphNoEvent(t *testing.T) {
	for naam, in := range map[string]string{
		"leeg": "", "geen JSON": "{", "null": "null", "lijst": "[]", "tekst": `"x"`, "leeg object": "{}", "lege graaf": string(graaf("")),
		"geen UTF-8":          "{\"a\":\"\xff\"}",
		"slechte escape":      string(graaf(`{"@id":"\x"}`)),
		"los surrogaat":       string(graaf(`{"@id":"\ud800"}`)),
		"dubbele context":     `{"@context":{},"@context":{},"@graph":[]}`,
		"nan":                 string(graaf(drie + `,{"@id":"x","soh:a":nan}`)),
		"vreemde context":     `{"@context":"https://example.org/context.jsonld","@graph":[` + drie + `]}`,
		"bestand als context": `{"@context":"file:///etc/passwd","@graph":[` + drie + `]}`,
		"import van context":  `{"@context":{"@version":1.1,"@import":"https://example.org/c"},"@graph":[` + drie + `]}`,
		"onzin in context":    `{"@context":{"prov":7},"@graph":[` + drie + `]}`,
		"kapotte versie":      `{"@context":{"@version":"1.1"},"@graph":[` + drie + `]}`,
		"graaf is object":     `{"@context":{},"@graph":{"x":1}}`,
		"node is tekst":       string(graaf(`"x"`)),
		"id is getal":         string(graaf(`{"@id":7}`)),
		"geen entity":         string(graaf(`{"@id":"u:a","@type":"prov:Activity"},{"@id":"u:o","@type":"prov:Agent"}`)),
		"geen activity":       string(graaf(`{"@id":"u:e","@type":"prov:Entity"},{"@id":"u:o","@type":"prov:Agent"}`)),
		"geen agent":          string(graaf(`{"@id":"u:e","@type":"prov:Entity"},{"@id":"u:a","@type":"prov:Activity"}`)),
		"diep":                `{"@context":{},"@graph":` + strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000) + `}`,
	} {
		if _, _, err := Lees([]byte(in)); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	_, _, err := Lees(graaf(`{"@id":"x","@type":"soh:Iets"}`))
	if n := len(begrip.FoutVan(err).Velden); n != 3 {
		t.Errorf("all three faults at once, not %d: %v", n, err)
	}
}

func TestRepairs(t *testing.T) {
	for naam, tt := range map[string]struct {
		nodes, waarschuwing string
		na                  func(g Graph) bool
	}{
		"agent inferred":      {`{"@id":"u:e","@type":"prov:Entity","prov:wasAttributedTo":{"@id":"u:p"}}`, "u:p stond niet", func(g Graph) bool { return g.Vind("u:p").Is(Agent) }},
		"type inferred":       {`{"@id":"u:p","@type":"soh:Organisatie"},{"@id":"u:a","prov:wasAssociatedWith":{"@id":"u:p"}}`, "u:p is volgens", func(g Graph) bool { return g.Vind("u:p").Is(Agent) }},
		"subject typed":       {`{"@id":"u:x","prov:used":{"@id":"u:e"}}`, "u:x is volgens prov:used", func(g Graph) bool { return g.Vind("u:x").Is(Activity) }},
		"used by itself":      {`{"@id":"u:a","prov:used":{"@id":"u:a"}}`, "naar zichzelf", func(g Graph) bool { return g.Vind("u:a").Props == nil || len(g.Vind("u:a").Props) == 0 }},
		"activity generated":  {`{"@id":"u:b","@type":"prov:Activity","prov:wasGeneratedBy":{"@id":"u:a"}}`, "door elkaar", func(g Graph) bool { return g.Vind("u:b").Refs("prov:wasGeneratedBy") == nil }},
		"used an activity":    {`{"@id":"u:a","prov:used":[{"@id":"u:e"},{"@id":"u:b"}]},{"@id":"u:b","@type":"prov:Activity"}`, "door elkaar", func(g Graph) bool { return slices.Equal(g.Vind("u:a").Refs("prov:used"), []string{"u:e"}) }},
		"both entity and act": {`{"@id":"u:z","@type":["prov:Entity","prov:Activity"]}`, "tegelijk", func(g Graph) bool { return g.Vind("u:z").Is(Entity) && !g.Vind("u:z").Is(Activity) }},
		"derivation circle": {`{"@id":"u:g","@type":"prov:Entity"},{"@id":"u:f","@type":"prov:Entity"},{"@id":"u:e","prov:wasDerivedFrom":{"@id":"u:f"}},{"@id":"u:f","prov:wasDerivedFrom":{"@id":"u:g"}},{"@id":"u:g","prov:wasDerivedFrom":{"@id":"u:e"}}`, "voor zichzelf", func(g Graph) bool {
			return g.Vind("u:f").Refs("prov:wasDerivedFrom") == nil && g.Vind("u:e").Refs("prov:wasDerivedFrom") != nil
		}},
		"specialization circle":   {`{"@id":"u:e","prov:specializationOf":{"@id":"u:f"}},{"@id":"u:f","@type":"prov:Entity","prov:specializationOf":{"@id":"u:e"}}`, "voor zichzelf", func(g Graph) bool { return g.Vind("u:f").Refs("prov:specializationOf") == nil }},
		"two starts":              {`{"@id":"u:a","prov:startedAtTime":["2026-01-01T00:00:00Z","2026-01-02T00:00:00Z"]}`, "meer dan één", func(g Graph) bool { return len(g.Vind("u:a").Values("prov:startedAtTime")) == 1 }},
		"end before start":        {`{"@id":"u:a","prov:startedAtTime":"2026-01-02T00:00:00Z","prov:endedAtTime":"2026-01-01T00:00:00Z"}`, "ligt voor", func(g Graph) bool { return g.Vind("u:a").Values("prov:endedAtTime") == nil }},
		"relation to a number":    {`{"@id":"u:e","prov:wasGeneratedBy":7}`, "geen verwijzing", func(g Graph) bool { return g.Vind("u:e").Values("prov:wasGeneratedBy") == nil }},
		"relation as text":        {`{"@id":"u:e","prov:wasGeneratedBy":"u:a"}`, "gelezen als verwijzing", func(g Graph) bool { return slices.Equal(g.Vind("u:e").Refs("prov:wasGeneratedBy"), []string{"u:a"}) }},
		"property without prefix": {`{"@id":"u:e","naam":"x"}`, "zonder voorvoegsel", func(g Graph) bool { return len(g.Vind("u:e").Props) == 0 }},
		"type without prefix":     {`{"@id":"u:z","@type":"Iets"}`, "zonder voorvoegsel", func(g Graph) bool { return len(g.Vind("u:z").Types) == 0 }},
		"bsn in an id is masked":  {`{"@id":"urn:bsn:` + sentinel + `","prov:used":{"@id":"u:e"}}`, "*********", func(g Graph) bool { return true }},
	} {
		g, w, err := Lees(graaf(drie + "," + tt.nodes))
		if err != nil || len(w) != 1 || !strings.Contains(w[0], tt.waarschuwing) || strings.Contains(w[0], sentinel) {
			t.Errorf("%s: %q, %v", naam, w, err)
			continue
		}
		if !tt.na(g) {
			t.Errorf("%s: %s", naam, g.JSONLD())
		}
		if err := schema.Controleer(g.JSONLD()); err != nil {
			t.Errorf("%s: %v", naam, err)
		}
		if _, w, err := Lees(g.JSONLD()); err != nil || len(w) != 0 {
			t.Errorf("%s: a repaired graph needs no repair: %q, %v", naam, w, err)
		}
	}
}

func TestFormsOfJSONLD(t *testing.T) {
	for naam, tt := range map[string]struct{ nodes, id, prop, waarde string }{
		"full IRI":       {`{"@id":"u:z","` + NSSoh + `naam":"x"}`, "u:z", "soh:naam", "x"},
		"number":         {`{"@id":"u:z","soh:leeftijd":15}`, "u:z", "soh:leeftijd", "15"},
		"boolean":        {`{"@id":"u:z","soh:ja":true}`, "u:z", "soh:ja", "true"},
		"null":           {`{"@id":"u:z","soh:ja":null,"soh:naam":"x"}`, "u:z", "soh:naam", "x"},
		"value object":   {`{"@id":"u:z","soh:naam":{"@value":"x"}}`, "u:z", "soh:naam", "x"},
		"language":       {`{"@id":"u:z","soh:naam":{"@value":"x","@language":"nl"}}`, "u:z", "soh:naam", "x"},
		"datatype":       {`{"@id":"u:z","soh:op":{"@value":"2026-01-01","@type":"http://www.w3.org/2001/XMLSchema#date"}}`, "u:z", "soh:op", "2026-01-01"},
		"list":           {`{"@id":"u:z","soh:naam":{"@list":["x","y"]}}`, "u:z", "soh:naam", "x"},
		"set":            {`{"@id":"u:z","soh:naam":{"@set":["x","y"]}}`, "u:z", "soh:naam", "x"},
		"embedded":       {`{"@id":"u:z","soh:heeftBetrokkene":{"@id":"u:b","@type":"soh:Betrokkene","soh:naam":"x"}}`, "u:b", "soh:naam", "x"},
		"twice the node": {`{"@id":"u:z","soh:naam":"x"},{"@id":"u:z","soh:ook":"y"}`, "u:z", "soh:ook", "y"},
		"reverse":        {`{"@id":"u:z","@reverse":{"soh:kent":{"@id":"u:y"}}}`, "u:y", "soh:kent", "u:z"},
	} {
		g, w, err := Lees(graaf(drie + "," + tt.nodes))
		if err != nil || len(w) != 0 || g.Vind(tt.id) == nil || g.Vind(tt.id).Tekst(tt.prop) != tt.waarde {
			t.Errorf("%s: %q %v %s", naam, w, err, g.JSONLD())
			continue
		}
		terug, _, err := Lees(g.JSONLD())
		if d := cmp.Diff(g, terug, zelfdeGraaf); err != nil || d != "" {
			t.Errorf("%s: %v %s", naam, err, d)
		}
	}
}

func TestQualifiedStatements(t *testing.T) {
	g, w, err := Lees([]byte(`{"@context":["https://openprovenance.org/prov-jsonld/context.jsonld",{"u":"urn:x:","soh":"` + NSSoh + `"}],"@graph":[
		{"@type":"Entity","@id":"u:e"},{"@type":"Entity","@id":"u:bron"},{"@type":"Activity","@id":"u:a","startTime":"2026-01-01T00:00:00Z"},{"@type":["Agent","soh:Organisatie"],"@id":"u:o"},
		{"@type":"Generation","entity":"u:e","activity":"u:a","time":"2026-01-01T01:00:00Z"},
		{"@type":"Usage","activity":"u:a","entity":"u:bron"},
		{"@type":"Association","activity":"u:a","agent":"u:o"},
		{"@type":"Derivation","generatedEntity":"u:e","usedEntity":"u:bron"}]}`))
	if err != nil || len(w) != 0 {
		t.Fatal(w, err)
	}
	for _, r := range [][3]string{
		{"urn:x:e", "prov:wasGeneratedBy", "urn:x:a"}, {"urn:x:a", "prov:used", "urn:x:bron"},
		{"urn:x:a", "prov:wasAssociatedWith", "urn:x:o"}, {"urn:x:e", "prov:wasDerivedFrom", "urn:x:bron"},
	} {
		if n := g.Vind(r[0]); n == nil || !slices.Contains(n.Refs(r[1]), r[2]) {
			t.Errorf("%v is missing in %s", r, g.JSONLD())
		}
	}
}

func TestLargeGraphAndMerge(t *testing.T) {
	var g Graph
	for i := range 500 {
		g.Node("u:"+strings.Repeat("x", i%50)+string(rune('a'+i/50)), Entity)
	}
	eerste := g.Nodes[0]
	if len(g.Nodes) != 500 || g.Node(eerste.ID) != eerste || g.Vind("u:niet") != nil {
		t.Errorf("%d nodes", len(g.Nodes))
	}
	g.Nodes = g.Nodes[100:] // a caller may take nodes away
	if g.Vind(eerste.ID) != nil || g.Vind(g.Nodes[7].ID) != g.Nodes[7] {
		t.Error("index after removal")
	}
	m := melding()
	m.Voeg(melding())
	if d := cmp.Diff(melding(), m, zelfdeGraaf); d != "" {
		t.Errorf("merging twice the same changes: %s", d)
	}
}

func FuzzLees(f *testing.F) {
	for _, n := range []string{"120-tekst-ingezien", "120-onmogelijk", "120-ingezien", "oud-beschikbaar", "oud-melding-geregistreerd"} {
		f.Add([]byte(inhoud(f, n)))
	}
	f.Add([]byte(melding().JSONLD()))
	f.Add(graaf(drie + `,{"@id":"u:z","soh:x":[{"@value":1.5},{"@list":[1,"a"]},null,true],"@reverse":{"prov:used":{"@id":"u:a"}}}`))
	for _, r := range regels {
		f.Add(graaf(alle(basis, r.goed, r.fout)))
	}
	f.Add([]byte(rijk().JSONLD()))
	f.Add([]byte(rijk().ProvJSONLD()))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, _, err := Lees(b)
		if err != nil {
			if !begrip.Is(err, begrip.Ongeldig) {
				t.Fatalf("not an error for the sender: %v", err)
			}
			return
		}
		uit := g.JSONLD()
		if err := schema.Controleer(uit); err != nil {
			t.Fatalf("fails the schema: %v\n%s", err, uit)
		}
		terug, _, err := Lees(uit)
		if err != nil {
			t.Fatalf("cannot be read again: %v\n%s", err, uit)
		}
		if nog := terug.JSONLD(); string(nog) != string(uit) {
			t.Fatalf("comes back different:\n%s\n%s", uit, nog)
		}
		ld := g.ProvJSONLD()
		if a, b := len(keurLD(t, ld)), len(leesProvN(t, g.ProvN())); a != b {
			t.Fatalf("%d statements in PROV-JSONLD, %d in PROV-N", a, b)
		}
		if _, _, err := Lees(ld); err != nil && !begrip.Is(err, begrip.Ongeldig) {
			t.Fatal(err)
		}
	})
}

// A Lezer that read other payloads before, large and wrong ones among them, gives
// what Lees gives.
func TestLezerOnthoudtNiets(t *testing.T) {
	g := melding()
	payloads := [][]byte{g.JSONLD(), graaf(drie), []byte(`{`), nil, graaf(drie + `,{"@type":"soh:X"},{"soh:y":[1,true,"z",{"@value":"w","@language":"nl"}]}`), graaf(strings.Repeat(drie+",", 40) + drie)}
	paden, err := filepath.Glob("../cloudevent/testdata/*.json")
	if err != nil || len(paden) < 14 {
		t.Fatal(len(paden), err)
	}
	for _, p := range paden {
		payloads = append(payloads, inhoud(t, strings.TrimSuffix(filepath.Base(p), ".json")))
	}
	var z Lezer
	for ronde := range 2 {
		for i := range payloads {
			if ronde == 1 {
				i = len(payloads) - 1 - i
			}
			var band jsontape.Tape
			if !band.Read(payloads[i]) {
				continue
			}
			got, w1, err1 := z.LeesBand(&band)
			want, w2, err2 := Lees(payloads[i])
			if d := cmp.Diff(want, got, zelfdeGraaf); d != "" || !slices.Equal(w1, w2) || (err1 == nil) != (err2 == nil) {
				t.Errorf("payload %d: %s\n%v %v\n%v %v", i, d, w1, w2, err1, err2)
			}
		}
	}
}

func BenchmarkLees(b *testing.B) {
	g := melding()
	g.Node("urn:nld:oin:00000001823288444000").Set("soh:naam", "Politie") // without escapes, as nearly always
	data := g.JSONLD()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Lees(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSONLD(b *testing.B) {
	g := melding()
	b.ReportAllocs()
	for b.Loop() {
		g.JSONLD()
	}
}
