package toegang

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/meting"
)

// ErrGeenOIN tells that a certificate does not name an organisation.
var ErrGeenOIN = errors.New("het certificaat noemt geen OIN als serialNumber van het subject")

// serienummer is the attribute serialNumber of a subject (X.520).
var serienummer = asn1.ObjectIdentifier{2, 5, 4, 5}

func oinVan(c *x509.Certificate) (begrip.OIN, error) {
	nummers := 0
	for _, a := range c.Subject.Names {
		if a.Type.Equal(serienummer) {
			nummers++
		}
	}
	if nummers > 1 { // which of the two would be a choice of the reader
		return "", ErrGeenOIN
	}
	oin, err := begrip.ParseOIN(c.Subject.SerialNumber)
	if err != nil || string(oin) != c.Subject.SerialNumber {
		return "", ErrGeenOIN
	}
	return oin, nil
}

// ServerTLS lets a caller in without client certificate, for what is public:
// VereisCertificaat guards the rest. A certificate that is shown must be of a
// trusted authority, name an OIN and not be revoked. TLS 1.3, 1.2 at the least. Every handshake uses the
// certificate, authorities and revocations of that moment.
func (i Identiteit) ServerTLS() *tls.Config {
	voor := func(s *bewijsstuk) *tls.Config {
		return &tls.Config{
			Certificates: []tls.Certificate{s.cert},
			ClientAuth:   tls.VerifyClientCertIfGiven,
			ClientCAs:    s.roots,
			MinVersion:   tls.VersionTLS12,
			NextProtos:   []string{"h2", "http/1.1"},
			// An answer is of use when it is whole: small records at the start of a
			// connection serve pages, and cost a system call each.
			DynamicRecordSizingDisabled: true,
			VerifyConnection: func(c tls.ConnectionState) error {
				if len(c.PeerCertificates) == 0 {
					return nil
				}
				if _, err := oinVan(c.PeerCertificates[0]); err != nil {
					return err
				}
				return i.nu().goed(c.PeerCertificates[0])
			},
		}
	}
	s := i.nu()
	c := voor(s)
	if i.bestanden == nil {
		return c
	}
	var mu sync.Mutex
	laatste := voor(s) // shared between handshakes, so that sessions resume
	c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		nu := i.nu()
		mu.Lock()
		defer mu.Unlock()
		if nu.keer != s.keer {
			s, laatste = nu, voor(nu)
		}
		return laatste, nil
	}
	return c
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
	keer       int // of the bewijsstuk the pools were made with
}

// RoundTrip sends r over a connection with the demanded organisation.
func (v *verkeer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		return nil, errors.New("tussen organisaties gaat verkeer alleen over https")
	}
	oin, _ := r.Context().Value(naarSleutel{}).(begrip.OIN)
	return meting.Verstuur(v.transport(oin), r, string(oin))
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
	bewijs := v.identiteit.nu()
	v.mu.Lock()
	defer v.mu.Unlock()
	if bewijs.keer != v.keer { // another certificate: connections under the old one end when they fall idle
		for _, t := range v.per {
			t.CloseIdleConnections()
		}
		v.per, v.keer = map[begrip.OIN]*http.Transport{}, bewijs.keer
	}
	if t := v.per[oin]; t != nil {
		return t
	}
	t := &http.Transport{
		TLSClientConfig: &tls.Config{
			Certificates: []tls.Certificate{bewijs.cert},
			RootCAs:      bewijs.roots,
			MinVersion:   tls.VersionTLS12,
			VerifyConnection: func(s tls.ConnectionState) error {
				wie, err := oinVan(s.PeerCertificates[0])
				if err == nil {
					err = v.identiteit.nu().goed(s.PeerCertificates[0])
				}
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

// VereisHub tells what is missing to know for certain whom we talk to: whoever
// knows an address of a Ketenindex must know whose it is as well. A certificate
// of another organisation proves nothing there.
func VereisHub(url string, oin begrip.OIN) error {
	if url == "" {
		return nil
	}
	if _, err := begrip.ParseOIN(string(oin)); err != nil {
		return errors.New("zeg van welke organisatie de Ketenindex is: vul haar OIN in bij --hub-oin (SOH_HUB_OIN). Zonder dat OIN zou elk ander certificaat voor de Ketenindex door kunnen gaan")
	}
	return nil
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

// VereisCertificaat refuses, with weiger, who shows no certificate of an
// organisation, save for what is openbaar: paths, and with a / at the end all
// below it. What is public holds nothing about a person.
func VereisCertificaat(next http.Handler, weiger func(http.ResponseWriter, *http.Request, error), openbaar ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "access_token") && r.URL.Query().Has("access_token") {
			// RFC 6750 §5.3: an address is kept in histories and logs.
			weiger(w, r, begrip.NieuweFout(begrip.Ongeldig, "Zet een toegangstoken nooit in het adres. Stuur het mee in de kop Authorization, en vraag een nieuw: dit kan gelezen zijn."))
			return
		}
		for _, p := range openbaar {
			if r.URL.Path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(r.URL.Path, p) {
				next.ServeHTTP(w, r)
				return
			}
		}
		if _, err := Beller(r); err != nil {
			weiger(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// certificaat gives the certificate the TLS layer verified. A certificate that
// was only offered does not count.
func certificaat(r *http.Request) (*x509.Certificate, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 || len(r.TLS.VerifiedChains) == 0 {
		return nil, begrip.NieuweFout(begrip.NietAangemeld, "Uw systeem heeft geen geldig certificaat van een organisatie laten zien.")
	}
	return r.TLS.PeerCertificates[0], nil
}
