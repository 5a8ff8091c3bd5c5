package toegang

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/handbereik/soh/internal/begrip"
)

// TestOnbruikbareAuthorizationIsNooitGenegeerd: a certificate does not make up
// for an Authorization that says nothing, is of another or no longer holds.
func TestOnbruikbareAuthorizationIsNooitGenegeerd(t *testing.T) {
	ca := nieuweCA(t)
	pol, veilig := identiteit(t, ca, politie), identiteit(t, ca, vt)
	verklaring := func(i Identiteit, aan begrip.OIN, op time.Time) string {
		s, err := i.Verklaring(lezer(i.Organisatie), aan, op)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + s
	}
	nu := time.Now()
	u := &Uitgever{Identiteit: pol, Deelnemer: func(begrip.OIN) bool { return true }}
	for naam, g := range map[string]struct {
		kop string
		wil int
	}{
		"none":                  {"", 200},
		"three letters":         {"Bearer x.y.z", 401},
		"no token":              {"Bearer ", 401},
		"no scheme":             {"Bearer", 401},
		"a password":            {"Basic YTpi", 401},
		"a scheme of its own":   {"Negotiate abc", 401},
		"too long":              {"Bearer " + strings.Repeat("a", maxVerklaring+1), 401},
		"a Verklaring":          {verklaring(veilig, politie.OIN, nu), 200},
		"for another":           {verklaring(veilig, portaal.OIN, nu), 401},
		"of before":             {verklaring(veilig, politie.OIN, nu.Add(-2*time.Minute)), 401},
		"of another's key":      {verklaring(identiteit(t, ca, vt), politie.OIN, nu), 401},
		"without a signature":   {"Bearer " + zonderHandtekening(strings.TrimPrefix(verklaring(veilig, politie.OIN, nu), "Bearer ")), 401},
		"an access token, fake": {"Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.e30.AAAA", 401},
	} {
		r, w, kwam := viaTLS(t, pol, veilig, g.kop), httptest.NewRecorder(), false
		u.Bewaak(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { kwam = true }), func(w http.ResponseWriter, _ *http.Request, err error) {
			w.WriteHeader(begrip.FoutVan(err).Code.Status())
		}).ServeHTTP(w, r)
		if w.Code != g.wil || kwam != (g.wil == 200) || (w.Header().Get("WWW-Authenticate") != "") != (g.wil == 401) {
			t.Errorf("%s: %d, through %v, %v", naam, w.Code, kwam, w.Header())
		}
	}
	r := viaTLS(t, pol, veilig, verklaring(veilig, politie.OIN, nu))
	for i := range 2 { // checked once, used once
		var err error
		u.Bewaak(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, err = LeesVerklaring(r, politie.OIN, zoek, nu) }), nil).ServeHTTP(httptest.NewRecorder(), r)
		if (err == nil) != (i == 0) {
			t.Errorf("use %d: %v", i+1, err)
		}
	}
}

// TestVerklaringDuurtHoogstensTweeMinuten, whatever the sender writes.
func TestVerklaringDuurtHoogstensTweeMinuten(t *testing.T) {
	ca := nieuweCA(t)
	pol, veilig := identiteit(t, ca, politie), identiteit(t, ca, vt)
	nu := time.Now()
	for duur, mag := range map[time.Duration]bool{2 * time.Minute: true, 121 * time.Second: false, 200 * time.Minute: false, 24 * time.Hour: false} {
		s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: veilig.Cert.PrivateKey}, (&jose.SignerOptions{}).WithHeader(vingerafdruk, afdruk(veilig.Cert.Leaf)))
		if err != nil {
			t.Fatal(err)
		}
		l := lezer(vt)
		tok, err := jwt.Signed(s).Claims(claims{
			Claims: jwt.Claims{Issuer: vt.OIN.URN(), Subject: l.Persoon, Audience: jwt.Audience{politie.OIN.URN()}, ID: duur.String(), IssuedAt: jwt.NewNumericDate(nu), Expiry: jwt.NewNumericDate(nu.Add(duur))},
			Naam:   l.Naam, Rol: l.Rol, Doel: l.Doel, Grondslag: l.Grondslag,
		}).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		_, err = LeesVerklaring(viaTLS(t, pol, veilig, "Bearer "+tok), politie.OIN, zoek, nu.Add(time.Second))
		if (err == nil) != mag || !mag && !strings.Contains(err.Error(), "te lang") {
			t.Errorf("%v: %v", duur, err)
		}
	}
}

// TestTweeSerienummersIsGeenOrganisatie: which of the two counts would be up to
// who reads.
func TestTweeSerienummersIsGeenOrganisatie(t *testing.T) {
	sleutel, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, nummers := range [][]string{{string(politie.OIN)}, {string(politie.OIN), string(vt.OIN)}, {string(vt.OIN), string(politie.OIN)}, {string(vt.OIN), string(vt.OIN)}, {"x", string(vt.OIN)}} {
		naam := pkix.Name{CommonName: "proef"}
		for _, n := range nummers {
			naam.ExtraNames = append(naam.ExtraNames, pkix.AttributeTypeAndValue{Type: serienummer, Value: n})
		}
		s := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: naam, NotAfter: time.Now().Add(time.Hour)}
		b, err := x509.CreateCertificate(rand.Reader, s, s, &sleutel.PublicKey, sleutel)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(b)
		if err != nil {
			t.Fatal(err)
		}
		if oin, err := oinVan(c); (err == nil) != (len(nummers) == 1) {
			t.Errorf("%d numbers: %s %v", len(nummers), oin, err)
		}
	}
}
