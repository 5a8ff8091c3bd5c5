package inzage

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	soortGezin  = "gezin" // what the log calls a look at this page
	maxInkijken = 200
)

// Gezin gives what this source has for burger bsn, who must be the reader l
// (through a burgerportaal), and who looked at it. It logs the look first. What
// is shielded is left out together with every look at it, so that a source
// with only shielded records answers as one that has nothing.
func (z *Inzage) Gezin(ctx context.Context, l toegang.Lezer, bsn begrip.BSN) (Gezinsbeeld, error) {
	if l.Burger.IsZero() || l.Organisatie.Soort != begrip.Burgerportaal || l.Burger != bsn {
		regel := z.regel(ctx, dossier.Gegeven, l)
		regel.Soort, regel.Redenen = soortGezin, []dossier.Reden{{Tekst: "Alleen de betrokkene zelf ziet dit, via het portaal."}}
		if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
			return Gezinsbeeld{}, geenLog(err)
		}
		return Gezinsbeeld{}, begrip.NieuweFout(begrip.Verboden, "Alleen de betrokkene zelf ziet dit, via het portaal.")
	}
	recs, err := z.cfg.Dossier.Zoek(ctx, dossier.Filter{Persoon: bsn})
	if err != nil {
		return Gezinsbeeld{}, err
	}
	uit := Gezinsbeeld{Organisatie: z.cfg.Organisatie, Delen: []Deel{}, Inzagen: []Inkijk{}}
	soorten := map[string]Soort{}
	for _, s := range z.alleSoorten() {
		soorten[s.Naam] = s
	}
	var getoond []string
	for _, rec := range recs {
		s, ok := soorten[rec.Soort]
		if !ok || s.Gezin == nil || s.Afgeschermd != nil && s.Afgeschermd(rec) {
			continue
		}
		b, err := z.besluit(ctx, s, rec, l, nil)
		if err != nil {
			return Gezinsbeeld{}, err
		}
		if !b.Toegestaan || b.Niveau < begrip.NiveauProces {
			continue
		}
		if d, ok := s.Gezin(rec); ok {
			uit.Delen = append(uit.Delen, d)
			getoond = append(getoond, rec.Soort+"/"+rec.ID)
		}
	}
	if uit.Inzagen, err = z.inkijken(ctx, bsn, soorten); err != nil {
		return Gezinsbeeld{}, err
	}
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.Niveau, regel.Toegestaan, regel.Velden, regel.Betrokkenen = soortGezin, begrip.NiveauProces, true, getoond, []begrip.BSN{bsn}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return Gezinsbeeld{}, geenLog(err)
	}
	return uit, nil
}

func geenLog(err error) error {
	return begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet vastleggen wie kijkt. Daarom geven wij geen inzage.").Door(err)
}

// inkijken gives the looks at this source at records about bsn. Looks of ours
// at other sources are told by those sources, so that each stands once; only
// when the source is shielded, and so keeps silent, we tell it, without naming
// that source. Looks by members of the family are left
// out: they would tell one parent what the other does.
func (z *Inzage) inkijken(ctx context.Context, bsn begrip.BSN, soorten map[string]Soort) ([]Inkijk, error) {
	regels, err := z.cfg.Dossier.LogVoorPersoon(ctx, bsn, 0)
	if err != nil {
		return nil, err
	}
	uit := []Inkijk{}
	dicht := map[string]func(begrip.OIN) bool{}
	for _, r := range regels {
		s, ok := soorten[r.Soort]
		if !ok || !r.Burger.IsZero() {
			continue
		}
		if eigenBlik := r.Richting == dossier.Bekeken && r.BronAfgeschermd && r.Vervolg != ""; eigenBlik {
			if uit = append(uit, inkijk(r, s)); len(uit) == maxInkijken {
				break
			}
			continue
		}
		if r.Richting != dossier.Gegeven || r.BronAfgeschermd {
			continue
		}
		sleutel := r.Soort + "/" + r.RecordID
		if _, gezien := dicht[sleutel]; !gezien {
			if dicht[sleutel], err = z.nuDicht(ctx, s, r.RecordID); err != nil {
				return nil, err
			}
		}
		if dicht[sleutel](r.LezerOIN) {
			continue
		}
		if uit = append(uit, inkijk(r, s)); len(uit) == maxInkijken {
			break
		}
	}
	return uit, nil
}

// nuDicht tells which readers of a record the family may not learn of as things
// are now: all of them when the record is shielded, else those that the kind
// shields. A look from before the shielding is not shown either.
func (z *Inzage) nuDicht(ctx context.Context, s Soort, id string) (func(begrip.OIN) bool, error) {
	niemand := func(begrip.OIN) bool { return true }
	rec, err := z.cfg.Dossier.Lees(ctx, s.Naam, id, time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return niemand, nil
	}
	if err != nil || s.Afgeschermd != nil && s.Afgeschermd(rec) {
		return niemand, err
	}
	return func(oin begrip.OIN) bool { return s.LezerAfgeschermd != nil && s.LezerAfgeschermd(rec, oin) }, nil
}

var watGezien = map[begrip.Niveau]string{
	begrip.NiveauBestaan: "alleen dat deze er is",
	begrip.NiveauProces:  "wie, wanneer en hoe ver het is. Niet de inhoud",
	begrip.NiveauInhoud:  "de inhoud",
}

func inkijk(r dossier.Logregel, s Soort) Inkijk {
	i := Inkijk{
		Tijdstip: r.Tijdstip, Wie: r.Naam, Organisatie: r.LezerOrganisatie, Rol: hoofdletter(r.Rol.Naam()),
		Wat: s.Titel + ": " + watGezien[r.Niveau] + ".", Grondslag: r.Grondslag.Artikel(), Toegestaan: r.Toegestaan,
	}
	switch {
	case r.Rol == begrip.RolSysteem:
		i.Wie = "Een computer, volgens een vaste regel"
	case i.Wie == "":
		i.Wie = "Een medewerker"
	}
	i.Waarom = hoofdletter(r.Doel.Omschrijving()) + "."
	if !r.Toegestaan {
		i.Wat = s.Titel + ": niets. Dit mocht niet."
		var rs []toegang.Reden
		for _, x := range r.Redenen {
			rs = append(rs, toegang.Reden{Tekst: x.Tekst})
		}
		i.Waarom += " Waarom dit niet mocht: " + redenen(rs)
	}
	return i
}

func hoofdletter(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.TrimSpace(string(unicode.ToUpper(r)) + s[n:])
}
