// Package sleutels owns the keys under which personal values stand in the log:
// one AES-256 key per person, wrapped by the master key of the hub.
//
// It promises: what Versleutel returns holds no BSN and no literal of a
// Betrokkene in the clear, its keys are on disk before it returns, Ontsleutel
// gives back the exact bytes to who may read them, and after Vernietig nobody
// can read the values of that person again, while the log itself and every
// proof over it stay as they are.
//
// Replicas of the hub share the stream of keys and write in it behind what they
// have read only, so a person has one key at a time: who made one for the same
// person a moment later loses it, and encrypts again.
package sleutels

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"os"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/hublog"
)

const (
	maxWarm   = 5_000 // unwrapped keys kept in memory, 1.3 KB each; unwrapping one takes a microsecond
	maxPartij = 256   // keys in one message; destroying one rewrites its message
)

// Sleutels is the open key store. Safe for use by many goroutines.
type Sleutels struct {
	// Partij tells whether naam is how the register calls the organisation with this
	// @id. Who sets it, before the first event, asks that only what package leesbaar
	// declares stays readable; nil leaves text that is of nobody as it is.
	Partij func(id, naam []byte) bool

	stroom   *hublog.Stroom
	deelt    bool        // other replicas write in stroom
	omhulsel cipher.AEAD // wraps the keys of persons
	volgend  cipher.AEAD // what replaces it, during Wissel
	refKey   []byte      // key of references, when the stream holds it
	refs     sync.Pool   // of hash.Hash: HMAC under the key of references

	mu        sync.Mutex
	index     map[[16]byte]plek
	graf      map[[16]byte]uint32 // highest destroyed generation
	warm      map[[16]byte]cipher.AEAD
	onderweg  map[[16]byte]*nieuw
	partij    *partij // keys that wait for the next message
	schrijven bool

	schrijfMu sync.Mutex // one writes, or catches up, at a time
	gelezen   uint64     // messages of the stream that index and graf reflect
}

// plek is where the wrapped key of a person stands, and the key itself as it
// stands there: reading it again takes as long as the rest of an answer.
type plek struct {
	seq uint64
	gen uint32
	pak [gepakt]byte
}

func (r record) plek(seq uint64) plek {
	return plek{seq, r.gen, [gepakt]byte(r.pak)}
}

// partij is a set of new keys that become durable together.
type partij struct {
	records []record
	sleutel map[[16]byte]*nieuw
	klaar   chan struct{}
	err     error // errOpnieuw: some keys were made by another replica
}

type nieuw struct {
	aead cipher.AEAD
	p    *partij
}

// Open reads the key stream beside the log. The master key stands in the file
// meester, which is made (0600) for an empty stream only: with another master
// key every stored value would be lost, so that is refused.
func Open(ctx context.Context, l *hublog.Log, meester string) (*Sleutels, error) {
	if _, err := os.Stat(wisselBestand(meester)); err == nil {
		return nil, errors.New("het wisselen van de meestersleutel is niet af: draai eerst soh hub sleutel-wissel nog eens")
	}
	s := leeg()
	s.deelt = l.Meervoudig()
	var err error
	if s.stroom, err = l.Stroom("SLEUTELS"); err != nil {
		return nil, err
	}
	m, err := laadMeester(meester, s.stroom.Laatste() == 0)
	if err != nil {
		return nil, err
	}
	if s.omhulsel, err = omhulselVan(m); err != nil {
		return nil, err
	}
	if s.stroom.Laatste() == 0 {
		_, err := s.stroom.PubliceerNa(0, controleBericht(s.omhulsel, nil))
		if err != nil && !errors.Is(err, hublog.ErrVerschoven) { // another replica started first
			return nil, err
		}
		if _, err := s.stroom.Nu(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.herbouw(ctx); err != nil {
		return nil, err
	}
	if s.refKey == nil { // the first master key: it gives the key of references too
		if s.refKey, err = refSleutel(m); err != nil {
			return nil, err
		}
	}
	ref := s.refKey
	s.refs.New = func() any { return hmac.New(sha256.New, ref) }
	return s, l.Bijhouden(s.stroom, s.haalIn)
}

func leeg() *Sleutels {
	return &Sleutels{index: map[[16]byte]plek{}, graf: map[[16]byte]uint32{}, warm: map[[16]byte]cipher.AEAD{}, onderweg: map[[16]byte]*nieuw{}}
}

// omhulselVan gives what wraps the keys of persons under master key m.
func omhulselVan(m []byte) (cipher.AEAD, error) {
	k, err := hkdf.Key(sha256.New, m, nil, "soh sleutels: omhulsel", 32)
	if err != nil {
		return nil, err
	}
	return nieuweAEAD(k), nil
}

// refSleutel gives the key of references of the first master key of a log.
func refSleutel(m []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, m, nil, "soh sleutels: verwijzing", 32)
}

func nieuweAEAD(key []byte) cipher.AEAD {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a key of the wrong length
	}
	a, err := cipher.NewGCM(b)
	if err != nil {
		panic(err)
	}
	return a
}

// Ref is the keyed, stable name of a person in indexes and tokens.
func (s *Sleutels) Ref(b begrip.BSN) [16]byte { return s.ref("bsn", b.Leesbaar()) }

func (s *Sleutels) ref(soort, waarde string) (r [16]byte) {
	h := s.refs.Get().(hash.Hash)
	defer s.refs.Put(h)
	h.Reset()
	b := make([]byte, 0, 96)
	b = append(append(append(b, soort...), 0), waarde...)
	h.Write(b)
	copy(r[:], h.Sum(b[:0]))
	return r
}

// Aantal is the number of persons with a key, and of those destroyed.
func (s *Sleutels) Aantal() (levend, vernietigd int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.index), len(s.graf)
}

// geef finds the key of ref, or makes one when maak. The key may be used at
// once, but what it encrypts must wait for the partij (if any) to be durable.
// Without maak, a person without key gives nil.
func (s *Sleutels) geef(ctx context.Context, ref [16]byte, maak bool) (cipher.AEAD, *partij, error) {
	bij := false
	for range 8 {
		s.mu.Lock()
		if a := s.warm[ref]; a != nil {
			s.mu.Unlock()
			return a, nil, nil
		}
		if n := s.onderweg[ref]; n != nil {
			s.mu.Unlock()
			return n.aead, n.p, nil
		}
		p, ok := s.index[ref]
		if !ok && maak {
			defer s.mu.Unlock()
			n := s.maak(ref)
			return n.aead, n.p, nil
		}
		s.mu.Unlock()
		if ok {
			a, err := s.haal(ref, p)
			if err != nil || a != nil {
				return a, nil, err
			}
		} else if bij || !s.deelt {
			return nil, nil, nil
		}
		if err := s.bijwerken(ctx); err != nil { // another replica may have made or moved it
			return nil, nil, err
		}
		bij = true
	}
	return nil, nil, errors.New("sleutel verhuist telkens")
}

// haal unwraps a key; nil when it moved meanwhile.
func (s *Sleutels) haal(ref [16]byte, p plek) (cipher.AEAD, error) {
	key, err := record{ref: ref, gen: p.gen, pak: p.pak[:]}.open(s.omhulsel)
	if err != nil {
		return nil, fmt.Errorf("sleutel uitpakken: %w", err)
	}
	a := nieuweAEAD(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index[ref] != p {
		return nil, nil
	}
	s.bewaarWarm(ref, a)
	return a, nil
}

func (s *Sleutels) bewaarWarm(ref [16]byte, a cipher.AEAD) {
	if len(s.warm) >= maxWarm {
		for k := range s.warm { // random half: a person seen often comes back at once
			if delete(s.warm, k); len(s.warm) <= maxWarm/2 {
				break
			}
		}
	}
	s.warm[ref] = a
}

// maak adds a fresh key to the partij that waits. Caller holds mu.
func (s *Sleutels) maak(ref [16]byte) *nieuw {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if s.partij == nil || len(s.partij.records) >= maxPartij {
		if s.partij != nil { // full while an earlier one is being written
			go s.schrijf(s.partij)
		}
		s.partij = &partij{sleutel: map[[16]byte]*nieuw{}, klaar: make(chan struct{})}
	}
	n := &nieuw{aead: nieuweAEAD(key), p: s.partij}
	s.partij.records = append(s.partij.records, sluit(s.omhulsel, ref, s.graf[ref]+1, key))
	s.partij.sleutel[ref] = n
	s.onderweg[ref] = n
	if !s.schrijven {
		s.schrijven = true
		go s.schrijfAlles()
	}
	return n
}

// schrijfAlles makes waiting keys durable until none wait: keys that arrive
// while a message is under way form the next.
func (s *Sleutels) schrijfAlles() {
	for {
		s.mu.Lock()
		p := s.partij
		s.partij = nil
		if p == nil {
			s.schrijven = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		s.schrijf(p)
	}
}

func (s *Sleutels) schrijf(p *partij) {
	s.schrijfMu.Lock()
	defer s.schrijfMu.Unlock()
	var seq uint64
	var err error
	verloren := false
	for poging := range maxPoging {
		if s.laatVallen(p) {
			verloren = true
		}
		if len(p.records) == 0 {
			err = nil
			break
		}
		if seq, err = s.stroom.PubliceerNa(s.gelezen, maakBericht(p.records)); err == nil {
			s.gelezen = seq
		}
		if !errors.Is(err, hublog.ErrVerschoven) {
			break
		}
		if e := s.lees(context.Background(), true); e != nil {
			err = e
			break
		}
		if poging == maxPoging-1 {
			err = begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex heeft het te druk. Probeer het zo nog eens.").Door(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for ref := range p.sleutel {
		delete(s.onderweg, ref)
	}
	for _, r := range p.records {
		if err == nil {
			s.index[r.ref] = r.plek(seq)
			s.bewaarWarm(r.ref, p.sleutel[r.ref].aead)
		}
	}
	if p.err = err; err == nil && verloren {
		p.err = errOpnieuw
	}
	close(p.klaar)
}

// maxPoging is how often a message is offered when other replicas write first.
const maxPoging = 50

// errOpnieuw tells that another replica made a key for one of the same persons:
// what was encrypted under ours is to be encrypted again.
var errOpnieuw = errors.New("een andere hub maakte eerder een sleutel voor deze persoon")

// laatVallen removes the keys of p that another replica made first, or that
// belong to a generation that was destroyed since.
func (s *Sleutels) laatVallen(p *partij) (iets bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	blijft := p.records[:0]
	for _, r := range p.records {
		if _, ok := s.index[r.ref]; ok || r.gen != s.graf[r.ref]+1 {
			iets = true
			continue
		}
		blijft = append(blijft, r)
	}
	p.records = blijft
	return iets
}

// wacht returns when the keys of p are on disk. They may get there even when
// ctx ends first, so the caller must not use what it encrypted.
func wacht(ctx context.Context, p *partij) error {
	select {
	case <-p.klaar:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Vernietig destroys the key of ref for good: the wrapped key is overwritten on
// disk and every value under it reads as ********* from now on. A person who
// comes back later gets a fresh key. Destroying what is not there is no error.
// After an error, call it again: an interrupted erasure is finished then, or
// at the next start. Copies in back-ups are not reached.
func (s *Sleutels) Vernietig(ctx context.Context, ref [16]byte) error {
	s.mu.Lock()
	n := s.onderweg[ref]
	s.mu.Unlock()
	if n != nil {
		if err := wacht(ctx, n.p); err != nil && !errors.Is(err, errOpnieuw) {
			return err
		}
	}
	s.schrijfMu.Lock()
	defer s.schrijfMu.Unlock()
	for range maxPoging {
		if err := s.lees(ctx, true); err != nil {
			return err
		}
		s.mu.Lock()
		p, ok := s.index[ref]
		s.mu.Unlock()
		if !ok {
			return nil
		}
		err := s.vernietig(ctx, ref, p)
		if !errors.Is(err, hublog.ErrVerschoven) {
			return err
		}
	}
	return begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex heeft het te druk om dit nu te vergeten. Probeer het zo nog eens.")
}

// vernietig writes the message at p anew without the key of ref and erases the
// old one. Caller holds schrijfMu.
func (s *Sleutels) vernietig(ctx context.Context, ref [16]byte, p plek) error {
	data, err := s.stroom.Lees(ctx, p.seq)
	if begrip.Is(err, begrip.NietGevonden) { // another replica moved what stood there
		return fmt.Errorf("%w: %w", hublog.ErrVerschoven, err)
	}
	if err != nil {
		return err
	}
	rs, err := leesBericht(data)
	if err != nil {
		return err
	}
	blijft := []record{{soort: soortGraf, ref: ref, gen: p.gen, tijd: time.Now().Unix()}}
	for _, r := range rs {
		if r.soort != soortSleutel || r.ref != ref {
			blijft = append(blijft, r)
		}
	}
	seq, err := s.stroom.PubliceerNa(s.gelezen, maakBericht(blijft))
	if err != nil {
		return err
	}
	s.mu.Lock()
	for _, r := range blijft {
		s.neemOver(seq, r, nil)
	}
	s.gelezen = seq
	s.mu.Unlock()
	return s.stroom.Wis(ctx, p.seq)
}
