package inzage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/opdracht"
)

// TestMatrixVanDeOpdrachten asks of every kind of Opdracht of every functie who may
// give it: kind of organisation × kind that is asked × role × purpose × ground.
// What is not in the table is refused.
func TestMatrixVanDeOpdrachten(t *testing.T) {
	t.Parallel()
	var tabel strings.Builder
	tabel.WriteString("# Wie mag welke opdracht geven\n\nWat hier niet staat, wordt geweigerd voordat de vraag is gelezen. Het soort organisatie komt uit het register. Het bewijs\nwordt nagegaan op de plek die erbij staat, nooit bij de vrager.\n\n| Opdracht | Van | Aan | Rol | Doel | Grondslag | Hoogstens | Bewijs |\n|---|---|---|---|---|---|---|---|\n")
	for _, bouw := range functies {
		for _, s := range bouw(&functie.Omgeving{}).Opdrachten {
			var bewijs []string
			for _, b := range s.Regel.Bewijs {
				bewijs = append(bewijs, fmt.Sprintf("%s (%s)", b.Wat, b.Waar))
			}
			if s.Regel.ZonderBewijs != "" {
				bewijs = append(bewijs, "geen: "+s.Regel.ZonderBewijs)
			}
			for _, r := range wegen(s) {
				fmt.Fprintf(&tabel, "| %s | %s | %d personen | %s |\n", s.Naam, r, s.Regel.MaxPersonen, strings.Join(bewijs, ", "))
			}
		}
	}
	goud(t, "opdrachten.md", tabel.String())
}

// wegen gives the ways that are open, found by asking all: those that differ in
// one thing only stand together.
func wegen(s opdracht.Soort) []string {
	var open [][5]string
	for _, van := range begrip.OrganisatieSoorten {
		for _, aan := range begrip.OrganisatieSoorten {
			for _, rol := range append(begrip.Rollen(), "", "iets-nieuws") {
				for _, doel := range append(slices.Clone(doelen), "02", "iets-nieuws") {
					for _, grond := range append(slices.Clone(gronden), "iets-nieuws") {
						if s.Bezwaar(opdracht.Vrager{Naam: "x", Rol: rol, Doel: doel, Grondslag: grond}, van, aan) == "" {
							open = append(open, [5]string{string(van), string(aan), string(rol), string(doel), string(grond)})
						}
					}
				}
			}
		}
	}
	for i := range 5 {
		var samen [][5]string
		for _, w := range open {
			j := slices.IndexFunc(samen, func(x [5]string) bool { x[i] = w[i]; return x == w })
			if j < 0 {
				samen = append(samen, w)
				continue
			}
			samen[j][i] += ", " + w[i]
		}
		open = samen
	}
	var uit []string
	for _, w := range open {
		uit = append(uit, strings.Join(w[:], " | "))
	}
	return uit
}
