package portal

import (
	"encoding/json"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/toegang"
)

// TestNietsVerteltDeEneOuderWaarDeAndereSchuilt: one parent lives in hiding and
// both stand in the melding. Whatever page the other opens, no town, team, name,
// telephone number or words of a helper stand there; the one in hiding reads all as ever.
func TestNietsVerteltDeEneOuderWaarDeAndereSchuilt(t *testing.T) {
	n := nieuwNet(t, politie, vt, ggz)
	adres := map[string]any{"straatnaam": "Schuilstraat", "huisnummer": 1, "postcode": "9999 ZZ", "plaats": "Verborgenhout"}
	wie := func(b begrip.BSN, naam string, geheim bool) map[string]any {
		return map[string]any{"burgerservicenummer": b.Leesbaar(), "geslacht": "2", "rolInGezin": "ouder", "adresGeheim": geheim,
			"naam": map[string]any{"voornamen": naam, "geslachtsnaam": "Wit"}, "adres": adres}
	}
	b, _ := json.Marshal(map[string]any{
		"soort": "VT", "verzoek": "Wilt u kijken of het veilig is?", "terugkoppelingGewenst": true,
		"zorgelijkeSituatie": map[string]any{"situatieSchets": "Er was ruzie.", "nadereOmschrijving": "De kinderen zijn bang."},
		"contact":            map[string]any{"naam": "Juf Verborgen", "emailAdres": "juf@verborgen.voorbeeld.nl", "telefoonnummer": "010 765 43 21"},
		"heeftBetrekkingOp":  []any{wie(ouder, "Sanne", true), wie(ander, "Mark", false)},
	})
	var m melding.Melding
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	if _, err := n.knopen[politie.OIN].melding.Registreer(t.Context(), m, toegang.Lezer{Naam: "Juf Verborgen", Rol: begrip.RolBehandelaar}); err != nil {
		t.Fatal(err)
	}
	n.wacht("de opdracht bij Veilig Thuis", func() bool { return len(n.open_()) > 0 })
	o := n.pakOp()
	for _, x := range []begrip.BSN{ouder, ander} {
		if _, err := n.knopen[ggz.OIN].bekend.Registreer(t.Context(), bekendheid.Registratie{Burgerservicenummer: begrip.InhoudBSN{BSN: x}, Omschrijving: "U krijgt hulp van ons in Verborgenhout.",
			Contact: begrip.InVerblijf(bekendheid.Contact{Naam: "Eva Brouwer", Functie: "behandelaar", Telefoonnummer: "010 123 45 67"})}); err != nil {
			t.Fatal(err)
		}
	}
	l := beoordelaar()
	l.Zaak = o.Zaak
	if err := n.knopen[vt.OIN].bekend.Vraag(t.Context(), o.Zaak, begrip.DoelVTMelding, o.Betrokkenen, []begrip.OIN{politie.OIN, ggz.OIN}, l, opBeoordeling(o)); err != nil {
		t.Fatal(err)
	}
	moet(t, n.ziet("Organisaties gaven antwoord"), []string{"Veilig Thuis Oost", "Eva Brouwer"}, []string{"Schuilstraat"})
	n.rondAf(o)
	n.ziet("Er is een besluit over de melding")
	for _, pad := range []string{"/overzicht", "/wie-keek", "/keuzes"} {
		_, _, s := n.pagina(ander, pad)
		moet(t, s, nil, []string{"Oost", "Verborgenhout", "Schuilstraat", "9999 ZZ", "Eva Brouwer", "010 123 45 67", "Marieke", "wijkteam belt"})
	}
	moet(t, n.leesPagina(ander, "/overzicht"), []string{"Er is een besluit over de melding"}, nil)
}
