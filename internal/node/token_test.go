package node

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// A system that asked for little gets little, whatever its organisation may
// see; the statement of who looks travels beside the token.
func TestTokenVanEenSysteemBeperktDeInzage(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 201})
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		t.Fatal(err)
	}
	i := n.identiteit(vt)
	client, basis := i.Client(30*time.Second), n.srv[politie.OIN].URL
	token := func(scope string) string {
		resp, err := client.PostForm(basis+toegang.PadToken, url.Values{"grant_type": {"client_credentials"}, "scope": {scope}})
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
		return a.Token
	}
	lees := func(token, pad string) (int, string, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, basis+"/v1/meldingen/"+m.ID+pad, nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := i.Verklaring(*lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak), politie.OIN, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set(toegang.KopVerklaring, v)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, resp.Header.Get("Informatieniveau"), string(body)
	}
	vol, beperkt := token("meldingen:read:volledig"), token("meldingen:read:beperkt")
	if s, n, b := lees(vol, ""); s != 200 || n != "2" || !strings.Contains(b, "Ruzie in huis") {
		t.Errorf("full: %d level %s", s, n)
	}
	if s, n, b := lees(beperkt, ""); s != 200 || n != "1" || strings.Contains(b, "Ruzie") || strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("restricted: %d level %s: %s", s, n, b)
	}
	if s, _, b := lees(beperkt, "/niveau2"); s != 403 || strings.Contains(b, "Ruzie") {
		t.Errorf("above the token: %d %s", s, b)
	}
	if s, _, _ := lees(token("meldingen:write"), ""); s != 403 {
		t.Errorf("reading with a token to write: %d", s)
	}
}
