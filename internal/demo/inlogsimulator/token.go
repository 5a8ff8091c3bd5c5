package inlogsimulator

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	codeDuur  = time.Minute      // how long a code can be exchanged
	tokenDuur = 10 * time.Minute // how long an id_token is valid
)

// toestemming is what a code stands for until it is exchanged.
type toestemming struct {
	verzoek  verzoek
	uitgever string
	persoon  Persoon
	op       time.Time
}

// oauthFout is an error for the client, in the words of RFC 6749.
type oauthFout struct{ code, uitleg string }

func (o *oauthFout) Error() string { return o.code + ": " + o.uitleg }

func (s *Simulator) nieuweCode(t toestemming) string {
	code := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, oud := range s.codes {
		if s.nu().Sub(oud.op) > codeDuur {
			delete(s.codes, c)
		}
	}
	s.codes[code] = t
	return code
}

// wissel takes a code out, so that it works once, whatever the outcome.
func (s *Simulator) wissel(code string) (toestemming, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.codes[code]
	delete(s.codes, code)
	return t, ok && s.nu().Sub(t.op) <= codeDuur
}

func (s *Simulator) token(w http.ResponseWriter, r *http.Request, u Uitgever) error {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	fout := func(code, uitleg string) error {
		return schrijfJSON(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": uitleg})
	}
	if err := r.ParseForm(); err != nil {
		return fout("invalid_request", "the body is not a form")
	}
	f := r.PostForm
	if f.Get("grant_type") != "authorization_code" {
		return fout("unsupported_grant_type", "only authorization_code")
	}
	t, ok := s.wissel(f.Get("code"))
	client := f.Get("client_id")
	if naam, _, basic := r.BasicAuth(); basic {
		client = naam
	}
	switch {
	case !ok || t.uitgever != u.Pad:
		return fout("invalid_grant", "the code is unknown, used or expired")
	case client != t.verzoek.ClientID:
		return fout("invalid_client", "the code belongs to another client")
	case f.Get("redirect_uri") != t.verzoek.Terug:
		return fout("invalid_grant", "redirect_uri differs from the request")
	case !pkce(f.Get("code_verifier"), t.verzoek.Challenge):
		return fout("invalid_grant", "code_verifier does not fit")
	}
	idToken, err := s.idToken(u, t)
	if err != nil {
		return err
	}
	return schrijfJSON(w, http.StatusOK, map[string]any{
		"access_token": rand.Text(), "token_type": "Bearer", "expires_in": int(tokenDuur.Seconds()),
		"scope": t.verzoek.Scope, "id_token": idToken,
	})
}

func pkce(verifier, challenge string) bool {
	som := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(som[:])), []byte(challenge)) == 1
}

// eigen are the claims beside the standard ones.
type eigen struct {
	Nonce    string `json:"nonce,omitempty"`
	Naam     string `json:"name"`
	ACR      string `json:"acr"`
	AuthTime int64  `json:"auth_time"`
	Rol      string `json:"soh_rol"`
	Functie  string `json:"soh_functie,omitempty"`
	OIN      string `json:"soh_oin,omitempty"`
	BSN      string `json:"soh_bsn,omitempty"`
}

func (s *Simulator) idToken(u Uitgever, t toestemming) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: s.sleutel}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	nu := s.nu()
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: s.Issuer(u.Pad), Subject: t.persoon.Sub, Audience: jwt.Audience{t.verzoek.ClientID},
		IssuedAt: jwt.NewNumericDate(nu), Expiry: jwt.NewNumericDate(nu.Add(tokenDuur)), ID: rand.Text(),
	}).Claims(eigen{
		Nonce: t.verzoek.Nonce, Naam: t.persoon.Naam, ACR: u.zekerheid(t.verzoek), AuthTime: t.op.Unix(), Rol: string(t.persoon.Rol), Functie: t.persoon.Functie,
		OIN: string(t.persoon.OIN), BSN: t.persoon.BSN.Leesbaar(),
	}).Serialize()
}

func schrijfJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}
