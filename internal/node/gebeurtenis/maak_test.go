package gebeurtenis

import (
	"bytes"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// schildwacht is the BSN that may stand in a body and nowhere else.
var schildwacht = begrip.MustBSN("999990019")

func gebeurtenis() cloudevent.Event {
	var g prov.Graph
	g.Node("urn:soh:melding:1", "prov:Entity", "soh:Melding").Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:1")
	g.Node("urn:soh:activiteit:1", "prov:Activity", "soh:RegistrerenMelding").Ref("prov:wasAssociatedWith", "urn:nld:oin:00000001123456789000")
	g.Node("urn:nld:oin:00000001123456789000", "prov:Agent", "soh:Organisatie").Set("soh:naam", "Politie")
	g.Node("urn:soh:betrokkene:1", "soh:Betrokkene").Set("soh:burgerservicenummer", schildwacht.Leesbaar())
	return Maak("urn:nld:oin:00000001123456789000:systeem:knooppunt", cloudevent.MeldingGeregistreerd, "urn:soh:melding:1", g)
}

func TestMaakGeeftEenGeldigeGebeurtenis(t *testing.T) {
	ev, tweede := gebeurtenis(), gebeurtenis()
	if err := ev.Validate(); err != nil {
		t.Fatal(err)
	}
	if ev.ID == tweede.ID {
		t.Error("twee gebeurtenissen met één id")
	}
	b := Bericht(ev)
	terug, err := cloudevent.Parse(bytes.Clone(b.Body))
	if err != nil || terug.ID != ev.ID || !terug.Time.Equal(ev.Time) || b.ID != ev.ID || b.Bestemming != Hub {
		t.Errorf("%+v %v", terug, err)
	}
	g, _, err := prov.Lees(terug.Data)
	if err != nil || len(g.Personen()) != 1 {
		t.Error(err)
	}
	if strings.Contains(b.ID+b.Pad+b.Soort, schildwacht.Leesbaar()) {
		t.Error("BSN buiten de inhoud")
	}
}
