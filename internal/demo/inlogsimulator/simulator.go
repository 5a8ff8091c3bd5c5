// Package inlogsimulator is a small OpenID Connect provider for the demo. It
// stands in for the sign-in of each organisation and for DigiD, and says so on
// its page: whoever opens it picks a fictional person instead of a password.
//
// It promises real OpenID Connect (discovery, JWKS, code flow with PKCE S256
// only, nonce, ES256 id_token, single-use codes, end-session), so that what
// works against it works against a real provider. A BSN stands in the id_token
// alone: never in a page, a URL or a log line.
package inlogsimulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/handbereik/soh/internal/begrip"
)

// Levels of assurance, as acr (eIDAS).
const (
	ACRSubstantieel = "http://eidas.europa.eu/LoA/substantial"
	ACRHoog         = "http://eidas.europa.eu/LoA/high"
)

// Persoon is somebody who can sign in.
type Persoon struct {
	Sub     string // identifier at this provider and login_hint; never a BSN
	Naam    string
	Uitleg  string // one short sentence under the name
	Rol     begrip.Rol
	Functie string     // function in the organisation; may be empty
	OIN     begrip.OIN // the organisation the person works for; empty for family
	BSN     begrip.BSN // only for family
}

// zekerheid is the level of assurance stated to a client: the issuer's own, or
// high when that was asked, as with a check of the identity card in an app.
func (u Uitgever) zekerheid(v verzoek) string {
	if slices.Contains(strings.Fields(v.ACR), ACRHoog) {
		return ACRHoog
	}
	return u.ACR
}

// Uitgever is one issuer: the sign-in of one organisation, or DigiD.
type Uitgever struct {
	Pad      string // last part of the issuer's URL
	Naam     string // whose sign-in this is
	ACR      string // level of assurance it states
	Personen []Persoon
	ClientID string   // the one client it knows; public, so PKCE is required
	Terug    []string // redirect URIs of that client, compared exactly
	Na       []string // where it may return to after signing out
}

// Simulator serves a number of issuers below one address.
type Simulator struct {
	basis     string
	uitgevers map[string]Uitgever
	sleutel   jose.JSONWebKey
	log       *slog.Logger
	nu        func() time.Time

	mu    sync.Mutex
	codes map[string]toestemming
}

// Nieuw makes a simulator reachable at basis (scheme, host and perhaps a path,
// no slash at the end). Its signing key lives as long as it does.
func Nieuw(basis string, uitgevers []Uitgever, log *slog.Logger) (*Simulator, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("simulator key: %w", err)
	}
	s := &Simulator{
		basis: strings.TrimSuffix(basis, "/"), uitgevers: map[string]Uitgever{}, log: log, nu: time.Now,
		sleutel: jose.JSONWebKey{Key: key, KeyID: rand.Text(), Algorithm: string(jose.ES256), Use: "sig"},
		codes:   map[string]toestemming{},
	}
	for _, u := range uitgevers {
		s.uitgevers[u.Pad] = u
	}
	return s, nil
}

// Issuer is the issuer URL of the one at pad.
func (s *Simulator) Issuer(pad string) string { return s.basis + "/" + pad }

// Handler serves every issuer, below the path of basis.
func (s *Simulator) Handler() http.Handler {
	voor := ""
	if u, err := url.Parse(s.basis); err == nil {
		voor = u.Path
	}
	mux := http.NewServeMux()
	route := func(methode, pad string, f func(http.ResponseWriter, *http.Request, Uitgever) error) {
		mux.HandleFunc(methode+" "+voor+"/{uitgever}"+pad, func(w http.ResponseWriter, r *http.Request) {
			u, ok := s.uitgevers[r.PathValue("uitgever")]
			if !ok {
				s.toonFout(w, r, begrip.NieuweFout(begrip.NietGevonden, "Deze inlogpagina bestaat niet."))
				return
			}
			if err := f(w, r, u); err != nil {
				s.toonFout(w, r, err)
			}
		})
	}
	route("GET", "/.well-known/openid-configuration", s.ontdekking)
	route("GET", "/jwks", s.jwks)
	route("GET", "/authorize", s.authorize)
	route("POST", "/authorize", s.kies)
	route("POST", "/token", s.token)
	route("GET", "/uitloggen", s.uitloggen)
	mux.HandleFunc("GET "+voor+"/stijl.css", stijl)
	return veilig(mux)
}

func (s *Simulator) ontdekking(w http.ResponseWriter, _ *http.Request, u Uitgever) error {
	iss := s.Issuer(u.Pad)
	return schrijfJSON(w, http.StatusOK, map[string]any{
		"issuer": iss, "authorization_endpoint": iss + "/authorize", "token_endpoint": iss + "/token",
		"jwks_uri": iss + "/jwks", "end_session_endpoint": iss + "/uitloggen",
		"response_types_supported": []string{"code"}, "response_modes_supported": []string{"query"},
		"grant_types_supported": []string{"authorization_code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported":          []string{string(jose.ES256)},
		"token_endpoint_auth_methods_supported":          []string{"none"},
		"code_challenge_methods_supported":               []string{"S256"},
		"scopes_supported":                               []string{"openid", "profile"},
		"acr_values_supported":                           []string{u.ACR, ACRHoog},
		"claims_supported":                               []string{"sub", "name", "acr", "auth_time", "soh_rol", "soh_functie", "soh_oin", "soh_bsn"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (s *Simulator) jwks(w http.ResponseWriter, _ *http.Request, _ Uitgever) error {
	return schrijfJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{s.sleutel.Public()}})
}

// verzoek is an authorization request, checked.
type verzoek struct {
	ClientID, Terug, Scope, State, Nonce, Challenge, Hint string

	ACR string // acr_values: levels the client asks for
}

// leesVerzoek checks the request. A mistake in client or redirect URI is a
// Fout for the person; any other is an oauthFout, reported to the client.
func leesVerzoek(f url.Values, u Uitgever) (verzoek, error) {
	v := verzoek{
		ClientID: f.Get("client_id"), Terug: f.Get("redirect_uri"), Scope: f.Get("scope"), State: f.Get("state"),
		Nonce: f.Get("nonce"), Challenge: f.Get("code_challenge"), Hint: f.Get("login_hint"), ACR: f.Get("acr_values"),
	}
	if v.ClientID != u.ClientID || !slices.Contains(u.Terug, v.Terug) {
		return v, begrip.NieuweFout(begrip.Ongeldig, "De toepassing die u stuurde, is hier niet bekend. Ga terug en probeer het opnieuw.")
	}
	switch {
	case f.Get("response_type") != "code":
		return v, &oauthFout{"unsupported_response_type", "response_type must be code"}
	case f.Get("response_mode") != "" && f.Get("response_mode") != "query":
		return v, &oauthFout{"invalid_request", "response_mode must be query"}
	case !slices.Contains(strings.Fields(v.Scope), "openid"):
		return v, &oauthFout{"invalid_scope", "scope must contain openid"}
	case v.Challenge == "" || f.Get("code_challenge_method") != "S256":
		return v, &oauthFout{"invalid_request", "PKCE with S256 is required"}
	case f.Get("prompt") == "none":
		return v, &oauthFout{"login_required", "the simulator keeps no session"}
	}
	return v, nil
}

func (s *Simulator) authorize(w http.ResponseWriter, r *http.Request, u Uitgever) error {
	v, err := leesVerzoek(r.URL.Query(), u)
	if err != nil {
		return s.meldClient(w, r, u, v, err)
	}
	return s.toonKeuze(w, r, u, v)
}

// kies handles the button of one person on the sign-in page.
func (s *Simulator) kies(w http.ResponseWriter, r *http.Request, u Uitgever) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return begrip.NieuweFout(begrip.Ongeldig, "Het formulier is niet te lezen.").Door(err)
	}
	v, err := leesVerzoek(r.PostForm, u)
	if err != nil {
		return s.meldClient(w, r, u, v, err)
	}
	if r.PostForm.Has("annuleren") {
		return s.meldClient(w, r, u, v, &oauthFout{"access_denied", "the person cancelled"})
	}
	i := slices.IndexFunc(u.Personen, func(p Persoon) bool { return p.Sub == r.PostForm.Get("persoon") })
	if i < 0 {
		return begrip.NieuweFout(begrip.Ongeldig, "Kies een persoon uit de lijst.")
	}
	code := s.nieuweCode(toestemming{verzoek: v, uitgever: u.Pad, persoon: u.Personen[i], op: s.nu()})
	s.log.InfoContext(r.Context(), "sign-in simulated", "uitgever", u.Pad, "persoon", u.Personen[i].Sub)
	s.terug(w, r, u, v, url.Values{"code": {code}})
	return nil
}

// uitloggen ends nothing here, for no session is kept; it leads back.
func (s *Simulator) uitloggen(w http.ResponseWriter, r *http.Request, u Uitgever) error {
	naar := r.URL.Query().Get("post_logout_redirect_uri")
	if naar == "" {
		return s.toonUit(w, r, u)
	}
	doel, err := url.Parse(naar)
	if err != nil || !slices.Contains(u.Na, naar) {
		return begrip.NieuweFout(begrip.Ongeldig, "U bent afgemeld. Het adres om naar terug te gaan is hier niet bekend.")
	}
	if state := r.URL.Query().Get("state"); state != "" {
		q := doel.Query()
		q.Set("state", state)
		doel.RawQuery = q.Encode()
	}
	http.Redirect(w, r, doel.String(), http.StatusSeeOther)
	return nil
}

func (s *Simulator) meldClient(w http.ResponseWriter, r *http.Request, u Uitgever, v verzoek, err error) error {
	o, ok := err.(*oauthFout)
	if !ok {
		return err
	}
	s.terug(w, r, u, v, url.Values{"error": {o.code}, "error_description": {o.uitleg}})
	return nil
}

// terug sends the browser back to the client with q, state and iss (RFC 9207).
func (s *Simulator) terug(w http.ResponseWriter, r *http.Request, u Uitgever, v verzoek, q url.Values) {
	doel, err := url.Parse(v.Terug)
	if err != nil {
		s.toonFout(w, r, err)
		return
	}
	bij := doel.Query()
	for k := range q {
		bij.Set(k, q.Get(k))
	}
	if v.State != "" {
		bij.Set("state", v.State)
	}
	bij.Set("iss", s.Issuer(u.Pad))
	doel.RawQuery = bij.Encode()
	http.Redirect(w, r, doel.String(), http.StatusSeeOther)
}
