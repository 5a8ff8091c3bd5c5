package termijn

import (
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Dag is a date of the calendar in the Netherlands, without a moment.
type Dag struct{ t time.Time } // midnight UTC of that date

// DagVan gives the date that nu has in the Netherlands.
func DagVan(nu time.Time) Dag { return dagVan(begrip.Dag(nu)) }

// ParseDag reads a date as 2026-11-23.
func ParseDag(s string) (Dag, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Dag{}, begrip.NieuweFout(begrip.Ongeldig, "Dit is geen datum: schrijf jaar-maand-dag.")
	}
	return Dag{t}, nil
}

func dagVan(s string) Dag {
	d, err := ParseDag(s)
	if err != nil {
		panic(err)
	}
	return d
}

// String gives the date as 2026-11-23.
func (d Dag) String() string { return d.t.Format(time.DateOnly) }

// IsZero tells whether there is no date.
func (d Dag) IsZero() bool { return d.t.IsZero() }

// Einde is the last second of the day: shown as a date, it is that day.
func (d Dag) Einde() time.Time {
	j, m, dag := d.t.Date()
	return time.Date(j, m, dag, 23, 59, 59, 0, begrip.Zone)
}

// Plus gives the date n days later; n may be negative.
func (d Dag) Plus(n int) Dag { return Dag{d.t.AddDate(0, 0, n)} }

// Na tells whether d is later than ander.
func (d Dag) Na(ander Dag) bool { return d.t.After(ander.t) }

// Tot gives how many days ander is later than d.
func (d Dag) Tot(ander Dag) int { return int(ander.t.Sub(d.t) / (24 * time.Hour)) }

// Werkdag tells whether d is no Saturday, no Sunday and no general feast day.
func (d Dag) Werkdag() bool {
	w := d.weekdag()
	return w != time.Saturday && w != time.Sunday && Feestdag(d) == ""
}

// maanden gives the day with the same number n months later, or the last of that month.
func (d Dag) maanden(n int) Dag {
	j, m, dag := d.t.Date()
	laatste := time.Date(j, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	return Dag{time.Date(j, m+time.Month(n), min(dag, laatste.Day()), 0, 0, 0, 0, time.UTC)}
}

func (d Dag) jaar() int             { return d.t.Year() }
func (d Dag) weekdag() time.Weekday { return d.t.Weekday() }
