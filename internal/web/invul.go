package web

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
)

// Invulblad is a form made from a Go type: each member with a tag vraag is a field, named
// by its JSON path, so that a mistake that validation finds stands at its place.
//
//	vraag   the question, Dutch B1; without it the member is not on the form
//	hint    a sentence below it
//	invoer  lang (several lines), rondjes (radio), datum, tijd, moment, or verborgen
//	naam    the last part of the path, where the JSON has none
//	keuzes  what can be chosen, as code=tekst|code=tekst
//	erbij   of a list: the words on the button that adds one
//	een     of a list: the heading of one, with its number; without it the question
//
// maxLength and required:"false" are those of the API. A begrip.Betrokkene gives the
// fields of a person, a struct a group, a slice of structs a list of groups that grows
// and shrinks, and a bool a tick.
type Invulblad struct {
	F *Formulier
	// Keuzes are what can be chosen where the type does not say: by path without numbers.
	Keuzes map[string][]Optie
}

// Invulstuk is one piece of the form: a field, a person, a group or a list.
type Invulstuk struct {
	Veld    *Veld
	Persoon *PersoonVelden
	Groep   *Invulgroep
	Lijst   *Invullijst
}

// Invulgroep is a set of pieces under one heading.
type Invulgroep struct {
	Kop, Hint, ID string
	Nummer        int    // of a list: which one, from 1; else 0
	Weg           string // value of the button that removes it; empty: it stays
	Stukken       []Invulstuk
}

// Invullijst is a list of groups.
type Invullijst struct {
	Kop, Hint, Erbij, Pad, ID string
	Een                       string // heading of one
	Groepen                   []Invulgroep
	Aantal                    int
	Vol                       bool // no more can be added
}

// maxRijen is how many of a list stand on one form.
const maxRijen = 30

const aantalVeld = "#aantal"

// Stukken gives the pieces of the form for type T of v, a struct or a pointer to one.
func (b Invulblad) Stukken(v any) []Invulstuk {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return b.stukken(t, "")
}

func (b Invulblad) stukken(t reflect.Type, voor string) (uit []Invulstuk) {
	for _, l := range leden(t) {
		if s, ok := b.stuk(l, voor+l.naam); ok {
			uit = append(uit, s)
		}
	}
	return uit
}

// lid is a member that stands on a form.
type lid struct {
	reflect.StructField
	naam string // in JSON
	kern reflect.Type
}

// leden gives the members of t that are on a form, those of embedded structs among them.
func leden(t reflect.Type) (uit []lid) {
	for i := range t.NumField() {
		v := t.Field(i)
		if v.Anonymous && v.Type.Kind() == reflect.Struct {
			uit = append(uit, leden(v.Type)...)
			continue
		}
		if v.Tag.Get("vraag") == "" {
			continue
		}
		naam, _, _ := strings.Cut(v.Tag.Get("json"), ",")
		if n := v.Tag.Get("naam"); n != "" { // a member of what is one text in JSON
			naam = n
		}
		kern := v.Type
		if x, ok := begrip.Vorm(kern); ok {
			kern = x
		}
		if kern.Kind() == reflect.Pointer {
			kern = kern.Elem()
		}
		uit = append(uit, lid{v, naam, kern})
	}
	return uit
}

var (
	typeTijd       = reflect.TypeFor[time.Time]()
	typeBetrokkene = reflect.TypeFor[begrip.Betrokkene]()
)

func (b Invulblad) stuk(l lid, pad string) (Invulstuk, bool) {
	vraag, hint := l.Tag.Get("vraag"), l.Tag.Get("hint")
	switch {
	case l.Tag.Get("invoer") == "verborgen":
		return Invulstuk{Veld: &Veld{Naam: pad, Soort: "hidden", Waarde: b.F.Waarde(pad)}}, true
	case l.kern == typeBetrokkene:
		return Invulstuk{Groep: &Invulgroep{Kop: vraag, Hint: hint, ID: VeldID(pad), Stukken: []Invulstuk{{Persoon: &PersoonVelden{b.F, pad + "."}}}}}, true
	case l.kern.Kind() == reflect.Struct && l.kern != typeTijd:
		return Invulstuk{Groep: &Invulgroep{Kop: vraag, Hint: hint, ID: VeldID(pad), Stukken: b.stukken(l.kern, pad+".")}}, true
	case l.kern.Kind() == reflect.Slice && l.kern.Elem().Kind() == reflect.Struct:
		return Invulstuk{Lijst: b.lijst(l, pad)}, true
	}
	v := Veld{Naam: pad, Label: vraag, Hint: hint, Soort: b.soort(l, pad), Rijen: 4, Waarde: b.F.Waarde(pad), Fout: b.F.Fout(pad), Opties: b.opties(l, pad)}
	v.Optioneel = l.Tag.Get("required") == "false"
	v.Verplicht = !v.Optioneel && v.Soort != "checkbox"
	v.Lang, _ = strconv.Atoi(l.Tag.Get("maxLength"))
	v.Kort = v.Soort == "date" || v.Soort == "time" || v.Soort == "datetime-local" || v.Lang > 0 && v.Lang <= 20
	for i, o := range v.Opties {
		v.Opties[i].Gekozen = b.F.Heeft(pad, o.Waarde)
	}
	if v.Soort == "select" { // nothing is chosen for who does not choose
		v.Opties = append([]Optie{{Tekst: Vertaalbaar("Kies")}}, v.Opties...)
	}
	return Invulstuk{Veld: &v}, true
}

func (b Invulblad) soort(l lid, pad string) string {
	switch {
	case l.kern.Kind() == reflect.Bool, l.kern.Kind() == reflect.Slice:
		return "checkbox"
	case l.Tag.Get("invoer") == "lang":
		return "textarea"
	case l.Tag.Get("invoer") == "rondjes":
		return "radio"
	case l.Tag.Get("invoer") == "datum":
		return "date"
	case l.Tag.Get("invoer") == "tijd":
		return "time"
	case l.Tag.Get("invoer") == "moment", l.kern == typeTijd:
		return "datetime-local"
	case len(b.opties(l, pad)) > 0:
		return "select"
	}
	return "text"
}

func (b Invulblad) opties(l lid, pad string) []Optie {
	if o, ok := b.Keuzes[zonderNummers(pad)]; ok {
		return slices.Clone(o)
	}
	if l.kern.Kind() == reflect.Bool {
		return []Optie{{Waarde: "ja", Tekst: l.Tag.Get("keuzes")}}
	}
	var uit []Optie
	for k := range strings.SplitSeq(l.Tag.Get("keuzes"), "|") {
		if code, tekst, ok := strings.Cut(k, "="); ok {
			uit = append(uit, Optie{Waarde: code, Tekst: tekst})
		}
	}
	return uit
}

func (b Invulblad) lijst(l lid, pad string) *Invullijst {
	uit := &Invullijst{Kop: l.Tag.Get("vraag"), Hint: l.Tag.Get("hint"), Erbij: l.Tag.Get("erbij"), Een: cmp.Or(l.Tag.Get("een"), l.Tag.Get("vraag")), Pad: pad, ID: VeldID(pad), Aantal: b.aantal(pad)}
	uit.Vol = uit.Aantal >= maxRijen
	for i := range uit.Aantal {
		voor := fmt.Sprintf("%s[%d]", pad, i)
		g := Invulgroep{ID: VeldID(voor), Nummer: i + 1, Weg: "weg:" + voor}
		if l.kern.Elem() == typeBetrokkene {
			g.Stukken = []Invulstuk{{Persoon: &PersoonVelden{b.F, voor + "."}}}
		} else {
			g.Stukken = b.stukken(l.kern.Elem(), voor+".")
		}
		uit.Groepen = append(uit.Groepen, g)
	}
	return uit
}

func (b Invulblad) aantal(pad string) int {
	n, _ := strconv.Atoi(b.F.Waarde(pad + aantalVeld))
	return min(max(n, 0), maxRijen)
}

// zonderNummers gives a path without the numbers of lists: personen[2].naam is
// personen.naam.
func zonderNummers(pad string) string {
	var s strings.Builder
	in := false
	for _, c := range pad {
		switch {
		case c == '[':
			in = true
		case c == ']':
			in = false
		case !in:
			s.WriteRune(c)
		}
	}
	return s.String()
}

// Actie carries out the button that adds one to a list or removes one, and gives the
// anchor of where to go on; ok false when another button was pressed.
func (b Invulblad) Actie() (anker string, ok bool) {
	soort, pad, _ := strings.Cut(b.F.Waarde("actie"), ":")
	switch soort {
	case "erbij":
		n := b.aantal(pad)
		b.F.Zet(pad+aantalVeld, strconv.Itoa(min(n+1, maxRijen)))
		b.F.Zet(fmt.Sprintf("%s[%d].id", pad, n), uuid.NewString()) // what else names a person on the form
		return VeldID(fmt.Sprintf("%s[%d]", pad, n)), true
	case "weg":
		i := strings.LastIndexByte(pad, '[')
		nr, err := strconv.Atoi(strings.TrimSuffix(pad[i+1:], "]"))
		if i < 0 || err != nil || nr < 0 || nr >= b.aantal(pad[:i]) {
			return "", true
		}
		b.haalWeg(pad[:i], nr)
		return VeldID(pad[:i]), true
	}
	return "", false
}

// haalWeg removes number nr of the list at pad; those after it move up.
func (b Invulblad) haalWeg(pad string, nr int) {
	n := b.aantal(pad)
	for naam := range b.F.Waarden {
		if strings.HasPrefix(naam, fmt.Sprintf("%s[%d]", pad, nr)) {
			delete(b.F.Waarden, naam)
		}
	}
	for i := nr + 1; i < n; i++ {
		oud, nieuw := fmt.Sprintf("%s[%d]", pad, i), fmt.Sprintf("%s[%d]", pad, i-1)
		for naam, w := range b.F.Waarden {
			if rest, ok := strings.CutPrefix(naam, oud); ok {
				delete(b.F.Waarden, naam)
				b.F.Waarden[nieuw+rest] = w
			}
		}
	}
	b.F.Zet(pad+aantalVeld, strconv.Itoa(n-1))
}
