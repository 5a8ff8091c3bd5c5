package hub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/hub/hubtest"
)

func TestPaginaVanEenAnderKanNietsSturen(t *testing.T) {
	p := hubtest.Start(t)
	c := p.Als(hubtest.OrgPolitie).C
	for naam, kop := range map[string][2]string{"origin": {"Origin", "https://elders.example"}, "sec-fetch-site": {"Sec-Fetch-Site", "cross-site"}, "tekst": {"Content-Type", "text/plain"}} {
		r, _ := http.NewRequest("POST", p.URL+hubtest.OpZoek, strings.NewReader(`{"zaak":"urn:soh:zaak:x"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(kop[0], kop[1])
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 403 && resp.StatusCode != 415 {
			t.Errorf("%s: %d", naam, resp.StatusCode)
		}
	}
}
