package inzage

import (
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Inkijk is one look at a person's data, as the person reads it. Every list of
// looks has this form, whoever keeps it.
type Inkijk struct {
	Tijdstip    time.Time     `json:"tijdstip"`
	Wie         string        `json:"wie"`
	Organisatie string        `json:"organisatie"`
	Rol         string        `json:"rol"`
	Wat         string        `json:"wat" doc:"Wat deze persoon zag, als zin"`
	Gegeven     string        `json:"gegeven,omitempty" doc:"Waarin deze persoon keek, zoals het in een zin staat: de melding"`
	Niveau      begrip.Niveau `json:"niveau" doc:"Hoeveel deze persoon zag: 0 dat het er is, 1 hoe ver het is, 2 de inhoud"`
	Lijst       bool          `json:"lijst,omitempty" doc:"Gezien in een lijst"`
	Vanzelf     bool          `json:"vanzelf,omitempty" doc:"Een computer keek, volgens een vaste regel"`
	Waarom      string        `json:"waarom"`
	Grondslag   string        `json:"grondslag"`
	Toegestaan  bool          `json:"toegestaan"`
	Reden       string        `json:"reden,omitempty" doc:"Waarom dit niet mocht, voor het gezin"`
	Nood        bool          `json:"nood,omitempty" doc:"Zonder gewone regel: noodtoegang"`
	Oordeel     Oordeel       `json:"oordeel,omitempty" enum:"open,terecht,niet-terecht" doc:"Wat de privacyfunctionaris van noodtoegang vond"`
	OordeelOp   *time.Time    `json:"oordeelOp,omitempty"`

	Bron string `json:"-"` // which organisation tells of it; who reads the answer fills it in
}

// Oordeel is how far the review of a use of noodtoegang is.
type Oordeel string

// The states of that story. Each has its words for the family here, and for who
// reviews on the page of the safeguards.
const (
	OordeelOpen    Oordeel = "open"
	OordeelTerecht Oordeel = "terecht"
	OordeelNiet    Oordeel = "niet-terecht"
)

var noodtekst = map[Oordeel]string{
	OordeelOpen:    "Er was haast. Daarom keek deze persoon zonder gewone regel: noodtoegang. Een privacyfunctionaris kijkt dit na.",
	OordeelTerecht: "Er was haast. Daarom keek deze persoon zonder gewone regel: noodtoegang. Een privacyfunctionaris keek dit na: het was terecht.",
	OordeelNiet:    "Deze persoon keek zonder gewone regel: noodtoegang. Een privacyfunctionaris keek dit na: het was niet terecht. U kunt om uitleg vragen of een klacht indienen.",
}

// Bezoek is a visit by the family: by the reader, or by who looked for it.
type Bezoek struct {
	Tijdstip   time.Time `json:"tijdstip"`
	Wie        string    `json:"wie,omitempty" doc:"Wie voor deze persoon keek; leeg: deze persoon zelf"`
	Als        string    `json:"als,omitempty" doc:"Als wat die keek"`
	Toegestaan bool      `json:"toegestaan"`
}

type bladInkijk struct {
	Inkijken []Inkijk
	volgende int64 // number of the last line gone through; 0: there is no more
}

// inkijken gives a page of the looks at this source at records about the person
// of b, from before line voor and the moment tot (zero: now) on. What may not be told is left out before the page
// is filled, so a page is only short at the end. Looks of ours at other sources are
// told by those sources, so that each stands once; only when the source is
// shielded, and so keeps silent, we tell it, without naming that source. Looks by
// the family are visits: see bezoeken.
func (z *Inzage) inkijken(ctx context.Context, b *blik, voor int64, tot time.Time) (uit bladInkijk, err error) {
	uit.Inkijken = []Inkijk{}
	if !b.lijsten {
		return uit, nil
	}
	v := verteller{z: z, b: b, dicht: map[string]func(begrip.OIN) bool{}}
	vorige := int64(0)
	for {
		regels, err := z.cfg.Dossier.LogOverPersoon(ctx, b.l.VoorWie(), false, voor, tot, maxInkijken)
		if err != nil {
			return uit, err
		}
		for _, r := range regels {
			k, ok, err := v.vertel(ctx, r.Logregel)
			if err != nil {
				return uit, err
			}
			if ok && len(uit.Inkijken) == maxInkijken {
				uit.volgende = vorige
				return uit, nil
			}
			if voor = r.Nr; ok {
				uit.Inkijken, vorige = append(uit.Inkijken, k), r.Nr
			}
		}
		if len(regels) < maxInkijken {
			return uit, nil
		}
	}
}

// verteller tells lines of the log to one member of the family.
type verteller struct {
	z     *Inzage
	b     *blik
	dicht map[string]func(begrip.OIN) bool // soort/id → which readers are not told
}

// vertel gives a line as the family reads it; ok false is that it may not.
func (v *verteller) vertel(ctx context.Context, r dossier.Logregel) (_ Inkijk, ok bool, err error) {
	s, bekend := v.b.soorten[r.Soort]
	if !bekend || !verteld(r, v.b.f.Nu) {
		return Inkijk{}, false, nil
	}
	if r.Richting == dossier.Bekeken && r.BronAfgeschermd && r.Vervolg != "" {
		dicht, err := v.z.elders(ctx, v.b, r, s)
		return v.inkijk(r, s), v.b.l.Namens.IsZero() && !dicht && err == nil, err
	}
	if r.Richting != dossier.Gegeven || r.BronAfgeschermd {
		return Inkijk{}, false, nil
	}
	ids := r.Lijst
	if r.RecordID != "" {
		ids = []string{r.RecordID}
	}
	for _, id := range ids {
		if len(r.Lijst) > 0 && !v.over(s, id) {
			continue // in the list, about others
		}
		if weg, err := v.verzwijgt(ctx, s, id, r.LezerOIN); err != nil {
			return Inkijk{}, false, err
		} else if !weg {
			return v.inkijk(r, s), true, nil
		}
	}
	return Inkijk{}, false, nil
}

// over tells whether a record here is about the person.
func (v *verteller) over(s Soort, id string) bool {
	return slices.ContainsFunc(v.b.recs, func(rec dossier.Record) bool { return rec.Soort == s.Naam && rec.ID == id })
}

func (v *verteller) verzwijgt(ctx context.Context, s Soort, id string, lezer begrip.OIN) (bool, error) {
	sleutel := s.Naam + "/" + id
	if _, gezien := v.dicht[sleutel]; !gezien {
		f, err := v.z.nuDicht(ctx, s, id, v.b)
		if err != nil {
			return true, err
		}
		v.dicht[sleutel] = f
	}
	return v.dicht[sleutel](lezer), nil
}

// nuDicht tells which readers of a record this member of the family may not
// learn of as things are now: all of them when the record is shielded or
// withheld from this person, or when who acts for another may not see it; else
// those that the kind shields. A look from before the shielding is not shown
// either.
func (z *Inzage) nuDicht(ctx context.Context, s Soort, id string, b *blik) (func(begrip.OIN) bool, error) {
	niemand := func(begrip.OIN) bool { return true }
	if !b.l.Namens.IsZero() && !b.mag[s.Naam+"/"+id] {
		return niemand, nil
	}
	rec, err := z.cfg.Dossier.Lees(ctx, s.Naam, id, time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return niemand, nil
	}
	if err != nil {
		return niemand, err
	}
	f := b.f
	if rec.Rust && len(f.RustOp(s.Naam, id)) == 0 { // no longer about this person, so it was not read with the others
		if f, err = z.feiten(ctx, b.l, rec); err != nil {
			return niemand, err
		}
	}
	if dicht, err := z.dicht(ctx, f, s, rec, b.l); dicht || err != nil {
		return niemand, err
	}
	bronnen := f.BronnenDicht(s.Naam, id)
	return func(oin begrip.OIN) bool {
		return slices.Contains(bronnen, oin) || s.LezerAfgeschermd != nil && s.LezerAfgeschermd(rec, oin)
	}, nil
}

// elders tells that a record of another source, at which we looked, is withheld
// from this member of the family.
func (z *Inzage) elders(ctx context.Context, b *blik, r dossier.Logregel, s Soort) (bool, error) {
	a, err := z.cfg.Waarborgen.AanhangVan(ctx, begrip.Verwijzing{Bron: r.Bron, Soort: s.Naam, Pad: s.Pad + "/" + r.RecordID})
	return b.f.Elders(a, b.l) != nil, err
}

// inZin is how a sentence for the family names a record of this kind.
func (s Soort) inZin() string {
	if s.InZin != "" {
		return s.InZin
	}
	return "‘" + s.Titel + "’"
}

// watGezien says what somebody saw of a record.
func watGezien(r dossier.Logregel, s Soort) string {
	switch {
	case !r.Toegestaan:
		return "Wilde " + s.inZin() + " lezen. Dat mocht niet."
	case r.Niveau == begrip.NiveauInhoud:
		return "Las " + s.inZin() + "."
	case len(r.Lijst) > 0:
		return "Zag in een lijst dat er iets is: " + s.inZin() + ". Niet de inhoud."
	case r.Niveau == begrip.NiveauProces:
		return "Zag wie, wanneer en hoe ver het is met " + s.inZin() + ". Niet de inhoud."
	}
	return "Zag alleen dat er iets is: " + s.inZin() + "."
}

func (v *verteller) inkijk(r dossier.Logregel, s Soort) Inkijk {
	i := Inkijk{
		Tijdstip: r.Tijdstip, Wie: r.Naam, Organisatie: r.LezerOrganisatie, Rol: hoofdletter(r.Rol.Naam()), Wat: watGezien(r, s), Gegeven: s.inZin(),
		Niveau: r.Niveau, Lijst: len(r.Lijst) > 0, Vanzelf: r.Rol == begrip.RolSysteem, Grondslag: r.Grondslag.Artikel(), Toegestaan: r.Toegestaan,
	}
	switch {
	case i.Vanzelf:
		i.Wie = "Een computer, volgens een vaste regel"
	case i.Wie == "":
		i.Wie = "Een medewerker"
	}
	i.Waarom = hoofdletter(r.Doel.Omschrijving()) + "."
	if i.Nood = noodgebruikt(r); i.Nood {
		i.Oordeel, i.OordeelOp = v.oordeel(r)
		i.Waarom = noodtekst[i.Oordeel]
	}
	if !r.Toegestaan {
		i.Reden = redenGezin(r.Redenen)
		i.Waarom += " Waarom dit niet mocht: " + i.Reden
	}
	if v.b.verborgen {
		i.verhul(v.z.soortVan(r.LezerOIN), r.Rol)
	}
	return i
}

// oordeel gives what the privacy officer found of the use of noodtoegang that r
// belongs to: several looks of one reader at one record are one case.
func (v *verteller) oordeel(r dossier.Logregel) (Oordeel, *time.Time) {
	for _, rec := range v.b.recs {
		if rec.Soort != waarborg.SoortNoodtoegang.Naam {
			continue
		}
		g, err := waarborg.SoortNoodtoegang.Lees(rec)
		if err != nil {
			continue
		}
		n, ok := g.(*waarborg.Noodtoegang)
		zaak := ok && n.Onderwerp == (waarborg.Onderwerp{Soort: r.Soort, ID: r.RecordID}) && n.Organisatie == r.LezerOIN && n.Persoon == r.Persoon &&
			!r.Tijdstip.Before(n.Vanaf) && n.Tot != nil && r.Tijdstip.Before(*n.Tot)
		if !ok || n.Oordeel == nil || n.Logregel != r.ID && !zaak {
			continue
		}
		if n.Oordeel.Terecht {
			return OordeelTerecht, &n.Oordeel.Op
		}
		return OordeelNiet, &n.Oordeel.Op
	}
	return OordeelOpen, nil
}

// zonderReden is what the family reads of a refusal that has no words for it.
const zonderReden = "Er is geen regel die dit toestaat."

// redenGezin puts the reasons of a refusal in words for the family: never those
// that a professional reads.
func redenGezin(rs []dossier.Reden) string {
	var uit []toegang.Reden
	for _, r := range rs {
		if r.Gezin != "" && !slices.ContainsFunc(uit, func(x toegang.Reden) bool { return x.Tekst == r.Gezin }) {
			uit = append(uit, toegang.Reden{Tekst: r.Gezin})
		}
	}
	if len(uit) == 0 {
		return zonderReden
	}
	return redenen(uit)
}

// bezoeken gives a page of the visits by the family. A reader sees its own, and
// who looks for itself also when whom it mandated looked, by name, and that
// somebody with gezag did, without a name: one parent never learns here what the
// other does, nor a parent what the child does.
func (z *Inzage) bezoeken(ctx context.Context, b *blik, voor int64) (uit []Bezoek, volgende int64, err error) {
	uit = []Bezoek{}
	if !b.lijsten {
		return uit, 0, nil
	}
	vorige := int64(0)
	for {
		regels, err := z.cfg.Dossier.LogOverPersoon(ctx, b.l.VoorWie(), true, voor, time.Time{}, maxInkijken)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range regels {
			x, ok := b.bezoek(r.Logregel)
			if ok && len(uit) == maxInkijken {
				return uit, vorige, nil
			}
			if voor = r.Nr; ok {
				uit, vorige = append(uit, x), r.Nr
			}
		}
		if len(regels) < maxInkijken {
			return uit, 0, nil
		}
	}
}

func (b *blik) bezoek(r dossier.Logregel) (Bezoek, bool) {
	x := Bezoek{Tijdstip: r.Tijdstip, Toegestaan: r.Toegestaan}
	switch {
	case r.Soort == soortVoorWie: // the question for whom one may look is no visit
		return x, false
	case r.Burger == b.l.Burger && r.Namens == b.l.Namens:
		return x, true
	case !b.l.Namens.IsZero() || r.Namens != b.l.Burger:
		return x, false
	}
	for _, rec := range b.recs {
		if rec.Soort != waarborg.SoortVertegenwoord.Naam {
			continue
		}
		g, err := waarborg.SoortVertegenwoord.Lees(rec)
		if err != nil {
			continue
		}
		if w, ok := g.(*waarborg.Vertegenwoordiging); ok && w.Wie.Burgerservicenummer.BSN == r.Burger && w.Over.Burgerservicenummer.BSN == b.l.Burger {
			x.Wie, x.Als = w.Wie.Roepnaam, string(w.Als)
			if x.Wie == "" {
				x.Wie = "Iemand die u vroeg mee te kijken"
			}
			return x, true // also after the mandate ended, and when the look was refused
		}
	}
	if x.Wie, x.Als = "Iemand die over u beslist", string(samenwerkingsverband.RelatieOuder); !r.Toegestaan {
		return x, false // a stranger that tried got nothing, and learned nothing
	}
	return x, true
}
