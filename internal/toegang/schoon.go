package toegang

import (
	"errors"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// schoon gives err as text without a BSN: for causes that come from a library
// and may quote what another party sent.
func schoon(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(string(begrip.MaskeerBSN([]byte(err.Error()))))
}

// heeftBSN tells whether s holds what looks like a BSN.
func heeftBSN(s string) bool { return begrip.HeeftBSN(s) }

// leesbaar shortens s to what may stand on a page: no control characters, no
// BSN, at most maxTekst bytes.
func leesbaar(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > maxTekst {
		s = strings.ToValidUTF8(s[:maxTekst], "")
	}
	return string(begrip.MaskeerBSN([]byte(strings.TrimSpace(s))))
}
