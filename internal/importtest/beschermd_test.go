package importtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// magOpenen names the files that may make a right to open protected values, or
// write them as they are stored, and how often. Everyone else gets the right
// from a decision (inzage), or none.
var magOpenen = map[string]map[string]int{
	"internal/node/inzage/waarden.go":             {"Inzagerecht": 5}, // the decision itself
	"internal/functie/bekendheid/api.go":          {"Inzagerecht": 1, "Opslag": 1},
	"internal/functie/bekendheid/antwoord.go":     {"Opslag": 1},
	"internal/functie/bekendheid/werkplek.go":     {"Opslag": 1},
	"internal/functie/melding/api.go":             {"Inzagerecht": 1, "Opslag": 2},
	"internal/functie/melding/beoordeling.go":     {"Opslag": 1},
	"internal/functie/gegeven.go":                 {"Opslag": 1},
	"internal/functie/rest.go":                    {"Inzagerecht": 1}, // to the system that keeps it
	"internal/functie/functietest/functietest.go": {"Opslag": 1},
}

func TestAlleenEenBesluitOpentWatBeschermdIs(t *testing.T) {
	gevonden := map[string]map[string]int{}
	wortel := os.DirFS("../..")
	err := fs.WalkDir(wortel, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || strings.HasPrefix(p, "internal/begrip/") || strings.Contains(p, "node_modules") {
			return err
		}
		b, err := fs.ReadFile(wortel, p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, b, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "Inzagerecht" || s.Sel.Name == "Opslag") {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "begrip" {
					if gevonden[p] == nil {
						gevonden[p] = map[string]int{}
					}
					gevonden[p][s.Sel.Name]++
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(gevonden) == 0 {
		t.Fatal("nothing was found: the names changed")
	}
	for p, namen := range gevonden {
		for naam, n := range namen {
			if mag := magOpenen[p][naam]; n > mag {
				t.Errorf("%s calls begrip.%s %d times, and may %d times: what opens protected values comes from a decision", p, naam, n, mag)
			}
		}
	}
}
