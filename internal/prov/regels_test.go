package prov

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/prov/schema"
)

// Shorthand for the payloads below: entities e1…, activities a1…, an agent o.
const basis = `{"@id":"u:e1","@type":"prov:Entity"},{"@id":"u:e2","@type":"prov:Entity"},{"@id":"u:e3","@type":"prov:Entity"},` +
	`{"@id":"u:a1","@type":"prov:Activity"},{"@id":"u:a2","@type":"prov:Activity"},{"@id":"u:o","@type":"prov:Agent"}`

// zegt writes "van relatie naar" as a node.
func zegt(van, relatie, naar string) string {
	return fmt.Sprintf(`{"@id":"u:%s","prov:%s":{"@id":"u:%s"}}`, van, relatie, naar)
}

func alle(nodes ...string) string { return strings.Join(nodes, ",") }

// regel is one constraint of PROV-Constraints: what may be said, what more
// breaks it, and what is then left out.
type regel struct {
	nummer   int
	naam     string
	goed     string
	fout     string
	melding  string // part of the one warning
	weggaven string // what the graph must not hold afterwards
}

const (
	t1 = `"2026-01-01T00:00:00Z"`
	t2 = `"2026-01-02T00:00:00Z"`
)

// regels break each constraint once. A strict cycle needs one strict statement;
// it comes last in the order of the payload, so it is what is left out.
var regels = []regel{
	{22, "key-object", `{"@id":"u:a1","prov:startedAtTime":` + t1 + `}`, `{"@id":"u:a1","prov:startedAtTime":` + t2 + `}`, "meer dan één prov:startedAtTime", t2},
	{23, "key-properties", `{"@id":"u:e1","prov:qualifiedGeneration":{"@id":"u:g","@type":"prov:Generation","prov:activity":{"@id":"u:a1"}}}`,
		`{"@id":"u:e2","prov:qualifiedGeneration":{"@id":"u:g"}}`, "kan niet ook van u:e2 zijn", `"u:e2","@type":["prov:Entity"],"prov`},
	{24, "unique-generation", `{"@id":"u:e1","prov:qualifiedGeneration":{"@id":"u:g","prov:activity":{"@id":"u:a1"},"prov:atTime":` + t1 + `}}`,
		`{"@id":"u:e1","prov:qualifiedGeneration":{"@id":"_:h","prov:activity":{"@id":"u:a1"},"prov:atTime":` + t2 + `}}`, "Generation van u:e1 staat er twee keer", `"prov:qualifiedGeneration":[`},
	{25, "unique-invalidation", `{"@id":"u:e1","prov:qualifiedInvalidation":{"@id":"u:g","prov:activity":{"@id":"u:a1"}}}`,
		`{"@id":"u:e1","prov:qualifiedInvalidation":{"@id":"u:h","prov:activity":{"@id":"u:a1"}}}`, "Invalidation van u:e1 staat er twee keer", `"prov:qualifiedInvalidation":[`},
	{26, "unique-wasStartedBy", `{"@id":"u:a1","prov:qualifiedStart":{"@id":"u:g","prov:hadActivity":{"@id":"u:a2"}}}`,
		`{"@id":"u:a1","prov:qualifiedStart":{"@id":"u:h","prov:hadActivity":{"@id":"u:a2"}}}`, "Start van u:a1 staat er twee keer", `"prov:qualifiedStart":[`},
	{27, "unique-wasEndedBy", `{"@id":"u:a1","prov:qualifiedEnd":{"@id":"u:g","prov:hadActivity":{"@id":"u:a2"}}}`,
		`{"@id":"u:a1","prov:qualifiedEnd":{"@id":"u:h","prov:hadActivity":{"@id":"u:a2"}}}`, "End van u:a1 staat er twee keer", `"prov:qualifiedEnd":[`},
	{28, "unique-startTime", `{"@id":"u:a1","prov:startedAtTime":` + t1 + `,"prov:qualifiedStart":{"@id":"u:g","prov:entity":{"@id":"u:e1"}}}`,
		`{"@id":"u:g","prov:atTime":` + t2 + `}`, "prov:atTime bij de Start van u:a1", t2},
	{29, "unique-endTime", `{"@id":"u:a1","prov:endedAtTime":` + t1 + `,"prov:qualifiedEnd":{"@id":"u:g","prov:entity":{"@id":"u:e1"}}}`,
		`{"@id":"u:g","prov:atTime":` + t2 + `}`, "prov:atTime bij de End van u:a1", t2},

	// Two starts of a1 are one: by e1, and by e2 that comes from what a1 made.
	{31, "start-start-ordering", alle(zegt("a1", "wasStartedBy", "e1"), zegt("a1", "wasStartedBy", "e2"), zegt("e3", "wasGeneratedBy", "a1")),
		zegt("e2", "wasDerivedFrom", "e3"), "wasDerivedFrom van u:e2 naar u:e3", "prov:wasDerivedFrom"},
	// a1 made e2 of e1 and so began before it; what started a1 cannot come of e2.
	{33, "usage-within-activity", alle(van("e2", "e1", "a1"), zegt("a1", "wasStartedBy", "e3")), zegt("e3", "wasDerivedFrom", "e2"), "wasDerivedFrom van u:e3 naar u:e2", `"u:e3","@type":["prov:Entity"],"prov:was`},
	{34, "generation-within-activity", alle(zegt("e1", "wasGeneratedBy", "a1"), zegt("a1", "wasStartedBy", "e2")),
		zegt("e2", "wasDerivedFrom", "e1"), "wasDerivedFrom van u:e2 naar u:e1", "prov:wasDerivedFrom"},
	// a1 used e1 on the way to e2, so e1 was there before e2.
	{37, "generation-precedes-usage", van("e2", "e1", "a1"), zegt("e1", "wasDerivedFrom", "e2"), "wasDerivedFrom van u:e2 naar u:e1", `"u:e2","@type":["prov:Entity"],"prov`},
	{39, "generation-generation-ordering", alle(zegt("e1", "wasGeneratedBy", "a1"), zegt("e1", "wasGeneratedBy", "a2"), zegt("a2", "wasStartedBy", "e2")),
		zegt("e2", "wasDerivedFrom", "e1"), "wasDerivedFrom van u:e2 naar u:e1", "prov:wasDerivedFrom"},
	{41, "derivation-usage-generation-ordering", alle(van("e2", "e1", "a1"), zegt("a1", "wasStartedBy", "e3"), zegt("e3", "specializationOf", "e4"), `{"@id":"u:e4","@type":"prov:Entity"}`),
		zegt("e4", "wasDerivedFrom", "e2"), "wasDerivedFrom van u:e4 naar u:e2", `"u:e4","@type":["prov:Entity"],"prov:was`},
	{42, "derivation-generation-generation-ordering", alle(zegt("e1", "wasDerivedFrom", "e2"), zegt("e2", "wasRevisionOf", "e3")),
		zegt("e3", "wasQuotedFrom", "e1"), "wasQuotedFrom van u:e3 naar u:e1", "prov:wasQuotedFrom"},
	{43, "wasStartedBy-ordering", alle(zegt("e1", "wasGeneratedBy", "a1"), zegt("a1", "wasStartedBy", "e2")), zegt("e2", "hadPrimarySource", "e1"), "hadPrimarySource van u:e2 naar u:e1", "prov:hadPrimarySource"},
	// Who started a1 made the trigger (inference 9), so it began before that.
	{43, "wasStartedBy-ordering, starter", alle(`{"@id":"u:a1","prov:qualifiedStart":{"@id":"u:g","prov:entity":{"@id":"u:e1"},"prov:hadActivity":{"@id":"u:a2"}}}`, zegt("a2", "wasStartedBy", "e2"), zegt("e3", "wasGeneratedBy", "a1")),
		zegt("e2", "wasDerivedFrom", "e3"), "wasDerivedFrom van u:e2 naar u:e3", "prov:wasDerivedFrom"},
	{45, "specialization-generation-ordering", zegt("e1", "specializationOf", "e2"), zegt("e2", "wasDerivedFrom", "e1"), "wasDerivedFrom van u:e2 naar u:e1", "prov:wasDerivedFrom"},
	{48, "wasAttributedTo-ordering", alle(`{"@id":"u:e2","@type":["prov:Entity","prov:Agent"]}`, zegt("e1", "wasAttributedTo", "e2")), zegt("e2", "wasDerivedFrom", "e1"), "wasDerivedFrom van u:e2 naar u:e1", "prov:wasDerivedFrom"},
	{48, "wasAttributedTo-ordering, to an activity", alle(`{"@id":"u:a1","@type":["prov:Activity","prov:Agent"]}`, zegt("e1", "wasAttributedTo", "a1"), zegt("a1", "wasStartedBy", "e2")), zegt("e2", "wasDerivedFrom", "e1"), "wasDerivedFrom van u:e2 naar u:e1", "prov:wasDerivedFrom"},
	// Events are in order, clocks need not be; but one sender says both of these.
	{30, "start-precedes-end", `{"@id":"u:a1","prov:startedAtTime":` + t2 + `}`, `{"@id":"u:a1","prov:endedAtTime":` + t1 + `}`, "ligt voor prov:startedAtTime", t1},
	{36, "generation-precedes-invalidation", `{"@id":"u:e1","prov:generatedAtTime":` + t2 + `}`, `{"@id":"u:e1","prov:invalidatedAtTime":` + t1 + `}`, "ligt voor prov:generatedAtTime", t1},

	{50, "typing", "", zegt("e1", "used", "e2"), "Entity en Activity door elkaar", "prov:used"},
	{50, "typing, of an activity at work", `{"@id":"u:e1","prov:qualifiedDerivation":{"@id":"u:g","prov:entity":{"@id":"u:e2"}}}`, `{"@id":"u:g","prov:hadActivity":{"@id":"u:e3"}}`, "prov:hadActivity van u:g naar u:e3", "prov:hadActivity"},
	{51, "impossible-unspecified-derivation-generation-use", `{"@id":"u:e1","prov:qualifiedDerivation":{"@id":"u:g","prov:entity":{"@id":"u:e2"}}}`, `{"@id":"u:g","prov:hadUsage":{"@id":"u:x"}}`, "prov:hadUsage bij de Derivation van u:e1", "prov:hadUsage"},
	{52, "impossible-specialization-reflexive", "", zegt("e1", "specializationOf", "e1"), "naar zichzelf", "prov:specializationOf"},
	{52, "impossible-specialization-reflexive, in a circle", alle(zegt("e1", "specializationOf", "e2"), zegt("e2", "specializationOf", "e3")), zegt("e3", "specializationOf", "e1"), "specializationOf van u:e3 naar u:e1", `"u:e3","@type":["prov:Entity"],"prov`},
	{53, "impossible-property-overlap", `{"@id":"u:e1","prov:qualifiedGeneration":{"@id":"u:g","prov:activity":{"@id":"u:a1"}}}`, `{"@id":"u:a1","prov:qualifiedUsage":{"@id":"u:g"}}`, "u:g is al een Generation", "prov:qualifiedUsage"},
	{53, "impossible-property-overlap, by type", `{"@id":"u:e1","prov:qualifiedGeneration":{"@id":"u:g","@type":"prov:Generation","prov:activity":{"@id":"u:a1"}}}`, `{"@id":"u:g","@type":"prov:Usage"}`, "kan niet ook een Usage zijn", "prov:Usage"},
	{54, "impossible-object-property-overlap", "", `{"@id":"u:e1","prov:qualifiedGeneration":{"@id":"u:e2","prov:activity":{"@id":"u:a1"}}}`, "kan geen Generation zijn", "prov:qualifiedGeneration"},
	{55, "entity-activity-disjoint", "", `{"@id":"u:e1","@type":"prov:Activity"}`, "tegelijk een Entity en een Activity", `"u:e1","@type":["prov:Entity","prov:Activity"]`},
	{56, "membership-empty-collection", `{"@id":"u:e1","@type":["prov:Collection","prov:EmptyCollection"]}`, zegt("e1", "hadMember", "e2"), "lege verzameling", "prov:hadMember"},
}

// van says that e2 was derived from e1 by activity a.
func van(e2, e1, a string) string {
	return fmt.Sprintf(`{"@id":"u:%s","prov:qualifiedDerivation":{"@id":"u:d","prov:entity":{"@id":"u:%s"},"prov:hadActivity":{"@id":"u:%s"}}}`, e2, e1, a)
}

func TestWatEenRegelVanPROVBreektValtWeg(t *testing.T) {
	for _, r := range regels {
		t.Run(fmt.Sprintf("%d %s", r.nummer, r.naam), func(t *testing.T) {
			nodes := basis
			if r.goed != "" {
				nodes += "," + r.goed
			}
			_, w, err := Lees(graaf(nodes))
			if err != nil || len(w) != 0 {
				t.Fatalf("without the breach: %q %v", w, err)
			}
			g, w, err := Lees(graaf(nodes + "," + r.fout))
			if err != nil || len(w) != 1 || !strings.Contains(w[0], r.melding) {
				t.Fatalf("%q %v", w, err)
			}
			uit := string(g.JSONLD())
			if strings.Contains(uit, r.weggaven) {
				t.Errorf("still there: %s\n%s", r.weggaven, uit)
			}
			if err := schema.Controleer(g.JSONLD()); err != nil {
				t.Error(err)
			}
			nog, w, err := Lees(g.JSONLD())
			if err != nil || len(w) != 0 || string(nog.JSONLD()) != uit {
				t.Errorf("what was repaired needs repair again: %q %v\n%s\n%s", w, err, uit, nog.JSONLD())
			}
			if _, w, err = Lees(g.ProvJSONLD()); err != nil || len(w) != 0 {
				t.Errorf("PROV-JSONLD tells what was left out: %q %v", w, err)
			}
		})
	}
}

// Each ordering constraint puts one instant before another. Most end in an end
// or an invalidation, from which nothing leads back to a derivation, so no
// statement of PROV can break them; that they are known is seen here.
func TestVolgordeVanPROV(t *testing.T) {
	type p struct {
		id    string
		soort int
	}
	for _, r := range []struct {
		nummer   int
		nodes    string
		voor, na p
	}{
		{30, "", p{"u:a1", begin}, p{"u:a1", einde}},
		{33, zegt("a1", "used", "e1"), p{"u:e1", maken}, p{"u:a1", einde}},
		{34, zegt("e1", "wasGeneratedBy", "a1"), p{"u:a1", begin}, p{"u:e1", maken}},
		{34, zegt("e1", "wasGeneratedBy", "a1"), p{"u:e1", maken}, p{"u:a1", einde}},
		{34, zegt("a1", "generated", "e1"), p{"u:a1", begin}, p{"u:e1", maken}},
		{35, zegt("a2", "wasInformedBy", "a1"), p{"u:a1", begin}, p{"u:a2", einde}},
		{36, "", p{"u:e1", maken}, p{"u:e1", weg}},
		{38, zegt("a1", "used", "e1"), p{"u:a1", begin}, p{"u:e1", weg}},
		{43, zegt("a1", "wasStartedBy", "e1"), p{"u:e1", maken}, p{"u:a1", begin}},
		{43, zegt("a1", "wasStartedBy", "e1"), p{"u:a1", begin}, p{"u:e1", weg}},
		{44, zegt("a1", "wasEndedBy", "e1"), p{"u:e1", maken}, p{"u:a1", einde}},
		{44, zegt("a1", "wasEndedBy", "e1"), p{"u:a1", einde}, p{"u:e1", weg}},
		{45, zegt("e1", "specializationOf", "e2"), p{"u:e2", maken}, p{"u:e1", maken}},
		{46, zegt("e1", "specializationOf", "e2"), p{"u:e1", weg}, p{"u:e2", weg}},
		{47, zegt("a1", "wasAssociatedWith", "o"), p{"u:a1", begin}, p{"u:o", weg}},
		{47, zegt("a1", "wasAssociatedWith", "o"), p{"u:o", maken}, p{"u:a1", einde}},
		{48, zegt("e1", "wasAttributedTo", "o"), p{"u:o", maken}, p{"u:e1", maken}},
		{48, zegt("e1", "wasAttributedTo", "o"), p{"u:o", begin}, p{"u:e1", maken}},
		{49, zegt("o", "actedOnBehalfOf", "p"), p{"u:p", maken}, p{"u:o", weg}},
		{49, zegt("o", "actedOnBehalfOf", "p"), p{"u:p", begin}, p{"u:o", einde}},
	} {
		nodes := basis + `,{"@id":"u:p","@type":"prov:Agent"}`
		if r.nodes != "" {
			nodes += "," + r.nodes
		}
		g, w, err := Lees(graaf(nodes))
		if err != nil || len(w) != 0 {
			t.Fatalf("%d: %q %v", r.nummer, w, err)
		}
		o := nieuweVolgorde(&g)
		o.stelAlle(&g)
		if !o.bereikt(o.punt(r.voor.id, r.voor.soort), o.punt(r.na.id, r.na.soort)) {
			t.Errorf("%d: %v does not come before %v in %s", r.nummer, r.voor, r.na, r.nodes)
		}
		if o.bereikt(o.punt(r.na.id, r.na.soort), o.punt(r.voor.id, r.voor.soort)) {
			t.Errorf("%d: %v comes before %v", r.nummer, r.na, r.voor)
		}
	}
}

func TestBundelsBlijvenApart(t *testing.T) {
	g, w, err := Lees([]byte(`{"@context":{"prov":"` + NSProv + `","soh":"` + NSSoh + `"},"@graph":[` + basis + `,
		{"@id":"u:b","@type":["prov:Entity","prov:Bundle"],"@graph":[{"@id":"u:e1","prov:wasDerivedFrom":{"@id":"u:e1"}}]}]}`))
	if err != nil || len(w) != 1 || !strings.Contains(w[0], "bundel is weggelaten") || g.Vind("u:e1").Values("prov:wasDerivedFrom") != nil {
		t.Errorf("%q %v %s", w, err, g.JSONLD())
	}
}

// A long chain that closes on itself costs no more than reading it.
func TestLangeKetenIsSnelNagekeken(t *testing.T) {
	var b strings.Builder
	const n = 2000
	for i := range n {
		fmt.Fprintf(&b, `,{"@id":"u:k%d","@type":"prov:Entity","prov:wasDerivedFrom":{"@id":"u:k%d"}}`, i, (i+1)%n)
	}
	g, w, err := Lees(graaf(basis + b.String()))
	if err != nil || len(w) != 1 {
		t.Fatalf("%d waarschuwingen, %v", len(w), err)
	}
	if i := slices.IndexFunc(g.Nodes, func(x *Node) bool {
		return x.Is(Entity) && strings.HasPrefix(x.ID, "u:k") && x.Values("prov:wasDerivedFrom") == nil
	}); i < 0 {
		t.Error("the circle is still closed")
	}
}
