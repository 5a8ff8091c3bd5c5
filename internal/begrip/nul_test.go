package begrip

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzNULInJSON: of any text, its JSON tells of a NUL exactly when it holds one.
func FuzzNULInJSON(f *testing.F) {
	for _, s := range []string{"", "a\x00b", `a\u0000b`, `\\u0000`, "\\\x00", `\u000`, "é\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := json.Marshal(s)
		if err != nil {
			return // no JSON: not what is tested
		}
		if HeeftNUL(b) != strings.Contains(s, "\x00") {
			t.Errorf("%q as %s", s, b)
		}
		if HeeftNUL([]byte("{\"a\":\"x\x00\"}")) != true {
			t.Error("a bare byte")
		}
	})
}

// TestBSNZoalsMensenHetSchrijven: in groups, with letters glued on, beside other
// numbers; a date, a telephone number and an identifier are none.
func TestBSNZoalsMensenHetSchrijven(t *testing.T) {
	for s, wil := range map[string]bool{
		"999990019": true, "bsn999990019": true, "999990019x": true, "zie 999 990 019.": true, "999.990.019": true, "9999-90-019": true, "99 99 90 01 9": true,
		"31 999990019": true, "999990019/2026": true, "999\u00a0990\u00a0019": true, "nr:999990019,": true,
		"999990018": false, "0612345678": false, "06 12 34 56 78": false, "1999990019": false, "9999900190": false, "30-11-2026": false, "999  990  019": false, "999, 990, 019": false,
		"urn:soh:melding:0199c0de-0001-7999-9900-19aaaaaaaaaa": false, "": false,
	} {
		if HeeftBSN(s) != wil {
			t.Errorf("%q: %v", s, !wil)
		}
	}
}

// FuzzBSNInTekst: wherever a number stands, however it is split, it is found, and
// what VindBSN finds HeeftBSN finds.
func FuzzBSNInTekst(f *testing.F) {
	f.Add("voor ", " na", uint8(3), uint8(6))
	f.Add("a", "b", uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, voor, na string, i, j uint8) {
		a, b := int(i%9), int(j%9)
		if a > b {
			a, b = b, a
		}
		nr := MustBSN("999990019").Leesbaar()
		gesplitst := nr
		if a > 0 && b > a {
			gesplitst = nr[:a] + " " + nr[a:b] + "." + nr[b:]
		}
		if s := voor + "x" + gesplitst + "x" + na; !uuidVorm.MatchString(s) && !HeeftBSN(s) {
			t.Errorf("%q", s)
		}
		if s := voor + " " + na; !uuidVorm.MatchString(s) {
			VindBSN([]byte(s), func(van, tot int) {
				if !HeeftBSN(s) {
					t.Errorf("found at %d in %q only by one", van, s)
				}
			})
		}
	})
}
