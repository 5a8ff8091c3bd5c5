package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
)

// last is how a bank is loaded.
type last struct {
	duur             time.Duration
	zenders, perKeer int
	kijk             bool // also look how soon an event can be found
}

// meting is what came of it.
type meting struct {
	tijden    []time.Duration // of each request, in order of length
	zichtbaar []time.Duration
	perKeer   int
	duur      time.Duration
	geweigerd int
	alle      int // requests, those before the first quarter was over included
}

// binnen is the time in ms within which the given percentage was answered.
func (m meting) binnen(procent int) float64 {
	if len(m.tijden) == 0 {
		return 0
	}
	return ms(m.tijden[(len(m.tijden)-1)*procent/100])
}

// perSeconde counts over the time measured and the ms that were needed to catch up.
func (m meting) perSeconde(inhalen float64) float64 {
	return float64(len(m.tijden)*m.perKeer) / (m.duur.Seconds() + inhalen/1000)
}

func (b *bank) client(n int) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{b.id.Cert}, RootCAs: b.id.Roots},
		MaxIdleConnsPerHost: n, MaxIdleConns: n,
	}}
}

// herhaal lets n workers do f again and again during the time. What happens in
// the first quarter is not counted: connections, first keys, a heap that grows.
func herhaal(duur time.Duration, n int, f func(werker int) error) (meting, error) {
	begin := time.Now().Add(duur / 4)
	einde := begin.Add(duur)
	tijden := make([][]time.Duration, n)
	var fout error // the first
	var mis atomic.Bool
	var alle atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for !mis.Load() {
				van := time.Now()
				if van.After(einde) {
					return
				}
				err := f(i)
				if errors.Is(err, errDruk) {
					time.Sleep(5 * time.Millisecond)
					continue
				}
				if err != nil {
					if mis.CompareAndSwap(false, true) {
						fout = err
					}
					return
				}
				alle.Add(1)
				if tot := time.Now(); tot.After(begin) && tot.Before(einde) {
					tijden[i] = append(tijden[i], tot.Sub(van))
				}
			}
		})
	}
	wg.Wait()
	m := meting{tijden: slices.Concat(tijden...), duur: duur, perKeer: 1, alle: int(alle.Load())}
	slices.Sort(m.tijden)
	return m, fout
}

// belast lets senders post events.
func (b *bank) belast(adres string, l last) (meting, error) {
	client := b.client(l.zenders)
	defer client.CloseIdleConnections()
	bodies, makers := make([][]byte, l.zenders), b.makers(l.zenders)
	var geweigerd atomic.Int64
	verzend := func(i int) error {
		typ, m := cloudevent.TypeEvent, makers[i]
		if l.perKeer > 1 {
			typ, bodies[i] = cloudevent.TypeBatch, m.Lijst(bodies[i][:0], l.perKeer)
		} else {
			bodies[i], _, _ = m.Append(bodies[i][:0])
		}
		n, err := post(client, adres, typ, bodies[i])
		geweigerd.Add(int64(n))
		return err
	}
	stop := make(chan struct{})
	gezien := make(chan []time.Duration, 1)
	go func() { gezien <- b.kijk(l.kijk, stop) }()
	m, err := herhaal(l.duur, l.zenders, verzend)
	close(stop)
	m.perKeer, m.geweigerd, m.zichtbaar = l.perKeer, int(geweigerd.Load()), <-gezien
	return m, err
}

// post offers until it is taken; being asked to wait is part of the time. It
// tells how often that was.
func post(client *http.Client, adres, typ string, body []byte) (geweigerd int, err error) {
	for {
		resp, err := client.Post(adres+"/v1/events", typ, bytes.NewReader(body))
		if err != nil {
			return geweigerd, err
		}
		antwoord, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusAccepted:
			return geweigerd, nil
		case http.StatusTooManyRequests:
			geweigerd++
			time.Sleep(100 * time.Millisecond)
		default:
			return geweigerd, fmt.Errorf("antwoord %d tijdens de meting: %s", resp.StatusCode, antwoord)
		}
	}
}

// kijk offers an event and asks for it until it is found, again and again.
func (b *bank) kijk(wil bool, stop <-chan struct{}) (uit []time.Duration) {
	if !wil {
		return nil
	}
	client, m := b.client(1), b.maker(1<<20)
	defer client.CloseIdleConnections()
	l := lijn{b: b}
	defer l.sluit()
	for {
		select {
		case <-stop:
			slices.Sort(uit)
			return uit
		default:
		}
		body, subject, _ := m.Append(nil)
		if _, err := post(client, b.hub, cloudevent.TypeEvent, body); err != nil {
			continue // the senders meet it too, and tell
		}
		van := time.Now()
		for gevonden := false; !gevonden && time.Since(van) < time.Minute; {
			a, err := l.zoek(`{"subject":"` + subject + `"}`)
			gevonden = err == nil && bytes.Contains(a, []byte(subject))
		}
		uit = append(uit, time.Since(van))
	}
}

// achterstand is how many blocks of the log cannot be found yet.
func (b *bank) achterstand() (int, error) {
	client := b.client(1)
	defer client.CloseIdleConnections()
	resp, err := client.Get(b.hub + "/ready")
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var g struct{ Achterstand *int }
	if err := json.NewDecoder(resp.Body).Decode(&g); err != nil || g.Achterstand == nil {
		return 0, fmt.Errorf("op %s/ready staat geen achterstand (antwoord %d)", b.hub, resp.StatusCode)
	}
	return *g.Achterstand, nil
}

// inhalen waits until everything in the log is in the index and the ledger, and
// tells how many ms that took.
func (b *bank) inhalen() (float64, error) {
	begin := time.Now()
	for {
		n, err := b.achterstand()
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return ms(time.Since(begin)), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// grootte is how many events the ledger holds: all is in it, and signed.
func (b *bank) grootte() (int64, error) {
	if _, err := b.inhalen(); err != nil {
		return 0, err
	}
	time.Sleep(1500 * time.Millisecond) // it is signed once a second
	client := b.client(1)
	defer client.CloseIdleConnections()
	resp, err := client.Get(b.hub + "/tlog/checkpoint")
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	a, err := io.ReadAll(resp.Body)
	regels := strings.Split(string(a), "\n")
	if err != nil || resp.StatusCode != http.StatusOK || len(regels) < 2 {
		return 0, nil // nothing signed yet
	}
	return strconv.ParseInt(regels[1], 10, 64)
}

// vul offers batches until the index holds n events, and tells how fast that went.
func (b *bank) vul(n, zenders, lijst int) (float64, error) {
	al, err := b.grootte()
	if err != nil || al >= int64(n) {
		return 0, err
	}
	fmt.Fprintf(os.Stderr, "eerst komen er %d gebeurtenissen in de Ketenindex…\n", int64(n)-al)
	client := b.client(zenders)
	defer client.CloseIdleConnections()
	begin := time.Now()
	var over atomic.Int64
	over.Store(int64(n) - al)
	fouten := make([]error, zenders)
	var wg sync.WaitGroup
	for i := range zenders {
		wg.Go(func() {
			var body []byte
			m := b.maker(i)
			for fouten[i] == nil {
				k := min(over.Add(-int64(lijst))+int64(lijst), int64(lijst))
				if k <= 0 {
					return
				}
				body = m.Lijst(body[:0], int(k))
				_, fouten[i] = post(client, b.hub, cloudevent.TypeBatch, body)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(fouten...); err != nil {
		return 0, err
	}
	if _, err := b.inhalen(); err != nil {
		return 0, err
	}
	return float64(int64(n)-al) / time.Since(begin).Seconds(), nil
}
