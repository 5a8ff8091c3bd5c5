package waarborg

import (
	"fmt"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// AfschermReden is why something is withheld: the seven grounds of law.
type AfschermReden string

// The grounds.
const (
	RedenAnder      AfschermReden = "a" // privacy of somebody else
	RedenNadeel     AfschermReden = "b" // serious harm to the person itself, to be told later
	RedenHulp       AfschermReden = "c" // good help: not to the parents
	RedenGeweld     AfschermReden = "d" // to end or examine violence
	RedenBron       AfschermReden = "e" // the source of a melding
	RedenPolitie    AfschermReden = "f" // police data
	RedenInrichting AfschermReden = "g" // order and safety in a JJI
)

// afschermRegel is what the software does with a ground.
type afschermRegel struct {
	naam    string
	artikel string
	collega bool // the law, or good practice, asks to consult somebody
	// vanzelf: released on the review date. The others end only when a person
	// has looked again, since what they protect from does not pass with time.
	vanzelf bool
	jaren   int // at most until the review
}

var afschermRegels = map[AfschermReden]afschermRegel{
	RedenAnder:      {"privacy van een ander", "Jeugdwet 7.3.10; Wmo 2015 5.3.2 lid 4", false, false, 2},
	RedenNadeel:     {"ernstig nadeel voor de persoon zelf", "Jeugdwet 7.3.2 lid 4", true, true, 1},
	RedenHulp:       {"goede hulpverlening: niet aan de ouders", "Jeugdwet 7.3.11 lid 3, 7.3.15 lid 4", true, true, 1},
	RedenGeweld:     {"geweld of mishandeling stoppen of onderzoeken", "Wmo 2015 5.3.1 lid 3, 5.3.2 lid 4", true, false, 1},
	RedenBron:       {"wie de melding deed", "Uitvoeringsbesluit Wmo 2015 4.1.8 lid 3", true, false, 2},
	RedenPolitie:    {"politiegegevens", "Wet politiegegevens 27", true, false, 1},
	RedenInrichting: {"orde en veiligheid in de inrichting", "Reglement justitiële jeugdinrichtingen", true, true, 1},
}

// Naam gives the ground in words.
func (r AfschermReden) Naam() string {
	if r == RedenElders {
		return "dit rust op iets dat bij de bron is afgeschermd"
	}
	return afschermRegels[r].naam
}

// Artikel names the article of law.
func (r AfschermReden) Artikel() string { return afschermRegels[r].artikel }

// AfschermRedenen gives the grounds in order.
func AfschermRedenen() []AfschermReden {
	return []AfschermReden{RedenAnder, RedenNadeel, RedenHulp, RedenGeweld, RedenBron, RedenPolitie, RedenInrichting}
}

// Onderwerp names the record that is withheld.
type Onderwerp struct {
	Soort string `json:"soort" maxLength:"60" doc:"Soort van het gegeven, bijvoorbeeld melding"`
	ID    string `json:"id" format:"uuid"`
}

// URN gives the name of the record.
func (o Onderwerp) URN() string { return "urn:soh:" + o.Soort + ":" + o.ID }

// Afscherming withholds one record from named persons or organisations. To them
// it is as if the record were not there.
type Afscherming struct {
	Kop
	Onderwerp    Onderwerp          `json:"onderwerp"`
	Reden        AfschermReden      `json:"reden" enum:"a,b,c,d,e,f,g" doc:"a privacy van een ander, b ernstig nadeel, c goede hulp, d geweld, e bron van een melding, f politiegegevens, g orde in de inrichting"`
	Toelichting  string             `json:"toelichting" maxLength:"2000"`
	Geraadpleegd string             `json:"geraadpleegdeCollega,omitempty" required:"false" maxLength:"200" doc:"Met wie dit is besproken. Verplicht, behalve bij reden a"`
	Tegen        []begrip.InhoudBSN `json:"tegen,omitempty" required:"false" nullable:"false" maxItems:"20" doc:"Personen die het niet zien"`
	TegenOIN     []begrip.OIN       `json:"tegenOrganisaties,omitempty" required:"false" nullable:"false" maxItems:"50" doc:"Organisaties die het niet zien"`
	HerzienOp    time.Time          `json:"herzienOp" doc:"Wanneer dit opnieuw wordt bekeken, of vanzelf eindigt"`
	Betrokkenen  []begrip.InhoudBSN `json:"betrokkenen,omitempty" readOnly:"true" doc:"Over wie het gegeven gaat"`
}

func (a *Afscherming) personen() []begrip.BSN {
	var uit []begrip.BSN
	for _, b := range slices.Concat(a.Betrokkenen, a.Tegen) {
		uit = append(uit, b.BSN)
	}
	return uit
}

func (a *Afscherming) controleer(c *begrip.Controle, nu time.Time) {
	r, ok := afschermRegels[a.Reden]
	c.Eis(ok, "reden", "Kies een reden: a tot en met g.")
	eisReden(c, "toelichting", a.Toelichting)
	c.Eis(!r.collega || gevuld(a.Geraadpleegd), "geraadpleegdeCollega", "Vul in met welke collega u dit besprak.")
	c.Eis(a.HerzienOp.After(nu), "herzienOp", "Kies een datum in de toekomst.")
	c.Eis(!ok || !a.HerzienOp.After(nu.AddDate(r.jaren, 0, 0)), "herzienOp", "Kies een datum binnen %d jaar.", max(r.jaren, 1))
	c.Eis(gevuld(a.Onderwerp.Soort) && gevuld(a.Onderwerp.ID), "onderwerp", "Vul in welk gegeven u afschermt.")
	c.Eis(len(a.Tegen)+len(a.TegenOIN) > 0, "tegen", "Vul in voor wie u dit afschermt.")
	for i, b := range a.Tegen {
		eisBSN(c, fmt.Sprintf("tegen[%d]", i), b)
	}
	for i, o := range a.TegenOIN {
		eisOIN(c, fmt.Sprintf("tegenOrganisaties[%d]", i), o)
	}
}

// werkt tells whether it withholds at nu. Past the review date a ground that
// ends by itself does not; the others go on until a person decides.
func (a *Afscherming) werkt(nu time.Time) bool {
	return a.Geldt(nu) && (nu.Before(a.HerzienOp) || !afschermRegels[a.Reden].vanzelf)
}

// teHerzien tells that a person has to look again.
func (a *Afscherming) teHerzien(nu time.Time) bool {
	return a.werkt(nu) && !nu.Before(a.HerzienOp)
}

// vrij tells that the review date ended it and nobody wrote that down yet.
func (a *Afscherming) vrij(nu time.Time) bool {
	return a.Geldt(nu) && !nu.Before(a.HerzienOp) && afschermRegels[a.Reden].vanzelf
}

// tegen tells whether it is l from whom a withholds; wie as of Feiten.wie.
func (a *Afscherming) tegen(l toegang.Lezer, wie []begrip.BSN) bool {
	return slices.Contains(a.TegenOIN, l.Organisatie.OIN) || slices.ContainsFunc(a.Tegen, func(b begrip.InhoudBSN) bool { return slices.Contains(wie, b.BSN) })
}
