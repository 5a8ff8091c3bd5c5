package hublog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
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
)

var errFout = errors.New("JetStream kon niet schrijven")

// Stroom is one durable stream with one writer: each message is on disk when
// Publiceer returns.
type Stroom struct {
	o         *opslag
	cfg       stroomConfig
	onderwerp string
	schrijver string // marks the messages of this writer
	eerste    uint64

	laatste atomic.Uint64
	mu      sync.Mutex // one publish at a time
	teller  uint64

	greepMu sync.Mutex
	greep   jetstream.Stream // of start number keer of the server
	keer    int
}

// Laatste is the sequence of the newest message; zero when there is none.
func (s *Stroom) Laatste() uint64 { return s.laatste.Load() }

// Publiceer stores data and gives its sequence. NietBeschikbaar means that the
// storage is full or cannot be used; data may be in the stream none the less.
func (s *Stroom) Publiceer(data []byte) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.o.vrij(len(data)); err != nil {
		return 0, vol(err)
	}
	s.teller++
	id := s.schrijver + "." + strconv.FormatUint(s.teller, 10)
	for poging := 0; ; poging++ {
		seq, keer, err := s.probeer(id, data)
		if err == nil {
			s.laatste.Store(seq)
			return seq, nil
		}
		var api *jetstream.APIError
		if errors.As(err, &api) {
			switch api.ErrorCode {
			case codeOpslagMislukt, codeOpslagOnvoldoende, codeMiddelenOnvoldoend:
				return 0, vol(err)
			}
		}
		if poging == 2 {
			return 0, vol(err)
		}
		// After a wrong sequence an earlier message of ours had arrived after
		// all, or this one at an earlier try; any other error is ambiguous.
		if api == nil || api.ErrorCode != codeVerkeerdeVolgorde {
			if her := s.o.herstart(keer); her != nil {
				return 0, vol(errors.Join(err, her))
			}
		}
		if seq, zerr := s.zoekTerug(id); zerr != nil {
			return 0, zerr
		} else if seq > 0 {
			return seq, nil
		}
	}
}

// probeer publishes once. A time-out leaves open whether the message arrived.
func (s *Stroom) probeer(id string, data []byte) (seq uint64, keer int, err error) {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.dicht {
		return 0, 0, gesloten()
	}
	if s.o.js == nil {
		return 0, s.o.keer, errFout
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
	ack, err := s.o.js.PublishMsg(ctx, &nats.Msg{Subject: s.onderwerp, Data: data},
		jetstream.WithMsgID(id), jetstream.WithExpectLastSequence(s.laatste.Load()), jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, s.o.keer, err
	}
	if ack.Stream != s.cfg.naam {
		return 0, s.o.keer, fmt.Errorf("antwoord van een andere stroom: %s", ack.Stream)
	}
	return ack.Sequence, s.o.keer, nil
}

// zoekTerug looks, after an ambiguous publish, what came behind the last known
// message. It gives the sequence of id, or zero when it is not there. A message
// of another writer means that this writer must stop.
func (s *Stroom) zoekTerug(id string) (uint64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startWacht)
	defer cancel()
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return 0, vol(errFout)
	}
	st, err := s.o.js.Stream(ctx, s.cfg.naam)
	if err != nil {
		return 0, vol(err)
	}
	laatste := st.CachedInfo().State.LastSeq
	if laatste < s.laatste.Load() {
		return 0, begrip.NieuweFout(begrip.NietBeschikbaar, "De opslag van de Ketenindex is beschadigd. De beheerder moet eerst ingrijpen.").
			Door(fmt.Errorf("stroom %s eindigt bij %d, bevestigd was %d", s.cfg.naam, laatste, s.laatste.Load()))
	}
	for seq := s.laatste.Load() + 1; seq <= laatste; seq++ {
		m, err := st.GetMsg(ctx, seq)
		if err != nil {
			return 0, vol(err)
		}
		van := m.Header.Get(jetstream.MsgIDHeader)
		if !strings.HasPrefix(van, s.schrijver+".") {
			return 0, begrip.NieuweFout(begrip.NietBeschikbaar, "Een ander proces schrijft in deze Ketenindex. De beheerder moet eerst ingrijpen.").
				Door(fmt.Errorf("stroom %s, bericht %d is van een andere schrijver", s.cfg.naam, seq))
		}
		s.laatste.Store(seq)
		if van == id {
			return seq, nil
		}
	}
	return 0, nil
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
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
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
	return m.Data, nil
}

// Alle gives every message that is there, in order, to f.
func (s *Stroom) Alle(ctx context.Context, f func(seq uint64, data []byte) error) error {
	for seq := s.eerste; seq <= s.laatste.Load(); seq++ {
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
