package toegang

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// kijkNu lets the next use of i look at its files again.
func kijkNu(i Identiteit) {
	i.bestanden.mu.Lock()
	defer i.bestanden.mu.Unlock()
	i.bestanden.gekeken = time.Time{}
}

// beveiligd serves h as i, with the guard of a listener of ours.
func beveiligd(t *testing.T, i Identiteit, h http.HandlerFunc) string {
	t.Helper()
	return server(t, i, i.Bewaak(h).ServeHTTP).URL
}

func oinHandler(w http.ResponseWriter, r *http.Request) {
	if _, err := Beller(r); err != nil {
		w.WriteHeader(http.StatusUnauthorized)
	}
}

func vraag(t *testing.T, c *http.Client, url string) (status int, certificaat string) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	return resp.StatusCode, afdruk(resp.TLS.PeerCertificates[0])
}

func vervang(t *testing.T, ca *CA, dir string, o begrip.Organisatie) {
	t.Helper()
	// Other hosts make the authority give out a new pair in the same files.
	if _, _, err := ca.Geef(dir, o, "localhost", "127.0.0.1", "::1", "nieuw.example"); err != nil {
		t.Fatal(err)
	}
}

// Both sides replace their certificate and key while they run.
func TestNieuwCertificaatGeldtZonderHerstart(t *testing.T) {
	ca, dirS, dirC := nieuweCA(t), t.TempDir(), t.TempDir()
	laad := func(dir string, o begrip.Organisatie) Identiteit {
		c, k, err := ca.Geef(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		i, err := LaadIdentiteit(c, k, ca.Pad())
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	srv, cl := laad(dirS, politie), laad(dirC, vt)
	var gezien string
	url := beveiligd(t, srv, func(_ http.ResponseWriter, r *http.Request) { gezien = afdruk(r.TLS.PeerCertificates[0]) })
	client := cl.Client(30 * time.Second)
	_, server1 := vraag(t, client, url)
	client1 := gezien
	vervang(t, ca, dirS, politie)
	vervang(t, ca, dirC, vt)
	kijkNu(srv)
	kijkNu(cl)
	status, server2 := vraag(t, client, url)
	if status != http.StatusOK || server2 == server1 || gezien == client1 {
		t.Errorf("status %d, server renewed %v, client renewed %v", status, server2 != server1, gezien != client1)
	}
	if v, err := cl.Verklaring(lezer(begrip.Organisatie{OIN: vt.OIN}), politie.OIN, time.Now()); err != nil || v == "" {
		t.Errorf("a statement after the change: %v", err)
	}
}

func TestHalfVervangenOfVreemdCertificaatVerandertNiets(t *testing.T) {
	ca, dir := nieuweCA(t), t.TempDir()
	c, k, err := ca.Geef(dir, politie)
	if err != nil {
		t.Fatal(err)
	}
	i, err := LaadIdentiteit(c, k, ca.Pad())
	if err != nil {
		t.Fatal(err)
	}
	ander := t.TempDir()
	c2, k2, err := ca.Geef(ander, vt)
	if err != nil {
		t.Fatal(err)
	}
	eerst := afdruk(i.nu().cert.Leaf)
	zet := func(van, naar string) {
		b, err := os.ReadFile(van)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(naar, b, 0o600); err != nil {
			t.Fatal(err)
		}
		kijkNu(i)
	}
	zet(c2, c) // the key does not fit
	if afdruk(i.nu().cert.Leaf) != eerst {
		t.Error("a certificate without its key was taken")
	}
	zet(k2, k) // fits, but is of another organisation
	if afdruk(i.nu().cert.Leaf) != eerst {
		t.Error("the certificate of another organisation was taken")
	}
}

// A revoked certificate is refused at the next request, also on a connection
// that stood already, and at a new handshake; others stay welcome.
func TestIngetrokkenCertificaatIsMeteenGeweigerd(t *testing.T) {
	ca, dir := nieuweCA(t), t.TempDir()
	crl := filepath.Join(dir, "ca.crl")
	if err := ca.TrekIn(crl); err != nil {
		t.Fatal(err)
	}
	c, k, err := ca.Geef(dir, politie)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := LaadIdentiteitMet(c, k, ca.Pad(), crl)
	if err != nil {
		t.Fatal(err)
	}
	url := beveiligd(t, srv, oinHandler)
	slecht, goed := identiteit(t, ca, vt), identiteit(t, ca, portaal)
	clSlecht, clGoed := slecht.Client(30*time.Second), goed.Client(30*time.Second)
	if s, _ := vraag(t, clSlecht, url); s != http.StatusOK {
		t.Fatalf("before: %d", s)
	}
	if err := ca.TrekIn(crl, slecht.Cert.Leaf); err != nil {
		t.Fatal(err)
	}
	kijkNu(srv)
	if s, _ := vraag(t, clSlecht, url); s != http.StatusUnauthorized {
		t.Errorf("on the connection that stood: %d", s)
	}
	clSlecht.CloseIdleConnections()
	if s, _ := vraag(t, clSlecht, url); s == http.StatusOK {
		t.Error("a new connection was let in")
	}
	if s, _ := vraag(t, clGoed, url); s != http.StatusOK {
		t.Errorf("another organisation: %d", s)
	}
}

func TestIntrekkingslijstVanEenVreemdeGeldtNiet(t *testing.T) {
	ca, vreemd, dir := nieuweCA(t), nieuweCA(t), t.TempDir()
	c, k, err := ca.Geef(dir, politie)
	if err != nil {
		t.Fatal(err)
	}
	crl := filepath.Join(dir, "vreemd.crl")
	if err := vreemd.TrekIn(crl); err != nil {
		t.Fatal(err)
	}
	if _, err := LaadIdentiteitMet(c, k, ca.Pad(), crl); err == nil {
		t.Error("a list of another authority was taken")
	}
	if err := os.WriteFile(crl, []byte("niets"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LaadIdentiteitMet(c, k, ca.Pad(), crl); err == nil {
		t.Error("a file without a list was taken")
	}
}

// A list that should have been replaced says so; it still refuses whom it
// names, and shuts nobody else out.
func TestVerlopenIntrekkingslijstWordtGezegd(t *testing.T) {
	ca, dir := nieuweCA(t), t.TempDir()
	crl := filepath.Join(dir, "ca.crl")
	slecht, goed := identiteit(t, ca, vt), identiteit(t, ca, portaal)
	if err := ca.trekIn(crl, time.Hour, slecht.Cert.Leaf); err != nil {
		t.Fatal(err)
	}
	c, k, err := ca.Geef(dir, politie)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := LaadIdentiteitMet(c, k, ca.Pad(), crl)
	if err != nil {
		t.Fatal(err)
	}
	nu := time.Now()
	if err := srv.LijstBij(nu.Add(59 * time.Minute)); err != nil {
		t.Errorf("before its end: %v", err)
	}
	if err := srv.LijstBij(nu.Add(2 * time.Hour)); !errors.Is(err, ErrLijstVerlopen) {
		t.Errorf("after its end: %v", err)
	}
	ca.nu = func() time.Time { return nu.Add(-2 * time.Hour) }
	if err := ca.trekIn(crl, time.Hour, slecht.Cert.Leaf); err != nil {
		t.Fatal(err)
	}
	kijkNu(srv)
	if !errors.Is(srv.LijstBij(time.Now()), ErrLijstVerlopen) {
		t.Error("an expired list was replaced by a list that is expired, in silence")
	}
	url := beveiligd(t, srv, oinHandler)
	if s, _ := vraag(t, slecht.Client(30*time.Second), url); s == http.StatusOK {
		t.Error("an expired list lets in whom it names")
	}
	if s, _ := vraag(t, goed.Client(30*time.Second), url); s != http.StatusOK {
		t.Errorf("an expired list shuts out who is not on it: %d", s)
	}
	if geen := identiteit(t, ca, politie); geen.LijstBij(nu.AddDate(99, 0, 0)) != nil {
		t.Error("without a list there is nothing to expire")
	}
}
