// Package gebeurtenis brings what a deelnemer writes in its outbox to the hub
// and to other deelnemers, and makes the events themselves.
//
// It promises, per bestemming: every message is offered until the other side
// takes it, in the order in which it was written, each time with the same id.
// At least once, not exactly once: the receiver recognises the id. A message
// that the other side refuses (4xx) is parked where a person sees it and holds
// up nothing. One slow bestemming does not hold up another. No log line, state
// or error holds content or a BSN.
package gebeurtenis

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// Hub is the bestemming of events.
const Hub = "hub"

// bewaartermijn is how long a delivered message stays in the outbox, to be able
// to tell what happened to it.
const bewaartermijn = 7 * 24 * time.Hour

// ritme holds the times of a Bezorger; a test takes shorter ones.
type ritme struct {
	eerste, langste time.Duration // backoff after the first failure, and at most
	antwoord        time.Duration // how long the other side may take to answer
	uitloop         time.Duration // how long a request may go on after a stop
	kijk            time.Duration // look in the outbox even when nobody wakes
}

var gewoon = ritme{eerste: time.Second, langste: 5 * time.Minute, antwoord: 30 * time.Second,
	uitloop: 5 * time.Second, kijk: 15 * time.Second}

// Bezorger delivers the outbox of one dossier. One Bezorger per dossier runs.
type Bezorger struct {
	store  *dossier.Store
	adres  func(bestemming string) (baseURL string, wie begrip.OIN, ok bool)
	client *http.Client
	log    *slog.Logger
	ritme  ritme
	nu     func() time.Time
	wek    chan struct{}
}

// Nieuw makes a Bezorger. adres gives the base URL of a bestemming, to which
// the path of a message is added, and who must answer there: another one gets no
// byte of it. ok is false when it is not known (yet): the message then waits. Every commit with a message wakes the Bezorger.
func Nieuw(store *dossier.Store, adres func(bestemming string) (baseURL string, wie begrip.OIN, ok bool), client *http.Client, log *slog.Logger) *Bezorger {
	eigen := *client // a redirect would carry a message to a place nobody chose
	eigen.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b := &Bezorger{store: store, adres: adres, client: &eigen, log: log, ritme: gewoon, nu: time.Now, wek: make(chan struct{}, 1)}
	store.NaVerstuur(b.Wek)
	return b
}

// Wek makes the Bezorger look in the outbox now. It does not shorten a backoff.
func (b *Bezorger) Wek() { por(b.wek) }

// Stand gives the state of the outbox per bestemming.
func (b *Bezorger) Stand(ctx context.Context) ([]dossier.Stand, error) { return b.store.Stand(ctx) }

// Run delivers until ctx ends. A request under way may then finish, for some
// seconds; what was not answered is offered again at the next Run.
func (b *Bezorger) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	lijnen := map[string]chan struct{}{}
	kijk := time.NewTicker(b.ritme.kijk)
	defer kijk.Stop()
	var opgeruimd time.Time
	for {
		bestemmingen, err := b.store.Bestemmingen(ctx)
		if err != nil && ctx.Err() == nil {
			b.log.Error("outbox onleesbaar", "fout", err)
		}
		for _, naar := range bestemmingen {
			if wek, ok := lijnen[naar]; ok {
				por(wek)
				continue
			}
			wek := make(chan struct{}, 1)
			lijnen[naar] = wek
			wg.Go(func() { b.lijn(ctx, naar, wek) })
		}
		if nu := b.nu(); nu.Sub(opgeruimd) > time.Hour {
			opgeruimd = nu
			if _, err := b.store.RuimOp(ctx, nu.Add(-bewaartermijn)); err != nil && ctx.Err() == nil {
				b.log.Error("outbox niet opgeruimd", "fout", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-b.wek:
		case <-kijk.C:
		}
	}
}

// lijn delivers to one bestemming, one message at a time.
func (b *Bezorger) lijn(ctx context.Context, naar string, wek <-chan struct{}) {
	for ctx.Err() == nil {
		wacht, err := b.eerste(ctx, naar)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			b.log.Error("outbox onleesbaar", "bestemming", naar, "fout", err)
			wacht = b.ritme.eerste
		}
		if wacht == 0 {
			continue
		}
		t := time.NewTimer(wacht)
		select {
		case <-ctx.Done():
		case <-wek:
		case <-t.C:
		}
		t.Stop()
	}
}

// eerste offers the first waiting message, when it is due, and tells how long
// to wait before the next look: 0 is not at all.
func (b *Bezorger) eerste(ctx context.Context, naar string) (time.Duration, error) {
	u, ok, err := b.store.Volgende(ctx, naar)
	if err != nil {
		return 0, err
	}
	if !ok {
		return b.ritme.langste, nil
	}
	if d := u.Volgende.Sub(b.nu()); d > 0 {
		return min(d, b.ritme.langste), nil
	}
	uitslag := b.bied(ctx, u)
	if ctx.Err() != nil && uitslag.soort == opnieuw {
		return 0, nil // cut off by the stop: not the fault of the other side
	}
	// What the other side answered must be kept, also while stopping.
	vast := context.WithoutCancel(ctx)
	log := b.log.With("bestemming", naar, "bericht", u.ID, "soort", u.Soort, "poging", u.Pogingen+1)
	switch uitslag.soort {
	case bezorgd:
		log.Debug("bericht bezorgd")
		return 0, b.store.IsBezorgd(vast, u.Nr)
	case geweigerd:
		log.Warn("bericht geweigerd door de ontvanger", "reden", uitslag.reden)
		return 0, b.store.Parkeer(vast, u.Nr, uitslag.reden)
	}
	d := max(b.ritme.na(u.Pogingen, rand.Float64()), uitslag.wacht)
	log.Warn("bericht nog niet bezorgd", "reden", uitslag.reden, "opnieuwOver", d.Round(time.Millisecond).String())
	return 0, b.store.StelUit(vast, u.Nr, b.nu().Add(d), uitslag.reden)
}

// na gives the backoff after one more failure: doubling, at most langste, of
// which toeval (0 to 1) decides the second half, so that nodes that lost the
// hub together do not return together.
func (r ritme) na(mislukt int, toeval float64) time.Duration {
	d := r.langste
	if mislukt < 30 {
		d = min(r.eerste<<mislukt, r.langste)
	}
	return d/2 + time.Duration(float64(d/2)*toeval)
}

func por(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
