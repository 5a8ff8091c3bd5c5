package aanval

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// opnieuw starts the network of a folder again, without waiting for its stories: a
// part that is closed tells none.
func opnieuw(t *testing.T, n *netwerk) *netwerk {
	t.Helper()
	d, err := demo.Start(context.Background(), demo.Config{Addr: "127.0.0.1:0", Dir: n.Dir(), Peilen: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Stop() })
	return &netwerk{Demo: d, ca: n.ca}
}

// TestTeruggezetKnooppuntDientNiemand: yesterday's dossier under today's node, whole,
// in part, or on another machine. Nobody gets anything out of it.
func TestTeruggezetKnooppuntDientNiemand(t *testing.T) {
	dir := t.TempDir()
	n, err := start(dir)
	if err != nil {
		t.Fatal(err)
	}
	wie := bsn()
	politie := n.lid(t, "politie")
	map_ := filepath.Join(dir, "nodes", "politie")
	kopie := filepath.Join(t.TempDir(), "gisteren.db")
	if err := dossier.Kopieer(t.Context(), filepath.Join(map_, "dossier.db"), kopie); err != nil {
		t.Fatal(err)
	}
	m := politie.meld(t, nil, persoon(wie, "Eva", nil))
	time.Sleep(2 * time.Second) // what was done since is known at the hub
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	gisteren, err := os.ReadFile(kopie)
	if err != nil {
		t.Fatal(err)
	}
	for naam, elders := range map[string]bool{"same machine": false, "other machine": true} {
		if err := os.WriteFile(filepath.Join(map_, "dossier.db"), gisteren, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(filepath.Join(map_, "dossier.db-wal"))
		_ = os.Remove(filepath.Join(map_, "dossier.db-shm"))
		if elders {
			if err := os.RemoveAll(map_ + "-getuige"); err != nil {
				t.Fatal(err)
			}
		}
		n := opnieuw(t, n)
		politie, vt := n.lid(t, "politie"), n.lid(t, "veilig-thuis")
		l := toegang.Lezer{Persoon: "p", Naam: "Samira de Wit", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
		for _, p := range []*partij{vt, politie, n.lid(t, "portaal")} {
			for _, pad := range []string{"/meldingen/" + m.ID, "/meldingen/" + m.ID + "/niveau0", "/opdrachten/" + m.ID} {
				if a := p.vraag(t, "GET", politie.API+pad, nil, p.als(t, politie.OIN, l)...); a.Status != http.StatusServiceUnavailable {
					t.Errorf("%s: %s gets %d at %s: %s", naam, p.Naam, a.Status, pad, a.Body)
				}
			}
			if a := p.vraag(t, "POST", politie.API+"/meldingen", "{}"); a.Status != http.StatusServiceUnavailable {
				t.Errorf("%s: %s may write: %d %s", naam, p.Naam, a.Status, a.Body)
			}
		}
		if a := vt.vraag(t, "GET", strings.TrimSuffix(politie.API, "/v1")+"/ready", nil); a.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: ready: %d %s", naam, a.Status, a.Body)
		}
		n.nergensIn(t, wie.Leesbaar())
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// TestTeruggezetteHubNeemtNietsAan: yesterday's hub signs nothing, takes nothing and
// answers nothing, on the same machine and on another, where only the nodes know.
func TestTeruggezetteHubNeemtNietsAan(t *testing.T) {
	dir := t.TempDir()
	n, err := start(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	hub, kopie := filepath.Join(dir, "hub"), filepath.Join(t.TempDir(), "hub")
	if err := os.CopyFS(kopie, os.DirFS(hub)); err != nil {
		t.Fatal(err)
	}
	n = opnieuw(t, n)
	politie := n.lid(t, "politie")
	politie.meld(t, nil, persoon(bsn(), "Eva", nil))
	time.Sleep(3 * time.Second) // delivered and signed
	n.nieuw(t, begrip.GI, nil)  // every node looks at the hub again
	time.Sleep(2 * time.Second)
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	for naam, elders := range map[string]bool{"same machine": false, "other machine": true} {
		if err := os.RemoveAll(hub); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(hub, os.DirFS(kopie)); err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{"ledger.sleutel", "meester.sleutel", "index.sleutel"} {
			if err := os.Chmod(filepath.Join(hub, f), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if elders {
			if err := os.RemoveAll(hub + "-getuige"); err != nil {
				t.Fatal(err)
			}
		}
		n := opnieuw(t, n)
		p := n.lid(t, "politie")
		wacht(t, func() string {
			if a := p.vraag(t, "GET", p.Hub+"/ready", nil); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Body, "herstel") {
				return naam + ": ready: " + a.Body
			}
			return ""
		})
		for _, pad := range []string{"/v1/deelnemers", "/v1/gezondheid"} {
			if a := p.vraag(t, "GET", p.Hub+pad, nil); a.Status != http.StatusServiceUnavailable {
				t.Errorf("%s: %s answers %d", naam, pad, a.Status)
			}
		}
		if a := p.vraag(t, "POST", p.Hub+"/v1/events", "{}", "Content-Type", "application/cloudevents+json"); a.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: takes events: %d %s", naam, a.Status, a.Body)
		}
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	}
}
