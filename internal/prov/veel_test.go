package prov

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// veelWaarden is a graph with n values of one property at one node.
func veelWaarden(n int) []byte {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"w` + strconv.Itoa(i) + `"`)
	}
	return graaf(drie + `,{"@id":"u:v","@type":"prov:Entity","soh:x":[` + b.String()[1:] + `]}`)
}

// Of many values each is put in the set once, so that adding is linear; what is added
// is the same as by looking at all.
func TestVeelWaardenZijnLineair(t *testing.T) {
	werk := func(n int) int {
		v := new(Node)
		for i := range 2 * n {
			v.Add("soh:x", Value{Literal: strconv.Itoa(i % n)})
		}
		if len(v.Values("soh:x")) != n {
			t.Fatalf("%d values became %d", n, len(v.Values("soh:x")))
		}
		if v.veel["soh:x"] == nil {
			t.Fatal("every value is compared with every other")
		}
		return v.veel["soh:x"].gelegd
	}
	for _, n := range []int{1000, 2000, 4000} {
		if w := werk(n); w > 2*n {
			t.Errorf("%d values took %d steps", n, w)
		}
	}
	v := new(Node)
	for i := range klein {
		v.Add("soh:x", Value{Literal: strconv.Itoa(i)})
	}
	if v.veel != nil {
		t.Error("a small property has a set")
	}
}

// Values that others changed are seen: what was taken away can be added again.
func TestVeelWaardenNaWijziging(t *testing.T) {
	v := new(Node)
	for i := range 100 {
		v.Add("soh:x", Value{Literal: strconv.Itoa(i)})
	}
	v.Props[0].Values = slices.DeleteFunc(v.Props[0].Values, func(w Value) bool { return w.Literal == "7" })
	v.Add("soh:x", Value{Literal: "7"})
	v.Add("soh:x", Value{Literal: "8"})
	if got := len(v.Values("soh:x")); got != 100 {
		t.Errorf("%d values", got)
	}
}

// Every node is put in the index once, also when nearly all that is looked for is not
// there yet.
func TestVeelNodesZijnLineair(t *testing.T) {
	for _, n := range []int{1000, 2000, 4000} {
		var g Graph
		for i := range n {
			g.Node("u:" + strconv.Itoa(i))
		}
		// Less means that the index was not used: then the nodes are walked each time.
		if len(g.Nodes) != n || g.gelegd > n || g.gelegd < n-klein-1 {
			t.Errorf("%d nodes took %d steps", n, g.gelegd)
		}
	}
}

// A graph beyond a bound is a mistake of the sender, told in one sentence; one at the
// bound is read. What is no event of a sender has no bounds.
func TestGrenzenVanGebeurtenis(t *testing.T) {
	rij := func(n int, f func(i int) string) string {
		delen := make([]string, n)
		for i := range delen {
			delen[i] = f(i)
		}
		return strings.Join(delen, ",")
	}
	g := VanGebeurtenis
	for naam, geval := range map[string]struct {
		max  int
		maak func(n int) []byte
	}{
		"waarden": {g.Waarden, veelWaarden},
		"eigenschappen": {g.Eigenschappen, func(n int) []byte {
			return graaf(drie + `,{"@id":"u:v",` + rij(n, func(i int) string { return fmt.Sprintf(`"soh:x%d":1`, i) }) + `}`)
		}},
		"typen": {g.Typen, func(n int) []byte {
			return graaf(drie + `,{"@id":"u:v","@type":[` + rij(n, func(i int) string { return fmt.Sprintf(`"soh:X%d"`, i) }) + `]}`)
		}},
		"onderdelen": {g.Nodes, func(n int) []byte {
			return graaf(drie + `,` + rij(n-3, func(i int) string { return fmt.Sprintf(`{"@id":"u:v%d","@type":"soh:X"}`, i) }))
		}},
		"afgeleide onderdelen": {g.Nodes, func(n int) []byte {
			return graaf(drie + `,` + rij(3, func(k int) string {
				return fmt.Sprintf(`{"@id":"u:v%d","@type":"prov:Entity","prov:wasGeneratedBy":[%s]}`, k, rij(600+(n-g.Nodes)*300, func(i int) string { return fmt.Sprintf(`{"@id":"u:k%d-%d"}`, k, i) }))
			}))
		}},
		"andere vorm": {g.Uitgebreid, func(n int) []byte {
			return graaf(drie + `,{"@id":"u:v","soh:x":{"@list":[` + rij(1+(n-g.Uitgebreid)*g.Uitgebreid, func(i int) string { return strconv.Itoa(i) }) + `]}}`)
		}},
	} {
		if _, _, err := LeesGebeurtenis(geval.maak(geval.max)); err != nil {
			t.Errorf("%s: %d is refused: %v", naam, geval.max, err)
		}
		_, _, err := LeesGebeurtenis(geval.maak(geval.max + 1))
		if !begrip.Is(err, begrip.Ongeldig) || len(begrip.FoutVan(err).Velden) != 1 || !strings.Contains(begrip.FoutVan(err).Velden[0].Bericht, strconv.Itoa(geval.max)) {
			t.Errorf("%s: %d gives %v", naam, geval.max+1, err)
		}
		if naam == "afgeleide onderdelen" || naam == "andere vorm" {
			continue
		}
		if _, _, err := Lees(geval.maak(geval.max + 1)); err != nil {
			t.Errorf("%s: not of a sender: %v", naam, err)
		}
	}
}

// Whatever stands in an event: what it becomes is never much more than what was sent,
// and within the bounds.
func FuzzLeesWerk(f *testing.F) {
	f.Add(veelWaarden(40))
	f.Add([]byte(rijk().JSONLD()))
	f.Add([]byte(rijk().ProvJSONLD()))
	for _, r := range regels {
		f.Add(graaf(alle(basis, r.goed, r.fout)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, _, err := LeesGebeurtenis(b)
		if err != nil {
			if !begrip.Is(err, begrip.Ongeldig) {
				t.Fatal(err)
			}
			return
		}
		delen := len(g.Nodes)
		for _, n := range g.Nodes {
			delen += len(n.Types) + len(n.Props)
			if len(n.Props) > VanGebeurtenis.Eigenschappen+40 || len(n.Types) > VanGebeurtenis.Typen+10 { // what relations imply
				t.Fatalf("%s has %d properties and %d types", n.ID, len(n.Props), len(n.Types))
			}
			for _, p := range n.Props {
				delen += len(p.Values)
			}
		}
		if delen > 3*len(b)+10 || len(g.Nodes) > VanGebeurtenis.Nodes {
			t.Fatalf("%d bytes became %d parts, %d nodes", len(b), delen, len(g.Nodes))
		}
	})
}

// The time of each value stays the same.
func BenchmarkVeelWaarden(b *testing.B) {
	for _, n := range []int{1000, 4000, 16000} {
		data := veelWaarden(n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := Lees(data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/waarde")
		})
	}
}
