package graph

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// filter tells of a unique term that it is certainly not in the store, so that
// a new event, which nearly every event is, costs no look-up. It is a Bloom
// filter in blocks of one cache line, in parts that double: about 1.5 byte per
// key, one key in a hundred looked up for nothing.
type filter struct {
	delen []filterDeel
	over  int // keys that still fit in the last part
}

type filterDeel [][8]uint64 // a cache line each

const (
	eersteDeel = 1 << 18 // keys
	perLijn    = 42      // keys
	perSleutel = 5       // bits
)

// voeg adds a key of which the bytes from the second on are a hash.
func (f *filter) voeg(k *Sleutel) {
	if f.over == 0 {
		f.over = eersteDeel << len(f.delen)
		f.delen = append(f.delen, make(filterDeel, f.over/perLijn))
	}
	f.over--
	d := f.delen[len(f.delen)-1]
	lijn, bits := plek(k, len(d))
	for range perSleutel {
		d[lijn][bits>>6&7] |= 1 << (bits & 63)
		bits >>= 9
	}
}

// misschien is false when k was certainly not added.
func (f *filter) misschien(k *Sleutel) bool {
	for i := range f.delen {
		d := f.delen[i]
		lijn, bits := plek(k, len(d))
		ja := true
		for range perSleutel {
			ja = ja && d[lijn][bits>>6&7]&(1<<(bits&63)) != 0
			bits >>= 9
		}
		if ja {
			return true
		}
	}
	return false
}

func plek(k *Sleutel, lijnen int) (lijn int, bits uint64) {
	return int(binary.LittleEndian.Uint64(k[1:]) >> 1 % uint64(lijnen)), binary.LittleEndian.Uint64(k[9:]) ^ uint64(k[0])
}

// nieuw knows which unique terms are new: those of before this process from the
// store, read in the background, and those of this process as they are set.
type nieuw struct {
	eigen filter                 // of the one writer
	oud   atomic.Pointer[filter] // nil until it was read
	stop  atomic.Bool
	klaar sync.WaitGroup
}

// gefilterd are the kinds that nearly every event sets anew.
var gefilterd = [...]Kind{Interactie, Activiteit}

func isGefilterd(k byte) bool { return Kind(k) == Interactie || Kind(k) == Activiteit }

// begin reads the store. What is set meanwhile goes to eigen as well.
func (n *nieuw) begin(db *pebble.DB) {
	snap := db.NewSnapshot()
	n.klaar.Go(func() {
		defer snap.Close()
		f := new(filter)
		for _, k := range gefilterd {
			if err := n.lees(snap, k, f); err != nil {
				return // without it each term is looked up
			}
		}
		if !n.stop.Load() {
			n.oud.Store(f)
		}
	})
}

func (n *nieuw) lees(snap *pebble.Snapshot, k Kind, f *filter) error {
	it, err := snap.NewIter(&pebble.IterOptions{LowerBound: []byte{byte(k)}, UpperBound: []byte{byte(k) + 1}})
	if err != nil {
		return fmt.Errorf("graph: iterate: %w", err)
	}
	defer it.Close()
	for ok := it.First(); ok && !n.stop.Load(); ok = it.Next() {
		if len(it.Key()) == sleutelLengte {
			f.voeg((*Sleutel)(it.Key()))
		}
	}
	return it.Error()
}

// zeker tells that k is certainly not in the store.
func (n *nieuw) zeker(k *Sleutel) bool {
	oud := n.oud.Load()
	return oud != nil && isGefilterd(k[0]) && !oud.misschien(k) && !n.eigen.misschien(k)
}

func (n *nieuw) sluit() {
	n.stop.Store(true)
	n.klaar.Wait()
}
