package melding

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
)

// TestEenBeoordelingVerteltNietWatDeMeldingVerbergt: without a right to what is
// protected, a beoordeling, also one of before that holds copies, tells neither
// where somebody hides nor what leads to a shielded melder.
func TestEenBeoordelingVerteltNietWatDeMeldingVerbergt(t *testing.T) {
	f, _ := knooppunt(t)
	adres := begrip.InVerblijf(Adres{Straatnaam: "Schuilstraat", Huisnummer: 1, Postcode: "9999 ZZ", Plaats: "Verborgenhout"})
	bij := "https://melder.example/v1/meldingen/x#" // where the source serves the parts of what was copied
	open := begrip.InVerblijf(Adres{URL: bij + "adres", Straatnaam: "Dorpsstraat", Huisnummer: 2, Postcode: "1111 AA", Plaats: "Dorp"})
	b := Beoordeling{ID: "b", BronAfgeschermd: true, Melding: begrip.InVertrouwen(opdracht.Verwijzing{Bron: "00000004999009999000", Soort: "melding", Pad: "/v1/meldingen/x"}),
		Betrokkenen: []Betrokkene{{ID: "kind", Adres: adres}, {ID: "moeder", AdresGeheim: begrip.GeheimJa, Adres: adres},
			{ID: "opa", URL: bij + "opa", Naam: begrip.Naam{URL: bij + "naam", Geslachtsnaam: "Bakker"}, AdresGeheim: begrip.GeheimNee, Adres: open}},
		Uitkomst: &Uitkomst{Code: "overdracht", ToelichtingMelder: begrip.InVertrouwen("Dank aan school De Egel"), ToelichtingGezin: "Wij bellen u."}}
	inhoud, err := begrip.Opslag(b)
	if err != nil {
		t.Fatal(err)
	}
	s := f.soortBeoordeling()
	for n := begrip.NiveauBestaan; n <= begrip.NiveauInhoud; n++ {
		v, err := s.Reduceer(dossier.Record{ID: "b", Inhoud: inhoud}, n, nil)
		if err != nil {
			t.Fatal(err)
		}
		v, _ = begrip.Open(v, begrip.Inzagerecht(0).Geheim(b.Beschermt()))
		uit, _ := json.Marshal(v)
		for _, geheim := range []string{"Schuilstraat", "9999 ZZ", "Verborgenhout", "00000004999009999000", "/v1/meldingen/x", "melder.example", "De Egel"} {
			if strings.Contains(string(uit), geheim) {
				t.Errorf("niveau %d toont %q: %s", n, geheim, uit)
			}
		}
	}
}
