package functie

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Gegeven declares one kind of record of a samenwerkfunctie. T is what it holds, in the form
// in which others read it: a member with the tag niveau:"0" or niveau:"1" is given from
// that level on, one without at the level of content only.
type Gegeven[T any] struct {
	Naam   string // kind of the records in the dossier, and in urn:soh:<naam>:<id>
	Pad    string // "/v1/uitkomsten"
	Ook    string // second path of the published contract, with {id}; may be empty
	Titel  string // one of them, as a heading: "Uitkomst van een overleg"
	InZin  string // in a sentence for the family: "de uitkomst"
	Meer   string // more of them, as a heading: "Uitkomsten"
	Beleid string // package of its rules, as soh.uitkomst

	// Woorden is on which words the professionals and the case system of an organisation
	// of this kind read it and act.
	Woorden func(begrip.OrganisatieSoort) Woorden

	// Personen gives whom it is about: the very members, which making it completes, and where
	// each stands in its JSON.
	Personen func(*T) []Persoon
	// Partijen are the organisations, beside our own, that may know of it; nil: all.
	Partijen func(*Omgeving, Versie[T]) []begrip.OIN

	// What a decision needs to know of it; each may be nil. See inzage.Soort.
	Feiten              func(*Omgeving, Versie[T], toegang.Lezer) map[string]any
	Klasse              func(*Omgeving, Versie[T]) samenwerkingsverband.Klasse
	Deel                func(*Omgeving, Versie[T], toegang.Lezer) samenwerkingsverband.Deel
	Afgeschermd         func(Versie[T]) bool                        // the family may not learn who it is from
	LezerAfgeschermd    func(*Omgeving, Versie[T], begrip.OIN) bool // nor that this organisation reads it
	Melding, ZonderNood bool
	Herkomst            []string // kinds of record that it rests on
	ZonderHerkomst      string   // why one may rest on nothing
	ZonderWegwijzer     string   // by which event the family finds it

	// Benoem fills in what v does not hold but others read: the number and address of the
	// record and its parts, its state. t is a copy of the content of v.
	Benoem func(o *Omgeving, v Versie[T], t *T, url string)
	// Hernoem gives new names to the persons, wherever t names them by their id.
	Hernoem func(t *T, nieuw func(id string) string)
	// Proces gives level 1, where that is no choice of members.
	Proces func(*Omgeving, Versie[T]) any
	// Gezin gives what a member of the family reads: who it is about when that is who
	// looks, or for whom it looks. Nil: nothing.
	Gezin func(o *Omgeving, v Versie[T], over begrip.BSN) (inzage.Deel, bool)

	// In the graph: its type, as soh:UitkomstOverleg, what its node tells besides, and
	// the event of a look by another organisation (an empty Type is none).
	Entiteit string
	Knoop    func(*Omgeving, Versie[T], *prov.Node)
	Gezien   Gebeurtenis

	// Normaliseer brings what can be written in several ways into one form.
	Normaliseer func(*T, time.Time)
	// Controleer tells every mistake in what is to be stored.
	Controleer func(*T, *begrip.Controle, time.Time)

	// Making one, by a form or a case system, when Maakbaar: the event that tells of it, if
	// any, and what else belongs to it, in the same transaction. Who may: the policy's
	// handelingen contains "maken".
	Maakbaar bool
	Maak     Gebeurtenis
	BijMaken func(*Daad[T]) error

	Begin  string // the state of a new one
	Staten []Staat
	Daden  []Handeling[T]

	// Zoekpad is the query of the Ketenindex that finds these records; empty: none does.
	Zoekpad string

	// Lezen is how others are asked to read it. Partij makes an organisation a party to t,
	// and Leesbaar is the state in which a party, and the family, reads it.
	Lezen    Leesopdracht
	Partij   func(t *T, oin begrip.OIN)
	Leesbaar string

	Bladen Bladen[T]

	// Voorbeeld is a record that Controleer takes: every gate sees the kind by it.
	Voorbeeld func() *T
}

// Persoon is a person in a record, and where it stands: "heeftBetrekkingOp[0].".
type Persoon struct {
	Pad string
	*begrip.Betrokkene
}

// PersonenIn gives the persons of a list that stands at pad.
func PersonenIn(pad string, lijst []begrip.Betrokkene) (uit []Persoon) {
	for i := range lijst {
		uit = append(uit, Persoon{fmt.Sprintf("%s[%d].", pad, i), &lijst[i]})
	}
	return uit
}

// Versie is one version of a record, with its content. What Waarde points to is shared:
// change a copy.
type Versie[T any] struct {
	dossier.Record
	Waarde *T
}

// Woorden are why one looks: purpose and legal ground.
type Woorden struct {
	Doel      begrip.Doel
	Grondslag begrip.Grondslag
}

// Staat is a place in the life of a record, in words for who meets it.
type Staat struct {
	Naam  string
	Tekst string // for the professional, a word or two
	Soort string // of the label: info, wacht, ok, fout
	Gezin string // for the family, a sentence; empty: it does not meet the record in this state
	Einde bool   // nothing follows
}

// Gebeurtenis declares an event of a kind of record: its type, the activity that it tells
// of, and how the family reads it.
type Gebeurtenis struct {
	Type, Activiteit string
	Maakt            bool // it makes the record; else it uses it
	Tekst            Tekst
}

// Lees gives a record with its content.
func (g *Gegeven[T]) Lees(rec dossier.Record) (Versie[T], error) {
	w, err := dossier.Als[T](rec)
	if err != nil {
		return Versie[T]{Record: rec, Waarde: new(T)}, err
	}
	return Versie[T]{rec, w}, nil
}

// Verwijzing points to a record of ours of this kind.
func (g *Gegeven[T]) Verwijzing(o *Omgeving, id string) begrip.Verwijzing {
	return begrip.Verwijzing{Bron: o.Organisatie.OIN, Soort: g.Naam, Pad: g.Pad + "/" + id}
}

// URN names a record of this kind in the graph.
func (g *Gegeven[T]) URN(id string) string { return "urn:soh:" + g.Naam + ":" + id }

// Met gives the content of v with its number and address, and those of its parts.
func (g *Gegeven[T]) Met(o *Omgeving, v Versie[T]) T {
	w := *v.Waarde
	if g.Benoem != nil {
		g.Benoem(o, v, &w, o.Adres(g.Pad, v.ID))
	}
	return w
}

// Schrijf stores the next version of v (the first when Versie is 0) in its state, with
// what it rests on, and gives it as stored. An empty ID gets one. The address of who lives
// in hiding, or of whom nobody knows that, is not stored: no copy is made of it.
func (g *Gegeven[T]) Schrijf(ctx context.Context, tx *dossier.Tx, v Versie[T]) (Versie[T], error) {
	for _, p := range g.personen(v.Waarde) { // its parties read it whole: a hidden address is not in it
		if p.Verborgen() {
			p.Adres = begrip.Verblijf[begrip.Adres]{}
		}
	}
	inhoud, err := opslag(v.Waarde)
	if err != nil {
		return v, err
	}
	if v.ID == "" {
		v.ID = uuid.Must(uuid.NewV7()).String()
	}
	if v.Staat == "" {
		v.Staat = g.Begin
	}
	v.Soort, v.Inhoud, v.Record.Personen = g.Naam, inhoud, begrip.BSNs(g.betrokkenen(v.Waarde))
	rec, err := tx.Schrijf(ctx, v.Record)
	if err != nil {
		return v, err
	}
	return Versie[T]{rec, v.Waarde}, nil
}

func (g *Gegeven[T]) personen(t *T) []Persoon {
	if g.Personen == nil {
		return nil
	}
	return g.Personen(t)
}

func (g *Gegeven[T]) partijen(o *Omgeving, v Versie[T]) []begrip.OIN {
	if g.Partijen == nil {
		return nil
	}
	return g.Partijen(o, v)
}

// betrokkenen gives copies of whom t is about.
func (g *Gegeven[T]) betrokkenen(t *T) (uit []begrip.Betrokkene) {
	for _, p := range g.personen(t) {
		uit = append(uit, *p.Betrokkene)
	}
	return uit
}

// Meld puts an event about v in the outbox, as part of tx.
func (g *Gegeven[T]) Meld(ctx context.Context, tx *dossier.Tx, o *Omgeving, e Gebeurtenis, v Versie[T], wie begrip.Organisatie) error {
	if e.Type == "" {
		return nil
	}
	ev := gebeurtenis.Maak(o.Systeem, e.Type, g.URN(v.ID), g.graaf(o, e, v, wie))
	return tx.Verstuur(ctx, gebeurtenis.Bericht(ev))
}

// graaf is what an event about v tells: the record, what was done with it, by whom, and
// whom it concerns. It holds no content.
func (g *Gegeven[T]) graaf(o *Omgeving, e Gebeurtenis, v Versie[T], wie begrip.Organisatie) prov.Graph {
	var uit prov.Graph
	urn, act := g.URN(v.ID), "urn:soh:activiteit:"+uuid.Must(uuid.NewV7()).String()
	n := uit.Node(urn, prov.Entity, g.Entiteit).Set("soh:identifier", urn).Ref("soh:zaak", v.Zaak)
	if g.Afgeschermd != nil && g.Afgeschermd(v) {
		n.Set("soh:bronAfgeschermd", "true")
	}
	personen := g.betrokkenen(v.Waarde)
	for _, b := range personen {
		n.Ref("soh:heeftBetrokkene", b.ID)
	}
	if g.Knoop != nil {
		g.Knoop(o, v, n)
	}
	a := uit.Node(act, prov.Activity, "soh:"+e.Activiteit).Set("soh:identifier", act).
		Set("soh:tijdstip", o.Nu().UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", wie.OIN.URN())
	if e.Maakt {
		n.Ref("prov:wasGeneratedBy", act)
	} else {
		a.Ref("prov:used", urn)
	}
	uit.Node(wie.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", wie.OIN.URN()).Set("soh:naam", wie.Naam)
	for _, b := range personen {
		p := uit.Node(b.ID, prov.Betrokkene)
		if !b.Burgerservicenummer.IsZero() {
			p.Set(prov.Burgerservicenummer, b.Burgerservicenummer.Leesbaar())
		}
	}
	return uit
}

// Soort is the declaration for the Inzage.
func (g *Gegeven[T]) Soort(o *Omgeving) inzage.Soort {
	met := func(rec dossier.Record) Versie[T] { v, _ := g.Lees(rec); return v } // what cannot be read is empty, and closed
	s := inzage.Soort{
		Naam: g.Naam, Pad: g.Pad, Titel: g.Titel, InZin: g.InZin, Beleid: g.Beleid, Vorm: *new(T), Ook: g.Ook, Herkomst: g.Herkomst, ZonderHerkomst: g.ZonderHerkomst, ZonderWegwijzer: g.ZonderWegwijzer, Melding: g.Melding, ZonderNood: g.ZonderNood,
		Reduceer: func(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
			v, err := g.Lees(rec)
			if err != nil {
				return nil, err
			}
			if n == begrip.NiveauProces && g.Proces != nil {
				return g.Proces(o, v), nil
			}
			return opNiveau(g.Met(o, v), n), nil
		},
		Personen: func(inhoud json.RawMessage) []begrip.BSN {
			t := new(T)
			if json.Unmarshal(inhoud, t) != nil {
				return nil
			}
			return begrip.BSNs(g.betrokkenen(t))
		},
	}
	if g.Personen != nil {
		s.Betrokkenen = func(rec dossier.Record) []begrip.Betrokkene { return g.betrokkenen(met(rec).Waarde) }
	}
	if g.Partijen != nil {
		s.Partij = func(rec dossier.Record, oin begrip.OIN) bool { return oin != "" && bevat(g.Partijen(o, met(rec)), oin) }
	}
	if g.Feiten != nil {
		s.Feiten = func(rec dossier.Record, l toegang.Lezer) map[string]any { return g.Feiten(o, met(rec), l) }
	}
	if g.Klasse != nil {
		s.Klasse = func(rec dossier.Record) samenwerkingsverband.Klasse { return g.Klasse(o, met(rec)) }
	}
	if g.Deel != nil {
		s.Deel = func(rec dossier.Record, l toegang.Lezer) samenwerkingsverband.Deel { return g.Deel(o, met(rec), l) }
	}
	if g.Gezin != nil {
		s.Gezin = func(rec dossier.Record, over begrip.BSN) (inzage.Deel, bool) {
			d, ok := g.Gezin(o, met(rec), over)
			d.Soort, d.ID = g.Naam, rec.ID
			return d, ok
		}
	}
	if g.Afgeschermd != nil {
		s.Afgeschermd = func(rec dossier.Record) bool { v, err := g.Lees(rec); return err != nil || g.Afgeschermd(v) }
	}
	if g.LezerAfgeschermd != nil {
		s.LezerAfgeschermd = func(rec dossier.Record, l begrip.OIN) bool {
			v, err := g.Lees(rec)
			return err != nil || g.LezerAfgeschermd(o, v, l)
		}
	}
	if g.Gezien.Type != "" {
		s.Ingezien = func(rec dossier.Record, l toegang.Lezer) (prov.Graph, string, bool) {
			v, err := g.Lees(rec)
			if err != nil || l.Organisatie.OIN == o.Organisatie.OIN || !l.Burger.IsZero() {
				return prov.Graph{}, "", false
			}
			return g.graaf(o, g.Gezien, v, l.Organisatie), g.Gezien.Type, true
		}
	}
	return s
}

// StaatVan gives the state of v in words; the bare name of one that is not declared.
func (g *Gegeven[T]) StaatVan(naam string) Staat {
	for _, s := range g.Staten {
		if s.Naam == naam {
			return s
		}
	}
	return Staat{Naam: naam, Tekst: naam}
}

// Teksten is how the family reads the events of this kind.
func (g *Gegeven[T]) Teksten() map[string]Tekst {
	uit := map[string]Tekst{}
	voeg := func(e Gebeurtenis) {
		if e.Type != "" {
			uit[e.Type] = e.Tekst
		}
	}
	voeg(g.Gezien)
	voeg(g.Maak)
	for _, h := range g.Daden {
		voeg(h.Gebeurtenis)
	}
	return uit
}

// opslag gives t as it is stored, and as a decision about it sees it.
func opslag(t any) (json.RawMessage, error) { return begrip.Opslag(t) }

func hoofdletter(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func bevat(os []begrip.OIN, oin begrip.OIN) bool {
	for _, o := range os {
		if o == oin {
			return true
		}
	}
	return false
}
