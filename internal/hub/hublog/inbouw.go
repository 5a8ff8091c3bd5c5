package hublog

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// bouwIn starts the server in this process and asserts what the promise of this
// package rests on.
func (o *opslag) bouwIn() error {
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
	o.ns, o.nc = ns, nc
	return nil
}

// vrij tells whether the disk has the reserve and n bytes left.
func (o *opslag) vrij(n int) error {
	if o.reserve < 0 || o.cluster != nil { // servers elsewhere guard their own disk
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
