package inzage

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// Which list a bladwijzer belongs to.
const (
	bladInkijken = "inkijken"
	bladBezoeken = "bezoeken"
)

// bladwijzer seals the log number where a page of a list ended: the numbers tell
// how much happens at this source and what lies between two looks that are shown.
// It holds for one reader, one list and one run of the program.
type bladwijzer struct{ cipher.AEAD }

func nieuweBladwijzer() bladwijzer {
	var sleutel [32]byte
	_, _ = rand.Read(sleutel[:]) // never fails
	b, _ := aes.NewCipher(sleutel[:])
	a, _ := cipher.NewGCMWithRandomNonce(b) // both never fail on a key of this length
	return bladwijzer{a}
}

func (w bladwijzer) voor(lijst string, l toegang.Lezer) []byte {
	return []byte(lijst + "|" + l.Burger.Leesbaar() + "|" + l.Namens.Leesbaar())
}

// zet gives the text for number nr; empty for 0, the end of the list.
func (w bladwijzer) zet(lijst string, l toegang.Lezer, nr int64) string {
	if nr == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(w.Seal(nil, nil, binary.BigEndian.AppendUint64(nil, uint64(nr)), w.voor(lijst, l)))
}

// lees gives the number in a text of zet; empty is 0, the beginning. Error:
// Ongeldig.
func (w bladwijzer) lees(lijst string, l toegang.Lezer, tekst string) (int64, error) {
	if tekst == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(tekst)
	if err == nil {
		b, err = w.Open(nil, nil, b, w.voor(lijst, l))
	}
	if err != nil || len(b) != 8 {
		return 0, begrip.NieuweFout(begrip.Ongeldig, "Deze bladwijzer geldt niet meer. Begin weer bij het begin van de lijst.")
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}
