package hublog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/handbereik/soh/internal/begrip"
)

type stroomConfig struct {
	naam           string
	maxBytes       int64
	onveranderlijk bool
}

// JetStream error codes that mean: not stored, and why.
const (
	codeVerkeerdeVolgorde  = 10071 // expected last sequence does not hold
	codeOpslagMislukt      = 10077 // here: the budget (MaxBytes) is used up
	codeOpslagOnvoldoende  = 10047
	codeMiddelenOnvoldoend = 10023
	codeGeenLeider         = 10008 // for now
	codeGeenPlaats         = 10005 // not enough servers, for now
)

var errFout = errors.New("JetStream kon niet schrijven")

// ErrVerschoven tells that another replica wrote first.
var ErrVerschoven = errors.New("een andere hub was eerder")

// Stroom is one durable stream: each message is on disk when Publiceer returns.
// Every replica of the hub may write; the stream decides the order.
type Stroom struct {
	o         *opslag
	cfg       stroomConfig
	onderwerp string
	schrijver string // marks the messages of this writer
	eerste    uint64

	laatste atomic.Uint64
	vorige  atomic.Uint64 // newest message that is known to be stored; of a stream with one writer
	teller  atomic.Uint64
	gehoord atomic.Int64 // when the cluster last answered, Unix nanoseconds
	gekort  atomic.Bool  // the stream lost messages that were acknowledged

	greepMu sync.Mutex
	greep   jetstream.Stream // of start number keer of the server
	keer    int
}

// Laatste is the sequence of the newest message known here; zero when there is
// none. Nu asks the storage.
func (s *Stroom) Laatste() uint64 { return s.laatste.Load() }

// verder notes that message seq is there.
func (s *Stroom) verder(seq uint64) {
	for oud := s.laatste.Load(); seq > oud && !s.laatste.CompareAndSwap(oud, seq); oud = s.laatste.Load() {
	}
}

// Nu gives the sequence of the newest message, of whichever replica.
func (s *Stroom) Nu(ctx context.Context) (uint64, error) {
	if s.o.cluster == nil { // nobody else writes
		return s.laatste.Load(), nil
	}
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return 0, gesloten()
	}
	st, err := s.o.js.Stream(ctx, s.cfg.naam)
	if err != nil {
		return 0, vol(err)
	}
	s.gehoord.Store(time.Now().UnixNano())
	s.verder(st.CachedInfo().State.LastSeq)
	return s.laatste.Load(), nil
}

// Publiceer stores data behind whatever is there and gives its sequence.
// NietBeschikbaar means that the storage is full or cannot be used; data may be
// in the stream none the less.
func (s *Stroom) Publiceer(data []byte) (uint64, error) { return s.publiceer(data) }

// PubliceerNa stores data only when laatste is still the newest message, else
// it gives ErrVerschoven: for who must know all that went before. Data may also
// be in the stream after ErrVerschoven, when an answer got lost: read what came
// behind laatste before trying again.
func (s *Stroom) PubliceerNa(laatste uint64, data []byte) (uint64, error) {
	return s.publiceer(data, jetstream.WithExpectLastSequence(laatste))
}

// publiceer offers data under one id until there is an answer: what was stored
// at an earlier try is recognised by the server and not stored again.
func (s *Stroom) publiceer(data []byte, opties ...jetstream.PublishOpt) (uint64, error) {
	if s.gekort.Load() {
		return 0, beschadigd(nil)
	}
	if err := s.o.vrij(len(data)); err != nil {
		return 0, vol(err)
	}
	id := s.schrijver + "." + strconv.FormatUint(s.teller.Add(1), 10)
	opties = append(opties, jetstream.WithMsgID(id), jetstream.WithRetryAttempts(0))
	voor, begin := s.laatste.Load(), time.Now()
	geordend := len(opties) > 2 // the caller wants to know of what came before
	for poging := 0; ; poging++ {
		deze := opties
		if s.o.cluster == nil && !geordend {
			// Nobody else writes: after a failed write the server must not go on
			// at another place than we think.
			deze = append(opties[:2:2], jetstream.WithExpectLastSequence(s.laatste.Load()))
		}
		ack, keer, err := s.probeer(data, deze)
		if err == nil {
			if ack.Sequence <= voor && !ack.Duplicate {
				s.gekort.Store(true)
				return 0, beschadigd(fmt.Errorf("stroom %s eindigde voor %d, dat was bevestigd", s.cfg.naam, voor))
			}
			s.gehoord.Store(time.Now().UnixNano())
			s.verder(ack.Sequence)
			s.vorige.Store(ack.Sequence)
			return ack.Sequence, nil
		}
		var api *jetstream.APIError
		if errors.As(err, &api) {
			switch api.ErrorCode {
			case codeVerkeerdeVolgorde:
				if s.o.cluster != nil || geordend {
					return 0, fmt.Errorf("%w: %w", ErrVerschoven, err)
				}
			case codeOpslagMislukt, codeOpslagOnvoldoende, codeMiddelenOnvoldoend:
				return 0, vol(err)
			}
		}
		if s.o.cluster != nil {
			if begrip.Is(err, begrip.NietBeschikbaar) || time.Since(begin) > s.o.cluster.wacht() {
				return 0, vol(err)
			}
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if poging == 2 {
			return 0, vol(err)
		}
		if api == nil || api.ErrorCode != codeVerkeerdeVolgorde {
			if her := s.o.herstart(keer); her != nil {
				return 0, vol(errors.Join(err, her))
			}
		}
		if err := s.herlees(); err != nil {
			return 0, err
		}
	}
}

// herlees asks the server in this process where the stream ends, after a write
// of which the outcome is not known: what is there was ours, or came to nothing.
func (s *Stroom) herlees() error {
	ctx, cancel := context.WithTimeout(context.Background(), startWacht)
	defer cancel()
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return vol(errFout)
	}
	st, err := s.o.js.Stream(ctx, s.cfg.naam)
	if err != nil {
		return vol(err)
	}
	eind := st.CachedInfo().State.LastSeq
	if eind < s.laatste.Load() {
		s.gekort.Store(true)
		return beschadigd(fmt.Errorf("stroom %s eindigt bij %d, bevestigd was %d", s.cfg.naam, eind, s.laatste.Load()))
	}
	s.verder(eind)
	return nil
}

// probeer publishes once. A time-out leaves open whether the message arrived.
func (s *Stroom) probeer(data []byte, opties []jetstream.PublishOpt) (ack *jetstream.PubAck, keer int, err error) {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.dicht {
		return nil, 0, gesloten()
	}
	if s.o.js == nil {
		return nil, s.o.keer, errFout
	}
	ctx, cancel := context.WithTimeout(context.Background(), publishWacht)
	defer cancel()
	klaar := make(chan struct{})
	defer close(klaar)
	go func() {
		select {
		case <-s.o.fout:
			cancel()
		case <-klaar:
		}
	}()
	m := &nats.Msg{Subject: s.onderwerp, Data: data}
	if s.o.cluster == nil {
		m.Header = nats.Header{kopVorige: {strconv.FormatUint(s.vorige.Load(), 10)}}
	}
	ack, err = s.o.js.PublishMsg(ctx, m, opties...)
	if err == nil && ack.Stream != s.cfg.naam {
		err = fmt.Errorf("antwoord van een andere stroom: %s", ack.Stream)
	}
	return ack, s.o.keer, err
}

func beschadigd(err error) error {
	return begrip.NieuweFout(begrip.NietBeschikbaar, "De opslag van de Ketenindex is beschadigd. De beheerder moet eerst ingrijpen.").Door(err)
}

// stroom gives the handle of the stream. Caller holds s.o.mu.
func (s *Stroom) stroom(ctx context.Context) (jetstream.Stream, error) {
	s.greepMu.Lock()
	defer s.greepMu.Unlock()
	if s.greep != nil && s.keer == s.o.keer {
		return s.greep, nil
	}
	st, err := s.o.js.Stream(ctx, s.cfg.naam)
	if err == nil {
		s.greep, s.keer = st, s.o.keer
	}
	return st, err
}

// Lees gives message seq; NietGevonden when it is not there or was erased.
func (s *Stroom) Lees(ctx context.Context, seq uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if s.o.cluster == nil {
		return s.haal(ctx, seq)
	}
	for {
		// A question to a server that dies at this moment gets no answer at all.
		kort, af := context.WithTimeout(ctx, 2*time.Second)
		data, err := s.haal(kort, seq)
		if err != nil { // another server may not have it yet
			data, err = s.bijLeider(kort, seq)
		}
		af()
		if err == nil || begrip.Is(err, begrip.NietGevonden) || s.o.gestopt() {
			return data, err
		}
		select {
		case <-ctx.Done():
			return nil, vol(err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// kopVorige tells, with each block of a log with one writer, which block that
// writer had stored before it. So a number that a failed write took is told
// from a block that was lost.
const kopVorige = "Soh-Vorige"

// nooitGevuld tells whether the missing message seq was never stored: the next
// one that is there says that its writer had nothing there.
func (s *Stroom) nooitGevuld(ctx context.Context, seq uint64) (bool, error) {
	for n := seq + 1; n <= s.laatste.Load(); n++ {
		m, err := s.bericht(ctx, n)
		if begrip.Is(err, begrip.NietGevonden) {
			continue
		}
		if err != nil {
			return false, err
		}
		vorige, err := strconv.ParseUint(m.Header.Get(kopVorige), 10, 64)
		return err == nil && vorige < seq, nil
	}
	return false, nil
}

// haal asks whichever server answers first.
func (s *Stroom) haal(ctx context.Context, seq uint64) ([]byte, error) {
	m, err := s.bericht(ctx, seq)
	if err != nil {
		return nil, err
	}
	return m.Data, nil
}

func (s *Stroom) bericht(ctx context.Context, seq uint64) (*jetstream.RawStreamMsg, error) {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return nil, gesloten()
	}
	st, err := s.stroom(ctx)
	if err != nil {
		return nil, vol(err)
	}
	m, err := st.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Dit bericht staat niet in de opslag.").Door(err)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, vol(err)
	}
	return m, nil
}

// Vanaf gives every message from sequence seq on that is there now, in order.
func (s *Stroom) Vanaf(ctx context.Context, seq uint64, f func(seq uint64, data []byte) error) error {
	for seq = max(seq, s.eerste, 1); seq <= s.laatste.Load(); seq++ {
		data, err := s.Lees(ctx, seq)
		if begrip.Is(err, begrip.NietGevonden) {
			continue
		}
		if err != nil {
			return err
		}
		if err := f(seq, data); err != nil {
			return err
		}
	}
	return nil
}

// Wis erases message seq: its bytes on disk are overwritten.
func (s *Stroom) Wis(ctx context.Context, seq uint64) error {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return gesloten()
	}
	st, err := s.stroom(ctx)
	if err != nil {
		return vol(err)
	}
	if err := st.SecureDeleteMsg(ctx, seq); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return vol(err)
	}
	return nil
}

func (s *Stroom) bytes(ctx context.Context) (uint64, error) {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return 0, gesloten()
	}
	st, err := s.o.js.Stream(ctx, s.cfg.naam)
	if err != nil {
		return 0, vol(err)
	}
	return st.CachedInfo().State.Bytes, nil
}

func vol(err error) error {
	if begrip.Is(err, begrip.NietBeschikbaar) {
		return err
	}
	return begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex kan nu niets vastleggen: de opslag is vol of werkt niet. Probeer het later opnieuw.").Door(err)
}
