package hub

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/toegang"
)

// A token to look may not offer, and the other way round; what it is for stands
// in the metadata.
func TestTokenVoorDeKetenindex(t *testing.T) {
	p := start(t)
	h := toegang.Uitgever{Identiteit: p.identiteit(orgHub)}
	p.Hub.cfg.Tokens = &h
	s := httptest.NewUnstartedServer(p.Handler())
	s.TLS = p.identiteit(orgHub).ServerTLS()
	s.StartTLS()
	t.Cleanup(s.Close)
	srv := s.URL
	i := p.identiteit(orgPolitie)
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
