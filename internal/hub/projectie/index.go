package projectie

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/handbereik/soh/internal/hub/kern"
)

// bewaarElke is how often the read model is written to disk: what a restart has
// to read again from the log, at most.
const bewaarElke = 10 * time.Second

// MeldSchade leaves a mark for the next start when the index proved damaged.
func (h *Hub) MeldSchade() error {
	schade := h.Graph.Kapot()
	if schade == nil {
		return nil
	}
	f, err := os.Create(filepath.Join(h.Cfg.Dir, kern.SchadeBestand))
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	return errors.Join(fmt.Errorf("de index is beschadigd; start de Ketenindex opnieuw, dan maakt hij de index weer uit het log: %w", schade), err)
}

// Bewaar writes the read model to disk now and then, and ends the projection
// when the read model proves damaged.
func (h *Hub) Bewaar(ctx context.Context, stop func()) {
	elke := h.Cfg.BewaarElke
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
			if h.Graph.Kapot() != nil {
				stop()
				return
			}
		case <-klok.C:
			stand := h.Geprojecteerd.Load()
			if stand == h.bewaard.Load() {
				continue
			}
			klaar, err := h.Graph.Bewaart()
			if err != nil {
				h.Cfg.Log.Error("de index is niet naar de schijf geschreven", "fout", err)
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
