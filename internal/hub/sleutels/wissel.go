package sleutels

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/handbereik/soh/internal/hub/hublog"
)

// wisselBestand is where the next master key stands while it replaces the
// first. As long as it is there the hub does not start.
func wisselBestand(meester string) string { return meester + ".wissel" }

// Wissel gives the key store a new master key: the key of every person is
// wrapped anew, and nothing that the old one wrapped stays on disk. References
// to persons stay what they are. No hub may run on this log. Killed at any
// moment, call it again: it goes on where it was. The caller keeps the old
// master key for as long as backups of the log need it.
//
// The order makes that so: the new key is on disk before it wraps anything; each
// message is written anew before the old one is erased; the stream says that
// the new key holds before the file does.
func Wissel(ctx context.Context, l *hublog.Log, meester string) error {
	oud, err := laadMeester(meester, false)
	if err != nil {
		return err
	}
	nieuwPad := wisselBestand(meester)
	nieuw, err := laadMeester(nieuwPad, true)
	if err != nil {
		return err
	}
	s := leeg()
	if s.stroom, err = l.Stroom("SLEUTELS"); err != nil {
		return err
	}
	if _, err := s.stroom.Nu(ctx); err != nil {
		return err
	}
	if s.omhulsel, err = omhulselVan(oud); err != nil {
		return err
	}
	s.volgend, err = omhulselVan(nieuw)
	if err == nil {
		err = s.herbouw(ctx) // finishes what was being erased
	}
	if err != nil {
		return err
	}
	if s.refKey == nil {
		if s.refKey, err = refSleutel(oud); err != nil {
			return err
		}
	}
	if err := s.herpakAlles(ctx); err != nil {
		return err
	}
	if _, err := s.stroom.PubliceerNa(s.stroom.Laatste(), controleBericht(s.volgend, s.refKey)); err != nil {
		return err
	}
	if err := os.Rename(nieuwPad, meester); err != nil {
		return fmt.Errorf("meestersleutel wisselen: %w", err)
	}
	if err := syncMap(filepath.Dir(meester)); err != nil {
		return fmt.Errorf("meestersleutel wisselen: %w", err)
	}
	s.omhulsel, s.volgend = s.volgend, nil
	return s.wisControle(ctx)
}

// herpakAlles writes every message that the old master key wrapped anew.
func (s *Sleutels) herpakAlles(ctx context.Context) error {
	var seqs []uint64
	if err := s.stroom.Vanaf(ctx, 0, func(seq uint64, data []byte) error {
		if !isControle(data) {
			seqs = append(seqs, seq)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, seq := range seqs {
		if err := s.herpak(ctx, seq); err != nil {
			return fmt.Errorf("bericht %d: %w", seq, err)
		}
	}
	return nil
}

func (s *Sleutels) herpak(ctx context.Context, seq uint64) error {
	data, err := s.stroom.Lees(ctx, seq)
	if err != nil {
		return err
	}
	rs, err := leesBericht(data)
	if err != nil {
		return err
	}
	var blijft []record
	al := true
	for _, r := range rs {
		if r.soort == soortSleutel {
			if p := s.index[r.ref]; p.seq != seq || p.gen != r.gen {
				continue // a later message has it, or it was destroyed
			}
			if _, err := r.open(s.volgend); err != nil {
				key, err := r.open(s.omhulsel)
				if err != nil {
					return errors.New("een sleutel past bij geen van beide meestersleutels")
				}
				r, al = sluit(s.volgend, r.ref, r.gen, key), false
			}
		}
		blijft = append(blijft, r)
	}
	if al && len(blijft) == len(rs) {
		return nil
	}
	nieuw, err := s.stroom.PubliceerNa(s.stroom.Laatste(), maakBericht(blijft))
	if err != nil {
		return err
	}
	for _, r := range blijft {
		s.neemOver(nieuw, r, nil)
	}
	return s.stroom.Wis(ctx, seq)
}

// wisControle erases the control messages of a master key that no longer holds.
func (s *Sleutels) wisControle(ctx context.Context) error {
	var weg []uint64
	if err := s.stroom.Vanaf(ctx, 0, func(seq uint64, data []byte) error {
		if isControle(data) {
			if _, ok := leesControle(s.omhulsel, data); !ok {
				weg = append(weg, seq)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, seq := range weg {
		if err := s.stroom.Wis(ctx, seq); err != nil {
			return err
		}
	}
	return nil
}
