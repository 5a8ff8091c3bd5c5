package toegang

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
)

const (
	verklaringDuur = 60 * time.Second
	// verklaringMax is the longest life a receiver accepts; it bounds the memory
	// of the replay check.
	verklaringMax = 2 * time.Minute
	klokVerschil  = 30 * time.Second
	klokVermoeden = time.Hour // a token no older than this may be new, from a clock that is behind
	maxVerklaring = 8 << 10
	maxTekst      = 200
	// vingerafdruk binds the token to the certificate (RFC 7515 §4.1.8).
	vingerafdruk = jose.HeaderKey("x5t#S256")
)

// Lezer is who looks, for whom and why, as the reader's organisation states it.
// That organisation answers for the statement; the source decides.
type Lezer struct {
	Organisatie begrip.Organisatie
	Persoon     string // the organisation's own name for the person, never a BSN
	Naam        string
	Rol         begrip.Rol
	Doel        begrip.Doel
	Grondslag   begrip.Grondslag
	Zaak        string
	Burger      begrip.BSN // only when a family member looks, through the portal
	Namens      begrip.BSN // for whom Burger looks, when that is somebody else; the source decides whether that may
	Nood        Nood       // zero, or why this professional looks without a rule that allows it
}

// Nood is a call on noodtoegang: a professional looks without an ordinary rule,
// for a reason that is read afterwards, until a moment soon.
type Nood struct {
	Reden string
	Tot   time.Time
}

// The bounds of noodtoegang: a reason that says something, and an end in sight.
const (
	NoodRedenMin = 20  // characters
	NoodRedenMax = 500 // characters
	NoodDuur     = 4 * time.Hour
)

// IsZero tells that there is no call on noodtoegang.
func (n Nood) IsZero() bool { return n == Nood{} }

// Controleer records every mistake in a call on noodtoegang.
func (n Nood) Controleer(c *begrip.Controle, nu time.Time) {
	lang := utf8.RuneCountInString(strings.TrimSpace(n.Reden))
	c.Eis(lang >= NoodRedenMin && lang <= NoodRedenMax, "nood.reden", "Schrijf op waarom dit niet kan wachten. Gebruik %d tot %d tekens.", NoodRedenMin, NoodRedenMax)
	c.Eis(!heeftBSN(n.Reden), "nood.reden", "Hier mag geen burgerservicenummer staan.")
	c.Eis(n.Tot.After(nu) && n.Tot.Sub(nu) <= NoodDuur+klokVerschil, "nood.tot", "Noodtoegang duurt hoogstens %d uur.", int(NoodDuur/time.Hour))
}

// VoorWie is the person whose data a family member looks at.
func (l Lezer) VoorWie() begrip.BSN {
	if !l.Namens.IsZero() {
		return l.Namens
	}
	return l.Burger
}

// Controleer gives all mistakes in the statement at once, as Ongeldig.
func (l Lezer) Controleer() error {
	var c begrip.Controle
	_, err := begrip.ParseOIN(string(l.Organisatie.OIN))
	c.Eis(err == nil, "organisatie", "De organisatie heeft geen geldig OIN.")
	c.Eis(l.Persoon != "", "persoon", "Zeg wie er kijkt.")
	c.Eis(l.Rol != "", "rol", "Zeg in welke rol de persoon kijkt.")
	c.Eis(l.Doel.Bekend(), "doel", "Dit doel staat niet in de lijst van doelen.")
	c.Eis(l.Grondslag.Bekend(), "grondslag", "Deze grondslag staat niet in de lijst van grondslagen.")
	c.Eis(l.Namens.IsZero() || !l.Burger.IsZero() && l.Namens != l.Burger, "namens", "Alleen een burger kan voor een ander kijken.")
	if !l.Nood.IsZero() {
		c.Eis(l.Burger.IsZero() && l.Rol.DraagtZaken(), "nood", "Noodtoegang is er alleen voor een professional die aan zaken werkt.")
		l.Nood.Controleer(&c, time.Now())
	}
	for veld, v := range map[string]string{"persoon": l.Persoon, "naam": l.Naam, "rol": string(l.Rol), "zaak": l.Zaak} {
		c.Eis(len(v) <= maxTekst, veld, "Gebruik hier ten hoogste %d tekens.", maxTekst)
		c.Eis(!heeftBSN(v), veld, "Hier mag geen burgerservicenummer staan.")
	}
	return c.Fout()
}

// claims is the wire form. The BSN travels inside mutual TLS, in a token that
// no log may hold.
type claims struct {
	jwt.Claims
	Naam      string           `json:"naam,omitempty"`
	Rol       begrip.Rol       `json:"rol"`
	Doel      begrip.Doel      `json:"doel"`
	Grondslag begrip.Grondslag `json:"grondslag"`
	Zaak      string           `json:"zaak,omitempty"`
	Burger    string           `json:"burger,omitempty"`
	Namens    string           `json:"namens,omitempty"`
	Nood      *noodClaim       `json:"nood,omitempty"`
}

type noodClaim struct {
	Reden string           `json:"reden"`
	Tot   *jwt.NumericDate `json:"tot"`
}

func (n Nood) claim() *noodClaim {
	if n.IsZero() {
		return nil
	}
	return &noodClaim{n.Reden, jwt.NewNumericDate(n.Tot)}
}

// Verklaring states to source aan who looks: a JWT signed (ES256, or PS256 with an RSA key) with the key
// of the organisation's certificate, valid for 60 seconds, usable once and only
// over a connection with that certificate. Goes out as Authorization: Bearer.
func (i Identiteit) Verklaring(l Lezer, aan begrip.OIN, nu time.Time) (string, error) {
	if l.Organisatie.OIN != i.Organisatie.OIN {
		return "", errors.New("een organisatie verklaart alleen over haar eigen lezers")
	}
	if err := l.Controleer(); err != nil {
		return "", err
	}
	cert := i.nu().cert
	s, err := tekenaar(cert, (&jose.SignerOptions{}).WithType("JWT").WithHeader(vingerafdruk, afdruk(cert.Leaf)))
	if err != nil {
		return "", err
	}
	jti, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return jwt.Signed(s).Claims(claims{
		Claims: jwt.Claims{
			Issuer: i.Organisatie.OIN.URN(), Subject: l.Persoon, Audience: jwt.Audience{aan.URN()}, ID: jti.String(),
			IssuedAt: jwt.NewNumericDate(nu), Expiry: jwt.NewNumericDate(nu.Add(verklaringDuur)),
		},
		Naam: l.Naam, Rol: l.Rol, Doel: l.Doel, Grondslag: l.Grondslag, Zaak: l.Zaak, Burger: l.Burger.Leesbaar(),
		Namens: l.Namens.Leesbaar(), Nood: l.Nood.claim(),
	}).Serialize()
}

// handtekeningen are the algorithms we sign with and accept (NL GOV OAuth).
var handtekeningen = []jose.SignatureAlgorithm{jose.ES256, jose.PS256}

// tekenaar signs with the key of a certificate: ES256, or PS256 for RSA.
func tekenaar(cert tls.Certificate, opt *jose.SignerOptions) (jose.Signer, error) {
	key, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("de sleutel van het certificaat kan niet ondertekenen")
	}
	alg := jose.ES256
	switch k := key.Public().(type) {
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return nil, errors.New("de ECDSA-sleutel van het certificaat is niet van de kromme P-256")
		}
	case *rsa.PublicKey:
		alg = jose.PS256
	default:
		return nil, errors.New("de sleutel van het certificaat is geen ECDSA of RSA")
	}
	return jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, opt)
}

func afdruk(c *x509.Certificate) string {
	h := sha256.Sum256(c.Raw)
	return base64.RawURLEncoding.EncodeToString(h[:])
}

func niet(bericht string, oorzaak error) error {
	return begrip.NieuweFout(begrip.NietAangemeld, "%s", bericht).Door(schoon(oorzaak))
}

// LeesVerklaring gives the reader that the caller states in its Bearer token.
// It refuses with NietAangemeld and the reason when the token is missing,
// expired, for another source, signed with another key than that of the
// caller's certificate, or used before; with Ongeldig when the statement itself
// is faulty; with Verboden when the organisation takes no part, or states a
// citizen without being the portal. zoek looks in the register.
func LeesVerklaring(r *http.Request, mij begrip.OIN, zoek func(begrip.OIN) (begrip.Organisatie, bool), nu time.Time) (Lezer, error) {
	oin, err := Beller(r)
	if err != nil {
		return Lezer{}, err
	}
	c, err := verklaringVan(r, nil, oin, mij, nu)
	if err != nil {
		return Lezer{}, err
	}
	if err := gebruikt.eenmalig(string(mij)+"|"+string(oin)+"|"+c.ID, c.Expiry.Time(), nu); err != nil {
		return Lezer{}, err
	}
	return c.lezer(oin, zoek)
}

// lezer gives whom the statement tells of, held against the register.
func (c claims) lezer(oin begrip.OIN, zoek func(begrip.OIN) (begrip.Organisatie, bool)) (Lezer, error) {
	org, ok := zoek(oin)
	if !ok {
		return Lezer{}, begrip.NieuweFout(begrip.Verboden, "Uw organisatie staat niet in het register van deelnemers.")
	}
	l := Lezer{
		Organisatie: org, Persoon: c.Subject, Naam: c.Naam, Rol: c.Rol,
		Doel: c.Doel, Grondslag: c.Grondslag, Zaak: c.Zaak,
	}
	if err := l.Burger.UnmarshalText([]byte(c.Burger)); err != nil {
		return Lezer{}, begrip.NieuweFout(begrip.Ongeldig, "De verklaring noemt een ongeldig burgerservicenummer.")
	}
	if err := l.Namens.UnmarshalText([]byte(c.Namens)); err != nil {
		return Lezer{}, begrip.NieuweFout(begrip.Ongeldig, "De verklaring noemt een ongeldig burgerservicenummer.")
	}
	if c.Nood != nil {
		l.Nood = Nood{c.Nood.Reden, c.Nood.Tot.Time()}
	}
	if !l.Burger.IsZero() && org.Soort != begrip.Burgerportaal {
		return Lezer{}, begrip.NieuweFout(begrip.Verboden, "Alleen het portaal voor burgers mag namens een burger kijken.")
	}
	return l, l.Controleer()
}

type verklaringSleutel struct{}

// verklaringVan gives the checked Verklaring of a request, from Bewaak when that saw it.
func verklaringVan(r *http.Request, onthouden *Verklaringen, van, mij begrip.OIN, nu time.Time) (claims, error) {
	if c, ok := r.Context().Value(verklaringSleutel{}).(*claims); ok && c.Audience[0] == mij.URN() && c.Issuer == van.URN() {
		return *c, nil
	}
	return onthouden.van(r, van, mij, nu)
}

func bearer(r *http.Request) (string, error) {
	h := r.Header.Values("Authorization")
	if _, is := accessToken(r); is {
		h = nil
		if v := r.Header.Get(KopVerklaring); v != "" {
			h = []string{"Bearer " + v}
		}
	}
	if len(h) == 0 {
		return "", niet("Er is geen verklaring meegestuurd van wie er kijkt en waarom.", nil)
	}
	schema, token, ok := strings.Cut(h[0], " ")
	if len(h) > 1 || !ok || !strings.EqualFold(schema, "Bearer") || token == "" || len(token) > maxVerklaring {
		return "", niet("De verklaring van wie er kijkt is niet goed meegestuurd.", nil)
	}
	return token, nil
}

// klok tells what is wrong with the clocks when that may be why a token is too
// late or too soon: the difference is small, or the token lies in the future.
func klok(gemaakt, nu time.Time) string {
	verschil := nu.Sub(gemaakt).Round(time.Second)
	switch {
	case verschil < 0:
		return fmt.Sprintf(" Uw klok loopt %d seconden voor op de onze. Zet hem gelijk (NTP).", int(-verschil/time.Second))
	case verschil < klokVermoeden:
		return fmt.Sprintf(" Hij is %d seconden oud volgens onze klok. Maakte u hem net? Dan loopt uw klok achter. Zet hem gelijk (NTP).", int(verschil/time.Second))
	}
	return ""
}

// controleerToken checks everything about the token but its content, and that it
// is used once.
func controleerToken(token string, cert *x509.Certificate, van, mij begrip.OIN, nu time.Time) (claims, error) {
	var c claims
	t, err := jwt.ParseSigned(token, handtekeningen)
	if err != nil {
		return c, niet("De verklaring is onleesbaar of niet op de afgesproken manier ondertekend.", errors.New("token is geen JWT met ES256 of PS256"))
	}
	if len(t.Headers) != 1 || t.Headers[0].ExtraHeaders[vingerafdruk] != afdruk(cert) {
		return c, niet("De verklaring hoort bij een ander certificaat.", nil)
	}
	if err := t.Claims(cert.PublicKey, &c); err != nil {
		return c, niet("De handtekening onder de verklaring klopt niet.", errors.New("handtekening of inhoud van het token"))
	}
	switch {
	case c.Issuer != van.URN():
		return c, niet("De verklaring komt van een andere organisatie dan het certificaat.", nil)
	case len(c.Audience) != 1 || c.Audience[0] != mij.URN():
		return c, niet("De verklaring is voor een andere organisatie bedoeld.", nil)
	case c.Expiry == nil || c.IssuedAt == nil || c.ID == "" || len(c.ID) > maxTekst:
		return c, niet("De verklaring mist een tijd of een nummer.", nil)
	case !nu.Before(c.Expiry.Time()):
		return c, niet("De verklaring is verlopen."+klok(c.IssuedAt.Time(), nu), nil)
	case c.IssuedAt.Time().After(nu.Add(klokVerschil)), c.NotBefore != nil && c.NotBefore.Time().After(nu.Add(klokVerschil)):
		return c, niet("De verklaring is nog niet geldig."+klok(c.IssuedAt.Time(), nu), nil)
	case c.Expiry.Time().Sub(c.IssuedAt.Time()) > verklaringMax:
		return c, niet("De verklaring is te lang geldig.", nil)
	}
	return c, nil
}
