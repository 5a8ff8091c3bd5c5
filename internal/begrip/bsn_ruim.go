package begrip

import "unicode/utf8"

// VindBSNRuim is VindBSN for text that somebody may have written so that it
// passes: with letters glued on, with a space, dot, dash or line between digits, in
// digits of full width. It calls f with the bounds of every run of exactly nine
// digits that passes the eleven-test. A UUID and an OIN are no such text: they are
// passed over whole. Its cost is linear in len(b).
func VindBSNRuim(b []byte, f func(van, tot int)) {
	for i := 0; i < len(b); {
		if n := nummerloos(b, i); n > 0 {
			i += n
			continue
		}
		if _, n := cijferOp(b, i); n == 0 {
			i++
			continue
		}
		i = reeks(b, i, f)
	}
}

// HeeftBSNRuim tells whether VindBSNRuim finds anything.
func HeeftBSNRuim(s string) (gevonden bool) {
	cijfers := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; cijfer(c) || c == 0xef { // 0xef begins a digit of full width
			cijfers++
		}
	}
	if cijfers >= 9 {
		VindBSNRuim([]byte(s), func(int, int) { gevonden = true })
	}
	return gevonden
}

// reeks reads the run of digits that begins at i and gives where it ends.
func reeks(b []byte, i int, f func(van, tot int)) int {
	var negen [9]byte
	van, tot, aantal := i, i, 0
	for i < len(b) {
		c, n := cijferOp(b, i)
		if n == 0 {
			break
		}
		if aantal < 9 {
			negen[aantal] = c
		}
		aantal++
		i += n
		tot = i
		if i < len(b) && scheidt(b[i]) {
			if _, n := cijferOp(b, i+1); n > 0 && nummerloos(b, i+1) == 0 {
				i++
			}
		} else if i+1 < len(b) && b[i] == 0xc2 && b[i+1] == 0xa0 { // a space that does not break
			if _, n := cijferOp(b, i+2); n > 0 {
				i += 2
			}
		}
	}
	if aantal == 9 && ElfProef(string(negen[:])) {
		f(van, tot)
	}
	return tot
}

func scheidt(c byte) bool {
	return c == ' ' || c == '.' || c == '-' || c == '_' || c == '/' || c == '\t'
}

// cijferOp gives the digit at i and its length in bytes; 0 for none.
func cijferOp(b []byte, i int) (c byte, n int) {
	switch {
	case i >= len(b):
		return 0, 0
	case cijfer(b[i]):
		return b[i], 1
	case b[i] == 0xef && i+2 < len(b):
		if r, n := utf8.DecodeRune(b[i:]); r >= '０' && r <= '９' {
			return byte(r-'０') + '0', n
		}
	}
	return 0, 0
}

// nummerloos gives the length of the UUID or OIN that begins at i; 0 for none.
func nummerloos(b []byte, i int) int {
	if i > 0 && hexCijfer(b[i-1]) {
		return 0
	}
	if len(b)-i >= 36 && IsUUID(b[i:i+36]) && (len(b)-i == 36 || !hexCijfer(b[i+36])) {
		return 36
	}
	if len(b)-i >= 20 && b[i] == '0' && oinVorm(string(b[i:i+20])) && (len(b)-i == 20 || !cijfer(b[i+20])) {
		return 20
	}
	return 0
}

// IsUUID tells whether b is a UUID in the one form RFC 9562 §4 writes: 36 characters,
// in lower or upper case.
func IsUUID(b []byte) bool {
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return false
	}
	for i, c := range b {
		if i != 8 && i != 13 && i != 18 && i != 23 && !hexCijfer(c) {
			return false
		}
	}
	return true
}

func hexCijfer(c byte) bool { return cijfer(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
