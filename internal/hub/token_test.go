package hub_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/toegang"
)

// A token to look may not offer, and the other way round; what it is for stands
// in the metadata.
func TestTokenVoorDeKetenindex(t *testing.T) {
	p := hubtest.Start(t)
	h := toegang.Uitgever{Identiteit: p.Identiteit(hubtest.OrgHub)}
	p.Hub.Cfg.Tokens = &h
	s := httptest.NewUnstartedServer(p.Handler())
	s.TLS = p.Identiteit(hubtest.OrgHub).ServerTLS()
	s.StartTLS()
	t.Cleanup(s.Close)
	srv := s.URL
	i := p.Identiteit(hubtest.OrgPolitie)
	client := i.Client(30 * time.Second)
	resp, err := client.PostForm(srv+toegang.PadToken, url.Values{"grant_type": {"client_credentials"}, "scope": {"events:write"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.Token == "" {
		t.Fatalf("%d %v", resp.StatusCode, err)
	}
	doe := func(pad, soort, body string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv+pad, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+a.Token)
		r.Header.Set("Content-Type", soort)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if s := doe("/v1/events", "application/cloudevents+json", "{}"); s != http.StatusBadRequest {
		t.Errorf("an empty event: %d", s)
	}
	if s := doe("/v1/uitkomsten-overleg/query", "application/json", "{}"); s != http.StatusForbidden {
		t.Errorf("looking with a token to offer: %d", s)
	}
	m, err := client.Get(srv + toegang.PadMetadata)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Body.Close()
	var meta struct {
		Scopes []string `json:"scopes_supported"`
	}
	if err := json.NewDecoder(m.Body).Decode(&meta); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"events:write", "uoo:read:minimaal", "uoo:read:beperkt", "uoo:read:volledig"} {
		if !strings.Contains(strings.Join(meta.Scopes, " "), s) {
			t.Errorf("%s is not among %v", s, meta.Scopes)
		}
	}
}

// A token for little shows little of what its organisation may see in full.
func TestTokenVoorWeinigToontWeinig(t *testing.T) {
	p := hubtest.Start(t)
	p.Hub.Cfg.Tokens = &toegang.Uitgever{Identiteit: p.Identiteit(hubtest.OrgHub)}
	s := httptest.NewUnstartedServer(p.Handler())
	s.TLS = p.Identiteit(hubtest.OrgHub).ServerTLS()
	s.StartTLS()
	t.Cleanup(s.Close)
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	if a := p.Als(hubtest.OrgPolitie).Push(ev); a.Status != http.StatusAccepted {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	p.WachtOp(t.Context(), p.Hub.Log.Laatste(), time.Minute)
	client := p.Identiteit(hubtest.OrgPolitie).Client(30 * time.Second)
	lees := func(methode, pad, token, body string) string {
		r, err := http.NewRequestWithContext(t.Context(), methode, s.URL+pad, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Accept", "application/cloudevents-batch+json, application/json")
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		if resp.StatusCode/100 != 2 {
			t.Fatalf("%s: %d %s", pad, resp.StatusCode, b)
		}
		return string(b)
	}
	gezien := map[string]string{}
	for _, niveau := range []string{"minimaal", "volledig"} {
		resp, err := client.PostForm(s.URL+toegang.PadToken, url.Values{"grant_type": {"client_credentials"}, "scope": {"gebeurtenissen:read:" + niveau}})
		if err != nil {
			t.Fatal(err)
		}
		var a struct {
			Token string `json:"access_token"`
		}
		err = json.NewDecoder(resp.Body).Decode(&a)
		_ = resp.Body.Close()
		if err != nil || a.Token == "" {
			t.Fatalf("%d %v", resp.StatusCode, err)
		}
		var in struct{ InteractieID string }
		if err := json.Unmarshal([]byte(lees("POST", "/v1/gebeurtenissen/query", a.Token, `{"type":"`+ev.Type+`"}`)), &in); err != nil {
			t.Fatal(err)
		}
		gezien[niveau] = lees("GET", "/v1/resultaten/"+in.InteractieID, a.Token, "")
	}
	if !strings.Contains(gezien["volledig"], "urn:soh:zaak:") || !strings.Contains(gezien["volledig"], "Betrokkene") {
		t.Errorf("in full: %s", gezien["volledig"])
	}
	if !strings.Contains(gezien["minimaal"], ev.Type) || strings.Contains(gezien["minimaal"], "urn:soh:zaak:") || strings.Contains(gezien["minimaal"], "etrokkene") || strings.Contains(gezien["minimaal"], hubtest.Sentinel) {
		t.Errorf("little: %s", gezien["minimaal"])
	}
}
