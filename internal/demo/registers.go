package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/node"
)

// registers has the organisations tell what they offer, as they would with
// `soh keten`: diensten, and maintenance that is planned.
func (v *verhaal) registers() (uit []stap) {
	drie, acht := 3, 56
	for _, x := range []struct {
		kort string
		d    register.Dienst
	}{
		{"gemeente", register.Dienst{Naam: "Hulp van het wijkteam", Omschrijving: "Een vaste hulpverlener komt thuis en maakt met het gezin een plan.", Doelgroep: "Gezinnen die hulp willen",
			Regio: "Voorbeeldstad", HoeAanvragen: "Bel het wijkteam of loop binnen.", Wachtdagen: &drie}},
		{"veilig-thuis", register.Dienst{Naam: "Advies over een zorg", Omschrijving: "Meedenken over wat u kunt doen. U hoeft geen namen te noemen.", Doelgroep: "Iedereen die zich zorgen maakt",
			Regio: "Voorbeeldland", HoeAanvragen: "Bel gratis, dag en nacht."}},
		{"ggz", register.Dienst{Naam: "Behandeling na geweld", Omschrijving: "Gesprekken voor kinderen en ouders, samen en apart.", Doelgroep: "Gezinnen waar geweld was", Regio: "Voorbeeldstad",
			Voorwaarden: "Het gezin is nu veilig en wil zelf.", WieMogen: []begrip.OrganisatieSoort{begrip.Gemeente, begrip.VeiligThuis, begrip.GI},
			HoeAanvragen: "Stuur een verwijzing.", Wachtdagen: &acht}},
	} {
		uit = append(uit, stap{"dienst/" + x.kort, func(ctx context.Context) error {
			return v.zeg(ctx, x.kort, "diensten", "aanbieder", "Naam", x.d.Naam, x.d)
		}})
	}
	return append(uit, stap{"onderhoud/ggz", func(ctx context.Context) error {
		nu := time.Now().UTC()
		begin := time.Date(nu.Year(), nu.Month(), nu.Day()+7, 20, 0, 0, 0, time.UTC)
		tot := begin.Add(2 * time.Hour)
		s := register.Storing{Soort: "onderhoud", Wat: "Nieuwe versie van ons systeem", Gevolg: "Wij geven dan geen antwoord. Wat u stuurt, komt daarna aan.", Vanaf: begin, Tot: &tot}
		return v.zeg(ctx, "ggz", "storingen", "over", "Wat", s.Wat, s)
	}})
}

// apis has every node tell where its API is described.
func (v *verhaal) apis(ctx context.Context) error {
	for _, o := range Deelnemers() {
		adres := v.d.lid(o.Kort).apiURL + "/v1/openapi.json"
		if err := v.zeg(ctx, o.Kort, "apis", "deelnemer", "OpenAPI", adres, register.API{Naam: "Knooppunt", OpenAPI: adres, Versie: node.Versie, Status: "in-gebruik"}); err != nil {
			return err
		}
	}
	return nil
}

// zeg tells an entry of a register on behalf of kort, unless it is there: an
// entry of its own (filter) whose veld is waarde.
func (v *verhaal) zeg(ctx context.Context, kort, lijst, filter, veld, waarde string, wat any) error {
	l := v.d.lid(kort)
	adres := v.d.lid("hub").apiURL + "/v1/" + lijst
	b, err := v.roep(ctx, kort, adres+"?"+url.Values{filter: {string(l.OIN)}}.Encode(), http.MethodGet, nil)
	if err != nil {
		return err
	}
	var in map[string][]struct{ Naam, Wat, OpenAPI string }
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	for _, x := range in[lijst] {
		if map[string]string{"Naam": x.Naam, "Wat": x.Wat, "OpenAPI": x.OpenAPI}[veld] == waarde {
			return nil
		}
	}
	return v.haal(ctx, kort, adres, http.MethodPost, wat)
}
