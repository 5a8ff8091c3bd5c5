// Package jsontape reads JSON into a tape: a flat list that tells of every value
// what it is and where it stands. Nothing is decoded or copied, so one reading of
// a text can serve whoever looks at it next: the envelope, the encryption, the
// graph.
//
// It promises that a text which Read takes is JSON (RFC 8259), apart from what
// DuplicateName and utf8.Valid tell, and that what it says of a place is so.
package jsontape

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is what a value is: its first byte, but for numbers and booleans.
type Kind byte

// The kinds of value.
const (
	Object  Kind = '{'
	Array   Kind = '['
	String  Kind = '"'
	Number  Kind = '0'
	Boolean Kind = 't'
	Null    Kind = 'n'
)

// Item is one value: where it stands, under which name, and which item comes
// behind it and all inside it.
type Item struct {
	Kind             Kind
	From, To         int32 // in Src; of a string with its quotes
	NameFrom, NameTo int32 // of the name, with its quotes; 0, 0 in an array and for the whole
	Next             int32
	Aux              int32 // free for who uses the tape
}

// Tape is a text that was read. Its zero value is ready for Read; a Tape that is
// read into again keeps its room.
type Tape struct {
	Src   []byte
	Items []Item // the first is the whole

	i int
}

// MaxDepth is how deep values may stand in each other, MaxItems how many there may
// be: a text of small values becomes a tape of many times its size.
const (
	MaxDepth = 512
	MaxItems = 1 << 20
)

// Read puts src on the tape; false when it is no JSON, or more than MaxDepth or
// MaxItems allows. It does not look whether src is UTF-8, nor whether a name stands
// in an object twice.
func (t *Tape) Read(src []byte) bool {
	t.Src, t.Items, t.i = src, t.Items[:0], 0
	if len(src) >= 1<<31-1 {
		return false
	}
	t.space()
	if !t.value(0, 0, 0) {
		return false
	}
	t.space()
	return t.i == len(src)
}

// Sub makes dst a tape of the value at k alone, in a text where it stands delta
// bytes further.
func (t *Tape) Sub(dst *Tape, k int32, src []byte, delta int32) {
	dst.Src = src
	dst.Items = append(dst.Items[:0], t.Items[k:t.Items[k].Next]...)
	for i := range dst.Items {
		it := &dst.Items[i]
		it.From, it.To, it.Next = it.From+delta, it.To+delta, it.Next-k
		if it.NameTo > 0 {
			it.NameFrom, it.NameTo = it.NameFrom+delta, it.NameTo+delta
		}
	}
	dst.Items[0].NameFrom, dst.Items[0].NameTo = 0, 0
}

func (t *Tape) space() {
	for t.i < len(t.Src) {
		switch t.Src[t.i] {
		case ' ', '\t', '\n', '\r':
			t.i++
		default:
			return
		}
	}
}

func (t *Tape) value(nameFrom, nameTo int32, depth int) bool {
	k := len(t.Items)
	if t.i >= len(t.Src) || depth > MaxDepth || k >= MaxItems {
		return false
	}
	t.Items = append(t.Items, Item{From: int32(t.i), NameFrom: nameFrom, NameTo: nameTo})
	kind, ok := Kind(t.Src[t.i]), true
	switch c := t.Src[t.i]; {
	case c == '"':
		ok = t.string()
	case c == '{' || c == '[':
		ok = t.container(c, depth)
	case c == 't':
		ok = t.word("true")
	case c == 'f':
		kind, ok = Boolean, t.word("false")
	case c == 'n':
		ok = t.word("null")
	case c == '-' || c >= '0' && c <= '9':
		kind, ok = Number, t.number()
	default:
		return false
	}
	it := &t.Items[k]
	it.Kind, it.To, it.Next = kind, int32(t.i), int32(len(t.Items))
	return ok
}

func (t *Tape) word(w string) bool {
	ok := len(t.Src)-t.i >= len(w) && string(t.Src[t.i:t.i+len(w)]) == w
	t.i += len(w)
	return ok
}

// number passes a number, RFC 8259 §6.
func (t *Tape) number() bool {
	if t.Src[t.i] == '-' {
		t.i++
	}
	if t.i < len(t.Src) && t.Src[t.i] == '0' {
		t.i++
	} else if !t.digits() {
		return false
	}
	if t.i < len(t.Src) && t.Src[t.i] == '.' {
		t.i++
		if !t.digits() {
			return false
		}
	}
	if t.i < len(t.Src) && t.Src[t.i]|0x20 == 'e' {
		t.i++
		if t.i < len(t.Src) && (t.Src[t.i] == '+' || t.Src[t.i] == '-') {
			t.i++
		}
		return t.digits()
	}
	return true
}

func (t *Tape) digits() bool {
	from := t.i
	for t.i < len(t.Src) && t.Src[t.i] >= '0' && t.Src[t.i] <= '9' {
		t.i++
	}
	return t.i > from
}

// string passes one string; t.i stands on the opening quote.
func (t *Tape) string() bool {
	src, i := t.Src, t.i+1
	for {
		// Eight at a time, while there is nothing among them to look at.
		for i+8 <= len(src) && plain(binary.LittleEndian.Uint64(src[i:])) {
			i += 8
		}
		if i >= len(src) {
			return false
		}
		switch c := src[i]; {
		case c == '"':
			t.i = i + 1
			return true
		case c == '\\':
			n := escape(src[i:])
			if n == 0 {
				return false
			}
			i += n
		case c < 0x20:
			return false
		default:
			i++
		}
	}
}

// plain tells that none of eight bytes is a quote, a backslash or a control
// character. It may say no without reason.
func plain(w uint64) bool {
	const one, high = 0x0101010101010101, 0x8080808080808080
	zero := func(x uint64) uint64 { return (x - one) &^ x & high }
	return zero(w^'"'*one)|zero(w^'\\'*one)|(w-0x20*one)&^w&high == 0
}

// escape gives the length of the escape at the start of b; 0 when it is none. Of
// surrogates both halves must be there.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] != 'u' {
		if bytes.IndexByte([]byte(`"\/bfnrt`), b[1]) < 0 {
			return 0
		}
		return 2
	}
	r, ok := hex4(b[2:])
	if !ok {
		return 0
	}
	if !utf16.IsSurrogate(r) {
		return 6
	}
	if len(b) < 12 || b[6] != '\\' || b[7] != 'u' {
		return 0
	}
	r2, ok := hex4(b[8:])
	if !ok || utf16.DecodeRune(r, r2) == utf8.RuneError {
		return 0
	}
	return 12
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[:4]), 16, 32)
	return rune(v), err == nil
}

// container passes an object or array; t.i stands on the bracket.
func (t *Tape) container(open byte, depth int) bool {
	end := open + 2 // '{'+2 = '}', '['+2 = ']'
	t.i++
	if t.space(); t.i < len(t.Src) && t.Src[t.i] == end {
		t.i++
		return true
	}
	for {
		var from, to int32
		t.space()
		if open == '{' {
			from = int32(t.i)
			if t.i >= len(t.Src) || t.Src[t.i] != '"' || !t.string() {
				return false
			}
			to = int32(t.i)
			if t.space(); t.i >= len(t.Src) || t.Src[t.i] != ':' {
				return false
			}
			t.i++
			t.space()
		}
		if !t.value(from, to, depth+1) {
			return false
		}
		t.space()
		if t.i >= len(t.Src) {
			return false
		}
		c := t.Src[t.i]
		t.i++
		if c == end {
			return true
		}
		if c != ',' {
			return false
		}
	}
}

// Raw gives a value as it stands.
func (t *Tape) Raw(it *Item) []byte { return t.Src[it.From:it.To:it.To] }

// Name gives the decoded name of a member; nil when it has none.
func (t *Tape) Name(it *Item) []byte {
	if it.NameTo == 0 {
		return nil
	}
	return Unquote(t.Src[it.NameFrom+1 : it.NameTo-1])
}

// Text gives the decoded text of a string; nil for another value.
func (t *Tape) Text(it *Item) []byte {
	if it.Kind != String {
		return nil
	}
	return Unquote(t.Src[it.From+1 : it.To-1])
}

// Member finds the value under name in the object at k; 0 when it is not there.
func (t *Tape) Member(k int32, name string) int32 {
	for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
		if string(t.Name(&t.Items[m])) == name {
			return m
		}
	}
	return 0
}

// Len counts what stands in the object or array at k.
func (t *Tape) Len(k int32) (n int) {
	for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
		n++
	}
	return n
}

// manyMembers is above how many members of one object a table of them is made.
const manyMembers = 24

// DuplicateName tells whether some object holds a name twice.
func (t *Tape) DuplicateName() bool {
	for k := range t.Items {
		if t.Items[k].Kind == Object && t.duplicateIn(int32(k)) {
			return true
		}
	}
	return false
}

func (t *Tape) duplicateIn(k int32) bool {
	var room [manyMembers][]byte
	names, many := room[:0], map[string]bool(nil)
	for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
		name := t.Name(&t.Items[m])
		if many == nil {
			for _, n := range names {
				if len(n) == len(name) && string(n) == string(name) {
					return true
				}
			}
			if len(names) < manyMembers {
				names = append(names, name)
				continue
			}
			many = map[string]bool{}
			for _, n := range names {
				many[string(n)] = true
			}
		}
		if many[string(name)] {
			return true
		}
		many[string(name)] = true
	}
	return false
}

// Unquote decodes what stands between quotes; raw itself when there is nothing to
// decode.
func Unquote(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	t, _ := UnquotePlaces(raw)
	return t
}

// UnquotePlaces decodes what stands between quotes; place[i] is where decoded byte
// i stands in raw, and place[len] is the end.
func UnquotePlaces(raw []byte) (text []byte, place []int) {
	text = make([]byte, 0, len(raw))
	place = make([]int, 0, len(raw)+1)
	for i := 0; i < len(raw); {
		from := i
		if raw[i] != '\\' || i+1 >= len(raw) {
			text, place = append(text, raw[i]), append(place, i)
			i++
			continue
		}
		c := raw[i+1]
		i += 2
		if c == 'u' {
			r, ok := hex4(raw[i:])
			if !ok {
				r = utf8.RuneError
			}
			i = min(i+4, len(raw))
			if utf16.IsSurrogate(r) && i+1 < len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
				r2, _ := hex4(raw[i+2:])
				if d := utf16.DecodeRune(r, r2); d != utf8.RuneError {
					r, i = d, min(i+6, len(raw))
				}
			}
			text = utf8.AppendRune(text, r)
		} else if k := bytes.IndexByte([]byte("bfnrt"), c); k >= 0 {
			text = append(text, "\b\f\n\r\t"[k])
		} else {
			text = append(text, c)
		}
		for len(place) < len(text) {
			place = append(place, from)
		}
	}
	return text, append(place, len(raw))
}

// Grow makes room for about n items.
func (t *Tape) Grow(n int) { t.Items = slices.Grow(t.Items[:0], n) }
