package hub_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/meting"
)

func TestZonderCertificaatIsAlleenHetOpenbareTeLezen(t *testing.T) {
	p := hubtest.Start(t)
	p.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	for eind := time.Now().Add(hubtest.LangWacht); ; time.Sleep(20 * time.Millisecond) { // signed within a second
		if p.ZonderCertificaat("GET", "/tlog/checkpoint").Status == http.StatusOK {
			break
		}
		if time.Now().After(eind) {
			t.Fatal("the checkpoint is not public")
		}
	}
	for _, pad := range []string{"/health", "/ready", "/v1/openapi.json", "/tlog/tile/0/000.p/1"} {
		if a := p.ZonderCertificaat("GET", pad); a.Status != http.StatusOK || bytes.Contains(a.Body, []byte(hubtest.Sentinel)) {
			t.Errorf("%s is not public: %d", pad, a.Status)
		}
	}
	variabele := regexp.MustCompile(`\{[^}]*\}`)
	n := 0
	for pad, ops := range hubtest.In(hubtest.Contract().Doc, "paths").(map[string]any) {
		for methode := range ops.(map[string]any) {
			// What the chain agreed about kinds of event is for every developer.
			afspraak := methode == "get" && (strings.HasPrefix(pad, "/schemas") || pad == "/gebeurtenissoorten")
			if pad == "/openapi.json" || pad == "/asyncapi.json" || methode == "parameters" || afspraak {
				continue
			}
			n++
			vol := "/v1" + variabele.ReplaceAllString(pad, uuid.NewString())
			a := p.ZonderCertificaat(strings.ToUpper(methode), vol)
			if a.Status != http.StatusUnauthorized || a.Kop.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s without a certificate: %d %s", methode, pad, a.Status, a.Body)
			}
		}
	}
	if n < 10 {
		t.Fatalf("only %d operations were tried", n)
	}
	for _, pad := range []string{"/", "/v1/", "/v1/bestaat-niet", "/tlog", "/healthz", "/v1/openapi.json/x", "//tlog/../v1/deelnemers"} {
		if a := p.ZonderCertificaat("GET", pad); a.Status != http.StatusUnauthorized && a.Status/100 != 3 {
			t.Errorf("%s without a certificate: %d", pad, a.Status)
		}
	}
}

// Whatever is asked of the hub, its measures and its log never hold a person.
func TestMetingenEnLogHoudenNiemandIn(t *testing.T) {
	basis := t.TempDir()
	m := meting.Nieuw("hub")
	p := hubtest.StartMet(t, basis, kern.Config{Dir: basis + "/hub", Metingen: m})
	b := p.Als(hubtest.OrgPolitie)
	b.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	b.Zoek("/v1/gebeurtenissen/query", hubtest.OverPersoon)
	raar := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	raar.Type = "nl.jzv." + hubtest.Sentinel
	b.Push(raar)
	b.Doe("GET", "/v1/status/"+hubtest.Sentinel, "", nil, "")
	b.Doe("GET", "/v1/deelnemers?naam=SanneGeheim", "", nil, "")
	b.Doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"burgerservicenummer":"`+hubtest.Sentinel+`","x":"Sanne Geheim"}`), "")
	b.Doe("POST", "/v1/events", "application/json", []byte(`{"id":"Sanne Geheim"}`), "")
	w := httptest.NewRecorder()
	m.Beheer(func() error { return nil }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	metingen := w.Body.String()
	for _, wil := range []string{
		`soh_hub_gebeurtenissen_total{type="` + cloudevent.MeldingGeregistreerd + `"} 1`, `soh_hub_geweigerd_total{code="ongeldig"}`,
		"soh_hub_vastleggen_seconden_count", "soh_hub_blok_gebeurtenissen_sum", "soh_hub_achterstand_blokken", "soh_hub_achterstand_seconden",
		"soh_hub_wachtrij_seconden", "soh_hub_grootboek_bladen", "soh_hub_log_bytes", "soh_hub_log_bereikbaar 1",
		`soh_hub_http_duur_seconden_count{route="POST /v1/gebeurtenissen/query"}`, `route="GET /v1/status/{interactieId}"`,
	} {
		if !strings.Contains(metingen, wil) {
			t.Errorf("no %s in the measures", wil)
		}
	}
	for naam, tekst := range map[string]string{"measures": metingen, "log": p.Logboek.String()} {
		for _, fout := range []string{hubtest.Sentinel, "Geheim"} {
			if strings.Contains(tekst, fout) {
				t.Errorf("%s stands in the %s", fout, naam)
			}
		}
	}
	if strings.Contains(metingen, string(hubtest.OrgPolitie.OIN)) || strings.Contains(metingen, "urn:") {
		t.Error("an identifier stands in the measures")
	}
}
