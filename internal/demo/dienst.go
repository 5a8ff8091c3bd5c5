package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/rest"
)

// stopTijd is how long requests under way may finish when a part stops.
const stopTijd = 3 * time.Second

// deur is an address a part listens on.
type deur struct {
	handler http.Handler
	tls     *tls.Config // nil: plain http
	l       net.Listener
}

// lopend is an opened part, ready to serve.
type lopend struct {
	deuren []deur
	run    func(context.Context) error // nil: nothing beside serving
	close  func() error                // nil: nothing to close
}

// dienst is one part of the network that can be stopped and started by itself,
// as if it were a process of its own.
type dienst struct {
	naam string
	log  *slog.Logger
	open func() (lopend, error)

	mu   sync.Mutex
	stop func() error // nil when it does not run
}

// start opens the part and serves until stoppen. mis is called with what ended
// it before its time.
func (d *dienst) start(mis func(error)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop != nil {
		return nil
	}
	l, err := d.open()
	if err != nil {
		return fmt.Errorf("%s: %w", d.naam, err)
	}
	ctx, klaar := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	if l.run != nil {
		wg.Go(func() {
			if err := l.run(ctx); err != nil && ctx.Err() == nil {
				mis(fmt.Errorf("%s: %w", d.naam, err))
			}
		})
	}
	var servers []*http.Server
	for _, deur := range l.deuren {
		srv := rest.Server(deur.handler, deur.tls, d.log, slog.LevelDebug)
		srv.BaseContext = func(net.Listener) context.Context { return ctx }
		servers = append(servers, srv)
		wg.Go(func() {
			serve := srv.Serve
			if deur.tls != nil {
				serve = func(l net.Listener) error { return srv.ServeTLS(l, "", "") }
			}
			if err := serve(deur.l); !errors.Is(err, http.ErrServerClosed) {
				mis(fmt.Errorf("%s: %w", d.naam, err))
			}
		})
	}
	d.log.Info("gestart", "deel", d.naam)
	d.stop = func() error {
		tijd, af := context.WithTimeout(context.Background(), stopTijd)
		defer af()
		var uit sync.WaitGroup
		for _, s := range servers {
			uit.Go(func() {
				if s.Shutdown(tijd) != nil {
					_ = s.Close()
				}
			})
		}
		uit.Wait()
		klaar()
		wg.Wait()
		d.log.Info("gestopt", "deel", d.naam)
		if l.close != nil {
			return l.close()
		}
		return nil
	}
	return nil
}

// stoppen ends the part; what it took in is kept.
func (d *dienst) stoppen() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop == nil {
		return nil
	}
	err := d.stop()
	d.stop = nil
	return err
}
