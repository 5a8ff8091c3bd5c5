package cloudevent

import (
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// NummerVan gives the organisation in a source of the one form that counts: the
// urn of its number, with or without :systeem:<naam> behind it. ok is false for
// every other text: another case, percent-encoding, a path, no urn. Whose number
// it is, the register says.
func NummerVan(source string) (nummer string, ok bool) {
	nummer, naam, systeem := strings.Cut(source, ":systeem:")
	if systeem && (!Identifier(naam) || len(naam) > 64 || strings.Trim(naam, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "") {
		return "", false
	}
	return nummer, NummerVorm(nummer)
}

// NummerVorm tells whether s names an organisation as a register writes it:
// urn:nld:oin:<20>, urn:nld:kvknr:<8>, or another urn in lower case.
func NummerVorm(s string) bool {
	rest, ok := strings.CutPrefix(s, "urn:")
	if !ok || len(s) > 120 {
		return false
	}
	if oin, is := strings.CutPrefix(rest, "nld:oin:"); is {
		o, err := begrip.ParseOIN(oin)
		return err == nil && string(o) == oin
	}
	if kvk, is := strings.CutPrefix(rest, "nld:kvknr:"); is {
		return len(kvk) == 8 && strings.Trim(kvk, "0123456789") == ""
	}
	if rest == "" || strings.HasPrefix(rest, "nld:") || strings.HasPrefix(rest, "soh:") || strings.HasPrefix(rest, "uuid:") {
		return false
	}
	for deel := range strings.SplitSeq(rest, ":") {
		if !deelGoed(deel) {
			return false
		}
	}
	return !strings.ContainsAny(rest, "0123456789") // what looks like a number of another is none
}

// maxNaam bounds what names something: an id, a subject, an @id.
const maxNaam = 512

// NaamVorm tells whether s can only be a name: a URI or a part of one, without a
// place where a sentence could stand. What is under urn:soh: and urn:nld: has one
// spelling, so that nobody's record looks like that of another: lower case, a UUID
// as RFC 9562 writes it.
func NaamVorm(s string) bool {
	if s == "" || len(s) > maxNaam {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c == ':', c == '-', c == '.', c == '_',
			c == '/', c == '#', c == '~', c == '@', c == '+', c == '=', c == '&', c == '?', c == ',', c == ';', c == '(', c == ')', c == '!', c == '*':
		default:
			return false
		}
	}
	return vast(s) && Identifier(s)
}

// vast tells whether a name that we give out ourselves has its one spelling.
func vast(s string) bool {
	if len(s) < 4 || s[0]|0x20 != 'u' || s[3] != ':' || !strings.EqualFold(s[:4], "urn:") {
		return true
	}
	rest := s[4:]
	if len(rest) < 4 || rest[3] != ':' || !strings.EqualFold(rest[:4], "soh:") && !strings.EqualFold(rest[:4], "nld:") {
		return true
	}
	if s[:4] != "urn:" || rest[:4] != "soh:" && rest[:4] != "nld:" {
		return false
	}
	soort, id, ok := strings.Cut(rest[4:], ":")
	if !ok || !deelGoed(soort) || id == "" {
		return false
	}
	if _, err := begrip.ParseOIN(strings.SplitN(id, ":", 2)[0]); err == nil {
		return id[0] != 'u' // ParseOIN takes a urn as well
	}
	if rest[:4] == "nld:" {
		return soort != "oin"
	}
	for i := 0; i < len(id); i++ {
		if c := id[i]; c >= 'A' && c <= 'Z' || c == '?' || c == '#' || c == '/' {
			return false
		}
	}
	return !(len(id) == 32 && strings.Trim(id, "0123456789abcdef") == "") // a UUID without its dashes
}

// TypeVormGoed tells whether a datacontenttype is a media type and no more: behind
// it only charset and profile.
func TypeVormGoed(s string) bool {
	if s == TypeLD || s == TypeJSON {
		return true
	}
	_, parameters, err := mime.ParseMediaType(s)
	for naam, waarde := range parameters {
		if naam != "charset" && naam != "profile" || !NaamVorm(waarde) {
			return false
		}
	}
	return err == nil && len(s) <= 256
}

// bekendExtra are extension attributes of CloudEvents and of the NL GOV profile
// that hold more than a code, each of a form of its own.
var bekendExtra = map[string]bool{"dataref": true, "sequence": true, "partitionkey": true}

// spoor tells whether s is a traceparent: version, trace, parent and flags (W3C Trace
// Context §3.2).
func spoor(s string) bool {
	return len(s) == 55 && s[2] == '-' && s[35] == '-' && s[52] == '-' && alleen(s[:2]+s[3:35]+s[36:52]+s[53:], isCijfer|isHex)
}

// ExtraVorm tells whether the value of an extension attribute is a number, true or
// false, a moment, a URI or a short code: no place for a sentence or a name.
func ExtraVorm(naam, waarde string) bool {
	if !Identifier(naam) {
		return false
	}
	if kaleWaarde(waarde) {
		return len(waarde) < 8
	}
	if naam == "traceparent" {
		return spoor(waarde)
	}
	if naam == "tracestate" {
		delen := strings.FieldsFunc(waarde, func(r rune) bool { return r == ',' || r == '=' })
		return len(waarde) <= maxNaam && !slices.ContainsFunc(delen, func(d string) bool { return !Identifier(d) })
	}
	if !NaamVorm(waarde) {
		return false
	}
	if bekendExtra[naam] || strings.HasPrefix(waarde, "urn:") || strings.HasPrefix(waarde, "https://") || begrip.IsUUID([]byte(waarde)) {
		return true
	}
	if _, err := time.Parse(time.RFC3339Nano, waarde); err == nil {
		return true
	}
	cijfers := 0
	for i := 0; i < len(waarde); i++ {
		switch c := waarde[i]; {
		case c >= '0' && c <= '9':
			cijfers++
		case c >= 'a' && c <= 'z', c == '-', c == '.', c == '_':
		default:
			return false
		}
	}
	return len(waarde) <= 32 && cijfers < 8
}
