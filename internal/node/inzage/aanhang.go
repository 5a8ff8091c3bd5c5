package inzage

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

// kopGegeven tells which version of what an answer is, so that who makes something
// of it can say what that rests on, and whether something sticks to it:
// "melding; versie=3; hash=9f…; aanhang=51…". What sticks to it stands in no
// header: the reader's node asks for it.
const kopGegeven = "Gegeven"

var gegevenVorm = regexp.MustCompile(`^([a-z][a-z-]{0,59}); versie=([1-9][0-9]{0,8}); hash=([0-9a-f]{64})(?:; aanhang=([0-9a-f]{1,64}))?$`)

func schrijfGegeven(v begrip.Verwijzing, aanhang string) string {
	if v.Versie == 0 {
		return ""
	}
	s := v.Soort + "; versie=" + strconv.Itoa(v.Versie) + "; hash=" + v.Hash
	if aanhang != "" {
		s += "; aanhang=" + aanhang
	}
	return s
}

// leesGegeven reads the header of an answer to a question for v. A source that
// sends none is an older one: nothing is known of a version or of what sticks.
func leesGegeven(kop string, v begrip.Verwijzing) (_ begrip.Verwijzing, aanhang string) {
	d := gegevenVorm.FindStringSubmatch(kop)
	if d == nil {
		return v, ""
	}
	v.Soort, v.Hash = d[1], d[3]
	v.Versie, _ = strconv.Atoi(d[2]) // at most nine digits
	return v, d[4]
}

// grond is what a record of ours has of what it rests on here, as its kinds tell.
type grond struct {
	dicht bool // the family may not learn who one of these is from
}

// grondVan reads them; nothing is read for a record that rests on nothing.
func (z *Inzage) grondVan(ctx context.Context, f *waarborg.Feiten, soort, id string) (g grond, err error) {
	for _, v := range f.RustOp(soort, id) {
		s, ok := z.VanSoort(v.Soort)
		if v.Bron != z.cfg.Organisatie.OIN || !ok || s.Afgeschermd == nil {
			continue
		}
		rec, err := z.cfg.Dossier.Lees(ctx, v.Soort, v.ID(), time.Time{})
		if begrip.Is(err, begrip.NietGevonden) {
			continue // erased: there is nothing left to protect
		}
		if err != nil {
			return g, err
		}
		g.dicht = g.dicht || s.Afgeschermd(rec)
	}
	return g, nil
}

// aanhang gives what sticks to rec for a reader at another organisation.
func (z *Inzage) aanhang(f *waarborg.Feiten, soort Soort, rec dossier.Record, g grond, bij begrip.Organisatie) waarborg.Aanhang {
	a := f.Aanhang(soort.Naam, rec.ID)
	a.BronDicht = g.dicht || soort.Afgeschermd != nil && soort.Afgeschermd(rec)
	if !bij.Soort.MagBSN() {
		a = a.ZonderBSN()
	}
	return a.Merk(rec.Zout)
}

// Aanhang gives the node of an organisation what sticks to a record that it read
// here: it must carry that out in whatever it made of it. To who never read the
// record, or from whom it is withheld, the record is not there. Logged like a
// look, and shown to nobody of the family.
func (z *Inzage) Aanhang(ctx context.Context, soort Soort, id string, l toegang.Lezer) (waarborg.Aanhang, error) {
	begin := time.Now()
	var uit waarborg.Aanhang
	rec, err := z.cfg.Dossier.Lees(ctx, soort.Naam, id, time.Time{})
	weg := begrip.Is(err, begrip.NietGevonden)
	if err != nil && !weg {
		return uit, err
	}
	f, err := z.feiten(ctx, l, rec)
	if err != nil {
		return uit, err
	}
	lezers, err := z.cfg.Dossier.LezersVan(ctx, dossier.Sleutel{Soort: soort.Naam, ID: id})
	if err != nil {
		return uit, err
	}
	las := slices.ContainsFunc(lezers, func(g dossier.Gelezen) bool { return g.Organisatie == l.Organisatie.OIN })
	mag := !weg && las && l.Burger.IsZero() && f.Afgeschermd(soort.Naam, id, l) == nil
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.RecordID, regel.Betrokkenen, regel.Toegestaan, regel.BronAfgeschermd = waarborg.LogAanhang, id, rec.Personen, mag, true
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return uit, geenLog(err)
	}
	if !mag {
		wachtTotMaat(ctx, begin)
		return uit, nergens()
	}
	g, err := z.grondVan(ctx, f, soort.Naam, id)
	if err != nil {
		return uit, err
	}
	return z.aanhang(f, soort, rec, g, l.Organisatie), nil
}

// neem sees to it that what sticks to record v of another source is on record
// here, before anything can be made of it. kenmerk is what the source says now:
// when that is what we have, nothing is asked.
func (z *Inzage) neem(ctx context.Context, v begrip.Verwijzing, kenmerk string) error {
	oud, err := z.cfg.Waarborgen.AanhangVan(ctx, v)
	if err != nil || oud.Kenmerk == kenmerk && !oud.Onbekend {
		return err
	}
	if kenmerk == "" {
		_, err := z.bewaar(ctx, waarborg.Aanhang{Over: v})
		return err
	}
	return z.HaalAanhang(ctx, v)
}

// HaalAanhang asks the source of v what sticks to it, and keeps that. When the
// source does not tell, what we made of it is closed for the family until it
// does; the error then says why, and is BronAntwoordtNiet when trying again helps.
func (z *Inzage) HaalAanhang(ctx context.Context, v begrip.Verwijzing) error {
	a, err := z.vraagAanhang(ctx, v)
	if err != nil {
		if fout := z.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error { return z.cfg.Waarborgen.SluitAanhang(ctx, tx, v) }); fout != nil {
			return fout
		}
		return err
	}
	a.Over = v
	_, err = z.bewaar(ctx, a)
	return err
}

// bewaar keeps what sticks to a record of another source, and tells who read what
// we made of it when that is something else than before.
func (z *Inzage) bewaar(ctx context.Context, a waarborg.Aanhang) (gewijzigd bool, err error) {
	err = z.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) (err error) {
		if gewijzigd, err = z.cfg.Waarborgen.BewaarAanhang(ctx, tx, a); err != nil || !gewijzigd {
			return err
		}
		return z.cfg.Waarborgen.Verspreid(ctx, tx, a.Over, nil)
	})
	return gewijzigd, err
}

func (z *Inzage) vraagAanhang(ctx context.Context, v begrip.Verwijzing) (a waarborg.Aanhang, err error) {
	org, api, ok := z.cfg.Deelnemer(v.Bron)
	if !ok || api == "" || !padVorm.MatchString(v.Pad) {
		return a, begrip.NieuweFout(begrip.BronAntwoordtNiet, "Deze bron staat niet in het register.")
	}
	_, ctx = Spoor(ctx)
	l := toegang.Lezer{Organisatie: z.cfg.Organisatie, Persoon: "systeem", Naam: "systeem van " + z.cfg.Organisatie.Naam,
		Rol: begrip.RolSysteem, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24}
	regel := z.regel(ctx, dossier.Bekeken, l)
	regel.Bron, regel.Soort, regel.RecordID, regel.Toegestaan, regel.BronAfgeschermd = v.Bron, waarborg.LogAanhang, v.ID(), true, true
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return a, geenLog(err)
	}
	stil := begrip.NieuweFout(begrip.BronAntwoordtNiet, "%s antwoordt nu niet. Probeer het later nog eens.", org.Naam)
	ctx, klaar := context.WithTimeout(toegang.Naar(ctx, v.Bron), wachttijd)
	defer klaar()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, Basis(api)+v.Pad+"/aanhang", nil)
	if err != nil {
		return a, stil.Door(err)
	}
	verklaring, err := z.cfg.Identiteit.Verklaring(l, v.Bron, time.Now())
	if err != nil {
		return a, begrip.FoutVan(err)
	}
	r.Header.Set("Authorization", "Bearer "+verklaring)
	r.Header.Set("Accept", "application/json")
	resp, err := z.client.Do(r)
	if err != nil {
		return a, stil.Door(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxInhoud))
	if err != nil {
		return a, stil.Door(err)
	}
	if resp.StatusCode != http.StatusOK {
		_, err := weigering(org, resp, b)
		return a, err
	}
	if json.Unmarshal(b, &a) != nil || a.Onbekend {
		return waarborg.Aanhang{}, stil
	}
	return a, nil
}

// verwijst gives what an answer of another source is about, as far as the
// question tells.
func verwijst(bron begrip.OIN, soort, pad string) begrip.Verwijzing {
	for n := begrip.NiveauBestaan; n <= begrip.NiveauInhoud; n++ {
		pad = strings.TrimSuffix(pad, "/niveau"+strconv.Itoa(int(n)))
	}
	return begrip.Verwijzing{Bron: bron, Soort: soort, Pad: pad}
}

// Gevolgen is what follows from withholding a record of ours: what already rests
// on it here, and which organisations read it, or what rests on it.
type Gevolgen struct {
	Gegevens []Gevolg  `json:"gegevens" nullable:"false" doc:"Gegevens hier die erop rusten: die worden mee afgeschermd"`
	Lezers   []Gelezen `json:"lezers" nullable:"false" doc:"Organisaties die het lazen: die krijgen bericht, zonder inhoud"`
}

// Gevolg is a record of ours that rests on another one.
type Gevolg struct {
	Soort string    `json:"soort"`
	Titel string    `json:"titel"`
	ID    string    `json:"id"`
	Sinds time.Time `json:"sinds"`
}

// Gelezen is that an organisation read something.
type Gelezen struct {
	Organisatie begrip.OIN `json:"organisatie"`
	Naam        string     `json:"naam"`
	Keren       int        `json:"keren"`
	Laatst      time.Time  `json:"laatst"`
}

// Gevolgen tells what follows from withholding a record, before it counts. The
// question is logged, and shown to nobody of the family.
func (z *Inzage) Gevolgen(ctx context.Context, l toegang.Lezer, soort Soort, id string) (Gevolgen, error) {
	uit := Gevolgen{Gegevens: []Gevolg{}, Lezers: []Gelezen{}}
	rec, err := z.cfg.Dossier.Lees(ctx, soort.Naam, id, time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return uit, nergens()
	}
	if err != nil {
		return uit, err
	}
	recs, err := z.cfg.Dossier.Afgeleid(ctx, begrip.Verwijzing{Bron: z.cfg.Organisatie.OIN, Soort: soort.Naam, Pad: soort.Pad + "/" + id})
	if err != nil {
		return uit, err
	}
	for _, r := range recs {
		uit.Gegevens = append(uit.Gegevens, Gevolg{r.Soort, z.Titel(r.Soort), r.ID, r.GeldigVanaf})
	}
	for _, r := range append([]dossier.Record{rec}, recs...) {
		lezers, err := z.cfg.Dossier.LezersVan(ctx, r.Sleutel())
		if err != nil {
			return uit, err
		}
		for _, g := range lezers {
			uit.tel(g, z.cfg.Organisatie.OIN)
		}
	}
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Doel, regel.Grondslag, regel.Soort, regel.RecordID, regel.Betrokkenen = begrip.DoelToezicht, begrip.GrondAvg24, waarborg.LogAanhang, id, rec.Personen
	regel.Niveau, regel.Toegestaan, regel.BronAfgeschermd = begrip.NiveauBestaan, true, true
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return uit, geenLog(err)
	}
	return uit, nil
}

// tel adds the looks of an organisation other than us.
func (g *Gevolgen) tel(x dossier.Gelezen, wij begrip.OIN) {
	if x.Organisatie == wij {
		return
	}
	i := slices.IndexFunc(g.Lezers, func(y Gelezen) bool { return y.Organisatie == x.Organisatie })
	if i < 0 {
		g.Lezers = append(g.Lezers, Gelezen{x.Organisatie, x.Naam, x.Keren, x.Laatst})
		return
	}
	g.Lezers[i].Keren += x.Keren
	if x.Laatst.After(g.Lezers[i].Laatst) {
		g.Lezers[i].Laatst = x.Laatst
	}
}

// IsDicht tells that records of ours, or anything they rest on, are withheld from
// anybody: what a rule must not answer from without a person.
func (z *Inzage) IsDicht(ctx context.Context, recs ...dossier.Record) (func(dossier.Record) bool, error) {
	f, err := z.feiten(ctx, toegang.Lezer{}, recs...)
	if err != nil {
		return nil, err
	}
	return func(rec dossier.Record) bool { return f.Dicht(rec.Soort, rec.ID) }, nil
}

// DichtVoor tells which records are withheld from organisation bij.
func (z *Inzage) DichtVoor(ctx context.Context, bij begrip.Organisatie, recs ...dossier.Record) (func(dossier.Record) bool, error) {
	l := toegang.Lezer{Organisatie: bij}
	f, err := z.feiten(ctx, l, recs...)
	if err != nil {
		return nil, err
	}
	return func(rec dossier.Record) bool { return f.Afgeschermd(rec.Soort, rec.ID, l) != nil }, nil
}
