package hubtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// Bewezen is a melding of the police that Veilig Thuis read.
func (p *Proefhub) Bewezen() (m cloudevent.Event) {
	p.T.Helper()
	m = Melding(OrgPolitie, Sentinel, false)
	p.Als(OrgPolitie).Aanvaard(m)
	p.Als(OrgPolitie).Aanvaard(Ingezien(m, OrgPolitie, OrgVT))
	return m
}

// Ingezien is the event with which bron tells that lezer read its melding.
func Ingezien(m cloudevent.Event, bron, lezer begrip.Organisatie) cloudevent.Event {
	id := m.Subject[strings.LastIndexByte(m.Subject, ':')+1:]
	var g prov.Graph
	g.Node(m.Subject, prov.Entity, "soh:Melding").Ref("soh:zaak", "urn:soh:zaak:"+id)
	g.Node("urn:soh:activiteit:i"+id, prov.Activity, "soh:InzienMelding").Set("soh:tijdstip", "2026-11-23T09:10:00Z").Ref("prov:wasAssociatedWith", lezer.OIN.URN()).Ref("prov:used", m.Subject)
	g.Node(lezer.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", lezer.Naam)
	return Gebeurtenis(bron, cloudevent.MeldingIngezien, m.Subject, g)
}

func ZaakVan(m cloudevent.Event) string { return strings.Replace(m.Subject, ":melding:", ":zaak:", 1) }

// Regel is the rule of o that looks whether there is a reason to ask it something.
func (p *Proefhub) Regel(o begrip.Organisatie) *Beller {
	b := p.Als(o)
	b.Lezer = &toegang.Lezer{Organisatie: o, Persoon: "regel", Naam: "Automatische regel", Rol: begrip.RolSysteem, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24}
	return b
}

// Gevraagd is the event with which vrager tells that it asks aan about bsn.
func Gevraagd(zaak string, vrager, aan begrip.Organisatie, bsn string) cloudevent.Event {
	id := uuid.NewString()
	var g prov.Graph
	g.Node("urn:soh:verrijkingsverzoek:"+id, prov.Entity, "soh:Verrijkingsverzoek").Ref("soh:zaak", zaak).Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id).
		Ref("soh:aangebodenAan", aan.OIN.URN()).Ref("prov:wasGeneratedBy", "urn:soh:activiteit:"+id)
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:VragenBekendheid").Set("soh:tijdstip", "2026-11-23T09:20:00Z").Ref("prov:wasAssociatedWith", vrager.OIN.URN())
	g.Node(vrager.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", vrager.Naam)
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, bsn)
	return Gebeurtenis(vrager, cloudevent.BekendheidGevraagd, "urn:soh:verrijkingsverzoek:"+id, g)
}

// GaatNa asks whether there is a melding of which partij knows.
func (b *Beller) GaatNa(zaak string, partij begrip.OIN, personen ...string) Antwoord {
	body, _ := json.Marshal(map[string]any{"bewijs": "melding", "zaak": zaak, "partij": partij, "personen": personen})
	return b.Doe("POST", "/v1/bevestigingen/query", "application/json", body, "")
}

func (b *Beller) Bevestiging(zaak string, partij begrip.OIN, personen ...string) string {
	b.P.T.Helper()
	a := b.GaatNa(zaak, partij, personen...)
	if a.Status != http.StatusOK {
		b.P.T.Fatalf("%d %s", a.Status, a.Body)
	}
	if bytes.Contains(a.Body, []byte("urn:")) || len(a.Body) > 200 {
		b.P.T.Errorf("the answer tells more than yes or no: %s", a.Body)
	}
	return strings.TrimSpace(string(a.Body))
}

// Beweert offers an event that may be refused, and waits until that is clear.
func (b *Beller) Beweert(ev cloudevent.Event) {
	b.P.T.Helper()
	a := b.Push(ev)
	var in struct{ InteractieID string }
	if a.Status == http.StatusAccepted && json.Unmarshal(a.Body, &in) == nil {
		b.Klaar(in.InteractieID)
	}
}
