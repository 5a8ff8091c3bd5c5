package begrip

import (
	"regexp"
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
	Adres               Verblijf[Adres] `json:"adres,omitzero" required:"true"`
	Geboortedatum       string          `json:"geboortedatum,omitempty" format:"date" required:"false" doc:"(soh)"`
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

// Geboren gives the date of birth; zero when it is unknown.
func (b Betrokkene) Geboren() time.Time {
	t, _ := time.Parse(time.DateOnly, b.Geboortedatum)
	return t
}

// Naam is the name of a person, split as in the population register.
type Naam struct {
	URL           string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID            string `json:"id,omitempty" readOnly:"true"`
	Voornamen     string `json:"voornamen" maxLength:"200"`
	Voorvoegsel   string `json:"voorvoegsel,omitempty" maxLength:"10" required:"false"`
	Geslachtsnaam string `json:"geslachtsnaam" maxLength:"200"`
}

// Voluit gives the name as people say it.
func (n Naam) Voluit() string {
	return strings.Join(strings.Fields(n.Voornamen+" "+n.Voorvoegsel+" "+n.Geslachtsnaam), " ")
}

// Adres is a Dutch address.
type Adres struct {
	URL        string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID         string `json:"id,omitempty" readOnly:"true"`
	Straatnaam string `json:"straatnaam" maxLength:"24" doc:"Zo nodig afgekort volgens NEN 5825"`
	Huisnummer int    `json:"huisnummer" minimum:"1" maximum:"99999"`
	Postcode   string `json:"postcode" doc:"Bijvoorbeeld 1234 AB"`
	Plaats     string `json:"plaats" maxLength:"80"`
}

var postcodeVorm = regexp.MustCompile(`^([1-9][0-9]{3})\s?([A-Za-z]{2})$`)

// Normaliseer gives the postcode its one stored form, 1234 AB.
func (a *Adres) Normaliseer() {
	if d := postcodeVorm.FindStringSubmatch(strings.TrimSpace(a.Postcode)); d != nil {
		a.Postcode = d[1] + " " + strings.ToUpper(d[2])
	}
}

// Controleer records every mistake at veld, a prefix such as heeftBetrekkingOp[0].
func (b *Betrokkene) Controleer(c *Controle, veld string, nu time.Time) {
	c.Eis(gevuld(b.Naam.Voornamen), veld+"naam.voornamen", "Vul de voornamen in.")
	c.Eis(gevuld(b.Naam.Geslachtsnaam), veld+"naam.geslachtsnaam", "Vul de achternaam in.")
	c.Eis(strings.Contains("0129", b.Geslacht) && len(b.Geslacht) == 1, veld+"geslacht", "Kies 0 (onbekend), 1 (man), 2 (vrouw) of 9 (niet gespecificeerd).")
	var a Adres
	b.Adres.Bewerk(func(x *Adres) { a = *x })
	c.Eis(gevuld(a.Straatnaam), veld+"adres.straatnaam", "Vul de straat in.")
	c.Eis(a.Huisnummer > 0, veld+"adres.huisnummer", "Vul het huisnummer in.")
	c.Eis(postcodeVorm.MatchString(a.Postcode), veld+"adres.postcode", "Vul de postcode in. Bijvoorbeeld 1234 AB.")
	c.Eis(gevuld(a.Plaats), veld+"adres.plaats", "Vul de plaats in.")
	_, err := time.Parse(time.DateOnly, b.Geboortedatum)
	c.Eis(b.Geboortedatum == "" || err == nil && b.Geboortedatum <= Dag(nu), veld+"geboortedatum", "Vul de geboortedatum in. Bijvoorbeeld 2014-05-31.")
	c.Eis(!b.Burgerservicenummer.Ongeldig(), veld+"burgerservicenummer", "Dit is geen geldig burgerservicenummer. Kijk de negen cijfers na.")
	c.Eis(b.Burgerservicenummer.Ongeldig() || !b.Burgerservicenummer.IsZero() || b.Geboortedatum != "", veld+"burgerservicenummer", "Vul het burgerservicenummer in. Weet u dat niet? Vul dan de geboortedatum in.")
}

func gevuld(s string) bool { return strings.TrimSpace(s) != "" }
