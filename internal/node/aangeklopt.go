package node

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/toegang"
)

// kloppen is after how many requests that are refused before they are read, of one
// certificate within an hour, the privacy officer and the chain manager hear of it.
const kloppen = 50

// maxKloppers bounds how many certificates are told apart: whoever can make many is one
// stranger.
const maxKloppers = 10_000

// kloppers counts who is refused at the door.
type kloppers struct {
	mu      sync.Mutex
	begin   time.Time // of this hour
	keren   map[begrip.OIN]int
	laatste time.Time // when it was last told that somebody knocks
}

// tel counts one refusal and tells whether this is the moment to say so.
func (k *kloppers) tel(van begrip.OIN, nu time.Time) (melden bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if nu.Sub(k.begin) >= time.Hour {
		k.begin, k.keren = nu, map[begrip.OIN]int{}
	}
	if _, al := k.keren[van]; !al && len(k.keren) >= maxKloppers {
		van = ""
	}
	k.keren[van]++
	if k.keren[van] == kloppen {
		k.laatste = nu
		return true
	}
	return false
}

// net tells whether somebody knocked too often within the hour.
func (k *kloppers) net(nu time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.laatste.IsZero() && nu.Sub(k.laatste) < time.Hour
}

// aangeklopt watches the answers 401 and 403: of one certificate too many of them is a
// signal. It holds no more of a request than whose certificate it came with.
func (n *Node) aangeklopt(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &statusLezer{ResponseWriter: w}
		next.ServeHTTP(s, r)
		if s.status != http.StatusUnauthorized && s.status != http.StatusForbidden {
			return
		}
		oin, err := toegang.Beller(r)
		if err != nil {
			oin = ""
		}
		van := begrip.Organisatie{OIN: oin, Naam: "Een onbekend certificaat"}
		if org, ok := n.register.organisatie(oin); ok {
			van = org
		}
		if van.Soort == begrip.Burgerportaal && s.status == http.StatusForbidden {
			return // one of a family who may not look: many families come with one certificate
		}
		if oin == n.cfg.Organisatie.OIN || !n.kloppers.tel(oin, time.Now()) {
			return
		}
		if err := n.meldSignaal(context.WithoutCancel(r.Context()), van, signaal.Aangeklopt, ""); err != nil {
			n.cfg.Log.Error("signaal over wie aanklopt niet vastgelegd", "fout", err)
		}
	})
}

func (n *Node) meldSignaal(ctx context.Context, van begrip.Organisatie, regel signaal.Regel, logregel string) error {
	return n.signalen.VanBuiten(ctx, van, regel, logregel)
}

// statusLezer keeps the status of an answer.
type statusLezer struct {
	http.ResponseWriter
	status int
}

func (s *statusLezer) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what is behind.
func (s *statusLezer) Unwrap() http.ResponseWriter { return s.ResponseWriter }
