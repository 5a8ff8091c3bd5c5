package functie

import (
	"context"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// Ontvangers tells who is asked to read a record after an act.
type Ontvangers byte

// To whom.
const (
	Niemand     Ontvangers = iota
	AanPartijen            // its parties
	AanLezers              // every organisation that read it, and parties that are new
)

// Leesopdracht declares the Opdrachten with which others are asked to read a record of
// this kind: when it is new for them, and when it is other than what they read. They
// carry no content; who gets one reads at the source, as who it is.
type Leesopdracht struct {
	Nieuw, Anders           string // names of the kinds; empty: there are none
	TitelNieuw, TitelAnders string // in the Postvak
}

// leesregel says who may ask to read: any organisation about a record of its own. By
// itself that gives nothing: whether somebody may read it, the source decides then.
func (g *Gegeven[T]) leesregel() opdracht.Regel {
	rollen := append(slices.DeleteFunc(slices.Clone(begrip.Rollen()), func(r begrip.Rol) bool { return !r.DraagtZaken() }), begrip.RolSysteem)
	r := opdracht.Regel{Onderwerp: g.Naam, MaxPersonen: 60, ZonderBewijs: "Dit vraagt alleen om te lezen. Of dat mag, beslist de bron als iemand leest."}
	for _, s := range werkend {
		w := g.Woorden(s)
		r.Wegen = append(r.Wegen, opdracht.Weg{Soorten: []begrip.OrganisatieSoort{s}, Aan: werkend, Rollen: rollen, Doelen: []begrip.Doel{w.Doel}, Gronden: []begrip.Grondslag{w.Grondslag}})
	}
	return r
}

// werkend are the kinds of organisation that work for families.
var werkend = slices.DeleteFunc(slices.Clone(begrip.OrganisatieSoorten), func(s begrip.OrganisatieSoort) bool {
	return s == begrip.Burgerportaal || s == begrip.Ketenbeheerder
})

func (g *Gegeven[T]) leessoorten() []opdracht.Soort {
	if g.Lezen.Nieuw == "" {
		return nil
	}
	r := g.leesregel()
	return []opdracht.Soort{{Naam: g.Lezen.Nieuw, Titel: g.Lezen.TitelNieuw, Regel: r}, {Naam: g.Lezen.Anders, Titel: g.Lezen.TitelAnders, Regel: r}}
}

// vraagLezen offers those Opdrachten, in the transaction of the act; waren are the
// parties before it. Nobody is asked for
// whom the record is withheld: for them it is not there.
func (g *Gegeven[T]) vraagLezen(ctx context.Context, tx *dossier.Tx, o *Omgeving, aan Ontvangers, v Versie[T], waren []begrip.OIN, l toegang.Lezer) error {
	var gelezen []begrip.OIN
	if aan == AanLezers {
		ls, err := tx.LezersVan(ctx, v.Sleutel())
		if err != nil {
			return err
		}
		for _, x := range ls {
			gelezen = append(gelezen, x.Organisatie)
		}
	}
	gehad := map[begrip.OIN]bool{o.Organisatie.OIN: true}
	for _, oin := range append(slices.Clone(gelezen), g.partijen(o, v)...) {
		d, ok := o.Deelnemer(oin)
		if gehad[oin] || !ok || d.API == "" || !slices.Contains(werkend, d.Soort) {
			continue
		}
		gehad[oin] = true
		soort := g.Lezen.Nieuw
		if slices.Contains(gelezen, oin) {
			soort = g.Lezen.Anders
		} else if aan == AanLezers && (g.StaatVan(v.Staat).Einde || slices.Contains(waren, oin)) {
			continue // who was asked before reads what is there now; who never read it need not hear that it is over
		}
		if dicht, err := o.Inzage.AfgeschermdVoor(ctx, g.Soort(o), v.Record, d.Organisatie); dicht || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := o.Opdrachten.Bied(ctx, tx, opdracht.Opdracht{
			Soort: soort, Aan: oin, Zaak: v.Zaak, Personen: max(1, len(g.personen(v.Waarde))), Onderwerp: g.Verwijzing(o, v.ID),
			Vrager: opdracht.Vrager{Naam: l.Naam, Rol: l.Rol, Doel: l.Doel, Grondslag: l.Grondslag},
		}); err != nil {
			return err
		}
	}
	return nil
}

// leest is who reads here what another source asked us to.
func (g *Gegeven[T]) leest(o *Omgeving, s toegang.Sessie, zaak string) toegang.Lezer {
	w := g.Woorden(o.Organisatie.Soort)
	return s.Lezer(o.Organisatie, w.Doel, w.Grondslag, zaak)
}

// magLezen tells whether s may read what op points to, by our own copy of the policy: the
// source decides again.
func (g *Gegeven[T]) magLezen(ctx context.Context, o *Omgeving, s toegang.Sessie, op opdracht.Opdracht) bool {
	t := g.Voorbeeld()
	g.Partij(t, op.Aan)
	inhoud, err := opslag(t)
	rec := dossier.Record{Soort: g.Naam, Zaak: op.Zaak, Staat: g.Leesbaar, Inhoud: inhoud}
	return err == nil && o.Inzage.ZouMogen(ctx, g.Soort(o), rec, op.Van, g.leest(o, s, op.Zaak))
}

// leesopdracht gives an Opdracht of one of these kinds that came in.
func (g *Gegeven[T]) leesopdracht(ctx context.Context, o *Omgeving, id string) (opdracht.Opdracht, error) {
	op, err := o.Opdrachten.Lees(ctx, id)
	if err == nil && (op.Soort != g.Lezen.Nieuw && op.Soort != g.Lezen.Anders || op.Richting != opdracht.In) {
		err = begrip.NieuweFout(begrip.NietGevonden, "Deze opdracht is er niet.")
	}
	return op, err
}

// Verwerkt records that what was asked to be read, was read and worked in. Errors:
// NietGevonden; Verboden, in the log, for who may not read it; Conflict when somebody was
// first.
func (g *Gegeven[T]) Verwerkt(ctx context.Context, o *Omgeving, id string, s toegang.Sessie) error {
	op, err := g.leesopdracht(ctx, o, id)
	if err != nil {
		return err
	}
	if !g.magLezen(ctx, o, s, op) {
		return o.Inzage.WeigerHandeling(ctx, op.Onderwerp, g.leest(o, s, op.Zaak), begrip.NieuweFout(begrip.Verboden, "U mag dit niet lezen. Daarom kunt u er niets mee doen."))
	}
	if op.Staat == opdracht.Aangeboden {
		if _, err := o.Opdrachten.Zet(ctx, op.ID, opdracht.Stap{Naar: opdracht.Geaccepteerd, Door: s.Naam}); err != nil {
			return err
		}
	}
	if _, err := o.Opdrachten.Zet(ctx, op.ID, opdracht.Stap{Naar: opdracht.Uitgevoerd, Door: s.Naam}); err != nil {
		return err
	}
	o.Wek()
	return nil
}
