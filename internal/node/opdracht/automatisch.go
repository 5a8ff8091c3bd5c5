package opdracht

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/handbereik/soh/internal/node/dossier"
)

// gelijktijdig is how many Opdrachten are handled at a time.
const gelijktijdig = 4

// plan queues an Opdracht for its Automatisch.
func (p *Opdrachten) plan(id string) {
	p.mu.Lock()
	p.rij = append(p.rij, id)
	p.mu.Unlock()
	select {
	case p.signaal <- struct{}{}:
	default:
	}
}

// volgende takes the first id that was not handled yet.
func (p *Opdrachten) volgende() (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.rij) > 0 {
		id := p.rij[0]
		p.rij = p.rij[1:]
		if !p.gehad[id] {
			p.gehad[id] = true
			return id, true
		}
	}
	return "", false
}

// Run does the automatic handling until ctx ends: what is open at the start,
// then every arrival, each once.
func (p *Opdrachten) Run(ctx context.Context) error {
	for _, s := range []Staat{Aangeboden, Geaccepteerd, InUitvoering} {
		recs, err := p.cfg.Dossier.Zoek(ctx, dossier.Filter{Soort: RecordSoort, Staat: string(s), Limiet: 1 << 20})
		if err != nil {
			return err
		}
		for i := len(recs) - 1; i >= 0; i-- { // oldest first
			p.plan(recs[i].ID)
		}
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	plek := make(chan struct{}, gelijktijdig)
	for {
		for id, ok := p.volgende(); ok; id, ok = p.volgende() {
			select {
			case plek <- struct{}{}:
			case <-ctx.Done():
				return nil
			}
			wg.Go(func() {
				defer func() { <-plek }()
				p.automatisch(ctx, id)
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.signaal:
		}
	}
}

func (p *Opdrachten) automatisch(ctx context.Context, id string) {
	defer func() {
		if f := recover(); f != nil {
			p.cfg.Log.Error("automatische behandeling mislukt", "opdracht", id, "wat", f, "stapel", string(debug.Stack()))
		}
	}()
	o, err := p.Lees(ctx, id)
	if err != nil {
		if ctx.Err() == nil {
			p.cfg.Log.Error("opdracht onleesbaar", "opdracht", id, "fout", err)
		}
		return
	}
	if soort, ok := p.soort(o.Soort); ok && soort.Automatisch != nil && o.Richting == In && !o.Staat.Eind() {
		soort.Automatisch(ctx, o)
	}
}
