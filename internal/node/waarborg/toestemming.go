package waarborg

import (
	"fmt"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// Toestemming is consent for voluntary help (Jeugdwet 7.3.4, 7.3.5, 7.3.11; Wmo
// 2015 5.3.3; AVG 6 lid 1 onder a): who may see what about whom, what for,
// until when. It can be withdrawn at any moment, by each of its givers.
type Toestemming struct {
	Kop
	Over         Persoon          `json:"over"`
	GegevenDoor  []Gever          `json:"gegevenDoor" nullable:"false" maxItems:"10"`
	Doel         begrip.Doel      `json:"doel" doc:"Waarvoor, een code uit de lijst van doelen"`
	Omschrijving string           `json:"omschrijving" maxLength:"200" doc:"Wat er te zien is, in woorden van het gezin: doel 1 uit uw plan"`
	Klassen      []verband.Klasse `json:"klassen" nullable:"false" maxItems:"7" doc:"I0 tot en met I5"`
	Aan          []begrip.OIN     `json:"aan,omitempty" required:"false" nullable:"false" maxItems:"50" doc:"Organisaties die dit mogen zien"`
	// AanPersonen may look along on the portal, as a parent of somebody of 16.
	AanPersonen  []begrip.InhoudBSN `json:"aanPersonen,omitempty" required:"false" nullable:"false" maxItems:"10" doc:"Personen die mogen meekijken"`
	Uitzondering *Uitzondering      `json:"uitzondering,omitempty" required:"false" doc:"Waarom niet iedereen toestemming gaf die dat moest"`
}

// Gever is one person who gave consent, and as what.
type Gever struct {
	Burgerservicenummer begrip.InhoudBSN `json:"burgerservicenummer"`
	Als                 verband.Relatie  `json:"als" enum:"zelf,ouder,voogd,curator,mentor,gemachtigde,partner,familie"`
	Op                  string           `json:"op,omitempty" format:"date" required:"false"`
}

// Uitzondering is why a consent counts without someone whose consent was
// needed (Jeugdwet 7.3.4: serious harm, or the lasting wish of the child).
type Uitzondering struct {
	Code  string `json:"code" enum:"ernstig-nadeel,weloverwogen-wens"`
	Reden string `json:"reden" maxLength:"1000"`
}

func (t *Toestemming) personen() []begrip.BSN {
	uit := []begrip.BSN{t.Over.Burgerservicenummer.BSN}
	for _, g := range t.GegevenDoor {
		uit = append(uit, g.Burgerservicenummer.BSN)
	}
	for _, p := range t.AanPersonen {
		uit = append(uit, p.BSN)
	}
	return uit
}

func (t *Toestemming) controleer(c *begrip.Controle, nu time.Time) {
	t.eisTot(c, 2)
	t.Over.controleer(c, "over", nu)
	c.Eis(t.Doel.Bekend(), "doel", "Dit doel staat niet in de lijst van doelen.")
	c.Eis(gevuld(t.Omschrijving), "omschrijving", "Schrijf op wat er te zien is, in woorden van het gezin.")
	c.Eis(len(t.Klassen) > 0, "klassen", "Kies welke soort gegevens er te zien zijn.")
	c.Eis(!slices.Contains(t.Klassen, verband.Bronbeschermd), "klassen", "Voor beschermde gegevens (I6) kan niemand toestemming geven.")
	c.Eis(len(t.Aan)+len(t.AanPersonen) > 0, "aan", "Vul in wie dit mag zien.")
	for i, o := range t.Aan {
		eisOIN(c, fmt.Sprintf("aan[%d]", i), o)
	}
	for i, p := range t.AanPersonen {
		eisBSN(c, fmt.Sprintf("aanPersonen[%d]", i), p)
	}
	c.Eis(len(t.GegevenDoor) > 0, "gegevenDoor", "Vul in wie toestemming gaf.")
	for i, g := range t.GegevenDoor {
		veld := fmt.Sprintf("gegevenDoor[%d]", i)
		eisBSN(c, veld+".burgerservicenummer", g.Burgerservicenummer)
		zelf := g.Burgerservicenummer.BSN == t.Over.Burgerservicenummer.BSN
		c.Eis((g.Als == verband.RelatieZelf) == zelf, veld+".als", "Kies zelf als de persoon over zichzelf beslist, en anders als wat.")
	}
	if u := t.Uitzondering; u != nil {
		c.Eis(u.Code == "ernstig-nadeel" || u.Code == "weloverwogen-wens", "uitzondering.code", "Kies waarom niet iedereen toestemming hoefde te geven.")
		eisReden(c, "uitzondering.reden", u.Reden)
	}
}

// door tells whether somebody with one of these relations gave it.
func (t *Toestemming) door(rs ...verband.Relatie) bool {
	return slices.ContainsFunc(t.GegevenDoor, func(g Gever) bool { return slices.Contains(rs, g.Als) })
}

// magIntrekken: each giver, and from twelve the person it is about.
func (t *Toestemming) magIntrekken(wie begrip.BSN, leeftijd int) bool {
	over := t.Over.Burgerservicenummer.BSN
	if wie == over {
		return leeftijd < 0 || leeftijd >= 12
	}
	return slices.ContainsFunc(t.GegevenDoor, func(g Gever) bool { return g.Burgerservicenummer.BSN == wie })
}

// eisGevers holds the givers against age and gezag as they stand on record:
// under 12 who has gezag; from 12 to 15 the child too; from 16 the young person
// alone (Jeugdwet 7.3.4, 7.3.5); for an adult who cannot weigh own interests
// who represents that person (7.3.15).
func (t *Toestemming) eisGevers(c *begrip.Controle, f *Feiten) {
	over := t.Over.Burgerservicenummer.BSN
	l := f.leeftijd(over, t.Over.geboren())
	zelf := t.door(verband.RelatieZelf)
	const veld = "gegevenDoor"
	switch {
	case f.betwijfeld[over]:
		c.Eis(false, "over.geboortedatum", "De basisregistratie personen onderzoekt of de geboortedatum klopt. Weet u zeker hoe oud deze persoon is? Leg dat eerst vast bij gezag, met een reden.")
	case l < 0:
		c.Eis(false, "over.geboortedatum", "Vul de geboortedatum in. De leeftijd bepaalt wie toestemming geeft.")
	case l >= 18 && f.bekwaam(over), l >= 16 && l < 18:
		c.Eis(zelf && len(t.GegevenDoor) == 1, veld, "Vanaf 16 jaar geeft deze persoon zelf toestemming, en niemand anders.")
	case l >= 18:
		c.Eis(!zelf && t.door(verband.RelatieCurator, verband.RelatieMentor, verband.RelatieGemachtigde, verband.RelatiePartner, verband.RelatieFamilie), veld,
			"Deze persoon kan dit niet zelf beslissen. Vul in wie hem of haar vertegenwoordigt.")
	case l >= 12:
		c.Eis(zelf, veld, "Vanaf 12 jaar geeft het kind zelf ook toestemming.")
		c.Eis(t.Uitzondering != nil || f.alleGezag(over, t.GegevenDoor), veld, "Tussen 12 en 16 jaar geeft ook iedereen met gezag toestemming. Is er een uitzondering? Schrijf die op.")
	default:
		g := f.gezagOver(over)
		c.Eis(g == nil || !g.betwijfelt(TwijfelGezag), veld, "De basisregistratie personen onderzoekt wie gezag heeft. Weet u het zeker? Leg dat eerst vast bij gezag, met een reden.")
		c.Eis(!zelf, veld, "Tot 12 jaar beslist wie gezag heeft, niet het kind.")
		c.Eis(f.alleGezag(over, t.GegevenDoor), veld, "Tot 12 jaar geeft iedereen met gezag toestemming. Leg eerst vast wie gezag heeft.")
	}
}
