package uitkomst

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/web"
)

func gevuld(s string) bool { return strings.TrimSpace(s) != "" }

// bekend tells that o has the form of the number of an organisation.
func bekend(o begrip.OIN) bool { _, err := begrip.ParseOIN(string(o)); return err == nil }

// normaliseer fills in what somebody may leave out.
func normaliseer(u *Uitkomst, _ time.Time) {
	for i := range u.Zaak.HeeftBesluit {
		if b := &u.Zaak.HeeftBesluit[i]; b.Soort == "" {
			b.Soort = "afspraak"
		}
	}
	for i := range u.Zaak.HeeftActie {
		a := &u.Zaak.HeeftActie[i]
		if a.Uitvoerder == "" {
			a.Uitvoerder = "organisatie"
		}
		if len(a.Over) == 0 && len(u.Hoofdbetrokkenen) == 1 {
			a.Over = []string{u.Hoofdbetrokkenen[0].ID}
		}
	}
}

// controleer tells every mistake.
func controleer(u *Uitkomst, c *begrip.Controle, nu time.Time) {
	dag, err := time.ParseInLocation(time.DateOnly, u.Casusoverleg.Datum, begrip.Zone)
	c.Eis(err == nil, "casusoverleg.datum", "Vul in wanneer het overleg was.")
	c.Eis(err != nil || !dag.After(nu), "casusoverleg.datum", "Het overleg kan niet in de toekomst liggen.")
	for veld, t := range map[string]string{"startTijd": u.Casusoverleg.StartTijd, "eindTijd": u.Casusoverleg.EindTijd} {
		_, err := time.Parse("15:04", t)
		c.Eis(t == "" || err == nil, "casusoverleg."+veld, "Vul een tijd in, bijvoorbeeld 14:30.")
	}
	c.Eis(u.Casusoverleg.EindTijd == "" || u.Casusoverleg.StartTijd <= u.Casusoverleg.EindTijd, "casusoverleg.eindTijd", "Het einde kan niet voor het begin liggen.")
	c.Eis(len(u.Casusoverleg.Deelnemers) > 0, "casusoverleg.deelnemers", "Vul in welke organisaties meededen.")
	for i, d := range u.Casusoverleg.Deelnemers {
		c.Eis(bekend(d.Organisatie), fmt.Sprintf("casusoverleg.deelnemers[%d].organisatie", i), "Kies een organisatie.")
	}
	c.Eis(len(u.Hoofdbetrokkenen) > 0, "hoofdbetrokkenen", "Vul in over wie het gaat.")
	controleerBesluiten(u, c)
	for i := range u.Zaak.HeeftActie {
		controleerActie(u, c, &u.Zaak.HeeftActie[i], fmt.Sprintf("zaak.heeftActie[%d].", i))
	}
	for i, g := range u.Gehoord {
		v := fmt.Sprintf("gehoord[%d].", i)
		c.Eis(u.persoon(g.Wie) != nil, v+"wie", "Kies iemand van dit formulier.")
		c.Eis(g.Hoe != "", v+"hoe", "Kies hoe deze persoon is gehoord.")
		c.Eis(g.Hoe != "niet" || gevuld(g.Toelichting), v+"toelichting", "Vul in waarom deze persoon niet is gehoord.")
	}
	if t := u.Terugkomst; t != nil {
		_, err := time.Parse(time.DateOnly, t.Op)
		c.Eis(t.Op == "" || err == nil, "terugkomst.op", "Vul een datum in.")
	}
	lang(c, map[string]string{"gedeeldBeeld": u.GedeeldBeeld, "aanpak": u.Aanpak}, 8000)
	lang(c, map[string]string{"afschaling": u.Afschaling, "voorHetGezin": u.VoorHetGezin}, 4000)
	lang(c, map[string]string{"casusoverleg.notulen": u.Casusoverleg.Notulen}, 40_000)
}

func lang(c *begrip.Controle, velden map[string]string, max int) {
	for veld, s := range velden {
		c.Eis(len(s) <= max, veld, "Gebruik hoogstens %d tekens.", max)
	}
}

func controleerBesluiten(u *Uitkomst, c *begrip.Controle) {
	for i, b := range u.Zaak.HeeftBesluit {
		v := fmt.Sprintf("zaak.heeftBesluit[%d].", i)
		c.Eis(gevuld(b.Omschrijving), v+"omschrijving", "Vul in wat is besloten of afgesproken.")
		c.Eis(slices.Contains([]string{"besluit", "beslissing", "afspraak"}, b.Soort), v+"soort", "Kies wat het is.")
		lang(c, map[string]string{v + "omschrijving": b.Omschrijving, v + "onderbouwing": b.Onderbouwing}, 4000)
	}
}

func controleerActie(u *Uitkomst, c *begrip.Controle, a *Actie, v string) {
	c.Eis(gevuld(a.Omschrijving), v+"omschrijving", "Vul in wat er gaat gebeuren.")
	lang(c, map[string]string{v + "omschrijving": a.Omschrijving}, 4000)
	c.Eis(bekend(a.BelegdBij.OIN), v+"belegdBij.oin", "Kies bij welke organisatie het ligt.")
	c.Eis(a.Uitvoerder == "organisatie" || a.gezin(), v+"uitvoerder", "Kies wie het doet.")
	c.Eis(len(a.Over) > 0, v+"over", "Kies over wie het gaat.")
	for _, id := range a.Over {
		c.Eis(u.persoon(id) != nil, v+"over", "Kies iemand van dit formulier.")
	}
	_, err := time.Parse(time.DateOnly, a.Uiterlijk)
	c.Eis(a.Uiterlijk == "" || err == nil, v+"uiterlijk", "Vul een datum in.")
	c.Eis(a.Conditie.Soort != "als" || gevuld(a.Conditie.Als), v+"conditie.als", "Vul in waarvan het afhangt.")
	c.Eis(a.Informering.Stand != "", v+"informering.stand", "Kies of de mensen over wie het gaat ervan weten.")
	c.Eis(a.Informering.Stand != "nee" || gevuld(a.Informering.Tekst), v+"informering.tekst", "Vul in waarom zij het niet weten.")
}

// isKlaar tells what is missing before others read it.
func isKlaar(u *Uitkomst) error {
	c := &begrip.Controle{}
	c.Eis(len(u.Zaak.HeeftBesluit)+len(u.Zaak.HeeftActie) > 0, "zaak", "Vul minstens één besluit, afspraak of actie in.")
	c.Eis(gevuld(u.VoorHetGezin), "voorHetGezin", "Vul in wat het gezin leest.")
	return c.Fout()
}

// persoon gives the person in u with this name.
func (u *Uitkomst) persoon(id string) *begrip.Betrokkene {
	for _, p := range u.personen() {
		if p.ID == id && id != "" {
			return p.Betrokkene
		}
	}
	return nil
}

// benoem fills in what the published drafts have and the record does not hold.
func benoem(o *functie.Omgeving, v functie.Versie[Uitkomst], u *Uitkomst, url string) {
	u.Identifier, u.InzageURL, u.Status, u.Versie = v.ID, url, v.Staat, v.Versie
	start := begrip.Dag(v.GeldigVanaf)
	u.Zaak.URL, u.Zaak.ID, u.Zaak.StartDatum = url+"#zaak", v.Zaak, start
	u.Casusoverleg.URL, u.Casusoverleg.ID = url+"#casusoverleg", "urn:soh:casusoverleg:"+v.ID
	u.Casusoverleg.Betreft = &Zaakverwijzing{url + "#zaak", v.Zaak, start}
	u.Zaak.HeeftBesluit, u.Zaak.HeeftActie = slices.Clone(u.Zaak.HeeftBesluit), slices.Clone(u.Zaak.HeeftActie)
	for i := range u.Zaak.HeeftBesluit {
		b := &u.Zaak.HeeftBesluit[i]
		b.ID, b.URL, b.IDCasusoverleg = fmt.Sprintf("besluit-%d", i+1), fmt.Sprintf("%s#besluit-%d", url, i+1), u.Casusoverleg.ID
	}
	for i := range u.Zaak.HeeftActie {
		a := &u.Zaak.HeeftActie[i]
		a.ID, a.URL, a.IDCasusoverleg = fmt.Sprintf("actie-%d", i+1), fmt.Sprintf("%s#actie-%d", url, i+1), u.Casusoverleg.ID
		a.BelegdBij.Naam = o.NaamVan(a.BelegdBij.OIN)
		d, _ := o.Deelnemer(a.BelegdBij.OIN)
		a.BelegdBij.URL = inzage.Basis(d.API)
		a.OokOver = nil
		for j, id := range a.Over {
			p := u.persoon(id)
			switch {
			case p == nil:
			case j == 0:
				a.HeeftBetrekkingOp = p
			default:
				a.OokOver = append(a.OokOver, *p)
			}
		}
	}
}

// Verloop is an uitkomst at niveau 1: when, which organisations, how far. It names
// nobody.
type Verloop struct {
	Identifier           string       `json:"identifier"`
	Status               string       `json:"status"`
	Versie               int          `json:"versie"`
	BeschikbaarGesteldOp time.Time    `json:"beschikbaarGesteldOp,omitzero"`
	InzageURL            string       `json:"inzageUrl"`
	Datum                string       `json:"datum"`
	Deelnemers           []begrip.OIN `json:"deelnemers"`
	BelegdBij            []begrip.OIN `json:"belegdBij"`
	Reden                string       `json:"reden,omitempty"`
}

func proces(o *functie.Omgeving, v functie.Versie[Uitkomst]) any {
	u := v.Waarde
	uit := Verloop{v.ID, v.Staat, v.Versie, u.BeschikbaarGesteldOp, o.Adres("/v1/uitkomsten-overleg", v.ID), u.Casusoverleg.Datum, u.aanTafel(), nil, u.Reden}
	for _, a := range u.Zaak.HeeftActie {
		if !slices.Contains(uit.BelegdBij, a.BelegdBij.OIN) {
			uit.BelegdBij = append(uit.BelegdBij, a.BelegdBij.OIN)
		}
	}
	return uit
}

// gezin is what a member of the family reads: what was agreed, in words of its own; of
// what is asked only what is asked of over; and what others do that is about over.
func gezin(o *functie.Omgeving, v functie.Versie[Uitkomst], over begrip.BSN) (inzage.Deel, bool) {
	u := v.Waarde
	d := inzage.Deel{Titel: web.Vertaalbaar("Wat is afgesproken"), Tijdstip: v.GeldigVanaf}
	switch {
	case v.Staat == Ingetrokken && !u.BeschikbaarGesteldOp.IsZero():
		d.Titel, d.Tekst, d.Klaar = web.Vertaalbaar("De afspraken gelden niet meer"), u.Reden, true
		return d, true
	case v.Staat != Beschikbaar:
		return d, false
	}
	d.Tekst = u.VoorHetGezin
	regel := func(label, waarde string) { d.Regels = append(d.Regels, inzage.Regel{Label: label, Waarde: waarde}) }
	if u.Reden != "" {
		regel(web.Vertaalbaar("Waarom dit is gewijzigd"), u.Reden)
	}
	for _, a := range u.Zaak.HeeftActie {
		if !slices.ContainsFunc(a.Over, func(id string) bool { p := u.persoon(id); return p != nil && p.Burgerservicenummer.BSN == over }) {
			continue
		}
		wat := a.Omschrijving
		if a.Conditie.Soort == "als" {
			wat += " Alleen als: " + a.Conditie.Als
		}
		t, err := time.ParseInLocation(time.DateOnly, a.Uiterlijk, begrip.Zone)
		switch {
		case a.gezin() && err == nil:
			d.Gevraagd = append(d.Gevraagd, inzage.Vraag{Tekst: wat, Uiterlijk: &t})
		case a.gezin():
			d.Gevraagd = append(d.Gevraagd, inzage.Vraag{Tekst: wat})
		case err == nil:
			wat += " Uiterlijk " + web.Nederlands.Datum(t) + "."
			fallthrough
		default:
			regel(web.Vertaalbaar("Wat een organisatie doet"), o.NaamVan(a.BelegdBij.OIN)+": "+wat)
		}
		if a.Informering.Stand == "nee" {
			regel(web.Vertaalbaar("Waarom dit nu pas te lezen is"), a.Informering.Tekst)
		}
	}
	if r, ok := u.Casusregisseur.Waarde(); ok && (r.Naam != "" || r.Telefoonnummer != "") {
		d.Contact = &inzage.Contact{Naam: r.Naam, Functie: web.Vertaalbaar("Casusregisseur"), Telefoon: r.Telefoonnummer, Email: r.EmailAdres}
	}
	if u.Terugkomst != nil {
		if t, err := time.ParseInLocation(time.DateOnly, u.Terugkomst.Op, begrip.Zone); err == nil {
			d.Uiterlijk = &t
		}
	}
	return d, true
}

// kop names one in a list or above its page.
func kop(v functie.Versie[Uitkomst]) (titel, bij string) {
	var namen []string
	for _, b := range v.Waarde.Hoofdbetrokkenen {
		namen = append(namen, b.Naam.Voluit())
	}
	t, _ := time.ParseInLocation(time.DateOnly, v.Waarde.Casusoverleg.Datum, begrip.Zone)
	return strings.Join(namen, ", "), web.Nederlands.Datum(t)
}

// keuzes are what can be chosen on the form, as far as it is filled in.
func keuzes(o *functie.Omgeving, f *web.Formulier) map[string][]web.Optie {
	var orgs, mensen []web.Optie
	for _, d := range o.Deelnemers() {
		if d.API != "" {
			orgs = append(orgs, web.Optie{Waarde: string(d.OIN), Tekst: d.Naam})
		}
	}
	u := &Uitkomst{}
	web.Invulblad{F: &web.Formulier{Waarden: f.Waarden}}.Lees(u)
	for i, p := range u.personen() {
		naam := p.Naam.Voluit()
		if naam == "" {
			naam = fmt.Sprintf("Persoon %d", i+1)
		}
		if p.ID != "" {
			mensen = append(mensen, web.Optie{Waarde: p.ID, Tekst: naam})
		}
	}
	return map[string][]web.Optie{
		"casusoverleg.deelnemers.organisatie": orgs, "zaak.heeftActie.belegdBij.oin": orgs, "casusregisseur.organisatie": orgs,
		"zaak.heeftActie.over": mensen, "gehoord.wie": mensen,
	}
}

// nieuw is what a new form begins with.
func nieuw(o *functie.Omgeving) *Uitkomst {
	return &Uitkomst{
		Casusoverleg:     Casusoverleg{Datum: begrip.Dag(o.Nu()), Deelnemers: []Deelname{{Organisatie: o.Organisatie.OIN}}},
		Hoofdbetrokkenen: []begrip.Betrokkene{{ID: "1"}},
	}
}

// voorbeeld is an uitkomst that every check takes.
func voorbeeld() *Uitkomst {
	p := begrip.Betrokkene{ID: "1", Geslacht: "2", Naam: begrip.Naam{Voornamen: "Sanne", Geslachtsnaam: "Voorbeeld"}, Burgerservicenummer: begrip.InhoudBSN{BSN: begrip.MustBSN("999990019")}}
	return &Uitkomst{
		Casusoverleg:     Casusoverleg{Datum: "2026-01-15", StartTijd: "14:00", EindTijd: "15:00", Deelnemers: []Deelname{{Organisatie: "00000004999000103000"}}},
		Hoofdbetrokkenen: []begrip.Betrokkene{p}, VoorHetGezin: "Het wijkteam helpt u.",
		Zaak: Zaak{
			HeeftBesluit: []Besluit{{Omschrijving: "Het wijkteam helpt met de geldzaken.", Soort: "afspraak"}},
			HeeftActie: []Actie{{Omschrijving: "Het wijkteam belt deze week.", Over: []string{"1"}, Uitvoerder: "organisatie", BelegdBij: Organisatie{OIN: "00000004999000103000"},
				Conditie: Conditie{Soort: "zeker"}, Informering: Informering{Stand: "ja", Op: "2026-01-15", Tekst: "in het overleg"}}},
		},
	}
}
