package antwoord_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/prov"
)

func TestGezinZietNooitDeAfgeschermdeBron(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt, portaal := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT), p.Als(hubtest.OrgPortaal)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, true)
	id, _ := politie.Aanvaard(ev)
	var g prov.Graph
	g.Node(ev.Subject, prov.Entity, "soh:Melding").Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:9")
	g.Node("urn:soh:activiteit:opgepakt", prov.Activity, "soh:OppakkenMelding").Ref("prov:used", ev.Subject).
		Ref("prov:wasAssociatedWith", hubtest.OrgVT.OIN.URN()).Ref("soh:vanOrganisatie", hubtest.OrgPolitie.OIN.URN())
	g.Node(hubtest.OrgVT.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", hubtest.OrgVT.Naam)
	g.Node(hubtest.OrgPolitie.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", hubtest.OrgPolitie.Naam)
	g.Node("urn:soh:betrokkene:9", prov.Betrokkene).Set(prov.Burgerservicenummer, hubtest.Sentinel)
	if _, s := vt.Aanvaard(hubtest.Gebeurtenis(hubtest.OrgVT, cloudevent.MeldingOpgepakt, ev.Subject, g)); s.Status != antwoord.StatusOK {
		t.Fatalf("%+v", s)
	}
	gevonden := portaal.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon)
	if len(gevonden) != 2 || gevonden[0].Source != antwoord.Afgeschermd || gevonden[0].ID == ev.ID || gevonden[1].Source != hubtest.OrgVT.OIN.Systeem("proef") {
		t.Fatalf("found %+v", gevonden)
	}
	alles := cloudevent.AppendBatch(nil, gevonden)
	vraag := portaal.Vraag("/v1/gebeurtenissen/query", hubtest.OverPersoon)
	alles = append(alles, portaal.Doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeEvent).Body...)
	for _, geheim := range []string{string(hubtest.OrgPolitie.OIN), hubtest.OrgPolitie.Naam, "inzageUrl", ev.ID, strings.TrimPrefix(id, "urn:uuid:")} {
		// the melding keeps its own identifier, which is not the event's id
		if bytes.Contains(alles, []byte(geheim)) {
			t.Errorf("%q tells the source: %s", geheim, alles)
		}
	}
	if !bytes.Contains(alles, []byte(hubtest.OrgVT.Naam)) || !bytes.Contains(alles, []byte(hubtest.Sentinel)) {
		t.Error("what the family may see is gone as well")
	}
	if g := portaal.Zoek("/v1/gebeurtenissen/query", `{"burgerservicenummer":"`+hubtest.Sentinel+`","organisatie":"`+string(hubtest.OrgPolitie.OIN)+`"}`); len(g) != 0 {
		t.Errorf("searching by organisation tells the source: %v", g)
	}
	if a := portaal.Doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"organisatie":"`+string(hubtest.OrgPolitie.OIN)+`"}`), ""); a.Status != http.StatusBadRequest {
		t.Errorf("the portal searched without a person: %d", a.Status)
	}
	if a := portaal.Doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.Status != http.StatusForbidden {
		t.Errorf("the portal got a proof: %d", a.Status)
	}
	if g := vt.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon); len(g) != 2 || g[0].Source != ev.Source {
		t.Errorf("a professional does not see the source: %v", g)
	}
}

// Every result passes the field's schema: an Entity, an Activity and an Agent,
// also when nothing was found.
func TestResultaatIsAltijdEenVolledigeGraaf(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgVT)
	id := b.Vraag("/v1/uitkomsten-overleg/query", `{}`)
	a := b.Doe("GET", "/v1/resultaten/"+id, "", nil, "")
	ev, err := cloudevent.Parse(a.Body)
	if err != nil || ev.Subject != id || ev.Type != cloudevent.UitkomstQueryResultaat {
		t.Fatalf("got %+v %v", ev, err)
	}
	g, w, err := prov.Lees(ev.Data)
	if err != nil || len(w) > 0 || len(g.Entities()) != 1 || len(g.Activities()) != 1 || len(g.Agents()) != 2 {
		t.Fatalf("got %s: %v %v", ev.Data, w, err)
	}
	if a := b.Doe("GET", "/v1/resultaten/"+id, "", nil, "text/html"); a.Status != http.StatusNotAcceptable {
		t.Errorf("text/html: %d", a.Status)
	}
}
