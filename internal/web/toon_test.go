package web

import (
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

func plat(s Toonstuk, in string) (uit []string) {
	for _, r := range s.Regels {
		uit = append(uit, in+r.Label+": "+r.Waarde)
	}
	for _, d := range s.Delen {
		uit = append(uit, in+d.Kop)
		uit = append(uit, plat(d, in+"  ")...)
	}
	return uit
}

// A record reads as its form asked, with words for codes and dates, without what is empty;
// what is not open is not there.
func TestToonLeestZoalsHetFormulierVroeg(t *testing.T) {
	open, _ := begrip.Open(vol(), begrip.Inzagerecht(begrip.Allebei))
	got := strings.Join(plat(Toon(&open, map[string][]Optie{"voor": {{Waarde: "00000004999001010000", Tekst: "Politie"}}}), ""), "\n")
	for _, wil := range []string{
		"Titel: Overleg", "Wanneer?: 1 december 2026, 14.30", "Gehoord?: Ja, gehoord", "Hoeveel?: 3", "Geboren?: mei 2014", "Waar?: Thuis", "Voor wie?: Politie; 00000004999001020000",
		"Afspraak 1\n  Wat?: Bel \"oma\"", "  Soort: Twee", "  Voor wanneer?: 6 december 2026", "Afspraak 3", "Persoon\n  Naam: Kim\n  Rol in het gezin: Kind\n  Geboren: 2018\n  Geslacht: Vrouw",
		"Binnenste\n  Diep?: Y", "Molenweg 3A-bis, 1236 EF Dorp",
	} {
		if !strings.Contains(got, wil) {
			t.Errorf("%q is not in\n%s", wil, got)
		}
	}
	dicht, _ := begrip.Open(vol(), begrip.Inzagerecht(0).Geheim(begrip.Allebei))
	if s := strings.Join(plat(Toon(dicht, nil), ""), "\n"); strings.Contains(s, "Thuis") || strings.Contains(s, "Molenweg") || strings.Contains(s, "beschermd") {
		t.Errorf("what is closed reads as\n%s", s)
	}
	if s := Toon(proefblad{}, nil); len(s.Regels)+len(s.Delen) != 0 {
		t.Errorf("nothing reads as %+v", s)
	}
}
