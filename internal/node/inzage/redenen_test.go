package inzage_test

import (
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/handbereik/soh/internal/begrip"
)

// TestElkeWeigeringHeeftWoordenVoorHetGezin walks every policy there is: a reason to
// refuse a professional says in the family's words why. Reasons that only a member
// of the family can get are in its words already.
func TestElkeWeigeringHeeftWoordenVoorHetGezin(t *testing.T) {
	nieuweKnoop(t, begrip.VeiligThuis) // compiles the policies of all functies
	alle := map[string]string{}
	for naam, tekst := range modules {
		alle[naam] = tekst
	}
	b, err := os.ReadFile("../../toegang/beleid/algemeen.rego")
	if err != nil {
		t.Fatal(err)
	}
	alle["algemeen.rego"] = string(b)
	gezien := 0
	for naam, tekst := range alle {
		if strings.HasSuffix(naam, "_test.rego") {
			continue
		}
		m, err := ast.ParseModule(naam, tekst)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range m.Rules {
			for ; r != nil; r = r.Else {
				h := r.Head
				for _, term := range []*ast.Term{h.Key, h.Value} {
					if term == nil || h.Name == "redenen" || voorGezin(r) {
						continue
					}
					ast.WalkTerms(term, func(x *ast.Term) bool {
						o, ok := x.Value.(ast.Object)
						if !ok || o.Get(ast.StringTerm("tekst")) == nil || h.Name == "besluit" && strings.Contains(term.String(), `"toegestaan": true`) {
							return false
						}
						gezien++
						if g := o.Get(ast.StringTerm("gezin")); g == nil || strings.Contains(g.String(), "Uw ") || strings.Contains(g.String(), "U ") {
							t.Errorf("%s:%d: no words for the family: %v", naam, x.Location.Row, x)
						}
						return false
					})
				}
			}
		}
	}
	if gezien < 15 {
		t.Fatalf("only %d reasons found", gezien)
	}
}

// voorGezin tells that a rule only holds for a member of the family.
func voorGezin(r *ast.Rule) bool {
	for _, e := range r.Body {
		if s := e.String(); !e.Negated && (s == "burger" || s == "namens" || s == "input.lezer.burger" || strings.HasSuffix(s, ".burger") || strings.HasSuffix(s, "algemeen.burger")) {
			return true
		}
	}
	return strings.HasSuffix(r.Module.Package.Path.String(), "soh.lijsten")
}
