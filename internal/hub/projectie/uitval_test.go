package projectie_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/hub/bewijs"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/projectie"
)

// TestMain lets the test binary be a hub of its own, to be killed.
func TestMain(m *testing.M) { hubtest.Hoofd(m) }

// TestHerbouwGeeftHetzelfdeLeesmodel throws the read model away: it comes back
// with the same hash, and proofs still hold.
func TestHerbouwGeeftHetzelfdeLeesmodel(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	b := p.Als(hubtest.OrgPolitie)
	var ids []string
	for i := range 30 {
		id, _ := b.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, i%2 == 0))
		ids = append(ids, id)
	}
	want, _ := p.Leesmodel()
	sleutel := p.Sleutel()
	p.Stop()
	if err := os.RemoveAll(filepath.Join(p.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0)
	b = p.Als(hubtest.OrgPolitie)
	for _, id := range ids {
		b.Klaar(id)
	}
	if got, _ := p.Leesmodel(); got != want {
		t.Fatal("the rebuilt read model differs")
	}
	for _, id := range ids[:3] {
		a := b.Doe("GET", "/v1/events/"+id+"/bewijs", "", nil, "")
		var bewijs bewijs.Bewijs
		if a.Status != http.StatusOK || json.Unmarshal(a.Body, &bewijs) != nil {
			t.Fatalf("proof: %d %s", a.Status, a.Body)
		}
		r, _, err := bewijs.Controleer(sleutel)
		if err != nil || r.Afzender != hubtest.OrgPolitie.OIN {
			t.Fatalf("the proof does not hold: %v", err)
		}
		bewijs.InteractieID = "urn:uuid:987e6543-e21b-45d6-b789-426614174111"
		if _, _, err := bewijs.Controleer(sleutel); err == nil {
			t.Fatal("a proof of another event was believed")
		}
	}
	if a := b.Doe("GET", "/tlog/checkpoint", "", nil, ""); a.Status != http.StatusOK {
		t.Errorf("checkpoint: %d", a.Status)
	}
}

// TestGedodeHerbouwKomtHeelTerug kills a hub again and again while it makes its
// read model anew: by large steps, whose keys become tables while the next step
// is on its way.
func TestGedodeHerbouwKomtHeelTerug(t *testing.T) {
	basis := t.TempDir()
	dir := filepath.Join(basis, "hub")
	h, stop := hubtest.ProefHub(t, dir)
	hubtest.LegVastN(t, h, 40_000, 20, 4)
	if h.Log.Laatste() < 3*projectie.VerAchter {
		t.Fatalf("%d blocks: not far behind", h.Log.Laatste())
	}
	want, err := h.Graph.Hash()
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
		if err = errors.Join(err, g.Close()); err != nil || stand >= h.Log.Laatste() {
			t.Fatalf("kill %d: the mark is at %d, %v", keer, stand, err)
		}
	}
	h, stop = hubtest.ProefHub(t, dir)
	defer stop()
	if !h.WachtOp(t.Context(), h.Log.Laatste(), time.Minute) {
		t.Fatal("not rebuilt within a minute")
	}
	if got, err := h.Graph.Hash(); err != nil || got != want {
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
	k, err := os.ReadFile(filepath.Join(dir, "index.sleutel"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
