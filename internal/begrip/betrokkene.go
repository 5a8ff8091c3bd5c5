package begrip

import (
	"strings"
	"time"
)

// Betrokkene is a person the data is about, in the form of the published draft
// Melding (July 2026); members marked (soh) are ours. A missing BSN is allowed
// when name, birth date, postcode and house number are there (Jeugdwet 7.2.4,
// Wmo 5.2.9).
type Betrokkene struct {
	URL                 string          `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID                  string          `json:"id,omitempty" doc:"(soh) Naam van deze persoon in gebeurtenissen: urn:soh:betrokkene:…" readOnly:"true"`
	Burgerservicenummer InhoudBSN       `json:"burgerservicenummer,omitzero" required:"false" doc:"Verplicht, behalve als naam, geboortedatum, postcode en huisnummer bekend zijn"`
	Geslacht            string          `json:"geslacht" enum:"0,1,2,9" doc:"0 onbekend, 1 man, 2 vrouw, 9 niet gespecificeerd"`
	Naam                Naam            `json:"naam"`
	Adres               Verblijf[Adres] `json:"adres,omitzero" required:"false" doc:"Zonder waarde: niet bekend"`
	Geboortedatum       Geboortedatum   `json:"geboortedatum,omitempty" required:"false" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"(soh) jaar-maand-dag, met nullen voor wat niet bekend is: 2014-05-00, 2014-00-00, 0000-00-00. Van een ongeboren kind de dag waarop het verwacht wordt"`
	Ongeboren           bool            `json:"ongeboren,omitempty" required:"false" doc:"(soh) Dit kind is nog niet geboren"`
	AdresGeheim         Geheim          `json:"adresGeheim" required:"false" nullable:"true" doc:"(soh) Deze persoon woont verborgen: alleen de ontvanger van de melding leest het adres. null: nog niet bekend, en dus verborgen"`
	Rol                 string          `json:"rolInGezin,omitempty" enum:"kind,ouder,verzorger,anders" required:"false" doc:"(soh)"`
}

// Verborgen tells that this person lives in hiding, or that nobody can say it
// does not.
func (b Betrokkene) Verborgen() bool { return b.AdresGeheim.Verborgen() }

// Beschermt tells whether the address is secret.
func (b Betrokkene) Beschermt() Bescherming {
	if b.Verborgen() {
		return OmVerblijf
	}
	return 0
}

// Verwijs gives b for a record that is made from another: who lives in hiding
// without the address. That is read at its source, and no copy is made of it.
func (b Betrokkene) Verwijs() Betrokkene {
	if b.Verborgen() {
		b.Adres = Verblijf[Adres]{}
	}
	return b.ZonderBron()
}

// ZonderBron leaves out where the source of b serves it and its parts: that tells
// who the source is.
func (b Betrokkene) ZonderBron() Betrokkene {
	b.URL, b.Naam.URL = "", ""
	b.Adres.Bewerk(func(a *Adres) { a.URL = "" })
	return b
}

// Geboren gives the date of birth; zero when a part of it is unknown, or the child is not
// born yet: then nobody knows an age.
func (b Betrokkene) Geboren() time.Time {
	if t, ok := b.Geboortedatum.Volledig(); ok && !b.Ongeboren {
		return t
	}
	return time.Time{}
}

// draagtijd is how many days before its birth a child can be spoken of.
const draagtijd = 300

// Normaliseer brings what can be written in several ways into the one form that is
// stored, before Controleer. Who gave no address knows none; a child without a number
// that is born within 300 days is not born yet.
func (b *Betrokkene) Normaliseer(nu time.Time) {
	if g, err := ParseGeboortedatum(string(b.Geboortedatum)); err == nil {
		b.Geboortedatum = g
	}
	if t, ok := b.Geboortedatum.Volledig(); ok && string(b.Geboortedatum) > Dag(nu) && b.Burgerservicenummer.IsZero() && (b.Rol == "" || b.Rol == "kind") {
		b.Ongeboren = b.Ongeboren || t.Before(nu.AddDate(0, 0, draagtijd))
	}
	if b.Adres.Leeg() {
		b.Adres.Zet(Adres{Soort: AdresOnbekend})
	}
	b.Adres.Bewerk((*Adres).Normaliseer)
	for _, s := range []*string{&b.Naam.Voornamen, &b.Naam.Voorvoegsel, &b.Naam.Geslachtsnaam} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
}

// Naam is the name of a person, split as in the population register. Who has one name has
// it as the geslachtsnaam; of a child without a name yet, or a person nobody knows more of,
// one of the two is enough.
type Naam struct {
	URL           string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID            string `json:"id,omitempty" readOnly:"true"`
	Voornamen     string `json:"voornamen,omitempty" maxLength:"200" required:"false" doc:"Eén van voornamen en geslachtsnaam mag ontbreken"`
	Voorvoegsel   string `json:"voorvoegsel,omitempty" maxLength:"10" required:"false"`
	Geslachtsnaam string `json:"geslachtsnaam,omitempty" maxLength:"200" required:"false"`
}

// Voluit gives the name as people say it.
func (n Naam) Voluit() string {
	return strings.Join(strings.Fields(n.Voornamen+" "+n.Voorvoegsel+" "+n.Geslachtsnaam), " ")
}

// Controleer records every mistake at veld, a prefix such as heeftBetrekkingOp[0].
func (b *Betrokkene) Controleer(c *Controle, veld string, nu time.Time) {
	c.Eis(gevuld(b.Naam.Voornamen) || gevuld(b.Naam.Geslachtsnaam), veld+"naam.geslachtsnaam", "Vul de naam in. Heeft iemand maar één naam? Vul die hier in.")
	c.Eis(strings.Contains("0129", b.Geslacht) && len(b.Geslacht) == 1, veld+"geslacht", "Kies 0 (onbekend), 1 (man), 2 (vrouw) of 9 (niet gespecificeerd).")
	b.Adres.Bewerk(func(a *Adres) { a.controleer(c, veld+"adres.") })
	b.controleerGeboorte(c, veld, nu)
	c.Eis(!b.Burgerservicenummer.Ongeldig(), veld+"burgerservicenummer", "Dit is geen geldig burgerservicenummer. Kijk de negen cijfers na.")
	c.Eis(b.Burgerservicenummer.Ongeldig() || !b.Burgerservicenummer.IsZero() || b.Geboortedatum != "" || b.Ongeboren, veld+"burgerservicenummer", "Vul het burgerservicenummer in. Weet u dat niet? Vul dan de geboortedatum in.")
}

func (b *Betrokkene) controleerGeboorte(c *Controle, veld string, nu time.Time) {
	g := b.Geboortedatum
	switch {
	case b.Ongeboren:
		c.Eis(b.Burgerservicenummer.IsZero(), veld+"ongeboren", "Een kind met een burgerservicenummer is al geboren.")
		t, ok := g.Volledig()
		c.Eis(g == "" || g == GeboortedatumOnbekend || ok && t.Before(nu.AddDate(0, 0, draagtijd)), veld+"geboortedatum", "Vul in wanneer het kind verwacht wordt, of laat dit leeg.")
	case g != "" && !g.Geldig():
		c.Eis(false, veld+"geboortedatum", GeboortedatumBericht)
	default:
		c.Eis(g == "" || g.Vroegst() <= Dag(nu), veld+"geboortedatum", "De geboortedatum kan niet in de toekomst liggen. Is het kind nog niet geboren? Kies dat dan.")
	}
}

// BSNs gives the burgerservicenummer of each that has one.
func BSNs(bs []Betrokkene) []BSN {
	var uit []BSN
	for _, b := range bs {
		if !b.Burgerservicenummer.IsZero() {
			uit = append(uit, b.Burgerservicenummer.BSN)
		}
	}
	return uit
}

func gevuld(s string) bool { return strings.TrimSpace(s) != "" }
