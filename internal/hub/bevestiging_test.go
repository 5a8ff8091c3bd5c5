package hub

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// ingezien is the event with which bron tells that lezer read its melding.
func ingezien(m cloudevent.Event, bron, lezer begrip.Organisatie) cloudevent.Event {
	id := m.Subject[strings.LastIndexByte(m.Subject, ':')+1:]
	var g prov.Graph
	g.Node(m.Subject, prov.Entity, "soh:Melding").Ref("soh:zaak", "urn:soh:zaak:"+id)
	g.Node("urn:soh:activiteit:i"+id, prov.Activity, "soh:InzienMelding").Set("soh:tijdstip", "2026-11-23T09:10:00Z").Ref("prov:wasAssociatedWith", lezer.OIN.URN()).Ref("prov:used", m.Subject)
	g.Node(lezer.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", lezer.Naam)
	return gebeurtenis(bron, cloudevent.MeldingIngezien, m.Subject, g)
}

func zaakVan(m cloudevent.Event) string { return strings.Replace(m.Subject, ":melding:", ":zaak:", 1) }

// regel is the rule of o that looks whether there is a reason to ask it something.
func (p *proefhub) regel(o begrip.Organisatie) *beller {
	b := p.als(o)
	b.lezer = &toegang.Lezer{Organisatie: o, Persoon: "regel", Naam: "Automatische regel", Rol: begrip.RolSysteem, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24}
	return b
}

// gevraagd is the event with which vrager tells that it asks aan about bsn.
func gevraagd(zaak string, vrager, aan begrip.Organisatie, bsn string) cloudevent.Event {
	id := uuid.NewString()
	var g prov.Graph
	g.Node("urn:soh:verrijkingsverzoek:"+id, prov.Entity, "soh:Verrijkingsverzoek").Ref("soh:zaak", zaak).Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id).
		Ref("soh:aangebodenAan", aan.OIN.URN()).Ref("prov:wasGeneratedBy", "urn:soh:activiteit:"+id)
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:VragenBekendheid").Set("soh:tijdstip", "2026-11-23T09:20:00Z").Ref("prov:wasAssociatedWith", vrager.OIN.URN())
	g.Node(vrager.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", vrager.Naam)
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, bsn)
	return gebeurtenis(vrager, cloudevent.BekendheidGevraagd, "urn:soh:verrijkingsverzoek:"+id, g)
}

// gaatNa asks whether there is a melding of which partij knows.
func (b *beller) gaatNa(zaak string, partij begrip.OIN, personen ...string) antwoord {
	body, _ := json.Marshal(map[string]any{"bewijs": "melding", "zaak": zaak, "partij": partij, "personen": personen})
	return b.doe("POST", "/v1/bevestigingen/query", "application/json", body, "")
}

func (b *beller) bevestiging(zaak string, partij begrip.OIN, personen ...string) string {
	b.p.t.Helper()
	a := b.gaatNa(zaak, partij, personen...)
	if a.status != http.StatusOK {
		b.p.t.Fatalf("%d %s", a.status, a.body)
	}
	if bytes.Contains(a.body, []byte("urn:")) || len(a.body) > 200 {
		b.p.t.Errorf("the answer tells more than yes or no: %s", a.body)
	}
	return strings.TrimSpace(string(a.body))
}

// beweert offers an event that may be refused, and waits until that is clear.
func (b *beller) beweert(ev cloudevent.Event) {
	b.p.t.Helper()
	a := b.push(ev)
	var in struct{ InteractieID string }
	if a.status == http.StatusAccepted && json.Unmarshal(a.body, &in) == nil {
		b.klaar(in.InteractieID)
	}
}

// A melding proves something for the party that its source let read it, and for
// nobody else; what a party says of itself proves nothing.
func TestBevestigingRustOpWatAnderenMelden(t *testing.T) {
	p := start(t)
	pol, vt := p.regel(orgPolitie), p.als(orgVT)
	const ander, ja, nee = "999970185", `{"bevestigd":true,"personen":[true,false]}`, `{"bevestigd":false,"personen":[false,false]}`
	vraag := func(m cloudevent.Event, partij begrip.OIN) string {
		t.Helper()
		return pol.bevestiging(zaakVan(m), partij, sentinel, ander)
	}
	gevraagd := func(m cloudevent.Event) { vt.aanvaard(gevraagd(zaakVan(m), orgVT, orgPolitie, sentinel)) }
	m := melding(orgPolitie, sentinel, true) // a shielded source as well
	gevraagd(m)
	pol.aanvaard(m)
	if got := vraag(m, orgVT.OIN); got != nee {
		t.Errorf("before the source let the party read it: %s", got)
	}
	pol.aanvaard(ingezien(m, orgPolitie, orgVT))
	if got := vraag(m, orgVT.OIN); got != ja {
		t.Errorf("got %s", got)
	}
	if got := vraag(m, orgVreemd.OIN); got != nee {
		t.Errorf("a party that did not read it: %s", got)
	}
	if got := pol.bevestiging("urn:soh:zaak:anders", orgVT.OIN, sentinel, ander); got != nee {
		t.Errorf("another zaak: %s", got)
	}

	// Veilig Thuis invents: a melding of its own, a look that it says it did.
	zelf := melding(orgVT, sentinel, false)
	vt.beweert(zelf)
	vt.beweert(ingezien(zelf, orgVT, orgVT))
	gevraagd(zelf)
	if got := vraag(zelf, orgVT.OIN); got != nee {
		t.Errorf("an invented melding: %s", got)
	}
	n := melding(orgPolitie, sentinel, false)
	gevraagd(n)
	pol.aanvaard(n)
	vt.beweert(ingezien(n, orgVT, orgVT))
	if got := vraag(n, orgVT.OIN); got != nee {
		t.Errorf("a look that only the party tells of: %s", got)
	}
}

func TestBevestigingVoorWieMag(t *testing.T) {
	p := start(t)
	goed := map[string]any{"bewijs": "melding", "zaak": "urn:soh:zaak:1", "partij": orgVT.OIN, "personen": []string{sentinel}}
	vraag := func(o begrip.Organisatie, veld string, waarde any) int {
		t.Helper()
		in := map[string]any{}
		for k, v := range goed {
			in[k] = v
		}
		in[veld] = waarde
		body, _ := json.Marshal(in)
		b := p.regel(o)
		if o.Soort == begrip.Burgerportaal {
			b.lezer = nil // states the citizen
		}
		return b.doe("POST", "/v1/bevestigingen/query", "application/json", body, "").status
	}
	veel := make([]string, maxBevestigPersonen+1)
	for i := range veel {
		veel[i] = sentinel
	}
	for naam, g := range map[string]struct {
		o      begrip.Organisatie
		veld   string
		waarde any
		wil    int
	}{
		"goed":             {orgPolitie, "bewijs", "melding", 200},
		"over zichzelf":    {orgVT, "bewijs", "melding", 403},
		"het portaal":      {orgPortaal, "bewijs", "melding", 403},
		"wie niet meedoet": {orgVreemd, "bewijs", "melding", 403},
		"zonder zaak":      {orgPolitie, "zaak", "", 400},
		"onbekend bewijs":  {orgPolitie, "bewijs", "alles", 400},
		"geen OIN":         {orgPolitie, "partij", "1", 400},
		"te veel personen": {orgPolitie, "personen", veel, 400},
		"geen BSN":         {orgPolitie, "personen", []string{"123456789"}, 400},
		"onbekend veld":    {orgPolitie, "organisatie", "x", 400},
	} {
		if got := vraag(g.o, g.veld, g.waarde); got != g.wil {
			t.Errorf("%s: %d, want %d", naam, got, g.wil)
		}
	}
}
