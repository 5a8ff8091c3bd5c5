package portal

import (
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/waarborg"
)

// TestVoorWieLegtUitWaaromHetNietKan: a parent finds the child as long as it is
// too young to decide; of an age that is not known and from sixteen the page
// says why not and what to do, and offers no choice.
func TestVoorWieLegtUitWaaromHetNietKan(t *testing.T) {
	n := nieuwNet(t, politie)
	w := n.knopen[politie.OIN].Omgeving().Waarborgen
	vandaag := time.Now().In(begrip.Zone) // as the node counts, whatever the machine's zone
	for i, g := range []struct {
		geboren   string
		wel, niet []string
	}{
		{"", []string{"Lotte", "Wij weten niet hoe oud dit kind is.", "Bel deze organisatie"}, []string{"Kijk voor Lotte", "-1 jaar"}},
		{vandaag.AddDate(-12, 0, 1).Format(time.DateOnly), []string{"Lotte, 11 jaar", "Kijk voor Lotte"}, nil},
		{vandaag.AddDate(-12, 0, 0).Format(time.DateOnly), []string{"Lotte, 12 jaar", "Kijk voor Lotte"}, nil},
		{vandaag.AddDate(-16, 0, 1).Format(time.DateOnly), []string{"Lotte, 15 jaar", "Kijk voor Lotte"}, nil},
		{vandaag.AddDate(-16, 0, -1).Format(time.DateOnly), []string{"Lotte, 16 jaar", "als de jongere dat goed vindt", "Mijn keuzes"}, []string{"Kijk voor Lotte"}},
		{vandaag.AddDate(-18, 0, -1).Format(time.DateOnly), []string{"Voor mijzelf"}, []string{"Lotte"}},
	} {
		f := &waarborg.Gezagsfeit{Kop: waarborg.Kop{Bron: "BRP"}, Over: waarborg.Persoon{Burgerservicenummer: begrip.InhoudBSN{BSN: ander}, Geboortedatum: begrip.Geboortedatum(g.geboren), Roepnaam: "Lotte"},
			Soort: "EenhoofdigOuderlijkGezag", Houders: []waarborg.Persoon{{Burgerservicenummer: begrip.InhoudBSN{BSN: ouder}}}, Peildatum: vandaag.AddDate(0, 0, -1).Format(time.DateOnly)}
		if err := w.Maak(t.Context(), waarborg.SoortGezagsfeit, f, "Ada"); err != nil {
			t.Fatal(err)
		}
		if i == 0 { // the Ketenindex points there a moment later
			n.wacht("de wegwijzer", func() bool { return strings.Contains(n.leesPagina(ouder, "/voor-wie"), "Lotte") })
		}
		moet(t, n.leesPagina(ouder, "/voor-wie"), g.wel, g.niet)
	}
	n.geenBSN()
}
