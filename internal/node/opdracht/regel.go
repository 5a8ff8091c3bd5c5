package opdracht

import (
	"errors"
	"fmt"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

// Regel declares who may give an Opdracht of one kind, and what must prove it. The
// side that answers decides by it; the side that asks uses it to say no early.
// Without a whole Regel a node does not start.
type Regel struct {
	Wegen       []Weg  // one of them must fit whole
	Onderwerp   string // kind of record it points to, which stands at the asker
	OverAlles   bool   // instead of Onderwerp: any kind of record of the asker
	MaxPersonen int    // about how many persons, at most
	// Bewijs must all exist, whatever the asker says.
	Bewijs []Bewijs
	// ZonderBewijs says why this kind takes no proof; without Bewijs required.
	ZonderBewijs string
}

// Weg is one way to ask: as which kind of organisation (as the register says it),
// in which role, for which purpose, on which ground, of which kind of
// organisation.
type Weg struct {
	Soorten []begrip.OrganisatieSoort
	Rollen  []begrip.Rol
	Doelen  []begrip.Doel
	Gronden []begrip.Grondslag
	Aan     []begrip.OrganisatieSoort
}

// Vrager is as who and why an Opdracht is given, as the asker's organisation
// states it. Which organisation that is, its certificate and the register say.
type Vrager struct {
	Naam      string           `json:"naam" doc:"Wie het vraagt: een professional, of het systeem"`
	Rol       begrip.Rol       `json:"rol"`
	Doel      begrip.Doel      `json:"doel"`
	Grondslag begrip.Grondslag `json:"grondslag"`
}

// bezwaar gives why o may not be given by van to aan; empty when it may, as far
// as this says: what must prove it is looked up after.
func (r Regel) bezwaar(o Opdracht, van, aan begrip.OrganisatieSoort) string {
	switch {
	case !slices.ContainsFunc(r.Wegen, func(w Weg) bool { return w.past(o.Vrager, van, aan) }):
		return "Deze soort organisatie mag dit niet vragen in deze rol, met dit doel en op deze grondslag."
	case o.Zaak == "":
		return "Er staat niet bij om welke zaak het gaat."
	case o.Onderwerp.Bron != o.Van || o.Onderwerp.Soort != r.Onderwerp && !r.OverAlles:
		return "De opdracht wijst niet naar een " + r.Onderwerp + " bij de vrager zelf."
	case o.Personen < 1 || o.Personen > r.MaxPersonen:
		return fmt.Sprintf("De opdracht gaat over %d personen. Het kan over 1 tot en met %d gaan.", o.Personen, r.MaxPersonen)
	}
	return ""
}

func (w Weg) past(v Vrager, van, aan begrip.OrganisatieSoort) bool {
	return slices.Contains(w.Soorten, van) && slices.Contains(w.Aan, aan) &&
		slices.Contains(w.Rollen, v.Rol) && slices.Contains(w.Doelen, v.Doel) && slices.Contains(w.Gronden, v.Grondslag)
}

// Bezwaar gives why a vrager at an organisation of kind van may not give this kind
// of Opdracht to one of kind aan; empty when it may, with what must prove it. For
// who shows or checks what is declared.
func (s Soort) Bezwaar(v Vrager, van, aan begrip.OrganisatieSoort) string {
	const ergens = "een plek"
	return s.Regel.bezwaar(Opdracht{Vrager: v, Zaak: ergens, Van: ergens, Personen: 1, Onderwerp: Verwijzing{Bron: ergens, Soort: s.Regel.Onderwerp}}, van, aan)
}

// controleer tells what is missing or unknown in a declaration.
func (s Soort) controleer() error {
	var fouten []error
	eis := func(goed bool, wat string) {
		if !goed {
			fouten = append(fouten, fmt.Errorf("opdracht %q: %s", s.Naam, wat))
		}
	}
	r := s.Regel
	eis(soortVorm.MatchString(s.Naam) && s.Titel != "", "zonder naam of titel")
	eis(len(r.Wegen) > 0, "zegt niet wie dit mag vragen")
	for _, w := range r.Wegen {
		eis(len(w.Soorten) > 0 && !slices.ContainsFunc(w.Soorten, onbekendeSoort), "zegt niet welke soort organisatie dit mag vragen")
		eis(len(w.Aan) > 0 && !slices.ContainsFunc(w.Aan, onbekendeSoort), "zegt niet aan welke soort organisatie dit mag")
		eis(len(w.Rollen) > 0 && !slices.ContainsFunc(w.Rollen, func(x begrip.Rol) bool { return !slices.Contains(begrip.Rollen(), x) }), "zegt niet in welke rol dit mag")
		eis(len(w.Doelen) > 0 && !slices.ContainsFunc(w.Doelen, func(x begrip.Doel) bool { return !x.Bekend() }), "zegt niet met welk doel dit mag")
		eis(len(w.Gronden) > 0 && !slices.ContainsFunc(w.Gronden, func(x begrip.Grondslag) bool { return !x.Bekend() }), "zegt niet op welke grondslag dit mag")
	}
	eis(soortVorm.MatchString(r.Onderwerp) != r.OverAlles, "zegt niet waarnaar het wijst")
	eis(r.MaxPersonen > 0, "zegt niet over hoeveel personen dit mag gaan")
	eis((len(r.Bewijs) > 0) != (r.ZonderBewijs != ""), "zegt niet welk bewijs er moet zijn, of waarom er geen nodig is")
	for _, b := range r.Bewijs {
		eis(b.kan(), fmt.Sprintf("vraagt een bewijs dat niet is na te gaan (%s, %s)", b.Wat, b.Waar))
	}
	return errors.Join(fouten...)
}

func onbekendeSoort(s begrip.OrganisatieSoort) bool { return !s.Bekend() }
