package gebeurtenis

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

var snel = ritme{eerste: 2 * time.Millisecond, langste: 20 * time.Millisecond, antwoord: 5 * time.Second,
	uitloop: 20 * time.Millisecond, kijk: 50 * time.Millisecond}

// ontvanger is the other side: it keeps the id of every message that reaches
// it and answers as the test says.
type ontvanger struct {
	mu   sync.Mutex
	ids  []string
	antw func(id string, keer int) (status int, body string)
}

func (o *ontvanger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m struct{ ID string }
	b, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(b, &m)
	o.mu.Lock()
	o.ids = append(o.ids, m.ID)
	keer := len(slices.DeleteFunc(slices.Clone(o.ids), func(s string) bool { return s != m.ID }))
	o.mu.Unlock()
	status, body := http.StatusAccepted, ""
	if o.antw != nil {
		status, body = o.antw(m.ID, keer)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (o *ontvanger) gezien() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.ids, " ")
}

type proef struct {
	*Bezorger
	t     *testing.T
	store *dossier.Store
	log   *logboek
	stop  func() // stops Run and waits for its end
}

// logboek is a place to log that may be read while others write.
type logboek struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logboek) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logboek) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// bezorgt runs a Bezorger over the dossier in path. adressen is bestemming → URL.
func bezorgt(t *testing.T, path string, adressen map[string]string) *proef {
	t.Helper()
	s, err := dossier.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &proef{t: t, store: s, log: &logboek{}}
	p.Bezorger = Nieuw(s, func(b string) (string, begrip.OIN, bool) { a, ok := adressen[b]; return a, "", ok }, &http.Client{},
		slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	p.ritme = snel
	ctx, cancel := context.WithCancel(context.Background())
	klaar := make(chan struct{})
	go func() { defer close(klaar); _ = p.Run(ctx) }()
	p.stop = sync.OnceFunc(func() { cancel(); <-klaar; s.Close() })
	t.Cleanup(p.stop)
	return p
}

func (p *proef) verstuur(naar string, ids ...string) {
	p.t.Helper()
	err := p.store.Tx(context.Background(), func(tx *dossier.Tx) error {
		for _, id := range ids {
			b := dossier.Bericht{ID: id, Bestemming: naar, Soort: "proef", Pad: "/v1/events", ContentType: "application/json",
				Body: fmt.Appendf(nil, `{"id":%q,"bsn":%q}`, id, schildwacht.Leesbaar())}
			if err := tx.Verstuur(context.Background(), b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// stand waits until the outbox for naar is as goed says.
func (p *proef) tot(naar string, goed func(dossier.Stand) bool) dossier.Stand {
	p.t.Helper()
	var st dossier.Stand
	for tot := time.Now().Add(10 * time.Second); time.Now().Before(tot); time.Sleep(2 * time.Millisecond) {
		standen, err := p.Stand(context.Background())
		if err != nil {
			p.t.Fatal(err)
		}
		for _, st = range standen {
			if st.Bestemming == naar && goed(st) {
				return st
			}
		}
	}
	p.t.Fatalf("outbox komt niet zover: %+v", st)
	return st
}

func bezorgdIs(n int) func(dossier.Stand) bool {
	return func(s dossier.Stand) bool { return s.Bezorgd == n && s.Wacht == 0 }
}

func server(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func pad(t *testing.T) string { return filepath.Join(t.TempDir(), "d.db") }

func TestBezorgtInVolgordeNaCommit(t *testing.T) {
	var hub, peer ontvanger
	p := bezorgt(t, pad(t), map[string]string{Hub: server(t, &hub), "peer": server(t, &peer) + "/"})
	p.verstuur(Hub, "1", "2", "3")
	p.verstuur("peer", "p")
	p.tot(Hub, bezorgdIs(3))
	p.verstuur(Hub, "4")
	p.tot(Hub, bezorgdIs(4))
	p.tot("peer", bezorgdIs(1))
	if hub.gezien() != "1 2 3 4" || peer.gezien() != "p" {
		t.Error(hub.gezien(), "|", peer.gezien())
	}
}

func TestNaEenFoutHetzelfdeIDInVolgorde(t *testing.T) {
	for _, status := range []int{500, 503, 429, 408, 302} {
		hub := ontvanger{antw: func(id string, keer int) (int, string) {
			if id == "1" && keer <= 2 {
				return status, `{"detail":"even niet voor ` + schildwacht.Leesbaar() + `"}`
			}
			return 202, ""
		}}
		p := bezorgt(t, pad(t), map[string]string{Hub: server(t, &hub)})
		p.verstuur(Hub, "1", "2")
		p.tot(Hub, bezorgdIs(2))
		if hub.gezien() != "1 1 1 2" {
			t.Error(status, hub.gezien())
		}
		if strings.Contains(p.log.String(), schildwacht.Leesbaar()) {
			t.Error("BSN in log")
		}
	}
}

func TestGeweigerdBerichtWordtGeparkeerd(t *testing.T) {
	mag := false
	var mu sync.Mutex
	hub := ontvanger{antw: func(id string, _ int) (int, string) {
		mu.Lock()
		defer mu.Unlock()
		if id == "1" && !mag {
			return 400, `{"title":"x","detail":"Er is 1 fout.","fouten":[{"veld":"data","bericht":"hoort bij ` + schildwacht.Leesbaar() + `"}]}`
		}
		return 202, ""
	}}
	p := bezorgt(t, pad(t), map[string]string{Hub: server(t, &hub)})
	p.verstuur(Hub, "1", "2")
	p.tot(Hub, func(s dossier.Stand) bool { return s.Bezorgd == 1 && s.Mislukt == 1 })
	m, err := p.store.Mislukte(t.Context(), 10)
	if err != nil || len(m) != 1 || m[0].ID != "1" || m[0].Reden != "400: Er is 1 fout. data: hoort bij *********." {
		t.Fatalf("%v %v", m[0].Reden, err)
	}
	if strings.Contains(p.log.String(), schildwacht.Leesbaar()) {
		t.Error("BSN in log")
	}
	mu.Lock()
	mag = true
	mu.Unlock()
	if err := p.store.Herbied(t.Context(), m[0].Nr); err != nil {
		t.Fatal(err)
	}
	p.tot(Hub, bezorgdIs(2))
	if hub.gezien() != "1 2 1" {
		t.Error(hub.gezien())
	}
}

func TestDodeBestemmingHoudtAnderenNietOp(t *testing.T) {
	var hub, later ontvanger
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	adres := l.Addr().String()
	l.Close()
	p := bezorgt(t, pad(t), map[string]string{Hub: server(t, &hub), "dood": "http://" + adres})
	p.verstuur("dood", "d1", "d2")
	p.verstuur("onbekend", "o")
	p.verstuur(Hub, "1")
	p.tot(Hub, bezorgdIs(1))
	st := p.tot("dood", func(s dossier.Stand) bool { return s.Pogingen >= 3 })
	if st.Wacht != 2 || !strings.HasPrefix(st.Reden, "geen antwoord: ") || strings.Contains(st.Reden, "/v1") {
		t.Errorf("%+v", st)
	}
	st = p.tot("onbekend", func(s dossier.Stand) bool { return s.Pogingen >= 1 })
	if st.Reden != "het adres van de bestemming is niet bekend" {
		t.Errorf("%+v", st)
	}
	if l, err = net.Listen("tcp", adres); err != nil { // it rises again
		t.Fatal(err)
	}
	s := &http.Server{Handler: &later}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close() })
	p.tot("dood", bezorgdIs(2))
	if later.gezien() != "d1 d2" {
		t.Error(later.gezien())
	}
}

// TestHerstartTijdensBezorgen: the hub took the message, but this node stopped
// before it heard so.
func TestHerstartTijdensBezorgen(t *testing.T) {
	path := pad(t)
	binnen, los := make(chan struct{}, 1), make(chan struct{})
	hub := ontvanger{antw: func(_ string, keer int) (int, string) {
		if keer == 1 {
			binnen <- struct{}{}
			<-los
		}
		return 202, ""
	}}
	url := server(t, &hub)
	p := bezorgt(t, path, map[string]string{Hub: url})
	p.verstuur(Hub, "1")
	<-binnen
	p.stop()
	close(los)
	p = bezorgt(t, path, map[string]string{Hub: url})
	st := p.tot(Hub, bezorgdIs(1))
	if hub.gezien() != "1 1" || st.Pogingen != 0 {
		t.Error(hub.gezien(), st)
	}
}

// TestStopWachtOpAntwoord: an answer that comes just after the stop counts.
func TestStopWachtOpAntwoord(t *testing.T) {
	path := pad(t)
	binnen, los := make(chan struct{}, 1), make(chan struct{})
	hub := ontvanger{antw: func(string, int) (int, string) { binnen <- struct{}{}; <-los; return 202, "" }}
	s, err := dossier.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	url := server(t, &hub)
	b := Nieuw(s, func(string) (string, begrip.OIN, bool) { return url, "", true }, &http.Client{}, slog.New(slog.DiscardHandler))
	p := &proef{t: t, store: s, Bezorger: b}
	p.verstuur(Hub, "1", "2")
	ctx, cancel := context.WithCancel(t.Context())
	klaar := make(chan struct{})
	go func() { defer close(klaar); _ = b.Run(ctx) }()
	<-binnen
	cancel()
	close(los)
	<-klaar
	st, err := s.Stand(t.Context())
	if err != nil || st[0].Bezorgd != 1 || st[0].Wacht != 1 || hub.gezien() != "1" {
		t.Errorf("%+v %v %s", st, err, hub.gezien())
	}
	s.Close()
}

func TestRetryAfterEnOmleiding(t *testing.T) {
	var elders ontvanger
	ander := server(t, &elders)
	var keer int
	hub := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if keer++; keer == 1 {
			w.Header().Set("Retry-After", "3600")
			http.Error(w, "druk", http.StatusTooManyRequests)
			return
		}
		http.Redirect(w, r, ander, http.StatusTemporaryRedirect)
	})
	p := bezorgt(t, pad(t), map[string]string{Hub: server(t, hub)})
	p.verstuur(Hub, "1")
	st := p.tot(Hub, func(s dossier.Stand) bool { return s.Pogingen == 1 })
	if d := time.Until(st.Volgende); d < 59*time.Minute || d > time.Hour || st.Reden != "429" {
		t.Error(d, st.Reden)
	}
	p.Wek() // does not shorten the wait
	p.verstuur("peer", "x")
	p.tot("peer", func(s dossier.Stand) bool { return s.Pogingen >= 3 })
	if st := p.tot(Hub, func(dossier.Stand) bool { return true }); st.Pogingen != 1 || keer != 1 {
		t.Error("wachtte niet", st, keer)
	}
	u := p.bied(t.Context(), dossier.Uitgaand{Bericht: dossier.Bericht{Bestemming: Hub, Pad: "/v1/events", Body: []byte("{}")}})
	if u.soort != opnieuw || elders.gezien() != "" {
		t.Error("omleiding gevolgd", u)
	}
}

func TestLeesRetryAfter(t *testing.T) {
	nu := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	for s, wil := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, "-5": 0, "veel": 0, "999999999": maxWacht, "99999999999999999999": 0,
		nu.Add(time.Minute).Format(http.TimeFormat):      time.Minute,
		nu.Add(-time.Minute).Format(http.TimeFormat):     0,
		nu.Add(9999 * time.Hour).Format(http.TimeFormat): maxWacht,
	} {
		if got := leesRetryAfter(s, nu); got != wil {
			t.Errorf("%q: %s, wil %s", s, got, wil)
		}
	}
}

func TestRitmeVerdubbeltTotHetLangste(t *testing.T) {
	for mislukt, vol := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 8: 256 * time.Second, 9: 5 * time.Minute,
		29: 5 * time.Minute, 30: 5 * time.Minute, 1 << 40: 5 * time.Minute} {
		if a, b := gewoon.na(mislukt, 0), gewoon.na(mislukt, 1); a != vol/2 || b != vol {
			t.Errorf("na %d: %s tot %s, wil tot %s", mislukt, a, b, vol)
		}
	}
}
