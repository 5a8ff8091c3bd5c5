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
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
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
// Hub, bare handler and senders share this machine, so the ratio says more than
// the numbers. Both get the same requests over HTTP/1.1, one open connection
// per sender.
type BenchCmd struct {
	JSON    bool          `name:"json" help:"Geef de uitkomst als JSON."`
	Duur    time.Duration `help:"Hoe lang elke meting duurt." default:"3s"`
	Zenders int           `help:"Hoeveel zenders tegelijk." default:"256"`
	Lijst   int           `help:"Hoeveel gebeurtenissen in een lijst." default:"200"`
	Dir     string        `help:"Map op de schijf die u wilt meten." type:"existingdir"`
	Profiel string        `help:"Schrijf hierheen waar de processortijd blijft (pprof)." type:"path"`
}

// benchUitkomst is what was measured; pushes are durable when answered.
type benchUitkomst struct {
	Push       float64 `json:"push_per_s"`         // events offered one by one
	P50        float64 `json:"push_p50_ms"`        // half of them was answered within
	P99        float64 `json:"push_p99_ms"`        // 99 of 100 were answered within
	Kaal       float64 `json:"bare_per_s"`         // the same requests to a handler that only reads
	Verhouding float64 `json:"push_ratio"`         // Push / Kaal
	Lijst      float64 `json:"batch_events_per_s"` // events offered in batches
	LijstP99   float64 `json:"batch_p99_ms"`
	Inhalen    float64 `json:"catch_up_ms"` // after the last batch, until everything can be found
	Zenders    int     `json:"senders"`
	PerLijst   int     `json:"batch_size"`
	Bytes      int     `json:"event_bytes"`
}

// Run measures and prints.
func (c *BenchCmd) Run() (err error) {
	if c.Zenders < 1 || c.Lijst < 1 || c.Duur <= 0 {
		return errors.New("--zenders, --lijst en --duur moeten meer dan nul zijn")
	}
	dir, err := os.MkdirTemp(c.Dir, "soh-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := nieuweBank(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.sluit()) }()
	if c.Profiel != "" {
		f, err := os.Create(c.Profiel)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	u, err := c.meet(b)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(u)
	}
	fmt.Printf("%d zenders, gebeurtenissen van %d bytes, alles over TLS met certificaten van beide kanten\n\n", u.Zenders, u.Bytes)
	fmt.Printf("  los, veilig vastgelegd    %9.0f per seconde   helft binnen %.0f ms, 99 van 100 binnen %.0f ms\n", u.Push, u.P50, u.P99)
	fmt.Printf("  kale POST                 %9.0f per seconde   verhouding %.2f\n", u.Kaal, u.Verhouding)
	fmt.Printf("  in lijsten van %-4d       %9.0f per seconde   99 van 100 lijsten binnen %.0f ms\n", u.PerLijst, u.Lijst, u.LijstP99)
	fmt.Printf("  alles vindbaar            %9.0f ms na de laatste lijst\n", u.Inhalen)
	return nil
}

func (c *BenchCmd) meet(b *bank) (u benchUitkomst, err error) {
	u.Zenders, u.PerLijst, u.Bytes = c.Zenders, c.Lijst, len(b.maak(nil))
	los := last{duur: c.Duur, zenders: c.Zenders, perKeer: 1}
	kaal, err := b.belast(b.kaal, los)
	if err != nil {
		return u, err
	}
	push, err := b.belast(b.hub, los)
	if err != nil {
		return u, err
	}
	lijst, err := b.belast(b.hub, last{duur: c.Duur, zenders: max(1, c.Zenders/16), perKeer: c.Lijst})
	if err != nil {
		return u, err
	}
	begin := time.Now()
	for b.h.Stand().Achterstand > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	u.Inhalen = ms(time.Since(begin))
	u.Kaal, u.Push, u.Lijst, u.Verhouding = kaal.perSeconde, push.perSeconde, lijst.perSeconde, push.perSeconde/kaal.perSeconde
	u.P50, u.P99, u.LijstP99 = push.binnen(50), push.binnen(99), lijst.binnen(99)
	return u, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// last is how a bank is loaded, meting what came of it.
type last struct {
	duur             time.Duration
	zenders, perKeer int
}

type meting struct {
	perSeconde float64         // events
	tijden     []time.Duration // of each request, in order of length
}

// binnen is the time in ms within which the given percentage was answered.
func (m meting) binnen(procent int) float64 {
	if len(m.tijden) == 0 {
		return 0
	}
	return ms(m.tijden[(len(m.tijden)-1)*procent/100])
}

// bank is a hub and a bare handler behind the same kind of listener.
type bank struct {
	hub, kaal string
	h         *hub.Hub
	model     []byte   // an event with mijnID, mijnBSN and mijnTijd to fill in
	bsns      []string // test numbers
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
	b.h, b.model, b.bsns = h, b.voorbeeld(), testnummers(5000)
	b.hub, b.kaal = "https://"+l.Addr().String(), "https://"+k.Addr().String()
	b.sluit = func() error { stop(); return errors.Join(kaal.Close(), <-klaar) }
	return b, nil
}

// belast lets senders post during the time. What happens in the first quarter
// is not counted: connections, first keys, a heap that grows.
func (b *bank) belast(adres string, l last) (m meting, err error) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{b.id.Cert}, RootCAs: b.id.Roots},
		MaxIdleConnsPerHost: l.zenders, MaxIdleConns: l.zenders,
	}}
	defer client.CloseIdleConnections()
	begin := time.Now().Add(l.duur / 4)
	einde := begin.Add(l.duur)
	tijden, fouten := make([][]time.Duration, l.zenders), make([]error, l.zenders)
	var mis atomic.Bool
	var wg sync.WaitGroup
	for i := range l.zenders {
		wg.Go(func() {
			for !mis.Load() {
				typ, body := b.verzoek(l.perKeer)
				van := time.Now()
				if van.After(einde) {
					return
				}
				if fouten[i] = post(client, adres, typ, body); fouten[i] != nil {
					mis.Store(true)
					return
				}
				if tot := time.Now(); tot.After(begin) && tot.Before(einde) {
					tijden[i] = append(tijden[i], tot.Sub(van))
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(fouten...); err != nil {
		return m, err
	}
	m.tijden = slices.Concat(tijden...)
	slices.Sort(m.tijden)
	m.perSeconde = float64(len(m.tijden)*l.perKeer) / l.duur.Seconds()
	return m, nil
}

// post offers until it is taken; being asked to wait is part of the time.
func post(client *http.Client, adres, typ string, body []byte) error {
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

// verzoek makes the body of one request with n events.
func (b *bank) verzoek(n int) (typ string, body []byte) {
	if n == 1 {
		return cloudevent.TypeEvent, b.maak(nil)
	}
	body = append(make([]byte, 0, n*(len(b.model)+1)+1), '[')
	for i := range n {
		if i > 0 {
			body = append(body, ',')
		}
		body = b.maak(body)
	}
	return cloudevent.TypeBatch, append(body, ']')
}

// What voorbeeld holds in the places that differ from event to event.
const (
	mijnID   = "01234567-89ab-7cde-8f01-23456789abcd"
	mijnBSN  = "BSN-BSN-B"
	mijnTijd = "2001-02-03T04:05:06.789Z"
)

// maak appends an event of its own: new ids, now, one of the test persons.
func (b *bank) maak(dst []byte) []byte {
	anders := map[byte]string{
		mijnID[0]: uuid.Must(uuid.NewV7()).String(), mijnBSN[0]: b.bsns[rand.IntN(len(b.bsns))], mijnTijd[0]: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	for rest := b.model; len(rest) > 0; {
		i := bytes.IndexByte(rest, 0)
		if i < 0 {
			return append(dst, rest...)
		}
		dst = append(append(dst, rest[:i]...), anders[rest[i+1]]...)
		rest = rest[i+2:]
	}
	return dst
}

// voorbeeld is an event as nodes send them, each place to fill in as NUL and
// the first byte of what stands there.
func (b *bank) voorbeeld() []byte {
	const id = mijnID
	var g prov.Graph
	g.Node("urn:soh:melding:"+id, prov.Entity, "soh:Melding").Set("soh:identifier", id).Ref(prov.Zaak, "urn:soh:zaak:"+id).
		Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id).Ref("prov:wasGeneratedBy", "urn:soh:activiteit:"+id)
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:RegistrerenMelding").Set("soh:tijdstip", mijnTijd).Ref("prov:wasAssociatedWith", b.org.OIN.URN())
	g.Node(b.org.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", b.org.Naam)
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, mijnBSN)
	tijd, err := time.Parse(time.RFC3339, mijnTijd)
	if err != nil {
		panic(err) // a constant
	}
	ev := cloudevent.Event{
		ID: id, Source: b.org.OIN.Systeem("meting"), Type: cloudevent.MeldingGeregistreerd, Time: tijd, Subject: "urn:soh:melding:" + id,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}
	return []byte(strings.NewReplacer(mijnID, "\x00"+mijnID[:1], mijnBSN, "\x00"+mijnBSN[:1], mijnTijd, "\x00"+mijnTijd[:1]).Replace(string(ev.Append(nil))))
}

// testnummers gives n numbers of the series for tests that pass the eleven-test.
func testnummers(n int) (uit []string) {
	for i := 999_900_000; len(uit) < n && i < 1_000_000_000; i++ {
		s := strconv.Itoa(i)
		if _, err := begrip.ParseBSN(s); err == nil {
			uit = append(uit, s)
		}
	}
	return uit
}
