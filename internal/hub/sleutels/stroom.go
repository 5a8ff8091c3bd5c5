package sleutels

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// telling is what herbouw needs to see which messages hold nothing that lives.
type telling struct {
	leeft  map[uint64]int      // live records per message
	graven map[[16]byte]uint64 // message of the newest tombstone
}

// herbouw reads the whole stream into the index and finishes erasures that
// were interrupted: a message that was written anew, but not erased yet.
func (s *Sleutels) herbouw(ctx context.Context) error {
	s.schrijfMu.Lock()
	defer s.schrijfMu.Unlock()
	t := &telling{map[uint64]int{}, map[[16]byte]uint64{}}
	gezien, goed := false, false
	err := s.stroom.Vanaf(ctx, 0, func(seq uint64, data []byte) error {
		if isControle(data) {
			ref, ok := leesControle(s.omhulsel, data)
			if !ok && s.volgend != nil {
				ref, ok = leesControle(s.volgend, data)
			}
			if ok { // what does not open is of a master key that was replaced
				s.refKey = ref
			}
			gezien, goed = true, goed || ok
			s.gelezen = seq
			return nil
		}
		t.leeft[seq] = 0
		return s.bericht(seq, data, t)
	})
	if err != nil {
		return err
	}
	switch {
	case !gezien:
		return errors.New("de opslag van de sleutels is beschadigd: het controlebericht ontbreekt")
	case !goed:
		return errors.New("de meestersleutel past niet bij de opslag van deze hub: zet de juiste meester.sleutel terug uit de reservekopie, of neem die van de hub die het log begon")
	}
	for seq, n := range t.leeft {
		if n == 0 {
			if err := s.stroom.Wis(ctx, seq); err != nil {
				return fmt.Errorf("vernietiging afmaken: %w", err)
			}
		}
	}
	return nil
}

// bericht takes over message seq. Caller holds schrijfMu.
func (s *Sleutels) bericht(seq uint64, data []byte, t *telling) error {
	rs, err := leesBericht(data)
	if err != nil {
		return fmt.Errorf("bericht %d: %w", seq, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rs {
		s.neemOver(seq, r, t)
	}
	s.gelezen = seq
	return nil
}

// neemOver makes the index reflect one record. Caller holds mu.
func (s *Sleutels) neemOver(seq uint64, r record, t *telling) {
	tel := func(seq uint64, n int) {
		if t != nil && seq != 0 {
			t.leeft[seq] += n
		}
	}
	oud, had := s.index[r.ref]
	switch {
	case r.soort == soortGraf:
		if r.gen < s.graf[r.ref] {
			return
		}
		if had && oud.gen <= r.gen {
			delete(s.index, r.ref)
			delete(s.warm, r.ref)
			tel(oud.seq, -1)
		}
		s.graf[r.ref] = r.gen
		if t != nil {
			tel(t.graven[r.ref], -1)
			t.graven[r.ref] = seq
		}
		tel(seq, 1)
	case r.gen > s.graf[r.ref] && (!had || r.gen >= oud.gen):
		if had {
			tel(oud.seq, -1)
		}
		s.index[r.ref] = r.plek(seq)
		tel(seq, 1)
	}
}

// lees catches up with the stream; vraag asks the storage for its end first.
// Caller holds schrijfMu.
func (s *Sleutels) lees(ctx context.Context, vraag bool) error {
	if vraag {
		if _, err := s.stroom.Nu(ctx); err != nil {
			return err
		}
	}
	tot := s.stroom.Laatste()
	err := s.stroom.Vanaf(ctx, s.gelezen+1, func(seq uint64, data []byte) error {
		if seq <= s.gelezen {
			return nil
		}
		return s.bericht(seq, data, nil)
	})
	if err == nil {
		s.gelezen = max(s.gelezen, tot) // what is not there was erased
	}
	return err
}

// bijwerken takes over what other replicas wrote before the call.
func (s *Sleutels) bijwerken(ctx context.Context) error {
	s.schrijfMu.Lock()
	defer s.schrijfMu.Unlock()
	return s.lees(ctx, true)
}

// haalIn takes over what other replicas wrote, as far as is known here: a key
// that was destroyed elsewhere leaves the memory of this one too.
func (s *Sleutels) haalIn() {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	s.schrijfMu.Lock()
	defer s.schrijfMu.Unlock()
	if s.stroom.Laatste() > s.gelezen {
		_ = s.lees(ctx, false) // called again within a second
	}
}
