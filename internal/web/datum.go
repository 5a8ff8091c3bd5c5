package web

import (
	"fmt"
	"html/template"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Zone is the time zone of every date on a page.
var Zone = begrip.Zone

var (
	dagenNL    = [...]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"}
	maandkorNL = [...]string{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}
)

// Datum gives "23 november 2026", "23 November 2026".
func (t Taal) Datum(d time.Time) string {
	if d.IsZero() {
		return ""
	}
	d = d.In(Zone)
	if t == Engels {
		return d.Format("2 January 2006")
	}
	return fmt.Sprintf("%d %s %d", d.Day(), begrip.Maanden[d.Month()-1], d.Year())
}

// Geboortedatum formats a date of birth as far as it is known, as 23 november 2014,
// november 2014 or 2014; empty when nothing is.
func (t Taal) Geboortedatum(g begrip.Geboortedatum) string {
	if d, err := time.Parse("2006-01", string(g[:min(7, len(g))])); t == Engels && err == nil && len(g) == 10 {
		if g[8:] == "00" {
			return d.Format("January 2006")
		}
		d, _ = g.Volledig()
		return d.Format("2 January 2006")
	}
	return g.Voluit()
}

// Dag gives "maandag 23 november", with the year when it is not that of nu.
func (t Taal) Dag(d, nu time.Time) string {
	if d.IsZero() {
		return ""
	}
	d, nu = d.In(Zone), nu.In(Zone)
	s := fmt.Sprintf("%s %d %s", dagenNL[d.Weekday()], d.Day(), begrip.Maanden[d.Month()-1])
	if t == Engels {
		s = d.Format("Monday 2 January")
	}
	if d.Year() != nu.Year() {
		s += fmt.Sprintf(" %d", d.Year())
	}
	return s
}

// Tijd gives "9.12 uur", "9:12"; just after midnight "00.04 uur", "0:04".
func (t Taal) Tijd(d time.Time) string {
	if d.IsZero() {
		return ""
	}
	d = d.In(Zone)
	if t == Engels {
		return fmt.Sprintf("%d:%02d", d.Hour(), d.Minute())
	}
	if d.Hour() == 0 {
		return fmt.Sprintf("00.%02d\u00a0uur", d.Minute()) // "0.04 uur" reads as a number of hours
	}
	return fmt.Sprintf("%d.%02d\u00a0uur", d.Hour(), d.Minute())
}

// Wanneer gives the day and time as a person says it: "vandaag, 9.12 uur",
// "gisteren, 9.12 uur", "maandag 23 november, 9.12 uur".
func (t Taal) Wanneer(d, nu time.Time) string {
	if d.IsZero() {
		return ""
	}
	dag := t.Dag(d, nu)
	switch dagenTussen(nu, d) {
	case 0:
		dag = kies(t, "vandaag", "today")
	case -1:
		dag = kies(t, "gisteren", "yesterday")
	case 1:
		dag = kies(t, "morgen", "tomorrow")
	}
	return dag + ", " + t.Tijd(d)
}

// MaandKort gives "nov" for a date tile.
func (t Taal) MaandKort(d time.Time) string {
	if t == Engels {
		return d.In(Zone).Format("Jan")
	}
	return maandkorNL[d.In(Zone).Month()-1]
}

// dagenTussen counts calendar days from a to b in Zone.
func dagenTussen(a, b time.Time) int {
	a, b = a.In(Zone), b.In(Zone)
	x := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	y := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(y.Sub(x).Hours() / 24)
}

func kies(t Taal, nl, en string) string {
	if t == Engels {
		return en
	}
	return nl
}

// tijdElement wraps a shown time in <time>, so that machines read it too.
func tijdElement(d time.Time, tekst string) template.HTML {
	if d.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + d.In(Zone).Format(time.RFC3339) + `">` + template.HTMLEscapeString(tekst) + `</time>`)
}
