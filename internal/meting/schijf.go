package meting

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Schijf finds out whether a program can still write in its folder, for /ready.
type Schijf struct {
	Map string

	slot sync.Mutex
	op   time.Time
	fout error
}

// How old a try may be, and how large one is: as much as a write takes at most.
const (
	proefElke    = 5 * time.Second
	proefGrootte = 64 << 10
)

// Kijk tells why nothing can be written; nil when it can. It tries at most once
// in five seconds, so that who asks often costs nothing; sooner when it could not.
func (s *Schijf) Kijk() error {
	s.slot.Lock()
	defer s.slot.Unlock()
	if oud := time.Since(s.op); oud >= proefElke || s.fout != nil && oud >= proefElke/50 {
		s.fout = schrijf(filepath.Join(s.Map, ".proef"))
		s.op = time.Now()
	}
	return s.fout
}

// schrijf writes a file to disk and takes it away.
func schrijf(pad string) error {
	f, err := os.OpenFile(pad, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("er kan niets worden geschreven: %w", err)
	}
	b := make([]byte, proefGrootte)
	_, _ = rand.Read(b) // never fails
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(pad)); err != nil {
		return fmt.Errorf("er kan niets worden geschreven: %w", err)
	}
	return nil
}
