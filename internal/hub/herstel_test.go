package hub

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// A hub that was put back from a copy takes nothing, signs nothing and answers
// nothing, until a person accepts what is lost; then it goes on under a new key, with
// that in its log, and takes again what senders offer again.
func TestTeruggezetteHubIsDichtTotIemandHeeftHersteld(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	b := p.als(orgPolitie)
	meld := func() []byte {
		t.Helper()
		ev := melding(orgPolitie, sentinel, false)
		lijf := ev.Append(nil)
		id, ok := b.probeer(lijf)
		if !ok || b.klaar(id).Status != statusOK {
			t.Fatal("not taken")
		}
		return lijf
	}
	meld()
	rond(t, "it is signed", func() bool { _, c := p.ledger.Checkpoint(); n, _ := p.ledger.Bladen(); return c.Grootte == n })
	p.stop()
	kopie := filepath.Join(basis, "kopie")
	if err := os.CopyFS(kopie, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	p = startIn(t, basis, 0)
	b = p.als(orgPolitie)
	verloren := meld()
	sleutel := p.Sleutel()
	rond(t, "it is signed", func() bool { _, c := p.ledger.Checkpoint(); n, _ := p.ledger.Bladen(); return c.Grootte == n })
	p.stop()
	if err := os.RemoveAll(p.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(kopie, p.dir); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"ledger.sleutel", "meester.sleutel", "index.sleutel"} {
		if err := os.Chmod(filepath.Join(p.dir, f), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	p = startIn(t, basis, 0)
	b = p.als(orgPolitie)
	voor, _ := p.ledger.Checkpoint()
	for _, v := range [][2]string{{"POST", "/v1/events"}, {"GET", "/v1/deelnemers"}, {"POST", "/v1/gebeurtenissen/query"}, {"POST", "/v1/vergelijkingen"}, {"GET", "/ready"}} {
		if a := b.doe(v[0], v[1], cloudevent.TypeEvent, verloren, ""); a.status != http.StatusServiceUnavailable {
			t.Errorf("%s %s: %d %s", v[0], v[1], a.status, a.body)
		}
	}
	if a := b.doe("GET", "/tlog/checkpoint", "", nil, ""); a.status != http.StatusOK {
		t.Errorf("what was signed is not to be seen: %d", a.status)
	}
	time.Sleep(2 * tekenTijd)
	if na, _ := p.ledger.Checkpoint(); !bytes.Equal(voor, na) {
		t.Error("it signed something")
	}
	p.stop()

	cfg := p.cfg
	h, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	bs, dicht, err := h.Herstel(t.Context())
	if err != nil || dicht == "" || len(bs) != 1 || bs[0].Past {
		t.Errorf("%+v %q %v", bs, dicht, err)
	}
	for _, g := range [][2]string{{"", "Kopie van gisteren teruggezet."}, {"M. de Boer", "kort"}} {
		if err := h.Bevestig(t.Context(), g[0], g[1]); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%q: %v", g, err)
		}
	}
	if err := h.Bevestig(t.Context(), "M. de Boer", "Kopie van gisteren teruggezet."); err != nil {
		t.Fatal(err)
	}
	laatste := h.log.Laatste()
	blok, err := h.log.Blok(t.Context(), laatste)
	if err != nil || !bytes.Contains(blok.Entries[0], []byte("M. de Boer")) {
		t.Errorf("who accepted it is not in the log: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}

	p = startIn(t, basis, 0)
	b = p.als(orgPolitie)
	if p.Sleutel() == sleutel {
		t.Error("it goes on under the key that signed what is lost")
	}
	id, ok := b.probeer(verloren)
	if !ok || b.klaar(id).Status != statusOK {
		t.Error("what was lost is not taken again")
	}
	rond(t, "it signs again", func() bool { _, c := p.ledger.Checkpoint(); n, _ := p.ledger.Bladen(); return c.Grootte == n })
	if a := b.doe("GET", "/ready", "", nil, ""); a.status != http.StatusOK {
		t.Errorf("ready: %d %s", a.status, a.body)
	}
	if err := p.Bevestig(t.Context(), "M. de Boer", "Nog een keer hetzelfde."); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("twice: %v", err)
	}
}
