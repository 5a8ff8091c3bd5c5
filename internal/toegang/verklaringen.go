package toegang

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// maxVerklaringen bounds what is remembered; beyond it statements are checked
// again, which takes longer and is otherwise the same.
const maxVerklaringen = 1 << 14

// Verklaringen reads statements that may be used more than once within their
// life, for who is asked many short questions by one reader: the Ketenindex.
// Only the holder of the certificate can offer one again, and every question is
// logged by itself. It remembers what it checked, so that the signature is
// looked at once.
type Verklaringen struct {
	mu  sync.Mutex
	per map[[sha256.Size]byte]gelezenVerklaring
}

type gelezenVerklaring struct {
	claims
	cert     []byte
	van, mij begrip.OIN
	tot      time.Time
}

// Lees is LeesVerklaring, also for a statement that was used before.
func (v *Verklaringen) Lees(r *http.Request, mij begrip.OIN, zoek func(begrip.OIN) (begrip.Organisatie, bool), nu time.Time) (Lezer, error) {
	oin, err := Beller(r)
	if err != nil {
		return Lezer{}, err
	}
	c, err := verklaringVan(r, v, oin, mij, nu)
	if err != nil {
		return Lezer{}, err
	}
	return c.lezer(oin, zoek)
}

// van checks the statement that r carries; nil remembers nothing.
func (v *Verklaringen) van(r *http.Request, van, mij begrip.OIN, nu time.Time) (claims, error) {
	token, err := bearer(r)
	if err != nil {
		return claims{}, err
	}
	cert := r.TLS.PeerCertificates[0]
	if v == nil {
		return controleerToken(token, cert, van, mij, nu)
	}
	som := sha256.Sum256([]byte(token))
	v.mu.Lock()
	g, al := v.per[som]
	v.mu.Unlock()
	if al && nu.Before(g.tot) && g.van == van && g.mij == mij && bytes.Equal(g.cert, cert.Raw) {
		return g.claims, nil
	}
	c, err := controleerToken(token, cert, van, mij, nu)
	if err == nil {
		v.onthoud(som, gelezenVerklaring{c, cert.Raw, van, mij, c.Expiry.Time()}, nu)
	}
	return c, err
}

func (v *Verklaringen) onthoud(som [sha256.Size]byte, g gelezenVerklaring, nu time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.per == nil || len(v.per) >= maxVerklaringen {
		oud := v.per
		v.per = map[[sha256.Size]byte]gelezenVerklaring{}
		for k, x := range oud {
			if nu.Before(x.tot) && len(v.per) < maxVerklaringen/2 {
				v.per[k] = x
			}
		}
	}
	v.per[som] = g
}
