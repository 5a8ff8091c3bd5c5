package bezorging

import (
	"context"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/webhook"
)

// Regels are the times of delivery; tests shorten them.
type Regels struct {
	Eerste, Boven time.Duration // wait after the first failure, and at most
	Pogingen      int           // before an event becomes a dead letter
	Noteer        time.Duration // between two notes of how far deliveries are
}

// Some forty minutes of trying, then the next event; ten thousand dead letters
// stop an abonnement.
var gewoonBezorgen = Regels{Eerste: time.Second, Boven: 5 * time.Minute, Pogingen: 16, Noteer: time.Second}

const (
	perKeer    = 16 // events that one delivery holds in memory
	maxLetters = 10_000
)

// bezorger delivers to all webhooks, on one replica at a time. Each abonnement
// has a goroutine of its own, so a slow receiver holds up nobody else.
type bezorger struct {
	h     *Hub
	slot  sync.Mutex
	stand map[string]uint64 // not noted yet
	kijk  chan struct{}     // few read the log at the same time
}

// BezorgAlles runs until ctx ends; what was delivered is noted then.
func (h *Hub) BezorgAlles(ctx context.Context) error {
	if h.Verzender == nil || !h.WachtOp(ctx, h.Log.Laatste(), 24*time.Hour) {
		return ctx.Err()
	}
	b := &bezorger{h: h, stand: map[string]uint64{}, kijk: make(chan struct{}, 2)}
	m := h.Feit.Abonnementen
	var wg sync.WaitGroup
	defer func() {
		wg.Wait()
		laat, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer stop()
		b.noteer(laat)
	}()
	klok := time.NewTicker(h.Bezorgen.Noteer)
	defer klok.Stop()
	for {
		for _, a := range m.Van("") {
			if a.Soort != feit.SoortWebhook || a.Gestopt != "" {
				continue
			}
			if wek, nieuw := m.Wekker(a.ID); nieuw {
				wg.Go(func() {
					defer m.Stil(a.ID)
					b.volg(ctx, a, wek)
				})
			}
		}
	rust:
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-m.Nieuw:
				break rust
			case <-klok.C:
				b.noteer(ctx)
			}
		}
	}
}

// noteer makes durable how far deliveries are. What is lost with the process is
// delivered again: at least once, never less.
func (b *bezorger) noteer(ctx context.Context) {
	b.slot.Lock()
	standen := b.stand
	b.stand = map[string]uint64{}
	b.slot.Unlock()
	if len(standen) == 0 {
		return
	}
	if err := b.h.Feit.Noteer(ctx, feit.Notitie{Standen: standen}); err != nil {
		b.slot.Lock()
		for id, s := range standen {
			b.stand[id] = max(b.stand[id], s)
		}
		b.slot.Unlock()
	}
}

func (b *bezorger) verder(id string, plaats uint64) {
	b.slot.Lock()
	b.stand[id] = plaats
	b.slot.Unlock()
}

// bezorging is one abonnement at work.
type bezorging struct {
	*bezorger
	a       *feit.Abonnement
	stand   uint64
	fouten  int // in a row, over events
	laatste time.Time
}

// volg delivers what comes until ctx ends or the abonnement stops.
func (b *bezorger) volg(ctx context.Context, a *feit.Abonnement, wek <-chan struct{}) {
	d := &bezorging{bezorger: b, a: a, stand: b.h.Feit.Abonnementen.Stand(a)}
	for ctx.Err() == nil {
		if nu := b.h.Feit.Abonnementen.Geef(a.ID); nu.Gestopt != "" {
			return
		}
		meer, err := d.ronde(ctx)
		if err != nil && ctx.Err() == nil {
			b.h.Cfg.Log.Warn("bezorgen hapert; straks weer", "abonnement", a.ID, "fout", err)
			d.fouten++
			slaap(ctx, webhook.Pauze(d.fouten, b.h.Bezorgen.Eerste, b.h.Bezorgen.Boven))
			continue
		}
		if !meer {
			select {
			case <-ctx.Done():
			case <-wek:
			}
		}
	}
}

// ronde delivers the next few events; meer tells whether there may be others.
func (d *bezorging) ronde(ctx context.Context) (meer bool, err error) {
	lezer, err := d.h.Register.Toegelaten(d.a.Deelnemer)
	if err != nil {
		return false, d.h.stopAbonnement(ctx, d.a, "de organisatie doet niet meer mee")
	}
	var c begrip.Controle
	if webhook.Adres(&c, "adres", d.a.Adres, lezer.API); len(c.Velden) > 0 {
		return false, d.h.stopAbonnement(ctx, d.a, "het adres hoort niet meer bij de API van de organisatie")
	}
	if err := d.herhaal(ctx); err != nil {
		return false, err
	}
	d.kijk <- struct{}{}
	lijst, tot, err := d.h.volgende(ctx, d.a, lezer, d.stand, perKeer)
	<-d.kijk
	if err != nil {
		return false, err
	}
	for _, g := range lijst {
		// Rights may have changed while earlier ones were under way.
		if err := d.bezorg(ctx, g.plaats); err != nil {
			return false, err
		}
		if d.h.Feit.Abonnementen.Geef(d.a.ID).Gestopt != "" {
			return false, nil
		}
		d.stand = g.plaats
		d.verder(d.a.ID, d.stand)
	}
	if tot > d.stand { // what may not be seen is passed as well
		d.stand = tot
		d.verder(d.a.ID, tot)
	}
	return len(lijst) == perKeer, nil
}

// bekijk gives the event at plaats as the deelnemer may see it now; nil when it
// may not.
func (d *bezorging) bekijk(ctx context.Context, plaats uint64) (*antwoord.Bladzij, error) {
	lezer, err := d.h.Register.Toegelaten(d.a.Deelnemer)
	if err != nil {
		return nil, nil // the next round stops it
	}
	if mag, err := d.h.magVolgen(ctx, lezer, d.a); err != nil || !mag {
		return nil, err
	}
	for _, v := range d.a.VragenVan() {
		b := antwoord.Bladzij{V: &v, Lezer: lezer}
		x, err := d.h.Antwoord.Bekijk(ctx, &b, plaats)
		if err != nil {
			return nil, err
		}
		if x != nil {
			b.Vondsten = []*antwoord.Vondst{x}
			return &b, nil
		}
	}
	return nil, nil
}

// bezorg offers the event at plaats until it was taken or became a dead letter.
func (d *bezorging) bezorg(ctx context.Context, plaats uint64) error {
	for poging := 1; ; {
		if d.h.Feit.Abonnementen.Geef(d.a.ID).Gestopt != "" {
			return nil
		}
		b, err := d.bekijk(ctx, plaats)
		if err != nil || b == nil {
			return err
		}
		if poging == 1 {
			if err := d.h.Antwoord.LegAntwoordVast(ctx, kijk.StapBezorgd, b); err != nil {
				return err
			}
		}
		u := d.stuur(ctx, b.Vondsten[0].VoorLezer().Append(nil))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case u.Gevolg == webhook.Bezorgd:
			d.fouten = 0
			return nil
		case u.Gevolg == webhook.Gestopt:
			return d.h.stopAbonnement(ctx, d.a, "het adres wil niets meer ontvangen (410)")
		case u.Gevolg == webhook.Mislukt || u.Gevolg == webhook.Opnieuw && poging >= d.h.Bezorgen.Pogingen:
			return d.begraaf(ctx, feit.DodeLetter{Abonnement: d.a.ID, Plaats: plaats, Reden: u.Reden, Pogingen: poging, Op: time.Now().UTC()})
		case u.Gevolg == webhook.Wachten:
			slaap(ctx, u.Wacht)
		default:
			poging++
			d.fouten++
			slaap(ctx, webhook.Pauze(d.fouten, d.h.Bezorgen.Eerste, d.h.Bezorgen.Boven))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// stuur keeps to the rate that the receiver allows.
func (d *bezorging) stuur(ctx context.Context, event []byte) webhook.Uitkomst {
	if n := d.a.PerMinuut; n > 0 {
		slaap(ctx, time.Until(d.laatste.Add(time.Minute/time.Duration(n))))
		d.laatste = time.Now()
	}
	return d.h.Verzender.Stuur(ctx, d.a.Deelnemer, d.a.Adres, event)
}

// begraaf notes a dead letter together with the new position, so that neither
// is lost without the other.
func (d *bezorging) begraaf(ctx context.Context, l feit.DodeLetter) error {
	letters, err := d.h.Feit.Letters(d.a.ID)
	if err != nil {
		return err
	}
	if len(letters) >= maxLetters {
		return d.h.stopAbonnement(ctx, d.a, "er zijn te veel dode letters")
	}
	return d.h.Feit.Noteer(ctx, feit.Notitie{Standen: map[string]uint64{d.a.ID: max(l.Plaats, d.stand)}, Dood: []feit.DodeLetter{l}})
}

// herhaal offers the dead letters once that were asked again.
func (d *bezorging) herhaal(ctx context.Context) error {
	letters, err := d.h.Feit.Letters(d.a.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if !l.Opnieuw {
			continue
		}
		b, err := d.bekijk(ctx, l.Plaats)
		if err != nil {
			return err
		}
		u := webhook.Uitkomst{}
		if b != nil {
			if err := d.h.Antwoord.LegAntwoordVast(ctx, kijk.StapBezorgd, b); err != nil {
				return err
			}
			u = d.stuur(ctx, b.Vondsten[0].VoorLezer().Append(nil))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n := feit.Notitie{Weg: []feit.DodeLetter{{Abonnement: l.Abonnement, Plaats: l.Plaats}}}
		switch u.Gevolg {
		case webhook.Bezorgd:
		case webhook.Gestopt:
			return d.h.stopAbonnement(ctx, d.a, "het adres wil niets meer ontvangen (410)")
		default:
			l.Opnieuw, l.Reden, l.Op = false, u.Reden, time.Now().UTC()
			l.Pogingen++
			n = feit.Notitie{Dood: []feit.DodeLetter{l}}
		}
		if err := d.h.Feit.Noteer(ctx, n); err != nil {
			return err
		}
		// Not before it stands, else this round would offer it again.
		if !d.h.WachtOp(ctx, d.h.Log.Laatste(), time.Minute) {
			return ctx.Err()
		}
	}
	return nil
}

// slaap waits d, or less when ctx ends.
func slaap(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
