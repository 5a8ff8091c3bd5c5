package toegang

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/handbereik/soh/internal/begrip"
)

const substantieel = "http://eidas.europa.eu/LoA/substantial"

// uitgever is a small identity provider on real HTTP that signs what anders
// makes of a good token, so that a test can lie.
type uitgever struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	vraag  url.Values // the last authorization request
	anders func(c map[string]any)
	fout   string                   // error to send back instead of a code
	einde  string                   // end_session_endpoint, when it has one
	stuk   bool                     // the token endpoint refuses, quoting a BSN
	info   map[string]any           // what UserInfo tells
	keur   func(*http.Request) bool // of the client at the token endpoint
}

func nieuweUitgever(t *testing.T) *uitgever {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	u := &uitgever{key: key, anders: func(map[string]any) {}}
	mux := http.NewServeMux()
	u.Server = httptest.NewServer(mux)
	t.Cleanup(u.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": u.URL, "authorization_endpoint": u.URL + "/authorize", "token_endpoint": u.URL + "/token",
			"jwks_uri": u.URL + "/jwks", "userinfo_endpoint": map[bool]string{true: u.URL + "/userinfo"}[u.info != nil], "id_token_signing_alg_values_supported": []string{"ES256"}, "end_session_endpoint": u.einde,
		})
	})
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &u.key.PublicKey, KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		u.vraag = r.URL.Query()
		q := url.Values{"state": {u.vraag.Get("state")}, "iss": {u.URL}, "code": {"c"}}
		if u.fout != "" {
			q = url.Values{"state": {u.vraag.Get("state")}, "error": {u.fout}, "error_description": {"burger " + sentinel}}
		}
		http.Redirect(w, r, u.vraag.Get("redirect_uri")+"?"+q.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", u.token)
	mux.HandleFunc("GET /userinfo", u.userinfo)
	return u
}

func (u *uitgever) token(w http.ResponseWriter, r *http.Request) {
	som := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if base64.RawURLEncoding.EncodeToString(som[:]) != u.vraag.Get("code_challenge") || u.stuk || u.keur != nil && !u.keur(r) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"burger `+sentinel+`"}`)
		return
	}
	c := map[string]any{
		"iss": u.URL, "aud": u.vraag.Get("client_id"), "sub": "ouder-1", "name": "A. de Vries", "acr": substantieel,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "nonce": u.vraag.Get("nonce"),
		"soh_rol": "ouder", "soh_bsn": sentinel,
	}
	u.anders(c)
	s, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: u.key, KeyID: "1"}}, nil)
	id, _ := jwt.Signed(s).Claims(c).Serialize()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": id})
}

// toepassing is an application with a sign-in, and a browser before it.
type toepassing struct {
	*httptest.Server
	a       *Aanmelding
	log     bytes.Buffer
	gezien  Sessie
	browser *http.Client
}

func nieuweToepassing(t *testing.T, issuer string, pas func(*AanmeldConfig)) *toepassing {
	t.Helper()
	p := &toepassing{}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	cfg := AanmeldConfig{
		Issuer: issuer, ClientID: "portaal", RedirectURL: p.URL + "/aanmelden/terug", CookieNaam: "soh-portaal", Sleutel: [32]byte{1},
		MinACR: substantieel, Burgers: true, Log: slog.New(slog.NewTextHandler(&p.log, nil)),
	}
	if pas != nil {
		pas(&cfg)
	}
	var err error
	if p.a, err = NieuweAanmelding(cfg); err != nil {
		t.Fatal(err)
	}
	p.a.Routes(mux)
	mux.HandleFunc("/", p.a.Vereis(func(w http.ResponseWriter, r *http.Request, s Sessie) {
		p.gezien = s
		_, _ = io.WriteString(w, "welkom op "+r.URL.RequestURI())
	}))
	jar, _ := cookiejar.New(nil)
	p.browser = &http.Client{Jar: jar}
	return p
}

// open shows a page as a browser does and checks that no BSN is in sight.
func (p *toepassing) open(t *testing.T, pad string) (int, string) {
	t.Helper()
	r, _ := http.NewRequest("GET", p.URL+pad, nil)
	r.Header.Set("Accept", "text/html")
	resp, err := p.browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	u, _ := url.Parse(p.URL + padTerug)
	for _, c := range p.browser.Jar.Cookies(u) {
		ruw, _ := base64.RawURLEncoding.DecodeString(c.Value)
		if strings.Contains(c.Value+string(ruw), sentinel) {
			t.Error("BSN leesbaar in cookie")
		}
	}
	adres := resp.Request.URL.String()
	if resp.Request.URL.Path == padTerug {
		adres = "" // what the provider puts in that address is not ours
	}
	if strings.Contains(string(b)+p.log.String()+adres, sentinel) {
		t.Error("BSN op de pagina, in het log of in de URL")
	}
	return resp.StatusCode, string(b)
}

func TestAanmeldenEnAfmelden(t *testing.T) {
	u := nieuweUitgever(t)
	p := nieuweToepassing(t, u.URL, nil)
	if status, tekst := p.open(t, "/tijdlijn?x=1"); status != 200 || tekst != "welkom op /tijdlijn?x=1" {
		t.Fatal(status, tekst, p.log.String())
	}
	if s := p.gezien; s.BSN.Leesbaar() != sentinel || s.Rol != begrip.RolOuder || s.Persoon != "ouder-1" || s.OIN != "" || time.Until(s.Tot) > MaxSessie {
		t.Errorf("sessie %v", s)
	}
	if u.vraag.Get("code_challenge_method") != "S256" || u.vraag.Get("acr_values") != substantieel || u.vraag.Get("nonce") == "" {
		t.Errorf("vraag %v", u.vraag)
	}
	r, _ := http.NewRequest("POST", p.URL+"/afmelden", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if resp, err := p.browser.Do(r); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("afmelden vanaf een andere site: %v %v", resp, err)
	}
	p.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if resp, err := p.browser.Post(p.URL+"/afmelden", "", nil); err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Errorf("afmelden: %v %v", resp, err)
	}
	if status, _ := p.open(t, "/tijdlijn"); status != http.StatusSeeOther {
		t.Errorf("na afmelden nog binnen: %d", status)
	}
	if resp, _ := http.Post(p.URL+"/tijdlijn", "", nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("zonder sessie: %d", resp.StatusCode)
	}
	p.open(t, "/aanmelden?login_hint=ouder-2")
	p.browser.CheckRedirect = nil
	p.open(t, "/aanmelden?login_hint=ouder-2")
	if u.vraag.Get("login_hint") != "ouder-2" {
		t.Error("login_hint niet doorgegeven")
	}
}

func TestVerkeerdAntwoordVanDeAanmelddienst(t *testing.T) {
	zet := func(naam string, v any) func(map[string]any) {
		return func(c map[string]any) { maps.Copy(c, map[string]any{naam: v}) }
	}
	for naam, g := range map[string]struct {
		anders func(map[string]any)
		status int
	}{
		"andere audience":    {zet("aud", "werkplek"), 401},
		"verlopen":           {zet("exp", time.Now().Add(-time.Hour).Unix()), 401},
		"andere uitgever":    {zet("iss", "https://elders.example"), 401},
		"andere nonce":       {zet("nonce", "x"), 401},
		"andere azp":         {zet("azp", "werkplek"), 401},
		"te lage zekerheid":  {zet("acr", "http://eidas.europa.eu/LoA/low"), 403},
		"ander rijtje":       {zet("acr", "urn:etoegang:core:assurance-class:loa4"), 403},
		"geen bsn":           {zet("soh_bsn", ""), 403},
		"ongeldig bsn":       {zet("soh_bsn", "999990018"), 403},
		"medewerker":         {zet("soh_rol", "politieagent"), 403},
		"bsn van fout soort": {zet("soh_bsn", 999990019), 401},
	} {
		t.Run(naam, func(t *testing.T) {
			u := nieuweUitgever(t)
			u.anders = g.anders
			p := nieuweToepassing(t, u.URL, nil)
			if status, tekst := p.open(t, "/"); status != g.status || !strings.Contains(tekst, "Opnieuw aanmelden") {
				t.Errorf("%d %s", status, tekst)
			}
		})
	}
	u := nieuweUitgever(t)
	u.anders = zet("sub", sentinel)
	p := nieuweToepassing(t, u.URL, nil)
	if p.open(t, "/"); !strings.HasPrefix(p.gezien.Persoon, "p-") {
		t.Errorf("persoon %q", p.gezien.Persoon)
	}
	u.stuk = true
	p = nieuweToepassing(t, u.URL, nil)
	if status, _ := p.open(t, "/"); status != 401 {
		t.Errorf("tokenadres weigert: %d", status)
	}
	u.fout = "access_denied"
	if status, tekst := p.open(t, "/"); status != 401 || !strings.Contains(tekst, "afgebroken") {
		t.Errorf("afgebroken: %d %s", status, tekst)
	}
}

func TestMedewerkerAlleenVanDeEigenOrganisatie(t *testing.T) {
	u := nieuweUitgever(t)
	u.anders = func(c map[string]any) { c["soh_rol"], c["soh_oin"] = "medewerker-veilig-thuis", string(vt.OIN) }
	for oin, wil := range map[begrip.OIN]int{vt.OIN: 200, politie.OIN: 403} {
		p := nieuweToepassing(t, u.URL, func(c *AanmeldConfig) { c.Burgers, c.Organisatie = false, oin })
		if status, _ := p.open(t, "/"); status != wil {
			t.Errorf("%s: %d", oin, status)
		}
		if wil == 200 && (p.gezien.OIN != vt.OIN || !p.gezien.BSN.IsZero()) {
			t.Errorf("sessie %v", p.gezien)
		}
	}
}

func TestAanmelddienstDieLaterStart(t *testing.T) {
	u := nieuweUitgever(t)
	gewoon := u.Config.Handler
	u.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })
	p := nieuweToepassing(t, u.URL, nil)
	if status, tekst := p.open(t, "/"); status != 503 || !strings.Contains(tekst, "antwoordt nu niet") {
		t.Fatal(status, tekst)
	}
	u.Config.Handler = gewoon
	time.Sleep(wachtNaFout + 50*time.Millisecond)
	if status, tekst := p.open(t, "/"); status != 200 {
		t.Fatal(status, tekst)
	}
}

func TestVervalstCookieIsGeenSessie(t *testing.T) {
	p := nieuweToepassing(t, "http://127.0.0.1:1", nil)
	ander := nieuweToepassing(t, "http://127.0.0.1:1", func(c *AanmeldConfig) { c.CookieNaam = "soh-anders" })
	w := httptest.NewRecorder()
	s := Sessie{Persoon: "p", Rol: begrip.RolOuder, BSN: begrip.MustBSN(sentinel)}
	if err := p.a.ZetSessie(w, s); err != nil {
		t.Fatal(err)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge > 3600 {
		t.Errorf("cookie %v", c)
	}
	lees := func(a *Aanmelding, naam string, waarden ...string) error {
		r := httptest.NewRequest("GET", "/", nil)
		for _, v := range waarden {
			r.AddCookie(&http.Cookie{Name: naam, Value: v})
		}
		_, err := a.Sessie(r)
		return err
	}
	if err := lees(p.a, c.Name, c.Value); err != nil {
		t.Fatal(err)
	}
	for i := range len(c.Value) {
		b := []byte(c.Value)
		b[i] = map[bool]byte{true: 'A', false: 'B'}[b[i] != 'A']
		if err := lees(p.a, c.Name, string(b)); !begrip.Is(err, begrip.NietAangemeld) {
			t.Fatalf("teken %d veranderd: %v", i, err)
		}
	}
	if lees(p.a, c.Name, c.Value, c.Value) == nil || lees(ander.a, "soh-anders", c.Value) == nil || lees(p.a, c.Name, "") == nil {
		t.Error("dubbel, vreemd of leeg cookie aanvaard")
	}
	p.a.cfg.Nu = func() time.Time { return time.Now().Add(MaxSessie) }
	if lees(p.a, c.Name, c.Value) == nil {
		t.Error("verlopen sessie aanvaard")
	}
	veilig, err := NieuweAanmelding(AanmeldConfig{Issuer: "https://idp.example", ClientID: "x", RedirectURL: "https://x.example/aanmelden/terug", CookieNaam: "x", Sleutel: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	if c := veilig.cookie(veilig.sessieNaam, "v", "/", time.Hour); !c.Secure || c.Name != "__Host-x" {
		t.Errorf("cookie over https %v", c)
	}
}

func TestTerugBlijftOpDezeSite(t *testing.T) {
	for _, s := range []string{
		"//kwaad.example", "/\\kwaad.example", "https://kwaad.example", "kwaad.example", "javascript:alert(1)", "/\t/kwaad.example",
		"/%2f%2fkwaad\\", "/%5ckwaad.example", "/%2fkwaad.example", "", "/a\r\nSet-Cookie: x", "/aanmelden", "/aanmelden/terug?x", "/afmelden",
		"/x?bsn=" + sentinel, "/x?bsn=%39" + sentinel[1:], "/" + strings.Repeat("a", maxPad),
	} {
		if got := lokaal(s); got != "" {
			t.Errorf("lokaal(%q) = %q", s, got)
		}
	}
	for _, s := range []string{"/", "/meldingen/0190?x=1&y=%C3%A9", "/a//b"} {
		if lokaal(s) != s {
			t.Errorf("lokaal(%q) geweigerd", s)
		}
	}
	u := nieuweUitgever(t)
	p := nieuweToepassing(t, u.URL, nil)
	if status, tekst := p.open(t, "/aanmelden?terug=//kwaad.example/"); status != 200 || tekst != "welkom op /" {
		t.Error(status, tekst)
	}
}

func TestOnveiligeInstellingWordtGeweigerd(t *testing.T) {
	_, err := NieuweAanmelding(AanmeldConfig{Issuer: "http://idp.example", RedirectURL: "http://x.example/elders", CookieNaam: "a b"})
	if f := begrip.FoutVan(err); len(f.Velden) != 6 {
		t.Errorf("%d fouten: %v", len(f.Velden), err)
	}
}

// A step with heavy consequences asks the person to prove again who they are;
// afterwards the page is there, and an old form is refused.
func TestZwareStapVraagtOpnieuwAanmelden(t *testing.T) {
	const hoog = "http://eidas.europa.eu/LoA/high"
	u := nieuweUitgever(t)
	nu := time.Now()
	gedaan := 0
	p := nieuweToepassing(t, u.URL, func(c *AanmeldConfig) { c.SterkACR, c.Nu = hoog, func() time.Time { return nu } })
	mux := http.NewServeMux()
	p.a.Routes(mux)
	mux.HandleFunc("/zwaar", p.a.VereisSterk(func(w http.ResponseWriter, _ *http.Request, _ Sessie) { gedaan++; _, _ = io.WriteString(w, "zwaar") }))
	mux.HandleFunc("/", p.a.Vereis(func(w http.ResponseWriter, _ *http.Request, _ Sessie) { _, _ = io.WriteString(w, "licht") }))
	p.Config.Handler = mux
	auth := func(acr string, t time.Time) {
		u.anders = func(c map[string]any) { c["acr"], c["auth_time"] = acr, t.Unix() }
	}
	auth(substantieel, nu)
	if s, b := p.open(t, "/"); s != 200 || b != "licht" {
		t.Fatalf("%d %s", s, b)
	}
	if s, _ := p.open(t, "/zwaar"); s != http.StatusForbidden || gedaan != 0 {
		t.Errorf("a provider that states the old level: %d", s)
	}
	if u.vraag.Get("acr_values") != hoog || u.vraag.Get("max_age") != "0" || u.vraag.Get("prompt") != "login" {
		t.Errorf("asked %v", u.vraag)
	}
	auth(hoog, nu.Add(-time.Hour))
	if s, _ := p.open(t, "/zwaar"); s != http.StatusForbidden || gedaan != 0 {
		t.Errorf("a provider that did not ask anew: %d", s)
	}
	auth(hoog, nu)
	if s, b := p.open(t, "/zwaar"); s != 200 || b != "zwaar" || gedaan != 1 {
		t.Errorf("%d %s", s, b)
	}
	nu = nu.Add(11 * time.Minute) // past SterkDuur, within the session
	resp, err := p.browser.Post(p.URL+"/zwaar", "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized || gedaan != 1 {
		t.Errorf("an old form: %d, done %d times", resp.StatusCode, gedaan)
	}
	if s, b := p.open(t, "/"); s != 200 || b != "licht" {
		t.Errorf("the session itself goes on: %d %s", s, b)
	}
}

func TestAfmeldenOokBijDeAanmelddienst(t *testing.T) {
	u := nieuweUitgever(t)
	u.einde = u.URL + "/uit"
	p := nieuweToepassing(t, u.URL, nil)
	if s, _ := p.open(t, "/"); s != 200 {
		t.Fatal(s)
	}
	afmelden := func() *http.Response {
		r, _ := http.NewRequest("POST", p.URL+"/afmelden", nil)
		resp, err := p.browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp
	}
	resp := afmelden()
	naar, err := url.Parse(strings.TrimPrefix(resp.Header.Get("Refresh"), "0;url="))
	if err != nil || !strings.HasPrefix(naar.String(), u.URL+"/uit?") || naar.Query().Get("post_logout_redirect_uri") != p.URL+"/" || naar.Query().Get("client_id") != "portaal" {
		t.Errorf("to %v (%v)", naar, err)
	}
	if resp := afmelden(); resp.Header.Get("Refresh") != "" {
		t.Error("who is not signed in is sent to the provider")
	}
}
