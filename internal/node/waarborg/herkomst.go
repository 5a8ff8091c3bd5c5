package waarborg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// LogAanhang is what the verwerkingenlog calls a question what sticks to a record.
const LogAanhang = "aanhang"

// soortAanhang is the kind of record in which is kept what sticks to a record of
// another source.
const soortAanhang = "aanhang"

// Aanhang is what sticks to a record, whoever makes something of it: for whom it
// is withheld. It never says why. Protected values mask themselves (begrip).
type Aanhang struct {
	// Over is the record; filled in by who keeps this.
	Over begrip.Verwijzing `json:"over,omitzero" required:"false"`
	// Kenmerk changes when the rest does; empty: nothing sticks to it.
	Kenmerk       string     `json:"kenmerk,omitempty" required:"false" maxLength:"64"`
	Afschermingen []Nietvoor `json:"afschermingen,omitempty" required:"false" nullable:"false" maxItems:"500"`
	BronDicht     bool       `json:"bronAfgeschermd,omitempty" required:"false" doc:"Het gezin mag niet weten van wie dit gegeven is"`
	Onbekend      bool       `json:"onbekend,omitempty" required:"false" doc:"Nog niet opgehaald: tot dan dicht voor het gezin"`
}

// Nietvoor is one withholding as another source has to carry it out.
type Nietvoor struct {
	ID        string             `json:"id" maxLength:"60" doc:"Nummer van de afscherming"`
	Tegen     []begrip.InhoudBSN `json:"tegen,omitempty" required:"false" nullable:"false" maxItems:"20" doc:"Personen die het niet zien; alleen voor wie met het burgerservicenummer mag werken"`
	Gezin     bool               `json:"gezin,omitempty" required:"false" doc:"Niemand van het gezin ziet het"`
	TegenOIN  []begrip.OIN       `json:"tegenOrganisaties,omitempty" required:"false" nullable:"false" maxItems:"50" doc:"Organisaties die het niet zien"`
	Tot       time.Time          `json:"tot,omitzero" required:"false" doc:"Wanneer dit vanzelf eindigt"`
	HerzienOp time.Time          `json:"herzienOp,omitzero" required:"false" doc:"Wanneer de bron opnieuw kijkt; tot de bron iets anders zegt, blijft het dicht"`
}

// leeg tells that nothing sticks.
func (a Aanhang) leeg() bool {
	return len(a.Afschermingen) == 0 && !a.BronDicht && !a.Onbekend
}

// Merk gives a its Kenmerk. zout keeps others from trying out what is in it.
func (a Aanhang) Merk(zout string) Aanhang {
	a.Kenmerk, a.Over = "", begrip.Verwijzing{}
	if a.leeg() {
		return a
	}
	b, _ := json.Marshal(a) // no value in it can fail
	som := sha256.Sum256(append([]byte(zout), b...))
	a.Kenmerk = hex.EncodeToString(som[:16])
	return a
}

// ZonderBSN gives a for who may not work with the burgerservicenummer: what is
// withheld from one of the family is then withheld from all of it.
func (a Aanhang) ZonderBSN() Aanhang {
	a.Afschermingen = slices.Clone(a.Afschermingen)
	for i := range a.Afschermingen {
		x := &a.Afschermingen[i]
		x.Gezin, x.Tegen = x.Gezin || len(x.Tegen) > 0, nil
	}
	return a
}

// Gronden is what some records rest on, all the way down.
type Gronden []dossier.Grond

// Gronden reads what recs rest on, as was known at op (zero: now); nil, and no
// read at all, when none of them rests on anything.
func (w *Waarborgen) Gronden(ctx context.Context, op time.Time, recs ...dossier.Record) (Gronden, error) {
	var van []dossier.Sleutel
	for _, rec := range recs {
		if rec.Rust {
			van = append(van, rec.Sleutel())
		}
	}
	return w.d.Gronden(ctx, op, van)
}

// Zaken gives where the safeguards about those records are found.
func (gs Gronden) Zaken() []string {
	var uit []string
	for _, g := range gs {
		uit = append(uit, g.Op.URN())
		if g.Zaak != "" {
			uit = append(uit, g.Zaak)
		}
	}
	return uit
}

// RegelDicht tells, as part of tx, that a record of another source that was asked
// about, or what an answer of ours rests on, is withheld from anybody, or that nobody
// knows that yet: no rule answers then.
func (w *Waarborgen) RegelDicht(ctx context.Context, tx *dossier.Tx, gevraagd begrip.Verwijzing, antwoord *begrip.Verwijzing) (bool, error) {
	a, err := aanhangVan(ctx, tx.Lees, gevraagd)
	if err != nil || len(a.Afschermingen) > 0 || a.Onbekend {
		return true, err
	}
	if antwoord == nil {
		return false, nil
	}
	gs, err := tx.Gronden(ctx, time.Time{}, []dossier.Sleutel{{Soort: antwoord.Soort, ID: antwoord.ID()}})
	if err != nil {
		return true, err
	}
	f, err := w.Laad(ctx, nil, Gronden(gs).Zaken())
	if err != nil {
		return true, err
	}
	f.Rust(gs)
	return f.Dicht(antwoord.Soort, antwoord.ID()), nil
}

// Rust lets f know what the records of a request rest on. What is withheld there,
// is withheld here.
func (f *Feiten) Rust(gs Gronden) {
	if len(gs) == 0 {
		return
	}
	f.op = map[dossier.Sleutel][]begrip.Verwijzing{}
	for _, g := range gs {
		f.op[g.Van] = append(f.op[g.Van], g.Op)
	}
}

// RustOp gives what a record rests on, each once, nearest first; circles end.
func (f *Feiten) RustOp(soort, id string) []begrip.Verwijzing {
	begin := dossier.Sleutel{Soort: soort, ID: id}
	if len(f.op[begin]) == 0 {
		return nil
	}
	var uit []begrip.Verwijzing
	gezien := map[dossier.Sleutel]bool{begin: true}
	for rij := []dossier.Sleutel{begin}; len(rij) > 0; rij = rij[1:] {
		for _, v := range f.op[rij[0]] {
			s := dossier.Sleutel{Soort: v.Soort, ID: v.ID()}
			if gezien[s] {
				continue
			}
			gezien[s] = true
			uit, rij = append(uit, v), append(rij, s)
		}
	}
	return uit
}

// RedenElders is why a record is withheld that rests on what another source
// withholds: that source does not tell why.
const RedenElders AfschermReden = "elders"

// Tegen gives the safeguard of a that withholds its record from l; nil when none
// does. What is not known closes it for the family.
func (a *Aanhang) Tegen(l toegang.Lezer, wie []begrip.BSN, nu time.Time) *Afscherming {
	uit := &Afscherming{Reden: RedenElders, Onderwerp: Onderwerp{a.Over.Soort, a.Over.ID()}, HerzienOp: nu.AddDate(1, 0, 0)}
	if a.Onbekend && !l.Burger.IsZero() {
		return uit
	}
	for _, x := range a.Afschermingen {
		if !x.Tot.IsZero() && !nu.Before(x.Tot) {
			continue
		}
		if x.Gezin && !l.Burger.IsZero() || slices.Contains(x.TegenOIN, l.Organisatie.OIN) ||
			slices.ContainsFunc(x.Tegen, func(b begrip.InhoudBSN) bool { return slices.Contains(wie, b.BSN) }) {
			return uit
		}
	}
	return nil
}

// aanhang gives what is kept of a record of another source; nil is nothing.
func (f *Feiten) aanhang(v begrip.Verwijzing) *Aanhang {
	for _, a := range f.aanhangen {
		if a.Over.Bron == v.Bron && a.Over.Soort == v.Soort && a.Over.Pad == v.Pad {
			return a
		}
	}
	return nil
}

// Aanhang gives what sticks to a record of ours by what is on record: its own
// withholdings, and those of all it rests on.
func (f *Feiten) Aanhang(soort, id string) Aanhang {
	var uit Aanhang
	voeg := func(x Nietvoor) {
		if !slices.ContainsFunc(uit.Afschermingen, func(y Nietvoor) bool { return y.ID == x.ID }) {
			uit.Afschermingen = append(uit.Afschermingen, x)
		}
	}
	for _, a := range f.afschermingen {
		if !f.over(a, soort, id) {
			continue
		}
		x := Nietvoor{ID: a.ID, Tegen: a.Tegen, TegenOIN: a.TegenOIN, HerzienOp: a.HerzienOp}
		if afschermRegels[a.Reden].vanzelf {
			x.Tot = a.HerzienOp
		}
		voeg(x)
	}
	for _, v := range f.RustOp(soort, id) {
		a := f.aanhang(v)
		if a == nil {
			continue
		}
		if a.Onbekend {
			voeg(Nietvoor{ID: aanhangID(v), Gezin: true})
		}
		for _, x := range a.Afschermingen {
			voeg(x)
		}
	}
	slices.SortFunc(uit.Afschermingen, func(a, b Nietvoor) int { return strings.Compare(a.ID, b.ID) })
	return uit
}

// over tells that a withholds the record, or something it rests on.
func (f *Feiten) over(a *Afscherming, soort, id string) bool {
	if a.Onderwerp.Soort == soort && a.Onderwerp.ID == id {
		return true
	}
	return slices.ContainsFunc(f.RustOp(soort, id), func(v begrip.Verwijzing) bool { return a.Onderwerp.Soort == v.Soort && a.Onderwerp.ID == v.ID() })
}

// BronnenDicht gives the sources that the family may not learn of, of what a
// record rests on.
func (f *Feiten) BronnenDicht(soort, id string) []begrip.OIN {
	var uit []begrip.OIN
	for _, v := range f.RustOp(soort, id) {
		if a := f.aanhang(v); a != nil && (a.BronDicht || a.Onbekend) {
			uit = append(uit, v.Bron)
		}
	}
	return uit
}

// aanhangID is under which number is kept what sticks to v.
func aanhangID(v begrip.Verwijzing) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(string(v.Bron)+v.Pad)).String()
}

// AanhangVan gives what is kept of what sticks to a record of another source;
// nothing sticks to what is not on record.
func (w *Waarborgen) AanhangVan(ctx context.Context, v begrip.Verwijzing) (Aanhang, error) {
	return aanhangVan(ctx, w.d.Lees, v)
}

func aanhangVan(ctx context.Context, uit func(context.Context, string, string, time.Time) (dossier.Record, error), v begrip.Verwijzing) (Aanhang, error) {
	rec, err := uit(ctx, soortAanhang, aanhangID(v), time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return Aanhang{Over: v}, nil
	}
	if err != nil {
		return Aanhang{}, err
	}
	a, err := lees[Aanhang](rec)
	return *a, err
}

// SluitAanhang closes, as part of tx, for the family what was made of record v of
// another source, until what sticks to it is known again.
func (w *Waarborgen) SluitAanhang(ctx context.Context, tx *dossier.Tx, v begrip.Verwijzing) error {
	a, err := aanhangVan(ctx, tx.Lees, v)
	if err != nil {
		return err
	}
	a.Over, a.Onbekend = v, true
	_, err = w.BewaarAanhang(ctx, tx, a)
	return err
}

// BewaarAanhang keeps what sticks to the record a.Over of another source, in tx;
// gewijzigd tells that it was something else before. Withholdings that are our
// own and came back in a circle are left out: we know those better.
func (w *Waarborgen) BewaarAanhang(ctx context.Context, tx *dossier.Tx, a Aanhang) (gewijzigd bool, err error) {
	a.Over.Versie, a.Over.Hash = 0, ""
	var blijft []Nietvoor
	for _, x := range a.Afschermingen {
		if _, err := tx.Lees(ctx, SoortAfscherming.Naam, x.ID, time.Time{}); err == nil {
			continue
		} else if !begrip.Is(err, begrip.NietGevonden) {
			return false, err
		}
		blijft = append(blijft, x)
	}
	a.Afschermingen = blijft
	inhoud, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	versie := 0
	rec, err := tx.Lees(ctx, soortAanhang, aanhangID(a.Over), time.Time{})
	switch {
	case err == nil && string(rec.Inhoud) == string(inhoud):
		return false, nil
	case err == nil:
		versie = rec.Versie
	case !begrip.Is(err, begrip.NietGevonden):
		return false, err
	case a.leeg():
		return false, nil
	}
	var wie []begrip.BSN
	for _, x := range a.Afschermingen {
		wie = append(wie, leesbaar(x.Tegen)...)
	}
	_, err = tx.Schrijf(ctx, dossier.Record{Soort: soortAanhang, ID: aanhangID(a.Over), Versie: versie, Zaak: a.Over.URN(), Door: string(a.Over.Bron), Personen: wie, Inhoud: inhoud})
	return true, err
}
