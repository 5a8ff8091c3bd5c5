package begrip

import "bytes"

// NULBericht is what a caller reads who sent the character NUL (U+0000).
// PostgreSQL and many a case system cannot keep it, so nothing here takes it.
const NULBericht = "Hierin staat een teken dat niet kan (NUL, U+0000). Haal het weg en probeer het opnieuw."

// HeeftNUL tells that b, JSON or plain text, holds the character NUL: as a byte,
// or as the escape \u0000.
func HeeftNUL(b []byte) bool {
	if bytes.IndexByte(b, 0) >= 0 {
		return true
	}
	for van := 0; ; {
		i := bytes.Index(b[van:], []byte(`\u0000`))
		if i < 0 {
			return false
		}
		i += van
		streep := 0 // before it: an even number means that this one begins the escape
		for streep < i && b[i-1-streep] == '\\' {
			streep++
		}
		if streep%2 == 0 {
			return true
		}
		van = i + 1
	}
}
