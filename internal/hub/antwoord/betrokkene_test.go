package antwoord_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/prov"
)

// Who has no number in an event is found by the name that the event gives, as the
// published contract asks; another name finds nothing, and a name never holds a number.
func TestBetrokkeneIsTeVindenOpZijnNaam(t *testing.T) {
	p := hubtest.Start(t)
	const plek = "/v1/uitkomsten-overleg/query"
	body, err := os.ReadFile("testdata/gevallen/query-betrokkeneIdentifier.json")
	if err != nil {
		t.Fatal(err)
	}
	var g prov.Graph
	g.Node("urn:soh:uitkomst:1", prov.Entity, "soh:UitkomstOverleg").Ref("soh:heeftBetrokkene", "urn:betrokkene:67890").Ref("prov:wasGeneratedBy", "urn:soh:activiteit:1")
	g.Node("urn:soh:activiteit:1", prov.Activity, "soh:BeschikbaarStellenUitkomstOverleg").Set("soh:tijdstip", "2026-11-23T09:00:00Z").Ref("prov:wasAssociatedWith", hubtest.OrgPolitie.OIN.URN())
	g.Node(hubtest.OrgPolitie.OIN.URN(), prov.Agent, "soh:Organisatie")
	g.Node("urn:betrokkene:67890", prov.Betrokkene).Set("soh:naam", "Sanne Geheim")
	ev := hubtest.Gebeurtenis(hubtest.OrgPolitie, cloudevent.UitkomstBeschikbaar, "urn:soh:uitkomst:1", g)
	if _, s := p.Als(hubtest.OrgPolitie).Aanvaard(ev); s.Status != antwoord.StatusOK {
		t.Fatalf("%+v", s)
	}
	vt := p.Als(hubtest.OrgVT)
	if uit := vt.Zoek(plek, string(body)); len(uit) != 1 || uit[0].ID != ev.ID || !bytes.Contains(uit[0].Data, []byte("Sanne")) {
		t.Errorf("found %v", uit)
	}
	if uit := vt.Zoek(plek, `{"betrokkeneIdentifier":"urn:betrokkene:67891"}`); len(uit) != 0 {
		t.Errorf("another name found %v", uit)
	}
	for _, fout := range []string{"urn:betrokkene:" + hubtest.Sentinel, "urn:betrokkene:Sanne Geheim", "betrokkene:67890", ""} {
		if a := vt.Doe("POST", plek, "application/json", []byte(`{"betrokkeneIdentifier":"`+fout+`"}`), ""); a.Status != 400 {
			t.Errorf("%q: %d", fout, a.Status)
		}
	}
	if a := vt.Doe("POST", plek, "application/json", []byte(`{"betrokkeneIdentifier":"urn:betrokkene:67890","burgerservicenummer":"999970185"}`), ""); a.Status != 400 {
		t.Errorf("two persons: %d", a.Status)
	}
}
