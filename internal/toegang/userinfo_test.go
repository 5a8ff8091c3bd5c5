package toegang

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/handbereik/soh/internal/begrip"
)

// TestWatHetTokenNietZegtKomtVanUserInfo: the claims of the person may stand there
// alone; of another person, or of the sign-in itself, nothing is taken from there.
func TestWatHetTokenNietZegtKomtVanUserInfo(t *testing.T) {
	kaal := func(c map[string]any) {
		for _, k := range []string{"name", "soh_rol", "soh_bsn"} {
			delete(c, k)
		}
	}
	vol := map[string]any{"sub": "ouder-1", "name": "A. de Vries", "soh_bsn": sentinel, "birthdate": "1988-03-14"}
	met := func(k string, v any) map[string]any {
		m := map[string]any{k: v}
		for naam, x := range vol {
			if naam != k {
				m[naam] = x
			}
		}
		return m
	}
	for naam, g := range map[string]struct {
		anders func(map[string]any)
		info   map[string]any
		wil    int
		rol    begrip.Rol
	}{
		"all there":             {kaal, vol, 200, begrip.RolOuder},
		"a child":               {kaal, met("birthdate", begrip.Dag(time.Now().AddDate(-14, 0, 0))), 200, begrip.RolJongere},
		"eighteen tomorrow":     {kaal, met("birthdate", begrip.Dag(time.Now().In(begrip.Zone).AddDate(-18, 0, 1))), 200, begrip.RolJongere},
		"age not told":          {kaal, met("birthdate", ""), 200, begrip.RolJongere},
		"only a year":           {kaal, met("birthdate", "1988"), 200, begrip.RolJongere},
		"of another":            {kaal, met("sub", "ouder-2"), 401, ""},
		"no BSN":                {kaal, met("soh_bsn", ""), 403, ""},
		"none":                  {kaal, nil, 403, ""},
		"the token goes before": {func(map[string]any) {}, met("soh_bsn", "999990020"), 200, begrip.RolOuder},
		"its acr does not count": {func(c map[string]any) {
			kaal(c)
			c["acr"] = ""
		}, met("acr", substantieel), 403, ""},
	} {
		u := nieuweUitgever(t)
		u.anders, u.info = g.anders, g.info
		p := nieuweToepassing(t, u.URL, nil)
		if s, b := p.open(t, "/"); s != g.wil || s == 200 && (p.gezien.Rol != g.rol || p.gezien.BSN.Leesbaar() != sentinel || p.gezien.Naam != "A. de Vries") {
			t.Errorf("%s: %d %s %+v", naam, s, b, p.gezien)
		}
	}
}

// TestClientBewijstZich: a provider that wants it gets a statement under the key of
// the certificate, new each time.
func TestClientBewijstZich(t *testing.T) {
	id := identiteit(t, nieuweCA(t), politie)
	u := nieuweUitgever(t)
	gezien := map[string]bool{}
	u.keur = func(r *http.Request) bool {
		tok, err := jwt.ParseSigned(r.FormValue("client_assertion"), []jose.SignatureAlgorithm{jose.ES256})
		if err != nil || r.FormValue("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
			return false
		}
		var c jwt.Claims
		goed := tok.Claims(id.Cert.Leaf.PublicKey, &c) == nil && c.Issuer == "portaal" && c.Subject == "portaal" && len(c.Audience) == 1 && c.Audience[0] == u.URL+"/token" &&
			c.Expiry.Time().Sub(c.IssuedAt.Time()) <= time.Minute && !gezien[c.ID]
		gezien[c.ID] = true
		return goed
	}
	for range 2 {
		if s, b := nieuweToepassing(t, u.URL, func(c *AanmeldConfig) { c.ClientBewijs = &id }).open(t, "/"); s != 200 {
			t.Errorf("%d %s", s, b)
		}
	}
	if s, _ := nieuweToepassing(t, u.URL, nil).open(t, "/"); s == 200 || len(gezien) != 2 {
		t.Errorf("without: %d", s)
	}
}

func (u *uitgever) userinfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer a" || u.info == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(u.info)
}

// TestAchttienWordtMenInNederland: at midnight there, not an hour or two later.
func TestAchttienWordtMenInNederland(t *testing.T) {
	for moment, rol := range map[string]begrip.Rol{"2026-07-14T21:59:59Z": begrip.RolJongere, "2026-07-14T22:00:00Z": begrip.RolOuder} {
		nu, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if r := gezinsrol("2008-07-15", nu); r != rol {
			t.Errorf("%s: %s", moment, r)
		}
	}
}
