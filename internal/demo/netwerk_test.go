package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// netwerk starts a demo in dir and stops it at the end of the test.
func netwerk(t *testing.T, dir string) *Demo {
	t.Helper()
	begin := time.Now()
	d, err := Start(context.Background(), Config{Addr: "127.0.0.1:0", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Verhaal(); err != nil {
		t.Fatal(err)
	}
	if duur := time.Since(begin); duur > 5*time.Second {
		t.Logf("starting took %s; five seconds are promised on a machine at rest", duur)
	}
	return d
}

// TestEenTweedeStartGaatVerder: what stood stays, at the same addresses, and
// no story is told twice.
func TestEenTweedeStartGaatVerder(t *testing.T) {
	dir := t.TempDir()
	d := netwerk(t, dir)
	was, postvak := d.Lijst(), postvakMet(t, d, "veilig-thuis", "vt-marieke", 3)
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	d = netwerk(t, dir)
	nu := d.Lijst()
	for i := range was.Deelnemers {
		if was.Deelnemers[i] != nu.Deelnemers[i] {
			t.Errorf("%v became %v", was.Deelnemers[i], nu.Deelnemers[i])
		}
	}
	if opnieuw := postvakMet(t, d, "veilig-thuis", "vt-marieke", 3); strings.Join(opnieuw, " ") != strings.Join(postvak, " ") {
		t.Errorf("Postvak %v became %v", postvak, opnieuw)
	}
}

// TestTweeDemosNaastElkaar: nothing is shared but the machine.
func TestTweeDemosNaastElkaar(t *testing.T) {
	a, b := netwerk(t, t.TempDir()), netwerk(t, t.TempDir())
	if a.URL() == b.URL() || a.Lijst().Hub.URL == b.Lijst().Hub.URL {
		t.Fatal("two demos share an address")
	}
	if _, err := Start(t.Context(), Config{Addr: "127.0.0.1:0", Dir: a.Dir()}); err == nil {
		t.Fatal("two demos share a folder")
	}
}

func TestAdresGeweigerd(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "geenpoort", "192.0.2.1:80"} {
		if _, err := Start(t.Context(), Config{Addr: addr, Dir: t.TempDir()}); err == nil {
			t.Errorf("%s was accepted", addr)
		}
	}
}

// TestLijstVoorMachines: /demo.json gives what a program needs to call a node.
func TestLijstVoorMachines(t *testing.T) {
	d := netwerk(t, t.TempDir())
	resp, err := http.Get(d.URL() + "demo.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %v", resp.StatusCode, err)
	}
	var l Lijst
	if err := json.Unmarshal(b, &l); err != nil {
		t.Fatal(err)
	}
	if len(l.Deelnemers) < 7 || l.Hub.URL == "" || l.Portaal.URL == "" || len(l.Personas) < 10 {
		t.Fatalf("%+v", l)
	}
	for _, x := range l.Deelnemers {
		for _, pad := range []string{x.Certificaat, x.Sleutel, l.Hub.CA} {
			if _, err := os.Stat(pad); err != nil {
				t.Error(err)
			}
		}
		if !strings.HasPrefix(x.API, "https://") || !strings.HasSuffix(x.API, "/v1") || x.Werkplek == "" {
			t.Errorf("%+v", x)
		}
	}
}

// TestGeenBSNInLogs: the families are in meldingen, events and sign-ins by
// now; their numbers are in no log line.
func TestGeenBSNInLogs(t *testing.T) {
	d := netwerk(t, t.TempDir())
	links(t, d, "portaal", "sanne", "/wie-keek", "/")
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	regels := 0
	err := filepath.WalkDir(filepath.Join(d.Dir(), "log"), func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		regels += bytes.Count(b, []byte("\n"))
		begrip.VindBSN(b, func(int, int) { t.Errorf("a BSN in %s", filepath.Base(p)) })
		return err
	})
	if err != nil || regels == 0 {
		t.Fatal(regels, err)
	}
}

// TestEenDeelUitEnAan: a node that was down gets what it missed.
func TestEenDeelUitEnAan(t *testing.T) {
	d := netwerk(t, t.TempDir())
	if err := d.StopDeel("veilig-thuis"); err != nil {
		t.Fatal(err)
	}
	if err := d.StopDeel("hub"); err != nil {
		t.Fatal(err)
	}
	v := &verhaal{d: d, client: map[string]*http.Client{"politie": d.lid("politie").identiteit.Client(5 * time.Second)}}
	if err := v.meld(t.Context(), "politie", gezin("bakker").Melding(time.Now(), meldingDeWit())); err != nil {
		t.Fatal(err)
	}
	for _, naam := range []string{"hub", "veilig-thuis"} {
		if err := d.StartDeel(naam); err != nil {
			t.Fatal(err)
		}
	}
	postvakMet(t, d, "veilig-thuis", "vt-marieke", 3)
}

// TestOnderbrokenVerhaal: a start that lost its notes of what it did, as after a
// kill, tells no story twice.
func TestOnderbrokenVerhaal(t *testing.T) {
	dir := t.TempDir()
	d := netwerk(t, dir)
	postvakMet(t, d, "veilig-thuis", "vt-marieke", 3)
	postvakMet(t, d, "ggz", "ggz-eva", 2)
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "verhaal.json")); err != nil {
		t.Fatal(err)
	}
	d = netwerk(t, dir)
	postvakMet(t, d, "veilig-thuis", "vt-marieke", 3)
	postvakMet(t, d, "ggz", "ggz-eva", 2)
}
