package hublog

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
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

// opslag is the storage of all streams and the connection to it: a server in
// this process, or a cluster elsewhere. One in this process can be started again
// while in use: after a write error JetStream refuses a stream until then.
type opslag struct {
	dir     string
	reserve int64
	cluster *Cluster // nil: the server in this process
	log     *slog.Logger
	fout    chan struct{} // the server logged a failed write

	mu     sync.RWMutex   // held for writing while stopped or starting
	ns     *server.Server // in this process only
	nc     *nats.Conn
	js     jetstream.JetStream
	keer   int // counts the starts
	dicht  bool
	poging time.Time
}

// start opens the storage. Caller holds mu, or is the only one.
func (o *opslag) start() error {
	open := o.bouwIn
	if o.cluster != nil {
		open = o.verbind
	}
	if err := open(); err != nil {
		return err
	}
	js, err := jetstream.New(o.nc)
	if err != nil {
		o.sluit()
		return fmt.Errorf("verbinding met de opslag van de hub: %w", err)
	}
	o.js = js
	o.keer++
	return nil
}

func (o *opslag) sluit() {
	if o.nc == nil {
		return
	}
	o.nc.Close()
	if o.ns != nil {
		o.ns.Shutdown()
		o.ns.WaitForShutdown()
	}
	o.ns, o.nc, o.js = nil, nil, nil
}

// stop ends the server for good.
func (o *opslag) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dicht = true
	o.sluit()
}

func (o *opslag) gestopt() bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.dicht
}

// herstart stops and starts the server, once per keer and at most once a
// second: what was being written is on disk or is not, and can be looked up.
func (o *opslag) herstart(keer int) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dicht {
		return gesloten()
	}
	if o.keer != keer || o.cluster != nil { // that connection restores itself
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
