package opdracht

import (
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
)

// partij is one of the two sides.
type partij int

const (
	gever partij = iota
	nemer
)

var alleStaten = []Staat{Aangeboden, Geaccepteerd, InUitvoering, Geweigerd, Uitgevoerd, Mislukt, Ingetrokken}

// volgt holds the steps that a state allows.
var volgt = map[Staat][]Staat{
	Aangeboden:   {Geaccepteerd, Geweigerd, Ingetrokken},
	Geaccepteerd: {InUitvoering, Uitgevoerd, Mislukt, Ingetrokken},
	InUitvoering: {Uitgevoerd, Mislukt, Ingetrokken},
}

func mag(van, naar Staat) bool { return slices.Contains(volgt[van], naar) }

// Mogelijk gives the steps that this node can take now.
func (o Opdracht) Mogelijk() []Staat {
	return slices.DeleteFunc(slices.Clone(volgt[o.Staat]), func(s Staat) bool {
		return (s == Ingetrokken) != (o.Richting == Uit)
	})
}

// nieuw gives o as it is when just offered.
func (o Opdracht) nieuw(richting string) Opdracht {
	o.Staat, o.Reden, o.Resultaat, o.Antwoord, o.Richting = Aangeboden, "", "", nil, richting
	o.Stappen = []Stap{}
	o.AangebodenOp = o.AangebodenOp.UTC().Truncate(time.Microsecond)
	if o.UiterlijkOp != nil {
		u := o.UiterlijkOp.UTC().Truncate(time.Microsecond)
		o.UiterlijkOp = &u
	}
	return o
}

// met gives o with step s. The state follows from the set of steps alone, so
// that both sides agree whatever the order of arrival: the furthest step of
// the opdrachtnemer counts, and a withdrawal only when that is no end.
func (o Opdracht) met(s Stap) Opdracht {
	o.Stappen = append(slices.Clone(o.Stappen), s)
	slices.SortStableFunc(o.Stappen, func(a, b Stap) int { return a.Op.Compare(b.Op) })
	o.Staat, o.Reden, o.Resultaat, o.Antwoord = Aangeboden, "", "", nil
	var verst, terug *Stap
	for i := range o.Stappen {
		x := &o.Stappen[i]
		switch {
		case x.Naar == Ingetrokken:
			terug = x
		case verst == nil || rang[x.Naar] > rang[verst.Naar]:
			verst = x
		}
	}
	if terug != nil && (verst == nil || !verst.Naar.Eind()) {
		verst = terug
	}
	if verst != nil {
		o.Staat, o.Reden, o.Resultaat, o.Antwoord = verst.Naar, verst.Reden, verst.Resultaat, verst.Antwoord
	}
	return o
}

// kent tells whether o already has step s; another step under its id is Conflict.
func (o Opdracht) kent(s Stap) (bool, error) {
	i := slices.IndexFunc(o.Stappen, func(x Stap) bool { return x.ID == s.ID })
	if i < 0 {
		return false, nil
	}
	x := o.Stappen[i]
	gelijk := x.Naar == s.Naar && x.Door == s.Door && x.Reden == s.Reden && x.Resultaat == s.Resultaat && reflect.DeepEqual(x.Antwoord, s.Antwoord)
	if !gelijk {
		return true, begrip.NieuweFout(begrip.Conflict, "Onder dit nummer is al een andere stap gezet.")
	}
	return true, nil
}

// eind gives the step with which the opdrachtnemer ended o.
func (o Opdracht) eind() (Stap, bool) {
	i := slices.IndexFunc(o.Stappen, func(x Stap) bool { return rang[x.Naar] == 3 })
	if i < 0 {
		return Stap{}, false
	}
	return o.Stappen[i], true
}

// aanbod is what travels when o is offered: the side that gets it starts its
// own copy, so the state stays home.
type aanbod struct {
	ID           string     `json:"id" format:"uuid"`
	Soort        string     `json:"soort" maxLength:"60"`
	Zaak         string     `json:"zaak,omitempty" maxLength:"200"`
	Van          begrip.OIN `json:"van"`
	Aan          begrip.OIN `json:"aan"`
	Onderwerp    Verwijzing `json:"onderwerp"`
	Vrager       Vrager     `json:"vrager"`
	Personen     int        `json:"personen" minimum:"1" maximum:"1000" doc:"Over hoeveel personen het gaat. Wie dat zijn, staat alleen bij de bron"`
	AangebodenOp time.Time  `json:"aangebodenOp"`
	UiterlijkOp  *time.Time `json:"uiterlijkOp,omitempty"`
}

func (o Opdracht) aanbod() aanbod {
	return aanbod{o.ID, o.Soort, o.Zaak, o.Van, o.Aan, o.Onderwerp, o.Vrager, o.Personen, o.AangebodenOp, o.UiterlijkOp}
}

func (a aanbod) opdracht() Opdracht {
	return Opdracht{
		ID: a.ID, Soort: a.Soort, Zaak: a.Zaak, Van: a.Van, Aan: a.Aan, Onderwerp: a.Onderwerp,
		Vrager: a.Vrager, Personen: a.Personen, AangebodenOp: a.AangebodenOp, UiterlijkOp: a.UiterlijkOp,
	}
}

func (o Opdracht) zelfdeAanbod(b Opdracht) bool {
	x, y := o.aanbod(), b.aanbod()
	gelijk := x.AangebodenOp.Equal(y.AangebodenOp) && (x.UiterlijkOp == nil) == (y.UiterlijkOp == nil) &&
		(x.UiterlijkOp == nil || x.UiterlijkOp.Equal(*y.UiterlijkOp))
	x.AangebodenOp, y.AangebodenOp, x.UiterlijkOp, y.UiterlijkOp = time.Time{}, time.Time{}, nil, nil
	return gelijk && x == y
}

var soortVorm = regexp.MustCompile(`^[a-z][a-z-]{0,59}$`)

// controleer looks for all mistakes in an offer.
func (o Opdracht) controleer(c *begrip.Controle) {
	_, err := uuid.Parse(o.ID)
	c.Eis(err == nil && len(o.ID) == 36, "id", "Een opdracht heeft een nummer (UUID).")
	c.Eis(soortVorm.MatchString(o.Soort), "soort", "Zeg wat voor opdracht dit is.")
	c.Eis(len(o.Zaak) <= 200 && !begrip.HeeftBSN(o.Zaak), "zaak", "Dit is geen geldig nummer van een zaak.")
	for veld, oin := range map[string]begrip.OIN{"van": o.Van, "aan": o.Aan} {
		_, err := begrip.ParseOIN(string(oin))
		c.Eis(err == nil, veld, "Dit is geen geldig OIN.")
	}
	c.Eis(o.Van != o.Aan, "aan", "Een opdracht gaat naar een andere organisatie.")
	o.Onderwerp.Controleer(c, "onderwerp")
	o.Vrager.controleer(c)
	c.Eis(o.Personen > 0, "personen", "Zeg over hoeveel personen het gaat.")
	c.Eis(!o.AangebodenOp.IsZero(), "aangebodenOp", "Zeg wanneer de opdracht is aangeboden.")
	c.Eis(o.UiterlijkOp == nil || o.UiterlijkOp.After(o.AangebodenOp), "uiterlijkOp", "De uiterste datum ligt na het aanbieden.")
}

func (v Vrager) controleer(c *begrip.Controle) {
	c.Eis(v.Naam != "" && len(v.Naam) <= 200 && !begrip.HeeftBSN(v.Naam), "vrager.naam", "Zeg wie het vraagt.")
	c.Eis(slices.Contains(begrip.Rollen(), v.Rol), "vrager.rol", "Zeg in welke rol u het vraagt.")
	c.Eis(v.Doel.Bekend(), "vrager.doel", "Zeg met welk doel u het vraagt.")
	c.Eis(v.Grondslag.Bekend(), "vrager.grondslag", "Zeg op welke wettelijke grondslag u het vraagt.")
}

// controleer looks for all mistakes in a step of side p.
func (s Stap) controleer(c *begrip.Controle, p partij) {
	_, err := uuid.Parse(s.ID)
	c.Eis(err == nil && len(s.ID) == 36, "id", "Een stap heeft een nummer (UUID).")
	c.Eis(!s.Op.IsZero(), "op", "Zeg wanneer de stap is gezet.")
	_, bekend := rang[s.Naar]
	switch {
	case s.Naar == Ingetrokken:
		c.Eis(p == gever, "naar", "Alleen de opdrachtgever kan een opdracht intrekken.")
	default:
		c.Eis(bekend && s.Naar != Aangeboden, "naar", "Deze stap bestaat niet.")
		c.Eis(p == nemer, "naar", "Alleen de opdrachtnemer kan deze stap zetten.")
	}
	c.Eis(s.Naar != Geweigerd && s.Naar != Mislukt || s.Reden != "", "reden", "Zeg waarom.")
	for veld, t := range map[string]string{"door": s.Door, "reden": s.Reden, "resultaat": s.Resultaat} {
		c.Eis(len(t) <= 1000, veld, "Gebruik ten hoogste 1000 tekens.")
		c.Eis(!begrip.HeeftBSN(t), veld, "Zet hier geen burgerservicenummer.")
	}
	if s.Antwoord != nil {
		s.Antwoord.Controleer(c, "antwoord")
	}
}
