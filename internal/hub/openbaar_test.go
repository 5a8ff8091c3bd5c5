package hub

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/meting"
)

// zonderCertificaat asks as anyone on the internet can.
func (p *proefhub) zonderCertificaat(methode, pad string) antwoord {
	p.t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.identiteit(orgPolitie).Roots}}
	defer tr.CloseIdleConnections()
	r, err := http.NewRequestWithContext(context.Background(), methode, p.url+pad, strings.NewReader("{}"))
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: tr, Timeout: time.Minute}).Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	lijf, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return antwoord{resp.StatusCode, resp.Header, lijf}
}

func TestZonderCertificaatIsAlleenHetOpenbareTeLezen(t *testing.T) {
	p := start(t)
	p.als(orgPolitie).aanvaard(melding(orgPolitie, sentinel, false))
	for eind := time.Now().Add(langWacht); ; time.Sleep(20 * time.Millisecond) { // signed within a second
		if p.zonderCertificaat("GET", "/tlog/checkpoint").status == http.StatusOK {
			break
		}
		if time.Now().After(eind) {
			t.Fatal("the checkpoint is not public")
		}
	}
	for _, pad := range []string{"/health", "/ready", "/v1/openapi.json", "/tlog/tile/0/000.p/1"} {
		if a := p.zonderCertificaat("GET", pad); a.status != http.StatusOK || bytes.Contains(a.body, []byte(sentinel)) {
			t.Errorf("%s is not public: %d", pad, a.status)
		}
	}
	variabele := regexp.MustCompile(`\{[^}]*\}`)
	n := 0
	for pad, ops := range in(contract().doc, "paths").(map[string]any) {
		for methode := range ops.(map[string]any) {
			// What the chain agreed about kinds of event is for every developer.
			afspraak := methode == "get" && (strings.HasPrefix(pad, "/schemas") || pad == "/gebeurtenissoorten")
			if pad == "/openapi.json" || pad == "/asyncapi.json" || methode == "parameters" || afspraak {
				continue
			}
			n++
			vol := "/v1" + variabele.ReplaceAllString(pad, uuid.NewString())
			a := p.zonderCertificaat(strings.ToUpper(methode), vol)
			if a.status != http.StatusUnauthorized || a.kop.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s without a certificate: %d %s", methode, pad, a.status, a.body)
			}
		}
	}
	if n < 10 {
		t.Fatalf("only %d operations were tried", n)
	}
	for _, pad := range []string{"/", "/v1/", "/v1/bestaat-niet", "/tlog", "/healthz", "/v1/openapi.json/x", "//tlog/../v1/deelnemers"} {
		if a := p.zonderCertificaat("GET", pad); a.status != http.StatusUnauthorized && a.status/100 != 3 {
			t.Errorf("%s without a certificate: %d", pad, a.status)
		}
	}
}

// Whatever is asked of the hub, its measures and its log never hold a person.
func TestMetingenEnLogHoudenNiemandIn(t *testing.T) {
	basis := t.TempDir()
	m := meting.Nieuw("hub")
	p := startMet(t, basis, Config{Dir: basis + "/hub", Metingen: m})
	b := p.als(orgPolitie)
	b.aanvaard(melding(orgPolitie, sentinel, false))
	b.zoek("/v1/gebeurtenissen/query", overPersoon)
	raar := melding(orgPolitie, sentinel, false)
	raar.Type = "nl.jzv." + sentinel
	b.push(raar)
	b.doe("GET", "/v1/status/"+sentinel, "", nil, "")
	b.doe("GET", "/v1/deelnemers?naam=SanneGeheim", "", nil, "")
	b.doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"burgerservicenummer":"`+sentinel+`","x":"Sanne Geheim"}`), "")
	b.doe("POST", "/v1/events", "application/json", []byte(`{"id":"Sanne Geheim"}`), "")
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
	for naam, tekst := range map[string]string{"measures": metingen, "log": p.log.String()} {
		for _, fout := range []string{sentinel, "Geheim"} {
			if strings.Contains(tekst, fout) {
				t.Errorf("%s stands in the %s", fout, naam)
			}
		}
	}
	if strings.Contains(metingen, string(orgPolitie.OIN)) || strings.Contains(metingen, "urn:") {
		t.Error("an identifier stands in the measures")
	}
}
