package toegang

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// maxGebruikt bounds the replay memory: a million tokens in two minutes is far
// above what a node serves.
const maxGebruikt = 1 << 20

// gebruikt is shared by every listener in the process, so that a token cannot
// be used a second time through another port. It forgets at a restart; what
// then remains is a token of at most two minutes that only the holder of the
// certificate's key can offer.
var gebruikt = &eenmalig{gezien: map[[16]byte]time.Time{}}

// eenmalig remembers which tokens were used until they expire.
type eenmalig struct {
	mu     sync.Mutex
	gezien map[[16]byte]time.Time // hash of the name → expiry
	ruimOp time.Time
}

// eenmalig refuses a name that was used before and has not expired.
func (e *eenmalig) eenmalig(naam string, tot, nu time.Time) error {
	som := sha256.Sum256([]byte(naam))
	k := [16]byte(som[:])
	e.mu.Lock()
	defer e.mu.Unlock()
	if oud, ok := e.gezien[k]; ok && nu.Before(oud) {
		return niet("De verklaring is al eens gebruikt.", nil)
	}
	if len(e.gezien) >= maxGebruikt || nu.After(e.ruimOp) {
		for k, t := range e.gezien {
			if !nu.Before(t) {
				delete(e.gezien, k)
			}
		}
		e.ruimOp = nu.Add(verklaringDuur)
	}
	if len(e.gezien) >= maxGebruikt {
		return begrip.NieuweFout(begrip.TeDruk, "Er komen nu te veel vragen tegelijk. Probeer het over een minuut nog eens.")
	}
	e.gezien[k] = tot
	return nil
}
