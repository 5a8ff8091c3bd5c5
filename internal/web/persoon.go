package web

import (
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// PersoonVelden are the fields of one person on a form, the same on every form: the part
// "persoon" shows them, Persoon reads them. Each bears the JSON path of what it fills.
type PersoonVelden struct {
	F *Formulier
	V string // prefix, as in heeftBetrekkingOp[0].
}

// NieuwePersoon makes the fields of the person at prefix v.
func NieuwePersoon(f *Formulier, v string) PersoonVelden { return PersoonVelden{f, v} }

// Geslachten, Rollen, Adressoorten, Geheim and Ongeboren are what can be chosen.
func (PersoonVelden) Geslachten() []Optie {
	return []Optie{{Waarde: "0", Tekst: "Onbekend"}, {Waarde: "1", Tekst: "Man"}, {Waarde: "2", Tekst: "Vrouw"}, {Waarde: "9", Tekst: "Niet gespecificeerd"}}
}

// Rollen are the places of a person in a family.
func (PersoonVelden) Rollen() []Optie {
	return []Optie{{Waarde: "kind", Tekst: "Kind"}, {Waarde: "ouder", Tekst: "Ouder"}, {Waarde: "verzorger", Tekst: "Verzorger"}, {Waarde: "anders", Tekst: "Anders"}}
}

// Adressoorten are the kinds of address.
func (PersoonVelden) Adressoorten() (uit []Optie) {
	for _, a := range begrip.Adressoorten {
		uit = append(uit, Optie{Waarde: string(a.Soort), Tekst: a.Tekst})
	}
	return uit
}

// Geheim is the choice that an address is hidden.
func (PersoonVelden) Geheim() []Optie {
	return []Optie{{Waarde: "ja", Tekst: "Nee, deze persoon woont op een geheim adres", Uitleg: "Het adres staat dan nergens, behalve in een melding: daar leest alleen de ontvanger het."}}
}

// Ongeboren is the choice that a child is not born yet.
func (PersoonVelden) Ongeboren() []Optie {
	return []Optie{{Waarde: "ja", Tekst: "Dit kind is nog niet geboren", Uitleg: "Vul bij de geboortedatum in wanneer het verwacht wordt."}}
}

// Persoon reads the fields. What cannot be a value at all is recorded in the form;
// Betrokkene.Controleer finds the rest.
func (p PersoonVelden) Persoon() begrip.Betrokkene {
	w := func(veld string) string { return p.F.Waarde(p.V + veld) }
	b := begrip.Betrokkene{
		ID: w("id"), Geslacht: w("geslacht"), Rol: w("rolInGezin"), Ongeboren: p.F.Heeft(p.V+"ongeboren", "ja"),
		Naam:                begrip.Naam{Voornamen: w("naam.voornamen"), Voorvoegsel: w("naam.voorvoegsel"), Geslachtsnaam: w("naam.geslachtsnaam")},
		Burgerservicenummer: begrip.InhoudBSN{BSN: p.F.BSN(p.V + "burgerservicenummer")},
	}
	if p.F.Heeft(p.V+"adresGeheim", "ja") { // else it is not known: the register is asked
		b.AdresGeheim = begrip.GeheimJa
	}
	var err error
	b.Geboortedatum, err = begrip.ParseGeboortedatum(w("geboortedatum"))
	p.F.Eis(err == nil, p.V+"geboortedatum", "%s", begrip.GeboortedatumBericht)
	a := begrip.Adres{
		Soort: begrip.Adressoort(w("adres.soortAdres")), Straatnaam: w("adres.straatnaam"), Postcode: w("adres.postcode"), Plaats: w("adres.plaats"),
		Locatiebeschrijving: w("adres.locatiebeschrijving"), Land: w("adres.land"),
	}
	if nr := w("adres.huisnummer"); nr != "" {
		var ok bool
		a.Huisnummer, a.Huisletter, a.Toevoeging, ok = begrip.ParseHuisnummer(nr)
		p.F.Eis(ok, p.V+"adres.huisnummer", "Vul het huisnummer in. Bijvoorbeeld 12 of 12A.")
	}
	b.Adres.Zet(a.Alleen())
	return b
}

// Vul puts b on the form.
func (p PersoonVelden) Vul(b begrip.Betrokkene) {
	z := func(veld, waarde string) {
		if waarde != "" {
			p.F.Zet(p.V+veld, waarde)
		}
	}
	z("id", b.ID)
	z("geslacht", b.Geslacht)
	z("rolInGezin", b.Rol)
	z("naam.voornamen", b.Naam.Voornamen)
	z("naam.voorvoegsel", b.Naam.Voorvoegsel)
	z("naam.geslachtsnaam", b.Naam.Geslachtsnaam)
	z("burgerservicenummer", b.Burgerservicenummer.Leesbaar())
	z("geboortedatum", b.Geboortedatum.Invoer())
	if b.Ongeboren {
		z("ongeboren", "ja")
	}
	if b.AdresGeheim == begrip.GeheimJa {
		z("adresGeheim", "ja")
	}
	a := b.Adres.Toon()
	z("adres.soortAdres", string(a.Soort))
	z("adres.straatnaam", a.Straatnaam)
	z("adres.huisnummer", a.Nummer())
	z("adres.locatiebeschrijving", a.Locatiebeschrijving)
	z("adres.postcode", a.Postcode)
	z("adres.plaats", a.Plaats)
	z("adres.land", a.Land)
}

// BSN reads a burgerservicenummer as people write it, with spaces, dots or dashes; one
// that cannot be is recorded at its field and never repeated.
func (f *Formulier) BSN(veld string) begrip.BSN {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, f.Waarde(veld))
	if s == "" {
		return begrip.BSN{}
	}
	b, err := begrip.ParseBSN(s)
	f.Eis(err == nil, veld, "Dit is geen geldig burgerservicenummer. Kijk de negen cijfers na.")
	return b
}
