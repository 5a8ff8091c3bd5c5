package node

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/toegang"
)

// waarborgLijven gives a good body for each kind of safeguard.
func waarborgLijven(meldingID, zaak string) map[string]map[string]any {
	tot := time.Now().AddDate(0, 0, 20).UTC().Format(time.RFC3339)
	vandaag := time.Now().UTC().Format(time.DateOnly)
	lotte := map[string]any{"burgerservicenummer": kind.Leesbaar(), "geboortedatum": "2018-03-01", "roepnaam": "Lotte"}
	mama := map[string]any{"burgerservicenummer": moeder.Leesbaar()}
	return map[string]map[string]any{
		"gezagsfeiten": {"over": lotte, "soort": "EenhoofdigOuderlijkGezag", "houders": []any{mama}, "peildatum": vandaag, "bron": "BRP"},
		"toestemmingen": {"over": lotte, "gegevenDoor": []any{map[string]any{"burgerservicenummer": moeder.Leesbaar(), "als": "ouder", "op": vandaag}}, "tot": tot,
			"doel": "hulp", "omschrijving": "doel 1 uit uw plan", "klassen": []string{"I3"}, "aan": []any{vt.OIN}},
		"zaakverbanden": {"zaak": zaak, "samenwerkingsverband": "multidisciplinair-overleg", "fase": 2, "betrokkenen": []any{kind.Leesbaar()},
			"deelnemers": []any{map[string]any{"organisatie": vt.OIN, "rol": "deelnemer"}}},
		"handelingsbekwaamheden": {"over": lotte, "bekwaam": false, "reden": "Oordeel van de arts.", "tot": tot},
		"vertegenwoordigingen":   {"over": lotte, "wie": mama, "als": "steunfiguur", "klassen": []string{"I1"}, "tot": tot},
		"afschermingen": {"onderwerp": map[string]any{"soort": "melding", "id": meldingID}, "reden": "d", "toelichting": "Er was dreiging in huis.", "geraadpleegdeCollega": "Anton",
			"tegen": []any{vader.Leesbaar()}, "herzienOp": tot},
		"verstrekkingsbesluiten": {"grondslag": "WPG-20", "bevoegdGezag": "Korpschef", "belang": "Veiligheid van het kind.", "samenwerkingsverband": "multidisciplinair-overleg", "doel": "mdo",
			"gegevens": []string{"I4"}, "voorwaarden": "Alleen in het overleg.", "ontvangers": []any{vt.OIN}, "tot": tot},
		"maatregelen":       {"over": lotte, "soort": "ots", "uitvoerder": string(vt.OIN), "bron": "Beschikking 24/1", "tot": tot},
		"medewerkingen":     {"zaak": zaak, "code": "vereiste-medewerking", "ontvanger": vt.OIN, "reden": "De school is nodig.", "tot": tot},
		"bespreekverzoeken": {"zaak": zaak, "over": lotte, "besproken": true},
	}
}

// waarborgPaden walks every operation of every kind of safeguard.
func (c *contract) waarborgPaden(meldingID, zaak string) {
	c.t.Helper()
	lijven := waarborgLijven(meldingID, zaak)
	toezicht := lezerVan(politie, begrip.RolPrivacy, begrip.DoelToezicht, "")
	namen := []string{"gezagsfeiten"} // consent needs it
	for n := range lijven {
		if n != "gezagsfeiten" {
			namen = append(namen, n)
		}
	}
	slices.Sort(namen[1:])
	var einde verzoek
	for _, naam := range namen {
		pad := "/" + naam
		post := verzoek{als: politie, bij: politie, methode: http.MethodPost, pad: pad, body: lijven[naam], wil: 201}
		kop, b := c.doe(post)
		var g struct {
			ID     string
			Versie int
		}
		if err := json.Unmarshal([]byte(b), &g); err != nil || !strings.HasSuffix(kop.Get("Location"), pad+"/"+g.ID) || g.Versie != 1 {
			c.t.Fatalf("%s: %v %s %s", naam, err, kop.Get("Location"), b)
		}
		post.body, post.wil = map[string]any{}, 400
		c.doe(post)
		post.als, post.body, post.wil = vt, lijven[naam], 403
		c.doe(post)
		post.als, post.lezer = politie, lezerVan(politie, begrip.RolAgent, begrip.DoelEigenMelding, "")
		c.doe(post)
		c.niveaus(politie, politie, toezicht, pad+"/"+g.ID, 200)
		c.niveaus(politie, politie, lezerVan(politie, begrip.RolAgent, begrip.DoelEigenMelding, ""), pad+"/"+g.ID, 403)
		if naam != "zaakverbanden" { // who takes part may know of that one
			c.niveaus(vt, politie, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, zaak), pad+"/"+g.ID, 404)
		}
		lijf := map[string]any{"versie": 1}
		for k, v := range lijven[naam] {
			lijf[k] = v
		}
		put := verzoek{als: politie, bij: politie, methode: http.MethodPut, pad: pad + "/" + g.ID, body: lijf, wil: 200}
		c.doe(put)
		put.wil = 409
		c.doe(put)
		put.pad, put.wil = pad+"/"+uuid.NewString(), 404
		c.doe(put)
		zoek := verzoek{als: politie, bij: politie, methode: http.MethodPost, pad: pad + "/query", body: map[string]any{"zaak": zaak, "burgerservicenummer": ""}, wil: 200}
		c.doe(zoek)
		zoek.body, zoek.wil = map[string]any{}, 400
		c.doe(zoek)
		eind := verzoek{als: politie, bij: politie, methode: http.MethodPost, pad: pad + "/" + g.ID + "/beeindigingen", body: map[string]any{"reden": "Het is niet meer nodig."}, wil: 201}
		if naam != "gezagsfeiten" { // the consent below needs it
			c.doe(eind)
			eind.wil = 409
			c.doe(eind)
		} else {
			einde = eind
		}
		if _, b := c.doe(verzoek{als: politie, bij: politie, methode: http.MethodGet, pad: pad + "/" + g.ID + "/versies", wil: 200}); strings.Count(b, `"versie":`) < 2 {
			c.t.Errorf("%s: the history is not whole: %s", naam, b)
		}
	}
	c.doe(einde)
	c.simulatiePaden(meldingID, zaak, toezicht)
	c.signaalPaden(toezicht)
	c.niveaus(politie, politie, toezicht, "/noodtoegangen/"+uuid.NewString(), 404)
}

// signaalPaden reads a signal about a look, as the privacy officer and as who
// may not know that there is one.
func (c *contract) signaalPaden(toezicht *toegang.Lezer) {
	c.t.Helper()
	k := c.nodes[politie.OIN]
	if err := k.store.Log(c.t.Context(), dossier.Logregel{
		Richting: dossier.Gegeven, LezerOIN: politie.OIN, Persoon: "p9", Naam: "Koen Smit", Rol: begrip.RolAgent, Zaak: "urn:soh:zaak:0199c0de-0000-7000-8000-000000000009",
		Bron: politie.OIN, Soort: "melding", RecordID: "x", Niveau: 2, Toegestaan: true, Betrokkenen: []begrip.BSN{kind},
	}); err != nil {
		c.t.Fatal(err)
	}
	for n := 1; n > 0; {
		var err error
		if n, err = k.signalen.Weeg(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
	}
	recs, err := k.store.Zoek(c.t.Context(), dossier.Filter{Soort: signaal.Soort, Zaak: "urn:soh:zaak:0199c0de-0000-7000-8000-000000000009"})
	if err != nil || len(recs) == 0 {
		c.t.Fatalf("%d signals: %v", len(recs), err)
	}
	c.niveaus(politie, politie, toezicht, "/signalen/"+recs[0].ID, 200)
	c.niveaus(politie, politie, lezerVan(politie, begrip.RolAgent, begrip.DoelEigenMelding, ""), "/signalen/"+recs[0].ID, 403)
	c.niveaus(vt, politie, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, ""), "/signalen/"+recs[0].ID, 404)
}
