package begrip

import (
	"regexp"
	"strconv"
	"strings"
)

// Adres is where a person lives, or what is known of it. The four published members are
// for an address in the Netherlands with a street; members marked (soh) are ours, by the
// names of the registers of addresses and persons (BAG, BRP).
type Adres struct {
	URL        string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID         string `json:"id,omitempty" readOnly:"true"`
	Straatnaam string `json:"straatnaam,omitempty" required:"false" maxLength:"80" doc:"Zoals in de BAG, voluit"`
	Huisnummer int    `json:"huisnummer,omitempty" required:"false" minimum:"0" maximum:"99999"`
	Postcode   string `json:"postcode,omitempty" required:"false" maxLength:"12" doc:"Bijvoorbeeld 1234 AB; van een adres in het buitenland zoals het daar is"`
	Plaats     string `json:"plaats,omitempty" required:"false" maxLength:"80"`

	Soort               Adressoort `json:"soortAdres,omitempty" required:"false" enum:"woonadres,briefadres,locatie,buitenland,geen,onbekend" doc:"(soh) Zonder waarde een woonadres. locatie: een woonboot of woonwagen zonder straat; geen: deze persoon heeft geen vast adres"`
	Huisletter          string     `json:"huisletter,omitempty" required:"false" maxLength:"1" doc:"(soh)"`
	Toevoeging          string     `json:"huisnummertoevoeging,omitempty" required:"false" maxLength:"4" doc:"(soh)"`
	Locatiebeschrijving string     `json:"locatiebeschrijving,omitempty" required:"false" maxLength:"80" doc:"(soh) Waar het is, in woorden"`
	Land                string     `json:"land,omitempty" required:"false" maxLength:"80" doc:"(soh) Zonder waarde Nederland"`
}

// Adressoort is what kind of address it is, and whether it is known.
type Adressoort string

// The kinds. Woonadres may be empty. Geen is who has no fixed address, Onbekend is who may
// have one.
const (
	Woonadres       Adressoort = "woonadres"
	Briefadres      Adressoort = "briefadres"
	AdresLocatie    Adressoort = "locatie"
	AdresBuitenland Adressoort = "buitenland"
	AdresGeen       Adressoort = "geen"
	AdresOnbekend   Adressoort = "onbekend"
)

// Adressoorten are the kinds in the order of a form, with what they are called there.
var Adressoorten = []struct {
	Soort Adressoort
	Tekst string
}{
	{Woonadres, "Een adres met een straat"},
	{AdresLocatie, "Een woonboot, woonwagen of andere plek zonder straat"},
	{Briefadres, "Een briefadres: hier komt alleen de post"},
	{AdresBuitenland, "Een adres in het buitenland"},
	{AdresGeen, "Deze persoon heeft geen vast adres"},
	{AdresOnbekend, "Dat weten wij niet"},
}

var (
	postcodeVorm   = regexp.MustCompile(`^([1-9][0-9]{3})\s?([A-Za-z]{2})$`)
	huisletterVorm = regexp.MustCompile(`^[A-Za-z]$`)
	toevoegingVorm = regexp.MustCompile(`^[A-Za-z0-9]{1,4}$`)
	huisnummerVorm = regexp.MustCompile(`^(\d{1,5})(?:[ /-]*([A-Za-z]))?(?:(?:[ /-]+([A-Za-z0-9]{1,4})))?$`)
	metToevoeging  = regexp.MustCompile(`^(\d{1,5})(?:[ /-]*([A-Za-z][A-Za-z0-9]{1,3})|[ /-]+([0-9]{1,4}))$`)
)

// ParseHuisnummer takes a house number apart as people write it: 12, 12A, 12-2, 12A bis.
// ok is false when it cannot be one.
func ParseHuisnummer(s string) (nr int, letter, toevoeging string, ok bool) {
	s = strings.Join(strings.Fields(s), " ")
	if d := huisnummerVorm.FindStringSubmatch(s); d != nil {
		nr, _ = strconv.Atoi(d[1])
		return nr, d[2], d[3], nr > 0
	}
	if d := metToevoeging.FindStringSubmatch(s); d != nil { // 12bis is no 12b with is
		nr, _ = strconv.Atoi(d[1])
		return nr, "", d[2] + d[3], nr > 0
	}
	return 0, "", "", false
}

// Normaliseer brings the address into its one stored form.
func (a *Adres) Normaliseer() {
	for _, s := range []*string{&a.Straatnaam, &a.Postcode, &a.Plaats, &a.Huisletter, &a.Toevoeging, &a.Locatiebeschrijving, &a.Land} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	if strings.EqualFold(a.Land, "nederland") || strings.EqualFold(a.Land, "NL") {
		a.Land = ""
	}
	if a.Land != "" && a.Soort == "" {
		a.Soort = AdresBuitenland
	}
	if d := postcodeVorm.FindStringSubmatch(a.Postcode); d != nil && a.Soort != AdresBuitenland {
		a.Postcode = d[1] + " " + strings.ToUpper(d[2])
	}
}

// controleer records every mistake at veld, which ends in a dot.
func (a Adres) controleer(c *Controle, veld string) {
	c.Eis(a.Huisletter == "" || huisletterVorm.MatchString(a.Huisletter), veld+"huisletter", "Een huisletter is één letter.")
	c.Eis(a.Toevoeging == "" || toevoegingVorm.MatchString(a.Toevoeging), veld+"huisnummertoevoeging", "Een toevoeging heeft hoogstens vier letters en cijfers.")
	c.Eis(a.Huisnummer >= 0 && a.Huisnummer <= 99999, veld+"huisnummer", "Een huisnummer heeft hoogstens vijf cijfers.")
	c.Eis(a.Land == "" || a.Soort != Woonadres && a.Soort != "" && a.Soort != AdresLocatie, veld+"land", "Een adres met een land is een adres in het buitenland.")
	switch a.Soort {
	case "", Woonadres, Briefadres:
		c.Eis(gevuld(a.Straatnaam), veld+"straatnaam", "Vul de straat in.")
		c.Eis(a.Huisnummer > 0, veld+"huisnummer", "Vul het huisnummer in. Bijvoorbeeld 12 of 12A.")
		c.Eis(postcodeVorm.MatchString(a.Postcode), veld+"postcode", "Vul de postcode in. Bijvoorbeeld 1234 AB.")
		c.Eis(gevuld(a.Plaats), veld+"plaats", "Vul de plaats in.")
	case AdresLocatie:
		c.Eis(gevuld(a.Locatiebeschrijving), veld+"locatiebeschrijving", "Beschrijf waar deze plek is. Bijvoorbeeld: woonboot De Hoop, tegenover Kade 12.")
		c.Eis(a.Postcode == "" || postcodeVorm.MatchString(a.Postcode), veld+"postcode", "Vul de postcode in. Bijvoorbeeld 1234 AB.")
		c.Eis(gevuld(a.Plaats), veld+"plaats", "Vul de plaats in.")
	case AdresBuitenland:
		c.Eis(gevuld(a.Land), veld+"land", "Vul het land in.")
		c.Eis(gevuld(a.Plaats), veld+"plaats", "Vul de plaats in.")
	case AdresGeen, AdresOnbekend:
	default:
		c.Eis(false, veld+"soortAdres", "Kies wat voor adres het is.")
	}
}

// Alleen leaves out the parts that an address of this kind does not have: what a form
// still holds of another choice.
func (a Adres) Alleen() Adres {
	switch a.Soort {
	case Woonadres, Briefadres:
		a.Locatiebeschrijving, a.Land = "", ""
	case AdresLocatie:
		a.Straatnaam, a.Huisnummer, a.Huisletter, a.Toevoeging, a.Land = "", 0, "", "", ""
	case AdresBuitenland:
		a.Locatiebeschrijving = ""
	case AdresGeen:
		a = Adres{Soort: a.Soort, Postcode: a.Postcode, Plaats: a.Plaats}
	case AdresOnbekend:
		a = Adres{Soort: a.Soort}
	}
	return a
}

// Nummer gives the house number with its letter and addition, as on an envelope.
func (a Adres) Nummer() string {
	if a.Huisnummer == 0 {
		return ""
	}
	s := strconv.Itoa(a.Huisnummer) + a.Huisletter
	if a.Toevoeging != "" {
		s += "-" + a.Toevoeging
	}
	return s
}

// Regel gives the address on one line, as people read it.
func (a Adres) Regel() string {
	var delen []string
	voeg := func(s ...string) {
		if r := strings.Join(strings.Fields(strings.Join(s, " ")), " "); r != "" {
			delen = append(delen, r)
		}
	}
	switch a.Soort {
	case AdresGeen:
		voeg("Geen vast adres")
	case AdresOnbekend:
		voeg("Adres niet bekend")
	}
	voeg(a.Straatnaam, a.Nummer())
	voeg(a.Locatiebeschrijving)
	voeg(a.Postcode, a.Plaats)
	voeg(a.Land)
	if a.Soort == Briefadres {
		voeg("(briefadres)")
	}
	return strings.Join(delen, ", ")
}
