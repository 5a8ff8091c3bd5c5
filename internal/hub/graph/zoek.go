package graph

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Term is one thing an event must have.
type Term struct {
	Kind   Kind
	Waarde string
}

// Vraag asks for the events that have all Termen, registered from Vanaf
// (inclusive) to Tot (exclusive), after Na and up to TotEnMet in log order.
// The most selective term stands first: it is walked, the others are looked up.
type Vraag struct {
	Termen     []Term
	Vanaf, Tot time.Time // zero: no bound
	Na         uint64    // plaats of the last one already given; 0: none
	TotEnMet   uint64    // 0: no bound
	Limiet     int
}

// Treffer is an event that may match: hashes are short, so the caller checks
// the event itself.
type Treffer struct {
	Plaats uint64
	Tijd   time.Time
}

// Zoek gives the first Limiet hits in log order and whether there are more.
// Memory is bounded by Limiet, time by the postings of the first term.
func (g *Graph) Zoek(v Vraag) (treffers []Treffer, meer bool, err error) {
	if len(v.Termen) == 0 {
		v.Termen = []Term{{Alle, ""}}
	}
	if v.Limiet < 1 {
		return nil, false, errors.New("graph: limiet must be positive")
	}
	snap := g.db.NewSnapshot()
	defer snap.Close()
	onder, boven := g.grenzen(v)
	it, err := snap.NewIter(&pebble.IterOptions{LowerBound: onder, UpperBound: boven})
	if err != nil {
		return nil, false, fmt.Errorf("graph: iterate: %w", err)
	}
	defer it.Close()
	var h hoop
	for ok := it.First(); ok; ok = it.Next() {
		k := it.Key()
		t := kandidaat{binary.BigEndian.Uint64(k[9:]), binary.BigEndian.Uint64(k[17:])}
		if t.plaats <= v.Na || v.TotEnMet > 0 && t.plaats > v.TotEnMet || len(h) > v.Limiet && t.plaats > h[0].plaats {
			continue
		}
		heeft, err := g.heeft(snap, v.Termen[1:], t)
		if err != nil {
			return nil, false, err
		}
		if !heeft {
			continue
		}
		heap.Push(&h, t)
		if len(h) > v.Limiet+1 {
			heap.Pop(&h)
		}
	}
	if err := it.Error(); err != nil {
		return nil, false, fmt.Errorf("graph: iterate: %w", err)
	}
	slices.SortFunc(h, func(a, b kandidaat) int { return cmp(a.plaats, b.plaats) })
	if meer = len(h) > v.Limiet; meer {
		h = h[:v.Limiet]
	}
	for _, t := range h {
		treffers = append(treffers, Treffer{t.plaats, tijd(t.tijd)})
	}
	return treffers, meer, nil
}

func (g *Graph) grenzen(v Vraag) (onder, boven []byte) {
	h := g.term(v.Termen[0].Kind, v.Termen[0].Waarde)
	onder = append([]byte{byte(v.Termen[0].Kind)}, h[:8]...)
	boven = slices.Clone(onder)
	if !v.Vanaf.IsZero() {
		onder = binary.BigEndian.AppendUint64(onder, micros(v.Vanaf))
	}
	if !v.Tot.IsZero() {
		return onder, binary.BigEndian.AppendUint64(boven, micros(v.Tot))
	}
	return onder, append(boven, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
}

// heeft looks the other terms up at the exact key of the candidate.
func (g *Graph) heeft(snap *pebble.Snapshot, termen []Term, t kandidaat) (bool, error) {
	for _, te := range termen {
		k := g.posting(te.Kind, te.Waarde, tijd(t.tijd), t.plaats)
		_, c, err := snap.Get(k[:])
		if err == pebble.ErrNotFound {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("graph: get: %w", err)
		}
		_ = c.Close()
	}
	return true, nil
}

type kandidaat struct{ tijd, plaats uint64 }

// hoop keeps the latest candidate on top, to be thrown out first.
type hoop []kandidaat

func (h hoop) Len() int           { return len(h) }
func (h hoop) Less(i, j int) bool { return h[i].plaats > h[j].plaats }
func (h hoop) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hoop) Push(x any)        { *h = append(*h, x.(kandidaat)) }
func (h *hoop) Pop() any {
	n := len(*h) - 1
	x := (*h)[n]
	*h = (*h)[:n]
	return x
}

func cmp(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
