package graph

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// Terms that many events share have no key for each event but a list for each
// block of the log: a key costs the store as much as reading the event does. For
// Alle the hour stands in the place of a term, which is the way to a time range.

func isLijst(k byte) bool {
	return Kind(k) == Alle || Kind(k) == Organisatie || Kind(k) == Type || Kind(k) == Genoemd
}

// vanBlok is the key of the list that a posting stands in: the place of the first
// entry of its block, and no time.
func (k Sleutel) vanBlok() Sleutel {
	clear(k[15:])
	return k
}

func (k *Sleutel) post() post {
	return post{plaats: binary.BigEndian.Uint64(k[9:]), tijd: binary.BigEndian.Uint64(k[17:])}
}

// lijst is the postings of one term in one block, in log order.
type lijst struct{ posten []post }

// vindt gives where plaats stands, or belongs.
func (l *lijst) vindt(plaats uint64) (int, bool) {
	if n := len(l.posten); n == 0 || l.posten[n-1].plaats < plaats { // the way of nearly all
		return n, false
	}
	return slices.BinarySearchFunc(l.posten, plaats, func(p post, plaats uint64) int { return cmp.Compare(p.plaats, plaats) })
}

// lijst gives a list as this step has it.
func (s *Stap) lijst(k Sleutel) (*lijst, error) {
	if l := s.lijsten[k]; l != nil {
		return l, nil
	}
	var v []byte
	if k.post().plaats>>16 <= s.g.stand.Load() { // else it is the block's first time here
		var err error
		if v, _, err = s.g.get(k[:]); err != nil {
			return nil, err
		}
	}
	l := new(lijst)
	for lees := (lijstLezer{rest: v, plaats: k.post().plaats}); ; {
		p, ok, err := lees.volgende()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		l.posten = append(l.posten, p)
	}
	s.lijsten[k] = l
	return l, nil
}

func (s *Stap) opLijst(k *Sleutel) error {
	l, err := s.lijst(k.vanBlok())
	if err != nil {
		return err
	}
	p := k.post()
	if i, al := l.vindt(p.plaats); !al {
		l.posten = slices.Insert(l.posten, i, p)
	}
	return nil
}

func (s *Stap) vanLijst(k *Sleutel) error {
	l, err := s.lijst(k.vanBlok())
	if err != nil {
		return err
	}
	if i, er := l.vindt(k.post().plaats); er {
		l.posten = slices.Delete(l.posten, i, i+1)
	}
	return nil
}

// bytes writes the list behind b: of each posting how much further it stands
// than the one before it (uvarint), the first from the begin of the block, and how
// much later its time is (varint, µs), the first from 1970.
func (l *lijst) bytes(b []byte) []byte {
	plaats, tijd := l.posten[0].plaats&^0xffff, uint64(1)<<63
	for _, p := range l.posten {
		b = binary.AppendUvarint(b, p.plaats-plaats)
		b = binary.AppendVarint(b, int64(p.tijd-tijd))
		plaats, tijd = p.plaats, p.tijd
	}
	return b
}

// lijstLezer reads what bytes wrote; plaats begins at the block.
type lijstLezer struct {
	rest   []byte
	plaats uint64
	tijd   uint64 // without the bit that orders what was before 1970
}

var errLijst = errors.New("graph: a list of postings is damaged")

func (l *lijstLezer) volgende() (p post, ok bool, err error) {
	if len(l.rest) == 0 {
		return post{}, false, nil
	}
	verder, n := binary.Uvarint(l.rest)
	if n <= 0 {
		return post{}, false, errLijst
	}
	later, m := binary.Varint(l.rest[n:])
	if m <= 0 {
		return post{}, false, errLijst
	}
	l.rest, l.plaats, l.tijd = l.rest[n+m:], l.plaats+verder, l.tijd+uint64(later)
	return post{plaats: l.plaats, tijd: l.tijd ^ 1<<63}, true, nil
}

// staatIn tells whether plaats is in the list v.
func staatIn(v []byte, plaats uint64) bool {
	l := lijstLezer{rest: v, plaats: plaats &^ 0xffff}
	for {
		p, ok, err := l.volgende()
		if err != nil || !ok || p.plaats >= plaats {
			return ok && p.plaats == plaats
		}
	}
}

// wandeling walks the postings of a term in log order; those of Alle by hour.
type wandeling struct {
	*loper
	lijst    lijstLezer // what is left of the list under hand
	van, tot uint64     // plaats, both included
}

// loop opens the postings of a term between the places of v; for Alle, of the
// hours that touch its times.
func (g *Graph) loop(v Vraag, t Term) (*wandeling, error) {
	w := &wandeling{van: v.Na + 1, tot: v.TotEnMet}
	if w.tot == 0 {
		w.tot = ^uint64(0)
	}
	onder, boven := kopTerm(g, t.Kind, t.Waarde), [9]byte{}
	boven = onder
	een, twee := w.van, w.tot
	switch {
	case t.Kind == Alle:
		van, tot := grenzen(v)
		onder, boven, een, twee = kopUur(van), kopUur(tot), 0, ^uint64(0)
	case isLijst(byte(t.Kind)):
		een &^= 0xffff
	}
	l, err := g.loper(
		binary.BigEndian.AppendUint64(onder[:], een),
		append(binary.BigEndian.AppendUint64(boven[:], twee), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))
	w.loper = l
	return w, err
}

// volgende gives the next posting; ok is false at the end.
func (w *wandeling) volgende() (post, bool, error) {
	for {
		p, ok, err := w.lijst.volgende()
		if err == nil && !ok {
			p, ok, err = w.sleutel()
		}
		if err != nil || !ok {
			return p, false, err
		}
		if p.plaats >= w.van && p.plaats <= w.tot {
			return p, true, nil
		}
	}
}

// sleutel goes to the next key: a posting itself, or a list of at least one.
func (w *wandeling) sleutel() (p post, ok bool, err error) {
	b, v, ok, err := w.loper.volgende()
	if err != nil || !ok {
		return p, false, err
	}
	k := (*Sleutel)(b)
	p = k.post()
	if !isLijst(k[0]) {
		return p, true, nil
	}
	w.lijst = lijstLezer{rest: v, plaats: p.plaats}
	return w.lijst.volgende()
}
