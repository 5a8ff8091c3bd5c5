package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// MaxFormulier is the largest form body a page reads, in bytes.
const MaxFormulier = 1 << 20

// Formulier is a form as a person filled it in, with what is wrong with it.
// The zero value is an empty form.
type Formulier struct {
	Waarden url.Values
	Fouten  []begrip.Veldfout
}

// LeesFormulier reads the posted form; a body that is too large or broken is a
// *begrip.Fout.
func LeesFormulier(w http.ResponseWriter, r *http.Request) (*Formulier, error) {
	r.Body = http.MaxBytesReader(w, r.Body, MaxFormulier)
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, begrip.NieuweFout(begrip.TeGroot, "Het formulier is te groot.").Door(err)
		}
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Wij kunnen het formulier niet lezen.").Door(err)
	}
	for naam, waarden := range r.PostForm {
		if begrip.HeeftNUL([]byte(naam)) || slices.ContainsFunc(waarden, func(s string) bool { return strings.ContainsRune(s, 0) }) {
			return nil, begrip.NieuweFout(begrip.Ongeldig, begrip.NULBericht)
		}
	}
	return &Formulier{Waarden: r.PostForm}, nil
}

// Waarde gives what was filled in at veld, without the spaces around it.
func (f *Formulier) Waarde(veld string) string {
	if f == nil {
		return ""
	}
	return strings.TrimSpace(f.Waarden.Get(veld))
}

// Heeft tells whether waarde was chosen at veld.
func (f *Formulier) Heeft(veld, waarde string) bool {
	return f != nil && slices.Contains(f.Waarden[veld], waarde)
}

// Zet fills in veld, for the first time a form is shown.
func (f *Formulier) Zet(veld string, waarden ...string) *Formulier {
	if f.Waarden == nil {
		f.Waarden = url.Values{}
	}
	f.Waarden[veld] = waarden
	return f
}

// Eis records a mistake at veld unless goed.
func (f *Formulier) Eis(goed bool, veld, bericht string, args ...any) {
	if !goed {
		f.Fouten = append(f.Fouten, begrip.Veldfout{Veld: veld, Bericht: fmt.Sprintf(bericht, args...)})
	}
}

// Goed tells that nothing is wrong.
func (f *Formulier) Goed() bool { return f == nil || len(f.Fouten) == 0 }

// Neem takes over the mistakes of an Ongeldig error and tells whether it was
// one; any other error is for the caller to return. velden maps a JSON pointer
// to the name of the form field it came from and may be nil.
func (f *Formulier) Neem(err error, velden map[string]string) bool {
	if !begrip.Is(err, begrip.Ongeldig) {
		return false
	}
	fout := begrip.FoutVan(err)
	for _, v := range fout.Velden {
		if naam, ok := velden[v.Veld]; ok {
			v.Veld = naam
		}
		f.Fouten = append(f.Fouten, v)
	}
	if len(fout.Velden) == 0 {
		f.Fouten = append(f.Fouten, begrip.Veldfout{Bericht: fout.Bericht})
	}
	return true
}

// Fout gives the first message at veld, or nothing.
func (f *Formulier) Fout(veld string) string {
	if f != nil {
		for _, v := range f.Fouten {
			if v.Veld == veld {
				return v.Bericht
			}
		}
	}
	return ""
}

// Optie is a choice of a select, radio or checkbox field.
type Optie struct {
	Waarde, Tekst, Uitleg string
	Gekozen               bool
}

// Veld is one field of a form, for the template "veld". Make it with the
// template function veld or NieuwVeld.
type Veld struct {
	Naam, Label, Hint, Soort, Waarde, Fout, Aanvullen string
	Verplicht                                         bool
	Optioneel                                         bool
	Rijen                                             int
	Lang                                              int // maxlength, 0 = none
	Opties                                            []Optie
	Kort                                              bool
	Modus                                             string // inputmode
}

// ID is the id of the input, the target of a link in the error summary.
func (v Veld) ID() string { return VeldID(v.Naam) }

// BeschrevenDoor is the value of aria-describedby.
func (v Veld) BeschrevenDoor() string {
	var ids []string
	if v.Hint != "" {
		ids = append(ids, v.ID()+"-hint")
	}
	if v.Fout != "" {
		ids = append(ids, v.ID()+"-fout")
	}
	return strings.Join(ids, " ")
}

// VeldID makes the id that belongs to the field name.
func VeldID(naam string) string {
	return "v-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, naam)
}

// NieuwVeld makes a field of f with pairs of option and value: "soort" (text,
// tel, email, number, date, datetime-local, time, search, textarea, select, radio,
// checkbox), "hint", "verplicht", "optioneel", "rijen", "lang", "opties",
// "kort", "aanvullen" (autocomplete), "modus" (inputmode).
func NieuwVeld(f *Formulier, naam, label string, paren ...any) (Veld, error) {
	v := Veld{Naam: naam, Label: label, Soort: "text", Rijen: 4, Waarde: f.Waarde(naam), Fout: f.Fout(naam)}
	if len(paren)%2 != 0 {
		return v, fmt.Errorf("veld %s: een optie mist een waarde", naam)
	}
	for i := 0; i < len(paren); i += 2 {
		optie, _ := paren[i].(string)
		if err := v.zet(optie, paren[i+1]); err != nil {
			return v, err
		}
	}
	v.Opties = slices.Clone(v.Opties)
	for i, o := range v.Opties {
		v.Opties[i].Gekozen = o.Gekozen || f.Heeft(naam, o.Waarde)
	}
	return v, nil
}

func (v *Veld) zet(optie string, waarde any) error {
	ok := true
	switch optie {
	case "soort":
		v.Soort, ok = waarde.(string)
	case "hint":
		v.Hint, ok = waarde.(string)
	case "aanvullen":
		v.Aanvullen, ok = waarde.(string)
	case "modus":
		v.Modus, ok = waarde.(string)
	case "verplicht":
		v.Verplicht, ok = waarde.(bool)
	case "optioneel":
		v.Optioneel, ok = waarde.(bool)
	case "kort":
		v.Kort, ok = waarde.(bool)
	case "rijen":
		v.Rijen, ok = waarde.(int)
	case "lang":
		v.Lang, ok = waarde.(int)
	case "opties":
		v.Opties, ok = waarde.([]Optie)
	default:
		return fmt.Errorf("veld %s: onbekende optie %q", v.Naam, optie)
	}
	if !ok {
		return fmt.Errorf("veld %s: verkeerde waarde voor %q", v.Naam, optie)
	}
	return nil
}
