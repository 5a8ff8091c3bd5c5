package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	if urls := os.Getenv("SOH_PROEFHUB_LOG"); urls != "" {
		cfg.Dir, cfg.Geheimen = os.Getenv("SOH_PROEFHUB_DIR"), filepath.Join(basis, "geheimen")
		cfg.Cluster = &hublog.Cluster{URLs: strings.Split(urls, ","), Enkel: !strings.Contains(urls, ",")}
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
