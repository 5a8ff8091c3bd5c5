package toegang

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
)

// TokenDuur is how long an access token is valid. There is no refresh token: a
// client asks for a new one (NL GOV profile for OAuth 2.0, client credentials).
const TokenDuur = 5 * time.Minute

// typeToken is the media type in the header of an access token (RFC 9068 §2.1).
const typeToken = "at+jwt"

// Paths of the authorization server.
const (
	PadToken     = "/oauth2/token"
	PadSleutels  = "/oauth2/sleutels"
	PadMetadata  = "/.well-known/oauth-authorization-server"
	assertieSoor = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	maxForm      = 16 << 10
	maxAssertie  = 5 * time.Minute // longest life of a client assertion
)

// Uitgever gives systems of deelnemers access tokens for the API of one
// organisation (OAuth 2.0 client credentials), and demands them there. A system
// proves itself with its certificate (mutual TLS, RFC 8705) or with a JWT
// signed by the certificate's key (private_key_jwt, RFC 7523, certificate in
// x5c). A token works for this organisation alone (aud), and only on a
// connection with the certificate it was given to (cnf.x5t#S256).
type Uitgever struct {
	Identiteit Identiteit
	// Adres is the public https base of the API, without a slash at the end: the
	// issuer. Empty: the organisation's urn.
	Adres string
	// Deelnemer tells whether an organisation takes part now.
	Deelnemer func(begrip.OIN) bool
	// Scopes are what may be asked here.
	Scopes []Scope
	// Verplicht refuses requests without a token; else a certificate alone gives
	// its organisation every scope.
	Verplicht bool
	// Verklaringen remembers those that were checked; nil remembers none.
	Verklaringen *Verklaringen
	Nu           func() time.Time // default time.Now
}

// Scope is what a token permits: <functie>:<lezen|schrijven>, and for reading
// the level, minimaal, beperkt or volledig (niveau 0, 1, 2) as the field's
// contracts name them: "uoo:read:beperkt".
type Scope string

// Lees and Schrijf make scopes of a functie.
func Lees(functie string, n begrip.Niveau) Scope {
	return Scope(functie + ":read:" + []string{"minimaal", "beperkt", "volledig"}[n])
}

// Schrijf is the scope to write or offer something of a functie.
func Schrijf(functie string) Scope { return Scope(functie + ":write") }

// LeesScopes gives the three reading scopes of a functie.
func LeesScopes(functie string) []Scope {
	return []Scope{Lees(functie, 0), Lees(functie, 1), Lees(functie, 2)}
}

// Omschrijving tells what the scope permits, for a description.
func (s Scope) Omschrijving() string {
	if s == ScopeBesluiten {
		return "Besluiten over toegang vragen"
	}
	if f, n, lezen := strings.Cut(string(s), ":read:"); lezen {
		return f + " lezen, " + n
	}
	return strings.TrimSuffix(string(s), ":write") + " aanbieden of wijzigen"
}

// geeft tells what having s permits of what is needed: a reading scope gives
// its own level, and with that access to what asks any level of reading.
func (s Scope) geeft(nodig Scope) (n begrip.Niveau, ok bool) {
	if s == nodig {
		ok = true
	}
	f, rest, _ := strings.Cut(string(s), ":read:")
	f2, _, lezen := strings.Cut(string(nodig), ":read:")
	if lezen && (f == f2 || f2 == alles) && rest != "" {
		i := slices.Index([]string{"minimaal", "beperkt", "volledig"}, rest)
		return begrip.Niveau(max(i, 0)), i >= 0
	}
	return begrip.NiveauInhoud, ok
}

// tokenClaims is the access token (RFC 9068, RFC 8705 §3.1).
type tokenClaims struct {
	jwt.Claims
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
	CNF      struct {
		Afdruk string `json:"x5t#S256"`
	} `json:"cnf"`
}

// oauthFout is an error in the words of RFC 6749 §5.2; uitleg is plain Dutch.
type oauthFout struct {
	Code   string `json:"error"`
	Uitleg string `json:"error_description"`
	status int
}

func (o *oauthFout) Error() string { return o.Code + ": " + o.Uitleg }

func oFout(status int, code, uitleg string) *oauthFout { return &oauthFout{code, uitleg, status} }

func (u *Uitgever) nu() time.Time {
	if u.Nu != nil {
		return u.Nu()
	}
	return time.Now()
}

func (u *Uitgever) urn() string { return u.Identiteit.Organisatie.OIN.URN() }

func (u *Uitgever) issuer() string {
	if u.Adres != "" {
		return u.Adres
	}
	return u.urn()
}

// Routes adds the token endpoint, the keys and the metadata (RFC 8414).
func (u *Uitgever) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST "+PadToken, u.token)
	mux.HandleFunc("GET "+PadSleutels, func(w http.ResponseWriter, _ *http.Request) {
		schrijfOAuth(w, http.StatusOK, jose.JSONWebKeySet{Keys: u.sleutels()})
	})
	mux.HandleFunc("GET "+PadMetadata, u.metadata)
}

func schrijfOAuth(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":"server_error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache") // RFC 6749 §5.1
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

func (u *Uitgever) metadata(w http.ResponseWriter, _ *http.Request) {
	scopes := u.Scopes
	schrijfOAuth(w, http.StatusOK, map[string]any{
		"issuer": u.issuer(), "token_endpoint": u.Adres + PadToken, "jwks_uri": u.Adres + PadSleutels,
		"scopes_supported": scopes, "grant_types_supported": []string{"client_credentials"}, "response_types_supported": []string{},
		"token_endpoint_auth_methods_supported":            []string{"tls_client_auth", "private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS256", "PS256", "ES256"},
		"tls_client_certificate_bound_access_tokens":       true,
	})
}

// sleutels are the keys of now and of just before.
func (u *Uitgever) sleutels() (uit []jose.JSONWebKey) {
	s := u.Identiteit.nu()
	for _, c := range []*x509.Certificate{s.cert.Leaf, s.vorige} {
		if c != nil {
			uit = append(uit, jose.JSONWebKey{Key: c.PublicKey, KeyID: afdruk(c), Use: "sig"})
		}
	}
	return uit
}

// token is POST /oauth2/token.
func (u *Uitgever) token(w http.ResponseWriter, r *http.Request) {
	antwoord, fout := u.geef(w, r)
	if fout != nil {
		if fout.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		schrijfOAuth(w, fout.status, fout)
		return
	}
	schrijfOAuth(w, http.StatusOK, antwoord)
}

func (u *Uitgever) geef(w http.ResponseWriter, r *http.Request) (map[string]any, *oauthFout) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, oFout(http.StatusBadRequest, "invalid_request", "Stuur het verzoek als formulier (application/x-www-form-urlencoded).")
	}
	f := r.PostForm
	for naam, v := range f {
		if len(v) > 1 {
			return nil, oFout(http.StatusBadRequest, "invalid_request", "Een veld staat er meer dan één keer: "+leesbaar(naam)+".")
		}
	}
	if f.Get("grant_type") != "client_credentials" {
		return nil, oFout(http.StatusBadRequest, "unsupported_grant_type", "Alleen grant_type client_credentials kan hier.")
	}
	client, cert, fout := u.client(r)
	if fout != nil {
		return nil, fout
	}
	scopes, fout := u.gevraagd(f.Get("scope"))
	if fout != nil {
		return nil, fout
	}
	t, err := u.maak(client, cert, scopes)
	if err != nil {
		return nil, oFout(http.StatusInternalServerError, "server_error", "Er ging iets mis. Probeer het later nog eens.")
	}
	return map[string]any{"access_token": t, "token_type": "Bearer", "expires_in": int(TokenDuur.Seconds()), "scope": scopes}, nil
}

// client tells who asks and to which certificate the token will be bound.
func (u *Uitgever) client(r *http.Request) (id string, cert *x509.Certificate, fout *oauthFout) {
	f := r.PostForm
	cert, _ = certificaat(r)
	id = f.Get("client_id")
	if f.Has("client_assertion") || f.Has("client_assertion_type") {
		sub, van, fout := u.assertie(f.Get("client_assertion_type"), f.Get("client_assertion"))
		if fout != nil {
			return "", nil, fout
		}
		if id != "" && id != sub {
			return "", nil, oFout(http.StatusUnauthorized, "invalid_client", "De client_id is een andere dan die in de client_assertion.")
		}
		if id = sub; cert == nil {
			cert = van
		} else if a, _ := oinVan(cert); cert.Subject.SerialNumber != van.Subject.SerialNumber || a == "" {
			return "", nil, oFout(http.StatusUnauthorized, "invalid_client", "De verbinding is van een andere organisatie dan de client_assertion.")
		}
	}
	if cert == nil {
		return "", nil, oFout(http.StatusUnauthorized, "invalid_client", "Toon een certificaat, of stuur een client_assertion mee.")
	}
	oin, err := oinVan(cert)
	if err != nil {
		return "", nil, oFout(http.StatusUnauthorized, "invalid_client", "Het certificaat noemt geen OIN.")
	}
	if id == "" {
		id = oin.URN()
	}
	if van, ok := begrip.OINVan(id); !ok || van != oin {
		return "", nil, oFout(http.StatusUnauthorized, "invalid_client", "De client_id is urn:nld:oin:<uw OIN>, of de naam van een systeem daaronder.")
	}
	if oin != u.Identiteit.Organisatie.OIN && !u.Deelnemer(oin) {
		return "", nil, oFout(http.StatusUnauthorized, "invalid_client", "Uw organisatie doet niet mee, of niet meer.")
	}
	return id, cert, nil
}

// assertie checks a private_key_jwt (RFC 7523 §3): signed with the key of the
// certificate in x5c, for us, short and once.
func (u *Uitgever) assertie(soort, ruw string) (sub string, cert *x509.Certificate, fout *oauthFout) {
	nee := func(uitleg string) (string, *x509.Certificate, *oauthFout) {
		return "", nil, oFout(http.StatusUnauthorized, "invalid_client", uitleg)
	}
	if soort != assertieSoor || ruw == "" || len(ruw) > maxForm {
		return nee("De client_assertion ontbreekt of heeft een ander type dan " + assertieSoor + ".")
	}
	t, err := jwt.ParseSigned(ruw, append([]jose.SignatureAlgorithm{jose.RS256}, handtekeningen...))
	if err != nil || len(t.Headers) != 1 {
		return nee("De client_assertion is geen JWT met RS256, PS256 of ES256.")
	}
	bewijs := u.Identiteit.nu()
	ketens, err := t.Headers[0].Certificates(x509.VerifyOptions{Roots: bewijs.roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, CurrentTime: u.nu()})
	if err != nil || len(ketens) == 0 || bewijs.goed(ketens[0][0]) != nil {
		return nee("Zet in de kop x5c een geldig certificaat van een vertrouwde uitgever.")
	}
	cert = ketens[0][0]
	var c jwt.Claims
	if err := t.Claims(cert.PublicKey, &c); err != nil {
		return nee("De handtekening onder de client_assertion klopt niet.")
	}
	nu := u.nu()
	switch {
	case c.Issuer == "" || c.Issuer != c.Subject:
		return nee("In de client_assertion zijn iss en sub allebei de client_id.")
	case len(c.Audience) != 1 || c.Audience[0] != u.issuer() && c.Audience[0] != u.Adres+PadToken && c.Audience[0] != u.urn():
		return nee("De client_assertion is voor een andere dienst (aud).")
	case c.ID == "" || len(c.ID) > maxTekst || c.Expiry == nil:
		return nee("De client_assertion mist jti of exp.")
	case !nu.Before(c.Expiry.Time()):
		return nee("De client_assertion is verlopen." + klokVan(c, nu))
	case c.NotBefore != nil && c.NotBefore.Time().After(nu.Add(klokVerschil)):
		return nee("De client_assertion is nog niet geldig." + klokVan(c, nu))
	case c.Expiry.Time().After(nu.Add(maxAssertie + klokVerschil)):
		return nee("De client_assertion mag hooguit vijf minuten geldig zijn." + klokVan(c, nu))
	}
	if gebruikt.eenmalig("assertie|"+u.urn()+"|"+c.Subject+"|"+c.ID, c.Expiry.Time(), nu) != nil {
		return nee("Deze client_assertion is al eens gebruikt.")
	}
	return c.Subject, cert, nil
}

// klokVan is klok for an assertion, which need not say when it was made.
func klokVan(c jwt.Claims, nu time.Time) string {
	if gemaakt := cmp.Or(c.IssuedAt, c.NotBefore); gemaakt != nil {
		return klok(gemaakt.Time(), nu)
	}
	return ""
}

// gevraagd gives the scopes to grant: those asked, which must exist.
func (u *Uitgever) gevraagd(s string) (string, *oauthFout) {
	velden := strings.Fields(s)
	if len(velden) == 0 {
		return "", oFout(http.StatusBadRequest, "invalid_scope", "Zeg met scope wat u wilt doen.")
	}
	for _, v := range velden {
		if !slices.Contains(u.Scopes, Scope(v)) {
			return "", oFout(http.StatusBadRequest, "invalid_scope", "Een gevraagde scope bestaat hier niet. De lijst staat in "+PadMetadata+".")
		}
	}
	slices.Sort(velden)
	return strings.Join(slices.Compact(velden), " "), nil
}

func (u *Uitgever) maak(client string, cert *x509.Certificate, scopes string) (string, error) {
	eigen, nu := u.Identiteit.nu().cert, u.nu()
	s, err := tekenaar(eigen, (&jose.SignerOptions{}).WithType(typeToken).WithHeader("kid", afdruk(eigen.Leaf)))
	if err != nil {
		return "", err
	}
	c := tokenClaims{Claims: jwt.Claims{
		Issuer: u.issuer(), Subject: client, Audience: jwt.Audience{u.urn()}, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(nu), Expiry: jwt.NewNumericDate(nu.Add(TokenDuur)),
	}, ClientID: client, Scope: scopes}
	c.CNF.Afdruk = afdruk(cert)
	return jwt.Signed(s).Claims(c).Serialize()
}

type scopeSleutel struct{}

// MaxNiveau is the highest level that the token of this request permits;
// NiveauInhoud when no token limits it.
func MaxNiveau(ctx context.Context) begrip.Niveau {
	if v, ok := ctx.Value(scopeSleutel{}).(verleend); ok {
		return v.niveau
	}
	return begrip.NiveauInhoud
}

// verleend is what the access token of a request permits here.
type verleend struct {
	niveau begrip.Niveau
	scopes string
}

// MagLezen tells whether the access token of this request permits reading of
// functie, as paths name it; true when there is no token. It is for an answer
// whose address does not tell what was asked.
func MagLezen(ctx context.Context, functie string) bool {
	v, ok := ctx.Value(scopeSleutel{}).(verleend)
	if !ok {
		return true
	}
	if kort := namen[functie]; kort != "" {
		functie = kort
	}
	for s := range strings.FieldsSeq(v.scopes) {
		if _, geeft := Scope(s).geeft(Lees(functie, begrip.NiveauBestaan)); geeft {
			return true
		}
	}
	return false
}
