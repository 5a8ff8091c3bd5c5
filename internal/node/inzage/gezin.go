package inzage

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	soortGezin   = "gezin"    // what the log calls a look at this page
	soortVoorWie = "voor-wie" // and the question for whom one may look
	maxInkijken  = 200
)

// Gezin gives what this source has for person bsn: the reader l itself, through
// a burgerportaal, or the person for whom l may look. It logs the look first.
// What is shielded is left out together with every look at it, so that a source
// with only shielded records answers as one that has nothing; the same holds
// for what is withheld from this very reader, in the time it takes too.
func (z *Inzage) Gezin(ctx context.Context, l toegang.Lezer, bsn begrip.BSN) (Gezinsbeeld, error) {
	defer wachtTotMaat(ctx, time.Now())
	if l.Burger.IsZero() || l.Organisatie.Soort != begrip.Burgerportaal || l.VoorWie() != bsn {
		return Gezinsbeeld{}, z.geenGezin(ctx, l, bsn, "Alleen de betrokkene zelf ziet dit, via het portaal.", "")
	}
	recs, err := z.cfg.Dossier.Zoek(ctx, dossier.Filter{Persoon: bsn})
	if err != nil {
		return Gezinsbeeld{}, err
	}
	f, err := z.feiten(ctx, l, recs...)
	if err != nil {
		return Gezinsbeeld{}, err
	}
	if reden := f.MagNamens(l); reden != "" {
		return Gezinsbeeld{}, z.geenGezin(ctx, l, bsn, reden, "JW-7.3.11")
	}
	blik, err := z.blik(ctx, l, f, recs)
	if err != nil {
		return Gezinsbeeld{}, err
	}
	uit := Gezinsbeeld{Organisatie: z.cfg.Organisatie, Delen: blik.delen, Keuzes: []waarborg.Keuze{}, Soorten: []string{}}
	for _, s := range z.alleSoorten() {
		if s.Gezin != nil {
			uit.Soorten = append(uit.Soorten, s.Naam)
		}
	}
	if l.Namens.IsZero() {
		if uit.Keuzes, err = z.cfg.Waarborgen.Keuzes(ctx, l, z.naam); err != nil {
			return Gezinsbeeld{}, err
		}
	}
	if uit.Inzagen, err = z.inkijken(ctx, bsn, blik); err != nil {
		return Gezinsbeeld{}, err
	}
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.Niveau, regel.Toegestaan, regel.Velden, regel.Betrokkenen = soortGezin, begrip.NiveauProces, true, blik.getoond, []begrip.BSN{bsn}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return Gezinsbeeld{}, geenLog(err)
	}
	return uit, nil
}

// geenGezin logs and explains that l does not see what is here for bsn.
func (z *Inzage) geenGezin(ctx context.Context, l toegang.Lezer, bsn begrip.BSN, reden, artikel string) error {
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.Redenen = soortGezin, []dossier.Reden{{Tekst: reden, Artikel: artikel}}
	if l.VoorWie() == bsn {
		regel.Betrokkenen = []begrip.BSN{bsn}
	}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return geenLog(err)
	}
	return begrip.NieuweFout(begrip.Verboden, "%s", reden)
}

// blik is what one member of the family may see here, decided once per record.
type blik struct {
	l       toegang.Lezer
	f       *waarborg.Feiten
	soorten map[string]Soort
	delen   []Deel
	getoond []string        // soort/id of what is shown
	mag     map[string]bool // soort/id → the decision allows at least that it is there
}

func (z *Inzage) blik(ctx context.Context, l toegang.Lezer, f *waarborg.Feiten, recs []dossier.Record) (*blik, error) {
	uit := &blik{l: l, f: f, soorten: map[string]Soort{}, delen: []Deel{}, mag: map[string]bool{}}
	for _, s := range z.alleSoorten() {
		uit.soorten[s.Naam] = s
	}
	for _, rec := range recs {
		s, ok := uit.soorten[rec.Soort]
		if !ok || s.Gezin == nil && l.Namens.IsZero() || s.Afgeschermd != nil && s.Afgeschermd(rec) || f.Afgeschermd(rec.Soort, rec.ID, l) != nil {
			continue
		}
		b, err := z.besluit(ctx, s, rec, l, f, nil)
		if err != nil {
			return nil, err
		}
		uit.mag[rec.Soort+"/"+rec.ID] = b.Toegestaan
		if !b.Toegestaan || b.Niveau < begrip.NiveauProces || s.Gezin == nil {
			continue
		}
		if d, ok := s.Gezin(rec); ok {
			uit.spreekAan(&d)
			uit.delen = append(uit.delen, d)
			uit.getoond = append(uit.getoond, rec.Soort+"/"+rec.ID)
		}
	}
	return uit, nil
}

// naam names an organisation to the family.
func (z *Inzage) naam(oin begrip.OIN) string {
	if oin == z.cfg.Organisatie.OIN {
		return z.cfg.Organisatie.Naam
	}
	if o, _, ok := z.cfg.Deelnemer(oin); ok {
		return o.Naam
	}
	return "Een organisatie die niet meer meedoet"
}

func geenLog(err error) error {
	return begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet vastleggen wie kijkt. Daarom geven wij geen inzage.").Door(err)
}

// inkijken gives the looks at this source at records about bsn. Looks of ours
// at other sources are told by those sources, so that each stands once; only
// when the source is shielded, and so keeps silent, we tell it, without naming
// that source. Looks by members of the family are left
// out: they would tell one parent what the other does.
func (z *Inzage) inkijken(ctx context.Context, bsn begrip.BSN, b *blik) ([]Inkijk, error) {
	regels, err := z.cfg.Dossier.LogVoorPersoon(ctx, bsn, 0)
	if err != nil {
		return nil, err
	}
	uit := []Inkijk{}
	dicht := map[string]func(begrip.OIN) bool{}
	for _, r := range regels {
		s, ok := b.soorten[r.Soort]
		if !ok || !r.Burger.IsZero() || !verteld(r, b.f.Nu) {
			continue
		}
		if eigenBlik := r.Richting == dossier.Bekeken && r.BronAfgeschermd && r.Vervolg != ""; eigenBlik {
			if b.l.Namens.IsZero() {
				uit = append(uit, inkijk(r, s))
			}
		} else {
			if r.Richting != dossier.Gegeven || r.BronAfgeschermd {
				continue
			}
			sleutel := r.Soort + "/" + r.RecordID
			if _, gezien := dicht[sleutel]; !gezien {
				if dicht[sleutel], err = z.nuDicht(ctx, s, r.RecordID, b); err != nil {
					return nil, err
				}
			}
			if dicht[sleutel](r.LezerOIN) {
				continue
			}
			uit = append(uit, inkijk(r, s))
		}
		if len(uit) == maxInkijken {
			break
		}
	}
	return uit, nil
}

// nuDicht tells which readers of a record this member of the family may not
// learn of as things are now: all of them when the record is shielded or
// withheld from this person, or when who acts for another may not see it; else
// those that the kind shields. A look from before the shielding is not shown
// either.
func (z *Inzage) nuDicht(ctx context.Context, s Soort, id string, b *blik) (func(begrip.OIN) bool, error) {
	niemand := func(begrip.OIN) bool { return true }
	if b.f.Afgeschermd(s.Naam, id, b.l) != nil || !b.l.Namens.IsZero() && !b.mag[s.Naam+"/"+id] {
		return niemand, nil
	}
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
	if i.Nood = noodgebruikt(r); i.Nood {
		i.Waarom = "Er was haast. Daarom mocht dit zonder gewone regel: noodtoegang. Een privacyfunctionaris kijkt dit na."
	}
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
