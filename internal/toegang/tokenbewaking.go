package toegang

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/handbereik/soh/internal/begrip"
)

// KopVerklaring carries the Verklaring when an access token already stands in
// Authorization.
const KopVerklaring = "Soh-Verklaring"

// HeeftVerklaring tells whether the caller states who looks.
func HeeftVerklaring(r *http.Request) bool {
	_, is := accessToken(r)
	return is && r.Header.Get(KopVerklaring) != "" || !is && r.Header.Get("Authorization") != ""
}

// Bewaak checks the access token of a request, if there is one or when one is
// demanded, before next sees it; weiger answers a refusal. next finds the
// level in MaxNiveau.
func (u *Uitgever) Bewaak(next http.Handler, weiger func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, is := accessToken(r)
		nodig := ScopeVan(r)
		if !is {
			if r = u.verklaard(w, r, weiger); r == nil {
				return
			}
			if u.Verplicht && nodig != "" {
				w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
				weiger(w, r, begrip.NieuweFout(begrip.NietAangemeld, "Vraag eerst een toegangstoken bij %s en stuur het mee.", PadToken))
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		c, err := u.controleer(token, r)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			weiger(w, r, err)
			return
		}
		n, ok := begrip.NiveauInhoud, nodig == ""
		for s := range strings.FieldsSeq(c.Scope) {
			if m, geeft := Scope(s).geeft(nodig); geeft && nodig != "" {
				if !ok || m > n {
					n = m
				}
				ok = true
			}
		}
		if !ok {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+string(nodig)+`"`)
			weiger(w, r, begrip.NieuweFout(begrip.Verboden, "Uw toegangstoken geeft hier geen recht op. Vraag een token met scope %s.", nodig))
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), scopeSleutel{}, verleend{n, c.Scope})))
	})
}

// verklaard looks at an Authorization that is no access token: it must be a
// Verklaring of this caller, for us, that holds now. Whatever else stands there is
// refused, not passed over: the caller means something by it. What was checked
// goes on in the context; nil when weiger answered. That a Verklaring is used
// once is checked where it is read. Without a certificate only what is public is
// asked.
func (u *Uitgever) verklaard(w http.ResponseWriter, r *http.Request, weiger func(http.ResponseWriter, *http.Request, error)) *http.Request {
	if len(r.Header.Values("Authorization")) == 0 {
		return r
	}
	oin, err := Beller(r)
	if err != nil {
		return r
	}
	c, err := u.Verklaringen.van(r, oin, u.Identiteit.Organisatie.OIN, u.nu())
	if err == nil {
		return r.WithContext(context.WithValue(r.Context(), verklaringSleutel{}, &c))
	}
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	weiger(w, r, err)
	return nil
}

// accessToken gives the Bearer token when it says to be an access token. A
// Verklaring is a JWT too; the type in its header tells them apart.
func accessToken(r *http.Request) (string, bool) {
	h := r.Header.Get("Authorization")
	schema, token, ok := strings.Cut(h, " ")
	if !ok || !strings.EqualFold(schema, "Bearer") || len(token) > maxVerklaring {
		return "", false
	}
	kop, _, _ := strings.Cut(token, ".")
	b, err := base64.RawURLEncoding.DecodeString(kop)
	if err != nil {
		return "", false
	}
	var k struct {
		Typ string `json:"typ"`
	}
	return token, json.Unmarshal(b, &k) == nil && strings.EqualFold(k.Typ, typeToken)
}

// controleer verifies everything about the token but its scope.
func (u *Uitgever) controleer(token string, r *http.Request) (tokenClaims, error) {
	var c tokenClaims
	fout := func(bericht string) (tokenClaims, error) { return c, niet(bericht, nil) }
	cert, err := certificaat(r)
	if err != nil {
		return c, err
	}
	t, err := jwt.ParseSigned(token, handtekeningen)
	if err != nil {
		return fout("Het toegangstoken is onleesbaar.")
	}
	bewijs := u.Identiteit.nu()
	i := slices.IndexFunc([]*x509.Certificate{bewijs.cert.Leaf, bewijs.vorige}, func(k *x509.Certificate) bool {
		return k != nil && t.Headers[0].KeyID == afdruk(k)
	})
	if i < 0 {
		return fout("Het toegangstoken is niet door ons gegeven.")
	}
	sleutel := bewijs.cert.Leaf.PublicKey
	if i == 1 {
		sleutel = bewijs.vorige.PublicKey
	}
	if err := t.Claims(sleutel, &c); err != nil {
		return fout("De handtekening onder het toegangstoken klopt niet.")
	}
	oin, err := oinVan(cert)
	van, ok := begrip.OINVan(c.Subject)
	nu := u.nu()
	switch {
	case c.Issuer != u.issuer() || len(c.Audience) != 1 || c.Audience[0] != u.urn():
		return fout("Het toegangstoken is voor een andere dienst.")
	case c.Expiry == nil || c.IssuedAt == nil || c.ID == "" || !nu.Before(c.Expiry.Time()) || c.IssuedAt.Time().After(nu.Add(klokVerschil)):
		return fout("Het toegangstoken is verlopen. Vraag een nieuw.")
	case c.CNF.Afdruk != afdruk(cert):
		return fout("Het toegangstoken hoort bij een ander certificaat.")
	case err != nil || !ok || van != oin:
		return fout("Het toegangstoken is van een andere organisatie dan uw certificaat.")
	}
	return c, nil
}

// alles stands for any functie in a needed scope: any reading scope gives it.
const alles = "*"

// namen shortens the resource in a path to the functie as scopes name it.
var namen = map[string]string{"uitkomsten-overleg": "uoo", "uitkomst-overleg": "uoo"}

// ScopeVan gives the scope that a request to an API of ours needs, from method
// and path: reading is GET, and POST to …/query. Nothing needs a scope that is
// public or tells of the caller's own request.
func ScopeVan(r *http.Request) Scope {
	delen := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if delen[0] == "access" {
		return ScopeBesluiten
	}
	if delen[0] != "v1" || len(delen) < 2 || strings.HasSuffix(delen[1], ".json") || delen[1] == "status" {
		return ""
	}
	naam := delen[1]
	if kort := namen[naam]; kort != "" {
		naam = kort
	}
	switch {
	case naam == "resultaten":
		return Lees(alles, begrip.NiveauBestaan)
	case r.Method == http.MethodGet, r.Method == http.MethodHead, delen[len(delen)-1] == "query":
		return Lees(naam, begrip.NiveauBestaan)
	}
	return Schrijf(naam)
}

// ScopeBesluiten is the scope to ask decisions (AuthZEN).
const ScopeBesluiten Scope = "access:evaluate"

// ScopesVan gives every scope that ScopeVan can ask for the paths of an OpenAPI
// document (which stand without /v1), sorted.
func ScopesVan(openapi []byte) ([]Scope, error) {
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(openapi, &doc); err != nil {
		return nil, err
	}
	var uit []Scope
	for pad, methoden := range doc.Paths {
		for m := range methoden {
			r := &http.Request{Method: strings.ToUpper(m), URL: &url.URL{Path: "/v1" + pad}}
			s := ScopeVan(r)
			f, _, lezen := strings.Cut(string(s), ":read:")
			switch {
			case s == "" || f == alles:
			case lezen:
				uit = append(uit, LeesScopes(f)...)
			default:
				uit = append(uit, s)
			}
		}
	}
	slices.Sort(uit)
	return slices.Compact(uit), nil
}
