package melding

import (
	_ "embed"
	"testing"

	"github.com/handbereik/soh/internal/toegang/regotest"
)

//go:embed beleid_test.rego
var beleidTest string

func TestBeleid(t *testing.T) {
	regotest.TestRego(t, map[string]string{"beleid.rego": beleid, "beleid_test.rego": beleidTest})
}
