package hub_test

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
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
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
	p := hubtest.StartIn(t, schijf, 0)
	t.Cleanup(p.Stop)
	b := p.Als(hubtest.OrgPolitie)
	var bevestigd []string
	vol := false
	for i := 0; i < 2000 && !vol; i++ {
		a := b.Push(groot())
		switch a.Status {
		case http.StatusAccepted:
			var in struct{ InteractieID string }
			if err := json.Unmarshal(a.Body, &in); err != nil {
				t.Fatal(err)
			}
			bevestigd = append(bevestigd, in.InteractieID)
		case http.StatusServiceUnavailable:
			vol = true
			if a.Kop.Get("Retry-After") == "" || a.Kop.Get("Content-Type") != "application/problem+json" || !bytes.Contains(a.Body, []byte("opslag is vol")) {
				t.Fatalf("a full disk is answered %v %s", a.Kop, a.Body)
			}
		default:
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
	}
	if !vol || len(bevestigd) == 0 {
		t.Fatalf("the disk was never full, %d events", len(bevestigd))
	}
	if a := b.Doe("GET", "/ready", "", nil, ""); a.Status != http.StatusServiceUnavailable {
		t.Errorf("ready on a full disk: %d %s", a.Status, a.Body)
	}
	if err := os.Remove(vulling); err != nil {
		t.Fatal(err)
	}
	var weer string
	for eind := time.Now().Add(30 * time.Second); weer == "" && time.Now().Before(eind); time.Sleep(200 * time.Millisecond) {
		weer, _ = b.Probeer(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false).Append(nil))
	}
	if weer == "" {
		t.Fatal("room again, but the hub takes nothing")
	}
	if a := b.Doe("GET", "/ready", "", nil, ""); a.Status != http.StatusOK {
		t.Errorf("ready with room: %d %s", a.Status, a.Body)
	}
	for _, id := range append(bevestigd, weer) {
		if s := b.Klaar(id); s.Status != antwoord.StatusOK {
			t.Errorf("%s was acknowledged and is %s", id, s.Status)
		}
	}
	p.Stop()
	p = hubtest.StartIn(t, schijf, 0)
	b = p.Als(hubtest.OrgPolitie)
	for _, id := range append(bevestigd, weer) {
		if s := b.Klaar(id); s.Status != antwoord.StatusOK {
			t.Errorf("%s was acknowledged and is %s after a restart", id, s.Status)
		}
	}
	if strings.Contains(p.Logboek.String(), hubtest.Sentinel) {
		t.Error("a BSN in the log")
	}
}

// groot is an event that hardly compresses.
func groot() cloudevent.Event {
	ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
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
	p := hubtest.Start(t)
	echt := p.Identiteit(hubtest.OrgPolitie)
	anderDir := t.TempDir()
	ander, err := toegang.NieuweCA(anderDir)
	if err != nil {
		t.Fatal(err)
	}
	cert, sleutel, err := ander.Geef(anderDir, hubtest.OrgPolitie)
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
				r, err := http.NewRequestWithContext(context.Background(), "GET", p.URL+pad, nil)
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
	if a := p.Als(hubtest.OrgPolitie).Doe("GET", "/health", "", nil, ""); a.Status != http.StatusOK {
		t.Errorf("with a good certificate: %d", a.Status)
	}
}
