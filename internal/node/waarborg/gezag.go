package waarborg

import (
	"fmt"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// GezagSoort is the kind of gezag in the words of the population register.
type GezagSoort string

// The six kinds of the BRP gezag API.
const (
	GezagTweehoofdig   GezagSoort = "TweehoofdigOuderlijkGezag"
	GezagEenhoofdig    GezagSoort = "EenhoofdigOuderlijkGezag"
	GezagGezamenlijk   GezagSoort = "GezamenlijkGezag"
	GezagVoogdij       GezagSoort = "Voogdij"
	GezagTijdelijkGeen GezagSoort = "TijdelijkGeenGezag"
	GezagOnbekend      GezagSoort = "GezagNietTeBepalen"
)

// gezagTabel maps what a register writes to the kind we know, as what its
// holders then act, and how many there are. A renamed kind is one line here.
var gezagTabel = map[string]struct {
	soort    GezagSoort
	houder   verband.Relatie
	van, tot int // number of holders
}{
	"TweehoofdigOuderlijkGezag": {GezagTweehoofdig, verband.RelatieOuder, 2, 2},
	"GezamenlijkOuderlijkGezag": {GezagTweehoofdig, verband.RelatieOuder, 2, 2}, // asked-for new name of the first
	"EenhoofdigOuderlijkGezag":  {GezagEenhoofdig, verband.RelatieOuder, 1, 1},
	"GezamenlijkGezag":          {GezagGezamenlijk, verband.RelatieOuder, 1, 2}, // of a parent and another, who may be unknown
	"Voogdij":                   {GezagVoogdij, verband.RelatieVoogd, 0, 2},     // may come without a known third party
	"TijdelijkGeenGezag":        {GezagTijdelijkGeen, "", 0, 0},
	"GezagNietTeBepalen":        {GezagOnbekend, "", 0, 0},
}

// Gezagsfeit is who has gezag over a child, as a source says on a date
// (domain: population register, or a court order not yet visible there).
type Gezagsfeit struct {
	Kop
	Over        Persoon    `json:"over"`
	Soort       string     `json:"soort" enum:"TweehoofdigOuderlijkGezag,GezamenlijkOuderlijkGezag,EenhoofdigOuderlijkGezag,GezamenlijkGezag,Voogdij,TijdelijkGeenGezag,GezagNietTeBepalen"`
	Houders     []Persoon  `json:"houders" nullable:"false" maxItems:"2"`
	Peildatum   string     `json:"peildatum" format:"date" doc:"De dag waarop de bron dit zei"`
	Toelichting string     `json:"toelichting,omitempty" required:"false" maxLength:"1000"`
	Afwijking   *Afwijking `json:"afwijking,omitempty" required:"false" doc:"Dit gaat voor het register, met een reden"`
	// GevraagdOp and Overleden stand on what the population register itself
	// answered; nobody can put them in by hand.
	GevraagdOp *time.Time `json:"gevraagdOp,omitempty" readOnly:"true" doc:"Wanneer het knooppunt dit vroeg aan de basisregistratie personen"`
	Overleden  bool       `json:"overleden,omitempty" readOnly:"true" doc:"Deze persoon is overleden: er is geen gezag meer"`
	// Twijfel is what the source itself is not sure of. It opens nothing; a person
	// may decide, with a reason: an Afwijking.
	Twijfel []Twijfel `json:"twijfel,omitempty" readOnly:"true" nullable:"false" doc:"Wat de bron zelf in onderzoek heeft. Het opent niets. Wie het beter weet, legt het vast met een afwijking"`
}

// Twijfel is a part of a fact that its source has under enquiry (inOnderzoek).
type Twijfel string

// What can be doubted.
const (
	TwijfelGezag    Twijfel = "gezag"
	TwijfelGeboorte Twijfel = "geboortedatum"
)

// betwijfelt tells that the source is not sure of this part.
func (g *Gezagsfeit) betwijfelt(t Twijfel) bool { return slices.Contains(g.Twijfel, t) }

// Afwijking is a motivated override of the register, such as a court order that
// the register does not show yet.
type Afwijking struct {
	Reden string `json:"reden" maxLength:"1000"`
	Stuk  string `json:"stuk" maxLength:"200" doc:"Het besluit of de uitspraak waar dit in staat"`
}

func (g *Gezagsfeit) personen() []begrip.BSN {
	uit := []begrip.BSN{g.Over.Burgerservicenummer.BSN}
	for _, h := range g.Houders {
		uit = append(uit, h.Burgerservicenummer.BSN)
	}
	return uit
}

func (g *Gezagsfeit) controleer(c *begrip.Controle, nu time.Time) {
	g.eisBron(c)
	g.Over.controleer(c, "over", nu)
	// Of some children no birth date is known. Then nobody looks for the child
	// until it is: the age decides who may.
	s, ok := gezagTabel[g.Soort]
	c.Eis(ok, "soort", "Kies een soort gezag uit de lijst van de basisregistratie personen.")
	c.Eis(!ok || len(g.Houders) >= s.van && len(g.Houders) <= s.tot, "houders", "Bij dit soort gezag horen %d tot %d personen.", s.van, s.tot)
	for i, h := range g.Houders {
		veld := fmt.Sprintf("houders[%d]", i)
		h.controleer(c, veld, nu)
		c.Eis(h.Burgerservicenummer.BSN != g.Over.Burgerservicenummer.BSN, veld, "Niemand heeft gezag over zichzelf.")
	}
	_, err := time.Parse(time.DateOnly, g.Peildatum)
	c.Eis(err == nil && g.Peildatum <= begrip.Dag(nu), "peildatum", "Vul in op welke dag de bron dit zei.")
	if a := g.Afwijking; a != nil {
		eisReden(c, "afwijking.reden", a.Reden)
		c.Eis(gevuld(a.Stuk), "afwijking.stuk", "Noem het besluit of de uitspraak.")
	}
}

// zeker tells that it is certain who decides for the child: by the kind, and by
// the source's own word.
func (g *Gezagsfeit) zeker() bool {
	s := gezagTabel[g.Soort].soort
	return !g.betwijfelt(TwijfelGezag) && s != "" && s != GezagTijdelijkGeen && s != GezagOnbekend
}

func (g *Gezagsfeit) heeft(wie begrip.BSN) bool {
	return g.zeker() && slices.ContainsFunc(g.Houders, func(h Persoon) bool { return h.Burgerservicenummer.BSN == wie })
}

// onvolledig tells that not everyone with gezag is known: the register knows no
// number of one of them. Then nobody can speak for all.
func (g *Gezagsfeit) onvolledig() bool { return len(g.Houders) < gezagTabel[g.Soort].van }

// houders gives who has gezag; none when that is not certain.
func (g *Gezagsfeit) houders() []begrip.BSN {
	if !g.zeker() {
		return nil
	}
	var uit []begrip.BSN
	for _, h := range g.Houders {
		uit = append(uit, h.Burgerservicenummer.BSN)
	}
	return uit
}

// Handelingsbekwaamheid is a professional's judgement whether a person can
// weigh own interests (Jeugdwet 7.3.1, 7.3.15; Wmo 2015 5.3.2).
type Handelingsbekwaamheid struct {
	Kop
	Over    Persoon `json:"over"`
	Bekwaam bool    `json:"bekwaam"`
	Reden   string  `json:"reden" maxLength:"1000"`
}

func (h *Handelingsbekwaamheid) personen() []begrip.BSN {
	return []begrip.BSN{h.Over.Burgerservicenummer.BSN}
}

func (h *Handelingsbekwaamheid) controleer(c *begrip.Controle, nu time.Time) {
	h.Over.controleer(c, "over", nu)
	eisReden(c, "reden", h.Reden)
	if !h.Bekwaam {
		h.eisTot(c, 1) // a person grows, or recovers: look again
	}
}

// Vertegenwoordiging is that somebody acts for a person: by machtiging, as a
// supporter, or by decision of the court. View is limited to the named classes.
type Vertegenwoordiging struct {
	Kop
	Over    Persoon          `json:"over"`
	Wie     Persoon          `json:"wie"`
	Als     verband.Relatie  `json:"als" enum:"gemachtigde,steunfiguur,curator,mentor"`
	Klassen []verband.Klasse `json:"klassen,omitempty" required:"false" nullable:"false" maxItems:"7" doc:"Wat een gemachtigde of steunfiguur mag zien"`
	// Uitnodiging stands on what a member of the family gave on the portal.
	Uitnodiging *Uitnodiging `json:"uitnodiging,omitempty" readOnly:"true" doc:"Wacht tot deze persoon het met een code aanvaardt"`
}

func (v *Vertegenwoordiging) personen() []begrip.BSN {
	return []begrip.BSN{v.Over.Burgerservicenummer.BSN, v.Wie.Burgerservicenummer.BSN}
}

func (v *Vertegenwoordiging) controleer(c *begrip.Controle, nu time.Time) {
	v.Over.controleer(c, "over", nu)
	v.Wie.controleer(c, "wie", nu)
	c.Eis(v.Over.Burgerservicenummer.BSN != v.Wie.Burgerservicenummer.BSN, "wie", "Niemand vertegenwoordigt zichzelf.")
	c.Eis(!slices.Contains(v.Klassen, verband.Bronbeschermd), "klassen", "Beschermde gegevens (I6) ziet een vertegenwoordiger niet.")
	switch v.Als {
	case verband.RelatieGemachtigde, verband.RelatieSteunfiguur:
		v.eisTot(c, 1)
		c.Eis(len(v.Klassen) > 0, "klassen", "Kies wat deze persoon mag zien.")
	case verband.RelatieCurator, verband.RelatieMentor:
		v.eisBron(c)
	default:
		c.Eis(false, "als", "Kies gemachtigde, steunfiguur, curator of mentor.")
	}
}
