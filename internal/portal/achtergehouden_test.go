package portal

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/waarborg"
)

func (n *net) schermAf(o begrip.Organisatie, soort, id string) {
	n.t.Helper()
	a := &waarborg.Afscherming{Onderwerp: waarborg.Onderwerp{Soort: soort, ID: id}, Reden: waarborg.RedenGeweld, Toelichting: "Er was dreiging in huis.",
		Geraadpleegd: "Anton", Tegen: []begrip.InhoudBSN{{BSN: ouder}}, HerzienOp: time.Now().AddDate(0, 1, 0)}
	if err := n.knopen[o.OIN].Omgeving().Waarborgen.Maak(n.t.Context(), waarborg.SoortAfscherming, a, "Ada"); err != nil {
		n.t.Fatal(err)
	}
}

// opBeoordeling is what gave Veilig Thuis cause to ask.
func opBeoordeling(b melding.Beoordeling) begrip.Verwijzing {
	return begrip.Verwijzing{Bron: vt.OIN, Soort: "beoordeling", Pad: melding.PadBeoordeling(b.ID)}
}

// TestAchtergehoudenBeoordelingVerteltOokDeMeldingNiet: the melding may be known of,
// what Veilig Thuis made of it may not. Its events are about the melding of another,
// and tell of its own record.
func TestAchtergehoudenBeoordelingVerteltOokDeMeldingNiet(t *testing.T) {
	n := nieuwNet(t, politie, vt)
	n.meld(politie, false)
	b := n.pakOp()
	n.rondAf(b)
	n.ziet("Er is een besluit over de melding")
	n.schermAf(vt, "beoordeling", b.ID)
	for _, pad := range []string{"/overzicht", "/wie-keek", "/mijn-keuzes", "/overzicht?taal=en"} {
		moet(t, n.leesPagina(ouder, pad), nil, []string{"wordt beoordeeld", "beoordeling", "besluit over", "is beoordeeld", "bekijkt de melding", "Het wijkteam belt u", "being assessed", "decision", b.ID})
	}
	moet(t, n.leesPagina(ouder, "/overzicht?taal=nl"), []string{"Er is een melding gedaan", "Beoordelen Hier bent u nu"}, nil)
}

// TestBekendLaatGebeurtenissenZonderDeelStaan: an event about a record that is no part
// of a page, of a kind that rests on others, stays as long as its source names the
// record among what may be known; and goes when it does not.
func TestBekendLaatGebeurtenissenZonderDeelStaan(t *testing.T) {
	n := nieuwNet(t, politie, vt, ggz)
	n.meld(politie, false)
	b := n.pakOp()
	l := beoordelaar()
	l.Zaak = b.Zaak
	if err := n.knopen[vt.OIN].bekend.Vraag(t.Context(), b.Zaak, begrip.DoelVTMelding, b.Betrokkenen, []begrip.OIN{ggz.OIN}, l, opBeoordeling(b)); err != nil {
		t.Fatal(err)
	}
	n.ziet("Er is gevraagd wie u kent")
	n.ziet("GGZ Oost gaf antwoord")
	n.schermAf(vt, "beoordeling", b.ID)
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Er is een melding gedaan"}, []string{"Er is gevraagd wie u kent", "GGZ Oost gaf antwoord", "Een organisatie las die vraag"})
}
