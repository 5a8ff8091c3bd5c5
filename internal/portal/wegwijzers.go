package portal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
)

const (
	onthoudDuur = 8 * time.Hour // as long as somebody can stay signed in
	versDuur    = time.Minute   // how long a choice for whom one looks needs no new question
	maxOnthoud  = 20_000        // persons; beyond that all is forgotten at once
)

// gewezen is where the Ketenindex pointed for one person.
type gewezen struct {
	waar []begrip.OIN
	op   time.Time
}

// geheugen keeps, in memory only and under a keyed hash, where the Ketenindex pointed, so
// that who is signed in can go on while it is silent. A restart forgets it.
type geheugen struct {
	mu  sync.Mutex
	per map[[32]byte]gewezen
}

func (g *geheugen) zet(k [32]byte, waar []begrip.OIN, nu time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.per == nil || len(g.per) >= maxOnthoud {
		g.per = map[[32]byte]gewezen{}
	}
	g.per[k] = gewezen{waar, nu}
}

func (g *geheugen) geef(k [32]byte, nu time.Time, hoeOud time.Duration) ([]begrip.OIN, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w, ok := g.per[k]
	return w.waar, ok && nu.Sub(w.op) < hoeOud
}

// sleutelVan names in the memory what k looks for; by itself it tells nobody who.
func (p *Portal) sleutelVan(k kijker) (uit [32]byte) {
	m := hmac.New(sha256.New, p.voorSleutel[:])
	m.Write([]byte("soh gewezen " + k.BSN.Leesbaar() + "|" + k.voorWie().Leesbaar()))
	return [32]byte(m.Sum(nil))
}

// gevonden is what the Ketenindex tells about one person.
type gevonden struct {
	Gebeurtenissen []gebeurtenis       // newest first, without wegwijzers
	Waar           []functie.Deelnemer // the nodes it points to: nobody else is asked
	Heel           bool                // all of it could be read
}

// vind asks the Ketenindex what it has about the person k looks for. Only where that points
// to is asked anything: a node that has nothing to do with this person learns nothing, not
// even that somebody signed in. When the Ketenindex is silent (err) Waar is what it pointed
// to before, and without that nobody: asking everybody would tell everybody.
func (p *Portal) vind(ctx context.Context, k kijker) (v gevonden, err error) {
	sleutel := p.sleutelVan(k)
	gs, heel, err := p.gebeurtenissen(ctx, k)
	if err != nil {
		p.cfg.Log.WarnContext(ctx, "de Ketenindex antwoordt niet", "fout", err.Error())
		waar, _ := p.geheugen.geef(sleutel, time.Now(), onthoudDuur)
		v.Waar = p.register.vanWie(waar)
		return v, err
	}
	var waar []begrip.OIN
	for _, g := range gs {
		for _, oin := range g.Wie {
			if !slices.Contains(waar, oin) {
				waar = append(waar, oin)
			}
		}
	}
	p.geheugen.zet(sleutel, waar, time.Now())
	v.Waar, v.Heel = p.register.vanWie(waar), heel
	v.Gebeurtenissen = slices.DeleteFunc(gs, func(g gebeurtenis) bool { return g.Type == cloudevent.WegwijzerGeplaatst })
	return v, nil
}

// bijWie gives the nodes to ask something of who is signed in itself: those the Ketenindex
// points to. vers takes what it said a moment ago as well.
func (p *Portal) bijWie(ctx context.Context, k kijker, vers bool) (waar []functie.Deelnemer, err error) {
	p.kentDeelnemers(ctx)
	if oins, ok := p.geheugen.geef(p.sleutelVan(k), time.Now(), versDuur); ok && vers {
		return p.register.vanWie(oins), nil
	}
	v, err := p.vind(ctx, k)
	return v.Waar, err
}

// vanWie gives the nodes of these organisations.
func (r *register) vanWie(oins []begrip.OIN) []functie.Deelnemer {
	return slices.DeleteFunc(r.bronnen(), func(d functie.Deelnemer) bool { return !slices.Contains(oins, d.OIN) })
}

// elkVan does f for each of ds, some at a time.
func elkVan(ds []functie.Deelnemer, f func(i int, d functie.Deelnemer)) {
	plek := make(chan struct{}, tegelijk)
	var wg sync.WaitGroup
	for i, d := range ds {
		plek <- struct{}{}
		wg.Go(func() {
			defer func() { <-plek }()
			f(i, d)
		})
	}
	wg.Wait()
}
