package kern

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/handbereik/soh/internal/hub/graph"
)

// SchadeBestand marks, beside the index, that it is damaged.
const SchadeBestand = "index.beschadigd"

// openIndex opens the read model. A damaged one makes room for a new one, built
// from the log; what the disk refuses is no damage.
func openIndex(cfg Config, sleutel []byte) (*graph.Graph, error) {
	dir, merk := filepath.Join(cfg.Dir, "index"), filepath.Join(cfg.Dir, SchadeBestand)
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
