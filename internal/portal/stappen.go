package portal

import (
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/web"
)

// The events that the steps follow from.
const (
	typeGeregistreerd = cloudevent.MeldingGeregistreerd
	typeGelezen       = cloudevent.MeldingIngezien
	typeOpgepakt      = cloudevent.MeldingOpgepakt
	typeGeweigerd     = cloudevent.MeldingGeweigerd
	typeUitkomst      = cloudevent.UitkomstMelding
	typeGevraagd      = cloudevent.BekendheidGevraagd
)

// stap is one step of the course of a melding.
type stap struct {
	Titel string
	Op    time.Time // when it was done
	Bij   string    // instead of a moment
	Staat string    // klaar, nu, or nothing
}

var (
	wieKentU      = web.Vertaalbaar("Wie kent u?")
	wieKentUwKind = web.Vertaalbaar("Wie kent uw kind?")
	wieKentAnder  = web.Vertaalbaar("Wie kent deze persoon?")
)

// noemAnder makes the steps speak of v, for who looks for v.
func noemAnder(stappen []stap, v voorWie) {
	for i := range stappen {
		if stappen[i].Titel != wieKentU {
			continue
		}
		if stappen[i].Titel = wieKentAnder; v.Kind {
			stappen[i].Titel = wieKentUwKind
		}
	}
}

// loop is how far the newest zaak is: the last event of each type.
type loop map[string]*gebeurtenis

// nieuwste gives the course of the zaak that something happened in last.
func nieuwste(gs []gebeurtenis) loop {
	l := loop{}
	zaak, gekozen := "", false
	for i := range gs { // newest first
		g := &gs[i]
		if !gekozen {
			switch g.Type {
			case typeGeregistreerd, typeOpgepakt, typeGeweigerd, typeUitkomst, typeGevraagd:
				zaak, gekozen = g.Zaak, true
			default:
				continue
			}
		}
		if g.Zaak == zaak && l[g.Type] == nil {
			l[g.Type] = g
		}
	}
	return l
}

// stappen shows where the melding is: melding, beoordelen, wie kent u, besluit,
// hulp. Nothing when there is no melding.
func (l loop) stappen() []stap {
	if len(l) == 0 {
		return nil
	}
	op := func(typ string) time.Time {
		if g := l[typ]; g != nil {
			return g.Op
		}
		return time.Time{}
	}
	melding := stap{Titel: web.Vertaalbaar("Melding"), Op: op(typeGeregistreerd), Staat: "klaar"}
	if op(typeGeweigerd).After(op(typeOpgepakt)) {
		return []stap{melding, {Titel: web.Vertaalbaar("Niet aangenomen"), Op: op(typeGeweigerd), Staat: "klaar"}}
	}
	uit := []stap{melding,
		{Titel: web.Vertaalbaar("Beoordelen")},
		{Titel: wieKentU},
		{Titel: web.Vertaalbaar("Besluit")},
		{Titel: web.Vertaalbaar("Hulp"), Bij: web.Vertaalbaar("Als dat nodig is")},
	}
	if l[typeUitkomst] != nil {
		for i := range uit[:4] {
			uit[i].Staat = "klaar"
		}
		uit[1].Op, uit[2].Op, uit[3].Op, uit[4].Staat = op(typeOpgepakt), op(typeGevraagd), op(typeUitkomst), "nu"
		if l[typeGevraagd] == nil { // nobody was asked
			uit = append(uit[:2], uit[3:]...)
		}
		return uit
	}
	if l[typeGevraagd] != nil {
		uit[1].Staat, uit[1].Op, uit[2].Staat = "klaar", op(typeOpgepakt), "nu"
		return uit
	}
	uit[1].Staat = "nu"
	return uit
}
