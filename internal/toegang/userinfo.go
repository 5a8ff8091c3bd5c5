package toegang

import (
	"context"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"github.com/handbereik/soh/internal/begrip"
)

// vulAan asks the UserInfo endpoint (OpenID Connect Core 5.3) for what the ID
// token does not tell about the person. How and when somebody signed in comes
// from the ID token alone: only that is signed for this sign-in.
func (a *Aanmelding) vulAan(ctx context.Context, p *oidc.Provider, token *oauth2.Token, c *persoonClaims) error {
	if c.Naam != "" && (c.BSN != "" || !a.cfg.Burgers && c.Rol != "" && c.OIN != "") || p.UserInfoEndpoint() == "" {
		return nil
	}
	if _, hoe := adres(p.UserInfoEndpoint()); hoe == onveilig {
		return errors.New("UserInfo: onveilig adres")
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	var meer persoonClaims
	switch {
	case err != nil:
		return errors.New("UserInfo: geen bruikbaar antwoord") // the cause may quote what it tells of the person
	case info.Subject != c.Sub || c.Sub == "":
		return errors.New("UserInfo: over een ander") // Core 5.3.2
	case info.Claims(&meer) != nil:
		return errors.New("UserInfo: onleesbare gegevens")
	}
	for _, x := range []struct {
		naar *string
		van  string
	}{{&c.Naam, meer.Naam}, {&c.Rol, meer.Rol}, {&c.OIN, meer.OIN}, {&c.BSN, meer.BSN}, {&c.Functie, meer.Functie}, {&c.Geboren, meer.Geboren}} {
		if *x.naar == "" {
			*x.naar = x.van
		}
	}
	return nil
}

// gezinsrol gives the role of a member of the family whose broker knows no roles:
// by the date of birth, when that is told. Of who is not known to be an adult each
// source asks the age.
func gezinsrol(geboren string, nu time.Time) begrip.Rol {
	d, err := time.ParseInLocation(time.DateOnly, geboren, begrip.Zone)
	if err == nil && d.Year() > 1 && !d.AddDate(18, 0, 0).After(nu) {
		return begrip.RolOuder
	}
	return begrip.RolJongere
}

// bewijs proves to the provider that we are the client, when it wants that:
// private_key_jwt (OpenID Connect Core 9), signed with the key of the
// organisation's certificate.
func (a *Aanmelding) bewijs(tokenadres string) ([]oauth2.AuthCodeOption, error) {
	if a.cfg.ClientBewijs == nil {
		return nil, nil
	}
	cert := a.cfg.ClientBewijs.nu().cert
	opt := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", afdruk(cert.Leaf)).WithHeader(vingerafdruk, afdruk(cert.Leaf))
	s, err := tekenaar(cert, opt)
	if err != nil {
		return nil, err
	}
	nu := a.cfg.Nu()
	tekst, err := jwt.Signed(s).Claims(jwt.Claims{
		Issuer: a.cfg.ClientID, Subject: a.cfg.ClientID, Audience: jwt.Audience{tokenadres}, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(nu), Expiry: jwt.NewNumericDate(nu.Add(time.Minute)),
	}).Serialize()
	if err != nil {
		return nil, err
	}
	return []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("client_assertion_type", assertieSoor), oauth2.SetAuthURLParam("client_assertion", tekst)}, nil
}
