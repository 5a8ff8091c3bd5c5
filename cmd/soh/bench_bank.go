package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/proeflast"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/toegang"
)

// bank is a hub to measure, with a bare handler beside it when it is our own.
type bank struct {
	verklaar  bool
	slot      sync.Mutex
	gezegd    string    // the Verklaring in use
	sinds     time.Time // when it was made
	hub, kaal string    // addresses
	org       begrip.Organisatie
	id        toegang.Identiteit
	personen  int
	bytes     int
	eigen     *proces
	sluit     func() error
}

func (b *bank) maker(zaad int) *proeflast.Maker {
	return proeflast.Nieuw(b.org, b.personen, b.bytes, uint64(zaad))
}

func (b *bank) makers(n int) []*proeflast.Maker {
	uit := make([]*proeflast.Maker, n)
	for i := range uit {
		uit[i] = b.maker(i)
	}
	return uit
}

func (c *BenchCmd) bank() (*bank, error) {
	b := &bank{verklaar: c.Verklaar, personen: c.Personen, bytes: c.Bytes, sluit: func() error { return nil }}
	if c.Hub == "" {
		return b, c.eigenBank(b)
	}
	if c.Cert == "" || c.Key == "" || c.CA == "" {
		return nil, errors.New("bij --hub horen --cert, --key en --ca van een deelnemer")
	}
	var err error
	if b.id, err = toegang.LaadIdentiteit(c.Cert, c.Key, c.CA); err != nil {
		return nil, err
	}
	b.hub, b.org = strings.TrimSuffix(c.Hub, "/"), b.id.Organisatie
	_, err = b.achterstand()
	return b, err
}

// alleMensen is more persons than a measurement asks about: its hub is its own.
const alleMensen = "1000000000"

// verklaring states who looks, anew each half minute; empty when nothing is said.
func (b *bank) verklaring() (string, error) {
	if !b.verklaar {
		return "", nil
	}
	b.slot.Lock()
	defer b.slot.Unlock()
	if nu := time.Now(); nu.Sub(b.sinds) > 30*time.Second {
		org := b.id.Organisatie
		hub := begrip.OIN("00000001000000001000")
		v, err := b.id.Verklaring(toegang.Lezer{Organisatie: org, Persoon: "proef", Naam: "P. Roef", Rol: begrip.RolSysteem, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}, hub, nu)
		if err != nil {
			return "", err
		}
		b.gezegd, b.sinds = v, nu
	}
	return b.gezegd, nil
}

// eigenBank starts a hub and a bare handler, each as a process of its own: their
// memory and processor time are not those of the senders.
func (c *BenchCmd) eigenBank(b *bank) (err error) {
	dir, weg := c.Bewaar, func() error { return nil }
	if dir == "" {
		if dir, err = os.MkdirTemp(c.Dir, "soh-bench-"); err != nil {
			return err
		}
		weg = func() error { return os.RemoveAll(dir) }
	}
	keten := begrip.Organisatie{OIN: "00000001000000001000", Naam: "Proefketen", Soort: begrip.Ketenbeheerder}
	b.org = begrip.Organisatie{OIN: "00000001000000002000", Naam: "Proefdeelnemer", Soort: begrip.Overig}
	var kaal *proces
	b.sluit = func() error {
		return errors.Join(b.eigen.stop(), kaal.stop(), weg())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.sluit())
		}
	}()
	pki, hubDir := filepath.Join(dir, "pki"), filepath.Join(dir, "hub")
	ca, err := toegang.NieuweCA(pki)
	if err != nil {
		return err
	}
	cert, sleutel, err := ca.Geef(pki, keten)
	if err != nil {
		return err
	}
	vlaggen := []string{"--cert", cert, "--key", sleutel, "--ca", ca.Pad()}
	if cert, sleutel, err = ca.Geef(pki, b.org); err != nil {
		return err
	}
	if b.id, err = toegang.LaadIdentiteit(cert, sleutel, ca.Pad()); err != nil {
		return err
	}
	if err := os.MkdirAll(hubDir, 0o700); err != nil {
		return err
	}
	if err := register.Schrijf(hubDir, []register.Deelnemer{{Organisatie: b.org}}); err != nil {
		return err
	}
	hub := append([]string{"hub", "--dir", hubDir, "--addr", "127.0.0.1:0", "--personen-medewerker", alleMensen, "--personen-organisatie", alleMensen}, vlaggen...)
	if c.Profiel != "" {
		hub = append(hub, "--profiel", c.Profiel)
	}
	if b.eigen, b.hub, err = start(hub); err != nil {
		return err
	}
	b.eigen.dir = hubDir
	kaal, b.kaal, err = start(append([]string{"bench-kaal"}, vlaggen...))
	return err
}

// proces is a child that serves.
type proces struct {
	args []string
	dir  string
	cmd  *exec.Cmd
	eind chan error
}

var opAdres = regexp.MustCompile(`https://[0-9.:]+`)

// start runs this program again and waits until it tells where it listens.
func start(args []string) (*proces, string, error) {
	zelf, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	p := &proces{args: args, cmd: exec.Command(zelf, args...), eind: make(chan error, 1)}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	uit, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, "", err
	}
	adres := make(chan string, 1)
	go func() {
		var laatste string
		for regels := bufio.NewScanner(uit); regels.Scan(); {
			laatste = regels.Text()
			if a := opAdres.FindString(laatste); a != "" {
				select {
				case adres <- a:
				default:
				}
			}
		}
		err := p.cmd.Wait()
		if err != nil {
			err = fmt.Errorf("%s: %w: %s", args[0], err, laatste)
		}
		p.eind <- err
	}()
	select {
	case a := <-adres:
		return p, a, nil
	case err := <-p.eind:
		return nil, "", errors.Join(errors.New("het proces om te meten start niet"), err)
	}
}

// stop ends the child the way an operator does.
func (p *proces) stop() error {
	if p == nil || p.cmd == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	err := <-p.eind
	p.cmd = nil
	return err
}

// geheugen gives what the process holds in memory now and held at most, in MB.
func (p *proces) geheugen() (nu, piek float64) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	for regel := range strings.Lines(string(b)) {
		v := strings.Fields(regel)
		if len(v) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(v[1], 64)
		switch v[0] {
		case "VmRSS:":
			nu = kb / 1024
		case "VmHWM:":
			piek = kb / 1024
		}
	}
	return nu, piek
}

// processortijd is what the process has used of all processors together.
func (p *proces) processortijd() time.Duration {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	v := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(v) < 13 {
		return 0
	}
	gebruiker, _ := strconv.Atoi(v[11])
	kern, _ := strconv.Atoi(v[12])
	return time.Duration(gebruiker+kern) * 10 * time.Millisecond // a tick is 10 ms
}

// herbouw throws the index away and tells how long it takes to come back, and
// how much of a processor.
func (b *bank) herbouw() (duur, cpu time.Duration, err error) {
	if err := b.eigen.stop(); err != nil {
		return 0, 0, err
	}
	dir := b.eigen.dir
	if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
		return 0, 0, err
	}
	args := slices.Clone(b.eigen.args)
	if i := slices.Index(args, "--profiel"); i >= 0 {
		args[i+1] += ".herbouw"
	}
	begin := time.Now()
	if b.eigen, b.hub, err = start(args); err != nil {
		return 0, 0, err
	}
	b.eigen.dir = dir
	if _, err := b.inhalen(); err != nil {
		return 0, 0, err
	}
	return time.Since(begin), b.eigen.processortijd(), nil
}

// BenchKaalCmd is the handler a hub is compared with: it reads and says 202.
type BenchKaalCmd struct {
	Cert string `required:"" type:"existingfile"`
	Key  string `required:"" type:"existingfile"`
	CA   string `name:"ca" required:"" type:"existingfile"`
}

// Run serves until ctx ends.
func (c *BenchKaalCmd) Run(ctx context.Context) error {
	id, err := toegang.LaadIdentiteit(c.Cert, c.Key, c.CA)
	if err != nil {
		return err
	}
	debug.SetGCPercent(300) // as the hub has it
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{TLSConfig: id.ServerTLS(), ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	})}
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	fmt.Fprintf(os.Stderr, "https://%s\n", l.Addr())
	if err := srv.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
