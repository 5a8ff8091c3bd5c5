package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// TestEchtVolleSchijfVerliestNietsEnHerstelt fills a small disk through the API
// to the last byte (ENOSPC), makes room again and goes on, without a restart.
func TestEchtVolleSchijfVerliestNietsEnHerstelt(t *testing.T) {
	schijf := t.TempDir()
	if err := syscall.Mount("tmpfs", schijf, "tmpfs", 0, "size=24m"); err != nil {
		t.Fatalf("this test mounts a small disk of its own and may not (%v): run the tests as root or in a container with CAP_SYS_ADMIN", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(schijf, syscall.MNT_DETACH) })
	vulling := filepath.Join(schijf, "vulling")
	if err := os.WriteFile(vulling, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startIn(t, schijf, 0)
	t.Cleanup(p.stop)
	b := p.als(orgPolitie)
	var bevestigd []string
	vol := false
	for i := 0; i < 2000 && !vol; i++ {
		a := b.push(groot())
		switch a.status {
		case http.StatusAccepted:
			var in struct{ InteractieID string }
			if err := json.Unmarshal(a.body, &in); err != nil {
				t.Fatal(err)
			}
			bevestigd = append(bevestigd, in.InteractieID)
		case http.StatusServiceUnavailable:
			vol = true
			if a.kop.Get("Retry-After") == "" || a.kop.Get("Content-Type") != "application/problem+json" || !bytes.Contains(a.body, []byte("opslag is vol")) {
				t.Fatalf("a full disk is answered %v %s", a.kop, a.body)
			}
		default:
			t.Fatalf("got %d %s", a.status, a.body)
		}
	}
	if !vol || len(bevestigd) == 0 {
		t.Fatalf("the disk was never full, %d events", len(bevestigd))
	}
	if a := b.doe("GET", "/ready", "", nil, ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("ready on a full disk: %d %s", a.status, a.body)
	}
	if err := os.Remove(vulling); err != nil {
		t.Fatal(err)
	}
	var weer string
	for eind := time.Now().Add(30 * time.Second); weer == "" && time.Now().Before(eind); time.Sleep(200 * time.Millisecond) {
		weer, _ = b.probeer(melding(orgPolitie, sentinel, false).Append(nil))
	}
	if weer == "" {
		t.Fatal("room again, but the hub takes nothing")
	}
	if a := b.doe("GET", "/ready", "", nil, ""); a.status != http.StatusOK {
		t.Errorf("ready with room: %d %s", a.status, a.body)
	}
	for _, id := range append(bevestigd, weer) {
		if s := b.klaar(id); s.Status != statusOK {
			t.Errorf("%s was acknowledged and is %s", id, s.Status)
		}
	}
	p.stop()
	p = startIn(t, schijf, 0)
	b = p.als(orgPolitie)
	for _, id := range append(bevestigd, weer) {
		if s := b.klaar(id); s.Status != statusOK {
			t.Errorf("%s was acknowledged and is %s after a restart", id, s.Status)
		}
	}
	if strings.Contains(p.log.String(), sentinel) {
		t.Error("a BSN in the log")
	}
}

// groot is an event that hardly compresses.
func groot() cloudevent.Event {
	ev := melding(orgPolitie, sentinel, false)
	g, _, err := prov.Lees(ev.Data)
	if err != nil {
		panic(err) // our own event
	}
	for _, n := range g.Nodes {
		if n.ID == ev.Subject {
			n.Set("soh:toelichting", ruis(64<<10))
		}
	}
	ev.Data = g.JSONLD()
	return ev
}

func ruis(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// TestSlechtCertificaatKomtNietBinnen: TLS itself refuses a caller whose
// certificate another authority gave, also for what is public.
func TestSlechtCertificaatKomtNietBinnen(t *testing.T) {
	p := start(t)
	echt := p.identiteit(orgPolitie)
	anderDir := t.TempDir()
	ander, err := toegang.NieuweCA(anderDir)
	if err != nil {
		t.Fatal(err)
	}
	cert, sleutel, err := ander.Geef(anderDir, orgPolitie)
	if err != nil {
		t.Fatal(err)
	}
	namaak, err := toegang.LaadIdentiteit(cert, sleutel, ander.Pad())
	if err != nil {
		t.Fatal(err)
	}
	for naam, g := range map[string]struct {
		certs []tls.Certificate
		max   uint16
	}{
		"andere uitgever":                 {[]tls.Certificate{namaak.Cert}, tls.VersionTLS13},
		"andere uitgever, TLS 1.2":        {[]tls.Certificate{namaak.Cert}, tls.VersionTLS12},
		"goed certificaat maar oude taal": {[]tls.Certificate{echt.Cert}, tls.VersionTLS11},
	} {
		t.Run(naam, func(t *testing.T) {
			tr := &http.Transport{TLSClientConfig: &tls.Config{
				RootCAs: echt.Roots, MinVersion: tls.VersionTLS10, MaxVersion: g.max,
				GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &g.certs[0], nil },
			}}
			defer tr.CloseIdleConnections()
			for _, pad := range []string{"/health", "/v1/openapi.json", "/v1/deelnemers"} {
				r, err := http.NewRequestWithContext(context.Background(), "GET", p.url+pad, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := (&http.Client{Transport: tr, Timeout: 5 * time.Second}).Do(r)
				if err == nil {
					_ = resp.Body.Close()
					t.Fatalf("%s answered %d", pad, resp.StatusCode)
				}
				if _, ok := errors.AsType[net.Error](err); !ok && !strings.Contains(err.Error(), "tls") {
					t.Errorf("%s: refused, but not by TLS: %v", pad, err)
				}
			}
		})
	}
	if a := p.als(orgPolitie).doe("GET", "/health", "", nil, ""); a.status != http.StatusOK {
		t.Errorf("with a good certificate: %d", a.status)
	}
}
