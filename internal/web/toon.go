package web

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Toonstuk is a part of a record as it reads: labels with values, and parts below it.
type Toonstuk struct {
	Kop    string
	Tekst  string
	Regels []Regel
	Tabel  *Tabel
	Delen  []Toonstuk
}

// Toon gives v, a struct or a pointer to one, as it reads: each member with a tag vraag
// and a value, in the order of the form. What is protected must be open in v. keuzes are
// the words for codes that the type does not have, as of Invulblad.
func Toon(v any, keuzes map[string][]Optie) Toonstuk {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer {
		rv = rv.Elem()
	}
	return toner{keuzes}.struct_(rv, "")
}

type toner struct{ keuzes map[string][]Optie }

func (t toner) struct_(rv reflect.Value, voor string) (uit Toonstuk) {
	for _, l := range leden(rv.Type()) {
		veld := rv.FieldByIndex(index(rv.Type(), l.Name))
		if veld.Type() != l.kern && veld.Kind() == reflect.Struct { // protected
			veld = veld.MethodByName("Waarde").Call(nil)[0]
		}
		if veld.Kind() == reflect.Pointer {
			if veld.IsNil() {
				continue
			}
			veld = veld.Elem()
		}
		if veld.IsZero() || l.Tag.Get("invoer") == "verborgen" {
			continue
		}
		t.lid(&uit, veld, l, voor+l.naam)
	}
	return uit
}

func (t toner) lid(uit *Toonstuk, veld reflect.Value, l lid, pad string) {
	vraag := l.Tag.Get("vraag")
	regel := func(waarde string) {
		if waarde != "" {
			uit.Regels = append(uit.Regels, Regel{Label: vraag, Waarde: waarde})
		}
	}
	deel := func(kop string, d Toonstuk) {
		d.Kop = kop
		uit.Delen = append(uit.Delen, d)
	}
	switch x := veld.Interface().(type) {
	case begrip.Betrokkene:
		deel(vraag, ToonPersoon(x))
		return
	case time.Time:
		if l.Tag.Get("invoer") == "datum" {
			regel(Nederlands.Datum(x))
			return
		}
		regel(Nederlands.Datum(x) + ", " + Nederlands.Tijd(x))
		return
	case begrip.Geboortedatum:
		regel(x.Voluit())
		return
	}
	switch {
	case veld.Kind() == reflect.Bool:
		regel(l.Tag.Get("keuzes"))
	case veld.Kind() == reflect.Struct:
		deel(vraag, t.struct_(veld, pad+"."))
	case veld.Kind() == reflect.Slice && veld.Type().Elem().Kind() == reflect.Struct:
		for i := range veld.Len() {
			kop := cmp.Or(l.Tag.Get("een"), vraag)
			if veld.Len() > 1 {
				kop = fmt.Sprint(kop, " ", i+1)
			}
			if p, ok := veld.Index(i).Interface().(begrip.Betrokkene); ok {
				deel(kop, ToonPersoon(p))
				continue
			}
			deel(kop, t.struct_(veld.Index(i), pad+"."))
		}
	case veld.Kind() == reflect.Slice:
		var ws []string
		for i := range veld.Len() {
			ws = append(ws, t.woord(l, pad, fmt.Sprint(veld.Index(i).Interface())))
		}
		regel(strings.Join(ws, "; "))
	case l.Tag.Get("invoer") == "datum":
		d, err := time.ParseInLocation(time.DateOnly, fmt.Sprint(veld.Interface()), Zone)
		if err == nil {
			regel(Nederlands.Datum(d))
		}
	default:
		regel(t.woord(l, pad, fmt.Sprint(veld.Interface())))
	}
}

// woord gives what stands for a code on the form.
func (t toner) woord(l lid, pad, code string) string {
	os := Invulblad{Keuzes: t.keuzes}.opties(l, pad)
	if i := slices.IndexFunc(os, func(o Optie) bool { return o.Waarde == code }); i >= 0 {
		return os[i].Tekst
	}
	return code
}

// ToonPersoon gives a person as it reads, as far as is known and open.
func ToonPersoon(b begrip.Betrokkene) (uit Toonstuk) {
	voeg := func(label, waarde string) {
		if waarde != "" {
			uit.Regels = append(uit.Regels, Regel{Label: label, Waarde: waarde})
		}
	}
	optie := func(os []Optie, code string) string {
		if i := slices.IndexFunc(os, func(o Optie) bool { return o.Waarde == code }); i >= 0 {
			return os[i].Tekst
		}
		return ""
	}
	voeg("Naam", b.Naam.Voluit())
	voeg("Rol in het gezin", optie(PersoonVelden{}.Rollen(), b.Rol))
	switch {
	case b.Ongeboren && b.Geboortedatum.Voluit() == "":
		voeg("Geboren", "Nog niet geboren")
	case b.Ongeboren:
		voeg("Nog niet geboren, verwacht op", b.Geboortedatum.Voluit())
	case b.Geboortedatum == begrip.GeboortedatumOnbekend:
		voeg("Geboren", "Niet bekend")
	default:
		voeg("Geboren", b.Geboortedatum.Voluit())
	}
	voeg("Geslacht", optie(PersoonVelden{}.Geslachten(), b.Geslacht))
	voeg("Burgerservicenummer", b.Burgerservicenummer.Leesbaar())
	adres := map[begrip.Geheim]string{begrip.GeheimJa: "Geheim adres. Vertel het aan niemand", begrip.GeheimOnbekend: "Misschien een geheim adres: dat weten wij nog niet. Vertel het aan niemand"}[b.AdresGeheim]
	if a, ok := b.Adres.Waarde(); ok {
		if adres == "" {
			adres = "Adres"
		}
		voeg(adres, a.Regel())
	}
	return uit
}
