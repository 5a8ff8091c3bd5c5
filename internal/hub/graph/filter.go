package graph

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

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

// Filter is the kind of the values that hold a part of the filter, a piece each:
// how many keys still fit in the part 8, then lines.
const Filter Kind = 15

const perStuk = 1 << 10 // lines: a value that is read and merged without much memory

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
func isGefilterd(k byte) bool {
	return Kind(k) == Interactie || Kind(k) == Activiteit || Kind(k) == Houder
}

// zeker tells that k is certainly not in the store.
func (f *filter) zeker(k *Sleutel) bool { return isGefilterd(k[0]) && !f.misschien(k) }

func filterSleutel(deel, stuk int) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte{byte(Filter)}, uint32(deel)), uint32(stuk))
}

// schrijf puts the parts that changed into b.
func (f *filter) schrijf(b *pebble.Batch) error {
	for ; f.vuil < len(f.delen); f.vuil++ {
		over := 0
		if f.vuil == len(f.delen)-1 {
			over = f.over
		}
		stuk := 0
		for lijnen := range slices.Chunk(f.delen[f.vuil], perStuk) {
			op := b.SetDeferred(9, 8+64*len(lijnen))
			copy(op.Key, filterSleutel(f.vuil, stuk))
			v := binary.LittleEndian.AppendUint64(op.Value[:0], uint64(over))
			for l := range lijnen {
				for _, bits := range lijnen[l] {
					v = binary.LittleEndian.AppendUint64(v, bits)
				}
			}
			if err := op.Finish(); err != nil {
				return fmt.Errorf("graph: filter: %w", err)
			}
			stuk++
		}
	}
	f.vuil = max(0, len(f.delen)-1) // it goes on
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
	var lijnen filterDeel // of the part under hand, still to be read
	stuk := 0
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		if n := len(f.delen); len(lijnen) == 0 && f.over == 0 {
			lijnen, stuk = make(filterDeel, inDeel(n)/perLijn), 0
			f.delen = append(f.delen, lijnen)
		}
		deel := len(f.delen) - 1
		n := min(len(lijnen), perStuk)
		if n == 0 || !bytes.Equal(it.Key(), filterSleutel(deel, stuk)) || len(v) != 8+64*n {
			return errFilter
		}
		over := binary.LittleEndian.Uint64(v)
		if over > uint64(inDeel(deel)) {
			return errFilter
		}
		for l := range n {
			for w := range lijnen[l] {
				lijnen[l][w] = binary.LittleEndian.Uint64(v[8+64*l+8*w:])
			}
		}
		if lijnen, stuk = lijnen[n:], stuk+1; len(lijnen) == 0 {
			f.over = int(over)
		}
	}
	if len(lijnen) > 0 {
		return errFilter
	}
	f.vuil = max(0, len(f.delen)-1)
	return it.Error()
}
