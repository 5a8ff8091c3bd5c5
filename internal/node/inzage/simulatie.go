package inzage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// MaxGesimuleerd is how many records one question about the past goes into.
const MaxGesimuleerd = 500

// Kijker is somebody who could see a kind of information, or what is in the way.
type Kijker struct {
	Organisatie begrip.OIN               `json:"organisatie,omitempty" doc:"Leeg: elke organisatie van deze soort"`
	Naam        string                   `json:"naam,omitempty"`
	Soort       begrip.OrganisatieSoort  `json:"soort"`
	Functie     begrip.Rol               `json:"functie,omitempty" doc:"Als wat iemand daar werkt; leeg: dat is nog niet te zeggen"`
	Rol         samenwerkingsverband.Rol `json:"rol,omitempty" doc:"Rol in het samenwerkingsverband"`
	Doel        begrip.Doel              `json:"doel,omitempty"`
	Grondslag   begrip.Grondslag         `json:"grondslag,omitempty"`
	Niveau      begrip.Niveau            `json:"niveau" doc:"Hoogste niveau, als alles vastligt"`
	Ziet        bool                     `json:"ziet" doc:"Met wat nu vastligt; vooraf altijd onwaar"`
	Redenen     []toegang.Reden          `json:"redenen" nullable:"false" doc:"Waarom wel of niet"`
	Nodig       []string                 `json:"nodig" nullable:"false" doc:"Wat hiervoor moet vastliggen"`
}

// Kring is who could see one record, or one kind of information beforehand.
type Kring struct {
	Op                   time.Time                   `json:"op"`
	Klasse               samenwerkingsverband.Klasse `json:"klasse"`
	Samenwerkingsverband string                      `json:"samenwerkingsverband,omitempty"`
	Kijkers              []Kijker                    `json:"kijkers" nullable:"false"`
}

// Keer is one look that really happened.
type Keer struct {
	Tijdstip time.Time     `json:"tijdstip"`
	Naam     string        `json:"naam"`
	Niveau   begrip.Niveau `json:"niveau"`
	Nood     bool          `json:"nood,omitempty" doc:"Zonder gewone regel: noodtoegang"`
}

// Gekend is one record of ours as somebody could have known it then.
type Gekend struct {
	Soort      string           `json:"soort"`
	Titel      string           `json:"titel"`
	ID         string           `json:"id"`
	Versie     int              `json:"versie" doc:"De versie die er toen was"`
	Toegestaan bool             `json:"toegestaan"`
	Niveau     begrip.Niveau    `json:"niveau"`
	Doel       begrip.Doel      `json:"doel,omitempty"`
	Grondslag  begrip.Grondslag `json:"grondslag,omitempty"`
	Redenen    []toegang.Reden  `json:"redenen" nullable:"false"`
	Gekeken    []Keer           `json:"gekeken" nullable:"false" doc:"Wanneer iemand echt keek, nieuwste eerst"`
}

// Kennis is what a professional could have known at a moment.
type Kennis struct {
	Op       time.Time `json:"op"`
	Gegevens []Gekend  `json:"gegevens" nullable:"false"`
	Volledig bool      `json:"volledig" doc:"Onwaar: er is meer dan in één antwoord past"`
}

// weg is a purpose with a ground.
type weg struct {
	doel  begrip.Doel
	grond begrip.Grondslag
}

// gewoneWegen are the ways of the functies themselves, outside any overleg. A
// test proves that they are those that the policies open: none less, none more.
var gewoneWegen = []weg{
	{begrip.DoelBeoordelen, begrip.GrondWmo516}, {begrip.DoelBeoordelen, begrip.GrondWmo526}, {begrip.DoelBeoordelen, "WGS-ZVH"},
	{begrip.DoelEigenMelding, begrip.GrondUb417}, {begrip.DoelEigenMelding, "WGS-ZVH"}, {begrip.DoelVTMelding, begrip.GrondWmo526}, {begrip.DoelVTMelding, begrip.GrondWmo516},
	{begrip.DoelHulp, begrip.GrondAvg61a}, {begrip.DoelToezicht, begrip.GrondAvg24}, {begrip.DoelOvernemen, begrip.GrondWmo411},
	{begrip.DoelUitvoeren, begrip.GrondWmo411}, {begrip.DoelUitvoeren, "JW-2.3"}, {begrip.DoelUitvoeren, "JW-3.1"}, {begrip.DoelUitvoeren, begrip.GrondJw7311}, {begrip.DoelUitvoeren, "WGS-ZVH"}, {begrip.DoelUitvoeren, "AVG-6-1-e"},
}

// wegen adds to those what the samenwerkingsverband of the zaak has for a kind
// of organisation.
func (z *Inzage) wegen(f *waarborg.Feiten, rec dossier.Record, k samenwerkingsverband.Klasse, soort begrip.OrganisatieSoort) []weg {
	uit := slices.Clone(gewoneWegen)
	if d, ok := z.definitie(f.Verband(rec.Zaak)); ok {
		for _, x := range d.WieKan(k) {
			if w := (weg{x.Doel, x.Grondslag}); x.Soort == soort && !slices.Contains(uit, w) {
				uit = append(uit, w)
			}
		}
	}
	return uit
}

func (z *Inzage) definitie(zv *waarborg.Zaakverband) (*samenwerkingsverband.Definitie, bool) {
	if zv == nil {
		return nil, false
	}
	return z.cfg.Verbanden.Definitie(zv.Samenwerkingsverband)
}

// beste gives the way with the highest level; when there is none, the refusal
// of the first way.
func (z *Inzage) beste(ctx context.Context, s Soort, rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten, ws []weg) (weg, toegang.Besluit, error) {
	var uit toegang.Besluit
	var met weg
	for i, w := range ws {
		l.Doel, l.Grondslag = w.doel, w.grond
		laag := begrip.NiveauBestaan
		b, err := z.besluit(ctx, s, rec, l, f, &laag)
		if err == nil && b.Toegestaan {
			b, err = z.besluit(ctx, s, rec, l, f, nil)
		}
		if err != nil {
			return met, b, err
		}
		if i == 0 || b.Toegestaan && (!uit.Toegestaan || b.Niveau > uit.Niveau) {
			uit, met = b, w
		}
	}
	return met, uit, nil
}

// WieKan tells who could see a record of ours now, of orgs: by the real policy,
// for every role and every way that the law and the overleg of its zaak know;
// and whom something is in the way, with what is missing. The question itself
// is logged as a look by l.
func (z *Inzage) WieKan(ctx context.Context, l toegang.Lezer, s Soort, id string, orgs []begrip.Organisatie) (Kring, error) {
	rec, err := z.cfg.Dossier.Lees(ctx, s.Naam, id, time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return Kring{}, nergens()
	}
	if err != nil {
		return Kring{}, err
	}
	f, err := z.feiten(ctx, toegang.Lezer{}, rec)
	if err != nil {
		return Kring{}, err
	}
	k := Kring{Op: f.Nu, Klasse: s.klasse(rec), Kijkers: []Kijker{}}
	zv := f.Verband(rec.Zaak)
	if zv != nil {
		k.Samenwerkingsverband = zv.Samenwerkingsverband
	}
	for _, o := range orgs {
		if o.Soort == begrip.Burgerportaal || o.Soort == begrip.Ketenbeheerder || !z.partij(s, rec, o.OIN) && !doetMee(zv, o.OIN) {
			continue
		}
		ks, err := z.kijkersBij(ctx, s, rec, f, k.Klasse, o)
		if err != nil {
			return Kring{}, err
		}
		k.Kijkers = append(k.Kijkers, ks...)
	}
	k.Kijkers = append(k.Kijkers, z.nogNiet(s, rec, f, k.Klasse, zv, orgs)...)
	return k, z.logSimulatie(ctx, l, rec)
}

// Verbanden are the definitions that decide here.
func (z *Inzage) Verbanden() *samenwerkingsverband.Verzameling { return z.cfg.Verbanden }

func doetMee(zv *waarborg.Zaakverband, oin begrip.OIN) bool {
	return zv != nil && slices.ContainsFunc(zv.Deelnemers, func(d waarborg.Deelname) bool { return d.Organisatie == oin })
}

// kijkersBij gives per role at o the best way to the record; one refusal when it
// is withheld from o.
func (z *Inzage) kijkersBij(ctx context.Context, s Soort, rec dossier.Record, f *waarborg.Feiten, k samenwerkingsverband.Klasse, o begrip.Organisatie) ([]Kijker, error) {
	if a := f.Afgeschermd(s.Naam, rec.ID, toegang.Lezer{Organisatie: o}); a != nil {
		reden := toegang.Reden{Tekst: "Dit is voor deze organisatie afgeschermd: " + a.Reden.Naam() + ".", Artikel: a.Reden.Artikel()}
		return []Kijker{{Organisatie: o.OIN, Naam: o.Naam, Soort: o.Soort, Redenen: []toegang.Reden{reden}, Nodig: []string{}}}, nil
	}
	var uit []Kijker
	ws := z.wegen(f, rec, k, o.Soort)
	for _, rol := range begrip.Rollen() {
		l := toegang.Lezer{Organisatie: o, Rol: rol, Zaak: rec.Zaak}
		if rol == begrip.RolOuder || rol == begrip.RolJongere {
			continue
		}
		w, b, err := z.beste(ctx, s, rec, l, f, ws)
		if err != nil {
			return nil, err
		}
		if !b.Toegestaan {
			continue
		}
		x := Kijker{Organisatie: o.OIN, Naam: o.Naam, Soort: o.Soort, Functie: rol, Doel: w.doel, Grondslag: w.grond, Niveau: b.Niveau, Ziet: true, Redenen: b.Redenen, Nodig: []string{}}
		uit = append(uit, x)
	}
	return uit, nil
}

// nogNiet gives the lines of the definition that do not open now: why not for
// who takes part, and for the other kinds that they do not take part.
func (z *Inzage) nogNiet(s Soort, rec dossier.Record, f *waarborg.Feiten, k samenwerkingsverband.Klasse, zv *waarborg.Zaakverband, orgs []begrip.Organisatie) []Kijker {
	d, ok := z.definitie(zv)
	if !ok {
		return nil
	}
	var uit []Kijker
	for _, in := range d.WieKan(k) {
		if in.Rol == samenwerkingsverband.RolBurger {
			continue
		}
		niemand := true
		for _, o := range orgs {
			l := toegang.Lezer{Organisatie: o, Zaak: rec.Zaak, Doel: in.Doel, Grondslag: in.Grondslag}
			look := waarborg.Look{Zaak: rec.Zaak, Klasse: k, Bron: z.cfg.Organisatie.Soort, Personen: s.over(rec)}
			if s.Deel != nil {
				look.Deel = s.Deel(rec, l)
			}
			v := f.Vraag(zv, look, l)
			if o.Soort != in.Soort || v.Rol != in.Rol {
				continue
			}
			niemand = false
			if u := d.Toets(v); !u.Toegestaan {
				x := kijker(in)
				x.Organisatie, x.Naam, x.Redenen = o.OIN, o.Naam, u.Redenen
				uit = append(uit, x)
			}
		}
		if niemand {
			x := kijker(in)
			x.Redenen = []toegang.Reden{{Tekst: "Er doet in deze zaak geen organisatie van deze soort in deze rol mee."}}
			uit = append(uit, x)
		}
	}
	return uit
}

func kijker(in samenwerkingsverband.Kijker) Kijker {
	return Kijker{Soort: in.Soort, Rol: in.Rol, Doel: in.Doel, Grondslag: in.Grondslag, Niveau: in.Niveau, Redenen: []toegang.Reden{}, Nodig: in.Nodig()}
}

// WieKanVooraf tells who could see information of a kind in a samenwerkingsverband
// before anything is on record: who, and what must then be on record.
func (z *Inzage) WieKanVooraf(verband string, k samenwerkingsverband.Klasse) (Kring, error) {
	d, ok := z.cfg.Verbanden.Definitie(verband)
	if !ok {
		return Kring{}, begrip.NieuweFout(begrip.NietGevonden, "Dit samenwerkingsverband is er niet.")
	}
	uit := Kring{Op: time.Now().UTC(), Klasse: k, Samenwerkingsverband: verband, Kijkers: []Kijker{}}
	for _, in := range d.WieKan(k) {
		uit.Kijkers = append(uit.Kijkers, kijker(in))
	}
	return uit, nil
}

// WatKon tells what wie could have known at op of our records about a person or
// in a zaak: by the versions and the facts that this node had on record then
// and the rules of now, since old rules are not kept; and when wie really
// looked, until op. Doel and Grondslag of wie may be left out: then every way
// counts; without Persoon, the looks of the whole organisation in that role.
// The question itself is logged as a look by l at each record.
func (z *Inzage) WatKon(ctx context.Context, l, wie toegang.Lezer, op time.Time, over begrip.BSN, zaak string) (Kennis, error) {
	recs, err := z.toen(ctx, op, over, zaak)
	if err != nil {
		return Kennis{}, err
	}
	uit := Kennis{Op: op.UTC(), Gegevens: []Gekend{}, Volledig: len(recs) <= MaxGesimuleerd}
	recs = recs[:min(len(recs), MaxGesimuleerd)]
	f, err := z.feitenOp(ctx, op, toegang.Lezer{}, recs...)
	if err != nil {
		return Kennis{}, err
	}
	keren, heel, err := z.keren(ctx, wie, op, recs)
	if err != nil {
		return Kennis{}, err
	}
	uit.Volledig = uit.Volledig && heel
	for _, rec := range recs {
		g, err := z.kende(ctx, wie, f, rec)
		if err != nil {
			return Kennis{}, err
		}
		g.Gekeken = append([]Keer{}, keren[rec.Soort+"/"+rec.ID]...)
		uit.Gegevens = append(uit.Gegevens, g)
	}
	return uit, z.logSimulatie(ctx, l, recs...)
}

// toen gives our records as they were at op, one more than counts.
func (z *Inzage) toen(ctx context.Context, op time.Time, over begrip.BSN, zaak string) ([]dossier.Record, error) {
	var namen []string
	for _, s := range z.alleSoorten() {
		namen = append(namen, s.Naam)
	}
	recs, err := z.cfg.Dossier.VerwantOp(ctx, op, namen, []begrip.BSN{over}, []string{zaak})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(recs, func(a, b dossier.Record) int {
		return cmp.Or(b.VastgelegdOp.Compare(a.VastgelegdOp), cmp.Compare(a.ID, b.ID))
	})
	recs = recs[:min(len(recs), MaxGesimuleerd+1)]
	for i, r := range recs { // Verwant leaves out whom they are about
		if recs[i], err = z.cfg.Dossier.Lees(ctx, r.Soort, r.ID, op); err != nil {
			return nil, err
		}
	}
	return recs, nil
}

// kende decides about one record as it was.
func (z *Inzage) kende(ctx context.Context, wie toegang.Lezer, f *waarborg.Feiten, rec dossier.Record) (Gekend, error) {
	s, _ := z.VanSoort(rec.Soort)
	g := Gekend{Soort: rec.Soort, Titel: s.Titel, ID: rec.ID, Versie: rec.Versie, Redenen: []toegang.Reden{}}
	if a := f.Afgeschermd(rec.Soort, rec.ID, wie); a != nil {
		g.Redenen = append(g.Redenen, toegang.Reden{Tekst: "Dit was afgeschermd: " + a.Reden.Naam() + ".", Artikel: a.Reden.Artikel()})
		return g, nil
	}
	ws := []weg{{wie.Doel, wie.Grondslag}}
	if wie.Doel == "" {
		ws = z.wegen(f, rec, s.klasse(rec), wie.Organisatie.Soort)
	}
	if wie.Zaak == "" {
		wie.Zaak = rec.Zaak
	}
	w, b, err := z.beste(ctx, s, rec, wie, f, ws)
	if err != nil {
		return g, err
	}
	g.Redenen = append(g.Redenen, b.Redenen...)
	if b.Toegestaan {
		g.Toegestaan, g.Niveau, g.Doel, g.Grondslag = true, b.Niveau, w.doel, w.grond
	}
	return g, nil
}

// maxKeren is how many lines of the log about one person are gone through.
const maxKeren = 5000

// keren gives the looks of wie until op, by soort/id; heel is that none can be
// missing.
func (z *Inzage) keren(ctx context.Context, wie toegang.Lezer, op time.Time, recs []dossier.Record) (uit map[string][]Keer, heel bool, err error) {
	uit, heel = map[string][]Keer{}, true
	gezien, gehad := map[string]bool{}, map[begrip.BSN]bool{}
	for _, rec := range recs {
		heel = heel && len(rec.Personen) > 0 // the log is searched by person
		for _, b := range rec.Personen {
			if gehad[b] {
				continue
			}
			gehad[b] = true
			rs, err := z.cfg.Dossier.LogVoorPersoon(ctx, b, maxKeren)
			if err != nil {
				return nil, false, err
			}
			heel = heel && len(rs) < maxKeren
			for _, r := range rs {
				if gezien[r.ID] || !r.Toegestaan || r.Richting != dossier.Gegeven || r.LezerOIN != wie.Organisatie.OIN || r.Tijdstip.After(op) ||
					wie.Persoon != "" && r.Persoon != wie.Persoon || wie.Persoon == "" && r.Rol != wie.Rol {
					continue
				}
				gezien[r.ID] = true
				for _, id := range append(slices.Clone(r.Lijst), r.RecordID) {
					k := r.Soort + "/" + id
					uit[k] = append(uit[k], Keer{r.Tijdstip, r.Naam, r.Niveau, noodgebruikt(r)})
				}
			}
		}
	}
	for _, ks := range uit {
		slices.SortFunc(ks, func(a, b Keer) int { return b.Tijdstip.Compare(a.Tijdstip) })
	}
	return uit, heel, nil
}

// logSimulatie writes that l asked who could see these records: a look at their
// existence, for which the family can call l to account. Without the lines
// there is no answer.
func (z *Inzage) logSimulatie(ctx context.Context, l toegang.Lezer, recs ...dossier.Record) error {
	err := z.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		for _, rec := range recs {
			s, _ := z.VanSoort(rec.Soort)
			r := z.regel(ctx, dossier.Gegeven, l)
			r.Doel, r.Grondslag, r.Soort, r.RecordID, r.Betrokkenen = begrip.DoelToezicht, begrip.GrondAvg24, rec.Soort, rec.ID, rec.Personen
			r.Niveau, r.Toegestaan = begrip.NiveauBestaan, true
			r.BronAfgeschermd = s.Afgeschermd != nil && s.Afgeschermd(rec)
			if err := tx.Log(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return geenLog(err)
	}
	return nil
}
