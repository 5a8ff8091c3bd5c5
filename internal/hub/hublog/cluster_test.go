package hublog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/natstest"
	"github.com/handbereik/soh/internal/toegang"
)

const lang = 2 * time.Minute // only guards against hanging

func opCluster(c *natstest.Cluster, enkel bool) Config {
	return Config{Cluster: &Cluster{URLs: c.URLs, Enkel: enkel, Wacht: time.Second}, leiderschap: time.Second}
}

// volgTot follows l until n entries came by and gives them in order.
func volgTot(t *testing.T, l *Log, n int) (uit []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), lang)
	defer stop()
	genoeg := errors.New("genoeg")
	err := l.Follow(ctx, 0, func(b Blok) error {
		for _, e := range b.Entries {
			uit = append(uit, string(e))
		}
		if len(uit) >= n {
			return genoeg
		}
		return nil
	})
	if !errors.Is(err, genoeg) {
		t.Fatalf("%d van %d gezien: %v", len(uit), n, err)
	}
	return uit
}

func TestTweeHubsSchrijvenInEenLogEnLezenHetzelfde(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	hubs := []*Log{open(t, opCluster(c, true)), open(t, opCluster(c, true))}
	const afzenders, elk = 10, 40
	var wg sync.WaitGroup
	for h, l := range hubs {
		for s := range afzenders {
			wg.Go(func() {
				for i := range elk {
					p, err := l.Append(context.Background(), [][]byte{fmt.Appendf(nil, "%d-%d-%d", h, s, i)})
					if err != nil {
						t.Error(err)
						return
					}
					if b, err := l.Read(context.Background(), p[0]); err != nil || string(b) != fmt.Sprintf("%d-%d-%d", h, s, i) {
						t.Errorf("staat niet op zijn plaats: %q %v", b, err)
					}
				}
			})
		}
	}
	wg.Wait()
	const n = 2 * afzenders * elk
	een, twee := volgTot(t, hubs[0], n), volgTot(t, hubs[1], n)
	if !slices.Equal(een, twee) {
		t.Fatal("de twee hubs lezen iets anders")
	}
	if slices.Sort(een); len(slices.Compact(een)) != n {
		t.Fatal("er staat iets dubbel in het log")
	}
	if hubs[0].Laatste() != hubs[1].Laatste() {
		t.Fatal(hubs[0].Laatste(), hubs[1].Laatste())
	}
	p, err := hubs[0].Append(context.Background(), [][]byte{[]byte("laatste")})
	if err != nil {
		t.Fatal(err)
	}
	if nu, err := hubs[1].Nu(context.Background()); err != nil || nu < p[0].Seq() {
		t.Fatalf("wat elders is bevestigd, is hier niet bekend: %d, %v", nu, err)
	}
}

func TestLogWegGeeftNietBeschikbaarEnKomtTerugZonderHerstart(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	l := open(t, opCluster(c, true))
	var goed sync.Map
	probeerTot(t, l, "voor", &goed)
	c.Dood(0)
	if _, err := l.Append(context.Background(), [][]byte{[]byte("weg")}); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Fatalf("zonder log: %v", err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	if _, err := l.Nu(ctx); err == nil {
		t.Fatal("Nu weet iets zonder log")
	}
	for l.Bereikbaar() {
		time.Sleep(10 * time.Millisecond)
	}
	c.Weer(0)
	probeerTot(t, l, "na", &goed)
	if !l.Bereikbaar() {
		t.Error("het log is terug, maar heet onbereikbaar")
	}
	allesStaatEr(t, l, &goed)
}

func TestVerkeerdIngesteldeStroomWordtGeweigerd(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	nc, err := nats.Connect(c.URLs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	goed := (&opslag{cluster: &Cluster{Enkel: true}}).wens(stroomConfig{naam: "KETENINDEX", onveranderlijk: true})
	for zin, maak := range map[string]func(*jetstream.StreamConfig){
		"discard moet new zijn":               func(s *jetstream.StreamConfig) { s.Discard = jetstream.DiscardOld },
		"storage moet file zijn":              func(s *jetstream.StreamConfig) { s.Storage = jetstream.MemoryStorage },
		"max_age, max_msgs":                   func(s *jetstream.StreamConfig) { s.MaxAge = time.Hour },
		"deny_delete moet true zijn":          func(s *jetstream.StreamConfig) { s.DenyDelete = false },
		"deny_purge moet aan staan":           func(s *jetstream.StreamConfig) { s.DenyPurge = false },
		"niet meteen naar de schijf":          func(s *jetstream.StreamConfig) { s.PersistMode = jetstream.AsyncPersistMode },
		"republish moet naar":                 func(s *jetstream.StreamConfig) { s.RePublish = nil },
		"retention moet limits zijn":          func(s *jetstream.StreamConfig) { s.Retention = jetstream.WorkQueuePolicy },
		"duplicate_window moet ten minste":    func(s *jetstream.StreamConfig) { s.Duplicates = time.Second },
		"max_msg_size moet uit staan of":      func(s *jetstream.StreamConfig) { s.MaxMsgSize = 1 << 20 },
		"subjects moet alleen hub.ketenindex": func(s *jetstream.StreamConfig) { s.Subjects = append(s.Subjects, "anders") },
	} {
		slecht := goed
		maak(&slecht)
		maakStroom(t, js, slecht)
		if _, err := Open(opKaal(t, c)); err == nil || !strings.Contains(err.Error(), zin) {
			t.Errorf("wil %q, kreeg %v", zin, err)
		}
		if err := js.DeleteStream(context.Background(), "KETENINDEX"); err != nil {
			t.Fatal(err)
		}
	}
	maakStroom(t, js, goed)
	cfg := opKaal(t, c)
	cfg.Cluster.Enkel = false
	if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), "--log-enkel") {
		t.Errorf("één kopie is goed genoeg bevonden: %v", err)
	}
}

// maakStroom makes a stream where there may just have been one: the server may still be
// removing its files.
func maakStroom(t *testing.T, js jetstream.JetStream, cfg jetstream.StreamConfig) {
	t.Helper()
	var err error
	for range 100 {
		if _, err = js.CreateStream(t.Context(), cfg); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal(err)
}

func opKaal(t *testing.T, c *natstest.Cluster) Config {
	cfg := opCluster(c, true)
	cfg.Dir = t.TempDir()
	return cfg
}

func TestLogOverTLSMetEenCertificaat(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca, err := toegang.NieuweCA(dir)
	if err != nil {
		t.Fatal(err)
	}
	cert, sleutel, err := ca.Geef(dir, begrip.Organisatie{OIN: "00000001000000001000", Naam: "Ketenbeheer", Soort: begrip.Ketenbeheerder})
	if err != nil {
		t.Fatal(err)
	}
	c := natstest.Start(t, 1, fmt.Sprintf("tls { cert_file: %q, key_file: %q, ca_file: %q, verify: true }\n", cert, sleutel, ca.Pad()))
	cfg := opKaal(t, c)
	if _, err := Open(cfg); err == nil {
		t.Fatal("zonder certificaat geopend")
	}
	cfg.Cluster.Cert, cfg.Cluster.Key, cfg.Cluster.CA = cert, sleutel, ca.Pad()
	l := open(t, cfg)
	var goed sync.Map
	probeerTot(t, l, "tls", &goed)
	allesStaatEr(t, l, &goed)
}

func TestKleineBerichtenWordenGeweigerd(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "max_payload: 1MB\n")
	if _, err := Open(opKaal(t, c)); err == nil || !strings.Contains(err.Error(), "max_payload op 8MB") {
		t.Fatal(err)
	}
}

func TestEenLeiderTegelijkEnEenAnderNeemtHetOver(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	var bezig, keer atomic.Int32
	ctx, stop := context.WithTimeout(context.Background(), lang)
	defer stop()
	stops := make([]context.CancelFunc, 3)
	wie := make(chan int, 10)
	var wg sync.WaitGroup
	for i := range 3 {
		l := open(t, opCluster(c, true))
		eigen, af := context.WithCancel(ctx)
		stops[i] = af
		wg.Go(func() {
			err := l.AlsLeider(eigen, "proef", func(ctx context.Context) error {
				if bezig.Add(1) > 1 {
					t.Error("twee leiders tegelijk")
				}
				defer bezig.Add(-1)
				keer.Add(1)
				wie <- i
				<-ctx.Done()
				return ctx.Err()
			})
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	eerste := <-wie
	stops[eerste]() // hands over
	tweede := <-wie
	if tweede == eerste {
		t.Error("dezelfde leider na zijn einde")
	}
	stop()
	wg.Wait()
	if keer.Load() < 2 {
		t.Error(keer.Load())
	}
}

func TestWieHetLogNietBereiktIsGeenLeiderMeer(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	l := open(t, opCluster(c, true))
	ctx, stop := context.WithTimeout(context.Background(), lang)
	defer stop()
	begonnen, geeindigd := make(chan struct{}, 9), make(chan struct{}, 9)
	klaar := make(chan error, 1)
	go func() {
		klaar <- l.AlsLeider(ctx, "proef", func(ctx context.Context) error {
			begonnen <- struct{}{}
			<-ctx.Done()
			geeindigd <- struct{}{}
			return ctx.Err()
		})
	}()
	<-begonnen
	c.Dood(0)
	<-geeindigd
	c.Weer(0)
	<-begonnen // stands for leader again
	stop()
	if err := <-klaar; err == nil {
		t.Error("geen fout na het einde")
	}
}

func TestGedeeldeWaardeHeeftEenSchrijverPerVersie(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	for naam, ls := range map[string][]*Log{
		"cluster": {open(t, opCluster(c, true)), open(t, opCluster(c, true))},
		"alleen":  {open(t, Config{})},
	} {
		ctx := context.Background()
		a, b := ls[0], ls[len(ls)-1]
		if w, v, err := a.Gedeeld(ctx, "stand"); w != nil || v != 0 || err != nil {
			t.Fatal(naam, w, v, err)
		}
		v, err := a.ZetGedeeld(ctx, "stand", []byte("een"), 0)
		if err != nil {
			t.Fatal(naam, err)
		}
		if _, err := b.ZetGedeeld(ctx, "stand", []byte("ook een"), 0); !errors.Is(err, ErrVerschoven) {
			t.Fatal(naam, err)
		}
		if _, err := b.ZetGedeeld(ctx, "stand", []byte("twee"), v); err != nil {
			t.Fatal(naam, err)
		}
		if _, err := a.ZetGedeeld(ctx, "stand", []byte("ook twee"), v); !errors.Is(err, ErrVerschoven) {
			t.Fatal(naam, err)
		}
		if w, _, err := a.Gedeeld(ctx, "stand"); err != nil || string(w) != "twee" {
			t.Fatal(naam, w, err)
		}
	}
}

// A question that a cluster without a leader lost is asked again: who starts then
// does not wait for an answer that never comes.
func TestGedeeldeWaardeKomtOokNaEenVerlorenVraag(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 3, "")
	l := open(t, opCluster(c, false))
	ctx, stop := context.WithTimeout(context.Background(), lang)
	defer stop()
	c.Dood(0) // before anybody asked: where the value would stand, only a leader knows
	c.Dood(1)
	kort, af := context.WithTimeout(ctx, 2*time.Second)
	defer af()
	if _, _, err := l.Gedeeld(kort, "stand"); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Fatalf("without a majority: %v", err)
	}
	klaar := make(chan error, 1)
	go func() {
		w, _, err := l.Gedeeld(ctx, "stand")
		if err == nil && w != nil {
			err = fmt.Errorf("got %q", w)
		}
		klaar <- err
	}()
	<-kort.Done()
	c.Weer(0)
	c.Weer(1)
	if err := <-klaar; err != nil {
		t.Fatal(err)
	}
}
