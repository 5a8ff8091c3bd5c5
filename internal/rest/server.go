package rest

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// What one listener takes at most. A request that fits is answered; one that does
// not gets 429 with Retry-After before its body is read, so that no number of callers
// makes a part outgrow its machine.
const (
	MaxKoppen    = 32 << 10  // bytes of the request line and headers
	maxOnderweg  = 128 << 20 // bytes of bodies in memory at a time, of all callers
	deelVanEen   = 2         // one caller has at most this part of it: a half
	kleinLijf    = 16 << 10  // bodies up to this are not counted: the time-outs bound them
	standaardTel = 32 << 10  // what a body of unknown length counts for at first
)

// Server gives an HTTP server with the bounds that every listener of ours has: on
// time, headers and bytes in flight. t nil is plain HTTP, behind a proxy.
func Server(h http.Handler, t *tls.Config, log *slog.Logger, niveau slog.Level) *http.Server {
	return &http.Server{
		Handler: Begrens(h, maxOnderweg), TLSConfig: t, ErrorLog: slog.NewLogLogger(log.Handler(), niveau),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: MaxKoppen,
	}
}

// Begrens refuses a request whose body does not fit in what may be in memory at a
// time: max bytes in all, and of one caller (by certificate, else all together) half.
func Begrens(h http.Handler, max int64) http.Handler {
	r := &ruimte{max: max, per: map[string]int64{}}
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Body == nil || q.Body == http.NoBody || q.ContentLength >= 0 && q.ContentLength <= kleinLijf {
			h.ServeHTTP(w, q)
			return
		}
		g := &geteld{ReadCloser: q.Body, r: r, wie: aanroeper(q)}
		n := q.ContentLength
		if n < 0 {
			n = standaardTel
		}
		if !r.neem(g.wie, n) {
			WriteFout(w, q, vol())
			return
		}
		g.genomen = n
		defer func() { r.geef(g.wie, g.genomen) }() // after the handler: it may keep the bytes until then
		q.Body = g
		h.ServeHTTP(w, q)
	})
}

func vol() error {
	return begrip.NieuweFout(begrip.TeDruk, "Er zijn nu te veel grote berichten tegelijk onderweg. Probeer het over enkele seconden opnieuw.")
}

// aanroeper names who calls: the organisation of the certificate.
func aanroeper(q *http.Request) string {
	if q.TLS == nil || len(q.TLS.PeerCertificates) == 0 {
		return ""
	}
	return q.TLS.PeerCertificates[0].Subject.SerialNumber
}

// ruimte counts bytes of bodies.
type ruimte struct {
	mu    sync.Mutex
	max   int64
	bezet int64
	per   map[string]int64
}

func (r *ruimte) neem(wie string, n int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bezet+n > r.max || r.per[wie]+n > r.max/deelVanEen && r.per[wie] > 0 {
		return false
	}
	r.bezet += n
	r.per[wie] += n
	return true
}

func (r *ruimte) geef(wie string, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bezet -= n
	if r.per[wie] -= n; r.per[wie] <= 0 {
		delete(r.per, wie)
	}
}

// NietHeel is the error for a body of which reading failed with err: too little
// room (TeDruk), or it did not come whole (Ongeldig).
func NietHeel(err error) error {
	if f, ok := errors.AsType[*begrip.Fout](err); ok {
		return f
	}
	return begrip.NieuweFout(begrip.Ongeldig, "Het bericht kwam niet heel aan.").Door(err)
}

// geteld is a body that takes more room as it turns out longer than was said.
type geteld struct {
	io.ReadCloser
	r                *ruimte
	wie              string
	genomen, gelezen int64
}

// Read gives TeDruk when there is no room for what comes.
func (g *geteld) Read(p []byte) (int, error) {
	n, err := g.ReadCloser.Read(p)
	g.gelezen += int64(n)
	if meer := g.gelezen - g.genomen; meer > 0 {
		meer = max(meer, g.genomen) // twice as much: what reads it doubles its buffer too
		if !g.r.neem(g.wie, meer) {
			return 0, vol()
		}
		g.genomen += meer
	}
	return n, err
}
