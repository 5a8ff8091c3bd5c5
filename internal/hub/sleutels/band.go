package sleutels

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
)

// item is one JSON value on the tape: where it stands, under which key, and
// where the next value behind it (and all inside it) stands on the tape.
type item struct {
	soort             byte // { [ " 0 (number) t (true, false) n (null)
	van, tot          int32
	sleutelVan, slTot int32 // of the property name, quotes included; 0,0 when none
	volgend           int32
	knoop             int32 // of an object inside data: what it says about itself, in versleutelaar.knopen
}

const maxDiepte = 512

// band is the tape of a JSON text: a flat parse without decoding.
type band struct {
	src   []byte
	items []item
	i     int
}

func foutJSON() error {
	return begrip.NieuweFout(begrip.Ongeldig, "De gebeurtenis is geen geldige JSON.")
}

// lees puts the whole text on the tape.
func (b *band) lees(src []byte) error {
	b.src, b.items, b.i = src, b.items[:0], 0
	b.wit()
	if !b.waarde(0, 0, 0) {
		return foutJSON()
	}
	if b.wit(); b.i != len(src) {
		return foutJSON()
	}
	return nil
}

func (b *band) wit() {
	for b.i < len(b.src) {
		switch b.src[b.i] {
		case ' ', '\t', '\n', '\r':
			b.i++
		default:
			return
		}
	}
}

func (b *band) waarde(sv, st int32, diepte int) bool {
	if b.i >= len(b.src) || diepte > maxDiepte {
		return false
	}
	ik := len(b.items)
	b.items = append(b.items, item{van: int32(b.i), sleutelVan: sv, slTot: st})
	soort, ok := b.src[b.i], true
	switch c := soort; {
	case c == '{' || c == '[':
		ok = b.reeks(c, diepte)
	case c == '"':
		ok = b.tekst()
	case c == 't':
		ok = b.woord("true")
	case c == 'f':
		soort, ok = 't', b.woord("false")
	case c == 'n':
		ok = b.woord("null")
	case c == '-' || c >= '0' && c <= '9':
		soort = '0'
		for b.i < len(b.src) && bytes.IndexByte([]byte("+-.eE0123456789"), b.src[b.i]) >= 0 {
			b.i++
		}
	default:
		return false
	}
	it := &b.items[ik]
	it.soort, it.tot, it.volgend = soort, int32(b.i), int32(len(b.items))
	return ok
}

func (b *band) woord(w string) bool {
	ok := len(b.src)-b.i >= len(w) && string(b.src[b.i:b.i+len(w)]) == w
	b.i += len(w)
	return ok
}

// tekst passes one string; b.i stands on the opening quote.
func (b *band) tekst() bool {
	for b.i++; ; b.i++ {
		// Eight at a time, while there is nothing among them to look at.
		for b.i+8 <= len(b.src) && gewoon(binary.LittleEndian.Uint64(b.src[b.i:])) {
			b.i += 8
		}
		if b.i >= len(b.src) {
			return false
		}
		switch c := b.src[b.i]; {
		case c == '"':
			b.i++
			return true
		case c == '\\':
			b.i++
		case c < 0x20:
			return false
		}
	}
}

// gewoon tells that none of eight bytes is a quote, a backslash or a control
// character. It may say no without reason.
func gewoon(w uint64) bool {
	const een, hoog = 0x0101010101010101, 0x8080808080808080
	nul := func(x uint64) uint64 { return (x - een) &^ x & hoog }
	return nul(w^'"'*een)|nul(w^'\\'*een)|(w-0x20*een)&^w&hoog == 0
}

// reeks passes an object or array; b.i stands on the bracket.
func (b *band) reeks(open byte, diepte int) bool {
	dicht := open + 2 // '{'+2 = '}', '['+2 = ']'
	b.i++
	if b.wit(); b.i < len(b.src) && b.src[b.i] == dicht {
		b.i++
		return true
	}
	for {
		var sv, st int32
		b.wit()
		if open == '{' {
			sv = int32(b.i)
			if b.i >= len(b.src) || b.src[b.i] != '"' || !b.tekst() {
				return false
			}
			st = int32(b.i)
			if b.wit(); b.i >= len(b.src) || b.src[b.i] != ':' {
				return false
			}
			b.i++
			b.wit()
		}
		if !b.waarde(sv, st, diepte+1) {
			return false
		}
		b.wit()
		if b.i >= len(b.src) {
			return false
		}
		c := b.src[b.i]
		b.i++
		if c == dicht {
			return true
		}
		if c != ',' {
			return false
		}
	}
}

// naam gives the decoded property name of an item.
func (b *band) naam(it item) []byte {
	if it.slTot == 0 {
		return nil
	}
	return tekst(b.src[it.sleutelVan+1 : it.slTot-1])
}

// tekstVan gives the decoded text of a string item, else nil.
func (b *band) tekstVan(it item) []byte {
	if it.soort != '"' {
		return nil
	}
	return tekst(b.src[it.van+1 : it.tot-1])
}

// tekst decodes what stands between the quotes; raw itself without escapes.
func tekst(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	t, _ := decodeer(raw)
	return t
}

// decodeer resolves the escapes of raw; plek[i] is where decoded byte i stands
// in raw, and plek[len] is the end.
func decodeer(raw []byte) (t []byte, plek []int) {
	t = make([]byte, 0, len(raw))
	plek = make([]int, 0, len(raw)+1)
	for i := 0; i < len(raw); {
		van := i
		if raw[i] != '\\' || i+1 >= len(raw) {
			t, plek = append(t, raw[i]), append(plek, i)
			i++
			continue
		}
		c := raw[i+1]
		i += 2
		if c == 'u' {
			r, n := hex4(raw[i:])
			i += n
			if utf16.IsSurrogate(r) && i+1 < len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
				r2, n2 := hex4(raw[i+2:])
				if d := utf16.DecodeRune(r, r2); d != utf8.RuneError {
					r, i = d, i+2+n2
				}
			}
			t = utf8.AppendRune(t, r)
		} else if k := bytes.IndexByte([]byte("bfnrt"), c); k >= 0 {
			t = append(t, "\b\f\n\r\t"[k])
		} else {
			t = append(t, c)
		}
		for len(plek) < len(t) {
			plek = append(plek, van)
		}
	}
	return t, append(plek, len(raw))
}

func hex4(b []byte) (rune, int) {
	if len(b) < 4 {
		return utf8.RuneError, len(b)
	}
	v, err := strconv.ParseUint(string(b[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError, 4
	}
	return rune(v), 4
}
