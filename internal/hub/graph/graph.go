// Package graph is the hub's read model: postings that tell in which events a
// person, subject, organisation, type, zaak or node occurs, and what became of
// every interactie. The edges themselves stay in the events.
//
// It promises: nothing in it cannot be rebuilt from the log; a step and its
// watermark are written together or not at all; after a crash the watermark
// tells where to go on; a rebuild gives the same Hash. Keys hold keyed hashes
// only, never a readable term. It has no write-ahead log: the event log is one.
package graph

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Kind is what a posting is about; the first byte of its key.
type Kind byte

// The kinds of term. Interactie and Activiteit identify one event each; the
// others are postings. Keys of the ledger live in the same store above 0x80.
const (
	Alle        Kind = 1 // every event; its term is empty
	Persoon     Kind = 2 // keyed reference to a BSN, as sleutels gives it
	Onderwerp   Kind = 3 // subject of the CloudEvent
	Organisatie Kind = 4 // OIN that sent the event or acts in it
	Type        Kind = 5 // type of the CloudEvent
	Zaak        Kind = 6
	Knoop       Kind = 7 // @id of an Entity in the graph of the event
	Interactie  Kind = 8 // interactieId: plaats and outcome
	Activiteit  Kind = 9 // sender and @id of an Activity: counted once
	Afscherming Kind = 10
	Rust        Kind = 13 // of an event that was withdrawn: [kind] and term of what it had
	Blok        Kind = 11 // block of the log: index of its first leaf in the ledger
)

// standSleutel holds the watermark: the sequence of the last block projected.
var standSleutel = []byte{0}

// versie is the form of the keys and values here. A store of another form is
// emptied when it is opened, and built again from the log.
const versie = 2

var versieSleutel = []byte{0, 1}

const sleutelLengte = 25

// Graph is the open read model; safe for concurrent readers beside one writer.
type Graph struct {
	db    *pebble.DB
	kapot atomic.Pointer[error] // damage that was met while reading
	macs  sync.Pool             // of *mac: HMAC under the key of this store
	nieuw nieuw

	veel       sync.Map // term hashes of the few terms that stand in nearly every event
	aantalVeel atomic.Int32
}

// mac is an HMAC with room for what goes in.
type mac struct {
	hash.Hash
	b []byte
}

// Open opens or creates the read model in dir. The key (32 bytes) must stay the
// same as long as the store does: it keys every term.
func Open(dir string, sleutel []byte) (*Graph, error) {
	return open(dir, sleutel, vfs.Default)
}

func open(dir string, sleutel []byte, fs vfs.FS) (*Graph, error) {
	if len(sleutel) < 16 {
		return nil, fmt.Errorf("graph: the key has %d bytes, want at least 16", len(sleutel))
	}
	// The memtables are counted as cache: with less, no block of a table would
	// stay in memory while events pour in. A larger first level spares writing
	// the same key again and again.
	cache := pebble.NewCache(160 << 20)
	defer cache.Unref()
	o := &pebble.Options{
		FS: fs, Cache: cache, DisableWAL: true, MemTableSize: 32 << 20, MemTableStopWritesThreshold: 3,
		L0CompactionThreshold: 4, LBaseMaxBytes: 256 << 20, MaxOpenFiles: 512, FormatMajorVersion: pebble.FormatNewest,
		Logger: stil{},
	}
	g := new(Graph)
	o.EventListener = &pebble.EventListener{DataCorruption: func(i pebble.DataCorruptionInfo) {
		err := fmt.Errorf("graph: damaged table: %w", i.Details)
		g.kapot.CompareAndSwap(nil, &err)
	}}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	db, err := openVersie(dir, o)
	if err != nil {
		return nil, fmt.Errorf("graph: open: %w", err)
	}
	sleutel = bytes.Clone(sleutel)
	g.db, g.macs.New = db, func() any { return &mac{Hash: hmac.New(sha256.New, sleutel)} }
	g.nieuw.begin(db)
	return g, nil
}

// openVersie opens the store; one of another form makes room for a new one.
func openVersie(dir string, o *pebble.Options) (*pebble.DB, error) {
	for range 2 {
		db, err := pebble.Open(dir, o)
		if err != nil {
			return nil, err
		}
		v, c, err := db.Get(versieSleutel)
		goed := err == nil && len(v) == 1 && v[0] == versie
		if err == nil {
			_ = c.Close()
		}
		if _, c, geen := db.Get(standSleutel); geen == nil {
			_ = c.Close()
		} else if err == pebble.ErrNotFound { // new
			goed, err = true, db.Set(versieSleutel, []byte{versie}, pebble.NoSync)
		}
		if goed && err == nil {
			return db, nil
		}
		if err != nil && err != pebble.ErrNotFound {
			_ = db.Close()
			return nil, err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
		if err := o.FS.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the store keeps another version than %d", versie)
}

// stil keeps the store's own chatter out of the program's log; what goes wrong
// comes back as an error, and what cannot go on ends the process.
type stil struct{}

func (stil) Infof(string, ...any)           {}
func (stil) Errorf(string, ...any)          {}
func (stil) Fatalf(format string, a ...any) { panic(fmt.Sprintf("graph: "+format, a...)) }

// DB gives the store, for the ledger's hashes that share its batches.
func (g *Graph) DB() *pebble.DB { return g.db }

// Close writes everything to disk and closes.
func (g *Graph) Close() error {
	g.nieuw.sluit()
	if err := g.db.Flush(); err != nil {
		return fmt.Errorf("graph: flush: %w", err)
	}
	return g.db.Close()
}

// Bewaar writes everything so far to disk, so that a restart has less to redo.
func (g *Graph) Bewaar() error { return g.db.Flush() }

// Bewaart begins to write everything so far to disk; the channel closes when it
// is there.
func (g *Graph) Bewaart() (<-chan struct{}, error) { return g.db.AsyncFlush() }

// Kapot tells of damage that was met on the disk; nil for none. The store must
// be thrown away then.
func (g *Graph) Kapot() error {
	if e := g.kapot.Load(); e != nil {
		return *e
	}
	return nil
}

// Stand gives the sequence of the last block projected; 0 when there is none.
func (g *Graph) Stand() (uint64, error) {
	v, ok, err := g.get(standSleutel)
	if err != nil || !ok {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}

func (g *Graph) get(k []byte) ([]byte, bool, error) {
	v, c, err := g.db.Get(k)
	if err == pebble.ErrNotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("graph: get: %w", err)
	}
	defer c.Close()
	return bytes.Clone(v), true, nil
}

// term gives the keyed hash of a term within its kind.
func (g *Graph) term(k Kind, t string) (uit [sha256.Size]byte) {
	if k != Type && k != Organisatie {
		return g.maakTerm(k, t)
	}
	naam := veelTerm{k, t}
	if v, ok := g.veel.Load(naam); ok {
		return v.([sha256.Size]byte)
	}
	uit = g.maakTerm(k, t)
	if len(t) < 100 && g.aantalVeel.Add(1) < maxVeel {
		naam.t = strings.Clone(t)
		g.veel.Store(naam, uit)
	}
	return uit
}

type veelTerm struct {
	k Kind
	t string
}

// maxVeel bounds the term hashes that are kept.
const maxVeel = 5000

func (g *Graph) maakTerm(k Kind, t string) (uit [sha256.Size]byte) {
	m := g.macs.Get().(*mac)
	defer g.macs.Put(m)
	m.Reset()
	m.b = append(append(m.b[:0], byte(k)), t...)
	m.Write(m.b)
	m.b = m.Sum(m.b[:0])
	return [sha256.Size]byte(m.b)
}

// MAC gives a keyed hash under the store's key, apart from every term: for
// comparing contents without keeping them.
func (g *Graph) MAC(doel string, delen ...[]byte) (uit [sha256.Size]byte) {
	m := g.macs.Get().(*mac)
	defer g.macs.Put(m)
	m.Reset()
	m.b = append(append(m.b[:0], 0xff), doel...)
	m.Write(m.b)
	for _, d := range delen {
		m.b = binary.BigEndian.AppendUint32(m.b[:0], uint32(len(d)))
		m.Write(m.b)
		m.Write(d)
	}
	m.b = m.Sum(m.b[:0])
	return [sha256.Size]byte(m.b)
}

// kop makes the part of a posting that its term shares: [kind][term 8].
func (g *Graph) kop(k Kind, t string) (b [9]byte) {
	h := g.term(k, t)
	b[0] = byte(k)
	copy(b[1:], h[:8])
	return b
}

// posting makes the key [kind][term 8][plaats 8][time µs 8]: in log order, so
// that a page begins where the one before it ended. For Alle time stands
// before plaats: that is the way to a time range.
func (g *Graph) posting(k Kind, t string, tijd time.Time, plaats uint64) (b [sleutelLengte]byte) {
	kop := g.kop(k, t)
	copy(b[:], kop[:])
	een, twee := plaats, micros(tijd)
	if k == Alle {
		een, twee = twee, een
	}
	binary.BigEndian.PutUint64(b[9:], een)
	binary.BigEndian.PutUint64(b[17:], twee)
	return b
}

// uniek makes the key of a term that stands for one event: 24 bytes of hash,
// so that two terms never share one by chance.
func (g *Graph) uniek(k Kind, t string) [sleutelLengte]byte {
	h := g.term(k, t)
	var b [sleutelLengte]byte
	b[0] = byte(k)
	copy(b[1:], h[:24])
	return b
}

// micros orders moments before 1970 in front of those after it.
func micros(t time.Time) uint64 { return uint64(t.UnixMicro()) ^ 1<<63 }

func tijd(m uint64) time.Time { return time.UnixMicro(int64(m ^ 1<<63)).UTC() }

// Uniek looks up what stands under a unique term; ok is false for none.
func (g *Graph) Uniek(k Kind, t string) (plaats uint64, waarde []byte, ok bool, err error) {
	return g.uniekOp(g.uniek(k, t))
}

func (g *Graph) uniekOp(s [sleutelLengte]byte) (plaats uint64, waarde []byte, ok bool, err error) {
	v, ok, err := g.get(s[:])
	if err != nil || !ok {
		return 0, nil, false, err
	}
	return binary.BigEndian.Uint64(v), v[8:], true, nil
}

// BladVan gives the ledger index of the first leaf of block seq.
func (g *Graph) BladVan(seq uint64) (uint64, bool, error) {
	blad, _, ok, err := g.blok(seq)
	return blad, ok, err
}

// blok gives what is known of block seq: its first leaf, and the latest moment
// at which anything up to and including it was received. That moment never
// goes back, whatever the clocks of the replicas say.
func (g *Graph) blok(seq uint64) (blad, ontvangen uint64, ok bool, err error) {
	k := blokSleutel(seq)
	v, ok, err := g.get(k[:])
	if err != nil || !ok {
		return 0, 0, false, err
	}
	if len(v) != 16 {
		return 0, 0, false, fmt.Errorf("graph: block %d has %d bytes, want 16", seq, len(v))
	}
	return binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:]), true, nil
}

func blokSleutel(seq uint64) [9]byte {
	var b [9]byte
	b[0] = byte(Blok)
	binary.BigEndian.PutUint64(b[1:], seq)
	return b
}

// Hash digests the whole read model; two models of the same log are equal.
func (g *Graph) Hash() ([sha256.Size]byte, error) {
	h := sha256.New()
	it, err := g.db.NewIter(nil)
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("graph: iterate: %w", err)
	}
	defer it.Close()
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return [sha256.Size]byte{}, fmt.Errorf("graph: iterate: %w", err)
		}
		var n [8]byte
		binary.BigEndian.PutUint32(n[:4], uint32(len(it.Key())))
		binary.BigEndian.PutUint32(n[4:], uint32(len(v)))
		h.Write(n[:])
		h.Write(it.Key())
		h.Write(v)
	}
	return [sha256.Size]byte(h.Sum(nil)), it.Error()
}
