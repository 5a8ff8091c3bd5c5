package hublog

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/natstest"
)

// kindMap is how this test program is told to be the process that gets killed.
const kindMap = "SOH_HUBLOG_KIND"

func TestMain(m *testing.M) {
	natstest.Hoofd()
	if dir := os.Getenv(kindMap); dir != "" {
		kind(dir, os.Getenv(kindMap+"_RONDE"))
		return
	}
	os.Exit(m.Run())
}

// kind appends until it is killed and tells each acknowledged entry.
func kind(dir, ronde string) {
	l, err := Open(Config{Dir: dir})
	if err != nil {
		fmt.Println("fout", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for s := range 32 {
		wg.Go(func() {
			for i := 0; ; i++ {
				naam := fmt.Sprintf("%s-%d-%d", ronde, s, i)
				p, err := l.Append(context.Background(), [][]byte{[]byte(naam + strings.Repeat(" x", 600))})
				if err != nil {
					fmt.Println("fout", err)
					os.Exit(1)
				}
				mu.Lock()
				_, _ = fmt.Fprintf(os.Stdout, "%s %d\n", naam, p[0])
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestNaKillStaatElkeBevestigdeEntryErPreciesEenKeer(t *testing.T) {
	dir := t.TempDir()
	bevestigd := map[string]Plaats{}
	for ronde := range 8 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), kindMap+"="+dir, fmt.Sprintf("%s_RONDE=%d", kindMap, ronde))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(out)
		n := 0
		for sc.Scan() {
			var naam string
			var p Plaats
			if _, err := fmt.Sscanf(sc.Text(), "%s %d", &naam, &p); err != nil || naam == "fout" {
				if n > 0 { // cut off by the kill
					continue
				}
				t.Fatalf("kind: %s", sc.Text())
			}
			bevestigd[naam] = p
			if n++; n == 200+37*ronde {
				if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait()
		if n < 200 {
			t.Fatalf("ronde %d: maar %d bevestigd", ronde, n)
		}
		t.Logf("ronde %d: %d bevestigd", ronde, n)
	}
	l := open(t, Config{Dir: dir})
	gezien := telNamen(t, l)
	for naam, p := range bevestigd {
		if gezien[naam] != 1 {
			t.Errorf("%s staat er %d keer", naam, gezien[naam])
		}
		if b, err := l.Read(context.Background(), p); err != nil || !strings.HasPrefix(string(b), naam+" ") {
			t.Errorf("%s staat niet op zijn plaats: %v", naam, err)
		}
	}
	for naam, n := range gezien {
		if n != 1 {
			t.Errorf("%s staat er %d keer", naam, n)
		}
	}
}

// telNamen counts every entry by its first word.
func telNamen(t *testing.T, l *Log) map[string]int {
	t.Helper()
	gezien := map[string]int{}
	for seq := uint64(1); seq <= l.Laatste(); seq++ {
		b, err := l.Blok(context.Background(), seq)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range b.Entries {
			naam, _, _ := strings.Cut(string(e), " ")
			gezien[naam]++
		}
	}
	return gezien
}

// kleineSchijf mounts a disk of its own for the test.
func kleineSchijf(t *testing.T, grootte string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+grootte); err != nil {
		t.Fatalf("deze proef heeft een eigen kleine schijf nodig en mag die niet aankoppelen (%v): draai de proeven als root of in een container met CAP_SYS_ADMIN", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// vulTot appends entries that do not compress, from four senders, until the
// first error; every acknowledged one is in goed.
func vulTot(t *testing.T, l *Log, merk string, goed *sync.Map) error {
	t.Helper()
	var fout atomic.Pointer[error]
	var wg sync.WaitGroup
	for s := range 4 {
		wg.Go(func() {
			for i := 0; fout.Load() == nil && i < 10_000; i++ {
				ruis := make([]byte, 24<<10)
				_, _ = rand.Read(ruis)
				naam := fmt.Sprintf("%s-%d-%d", merk, s, i)
				p, err := l.Append(context.Background(), [][]byte{[]byte(naam + " " + base64.StdEncoding.EncodeToString(ruis))})
				if err != nil {
					fout.Store(&err)
					return
				}
				goed.Store(naam, p[0])
			}
		})
	}
	wg.Wait()
	if p := fout.Load(); p != nil {
		return *p
	}
	return nil
}

func allesStaatEr(t *testing.T, l *Log, goed *sync.Map) {
	t.Helper()
	gezien := telNamen(t, l)
	n := 0
	goed.Range(func(naam, p any) bool {
		n++
		if gezien[naam.(string)] != 1 {
			t.Errorf("%s staat er %d keer", naam, gezien[naam.(string)])
		}
		return true
	})
	if n == 0 {
		t.Error("niets bevestigd, dus de proef zegt niets")
	}
	for naam, k := range gezien {
		if k != 1 {
			t.Errorf("%s staat er %d keer", naam, k)
		}
	}
}

func probeerTot(t *testing.T, l *Log, naam string, goed *sync.Map) {
	t.Helper()
	var err error
	for range 60 {
		var p []Plaats
		if p, err = l.Append(context.Background(), [][]byte{[]byte(naam + " weer ruimte")}); err == nil {
			goed.Store(naam, p[0])
			return
		}
		naam += "'" // an attempt that failed may be in the log all the same
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("werkt niet meer nu er weer ruimte is: %v", err)
}

func TestSchijfVolWeigertVerliestNietsEnWerktWeerMetRuimte(t *testing.T) {
	for _, g := range []struct {
		naam    string
		reserve int64
	}{{"met reserve", 4 << 20}, {"tot de laatste byte", -1}} {
		t.Run(g.naam, func(t *testing.T) {
			schijf := kleineSchijf(t, "40m")
			vulling := filepath.Join(schijf, "vulling")
			if err := os.WriteFile(vulling, make([]byte, 16<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg := Config{Dir: filepath.Join(schijf, "hub"), Reserve: g.reserve, Cache: 1 << 20, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
			l := open(t, cfg)
			var goed sync.Map
			begin := time.Now()
			if err := vulTot(t, l, "a", &goed); !begrip.Is(err, begrip.NietBeschikbaar) {
				t.Fatalf("schijf vol geeft %v", err)
			}
			t.Logf("vol na %v", time.Since(begin))
			groot := make([]byte, 4<<20)
			_, _ = rand.Read(groot)
			if _, err := l.Append(context.Background(), [][]byte{groot}); !begrip.Is(err, begrip.NietBeschikbaar) {
				t.Fatalf("schijf vol geeft daarna %v", err)
			}
			if err := os.Remove(vulling); err != nil {
				t.Fatal(err)
			}
			probeerTot(t, l, "b", &goed)
			_ = vulTot(t, l, "c", &goed) // full a second time
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			// A restart on a full disk with a way out: less reserve, or more room.
			if err := syscall.Mount("tmpfs", schijf, "tmpfs", syscall.MS_REMOUNT, "size=96m"); err != nil {
				t.Fatal(err)
			}
			l = open(t, cfg)
			probeerTot(t, l, "d", &goed)
			allesStaatEr(t, l, &goed)
		})
	}
}

func TestBudgetOpWeigertEnWerktWeerMetMeerBudget(t *testing.T) {
	dir := t.TempDir()
	l := open(t, Config{Dir: dir, MaxBytes: 2 << 20})
	var goed sync.Map
	if err := vulTot(t, l, "a", &goed); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Fatal(err)
	}
	_ = l.Close()
	l = open(t, Config{Dir: dir, MaxBytes: 8 << 20})
	probeerTot(t, l, "b", &goed)
	allesStaatEr(t, l, &goed)
}

func TestMapInGebruikWordtGeweigerdMetEenDuidelijkeZin(t *testing.T) {
	dir := t.TempDir()
	open(t, Config{Dir: dir})
	if _, err := Open(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "een andere hub gebruikt deze map al") {
		t.Fatal(err)
	}
}

func TestDrukteGeeftTeDrukEnStoppenMaaktDeRijAf(t *testing.T) {
	l := open(t, Config{MaxWacht: 20 * time.Millisecond})
	ctx := context.Background()
	l.opslag.mu.Lock() // the disk hangs
	var wg sync.WaitGroup
	uit := make(chan error, 2)
	for range 2 {
		wg.Go(func() {
			_, err := l.Append(ctx, [][]byte{[]byte("wacht")})
			uit <- err
		})
		time.Sleep(20 * time.Millisecond) // the first is under way, the second waits
	}
	time.Sleep(40 * time.Millisecond)
	if n, oud := l.Wachtrij(); n != 1 || oud < 20*time.Millisecond {
		t.Errorf("wachtrij %d, %v", n, oud)
	}
	if _, err := l.Append(ctx, [][]byte{[]byte("x")}); !begrip.Is(err, begrip.TeDruk) {
		t.Errorf("drukte geeft %v", err)
	}
	wg.Go(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(20 * time.Millisecond)
	if _, err := l.Append(ctx, [][]byte{[]byte("x")}); !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Errorf("stoppen geeft %v", err)
	}
	l.opslag.mu.Unlock()
	wg.Wait()
	for range 2 {
		if err := <-uit; err != nil {
			t.Errorf("wie al wachtte is niet vastgelegd: %v", err)
		}
	}
}

func TestGroteOproepEnTeGroteEntry(t *testing.T) {
	l := open(t, Config{})
	ctx := context.Background()
	es := make([][]byte, 2*MaxInBlok+1)
	for i := range es {
		es[i] = fmt.Appendf(nil, "e%d", i)
	}
	p, err := l.Append(ctx, es)
	if err != nil || len(p) != len(es) || p[len(p)-1].Seq() != p[0].Seq()+2 {
		t.Fatalf("%v, %d plaatsen", err, len(p))
	}
	ruis := make([]byte, MaxEntry)
	_, _ = rand.Read(ruis)
	if p, err = l.Append(ctx, [][]byte{ruis, ruis}); err != nil || p[0].Seq() == p[1].Seq() {
		t.Fatal(err)
	}
	l.cache = nieuweCache(1)
	if b, err := l.Read(ctx, p[1]); err != nil || !bytes.Equal(b, ruis) {
		t.Fatal(err)
	}
	if _, err := l.Append(ctx, [][]byte{make([]byte, MaxEntry+1)}); !begrip.Is(err, begrip.TeGroot) {
		t.Fatal(err)
	}
}

func TestFollowGeeftNieuweBlokkenEnStoptBijSluiten(t *testing.T) {
	l := open(t, Config{})
	var gezien atomic.Int64
	klaar := make(chan error, 1)
	go func() {
		klaar <- l.Follow(context.Background(), 0, func(b Blok) error { gezien.Add(int64(len(b.Entries))); return nil })
	}()
	for range 50 {
		if _, err := l.Append(context.Background(), [][]byte{[]byte("e")}); err != nil {
			t.Fatal(err)
		}
	}
	for gezien.Load() < 50 {
		time.Sleep(time.Millisecond)
	}
	_ = l.Close()
	if err := <-klaar; !begrip.Is(err, begrip.NietBeschikbaar) {
		t.Fatal(err)
	}
}

func TestDubbelzinnigePublicatieKomtErNietTweeKeer(t *testing.T) {
	l := open(t, Config{})
	s := l.stroom
	blok := new(codeur).codeer([][]byte{[]byte("een")})
	// It was stored, but the answer got lost: the same id is offered again, also
	// to a server that was started again in between.
	id := fmt.Sprintf("%s.%d", s.schrijver, s.teller.Load()+1)
	if _, _, err := s.probeer(blok, []jetstream.PublishOpt{jetstream.WithMsgID(id)}); err != nil {
		t.Fatal(err)
	}
	if err := l.opslag.herstart(l.opslag.keer); err != nil {
		t.Fatal(err)
	}
	if seq, err := s.Publiceer(blok); err != nil || seq != 1 {
		t.Fatal(seq, err)
	}
	if seq, err := s.Publiceer(blok); err != nil || seq != 2 {
		t.Fatal(seq, err)
	}
}

func TestWieIetsMistWordtGewezenOpWatErVoorStaat(t *testing.T) {
	l := open(t, Config{})
	a, err := l.Stroom("PROEF")
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Stroom("PROEF")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.PubliceerNa(0, []byte("een")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PubliceerNa(0, []byte("ook een")); !errors.Is(err, ErrVerschoven) {
		t.Fatal(err)
	}
	if seq, err := b.PubliceerNa(1, []byte("twee")); err != nil || seq != 2 {
		t.Fatal(seq, err)
	}
}

func TestIngekortLogWeigertVerderSchrijven(t *testing.T) {
	l := open(t, Config{})
	if _, err := l.Append(context.Background(), [][]byte{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	l.stroom.laatste.Store(9) // as if the disk lost what was acknowledged
	for range 2 {
		if _, err := l.Append(context.Background(), [][]byte{[]byte("x")}); !begrip.Is(err, begrip.NietBeschikbaar) || !strings.Contains(err.Error(), "beschadigd") {
			t.Fatal(err)
		}
	}
}

// A write that failed may leave a number without a message.
func TestLeegNummerHoudtNiemandTegen(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	metGaten(t, dir, true, 2, 4)
	l := open(t, Config{Dir: dir})
	if nu, err := l.Nu(ctx); err != nil || nu != 3 || l.Laatste() != 3 {
		t.Fatalf("het einde is %d en %d, %v", nu, l.Laatste(), err)
	}
	if p, err := l.Append(ctx, [][]byte{[]byte("e")}); err != nil || p[0].Seq() != 5 {
		t.Fatal(p, err)
	}
	var gezien []string
	err := l.Follow(ctx, 0, func(b Blok) error {
		for _, e := range b.Entries {
			gezien = append(gezien, string(e))
		}
		if b.Seq == 5 {
			return context.Canceled
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || strings.Join(gezien, "") != "ace" {
		t.Fatal(gezien, err)
	}
}

// A block that was stored and is gone stops who follows: it was acknowledged.
func TestVerdwenenBlokWordtNietOvergeslagen(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	metGaten(t, dir, false, 2)
	l, n := open(t, Config{Dir: dir}), 0
	if err := l.Follow(ctx, 0, func(Blok) error { n++; return nil }); !begrip.Is(err, begrip.Intern) || n != 1 {
		t.Fatal(n, err)
	}
}

// metGaten makes a log of four blocks with gaps: of writes that failed, as the
// writer knows, or of blocks that were stored and lost.
func metGaten(t *testing.T, dir string, mislukt bool, gaten ...uint64) {
	t.Helper()
	o := &opslag{dir: filepath.Join(dir, "log"), reserve: -1, log: slog.New(slog.DiscardHandler), fout: make(chan struct{}, 1)}
	if err := o.start(); err != nil {
		t.Fatal(err)
	}
	defer o.stop()
	s, err := o.stroom(stroomConfig{naam: "KETENINDEX"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"a", "b", "c", "d"} {
		voor := s.vorige.Load()
		seq, err := s.Publiceer(new(codeur).codeer([][]byte{[]byte(w)}))
		if err != nil {
			t.Fatal(err)
		}
		if mislukt && slices.Contains(gaten, seq) {
			s.vorige.Store(voor)
		}
	}
	for _, seq := range gaten {
		if err := s.Wis(context.Background(), seq); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzDecodeer(f *testing.F) {
	f.Add(new(codeur).codeer([][]byte{[]byte("a"), nil, []byte("bc")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		es, err := decodeer(b)
		if err != nil && !errors.Is(err, errBlok) {
			t.Fatal(err)
		}
		_ = es
	})
}

func BenchmarkAppend(b *testing.B) {
	ev := []byte(strings.Repeat(`{"id":"urn:soh:melding:0190","x":"`, 8))
	ruis := make([]byte, 700)
	_, _ = rand.Read(ruis)
	ev = append(ev, base64.StdEncoding.EncodeToString(ruis)...)
	for _, n := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("%d_afzenders", n), func(b *testing.B) {
			l := open(b, Config{})
			var teller atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range n {
				wg.Go(func() {
					for teller.Add(1) <= int64(b.N) {
						if _, err := l.Append(context.Background(), [][]byte{ev}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
