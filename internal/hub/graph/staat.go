package graph

import (
	"bytes"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Staat is state that is read back whole, by kind and in order of id: what the
// chain itself must remember. Unlike the terms of events its keys are readable,
// so nothing about a person may stand in them.
const Staat Kind = 12

func staatSleutel(soort, id string) []byte {
	b := append(make([]byte, 0, 2+len(soort)+len(id)), byte(Staat))
	return append(append(append(b, soort...), 0), id...)
}

// ZetStaat sets the state of (soort, id) in this step.
func (s *Stap) ZetStaat(soort, id string, waarde []byte) error {
	k := staatSleutel(soort, id)
	if err := s.batch.Set(k, waarde, nil); err != nil {
		return fmt.Errorf("graph: set state: %w", err)
	}
	if s.staat == nil {
		s.staat = map[string][]byte{}
	}
	s.staat[string(k)] = waarde
	return nil
}

// WisStaat removes the state of (soort, id) in this step.
func (s *Stap) WisStaat(soort, id string) error {
	if err := s.batch.Delete(staatSleutel(soort, id), nil); err != nil {
		return fmt.Errorf("graph: remove state: %w", err)
	}
	return nil
}

// WisStaatVoor removes every state of soort with an id before this one.
func (s *Stap) WisStaatVoor(soort, id string) error {
	if err := s.batch.DeleteRange(staatSleutel(soort, ""), staatSleutel(soort, id), nil); err != nil {
		return fmt.Errorf("graph: remove state: %w", err)
	}
	return nil
}

// Staat gives the state of (soort, id); ok is false for none.
func (g *Graph) Staat(soort, id string) (waarde []byte, ok bool, err error) {
	return g.get(staatSleutel(soort, id))
}

// AlleStaat gives every state of soort to f, ordered by id.
func (g *Graph) AlleStaat(soort string, f func(id string, waarde []byte) error) error {
	return g.StaatMet(soort, "", f)
}

// StaatMet gives every state of soort whose id begins with begin to f, ordered
// by id.
func (g *Graph) StaatMet(soort, begin string, f func(id string, waarde []byte) error) error {
	onder := staatSleutel(soort, begin)
	boven := bytes.Clone(onder)
	boven[len(boven)-1]++ // no id holds a byte 0xff
	it, err := g.db.NewIter(&pebble.IterOptions{LowerBound: onder, UpperBound: boven})
	if err != nil {
		return fmt.Errorf("graph: iterate: %w", err)
	}
	defer it.Close()
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return fmt.Errorf("graph: iterate: %w", err)
		}
		if err := f(string(it.Key()[2+len(soort):]), bytes.Clone(v)); err != nil {
			return err
		}
	}
	return it.Error()
}
