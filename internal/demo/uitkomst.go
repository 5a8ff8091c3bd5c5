package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// uitkomst is what the overleg about the family De Wit agreed: the wijkteam organised it,
// writes it down and makes it available.
func (v *verhaal) uitkomst(ctx context.Context) error {
	adres := v.d.lid("gemeente").apiURL + "/v1/uitkomsten-overleg"
	b, err := v.roep(ctx, "gemeente", adres, http.MethodGet, nil)
	if err != nil {
		return err
	}
	var lijst struct {
		Resultaten []struct{ ID, Staat string } `json:"resultaten"`
	}
	if err := json.Unmarshal(b, &lijst); err != nil {
		return err
	}
	var id, staat string
	if len(lijst.Resultaten) > 0 { // from before an interruption
		id, staat = lijst.Resultaten[0].ID, lijst.Resultaten[0].Staat
	} else {
		if b, err = v.roep(ctx, "gemeente", adres, http.MethodPost, v.d.afspraken(gezin("dewit"), time.Now())); err != nil {
			return err
		}
		var u struct{ Identifier, Status string }
		if err := json.Unmarshal(b, &u); err != nil {
			return err
		}
		id, staat = u.Identifier, u.Status
	}
	if staat == "concept" {
		if err := v.haal(ctx, "gemeente", adres+"/"+id+"/vaststellen", http.MethodPost, map[string]any{}); err != nil {
			return err
		}
		staat = "vastgesteld"
	}
	if staat == "vastgesteld" {
		return v.haal(ctx, "gemeente", adres+"/"+id+"/beschikbaarstellen", http.MethodPost, map[string]any{})
	}
	return nil
}

// afspraken is that uitkomst as a case system sends it.
func (d *Demo) afspraken(g Gezin, nu time.Time) map[string]any {
	wie := func(i int) map[string]any {
		l := g.Leden[i]
		return map[string]any{
			"id": l.Voornamen, "burgerservicenummer": l.BSN.Leesbaar(), "geslacht": l.Geslacht, "geboortedatum": l.Geboren, "rolInGezin": l.Rol,
			"naam": map[string]any{"voornamen": l.Voornamen, "voorvoegsel": l.Voorv, "geslachtsnaam": l.Achter},
		}
	}
	oin := func(kort string) string { return string(d.lid(kort).OIN) }
	dag := func(n int) string { return begrip.Dag(nu.AddDate(0, 0, n)) }
	actie := func(wat, bij, wie, uitvoerder string, uiterlijk int, conditie, informering string) map[string]any {
		return map[string]any{
			"omschrijving": wat, "over": []string{wie}, "uitvoerder": uitvoerder, "uiterlijk": dag(uiterlijk), "belegdBij": map[string]any{"oin": oin(bij)},
			"conditie": conditie, "informering": informering,
		}
	}
	return map[string]any{
		"casusoverleg": map[string]any{
			"datum": dag(0), "startTijd": "09:00", "eindTijd": "10:00", "notulen": "Wij spraken over de ruzies over geld en over hoe het met Lotte gaat. Sanne en Bram waren erbij.",
			"deelnemers": []any{
				map[string]any{"organisatie": oin("gemeente"), "namens": "Samira Aziz, wijkteam"}, map[string]any{"organisatie": oin("veilig-thuis"), "namens": "Marieke van Loon"},
				map[string]any{"organisatie": oin("politie"), "namens": "de wijkagent"},
			},
		},
		"hoofdbetrokkenen": []any{wie(0), wie(1), wie(2), wie(3)}, "gedeeldBeeld": "Er zijn schulden en daarover is veel ruzie. De kinderen horen dat. Iedereen wil dat het stopt.",
		"gehoord": []any{
			map[string]any{"wie": "Sanne", "hoe": "aanwezig", "toelichting": "Zij wil hulp met het geld."}, map[string]any{"wie": "Bram", "hoe": "aanwezig"},
			map[string]any{"wie": "Mark", "hoe": "niet", "toelichting": "Hij moest werken. Samira belt hem morgen."}, map[string]any{"wie": "Lotte", "hoe": "vooraf", "toelichting": "Zij wil dat het rustig is thuis."},
		},
		"zaak": map[string]any{
			"heeftBesluit": []any{
				map[string]any{"omschrijving": "Samira van het wijkteam is de vaste persoon voor het gezin.", "soort": "afspraak"},
				map[string]any{"omschrijving": "De gemeente geeft hulp bij de geldzaken.", "soort": "besluit", "onderbouwing": "De schulden zijn de oorzaak van veel ruzie."},
			},
			"heeftActie": []any{
				actie("Samira helpt met een overzicht van alle rekeningen.", "gemeente", "Sanne", "organisatie", 7, "Onvoorwaardelijk.", "Geïnformeerd: in het overleg"),
				actie("Zoek alle brieven over geld bij elkaar.", "gemeente", "Sanne", "gezin", 5, "Onvoorwaardelijk.", "Geïnformeerd: in het overleg"),
				actie("Lotte praat met een behandelaar.", "ggz", "Lotte", "organisatie", 21, "Alleen als: Lotte dat nog wil na het eerste gesprek.", "Geïnformeerd: haar moeder, in het overleg"),
				actie("De wijkagent komt een keer langs om te praten.", "politie", "Mark", "organisatie", 14, "Onvoorwaardelijk.", "Niet geïnformeerd: hij was er niet bij. Samira belt hem eerst."),
			},
		},
		"aanpak": "Eerst rust over het geld. Daarna kijken wij samen wat er nog nodig is.", "terugkomst": map[string]any{"op": dag(42), "reden": "Dan kijken wij of het beter gaat."},
		"afschaling":     "Zijn er twee maanden geen ruzies meer? Dan beslist het wijkteam met het gezin of het minder kan.",
		"voorHetGezin":   "Wij hebben samen afgesproken dat er rust komt over het geld. Samira van het wijkteam helpt daarbij en is er voor al uw vragen. Over zes weken kijken wij of het beter gaat.",
		"casusregisseur": map[string]any{"organisatie": oin("gemeente"), "naam": "Samira Aziz", "telefoonnummer": "088 123 45 67", "emailAdres": "samira@wijkteam.voorbeeld.nl"},
	}
}
