package register

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Bestand is the name of the operator's list inside the hub's directory.
const Bestand = "deelnemers.json"

type inhoud struct {
	Deelnemers []Deelnemer `json:"deelnemers"`
}

// Lijst is the operator's list. It is read when it changed.
type Lijst struct {
	pad     string
	gemaakt time.Time
	grootte int64
}

// NieuweLijst names the list in dir; it need not be there.
func NieuweLijst(dir string) *Lijst { return &Lijst{pad: filepath.Join(dir, Bestand)} }

// Veranderd gives the list when it is there and is another than last time; ok
// is false when there is nothing new. Of a list that does not hold up the error
// comes once.
func (l *Lijst) Veranderd() (deelnemers []Deelnemer, ok bool, err error) {
	info, err := os.Stat(l.pad)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("register: %w", err)
	}
	if info.ModTime().Equal(l.gemaakt) && info.Size() == l.grootte {
		return nil, false, nil
	}
	l.gemaakt, l.grootte = info.ModTime(), info.Size()
	deelnemers, err = lees(l.pad)
	return deelnemers, err == nil, err
}

// Opnieuw makes Veranderd give the list again, because it could not be used.
func (l *Lijst) Opnieuw() { l.gemaakt = time.Time{} }

func lees(pad string) ([]Deelnemer, error) {
	ruw, err := os.ReadFile(pad)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	var l inhoud
	if err := json.Unmarshal(ruw, &l); err != nil {
		return nil, fmt.Errorf("register: %s is not valid: %w", filepath.Base(pad), err)
	}
	al := map[begrip.OIN]bool{}
	for i, d := range l.Deelnemers {
		var c begrip.Controle
		if d.Controleer(&c); len(c.Velden) > 0 {
			return nil, fmt.Errorf("register: deelnemer %d is not right: %w", i+1, c.Fout())
		}
		oin, err := begrip.ParseOIN(string(d.OIN))
		if err != nil || al[oin] {
			return nil, fmt.Errorf("register: OIN %s is in the list twice", d.OIN)
		}
		l.Deelnemers[i].OIN, al[oin] = oin, true
		for k := range i {
			if e := l.Deelnemers[k]; !e.Ingetrokken && !d.Ingetrokken && (e.Nummers.Heeft(oin.URN()) || d.Nummers.Heeft(e.OIN.URN()) || slices.ContainsFunc(d.Nummers.Lijst(), e.Nummers.Heeft)) {
				return nil, fmt.Errorf("register: a number of deelnemer %d is another's too", i+1)
			}
		}
	}
	return l.Deelnemers, nil
}

// Merk tells one entry of the list from the same entry after a change.
func (d Deelnemer) Merk() string {
	b, _ := json.Marshal(d) // only strings and a bool
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

// Schrijf replaces the list in dir in one go: a reader sees the old or the new.
func Schrijf(dir string, deelnemers []Deelnemer) error {
	b, err := json.MarshalIndent(inhoud{deelnemers}, "", "  ")
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
