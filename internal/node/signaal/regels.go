package signaal

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// Regel is the name of one way in which a look is out of the ordinary.
type Regel string

// The rules. Each has a fixed text for the officer and, when it comes to that,
// for the family.
const (
	GeenBetrokkenheid Regel = "geen-betrokkenheid" // our organisation has no work in this zaak
	VeelPersonen      Regel = "veel-personen"      // many people in a short time
	EigenNaam         Regel = "eigen-naam"         // the reader bears the name of the family
	BuitenWerktijd    Regel = "buiten-werktijd"    // at night or in the weekend

	// Those about another organisation, which asks something of us.
	OpdrachtenGeweigerd Regel = "opdrachten-geweigerd" // it asks what it may not ask, again and again
	TeVeelOpdrachten    Regel = "te-veel-opdrachten"   // it asks more, or about more people, than we take
	VeelInzagen         Regel = "veel-inzagen"         // it looks at more people than fits
	VeelGeweigerd       Regel = "veel-geweigerd"       // its looks are refused, again and again
	NoodtoegangGeremd   Regel = "noodtoegang-geremd"   // it uses noodtoegang more than we give
	Aangeklopt          Regel = "aangeklopt"           // it comes with a certificate or token that we refuse, again and again
)

// vanBuiten are the texts of the rules about another organisation.
var vanBuiten = map[Regel]string{
	OpdrachtenGeweigerd: "Deze organisatie bood in een uur herhaald opdrachten aan die zij ons niet mag geven. Wij hebben ze geweigerd en niets gelezen of verteld.",
	VeelInzagen:         "Iemand van deze organisatie keek in een uur naar meer personen dan wij toestaan. Wij laten nu niets meer zien.",
	VeelGeweigerd:       "Deze organisatie vroeg in een uur herhaald inzage die zij niet mag hebben. Wij hebben die geweigerd en niets laten zien.",
	NoodtoegangGeremd:   "Iemand van deze organisatie wilde vaker noodtoegang dan wij geven voordat iemand het nakijkt, of mag het hier niet meer. Wij hebben niets laten zien.",
	Aangeklopt:          "Met dit certificaat is in een uur herhaald iets gevraagd dat wij weigeren nog voordat wij het lezen. Wij hebben niets laten zien.",
	TeVeelOpdrachten:    "Deze organisatie biedt meer opdrachten aan, of vraagt over meer personen, dan wij in een uur of een dag aannemen. Wij nemen er nu geen meer aan.",
}

// Instelling is how the rules are set at one organisation. What is out of the
// ordinary differs: a crisis service works at night.
type Instelling struct {
	Begin, Eind time.Duration // working hours, since midnight; equal: always
	Weekend     bool          // working days only when false
	Altijd      []begrip.Rol  // roles that work around the clock
	MaxPersonen int           // different people per reader within Venster; 0: no rule
	Venster     time.Duration
}

// Standaard is a setting for an office; our own default, to be changed freely.
var Standaard = Instelling{
	Begin: 7 * time.Hour, Eind: 20 * time.Hour, Altijd: []begrip.Rol{begrip.RolAgent, begrip.RolSysteem},
	MaxPersonen: 25, Venster: 24 * time.Hour,
}

// LeesWerktijd gives Standaard with other working hours: "08:00-18:00", or
// "altijd" for an organisation that works around the clock.
func LeesWerktijd(s string) (Instelling, error) {
	in := Standaard
	if s == "altijd" {
		in.Begin, in.Eind = 0, 0
		return in, nil
	}
	van, tot, _ := strings.Cut(s, "-")
	a, err := time.Parse("15:04", van)
	b, err2 := time.Parse("15:04", tot)
	if err != nil || err2 != nil || !a.Before(b) {
		return in, fmt.Errorf("de werktijd is van-tot, bijvoorbeeld 07:00-20:00, of altijd")
	}
	nul := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	in.Begin, in.Eind = a.Sub(nul), b.Sub(nul)
	return in, nil
}

// kijk is one look with what the rules need to know of it.
type kijk struct {
	dossier.Logregel
	namen    []string // family names of those it is about
	werk     bool     // our organisation has work in the zaak
	personen int      // different people this reader looked at within Venster, this look included
}

// toets gives the rules that the look breaks with why, in plain Dutch and
// without naming anybody. Only looks by our own professionals are weighed: of
// those of others their own organisation knows the work.
func (in Instelling) toets(k kijk) map[Regel]string {
	uit := map[Regel]string{}
	if !k.Toegestaan || k.Niveau < begrip.NiveauProces {
		return uit
	}
	if !k.werk {
		uit[GeenBetrokkenheid] = "Onze organisatie heeft geen opdracht en geen overleg in deze zaak."
	}
	if in.MaxPersonen > 0 && k.personen > in.MaxPersonen {
		uit[VeelPersonen] = fmt.Sprintf("Deze medewerker keek in %d uur naar %d verschillende personen. Gewoon is ten hoogste %d.", int(in.Venster.Hours()), k.personen, in.MaxPersonen)
	}
	if a := achternaam(k.Naam); a != "" && slices.ContainsFunc(k.namen, func(n string) bool { return achternaam(n) == a }) {
		uit[EigenNaam] = "De medewerker heeft dezelfde achternaam als iemand in dit gezin. Dat kan toeval zijn."
	}
	if t := k.Tijdstip.In(begrip.Zone); in.buiten(t, k.Rol) {
		uit[BuitenWerktijd] = "Er is gekeken op " + dag(t.Weekday()) + " om " + t.Format("15.04") + " uur. Dat is buiten de werktijd."
	}
	return uit
}

func (in Instelling) buiten(t time.Time, rol begrip.Rol) bool {
	if slices.Contains(in.Altijd, rol) || in.Begin == in.Eind {
		return false
	}
	if d := t.Weekday(); !in.Weekend && (d == time.Saturday || d == time.Sunday) {
		return true
	}
	na := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	return na < in.Begin || na >= in.Eind
}

func dag(d time.Weekday) string {
	return []string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"}[d]
}

// tussenvoegsels do not tell families apart: "de Wit" and "Wit" count as one.
var tussenvoegsels = []string{"van", "de", "der", "den", "het", "ten", "ter", "te", "in", "op", "el", "al", "la", "le"}

// achternaam gives what is compared of a name: its last words in small letters,
// without initials and prefixes.
func achternaam(naam string) string {
	delen := strings.FieldsFunc(strings.ToLower(naam), func(r rune) bool { return !unicode.IsLetter(r) })
	delen = slices.DeleteFunc(delen, func(d string) bool { return len([]rune(d)) < 2 || slices.Contains(tussenvoegsels, d) })
	if len(delen) == 0 {
		return ""
	}
	return delen[len(delen)-1]
}
