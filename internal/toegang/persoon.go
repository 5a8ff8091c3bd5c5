package toegang

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// persoonClaims are the claims we read; the soh_ claims are agreed with the
// identity provider.
type persoonClaims struct {
	Sub  string `json:"sub"`
	AZP  string `json:"azp"`
	Naam string `json:"name"`
	ACR  string `json:"acr"`
	Rol  string `json:"soh_rol"`
	OIN  string `json:"soh_oin"`
	BSN  string `json:"soh_bsn"`

	Geboren string `json:"birthdate"` // OpenID Connect Core 5.1

	Functie  string `json:"soh_functie"`
	AuthTime int64  `json:"auth_time"`
}

// betrouwbaarheid are the known ladders of assurance, low to high: eIDAS
// (Regulation 910/2014 art. 8), eHerkenning, and DigiD as SAML names it.
var betrouwbaarheid = [][]string{
	{"http://eidas.europa.eu/LoA/low", "http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high"},
	{"urn:etoegang:core:assurance-class:loa2", "urn:etoegang:core:assurance-class:loa2plus", "urn:etoegang:core:assurance-class:loa3", "urn:etoegang:core:assurance-class:loa4"},
	{
		"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
		"urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard", "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI",
	},
}

// genoeg tells whether acr is at least minimum. Levels of different ladders do
// not compare.
func genoeg(acr, minimum string) bool {
	if minimum == "" || acr == minimum {
		return true
	}
	return slices.ContainsFunc(betrouwbaarheid, func(l []string) bool {
		m := slices.Index(l, minimum)
		return m >= 0 && slices.Index(l, acr) > m
	})
}

// persoon turns claims into a session, or refuses.
func (a *Aanmelding) persoon(c persoonClaims) (Sessie, error) {
	if !genoeg(c.ACR, a.cfg.MinACR) {
		return Sessie{}, begrip.NieuweFout(begrip.Verboden, "U bent niet sterk genoeg ingelogd. Gebruik een manier van aanmelden met meer zekerheid, zoals de app met een controle van uw identiteitsbewijs.")
	}
	if a.cfg.Burgers && c.Rol == "" && c.BSN != "" {
		c.Rol = string(gezinsrol(c.Geboren, a.cfg.Nu()))
	}
	s := Sessie{Persoon: a.pseudoniem(c.Sub), Naam: leesbaar(c.Naam), Rol: begrip.Rol(leesbaar(c.Rol)), Functie: leesbaar(c.Functie), ACR: leesbaar(c.ACR), Sinds: a.cfg.Nu(), Tot: a.cfg.Nu().Add(a.cfg.Duur)}
	if c.AuthTime > 0 && c.AuthTime < s.Sinds.Unix() {
		s.Sinds = time.Unix(c.AuthTime, 0) // the provider knew the person already
	}
	if s.Persoon == "" || s.Rol == "" {
		return Sessie{}, begrip.NieuweFout(begrip.Verboden, "De aanmelddienst vertelt niet wie u bent of wat uw rol is. Vraag uw beheerder om hulp.")
	}
	gezin := s.Rol == begrip.RolOuder || s.Rol == begrip.RolJongere
	if a.cfg.Burgers {
		bsn, err := begrip.ParseBSN(c.BSN)
		if err != nil || !gezin {
			return Sessie{}, begrip.NieuweFout(begrip.Verboden, "Deze pagina is voor ouders en jongeren. U bent anders ingelogd.")
		}
		s.BSN = bsn
		return s, nil
	}
	oin, err := begrip.ParseOIN(c.OIN)
	if err != nil || gezin {
		return Sessie{}, begrip.NieuweFout(begrip.Verboden, "Deze pagina is voor medewerkers van een organisatie. U bent anders ingelogd.")
	}
	if a.cfg.Organisatie != "" && oin != a.cfg.Organisatie {
		return Sessie{}, begrip.NieuweFout(begrip.Verboden, "Deze werkplek is van een andere organisatie dan de uwe.")
	}
	s.OIN = oin
	return s, nil
}

// pseudoniem gives sub, or a keyed hash of it when it holds a BSN or is too
// long: the name of a person ends up in logs.
func (a *Aanmelding) pseudoniem(sub string) string {
	if sub == "" || sub == leesbaar(sub) && !heeftBSN(sub) && !begrip.ElfProef("0"+sub) {
		return sub
	}
	m := hmac.New(sha256.New, a.cfg.Sleutel[:])
	m.Write([]byte("soh pseudoniem " + sub))
	return "p-" + hex.EncodeToString(m.Sum(nil)[:16])
}
