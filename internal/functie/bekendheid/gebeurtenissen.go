package bekendheid

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// The event types of this functie. That an organisation knows the family shows
// only from verrijking-beschikbaar-gesteld; whether it was asked, from gevraagd
// and verstrekt.
const (
	voorvoegsel       = "nl.jzv.bepalen-bekendheid-en-verrijking."
	typeGevraagd      = voorvoegsel + "bekendheid-gevraagd"
	typeVerstrekt     = voorvoegsel + "bekendheid-verstrekt"
	typeGeweigerd     = voorvoegsel + "bekendheid-geweigerd"
	typeBeschikbaar   = voorvoegsel + "verrijking-beschikbaar-gesteld"
	typeIngezien      = voorvoegsel + "verrijking-ingezien"
	typeVerzoekGezien = voorvoegsel + "bekendheidsverzoek-ingezien"
)

var teksten = map[string]functie.Tekst{
	typeGevraagd:      {Titel: "Er is gevraagd wie {wie} kent", Uitleg: "{bron} vroeg andere organisaties of zij {wie} kennen."},
	typeVerzoekGezien: {Titel: "Een organisatie las die vraag", Uitleg: "Wie dat was en waarom, staat bij ‘Wie keek?’."},
	typeVerstrekt:     {Titel: "{bron} gaf antwoord", Uitleg: "{bron} liet weten of zij {wie} kennen."},
	typeGeweigerd:     {Titel: "{bron} gaf geen antwoord", Uitleg: "{bron} wilde of mocht dit niet vertellen."},
	typeBeschikbaar:   {Titel: "{bron} heeft informatie over {wie}", Uitleg: "Alleen wie de melding beoordeelt, mag die lezen."},
	typeIngezien:      {Titel: "Informatie over {wie} is gelezen", Uitleg: "Wie dat was en waarom, staat bij ‘Wie keek?’."},
}

// graaf is what every event of this functie tells: the Entity it is about, what
// was done, by whom and when, and which betrokkenen it concerns.
func graaf(soort, urn, zaak, activiteit string, maakt bool, wie begrip.Organisatie, op time.Time, personen []NatuurlijkPersoon) prov.Graph {
	g := prov.Graph{}
	act := "urn:soh:activiteit:" + uuid.Must(uuid.NewV7()).String()
	e := g.Node(urn, "prov:Entity", "soh:"+soort).Set("soh:identifier", urn).Ref("soh:zaak", zaak)
	for _, p := range personen {
		e.Ref("soh:heeftBetrokkene", p.ID)
	}
	a := g.Node(act, "prov:Activity", "soh:"+activiteit).Set("soh:identifier", act).
		Set("soh:tijdstip", op.UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", wie.OIN.URN())
	if maakt {
		e.Ref("prov:wasGeneratedBy", act)
	} else {
		a.Ref("prov:used", urn)
	}
	g.Node(wie.OIN.URN(), "prov:Agent", "soh:Organisatie").Set("soh:identifier", wie.OIN.URN()).Set("soh:naam", wie.Naam)
	for _, p := range personen {
		n := g.Node(p.ID, "soh:Betrokkene")
		if !p.Burgerservicenummer.IsZero() {
			n.Set("soh:burgerservicenummer", p.Burgerservicenummer.Leesbaar())
		}
	}
	return g
}

func (t *T) verstuur(ctx context.Context, tx *dossier.Tx, type_, onderwerp string, g prov.Graph) error {
	return tx.Verstuur(ctx, gebeurtenis.Bericht(gebeurtenis.Maak(t.o.Systeem, type_, onderwerp, g)))
}

// ingezien makes the event of a look by another organisation.
func (t *T) ingezien(type_, soort, activiteit string) func(dossier.Record, toegang.Lezer) (prov.Graph, string, bool) {
	return func(rec dossier.Record, l toegang.Lezer) (prov.Graph, string, bool) {
		v, err := lees(rec)
		if err != nil || l.Organisatie.OIN == t.o.Organisatie.OIN || !l.Burger.IsZero() {
			return prov.Graph{}, "", false
		}
		return graaf(soort, urn(rec.Soort, rec.ID), v.Zaak, activiteit, false, l.Organisatie, t.nu(), v.Personen()), type_, true
	}
}

func urn(soort, id string) string { return "urn:soh:" + soort + ":" + id }
