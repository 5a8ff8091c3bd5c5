package graph

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Stap is what some blocks of the log add: all of it at once, with the
// watermark, by Klaar. It sees its own unique terms before that.
type Stap struct {
	g     *Graph
	batch *pebble.Batch
	eigen map[[sleutelLengte]byte]uniekeWaarde
	keys  [][sleutelLengte]byte        // of all that is in this step
	weg   map[[sleutelLengte]byte]bool // that were taken away
	staat map[string][]byte            // set in this step

	blok, tot    uint64   // of the last Blad
	laatste      veelTerm // that was asked for, with its key: it is often set next
	laatsteUniek [sleutelLengte]byte
}

type uniekeWaarde struct {
	plaats uint64
	waarde []byte
}

// Stap begins a step. One at a time.
func (g *Graph) Stap() *Stap {
	return &Stap{g: g, batch: g.db.NewBatch(), eigen: map[[sleutelLengte]byte]uniekeWaarde{}}
}

// Batch gives the batch of the step, for what must be written with it.
func (s *Stap) Batch() *pebble.Batch { return s.batch }

// Posting is the key of a posting.
type Posting [sleutelLengte]byte

// Posting makes the key of a posting, for Postings. It needs no step.
func (g *Graph) Posting(k Kind, term string, tijd time.Time, plaats uint64) Posting {
	return g.posting(k, term, tijd, plaats)
}

// Postings adds postings.
func (s *Stap) Postings(ps []Posting) {
	for _, p := range ps {
		s.keys = append(s.keys, p)
	}
}

// Post adds a posting.
func (s *Stap) Post(k Kind, term string, tijd time.Time, plaats uint64) error {
	b := s.g.posting(k, term, tijd, plaats)
	if s.weg != nil {
		delete(s.weg, b)
	}
	s.keys = append(s.keys, b)
	return nil
}

// Uniek looks up a unique term, those of this step included.
func (s *Stap) Uniek(k Kind, term string) (plaats uint64, waarde []byte, ok bool, err error) {
	b := s.uniek(k, term)
	if u, ok := s.eigen[b]; ok {
		return u.plaats, u.waarde, true, nil
	}
	if s.g.nieuw.zeker(&b) {
		return 0, nil, false, nil
	}
	return s.g.uniekOp(b)
}

func (s *Stap) uniek(k Kind, term string) [sleutelLengte]byte {
	if t := (veelTerm{k, term}); t != s.laatste {
		s.laatste, s.laatsteUniek = t, s.g.uniek(k, term)
	}
	return s.laatsteUniek
}

// Zet sets what stands under a unique term.
func (s *Stap) Zet(k Kind, term string, plaats uint64, waarde []byte) error {
	b := s.uniek(k, term)
	if _, al := s.eigen[b]; !al {
		s.keys = append(s.keys, b)
		if isGefilterd(b[0]) {
			s.g.nieuw.eigen.voeg(&b)
		}
	}
	s.eigen[b] = uniekeWaarde{plaats, waarde}
	return nil
}

// Blad records of block seq the ledger index of its first leaf and when the
// last of its entries was received.
func (s *Stap) Blad(seq, blad uint64, ontvangen time.Time) error {
	tot := s.tot
	if s.blok == 0 || s.blok != seq-1 {
		var err error
		if _, tot, _, err = s.g.blok(seq - 1); err != nil {
			return err
		}
	}
	if !ontvangen.IsZero() {
		tot = max(tot, micros(ontvangen))
	}
	s.blok, s.tot = seq, tot
	k := blokSleutel(seq)
	return s.batch.Set(k[:], binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, blad), tot), nil)
}

// Klaar moves the watermark to seq and applies the step. Keys go in by order:
// the store then starts looking where it was, which halves its work. What is
// set twice counts once, and stands under one key.
func (s *Stap) Klaar(seq uint64) error {
	slices.SortFunc(s.keys, func(a, b [sleutelLengte]byte) int { return bytes.Compare(a[:], b[:]) })
	var v []byte
	for i := range s.keys {
		v = v[:0]
		if u, ok := s.eigen[s.keys[i]]; ok {
			v = append(binary.BigEndian.AppendUint64(v, u.plaats), u.waarde...)
		}
		if err := s.batch.Set(s.keys[i][:], v, nil); err != nil {
			return fmt.Errorf("graph: set: %w", err)
		}
	}
	if err := s.pasWegToe(); err != nil {
		return err
	}
	if err := s.batch.Set(standSleutel, binary.BigEndian.AppendUint64(nil, seq), nil); err != nil {
		return fmt.Errorf("graph: watermark: %w", err)
	}
	if err := s.batch.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("graph: commit: %w", err)
	}
	return nil
}

// Weg drops a step that is not applied.
func (s *Stap) Weg() { _ = s.batch.Close() }
