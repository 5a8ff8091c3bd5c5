package toegang

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

const (
	caDuur   = 10 * 365 * 24 * time.Hour
	certDuur = 365 * 24 * time.Hour
	// vernieuwVoor is how long before its end Geef replaces a certificate.
	vernieuwVoor = 30 * 24 * time.Hour
	// speling allows for clocks that run apart.
	speling = 5 * time.Minute
)

// CA is a certificate authority for tests and demos. It gives out certificates
// in the shape of PKIoverheid: the OIN is the serialNumber of the subject. In
// production an organisation brings its own PKIoverheid certificate.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pad  string
	nu   func() time.Time
}

// NieuweCA opens the authority in dir, or makes one there: ca.crt and ca.key.
func NieuweCA(dir string) (*CA, error) {
	ca := &CA{pad: filepath.Join(dir, "ca.crt"), nu: time.Now}
	keyPad := filepath.Join(dir, "ca.key")
	cert, key, err := leesPaar(ca.pad, keyPad)
	switch {
	case err == nil && cert.IsCA:
		ca.cert, ca.key = cert, key
		return ca, nil
	case err == nil:
		return nil, fmt.Errorf("%s is geen certificaat van een uitgever", ca.pad)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if _, err := os.Stat(keyPad); err == nil {
		return nil, fmt.Errorf("%s ontbreekt, maar de sleutel staat er wel: herstel het certificaat", ca.pad)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	nu := ca.nu()
	sjabloon := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Samen Onder Handbereik TEST CA", Organization: []string{"Alleen voor test en demo"}},
		NotBefore: nu.Add(-speling), NotAfter: nu.Add(caDuur),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	ca.cert, ca.key, err = maakPaar(sjabloon, nil, nil, ca.pad, keyPad)
	return ca, err
}

// Pad is the file with the certificate of the authority.
func (ca *CA) Pad() string { return ca.pad }

// Geef gives the files <oin>.crt and <oin>.key in dir with a certificate for o
// that works as server (on hosts, default localhost and the loopback
// addresses) and as client. A good certificate that is already there stays.
func (ca *CA) Geef(dir string, o begrip.Organisatie, hosts ...string) (certPath, keyPath string, err error) {
	oin, err := begrip.ParseOIN(string(o.OIN))
	if err != nil {
		return "", "", err
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	certPath, keyPath = filepath.Join(dir, string(oin)+".crt"), filepath.Join(dir, string(oin)+".key")
	nu := ca.nu()
	if oud, _, err := leesPaar(certPath, keyPath); err == nil && ca.past(oud, oin, o.Naam, hosts, nu) {
		return certPath, keyPath, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", err
	}
	sjabloon := &x509.Certificate{
		Subject: pkix.Name{CommonName: o.Naam, Organization: []string{o.Naam}, SerialNumber: string(oin), Country: []string{"NL"}},
		// Never outlive the authority: a chain ends at its shortest certificate.
		NotBefore: nu.Add(-speling), NotAfter: eerste(nu.Add(certDuur), ca.cert.NotAfter),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			sjabloon.IPAddresses = append(sjabloon.IPAddresses, ip)
		} else {
			sjabloon.DNSNames = append(sjabloon.DNSNames, h)
		}
	}
	_, _, err = maakPaar(sjabloon, ca.cert, ca.key, certPath, keyPath)
	return certPath, keyPath, err
}

// GeefPersoon gives the files <oin>-<persoon>.crt and .key in dir with a personal
// client certificate of a member of o's staff: the person as commonName. A good
// certificate that is already there stays.
func (ca *CA) GeefPersoon(dir string, o begrip.Organisatie, persoon string) (certPath, keyPath string, err error) {
	oin, err := begrip.ParseOIN(string(o.OIN))
	if err != nil {
		return "", "", err
	}
	naam := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(persoon))
	if strings.Trim(naam, "-") == "" || persoon == o.Naam {
		return "", "", errors.New("een persoonlijk certificaat heeft een naam of personeelsnummer nodig")
	}
	certPath, keyPath = filepath.Join(dir, string(oin)+"-"+naam+".crt"), filepath.Join(dir, string(oin)+"-"+naam+".key")
	nu := ca.nu()
	if oud, _, err := leesPaar(certPath, keyPath); err == nil && ca.past(oud, oin, persoon, nil, nu) {
		return certPath, keyPath, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", err
	}
	_, _, err = maakPaar(&x509.Certificate{
		Subject:   pkix.Name{CommonName: persoon, Organization: []string{o.Naam}, SerialNumber: string(oin), Country: []string{"NL"}},
		NotBefore: nu.Add(-speling), NotAfter: eerste(nu.Add(certDuur), ca.cert.NotAfter),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, ca.cert, ca.key, certPath, keyPath)
	return certPath, keyPath, err
}

// past tells whether an earlier certificate still serves.
func (ca *CA) past(c *x509.Certificate, oin begrip.OIN, naam string, hosts []string, nu time.Time) bool {
	if c.CheckSignatureFrom(ca.cert) != nil || c.Subject.SerialNumber != string(oin) || c.Subject.CommonName != naam {
		return false
	}
	if nu.Before(c.NotBefore) || nu.Add(vernieuwVoor).After(c.NotAfter) {
		return false
	}
	return !slices.ContainsFunc(hosts, func(h string) bool { return c.VerifyHostname(h) != nil })
}

func eerste(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// maakPaar makes a key and a certificate signed by ouder (itself when nil) and
// writes both; the key first, so that a certificate never stands without one.
func maakPaar(s, ouder *x509.Certificate, ouderKey *ecdsa.PrivateKey, certPad, keyPad string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if ouder == nil {
		ouder, ouderKey = s, key
	}
	if s.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, s, ouder, &key.PublicKey, ouderKey)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	if err := schrijfPEM(keyPad, "PRIVATE KEY", keyDER, 0o600); err != nil {
		return nil, nil, err
	}
	if err := schrijfPEM(certPad, "CERTIFICATE", der, 0o644); err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return cert, key, err
}

// schrijfPEM writes beside the file and renames, so that a reader sees the old
// or the new file and never half of one.
func schrijfPEM(pad, soort string, der []byte, recht fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(pad), ".nieuw-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = errors.Join(f.Chmod(recht), pem.Encode(f, &pem.Block{Type: soort, Bytes: der}), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), pad)
}

// leesPaar reads a certificate with its key; they must belong together.
func leesPaar(certPad, keyPad string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	p, err := laadPaar(certPad, keyPad)
	if err != nil {
		return nil, nil, err
	}
	key, ok := p.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, nil, fmt.Errorf("%s is geen ECDSA-sleutel op P-256", keyPad)
	}
	return p.Leaf, key, nil
}

// TrekIn writes to pad the list (CRL, PEM) of certificates that no longer
// count. It names exactly these: an earlier list is replaced.
func (ca *CA) TrekIn(pad string, certs ...*x509.Certificate) error {
	return ca.trekIn(pad, caDuur, certs...)
}

// trekIn is TrekIn with a list that should be replaced within duur.
func (ca *CA) trekIn(pad string, duur time.Duration, certs ...*x509.Certificate) error {
	nu := ca.nu()
	lijst := &x509.RevocationList{Number: big.NewInt(nu.UnixMicro()), ThisUpdate: nu, NextUpdate: nu.Add(duur)}
	for _, c := range certs {
		lijst.RevokedCertificateEntries = append(lijst.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: nu})
	}
	der, err := x509.CreateRevocationList(rand.Reader, lijst, ca.cert, ca.key)
	if err != nil {
		return err
	}
	return schrijfPEM(pad, "X509 CRL", der, 0o644)
}
