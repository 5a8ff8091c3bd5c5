package cloudevent

import (
	"bytes"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/handbereik/soh/internal/begrip"
)

// maxFouten bounds the answer to a request that is wrong everywhere.
const maxFouten = 100

// maxAttribuut bounds a context attribute, in bytes.
const maxAttribuut = 2048

// fouten collects every mistake, in one event or in a batch.
type fouten struct {
	velden []begrip.Veldfout
	plek   string // JSON pointer of the event: "" or "/3"
	groot  bool   // an event exceeds MaxEvent
}

// meld records a mistake. The pointer never holds a value; a name in it is
// what the sender chose, so it is told only when it can be no text.
func (f *fouten) meld(naam, bericht string) {
	if f.vol() {
		return
	}
	if !Identifier(naam) {
		naam = "attribuut"
	}
	naam = strings.NewReplacer("~", "~0", "/", "~1").Replace(naam)
	f.velden = append(f.velden, begrip.Veldfout{Veld: f.plek + "/" + naam, Bericht: bericht})
}

// vol tells that no further mistake is kept.
func (f *fouten) vol() bool { return len(f.velden) == maxFouten }

func (f *fouten) fout() error {
	if len(f.velden) == 0 {
		return nil
	}
	c := begrip.Controle{Velden: f.velden}
	fout := begrip.FoutVan(c.Fout())
	if f.groot {
		fout.Code = begrip.TeGroot
	}
	return fout
}

// Validate checks the envelope against CloudEvents 1.0.2, the NL GOV profile
// and the field's contract, and gives all mistakes at once as a *begrip.Fout.
// What Parse, ParseBatch and FromRequest return has passed it already.
func (e Event) Validate() error {
	var f fouten
	e.controleer(&f)
	if len(e.Data) > 0 && !jsontext.Value(e.Data).IsValid() {
		f.meld("data", "dit is geen geldige JSON")
	}
	if len(e.Data) > MaxEvent {
		f.groot = true
		f.meld("data", fmt.Sprintf("een gebeurtenis mag ten hoogste %d KB groot zijn", MaxEvent>>10))
	}
	return f.fout()
}

func (e *Event) controleer(f *fouten) {
	attribuutGoed(f, "id", e.ID, true)
	if attribuutGoed(f, "source", e.Source, true) {
		controleerBron(f, e.Source)
	}
	if attribuutGoed(f, "type", e.Type, true) && !typeVorm(e.Type) && ouder[e.Type] == "" {
		f.meld("type", "het type heeft de vorm nl.jzv.<samenwerkfunctie>.<gebeurtenis>, in kleine letters")
	}
	if e.Time.IsZero() {
		f.meld("time", "het tijdstip van registratie ontbreekt")
	} else if j := e.Time.UTC().Year(); j < 1900 || j > 9999 {
		f.meld("time", "het jaar ligt buiten het bereik 1900 tot en met 9999")
	}
	attribuutGoed(f, "subject", e.Subject, false)
	if attribuutGoed(f, "datacontenttype", e.DataContentType, false) && !isJSON(e.DataContentType) {
		f.meld("datacontenttype", "de inhoud moet JSON zijn, zoals application/ld+json")
	}
	if attribuutGoed(f, "dataschema", e.DataSchema, false) {
		if u, err := url.Parse(e.DataSchema); err != nil || u.Scheme == "" {
			f.meld("dataschema", "dit is geen volledige URI")
		}
	}
	for naam, waarde := range e.Extensions {
		controleerNaam(f, naam)
		attribuutGoed(f, naam, waarde, false)
	}
	switch {
	case len(e.Data) == 0 || string(e.Data) == "null":
		f.meld("data", "de inhoud ontbreekt")
	case eerste(e.Data) != '{':
		f.meld("data", "de inhoud moet een JSON-object zijn")
	case heeftNUL(e.Data):
		f.meld("data", "in de inhoud staat een nulteken (\\u0000); dat kan niet worden bewaard")
	}
}

// attribuutGoed checks what holds for every context attribute; it tells
// whether there is a value worth a closer look.
func attribuutGoed(f *fouten, naam, waarde string, verplicht bool) bool {
	if waarde == "" {
		if verplicht {
			f.meld(naam, "dit attribuut ontbreekt of is leeg")
		}
		return false
	}
	if len(waarde) > maxAttribuut {
		f.meld(naam, fmt.Sprintf("dit attribuut is langer dan %d bytes", maxAttribuut))
		return false
	}
	if !tekensGoed(waarde) {
		f.meld(naam, "hierin staat een teken dat niet mag (stuurteken of geen UTF-8)")
		return false
	}
	if heeftBSN(waarde) {
		f.meld(naam, "hierin staat een burgerservicenummer; dat mag alleen in de inhoud (data)")
		return false
	}
	return true
}

// tekensGoed follows the String type of CloudEvents 1.0.2 §2.4: no control
// characters, no noncharacters, valid UTF-8.
func tekensGoed(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r < 0xa0 || r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe {
			return false
		}
		i += n
	}
	return true
}

// heeftNUL tells whether some text in valid JSON holds the character NUL, which
// many stores refuse or cut a text at.
func heeftNUL(b []byte) bool {
	for {
		i := bytes.Index(b, []byte(`\u0000`))
		if i < 0 {
			return false
		}
		strepen := 0
		for strepen < i && b[i-1-strepen] == '\\' {
			strepen++
		}
		if strepen%2 == 0 {
			return true
		}
		b = b[i+6:]
	}
}

func heeftBSN(s string) bool { return begrip.HeeftBSNRuim(s) }

// controleerBron accepts any URI reference; one that names an OIN or a
// KVK-number must name it rightly.
func controleerBron(f *fouten, bron string) {
	if rest, ok := strings.CutPrefix(bron, "urn:nld:"); ok && urnTekens(rest) {
		switch {
		case strings.HasPrefix(rest, "oin:"):
			if _, ok := begrip.OINVan(bron); !ok {
				f.meld("source", "na urn:nld:oin: hoort een geldig OIN van 20 tekens")
			}
		case strings.HasPrefix(rest, "kvknr:"):
			nummer, _, _ := strings.Cut(rest[len("kvknr:"):], ":")
			if len(nummer) != 8 || strings.Trim(nummer, "0123456789") != "" {
				f.meld("source", "na urn:nld:kvknr: hoort een KVK-nummer van 8 cijfers")
			}
		}
		return
	}
	if _, err := url.Parse(bron); err != nil || strings.ContainsAny(bron, " <>\"{}|\\^`") {
		f.meld("source", "dit is geen URI")
	}
}

// urnTekens tells that s needs no further URI check.
func urnTekens(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c == ':', c == '-', c == '.', c == '_':
		default:
			return false
		}
	}
	return true
}

// typeVorm checks nl.jzv.<samenwerkfunctie>.<gebeurtenis>.
func typeVorm(t string) bool {
	rest, ok := strings.CutPrefix(t, voorvoegsel)
	if !ok {
		return false
	}
	functie, gebeurtenis, ok := strings.Cut(rest, ".")
	return ok && deelGoed(functie) && deelGoed(gebeurtenis)
}

func deelGoed(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && s[0] != '-' && s[len(s)-1] != '-'
}

// controleerNaam checks the name of an extension attribute.
func controleerNaam(f *fouten, naam string) {
	switch naam {
	case "specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema", "data":
		f.meld(naam, "deze naam is van CloudEvents zelf en kan geen uitbreiding zijn")
		return
	}
	goed := naam != "" && len(naam) <= 64
	for i := 0; i < len(naam) && goed; i++ {
		goed = naam[i] >= 'a' && naam[i] <= 'z' || naam[i] >= '0' && naam[i] <= '9'
	}
	if !goed {
		f.meld(naam, "de naam van een attribuut bestaat uit kleine letters a tot en met z en cijfers")
	} else if heeftBSN(naam) {
		f.meld(naam, "een burgerservicenummer mag alleen in de inhoud (data) staan")
	}
}

// isJSON tells whether a media type is JSON, in UTF-8.
func isJSON(mediatype string) bool {
	if mediatype == TypeLD || mediatype == TypeJSON {
		return true
	}
	soort, parameters, err := mime.ParseMediaType(mediatype)
	if err != nil || !(soort == TypeJSON || strings.HasSuffix(soort, "+json")) {
		return false
	}
	charset := parameters["charset"]
	return charset == "" || strings.EqualFold(charset, "utf-8")
}

// eerste gives the first byte of a JSON value.
func eerste(b []byte) byte {
	for _, c := range b {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}
