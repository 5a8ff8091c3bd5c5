package cloudevent

import "github.com/handbereik/soh/internal/begrip"

// Identifier tells whether s is an identifier of a known form, in which nobody can read
// anything about a person: a urn, a URL or a part of one whose parts are a UUID, a hash, a
// ULID, an OIN, or a short code of a few words and fewer than eight digits. There is
// no place in it for a sentence, a telephone number, a postcode, an IBAN or an e-mail
// address, nor for a query or a user.
func Identifier[T string | []byte](s T) bool {
	if len(s) == 0 || len(s) > maxNaam {
		return false
	}
	woorden := 3
	if len(s) > 4 && s[3] == ':' && s[0]|0x20 == 'u' && s[1]|0x20 == 'r' && s[2]|0x20 == 'n' {
		woorden = 2
	}
	van, kvk, host := 0, false, false
	for i := 0; i <= len(s); i++ {
		if i < len(s) && klasse[s[i]] != deelt {
			continue
		}
		if deel := s[van:i]; !eenvoudig(deel) && !(kvk && len(deel) == 8 && alleen(deel, isCijfer)) && !stuk(deel, woorden, host) {
			return false
		}
		kvk = i-van == 5 && string(s[van:i]) == "kvknr"
		host = i >= 2 && i < len(s) && s[i] == '/' && s[i-1] == '/' && van > 1 && s[van-2] == ':'
		van = i + 1
	}
	return true
}

// klasse is what a character of an identifier is; the rest cannot stand in one.
var klasse = func() (k [256]byte) {
	for c := range k {
		switch c := byte(c); {
		case c >= '0' && c <= '9':
			k[c] = isCijfer
		case c >= 'a' && c <= 'z':
			k[c] = isKlein
		case c >= 'A' && c <= 'Z':
			k[c] = isGroot
		case c == '-' || c == '_' || c == '~' || c == '.':
			k[c] = scheidt
		case c == ':' || c == '/' || c == '#':
			k[c] = deelt
		}
		if c|0x20 >= 'a' && c|0x20 <= 'f' && c < 128 {
			k[c] |= isHex
		}
	}
	return k
}()

const (
	isCijfer = 1 << iota
	isKlein
	isGroot
	isHex
	scheidt  // words
	deelt    // parts
	isLetter = isKlein | isGroot
)

// eenvoudig is stuk for nearly every part there is: one word in lower case, or a UUID.
func eenvoudig[T string | []byte](s T) bool {
	if len(s) == 36 {
		for i := 0; i < 36; i++ {
			if i == 8 || i == 13 || i == 18 || i == 23 {
				if s[i] != '-' {
					return false
				}
			} else if klasse[s[i]]&(isCijfer|isHex) == 0 {
				return false
			}
		}
		return true
	}
	if len(s) > 24 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if klasse[s[i]]&isKlein == 0 {
			return false
		}
	}
	return true
}

// maxLetters is how many letters one part of an identifier has at most.
const maxLetters = 48

// stuk tells whether one part of an identifier tells nothing. A host may have any
// number of words, and be an address.
func stuk[T string | []byte](s T, woorden int, host bool) bool {
	if len(s) >= 36 {
		if begrip.IsUUID([]byte(s[:36])) {
			s = s[36:]
		} else if begrip.IsUUID([]byte(s[len(s)-36:])) {
			s = s[:len(s)-36]
		}
	}
	switch {
	case len(s) >= 20 && alleen(s[:20], isCijfer) && (len(s) == 20 || klasse[s[20]]&isCijfer == 0):
		s = s[20:]
	case len(s) >= 32 && alleen(s, isCijfer|isHex), len(s) == 26 && s[0] >= '0' && s[0] <= '7' && alleen(s, isCijfer|isGroot):
		return true
	case len(s) > 7 && s[0] == 'n' && s[2] == '.' && typeVorm(string(s)):
		return true
	case len(s) >= 6 && alleen(s[:4], isCijfer) && alleen(s[4:6], isLetter) && (len(s) == 6 || klasse[s[6]]&isLetter == 0):
		return false // a postcode
	}
	cijfers, letters, rij, n, punten := 0, 0, 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch k := klasse[s[i]]; {
		case k&isLetter != 0:
			if k&isGroot != 0 && i > 0 && klasse[s[i-1]]&isKlein != 0 { // JanSlaat is two words
				rij = 0
			}
			letters++
			if rij++; rij == 3 {
				n++
			}
			continue
		case k == isCijfer:
			cijfers++
		case k != scheidt:
			return false
		case s[i] == '.':
			punten++
		}
		rij = 0
	}
	adres := host && letters == 0 && punten == 3
	return (cijfers < 8 || adres) && letters <= maxLetters && (n <= woorden || host)
}

// Woord tells whether s can only be a word of a vocabulary: the name of a property or a
// type, with or without the prefix or the namespace in front of it.
func Woord[T string | []byte](s T) bool {
	van := 0
	for i := 0; i < len(s); i++ {
		if klasse[s[i]] == deelt {
			van = i + 1
		}
	}
	if van > 0 && !eenvoudig(s[:van-1]) && !Identifier(s[:van-1]) {
		return false
	}
	local, cijfers := s[van:], 0
	if van == 0 && len(s) > 1 && s[0] == '@' {
		local = s[1:]
	}
	for i := 0; i < len(local); i++ {
		switch c := local[i]; {
		case klasse[c] == isCijfer:
			cijfers++
		case klasse[c]&isLetter == 0 && (klasse[c] != scheidt || c == '~'):
			return false
		}
	}
	return len(local) > 0 && len(local) <= 64 && cijfers < 8
}

// alleen tells whether all of s is of these classes.
func alleen[T string | []byte](s T, k byte) bool {
	for i := 0; i < len(s); i++ {
		if klasse[s[i]]&k == 0 {
			return false
		}
	}
	return true
}
