package kijk

import (
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/kern"
)

const (
	grensTijd         = time.Hour
	gewoonMedewerker  = 60
	gewoonOrganisatie = 600
)

// vraaggrenzen counts persons per asker. Lines of other replicas count when the
// projection meets them, so a limit holds for the chain and not for each
// replica. They are in memory: after a start of the hub the hour begins anew.
type vraaggrenzen struct {
	kern.Grenzen
	nu    func() time.Time
	slot  sync.Mutex
	per   map[asker]*aantal
	ruim  time.Time
	meldt func(oin begrip.OIN, persoon string) // an asker met its limit, for the first time this hour
}

// asker is a professional, or an organisation as a whole.
type asker struct {
	oin     begrip.OIN
	persoon string
}

type aantal struct {
	gezien map[[16]byte]int64 // person → last time, Unix seconds
	gemeld int64              // when the limit was met, Unix seconds
}

func nieuweGrenzen(g kern.Grenzen) *vraaggrenzen {
	if g.Medewerker == 0 {
		g.Medewerker = gewoonMedewerker
	}
	if g.Organisatie == 0 {
		g.Organisatie = gewoonOrganisatie
	}
	return &vraaggrenzen{Grenzen: g, nu: time.Now, per: map[asker]*aantal{}}
}

// mag counts refs for the asker; TeDruk when that would be too many, and then
// none of them counts.
func (g *vraaggrenzen) mag(oin begrip.OIN, persoon string, refs ...[16]byte) error {
	nu := g.nu().Unix()
	g.slot.Lock()
	defer g.slot.Unlock()
	askers := []asker{{oin: oin}}
	if persoon != "" {
		askers = append(askers, asker{oin, persoon})
	}
	for _, a := range askers {
		if n, grens := g.metErbij(a, refs, nu), g.grens(a); n > grens {
			g.meld(a, nu)
			f := begrip.NieuweFout(begrip.TeDruk, "Er is in een uur naar meer dan %d verschillende personen gevraagd. Probeer het later nog eens. Uw organisatie en de ketenbeheerder zien dit.", grens)
			f.Wacht = g.per[a].wacht(nu)
			return f
		}
	}
	g.tel(askers, refs, nu)
	return nil
}

func (g *vraaggrenzen) grens(a asker) int {
	if a.persoon == "" {
		return g.Organisatie
	}
	return g.Medewerker
}

// metErbij is how many persons a would have asked about.
func (g *vraaggrenzen) metErbij(a asker, refs [][16]byte, nu int64) int {
	p := g.per[a]
	if p == nil {
		return len(refs)
	}
	if len(p.gezien)+len(refs) > g.grens(a) {
		p.vergeet(nu)
	}
	n := len(p.gezien)
	for _, r := range refs {
		if _, al := p.gezien[r]; !al {
			n++
		}
	}
	return n
}

func (p *aantal) vergeet(nu int64) {
	for r, op := range p.gezien {
		if nu-op >= int64(grensTijd/time.Second) {
			delete(p.gezien, r)
		}
	}
}

// wacht is until the first of those counted does not count any more.
func (p *aantal) wacht(nu int64) time.Duration {
	eerst := nu
	for _, op := range p.gezien {
		eerst = min(eerst, op)
	}
	return max(time.Second, grensTijd-time.Duration(nu-eerst)*time.Second)
}

func (g *vraaggrenzen) tel(askers []asker, refs [][16]byte, nu int64) {
	if len(refs) == 0 {
		return
	}
	for _, a := range askers {
		p := g.per[a]
		if p == nil {
			p = &aantal{gezien: map[[16]byte]int64{}}
			g.per[a] = p
		}
		for _, r := range refs {
			if _, al := p.gezien[r]; al || len(p.gezien) <= g.grens(a) {
				p.gezien[r] = max(nu, p.gezien[r])
			}
		}
	}
	if t := time.Unix(nu, 0); t.After(g.ruim) {
		g.ruim = t.Add(grensTijd / 6)
		for a, p := range g.per {
			if p.vergeet(nu); len(p.gezien) == 0 {
				delete(g.per, a)
			}
		}
	}
}

func (g *vraaggrenzen) meld(a asker, nu int64) {
	p := g.per[a]
	if p == nil {
		p = &aantal{gezien: map[[16]byte]int64{}}
		g.per[a] = p
	}
	if nu-p.gemeld < int64(grensTijd/time.Second) {
		return
	}
	p.gemeld = nu
	if g.meldt != nil {
		g.meldt(a.oin, a.persoon)
	}
}

// geteld counts a line of the log: of this replica it counted already.
func (g *vraaggrenzen) geteld(k Regel) {
	op := k.Op / int64(time.Second/time.Microsecond)
	if k.Burger || g.nu().Unix()-op >= int64(grensTijd/time.Second) || k.Stap != StapVraag && k.Stap != StapAntwoord && k.Stap != StapBevestiging {
		return
	}
	g.slot.Lock()
	defer g.slot.Unlock()
	askers := []asker{{oin: k.OIN}}
	if k.Persoon != "" && k.Stap != StapBevestiging {
		askers = append(askers, asker{k.OIN, k.Persoon})
	}
	g.tel(askers, k.Refs[:min(k.Vreemden, len(k.Refs))], op)
}
