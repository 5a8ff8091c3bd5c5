package begrip

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Bescherming is why a value is a protected source (I6). Values join with |.
type Bescherming uint8

// The two reasons.
const (
	OmVerblijf Bescherming = 1 << iota // it tells where somebody may be found
	OmBron                             // it tells who said something in confidence

	// Allebei is both.
	Allebei = OmVerblijf | OmBron
)

// gesloten stands in print, logs and JSON for a value that nobody opened. The
// dossier refuses content that holds it: then the stored form was forgotten.
const gesloten = "█beschermd█"

// Gesloten tells that JSON holds a protected value that was closed, and so lost.
func Gesloten(inhoud []byte) bool { return strings.Contains(string(inhoud), `"`+gesloten+`"`) }

// Recht is the right to open protected values, which comes with a decision. The
// zero Recht opens nothing. Who may make one stands in a test (importtest).
type Recht struct {
	mag    bool
	ook    Bescherming // opens these too, where they are secret
	weet   bool        // geheim is what the record says, or who read it
	geheim Bescherming
}

// Inzagerecht is the right to read the content of a record: what in it is no
// secret, and of the secrets those in ook.
func Inzagerecht(ook Bescherming) Recht { return Recht{mag: true, ook: ook & Allebei} }

// Geheim gives r for content in which b is secret, for who knows the whole
// record: a part of it that says less makes no less of it secret.
func (r Recht) Geheim(b Bescherming) Recht { r.weet, r.geheim = true, b; return r }

// opent tells whether r opens a value that is protected for om, in a record of
// which geheim is secret.
func (r Recht) opent(om, geheim Bescherming) bool { return r.mag && om&geheim&^r.ook == 0 }

// Beschermer is a record, or a part of one, that knows which of its protected
// values are secret. In what is no Beschermer all of them are.
type Beschermer interface{ Beschermt() Bescherming }

// beschermd holds a value that masks itself in print, templates, logs, errors
// and JSON until Open opens it.
type beschermd[T any] struct {
	waarde *T // a pointer: fmt prints what is wrong with a verb without asking Format; nil is no value
	open   bool
}

// Verblijf is a value that may tell where somebody is: an address, a place, how
// to reach a helper. Whether it is secret the record says (Beschermer).
type Verblijf[T any] struct{ beschermd[T] }

// Vertrouwd is a value that may tell who said something in confidence.
type Vertrouwd[T any] struct{ beschermd[T] }

// InVerblijf protects w.
func InVerblijf[T any](w T) (v Verblijf[T]) { v.Zet(w); return v }

// InVertrouwen protects w.
func InVertrouwen[T any](w T) (v Vertrouwd[T]) { v.Zet(w); return v }

// Zet puts w in.
func (b *beschermd[T]) Zet(w T) {
	b.waarde, b.open = &w, false
}

// Leeg tells that there is no value, open or not.
func (b beschermd[T]) Leeg() bool { return b.waarde == nil }

// IsZero leaves an empty value out of JSON (omitzero).
func (b beschermd[T]) IsZero() bool { return b.Leeg() }

// Waarde gives the value when Open opened it; else the zero value and false.
func (b beschermd[T]) Waarde() (T, bool) {
	if !b.open || b.waarde == nil {
		var nul T
		return nul, false
	}
	return *b.waarde, true
}

// Toon gives the value as Waarde does, for a page.
func (b beschermd[T]) Toon() T { w, _ := b.Waarde(); return w }

// Bewerk lets the owner of the record check or complete the value where it is:
// on input, before it is stored. An empty value is not given.
func (b *beschermd[T]) Bewerk(f func(*T)) {
	if b.waarde != nil {
		w := *b.waarde // not in a copy of this record
		f(&w)
		b.waarde = &w
	}
}

// String and what fmt, slog, html/template and encoders ask of a value: they
// never show what is in it.
func (b beschermd[T]) String() string {
	if b.Leeg() {
		return ""
	}
	return gesloten
}

// Format implements fmt.Formatter, for every verb.
func (b beschermd[T]) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(b.String())) }

// LogValue implements slog.LogValuer.
func (b beschermd[T]) LogValue() slog.Value { return slog.StringValue(b.String()) }

// MarshalJSON gives the value when it is open, else that it is closed.
func (b beschermd[T]) MarshalJSON() ([]byte, error) {
	switch {
	case b.Leeg():
		return []byte("null"), nil
	case !b.open:
		return []byte(`"` + gesloten + `"`), nil
	}
	return json.Marshal(b.waarde)
}

// UnmarshalJSON takes a value in, closed. Its error never tells the value.
func (b *beschermd[T]) UnmarshalJSON(t []byte) error {
	*b = beschermd[T]{}
	if string(t) == "null" || string(t) == `"`+gesloten+`"` {
		return nil
	}
	w := new(T)
	if json.Unmarshal(t, w) != nil {
		return errors.New("deze waarde heeft niet de goede vorm")
	}
	b.waarde = w
	return nil
}

// Vorm is the type of the value, for a description of the API.
func (b beschermd[T]) Vorm() reflect.Type { return reflect.TypeFor[T]() }

func (b *beschermd[T]) zet(open bool) {
	if open {
		b.open = true
		return
	}
	*b = beschermd[T]{}
}

func (Verblijf[T]) om() Bescherming  { return OmVerblijf }
func (Vertrouwd[T]) om() Bescherming { return OmBron }

// blad is a Verblijf or Vertrouwd of any type.
type blad interface {
	Leeg() bool
	Vorm() reflect.Type
	om() Bescherming
	zet(open bool)
}

var (
	typeBlad       = reflect.TypeFor[blad]()
	typeBeschermer = reflect.TypeFor[Beschermer]()
)

// Vorm gives the type that t protects; not ok when it protects nothing.
func Vorm(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct || !reflect.PointerTo(t).Implements(typeBlad) {
		return nil, false
	}
	return reflect.New(t).Interface().(blad).Vorm(), true
}

// Open gives v as r may read it: what r opens is open, every other protected
// value is gone. dicht names the members that are gone. v itself stays closed.
func Open[T any](v T, r Recht) (open T, dicht []string) {
	o := opener{r: r}
	geheim := Allebei
	if r.weet {
		geheim = r.geheim
	}
	reflect.ValueOf(&open).Elem().Set(o.kopie(reflect.ValueOf(&v).Elem(), geheim, r.weet, ""))
	slices.Sort(o.dicht)
	return open, slices.Compact(o.dicht)
}

// Opslag gives v as JSON in the form that is stored: with every value in it. For
// the own dossier only; an answer is made with Open.
func Opslag(v any) ([]byte, error) {
	open, _ := Open(v, Inzagerecht(Allebei))
	return json.Marshal(open)
}

// Beschermt gives what is secret in v: what it says itself, else everything.
func Beschermt(v any) Bescherming {
	if b, ok := v.(Beschermer); ok {
		return b.Beschermt()
	}
	return Allebei
}

type opener struct {
	r     Recht
	dicht []string
}

// kopie copies what holds protected values and shares the rest. geheim is what
// the nearest Beschermers say is secret; weet tells that one was passed.
func (o *opener) kopie(rv reflect.Value, geheim Bescherming, weet bool, naam string) reflect.Value {
	t := rv.Type()
	if !bevat(t) {
		return rv
	}
	if t.Kind() != reflect.Interface && t.Implements(typeBeschermer) && (t.Kind() != reflect.Pointer || !rv.IsNil()) {
		eigen := rv.Interface().(Beschermer).Beschermt()
		if weet {
			eigen |= geheim
		}
		geheim, weet = eigen, true
	}
	nieuw := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Struct:
		nieuw.Set(rv)
		if b, ok := nieuw.Addr().Interface().(blad); ok {
			o.blad(b, geheim, naam)
			return nieuw
		}
		o.velden(nieuw, geheim, weet)
	case reflect.Pointer, reflect.Interface:
		if rv.IsNil() {
			return rv
		}
		binnen := o.kopie(rv.Elem(), geheim, weet, naam)
		if t.Kind() == reflect.Interface {
			nieuw.Set(binnen)
			return nieuw
		}
		nieuw.Set(reflect.New(t.Elem()))
		nieuw.Elem().Set(binnen)
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Slice {
			if rv.IsNil() {
				return rv
			}
			nieuw.Set(reflect.MakeSlice(t, rv.Len(), rv.Len()))
		}
		for i := range rv.Len() {
			nieuw.Index(i).Set(o.kopie(rv.Index(i), geheim, weet, naam))
		}
	case reflect.Map:
		if rv.IsNil() {
			return rv
		}
		nieuw.Set(reflect.MakeMapWithSize(t, rv.Len()))
		for _, k := range rv.MapKeys() {
			nieuw.SetMapIndex(k, o.kopie(rv.MapIndex(k), geheim, weet, naam))
		}
	}
	return nieuw
}

// velden opens the members of s, those of an embedded struct among them.
func (o *opener) velden(s reflect.Value, geheim Bescherming, weet bool) {
	for i := range s.NumField() {
		switch f := s.Type().Field(i); {
		case !bevat(f.Type):
		case f.IsExported():
			s.Field(i).Set(o.kopie(s.Field(i), geheim, weet, jsonNaam(f)))
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			o.velden(s.Field(i), geheim, weet)
		}
	}
}

func (o *opener) blad(b blad, geheim Bescherming, naam string) {
	open := o.r.opent(b.om(), geheim)
	if !open && !b.Leeg() {
		o.dicht = append(o.dicht, naam)
	}
	b.zet(open)
}

func jsonNaam(f reflect.StructField) string {
	n, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if n == "" {
		return f.Name
	}
	return n
}

var bevatTypen sync.Map // reflect.Type → bool

// bevat tells that a value of type t can hold protected values.
func bevat(t reflect.Type) bool {
	if b, ok := bevatTypen.Load(t); ok {
		return b.(bool)
	}
	b := zoekBlad(t, map[reflect.Type]bool{})
	bevatTypen.Store(t, b)
	return b
}

func zoekBlad(t reflect.Type, gezien map[reflect.Type]bool) bool {
	if gezien[t] {
		return false
	}
	gezien[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return zoekBlad(t.Elem(), gezien)
	case reflect.Struct:
		if _, ok := Vorm(t); ok {
			return true
		}
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && zoekBlad(f.Type, gezien) {
				return true
			}
		}
	}
	return false
}

// plaatsNamen are the names, as they begin, of members that tell where somebody
// may be found, in Dutch as the field's contracts write them.
var plaatsNamen = []string{
	"adres", "straat", "huisnummer", "huisletter", "postcode", "plaats", "woon", "verblijf", "locatie", "telefoon", "mobiel",
	"email", "e-mail", "contact", "school",
}

var blootTypen sync.Map // reflect.Type → []string

// Bloot gives the members of a record or answer v, by its type, that tell where
// somebody may be found and are not protected; in an interface or raw JSON
// anything may stand, so that counts as well. Empty is what a kind of record
// must be to be served.
func Bloot(v any) []string {
	t := reflect.TypeOf(v)
	if t == nil {
		return []string{""}
	}
	if b, ok := blootTypen.Load(t); ok {
		return b.([]string)
	}
	b := blootType(t)
	blootTypen.Store(t, b)
	return b
}

func blootType(t reflect.Type) []string {
	var uit []string
	gezien := map[reflect.Type]bool{}
	var loop func(t reflect.Type, pad string)
	loop = func(t reflect.Type, pad string) {
		if _, ok := Vorm(t); ok || gezien[t] || t == reflect.TypeFor[InhoudBSN]() || t == reflect.TypeFor[BSN]() {
			return
		}
		switch {
		case t == reflect.TypeFor[Adres](), t.Kind() == reflect.Interface, t == reflect.TypeFor[json.RawMessage]():
			uit = append(uit, pad)
		case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice, t.Kind() == reflect.Array, t.Kind() == reflect.Map:
			loop(t.Elem(), pad)
		case t.Kind() == reflect.Struct:
			gezien[t] = true
			defer delete(gezien, t)
			for i := range t.NumField() {
				f := t.Field(i)
				if f.Anonymous && f.Type.Kind() == reflect.Struct {
					loop(f.Type, pad)
					continue
				}
				if !f.IsExported() {
					continue
				}
				n := jsonNaam(f)
				if _, ok := Vorm(f.Type); !ok && f.Type.Kind() != reflect.Bool && f.Type != reflect.TypeFor[Geheim]() && VerraadtPlaats(n) {
					uit = append(uit, strings.TrimPrefix(pad+"."+n, "."))
					continue
				}
				loop(f.Type, strings.TrimPrefix(pad+"."+n, "."))
			}
		}
	}
	loop(t, "")
	return uit
}

// VerraadtPlaats tells that a member of this name tells where somebody may be
// found.
func VerraadtPlaats(naam string) bool {
	naam = strings.ToLower(naam)
	return slices.ContainsFunc(plaatsNamen, func(p string) bool { return strings.HasPrefix(naam, p) })
}
