package hublog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// leiderschap is how long the leadership lasts without a sign of life.
const leiderschap = 10 * time.Second

// AlsLeider runs werk on one replica of the hub at a time, for what may not be
// done twice at once: delivering webhooks, housekeeping, polling health. naam
// (lower case letters, digits and dashes) names the work, not the replica;
// different names may run on different replicas.
//
// It waits until this replica is the leader, runs werk, and gives what werk
// returns. The context of werk ends when ctx does and when the leadership may
// pass to another; then AlsLeider waits for werk to return and stands for
// leader again. It returns ctx.Err() when ctx ended first. Start it in a
// goroutine of its own.
//
// A process that stood still (a paused machine) finds out late that it leads no
// more: what werk does must be harmless when done twice, and its progress
// belongs in the log.
//
// A hub with its log in the process is alone, and always the leader.
func (l *Log) AlsLeider(ctx context.Context, naam string, werk func(ctx context.Context) error) error {
	if l.cfg.Cluster == nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		return werk(ctx)
	}
	termijn := l.cfg.leiderschap
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		klaar, err := l.leid(ctx, naam, termijn, werk)
		if klaar {
			return err
		}
		if err != nil && ctx.Err() == nil {
			l.cfg.Log.Debug("geen leider", "werk", naam, "fout", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(termijn / 5):
		}
	}
}

// leid takes the leadership when it is free and runs werk as long as it holds.
func (l *Log) leid(ctx context.Context, naam string, termijn time.Duration, werk func(ctx context.Context) error) (klaar bool, err error) {
	kv, err := l.bak(ctx, "HUB_LEIDER", termijn)
	if err != nil {
		return false, err
	}
	// Counted from before the question: our time runs out before the server's.
	verlies := time.NewTimer(termijn * 3 / 4)
	defer verlies.Stop()
	versie, err := kv.Create(ctx, naam, []byte(l.stroom.schrijver))
	if err != nil {
		return false, err // somebody else, mostly
	}
	l.cfg.Log.Info("deze hub doet voortaan dit werk", "werk", naam)
	binnen, stop := context.WithCancel(ctx)
	defer stop()
	af := make(chan error, 1)
	go func() { af <- werk(binnen) }()
	klok := time.NewTicker(termijn / 4)
	defer klok.Stop()
	for {
		select {
		case err := <-af:
			laat, dicht := context.WithTimeout(context.WithoutCancel(ctx), termijn/2)
			defer dicht()
			_ = kv.Delete(laat, naam, jetstream.LastRevision(versie)) // else it runs out by itself
			return true, err
		case <-klok.C:
			kort, dicht := context.WithTimeout(ctx, termijn/4)
			begin := time.Now()
			v, err := kv.Update(kort, naam, []byte(l.stroom.schrijver), versie)
			if err != nil { // an earlier answer may have got lost
				if e, geterr := kv.Get(kort, naam); geterr == nil && string(e.Value()) == l.stroom.schrijver && e.Revision() > versie {
					versie = e.Revision()
				}
			} else {
				versie = v
				verlies.Reset(time.Until(begin.Add(termijn * 3 / 4)))
			}
			dicht()
		case <-verlies.C:
			l.cfg.Log.Warn("deze hub doet dit werk niet meer: geen teken van leven naar het log", "werk", naam)
			stop()
			<-af
			return false, nil
		}
	}
}

// Geleid tells whether a hub does some work as leader on this log, so that one
// runs; one that was killed counts for another ten seconds. It looks for as long
// as a hub needs to take over what another let go: four seconds. A log in the
// process is open once, so there it is always false.
func (l *Log) Geleid(ctx context.Context) (bool, error) {
	if l.cfg.Cluster == nil {
		return false, nil
	}
	kv, err := l.bak(ctx, "HUB_LEIDER", l.cfg.leiderschap)
	if err != nil {
		return false, vol(err)
	}
	for eind := time.Now().Add(l.cfg.leiderschap * 2 / 5); ; {
		werk, err := kv.Keys(ctx)
		switch {
		case len(werk) > 0:
			return true, nil
		case err != nil && !errors.Is(err, jetstream.ErrNoKeysFound):
			return false, vol(err)
		case time.Now().After(eind):
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(l.cfg.leiderschap / 40):
		}
	}
}

// bak opens a bucket of small values that the replicas share.
func (l *Log) bak(ctx context.Context, naam string, termijn time.Duration) (jetstream.KeyValue, error) {
	l.opslag.mu.RLock()
	defer l.opslag.mu.RUnlock()
	if l.opslag.js == nil {
		return nil, gesloten()
	}
	kv, err := l.opslag.js.KeyValue(ctx, naam)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = l.opslag.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: naam, Storage: jetstream.FileStorage, Replicas: l.cfg.Cluster.replicas(), TTL: termijn,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("bak %s: %w", naam, err)
	}
	return kv, nil
}

// Gedeeld gives the value that the replicas share under naam, and its version;
// nil and zero when there is none yet.
func (l *Log) Gedeeld(ctx context.Context, naam string) (waarde []byte, versie uint64, err error) {
	err = l.opslag.metGeduld(ctx, func(ctx context.Context) error {
		kv, err := l.bak(ctx, "HUB", 0)
		if err != nil {
			return err
		}
		e, err := kv.Get(ctx, naam)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil
		}
		if err == nil {
			waarde, versie = e.Value(), e.Revision()
		}
		return err
	})
	if err != nil {
		return nil, 0, vol(err)
	}
	return waarde, versie, nil
}

// ZetGedeeld replaces the value under naam when versie is still its version
// (zero: there is none), else it gives ErrVerschoven. After another error the
// value may be there all the same.
func (l *Log) ZetGedeeld(ctx context.Context, naam string, waarde []byte, versie uint64) (nieuw uint64, err error) {
	ctx, af := context.WithTimeout(ctx, antwoordWacht)
	defer af()
	kv, err := l.bak(ctx, "HUB", 0)
	if err != nil {
		return 0, vol(err)
	}
	if versie == 0 {
		nieuw, err = kv.Create(ctx, naam, waarde)
	} else {
		nieuw, err = kv.Update(ctx, naam, waarde, versie)
	}
	var api *jetstream.APIError
	if errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) && api.ErrorCode == codeVerkeerdeVolgorde {
		return 0, fmt.Errorf("%w: %w", ErrVerschoven, err)
	}
	if err != nil {
		return 0, vol(err)
	}
	return nieuw, nil
}
