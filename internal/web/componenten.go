package web

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The types below are what the shared components show. In a template:
// {{template "persoon" .}} with a Persoon, and so on; the name of the template
// is that of the type in small letters. Texts are Dutch source texts.

// Link leads somewhere. Extra is for screen readers: what the text alone does
// not say ("Bekijk" – "de melding van 3 november").
type Link struct{ Tekst, Pad, Icoon, Extra string }

// Alert is a message about what happened. Soort: info, ok, let-op, fout.
type Alert struct {
	Soort, Titel, Tekst string
	Link                *Link
}

// Icoon is the icon of the kind of alert.
func (a Alert) Icoon() string {
	switch a.Soort {
	case "ok":
		return "circle-check"
	case "let-op":
		return "alert-triangle"
	case "fout":
		return "alert-circle"
	}
	return "info-circle"
}

// Label is a small coloured word. Soort: "", info, ok, wacht, fout.
type Label struct{ Soort, Tekst, Icoon string }

// Klasse is the style class of the kind.
func (l Label) Klasse() string {
	return map[string]string{"info": "tag--info", "ok": "tag--ok", "wacht": "tag--wait", "fout": "tag--err"}[l.Soort]
}

// Doelbalk says as what and why a professional looks at a family's data.
type Doelbalk struct {
	Rol, Doel, Grondslag string
	Verborgen            bool // the family does not see this look, as with a shielded melder
	Link                 *Link
}

// Leeg says that there is nothing here, and what that means.
type Leeg struct {
	Icoon, Titel, Tekst string
	Link                *Link
}

// BronStil says that a source did not answer; the rest of the page stands.
type BronStil struct {
	Organisatie string
	Opnieuw     string // path to try again, default the same page
}

// Persoon is someone who helps the family.
type Persoon struct {
	Naam, Rol, Organisatie string
	Label                  *Label
	Doet, Ziet             string
	Telefoon, Mail         string
	Hoofd                  bool // the fixed contact
	Links                  []Link
}

// Gebeurtenis is one point of a timeline. Soort colours the dot: "", u (the
// family's own voice), kijk (someone looked).
type Gebeurtenis struct {
	Op                              time.Time
	Tot                             bool // Op is a deadline
	AlleenDag                       bool // no time of day
	Soort, Icoon, Titel, Tekst, Wie string
	Label                           *Label
	Link                            *Link
	Straks                          bool // set by the template
}

// Punt gives the event as one that is still to come, for the template.
func (g Gebeurtenis) Punt(straks bool) Gebeurtenis {
	g.Straks = straks
	if g.Icoon == "" {
		g.Icoon = map[string]string{"u": "message-2", "kijk": "eye"}[g.Soort]
	}
	if g.Icoon == "" {
		g.Icoon = "file-text"
	}
	return g
}

// Tijdlijn shows what is still to come above what happened, newest first.
type Tijdlijn struct{ Straks, Gebeurd []Gebeurtenis }

// Stap is one of the steps of a course. Staat: klaar, nu, or nothing.
type Stap struct{ Titel, Bij, Staat string }

// Stappen shows where one is.
type Stappen []Stap

// Cel is a cell of a table.
type Cel struct {
	Tekst, Bij string // Bij stands smaller, below
	Op         time.Time
	Label      *Label
	Link       *Link
}

// Tabel becomes labelled rows on a phone.
type Tabel struct {
	Onderschrift string // says what the table holds; for screen readers
	Kop          []string
	Rijen        [][]Cel
	Voet         string
	VoetLinks    []Link
}

// Rij gives the cells of a row with their heading.
func (t Tabel) Rij(i int) []CelMetKop {
	var uit []CelMetKop
	for j, c := range t.Rijen[i] {
		k := ""
		if j < len(t.Kop) {
			k = t.Kop[j]
		}
		uit = append(uit, CelMetKop{c, k})
	}
	return uit
}

// Tekstblok is one part of a longer text: a heading of level 1 or 2, a
// paragraph, a list or a table.
type Tekstblok struct {
	Kop    string
	Niveau int
	Tekst  string
	Lijst  []string
	Tabel  *Tabel
}

// CelMetKop is a cell and the heading of its column.
type CelMetKop struct {
	Cel
	Kop string
}

// Tegel is a large link to something one can do.
type Tegel struct{ Titel, Tekst, Pad, Icoon string }

// Regel is a label and its value in a list of facts.
type Regel struct{ Label, Waarde string }

// Letters gives at most two initials of a name, for the circle of a person.
func Letters(naam string) string {
	var uit []rune
	for w := range strings.FieldsSeq(naam) {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsUpper(r) {
			uit = append(uit, r)
		}
	}
	switch len(uit) {
	case 0:
		for _, r := range strings.TrimSpace(naam) {
			return string(unicode.ToUpper(r))
		}
		return ""
	case 1:
		return string(uit)
	}
	return string([]rune{uit[0], uit[len(uit)-1]})
}

func hoofdletter(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
