package toegang

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Identiteit is what an organisation proves itself with, and whose proof it
// believes.
type Identiteit struct {
	Organisatie begrip.Organisatie
	Cert        tls.Certificate
	Roots       *x509.CertPool
}

// LaadIdentiteit reads a certificate with its key and the certificates of the
// trusted authorities. OIN and name come from the subject; Soort is for the
// caller to fill in.
func LaadIdentiteit(certPath, keyPath, caPath string) (Identiteit, error) {
	cert, err := laadPaar(certPath, keyPath)
	if err != nil {
		return Identiteit{}, err
	}
	oin, err := oinVan(cert.Leaf)
	if err != nil {
		return Identiteit{}, fmt.Errorf("%s: %w", certPath, err)
	}
	pemCA, err := os.ReadFile(caPath)
	if err != nil {
		return Identiteit{}, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pemCA) {
		return Identiteit{}, fmt.Errorf("in %s staat geen certificaat", caPath)
	}
	naam := cert.Leaf.Subject.CommonName
	if len(cert.Leaf.Subject.Organization) > 0 {
		naam = cert.Leaf.Subject.Organization[0]
	}
	return Identiteit{begrip.Organisatie{OIN: oin, Naam: naam}, cert, roots}, nil
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

// ErrGeenOIN tells that a certificate does not name an organisation.
var ErrGeenOIN = errors.New("het certificaat noemt geen OIN als serialNumber van het subject")

func oinVan(c *x509.Certificate) (begrip.OIN, error) {
	oin, err := begrip.ParseOIN(c.Subject.SerialNumber)
	if err != nil || string(oin) != c.Subject.SerialNumber {
		return "", ErrGeenOIN
	}
	return oin, nil
}

// ServerTLS demands a client certificate of a trusted authority that names an
// OIN. TLS 1.3, 1.2 at the least.
func (i Identiteit) ServerTLS() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{i.Cert},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    i.Roots,
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
		VerifyConnection: func(s tls.ConnectionState) error {
			_, err := oinVan(s.PeerCertificates[0])
			return err
		},
	}
}

type naarSleutel struct{}

// Naar says which organisation a request through Client must reach. A server
// that proves another OIN gets no byte of the request: the host name alone does
// not tell organisations apart that share a host.
func Naar(ctx context.Context, oin begrip.OIN) context.Context {
	return context.WithValue(ctx, naarSleutel{}, oin)
}

// Client makes a client that presents the certificate, believes only the
// trusted authorities, uses no proxy and follows no redirect. The timeout
// covers the whole exchange, body included. Share one client: it keeps
// connections open, apart per destination of Naar.
func (i Identiteit) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     &verkeer{identiteit: i, per: map[begrip.OIN]*http.Transport{}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// verkeer keeps a pool of connections per demanded OIN, because a pool is
// chosen by address only.
type verkeer struct {
	identiteit Identiteit
	mu         sync.Mutex
	per        map[begrip.OIN]*http.Transport
}

// RoundTrip sends r over a connection with the demanded organisation.
func (v *verkeer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		return nil, errors.New("tussen organisaties gaat verkeer alleen over https")
	}
	oin, _ := r.Context().Value(naarSleutel{}).(begrip.OIN)
	return v.transport(oin).RoundTrip(r)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach every pool.
func (v *verkeer) CloseIdleConnections() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, t := range v.per {
		t.CloseIdleConnections()
	}
}

func (v *verkeer) transport(oin begrip.OIN) *http.Transport {
	v.mu.Lock()
	defer v.mu.Unlock()
	if t := v.per[oin]; t != nil {
		return t
	}
	t := &http.Transport{
		TLSClientConfig: &tls.Config{
			Certificates: []tls.Certificate{v.identiteit.Cert},
			RootCAs:      v.identiteit.Roots,
			MinVersion:   tls.VersionTLS12,
			VerifyConnection: func(s tls.ConnectionState) error {
				wie, err := oinVan(s.PeerCertificates[0])
				if err == nil && oin != "" && wie != oin {
					err = fmt.Errorf("%w: verwacht %s, kreeg %s", ErrAndereOrganisatie, oin, wie)
				}
				return err
			},
		},
		TLSHandshakeTimeout:   10 * time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   32,
		ExpectContinueTimeout: time.Second,
	}
	v.per[oin] = t
	return t
}

// ErrAndereOrganisatie tells that the server at an address is not the
// organisation that Naar asked for.
var ErrAndereOrganisatie = errors.New("op dit adres antwoordt een andere organisatie")

// Beller gives the OIN of the verified certificate of the caller, else
// NietAangemeld.
func Beller(r *http.Request) (begrip.OIN, error) {
	cert, err := certificaat(r)
	if err != nil {
		return "", err
	}
	oin, err := oinVan(cert)
	if err != nil {
		return "", begrip.NieuweFout(begrip.NietAangemeld, "Het certificaat van uw organisatie noemt geen OIN.").Door(err)
	}
	return oin, nil
}

// certificaat gives the certificate the TLS layer verified. A certificate that
// was only offered does not count.
func certificaat(r *http.Request) (*x509.Certificate, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 || len(r.TLS.VerifiedChains) == 0 {
		return nil, begrip.NieuweFout(begrip.NietAangemeld, "Uw systeem heeft geen geldig certificaat van een organisatie laten zien.")
	}
	return r.TLS.PeerCertificates[0], nil
}
