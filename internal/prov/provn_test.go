package prov

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// rijk holds every kind of statement, in both forms where there are two, and
// odd characters wherever a sender can put them.
func rijk() Graph {
	var g Graph
	e := g.Node("urn:soh:melding:1", Entity, "soh:Melding", verzameling)
	f := g.Node("https://bron.example/a?b=c&d=%41#e,f(g)", Entity, Agent, "https://schema.org/Thing")
	a := g.Node("urn:soh:activiteit:é-1.", Activity, "soh:RegistrerenMelding")
	b := g.Node("urn:soh:activiteit:2", Activity)
	o := g.Node("urn:nld:oin:00000001823288444000", Agent, "prov:Organization")
	p := g.Node("urn:nld:oin:00000001003214345000", Agent)
	e.Set("soh:naam", "Zeg \"ja\\nee\"\n\t\r\b\f\x1b[31m' , ) ] %% <é🙂>").Set("soh:aantal", "15")
	e.Wis("soh:aantal")
	e.Add("soh:aantal", Value{Literal: "15", Kind: Getal})
	e.Add("soh:aantal", Value{Literal: "-1.5e3", Kind: Getal})
	e.Add("soh:waar", Value{Literal: "true", Kind: Waarheid})
	e.Add("soh:op", Value{Literal: "2026-01-01", Kind: Getypeerd, Datatype: nsXSD + "date"})
	e.Add(nsRDFS+"label", Value{Literal: "Een melding", Taal: "nl"})
	e.Add("prov:value", Value{Literal: "x"})
	e.Add("foo-bar:odd name", Value{Literal: "y"})
	e.Ref("soh:heeftBetrokkene", f.ID).Ref("prov:atLocation", "urn:plek:hier")
	e.Ref("prov:wasGeneratedBy", a.ID).Ref("prov:wasDerivedFrom", f.ID).Ref("prov:wasRevisionOf", f.ID).Ref("prov:wasAttributedTo", o.ID).
		Ref("prov:wasInvalidatedBy", b.ID).Ref("prov:specializationOf", f.ID).Ref("prov:alternateOf", f.ID).Ref("prov:hadMember", f.ID).Ref("prov:wasInfluencedBy", o.ID)
	a.Add("prov:startedAtTime", Value{Literal: "2026-01-01T00:00:00Z", Kind: Getypeerd, Datatype: nsXSD + "dateTime"})
	a.Ref("prov:used", f.ID).Ref("prov:wasAssociatedWith", o.ID).Ref("prov:qualifiedAssociation", "urn:x:kwal").Ref("prov:wasStartedBy", f.ID)
	b.Ref("prov:wasInformedBy", a.ID).Ref("prov:wasEndedBy", f.ID)
	p.Ref("prov:actedOnBehalfOf", o.ID)
	g.Node("urn:x:kwal", "prov:Association").Ref("prov:agent", o.ID).Ref("prov:hadPlan", f.ID).Ref("prov:hadRole", "soh:Melder").Set("soh:toelichting", "rol")
	return g
}

// zonderVolgorde makes equal what differs only in order.
var zonderVolgorde = cmp.Options{
	cmpopts.SortSlices(func(a, b *Node) bool { return a.ID < b.ID }), cmpopts.SortSlices(func(a, b Prop) bool { return a.Name < b.Name }),
	cmpopts.SortSlices(func(a, b Value) bool { return fmt.Sprint(a) < fmt.Sprint(b) }), cmpopts.SortSlices(func(a, b string) bool { return a < b }),
}

func TestProvJSONLDComesBackTheSame(t *testing.T) {
	m := melding()
	for _, n := range m.Betrokkenen() { // without a PROV type a node comes back as Entity
		n.Typeer(Entity)
	}
	for naam, g := range map[string]Graph{"melding": m, "rijk": rijk()} {
		ld := g.ProvJSONLD()
		terug, w, err := Lees(ld)
		if err != nil || len(w) != 0 {
			t.Fatalf("%s: %q %v\n%s", naam, w, err, ld)
		}
		if d := cmp.Diff(g, terug, zelfdeGraaf, zonderVolgorde); d != "" {
			t.Errorf("%s: %s\n%s", naam, d, ld)
		}
		if string(ld) != string(g.ProvJSONLD()) {
			t.Errorf("%s: not the same bytes twice", naam)
		}
	}
}

// ldLeden are the members that the published schema of PROV-JSONLD allows.
var ldLeden = map[string]string{
	"Entity": "type value location label", "Activity": "startTime endTime type location label", "Agent": "type location label",
	"Usage": "entity activity time type role location label", "Generation": "entity activity time type role location label",
	"Invalidation": "entity activity time type role location label", "Start": "activity starter trigger time type role location label",
	"End": "activity ender trigger time type role location label", "Attribution": "entity agent type label",
	"Association": "activity agent plan type role label", "Delegation": "delegate responsible activity type label",
	"Derivation": "activity generation usage generatedEntity usedEntity type label", "Alternate": "alternate1 alternate2 type label",
	"Specialization": "generalEntity specificEntity type label", "Membership": "entity collection type label",
	"Influence": "influencer influencee type label", "Communication": "informant informed type label",
}

var eigenNaam = regexp.MustCompile(`^[A-Za-z0-9_]+:`)

// keurLD checks the form that the published schema prescribes.
func keurLD(t *testing.T, ld []byte) []map[string]any {
	t.Helper()
	var doc struct {
		Context []any            `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal(ld, &doc); err != nil {
		t.Fatalf("%v\n%s", err, ld)
	}
	for _, u := range doc.Graph {
		typ, _ := u["@type"].(string)
		leden, ok := ldLeden[typ]
		if !ok {
			t.Errorf("type %v", u["@type"])
		}
		for k, v := range u {
			switch _, tekst := v.(string); {
			case k == "@type" || k == "@id":
			case slices.Contains(strings.Fields("type value location label role"), k) && slices.Contains(strings.Fields(leden), k), eigenNaam.MatchString(k):
				rij, ok := v.([]any)
				if !ok {
					t.Errorf("%s.%s is no array", typ, k)
				}
				for _, x := range rij {
					o, isO := x.(map[string]any)
					if _, isS := x.(string); !isS && !isO {
						t.Errorf("%s.%s: %v", typ, k, x)
					}
					for lid, w := range o {
						if _, s := w.(string); !s || lid != "@value" && lid != "@type" && lid != "@language" {
							t.Errorf("%s.%s: %v", typ, k, o)
						}
					}
				}
			case !slices.Contains(strings.Fields(leden), k) || !tekst:
				t.Errorf("%s may not have %s", typ, k)
			}
		}
	}
	return doc.Graph
}

func TestBothNotationsTellTheSameStatements(t *testing.T) {
	for naam, g := range map[string]Graph{"melding": melding(), "rijk": rijk()} {
		ld := keurLD(t, g.ProvJSONLD())
		n := leesProvN(t, g.ProvN())
		if len(ld) != len(n) {
			t.Errorf("%s: %d statements in PROV-JSONLD, %d in PROV-N", naam, len(ld), len(n))
		}
	}
	g := rijk()
	tekst := string(g.ProvN())
	for _, regel := range []string{
		`entity(melding:1, [prov:type='soh:Melding', prov:type='prov:Collection', soh:naam="Zeg \"ja\\nee\"\n\t\r\b\f` + "\uFFFD" + `[31m' , ) ] %% <é🙂>", soh:aantal=15, soh:aantal="-1.5e3" %% xsd:double, soh:waar="true" %% xsd:boolean, soh:op="2026-01-01" %% xsd:date, prov:label="Een melding"@nl, prov:value="x", n:odd%20name="y", soh:heeftBetrokkene='n2:e\,f\(g\)', prov:location='plek:hier'])`,
		`activity(activiteit:é-1\., 2026-01-01T00:00:00Z, -, [prov:type='soh:RegistrerenMelding'])`,
		`wasGeneratedBy(melding:1, activiteit:é-1\., -)`,
		`wasDerivedFrom(melding:1, n2:e\,f\(g\), [prov:type='prov:Revision'])`,
		`wasAssociatedWith(x:kwal; activiteit:é-1\., oin:00000001823288444000, n2:e\,f\(g\), [prov:role='soh:Melder', soh:toelichting="rol"])`,
		`wasStartedBy(activiteit:é-1\., n2:e\,f\(g\), -, -)`,
		`hadMember(melding:1, n2:e\,f\(g\))`,
		`prefix n2 <https://bron.example/a?b=c&d=%41#>`,
	} {
		if !strings.Contains(tekst, regel) {
			t.Errorf("missing %s in\n%s", regel, tekst)
		}
	}
	if strings.Count(tekst, "wasAssociatedWith") != 1 {
		t.Errorf("the qualified statement is told twice:\n%s", tekst)
	}
}

// The grammar of PROV-N (appendix of the recommendation), as far as it is regular.
const (
	gNaam  = `(?:[A-Za-z][A-Za-z0-9_-]*:(?:(?:[\p{L}\p{N}\p{M}_\-./@~&+*?#$!\x{b7}\x{200c}\x{200d}\x{2070}-\x{218f}\x{2c00}-\x{2fef}\x{3001}-\x{d7ff}\x{f900}-\x{fdcf}\x{fdf0}-\x{fffd}\x{10000}-\x{effff}]|%[0-9A-Fa-f]{2}|\\[='(),\-:;\[\].])*))`
	gTekst = `"(?:[^"\\\n\r]|\\[tbnrf\\"'])*"`
	gTijd  = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?`
	gWaard = `(?:` + gTekst + `(?: %% ` + gNaam + `|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?|-?\d+|'` + gNaam + `')`
	gAttr  = `(?:, \[` + gNaam + `=` + gWaard + `(?:, ` + gNaam + `=` + gWaard + `)*\])?`
	gID    = `(?:` + gNaam + `; )?`
	gOf    = `, (?:` + gNaam + `|-)`
	gTijdO = `, (?:` + gTijd + `|-)`
)

var grammatica = map[string]*regexp.Regexp{}

func init() {
	for naam, vorm := range map[string]string{
		"entity": gNaam + gAttr, "agent": gNaam + gAttr, "activity": gNaam + `(?:` + gTijdO + gTijdO + `)?` + gAttr,
		"wasGeneratedBy": gID + gNaam + `(?:` + gOf + gTijdO + `)?` + gAttr, "used": gID + gNaam + `(?:` + gOf + gTijdO + `)?` + gAttr,
		"wasInvalidatedBy": gID + gNaam + `(?:` + gOf + gTijdO + `)?` + gAttr, "wasInformedBy": gID + gNaam + ", " + gNaam + gAttr,
		"wasStartedBy": gID + gNaam + `(?:` + gOf + gOf + gTijdO + `)?` + gAttr, "wasEndedBy": gID + gNaam + `(?:` + gOf + gOf + gTijdO + `)?` + gAttr,
		"wasDerivedFrom":  gID + gNaam + ", " + gNaam + `(?:` + gOf + gOf + gOf + `)?` + gAttr,
		"wasAttributedTo": gID + gNaam + ", " + gNaam + gAttr, "wasAssociatedWith": gID + gNaam + `(?:` + gOf + gOf + `)?` + gAttr,
		"actedOnBehalfOf": gID + gNaam + ", " + gNaam + `(?:` + gOf + `)?` + gAttr, "wasInfluencedBy": gID + gNaam + ", " + gNaam + gAttr,
		"specializationOf": gNaam + ", " + gNaam, "alternateOf": gNaam + ", " + gNaam, "hadMember": gNaam + ", " + gNaam,
	} {
		grammatica[naam] = regexp.MustCompile(`^` + vorm + `$`)
	}
}

var (
	gPrefix  = regexp.MustCompile("^  prefix ([A-Za-z][A-Za-z0-9]*) <([^<>\"{}|^`\\\\\\x00-\\x20]*)>$")
	gRegel   = regexp.MustCompile(`^  ([A-Za-z]+)\((.*)\)$`)
	gGebruik = regexp.MustCompile(`(?:^|[ ('\[;])([A-Za-z][A-Za-z0-9]*):`)
)

// leesProvN checks every line against the grammar and that each prefix is
// declared once; it gives the statements.
func leesProvN(t *testing.T, b []byte) (uit []string) {
	t.Helper()
	regels := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if regels[0] != "document" || regels[len(regels)-1] != "endDocument" {
		t.Fatalf("no document:\n%s", b)
	}
	prefix := map[string]bool{}
	for _, r := range regels[1 : len(regels)-1] {
		if m := gPrefix.FindStringSubmatch(r); m != nil {
			if prefix[m[1]] {
				t.Errorf("prefix %s twice", m[1])
			}
			prefix[m[1]] = true
			continue
		}
		if r == "" {
			continue
		}
		m := gRegel.FindStringSubmatch(r)
		if m == nil || grammatica[m[1]] == nil || !grammatica[m[1]].MatchString(m[2]) {
			t.Errorf("not PROV-N: %s", r)
			continue
		}
		for _, p := range gGebruik.FindAllStringSubmatch(regexp.MustCompile(gTekst).ReplaceAllString(m[2], `""`), -1) {
			if !prefix[p[1]] {
				t.Errorf("prefix %s is not declared: %s", p[1], r)
			}
		}
		uit = append(uit, r)
	}
	return uit
}
