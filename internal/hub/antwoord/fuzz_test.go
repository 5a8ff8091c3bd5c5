package antwoord_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// Whatever stands in the query of an answer: a moment that is taken is the one
// that the next page names, and no error tells a BSN.
func FuzzPlek(f *testing.F) {
	h := antwoord.Nieuw(&kern.Kern{Zegel: vraag.NieuwZegel([32]byte{1})}, nil, nil)
	v := vraag.Vraag{ID: uuid.New(), Gesteld: time.UnixMilli(0).UTC()}
	for _, s := range []string{"peildatum=2026-11-23T09:00:00.000001Z", "peildatum=9999-12-31T23:59:59.999999999%2B14:00", "peildatum=9999-12-31T23:59:59-14:00", "peildatum=0000-01-01T00:00:00Z",
		"cursor=" + h.Zegel.Cursor(&v, time.Time{}, 7), "cursor=&cursor=", "999990019=1&peildatum=999990019"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := antwoord.Bladzij{V: &v}
		if err := h.LeesPlek(s, &b); err != nil {
			begrip.VindBSN([]byte(begrip.FoutVan(err).Error()), func(int, int) { t.Fatalf("a BSN in the error: %v", err) })
			return
		}
		if b.Peildatum.IsZero() {
			return
		}
		volgende := url.Values{"peildatum": {b.Peildatum.Format(time.RFC3339Nano)}, "cursor": {h.Zegel.Cursor(&v, b.Peildatum, 9)}}
		c := antwoord.Bladzij{V: &v}
		if err := h.LeesPlek(volgende.Encode(), &c); err != nil || !c.Peildatum.Equal(b.Peildatum) || c.Na != 9 {
			t.Fatalf("the next page of %s: %v %s at %d", b.Peildatum, err, c.Peildatum, c.Na)
		}
	})
}
