package graph

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Stap is what some blocks of the log add: all of it at once, with the
// watermark, by Klaar. It sees its own unique terms before that.
type Stap struct {
	g       *Graph
	batch   *pebble.Batch
	eigen   map[Sleutel]uniekeWaarde
	lijsten map[Sleutel]*lijst // as this step leaves them
	keys    []Sleutel          // of all that is in this step
	weg     map[Sleutel]bool   // that were taken away
	staat   map[string][]byte  // set in this step

	blok, tot uint64 // of the last Blad
}

type uniekeWaarde struct {
	plaats uint64
	waarde []byte
}

// Stap begins a step. One at a time.
func (g *Graph) Stap() *Stap {
	return &Stap{g: g, batch: g.db.NewBatch(), eigen: map[Sleutel]uniekeWaarde{}, lijsten: map[Sleutel]*lijst{}}
}

// Batch gives the batch of the step, for what must be written with it.
func (s *Stap) Batch() *pebble.Batch { return s.batch }

// Posting makes the key of a posting, for Postings. It needs no step.
func (g *Graph) Posting(k Kind, term []byte, tijd time.Time, plaats uint64) Sleutel {
	return posting(g, k, term, tijd, plaats)
}

// Postings adds postings.
func (s *Stap) Postings(ps []Sleutel) error {
	for i := range ps {
		if isLijst(ps[i][0]) {
			if err := s.opLijst(&ps[i]); err != nil {
				return err
			}
		} else {
			s.keys = append(s.keys, ps[i])
		}
	}
	return nil
}

// Post adds a posting, also one that was taken away.
func (s *Stap) Post(k Kind, term string, tijd time.Time, plaats uint64) error {
	b := posting(s.g, k, term, tijd, plaats)
	delete(s.weg, b)
	return s.Postings([]Sleutel{b})
}

// Uniek looks up a unique term, those of this step included.
func (s *Stap) Uniek(k Kind, term string) (plaats uint64, waarde []byte, ok bool, err error) {
	return s.UniekOp(uniek(s.g, k, term))
}

// UniekOp is Uniek for who made the key before.
func (s *Stap) UniekOp(b Sleutel) (plaats uint64, waarde []byte, ok bool, err error) {
	if u, ok := s.eigen[b]; ok {
		return u.plaats, u.waarde, true, nil
	}
	if s.g.filter.zeker(&b) {
		return 0, nil, false, nil
	}
	return s.g.uniekOp(b)
}

// Zet sets what stands under a unique term.
func (s *Stap) Zet(k Kind, term string, plaats uint64, waarde []byte) {
	s.ZetOp(uniek(s.g, k, term), plaats, waarde)
}

// ZetOp is Zet for who made the key before.
func (s *Stap) ZetOp(b Sleutel, plaats uint64, waarde []byte) {
	if _, al := s.eigen[b]; !al {
		s.keys = append(s.keys, b)
		if isGefilterd(b[0]) {
			s.g.filter.voeg(&b)
		}
	}
	s.eigen[b] = uniekeWaarde{plaats, waarde}
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

// Klaar moves the watermark to seq and applies the step. What is set twice
// counts once, and stands under one key.
func (s *Stap) Klaar(seq uint64) error {
	r := s.reeks()
	st := &s.g.staart
	if err := st.ruimte(); err != nil {
		return err
	}
	if len(r.keys) > 0 {
		st.nummer++
		op := s.batch.SetDeferred(9, r.lengte())
		copy(op.Key, staartSleutel(st.nummer))
		r.schrijf(op.Value)
		if err := op.Finish(); err != nil {
			return fmt.Errorf("graph: set: %w", err)
		}
	}
	if err := s.batch.Set(standSleutel, binary.BigEndian.AppendUint64(nil, seq), nil); err != nil {
		return fmt.Errorf("graph: watermark: %w", err)
	}
	if err := s.batch.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("graph: commit: %w", err)
	}
	if len(r.keys) > 0 && st.bij(r) >= st.genoeg { // found after what else the step says holds
		s.g.spoel()
	}
	s.g.stand.Store(seq)
	return nil
}

// reeks gives the keys of the step in order, each once, and what was taken away.
func (s *Stap) reeks() *reeks {
	for k, l := range s.lijsten {
		if len(l.posten) == 0 {
			s.haal(k)
		} else {
			s.keys = append(s.keys, k)
		}
	}
	for k := range s.weg {
		s.keys = append(s.keys, k)
	}
	slices.SortFunc(s.keys, func(a, b Sleutel) int { return vergelijk(&a, &b) })
	s.keys = slices.Compact(s.keys)
	r := &reeks{keys: s.keys, eind: make([]uint32, 0, len(s.keys)), waarden: make([]byte, 0, 12*len(s.keys))}
	for i := range s.keys {
		k := &s.keys[i]
		weg := s.weg[*k]
		switch {
		case weg:
		case isUniek(k[0]):
			u := s.eigen[*k]
			r.waarden = append(binary.BigEndian.AppendUint64(r.waarden, u.plaats), u.waarde...)
		case isLijst(k[0]):
			r.waarden = s.lijsten[*k].bytes(r.waarden)
		}
		r.sluit(weg)
	}
	return r
}

// Weg drops a step that is not applied.
func (s *Stap) Weg() { _ = s.batch.Close() }

// vergelijk orders keys as bytes do. Hashes nearly always differ in the first
// eight.
func vergelijk(a, b *Sleutel) int {
	if x, y := binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:]); x != y {
		return cmp.Compare(x, y)
	}
	return bytes.Compare(a[8:], b[8:])
}
