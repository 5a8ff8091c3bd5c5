// Package termijn counts the terms within which the law or an agreement wants something
// done: how long, from when, with which days, and what a suspension does.
//
// It promises one answer everywhere: the Postvak, the page of the family and the signal
// that something is late show the same last day. It reads no clock.
package termijn

import (
	"fmt"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Eenheid is what a term is counted in.
type Eenheid string

// The units. A Dag is any day of the calendar, a Werkdag none that is a Saturday, a
// Sunday or a general feast day.
const (
	Uren      Eenheid = "uren"
	Dagen     Eenheid = "dagen"
	Werkdagen Eenheid = "werkdagen"
	Weken     Eenheid = "weken"
	Maanden   Eenheid = "maanden"
	Jaren     Eenheid = "jaren"
)

// Termijn is a term as a samenwerkfunctie declares it.
type Termijn struct {
	Naam    string  `json:"naam"`          // what must be done, as "beoordelen"
	Wet     string  `json:"wet,omitempty"` // the article; empty: an agreement
	Aantal  int     `json:"aantal"`        // of Eenheid
	Eenheid Eenheid `json:"eenheid"`
	Vast    bool    `json:"vast,omitempty"` // the last day stays where it is, also on a Sunday
}

// Opschorting is a time in which a term does not run. An empty Tot: it still lasts.
type Opschorting struct {
	Van time.Time `json:"van"`
	Tot time.Time `json:"tot,omitzero"`
}

// Controleer tells what is wrong with the declaration.
func (t Termijn) Controleer() error {
	var c begrip.Controle
	c.Eis(t.Naam != "", "naam", "Zeg wat er binnen de termijn moet gebeuren.")
	c.Eis(t.Aantal > 0, "aantal", "Een termijn duurt langer dan niets.")
	switch t.Eenheid {
	case Uren, Dagen, Werkdagen, Weken, Maanden, Jaren:
	default:
		c.Eis(false, "eenheid", "Kies uren, dagen, werkdagen, weken, maanden of jaren.")
	}
	return c.Fout()
}

// Einde gives the moment at which the term that began at begin has passed: for hours that
// moment, else the end of its last day in the Netherlands. The day on which it begins does
// not count, nor does a day on which it was suspended. open is true while a suspension lasts:
// the end is not known then, and what is given is the earliest it can be, seen from nu.
func (t Termijn) Einde(begin, nu time.Time, opgeschort ...Opschorting) (einde time.Time, open bool) {
	os := make([]Opschorting, 0, len(opgeschort))
	for _, o := range opgeschort {
		if o.Tot.IsZero() {
			open, o.Tot = true, nu
		}
		os = append(os, o)
	}
	slices.SortFunc(os, func(a, b Opschorting) int { return a.Van.Compare(b.Van) })
	if t.Eenheid == Uren {
		return begin.Add(time.Duration(t.Aantal)*time.Hour + stilgestaan(begin, os)), open
	}
	return t.laatste(DagVan(begin), os).Einde(), open
}

// laatste gives the last day of a term that began on the day begin.
func (t Termijn) laatste(begin Dag, os []Opschorting) (d Dag) {
	switch t.Eenheid {
	case Werkdagen:
		return tel(begin, t.Aantal, func(d Dag) bool { return d.Werkdag() && !opgeschort(d, os) })
	case Weken:
		d = begin.Plus(7 * t.Aantal)
	case Maanden:
		d = begin.maanden(t.Aantal)
	case Jaren:
		d = begin.maanden(12 * t.Aantal)
	default:
		d = begin.Plus(t.Aantal)
	}
	if len(os) > 0 {
		d = tel(begin, begin.Tot(d), func(d Dag) bool { return !opgeschort(d, os) })
	}
	if t.Vast || t.lang() {
		return d
	}
	if t.Eenheid != Dagen || t.Aantal >= 3 { // Algemene termijnenwet artikel 2
		if twee := tel(begin, 2, Dag.Werkdag); twee.Na(d) {
			d = twee
		}
	}
	for !d.Werkdag() { // Algemene termijnenwet artikel 1 lid 1
		d = d.Plus(1)
	}
	return d
}

// lang tells whether the Algemene termijnenwet leaves the term alone (artikel 4 onder a).
func (t Termijn) lang() bool {
	switch t.Eenheid {
	case Dagen:
		return t.Aantal > 90
	case Weken:
		return t.Aantal > 12
	case Maanden:
		return t.Aantal > 3
	}
	return t.Eenheid == Jaren
}

// tel gives the n-th day after d that counts.
func tel(d Dag, n int, telt func(Dag) bool) Dag {
	for n > 0 {
		if d = d.Plus(1); telt(d) {
			n--
		}
	}
	return d
}

// opgeschort tells whether a suspension covers d: the day on which it begins counts for
// the term, the day on which it ends does not.
func opgeschort(d Dag, os []Opschorting) bool {
	return slices.ContainsFunc(os, func(o Opschorting) bool { return d.Na(DagVan(o.Van)) && !d.Na(DagVan(o.Tot)) })
}

// stilgestaan gives how long a term that began at begin stood still. Times that overlap
// count once; os is in the order of beginning.
func stilgestaan(begin time.Time, os []Opschorting) (stil time.Duration) {
	geteld := begin // until when
	for _, o := range os {
		van := o.Van
		if van.Before(geteld) {
			van = geteld
		}
		if o.Tot.After(van) {
			stil += o.Tot.Sub(van)
			geteld = o.Tot
		}
	}
	return stil
}

// Woorden gives the length as people say it: "5 dagen", "1 week".
func (t Termijn) Woorden() string {
	een := map[Eenheid]string{Uren: "uur", Dagen: "dag", Werkdagen: "werkdag", Weken: "week", Maanden: "maand", Jaren: "jaar"}
	if t.Aantal == 1 || t.Eenheid == Uren || t.Eenheid == Jaren {
		return fmt.Sprintf("%d %s", t.Aantal, een[t.Eenheid])
	}
	return fmt.Sprintf("%d %s", t.Aantal, t.Eenheid)
}
