package dossier

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// Getuige is a small file outside the folder of the dossier that holds the last
// Stempel: whoever puts the dossier back from a copy does not put this back.
type Getuige struct {
	f     *os.File
	start string // which start of the machine this is; empty: unknown
	stuk  atomic.Bool
}

// startID is the file in which Linux names the present start of the machine.
const startID = "/proc/sys/kernel/random/boot_id"

// OpenGetuige opens the file in the folder map_, made when it is not there.
func OpenGetuige(map_ string) (*Getuige, error) {
	if err := os.MkdirAll(map_, 0o700); err != nil {
		return nil, fmt.Errorf("dossier: getuige: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(map_, "stempel"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("dossier: getuige: %w", err)
	}
	b, _ := os.ReadFile(startID) // none on other systems: then nothing is proven here
	return &Getuige{f: f, start: strings.TrimSpace(string(b))}, nil
}

// Zet keeps st. It does not wait for the disk: a getuige that lags after a power
// cut knows less, never something else.
func (g *Getuige) Zet(st Stempel) {
	_, err := g.f.WriteAt(fmt.Appendf(nil, "%020d%s %-40s\n", st.Nr, st.String()[strings.IndexByte(st.String(), '-'):], g.start), 0)
	g.stuk.Store(err != nil)
}

// Lees gives the Stempel that was kept last; ok is false when there is none that
// can be read. zelfdeStart: it was kept since the machine started, so that no
// image of the machine was put back after it.
func (g *Getuige) Lees() (st Stempel, zelfdeStart, ok bool) {
	b := make([]byte, 200)
	n, _ := g.f.ReadAt(b, 0)
	d := strings.Fields(string(b[:n]))
	if len(d) == 0 {
		return st, false, false
	}
	st, err := LeesStempel(d[0])
	if err != nil {
		return Stempel{}, false, false
	}
	return st, len(d) > 1 && d[1] == g.start && g.start != "", true
}

// Close writes it to disk and closes it.
func (g *Getuige) Close() error { return errors.Join(g.f.Sync(), g.f.Close()) }
