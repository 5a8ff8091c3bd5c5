package kern

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Getuige is a folder outside that of the hub, which knows how far the log was and
// what was signed last: whoever puts the hub back from a copy does not put this back.
type Getuige struct {
	slot  sync.Mutex
	map_  string
	f     *os.File
	start string // which start of the machine this is; empty: unknown
	blok  uint64 // kept last
	noot  string // kept last
}

// startID is the file in which Linux names the present start of the machine.
const startID = "/proc/sys/kernel/random/boot_id"

func openGetuige(map_ string) (*Getuige, error) {
	if err := os.MkdirAll(map_, 0o700); err != nil {
		return nil, fmt.Errorf("hub: getuige: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(map_, "blok"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("hub: getuige: %w", err)
	}
	b, _ := os.ReadFile(startID) // none on other systems: then nothing is proven here
	return &Getuige{map_: map_, f: f, start: strings.TrimSpace(string(b))}, nil
}

// Lees gives the last block that was acknowledged and the last signed stand, as
// kept before; ok is false when there is none. zelfdeStart: since the machine
// started, so that no image of it was put back.
func (g *Getuige) Lees() (blok uint64, noot []byte, zelfdeStart, ok bool) {
	b := make([]byte, 100)
	n, _ := g.f.ReadAt(b, 0)
	d := strings.Fields(string(b[:n]))
	if len(d) == 0 {
		return 0, nil, false, false
	}
	blok, err := strconv.ParseUint(d[0], 10, 64)
	if err != nil {
		return 0, nil, false, false
	}
	noot, _ = os.ReadFile(filepath.Join(g.map_, "stand"))
	return blok, noot, len(d) > 1 && d[1] == g.start && g.start != "", true
}

// Zet keeps that the log goes as far as blok. It does not wait for the disk.
func (g *Getuige) Zet(blok uint64) {
	if g == nil {
		return
	}
	g.slot.Lock()
	defer g.slot.Unlock()
	if blok > g.blok {
		g.blok = blok
		_, _ = g.f.WriteAt(fmt.Appendf(nil, "%020d %-40s\n", blok, g.start), 0)
	}
}

// ZetStand keeps what was signed last.
func (g *Getuige) ZetStand(noot []byte) error {
	if g == nil || len(noot) == 0 || string(noot) == g.noot {
		return nil
	}
	pad := filepath.Join(g.map_, "stand")
	if err := os.WriteFile(pad+".nieuw", noot, 0o600); err != nil {
		return err
	}
	g.noot = string(noot)
	return os.Rename(pad+".nieuw", pad)
}

// Vergeet begins again: a person dealt with what did not fit.
func (g *Getuige) Vergeet(blok uint64) error {
	if g == nil {
		return nil
	}
	g.blok, g.noot = 0, ""
	err := os.Remove(filepath.Join(g.map_, "stand"))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	g.Zet(blok)
	return err
}

func (g *Getuige) Close() error {
	if g == nil {
		return nil
	}
	return errors.Join(g.f.Sync(), g.f.Close())
}
