package melding

import (
	"fmt"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/web"
)

// maxPersonen is how many persons the form shows; the API takes thirty.
const maxPersonen = 12

// Fields of the form bear the JSON path of what they fill, so that a mistake
// found by Validate lands at its field.

// uitFormulier reads the form into a Melding. What cannot be a value at all
// (a BSN, a time) is recorded in f; Validate finds the rest.
func uitFormulier(f *web.Formulier) Melding {
	m := Melding{
		Soort: Soort(f.Waarde("soort")), Verzoek: f.Waarde("verzoek"), TerugkoppelingGewenst: f.Waarde("terugkoppelingGewenst") != "",
		ZorgelijkeSituatie: ZorgelijkeSituatie{SituatieSchets: f.Waarde("zorgelijkeSituatie.situatieSchets"), NadereOmschrijving: f.Waarde("zorgelijkeSituatie.nadereOmschrijving")},
		Contact:            begrip.InVertrouwen(Contact{Naam: f.Waarde("contact.naam"), EmailAdres: f.Waarde("contact.emailAdres"), Telefoonnummer: f.Waarde("contact.telefoonnummer")}),
		Ontvanger:          begrip.OIN(f.Waarde("ontvanger")),
	}
	if s := f.Waarde("overigeInformatie.omschrijving"); s != "" {
		m.OverigeInformatie = &Informatie{Omschrijving: s}
	}
	m.incidentUit(f)
	if f.Waarde("melderAfscherming.reden") != "" {
		m.MelderAfscherming = begrip.InVertrouwen(Afscherming{Reden: f.Waarde("melderAfscherming.reden"), Geraadpleegd: f.Waarde("melderAfscherming.geraadpleegdeCollega"), HerzienOp: datum(f, "melderAfscherming.herzienOp")})
	}
	for i := range aantalPersonen(f) {
		p := web.NieuwePersoon(f, persoonVeld(i)).Persoon()
		p.ID = "" // ours to give
		m.HeeftBetrekkingOp = append(m.HeeftBetrekkingOp, p)
	}
	return m
}

func (m *Melding) incidentUit(f *web.Formulier) {
	v := "naarAanleidingVan[0]."
	if f.Waarde(v+"datumTijd")+f.Waarde(v+"locatie")+f.Waarde(v+"omschrijving") == "" {
		return
	}
	i := Incident{Locatie: begrip.InVerblijf(f.Waarde(v + "locatie")), Omschrijving: f.Waarde(v + "omschrijving")}
	if s := f.Waarde(v + "datumTijd"); s != "" {
		t, err := time.ParseInLocation("2006-01-02T15:04", s, web.Zone)
		f.Eis(err == nil, v+"datumTijd", "Vul een datum en een tijd in.")
		i.DatumTijd = t.UTC()
	}
	m.NaarAanleidingVan = []Incident{i}
}

func persoonVeld(i int) string { return fmt.Sprintf("heeftBetrekkingOp[%d].", i) }

func aantalPersonen(f *web.Formulier) int {
	n, _ := strconv.Atoi(f.Waarde("personen"))
	return min(max(n, 1), maxPersonen)
}

func datum(f *web.Formulier, veld string) time.Time {
	s := f.Waarde(veld)
	if s == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, s, web.Zone)
	f.Eis(err == nil, veld, "Vul een datum in.")
	return t.UTC()
}
