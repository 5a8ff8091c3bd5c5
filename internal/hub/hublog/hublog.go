// Package hublog owns the durable log of the Ketenindex: one JetStream stream
// of compressed blocks, in a NATS server inside this process without listener,
// or in a cluster outside it with several replicas of the hub in front.
//
// It promises: when Append returns without error, its entries are on disk
// (fsync) and are given back by Read and Follow, in the same order, for ever.
// When Append returns an error the entries may or may not be in the log; the
// sender offers them again and the reader of the log drops what it has seen.
// Nothing is ever removed from or changed in the log. Every replica may append;
// the stream decides the order, and all read the same.
//
// With a cluster the promise of fsync is the servers' (sync_interval: always),
// which cannot be asked from here; docs/runbook.md tells how to set them up.
package hublog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/slot"
)

// Limits of a block and of one entry.
const (
	MaxInBlok    = 800     // entries
	maxBlokBytes = 4 << 20 // bytes before compression, unless one entry is larger
	MaxEntry     = 7 << 20 // bytes; a NATS message holds 8 MB
	maxWachtrij  = 64 << 20
)

// Plaats is where an entry stands: stream sequence<<16 | index in the block.
// Plaatsen order as the events do; zero is no place.
type Plaats uint64

// PlaatsVan makes the Plaats of entry i in block seq.
func PlaatsVan(seq uint64, i int) Plaats { return Plaats(seq<<16 | uint64(i)) }

// Seq is the stream sequence of the block.
func (p Plaats) Seq() uint64 { return uint64(p) >> 16 }

// Index is the place inside the block.
func (p Plaats) Index() int { return int(p & 0xffff) }

// Blok is one durable block. Its entries are shared: do not change them.
type Blok struct {
	Seq     uint64
	Entries [][]byte
}

// Config says where the log lives and how much it may hold.
type Config struct {
	Dir      string        // folder of the log; made when absent, one process at a time
	MaxBytes int64         // budget of the log in bytes; 0 is no limit but the disk
	Reserve  int64         // bytes of the disk that stay free; 0 is 64 MB, negative is none
	MaxWacht time.Duration // age of the queue above which senders are refused; 0 is 2 s
	Cache    int64         // bytes of decompressed entries kept in memory; 0 is 24 MB
	Cluster  *Cluster      // where the log is; nil is in this process, in Dir
	Log      *slog.Logger

	// Gelegd is told of every block this replica made durable, from one goroutine:
	// its entries and how long that took. May be nil.
	Gelegd func(entries int, duur time.Duration)

	leiderschap time.Duration // 0 is the constant; tests take less
}

// Log is the open log. Safe for use by many goroutines.
type Log struct {
	cfg    Config
	slot   *os.File
	opslag *opslag
	stroom *Stroom
	cache  *cache // of the newest blocks

	afschrift *afschrift

	laatste atomic.Uint64
	meldMu  sync.Mutex
	meld    chan struct{} // closed and replaced when a block was added

	mu    sync.Mutex
	rijen rijen
	wek   chan struct{}
	dicht bool
	klaar chan struct{}

	loslaten []func() // end the watching of other replicas
}

// Open starts the log in cfg.Dir. A folder that another process uses is
// refused with a sentence that says so.
func Open(cfg Config) (*Log, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.MaxWacht == 0 {
		cfg.MaxWacht = 2 * time.Second
	}
	if cfg.Reserve == 0 {
		cfg.Reserve = 64 << 20
	}
	if cfg.Cache == 0 {
		cfg.Cache = 24 << 20
	}
	if cfg.leiderschap == 0 {
		cfg.leiderschap = leiderschap
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("map van de hub maken: %w", err)
	}
	bezet, err := slot.Neem(filepath.Join(cfg.Dir, "slot"))
	if errors.Is(err, slot.ErrBezet) {
		err = fmt.Errorf("een andere hub gebruikt deze map al (%s): stop die eerst, of geef deze hub een eigen map", cfg.Dir)
	}
	if err != nil {
		return nil, err
	}
	o := &opslag{dir: filepath.Join(cfg.Dir, "log"), reserve: cfg.Reserve, cluster: cfg.Cluster, log: cfg.Log, fout: make(chan struct{}, 1)}
	if err := o.start(); err != nil {
		_ = bezet.Close()
		return nil, err
	}
	l := &Log{cfg: cfg, slot: bezet, opslag: o, cache: nieuweCache(cfg.Cache),
		meld: make(chan struct{}), wek: make(chan struct{}, 1), klaar: make(chan struct{})}
	l.stroom, err = o.stroom(stroomConfig{naam: "KETENINDEX", maxBytes: cfg.MaxBytes, onveranderlijk: true})
	if err != nil {
		o.stop()
		_ = bezet.Close()
		return nil, err
	}
	if err := l.beginBij(l.stroom.Laatste()); err != nil {
		o.stop()
		_ = bezet.Close()
		return nil, err
	}
	if err := l.openAfschrift(); err != nil {
		o.stop()
		_ = bezet.Close()
		return nil, err
	}
	if cfg.Cluster != nil {
		stop, err := l.stroom.bijhouden(l.vooruit)
		if err != nil {
			l.afschrift.sluit()
			o.stop()
			_ = bezet.Close()
			return nil, err
		}
		l.loslaten = append(l.loslaten, stop)
	}
	go l.werk()
	return l, nil
}

// beginBij finds the newest block: the last numbers may be of writes that failed.
func (l *Log) beginBij(seq uint64) error {
	ctx, stop := context.WithTimeout(context.Background(), startWacht)
	defer stop()
	for ; seq > 0 && !l.Meervoudig(); seq-- {
		_, err := l.stroom.Lees(ctx, seq)
		if err == nil {
			break
		}
		if !begrip.Is(err, begrip.NietGevonden) {
			return err
		}
	}
	l.laatste.Store(seq)
	l.stroom.vorige.Store(seq)
	return nil
}

func (l *Log) openAfschrift() (err error) {
	l.afschrift, err = openAfschrift(filepath.Join(l.cfg.Dir, "afschrift"), afschriftBron{l.Laatste, func(ctx context.Context, seq uint64) ([][]byte, error) {
		ctx, stop := context.WithTimeout(ctx, startWacht)
		defer stop()
		data, err := l.stroom.Lees(ctx, seq)
		if err != nil {
			return nil, err
		}
		return decodeer(data)
	}, l.opslag.vrij})
	return err
}

// Meervoudig tells that other replicas may write in the same log.
func (l *Log) Meervoudig() bool { return l.cfg.Cluster != nil }

// Ruimte tells why the disk of the log has no room for an entry; nil when it has.
func (l *Log) Ruimte() error { return l.opslag.vrij(64 << 10) }

// Bereikbaar tells whether the storage answered in the last seconds; always,
// for one in this process.
func (l *Log) Bereikbaar() bool {
	return !l.Meervoudig() || time.Since(time.Unix(0, l.stroom.gehoord.Load())) < 5*time.Second
}

// vooruit tells who follows that block seq, and all before it, is durable.
func (l *Log) vooruit(seq uint64) {
	l.meldMu.Lock()
	defer l.meldMu.Unlock()
	if seq <= l.laatste.Load() || l.meld == nil {
		return
	}
	l.laatste.Store(seq)
	close(l.meld)
	l.meld = make(chan struct{})
}

// Stroom opens a further durable stream in the same storage, for what must
// live and be backed up with the log. Its messages can be erased.
func (l *Log) Stroom(naam string) (*Stroom, error) { return l.opslag.stroom(stroomConfig{naam: naam}) }

// Bijhouden calls f, until the log closes, when another replica may have written
// in s; never for a hub that is alone. f must be safe for use by several goroutines.
func (l *Log) Bijhouden(s *Stroom, f func()) error {
	if !l.Meervoudig() {
		return nil
	}
	stop, err := s.bijhouden(func(uint64) { f() })
	if err == nil {
		l.mu.Lock()
		l.loslaten = append(l.loslaten, stop)
		l.mu.Unlock()
	}
	return err
}

// Laatste is the stream sequence of the newest block that this replica knows
// of; zero when there is none.
func (l *Log) Laatste() uint64 { return l.laatste.Load() }

// Nu asks the storage for the newest block, of whichever replica: what was
// acknowledged anywhere before the call is not behind it.
func (l *Log) Nu(ctx context.Context) (uint64, error) {
	if !l.Meervoudig() {
		return l.Laatste(), nil
	}
	seq, err := l.stroom.Nu(ctx)
	if err == nil {
		l.vooruit(seq)
	}
	return l.Laatste(), err
}

// Bytes is the size of the log on disk, for a status page.
func (l *Log) Bytes(ctx context.Context) (uint64, error) { return l.stroom.bytes(ctx) }

// Wachtrij tells how many Append calls wait and how long the oldest has waited.
func (l *Log) Wachtrij() (aantal int, oudste time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rijen.stand(time.Now())
}

// Close refuses new entries, makes those that wait durable and stops the
// server. Calling it again does nothing.
func (l *Log) Close() error {
	l.mu.Lock()
	al := l.dicht
	l.dicht = true
	l.mu.Unlock()
	if al {
		<-l.klaar
		return nil
	}
	l.wekWerker()
	<-l.klaar
	for _, f := range l.loslaten {
		f()
	}
	l.afschrift.sluit()
	l.opslag.stop()
	l.meldMu.Lock()
	close(l.meld) // ends every Follow
	l.meld = nil
	l.meldMu.Unlock()
	return l.slot.Close()
}

func gesloten() error {
	return begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex wordt gestopt. Probeer het zo nog eens.")
}
