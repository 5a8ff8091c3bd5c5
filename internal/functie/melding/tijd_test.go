package melding

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// TestElkeTijdIsUTC: one rule for every moment in a melding, whatever offset it
// came with.
func TestElkeTijdIsUTC(t *testing.T) {
	hier := time.FixedZone("", 2*60*60)
	op := time.Date(2026, 6, 1, 12, 0, 0, 0, hier)
	m := Melding{DatumTijd: op, MelderAfscherming: begrip.InVertrouwen(Afscherming{HerzienOp: op}), NaarAanleidingVan: []Incident{
		{DatumTijd: op, PeriodeVanTot: &Periode{DatumTijdBegin: op, DatumTijdEinde: op}}, {DatumTijd: op}}}
	m.Normaliseer(op)
	m, _ = begrip.Open(m, begrip.Inzagerecht(begrip.Allebei))
	p := m.NaarAanleidingVan[0].PeriodeVanTot
	for i, x := range []time.Time{m.DatumTijd, m.MelderAfscherming.Toon().HerzienOp, m.NaarAanleidingVan[0].DatumTijd, m.NaarAanleidingVan[1].DatumTijd, p.DatumTijdBegin, p.DatumTijdEinde} {
		if x.Location() != time.UTC || !x.Equal(op) {
			t.Errorf("%d: %v", i, x)
		}
	}
}
