package opdracht

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

const (
	gelijktijdig = 8 // pieces of work at a time
	perPartij    = 2 // of those, that wait for the same party
	stroef       = 4 // of those, that wait for a party that was silent last time
	eersteWacht  = 250 * time.Millisecond
	langsteWacht = 10 * time.Minute
)

// errLater is that it may be there in a while; nobody was silent.
var errLater = errors.New("opdracht: not yet")

// wachtend is work to do for one Opdracht, at the earliest at op.
type wachtend struct {
	id       string
	bij      string // whom the work has to reach: its queue
	aanbod   bool   // its proof must be looked up; else it is handled by rule
	op       time.Time
	pogingen int
	stroef   bool // taken from a queue that was silent last time
}

// rij is what waits for one party. After silence the whole queue waits, longer
// each time, so that a party that never answers costs one try now and then.
type rij struct {
	werk  []wachtend
	bezig int
	stil  int // times in a row that it did not answer
	niet  time.Time
}

// rooster tells what to do next. Who is silent never holds up work for others.
type rooster struct {
	mu     sync.Mutex
	rijen  map[string]*rij
	bezig  int
	stroef int
	wek    chan struct{}
}

func nieuwRooster() *rooster { return &rooster{rijen: map[string]*rij{}, wek: make(chan struct{}, 1)} }

// plan adds work.
func (p *Opdrachten) plan(w wachtend) { p.rooster.zet(w) }

func (r *rooster) zet(w wachtend) {
	r.mu.Lock()
	q := r.rijen[w.bij]
	if q == nil {
		q = &rij{}
		r.rijen[w.bij] = q
	}
	if !slices.ContainsFunc(q.werk, func(x wachtend) bool { return x.id == w.id && x.aanbod == w.aanbod }) {
		q.werk = append(q.werk, w)
	}
	r.mu.Unlock()
	r.por()
}

func (r *rooster) por() {
	select {
	case r.wek <- struct{}{}:
	default:
	}
}

// neem gives the work that waited longest and may be done now; else how long to
// wait for the next, which is langsteWacht when a finished piece will wake us.
func (r *rooster) neem(nu time.Time) (w wachtend, ok bool, wacht time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kies *rij
	beste, wacht := -1, langsteWacht
	if r.bezig >= gelijktijdig {
		return w, false, wacht
	}
	for _, q := range r.rijen {
		if q.bezig >= perPartij || q.stil > 0 && (q.bezig > 0 || r.stroef >= stroef) {
			continue
		}
		if q.niet.After(nu) {
			wacht = min(wacht, q.niet.Sub(nu))
			continue
		}
		for i, x := range q.werk {
			if x.op.After(nu) {
				wacht = min(wacht, x.op.Sub(nu))
			} else if kies == nil || x.op.Before(kies.werk[beste].op) {
				kies, beste = q, i
			}
		}
	}
	if kies == nil {
		return w, false, wacht
	}
	w = kies.werk[beste]
	kies.werk = slices.Delete(kies.werk, beste, beste+1)
	kies.bezig++
	r.bezig++
	if w.stroef = kies.stil > 0; w.stroef {
		r.stroef++
	}
	return w, true, 0
}

// klaar takes in how it went: nil is done, errLater is once more, any other error
// is silence: the whole queue waits.
func (r *rooster) klaar(w wachtend, err error, nu time.Time) {
	r.mu.Lock()
	q := r.rijen[w.bij]
	q.bezig--
	r.bezig--
	if w.stroef {
		r.stroef--
	}
	stil := err != nil && !errors.Is(err, errLater)
	if stil {
		q.stil++
		q.niet = nu.Add(na(q.stil))
	} else {
		q.stil, q.niet = 0, time.Time{}
	}
	if err != nil {
		w.pogingen++
		w.op = nu.Add(na(w.pogingen))
		q.werk = append(q.werk, w)
	} else if len(q.werk) == 0 && q.bezig == 0 {
		delete(r.rijen, w.bij)
	}
	r.mu.Unlock()
	r.por()
}

// na is how long to wait after so many tries.
func na(pogingen int) time.Duration {
	w := eersteWacht
	for range min(pogingen, 20) - 1 {
		w = min(2*w, langsteWacht)
	}
	return w
}

// Run looks up what proves the offers and does the automatic handling until ctx
// ends: what is open at the start, then every arrival.
func (p *Opdrachten) Run(ctx context.Context) error {
	if err := p.hervat(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		w, ok, wacht := p.rooster.neem(time.Now())
		if ok {
			wg.Go(func() { p.doe(ctx, w) })
			continue
		}
		t := time.NewTimer(wacht)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		case <-p.rooster.wek:
			t.Stop()
		}
	}
}

// hervat plans all that was open when the node stopped, oldest first.
func (p *Opdrachten) hervat(ctx context.Context) error {
	for _, soort := range []string{SoortAanbod, RecordSoort} {
		for _, s := range []Staat{Aangeboden, Geaccepteerd, InUitvoering} {
			recs, err := p.cfg.Dossier.Zoek(ctx, dossier.Filter{Soort: soort, Staat: string(s), Limiet: 1 << 20})
			if err != nil {
				return err
			}
			for _, rec := range slices.Backward(recs) {
				o, err := uitRecord(rec)
				if err != nil {
					p.cfg.Log.ErrorContext(ctx, "opdracht onleesbaar", "opdracht", rec.ID)
					continue
				}
				if o.Richting == In {
					p.planAlles(o, soort == SoortAanbod)
				}
			}
		}
	}
	return nil
}

// planAlles plans what an incoming o needs now: nothing when a person handles it.
func (p *Opdrachten) planAlles(o Opdracht, aanbod bool) {
	soort, ok := p.soort(o.Soort)
	switch {
	case aanbod:
		p.plan(wachtend{id: o.ID, bij: string(BijKetenindex), aanbod: true})
	case ok && soort.Automatisch != nil && !o.Staat.Eind():
		p.plan(wachtend{id: o.ID, bij: string(o.Onderwerp.Bron)})
	}
}

// vanzelfSleutel marks work of a rule.
type vanzelfSleutel struct{}

func vanzelf(ctx context.Context) bool { return ctx.Value(vanzelfSleutel{}) != nil }

func (p *Opdrachten) doe(ctx context.Context, w wachtend) {
	err := p.handel(ctx, w)
	if ctx.Err() == nil { // else the next start takes it up
		p.rooster.klaar(w, err, time.Now())
	}
}

// handel does one piece of work; an error is once more.
func (p *Opdrachten) handel(ctx context.Context, w wachtend) (err error) {
	ctx = context.WithValue(dossier.MetGelezen(ctx), vanzelfSleutel{}, true)
	defer func() {
		if f := recover(); f != nil {
			p.cfg.Log.Error("automatische behandeling mislukt", "opdracht", w.id, "wat", f, "stapel", string(debug.Stack()))
			err = nil
		}
	}()
	if w.aanbod {
		err = p.toets(ctx, w.id)
	} else {
		err = p.automatisch(ctx, w.id)
	}
	if err == nil || errors.Is(err, errLater) || ctx.Err() != nil {
		return err
	}
	p.cfg.Log.WarnContext(ctx, "opdracht kan nog niet worden behandeld", "opdracht", w.id, "fout", err.Error())
	if !w.aanbod && !begrip.Is(err, begrip.BronAntwoordtNiet) && begrip.FoutVan(err).Code.Status() < 500 {
		return nil // waiting does not mend it: a professional finds it in the Postvak
	}
	return err
}

func (p *Opdrachten) automatisch(ctx context.Context, id string) error {
	o, err := p.Lees(ctx, id)
	if err != nil {
		return err
	}
	soort, ok := p.soort(o.Soort)
	if !ok || soort.Automatisch == nil || o.Richting != In || o.Staat.Eind() || o.UiterlijkOp != nil && p.nu().After(*o.UiterlijkOp) {
		return nil
	}
	if waarom := p.bezwaar(soort, o); waarom != "" { // from before there was a decision, or the asker left: a person decides
		p.cfg.Log.InfoContext(ctx, "opdracht niet volgens een regel behandeld", "opdracht", id, "waarom", waarom)
		return nil
	}
	return soort.Automatisch(ctx, o)
}
