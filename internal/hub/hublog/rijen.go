package hublog

import (
	"slices"
	"time"
)

// rijen is a queue per sender. Blocks are filled by turns, a few entries of each
// sender at a time, so that one with a flood does not keep others waiting. The
// zero value is empty; Log.mu guards it.
type rijen struct {
	van   map[string]*rij
	beurt []*rij // those with something in it, in order of turn
	bytes int
}

// rij is the queue of one sender, oldest first.
type rij struct {
	van   string
	wacht []*aanvraag
	bytes int
}

const (
	perBeurt = 32              // entries a sender puts in a block before the next has its turn
	maxEen   = maxWachtrij / 2 // bytes that one sender may have waiting
)

// erbij adds a; false when its sender waits too long already or the queues
// are full.
func (r *rijen) erbij(a *aanvraag, maxWacht time.Duration) bool {
	q := r.van[a.van]
	if q != nil && (q.bytes+a.bytes > maxEen || a.sinds.Sub(q.wacht[0].sinds) > maxWacht) || r.bytes > 0 && r.bytes+a.bytes > maxWachtrij {
		return false
	}
	if q == nil {
		if r.van == nil {
			r.van = map[string]*rij{}
		}
		q = &rij{van: a.van}
		r.van[a.van] = q
		r.beurt = append(r.beurt, q)
	}
	q.wacht = append(q.wacht, a)
	q.bytes += a.bytes
	r.bytes += a.bytes
	return true
}

// neem fills a block. A call may get a place in it by parts, in order.
func (r *rijen) neem() (entries [][]byte, delen []deel) {
	bytes, vol := 0, false
	for len(r.beurt) > 0 && !vol {
		q, beurt := r.beurt[0], perBeurt
		if len(r.beurt) == 1 {
			beurt = MaxInBlok
		}
		for len(q.wacht) > 0 && beurt > 0 && !vol {
			a, n := q.wacht[0], 0
			for !a.weg && a.genomen < len(a.entries) && beurt > 0 {
				e := a.entries[a.genomen]
				if vol = len(entries) == MaxInBlok || len(entries) > 0 && bytes+len(e) > maxBlokBytes; vol {
					break
				}
				entries, bytes = append(entries, e), bytes+len(e)
				a.genomen++
				beurt--
				n++
			}
			if n > 0 {
				delen = append(delen, deel{a, n})
			}
			if a.weg || a.genomen == len(a.entries) {
				r.af(q)
			}
		}
		if len(q.wacht) == 0 {
			continue // af took its turn away
		}
		if beurt < perBeurt { // it had one, if not a whole one
			r.beurt = append(r.beurt[1:], q)
		}
	}
	return entries, delen
}

// af takes the oldest call out of q; an empty queue is forgotten.
func (r *rijen) af(q *rij) {
	a := q.wacht[0]
	q.wacht[0] = nil
	q.wacht = q.wacht[1:]
	q.bytes -= a.bytes
	r.bytes -= a.bytes
	if len(q.wacht) == 0 {
		delete(r.van, q.van)
		r.beurt = slices.DeleteFunc(r.beurt, func(x *rij) bool { return x == q })
	}
}

// weg takes a call out that failed while a part of it still waited.
func (r *rijen) weg(a *aanvraag) {
	if q := r.van[a.van]; q != nil && q.wacht[0] == a {
		r.af(q)
	}
}

func (r *rijen) stand(nu time.Time) (aantal int, oudste time.Duration) {
	for _, q := range r.beurt {
		aantal += len(q.wacht)
		oudste = max(oudste, nu.Sub(q.wacht[0].sinds))
	}
	return aantal, oudste
}
