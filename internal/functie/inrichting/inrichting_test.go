package inrichting

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

func TestPlatToontWatErStaatZonderNummers(t *testing.T) {
	regels := plat([]byte(`{"url":"https://a","id":"1","situatieSchets":"Ruzie.","personen":[{"naam":{"voornamen":"Lotte"},"id":"urn:soh:betrokkene:1"}],"aan":"urn:nld:oin:1"}`))
	if len(regels) != 2 || regels[0].Label != "Situatie schets" || regels[1].Waarde != "Lotte" {
		t.Errorf("%+v", regels)
	}
}
