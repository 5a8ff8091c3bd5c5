package projectie_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
)

// vulling is a hub with some events, stopped; with the hash of its read model.
func vulling(t *testing.T, basis string) (dir string, hash [32]byte) {
	t.Helper()
	p := hubtest.StartIn(t, basis, 0)
	b := p.Als(hubtest.OrgPolitie)
	for range 40 {
		b.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	}
	hash, err := p.Graph.Hash()
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	return p.Dir, hash
}

// krenk changes bytes in the middle of the files that match: of a list of
// contents in its first entry, since of a later one the store makes do with what
// stood before it.
func krenk(t *testing.T, patroon string) {
	t.Helper()
	namen, err := filepath.Glob(patroon)
	if err != nil || len(namen) == 0 {
		t.Fatalf("nothing matches %s (%v)", patroon, err)
	}
	for _, naam := range namen {
		b, err := os.ReadFile(naam)
		if err != nil {
			t.Fatal(err)
		}
		van := len(b) / 3
		if strings.HasPrefix(filepath.Base(naam), "MANIFEST") {
			van = 12
		}
		for i := van; i < min(van+64, len(b)); i++ {
			b[i] ^= 0x5a
		}
		if err := os.WriteFile(naam, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A damaged index is dropped and built again, with a sentence that says so.
func TestBeschadigdeIndexWordtOpnieuwGemaakt(t *testing.T) {
	for naam, wat := range map[string]string{"inhoudsopgave": "MANIFEST-*", "tabellen": "*.sst"} {
		t.Run(naam, func(t *testing.T) {
			basis := t.TempDir()
			dir, want := vulling(t, basis)
			krenk(t, filepath.Join(dir, "index", wat))
			ctx, stop := context.WithTimeout(context.Background(), time.Minute)
			defer stop()
			log := &hubtest.Logboek{}
			cfg := kern.Config{Dir: dir, Organisatie: hubtest.OrgHub, Reserve: -1, Log: slog.New(slog.NewTextHandler(log, nil))}
			// What is met at once is mended at once; what is met later, at the
			// start after that, for which Run ends with an error.
			for keer := 0; ; keer++ {
				h, err := hub.Open(cfg)
				if err != nil {
					if keer == 2 {
						t.Fatal(err)
					}
					continue
				}
				klaar := make(chan error, 1)
				loop, einde := context.WithCancel(ctx)
				go func() { klaar <- h.Run(loop) }()
				h.WachtOp(ctx, h.Log.Laatste(), time.Minute)
				got, hashfout := h.Graph.Hash()
				if hashfout == nil && h.Graph.Kapot() == nil {
					einde()
					if err := errors.Join(<-klaar, h.Close()); err != nil {
						t.Fatal(err)
					}
					if got != want {
						t.Error("the index that was made again differs")
					}
					break
				}
				if keer == 2 {
					t.Fatalf("still damaged: %v", hashfout)
				}
				if err := <-klaar; err == nil || !strings.Contains(err.Error(), "de index is beschadigd") {
					t.Errorf("Run ended with %v", err)
				}
				einde()
				_ = h.Close()
			}
			if !strings.Contains(log.String(), "de index is beschadigd en wordt opnieuw gemaakt uit het log") {
				t.Errorf("nothing was said: %s", log.String())
			}
		})
	}
}

// A damaged log is never skipped: the hub does not start, or says that it is not
// ready and why, and what stands behind the damage is not shown as if all were well.
func TestBeschadigdLogWordtNietStilOvergeslagen(t *testing.T) {
	basis := t.TempDir()
	dir, _ := vulling(t, basis)
	if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
		t.Fatal(err)
	}
	var blokken []string
	_ = filepath.Walk(filepath.Join(dir, "log"), func(pad string, _ os.FileInfo, _ error) error {
		if strings.HasSuffix(pad, ".blk") && strings.Contains(pad, "KETENINDEX") {
			blokken = append(blokken, pad)
		}
		return nil
	})
	if len(blokken) == 0 {
		t.Fatal("no files of the log were found")
	}
	for _, b := range blokken {
		krenk(t, b)
	}
	log := &hubtest.Logboek{}
	h, err := hub.Open(kern.Config{Dir: dir, Organisatie: hubtest.OrgHub, Reserve: -1, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Logf("refused at the start: %v", err)
		return
	}
	defer h.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	klaar := make(chan error, 1)
	go func() { klaar <- h.Run(ctx) }()
	for h.Stand().Projectie == "OK" && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	if g := h.Stand(); g.Gereed || g.Projectie == "OK" {
		t.Errorf("ready on a damaged log: %+v; %s", g, log.String())
	}
	if h.Geprojecteerd.Load() >= h.Log.Laatste() {
		t.Error("the projection passed the damage")
	}
	if !strings.Contains(log.String(), "projectie hapert") {
		t.Errorf("nothing was said: %s", log.String())
	}
	stop()
	<-klaar
}

// A killed hub begins where the read model was last written to disk, not at zero.
func TestLeesmodelStaatAfEnToeOpSchijf(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartMet(t, basis, kern.Config{Dir: filepath.Join(basis, "hub"), BewaarElke: time.Millisecond})
	b := p.Als(hubtest.OrgPolitie)
	for range 5 {
		if a := b.Push(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)); a.Status != http.StatusAccepted {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	laatste := p.Hub.Log.Laatste()
	for eind := time.Now().Add(time.Minute); p.Projectie.Bewaard() < laatste; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatal("the read model never went to disk")
		}
	}
	// What stands on the disk now is what a kill leaves.
	kopie := filepath.Join(t.TempDir(), "index")
	if err := os.CopyFS(kopie, os.DirFS(filepath.Join(p.Dir, "index"))); err != nil {
		t.Fatal(err)
	}
	sleutel, err := os.ReadFile(filepath.Join(p.Dir, "index.sleutel"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Open(kopie, sleutel, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if stand, err := g.Stand(); err != nil || stand < laatste {
		t.Errorf("after a kill the projection begins at %d of %d (%v)", stand, laatste, err)
	}
}
