// Package graph is the hub's read model: postings that tell in which events a
// person, subject, organisation, type, zaak or node occurs, and what became of
// every interactie. The edges themselves stay in the events.
//
// It promises: nothing in it cannot be rebuilt from the log; what a crash leaves
// is all of the steps up to the watermark and nothing of those after it; a
// rebuild gives the same Hash. Keys
// hold keyed hashes and times only, never a readable term. It has no write-ahead
// log: the event log is one.
package graph

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Kind is what a posting is about; the first byte of its key.
type Kind byte

// The kinds of term. Interactie and Activiteit identify one event each; the
// others are postings: a key for each event, or (isLijst) a list for each block of
// the log. Keys of the ledger live in the same store above 0x80.
const (
	Alle        Kind = 1 // every event, by the hour of its time; it has no term
	Persoon     Kind = 2 // keyed reference to a BSN, as sleutels gives it
	Onderwerp   Kind = 3 // subject of the CloudEvent
	Organisatie Kind = 4 // OIN that sent the event or acts in it
	Type        Kind = 5 // type of the CloudEvent
	Zaak        Kind = 6
	Houder      Kind = 7  // name of a record: plaats of the event by which it got its holder, who that is, and who is party
	Genoemd     Kind = 17 // OIN that an event of another names
	Interactie  Kind = 8  // interactieId: plaats and outcome
	Activiteit  Kind = 9  // sender and @id of an Activity: counted once
	Afscherming Kind = 10
	Kijk        Kind = 16 // a look in the hub: about whom, or by which organisation
	Rust        Kind = 13 // of an event that was withdrawn: [kind] and term of what it had
	Blok        Kind = 11 // block of the log: index of its first leaf in the ledger
)

// standSleutel holds the watermark: the sequence of the last block projected.
var standSleutel = []byte{0}

// versie is the form of the keys and values here. A store of another form is
// emptied when it is opened, and built again from the log.
const versie = 7

var versieSleutel = []byte{0, 1}

const sleutelLengte = 25

// Graph is the open read model; safe for concurrent readers beside one writer.
type Graph struct {
	db      *pebble.DB
	opties  *pebble.Options
	staart  staart
	inladen string                // the file of a table of the staart, on its way into the store
	kapot   atomic.Pointer[error] // damage that was met while reading
	stand   atomic.Uint64         // the watermark
	macs    sync.Pool             // of *mac: HMAC under the key of this store
	terms   [sha256.Size]byte     // key of the term hashes
	filter  filter
}

// mac is an HMAC with room for what goes in.
type mac struct {
	hash.Hash
	b []byte
}

// Open opens or creates the read model in dir. The key (32 bytes) must stay the
// same as long as the store does: it keys every term. From staart keys on rows
// become a table; 0 is 250,000.
func Open(dir string, sleutel []byte, staart int) (*Graph, error) {
	return open(dir, sleutel, staart, vfs.Default)
}

func open(dir string, sleutel []byte, staart int, fs vfs.FS) (*Graph, error) {
	if len(sleutel) < 16 {
		return nil, fmt.Errorf("graph: the key has %d bytes, want at least 16", len(sleutel))
	}
	// The memtables are counted as cache: with less, no block of a table would
	// stay in memory while events pour in. A larger first level, and more tables
	// above it before they go into it, spare writing the same key again and again.
	cache := pebble.NewCache(128 << 20)
	defer cache.Unref()
	volgorde := *pebble.DefaultComparer // the order itself is the same
	volgorde.Split = deel
	o := &pebble.Options{
		Comparer: &volgorde, FS: fs, Cache: cache, DisableWAL: true, MemTableSize: 16 << 20, MemTableStopWritesThreshold: 3,
		L0CompactionThreshold: 40, L0StopWritesThreshold: 120, LBaseMaxBytes: 512 << 20, MaxOpenFiles: 512, FormatMajorVersion: pebble.FormatNewest,
		Logger: stil{},
	}
	g := new(Graph)
	g.staart.genoeg = cmp.Or(staart, genoeg)
	o.EventListener = &pebble.EventListener{DataCorruption: func(i pebble.DataCorruptionInfo) {
		err := fmt.Errorf("graph: damaged table: %w", i.Details)
		g.kapot.CompareAndSwap(nil, &err)
	}}
	for i := range o.Levels {
		if i < len(o.Levels)-1 { // that of the last level is never read: nearly all is there
			o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		}
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression } // hashes
	}
	db, err := openVersie(dir, o)
	if err != nil {
		return nil, fmt.Errorf("graph: open: %w", err)
	}
	sleutel = bytes.Clone(sleutel)
	g.terms = sha256.Sum256(append([]byte("termen\x00"), sleutel...))
	g.opties, g.inladen = o, dir+".inladen"
	_ = fs.Remove(g.inladen) // of a table that a crash cut short
	g.db, g.macs.New = db, func() any { return &mac{Hash: hmac.New(sha256.New, sleutel)} }
	stand, err := g.Stand()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	g.stand.Store(stand)
	if err := errors.Join(g.filter.laad(db), g.staart.laad(db)); err != nil {
		return nil, errors.Join(fmt.Errorf("graph: open: %w", err), db.Close())
	}
	for _, r := range g.staart.alle() {
		for i := range r.keys {
			if isGefilterd(r.keys[i][0]) {
				g.filter.voeg(&r.keys[i])
			}
		}
	}
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
		} else if _, c, geen := db.Get(standSleutel); geen == nil {
			_ = c.Close()
		} else if geen == pebble.ErrNotFound { // new; on disk before any large step is
			goed, err = true, errors.Join(db.Set(versieSleutel, []byte{versie}, pebble.NoSync), db.Flush())
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
	err := g.staart.wacht()
	if err := g.db.Flush(); err != nil {
		return fmt.Errorf("graph: flush: %w", err)
	}
	return errors.Join(err, g.db.Close())
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

// get gives the value of a key, for the caller to keep.
func (g *Graph) get(k []byte) (v []byte, ok bool, err error) {
	ok, err = g.zie(k, func(w []byte) { v = bytes.Clone(w) })
	return v, ok, err
}

// zie shows the value of a key to f; ok is false for none. The staart comes
// first: what leaves it is in the store before that.
func (g *Graph) zie(k []byte, f func(v []byte)) (ok bool, err error) {
	v, er, weg := g.staart.vind(k)
	if er {
		f(v)
	}
	if er || weg {
		return er, nil
	}
	v, c, err := g.db.Get(k)
	if err == pebble.ErrNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("graph: get: %w", err)
	}
	f(v)
	return true, c.Close()
}

// tekst is a term as it stands somewhere.
type tekst interface{ string | []byte }

// term gives the keyed hash of a term within its kind: SHA-256 with the key in
// front. That is a MAC as long as the last bytes of the hash stay out of sight,
// which they do: a key of the store holds 24 of them at most.
func term[T tekst](g *Graph, k Kind, t T) [sha256.Size]byte {
	var ruimte [256]byte
	b := append(ruimte[:0], g.terms[:]...)
	return sha256.Sum256(append(append(b, byte(k)), t...))
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

// kopTerm makes the part of a posting that its term shares: [kind][term 8].
func kopTerm[T tekst](g *Graph, k Kind, t T) (b [9]byte) {
	h := term(g, k, t)
	b[0] = byte(k)
	copy(b[1:], h[:8])
	return b
}

// kopUur is kopTerm for Alle: the hour of a time in µs stands for its term.
func kopUur(micros uint64) (b [9]byte) {
	b[0] = byte(Alle)
	binary.BigEndian.PutUint64(b[1:], micros/uint64(time.Hour/time.Microsecond))
	return b
}

// posting makes the key [kind][term 8][plaats 8][time µs 8]: in log order, so
// that a page begins where the one before it ended.
func posting[T tekst](g *Graph, k Kind, t T, tijd time.Time, plaats uint64) (b Sleutel) {
	m := micros(tijd)
	kop := kopUur(m)
	if k != Alle {
		kop = kopTerm(g, k, t)
	}
	copy(b[:], kop[:])
	binary.BigEndian.PutUint64(b[9:], plaats)
	binary.BigEndian.PutUint64(b[17:], m)
	return b
}

// uniek makes the key of a term that stands for one event: 24 bytes of hash,
// so that two terms never share one by chance.
func uniek[T tekst](g *Graph, k Kind, t T) Sleutel {
	h := term(g, k, t)
	var b Sleutel
	b[0] = byte(k)
	copy(b[1:], h[:24])
	return b
}

// Sleutel is the key of a posting or of a unique term.
type Sleutel [sleutelLengte]byte

// Sleutel makes the key of a unique term, for Stap.UniekOp and ZetOp.
func (g *Graph) Sleutel(k Kind, t []byte) Sleutel { return uniek(g, k, t) }

// deel gives the length of what a filter of a table knows of a key: of a posting
// its term, so that a table without the term is not looked in.
func deel(k []byte) int {
	if len(k) >= 9 && isVanStap(k[0]) {
		return 9
	}
	return len(k)
}

// isVanStap tells whether keys of kind k have the form of a Sleutel.
func isVanStap(k byte) bool {
	return k > 0 && k < byte(Blok) || Kind(k) == Rust || Kind(k) == Kijk || Kind(k) == Genoemd
}

// isUniek tells whether keys of kind k stand for one event and have a value.
func isUniek(k byte) bool {
	return Kind(k) == Interactie || Kind(k) == Activiteit || Kind(k) == Afscherming || Kind(k) == Houder
}

// micros orders moments before 1970 in front of those after it.
func micros(t time.Time) uint64 { return uint64(t.UnixMicro()) ^ 1<<63 }

func tijd(m uint64) time.Time { return time.UnixMicro(int64(m ^ 1<<63)).UTC() }

// Uniek looks up what stands under a unique term; ok is false for none.
func (g *Graph) Uniek(k Kind, t string) (plaats uint64, waarde []byte, ok bool, err error) {
	return g.uniekOp(uniek(g, k, t))
}

func (g *Graph) uniekOp(s Sleutel) (plaats uint64, waarde []byte, ok bool, err error) {
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
	l, err := g.loper(nil, nil)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	defer l.sluit()
	for {
		k, v, ok, err := l.volgende()
		if err != nil || !ok {
			return [sha256.Size]byte(h.Sum(nil)), err
		}
		if k[0] == byte(Staart) || k[0] == byte(Filter) { // of the same keys, in another form
			continue
		}
		var n [8]byte
		binary.BigEndian.PutUint32(n[:4], uint32(len(k)))
		binary.BigEndian.PutUint32(n[4:], uint32(len(v)))
		h.Write(n[:])
		h.Write(k)
		h.Write(v)
	}
}
