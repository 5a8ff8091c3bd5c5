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

// Five days from the melding; an end on a Sunday or a feast day moves to the first day on
// which people work (Algemene termijnenwet, article 1).
func TestVijfDagenEindigenOpEenWerkdag(t *testing.T) {
	for melding, uiterlijk := range map[string]string{"2026-03-02": "2026-03-09", "2026-03-03": "2026-03-09", "2026-03-05": "2026-03-10", "2026-03-31": "2026-04-07"} {
		begin, err := time.ParseInLocation(time.DateOnly, melding, begrip.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if einde, _ := termijnTriage.Einde(begin.Add(10*time.Hour), begin); begrip.Dag(einde) != uiterlijk {
			t.Errorf("a melding on %s: by %s, want %s", melding, begrip.Dag(einde), uiterlijk)
		}
	}
}
