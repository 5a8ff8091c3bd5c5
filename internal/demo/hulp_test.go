package demo

import (
	"fmt"
	"slices"
	"testing"

	"github.com/handbereik/soh/internal/demo/bezoeker"
)

func fmtErr(f string, a ...any) error { return fmt.Errorf(f, a...) }

// binnen signs persoon in at the pages of a part.
func binnen(t *testing.T, d *Demo, kort, persoon string) *bezoeker.Bezoeker {
	t.Helper()
	b, err := bezoeker.Nieuw()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Inloggen(t.Context(), d.lid(kort).werkURL+"/aanmelden", persoon); err != nil {
		t.Fatal(err)
	}
	return b
}

// links gives the links starting with voor on a page, as persoon sees it.
func links(t *testing.T, d *Demo, kort, persoon, pad, voor string) []string {
	t.Helper()
	b := binnen(t, d, kort, persoon)
	if pad != "" {
		if err := b.Open(t.Context(), pad); err != nil {
			t.Fatal(err)
		}
	}
	return slices.DeleteFunc(b.Links(voor), func(l string) bool { return l == voor })
}

// postvakMet waits until the Postvak holds n Opdrachten, which still travel when
// the stories stand, and gives their links.
func postvakMet(t *testing.T, d *Demo, kort, persoon string, n int) []string {
	t.Helper()
	var uit []string
	err := totdat(t.Context(), func() error {
		if uit = links(t, d, kort, persoon, "/postvak", "/postvak/"); len(uit) != n {
			return fmtErr("the Postvak of %s has %d Opdrachten, want %d", kort, len(uit), n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return uit
}
