package melding

import (
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// The event types of this functie. The names of the first three are those of
// the published drafts.
const (
	typeGeregistreerd = "nl.jzv.uitwisselen-melding.melding-geregistreerd"
	typeIngezien      = "nl.jzv.uitwisselen-melding.melding-ingezien"
	typeOpgepakt      = "nl.jzv.uitwisselen-melding.melding-opgepakt"
	typeGeweigerd     = "nl.jzv.uitwisselen-melding.melding-geweigerd"
	typeUitkomst      = "nl.jzv.uitwisselen-melding.uitkomst-melding"
)

var teksten = map[string]functie.Tekst{
	typeGeregistreerd: {Titel: "Er is een melding gedaan", Uitleg: "{bron} maakt zich zorgen en heeft dat gemeld."},
	typeIngezien:      {Titel: "De melding is gelezen", Uitleg: "Wie dat was en waarom, staat bij ‘Wie keek?’."},
	typeOpgepakt:      {Titel: "De melding wordt beoordeeld", Uitleg: "{bron} bekijkt wat er nodig is. Zij nemen contact met u op.", Afgeleid: true},
	typeGeweigerd:     {Titel: "De melding is niet aangenomen", Uitleg: "{bron} heeft de melding teruggegeven aan de melder."},
	typeUitkomst:      {Titel: "Er is een besluit over de melding", Uitleg: "{bron} heeft de melding beoordeeld. Wat er nu gebeurt, leest u hierboven.", Afgeleid: true},
}

// URN gives the name of a melding in the graph.
func urn(id string) string { return "urn:soh:melding:" + id }

// graaf is what every event of this functie tells: the Melding it is about,
// what was done, by whom and when, and which betrokkenen it concerns. afgeschermd
// marks that the family may not learn the source of this event.
func graaf(id, zaak, activiteit string, wie begrip.Organisatie, op time.Time, personen []Betrokkene, afgeschermd bool) prov.Graph {
	g := prov.Graph{}
	act := "urn:soh:activiteit:" + uuid.Must(uuid.NewV7()).String()
	e := g.Node(urn(id), "prov:Entity", "soh:Melding").Set("soh:identifier", urn(id)).Ref("soh:zaak", zaak)
	if afgeschermd {
		e.Set("soh:bronAfgeschermd", "true")
	}
	for _, p := range personen {
		e.Ref("soh:heeftBetrokkene", p.ID)
	}
	if activiteit == "RegistrerenMelding" {
		e.Ref("prov:wasGeneratedBy", act)
	}
	a := g.Node(act, "prov:Activity", "soh:"+activiteit).Set("soh:identifier", act).
		Set("soh:tijdstip", op.UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", wie.OIN.URN())
	if activiteit != "RegistrerenMelding" {
		a.Ref("prov:used", urn(id))
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

// ingezien makes the melding-ingezien event of the source: the reader's
// organisation looked. A look by the source itself, or by the family, is in the
// verwerkingenlog only.
func (t *T) ingezien(rec dossier.Record, l toegang.Lezer) (prov.Graph, string, bool) {
	m, err := lees(rec)
	if err != nil || l.Organisatie.OIN == t.o.Organisatie.OIN || !l.Burger.IsZero() {
		return prov.Graph{}, "", false
	}
	return graaf(rec.ID, rec.Zaak, "InzienMelding", l.Organisatie, t.nu(), m.HeeftBetrekkingOp, !m.MelderAfscherming.Leeg()), typeIngezien, true
}
