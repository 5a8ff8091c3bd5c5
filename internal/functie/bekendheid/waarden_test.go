package bekendheid

import (
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
)

// TestEenVraagHoudtGeenVerborgenAdres: who is asked about somebody in hiding gets
// no address, whatever the right of who reads the question: it is not in it.
func TestEenVraagHoudtGeenVerborgenAdres(t *testing.T) {
	b := melding.Betrokkene{ID: "x", Adres: begrip.InVerblijf(melding.Adres{Straatnaam: "Schuilstraat", Huisnummer: 1, Postcode: "9999 ZZ", Plaats: "Verborgenhout"})}
	for _, geheim := range []bool{false, true} {
		b.AdresGeheim = begrip.GeheimVan(geheim)
		uit, err := begrip.Opslag(Verrijking{NatuurlijkPersoon: persoonVan(b)})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"Schuilstraat", "9999 ZZ", "Verborgenhout"} {
			if strings.Contains(string(uit), s) == geheim {
				t.Errorf("geheim %v: %s", geheim, uit)
			}
		}
	}
}
