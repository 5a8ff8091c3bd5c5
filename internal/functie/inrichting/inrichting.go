// Package inrichting is samenwerkfunctie 14, Inrichten en bijsturen
// samenwerking, as far as it is about safeguards: the records of package
// waarborg as an API, the pages on which a privacy officer follows withholdings
// and judges noodtoegang, and the page on which a professional calls on it.
//
// It promises that only the organisation itself reads its safeguards, that
// noodtoegang takes a reason, an end and a second, deliberate step, and that
// nobody judges the own use of it.
package inrichting

import (
	"context"
	"embed"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

//go:embed beleid.rego
var beleid string

//go:embed *.html talen
var paginas embed.FS

// T is the functie on one node.
type T struct{ o *functie.Omgeving }

// Nieuw puts the functie on a node.
func Nieuw(o *functie.Omgeving) *T { return &T{o} }

// Bouw makes the functie, for the wiring of a node, and sees to it that whoever
// read what is withheld hears that.
func Bouw(o *functie.Omgeving) functie.Functie {
	t := Nieuw(o)
	if o.Waarborgen != nil { // the portal wants the texts only
		o.Waarborgen.BijWijziging(t.verspreid)
	}
	return t.Functie()
}

// Functie declares it.
func (t *T) Functie() functie.Functie {
	f := functie.Functie{
		Naam: "inrichting", Titel: "Inrichten en bijsturen samenwerking", Beleid: map[string]string{"inrichting/beleid.rego": beleid},
		API: t.api, Werkplek: t.werkplek, Teksten: teksten, Opdrachten: []opdracht.Soort{t.opdrachtAfscherming()},
		Opent: map[string]func(context.Context, toegang.Sessie, opdracht.Opdracht) bool{soortAfscherming: opentAfscherming},
	}
	for _, s := range append(waarborg.Soorten(), waarborg.SoortNoodtoegang) {
		f.Soorten = append(f.Soorten, t.soort(s))
	}
	f.Soorten = append(f.Soorten, t.soortSignaal())
	return f
}

var teksten = map[string]functie.Tekst{
	cloudevent.SamenwerkingBegonnen:   {Titel: "Organisaties gaan samenwerken", Uitleg: "Wie dat zijn, staat bij ‘Wat organisaties zelf vertellen’."},
	cloudevent.SamenwerkingGestopt:    {Titel: "De samenwerking is gestopt", Uitleg: "De organisaties overleggen niet meer over {wie}."},
	cloudevent.ToestemmingGegeven:     {Titel: "Er is toestemming gegeven", Uitleg: "Wat dat is en hoe u het stopt, staat bij ‘Mijn keuzes’."},
	cloudevent.ToestemmingIngetrokken: {Titel: "Een toestemming is gestopt", Uitleg: "Deze toestemming geldt niet meer. Wat u nog wel goed vindt, staat bij ‘Mijn keuzes’."},
	cloudevent.NoodtoegangGebruikt:    {Titel: "Iemand keek met spoed in {gegevens}", Uitleg: "Er was haast. Een privacyfunctionaris beoordeelt of dit terecht was. Het oordeel leest u bij ‘Wie keek?’."},
}

// soort makes a safeguard a kind of record that is read like any other.
func (t *T) soort(s waarborg.Soort) inzage.Soort {
	uit := inzage.Soort{
		Naam: s.Naam, Pad: s.Pad, Titel: s.Titel, Beleid: "soh.inrichting", Vorm: s.Leeg(), ZonderNood: true, Verteld: s.Begin != "", ZonderHerkomst: "een waarborg zegt zelf wat geldt",
		Klasse: func(dossier.Record) samenwerkingsverband.Klasse { return samenwerkingsverband.Betrokkenen },
		Reduceer: func(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
			g, err := s.Lees(rec)
			if err != nil {
				return nil, err
			}
			url := t.basis() + s.Pad + "/" + rec.ID
			switch z, ok := g.(*waarborg.Zaakverband); {
			case n == begrip.NiveauInhoud:
				return g, nil
			case n == begrip.NiveauProces && ok:
				return Proces{Bestaan{url, rec.ID}, z.Zaak, z.Samenwerkingsverband, z.Fase, z.Deelnemers}, nil
			}
			return Bestaan{url, rec.ID}, nil
		},
		Partij: func(rec dossier.Record, oin begrip.OIN) bool { return doetMee(s, rec, oin) },
	}
	if s.Naam == waarborg.SoortNoodtoegang.Naam {
		uit.Herkomst, uit.ZonderHerkomst = []string{inzage.ElkeSoort}, "wie op een persoon zocht, las nog niets"
	}
	if s.Begin != "" && s.Naam != waarborg.SoortToestemming.Naam { // that event does not name who gave it
		uit.ZonderWegwijzer = "de gebeurtenis van het begin noemt iedereen"
	}
	if s.Zwijg {
		uit.ZonderWegwijzer = "het gezin leest dit nooit"
		uit.Afgeschermd = func(dossier.Record) bool { return true }
	}
	if s.Naam == waarborg.SoortZaakverband.Naam {
		uit.Feiten = deelnemers
		uit.Gezin = t.gezinVerband
	}
	return uit
}

// Bestaan is a safeguard at niveau 0; Proces a zaakverband at niveau 1.
type Bestaan struct {
	URL string `json:"url"`
	ID  string `json:"id"`
}

// Proces tells in which samenwerkingsverband a zaak runs and who takes part.
type Proces struct {
	Bestaan
	Zaak                 string              `json:"zaak"`
	Samenwerkingsverband string              `json:"samenwerkingsverband"`
	Fase                 int                 `json:"fase"`
	Deelnemers           []waarborg.Deelname `json:"deelnemers"`
}

func verband(rec dossier.Record) (waarborg.Zaakverband, bool) {
	var z waarborg.Zaakverband
	return z, rec.Soort == waarborg.SoortZaakverband.Naam && json.Unmarshal(rec.Inhoud, &z) == nil
}

func doetMee(_ waarborg.Soort, rec dossier.Record, oin begrip.OIN) bool {
	z, ok := verband(rec)
	for _, d := range z.Deelnemers {
		if ok && d.Organisatie == oin {
			return true
		}
	}
	return false
}

func deelnemers(rec dossier.Record, _ toegang.Lezer) map[string]any {
	z, _ := verband(rec)
	uit := []any{}
	for _, d := range z.Deelnemers {
		van := d.Vanaf
		if van.IsZero() {
			van = z.Vanaf
		}
		m := map[string]any{"oin": d.Organisatie, "vanaf": van}
		if d.Tot != nil {
			m["tot"] = *d.Tot
		}
		uit = append(uit, m)
	}
	return map[string]any{"deelnemers": uit}
}

// gezinVerband tells the family who works together around it.
func (t *T) gezinVerband(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
	z, ok := verband(rec)
	if !ok || z.Einde != nil {
		return inzage.Deel{}, false
	}
	titel := z.Samenwerkingsverband
	if d, ok := t.o.Inzage.Verbanden().Definitie(titel); ok {
		titel = d.Titel
	}
	d := inzage.Deel{Soort: rec.Soort, ID: rec.ID, Titel: "Organisaties werken samen: " + titel, Tijdstip: z.Vanaf,
		Tekst: "Deze organisaties overleggen over hulp voor het gezin. Elke organisatie ziet alleen wat nodig is."}
	for _, x := range z.Deelnemers {
		if o, ok := t.o.Deelnemer(x.Organisatie); ok {
			d.Regels = append(d.Regels, inzage.Regel{Label: "Doet mee", Waarde: o.Naam})
		}
	}
	return d, true
}

func (t *T) basis() string {
	d, _ := t.o.Deelnemer(t.o.Organisatie.OIN)
	return inzage.Basis(d.API)
}

func (t *T) api(api huma.API) {
	t.o.Waarborgen.API(api, t.basis, t.mag)
	t.simulaties(api)
	t.gevolgen(api)
}

// mag lets a system or the privacy officer of this organisation through.
func (t *T) mag(ctx context.Context) (toegang.Lezer, error) {
	if err := t.o.AlleenEigen(ctx); err != nil {
		return toegang.Lezer{}, err
	}
	l, err := t.o.Inzage.Lezer(ctx)
	if err == nil && l.Rol != begrip.RolSysteem && l.Rol != begrip.RolPrivacy {
		err = begrip.NieuweFout(begrip.Verboden, "Alleen een systeem of de privacyfunctionaris van %s kan dit.", t.o.Organisatie.Naam)
	}
	return l, err
}
