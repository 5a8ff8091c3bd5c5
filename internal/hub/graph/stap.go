package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
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
	if s.g.nieuw.zeker(&b) {
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
			s.g.nieuw.eigen.voeg(&b)
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

// veel is the number of keys above which a step goes into the store as a table
// of its own: that takes half of what the same keys cost one by one.
const veel = 25_000

// Klaar moves the watermark to seq and applies the step. Keys go in by order:
// the store then starts looking where it was, which halves its work. What is
// set twice counts once, and stands under one key.
func (s *Stap) Klaar(seq uint64) error {
	s.sorteer()
	zet := func(k, v []byte) error { return s.batch.Set(k, v, nil) }
	if len(s.keys) >= veel && s.weg == nil {
		if err := s.laadIn(); err != nil {
			return err
		}
	} else if err := s.alle(zet); err != nil {
		return err
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
	s.g.stand.Store(seq)
	return nil
}

// sorteer puts the keys of the step in order, each once.
func (s *Stap) sorteer() {
	for k, l := range s.lijsten {
		if len(l.posten) == 0 {
			s.haal(k)
		} else {
			s.keys = append(s.keys, k)
		}
	}
	slices.SortFunc(s.keys, vergelijk)
	s.keys = slices.Compact(s.keys)
}

// alle gives every key of the step with its value, in order.
func (s *Stap) alle(zet func(k, v []byte) error) error {
	var v []byte
	for i := range s.keys {
		v = v[:0]
		switch k := &s.keys[i]; {
		case isUniek(k[0]):
			u := s.eigen[*k]
			v = append(binary.BigEndian.AppendUint64(v, u.plaats), u.waarde...)
		case isLijst(k[0]):
			v = s.lijsten[*k].bytes(v)
		}
		if err := zet(s.keys[i][:], v); err != nil {
			return fmt.Errorf("graph: set: %w", err)
		}
	}
	return nil
}

// laadIn adds the keys of a large step, ahead of its watermark. A crash between
// the two leaves keys of events that the log gives once more: those are met as
// told before, with the same content and outcome, and change nothing. For a step
// that takes keys away that would not hold; those go the other way.
func (s *Stap) laadIn() error {
	f, err := s.g.opties.FS.Create(s.g.inladen, vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("graph: table: %w", err)
	}
	w := sstable.NewWriter(objstorageprovider.NewFileWritable(f), s.g.opties.MakeWriterOptions(0, s.g.db.TableFormat()))
	err = s.alle(w.Set)
	if err = errors.Join(err, w.Close()); err == nil {
		err = s.g.db.Ingest(context.Background(), []string{s.g.inladen})
	}
	if err != nil {
		return fmt.Errorf("graph: table: %w", errors.Join(err, s.g.opties.FS.Remove(s.g.inladen)))
	}
	return nil
}

// Weg drops a step that is not applied.
func (s *Stap) Weg() { _ = s.batch.Close() }

// vergelijk orders keys as bytes do. Hashes nearly always differ in the first
// eight.
func vergelijk(a, b Sleutel) int {
	if x, y := binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:]); x != y {
		return cmp.Compare(x, y)
	}
	return bytes.Compare(a[8:], b[8:])
}
