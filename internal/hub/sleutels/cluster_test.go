package sleutels

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/natstest"
)

func TestMain(m *testing.M) {
	natstest.Hoofd()
	os.Exit(m.Run())
}

// kopieen opens n replicas with one log and one master key.
func kopieen(t *testing.T, c *natstest.Cluster, n int) (uit []*Sleutels) {
	t.Helper()
	geheimen := t.TempDir()
	for range n {
		l, err := hublog.Open(hublog.Config{Dir: t.TempDir(), Cluster: &hublog.Cluster{URLs: c.URLs, Enkel: true}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		s, err := Open(context.Background(), l, filepath.Join(geheimen, "meester.sleutel"))
		if err != nil {
			t.Fatal(err)
		}
		uit = append(uit, s)
	}
	return uit
}

// testBSN makes the i-th number that passes the eleven-test.
func testBSN(i int) string {
	for n := 100_000_000; ; n++ {
		if _, err := begrip.ParseBSN(fmt.Sprint(n)); err == nil {
			if i--; i < 0 {
				return fmt.Sprint(n)
			}
		}
	}
}

func TestTweeHubsGevenEenPersoonDezelfdeSleutel(t *testing.T) {
	s := kopieen(t, natstest.Start(t, 1, ""), 2)
	ctx := context.Background()
	const personen = 60
	in, uit := make([]string, personen), make([][2][]byte, personen)
	for i := range in {
		in[i] = `{"data":{"x":"` + testBSN(i) + `","y":"` + testBSN((i+7)%personen) + `"}}`
	}
	var wg sync.WaitGroup
	for k := range s {
		for w := range 6 {
			wg.Go(func() {
				for i := w; i < personen; i += 6 {
					b, _, err := s[k].Versleutel(ctx, nil, []byte(in[i]))
					if err != nil {
						t.Errorf("kopie %d: %v", k, err)
					}
					uit[i][k] = b
				}
			})
		}
	}
	wg.Wait()
	for i := range in {
		for k := range s {
			for wie := range s {
				if got := ontsleutel(t, s[wie], uit[i][k], nil); got != in[i] {
					t.Fatalf("kopie %d leest niet wat kopie %d schreef: %s", wie, k, got)
				}
			}
		}
	}
	sleutels := map[[16]byte]int{}
	if _, err := s[0].stroom.Nu(ctx); err != nil {
		t.Fatal(err)
	}
	err := s[0].stroom.Vanaf(ctx, 2, func(_ uint64, data []byte) error {
		rs, err := leesBericht(data)
		for _, r := range rs {
			sleutels[r.ref]++
		}
		return err
	})
	if err != nil || len(sleutels) != personen {
		t.Fatal(len(sleutels), err)
	}
	for ref, n := range sleutels {
		if n != 1 {
			t.Errorf("%x heeft %d sleutels", ref, n)
		}
	}
}

func TestWatEenHubVernietigtKanGeenAndereMeerLezen(t *testing.T) {
	s := kopieen(t, natstest.Start(t, 1, ""), 2)
	ctx := context.Background()
	const personen = 8
	var in strings.Builder
	for i := range personen {
		fmt.Fprintf(&in, `,"p%d":"%s"`, i, testBSN(i))
	}
	st, _ := versleutel(t, s[0], `{"data":{`+in.String()[1:]+`}}`) // one message holds all keys
	for _, k := range s {
		if strings.Contains(ontsleutel(t, k, st, nil), masker) {
			t.Fatal("niet iedereen leest het")
		}
	}
	var wg sync.WaitGroup
	for i := range personen - 2 { // at once, on either replica, all in one message
		wg.Go(func() {
			if err := s[i%2].Vernietig(ctx, s[0].Ref(begrip.MustBSN(testBSN(i)))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range s {
		for eind := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			got := ontsleutel(t, k, st, nil)
			if strings.Count(got, masker) == personen-2 && strings.Contains(got, testBSN(personen-1)) {
				break
			}
			if time.Now().After(eind) {
				t.Fatal(got)
			}
		}
	}
	nieuw, _ := versleutel(t, s[1], `{"data":{"x":"`+testBSN(0)+`"}}`)
	if got := ontsleutel(t, s[0], nieuw, nil); !strings.Contains(got, testBSN(0)) {
		t.Fatalf("de nieuwe sleutel van een vergeten persoon is niet bekend bij de ander: %s", got)
	}
}

func TestAndereMeestersleutelWordtGeweigerd(t *testing.T) {
	c := natstest.Start(t, 1, "")
	kopieen(t, c, 1)
	l, err := hublog.Open(hublog.Config{Dir: t.TempDir(), Cluster: &hublog.Cluster{URLs: c.URLs, Enkel: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	pad := filepath.Join(t.TempDir(), "meester.sleutel")
	if _, err := Open(context.Background(), l, pad); err == nil || !strings.Contains(err.Error(), "ontbreekt") {
		t.Fatal(err)
	}
	if err := os.WriteFile(pad, []byte(base64.StdEncoding.EncodeToString(make([]byte, 32))), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), l, pad); err == nil || !strings.Contains(err.Error(), "past niet") {
		t.Fatal(err)
	}
}
