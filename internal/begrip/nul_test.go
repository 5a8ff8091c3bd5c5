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
			t.Skip()
		}
		if HeeftNUL(b) != strings.Contains(s, "\x00") {
			t.Errorf("%q as %s", s, b)
		}
		if HeeftNUL([]byte("{\"a\":\"x\x00\"}")) != true {
			t.Error("a bare byte")
		}
	})
}
