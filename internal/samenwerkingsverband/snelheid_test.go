package samenwerkingsverband

import (
	"os"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// BenchmarkBesluit is one whole decision without I/O: Veilig Thuis reads an
// answer of another organisation in a zaak that runs in MDA++, with every
// guard on record; table, policy of the functie and general rules together.
// Toets is the part of the table alone.
func BenchmarkBesluit(b *testing.B) {
	regels, err := os.ReadFile("../functie/bekendheid/beleid.rego")
	if err != nil {
		b.Fatal(err)
	}
	beleid, err := toegang.NieuwBeleid(map[string]string{"bekendheid.rego": string(regels)})
	if err != nil {
		b.Fatal(err)
	}
	d, _ := Ingebouwd().Definitie("mda-plus-plus")
	v := volledig(d)
	v.Rol, v.Soort, v.OIN, v.Functie = RolProcesregisseur, begrip.VeiligThuis, lezerOIN, begrip.RolMedewerkerVT
	v.Doel, v.Grondslag, v.Klasse, v.Fase = begrip.DoelVTMelding, begrip.GrondWmo516, Maatregelen, 2
	besluit := func() toegang.Besluit {
		k, err := beleid.Besluit(b.Context(), "soh.bekendheid", toegang.Invoer{
			"lezer": map[string]any{"oin": string(v.OIN), "soort": string(v.Soort), "rol": string(v.Functie), "persoon": "s.dewit", "burger": false},
			"doel":  string(v.Doel), "grondslag": string(v.Grondslag), "zaak": "urn:soh:zaak:1", "gevraagd": 2, "klasse": v.Klasse.String(), "nu": v.Nu,
			"record": map[string]any{"soort": "verrijking", "zaak": "urn:soh:zaak:1", "staat": "gegeven", "eigenaar": "00000001001234567000"},
			"vrager": string(v.OIN), "reden": "01", "zelf": false, "betrokken": false, "geadresseerd": false,
			"verband": d.Toets(v).Invoer(d.Naam),
		})
		if err != nil {
			b.Fatal(err)
		}
		return k
	}
	if k := besluit(); !k.Toegestaan || k.Niveau != 2 || len(k.Plichten) == 0 {
		b.Fatalf("%+v", k)
	}
	b.Run("geheel", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			besluit()
		}
	})
	b.Run("Toets", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !d.Toets(v).Toegestaan {
				b.Fatal("geweigerd")
			}
		}
	})
}
