package hub_test

import (
	"bufio"
	"context"
	rand "math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/toegang"
)

// keren is how often a hub goes down: a few times, or SOH_SLIJT times (make slijt).
func keren(t *testing.T) int {
	s := os.Getenv("SOH_SLIJT")
	if s == "" {
		return 10
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("SOH_SLIJT is %q, want a number", s)
	}
	return n
}

// A hub that is killed during load has lost nothing it acknowledged.
func TestGedodeHubVerliestNietsDatHijBevestigde(t *testing.T) {
	s := nieuweSlijtage(t, t.TempDir())
	for range keren(t) {
		s.neer(func(cmd *exec.Cmd) { _ = cmd.Process.Kill() })
	}
	s.controleer()
}

// A hub whose power is cut during load has lost nothing it acknowledged. It
// runs on a file system (ext4) of its own, that is shut down first: what was
// written and not yet synced is gone, as it is from the memory of a machine.
func TestStroomuitvalVerliestNietsDatBevestigdWas(t *testing.T) {
	map_ := t.TempDir()
	beeld, schijf := filepath.Join(map_, "beeld"), filepath.Join(map_, "schijf")
	if err := os.Mkdir(schijf, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(beeld)
	if err == nil {
		err = f.Truncate(2 << 30)
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	doe := func(naam string, args ...string) {
		t.Helper()
		if uit, err := exec.Command(naam, args...).CombinedOutput(); err != nil {
			t.Fatalf("this test cuts the power of a disk of its own and may not (%s: %v: %s): run the tests as root on Linux, with mkfs.ext4 and loop devices", naam, err, uit)
		}
	}
	doe("mkfs.ext4", "-q", "-F", beeld)
	doe("mount", "-o", "loop", beeld, schijf)
	t.Cleanup(func() { _ = exec.Command("umount", "-l", schijf).Run() })
	s := nieuweSlijtage(t, schijf)
	d, err := os.Open(schijf)
	if err != nil {
		t.Fatal(err)
	}
	_, _, fout := syscall.Syscall(306, d.Fd(), 0, 0) // syncfs: certificates and the list are there before the first cut
	if _ = d.Close(); fout != 0 {
		t.Fatal(fout)
	}
	for range keren(t) {
		s.neer(func(cmd *exec.Cmd) {
			// Without power nothing is answered; this machine goes on, and the
			// kernel may call a file synced while its journal is thrown away.
			s.slot.Lock()
			s.donker = true
			s.slot.Unlock()
			if err := stroomEraf(schijf); err != nil {
				t.Errorf("the file system cannot be shut down: %v", err)
			}
			_ = cmd.Process.Kill()
		})
		doe("umount", schijf)
		doe("mount", "-o", "loop", beeld, schijf)
	}
	s.controleer()
}

// stroomEraf shuts the file system down at once: FS_IOC_SHUTDOWN without
// writing the journal, as the tests of the kernel simulate a power cut.
func stroomEraf(map_ string) error {
	d, err := os.Open(map_)
	if err != nil {
		return err
	}
	defer d.Close()
	zonderLog := uint32(2)
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, d.Fd(), 0x8004587D, uintptr(unsafe.Pointer(&zonderLog))); e != 0 {
		return e
	}
	return nil
}

// slijtage is a hub that goes down again and again, with all it acknowledged.
type slijtage struct {
	t         *testing.T
	basis     string
	client    *http.Client
	slot      sync.Mutex
	bevestigd map[string]string // id of an event → interactieId
	donker    bool              // the power is going: what is answered now does not count
}

func nieuweSlijtage(t *testing.T, basis string) *slijtage {
	pki := &hubtest.Proefhub{T: t, CAs: filepath.Join(basis, "pki")}
	var err error
	if pki.CA, err = toegang.NieuweCA(pki.CAs); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(basis, "hub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := register.Schrijf(filepath.Join(basis, "hub"), []register.Deelnemer{{Organisatie: hubtest.OrgPolitie, API: "https://x"}}); err != nil {
		t.Fatal(err)
	}
	pki.Identiteit(hubtest.OrgHub)
	return &slijtage{t: t, basis: basis, client: pki.Identiteit(hubtest.OrgPolitie).Client(30 * time.Second), bevestigd: map[string]string{}}
}

// neer starts a hub, loads it, and takes it down by knal at some moment.
func (s *slijtage) neer(knal func(*exec.Cmd)) {
	s.t.Helper()
	s.donker = false
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SOH_PROEFHUB="+s.basis, "SOH_PROEFHUB_STAART=100") // tables all the time
	var klacht strings.Builder
	cmd.Stderr = &klacht
	uit, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	regel := bufio.NewScanner(uit)
	if !regel.Scan() {
		_ = cmd.Wait()
		s.t.Fatalf("the hub did not start after %d acknowledged events: %s", len(s.bevestigd), klacht.String())
	}
	b := &hubtest.Beller{P: &hubtest.Proefhub{T: s.t, URL: "https://" + regel.Text()}, C: s.client}
	genoeg, moment := make(chan struct{}), len(s.bevestigd)+10+rand.IntN(150)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
				id, loopt := b.BiedAan(ev.Append(nil))
				if !loopt {
					return
				}
				s.slot.Lock()
				if id == "" || s.donker {
					s.slot.Unlock()
					continue
				}
				s.bevestigd[ev.ID] = id
				if len(s.bevestigd) == moment {
					close(genoeg)
				}
				s.slot.Unlock()
			}
		})
	}
	select {
	case <-genoeg:
	case <-time.After(time.Minute):
		s.t.Errorf("only %d events were acknowledged within a minute", len(s.bevestigd))
	}
	knal(cmd)
	_ = cmd.Wait()
	wg.Wait()
	s.client.CloseIdleConnections()
}

// controleer starts the hub once more: each acknowledged event is in the log
// once and has its outcome, the ledger extends what was signed, and the read
// model is the one that the log alone gives.
func (s *slijtage) controleer() {
	t := s.t
	t.Helper()
	p := hubtest.StartIn(t, s.basis, 0)
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	if !p.WachtOp(ctx, p.Hub.Log.Laatste(), 2*time.Minute) {
		t.Fatal("the projection does not catch up")
	}
	keer, regels := map[string]int{}, 0
	for seq := uint64(1); seq <= p.Hub.Log.Laatste(); seq++ {
		blok, err := p.Hub.Log.Blok(ctx, seq)
		if err != nil {
			t.Fatalf("block %d: %v", seq, err)
		}
		for _, e := range blok.Entries {
			regels++
			if f, err := kern.LeesFrame(e); err == nil {
				ev, err := cloudevent.ParseEigen(f.Event)
				if err != nil {
					t.Fatalf("block %d: %v", seq, err)
				}
				keer[ev.ID]++
			}
		}
	}
	for id, interactie := range s.bevestigd {
		if keer[id] != 1 {
			t.Errorf("%s was acknowledged and is in the log %d times", id, keer[id])
		}
		uit, _, err := p.Uitkomst(uuid.MustParse(strings.TrimPrefix(interactie, "urn:uuid:")))
		if err != nil || uit == nil || uit.Fout != "" {
			t.Errorf("%s was acknowledged and its outcome is %+v (%v)", id, uit, err)
		}
	}
	if _, err := p.Ledger.Onderteken(); err != nil {
		t.Errorf("the ledger does not extend what was signed: %v", err)
	}
	if _, c := p.Ledger.Checkpoint(); int(c.Grootte) != regels {
		t.Errorf("the ledger has %d leaves, the log %d entries", c.Grootte, regels)
	}
	want, err := p.Graph.Hash()
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if err := os.RemoveAll(filepath.Join(p.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, s.basis, 0)
	if !p.WachtOp(ctx, p.Hub.Log.Laatste(), 2*time.Minute) {
		t.Fatal("the projection does not catch up")
	}
	if got, err := p.Graph.Hash(); err != nil || got != want {
		t.Errorf("the read model is not what the log gives (%v)", err)
	}
	p.Stop()
	t.Logf("%d times down, %d events acknowledged, %d entries in the log", keren(t), len(s.bevestigd), regels)
}
