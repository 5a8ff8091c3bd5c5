package uitkomst

import (
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/web"
)

var soortWoord = map[string]string{"besluit": web.Vertaalbaar("Besluit, met recht op bezwaar"), "beslissing": web.Vertaalbaar("Beslissing"), "afspraak": web.Vertaalbaar("Afspraak")}

var hoeGehoord = map[string]string{
	"aanwezig": web.Vertaalbaar("Was erbij"), "vooraf": web.Vertaalbaar("Vooraf gesproken"), "schriftelijk": web.Vertaalbaar("Schreef iets op"),
	"vertegenwoordigd": web.Vertaalbaar("Iemand anders sprak namens deze persoon"), "achteraf": web.Vertaalbaar("Achteraf gesproken"), "niet": web.Vertaalbaar("Niet gehoord"),
}

// leesbaar is how a professional reads an uitkomst: first what to do, then what was
// agreed and who it is about, what was said last.
func leesbaar(o *functie.Omgeving, v functie.Versie[Uitkomst]) (uit []web.Toonstuk) {
	u := v.Waarde
	voeg := func(s web.Toonstuk) {
		if s.Tekst != "" || len(s.Regels) > 0 || s.Tabel != nil && len(s.Tabel.Rijen) > 0 {
			uit = append(uit, s)
		}
	}
	if u.Reden != "" {
		voeg(web.Toonstuk{Kop: web.Vertaalbaar("Waarom dit is gewijzigd"), Tekst: u.Reden})
	}
	voeg(web.Toonstuk{Kop: web.Vertaalbaar("Wie doet wat?"), Tabel: acties(o, u)})
	besluiten := web.Toonstuk{Kop: web.Vertaalbaar("Besluiten en afspraken")}
	for _, b := range u.Zaak.HeeftBesluit {
		waarde := b.Omschrijving
		if b.Onderbouwing != "" {
			waarde += " Waarom: " + b.Onderbouwing
		}
		besluiten.Regels = append(besluiten.Regels, web.Regel{Label: soortWoord[b.Soort], Waarde: waarde})
	}
	voeg(besluiten)
	voeg(regisseur(o, u))
	voeg(web.Toonstuk{Kop: web.Vertaalbaar("Over wie gaat het?"), Tabel: mensen(u)})
	voeg(web.Toonstuk{Kop: web.Vertaalbaar("Beeld en aanpak"), Regels: regels(web.Vertaalbaar("Welk beeld delen jullie?"), u.GedeeldBeeld, web.Vertaalbaar("Hoe pakken jullie het aan?"), u.Aanpak, web.Vertaalbaar("Hoe beslissen jullie dat het minder kan?"), u.Afschaling)})
	voeg(web.Toonstuk{Kop: web.Vertaalbaar("Dit leest het gezin"), Tekst: u.VoorHetGezin})
	var wie []string
	for _, d := range u.Casusoverleg.Deelnemers {
		naam := o.NaamVan(d.Organisatie)
		if d.Namens != "" {
			naam += " (" + d.Namens + ")"
		}
		wie = append(wie, naam)
	}
	tijd := dag(u.Casusoverleg.Datum)
	if u.Casusoverleg.StartTijd != "" {
		tijd += ", " + u.Casusoverleg.StartTijd
	}
	if u.Casusoverleg.EindTijd != "" {
		tijd += " – " + u.Casusoverleg.EindTijd
	}
	voeg(web.Toonstuk{Kop: web.Vertaalbaar("Het overleg"), Regels: regels(web.Vertaalbaar("Wanneer was het overleg?"), tijd, web.Vertaalbaar("Welke organisaties deden mee?"), strings.Join(wie, "; "), web.Vertaalbaar("Verslag"), u.Casusoverleg.Notulen)})
	return uit
}

// regels gives those pairs of label and value that have a value.
func regels(paren ...string) (uit []web.Regel) {
	for i := 0; i+1 < len(paren); i += 2 {
		if paren[i+1] != "" {
			uit = append(uit, web.Regel{Label: paren[i], Waarde: paren[i+1]})
		}
	}
	return uit
}

func dag(s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, begrip.Zone)
	if err != nil {
		return ""
	}
	return web.Nederlands.Datum(t)
}

func acties(o *functie.Omgeving, u *Uitkomst) *web.Tabel {
	t := &web.Tabel{Onderschrift: web.Vertaalbaar("Wat er gaat gebeuren, wie het doet en wanneer"), Kop: []string{web.Vertaalbaar("Wat"), web.Vertaalbaar("Wie"), web.Vertaalbaar("Uiterlijk"), web.Vertaalbaar("Weten zij het?")}}
	for _, a := range u.Zaak.HeeftActie {
		var over []string
		for _, id := range a.Over {
			if p := u.persoon(id); p != nil {
				over = append(over, p.Naam.Voluit())
			}
		}
		wie, bij := o.NaamVan(a.BelegdBij.OIN), strings.Join(over, ", ")
		if a.gezin() {
			wie, bij = bij, wie
		}
		wat := web.Cel{Tekst: a.Omschrijving}
		if a.Conditie.Soort == "als" {
			wat.Bij = metConditie + a.Conditie.Als
		}
		weet, _ := a.Informering.MarshalText()
		t.Rijen = append(t.Rijen, []web.Cel{wat, {Tekst: wie, Bij: bij}, {Tekst: dag(a.Uiterlijk)}, {Tekst: string(weet)}})
	}
	return t
}

func mensen(u *Uitkomst) *web.Tabel {
	t := &web.Tabel{Onderschrift: web.Vertaalbaar("De mensen over wie het gaat"), Kop: []string{web.Vertaalbaar("Naam"), web.Vertaalbaar("Geboren"), web.Vertaalbaar("Burgerservicenummer")}}
	if len(u.Gehoord) > 0 { // else nobody was, or it is left out
		t.Kop = append(t.Kop, web.Vertaalbaar("Gehoord"))
	}
	for i, p := range u.personen() {
		naam := web.Cel{Tekst: p.Naam.Voluit()}
		if i >= len(u.Hoofdbetrokkenen) {
			naam.Bij = web.Vertaalbaar("Zijdelings betrokken")
		}
		gehoord := web.Cel{}
		for _, g := range u.Gehoord {
			if g.Wie == p.ID {
				gehoord = web.Cel{Tekst: hoeGehoord[g.Hoe], Bij: g.Toelichting}
			}
		}
		t.Rijen = append(t.Rijen, []web.Cel{naam, {Tekst: p.Geboortedatum.Voluit()}, {Tekst: p.Burgerservicenummer.Leesbaar()}, gehoord}[:len(t.Kop)])
	}
	return t
}

func regisseur(o *functie.Omgeving, u *Uitkomst) web.Toonstuk {
	s := web.Toonstuk{Kop: web.Vertaalbaar("Casusregisseur en vervolg")}
	if r, ok := u.Casusregisseur.Waarde(); ok {
		org := ""
		if r.Organisatie != "" {
			org = o.NaamVan(r.Organisatie)
		}
		s.Regels = regels(web.Vertaalbaar("Casusregisseur"), r.Naam, web.Vertaalbaar("Organisatie"), org, web.Vertaalbaar("Telefoonnummer"), r.Telefoonnummer, web.Vertaalbaar("E-mailadres"), r.EmailAdres)
	}
	if t := u.Terugkomst; t != nil {
		s.Regels = append(s.Regels, regels(web.Vertaalbaar("Komt terug op"), dag(t.Op), web.Vertaalbaar("Waarom, of waarom niet?"), t.Reden)...)
	}
	return s
}
