package inzage

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	soortGezin   = "gezin"    // what the log calls a look at this page
	soortVoorWie = "voor-wie" // and the question for whom one may look
	maxInkijken  = 200        // looks, or visits, on one page of the list
)

//go:embed lijsten.rego
var lijstregels string

// Regels is the policy of what stands beside the records, for the wiring of a node.
var Regels = map[string]string{"inzage/lijsten.rego": lijstregels}

// Gezin gives what this source has for person bsn: the reader l itself, through
// a burgerportaal, or the person for whom l may look. It logs the look first.
// What is shielded is left out together with every look at it, so that a source
// with only shielded records answers as one that has nothing; the same holds
// for what is withheld from this very reader, in the time it takes too.
func (z *Inzage) Gezin(ctx context.Context, l toegang.Lezer, bsn begrip.BSN) (Gezinsbeeld, error) {
	defer WachtTot(ctx, time.Now(), lijstMaat)
	blik, err := z.gezinsblik(ctx, l, bsn)
	if err != nil {
		return Gezinsbeeld{}, err
	}
	uit := Gezinsbeeld{Organisatie: z.cfg.Organisatie, Verborgen: blik.verborgen, Delen: blik.delen, Bekend: blik.bekend, RustOp: blik.rustOp, Inzagen: []Inkijk{}, Keuzes: []waarborg.Keuze{}, Soorten: []string{}}
	for _, s := range z.alleSoorten() {
		if s.kent() {
			uit.Soorten = append(uit.Soorten, s.Naam)
		}
	}
	if blik.lijsten && l.Namens.IsZero() {
		if uit.Keuzes, err = z.cfg.Waarborgen.Keuzes(ctx, l, z.naam); err != nil {
			return Gezinsbeeld{}, err
		}
		uit.Keuzes = slices.DeleteFunc(uit.Keuzes, func(k waarborg.Keuze) bool { return blik.f.Afgeschermd(k.Soort, k.ID, l) != nil })
	}
	blad, err := z.inkijken(ctx, blik, 0, time.Time{})
	if err != nil {
		return Gezinsbeeld{}, err
	}
	uit.Inzagen, uit.Vervolg = blad.Inkijken, z.bladwijzer.zet(bladInkijken, l, blad.volgende)
	return uit, z.logGezin(ctx, l, bsn, blik.getoond)
}

// gezinsblik decides what l may see here for bsn, and refuses, logged, who may not
// look for bsn at all.
func (z *Inzage) gezinsblik(ctx context.Context, l toegang.Lezer, bsn begrip.BSN) (*blik, error) {
	if l.Burger.IsZero() || l.Organisatie.Soort != begrip.Burgerportaal || l.VoorWie() != bsn {
		return nil, z.geenGezin(ctx, l, bsn, "Alleen de betrokkene zelf ziet dit, via het portaal.", "")
	}
	recs, err := z.cfg.Dossier.Zoek(ctx, dossier.Filter{Persoon: bsn})
	if err != nil {
		return nil, err
	}
	f, err := z.feiten(ctx, l, recs...)
	if err != nil {
		return nil, err
	}
	open, feiten, err := z.open(ctx, l, f, recs)
	if err != nil {
		return nil, err
	}
	if reden := feiten.MagNamens(l); reden != "" {
		return nil, z.geenGezin(ctx, l, bsn, reden, "JW-7.3.11")
	}
	b := &blik{l: l, f: f, recs: recs, delen: []Deel{}, mag: map[string]bool{}}
	return b, z.blik(ctx, b, feiten, open)
}

// open gives the records that l, of the family, may know of, and what is on record
// by those alone: how old somebody is, or that there was a melding, may not be taken
// from what is withheld.
func (z *Inzage) open(ctx context.Context, l toegang.Lezer, f *waarborg.Feiten, recs []dossier.Record) (open []dossier.Record, feiten *waarborg.Feiten, err error) {
	for _, rec := range recs {
		s, ok := z.VanSoort(rec.Soort)
		if !ok {
			continue
		}
		dicht, err := z.dicht(ctx, f, s, rec, l)
		if err != nil {
			return nil, nil, err
		}
		if !dicht {
			open = append(open, rec)
		}
	}
	if len(open) < len(recs) {
		f, err = z.feiten(ctx, l, open...)
	}
	return open, f, err
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
	recs    []dossier.Record
	soorten map[string]Soort
	delen   []Deel
	bekend  []string        // urn of what may be known of without a part
	rustOp  []string        // urn of what records of others these rest on
	getoond []string        // soort/id of what is shown
	mag     map[string]bool // soort/id → the decision allows at least that it is there
	lijsten bool            // may see what stands beside the records: looks, visits, choices

	verborgen bool // somebody lives in hiding from this reader
}

// blik fills uit in, from the records that may be known of and the facts of those.
func (z *Inzage) blik(ctx context.Context, uit *blik, f *waarborg.Feiten, open []dossier.Record) (err error) {
	l := uit.l
	if uit.lijsten, err = z.magLijsten(ctx, l, f); err != nil {
		return err
	}
	uit.soorten = map[string]Soort{}
	for _, s := range z.alleSoorten() {
		uit.soorten[s.Naam] = s
	}
	uit.verborgen = uit.schuilt(uit.recs) // by what is withheld as well: rather masked in vain than a place told
	for _, rec := range open {
		s := uit.soorten[rec.Soort]
		if !s.kent() && l.Namens.IsZero() {
			continue
		}
		if s.Gezin == nil && l.Namens.IsZero() { // whoever has the event of it may go on seeing that
			if uit.lijsten {
				uit.bekend = append(uit.bekend, "urn:soh:"+rec.Soort+":"+rec.ID)
				z.rustOp(uit, rec)
			}
			continue
		}
		b, err := z.besluit(ctx, s, rec, l, f, nil)
		if err != nil {
			return err
		}
		uit.mag[rec.Soort+"/"+rec.ID] = b.Toegestaan
		if !b.Toegestaan || b.Niveau < begrip.NiveauProces || s.Gezin == nil {
			continue
		}
		if d, ok := s.Gezin(rec, l.VoorWie()); ok {
			if uit.verborgen {
				d.verhul(s)
			}
			uit.spreekAan(&d)
			uit.delen = append(uit.delen, d)
			uit.getoond = append(uit.getoond, rec.Soort+"/"+rec.ID)
			z.rustOp(uit, rec)
		}
	}
	return nil
}

// rustOp adds what records of others rec rests on: by that the portal knows which
// events of ours about those it may tell.
func (z *Inzage) rustOp(uit *blik, rec dossier.Record) {
	for _, v := range uit.f.RustOp(rec.Soort, rec.ID) {
		if urn := v.URN(); v.Bron != z.cfg.Organisatie.OIN && !slices.Contains(uit.rustOp, urn) {
			uit.rustOp = append(uit.rustOp, urn)
		}
	}
}

// magLijsten decides whether l may see what stands beside the records about itself:
// the looks, the visits, the choices, for whom it may ask to look. The same rules
// decide as for a record, so that a child under twelve gets none of it. Who looks
// for another sees of it what is about the records it may see (blik.mag).
func (z *Inzage) magLijsten(ctx context.Context, l toegang.Lezer, f *waarborg.Feiten) (bool, error) {
	if !l.Namens.IsZero() {
		return true, nil
	}
	lijst := Soort{Naam: "lijst", Beleid: "soh.lijsten", Klasse: func(dossier.Record) samenwerkingsverband.Klasse { return samenwerkingsverband.Bekendheid }}
	b, err := z.besluit(ctx, lijst, dossier.Record{Soort: lijst.Naam, Personen: []begrip.BSN{l.Burger}}, l, f, nil)
	return b.Toegestaan, err
}

// dicht tells that rec is not there for l, of the family: it is withheld from l,
// or nobody of the family may learn who it is from; itself or what it rests on.
func (z *Inzage) dicht(ctx context.Context, f *waarborg.Feiten, s Soort, rec dossier.Record, l toegang.Lezer) (bool, error) {
	if f.Afgeschermd(rec.Soort, rec.ID, l) != nil || s.Afgeschermd != nil && s.Afgeschermd(rec) && (!s.Verteld || !l.Namens.IsZero()) {
		return true, nil
	}
	g, err := z.grondVan(ctx, f, rec.Soort, rec.ID)
	return g.dicht, err
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

func hoofdletter(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.TrimSpace(string(unicode.ToUpper(r)) + s[n:])
}
