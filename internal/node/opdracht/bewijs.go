package opdracht

import (
	"context"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

// Bewijssoort is what must exist before an Opdracht is taken.
type Bewijssoort string

// The kinds of proof.
const (
	BewijsMelding     Bewijssoort = "melding"     // somebody else registered a melding in the zaak, and let the asker read it
	BewijsZaakverband Bewijssoort = "zaakverband" // the zaak runs in a samenwerkingsverband that the asker takes part in
	BewijsBesluit     Bewijssoort = "besluit"     // a decision in the zaak, on record
	BewijsMaatregel   Bewijssoort = "maatregel"   // a measure in the zaak, on record
)

// Waar is where a proof is looked up: never with the asker.
type Waar string

// The places.
const (
	BijKetenindex Waar = "ketenindex"     // in events of others than the asker
	InEigenWerk   Waar = "eigen gegevens" // in our own safeguards
)

// Bewijs is one proof and where it is looked up.
type Bewijs struct {
	Wat  Bewijssoort
	Waar Waar
}

var naTeGaan = map[Waar][]Bewijssoort{
	BijKetenindex: {BewijsMelding},
	InEigenWerk:   {BewijsZaakverband, BewijsBesluit, BewijsMaatregel},
}

func (b Bewijs) kan() bool { return slices.Contains(naTeGaan[b.Waar], b.Wat) }

// Bewijsvraag asks whether a proof exists for partij in a zaak, and which persons
// it is about.
type Bewijsvraag struct {
	Wat      Bewijssoort
	Zaak     string
	Partij   begrip.OIN
	Personen []begrip.BSN
}

// Bevestiging is the answer; the zero value is no. Personen follows the order of
// the question.
type Bevestiging struct {
	Ja       bool
	Personen []bool
}

// Zoeker looks proofs up. An error is no answer: it is asked again later.
type Zoeker func(ctx context.Context, v Bewijsvraag) (Bevestiging, error)

// bewezen tells whether every proof of the kind exists, and which persons all of
// them are about.
func (p *Opdrachten) bewezen(ctx context.Context, soort Soort, o Opdracht, personen []begrip.BSN) (Bevestiging, error) {
	uit := Bevestiging{Ja: true, Personen: make([]bool, len(personen))}
	for i := range uit.Personen {
		uit.Personen[i] = true
	}
	for _, b := range soort.Regel.Bewijs {
		zoek := p.cfg.Ketenindex
		if b.Waar == InEigenWerk {
			zoek = p.cfg.EigenWerk
		}
		kreeg, err := zoek(ctx, Bewijsvraag{Wat: b.Wat, Zaak: o.Zaak, Partij: o.Van, Personen: personen})
		if err != nil {
			return Bevestiging{}, err
		}
		uit.Ja = uit.Ja && kreeg.Ja
		for i := range uit.Personen {
			uit.Personen[i] = uit.Personen[i] && kreeg.Ja && i < len(kreeg.Personen) && kreeg.Personen[i]
		}
	}
	return uit, nil
}

// Gedekt tells for each person whether the proof that o rests on is about that
// person: what was asked may be about more or others than was proven. A rule
// answers only when all are; a professional is told who is not. More persons
// than the offer said: none is. Error: the proof could not be looked up.
func (p *Opdrachten) Gedekt(ctx context.Context, o Opdracht, personen []begrip.BSN) ([]bool, error) {
	geen := make([]bool, len(personen))
	soort, ok := p.soort(o.Soort)
	if !ok || o.Richting != In || p.bezwaar(soort, o) != "" || len(personen) > o.Personen {
		return geen, nil
	}
	b, err := p.bewezen(ctx, soort, o, personen)
	if err != nil || !b.Ja {
		return geen, err
	}
	return b.Personen, nil
}

// bezwaar is Regel.bezwaar with the kinds of organisation as the register says
// them now.
func (p *Opdrachten) bezwaar(soort Soort, o Opdracht) string {
	van, ok := p.cfg.Deelnemer(o.Van)
	aan, ok2 := p.cfg.Deelnemer(o.Aan)
	if !ok || !ok2 {
		return "Een van de twee organisaties staat niet in het register van deelnemers."
	}
	return soort.Regel.bezwaar(o, van.Soort, aan.Soort)
}
