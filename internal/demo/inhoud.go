package demo

import (
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// The words of the stories: what the organisations wrote down.

func meldingDeWit() map[string]any {
	return map[string]any{
		"verzoek": "Wilt u onderzoeken of de kinderen thuis veilig zijn?",
		"zorgelijkeSituatie": map[string]any{
			"situatieSchets":     "De buren belden omdat er hard geschreeuwd werd. De ouders hadden ruzie over geld. De kinderen zaten boven.",
			"nadereOmschrijving": "Bram vertelde dat dit vaker gebeurt en dat Lotte dan niet kan slapen. Niemand was gewond.",
		},
		"contact": map[string]any{"naam": "Noor Hendriks", "emailAdres": "noor.hendriks@politie.voorbeeld.nl", "telefoonnummer": "0900 123 45 67"},
		"naarAanleidingVan": []map[string]any{{
			"datumTijd": time.Now().Add(-28 * time.Hour).UTC().Format(time.RFC3339), "locatie": "Kastanjelaan 12, Voorbeeldstad",
			"omschrijving": "Ruzie tussen de ouders. De politie sprak met iedereen en bleef tot het rustig was.",
		}},
	}
}

func meldingYilmaz() map[string]any {
	return map[string]any{
		"verzoek": "Wilt u nagaan of Deniz hulp nodig heeft?",
		"zorgelijkeSituatie": map[string]any{
			"situatieSchets":     "Een van de ouders is bij ons in behandeling. Thuis is er vaak spanning.",
			"nadereOmschrijving": "Deniz zorgt vaak voor zichzelf. Wij denken dat zij te weinig aandacht en eten krijgt.",
		},
		"contact": map[string]any{"naam": "Eva Brouwer", "emailAdres": "eva.brouwer@ggz.voorbeeld.nl", "telefoonnummer": "0800 765 43 21"},
		"melderAfscherming": map[string]any{
			"reden": "vertrouwen", "geraadpleegdeCollega": "Anton de Groot, vertrouwensarts",
			"herzienOp": time.Now().AddDate(0, 3, 0).UTC().Format(time.RFC3339),
		},
	}
}

// doet says, in words that the family reads, what each kind of organisation
// does for somebody it knows.
var doet = map[begrip.OrganisatieSoort]string{
	begrip.Politie:     "De politie sprak met u na een ruzie in de straat.",
	begrip.VeiligThuis: "Veilig Thuis gaf eerder advies over uw gezin.",
	begrip.Gemeente:    "Het wijkteam helpt u met de opvoeding en met geld.",
	begrip.RvdK:        "De raad onderzocht eerder hoe het met de kinderen ging.",
	begrip.GI:          "Een jeugdbeschermer begeleidde uw gezin in 2024.",
	begrip.GGZ:         "U krijgt hulp van een behandelaar.",
}

var antwoorden = map[begrip.OrganisatieSoort]map[string]string{
	begrip.Politie:     {"POL-001": "Nee.", "POL-004": "Eén keer, in het voorjaar."},
	begrip.VeiligThuis: {"VT-001": "Ja.", "VT-002": "Nee."},
	begrip.Gemeente:    {"GEM-001": "Ja, opvoedhulp sinds september.", "GEM-002": "Ja, hulp bij schulden."},
	begrip.RvdK:        {"RVDK-001": "Nee.", "RVDK-002": "Ja, in 2023. Er was geen maatregel nodig."},
	begrip.GI:          {"GI-001": "Nee.", "GI-002": "Ja, een ondertoezichtstelling tot eind 2024."},
}

// registratie is what the case system of o tells its node about l.
func registratie(o Deelnemer, l Lid) map[string]any {
	a := antwoorden[o.Soort]
	if a == nil {
		a = map[string]string{}
	}
	wie := o.Mensen[0]
	return map[string]any{
		"burgerservicenummer": l.BSN.Leesbaar(), "omschrijving": doet[o.Soort], "antwoorden": a, "sinds": "2025-09-01",
		"contact": map[string]any{
			"naam": wie.Naam, "functie": wie.Rol.Naam(), "telefoonnummer": "0800 123 45 67",
			"emailAdres": strings.ReplaceAll(strings.ToLower(wie.Naam), " ", ".") + "@" + o.Kort + ".voorbeeld.nl",
		},
	}
}
