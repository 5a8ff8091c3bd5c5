package hublog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	maxPayload   = 8 << 20
	startWacht   = 2 * time.Minute // a large log takes time to open
	publishWacht = 5 * time.Second
)

// vergrendel takes the lock of the folder for the life of the file.
func vergrendel(pad string) (*os.File, error) {
	f, err := os.OpenFile(pad, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("slot van de hub openen: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("een andere hub gebruikt deze map al (slot %s): stop die eerst, of geef deze hub een eigen map", pad)
		}
		return nil, fmt.Errorf("slot van de hub nemen: %w", err)
	}
	return f, nil
}

// opslag is the embedded server and the connection to it. It can be started
// again while in use: after a write error JetStream refuses a stream until then.
type opslag struct {
	dir     string
	reserve int64
	log     *slog.Logger
	fout    chan struct{} // the server logged a failed write

	mu     sync.RWMutex // held for writing while stopped or starting
	ns     *server.Server
	nc     *nats.Conn
	js     jetstream.JetStream
	keer   int // counts the starts
	dicht  bool
	poging time.Time
}

// start opens the server and asserts what the promise of this package rests
// on. Caller holds mu, or is the only one.
func (o *opslag) start() error {
	ns, err := server.NewServer(&server.Options{
		ServerName: "ketenindex", DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: o.dir, SyncAlways: true,
		// The disk is guarded by the reserve; JetStream itself would freeze
		// what it may use at three quarters of what is free at the start.
		JetStreamMaxStore: 1 << 50, JetStreamMaxMemory: 64 << 20,
		MaxPayload: maxPayload, MaxPending: 8 * maxPayload, DisableJetStreamBanner: true,
	})
	if err != nil {
		return fmt.Errorf("opslag van de hub: %w", err)
	}
	ns.SetLoggerV2(&natsLog{o}, false, false, false)
	ns.Start()
	stop := func(err error) error { ns.Shutdown(); ns.WaitForShutdown(); return err }
	if !ns.ReadyForConnections(startWacht) {
		return stop(errors.New("opslag van de hub start niet"))
	}
	cfg := ns.JetStreamConfig()
	switch {
	case cfg == nil:
		return stop(errors.New("opslag van de hub start niet: schijf vol of map niet te lezen"))
	case !cfg.SyncAlways:
		return stop(errors.New("opslag van de hub schrijft niet meteen naar de schijf (SyncAlways staat uit)"))
	case ns.Addr() != nil:
		return stop(errors.New("opslag van de hub luistert op het netwerk; dat mag niet"))
	}
	nc, err := nats.Connect("", nats.InProcessServer(ns), nats.NoReconnect(), nats.Name("hub"))
	if err != nil {
		return stop(fmt.Errorf("verbinding met de opslag van de hub: %w", err))
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return stop(fmt.Errorf("verbinding met de opslag van de hub: %w", err))
	}
	o.ns, o.nc, o.js = ns, nc, js
	o.keer++
	return nil
}

func (o *opslag) sluit() {
	if o.ns == nil {
		return
	}
	o.nc.Close()
	o.ns.Shutdown()
	o.ns.WaitForShutdown()
	o.ns, o.nc, o.js = nil, nil, nil
}

// stop ends the server for good.
func (o *opslag) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dicht = true
	o.sluit()
}

// herstart stops and starts the server, once per keer and at most once a
// second: what was being written is on disk or is not, and can be looked up.
func (o *opslag) herstart(keer int) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dicht {
		return gesloten()
	}
	if o.keer != keer {
		return nil
	}
	if time.Since(o.poging) < time.Second {
		return errors.New("zojuist al geprobeerd")
	}
	o.poging = time.Now()
	o.log.Warn("opslag van de hub wordt opnieuw gestart")
	o.sluit()
	o.leegFout()
	return o.start()
}

func (o *opslag) leegFout() {
	select {
	case <-o.fout:
	default:
	}
}

// vrij tells whether the disk has the reserve and n bytes left.
func (o *opslag) vrij(n int) error {
	if o.reserve < 0 {
		return nil
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(o.dir, &st); err != nil {
		return fmt.Errorf("vrije ruimte meten: %w", err)
	}
	if over := int64(st.Bavail) * st.Bsize; over < o.reserve+int64(n) {
		return fmt.Errorf("nog %d bytes vrij, reserve is %d", over, o.reserve)
	}
	return nil
}

// stroom opens or makes a stream and asserts its settings.
func (o *opslag) stroom(c stroomConfig) (*Stroom, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startWacht)
	defer cancel()
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.js == nil {
		return nil, gesloten()
	}
	if c.maxBytes <= 0 {
		c.maxBytes = -1
	}
	st, err := o.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: c.naam, Subjects: []string{"hub." + strings.ToLower(c.naam)},
		Storage: jetstream.FileStorage, Replicas: 1, PersistMode: jetstream.DefaultPersistMode,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: -1, MaxBytes: c.maxBytes, MaxMsgSize: -1, MaxConsumers: -1,
		Duplicates: 10 * time.Minute, AllowDirect: true, DenyDelete: c.onveranderlijk, DenyPurge: true,
	})
	if err != nil {
		return nil, fmt.Errorf("stroom %s openen: %w", c.naam, err)
	}
	info, err := st.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("stroom %s openen: %w", c.naam, err)
	}
	if info.Config.PersistMode != jetstream.DefaultPersistMode || info.Config.Storage != jetstream.FileStorage {
		return nil, fmt.Errorf("stroom %s schrijft niet meteen naar de schijf (PersistMode)", c.naam)
	}
	s := &Stroom{o: o, cfg: c, onderwerp: info.Config.Subjects[0], schrijver: nats.NewInbox()[len("_INBOX."):]}
	s.laatste.Store(info.State.LastSeq)
	s.eerste = info.State.FirstSeq
	return s, nil
}

// natsLog passes the server's own words on to ours.
type natsLog struct{ o *opslag }

func (l *natsLog) Noticef(f string, v ...any) { l.o.log.Debug("nats: " + fmt.Sprintf(f, v...)) }
func (l *natsLog) Warnf(f string, v ...any)   { l.o.log.Warn("nats: " + fmt.Sprintf(f, v...)) }
func (l *natsLog) Fatalf(f string, v ...any)  { l.o.log.Error("nats: " + fmt.Sprintf(f, v...)) }
func (l *natsLog) Debugf(string, ...any)      {}
func (l *natsLog) Tracef(string, ...any)      {}

// Errorf also wakes the writer: JetStream answers a failed write with silence,
// and this saves waiting for the time-out.
func (l *natsLog) Errorf(f string, v ...any) {
	regel := fmt.Sprintf(f, v...)
	l.o.log.Error("nats: " + regel)
	if strings.Contains(regel, "failed to store") || strings.Contains(regel, "rite error") {
		select {
		case l.o.fout <- struct{}{}:
		default:
		}
	}
}
