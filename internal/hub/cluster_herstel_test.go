package hub_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/natstest"
)

// A log of three servers that is put back from a copy, as the runbook says: each hub in
// front of it is closed by what its machine remembers, one herstel is enough for both,
// and what was lost is taken again.
func TestTeruggezetClusterGaatOpenNaEenHerstel(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 3, "")
	basis := t.TempDir()
	een, twee := kopieConfig(basis, "een", c), kopieConfig(basis, "twee", c)
	twee.Geheimen = filepath.Join(basis, "geheimen2") // of another machine
	vol := func(ps ...*hubtest.Proefhub) {
		t.Helper()
		for _, p := range ps {
			hubtest.Rond(t, "it is signed", func() bool {
				_, stand := p.Ledger.Checkpoint()
				n, _ := p.Ledger.Bladen()
				return n > 0 && stand.Grootte == n
			})
		}
	}

	p1 := hubtest.StartMet(t, basis, een)
	p1.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	kopieer(t, een.Geheimen, twee.Geheimen)
	p2 := hubtest.StartMet(t, basis, twee)
	samen(t, p1, p2)
	vol(p1, p2)
	sleutel := p1.Sleutel()
	p1.Stop()
	p2.Stop()
	bewaard := filepath.Join(basis, "bewaard")
	c.Stil(func(opslag string) { kopieer(t, opslag, bewaard) })

	p1, p2 = hubtest.StartMet(t, basis, een), hubtest.StartMet(t, basis, twee)
	verloren := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false).Append(nil)
	b := p1.Als(hubtest.OrgPolitie)
	if id, ok := b.Probeer(verloren); !ok || b.Klaar(id).Status != antwoord.StatusOK {
		t.Fatal("not taken")
	}
	samen(t, p1, p2)
	vol(p1, p2)
	p1.Stop()
	p2.Stop()
	c.Stil(func(opslag string) {
		if err := os.RemoveAll(opslag); err != nil {
			t.Fatal(err)
		}
		kopieer(t, bewaard, opslag)
	})
	for _, cfg := range []kern.Config{een, twee} { // ahead of the log
		if err := os.RemoveAll(filepath.Join(cfg.Dir, "index")); err != nil {
			t.Fatal(err)
		}
	}

	for _, cfg := range []kern.Config{een, twee} {
		p := hubtest.StartMet(t, basis, cfg)
		for _, v := range [][2]string{{"POST", "/v1/events"}, {"POST", "/v1/gebeurtenissen/query"}, {"GET", "/ready"}} {
			if a := p.Als(hubtest.OrgPolitie).Doe(v[0], v[1], cloudevent.TypeEvent, verloren, ""); a.Status != http.StatusServiceUnavailable {
				t.Errorf("%s: %s %s: %d %s", cfg.Dir, v[0], v[1], a.Status, a.Body)
			}
		}
		p.Stop()
	}

	een.Organisatie, een.Log = hubtest.OrgHub, p1.Cfg.Log
	h, err := hub.Open(een)
	if err != nil {
		t.Fatal(err)
	}
	if bs, dicht, err := h.Bewijs.Herstel(t.Context()); err != nil || dicht == "" || len(bs) != 1 || bs[0].Past {
		t.Errorf("%+v %q %v", bs, dicht, err)
	}
	if err := h.Bewijs.Bevestig(t.Context(), "M. de Boer", "Kopie van gisteren teruggezet."); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{twee.Geheimen, twee.Dir + "-getuige"} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(twee.Dir, "ledger.sleutel.checkpoint")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	kopieer(t, een.Geheimen, twee.Geheimen)

	p1, p2 = hubtest.StartMet(t, basis, een), hubtest.StartMet(t, basis, twee)
	if p1.Sleutel() == sleutel || p1.Sleutel() != p2.Sleutel() {
		t.Error("the hubs do not go on together under a new key")
	}
	b = p2.Als(hubtest.OrgPolitie)
	if id, ok := b.Probeer(verloren); !ok || b.Klaar(id).Status != antwoord.StatusOK {
		t.Error("what was lost is not taken again")
	}
	samen(t, p1, p2)
	vol(p1, p2)
	for _, p := range []*hubtest.Proefhub{p1, p2} {
		if a := p.Als(hubtest.OrgPolitie).Doe("GET", "/ready", "", nil, ""); a.Status != http.StatusOK {
			t.Errorf("ready: %d %s", a.Status, a.Body)
		}
	}
}

// kopieer copies a folder; keys stay readable by their owner only.
func kopieer(t *testing.T, van, naar string) {
	t.Helper()
	if err := os.CopyFS(naar, os.DirFS(van)); err != nil {
		t.Fatal(err)
	}
	sleutels, err := filepath.Glob(filepath.Join(naar, "*.sleutel"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sleutels {
		if err := os.Chmod(f, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
