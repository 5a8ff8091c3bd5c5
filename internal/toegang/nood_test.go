package toegang

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// TestVerklaringDraagtNamensEnNood: for whom a parent looks, and why a
// professional could not wait, reach the source whole or not at all.
func TestVerklaringDraagtNamensEnNood(t *testing.T) {
	ca := nieuweCA(t)
	portaal := begrip.Organisatie{OIN: "00000001234567892000", Naam: "Portaal", Soort: begrip.Burgerportaal}
	var gelezen Lezer
	var fout error
	s := server(t, identiteit(t, ca, politie), func(_ http.ResponseWriter, r *http.Request) {
		gelezen, fout = LeesVerklaring(r, politie.OIN, func(o begrip.OIN) (begrip.Organisatie, bool) {
			if o == portaal.OIN {
				return portaal, true
			}
			return vt, true
		}, time.Now())
	})
	stuur := func(l Lezer) error {
		i := identiteit(t, ca, l.Organisatie)
		v, err := i.Verklaring(l, politie.OIN, time.Now())
		if err != nil {
			return err
		}
		r, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
		r.Header.Set("Authorization", "Bearer "+v)
		resp, err := i.Client(30 * time.Second).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return fout
	}
	ouder := Lezer{Organisatie: portaal, Persoon: "s", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15,
		Burger: begrip.MustBSN("999990019"), Namens: begrip.MustBSN("999993653")}
	if err := stuur(ouder); err != nil || gelezen.Namens != ouder.Namens || gelezen.VoorWie() != ouder.Namens {
		t.Errorf("namens: %v", err)
	}
	nood := lezer(vt)
	nood.Nood = Nood{"Het kind is weg en de politie zoekt nu.", time.Now().Add(time.Hour).Truncate(time.Second)}
	if err := stuur(nood); err != nil || gelezen.Nood.Reden != nood.Nood.Reden || !gelezen.Nood.Tot.Equal(nood.Nood.Tot) {
		t.Errorf("nood: %v %+v", err, gelezen.Nood)
	}
	for naam, l := range map[string]Lezer{
		"kort":     {Nood: Nood{"Haast.", time.Now().Add(time.Hour)}},
		"lang":     {Nood: Nood{nood.Nood.Reden, time.Now().Add(24 * time.Hour)}},
		"voorbij":  {Nood: Nood{nood.Nood.Reden, time.Now().Add(-time.Hour)}},
		"met BSN":  {Nood: Nood{"Het gaat om kind 999993653, met spoed.", time.Now().Add(time.Hour)}},
		"namens":   {Namens: ouder.Namens},
		"computer": {Nood: nood.Nood, Rol: begrip.RolSysteem},
	} {
		m := lezer(vt)
		m.Nood, m.Namens = l.Nood, l.Namens
		if l.Rol != "" {
			m.Rol = l.Rol
		}
		if err := stuur(m); !begrip.Is(err, begrip.Ongeldig) || strings.Contains(err.Error(), "999993653") {
			t.Errorf("%s: %v", naam, err)
		}
	}
}
