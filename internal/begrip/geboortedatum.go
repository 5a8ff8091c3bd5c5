package begrip

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Geboortedatum is a date of birth as the population register writes it, year-month-day,
// with zeros for what is not known: 2014-05-31, 2014-05-00, 2014-00-00, 0000-00-00. Empty
// means that nobody said anything about it.
type Geboortedatum string

// GeboortedatumOnbekend is the date of birth of which somebody said that it is not known.
const GeboortedatumOnbekend Geboortedatum = "0000-00-00"

// GeboortedatumBericht is what a person reads who gave something else.
const GeboortedatumBericht = "Vul de geboortedatum in. Bijvoorbeeld 31-05-2014. Weet u alleen het jaar? Vul dan het jaar in. Weet u niets? Schrijf: onbekend."

// Maanden are the months in Dutch, as they stand in a date.
var Maanden = [...]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

var (
	datumJaarEerst = regexp.MustCompile(`^(\d{4})(?:[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?)?$`)
	datumDagEerst  = regexp.MustCompile(`^(?:(?:(\d{1,2})[-/. ])?(\d{1,2})[-/. ])?(\d{4})$`)
	datumVoluit    = regexp.MustCompile(`^(?:(\d{1,2}) )?([a-z]{3,9})\.? (\d{4})$`)
)

// ParseGeboortedatum reads a date of birth as people write it: 31-05-2014, 31 mei 2014,
// mei 2014, 2014, onbekend; and as systems do: 2014-05-31, 2014-05-00, 2014-05.
func ParseGeboortedatum(s string) (Geboortedatum, error) {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	switch s {
	case "":
		return "", nil
	case "onbekend", "weet niet", "?":
		return GeboortedatumOnbekend, nil
	}
	var jaar, maand, dag string
	if d := datumJaarEerst.FindStringSubmatch(s); d != nil {
		jaar, maand, dag = d[1], d[2], d[3]
	} else if d := datumDagEerst.FindStringSubmatch(s); d != nil {
		dag, maand, jaar = d[1], d[2], d[3]
	} else if d := datumVoluit.FindStringSubmatch(s); d != nil {
		i := slices.IndexFunc(Maanden[:], func(m string) bool { return m == d[2] || m[:3] == d[2] || d[2] == "mrt" && m == "maart" })
		dag, maand, jaar = d[1], strconv.Itoa(i+1), d[3]
		if i < 0 {
			return "", NieuweFout(Ongeldig, GeboortedatumBericht)
		}
	}
	j, _ := strconv.Atoi(jaar)
	m, _ := strconv.Atoi(maand)
	t, _ := strconv.Atoi(dag)
	g := geboortedatum(j, m, t)
	if jaar == "" || !g.Geldig() {
		return "", NieuweFout(Ongeldig, GeboortedatumBericht)
	}
	return g, nil
}

func geboortedatum(jaar, maand, dag int) Geboortedatum {
	b := []byte("0000-00-00")
	for i, n := range []int{jaar / 1000, jaar / 100, jaar / 10, jaar} {
		b[i] = '0' + byte(n%10)
	}
	b[5], b[6], b[8], b[9] = '0'+byte(maand/10), '0'+byte(maand%10), '0'+byte(dag/10), '0'+byte(dag%10)
	return Geboortedatum(b)
}

func (g Geboortedatum) delen() (jaar, maand, dag int, ok bool) {
	if len(g) != 10 || g[4] != '-' || g[7] != '-' {
		return 0, 0, 0, false
	}
	getal := func(s Geboortedatum) (n int) {
		for i := 0; i < len(s); i++ {
			if s[i] < '0' || s[i] > '9' {
				ok = false
			}
			n = 10*n + int(s[i]-'0')
		}
		return n
	}
	ok = true
	jaar, maand, dag = getal(g[:4]), getal(g[5:7]), getal(g[8:])
	return jaar, maand, dag, ok
}

// Geldig tells whether g can be a date of birth in this form: what is unknown is zero from
// the right, and the rest is in the calendar.
func (g Geboortedatum) Geldig() bool {
	jaar, maand, dag, ok := g.delen()
	switch {
	case !ok || maand == 0 && dag != 0 || jaar == 0 && maand != 0 || jaar != 0 && jaar < 1850:
		return false
	case dag == 0:
		return maand <= 12
	}
	t := time.Date(jaar, time.Month(maand), dag, 0, 0, 0, 0, time.UTC)
	return maand <= 12 && t.Day() == dag
}

// Volledig gives the day; not ok when a part of it is unknown.
func (g Geboortedatum) Volledig() (t time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, string(g))
	return t, err == nil && g.Geldig()
}

// Vroegst gives the first day that it can be, as text that compares: an unknown part
// counts as its first.
func (g Geboortedatum) Vroegst() string {
	return strings.ReplaceAll(string(g), "-00", "-01")
}

// Kan tells whether g and ander can be the date of birth of one person: what both know is
// the same. What nobody knows can be anything.
func (g Geboortedatum) Kan(ander Geboortedatum) bool {
	j1, m1, d1, ok1 := g.delen()
	j2, m2, d2, ok2 := ander.delen()
	gelijk := func(a, b int) bool { return a == 0 || b == 0 || a == b }
	return !ok1 || !ok2 || gelijk(j1, j2) && gelijk(m1, m2) && gelijk(d1, d2)
}

// Voluit gives the date as people say it, in Dutch: 31 mei 2014, mei 2014, 2014; empty when
// nothing is known.
func (g Geboortedatum) Voluit() string {
	jaar, maand, dag, ok := g.delen()
	if !ok || jaar == 0 || maand > len(Maanden) {
		return ""
	}
	uit := strconv.Itoa(jaar)
	if maand > 0 {
		uit = Maanden[maand-1] + " " + uit
	}
	if dag > 0 {
		uit = strconv.Itoa(dag) + " " + uit
	}
	return uit
}

// Invoer gives the date as a form shows it: 31-05-2014, 05-2014, 2014, onbekend.
func (g Geboortedatum) Invoer() string {
	switch {
	case g == GeboortedatumOnbekend:
		return "onbekend"
	case !g.Geldig():
		return string(g)
	}
	var delen []string
	for _, d := range []Geboortedatum{g[8:], g[5:7], g[:4]} {
		if d != "00" {
			delen = append(delen, string(d))
		}
	}
	return strings.Join(delen, "-")
}
