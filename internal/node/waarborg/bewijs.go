package waarborg

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

// NeemtDeel tells whether oin takes part now in the samenwerkingsverband that the
// zaak runs in, and whom that is about.
func (f *Feiten) NeemtDeel(zaak string, oin begrip.OIN) (bool, []begrip.BSN) {
	z := f.Verband(zaak)
	if z == nil {
		return false, nil
	}
	return slices.ContainsFunc(z.Deelnemers, func(d Deelname) bool {
		return d.Organisatie == oin && !f.Nu.Before(d.Vanaf) && (d.Tot == nil || f.Nu.Before(*d.Tot))
	}), z.personen()
}

// Besloten tells whether a decision to give data to oin holds in exactly this zaak.
// It names no persons, so no rule answers on it.
func (f *Feiten) Besloten(zaak string, oin begrip.OIN) (bool, []begrip.BSN) {
	return inZaak(slices.DeleteFunc(slices.Clone(f.verstrekking), func(b *Verstrekkingsbesluit) bool { return !slices.Contains(b.Ontvangers, oin) }), zaak)
}

// Maatregel tells whether a measure holds in exactly this zaak, and about whom.
func (f *Feiten) Maatregel(zaak string) (bool, []begrip.BSN) { return inZaak(f.maatregelen, zaak) }

func inZaak[G Gegeven](gegevens []G, zaak string) (ja bool, over []begrip.BSN) {
	for _, g := range gegevens {
		if g.kop().Zaak == zaak {
			ja, over = true, append(over, g.personen()...)
		}
	}
	return ja, over
}
