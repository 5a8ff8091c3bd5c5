package begrip

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Zoekvraag is by what a professional looks for a person: a number, or words of a name
// with what is known of the date of birth.
type Zoekvraag struct {
	Burgerservicenummer InhoudBSN     `json:"burgerservicenummer,omitzero" required:"false"`
	Naam                string        `json:"naam,omitempty" required:"false" maxLength:"200"`
	Geboortedatum       Geboortedatum `json:"geboortedatum,omitempty" required:"false" maxLength:"10"`
}

// Controleer wants a number or a name: a date of birth alone finds strangers.
func (z Zoekvraag) Controleer() error {
	var c Controle
	c.Eis(!z.Burgerservicenummer.Ongeldig(), "burgerservicenummer", "Dit is geen geldig burgerservicenummer. Kijk de negen cijfers na.")
	c.Eis(!z.Burgerservicenummer.IsZero() || z.Burgerservicenummer.Ongeldig() || len(Zoeksleutel(z.Naam)) >= 2, "naam", "Vul een burgerservicenummer in, of minstens twee letters van de naam.")
	c.Eis(z.Geboortedatum == "" || z.Geboortedatum.Geldig(), "geboortedatum", GeboortedatumBericht)
	return c.Fout()
}

// Past tells whether b can be who is looked for. By number: that number. Else each word
// is the beginning of a word of the name, whatever accents either has, and the dates of
// birth do not contradict each other.
func (z Zoekvraag) Past(b Betrokkene) bool {
	if !z.Burgerservicenummer.IsZero() {
		return z.Burgerservicenummer.BSN == b.Burgerservicenummer.BSN
	}
	naam := " " + Zoeksleutel(b.Naam.Voluit())
	for w := range strings.FieldsSeq(Zoeksleutel(z.Naam)) {
		if !strings.Contains(naam, " "+w) {
			return false
		}
	}
	return len(naam) > 1 && z.Geboortedatum.Kan(b.Geboortedatum)
}

// vouw are letters that stay what they are when their marks are taken off.
var vouw = strings.NewReplacer("ı", "i", "ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ij", "ij", "-", " ", "'", "", "’", "")

// Zoeksleutel gives s as names are compared: lower case, without accents, apostrophes
// and hyphens, one space between words.
func Zoeksleutel(s string) string {
	s = vouw.Replace(strings.ToLower(norm.NFKD.String(s)))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
