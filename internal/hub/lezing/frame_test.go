package lezing_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// An entry of the log that is damaged, or of another version, is refused or
// read within its bounds; what is written comes back the same.
func FuzzFrame(f *testing.F) {
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false).Append(nil)
	vol := kern.Frame{OIN: hubtest.OrgPolitie.OIN, Ontvangen: time.UnixMicro(1).UTC(), ID: uuid.New(), Refs: [][16]byte{{1}, {2}}, Event: ev}
	vol.Kaart = append(bytes.Repeat([]byte{0}, 16), byte(graph.Type), 3, 4)
	vol.Kaart[0] = lezing.KaartVersie
	f.Add(vol.Bytes())
	f.Add(append([]byte{1}, bytes.Repeat([]byte{'0'}, 60)...))
	f.Add(vol.Bytes()[:1])
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := kern.LeesFrame(b)
		if err != nil {
			return
		}
		terug, err := kern.LeesFrame(g.Bytes())
		if err != nil || terug.OIN != g.OIN || !terug.Ontvangen.Equal(g.Ontvangen) || terug.ID != g.ID || !slices.Equal(terug.Refs, g.Refs) ||
			!bytes.Equal(terug.Kaart, g.Kaart) || !bytes.Equal(terug.Event, g.Event) {
			t.Fatalf("comes back different: %v\n%+v\n%+v", err, terug, g)
		}
		k, _ := lezing.LeesKaart(soorten.Begin(), g)
		for {
			_, waarde, ok := k.Term()
			if !ok {
				break
			}
			if !bytes.Contains(g.Event, waarde) {
				t.Fatalf("a term that is not in the event: %q", waarde)
			}
		}
	})
}

// An entry that is cut short, or of another version, is no frame.
func TestFrameIsHeelOfNiets(t *testing.T) {
	h, stop := hubtest.ProefHub(t, t.TempDir())
	defer stop()
	f := frameVan(t, h, hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	f.Ontvangen = time.Unix(1, 0).UTC()
	b := f.Bytes()
	g, err := kern.LeesFrame(b)
	if d := cmp.Diff(f, g); err != nil || d != "" {
		t.Fatal(err, d)
	}
	for n := range b[:len(b)-len(f.Event)] {
		if _, err := kern.LeesFrame(b[:n]); err == nil {
			t.Errorf("an entry of %d bytes is taken for a frame", n)
		}
	}
	b[0]++
	if _, err := kern.LeesFrame(b); err == nil || strings.Contains(string(b), hubtest.Sentinel) {
		t.Error("another version is read, or a BSN stands in the log")
	}
}
