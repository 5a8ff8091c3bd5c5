package begrip_test

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// TestDeDagBegintInNederland: at half past midnight it is the next day, in winter
// and in summer, whatever zone the moment was written in.
func TestDeDagBegintInNederland(t *testing.T) {
	tokio := time.FixedZone("", 9*3600)
	for moment, dag := range map[string]string{
		"2026-01-14T22:59:59Z": "2026-01-14", "2026-01-14T23:00:00Z": "2026-01-15",
		"2026-07-14T21:59:59Z": "2026-07-14", "2026-07-14T22:00:00Z": "2026-07-15",
	} {
		m, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := begrip.Dag(m), begrip.Dag(m.In(tokio)); a != dag || b != dag {
			t.Errorf("%s: %s and %s, not %s", moment, a, b, dag)
		}
		for geboren, fout := range map[string]bool{dag: false, begrip.Dag(m.AddDate(0, 0, 1)): true} {
			var c begrip.Controle
			b := begrip.Betrokkene{Geslacht: "0", Naam: begrip.Naam{Voornamen: "A", Geslachtsnaam: "B"}, Geboortedatum: begrip.Geboortedatum(geboren),
				Adres: begrip.InVerblijf(begrip.Adres{Straatnaam: "C", Huisnummer: 1, Postcode: "1234 AB", Plaats: "D"})}
			b.Controleer(&c, "", m)
			if err := c.Fout(); (err != nil) != fout {
				t.Errorf("at %s born on %s: %v", moment, geboren, err)
			}
		}
	}
}
