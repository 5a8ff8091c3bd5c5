package ledger

import (
	"errors"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Past tells whether the tree holds c: it is as large at least, and has that root.
func (l *Ledger) Past(c Checkpoint) (bool, error) {
	n, err := l.vast()
	if err != nil || c.Grootte > n {
		return false, err
	}
	if c.Grootte == 0 {
		return true, nil
	}
	w, err := tlog.TreeHash(c.Grootte, l)
	return w == c.Wortel, err
}

// Bladen is how many leaves the tree has.
func (l *Ledger) Bladen() (int64, error) { return l.vast() }

// VervangSleutel puts the key and what was signed with it aside, under the moment
// op, and gives the public part of a new one: a log that was put back from a copy
// must sign nothing that contradicts the old signatures.
func VervangSleutel(cfg Config, op time.Time) (vkey string, err error) {
	merk := ".tot-" + op.UTC().Format("20060102T150405Z")
	if cfg.Getekend == "" {
		cfg.Getekend = cfg.Sleutel + ".checkpoint"
	}
	for _, pad := range []string{cfg.Getekend, cfg.Sleutel} { // the key last: without it nothing starts
		if err := os.Rename(pad, pad+merk); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	l := &Ledger{cfg: cfg}
	err = l.laadSleutel()
	return l.vkey, err
}
