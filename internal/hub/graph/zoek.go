package graph

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Term is one thing an event must have.
type Term struct {
	Kind   Kind
	Waarde string
}

// Vraag asks for the events that have all Termen, registered from Vanaf
// (inclusive) to Tot (exclusive), after Na and up to TotEnMet in log order.
// The most selective term stands first: it is walked, the others are looked
// up. Without terms, or with Smal, the postings of the time range are walked
// and every term is looked up: Smal says that the range from Vanaf holds fewer
// events than the first term.
type Vraag struct {
	Termen     []Term
	Vanaf, Tot time.Time // zero: no bound
	Na         uint64    // plaats behind which to begin; 0: at the start
	TotEnMet   uint64    // 0: no bound
	Smal       bool
}

// partij is how many events are looked for at a time in a walk over time; they
// are put in log order in memory.
const partij = 1 << 10

// Zoek gives the events that may match to zie, in log order, until that says
// no more or fails. Hashes are short, so zie checks the event itself. What a
// walk costs: over a term, the postings of that term from Na on, until zie has
// enough; over time, the postings of the whole range for every 1,024 events.
func (g *Graph) Zoek(v Vraag, zie func(plaats uint64) (meer bool, err error)) error {
	if len(v.Termen) == 0 || v.Smal {
		return g.overTijd(v, zie)
	}
	w, err := g.loop(v, v.Termen[0])
	if err != nil {
		return err
	}
	defer w.sluit()
	van, tot := grenzen(v)
	for {
		p, ok, err := w.volgende()
		if err != nil || !ok {
			return err
		}
		if p.tijd < van || p.tijd >= tot {
			continue
		}
		if heeft, err := g.heeft(v.Termen[1:], p); err != nil {
			return err
		} else if !heeft {
			continue
		}
		if meer, err := zie(p.plaats); err != nil || !meer {
			return err
		}
	}
}

// overTijd walks the time range, each time for the next few in log order.
func (g *Graph) overTijd(v Vraag, zie func(uint64) (bool, error)) error {
	for {
		h, err := g.eerste(v)
		if err != nil {
			return err
		}
		slices.SortFunc(h, func(a, b post) int { return cmp.Compare(a.plaats, b.plaats) })
		for _, p := range h {
			if meer, err := zie(p.plaats); err != nil || !meer {
				return err
			}
		}
		if len(h) < partij {
			return nil
		}
		v.Na = h[len(h)-1].plaats
	}
}

// eerste gives the first events of the range after Na, in any order.
func (g *Graph) eerste(v Vraag) (hoop, error) {
	w, err := g.loop(v, Term{Kind: Alle})
	if err != nil {
		return nil, err
	}
	defer w.sluit()
	van, tot := grenzen(v)
	var h hoop
	for {
		p, ok, err := w.volgende()
		if err != nil || !ok {
			return h, err
		}
		if p.tijd < van || p.tijd >= tot || len(h) == partij && p.plaats > h[0].plaats {
			continue
		}
		if heeft, err := g.heeft(v.Termen, p); err != nil {
			return nil, err
		} else if !heeft {
			continue
		}
		if len(h) == partij {
			heap.Pop(&h)
		}
		heap.Push(&h, p)
	}
}

// grenzen gives the time range: from, and up to but not including.
func grenzen(v Vraag) (van, tot uint64) {
	tot = ^uint64(0)
	if !v.Vanaf.IsZero() {
		van = micros(v.Vanaf)
	}
	if !v.Tot.IsZero() {
		tot = micros(v.Tot)
	}
	return van, tot
}

// heeft looks the terms up for the candidate.
func (g *Graph) heeft(termen []Term, p post) (bool, error) {
	for _, te := range termen {
		k := posting(g, te.Kind, te.Waarde, tijd(p.tijd), p.plaats)
		zoek := k
		if isLijst(k[0]) {
			zoek = k.vanBlok()
		}
		heeft := false
		if _, err := g.zie(zoek[:], func(v []byte) { heeft = !isLijst(k[0]) || staatIn(v, p.plaats) }); err != nil {
			return false, err
		}
		if !heeft {
			return false, nil
		}
	}
	return true, nil
}

// post is one posting of a term.
type post struct{ tijd, plaats uint64 }

// hoop keeps the latest candidate on top, to be thrown out first.
type hoop []post

func (h hoop) Len() int           { return len(h) }
func (h hoop) Less(i, j int) bool { return h[i].plaats > h[j].plaats }
func (h hoop) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hoop) Push(x any)        { *h = append(*h, x.(post)) }
func (h *hoop) Pop() any {
	n := len(*h) - 1
	x := (*h)[n]
	*h = (*h)[:n]
	return x
}

// BlokOp gives the first block that holds something received after t: what
// stands before it was known at t. Between is decided per event. It is one
// past the last block when the hub received nothing since.
func (g *Graph) BlokOp(t time.Time) (uint64, error) {
	stand, err := g.Stand()
	if err != nil {
		return 0, err
	}
	laag, hoog := uint64(1), stand+1 // the answer lies in [laag, hoog]
	for laag < hoog {
		m := laag + (hoog-laag)/2
		_, tot, ok, err := g.blok(m)
		if err != nil {
			return 0, err
		}
		if ok && tot > micros(t) {
			hoog = m
		} else {
			laag = m + 1
		}
	}
	return laag, nil
}
