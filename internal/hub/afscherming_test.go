package hub

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

func TestGezinZietNooitDeAfgeschermdeBron(t *testing.T) {
	p := start(t)
	politie, vt, portaal := p.als(orgPolitie), p.als(orgVT), p.als(orgPortaal)
	ev := melding(orgPolitie, sentinel, true)
	id, _ := politie.aanvaard(ev)
	var g prov.Graph
	g.Node(ev.Subject, prov.Entity, "soh:Melding").Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:9")
	g.Node("urn:soh:activiteit:opgepakt", prov.Activity, "soh:OppakkenMelding").Ref("prov:used", ev.Subject).
		Ref("prov:wasAssociatedWith", orgVT.OIN.URN()).Ref("soh:vanOrganisatie", orgPolitie.OIN.URN())
	g.Node(orgVT.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", orgVT.Naam)
	g.Node(orgPolitie.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", orgPolitie.Naam)
	g.Node("urn:soh:betrokkene:9", prov.Betrokkene).Set(prov.Burgerservicenummer, sentinel)
	if _, s := vt.aanvaard(gebeurtenis(orgVT, cloudevent.MeldingOpgepakt, ev.Subject, g)); s.Status != statusOK {
		t.Fatalf("%+v", s)
	}
	gevonden := portaal.zoek("/v1/gebeurtenissen/query", overPersoon)
	if len(gevonden) != 2 || gevonden[0].Source != afgeschermd || gevonden[0].ID == ev.ID || gevonden[1].Source != orgVT.OIN.Systeem("proef") {
		t.Fatalf("found %+v", gevonden)
	}
	alles := cloudevent.AppendBatch(nil, gevonden)
	vraag := portaal.vraag("/v1/gebeurtenissen/query", overPersoon)
	alles = append(alles, portaal.doe("GET", "/v1/resultaten/"+vraag, "", nil, cloudevent.TypeEvent).body...)
	for _, geheim := range []string{string(orgPolitie.OIN), orgPolitie.Naam, "inzageUrl", ev.ID, strings.TrimPrefix(id, "urn:uuid:")} {
		// the melding keeps its own identifier, which is not the event's id
		if bytes.Contains(alles, []byte(geheim)) {
			t.Errorf("%q tells the source: %s", geheim, alles)
		}
	}
	if !bytes.Contains(alles, []byte(orgVT.Naam)) || !bytes.Contains(alles, []byte(sentinel)) {
		t.Error("what the family may see is gone as well")
	}
	if g := portaal.zoek("/v1/gebeurtenissen/query", `{"burgerservicenummer":"`+sentinel+`","organisatie":"`+string(orgPolitie.OIN)+`"}`); len(g) != 0 {
		t.Errorf("searching by organisation tells the source: %v", g)
	}
	if a := portaal.doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"organisatie":"`+string(orgPolitie.OIN)+`"}`), ""); a.status != http.StatusBadRequest {
		t.Errorf("the portal searched without a person: %d", a.status)
	}
	if a := portaal.doe("GET", "/v1/events/"+id+"/bewijs", "", nil, ""); a.status != http.StatusForbidden {
		t.Errorf("the portal got a proof: %d", a.status)
	}
	if g := vt.zoek("/v1/gebeurtenissen/query", overPersoon); len(g) != 2 || g[0].Source != ev.Source {
		t.Errorf("a professional does not see the source: %v", g)
	}
}

// Every result passes the field's schema: an Entity, an Activity and an Agent,
// also when nothing was found.
func TestResultaatIsAltijdEenVolledigeGraaf(t *testing.T) {
	p := start(t)
	b := p.als(orgVT)
	id := b.vraag("/v1/uitkomsten-overleg/query", `{}`)
	a := b.doe("GET", "/v1/resultaten/"+id, "", nil, "")
	ev, err := cloudevent.Parse(a.body)
	if err != nil || ev.Subject != id || ev.Type != cloudevent.UitkomstQueryResultaat {
		t.Fatalf("got %+v %v", ev, err)
	}
	g, w, err := prov.Lees(ev.Data)
	if err != nil || len(w) > 0 || len(g.Entities()) != 1 || len(g.Activities()) != 1 || len(g.Agents()) != 2 {
		t.Fatalf("got %s: %v %v", ev.Data, w, err)
	}
	if a := b.doe("GET", "/v1/resultaten/"+id, "", nil, "text/html"); a.status != http.StatusNotAcceptable {
		t.Errorf("text/html: %d", a.status)
	}
}
