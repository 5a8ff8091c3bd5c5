package hub

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/natstest"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/toegang"
)

// TestMain lets the test binary be a hub of its own, to be killed.
func TestMain(m *testing.M) {
	natstest.Hoofd()
	if dir := os.Getenv("SOH_PROEFHUB"); dir != "" {
		if err := losseHub(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func losseHub(basis string) error {
	cas := filepath.Join(basis, "pki")
	ca, err := toegang.NieuweCA(cas)
	if err != nil {
		return err
	}
	cert, sleutel, err := ca.Geef(cas, orgHub)
	if err != nil {
		return err
	}
	id, err := toegang.LaadIdentiteit(cert, sleutel, ca.Pad())
	if err != nil {
		return err
	}
	cfg := Config{Dir: filepath.Join(basis, "hub"), Organisatie: orgHub, Reserve: -1, Log: slog.New(slog.DiscardHandler)}
	if urls := os.Getenv("SOH_PROEFHUB_LOG"); urls != "" {
		cfg.Dir, cfg.Geheimen = os.Getenv("SOH_PROEFHUB_DIR"), filepath.Join(basis, "geheimen")
		cfg.Cluster = &hublog.Cluster{URLs: strings.Split(urls, ",")}
	}
	h, err := Open(cfg)
	if err != nil {
		return err
	}
	if os.Getenv("SOH_PROEFHUB_BEZORGT") != "" {
		laatBezorgen(h, id)
	}
	go func() { _ = h.Run(context.Background()) }()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return (&http.Server{Handler: h.Handler(), TLSConfig: id.ServerTLS()}).ServeTLS(l, "", "")
}

// A hub that is killed during load has lost nothing it acknowledged: after a
// new start each event has its status and is found by a query.
func TestGedodeHubVerliestNietsDatHijBevestigde(t *testing.T) {
	basis := t.TempDir()
	pki := &proefhub{t: t, cas: filepath.Join(basis, "pki")}
	var err error
	if pki.ca, err = toegang.NieuweCA(pki.cas); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(basis, "hub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := register.Schrijf(filepath.Join(basis, "hub"), []register.Deelnemer{{Organisatie: orgPolitie, API: "https://x"}}); err != nil {
		t.Fatal(err)
	}
	pki.identiteit(orgHub)
	client := pki.identiteit(orgPolitie).Client(10 * time.Second)
	bevestigd := map[string]string{} // event id → interactieId
	for range 3 {
		for id, ev := range doodTijdensLast(t, basis, client) {
			bevestigd[id] = ev
		}
	}
	if len(bevestigd) < 10 {
		t.Fatalf("only %d events were acknowledged", len(bevestigd))
	}
	p := startIn(t, basis, 0)
	b := p.als(orgPolitie)
	for _, id := range bevestigd {
		if s := b.klaar(id); s.Status != statusOK {
			t.Errorf("%s is %s after the kill", id, s.Status)
		}
	}
	gevonden := map[string]bool{}
	for _, ev := range b.zoek("/v1/gebeurtenissen/query", overPersoon) {
		gevonden[ev.ID] = true
	}
	for id := range bevestigd {
		if !gevonden[id] {
			t.Errorf("%s was acknowledged but is not found", id)
		}
	}
	t.Logf("%d acknowledged, %d found", len(bevestigd), len(gevonden))
}

// doodTijdensLast starts a hub, loads it, kills it and gives what it confirmed.
func doodTijdensLast(t *testing.T, basis string, client *http.Client) map[string]string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SOH_PROEFHUB="+basis)
	cmd.Stderr = os.Stderr
	uit, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	regel := bufio.NewScanner(uit)
	if !regel.Scan() {
		t.Fatal("the hub did not start")
	}
	b := &beller{p: &proefhub{t: t, url: "https://" + regel.Text()}, c: client}
	var slot sync.Mutex
	bevestigd := map[string]string{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				ev := melding(orgPolitie, sentinel, false)
				id, ok := b.probeer(ev.Append(nil))
				if !ok {
					return
				}
				slot.Lock()
				bevestigd[ev.ID] = id
				slot.Unlock()
			}
		})
	}
	time.Sleep(400 * time.Millisecond)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	wg.Wait()
	client.CloseIdleConnections()
	return bevestigd
}

// TestHerbouwGeeftHetzelfdeLeesmodel throws the read model away: it comes back
// with the same hash, and proofs still hold.
func TestHerbouwGeeftHetzelfdeLeesmodel(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	b := p.als(orgPolitie)
	var ids []string
	for i := range 30 {
		id, _ := b.aanvaard(melding(orgPolitie, sentinel, i%2 == 0))
		ids = append(ids, id)
	}
	want, err := p.graph.Hash()
	if err != nil {
		t.Fatal(err)
	}
	sleutel := p.Sleutel()
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = startIn(t, basis, 0)
	b = p.als(orgPolitie)
	for _, id := range ids {
		b.klaar(id)
	}
	if got, err := p.graph.Hash(); err != nil || got != want {
		t.Fatalf("the rebuilt read model differs (%v)", err)
	}
	for _, id := range ids[:3] {
		a := b.doe("GET", "/v1/events/"+id+"/bewijs", "", nil, "")
		var bewijs Bewijs
		if a.status != http.StatusOK || json.Unmarshal(a.body, &bewijs) != nil {
			t.Fatalf("proof: %d %s", a.status, a.body)
		}
		r, _, err := bewijs.Controleer(sleutel)
		if err != nil || r.Afzender != orgPolitie.OIN {
			t.Fatalf("the proof does not hold: %v", err)
		}
		bewijs.InteractieID = "urn:uuid:987e6543-e21b-45d6-b789-426614174111"
		if _, _, err := bewijs.Controleer(sleutel); err == nil {
			t.Fatal("a proof of another event was believed")
		}
	}
	if a := b.doe("GET", "/tlog/checkpoint", "", nil, ""); a.status != http.StatusOK {
		t.Errorf("checkpoint: %d", a.status)
	}
}
