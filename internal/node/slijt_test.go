package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// keren is how often a node goes down: a few times, or SOH_SLIJT times (make slijt).
func keren(t *testing.T) int {
	s := os.Getenv("SOH_SLIJT")
	if s == "" {
		return 3
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("SOH_SLIJT is %q, want a number", s)
	}
	return n
}

// A node that is killed under load has lost nothing that it acknowledged, did
// nothing twice, and does not take itself for one that was put back.
func TestGedoodKnooppuntVerliestNietsDatHetBevestigde(t *testing.T) {
	s := nieuweSlijtage(t, t.TempDir())
	for range keren(t) {
		s.neer(func(cmd *exec.Cmd) { _ = cmd.Process.Kill() })
	}
	s.controleer()
}

// The same when its power is cut: what was written and not yet synced is gone.
func TestStroomuitvalVanKnooppuntVerliestNietsDatBevestigdWas(t *testing.T) {
	map_ := t.TempDir()
	beeld, schijf := filepath.Join(map_, "beeld"), filepath.Join(map_, "schijf")
	if err := os.Mkdir(schijf, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(beeld)
	if err == nil {
		err = f.Truncate(1 << 30)
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
	for range keren(t) {
		s.neer(func(cmd *exec.Cmd) {
			s.slot.Lock() // without power nothing is answered
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

// stroomEraf shuts the file system down at once: FS_IOC_SHUTDOWN without writing
// the journal, as the tests of the kernel simulate a power cut.
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

// slijtage is a node of the police that goes down again and again, with all that
// it acknowledged.
type slijtage struct {
	*net
	map_   string
	slot   sync.Mutex
	open   []string          // keys of meldingen that were not acknowledged
	erkend map[string]string // Idempotency-Key → id
	blikken,
	sleutels int
	donker bool // the power is going: what is answered now does not count
}

func nieuweSlijtage(t *testing.T, basis string) *slijtage {
	n := nieuwNetMet(t, echteFuncties)
	n.stop[politie.OIN]()
	return &slijtage{net: n, map_: filepath.Join(basis, "node"), erkend: map[string]string{}}
}

// neer starts the node, loads it, and takes it down by knal at some moment.
func (s *slijtage) neer(knal func(*exec.Cmd)) {
	t := s.t
	t.Helper()
	s.donker = false
	crt, key, err := s.ca.Geef(filepath.Join(s.dir, "certs"), politie)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), kindMap+"="+s.map_, kindHub+"="+s.net.hub.URL, kindCert+"="+crt, kindKey+"="+key, kindCA+"="+s.ca.Pad())
	uit, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	regel := bufio.NewScanner(uit)
	if !regel.Scan() || len(regel.Text()) < 8 || regel.Text()[:5] != "https" {
		t.Fatalf("the node did not start after %d meldingen: %s", len(s.erkend), regel.Text())
	}
	adres, genoeg, moment := regel.Text(), make(chan struct{}), len(s.erkend)+5+rand.IntN(40)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { s.meld(adres, moment, genoeg) })
	}
	for range 2 {
		wg.Go(func() { s.kijk(adres) })
	}
	select {
	case <-genoeg:
	case <-time.After(time.Minute):
		t.Errorf("only %d meldingen were acknowledged within a minute", len(s.erkend))
	}
	knal(cmd)
	_ = cmd.Wait()
	wg.Wait()
}

// meld hands in meldingen until nobody answers: first again those of which it is
// not known whether they were taken.
func (s *slijtage) meld(adres string, moment int, genoeg chan struct{}) {
	client, body := s.identiteit(politie).Client(10*time.Second), []byte(nil)
	body, _ = json.Marshal(meldingJSON(false))
	for {
		s.slot.Lock()
		var sleutel string
		if n := len(s.open); n > 0 {
			sleutel, s.open = s.open[n-1], s.open[:n-1]
		} else {
			sleutel = uuid.NewString()
			s.sleutels++
		}
		s.slot.Unlock()
		req, _ := http.NewRequestWithContext(toegang.Naar(context.Background(), politie.OIN), http.MethodPost, adres+"/v1/meldingen", bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", sleutel)
		var m struct{ ID string }
		status := 0
		resp, err := client.Do(req)
		if err == nil {
			b, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if status = resp.StatusCode; json.Unmarshal(b, &m) != nil {
				status = 0
			}
		}
		s.slot.Lock()
		if status != http.StatusCreated || s.donker {
			s.open = append(s.open, sleutel)
		} else if s.erkend[sleutel] = m.ID; len(s.erkend) == moment {
			close(genoeg)
		}
		s.slot.Unlock()
		if err != nil {
			return
		}
	}
}

// kijk looks, as Veilig Thuis, in what was acknowledged.
func (s *slijtage) kijk(adres string) {
	i := s.identiteit(vt)
	client := i.Client(10 * time.Second)
	for {
		id := uuid.NewString()
		s.slot.Lock()
		for _, id = range s.erkend {
			break
		}
		s.slot.Unlock()
		v, err := i.Verklaring(medewerker(vt, begrip.RolMedewerkerVT), politie.OIN, time.Now())
		if err != nil {
			s.t.Error(err)
			return
		}
		req, _ := http.NewRequestWithContext(toegang.Naar(context.Background(), politie.OIN), http.MethodGet, adres+"/v1/meldingen/"+id, nil)
		req.Header.Set("Authorization", "Bearer "+v)
		resp, err := client.Do(req)
		if err != nil {
			return
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		s.slot.Lock()
		if err == nil && resp.StatusCode == http.StatusOK && !s.donker {
			s.blikken++
		}
		s.slot.Unlock()
	}
}

// controleer opens the node once more: every acknowledged melding is there once
// with one Opdracht and one event, every answered look is in the log, the chain is
// whole, and nobody takes the dossier for an old copy.
func (s *slijtage) controleer() {
	t := s.t
	t.Helper()
	k, err := Open(Config{Organisatie: politie, Map: s.map_, Identiteit: s.identiteit(politie), HubURL: s.net.hub.URL, HubOIN: keten.OIN, Functies: echteFuncties(politie), Log: slog.New(slog.NewJSONHandler(s.net, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	ctx, stop := context.WithCancel(t.Context())
	klaar := make(chan error, 1)
	go func() { klaar <- k.Run(ctx) }()
	defer func() { stop(); <-klaar }()
	s.wacht("opening", func() bool { d, _, _ := k.poort.nu(); return d == deurOpen })
	recs, err := k.store.Zoek(ctx, dossier.Filter{Soort: "melding", Limiet: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	er := map[string]bool{}
	for _, r := range recs {
		er[r.ID] = true
	}
	for _, id := range s.erkend {
		if !er[id] {
			t.Errorf("acknowledged melding %s is gone", id)
		}
	}
	if len(recs) > s.sleutels {
		t.Errorf("%d meldingen of %d requests: something was done twice", len(recs), s.sleutels)
	}
	if ops, err := k.store.Zoek(ctx, dossier.Filter{Soort: "opdracht", Limiet: 1 << 20}); err != nil || len(ops) != len(recs) {
		t.Errorf("%d meldingen and %d opdrachten: half a melding (%v)", len(recs), len(ops), err)
	}
	if n, _, err := k.store.Verifieer(ctx); err != nil || int(n) < s.blikken {
		t.Errorf("%d lines in the log, %d looks were answered: %v", n, s.blikken, err)
	}
	if err := k.store.Heel(ctx); err != nil {
		t.Error(err)
	}
	s.wacht("bezorging aan de hub", func() bool { _, ok, err := k.store.Volgende(ctx, "hub"); return err == nil && !ok })
	per := s.gemeld()
	for id := range er {
		if per["urn:soh:melding:"+id] == 0 {
			t.Errorf("melding %s was never reported", id)
		}
	}
	if v, err := k.vergelijk(ctx, true); err != nil || !v.Leeg() {
		t.Errorf("it does not fit with the hub: %+v %v", v, err)
	}
	s.geenBSN()
	t.Logf("%d times down, %d meldingen acknowledged of %d, %d looks", keren(t), len(s.erkend), len(recs), s.blikken)
}
