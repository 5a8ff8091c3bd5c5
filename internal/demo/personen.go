package demo

import (
	"fmt"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/brpsimulator"
)

// gezagVan is what the simulated register says about the children of the
// families: De Wit and Bakker share it; of Yılmaz the parents are apart and the
// mother has it alone.
var gezagVan = map[string]func(ouders []begrip.BSN) brpsimulator.Gezag{
	"dewit":  samen,
	"bakker": samen,
	"yilmaz": func(o []begrip.BSN) brpsimulator.Gezag {
		return brpsimulator.Gezag{Soort: "EenhoofdigOuderlijkGezag", Ouders: o[:1]}
	},
}

func samen(o []begrip.BSN) brpsimulator.Gezag {
	return brpsimulator.Gezag{Soort: "TweehoofdigOuderlijkGezag", Ouders: o}
}

// Personen are everybody in the simulated population register: the families,
// and children of whom the register says something out of the ordinary.
func Personen() []brpsimulator.Persoon {
	var uit []brpsimulator.Persoon
	for _, g := range Gezinnen() {
		var ouders []begrip.BSN
		for _, l := range g.Leden {
			if l.Rol == "ouder" {
				ouders = append(ouders, l.BSN)
			}
		}
		for _, l := range slices.Concat(g.Leden, g.Naasten) {
			p := brpsimulator.Persoon{
				BSN: l.BSN, Voornamen: l.Voornamen, Voorvoegsel: l.Voorv, Geslachtsnaam: l.Achter, Geboren: l.Geboren,
				Adresregel1: fmt.Sprintf("%s %d", g.Straat, g.Huisnummer), Adresregel2: g.Postcode + "  VOORBEELDSTAD",
			}
			if l.Rol == "kind" {
				gezag := gezagVan[g.Kort](ouders)
				p.Gezag = &gezag
			}
			uit = append(uit, p)
		}
	}
	return append(uit, bijzonderen()...)
}

// bijzonderen are people outside the stories: a voogd with a child, a child of
// whom nobody can tell who has gezag and whose birth date is not complete, and a
// mother with a child at a hidden address.
func bijzonderen() []brpsimulator.Persoon {
	nr := begrip.MustBSN
	voogd, pupil, onzeker, schuil, kind := nr("999990159"), nr("999990160"), nr("999990172"), nr("999990184"), nr("999990196")
	twijfel, betwist, onderzocht, dicht := nr("999990238"), nr("999990251"), nr("999990263"), nr("999990275")
	alleen := func(ouder begrip.BSN, twijfel bool) *brpsimulator.Gezag {
		return &brpsimulator.Gezag{Soort: "EenhoofdigOuderlijkGezag", Ouders: []begrip.BSN{ouder}, InOnderzoek: twijfel}
	}
	return []brpsimulator.Persoon{
		{BSN: twijfel, Voornamen: "Iris", Geslachtsnaam: "Proef", Geboren: "1990-02-02"},
		{BSN: betwist, Voornamen: "Sem", Geslachtsnaam: "Proef", Geboren: "2018-04-11", Gezag: alleen(twijfel, true)},
		{BSN: onderzocht, Voornamen: "Liv", Geslachtsnaam: "Proef", Geboren: "2019-04-11", InOnderzoek: "2026-01-01", Gezag: alleen(twijfel, false)},
		{BSN: dicht, Voornamen: "Bas", Geslachtsnaam: "Proef", Geboren: "1980-04-11", Geweigerd: true},
		{BSN: voogd, Voornamen: "Wil", Geslachtsnaam: "Voogd", Geboren: "1975-05-01"},
		{BSN: pupil, Voornamen: "Tess", Geslachtsnaam: "Proef", Geboren: "2016-03-08", Gezag: &brpsimulator.Gezag{Soort: "Voogdij", Derden: []begrip.BSN{voogd}}},
		{BSN: onzeker, Voornamen: "Amir", Geslachtsnaam: "Proef", Geboren: "2014-00-00", Gezag: &brpsimulator.Gezag{
			Soort: "GezagNietTeBepalen", Toelichting: "Gezag is niet te bepalen omdat het kind in het buitenland is geboren."}},
		{BSN: schuil, Voornamen: "Lena", Geslachtsnaam: "Schuil", Geboren: "1993-09-12", Geheim: 7, Adresregel1: "Geheimstraat 1", Adresregel2: "9999 ZZ  ELDERS"},
		{BSN: kind, Voornamen: "Noor", Geslachtsnaam: "Schuil", Geboren: "2018-01-00", Geheim: 7, Adresregel1: "Geheimstraat 1", Adresregel2: "9999 ZZ  ELDERS",
			Gezag: &brpsimulator.Gezag{Soort: "EenhoofdigOuderlijkGezag", Ouders: []begrip.BSN{schuil}}},
	}
}

// brpDienst is the simulator of the population register, behind the same mutual
// TLS as everything between organisations.
func (d *Demo) brpDienst() (*dienst, error) {
	log, err := d.log("brp-simulator")
	if err != nil {
		return nil, err
	}
	l := d.lid("brp")
	sim := brpsimulator.Nieuw(brpsimulator.Config{Personen: append(Personen(), d.cfg.Personen...), Log: log, Afnemer: func(oin begrip.OIN) bool {
		return slices.ContainsFunc(Deelnemers(), func(o Deelnemer) bool { return o.OIN == oin })
	}})
	return &dienst{naam: l.Kort, log: log, open: func() (lopend, error) {
		luister, err := d.opnieuw(&l.api, l.apiURL)
		if err != nil {
			return lopend{}, err
		}
		return lopend{deuren: []deur{{handler: l.identiteit.Bewaak(sim.Handler()), tls: l.identiteit.ServerTLS(), l: luister}}}, nil
	}}, nil
}
