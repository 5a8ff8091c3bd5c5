package opdracht

import (
	"context"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// RondAf ends an Opdracht with s. When that outcome names a next party, volgende is
// offered to it in the same transaction, so that no story ends with "another takes
// it over" of which that other never heard. It gives what was offered. Errors: those
// of Zet and Bied; Ongeldig when the outcome needs a next party and there is none,
// or the other way round.
func (p *Opdrachten) RondAf(ctx context.Context, tx *dossier.Tx, id string, s Stap, volgende *Opdracht) (Opdracht, error) {
	o, _, err := lees(ctx, tx.Lees, id)
	if err != nil {
		return o, err
	}
	soort, _ := p.soort(o.Soort)
	wil := soort.Volgende[s.Resultaat]
	if (wil != "") != (volgende != nil) || volgende != nil && volgende.Soort != wil {
		return o, geenVolgende()
	}
	if o, err = p.zetIn(ctx, tx, id, s, true); err != nil || volgende == nil {
		return Opdracht{}, err
	}
	volgende.Zaak = o.Zaak
	return p.Bied(ctx, tx, *volgende)
}

func geenVolgende() error {
	return begrip.NieuweFout(begrip.Ongeldig, "Bij deze uitkomst neemt een andere organisatie het over. Zeg welke, en wat u vraagt.")
}

// Staten gives all states of an Opdracht, for who has words for each.
func Staten() []Staat { return append([]Staat(nil), alleStaten...) }
