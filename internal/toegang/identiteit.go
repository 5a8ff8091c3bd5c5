package toegang

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/meting"
)

// Identiteit is what an organisation proves itself with, and whose proof it
// believes. One from LaadIdentiteit follows its files: a new certificate, key,
// list of authorities or revocation list counts within seconds, for new
// connections, without a restart.
type Identiteit struct {
	Organisatie begrip.Organisatie
	Cert        tls.Certificate // as it was at loading; nu gives the one of this moment
	Roots       *x509.CertPool
	bestanden   *bestanden // nil: Cert and Roots stand for good
}

// bewijsstuk is what an Identiteit proves and believes at one moment.
type bewijsstuk struct {
	cert       tls.Certificate
	vorige     *x509.Certificate // the certificate before this one: what it signed is still believed
	roots      *x509.CertPool
	ingetrokke map[string]bool // issuer and serial number of revoked certificates
	lijstTot   time.Time       // when the first of the revocation lists should have had a successor; zero for none
	keer       int             // counts the changes
}

// bestanden watches the files behind an Identiteit.
type bestanden struct {
	cert, key, ca, crl string
	nu                 atomic.Pointer[bewijsstuk]

	mu      sync.Mutex
	gekeken time.Time
	gemaand time.Time // when it was last said that a revocation list is out of date
	stempel string    // times and sizes of the files as last read
}

// LaadIdentiteit reads a certificate with its key and the certificates of the
// trusted authorities. OIN and name come from the subject; Soort is for the
// caller to fill in.
func LaadIdentiteit(certPath, keyPath, caPath string) (Identiteit, error) {
	return LaadIdentiteitMet(certPath, keyPath, caPath, "")
}

// LaadIdentiteitMet is LaadIdentiteit with a file of revocation lists (X.509
// CRLs, PEM) of those authorities; empty for none.
func LaadIdentiteitMet(certPath, keyPath, caPath, crlPath string) (Identiteit, error) {
	b := &bestanden{cert: certPath, key: keyPath, ca: caPath, crl: crlPath, gekeken: time.Now()}
	b.stempel = b.stempelNu()
	s, err := b.lees()
	if err != nil {
		return Identiteit{}, err
	}
	oin, err := oinVan(s.cert.Leaf)
	if err != nil {
		return Identiteit{}, fmt.Errorf("%s: %w", certPath, err)
	}
	b.nu.Store(s)
	naam := s.cert.Leaf.Subject.CommonName
	if len(s.cert.Leaf.Subject.Organization) > 0 {
		naam = s.cert.Leaf.Subject.Organization[0]
	}
	return Identiteit{begrip.Organisatie{OIN: oin, Naam: naam}, s.cert, s.roots, b}, nil
}

// lees reads all files; they must belong together.
func (b *bestanden) lees() (*bewijsstuk, error) {
	cert, err := laadPaar(b.cert, b.key)
	if err != nil {
		return nil, err
	}
	pemCA, err := os.ReadFile(b.ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pemCA) {
		return nil, fmt.Errorf("in %s staat geen certificaat", b.ca)
	}
	s := &bewijsstuk{cert: cert, roots: roots}
	if b.crl != "" {
		s.ingetrokke, s.lijstTot, err = leesCRL(b.crl, pemCA)
	}
	return s, err
}

// leesCRL reads the lists of revoked certificates in pad. A list counts only
// when one of the trusted authorities signed it. tot is the first moment at
// which one of them should have been replaced (nextUpdate, RFC 5280 §5.1.2.5).
func leesCRL(pad string, pemCA []byte) (ingetrokken map[string]bool, tot time.Time, err error) {
	rest, err := os.ReadFile(pad)
	if err != nil {
		return nil, tot, err
	}
	var uitgevers []*x509.Certificate
	for blok, ca := pem.Decode(pemCA); blok != nil; blok, ca = pem.Decode(ca) {
		if c, err := x509.ParseCertificate(blok.Bytes); err == nil {
			uitgevers = append(uitgevers, c)
		}
	}
	uit, lijsten := map[string]bool{}, 0
	for blok, rest := pem.Decode(rest); blok != nil; blok, rest = pem.Decode(rest) {
		l, err := x509.ParseRevocationList(blok.Bytes)
		if err != nil {
			return nil, tot, fmt.Errorf("%s: geen intrekkingslijst (CRL): %w", pad, err)
		}
		van := ""
		for _, c := range uitgevers {
			if l.CheckSignatureFrom(c) == nil {
				van = string(c.RawSubject)
			}
		}
		if van == "" {
			return nil, tot, fmt.Errorf("%s: een intrekkingslijst is niet van een vertrouwde uitgever", pad)
		}
		for _, r := range l.RevokedCertificateEntries {
			uit[van+r.SerialNumber.String()] = true
		}
		if lijsten++; !l.NextUpdate.IsZero() && (tot.IsZero() || l.NextUpdate.Before(tot)) {
			tot = l.NextUpdate
		}
	}
	if lijsten == 0 {
		return nil, tot, fmt.Errorf("in %s staat geen intrekkingslijst (PEM)", pad)
	}
	return uit, tot, nil
}

// kijkInterval is how often the files are looked at, at most.
const kijkInterval = 2 * time.Second

func (b *bestanden) stempelNu() string {
	uit := ""
	for _, p := range []string{b.cert, b.key, b.ca, b.crl} {
		if i, err := os.Stat(p); err == nil {
			uit += fmt.Sprint(i.ModTime().UnixNano(), "/", i.Size(), " ")
		} else {
			uit += "- "
		}
	}
	return uit
}

// ververs reads the files again when they changed. What does not hold together
// (a key that is not yet replaced, another organisation) keeps what was, and is
// tried again at the next look.
func (b *bestanden) ververs() *bewijsstuk {
	oud := b.nu.Load()
	if !b.mu.TryLock() {
		return oud
	}
	defer b.mu.Unlock()
	if time.Since(b.gekeken) < kijkInterval {
		return oud
	}
	b.gekeken = time.Now()
	if err := oud.lijstBij(b.gekeken); err != nil && b.gekeken.Sub(b.gemaand) >= time.Hour {
		b.gemaand = b.gekeken
		slog.Warn(err.Error(), "bestand", b.crl, "sinds", oud.lijstTot)
	}
	stempel := b.stempelNu()
	if stempel == b.stempel {
		return oud
	}
	nieuw, err := b.lees()
	if err == nil && nieuw.cert.Leaf.Subject.SerialNumber != oud.cert.Leaf.Subject.SerialNumber {
		err = errors.New("het nieuwe certificaat noemt een ander OIN")
	}
	if err != nil {
		slog.Error("certificaat niet opnieuw gelezen; het vorige blijft gelden", "fout", err)
		return oud
	}
	b.stempel = stempel
	nieuw.keer, nieuw.vorige = oud.keer+1, oud.vorige
	if !nieuw.cert.Leaf.Equal(oud.cert.Leaf) {
		nieuw.vorige = oud.cert.Leaf
	}
	b.nu.Store(nieuw)
	slog.Info("certificaat opnieuw gelezen", "geldigTot", nieuw.cert.Leaf.NotAfter)
	return nieuw
}

// nu gives what the identity proves and believes at this moment.
func (i Identiteit) nu() *bewijsstuk {
	if i.bestanden == nil {
		return &bewijsstuk{cert: i.Cert, roots: i.Roots}
	}
	return i.bestanden.ververs()
}

// ErrLijstVerlopen tells that a revocation list should have been replaced by
// now: what was revoked since is not known here.
var ErrLijstVerlopen = errors.New("de lijst met ingetrokken certificaten is verlopen: wat sindsdien is ingetrokken, is hier niet bekend")

// LijstVerlopen is how a party says so at /ready; the chain manager's board
// turns red for it.
const LijstVerlopen = "intrekkingslijst-verlopen"

// VeelGeweigerd is how a party says at /ready that somebody keeps asking what it refuses; the
// chain manager's board shows it.
const VeelGeweigerd = "veel-geweigerd"

// MeetLijst adds the measure of LijstBij.
func (i Identiteit) MeetLijst(m *meting.Metingen) {
	m.Stand("intrekkingslijst_verlopen", "1 when a list of revoked certificates should have been replaced.", func() float64 {
		if i.LijstBij(time.Now()) != nil {
			return 1
		}
		return 0
	})
}

func (s *bewijsstuk) lijstBij(nu time.Time) error {
	if !s.lijstTot.IsZero() && nu.After(s.lijstTot) {
		return ErrLijstVerlopen
	}
	return nil
}

// LijstBij tells whether the revocation lists are up to date at nu; the error
// is ErrLijstVerlopen. The lists still count then: who is on one stays refused,
// and others stay welcome, because an authority that is late must not stop the
// chain.
func (i Identiteit) LijstBij(nu time.Time) error { return i.nu().lijstBij(nu) }

var errIngetrokken = errors.New("dit certificaat is ingetrokken door de uitgever")

// goed tells whether a verified certificate was not revoked since.
func (s *bewijsstuk) goed(c *x509.Certificate) error {
	if len(s.ingetrokke) > 0 && s.ingetrokke[string(c.RawIssuer)+c.SerialNumber.String()] {
		return errIngetrokken
	}
	return nil
}

// laadPaar reads a certificate with its key and fills in Leaf.
func laadPaar(certPad, keyPad string) (tls.Certificate, error) {
	certPEM, err := os.ReadFile(certPad)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM, err := os.ReadFile(keyPad)
	if err != nil {
		return tls.Certificate{}, err
	}
	p, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return p, fmt.Errorf("certificaat %s en sleutel %s: %w", certPad, keyPad, err)
	}
	if p.Leaf == nil {
		p.Leaf, err = x509.ParseCertificate(p.Certificate[0])
	}
	return p, err
}

// Bewaak refuses, on connections that stand already, a certificate that was
// revoked meanwhile or has expired: the handshake alone comes too early.
func (i Identiteit) Bewaak(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			c := r.TLS.PeerCertificates[0]
			if i.nu().goed(c) != nil || time.Now().After(c.NotAfter) {
				w.Header().Set("Connection", "close")
				kaal := *r.TLS
				kaal.PeerCertificates, kaal.VerifiedChains = nil, nil
				r2 := *r
				r2.TLS = &kaal // from here on it counts as no certificate
				r = &r2
			}
		}
		next.ServeHTTP(w, r)
	})
}
