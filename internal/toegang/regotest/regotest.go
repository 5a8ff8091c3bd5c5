// Package regotest runs the tests beside a policy (*_test.rego) as Go tests.
// It is a package of its own so that the testing package stays out of the
// program.
package regotest

import (
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// TestRego runs every test_ rule in modules (file name → Rego, policy and tests
// together) as a subtest. It fails when there is none: a policy without tests
// is a mistake.
func TestRego(t *testing.T, modules map[string]string) {
	t.Helper()
	geparsed := make(map[string]*ast.Module, len(modules))
	for naam, tekst := range modules {
		m, err := ast.ParseModule(naam, tekst)
		if err != nil {
			t.Fatalf("%s: %v", naam, err)
		}
		geparsed[naam] = m
	}
	store := inmem.New()
	txn, err := store.NewTransaction(t.Context(), storage.TransactionParams{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(t.Context(), txn)
	resultaten, err := tester.NewRunner().SetStore(store).SetModules(geparsed).SetTimeout(10*time.Second).
		CapturePrintOutput(true).RaiseBuiltinErrors(true).RunTests(t.Context(), txn)
	if err != nil {
		t.Fatal(err)
	}
	aantal := 0
	for r := range resultaten {
		aantal++
		t.Run(strings.TrimPrefix(r.Package, "data.")+"."+r.Name, func(t *testing.T) {
			switch {
			case r.Error != nil:
				t.Errorf("%s: %v\n%s", r.Location, r.Error, r.Output)
			case r.Fail:
				t.Errorf("%s: deze test slaagt niet\n%s", r.Location, r.Output)
			case r.Skip:
				t.Errorf("%s: een test overslaan mag niet", r.Location)
			}
		})
	}
	if aantal == 0 {
		t.Fatal("geen enkele test_-regel gevonden")
	}
}
