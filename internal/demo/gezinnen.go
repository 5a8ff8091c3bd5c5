package demo

import (
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/inlogsimulator"
)

// Lid is a member of a fictional family.
type Lid struct {
	BSN                      begrip.BSN
	Voornamen, Voorv, Achter string
	Geslacht                 string // 1 man, 2 vrouw
	Geboren                  string // date
	Rol                      string // kind, ouder
	Sub                      string // name at the sign-in; empty when too young
	Uitleg                   string
}

// Naam gives the name as people say it.
func (l Lid) Naam() string {
	if l.Voorv == "" {
		return l.Voornamen + " " + l.Achter
	}
	return l.Voornamen + " " + l.Voorv + " " + l.Achter
}

// Gezin is a fictional family: made-up people with test BSNs, which pass the
// eleven-test and are given to nobody.
type Gezin struct {
	Kort, Naam, Stand string // Stand tells where the story of this family is
	Straat, Postcode  string
	Huisnummer        int
	Leden             []Lid
	Naasten           []Lid // who may be asked to look along; in no melding
}

// Gezinnen are the families of the demo: one half-way, one whose melder stays
// hidden, and one that nothing has happened to yet.
func Gezinnen() []Gezin {
	return []Gezin{
		{Kort: "dewit", Naam: "Gezin De Wit", Stand: "De melding is opgepakt. Veilig Thuis vraagt nu wie het gezin kent.", Straat: "Kastanjelaan", Huisnummer: 12, Postcode: "1234 AB", Leden: []Lid{
			{BSN: begrip.MustBSN("999990019"), Voornamen: "Sanne", Voorv: "de", Achter: "Wit", Geslacht: "2", Geboren: "1988-03-14", Rol: "ouder", Sub: "sanne", Uitleg: "Moeder van Bram en Lotte."},
			{BSN: begrip.MustBSN("999990020"), Voornamen: "Mark", Achter: "Jansen", Geslacht: "1", Geboren: "1985-11-02", Rol: "ouder", Sub: "mark", Uitleg: "Vader van Bram en Lotte."},
			{BSN: begrip.MustBSN("999990032"), Voornamen: "Bram", Achter: "Jansen", Geslacht: "1", Geboren: "2012-06-21", Rol: "kind", Sub: "bram", Uitleg: "Zoon, 14 jaar."},
			{BSN: begrip.MustBSN("999990044"), Voornamen: "Lotte", Achter: "Jansen", Geslacht: "2", Geboren: "2017-09-05", Rol: "kind"},
		}, Naasten: []Lid{
			{BSN: begrip.MustBSN("999990147"), Voornamen: "Ria", Voorv: "de", Achter: "Wit", Geslacht: "2", Geboren: "1961-05-09", Rol: "naaste", Sub: "ria", Uitleg: "Oma. Ziet pas iets als iemand haar laat meekijken."},
		}},
		{Kort: "yilmaz", Naam: "Gezin Yılmaz", Stand: "Er is een melding. Het gezin ziet niet wie de melding deed.", Straat: "Havenstraat", Huisnummer: 45, Postcode: "1235 CD", Leden: []Lid{
			{BSN: begrip.MustBSN("999990056"), Voornamen: "Elif", Achter: "Yılmaz", Geslacht: "2", Geboren: "1990-01-30", Rol: "ouder", Sub: "elif", Uitleg: "Moeder van Deniz."},
			{BSN: begrip.MustBSN("999990068"), Voornamen: "Kaan", Achter: "Yılmaz", Geslacht: "1", Geboren: "1986-07-19", Rol: "ouder", Sub: "kaan", Uitleg: "Vader van Deniz."},
			{BSN: begrip.MustBSN("999990081"), Voornamen: "Deniz", Achter: "Yılmaz", Geslacht: "2", Geboren: "2015-04-11", Rol: "kind"},
		}},
		{Kort: "bakker", Naam: "Gezin Bakker", Stand: "Er is nog niets gebeurd. U kunt zelf een melding doen.", Straat: "Molenweg", Huisnummer: 3, Postcode: "1236 EF", Leden: []Lid{
			{BSN: begrip.MustBSN("999990093"), Voornamen: "Kim", Achter: "Bakker", Geslacht: "2", Geboren: "1992-08-08", Rol: "ouder", Sub: "kim", Uitleg: "Moeder van Daan en Fleur."},
			{BSN: begrip.MustBSN("999990111"), Voornamen: "Dennis", Achter: "Bakker", Geslacht: "1", Geboren: "1991-12-24", Rol: "ouder", Sub: "dennis", Uitleg: "Vader van Daan en Fleur."},
			{BSN: begrip.MustBSN("999990123"), Voornamen: "Daan", Achter: "Bakker", Geslacht: "1", Geboren: "2019-02-17", Rol: "kind"},
			{BSN: begrip.MustBSN("999990135"), Voornamen: "Fleur", Achter: "Bakker", Geslacht: "2", Geboren: "2021-10-03", Rol: "kind"},
		}},
	}
}

func gezin(kort string) Gezin {
	alle := Gezinnen()
	return alle[slices.IndexFunc(alle, func(g Gezin) bool { return g.Kort == kort })]
}

// Inloggers gives the members who can sign in at DigiD.
func (g Gezin) Inloggers() []inlogsimulator.Persoon {
	var uit []inlogsimulator.Persoon
	for _, l := range slices.Concat(g.Leden, g.Naasten) {
		if l.Sub == "" {
			continue
		}
		rol := begrip.RolOuder
		if l.Rol == "kind" {
			rol = begrip.RolJongere
		}
		uit = append(uit, inlogsimulator.Persoon{Sub: l.Sub, Naam: l.Naam(), Rol: rol, BSN: l.BSN, Uitleg: l.Uitleg})
	}
	return uit
}

// Melding gives a case system's melding about this family as the published
// draft has it, made at op; anders adds or replaces members.
func (g Gezin) Melding(op time.Time, anders map[string]any) map[string]any {
	var wie []map[string]any
	for _, l := range g.Leden {
		wie = append(wie, map[string]any{
			"burgerservicenummer": l.BSN.Leesbaar(), "geslacht": l.Geslacht, "geboortedatum": l.Geboren, "rolInGezin": l.Rol,
			"naam":  map[string]any{"voornamen": l.Voornamen, "voorvoegsel": l.Voorv, "geslachtsnaam": l.Achter},
			"adres": map[string]any{"straatnaam": g.Straat, "huisnummer": g.Huisnummer, "postcode": g.Postcode, "plaats": "Voorbeeldstad"},
		})
	}
	m := map[string]any{
		"soort": "VT", "datumTijd": op.UTC().Format(time.RFC3339), "terugkoppelingGewenst": true, "heeftBetrekkingOp": wie,
	}
	for k, v := range anders {
		m[k] = v
	}
	return m
}
