package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// BenchCmd measures a hub of its own, in a temporary folder, over mutual TLS.
type BenchCmd struct {
	JSON    bool          `name:"json" help:"Geef de uitkomst als JSON."`
	Duur    time.Duration `help:"Hoe lang elke meting duurt." default:"3s"`
	Zenders int           `help:"Hoeveel zenders tegelijk." default:"64"`
	Lijst   int           `help:"Hoeveel gebeurtenissen in een lijst." default:"200"`
}

// benchUitkomst is what was measured; pushes are durable when answered.
type benchUitkomst struct {
	Los        float64 `json:"losPerSeconde"`        // single pushes per second
	Kaal       float64 `json:"kaalPerSeconde"`       // posts per second to a handler that only reads
	Verhouding float64 `json:"verhouding"`           // Los / Kaal
	Lijst      float64 `json:"uitLijstenPerSeconde"` // events per second in batches
	Zenders    int     `json:"zenders"`
}

// Run measures and prints.
func (c *BenchCmd) Run() error {
	dir, err := os.MkdirTemp("", "soh-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := nieuweBank(dir)
	if err != nil {
		return err
	}
	u, err := c.meet(b)
	if err := errors.Join(err, b.sluit()); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(u)
	}
	fmt.Printf("Los aangeboden, veilig vastgelegd  %8.0f per seconde (%d zenders)\nKale POST, zelfde zenders          %8.0f per seconde\nVerhouding                         %8.2f\nIn lijsten van %-4d               %8.0f gebeurtenissen per seconde\n",
		u.Los, u.Zenders, u.Kaal, u.Verhouding, c.Lijst, u.Lijst)
	return nil
}

func (c *BenchCmd) meet(b *bank) (u benchUitkomst, err error) {
	u.Zenders = c.Zenders
	if u.Kaal, err = b.belast(c, b.kaal, 1); err != nil {
		return u, err
	}
	if u.Los, err = b.belast(c, b.hub, 1); err != nil {
		return u, err
	}
	lijst := *c
	lijst.Zenders = max(1, c.Zenders/8)
	if u.Lijst, err = b.belast(&lijst, b.hub, c.Lijst); err != nil {
		return u, err
	}
	u.Verhouding = u.Los / u.Kaal
	return u, nil
}

// bank is a hub and a bare handler behind the same kind of listener.
type bank struct {
	hub, kaal string
	org       begrip.Organisatie
	id        toegang.Identiteit
	sluit     func() error
}

func nieuweBank(dir string) (*bank, error) {
	keten := begrip.Organisatie{OIN: "00000001000000001000", Naam: "Proefketen", Soort: begrip.Ketenbeheerder}
	b := &bank{org: begrip.Organisatie{OIN: "00000001000000002000", Naam: "Proefdeelnemer", Soort: begrip.Overig}}
	ca, err := toegang.NieuweCA(filepath.Join(dir, "pki"))
	if err != nil {
		return nil, err
	}
	laad := func(o begrip.Organisatie) (toegang.Identiteit, error) {
		cert, sleutel, err := ca.Geef(filepath.Join(dir, "pki"), o)
		if err != nil {
			return toegang.Identiteit{}, err
		}
		return toegang.LaadIdentiteit(cert, sleutel, ca.Pad())
	}
	server, err := laad(keten)
	if err != nil {
		return nil, err
	}
	if b.id, err = laad(b.org); err != nil {
		return nil, err
	}
	hubDir := filepath.Join(dir, "hub")
	if err := os.MkdirAll(hubDir, 0o700); err != nil {
		return nil, err
	}
	if err := register.Schrijf(hubDir, []register.Deelnemer{{Organisatie: b.org}}); err != nil {
		return nil, err
	}
	stil := slog.New(slog.DiscardHandler)
	h, err := hub.Open(hub.Config{Dir: hubDir, Organisatie: keten, Log: stil})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	l, err1 := net.Listen("tcp", "127.0.0.1:0")
	k, err2 := net.Listen("tcp", "127.0.0.1:0")
	if err := errors.Join(err1, err2); err != nil {
		stop()
		return nil, errors.Join(err, h.Close())
	}
	klaar := make(chan error, 1)
	go func() { klaar <- serveerHub(ctx, h, l, server, stil) }()
	kaal := &http.Server{TLSConfig: server.ServerTLS(), ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	})}
	go func() { _ = kaal.ServeTLS(k, "", "") }()
	b.hub, b.kaal = "https://"+l.Addr().String(), "https://"+k.Addr().String()
	b.sluit = func() error { stop(); return errors.Join(kaal.Close(), <-klaar) }
	return b, nil
}

// belast lets zenders post during the time and gives events per second.
func (b *bank) belast(c *BenchCmd, adres string, perKeer int) (float64, error) {
	// One connection per sender that stays open: handshakes are not measured.
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{b.id.Cert}, RootCAs: b.id.Roots},
		MaxIdleConnsPerHost: c.Zenders, MaxIdleConns: c.Zenders,
	}}
	var gelukt atomic.Int64
	var fout atomic.Pointer[error]
	einde := time.Now().Add(c.Duur)
	begin := time.Now()
	var wg sync.WaitGroup
	for range c.Zenders {
		wg.Go(func() {
			for fout.Load() == nil && time.Now().Before(einde) {
				if err := b.post(client, adres, perKeer); err != nil {
					fout.Store(&err)
					return
				}
				gelukt.Add(int64(perKeer))
			}
		})
	}
	wg.Wait()
	client.CloseIdleConnections()
	if err := fout.Load(); err != nil {
		return 0, *err
	}
	return float64(gelukt.Load()) / time.Since(begin).Seconds(), nil
}

func (b *bank) post(client *http.Client, adres string, n int) error {
	typ, body := cloudevent.TypeEvent, []byte(nil)
	if n == 1 {
		body = b.maak().Append(nil)
	} else {
		evs := make([]cloudevent.Event, n)
		for i := range evs {
			evs[i] = b.maak()
		}
		typ, body = cloudevent.TypeBatch, cloudevent.AppendBatch(nil, evs)
	}
	for {
		resp, err := client.Post(adres+"/v1/events", typ, bytes.NewReader(body))
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusAccepted:
			return nil
		case http.StatusTooManyRequests:
			time.Sleep(100 * time.Millisecond)
		default:
			return fmt.Errorf("antwoord %d tijdens de meting", resp.StatusCode)
		}
	}
}

// maak gives an event as nodes send them, about one of a few test persons.
func (b *bank) maak() cloudevent.Event {
	id := uuid.NewString()
	var g prov.Graph
	g.Node("urn:soh:melding:"+id, prov.Entity, "soh:Melding").Set("soh:identifier", id).Ref(prov.Zaak, "urn:soh:zaak:"+id).
		Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id).Ref("prov:wasGeneratedBy", "urn:soh:activiteit:"+id)
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:RegistrerenMelding").Set("soh:tijdstip", time.Now().UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", b.org.OIN.URN())
	g.Node(b.org.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", b.org.Naam)
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, "999999990")
	return cloudevent.Event{
		ID: id, Source: b.org.OIN.Systeem("meting"), Type: cloudevent.MeldingGeregistreerd, Time: time.Now().UTC(), Subject: "urn:soh:melding:" + id,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}
}
