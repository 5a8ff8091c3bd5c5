package inlogsimulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/handbereik/soh/internal/begrip"
)

const (
	wacht   = "999990019"
	clientT = "portaal"
	terugT  = "http://127.0.0.1:1/aanmelden/terug"
)

type omgeving struct {
	srv  *httptest.Server
	sim  *Simulator
	log  *bytes.Buffer
	prov *oidc.Provider
	cfg  oauth2.Config
	ver  string
}

func start(t *testing.T) *omgeving {
	t.Helper()
	o := &omgeving{log: &bytes.Buffer{}, ver: oauth2.GenerateVerifier()}
	var h http.Handler
	o.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(o.srv.Close)
	var err error
	o.sim, err = Nieuw(o.srv.URL+"/inloggen", []Uitgever{
		{Pad: "digid", Naam: "DigiD", ACR: ACRSubstantieel, ClientID: clientT, Terug: []string{terugT}, Na: []string{"http://127.0.0.1:1/"},
			Personen: []Persoon{{Sub: "moeder", Naam: "Sanne Voorbeeld", Rol: begrip.RolOuder, BSN: begrip.MustBSN(wacht)}, {Sub: "vader", Naam: "Tom Voorbeeld", Rol: begrip.RolOuder}}},
		{Pad: "politie", Naam: "Politie", ACR: ACRHoog, ClientID: clientT, Terug: []string{terugT},
			Personen: []Persoon{{Sub: "agent", Naam: "Noor Agent", Rol: begrip.RolAgent, OIN: "00000001999000001000"}}},
	}, slog.New(slog.NewTextHandler(o.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h = o.sim.Handler()
	o.prov, err = oidc.NewProvider(t.Context(), o.sim.Issuer("digid"))
	if err != nil {
		t.Fatal(err)
	}
	ep := o.prov.Endpoint()
	ep.AuthStyle = oauth2.AuthStyleInParams
	o.cfg = oauth2.Config{ClientID: clientT, RedirectURL: terugT, Endpoint: ep, Scopes: []string{oidc.ScopeOpenID, "profile"}}
	return o
}

var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func lees(t *testing.T, r *http.Response, err error) (*http.Response, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(b)
}

func (o *omgeving) adres(extra ...oauth2.AuthCodeOption) string {
	return o.cfg.AuthCodeURL("st@te", append([]oauth2.AuthCodeOption{oauth2.S256ChallengeOption(o.ver), oidc.Nonce("n0nce")}, extra...)...)
}

// inloggen fills in the form of the page as a browser without script does.
func (o *omgeving) inloggen(t *testing.T, adres, persoon string) *url.URL {
	t.Helper()
	antwoord, err := browser.Get(adres)
	r, html := lees(t, antwoord, err)
	if r.StatusCode != 200 {
		t.Fatalf("sign-in page: %d %s", r.StatusCode, html)
	}
	f := url.Values{"persoon": {persoon}}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		f.Set(m[1], strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(m[2]))
	}
	antwoord, err = browser.PostForm(adres, f)
	r, html = lees(t, antwoord, err)
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("after choosing: %d %s", r.StatusCode, html)
	}
	u, err := r.Location()
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestInloggenMetEchteOpenIDClient(t *testing.T) {
	o := start(t)
	u := o.inloggen(t, o.adres(), "moeder")
	q := u.Query()
	if q.Get("state") != "st@te" || q.Get("iss") != o.sim.Issuer("digid") || !strings.HasPrefix(u.String(), terugT) {
		t.Fatalf("return address %s", u)
	}
	if strings.Contains(u.String(), wacht) {
		t.Fatal("BSN in a URL")
	}
	tok, err := o.cfg.Exchange(t.Context(), q.Get("code"), oauth2.VerifierOption(o.ver))
	if err != nil {
		t.Fatal(err)
	}
	rauw, _ := tok.Extra("id_token").(string)
	id, err := o.prov.Verifier(&oidc.Config{ClientID: clientT, SupportedSigningAlgs: []string{oidc.ES256}}).Verify(t.Context(), rauw)
	if err != nil {
		t.Fatal(err)
	}
	var c eigen
	if err := id.Claims(&c); err != nil {
		t.Fatal(err)
	}
	if id.Nonce != "n0nce" || id.Subject != "moeder" || c.ACR != ACRSubstantieel || c.Rol != "ouder" || c.BSN != wacht || c.Naam != "Sanne Voorbeeld" {
		t.Fatalf("claims %+v", c)
	}
	if strings.Contains(o.log.String(), wacht) {
		t.Fatal("BSN in the log")
	}
}

func TestCodeWerktEenKeer(t *testing.T) {
	o := start(t)
	code := o.inloggen(t, o.adres(), "moeder").Query().Get("code")
	if _, err := o.cfg.Exchange(t.Context(), code, oauth2.VerifierOption(o.ver)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.cfg.Exchange(t.Context(), code, oauth2.VerifierOption(o.ver)); err == nil {
		t.Fatal("a used code works again")
	}
}

func TestCodeGeweigerd(t *testing.T) {
	for naam, geval := range map[string]func(o *omgeving, ctx context.Context, code string) error{
		"other verifier": func(o *omgeving, ctx context.Context, code string) error {
			_, err := o.cfg.Exchange(ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
			return err
		},
		"no verifier": func(o *omgeving, ctx context.Context, code string) error {
			_, err := o.cfg.Exchange(ctx, code)
			return err
		},
		"other client": func(o *omgeving, ctx context.Context, code string) error {
			o.cfg.ClientID = "ander"
			_, err := o.cfg.Exchange(ctx, code, oauth2.VerifierOption(o.ver))
			return err
		},
		"other redirect": func(o *omgeving, ctx context.Context, code string) error {
			o.cfg.RedirectURL = "http://127.0.0.1:2/"
			_, err := o.cfg.Exchange(ctx, code, oauth2.VerifierOption(o.ver))
			return err
		},
		"other issuer": func(o *omgeving, ctx context.Context, code string) error {
			o.cfg.Endpoint.TokenURL = o.sim.Issuer("politie") + "/token"
			_, err := o.cfg.Exchange(ctx, code, oauth2.VerifierOption(o.ver))
			return err
		},
		"expired": func(o *omgeving, ctx context.Context, code string) error {
			o.sim.nu = func() time.Time { return time.Now().Add(2 * codeDuur) }
			_, err := o.cfg.Exchange(ctx, code, oauth2.VerifierOption(o.ver))
			return err
		},
	} {
		t.Run(naam, func(t *testing.T) {
			o := start(t)
			code := o.inloggen(t, o.adres(), "moeder").Query().Get("code")
			if err := geval(o, t.Context(), code); err == nil {
				t.Fatal("the code was exchanged")
			}
		})
	}
}

func TestVerzoekGeweigerd(t *testing.T) {
	o := start(t)
	for naam, geval := range map[string]struct {
		veld, waarde, fout string // fout empty: shown to the person, no redirect
	}{
		"unknown client":   {"client_id", "ander", ""},
		"unknown redirect": {"redirect_uri", "https://kwaad.example/", ""},
		"no PKCE":          {"code_challenge", "", "invalid_request"},
		"plain PKCE":       {"code_challenge_method", "plain", "invalid_request"},
		"implicit":         {"response_type", "id_token", "unsupported_response_type"},
		"no openid":        {"scope", "profile", "invalid_scope"},
		"prompt none":      {"prompt", "none", "login_required"},
	} {
		t.Run(naam, func(t *testing.T) {
			u, err := url.Parse(o.adres())
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			q.Set(geval.veld, geval.waarde)
			u.RawQuery = q.Encode()
			antwoord, err := browser.Get(u.String())
			r, html := lees(t, antwoord, err)
			if geval.fout == "" {
				if r.StatusCode != 400 || !strings.Contains(html, `role="alert"`) {
					t.Fatalf("%d %s", r.StatusCode, html)
				}
				return
			}
			doel, err := r.Location()
			if err != nil || doel.Query().Get("error") != geval.fout || doel.Query().Get("state") != "st@te" {
				t.Fatalf("%v %v", doel, err)
			}
		})
	}
}

func TestPaginaIsDuidelijkEenSimulatorEnZonderScript(t *testing.T) {
	o := start(t)
	antwoord, err := browser.Get(o.adres(oauth2.SetAuthURLParam("login_hint", "vader")))
	r, html := lees(t, antwoord, err)
	for _, w := range []string{"Simulator", "Dit is geen echte inlogpagina", "Inloggen als Tom Voorbeeld", "Sanne Voorbeeld", "Of kies iemand anders"} {
		if !strings.Contains(html, w) {
			t.Errorf("page lacks %q", w)
		}
	}
	for _, w := range []string{wacht, "<script", "style="} {
		if strings.Contains(html, w) {
			t.Errorf("page holds %q", w)
		}
	}
	if c := r.Header.Get("Content-Security-Policy"); !strings.Contains(c, "form-action 'self' http://127.0.0.1:1;") || !strings.Contains(c, "script-src 'none'") {
		t.Errorf("CSP %q", c)
	}
}

func TestAnnuleren(t *testing.T) {
	o := start(t)
	u, err := url.Parse(o.adres())
	if err != nil {
		t.Fatal(err)
	}
	f := u.Query()
	f.Set("annuleren", "ja")
	antwoord, err := browser.PostForm(o.sim.Issuer("digid")+"/authorize", f)
	r, _ := lees(t, antwoord, err)
	if l, err := r.Location(); err != nil || l.Query().Get("error") != "access_denied" {
		t.Fatalf("%v %v", l, err)
	}
}

func TestUitloggen(t *testing.T) {
	o := start(t)
	for naar, status := range map[string]int{"": 200, "http://127.0.0.1:1/": 303, "https://kwaad.example/": 400} {
		antwoord, err := browser.Get(o.sim.Issuer("digid") + "/uitloggen?state=a&post_logout_redirect_uri=" + url.QueryEscape(naar))
		if r, html := lees(t, antwoord, err); r.StatusCode != status {
			t.Errorf("%q: %d %s", naar, r.StatusCode, html)
		}
	}
}

func TestElkeUitgeverZijnEigenMensen(t *testing.T) {
	o := start(t)
	antwoord, err := http.Get(o.sim.Issuer("politie") + "/.well-known/openid-configuration")
	_, b := lees(t, antwoord, err)
	var d struct{ Issuer string }
	if err := json.Unmarshal([]byte(b), &d); err != nil || d.Issuer != o.sim.Issuer("politie") {
		t.Fatal(d, err)
	}
	f, err := url.Parse(o.adres())
	if err != nil {
		t.Fatal(err)
	}
	q := f.Query()
	q.Set("persoon", "agent")
	antwoord, err = browser.PostForm(o.sim.Issuer("digid")+"/authorize", q)
	if r, _ := lees(t, antwoord, err); r.StatusCode != 400 {
		t.Fatalf("a police officer signs in at DigiD: %d", r.StatusCode)
	}
	antwoord, err = http.Get(o.sim.Issuer("onbekend") + "/jwks")
	if r, _ := lees(t, antwoord, err); r.StatusCode != 404 {
		t.Fatalf("unknown issuer: %d", r.StatusCode)
	}
}
