package hub

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

func (b *beller) tijdlijn(vraag string) (t Tijdlijn, rauw []byte) {
	b.p.t.Helper()
	a := b.doe("GET", "/v1/resultaten/"+b.vraag("/v1/tijdlijnen/query", vraag), "", nil, "application/json")
	if a.status != http.StatusOK || json.Unmarshal(a.body, &t) != nil {
		b.p.t.Fatalf("timeline: %d %s", a.status, a.body)
	}
	return t, a.body
}

func TestTijdlijnVerteltWatErGebeurdeInGewoneWoorden(t *testing.T) {
	p := start(t)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	ev := melding(orgPolitie, sentinel, false)
	id, _ := politie.aanvaard(ev)
	zaak := strings.Replace(ev.Subject, "melding", "zaak", 1)
	for _, vraag := range []string{overPersoon, `{"zaak":"` + zaak + `"}`, `{"zaak":"` + zaak + `","burgerservicenummer":"` + sentinel + `"}`} {
		l, rauw := vt.tijdlijn(vraag)
		if len(l.Regels) != 1 || bytes.Contains(rauw, []byte(sentinel)) || bytes.Contains(rauw, []byte("Sanne")) {
			t.Fatalf("%s: %s", vraag, rauw)
		}
		m := l.Regels[0]
		if !m.Tijdstip.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) || !m.Geregistreerd.Equal(ev.Time) || m.Omschrijving != "Een organisatie heeft een melding geregistreerd." ||
			m.Organisatie == nil || m.Organisatie.OIN != orgPolitie.OIN || m.Organisatie.Naam != "Politie" || m.Onderwerp != ev.Subject || m.Zaak != zaak || m.InteractieID != id {
			t.Errorf("%+v", m)
		}
	}
	if l, _ := vt.tijdlijn(`{"zaak":"urn:soh:zaak:anders"}`); l.Regels == nil || len(l.Regels) != 0 {
		t.Errorf("of nothing: %+v", l)
	}
}

func TestTijdlijnVanHetGezinVerraadtGeenBron(t *testing.T) {
	p := start(t)
	politie, portaal := p.als(orgPolitie), p.als(orgPortaal)
	id, _ := politie.aanvaard(melding(orgPolitie, sentinel, true))
	open, _ := politie.aanvaard(melding(orgPolitie, sentinel, false))
	l, rauw := portaal.tijdlijn(overPersoon)
	if len(l.Regels) != 2 || l.Regels[0].Organisatie != nil || !l.Regels[0].BronAfgeschermd || l.Regels[1].Organisatie == nil || l.Regels[1].BronAfgeschermd {
		t.Fatalf("%s", rauw)
	}
	eerste, _ := json.Marshal(l.Regels[0])
	if bytes.Contains(eerste, []byte(orgPolitie.OIN)) || bytes.Contains(eerste, []byte("Politie")) || bytes.Contains(rauw, []byte(id)) || bytes.Contains(rauw, []byte(open)) {
		t.Errorf("the source shows: %s", rauw)
	}
	if a := portaal.doe("POST", "/v1/tijdlijnen/query", "application/json", []byte(`{"zaak":"urn:soh:zaak:1"}`), ""); a.status != http.StatusBadRequest {
		t.Errorf("the portal asked about a zaak alone: %d", a.status)
	}
}

func TestTijdlijnIsErOokAlsGraaf(t *testing.T) {
	p := start(t)
	b := p.als(orgPolitie)
	ev := melding(orgPolitie, sentinel, false)
	b.aanvaard(ev)
	id := b.vraag("/v1/tijdlijnen/query", overPersoon)
	a := b.doe("GET", "/v1/resultaten/"+id, "", nil, cloudevent.TypeLD+";q=0.9, application/json;q=0.5")
	if a.status != http.StatusOK || a.kop.Get("Content-Type") != cloudevent.TypeLD {
		t.Fatalf("%d %s", a.status, a.body)
	}
	g, w, err := prov.Lees(a.body)
	if err != nil || len(w) > 0 || g.Vind(ev.Subject) == nil {
		t.Fatalf("%v %v %s", err, w, a.body)
	}
	a = b.doe("GET", "/v1/resultaten/"+id, "", nil, typeProvN)
	if tekst := string(a.body); a.kop.Get("Content-Type") != prov.TypeProvN || !strings.HasPrefix(tekst, "document") || !strings.Contains(tekst, "wasGeneratedBy(") || !strings.Contains(tekst, "endDocument") {
		t.Errorf("%v %s", a.kop, a.body)
	}
	a = b.doe("GET", "/v1/resultaten/"+id, "", nil, cloudevent.TypeEvent)
	if res, err := cloudevent.Parse(a.body); err != nil || res.Type != cloudevent.TijdlijnQueryResultaat {
		t.Errorf("as event: %v %s", err, a.body)
	}
	for accept, status := range map[string]int{"text/html": 406, "text/html, text/provenance-notation;q=0.2": 200, "application/json;q=0": 406, "*/*": 200, "application/*;q=0.1": 200, "text/html, */*;q=0.1": 200, "onzin": 406} {
		if a := b.doe("GET", "/v1/resultaten/"+id, "", nil, accept); a.status != status {
			t.Errorf("%s: %d, want %d", accept, a.status, status)
		}
	}
}
