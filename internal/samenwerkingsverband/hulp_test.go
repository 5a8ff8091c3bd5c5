package samenwerkingsverband

import (
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

var (
	nu       = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	lezerOIN = begrip.OIN("00000001123456789000")
	kind     = begrip.MustBSN("999970185")
	moeder   = begrip.MustBSN("111222333")
	vader    = begrip.MustBSN("999999990")

	alleKlassen = []Klasse{Bekendheid, Betrokkenen, Maatregelen, Hulp, Strafrecht, Gezondheid, Bronbeschermd}
)

// nuGeldig is a period around nu.
func nuGeldig() Periode { return Periode{nu.Add(-time.Hour), nu.Add(time.Hour)} }

// volledig is a question with everything on record for reader lezerOIN: what
// any guard looks at, for every purpose and class. Who reads, as what, why and
// what is for the test to fill in.
func volledig(d *Definitie) Vraag {
	p := nuGeldig()
	w := Waarborgen{
		Deelname: p, Melding: p, OTS: p, Raadsonderzoek: p, Huisverbod: p, Gevaar: p, VerblijfJJI: p, Aanvraag: p,
		Verzoek: Verzoek{p, true}, Wet: "Wet op de geneeskundige behandelingsovereenkomst",
		Wpg19: []Wpg19{{Bevoegd: "officier van justitie", Doel: "hulpverlening", Ontvanger: lezerOIN, Klassen: alleKlassen, Periode: p}},
	}
	if len(d.Reikwijdte) > 0 {
		w.Zaaktype = code(d.Reikwijdte[0].Tekst)
	}
	for _, g := range []begrip.Grondslag{"WJSG-39f", "WJSG-51c"} {
		w.Wjsg = append(w.Wjsg, Weging{Grondslag: g, Bevoegd: "officier van justitie", Belang: "veiligheid van het kind", Ontvanger: lezerOIN, Klassen: alleKlassen, Periode: p})
	}
	for _, doel := range d.Doelen {
		w.Wpg20 = append(w.Wpg20, Wpg20{
			Belang: "veiligheid van het kind", Samenwerkingsverband: d.Naam, Doel: doel.Code, Gegevens: alleKlassen,
			Voorwaarden: "alleen voor deze zaak", Ontvangers: []begrip.OIN{lezerOIN}, Periode: p,
		})
		for _, door := range []struct {
			wie begrip.BSN
			als Relatie
		}{{kind, RelatieZelf}, {moeder, RelatieOuder}, {vader, RelatieOuder}} {
			w.Toestemmingen = append(w.Toestemmingen, Toestemming{Over: kind, Door: door.wie, Als: door.als, Doel: doel.Code, Klassen: alleKlassen, Aan: []begrip.OIN{lezerOIN}, Periode: p})
		}
	}
	return Vraag{
		OIN: lezerOIN, Nu: nu, Waarborgen: w, Over: kind, Relatie: RelatieZelf,
		Personen: []Persoon{{BSN: kind, Leeftijd: 14, Gezaghouders: []begrip.BSN{moeder, vader}}},
	}
}

// bronVoor gives the kind of organisation whose records a ground opens.
func bronVoor(g *Grond) begrip.OrganisatieSoort {
	if len(g.Bronnen) > 0 {
		return g.Bronnen[0]
	}
	return begrip.Gemeente
}

// functieVoor gives a profession that a kind of organisation has.
func functieVoor(s begrip.OrganisatieSoort) begrip.Rol {
	if slices.Contains(zorg, s) {
		return begrip.RolBehandelaar
	}
	return begrip.RolJeugdbeschermer
}
