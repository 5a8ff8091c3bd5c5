package web

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Lees fills v, a pointer to a struct, with what stands on the form. What cannot be a value
// at all is recorded in the form; validation finds the rest.
func (b Invulblad) Lees(v any) { b.lees(reflect.ValueOf(v).Elem(), "") }

func (b Invulblad) lees(rv reflect.Value, voor string) {
	for _, l := range leden(rv.Type()) {
		b.leesLid(rv.FieldByIndex(index(rv.Type(), l.Name)), l, voor+l.naam)
	}
}

// index finds a member, also in an embedded struct.
func index(t reflect.Type, naam string) []int {
	f, _ := t.FieldByName(naam)
	return f.Index
}

func (b Invulblad) leesLid(veld reflect.Value, l lid, pad string) {
	w := reflect.New(l.kern).Elem()
	leeg := b.leesWaarde(w, l, pad)
	switch t := veld.Type(); {
	case t == l.kern:
		veld.Set(w)
	case leeg:
		veld.SetZero()
	case t.Kind() == reflect.Pointer:
		p := reflect.New(l.kern)
		p.Elem().Set(w)
		veld.Set(p)
	default: // a protected value, or a pointer to one
		veld.Addr().MethodByName("Zet").Call([]reflect.Value{w})
	}
}

// leesWaarde reads one value into w and tells whether nothing was filled in.
func (b Invulblad) leesWaarde(w reflect.Value, l lid, pad string) (leeg bool) {
	tekst := b.F.Waarde(pad)
	switch {
	case l.kern == typeBetrokkene:
		w.Set(reflect.ValueOf(PersoonVelden{b.F, pad + "."}.Persoon()))
		return false
	case l.kern == typeTijd:
		w.Set(reflect.ValueOf(b.tijd(l, pad, tekst)))
		return tekst == ""
	case w.Kind() == reflect.Struct:
		b.lees(w, pad+".")
		return w.IsZero()
	case w.Kind() == reflect.Slice && l.kern.Elem().Kind() == reflect.Struct:
		return b.leesLijst(w, l, pad)
	case w.Kind() == reflect.Slice: // ticks
		for _, x := range b.F.Waarden[pad] {
			w.Set(reflect.Append(w, reflect.ValueOf(x).Convert(l.kern.Elem())))
		}
		return w.Len() == 0
	case w.Kind() == reflect.Bool:
		w.SetBool(b.F.Heeft(pad, "ja"))
		return !w.Bool()
	case w.CanInt():
		n, err := strconv.Atoi(tekst)
		b.F.Eis(tekst == "" || err == nil, pad, "Vul een getal in.")
		w.SetInt(int64(n))
	case l.kern == reflect.TypeFor[begrip.Geboortedatum]():
		g, err := begrip.ParseGeboortedatum(tekst)
		b.F.Eis(err == nil, pad, "%s", begrip.GeboortedatumBericht)
		w.SetString(string(g))
	default:
		w.SetString(tekst)
	}
	return tekst == ""
}

func (b Invulblad) leesLijst(w reflect.Value, l lid, pad string) (leeg bool) {
	for i := range b.aantal(pad) {
		voor, x := fmt.Sprintf("%s[%d].", pad, i), reflect.New(l.kern.Elem()).Elem()
		if l.kern.Elem() == typeBetrokkene {
			x.Set(reflect.ValueOf(PersoonVelden{b.F, voor}.Persoon()))
		} else {
			b.lees(x, voor)
		}
		w.Set(reflect.Append(w, x))
	}
	return w.Len() == 0
}

func (b Invulblad) tijd(l lid, pad, tekst string) time.Time {
	vorm, bericht := "2006-01-02T15:04", "Vul een datum en een tijd in."
	if l.Tag.Get("invoer") == "datum" {
		vorm, bericht = time.DateOnly, "Vul een datum in."
	}
	if tekst == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(vorm, tekst, Zone)
	b.F.Eis(err == nil, pad, "%s", bericht)
	return t.UTC()
}

// Vul puts v, a struct or a pointer to one, on the form, to change what is there. What
// is protected must be open in it.
func (b Invulblad) Vul(v any) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer {
		rv = rv.Elem()
	}
	b.vul(rv, "")
}

func (b Invulblad) vul(rv reflect.Value, voor string) {
	for _, l := range leden(rv.Type()) {
		veld, pad := rv.FieldByIndex(index(rv.Type(), l.Name)), voor+l.naam
		if veld.Type() != l.kern && veld.Kind() == reflect.Struct { // protected
			uit := veld.MethodByName("Waarde").Call(nil)
			veld = uit[0]
		}
		if veld.Kind() == reflect.Pointer {
			if veld.IsNil() {
				continue
			}
			veld = veld.Elem()
		}
		b.vulWaarde(veld, l, pad)
	}
}

func (b Invulblad) vulWaarde(veld reflect.Value, l lid, pad string) {
	switch x := veld.Interface().(type) {
	case begrip.Betrokkene:
		PersoonVelden{b.F, pad + "."}.Vul(x)
		return
	case time.Time:
		if !x.IsZero() {
			vorm := "2006-01-02T15:04"
			if l.Tag.Get("invoer") == "datum" {
				vorm = time.DateOnly
			}
			b.F.Zet(pad, x.In(Zone).Format(vorm))
		}
		return
	case begrip.Geboortedatum:
		b.F.Zet(pad, x.Invoer())
		return
	}
	switch {
	case veld.Kind() == reflect.Struct:
		b.vul(veld, pad+".")
	case veld.Kind() == reflect.Slice && veld.Type().Elem().Kind() == reflect.Struct:
		b.F.Zet(pad+aantalVeld, strconv.Itoa(veld.Len()))
		for i := range veld.Len() {
			voor := fmt.Sprintf("%s[%d].", pad, i)
			if p, ok := veld.Index(i).Interface().(begrip.Betrokkene); ok {
				PersoonVelden{b.F, voor}.Vul(p)
				continue
			}
			b.vul(veld.Index(i), voor)
		}
	case veld.Kind() == reflect.Slice:
		var ws []string
		for i := range veld.Len() {
			ws = append(ws, fmt.Sprint(veld.Index(i).Interface()))
		}
		b.F.Zet(pad, ws...)
	case veld.Kind() == reflect.Bool:
		if veld.Bool() {
			b.F.Zet(pad, "ja")
		}
	default:
		b.F.Zet(pad, fmt.Sprint(veld.Interface()))
	}
}
