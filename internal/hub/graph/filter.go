package graph

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// filter tells of a unique term that it is certainly not in the store, so that
// a new event, which nearly every event is, costs no look-up. It is a Bloom
// filter in blocks of one cache line, in parts: two bytes per key, three keys in
// a thousand looked up for nothing for each part. It is of the one writer. What
// of it changed goes to the store before each table, so that a start need not read
// every key to know it again.
type filter struct {
	delen []filterDeel
	over  int // keys that still fit in the last part
	vuil  int // the first part that the store does not have as it is
}

type filterDeel [][8]uint64 // a cache line each

// Filter is the kind of the value that holds a part of the filter: how many keys
// still fit in it 8, then its lines.
const Filter Kind = 15

const (
	eersteDeel   = 1 << 18 // keys; each part has twice those of the one before it
	grootsteDeel = 1 << 22 // keys
	perLijn      = 32      // keys
	perSleutel   = 6       // bits
)

// inDeel is how many keys part i is for.
func inDeel(i int) int {
	if i > 4 {
		return grootsteDeel
	}
	return min(eersteDeel<<i, grootsteDeel)
}

// voeg adds a key of which the bytes from the second on are a hash.
func (f *filter) voeg(k *Sleutel) {
	if f.over == 0 {
		f.over = inDeel(len(f.delen))
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

// isGefilterd tells of the kinds that nearly every event sets anew.
func isGefilterd(k byte) bool { return Kind(k) == Interactie || Kind(k) == Activiteit }

// zeker tells that k is certainly not in the store.
func (f *filter) zeker(k *Sleutel) bool { return isGefilterd(k[0]) && !f.misschien(k) }

func filterSleutel(i int) []byte {
	return binary.BigEndian.AppendUint64([]byte{byte(Filter)}, uint64(i))
}

// schrijf puts the parts that changed into b.
func (f *filter) schrijf(b *pebble.Batch) error {
	for i := f.vuil; i < len(f.delen); i++ {
		d, over := f.delen[i], 0
		if f.vuil = i; i == len(f.delen)-1 {
			over = f.over
		}
		op := b.SetDeferred(9, 8+64*len(d))
		copy(op.Key, filterSleutel(i))
		v := op.Value
		binary.LittleEndian.PutUint64(v, uint64(over))
		for l := range d {
			for w, bits := range d[l] {
				binary.LittleEndian.PutUint64(v[8+64*l+8*w:], bits)
			}
		}
		if err := op.Finish(); err != nil {
			return fmt.Errorf("graph: filter: %w", err)
		}
	}
	return nil
}

var errFilter = errors.New("graph: the filter is damaged")

// laad reads the parts from the store.
func (f *filter) laad(db *pebble.DB) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{byte(Filter)}, UpperBound: []byte{byte(Filter) + 1}})
	if err != nil {
		return err
	}
	defer it.Close()
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		n := len(f.delen)
		d := make(filterDeel, inDeel(n)/perLijn)
		if !bytes.Equal(it.Key(), filterSleutel(n)) || len(v) != 8+64*len(d) || f.over != 0 {
			return errFilter
		}
		over := binary.LittleEndian.Uint64(v)
		if over > uint64(inDeel(n)) {
			return errFilter
		}
		f.over = int(over)
		for l := range d {
			for w := range d[l] {
				d[l][w] = binary.LittleEndian.Uint64(v[8+64*l+8*w:])
			}
		}
		f.delen = append(f.delen, d)
	}
	f.vuil = max(0, len(f.delen)-1)
	return it.Error()
}
