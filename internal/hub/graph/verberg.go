package graph

import (
	"encoding/binary"
	"time"
)

// Reden tells why an event cannot be found; the zero value is that it can.
type Reden byte

// The reasons.
const (
	Ingetrokken Reden = 'i' // withdrawn; may be undone
	Verlopen    Reden = 'b' // past its bewaartermijn, for good
)

// Haal takes a posting away.
func (s *Stap) Haal(k Kind, term string, tijd time.Time, plaats uint64) error {
	b := posting(s.g, k, term, tijd, plaats)
	if isLijst(b[0]) {
		return s.vanLijst(&b)
	}
	s.haal(b)
	return nil
}

func (s *Stap) haal(k Sleutel) {
	if s.weg == nil {
		s.weg = map[Sleutel]bool{}
	}
	s.weg[k] = true
}

// HaalTerm takes away every posting of a term before plaats, those of this step
// included. It is for kinds with a key for each event.
func (s *Stap) HaalTerm(k Kind, term string, plaats uint64) error {
	w, err := s.g.loop(Vraag{TotEnMet: plaats - 1}, Term{k, term})
	if err != nil {
		return err
	}
	defer w.sluit()
	for {
		p, ok, err := w.volgende()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		s.haal(posting(s.g, k, term, tijd(p.tijd), p.plaats))
	}
	kop := kopTerm(s.g, k, term)
	for _, e := range s.keys {
		if [9]byte(e[:]) == kop && binary.BigEndian.Uint64(e[9:]) < plaats {
			s.haal(e)
		}
	}
	return nil
}

// ZetOnvindbaar records that the event at plaats cannot be found, and why; zero
// makes it findable again. Its postings are for the caller to move.
func (s *Stap) ZetOnvindbaar(plaats uint64, r Reden) error {
	return s.ZetStaat(onvindbaar, plaatsNaam(plaats), []byte{byte(r)})
}

// Onvindbaar gives why the event at plaats cannot be found, this step included.
func (s *Stap) Onvindbaar(plaats uint64) (Reden, error) {
	return redenVan(s.Staat(onvindbaar, plaatsNaam(plaats)))
}

// Onvindbaar gives why the event at plaats cannot be found.
func (g *Graph) Onvindbaar(plaats uint64) (Reden, error) {
	return redenVan(g.Staat(onvindbaar, plaatsNaam(plaats)))
}

// onvindbaar is the kind of state under which the reasons stand.
const onvindbaar = "onvindbaar"

func plaatsNaam(plaats uint64) string { return string(binary.BigEndian.AppendUint64(nil, plaats)) }

func redenVan(b []byte, ok bool, err error) (Reden, error) {
	if err != nil || !ok || len(b) != 1 {
		return 0, err
	}
	return Reden(b[0]), nil
}

// Staat gives the state of (soort, id), what this step sets included.
func (s *Stap) Staat(soort, id string) (waarde []byte, ok bool, err error) {
	if b, ok := s.staat[string(staatSleutel(soort, id))]; ok {
		return b, true, nil
	}
	return s.g.Staat(soort, id)
}

// Heeft tells whether any event has the term.
func (g *Graph) Heeft(k Kind, term string) (bool, error) {
	w, err := g.loop(Vraag{}, Term{k, term})
	if err != nil {
		return false, err
	}
	defer w.sluit()
	_, ok, err := w.volgende()
	return ok, err
}
