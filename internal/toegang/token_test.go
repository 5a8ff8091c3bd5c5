package toegang

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
)

// tokenproef is a server of the police with a token endpoint, and Veilig Thuis.
type tokenproef struct {
	t         *testing.T
	ca        *CA
	srv, cl   Identiteit
	u         *Uitgever
	url       string
	doetMee   bool
	niveau    begrip.Niveau // as the handler saw it
	verklaard string        // the statement as the handler saw it
}

func nieuweTokenproef(t *testing.T) *tokenproef {
	p := &tokenproef{t: t, ca: nieuweCA(t), doetMee: true}
	p.srv, p.cl = identiteit(t, p.ca, politie), identiteit(t, p.ca, vt)
	p.u = &Uitgever{
		Identiteit: p.srv, Adres: "https://politie.example", Deelnemer: func(o begrip.OIN) bool { return p.doetMee && o == vt.OIN },
		Scopes: append(LeesScopes("meldingen"), Schrijf("meldingen"), Schrijf("events")),
	}
	mux := http.NewServeMux()
	p.u.Routes(mux)
	mux.HandleFunc("/v1/", func(_ http.ResponseWriter, r *http.Request) {
		p.niveau, p.verklaard = MaxNiveau(r.Context()), ""
		if b, err := bearer(r); err == nil {
			p.verklaard = b
		}
	})
	h := p.u.Bewaak(mux, func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), begrip.FoutVan(err).Code.Status())
	})
	p.url = server(t, p.srv, h.ServeHTTP).URL
	return p
}

// vraag asks a token as i.
func (p *tokenproef) vraag(i Identiteit, f url.Values) (int, map[string]any) {
	p.t.Helper()
	resp, err := i.Client(30*time.Second).PostForm(p.url+PadToken, f)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		p.t.Fatalf("%s: %v", b, err)
	}
	return resp.StatusCode, m
}

func formulier(scope string) url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}
}

func (p *tokenproef) token(i Identiteit, scope string) string {
	p.t.Helper()
	status, m := p.vraag(i, formulier(scope))
	t, _ := m["access_token"].(string)
	if status != http.StatusOK || t == "" {
		p.t.Fatalf("%d %v", status, m)
	}
	return t
}

// doe does a request with a token and gives status and WWW-Authenticate.
func (p *tokenproef) doe(i Identiteit, methode, pad, token, verklaring string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), methode, p.url+pad, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if verklaring != "" {
		r.Header.Set(KopVerklaring, verklaring)
	}
	resp, err := i.Client(30 * time.Second).Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("WWW-Authenticate")
}

func TestTokenGeeftAlleenWatErInStaat(t *testing.T) {
	p := nieuweTokenproef(t)
	lees := p.token(p.cl, "meldingen:read:beperkt")
	if s, _ := p.doe(p.cl, "GET", "/v1/meldingen/x", lees, "v.er.klaring"); s != 200 || p.niveau != begrip.NiveauProces || p.verklaard != "v.er.klaring" {
		t.Errorf("got %d, level %d, statement %q", s, p.niveau, p.verklaard)
	}
	for _, g := range []struct{ methode, pad string }{{"POST", "/v1/meldingen"}, {"GET", "/v1/zaken/x"}, {"POST", "/v1/events"}, {"POST", "/v1/uitkomsten-overleg/query"}} {
		if s, kop := p.doe(p.cl, g.methode, g.pad, lees, ""); s != 403 || !strings.Contains(kop, "insufficient_scope") {
			t.Errorf("%s %s: %d %s", g.methode, g.pad, s, kop)
		}
	}
	if s, _ := p.doe(p.cl, "POST", "/v1/meldingen/query", lees, ""); s != 200 {
		t.Errorf("a query is reading: %d", s)
	}
	if s, _ := p.doe(p.cl, "GET", "/v1/resultaten/x", p.token(p.cl, "meldingen:read:minimaal meldingen:read:volledig"), ""); s != 200 || p.niveau != begrip.NiveauInhoud {
		t.Errorf("%d: the highest of two levels counts, got %d", s, p.niveau)
	}
	if s, _ := p.doe(p.cl, "GET", "/v1/meldingen/x", "", ""); s != 200 || p.niveau != begrip.NiveauInhoud {
		t.Errorf("a certificate alone: %d, level %d", s, p.niveau)
	}
	p.u.Verplicht = true
	if s, kop := p.doe(p.cl, "GET", "/v1/meldingen/x", "", ""); s != 401 || kop == "" {
		t.Errorf("a token was demanded: %d %q", s, kop)
	}
}

// A token is worth nothing to who stole it, elsewhere, or after its time.
func TestTokenIsGebonden(t *testing.T) {
	p := nieuweTokenproef(t)
	token := p.token(p.cl, "meldingen:write")
	if s, _ := p.doe(identiteit(t, p.ca, vt), "POST", "/v1/meldingen", token, ""); s != 401 {
		t.Errorf("another certificate of the same organisation: %d", s)
	}
	if s, _ := p.doe(identiteit(t, p.ca, portaal), "POST", "/v1/meldingen", token, ""); s != 401 {
		t.Errorf("another organisation: %d", s)
	}
	delen := strings.Split(token, ".")
	inhoud, err := base64.RawURLEncoding.DecodeString(delen[1])
	if err != nil {
		t.Fatal(err)
	}
	vals := delen[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(inhoud), "write", "read:volledig", 1))) + "." + delen[2]
	if s, _ := p.doe(p.cl, "GET", "/v1/meldingen/x", vals, ""); s != 401 {
		t.Errorf("a changed token: %d", s)
	}
	ander := *p.u
	ander.Identiteit = identiteit(t, p.ca, politie) // the same organisation, another key
	vreemd, err := ander.maak(vt.OIN.URN(), p.cl.Cert.Leaf, "meldingen:write")
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := p.doe(p.cl, "POST", "/v1/meldingen", vreemd, ""); s != 401 {
		t.Errorf("a token under another key: %d", s)
	}
	p.u.Nu = func() time.Time { return time.Now().Add(TokenDuur) }
	if s, _ := p.doe(p.cl, "POST", "/v1/meldingen", token, ""); s != 401 {
		t.Errorf("expired: %d", s)
	}
}

// A token that was given before the key was replaced is good until its end.
func TestTokenOverleeftNieuweSleutel(t *testing.T) {
	ca, dir := nieuweCA(t), t.TempDir()
	c, k, err := ca.Geef(dir, politie)
	if err != nil {
		t.Fatal(err)
	}
	i, err := LaadIdentiteit(c, k, ca.Pad())
	if err != nil {
		t.Fatal(err)
	}
	cl := identiteit(t, ca, vt)
	u := &Uitgever{Identiteit: i}
	token, err := u.maak(vt.OIN.URN(), cl.Cert.Leaf, "meldingen:write")
	if err != nil {
		t.Fatal(err)
	}
	vervang(t, ca, dir, politie)
	kijkNu(i)
	if n := len(u.sleutels()); n != 2 {
		t.Errorf("%d keys published, want the new and the old", n)
	}
	var fout error
	url := server(t, i, func(_ http.ResponseWriter, r *http.Request) { _, fout = u.controleer(token, r) }).URL
	if s, _ := vraag(t, cl.Client(30*time.Second), url); s != 200 || fout != nil {
		t.Errorf("%d %v", s, fout)
	}
}

func TestWieGeenTokenKrijgt(t *testing.T) {
	p := nieuweTokenproef(t)
	goed := formulier("meldingen:write")
	met := func(naam, waarde string) url.Values {
		f := url.Values{}
		for k, v := range goed {
			f[k] = slices.Clone(v)
		}
		f.Set(naam, waarde)
		return f
	}
	dubbel := met("scope", "meldingen:write")
	dubbel.Add("scope", "events:write")
	for naam, g := range map[string]struct {
		wie  Identiteit
		f    url.Values
		wil  int
		code string
	}{
		"andere grant":        {p.cl, met("grant_type", "password"), 400, "unsupported_grant_type"},
		"onbekende scope":     {p.cl, met("scope", "alles:write"), 400, "invalid_scope"},
		"geen scope":          {p.cl, met("scope", ""), 400, "invalid_scope"},
		"scope dubbel":        {p.cl, dubbel, 400, "invalid_request"},
		"andermans client_id": {p.cl, met("client_id", portaal.OIN.URN()), 401, "invalid_client"},
		"client_id geen urn":  {p.cl, met("client_id", "x"), 401, "invalid_client"},
		"geen deelnemer":      {identiteit(t, p.ca, portaal), goed, 401, "invalid_client"},
		"lege assertie":       {p.cl, met("client_assertion", ""), 401, "invalid_client"},
	} {
		status, m := p.vraag(g.wie, g.f)
		if status != g.wil || m["error"] != g.code || m["access_token"] != nil {
			t.Errorf("%s: %d %v", naam, status, m)
		}
	}
	p.doetMee = false
	if status, m := p.vraag(p.cl, goed); status != 401 || m["error"] != "invalid_client" {
		t.Errorf("after leaving: %d %v", status, m)
	}
	p.doetMee = true
	if status, m := p.vraag(p.cl, met("client_id", vt.OIN.Systeem("dossier"))); status != 200 || m["scope"] != "meldingen:write" || m["token_type"] != "Bearer" {
		t.Errorf("a system of the organisation: %d %v", status, m)
	}
}

// assertie makes a private_key_jwt of i; anders changes it before it is signed.
func (p *tokenproef) assertie(i Identiteit, anders func(*jwt.Claims)) string {
	p.t.Helper()
	kop := (&jose.SignerOptions{}).WithHeader("x5c", []string{base64.StdEncoding.EncodeToString(i.Cert.Leaf.Raw)})
	s, err := tekenaar(i.Cert, kop)
	if err != nil {
		p.t.Fatal(err)
	}
	nu := time.Now()
	c := jwt.Claims{
		Issuer: i.Organisatie.OIN.URN(), Subject: i.Organisatie.OIN.URN(), Audience: jwt.Audience{"https://politie.example" + PadToken}, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(nu), Expiry: jwt.NewNumericDate(nu.Add(time.Minute)),
	}
	if anders != nil {
		anders(&c)
	}
	t, err := jwt.Signed(s).Claims(c).Serialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}

func TestPrivateKeyJWT(t *testing.T) {
	p := nieuweTokenproef(t)
	met := func(a string) url.Values {
		f := formulier("meldingen:write")
		f.Set("client_assertion_type", assertieSoor)
		f.Set("client_assertion", a)
		return f
	}
	goed := p.assertie(p.cl, nil)
	if s, m := p.vraag(p.cl, met(goed)); s != 200 {
		t.Errorf("%d %v", s, m)
	}
	if s, _ := p.vraag(p.cl, met(goed)); s != 401 {
		t.Errorf("used twice: %d", s)
	}
	andereCA := nieuweCA(t)
	for naam, a := range map[string]string{
		"andere uitgever": p.assertie(identiteit(t, andereCA, vt), nil),
		"ander OIN":       p.assertie(identiteit(t, p.ca, portaal), nil),
		"andere dienst":   p.assertie(p.cl, func(c *jwt.Claims) { c.Audience = jwt.Audience{"https://elders.example"} }),
		"twee diensten":   p.assertie(p.cl, func(c *jwt.Claims) { c.Audience = append(c.Audience, "https://elders.example") }),
		"verlopen":        p.assertie(p.cl, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Second)) }),
		"te lang":         p.assertie(p.cl, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(time.Now().Add(time.Hour)) }),
		"zonder nummer":   p.assertie(p.cl, func(c *jwt.Claims) { c.ID = "" }),
		"iss is niet sub": p.assertie(p.cl, func(c *jwt.Claims) { c.Issuer = portaal.OIN.URN() }),
		"geen JWT":        "abc",
	} {
		if s, m := p.vraag(p.cl, met(a)); s != 401 || m["error"] != "invalid_client" {
			t.Errorf("%s: %d %v", naam, s, m)
		}
	}
	alg, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: p.cl.Cert.Leaf.RawSubjectPublicKeyInfo}, nil)
	if err != nil {
		t.Fatal(err)
	}
	hs, err := jwt.Signed(alg).Claims(jwt.Claims{Subject: vt.OIN.URN()}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := p.vraag(p.cl, met(hs)); s != 401 {
		t.Errorf("HS256 with the public key: %d", s)
	}
}

// Whose clock is wrong hears so, and by how much.
func TestAssertieMetVerkeerdeKlokZegtHet(t *testing.T) {
	p := nieuweTokenproef(t)
	// half a second more: a claim holds whole seconds
	for verschil, wil := range map[time.Duration]string{-65 * time.Second: "klok achter", 20*time.Minute + 900*time.Millisecond: "seconden voor op de onze", -24 * time.Hour: ""} {
		f := formulier("meldingen:write")
		f.Set("client_assertion_type", assertieSoor)
		f.Set("client_assertion", p.assertie(p.cl, func(c *jwt.Claims) {
			nu := time.Now().Add(verschil)
			c.IssuedAt, c.NotBefore, c.Expiry = jwt.NewNumericDate(nu), jwt.NewNumericDate(nu), jwt.NewNumericDate(nu.Add(time.Minute))
		}))
		s, m := p.vraag(p.cl, f)
		uitleg, _ := m["error_description"].(string)
		if s != 401 || !strings.Contains(uitleg, wil) || wil == "" && strings.Contains(uitleg, "klok") {
			t.Errorf("%v: %d %q", verschil, s, uitleg)
		}
	}
}

func TestMetadataEnSleutels(t *testing.T) {
	p := nieuweTokenproef(t)
	lees := func(pad string, in any) {
		resp, err := p.cl.Client(30 * time.Second).Get(p.url + pad)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(in); err != nil {
			t.Fatal(err)
		}
	}
	var m struct {
		Issuer, TokenEndpoint string
		Token                 string   `json:"token_endpoint"`
		Scopes                []string `json:"scopes_supported"`
	}
	lees(PadMetadata, &m)
	if m.Issuer != "https://politie.example" || m.Token != "https://politie.example/oauth2/token" || !slices.Contains(m.Scopes, "meldingen:read:beperkt") {
		t.Errorf("%+v", m)
	}
	var k jose.JSONWebKeySet
	lees(PadSleutels, &k)
	if len(k.Keys) != 1 || !k.Keys[0].IsPublic() {
		t.Fatalf("%d keys", len(k.Keys))
	}
	ruw := p.token(p.cl, "meldingen:write")
	tok, err := jwt.ParseSigned(ruw, handtekeningen)
	if err != nil {
		t.Fatal(err)
	}
	var c tokenClaims
	if err := tok.Claims(k.Keys[0].Key, &c); err != nil || c.CNF.Afdruk != afdruk(p.cl.Cert.Leaf) || c.Expiry.Time().Sub(c.IssuedAt.Time()) != TokenDuur {
		t.Errorf("%v %+v", err, c)
	}
}
