package graph

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Nearly all keys are hashes. A table in memory that is kept in order, as the
// store has it, costs some two microseconds for each; putting a whole step in
// order and merging ordered rows a tenth of that. So the keys of the last steps
// stand here, in a few rows, until there are enough for a table of their own. In
// the store they stand meanwhile as one value for each step, in the same commit
// as its watermark: what a restart finds is always all of the first so many steps.

// Staart is the kind of the value that holds the keys of one step.
const Staart Kind = 14

const (
	genoeg = 250_000 // keys for a table
	teVeel = 4       // times that many: a step waits for the table before it
)

// reeks is a row of keys in order, each once, with their values. It never
// changes once it was made.
type reeks struct {
	keys    []Sleutel
	eind    []uint32 // where the value of each ends in waarden; with isWeg when the key was taken away
	waarden []byte
}

const isWeg = 1 << 31

// voeg adds a key that comes after all others.
func (r *reeks) voeg(k *Sleutel, waarde []byte, weg bool) {
	r.keys = append(r.keys, *k)
	r.waarden = append(r.waarden, waarde...)
	r.sluit(weg)
}

// sluit notes that the value of the last key ends here.
func (r *reeks) sluit(weg bool) {
	e := uint32(len(r.waarden))
	if weg {
		e |= isWeg
	}
	r.eind = append(r.eind, e)
}

func (r *reeks) waarde(i int) (v []byte, weg bool) {
	var van uint32
	if i > 0 {
		van = r.eind[i-1] &^ isWeg
	}
	return r.waarden[van : r.eind[i]&^isWeg], r.eind[i]&isWeg != 0
}

// vanaf gives the index of the first key that is not before b.
func (r *reeks) vanaf(b []byte) int {
	var acht [8]byte
	copy(acht[:], b)
	kop := binary.BigEndian.Uint64(acht[:])
	laag, hoog := 0, len(r.keys)
	for laag < hoog {
		m := int(uint(laag+hoog) >> 1)
		k := &r.keys[m]
		if x := binary.BigEndian.Uint64(k[:]); x < kop || x == kop && bytes.Compare(k[:], b) < 0 {
			laag = m + 1
		} else {
			hoog = m
		}
	}
	return laag
}

// samen merges rows, the oldest first; where more have a key, the newest holds.
func samen(rs []*reeks) *reeks {
	n, bytes := 0, 0
	for _, r := range rs {
		n, bytes = n+len(r.keys), bytes+len(r.waarden)
	}
	uit := &reeks{make([]Sleutel, 0, n), make([]uint32, 0, n), make([]byte, 0, bytes)}
	for stukken := stukkenVan(rs, nil, nil); ; {
		s := eerste(stukken)
		if s == nil {
			return uit
		}
		k := &s.r.keys[s.i]
		v, weg := s.r.waarde(s.i)
		uit.voeg(k, v, weg)
		verder(stukken, k)
	}
}

// stuk is what is left of a part of a row.
type stuk struct {
	r      *reeks
	i, tot int
}

// stukkenVan gives of each row the part from onder (inclusive) to boven (exclusive;
// nil: to the end), the newest first.
func stukkenVan(rs []*reeks, onder, boven []byte) (uit []stuk) {
	for n := len(rs) - 1; n >= 0; n-- {
		s := stuk{rs[n], rs[n].vanaf(onder), len(rs[n].keys)}
		if boven != nil {
			s.tot = rs[n].vanaf(boven)
		}
		if s.i < s.tot {
			uit = append(uit, s)
		}
	}
	return uit
}

// eerste gives the part that stands on the lowest key, the newest of those; nil
// at the end.
func eerste(stukken []stuk) (uit *stuk) {
	for i := range stukken {
		if s := &stukken[i]; s.i < s.tot && (uit == nil || vergelijk(&s.r.keys[s.i], &uit.r.keys[uit.i]) < 0) {
			uit = s
		}
	}
	return uit
}

// verder goes past a key in all parts that stand on it.
func verder(stukken []stuk, k *Sleutel) {
	for i := range stukken {
		if s := &stukken[i]; s.i < s.tot && s.r.keys[s.i] == *k {
			s.i++
		}
	}
}

// lengte is how many bytes schrijf writes: number of keys 4, the keys, where
// each value ends 4, the values.
func (r *reeks) lengte() int { return 4 + len(r.keys)*(sleutelLengte+4) + len(r.waarden) }

func (r *reeks) schrijf(b []byte) {
	binary.BigEndian.PutUint32(b, uint32(len(r.keys)))
	b = b[4:]
	for i := range r.keys {
		copy(b[i*sleutelLengte:], r.keys[i][:])
	}
	b = b[len(r.keys)*sleutelLengte:]
	for i, e := range r.eind {
		binary.BigEndian.PutUint32(b[4*i:], e)
	}
	copy(b[4*len(r.eind):], r.waarden)
}

var errReeks = errors.New("graph: the keys of a step are damaged")

// leesReeks reads what schrijf wrote.
func leesReeks(b []byte) (*reeks, error) {
	if len(b) < 4 {
		return nil, errReeks
	}
	n := int(binary.BigEndian.Uint32(b))
	if b = b[4:]; len(b)/(sleutelLengte+4) < n {
		return nil, errReeks
	}
	r := &reeks{keys: make([]Sleutel, n), eind: make([]uint32, n)}
	for i := range r.keys {
		r.keys[i] = Sleutel(b[i*sleutelLengte:])
		if i > 0 && vergelijk(&r.keys[i-1], &r.keys[i]) >= 0 {
			return nil, errReeks
		}
	}
	b = b[n*sleutelLengte:]
	r.waarden = bytes.Clone(b[4*n:])
	tot := uint32(0)
	for i := range r.eind {
		r.eind[i] = binary.BigEndian.Uint32(b[4*i:])
		e := r.eind[i] &^ isWeg
		if e < tot {
			return nil, errReeks
		}
		tot = e
	}
	if int(tot) != len(r.waarden) {
		return nil, errReeks
	}
	return r, nil
}

// staart is the rows of the last steps. One writer adds; readers take the list
// as it is, before they look in the store: a row leaves the list when the store
// has it.
type staart struct {
	genoeg  int
	reeksen atomic.Pointer[[]*reeks] // oldest first

	mu     sync.Mutex
	nummer uint64 // of the last value in the store
	vast   int    // rows at the front that are becoming a table
	klaar  chan struct{}
	fout   error // of the last table
}

func (s *staart) alle() []*reeks {
	if p := s.reeksen.Load(); p != nil {
		return *p
	}
	return nil
}

// vind looks a key up; weg tells that it was taken away.
func (s *staart) vind(k []byte) (v []byte, er, weg bool) {
	rs := s.alle()
	for i := len(rs) - 1; i >= 0; i-- {
		if r := rs[i]; len(k) == sleutelLengte {
			if j := r.vanaf(k); j < len(r.keys) && r.keys[j] == Sleutel(k) {
				v, weg = r.waarde(j)
				return v, !weg, weg
			}
		}
	}
	return nil, false, false
}

// klasse orders rows by size: four of one class make one of the next.
func (r *reeks) klasse() (k int) {
	for n := len(r.keys); n >= 4; n /= 4 {
		k++
	}
	return k
}

// bij adds the row of a step. Four rows that are no larger than the last one's
// class become one, so that a reader looks in a handful.
func (s *staart) bij(r *reeks) (sleutels int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rs := append(slices.Clone(s.alle()), r)
	for n := len(rs); n-s.vast >= 4 && rs[n-4].klasse() <= rs[n-1].klasse(); n = len(rs) {
		rs[n-4] = samen(rs[n-4:])
		rs = rs[:n-3]
	}
	s.reeksen.Store(&rs)
	return s.sleutels()
}

// laad finds the rows of the steps that are in no table yet.
func (s *staart) laad(db *pebble.DB) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{byte(Staart)}, UpperBound: []byte{byte(Staart) + 1}})
	if err != nil {
		return err
	}
	defer it.Close()
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		r, err := leesReeks(v)
		if err != nil || len(it.Key()) != 9 {
			return errors.Join(errReeks, err)
		}
		s.nummer = binary.BigEndian.Uint64(it.Key()[1:])
		s.bij(r)
	}
	return it.Error()
}

func staartSleutel(nummer uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{byte(Staart)}, nummer)
}

// bezig tells whether a table is being made; under mu.
func (s *staart) bezig() bool {
	if s.klaar == nil {
		return false
	}
	select {
	case <-s.klaar:
		return false
	default:
		return true
	}
}

// wacht waits for a table that is being made, and gives what went wrong with it,
// once.
func (s *staart) wacht() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if klaar := s.klaar; klaar != nil {
		s.mu.Unlock()
		<-klaar
		s.mu.Lock()
	}
	err := s.fout
	s.fout = nil
	return err
}

// ruimte waits until there is room for a step, and tells what went wrong with
// the last table.
func (s *staart) ruimte() error {
	s.mu.Lock()
	ja := s.bezig() && s.sleutels() < teVeel*s.genoeg
	s.mu.Unlock()
	if ja {
		return nil
	}
	return s.wacht()
}

// sleutels counts what is not becoming a table; under mu.
func (s *staart) sleutels() (n int) {
	for _, r := range s.alle()[s.vast:] {
		n += len(r.keys)
	}
	return n
}

// spoel begins to make a table of all rows there are, unless one is being made.
func (g *Graph) spoel() {
	s := &g.staart
	s.mu.Lock()
	defer s.mu.Unlock()
	rs := s.alle()
	if s.bezig() || len(rs) == 0 {
		return
	}
	filter := g.db.NewBatch()
	if s.fout = g.filter.schrijf(filter); s.fout != nil {
		return
	}
	s.vast, s.klaar = len(rs), make(chan struct{})
	nummer, klaar := s.nummer, s.klaar
	go func() {
		defer close(klaar)
		err := g.maakTabel(rs, filter)
		s.mu.Lock()
		if s.vast = 0; err == nil {
			rest := slices.Clone(s.alle()[len(rs):])
			s.reeksen.Store(&rest)
		}
		s.mu.Unlock()
		if err == nil {
			if err = g.db.DeleteRange(staartSleutel(0), staartSleutel(nummer+1), pebble.NoSync); err != nil {
				err = fmt.Errorf("graph: drop rows: %w", err)
			}
		}
		s.mu.Lock()
		s.fout = err
		s.mu.Unlock()
	}()
}

// maakTabel puts rows into the store as one table. What else the same steps say,
// and the filter that knows their keys, goes to the disk first: a table is there
// at once and for good, and may not tell of a step that a crash undoes.
func (g *Graph) maakTabel(rs []*reeks, filter *pebble.Batch) error {
	if err := errors.Join(filter.Commit(pebble.NoSync), filter.Close(), g.db.Flush()); err != nil {
		return fmt.Errorf("graph: flush: %w", err)
	}
	r := samen(rs)
	f, err := g.opties.FS.Create(g.inladen, vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("graph: table: %w", err)
	}
	w := sstable.NewWriter(objstorageprovider.NewFileWritable(f), g.opties.MakeWriterOptions(0, g.db.TableFormat()))
	for i := range r.keys {
		if v, weg := r.waarde(i); weg {
			err = w.Delete(r.keys[i][:])
		} else {
			err = w.Set(r.keys[i][:], v)
		}
		if err != nil {
			break
		}
	}
	if err = errors.Join(err, w.Close()); err == nil {
		err = g.db.Ingest(context.Background(), []string{g.inladen})
	}
	if err != nil {
		return fmt.Errorf("graph: table: %w", errors.Join(err, g.opties.FS.Remove(g.inladen)))
	}
	return nil
}

// loper walks the keys of the store and of the staart together, in order.
type loper struct {
	it      *pebble.Iterator
	stukken []stuk // newest first
	store   byte   // where it is: see below
}

const (
	opNieuw = iota // it stands on no key yet, or on one that was given
	opKlaar        // it stands on a key that was not given
	opEinde
)

// loper begins a walk from onder (inclusive) to boven (exclusive; nil: to the end).
func (g *Graph) loper(onder, boven []byte) (*loper, error) {
	l := &loper{stukken: stukkenVan(g.staart.alle(), onder, boven)}
	it, err := g.db.NewIter(&pebble.IterOptions{LowerBound: onder, UpperBound: boven})
	if err != nil {
		return nil, fmt.Errorf("graph: iterate: %w", err)
	}
	switch l.it = it; {
	case boven != nil && bytes.Compare(onder, boven) >= 0: // nothing between them
		l.staat(false)
	case deel(onder) == 9 && len(boven) > 9 && bytes.Equal(onder[:9], boven[:9]):
		l.staat(it.SeekPrefixGE(onder))
	default:
		l.staat(it.First())
	}
	return l, nil
}

func (l *loper) staat(er bool) {
	if l.store = opKlaar; !er {
		l.store = opEinde
	}
}

func (l *loper) sluit() { _ = l.it.Close() }

// volgende gives the next key with its value, both until the next call.
func (l *loper) volgende() (k, v []byte, ok bool, err error) {
	for {
		if l.store == opNieuw {
			l.staat(l.it.Next())
		}
		uit := eerste(l.stukken)
		c := -1
		if uit == nil {
			c = 1
		} else if l.store == opKlaar {
			c = bytes.Compare(uit.r.keys[uit.i][:], l.it.Key())
		}
		if c > 0 {
			if l.store == opEinde {
				if err := l.it.Error(); err != nil {
					return nil, nil, false, fmt.Errorf("graph: iterate: %w", err)
				}
				return nil, nil, false, nil
			}
			l.store = opNieuw
			if v, err = l.it.ValueAndErr(); err != nil {
				return nil, nil, false, fmt.Errorf("graph: iterate: %w", err)
			}
			return l.it.Key(), v, true, nil
		}
		if c == 0 {
			l.store = opNieuw // an older value of this key
		}
		sleutel := &uit.r.keys[uit.i]
		v, weg := uit.r.waarde(uit.i)
		verder(l.stukken, sleutel)
		if !weg {
			return sleutel[:], v, true, nil
		}
	}
}
