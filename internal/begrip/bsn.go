package begrip

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// masker is what a BSN looks like everywhere but in the content of a record.
const masker = "*********"

// BSN is a burgerservicenummer: nine digits that pass the eleven-test (Wabb
// art. 1; Besluit BSN art. 1). It prints masked with every fmt verb, in JSON
// and as text, so that it cannot reach a log, URL or error by accident.
// Use Leesbaar where the number itself is meant.
type BSN struct{ cijfers string }

// ErrBSN is all an error about a BSN may say: never the number itself.
var ErrBSN = errors.New("dit is geen geldig burgerservicenummer")

// ParseBSN reads eight or nine digits; eight are padded with a zero in front.
func ParseBSN(s string) (BSN, error) {
	s = strings.TrimSpace(s)
	if len(s) == 8 {
		s = "0" + s
	}
	if !ElfProef(s) {
		return BSN{}, ErrBSN
	}
	return BSN{s}, nil
}

// MustBSN is ParseBSN for constants in tests and demo data.
func MustBSN(s string) BSN {
	b, err := ParseBSN(s)
	if err != nil {
		panic(err)
	}
	return b
}

// ElfProef tells whether s is nine digits, not all zero, whose sum weighted
// 9,8,7,6,5,4,3,2,−1 is divisible by eleven.
func ElfProef(s string) bool {
	if len(s) != 9 || s == "000000000" {
		return false
	}
	som := 0
	for i := range 9 {
		c := s[i]
		if c < '0' || c > '9' {
			return false
		}
		gewicht := 9 - i
		if i == 8 {
			gewicht = -1
		}
		som += gewicht * int(c-'0')
	}
	return som%11 == 0
}

// Leesbaar gives the nine digits. Only for storage, matching and content that
// a decision allows; never for a log, a URL or an error.
func (b BSN) Leesbaar() string { return b.cijfers }

// IsZero reports that there is no BSN.
func (b BSN) IsZero() bool { return b.cijfers == "" }

func (b BSN) String() string {
	if b.IsZero() {
		return ""
	}
	return masker
}

// Format masks the number for every verb, %v of an enclosing struct included.
func (b BSN) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(b.String())) }

// MarshalText masks; see InhoudBSN for content.
func (b BSN) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads a BSN; the empty text is no BSN.
func (b *BSN) UnmarshalText(t []byte) error {
	if len(t) == 0 {
		*b = BSN{}
		return nil
	}
	n, err := ParseBSN(string(t))
	if err == nil {
		*b = n
	}
	return err
}

// InhoudBSN is a BSN inside the content of a record: it prints masked as well,
// but its JSON is the number. A type that holds one is content, to be given
// only under a decision.
type InhoudBSN struct {
	BSN
	ongeldig bool
}

// Ongeldig tells that something was given that is no BSN. What it was is not
// kept: whoever validates says so at the right field, with all other mistakes.
func (b InhoudBSN) Ongeldig() bool { return b.ongeldig }

// MarshalJSON writes the readable number: content, on purpose.
func (b InhoudBSN) MarshalJSON() ([]byte, error) { return json.Marshal(b.cijfers) }

// UnmarshalJSON reads a string of digits. An invalid one is no error here, so
// that the rest of the message is read as well; see Ongeldig.
func (b *InhoudBSN) UnmarshalJSON(t []byte) error {
	var s string
	if json.Unmarshal(t, &s) != nil {
		s = "?"
	}
	b.ongeldig = b.UnmarshalText([]byte(s)) != nil
	return nil
}

// MaskeerBSN replaces every free-standing run of nine digits in b that passes
// the eleven-test. It keeps the length and changes b in place.
func MaskeerBSN(b []byte) []byte {
	VindBSN(b, func(van, tot int) { copy(b[van:tot], masker) })
	return b
}

// VindBSN calls f with the bounds of every free-standing run of nine digits in
// b that passes the eleven-test. Free-standing: no letter or digit beside it.
func VindBSN(b []byte, f func(van, tot int)) {
	// Of nine bytes the last is looked at first: when it is no digit, none of the
	// nine begins a run that counts. No digit that belongs to a run stands before i.
	for i := 0; i+9 <= len(b); {
		if !cijfer(b[i+8]) {
			i += 9
			continue
		}
		van, tot := i+8, i+9
		for van > i && cijfer(b[van-1]) {
			van--
		}
		for tot < len(b) && cijfer(b[tot]) {
			tot++
		}
		if tot-van == 9 && !(van > 0 && letter(b[van-1])) && !(tot < len(b) && letter(b[tot])) && ElfProef(string(b[van:tot])) {
			f(van, tot)
		}
		i = tot
	}
}

// uuidVorm is an identifier in which nine digits mean nothing.
var uuidVorm = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// HeeftBSN tells that text holds a burgerservicenummer, as people write it: nine
// digits that pass the eleven-test, with letters glued on, or in groups with a
// space, dot, dash or slash between them. It is for what people write; what names
// a thing goes by VindBSN, which asks that the number stands free.
func HeeftBSN(tekst string) bool {
	var groepen []string // digits that follow each other with one separator between
	sluit := func() bool {
		for i := range groepen {
			samen := ""
			for _, g := range groepen[i:] {
				if samen += g; len(samen) >= 9 {
					break
				}
			}
			if ElfProef(samen) {
				return true
			}
		}
		groepen = groepen[:0]
		return false
	}
	tussen := 2 // separators since the last digit; two end a number
	for _, c := range uuidVorm.ReplaceAllString(tekst, "|") {
		switch {
		case c >= '0' && c <= '9':
			if tussen > 0 {
				groepen = append(groepen, "")
			}
			groepen[len(groepen)-1] += string(c)
			tussen = 0
		case tussen == 0 && strings.ContainsRune(" .-/\u00a0\u202f", c):
			tussen = 1
		default:
			if sluit() {
				return true
			}
			tussen = 2
		}
	}
	return sluit()
}

func cijfer(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
