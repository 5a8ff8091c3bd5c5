package prov

import "slices"

// klein is up to how many things a scan is faster than a set, and costs no memory.
// Nearly every graph stays below it; above it all work grows with the size alone.
const klein = 32

// elk is a list of different things, in order.
type elk[T comparable] struct {
	lijst []T
	set   map[T]struct{} // of a long list
}

func (e *elk[T]) voeg(x T) {
	if len(e.lijst) <= klein {
		if !slices.Contains(e.lijst, x) {
			e.lijst = append(e.lijst, x)
		}
		return
	}
	if e.set == nil {
		e.set = make(map[T]struct{}, 2*len(e.lijst))
		for _, y := range e.lijst {
			e.set[y] = struct{}{}
		}
	}
	if _, al := e.set[x]; !al {
		e.set[x] = struct{}{}
		e.lijst = append(e.lijst, x)
	}
}

// waardenset holds the many values of one property, so that adding one does not
// look at all the others.
type waardenset struct {
	set    map[Value]struct{}
	stand  int // how many values the property had when this was true of it
	gelegd int // values put in, over all times that it was made
}

// voeg adds v to p, unless it is there. The values of p may have been changed by
// others since; then their number differs, and the set is made again.
func (z *waardenset) voeg(p *Prop, v Value) {
	if z.stand != len(p.Values) {
		z.set = make(map[Value]struct{}, 2*len(p.Values))
		for _, w := range p.Values {
			z.set[w] = struct{}{}
		}
		z.gelegd += len(p.Values)
	}
	if _, al := z.set[v]; !al {
		z.set[v] = struct{}{}
		z.gelegd++
		p.Values = append(p.Values, v)
	}
	z.stand = len(p.Values)
}
