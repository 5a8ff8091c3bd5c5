package node

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang/authzen"
)

func vraagProef(id string) authzen.Vraag {
	return authzen.Vraag{
		Subject: authzen.Subject{Type: "mens", ID: id}, Action: authzen.Action{Name: "kijken"},
		Resource: authzen.Resource{Type: "ding", ID: "1", Properties: map[string]any{"kleur": "rood"}},
	}
}

// vraagBesluit asks the decision point at bij, as a system of als.
func (c *contract) vraagBesluit(als, bij begrip.Organisatie, pad, body string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.srv[bij.OIN].URL+"/access/v1/"+pad, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.identiteit(als).Client(30 * time.Second).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

// The decision point says what Inzage would do, tells nobody outside, shows no
// content, and keeps one record of every call.
func TestBeslispuntZegtWatInzageZouDoen(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 201})
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		t.Fatal(err)
	}
	vraag := func(rol, actie, id string) string {
		return `{"subject":{"type":"persoon","id":"p1","properties":{"rol":"` + rol + `","organisatie":"` + string(vt.OIN) + `"}},
			"action":{"name":"` + actie + `"},"resource":{"type":"melding","id":"` + id + `"},
			"context":{"doel":"beoordelen-melding","grondslag":"WMO-5.1.6","zaak":"` + m.Zaak + `"}}`
	}
	for _, g := range []struct {
		rol, actie, id string
		mag            bool
	}{
		{"medewerker-veilig-thuis", "lezen", m.ID, true},
		{"medewerker-veilig-thuis", "lezen-niveau2", "urn:soh:melding:" + m.ID, true},
		{"administratie", "lezen", m.ID, false},
		{"medewerker-veilig-thuis", "lezen", "0199c0de-0000-7000-8000-000000000009", false},
		{"medewerker-veilig-thuis", "lezen", "geen-nummer", false},
	} {
		s, b := c.vraagBesluit(politie, politie, "evaluation", vraag(g.rol, g.actie, g.id))
		if s != 200 || strings.Contains(b, `"decision":true`) != g.mag || strings.Contains(b, "Ruzie") || strings.Contains(b, kind.Leesbaar()) || !strings.Contains(b, `"nl":`) {
			t.Errorf("%s %s %s: %d %s", g.rol, g.actie, g.id, s, b)
		}
	}
	zoek := vraag("medewerker-veilig-thuis", "lezen", m.ID)
	if s, b := c.vraagBesluit(politie, politie, "search/resource", zoek); s != 200 || !strings.Contains(b, m.ID) {
		t.Errorf("resource search: %d %s", s, b)
	}
	if s, b := c.vraagBesluit(politie, politie, "search/action", zoek); s != 200 || !strings.Contains(b, "lezen-niveau1") {
		t.Errorf("action search: %d %s", s, b)
	}
	if s, b := c.vraagBesluit(politie, politie, "search/subject", strings.Replace(zoek, `"persoon"`, `"rol"`, 1)); s != 200 || !strings.Contains(b, `"id":"medewerker-veilig-thuis"`) || strings.Contains(b, "administratie") {
		t.Errorf("subject search: %d %s", s, b)
	}
	for naam, body := range map[string]string{
		"onbekende actie": vraag("administratie", "wissen", m.ID), "onbekend doel": strings.Replace(zoek, "beoordelen-melding", "zomaar", 1),
		"vreemde organisatie": strings.Replace(zoek, string(vt.OIN), string(vreemd.OIN), 1), "ander subject": strings.Replace(zoek, `"persoon"`, `"dier"`, 1),
	} {
		if s, b := c.vraagBesluit(politie, politie, "evaluation", body); s != 400 {
			t.Errorf("%s: %d %s", naam, s, b)
		}
	}
	if s, _ := c.vraagBesluit(vt, politie, "evaluation", zoek); s != 403 {
		t.Errorf("a system of another organisation: %d", s)
	}
	log, err := n.nodes[politie.OIN].store.Besluitlog(t.Context(), 100)
	if err != nil || len(log) != 13 {
		t.Errorf("%d records for 13 calls (%v)", len(log), err)
	}
	for _, r := range log {
		if strings.Contains(string(r), kind.Leesbaar()) {
			t.Error("a BSN in the decision log")
		}
	}
	n.geenBSN()
}

func TestBeslispuntMetProefbeleid(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	k := n.nodes[politie.OIN]
	k.cfg.ProefBeleid = map[string]string{"proef.rego": `package soh.authzen

import rego.v1

besluit := {"toegestaan": true, "niveau": 1, "gemaskeerd": ["adres"], "redenen": [{"tekst": "Proef.", "artikel": ""}]} if {
	input.subject.id == "ja"
	input.resource.properties.kleur == "rood"
}
`}
	pdp, err := k.beslisser()
	if err != nil {
		t.Fatal(err)
	}
	pdp.Toegelaten = nil
	for id, mag := range map[string]bool{"ja": true, "nee": false} {
		a, err := pdp.Beslis(t.Context(), vraagProef(id))
		if err != nil || a.Decision != mag {
			t.Errorf("%s: %+v %v", id, a, err)
		}
	}
	k.cfg.ProefBeleid = map[string]string{"stuk.rego": "package"}
	if _, err := k.beslisser(); err == nil {
		t.Error("a broken policy was taken")
	}
	w := httptest.NewRecorder()
	k.API().ServeHTTP(w, httptest.NewRequest("GET", "/.well-known/authzen-configuration", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "/access/v1/evaluation") {
		t.Errorf("metadata: %d %s", w.Code, w.Body)
	}
}
