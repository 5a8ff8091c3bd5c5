package node

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
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
		"vreemde organisatie": strings.Replace(zoek, string(vt.OIN), string(vreemd.OIN), 1),
	} {
		if s, b := c.vraagBesluit(politie, politie, "evaluation", body); s != 400 {
			t.Errorf("%s: %d %s", naam, s, b)
		}
	}
	for pad, wil := range map[string]string{"evaluation": `"decision":false`, "search/subject": `"results":[]`, "search/action": `"results":[]`} {
		if s, b := c.vraagBesluit(politie, politie, pad, strings.Replace(zoek, `"persoon"`, `"spaceship"`, 1)); s != 200 || !strings.Contains(b, wil) {
			t.Errorf("an unknown kind of subject at %s: %d %s", pad, s, b)
		}
	}
	if s, b := c.vraagBesluit(politie, politie, "search/subject", string(geval(t, "testdata/authzen-zoek-onbekende-soort.json"))); s != 200 || !strings.Contains(b, `"results":[]`) {
		t.Errorf("an unknown kind of subject: %d %s", s, b)
	}
	if s, _ := c.vraagBesluit(vt, politie, "evaluation", zoek); s != 403 {
		t.Errorf("a system of another organisation: %d", s)
	}
	log, err := n.nodes[politie.OIN].store.Besluitlog(t.Context(), 100)
	if err != nil || len(log) != 16 {
		t.Errorf("%d records for 16 calls (%v)", len(log), err)
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
	k.cfg.ProefBeleid[ProefKandidaten] = `{"subject":[{"type":"mens","id":"ja"},{"type":"mens","id":"nee"},{"type":"dier","id":"ja"}],"resource":[{"type":"ding","id":"1","properties":{"kleur":"rood"}}],"action":[{"name":"kijken"}]}`
	if pdp, err = k.beslisser(); err != nil {
		t.Fatal(err)
	}
	for s, wil := range map[authzen.Zoek]int{authzen.ZoekSubject: 2, authzen.ZoekResource: 1, authzen.ZoekAction: 1} {
		if vs, _, err := pdp.Kandidaten(t.Context(), s, vraagProef("ja"), "", 10); err != nil || len(vs) != wil || vs[0].Subject.ID != "ja" {
			t.Errorf("candidates for %s: %+v %v", s, vs, err)
		}
	}
	k.cfg.ProefBeleid[ProefKandidaten] = `{"mensen":[]}`
	if _, err := k.beslisser(); err == nil {
		t.Error("candidates of another form were taken")
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

func geval(t *testing.T, naam string) []byte {
	t.Helper()
	b, err := os.ReadFile(naam)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOnleesbareMeldingKrijgtEenFout: of what cannot be read nothing else is said
// than that, and the character NUL (testdata) is refused wherever it stands.
func TestOnleesbareMeldingKrijgtEenFout(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	nul := string(geval(t, "testdata/melding-nul-teken.json"))
	for naam, g := range map[string]struct{ body, zegt string }{
		"half":          {`{"soort":"VT","verzoek":`, "geen geldige JSON"},
		"nothing":       {"", ""},
		"twice":         {`{"soort":"VT","soort":"VT"}`, "twee keer"},
		"NUL":           {nul, "NUL"},
		"NUL in a name": {`{"a\u0000b":1}`, "NUL"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", n.srv[politie.OIN].URL+"/v1/meldingen", strings.NewReader(g.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		resp, err := n.identiteit(politie).Client(30 * time.Second).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 400 || !strings.Contains(string(b), g.zegt) || g.zegt != "" && strings.Contains(string(b), "Vul ") {
			t.Errorf("%s: %d %s", naam, resp.StatusCode, b)
		}
	}
}
