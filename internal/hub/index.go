package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/handbereik/soh/internal/hub/graph"
)

// bewaarElke is how often the read model is written to disk: what a restart has
// to read again from the log, at most.
const bewaarElke = 10 * time.Second

// schadeBestand marks, beside the index, that it is damaged.
const schadeBestand = "index.beschadigd"

// openIndex opens the read model. A damaged one makes room for a new one, built
// from the log; what the disk refuses is no damage.
func openIndex(cfg Config, sleutel []byte) (*graph.Graph, error) {
	dir, merk := filepath.Join(cfg.Dir, "index"), filepath.Join(cfg.Dir, schadeBestand)
	_, err := os.Stat(merk)
	if err == nil {
		err = errors.New("tijdens het lezen bleek hij beschadigd")
	} else {
		var g *graph.Graph
		if g, err = graph.Open(dir, sleutel, cfg.Staart); err == nil {
			return g, nil
		}
		if n, ok := errors.AsType[syscall.Errno](err); ok && n != syscall.ENOENT {
			return nil, err
		}
	}
	cfg.Log.Warn("de index is beschadigd en wordt opnieuw gemaakt uit het log; tot dat klaar is, is nog niet alles te vinden", "oorzaak", err)
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("hub: damaged index: %w", err)
	}
	if err := os.Remove(merk); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("hub: damaged index: %w", err)
	}
	return graph.Open(dir, sleutel, cfg.Staart)
}

// meldSchade leaves a mark for the next start when the index proved damaged.
func (h *Hub) meldSchade() error {
	schade := h.graph.Kapot()
	if schade == nil {
		return nil
	}
	f, err := os.Create(filepath.Join(h.cfg.Dir, schadeBestand))
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	return errors.Join(fmt.Errorf("de index is beschadigd; start de Ketenindex opnieuw, dan maakt hij de index weer uit het log: %w", schade), err)
}

// bewaar writes the read model to disk now and then, and ends the projection
// when the read model proves damaged.
func (h *Hub) bewaar(ctx context.Context, stop func()) {
	elke := h.cfg.BewaarElke
	if elke == 0 {
		elke = bewaarElke
	}
	klok := time.NewTicker(elke)
	defer klok.Stop()
	kijk := time.NewTicker(time.Second)
	defer kijk.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-kijk.C:
			if h.graph.Kapot() != nil {
				stop()
				return
			}
		case <-klok.C:
			stand := h.geprojecteerd.Load()
			if stand == h.bewaard.Load() {
				continue
			}
			klaar, err := h.graph.Bewaart()
			if err != nil {
				h.cfg.Log.Error("de index is niet naar de schijf geschreven", "fout", err)
				continue
			}
			select {
			case <-klaar:
				h.bewaard.Store(stand)
			case <-ctx.Done():
				return
			}
		}
	}
}
