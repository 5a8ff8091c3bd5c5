package samenwerkingsverband

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// waarborgNamen says what must be on record, for covenants and simulations.
var waarborgNamen = map[Waarborg]string{
	"ontvanger": "de grondslag voor deze organisatie geldt", "bron": "de bron zelf de gegevens geeft", "doel": "het doel bij de grondslag past",
	"deelname": "de organisatie voor deze zaak is uitgenodigd", "melding": "er een melding bij Veilig Thuis is",
	"eigen-melding": "het de eigen melding is", "ots": "er een ondertoezichtstelling loopt", "raadsonderzoek": "er een onderzoek van de Raad loopt",
	"huisverbod": "er een huisverbod is of wordt overwogen", "gevaar": "er direct gevaar is", "verblijf-jji": "de jongere in een jeugdinrichting verblijft of daarvan nazorg krijgt",
	"aanvraag": "er een aanvraag is", "verzoek-besproken": "het verzoek met de ouders is besproken", "zvh-reikwijdte": "de zaak bij het Zorg- en Veiligheidshuis hoort",
	"wet-genoemd": "bij het gegeven een wet is genoemd", "zorgprofessional": "de lezer een behandelaar is", "eigen-gegevens": "het over de lezer gaat, of over wie die vertegenwoordigt",
	"wpg20-besluit": "de politie een beslissing heeft vastgelegd", "wpg19-instemming": "het bevoegd gezag heeft ingestemd, voor één keer",
	"wjsg-weging": "de bevoegde instantie de weging heeft vastgelegd", "toestemming": "iedereen die daarover gaat toestemming gaf, of een uitzondering vastligt",
}

// Naam says in words what the guard asks, to stand after "alleen als".
func (w Waarborg) Naam() string { return waarborgNamen[w] }

// Kijker is somebody who could see a kind of information: by which line of the
// definition, and what must then be on record.
type Kijker struct {
	Rol        Rol                     `json:"rol"`
	Soort      begrip.OrganisatieSoort `json:"soort"`
	Grondslag  begrip.Grondslag        `json:"grondslag"`
	Doel       begrip.Doel             `json:"doel"`
	Niveau     begrip.Niveau           `json:"niveau"`
	Delen      []Deel                  `json:"delen,omitempty"`
	Fasen      []int                   `json:"fasen,omitempty"`
	Waarborgen []Waarborg              `json:"waarborgen"`
	Plichten   []string                `json:"plichten,omitempty"`
}

// WieKan gives everyone who could see information of class k under this
// definition, whatever is on record; sorted. Nobody is the answer for I6.
func (d *Definitie) WieKan(k Klasse) []Kijker {
	uit := []Kijker{}
	for s, regels := range d.tabel {
		for _, in := range regels {
			if k < Bekendheid || k > Bronbeschermd || in.niveaus[k] < 0 {
				continue
			}
			uit = append(uit, Kijker{
				Rol: s.rol, Soort: s.soort, Grondslag: s.grond, Doel: s.doel, Niveau: begrip.Niveau(in.niveaus[k]),
				Delen: in.regel.Delen, Fasen: in.regel.Fasen, Waarborgen: in.regel.Waarborgen, Plichten: in.plichten,
			})
		}
	}
	slices.SortFunc(uit, func(a, b Kijker) int {
		return cmp.Or(cmp.Compare(a.Rol, b.Rol), cmp.Compare(a.Soort, b.Soort), cmp.Compare(a.Grondslag, b.Grondslag), cmp.Compare(a.Doel, b.Doel), cmp.Compare(b.Niveau, a.Niveau), slices.Compare(a.Delen, b.Delen))
	})
	return uit
}

// Weg is a purpose and ground on which a reader sees something.
type Weg struct {
	Doel      begrip.Doel      `json:"doel"`
	Grondslag begrip.Grondslag `json:"grondslag"`
	Uitkomst  Uitkomst         `json:"-"`
	Niveau    begrip.Niveau    `json:"niveau"`
}

// Wegen gives every way in which the reader of v could see what v asks about,
// with what is on record in v: the best first, none when there is no way. Doel
// and Grondslag of v do not count. With the facts of a moment in the past it
// tells what a professional could have known then.
func (d *Definitie) Wegen(v Vraag) []Weg {
	var uit []Weg
	for s := range d.tabel {
		if s.rol != v.Rol || s.soort != v.Soort {
			continue
		}
		v.Doel, v.Grondslag = s.doel, s.grond
		if u := d.Toets(v); u.Toegestaan {
			uit = append(uit, Weg{s.doel, s.grond, u, u.Niveau})
		}
	}
	slices.SortFunc(uit, func(a, b Weg) int {
		return cmp.Or(cmp.Compare(b.Niveau, a.Niveau), cmp.Compare(a.Doel, b.Doel), cmp.Compare(a.Grondslag, b.Grondslag))
	})
	return uit
}

// Nodig says in words what must be on record before k sees anything.
func (k Kijker) Nodig() []string {
	uit := []string{}
	for _, w := range k.Waarborgen {
		uit = append(uit, w.Naam())
	}
	if len(k.Delen) > 0 {
		uit = append(uit, "het gaat om: "+strings.ReplaceAll(teksten(k.Delen, " of "), "-", " "))
	}
	if len(k.Fasen) > 0 {
		uit = append(uit, "de zaak is in fase "+strings.ReplaceAll(strings.Trim(fmt.Sprint(k.Fasen), "[]"), " ", " of "))
	}
	return uit
}
