package graph

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Stap is what one block of the log adds: all of it at once, with the
// watermark, by Klaar. It sees its own unique terms before that.
type Stap struct {
	g     *Graph
	batch *pebble.Batch
	eigen map[[sleutelLengte]byte]uniekeWaarde
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

// Post adds a posting.
func (s *Stap) Post(k Kind, term string, tijd time.Time, plaats uint64) error {
	b := s.g.posting(k, term, tijd, plaats)
	return s.batch.Set(b[:], nil, nil)
}

// Uniek looks up a unique term, those of this step included.
func (s *Stap) Uniek(k Kind, term string) (plaats uint64, waarde []byte, ok bool, err error) {
	b := s.g.uniek(k, term)
	if u, ok := s.eigen[b]; ok {
		return u.plaats, u.waarde, true, nil
	}
	return s.g.uniekOp(b)
}

// Zet sets what stands under a unique term.
func (s *Stap) Zet(k Kind, term string, plaats uint64, waarde []byte) error {
	b := s.g.uniek(k, term)
	s.eigen[b] = uniekeWaarde{plaats, waarde}
	v := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(waarde)), plaats)
	return s.batch.Set(b[:], append(v, waarde...), nil)
}

// Blad records the ledger index of the first leaf of block seq.
func (s *Stap) Blad(seq, blad uint64) error {
	k := blokSleutel(seq)
	return s.batch.Set(k[:], binary.BigEndian.AppendUint64(nil, blad), nil)
}

// Klaar moves the watermark to seq and applies the step.
func (s *Stap) Klaar(seq uint64) error {
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
