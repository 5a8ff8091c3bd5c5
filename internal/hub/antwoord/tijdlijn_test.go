package antwoord_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/prov"
)

func TestTijdlijnVerteltWatErGebeurdeInGewoneWoorden(t *testing.T) {
	p := hubtest.Start(t)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	id, _ := politie.Aanvaard(ev)
	zaak := strings.Replace(ev.Subject, "melding", "zaak", 1)
	for _, vraag := range []string{hubtest.OverPersoon, `{"zaak":"` + zaak + `"}`, `{"zaak":"` + zaak + `","burgerservicenummer":"` + hubtest.Sentinel + `"}`} {
		l, rauw := vt.Tijdlijn(vraag)
		if len(l.Regels) != 1 || bytes.Contains(rauw, []byte(hubtest.Sentinel)) || bytes.Contains(rauw, []byte("Sanne")) {
			t.Fatalf("%s: %s", vraag, rauw)
		}
		m := l.Regels[0]
		if !m.Tijdstip.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) || !m.Geregistreerd.Equal(ev.Time) || m.Omschrijving != "Een organisatie heeft een melding geregistreerd." ||
			m.Organisatie == nil || m.Organisatie.OIN != hubtest.OrgPolitie.OIN || m.Organisatie.Naam != "Politie" || m.Onderwerp != ev.Subject || m.Zaak != zaak || m.InteractieID != id {
			t.Errorf("%+v", m)
		}
	}
	if l, _ := vt.Tijdlijn(`{"zaak":"urn:soh:zaak:anders"}`); l.Regels == nil || len(l.Regels) != 0 {
		t.Errorf("of nothing: %+v", l)
	}
}

func TestTijdlijnVanHetGezinVerraadtGeenBron(t *testing.T) {
	p := hubtest.Start(t)
	politie, portaal := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgPortaal)
	id, _ := politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, true))
	open, _ := politie.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	l, rauw := portaal.Tijdlijn(hubtest.OverPersoon)
	if len(l.Regels) != 2 || l.Regels[0].Organisatie != nil || !l.Regels[0].BronAfgeschermd || l.Regels[1].Organisatie == nil || l.Regels[1].BronAfgeschermd {
		t.Fatalf("%s", rauw)
	}
	eerste, _ := json.Marshal(l.Regels[0])
	if bytes.Contains(eerste, []byte(hubtest.OrgPolitie.OIN)) || bytes.Contains(eerste, []byte("Politie")) || bytes.Contains(rauw, []byte(id)) || bytes.Contains(rauw, []byte(open)) {
		t.Errorf("the source shows: %s", rauw)
	}
	if a := portaal.Doe("POST", "/v1/tijdlijnen/query", "application/json", []byte(`{"zaak":"urn:soh:zaak:1"}`), ""); a.Status != http.StatusBadRequest {
		t.Errorf("the portal asked about a zaak alone: %d", a.Status)
	}
}

func TestTijdlijnIsErOokAlsGraaf(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	b.Aanvaard(ev)
	id := b.Vraag("/v1/tijdlijnen/query", hubtest.OverPersoon)
	a := b.Doe("GET", "/v1/resultaten/"+id, "", nil, cloudevent.TypeLD+";q=0.9, application/json;q=0.5")
	if a.Status != http.StatusOK || a.Kop.Get("Content-Type") != cloudevent.TypeLD {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	g, w, err := prov.Lees(a.Body)
	if err != nil || len(w) > 0 || g.Vind(ev.Subject) == nil {
		t.Fatalf("%v %v %s", err, w, a.Body)
	}
	a = b.Doe("GET", "/v1/resultaten/"+id, "", nil, antwoord.TypeProvN)
	if tekst := string(a.Body); a.Kop.Get("Content-Type") != prov.TypeProvN || !strings.HasPrefix(tekst, "document") || !strings.Contains(tekst, "wasGeneratedBy(") || !strings.Contains(tekst, "endDocument") {
		t.Errorf("%v %s", a.Kop, a.Body)
	}
	a = b.Doe("GET", "/v1/resultaten/"+id, "", nil, cloudevent.TypeEvent)
	if res, err := cloudevent.Parse(a.Body); err != nil || res.Type != cloudevent.TijdlijnQueryResultaat {
		t.Errorf("as event: %v %s", err, a.Body)
	}
	for accept, status := range map[string]int{"text/html": 406, "text/html, text/provenance-notation;q=0.2": 200, "application/json;q=0": 406, "*/*": 200, "application/*;q=0.1": 200, "text/html, */*;q=0.1": 200, "onzin": 406} {
		if a := b.Doe("GET", "/v1/resultaten/"+id, "", nil, accept); a.Status != status {
			t.Errorf("%s: %d, want %d", accept, a.Status, status)
		}
	}
}
