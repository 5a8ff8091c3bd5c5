package hub

import (
	"bytes"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// An entry of the log that is damaged, or of another version, is refused or
// read within its bounds; what is written comes back the same.
func FuzzFrame(f *testing.F) {
	ev := melding(orgPolitie, sentinel, false).Append(nil)
	vol := frame{OIN: orgPolitie.OIN, Ontvangen: time.UnixMicro(1).UTC(), ID: uuid.New(), Refs: [][16]byte{{1}, {2}}, Event: ev}
	vol.Kaart = append(bytes.Repeat([]byte{0}, 16), byte(graph.Type), 3, 4)
	vol.Kaart[0] = kaartVersie
	f.Add(vol.bytes())
	f.Add(append([]byte{1}, bytes.Repeat([]byte{'0'}, 60)...))
	f.Add([]byte{frameVersie})
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := leesFrame(b)
		if err != nil {
			return
		}
		terug, err := leesFrame(g.bytes())
		if err != nil || terug.OIN != g.OIN || !terug.Ontvangen.Equal(g.Ontvangen) || terug.ID != g.ID || !slices.Equal(terug.Refs, g.Refs) ||
			!bytes.Equal(terug.Kaart, g.Kaart) || !bytes.Equal(terug.Event, g.Event) {
			t.Fatalf("comes back different: %v\n%+v\n%+v", err, terug, g)
		}
		k, _ := leesKaart(soorten.Begin(), g)
		for {
			_, waarde, ok := k.term()
			if !ok {
				break
			}
			if !bytes.Contains(g.Event, waarde) {
				t.Fatalf("a term that is not in the event: %q", waarde)
			}
		}
	})
}

// Whatever stands in the query of an answer: a moment that is taken is the one
// that the next page names, and no error tells a BSN.
func FuzzPlek(f *testing.F) {
	h := &Hub{zegel: vraag.NieuwZegel([32]byte{1})}
	v := vraag.Vraag{ID: uuid.New(), Gesteld: time.UnixMilli(0).UTC()}
	for _, s := range []string{"peildatum=2026-11-23T09:00:00.000001Z", "peildatum=9999-12-31T23:59:59.999999999%2B14:00", "peildatum=9999-12-31T23:59:59-14:00", "peildatum=0000-01-01T00:00:00Z",
		"cursor=" + h.zegel.Cursor(&v, time.Time{}, 7), "cursor=&cursor=", "999990019=1&peildatum=999990019"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := bladzij{v: &v}
		if err := h.leesPlek(s, &b); err != nil {
			begrip.VindBSN([]byte(begrip.FoutVan(err).Error()), func(int, int) { t.Fatalf("a BSN in the error: %v", err) })
			return
		}
		if b.peildatum.IsZero() {
			return
		}
		volgende := url.Values{"peildatum": {b.peildatum.Format(time.RFC3339Nano)}, "cursor": {h.zegel.Cursor(&v, b.peildatum, 9)}}
		c := bladzij{v: &v}
		if err := h.leesPlek(volgende.Encode(), &c); err != nil || !c.peildatum.Equal(b.peildatum) || c.na != 9 {
			t.Fatalf("the next page of %s: %v %s at %d", b.peildatum, err, c.peildatum, c.na)
		}
	})
}
