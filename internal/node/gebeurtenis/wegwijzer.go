package gebeurtenis

import (
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// Wegwijzer makes the event by which b, and nobody else, finds that this deelnemer has
// something about b. It tells not what: its subject names no record.
func Wegwijzer(oin begrip.OIN, systeem string, b begrip.BSN) cloudevent.Event {
	nieuw := func(soort string) string { return "urn:soh:" + soort + ":" + uuid.Must(uuid.NewV7()).String() }
	urn, act, wie := nieuw("wegwijzer"), nieuw("activiteit"), nieuw("betrokkene")
	var g prov.Graph
	g.Node(urn, prov.Entity, "soh:Wegwijzer").Set("soh:identifier", urn).Ref("prov:wasGeneratedBy", act).Ref("soh:heeftBetrokkene", wie)
	g.Node(act, prov.Activity, "soh:PlaatsenWegwijzer").Set("soh:identifier", act).
		Set("soh:tijdstip", time.Now().UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", oin.URN())
	g.Node(oin.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", oin.URN())
	g.Node(wie, prov.Betrokkene).Set(prov.Burgerservicenummer, b.Leesbaar())
	return Maak(systeem, cloudevent.WegwijzerGeplaatst, urn, g)
}
