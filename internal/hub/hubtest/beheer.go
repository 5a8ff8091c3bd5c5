package hubtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// Medewerker is a member of the chain manager's staff.
func (p *Proefhub) Medewerker(naam string) *Beller {
	p.T.Helper()
	cert, sleutel, err := p.CA.GeefPersoon(p.CAs, OrgHub, naam)
	if err != nil {
		p.T.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(cert, sleutel, p.CA.Pad())
	if err != nil {
		p.T.Fatal(err)
	}
	return &Beller{P: p, C: id.Client(20 * time.Second)}
}

// Zonder is a caller without certificate.
func (p *Proefhub) Zonder() *Beller {
	p.T.Helper()
	pem, err := os.ReadFile(p.CA.Pad())
	if err != nil {
		p.T.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}
	p.T.Cleanup(t.CloseIdleConnections)
	return &Beller{P: p, C: &http.Client{Transport: t, Timeout: 20 * time.Second}}
}

// Stuur sends JSON and wants this status.
func (b *Beller) Stuur(methode, pad string, body any, status int) Antwoord {
	b.P.T.Helper()
	var lijf []byte
	typ := ""
	if body != nil {
		lijf, _ = json.Marshal(body)
		typ = "application/json"
	}
	a := b.Doe(methode, pad, typ, lijf, "")
	if a.Status != status {
		b.P.T.Fatalf("%s %s: %d, want %d: %s", methode, pad, a.Status, status, a.Body)
	}
	return a
}

// Leesmodel gives the hash of the read model once it holds all of the log, and how far
// that is.
func (p *Proefhub) Leesmodel() (hash [32]byte, laatste uint64) {
	p.T.Helper()
	for {
		laatste = p.Hub.Log.Laatste()
		if !p.WachtOp(p.T.Context(), laatste, time.Minute) {
			p.T.Fatal("the read model does not get to the end of the log")
		}
		hash, err := p.Graph.Hash()
		if err != nil {
			p.T.Fatal(err)
		}
		if p.Geprojecteerd.Load() == laatste && p.Hub.Log.Laatste() == laatste {
			return hash, laatste
		}
	}
}

// Herbouwd stops the hub, throws the read model away and holds the new one
// against the old.
func (p *Proefhub) Herbouwd(basis string) *Proefhub {
	p.T.Helper()
	want, laatste := p.Leesmodel()
	p.Stop()
	if err := os.RemoveAll(filepath.Join(p.Dir, "index")); err != nil {
		p.T.Fatal(err)
	}
	n := StartIn(p.T, basis, 0)
	if !n.WachtOp(context.Background(), laatste, time.Minute) {
		p.T.Fatal("the rebuild does not end")
	}
	if n.Hub.Log.Laatste() == laatste {
		if got, err := n.Graph.Hash(); err != nil || got != want {
			p.T.Fatalf("the rebuilt read model differs (%v)", err)
		}
	}
	return n
}

const (
	TypePlan = "nl.jzv.opstellen-en-regisseren-plan.plan-vastgesteld"
	OpZoek   = "/v1/gebeurtenissen/query"
)

func OpPersoon(bsn string) string { return `{"burgerservicenummer":"` + bsn + `"}` }

func Ref(p *Proefhub, bsn string) [16]byte { return p.Sleutels.Ref(begrip.MustBSN(bsn)) }

const BsnBroer = "999990019"

// Gezin makes an event about two persons.
func Gezin(o begrip.Organisatie) cloudevent.Event {
	ev := Melding(o, Sentinel, false)
	g, _, _ := prov.Lees(ev.Data)
	g.Entities()[0].Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:broer")
	g.Node("urn:soh:betrokkene:broer", prov.Betrokkene).Set(prov.Burgerservicenummer, BsnBroer).Set("soh:naam", "Broer Leesbaar")
	ev.Data = g.JSONLD()
	return ev
}

// Nergens fails when tekst stands in a file below dir.
func Nergens(t *testing.T, dir, tekst string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(pad string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(pad)
		if bytes.Contains(b, []byte(tekst)) {
			t.Errorf("it stands in %s", pad)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
