package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/natstest"
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
	if n := os.Getenv("SOH_PROEFHUB_STAART"); n != "" {
		if cfg.Staart, err = strconv.Atoi(n); err != nil {
			return err
		}
	}
	if urls := os.Getenv("SOH_PROEFHUB_LOG"); urls != "" {
		cfg.Dir, cfg.Geheimen = os.Getenv("SOH_PROEFHUB_DIR"), filepath.Join(basis, "geheimen")
		cfg.Cluster = &hublog.Cluster{URLs: strings.Split(urls, ","), Enkel: !strings.Contains(urls, ",")}
	}
	h, err := Open(cfg)
	if err != nil {
		return err
	}
	h.regels.Store(vrij(h.regels.Load()))
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
	want, _ := p.leesmodel()
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
	if got, _ := p.leesmodel(); got != want {
		t.Fatal("the rebuilt read model differs")
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

// TestGedodeHerbouwKomtHeelTerug kills a hub again and again while it makes its
// read model anew: by large steps, whose keys become tables while the next step
// is on its way.
func TestGedodeHerbouwKomtHeelTerug(t *testing.T) {
	basis := t.TempDir()
	dir := filepath.Join(basis, "hub")
	h, stop := proefHub(t, dir)
	legVastN(t, h, 40_000, 20, 4)
	if h.log.Laatste() < 3*verAchter {
		t.Fatalf("%d blocks: not far behind", h.log.Laatste())
	}
	want, err := h.graph.Hash()
	if err != nil {
		t.Fatal(err)
	}
	stop()
	index := filepath.Join(dir, "index")
	if err := os.RemoveAll(index); err != nil {
		t.Fatal(err)
	}
	for keer := range 2 {
		tabellen := aantalTabellen(t, index)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SOH_PROEFHUB="+basis, "SOH_PROEFHUB_STAART=20000")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for eind := time.Now().Add(time.Minute); aantalTabellen(t, index) <= tabellen; time.Sleep(time.Millisecond) {
			if time.Now().After(eind) {
				t.Fatal("no large step within a minute")
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		g, err := graph.Open(index, testSleutel(t, dir), 0)
		if err != nil {
			t.Fatal(err)
		}
		stand, err := g.Stand()
		if err = errors.Join(err, g.Close()); err != nil || stand >= h.log.Laatste() {
			t.Fatalf("kill %d: the mark is at %d, %v", keer, stand, err)
		}
	}
	h, stop = proefHub(t, dir)
	defer stop()
	if !h.wachtOp(t.Context(), h.log.Laatste(), time.Minute) {
		t.Fatal("not rebuilt within a minute")
	}
	if got, err := h.graph.Hash(); err != nil || got != want {
		t.Errorf("the read model differs: %x, %v", got, err)
	}
}

func aantalTabellen(t *testing.T, index string) int {
	t.Helper()
	namen, err := filepath.Glob(filepath.Join(index, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	return len(namen)
}

// testSleutel is the key of the index in dir.
func testSleutel(t *testing.T, dir string) []byte {
	t.Helper()
	k, err := eigenSleutel(filepath.Join(dir, "index.sleutel"), true)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
