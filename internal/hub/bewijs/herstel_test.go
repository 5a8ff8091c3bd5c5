package bewijs_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/bewijs"
	"github.com/handbereik/soh/internal/hub/hubtest"
)

// A hub that was put back from a copy takes nothing, signs nothing and answers
// nothing, until a person accepts what is lost; then it goes on under a new key, with
// that in its log, and takes again what senders offer again.
func TestTeruggezetteHubIsDichtTotIemandHeeftHersteld(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	b := p.Als(hubtest.OrgPolitie)
	meld := func() []byte {
		t.Helper()
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		lijf := ev.Append(nil)
		id, ok := b.Probeer(lijf)
		if !ok || b.Klaar(id).Status != antwoord.StatusOK {
			t.Fatal("not taken")
		}
		return lijf
	}
	meld()
	hubtest.Rond(t, "it is signed", func() bool { _, c := p.Ledger.Checkpoint(); n, _ := p.Ledger.Bladen(); return c.Grootte == n })
	p.Stop()
	kopie := filepath.Join(basis, "kopie")
	if err := os.CopyFS(kopie, os.DirFS(p.Dir)); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0)
	b = p.Als(hubtest.OrgPolitie)
	verloren := meld()
	sleutel := p.Sleutel()
	hubtest.Rond(t, "it is signed", func() bool { _, c := p.Ledger.Checkpoint(); n, _ := p.Ledger.Bladen(); return c.Grootte == n })
	p.Stop()
	if err := os.RemoveAll(p.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(kopie, p.Dir); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"ledger.sleutel", "meester.sleutel", "index.sleutel"} {
		if err := os.Chmod(filepath.Join(p.Dir, f), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	p = hubtest.StartIn(t, basis, 0)
	b = p.Als(hubtest.OrgPolitie)
	voor, _ := p.Ledger.Checkpoint()
	for _, v := range [][2]string{{"POST", "/v1/events"}, {"GET", "/v1/deelnemers"}, {"POST", "/v1/gebeurtenissen/query"}, {"POST", "/v1/vergelijkingen"}, {"GET", "/ready"}} {
		if a := b.Doe(v[0], v[1], cloudevent.TypeEvent, verloren, ""); a.Status != http.StatusServiceUnavailable {
			t.Errorf("%s %s: %d %s", v[0], v[1], a.Status, a.Body)
		}
	}
	if a := b.Doe("GET", "/tlog/checkpoint", "", nil, ""); a.Status != http.StatusOK {
		t.Errorf("what was signed is not to be seen: %d", a.Status)
	}
	time.Sleep(2 * bewijs.TekenTijd)
	if na, _ := p.Ledger.Checkpoint(); !bytes.Equal(voor, na) {
		t.Error("it signed something")
	}
	p.Stop()

	cfg := p.Cfg
	h, err := hub.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	bs, dicht, err := h.Bewijs.Herstel(t.Context())
	if err != nil || dicht == "" || len(bs) != 1 || bs[0].Past {
		t.Errorf("%+v %q %v", bs, dicht, err)
	}
	for _, g := range [][2]string{{"", "Kopie van gisteren teruggezet."}, {"M. de Boer", "kort"}} {
		if err := h.Bewijs.Bevestig(t.Context(), g[0], g[1]); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%q: %v", g, err)
		}
	}
	if err := h.Bewijs.Bevestig(t.Context(), "M. de Boer", "Kopie van gisteren teruggezet."); err != nil {
		t.Fatal(err)
	}
	laatste := h.Log.Laatste()
	blok, err := h.Log.Blok(t.Context(), laatste)
	if err != nil || !bytes.Contains(blok.Entries[0], []byte("M. de Boer")) {
		t.Errorf("who accepted it is not in the log: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}

	p = hubtest.StartIn(t, basis, 0)
	b = p.Als(hubtest.OrgPolitie)
	if p.Sleutel() == sleutel {
		t.Error("it goes on under the key that signed what is lost")
	}
	id, ok := b.Probeer(verloren)
	if !ok || b.Klaar(id).Status != antwoord.StatusOK {
		t.Error("what was lost is not taken again")
	}
	hubtest.Rond(t, "it signs again", func() bool { _, c := p.Ledger.Checkpoint(); n, _ := p.Ledger.Bladen(); return c.Grootte == n })
	if a := b.Doe("GET", "/ready", "", nil, ""); a.Status != http.StatusOK {
		t.Errorf("ready: %d %s", a.Status, a.Body)
	}
	if err := p.Bewijs.Bevestig(t.Context(), "M. de Boer", "Nog een keer hetzelfde."); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("twice: %v", err)
	}
}
