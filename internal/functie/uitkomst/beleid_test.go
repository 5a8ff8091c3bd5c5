package uitkomst

import (
	_ "embed"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang/regotest"
)

//go:embed beleid_test.rego
var beleidTest string

func TestBeleid(t *testing.T) {
	regotest.TestRego(t, map[string]string{"beleid.rego": beleid, "beleid_test.rego": beleidTest})
}

// The grounds in Go, with which our own people look, are those that the policy takes.
func TestGrondenZijnDieVanHetBeleid(t *testing.T) {
	o := omgeving(t)
	for _, s := range begrip.OrganisatieSoorten {
		if s == begrip.Burgerportaal || s == begrip.Ketenbeheerder {
			continue
		}
		org := begrip.Organisatie{OIN: "00000001006000000000", Soort: s}
		u := overleg()
		soort.Partij(u, org.OIN)
		inhoud, err := begrip.Opslag(u)
		rec := dossier.Record{Soort: "uitkomst", Zaak: zaak, Staat: Beschikbaar, Inhoud: inhoud}
		if err != nil || !o.Inzage.ZouMogen(t.Context(), soort.Soort(o), rec, wijk.OIN, lezer(org, begrip.RolProcesregisseur)) {
			t.Errorf("%s does not read with its own words (%v)", s, err)
		}
	}
}
