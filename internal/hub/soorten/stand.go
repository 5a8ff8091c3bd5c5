package soorten

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// Stand is what was agreed at one moment: the kinds of event. It is never
// changed; Met gives the next one.
type Stand struct {
	// Sinds is the place in the log of the newest agreement in it; 0 for none.
	Sinds uint64

	soorten map[string]*Soort
	schemas map[string][]*Schema // version 1 first
	over    map[string]Over      // of soorten, as recht has it
}

// Begin is what holds in a chain that agreed nothing yet: the types this
// program knows.
func Begin() *Stand { return begin() }

var begin = sync.OnceValue(func() *Stand {
	s := &Stand{soorten: map[string]*Soort{}, schemas: map[string][]*Schema{}, over: map[string]Over{}}
	for _, t := range cloudevent.Typen() {
		v := ingebouwd[t]
		k := &Soort{Type: t, Functie: cloudevent.Functie(t), Omschrijving: v.omschrijving, Gesloten: v.gesloten}
		if v.keten {
			k.Ketenbreed = &heel
		} else {
			k.Wegen = gewoneWegen
		}
		if v.gezin {
			k.Niveaus = map[begrip.OrganisatieSoort]begrip.Niveau{begrip.Burgerportaal: begrip.NiveauInhoud}
		}
		s.soorten[t] = k
		s.zetOver(t)
		if v.vast || cloudevent.IsResultaat(t) {
			continue
		}
		eerste := &Schema{Type: t, Versie: 1, Schema: v.schema(t)}
		if err := eerste.compileer(); err != nil {
			panic(fmt.Sprintf("soorten: schema of %s: %v", t, errors.Unwrap(err)))
		}
		s.schemas[t] = []*Schema{eerste}
	}
	return s
})

// Soort gives what holds for typ; ok is false for a type nobody registered,
// and the Soort is then the strictest: closed.
func (s *Stand) Soort(typ string) (Soort, bool) {
	if v := s.soorten[typ]; v != nil {
		return *v, true
	}
	return Soort{Type: typ, Gesloten: true}, false
}

// Bekend tells whether typ is registered, in its newest spelling.
func (s *Stand) Bekend(typ string) bool { return s.soorten[typ] != nil }

// Soorten gives every kind, ordered by type.
func (s *Stand) Soorten() []Soort {
	uit := make([]Soort, 0, len(s.soorten))
	for _, t := range slices.Sorted(maps.Keys(s.soorten)) {
		uit = append(uit, *s.soorten[t])
	}
	return uit
}

// MetSoort gives the Stand in which v replaces what held for its type.
func (s *Stand) MetSoort(v Soort) (*Stand, error) {
	if err := v.Controleer(); err != nil {
		return nil, err
	}
	if b, ok := ingebouwd[v.Type]; ok && b.vast {
		return nil, &begrip.Fout{Code: begrip.Verboden, Bericht: "Dit soort gebeurtenis is van de Ketenindex zelf. U kunt het niet wijzigen."}
	}
	n := *s
	n.soorten = maps.Clone(s.soorten)
	n.soorten[v.Type] = &v
	n.over = maps.Clone(s.over)
	n.zetOver(v.Type)
	return &n, nil
}

type vorm struct {
	omschrijving string
	entity       []string // what the event is about, one of these; none: any
	activity     []string // what was done, one of these; none: any
	gesloten     bool     // seen by the sender and by who is named only
	gezin        bool     // the family sees it too, though it is closed
	keten        bool     // every deelnemer sees it, without saying why
	vast         bool     // the hub itself makes it: no new agreement about it
}

func init() {
	for t := range ingebouwd {
		if !cloudevent.Bekend(t) {
			panic(fmt.Sprintf("soorten: %s is not a type of cloudevent", t))
		}
	}
}
