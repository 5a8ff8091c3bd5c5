package hub_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	nats "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/hub/natstest"
)

// kopieConfig is a replica in front of the log in c, with the keys of basis.
func kopieConfig(basis, naam string, c *natstest.Cluster) kern.Config {
	return kern.Config{
		Dir: filepath.Join(basis, naam), Geheimen: filepath.Join(basis, "geheimen"),
		Cluster: &hublog.Cluster{URLs: c.URLs, Enkel: len(c.URLs) == 1},
	}
}

// losKopie runs a replica as a process of its own, to be killed.
func losKopie(t *testing.T, basis, naam string, c *natstest.Cluster, omgeving ...string) (url string, dood func()) {
	t.Helper()
	dir := filepath.Join(basis, naam)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SOH_PROEFHUB="+basis, "SOH_PROEFHUB_DIR="+dir, "SOH_PROEFHUB_LOG="+strings.Join(c.URLs, ","))
	cmd.Env = append(cmd.Env, omgeving...)
	cmd.Stderr = os.Stderr
	uit, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dood = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(dood)
	regel := bufio.NewScanner(uit)
	if !regel.Scan() {
		t.Fatal("the replica did not start")
	}
	return "https://" + regel.Text(), dood
}

// leiderVan tells which server leads the stream of the log.
func leiderVan(t *testing.T, c *natstest.Cluster) int {
	t.Helper()
	nc, err := nats.Connect(strings.Join(c.URLs, ","))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	st, err := js.Stream(context.Background(), "KETENINDEX")
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if _, err := fmt.Sscanf(st.CachedInfo().Cluster.Leader, "n%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// last is many senders that each offer an event until a hub takes it, at the
// next hub when one refuses or is gone.
type last struct {
	b          *hubtest.Beller
	urls       [3]atomic.Pointer[string]
	stop       atomic.Bool
	wg         sync.WaitGroup
	slot       sync.Mutex
	bevestigd  map[string]string // event id → interactieId
	aangeboden map[string]bool
}

func (l *last) begin(afzenders int) {
	l.bevestigd, l.aangeboden = map[string]string{}, map[string]bool{}
	for s := range afzenders {
		l.wg.Go(func() {
			for !l.stop.Load() {
				ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
				l.slot.Lock()
				l.aangeboden[ev.ID] = true
				l.slot.Unlock()
				l.bied(s, ev)
			}
		})
	}
}

func (l *last) bied(s int, ev cloudevent.Event) {
	body := ev.Append(nil)
	for poging := 0; ; poging++ {
		resp, err := l.b.C.Post(*l.urls[(s+poging)%3].Load()+"/v1/events", cloudevent.TypeEvent, bytes.NewReader(body))
		if err == nil {
			var in struct{ InteractieID string }
			err = json.NewDecoder(resp.Body).Decode(&in)
			_ = resp.Body.Close()
			if err == nil && resp.StatusCode == http.StatusAccepted {
				l.slot.Lock()
				defer l.slot.Unlock()
				l.bevestigd[ev.ID] = in.InteractieID
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (l *last) wachtOpMeer(t *testing.T, n int) {
	t.Helper()
	tel := func() int { l.slot.Lock(); defer l.slot.Unlock(); return len(l.bevestigd) }
	doel := tel() + n
	for eind := time.Now().Add(hubtest.LangWacht); tel() < doel; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatalf("%d acknowledged, want %d: the load came to a halt", tel(), doel)
		}
	}
}

// Three servers hold the log, three hubs stand in front of it. The server that
// leads is killed under load, and then a hub: nothing acknowledged is lost,
// nothing stands twice, and all hubs say the same.
func TestClusterVerliestNietsEnAlleHubsZeggenHetzelfde(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 3, "")
	basis := t.TempDir()
	een := hubtest.StartMet(t, basis, kopieConfig(basis, "een", c))
	twee := hubtest.StartMet(t, basis, kopieConfig(basis, "twee", c))
	twee.Identiteit(hubtest.OrgHub)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("een:\n%s\ntwee:\n%s", een.Logboek, twee.Logboek)
		}
	})
	url, dood := losKopie(t, basis, "drie", c)
	l := &last{b: een.Als(hubtest.OrgPolitie)}
	l.b.C.Timeout = time.Minute
	for i, u := range []string{een.URL, twee.URL, url} {
		l.urls[i].Store(&u)
	}
	l.begin(12)
	l.wachtOpMeer(t, 150)
	server := leiderVan(t, c)
	c.Dood(server)
	l.wachtOpMeer(t, 150)
	c.Weer(server)
	dood()
	l.wachtOpMeer(t, 150)
	url, _ = losKopie(t, basis, "drie", c)
	l.urls[2].Store(&url)
	l.wachtOpMeer(t, 50)
	l.stop.Store(true)
	l.wg.Wait()
	t.Logf("%d acknowledged", len(l.bevestigd))

	drie := &hubtest.Proefhub{T: t, URL: url, CAs: een.CAs, CA: een.CA}
	var eerste []string
	for naam, b := range map[string]*hubtest.Beller{"een": een.Als(hubtest.OrgPolitie), "twee": twee.Als(hubtest.OrgPolitie), "drie": {P: drie, C: l.b.C}} {
		for _, id := range l.bevestigd {
			b.Tot(id) // a hub that was killed reads the log first
			if s := b.Klaar(id); s.Status != antwoord.StatusOK {
				t.Errorf("%s: %s is %s", naam, id, s.Status)
			}
		}
		var ids []string
		for _, ev := range b.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon) {
			ids = append(ids, ev.ID)
		}
		if eerste == nil {
			eerste = ids
		}
		if !slices.Equal(ids, eerste) {
			t.Errorf("%s answers another list: %d against %d", naam, len(ids), len(eerste))
		}
		uniek := slices.Compact(slices.Sorted(slices.Values(ids)))
		if len(uniek) != len(ids) {
			t.Errorf("%s: %d events are found twice", naam, len(ids)-len(uniek))
		}
		for id := range l.bevestigd {
			if _, ok := slices.BinarySearch(uniek, id); !ok {
				t.Errorf("%s: %s was acknowledged but is not found", naam, id)
			}
		}
		for _, id := range uniek {
			if !l.aangeboden[id] {
				t.Errorf("%s: %s was never offered", naam, id)
			}
		}
	}
	zelfdeStand(t, een.Sleutel(), een.Als(hubtest.OrgPolitie), twee.Als(hubtest.OrgPolitie), &hubtest.Beller{P: drie, C: l.b.C})
	h1, err := een.Graph.Hash()
	h2, err2 := twee.Graph.Hash()
	if err != nil || err2 != nil || h1 != h2 {
		t.Errorf("the read models differ (%v, %v)", err, err2)
	}
	if !een.Stand().Gereed || !twee.Stand().Gereed {
		t.Errorf("not ready: %+v %+v", een.Stand(), twee.Stand())
	}
}

// zelfdeStand waits until the replicas have signed everything, and compares.
func zelfdeStand(t *testing.T, vkey string, bs ...*hubtest.Beller) {
	t.Helper()
	noten := make([][]byte, len(bs))
	for eind := time.Now().Add(hubtest.LangWacht); time.Now().Before(eind); time.Sleep(50 * time.Millisecond) {
		gelijk := true
		for i, b := range bs {
			a := b.Doe("GET", "/tlog/checkpoint", "", nil, "")
			if a.Status != http.StatusOK {
				gelijk = false
				continue
			}
			if _, err := ledger.LeesCheckpoint(a.Body, vkey); err != nil {
				t.Fatal(err)
			}
			noten[i] = a.Body
			gelijk = gelijk && bytes.Equal(noten[0], noten[i])
		}
		if gelijk {
			return
		}
	}
	t.Fatalf("the replicas do not sign the same: %q", noten)
}

// Without the log a sender gets 503 with Retry-After, the hub says it is not
// ready, and both pass without a restart.
func TestZonderLog503EnDaarnaWeerVerder(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	basis := t.TempDir()
	cfg := kopieConfig(basis, "een", c)
	cfg.Cluster.Wacht = time.Second
	p := hubtest.StartMet(t, basis, cfg)
	b := p.Als(hubtest.OrgPolitie)
	b.C.Timeout = time.Minute
	id, _ := b.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	c.Dood(0)
	a := b.Push(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	if a.Status != http.StatusServiceUnavailable || a.Kop.Get("Retry-After") == "" {
		t.Fatalf("without a log: %d %s", a.Status, a.Body)
	}
	if a := b.Doe("GET", "/ready", "", nil, ""); a.Status != http.StatusServiceUnavailable || strings.Contains(string(a.Body), `"log":"OK"`) {
		t.Errorf("ready without a log: %d %s", a.Status, a.Body)
	}
	if s := b.Klaar(id); s.Status != antwoord.StatusOK { // reading goes on
		t.Error(s.Status)
	}
	c.Weer(0)
	for eind := time.Now().Add(hubtest.LangWacht); ; time.Sleep(50 * time.Millisecond) {
		if a := b.Push(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)); a.Status == http.StatusAccepted {
			break
		}
		if time.Now().After(eind) {
			t.Fatal("does not recover")
		}
	}
	if g := p.Stand(); !g.Gereed {
		t.Errorf("%+v", g)
	}
}

func TestKopieMetAndereSleutelsStartNiet(t *testing.T) {
	c := natstest.Start(t, 1, "")
	basis := t.TempDir()
	p := hubtest.StartMet(t, basis, kopieConfig(basis, "een", c))
	p.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	goed := filepath.Join(basis, "geheimen")
	for _, naam := range []string{"meester.sleutel", "index.sleutel", "ledger.sleutel"} {
		slecht := t.TempDir()
		if err := os.CopyFS(slecht, os.DirFS(goed)); err != nil {
			t.Fatal(err)
		}
		vreemd := t.TempDir() // keys of another hub
		v := hubtest.StartMet(t, basis, kern.Config{Dir: vreemd})
		v.Stop()
		for _, n := range []string{"meester.sleutel", "index.sleutel", "ledger.sleutel"} {
			if err := os.Chmod(filepath.Join(slecht, n), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(filepath.Join(vreemd, naam))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(slecht, naam), b, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := kopieConfig(basis, "ander"+naam, c)
		cfg.Geheimen, cfg.Organisatie, cfg.Log = slecht, hubtest.OrgHub, p.Cfg.Log
		h, err := hub.Open(cfg)
		if err == nil || !strings.Contains(err.Error(), "hub die al draait") && !strings.Contains(err.Error(), "hub die het log begon") {
			t.Errorf("with another %s: %v", naam, err)
		}
		if err == nil {
			_ = h.Close()
		}
		if err != nil && bytes.Contains([]byte(err.Error()), bytes.TrimSpace(b)) {
			t.Error("a key stands in the error")
		}
	}
	cfg := kopieConfig(basis, "leeg", c) // no keys at all, while the log has events
	cfg.Geheimen, cfg.Organisatie, cfg.Log = t.TempDir(), hubtest.OrgHub, p.Cfg.Log
	if _, err := hub.Open(cfg); err == nil || !strings.Contains(err.Error(), "ontbreekt") {
		t.Errorf("without keys: %v", err)
	}
}
