package toegang

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/handbereik/soh/internal/begrip"
)

// pogingDuur is how long a person may take at the identity provider.
const pogingDuur = 10 * time.Minute

// poging is one sign-in under way, in an encrypted cookie of its own, so that
// two open tabs do not disturb each other.
type poging struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Terug    string `json:"t"`
	Tot      int64  `json:"e"`
	Sterk    bool   `json:"k,omitempty"` // the person must prove who they are anew
	Begin    int64  `json:"b"`
}

// pogingCookie names the cookie of one attempt after its state.
func (a *Aanmelding) pogingCookie(state string) string {
	som := sha256.Sum256([]byte(state))
	return a.pogingNaam + "-" + base64.RawURLEncoding.EncodeToString(som[:6])
}

// begin sends the person to the identity provider. login_hint is passed on;
// terug is where to go afterwards.
func (a *Aanmelding) begin(w http.ResponseWriter, r *http.Request) error {
	_, o, err := a.dienst(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p := poging{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		Terug: lokaal(q.Get("terug")), Tot: a.cfg.Nu().Add(pogingDuur).Unix(),
		Sterk: q.Get("sterk") == "1", Begin: a.cfg.Nu().Unix(),
	}
	naam := a.pogingCookie(p.State)
	waarde, err := a.pogingen.dicht(naam, p)
	if err != nil {
		return err
	}
	http.SetCookie(w, a.cookie(naam, waarde, "/", pogingDuur))
	opties := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(p.Verifier), oidc.Nonce(p.Nonce)}
	acr := a.cfg.MinACR
	if p.Sterk {
		acr = a.cfg.SterkACR
		opties = append(opties, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	if a.cfg.Burgers && !p.Sterk {
		// Who left by "Snel weg" is still known to a provider that keeps a session:
		// the Back button would sign in again without a question.
		opties = append(opties, oauth2.SetAuthURLParam("prompt", "login"))
	}
	if acr != "" {
		opties = append(opties, oauth2.SetAuthURLParam("acr_values", acr))
	}
	if h := q.Get("login_hint"); h != "" && len(h) <= maxTekst && !heeftBSN(h) {
		opties = append(opties, oauth2.SetAuthURLParam("login_hint", h))
	}
	http.Redirect(w, r, o.AuthCodeURL(p.State, opties...), http.StatusSeeOther)
	return nil
}

// terug receives the person back from the identity provider.
func (a *Aanmelding) terug(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p, naam, err := a.leesPoging(r, q.Get("state"))
	if err != nil {
		return err
	}
	http.SetCookie(w, a.cookie(naam, "", "/", 0)) // an attempt counts once
	if iss := q.Get("iss"); iss != "" && iss != a.cfg.Issuer {
		return niet("Het antwoord komt van een andere aanmelddienst. Meld u opnieuw aan.", nil)
	}
	if q.Has("error") {
		if q.Get("error") == "access_denied" {
			return niet("U hebt het aanmelden afgebroken.", nil)
		}
		return niet("De aanmelddienst heeft u niet ingelogd. Probeer het opnieuw.", errors.New("code van de aanmelddienst: "+foutcode(q.Get("error"))))
	}
	s, err := a.wissel(r.Context(), q.Get("code"), p)
	if err != nil {
		return err
	}
	if err := a.ZetSessie(w, s); err != nil {
		return err
	}
	naar := p.Terug
	if naar == "" {
		naar = a.cfg.Start
	}
	http.Redirect(w, r, naar, http.StatusSeeOther)
	return nil
}

func (a *Aanmelding) leesPoging(r *http.Request, state string) (poging, string, error) {
	naam := a.pogingCookie(state)
	verlopen := begrip.NieuweFout(begrip.NietAangemeld, "Deze aanmelding is verlopen of in een ander venster begonnen. Meld u opnieuw aan.")
	cookies := r.CookiesNamed(naam)
	if state == "" || len(cookies) != 1 {
		return poging{}, naam, verlopen
	}
	var p poging
	if err := a.pogingen.open(naam, cookies[0].Value, &p); err != nil {
		return poging{}, naam, verlopen.Door(err)
	}
	if !hmac.Equal([]byte(p.State), []byte(state)) || a.cfg.Nu().Unix() >= p.Tot {
		return poging{}, naam, verlopen
	}
	return p, naam, nil
}

// foutcode keeps an error code of OAuth only in its own alphabet, for the log.
func foutcode(s string) string {
	if s == "" || len(s) > 60 || slices.ContainsFunc([]byte(s), func(c byte) bool { return (c < 'a' || c > 'z') && c != '_' }) {
		return "onbekend"
	}
	return s
}

// wissel trades the code for an ID token and reads the person from it. Causes
// never quote what the provider sent: that may hold a BSN.
func (a *Aanmelding) wissel(ctx context.Context, code string, p poging) (Sessie, error) {
	provider, o, err := a.dienst(ctx)
	if err != nil {
		return Sessie{}, err
	}
	ctx = oidc.ClientContext(ctx, a.cfg.Client)
	bewijs, err := a.bewijs(o.Endpoint.TokenURL)
	if err != nil {
		return Sessie{}, begrip.NieuweFout(begrip.Intern, "Aanmelden lukt nu niet.").Door(err)
	}
	token, err := o.Exchange(ctx, code, append(bewijs, oauth2.VerifierOption(p.Verifier))...)
	if err != nil {
		if re, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
			return Sessie{}, niet("De aanmelddienst heeft de aanmelding niet bevestigd. Meld u opnieuw aan.", fmt.Errorf("tokenadres: %s, HTTP %d", foutcode(re.ErrorCode), re.Response.StatusCode))
		}
		return Sessie{}, begrip.NieuweFout(begrip.NietBeschikbaar, "De aanmelddienst antwoordt nu niet. Probeer het over een paar minuten opnieuw.").Door(errors.New("tokenadres: geen bruikbaar antwoord"))
	}
	onjuist := func(waarom string) (Sessie, error) {
		return Sessie{}, niet("Het antwoord van de aanmelddienst klopt niet. Meld u opnieuw aan.", errors.New(waarom))
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := provider.Verifier(&oidc.Config{
		ClientID: a.cfg.ClientID, SupportedSigningAlgs: []string{oidc.ES256, oidc.PS256, oidc.RS256}, Now: a.cfg.Nu,
	})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return onjuist("ID-token: handtekening, issuer, audience of tijd klopt niet")
	}
	if id.Nonce == "" || !hmac.Equal([]byte(id.Nonce), []byte(p.Nonce)) {
		return onjuist("ID-token: andere nonce")
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil {
		return onjuist("ID-token: at_hash klopt niet")
	}
	var c persoonClaims
	if id.Claims(&c) != nil {
		return onjuist("ID-token: onleesbare gegevens")
	}
	if (len(id.Audience) > 1 || c.AZP != "") && c.AZP != a.cfg.ClientID {
		return onjuist("ID-token: andere azp")
	}
	if err := a.vulAan(ctx, provider, token, &c); err != nil {
		return onjuist(err.Error())
	}
	nieuw := c.AuthTime >= p.Begin-int64(klokVerschil/time.Second)
	if p.Sterk && (!nieuw || !genoeg(c.ACR, a.cfg.SterkACR)) {
		return Sessie{}, begrip.NieuweFout(begrip.Verboden, "Voor deze stap moet u zich opnieuw en sterk genoeg aanmelden. De aanmelddienst deed dat niet.")
	}
	return a.persoon(c)
}
