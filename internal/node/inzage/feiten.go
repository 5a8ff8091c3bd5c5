package inzage

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// feiten reads, once for all records of a request, what is on record now about
// everybody in them, their zaken and the reader.
func (z *Inzage) feiten(ctx context.Context, l toegang.Lezer, recs ...dossier.Record) (*waarborg.Feiten, error) {
	return z.feitenOp(ctx, time.Time{}, l, recs...)
}

// feitenOp is feiten as it was at op; the zero time means now.
func (z *Inzage) feitenOp(ctx context.Context, op time.Time, l toegang.Lezer, recs ...dossier.Record) (*waarborg.Feiten, error) {
	personen := []begrip.BSN{l.Burger, l.Namens}
	var zaken []string
	for _, rec := range recs {
		personen = append(personen, rec.Personen...)
		zaken = append(zaken, rec.Zaak, "urn:soh:"+rec.Soort+":"+rec.ID)
	}
	gronden, err := z.cfg.Waarborgen.Gronden(ctx, op, recs...)
	if err != nil {
		return nil, err
	}
	zaken = append(zaken, gronden.Zaken()...)
	slices.Sort(zaken)
	zaken = slices.Compact(zaken)
	var f *waarborg.Feiten
	if op.IsZero() {
		f, err = z.cfg.Waarborgen.LaadVoor(ctx, l, personen, zaken, z.meldingsoorten()...)
	} else { // what was known then; the register tells only what is now
		f, err = z.cfg.Waarborgen.LaadOp(ctx, op, personen, zaken, z.meldingsoorten()...)
	}
	if err != nil {
		return nil, err
	}
	f.Rust(gronden)
	for _, rec := range recs {
		if s, ok := z.soort(func(s Soort) bool { return s.Naam == rec.Soort }); ok && s.Betrokkenen != nil {
			for _, b := range s.Betrokkenen(rec) {
				f.Geboren(b.Burgerservicenummer.BSN, b.Geboren())
			}
		}
	}
	return f, nil
}

// meldingsoorten are the kinds that prove a melding.
func (z *Inzage) meldingsoorten() []string {
	var uit []string
	for _, s := range z.alleSoorten() {
		if s.Melding {
			uit = append(uit, s.Naam)
		}
	}
	return uit
}

func (s Soort) klasse(rec dossier.Record) samenwerkingsverband.Klasse {
	if s.Klasse == nil {
		return samenwerkingsverband.Hulp
	}
	return s.Klasse(rec)
}

// invoer is the policy input, the same for every kind, with its Feiten.
func (z *Inzage) invoer(soort Soort, rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten, n begrip.Niveau) toegang.Invoer {
	in := toegang.Invoer{}
	if soort.Feiten != nil {
		maps.Copy(in, soort.Feiten(rec, l))
	}
	lezer, rest := f.Invoer(soort.Naam, rec.ID, l)
	maps.Copy(lezer, map[string]any{
		"oin": string(l.Organisatie.OIN), "soort": string(l.Organisatie.Soort), "rol": string(l.Rol),
		"persoon": l.Persoon, "burger": !l.Burger.IsZero(), "bsn": l.Organisatie.Soort.MagBSN(),
	})
	maps.Copy(in, rest)
	if soort.ZonderNood {
		delete(in, "nood")
	}
	if soort.Afgeschermd != nil && soort.Afgeschermd(rec) {
		in["afgeschermd"] = true
	}
	klasse := soort.klasse(rec)
	maps.Copy(in, toegang.Invoer{
		"lezer": lezer, "klasse": klasse.String(),
		"doel": string(l.Doel), "grondslag": string(l.Grondslag), "zaak": l.Zaak, "gevraagd": int(n),
		"record": map[string]any{"soort": rec.Soort, "zaak": rec.Zaak, "staat": rec.Staat, "eigenaar": string(z.cfg.Organisatie.OIN)},
		// A party to the record was sent it, or sent it: it reads outside any overleg.
		"geadresseerd": soort.Partij != nil && soort.Partij(rec, l.Organisatie.OIN),
		"zelf":         l.Organisatie.OIN == z.cfg.Organisatie.OIN,
		"betrokken":    !l.Burger.IsZero() && slices.Contains(rec.Personen, l.VoorWie()),
	})
	if v, ok := z.verband(soort, rec, l, f, klasse, n); ok {
		in["verband"] = v
	}
	return in
}

// verband asks the definition of the samenwerkingsverband that the zaak runs
// in; not ok when it runs in none. One that we have no definition of allows
// nothing.
func (z *Inzage) verband(soort Soort, rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten, k samenwerkingsverband.Klasse, n begrip.Niveau) (toegang.Verband, bool) {
	zv := f.Verband(rec.Zaak)
	if zv == nil {
		return toegang.Verband{}, false
	}
	var u samenwerkingsverband.Uitkomst
	look := waarborg.Look{Zaak: rec.Zaak, Klasse: k, Niveau: n, Bron: z.cfg.Organisatie.Soort, Personen: soort.over(rec)}
	if soort.Deel != nil {
		look.Deel = soort.Deel(rec, l)
	}
	v := f.Vraag(zv, look, l)
	if d, ok := z.cfg.Verbanden.Definitie(zv.Samenwerkingsverband); ok {
		u = d.Toets(v)
	}
	in := u.Invoer(zv.Samenwerkingsverband)
	in.Fase, in.Rol = zv.Fase, string(v.Rol)
	return in, true
}

// over gives everybody a record is about, as far as the guards go: whoever has
// no known burgerservicenummer counts as one who cannot be matched to a consent.
func (s Soort) over(rec dossier.Record) []begrip.BSN {
	if s.Betrokkenen == nil {
		return rec.Personen
	}
	for _, b := range s.Betrokkenen(rec) {
		if !slices.Contains(rec.Personen, b.Burgerservicenummer.BSN) {
			return append(slices.Clone(rec.Personen), begrip.BSN{})
		}
	}
	return rec.Personen
}

// Betrokkenen gives whom a record of ours is about, by name where the record
// tells it. For who may read that record.
func (z *Inzage) Betrokkenen(ctx context.Context, soort, id string) ([]begrip.Betrokkene, error) {
	rec, err := z.cfg.Dossier.Lees(ctx, soort, id, time.Time{})
	if err != nil {
		return nil, err
	}
	if s, ok := z.soort(func(s Soort) bool { return s.Naam == soort }); ok && s.Betrokkenen != nil {
		return s.Betrokkenen(rec), nil
	}
	var uit []begrip.Betrokkene
	for _, b := range rec.Personen {
		uit = append(uit, begrip.Betrokkene{Burgerservicenummer: begrip.InhoudBSN{BSN: b}})
	}
	return uit, nil
}

// Titel names a kind of record; the kind itself when it is not known here.
func (z *Inzage) Titel(soort string) string {
	if s, ok := z.soort(func(s Soort) bool { return s.Naam == soort }); ok {
		return s.Titel
	}
	if soort == soortNoodzoek {
		return "Gezocht op persoon"
	}
	if soort == waarborg.LogRegister {
		return "Vraag aan de basisregistratie personen"
	}
	return soort
}

// VanSoort gives a kind of record by its name.
func (z *Inzage) VanSoort(naam string) (Soort, bool) {
	return z.soort(func(s Soort) bool { return s.Naam == naam })
}

// Collectie gives the kind of record served at a path such as /v1/meldingen.
func (z *Inzage) Collectie(pad string) (Soort, bool) {
	return z.soort(func(s Soort) bool { return s.Pad == pad })
}
