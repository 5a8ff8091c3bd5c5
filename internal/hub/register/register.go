// Package register holds the list of deelnemers of the network: who may use the
// hub, and where each one's API is. The list is a file, deelnemers.json, that
// the chain manager edits; a change counts within a second, without a restart.
//
// It promises: a file that cannot be read or does not hold up never replaces a
// list that did; whoever is not in the list, or is marked ingetrokken, is out.
package register

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Bestand is the name of the list inside the hub's directory.
const Bestand = "deelnemers.json"

// Deelnemer is an organisation that takes part, and the base URL of its API.
type Deelnemer struct {
	begrip.Organisatie
	API         string `json:"api"`
	Ingetrokken bool   `json:"ingetrokken,omitempty"`
}

type lijst struct {
	Deelnemers []Deelnemer `json:"deelnemers"`
}

// Register is the list as it stands in its file.
type Register struct {
	pad    string
	log    *slog.Logger
	stand  atomic.Pointer[stand]
	bezig  sync.Mutex
	gezien time.Time // when the file was last looked at
}

type stand struct {
	lijst   []Deelnemer
	op      map[begrip.OIN]Deelnemer
	gemaakt time.Time
	grootte int64
}

// interval between two looks at the file.
const interval = 500 * time.Millisecond

// Open reads the list in dir. A list that is not there is empty; a list that is
// wrong is an error.
func Open(dir string, log *slog.Logger) (*Register, error) {
	r := &Register{pad: filepath.Join(dir, Bestand), log: log}
	s, err := lees(r.pad)
	if errors.Is(err, fs.ErrNotExist) {
		s, err = &stand{op: map[begrip.OIN]Deelnemer{}}, nil
	}
	if err != nil {
		return nil, err
	}
	r.stand.Store(s)
	return r, nil
}

func lees(pad string) (*stand, error) {
	info, err := os.Stat(pad)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	b, err := os.ReadFile(pad)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	var l lijst
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, fmt.Errorf("register: %s is not valid: %w", filepath.Base(pad), err)
	}
	s := &stand{lijst: l.Deelnemers, op: make(map[begrip.OIN]Deelnemer, len(l.Deelnemers)), gemaakt: info.ModTime(), grootte: info.Size()}
	for i, d := range l.Deelnemers {
		oin, err := begrip.ParseOIN(string(d.OIN))
		if err != nil || d.Naam == "" {
			return nil, fmt.Errorf("register: deelnemer %d needs a valid OIN and a name", i+1)
		}
		if _, dubbel := s.op[oin]; dubbel {
			return nil, fmt.Errorf("register: OIN %s is in the list twice", oin)
		}
		s.op[oin] = d
	}
	return s, nil
}

// ververs reads the file again when it changed; a broken file keeps the list.
func (r *Register) ververs() *stand {
	if !r.bezig.TryLock() {
		return r.stand.Load()
	}
	defer r.bezig.Unlock()
	s := r.stand.Load()
	if time.Since(r.gezien) < interval {
		return s
	}
	r.gezien = time.Now()
	info, err := os.Stat(r.pad)
	if err != nil || info.ModTime().Equal(s.gemaakt) && info.Size() == s.grootte {
		return s
	}
	nieuw, err := lees(r.pad)
	if err != nil {
		r.log.Error("deelnemers niet opnieuw gelezen; de vorige lijst blijft gelden", "fout", err)
		return s
	}
	r.stand.Store(nieuw)
	r.log.Info("deelnemers opnieuw gelezen", "aantal", len(nieuw.lijst))
	return nieuw
}

// Deelnemers gives who takes part now, in the order of the file.
func (r *Register) Deelnemers() []Deelnemer {
	uit := []Deelnemer{}
	for _, d := range r.ververs().lijst {
		if !d.Ingetrokken {
			uit = append(uit, d)
		}
	}
	return uit
}

// Toegelaten gives the deelnemer behind oin; Verboden when it is not in the
// list or its participation was withdrawn.
func (r *Register) Toegelaten(oin begrip.OIN) (Deelnemer, error) {
	d, ok := r.ververs().op[oin]
	switch {
	case !ok:
		return Deelnemer{}, begrip.NieuweFout(begrip.Verboden, "Uw organisatie staat niet in de lijst van deelnemers. Neem contact op met de ketenbeheerder.")
	case d.Ingetrokken:
		return Deelnemer{}, begrip.NieuweFout(begrip.Verboden, "De deelname van uw organisatie is ingetrokken. Neem contact op met de ketenbeheerder.")
	}
	return d, nil
}

// Schrijf replaces the list in dir in one go: a reader sees the old or the new.
func Schrijf(dir string, deelnemers []Deelnemer) error {
	b, err := json.MarshalIndent(lijst{deelnemers}, "", "  ")
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	f, err := os.CreateTemp(dir, Bestand+".*")
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, Bestand)); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return nil
}
