package toegang

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// MaxSessie is the longest a sign-in lasts.
const MaxSessie = 60 * time.Minute

// Sessie is a signed-in person. A professional has an OIN, a family member a
// BSN, never both.
type Sessie struct {
	Persoon string // the identity provider's name for the person, never a BSN
	Naam    string
	Rol     begrip.Rol
	Functie string // function in the organisation, in its own words; may be empty
	OIN     begrip.OIN
	BSN     begrip.BSN
	ACR     string    // level of assurance of the sign-in
	Sinds   time.Time // when the person proved who they are
	Tot     time.Time
}

// Lezer gives the person as reader for organisation o, with purpose and ground.
func (s Sessie) Lezer(o begrip.Organisatie, doel begrip.Doel, grond begrip.Grondslag, zaak string) Lezer {
	return Lezer{
		Organisatie: o, Persoon: s.Persoon, Naam: s.Naam, Rol: s.Rol,
		Doel: doel, Grondslag: grond, Zaak: zaak, Burger: s.BSN,
	}
}

// sessieInhoud is a Sessie inside the encrypted cookie, where the BSN must be
// readable for us.
type sessieInhoud struct {
	Persoon string     `json:"p"`
	Naam    string     `json:"n"`
	Rol     begrip.Rol `json:"r"`
	OIN     begrip.OIN `json:"o,omitempty"`
	BSN     string     `json:"b,omitempty"`
	Functie string     `json:"f,omitempty"`
	ACR     string     `json:"a,omitempty"`
	Sinds   int64      `json:"s"` // seconds since 1970, as Tot
	Tot     int64      `json:"t"`
}

// kluis encrypts cookies with AES-256-GCM under a key of its own per purpose.
type kluis struct{ aead cipher.AEAD }

// nieuweKluis derives the key from the configured one, so that a cookie of one
// purpose or application never opens as another.
func nieuweKluis(sleutel [32]byte, doel string) (kluis, error) {
	k, err := hkdf.Key(sha256.New, sleutel[:], nil, "soh cookie "+doel, 32)
	if err != nil {
		return kluis{}, err
	}
	blok, err := aes.NewCipher(k)
	if err != nil {
		return kluis{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(blok)
	return kluis{aead}, err
}

// dicht gives the cookie value of v; naam is bound to it.
func (k kluis) dicht(naam string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(k.aead.Seal(nil, nil, b, []byte(naam))), nil
}

var errCookie = errors.New("het cookie is niet van ons of beschadigd")

// open reads a cookie value; errCookie when anything about it is off.
func (k kluis) open(naam, waarde string, v any) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(waarde)
	if err != nil {
		return errCookie
	}
	if b, err = k.aead.Open(nil, nil, b, []byte(naam)); err != nil {
		return errCookie
	}
	if json.Unmarshal(b, v) != nil {
		return errCookie
	}
	return nil
}

// Sessie reads who is signed in; NietAangemeld when nobody is, or no longer.
func (a *Aanmelding) Sessie(r *http.Request) (Sessie, error) {
	geen := begrip.NieuweFout(begrip.NietAangemeld, "U bent niet ingelogd, of uw aanmelding is verlopen. Meld u opnieuw aan.")
	// A second cookie with the same name can only be planted: refuse both.
	cookies := r.CookiesNamed(a.sessieNaam)
	if len(cookies) != 1 {
		return Sessie{}, geen
	}
	if a.einde.heeft(cookies[0].Value) {
		return Sessie{}, geen
	}
	var in sessieInhoud
	if err := a.sessies.open(a.sessieNaam, cookies[0].Value, &in); err != nil {
		return Sessie{}, geen.Door(err)
	}
	s := Sessie{Persoon: in.Persoon, Naam: in.Naam, Rol: in.Rol, OIN: in.OIN, Functie: in.Functie, ACR: in.ACR, Sinds: time.Unix(in.Sinds, 0), Tot: time.Unix(in.Tot, 0)}
	if err := s.BSN.UnmarshalText([]byte(in.BSN)); err != nil {
		return Sessie{}, geen.Door(errCookie)
	}
	if nu := a.cfg.Nu(); !nu.Before(s.Tot) || s.Tot.Sub(nu) > MaxSessie {
		return Sessie{}, geen
	}
	return s, nil
}

// ZetSessie signs a person in: it sets the session cookie. The session ends at
// s.Tot, at most MaxSessie from now, which stands sealed in the cookie; the
// browser drops the cookie when it closes, and is told no later time: families
// and professionals share machines.
func (a *Aanmelding) ZetSessie(w http.ResponseWriter, s Sessie) error {
	uiterlijk := a.cfg.Nu().Add(MaxSessie)
	if s.Tot.IsZero() || s.Tot.After(uiterlijk) {
		s.Tot = uiterlijk
	}
	if s.Sinds.IsZero() {
		s.Sinds = a.cfg.Nu()
	}
	waarde, err := a.sessies.dicht(a.sessieNaam, sessieInhoud{
		Persoon: s.Persoon, Naam: s.Naam, Rol: s.Rol, Functie: s.Functie, OIN: s.OIN, BSN: s.BSN.Leesbaar(), ACR: s.ACR, Sinds: s.Sinds.Unix(), Tot: s.Tot.Unix(),
	})
	if err != nil {
		return err
	}
	c := a.cookie(a.sessieNaam, waarde, "/", 0)
	c.MaxAge = 0 // no Max-Age at all
	http.SetCookie(w, c)
	return nil
}

// cookie is every cookie of this package: not for scripts, not on requests from
// elsewhere but a plain link. A duration of zero or less removes it.
func (a *Aanmelding) cookie(naam, waarde, pad string, duur time.Duration) *http.Cookie {
	seconden := int(duur / time.Second)
	if seconden <= 0 {
		seconden = -1
	}
	return &http.Cookie{
		Name: naam, Value: waarde, Path: pad, MaxAge: seconden,
		HttpOnly: true, Secure: a.veilig, SameSite: http.SameSiteLaxMode,
	}
}

// Vereis lets next run for a signed-in person only. A page that a person opens
// leads to the sign-in and back; anything else is refused with NietAangemeld.
func (a *Aanmelding) Vereis(next func(w http.ResponseWriter, r *http.Request, s Sessie)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// What a signed-in person sees stays out of every cache.
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Add("Vary", "Cookie")
		s, err := a.Sessie(r)
		switch {
		case err == nil:
			next(w, r, s)
		case isPagina(r):
			http.Redirect(w, r, "/aanmelden?terug="+ontsnap(lokaal(r.URL.RequestURI())), http.StatusSeeOther)
		default:
			a.cfg.Fout(w, r, err)
		}
	}
}

// VereisSterk is Vereis for a step with heavy consequences: the person signed in
// just now (SterkDuur) and strongly enough (SterkACR). Who opens the page
// otherwise signs in again first and comes back; a form that was left open too
// long is refused with NietAangemeld. Guard the page and its form both.
func (a *Aanmelding) VereisSterk(next func(w http.ResponseWriter, r *http.Request, s Sessie)) http.HandlerFunc {
	return a.Vereis(func(w http.ResponseWriter, r *http.Request, s Sessie) {
		vers := a.cfg.Nu().Sub(s.Sinds) <= a.cfg.SterkDuur
		switch {
		case vers && genoeg(s.ACR, a.cfg.SterkACR):
			next(w, r, s)
		case isPagina(r):
			http.Redirect(w, r, "/aanmelden?sterk=1&terug="+ontsnap(lokaal(r.URL.RequestURI())), http.StatusSeeOther)
		default:
			a.cfg.Fout(w, r, begrip.NieuweFout(begrip.NietAangemeld, "Voor deze stap moet u zich opnieuw aanmelden. Ga terug, open de pagina opnieuw en probeer het nog eens."))
		}
	})
}

// isPagina tells whether the browser asks for a page to show, not for data.
func isPagina(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if m := r.Header.Get("Sec-Fetch-Mode"); m != "" {
		return m == "navigate"
	}
	return aanvaardtHTML(r)
}
