package prov

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// TypeProvN is the media type of PROV-N.
const TypeProvN = `text/provenance-notation; charset="UTF-8"`

// ProvN writes the graph in PROV-N (W3C recommendation, 2013), for people: the
// same statements as ProvJSONLD. A name that PROV-N cannot write as such is
// percent-encoded; a control character in a text becomes U+FFFD, so that what
// is read on a terminal does nothing but be read. Equal graphs are equal bytes.
func (g Graph) ProvN() []byte {
	w := nSchrijver{prefix: map[string]string{NSProv: "prov", NSSoh: "soh", nsXSD: "xsd"}, bezet: map[string]bool{}, volgende: map[string]int{}}
	for _, woord := range strings.Fields("prov soh xsd document endDocument bundle endBundle prefix default entity activity agent used") {
		w.bezet[woord] = true // the last eight are words of the notation itself
	}
	var b strings.Builder
	for _, u := range g.uitspraken() {
		b.WriteString("  ")
		w.uitspraak(&b, u)
		b.WriteString("\n")
	}
	var kop strings.Builder
	kop.WriteString("document\n  prefix prov <" + NSProv + ">\n  prefix soh <" + NSSoh + ">\n  prefix xsd <" + nsXSD + ">\n")
	for _, ns := range w.ruimten {
		kop.WriteString("  prefix " + w.prefix[ns] + " <" + iri(ns) + ">\n")
	}
	return []byte(kop.String() + "\n" + b.String() + "endDocument\n")
}

type nSchrijver struct {
	prefix   map[string]string // namespace → prefix
	bezet    map[string]bool
	volgende map[string]int // word → the number that it gets next
	ruimten  []string       // namespaces beyond the fixed ones, in order of use
}

func (w *nSchrijver) uitspraak(b *strings.Builder, u uitspraak) {
	b.WriteString(u.provn + "(")
	switch {
	case u.vorm.van == "":
		b.WriteString(w.naam(u.id))
	case u.id != "" && !u.kaal:
		b.WriteString(w.naam(u.id) + "; " + w.naam(u.van))
	default:
		b.WriteString(w.naam(u.van))
	}
	if n := u.tot(); n > 0 {
		for i, l := range u.vorm.leden[:n] {
			b.WriteString(", ")
			switch {
			case u.leden[i] == "":
				b.WriteString("-")
			case l.tijd:
				b.WriteString(u.leden[i])
			default:
				b.WriteString(w.naam(u.leden[i]))
			}
		}
	}
	if !u.kaal {
		w.attributen(b, u)
	}
	b.WriteString(")")
}

// tot is how many members are written: PROV-N wants all optional ones or none,
// except that the object of some relations may stand alone.
func (u uitspraak) tot() int {
	n := len(u.leden)
	for n > 0 && u.leden[n-1] == "" {
		n--
	}
	if n == 0 {
		if verplichtObject[u.typ] {
			return 1
		}
		return 0
	}
	if n == 1 && verplichtObject[u.typ] {
		return 1
	}
	return len(u.leden)
}

// verplichtObject are the relations whose object PROV-N always wants.
var verplichtObject = map[string]bool{
	"Communication": true, "Derivation": true, "Attribution": true, "Delegation": true, "Influence": true,
	"Specialization": true, "Alternate": true, "Membership": true,
}

func (w *nSchrijver) attributen(b *strings.Builder, u uitspraak) {
	n := 0
	attribuut := func(naam, waarde string) {
		b.WriteString([]string{", [", ", "}[min(n, 1)] + naam + "=" + waarde)
		n++
	}
	for _, t := range u.types {
		attribuut("prov:type", "'"+w.naam(t)+"'")
	}
	for _, p := range u.props {
		naam := w.attribuut(p.Name)
		for _, v := range p.Values {
			attribuut(naam, w.waarde(v))
		}
	}
	if n > 0 {
		b.WriteString("]")
	}
}

// attribuut gives the name of an attribute; those of PROV-DM differ from their
// property in PROV-O.
func (w *nSchrijver) attribuut(naam string) string {
	switch naam {
	case "prov:atLocation":
		return "prov:location"
	case "prov:hadRole":
		return "prov:role"
	case nsRDFS + "label":
		return "prov:label"
	}
	return w.naam(naam)
}

func (w *nSchrijver) waarde(v Value) string {
	if v.Kind == Verwijzing {
		return "'" + w.naam(v.Ref) + "'"
	}
	lit, datatype := v.getypeerd()
	switch {
	case v.Kind == Getal && isGeheel(lit):
		return lit
	case datatype != "":
		return nTekst(lit) + " %% " + w.naam(datatype)
	case isTaal(v.Taal):
		return nTekst(lit) + "@" + v.Taal
	}
	return nTekst(lit)
}

func nTekst(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune("\t\b\n\r\f\"\\", r); {
		case i >= 0:
			b.WriteString(`\` + "tbnrf\"\\"[i:i+1])
		case r < ' ' || r >= 0x7f && r <= 0x9f:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// isTaal tells whether s is a language tag as PROV-N writes it.
func isTaal(s string) bool {
	for i, deel := range strings.Split(s, "-") {
		if deel == "" || strings.Trim(deel, letters+"0123456789"[:min(i, 1)*10]) != "" {
			return false
		}
	}
	return true
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// naam writes an id as a qualified name: a prefix, and what comes after the
// last separator of the IRI.
func (w *nSchrijver) naam(id string) string {
	switch {
	case strings.HasPrefix(id, "prov:"):
		return "prov:" + lokaal(id[5:])
	case strings.HasPrefix(id, "soh:"):
		return "soh:" + lokaal(id[4:])
	case isLeeg(id): // names of nodes without a name mean nothing outside the document
		id = "urn:soh:naamloos:" + id[2:]
	}
	i := strings.LastIndexAny(id, "/#")
	if i < 0 || i == len(id)-1 || strings.HasPrefix(id, "urn:") {
		i = strings.LastIndexByte(id, ':')
	}
	return w.prefixVan(id[:i+1]) + ":" + lokaal(id[i+1:])
}

// prefixVan gives the prefix of a namespace: the last word in it, or a number.
func (w *nSchrijver) prefixVan(ns string) string {
	if p, ok := w.prefix[ns]; ok {
		return p
	}
	woord := ""
	if strings.HasPrefix(ns, "urn:") {
		delen := strings.Split(strings.TrimSuffix(ns, ":"), ":")
		woord = delen[len(delen)-1]
	}
	if woord == "" || strings.Trim(woord, letters) != "" {
		woord = "n"
	}
	p := woord
	for i := max(2, w.volgende[woord]); w.bezet[p]; i++ {
		p, w.volgende[woord] = woord+strconv.Itoa(i), i+1
	}
	w.bezet[p], w.prefix[ns] = true, p
	w.ruimten = append(w.ruimten, ns)
	return p
}

// lokaal writes the local part of a qualified name (PN_LOCAL).
func lokaal(s string) string {
	var b strings.Builder
	for i, r := range s {
		eerste, laatste := i == 0, i+utf8.RuneLen(r) == len(s)
		switch {
		case r == '.' && !eerste && !laatste, r == '-' && !eerste, strings.ContainsRune("/@~&+*?#$!_", r):
			b.WriteRune(r)
		case strings.ContainsRune("='(),-:;[].", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '%' && isHex(s, i+1):
			b.WriteRune(r)
		case naamTeken(r), !eerste && (r == 0xb7 || r >= 0x300 && r <= 0x36f || r == 0x203f || r == 0x2040):
			b.WriteRune(r)
		default:
			procent(&b, r)
		}
	}
	return b.String()
}

func isHex(s string, i int) bool {
	return i+2 <= len(s) && strings.Trim(s[i:i+2], "0123456789abcdefABCDEF") == ""
}

// naamTeken tells whether r may stand in a name: a letter of PN_CHARS_BASE or a digit.
func naamTeken(r rune) bool {
	if r < 0x80 {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	for _, b := range [...][2]rune{
		{0xc0, 0xd6}, {0xd8, 0xf6}, {0xf8, 0x2ff}, {0x370, 0x37d}, {0x37f, 0x1fff}, {0x200c, 0x200d}, {0x2070, 0x218f},
		{0x2c00, 0x2fef}, {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
	} {
		if r >= b[0] && r <= b[1] {
			return true
		}
	}
	return false
}

func procent(b *strings.Builder, r rune) {
	const hex = "0123456789ABCDEF"
	var buf [utf8.UTFMax]byte
	for _, c := range buf[:utf8.EncodeRune(buf[:], r)] {
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
}

// iri writes a namespace as an IRI_REF: what may not stand there is
// percent-encoded.
func iri(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r <= ' ' || r == 0x7f || strings.ContainsRune("<>\"{}|^`\\", r) {
			procent(&b, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
