// Package natstest runs NATS servers for tests, each a process of its own that
// can be killed like one in production: it has a configuration file, a folder,
// and writes to disk before it answers.
package natstest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/rest/resttest"
	"github.com/nats-io/nats-server/v2/server"
)

const omgeving = "SOH_NATSTEST"

// Hoofd is the first line of TestMain: the test program is the server when it
// is started as such, and Hoofd does not return then.
func Hoofd() {
	bestand := os.Getenv(omgeving)
	if bestand == "" {
		return
	}
	opts, err := server.ProcessConfigFile(bestand)
	if err == nil {
		var s *server.Server
		if s, err = server.NewServer(opts); err == nil {
			s.ConfigureLogger()
			s.Start()
			_, _ = io.Copy(io.Discard, os.Stdin) // until the test is gone
			os.Exit(0)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Cluster is a set of servers that runs until the test ends.
type Cluster struct {
	t       testing.TB
	URLs    []string
	opslag  string
	servers []*proces
}

type proces struct {
	conf string
	cmd  *exec.Cmd
	in   io.Closer
}

// Start runs n servers that know each other; extra is added to the
// configuration of each. They may still be choosing a leader.
func Start(t testing.TB, n int, extra string) *Cluster {
	t.Helper()
	dir := t.TempDir()
	c := &Cluster{t: t, opslag: filepath.Join(dir, "opslag")}
	poorten, err := resttest.VrijeAdressen(2 * n)
	if err != nil {
		t.Fatal(err)
	}
	var routes []string
	for _, p := range poorten[n:] {
		routes = append(routes, "nats://"+p)
	}
	for i := range n {
		c.URLs = append(c.URLs, "nats://"+poorten[i])
		var b bytes.Buffer
		fmt.Fprintf(&b, "server_name: n%d\nlisten: %s\nmax_payload: 8MB\nlog_file: %q\n", i, poorten[i], filepath.Join(dir, fmt.Sprintf("n%d.log", i)))
		fmt.Fprintf(&b, "jetstream { store_dir: %q, sync_interval: always, max_file_store: 1GB }\n", filepath.Join(c.opslag, fmt.Sprint("n", i)))
		if n > 1 {
			fmt.Fprintf(&b, "cluster { name: proef, listen: %s, routes: [%s] }\n", poorten[n+i], strings.Join(routes, ", "))
		}
		b.WriteString(extra)
		conf := filepath.Join(dir, fmt.Sprintf("n%d.conf", i))
		if err := os.WriteFile(conf, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		c.servers = append(c.servers, &proces{conf: conf})
		c.Weer(i)
	}
	t.Cleanup(func() {
		for i := range c.servers {
			c.Dood(i)
		}
	})
	c.bereikbaar()
	return c
}

// Stil runs doe while all servers are dead, with the folder in which they store, to
// copy it or put another in its place.
func (c *Cluster) Stil(doe func(opslag string)) {
	c.t.Helper()
	for i := range c.servers {
		c.Dood(i)
	}
	doe(c.opslag)
	for i := range c.servers {
		c.Weer(i)
	}
	c.bereikbaar()
}

// Dood kills server i as a power cut does.
func (c *Cluster) Dood(i int) {
	p := c.servers[i]
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.in.Close()
	p.cmd = nil
}

// Weer starts server i with what is in its folder.
func (c *Cluster) Weer(i int) {
	c.t.Helper()
	p := c.servers[i]
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), omgeving+"="+p.conf)
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err == nil {
		p.in = in
		err = p.cmd.Start()
	}
	if err != nil {
		p.cmd = nil
		c.t.Fatal(err)
	}
}

// bereikbaar waits until at each address the server answers that belongs there, by the
// name in the first line of every NATS server.
func (c *Cluster) bereikbaar() {
	c.t.Helper()
	eind := time.Now().Add(time.Minute)
	for i, url := range c.URLs {
		for {
			begin, err := eersteRegel(strings.TrimPrefix(url, "nats://"))
			if err == nil && strings.Contains(begin, fmt.Sprintf(`"server_name":"n%d"`, i)) {
				break
			}
			if time.Now().After(eind) {
				c.t.Fatalf("server %d does not answer: %v, %q", i, err, begin)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func eersteRegel(adres string) (string, error) {
	v, err := net.DialTimeout("tcp", adres, time.Second)
	if err != nil {
		return "", err
	}
	defer func() { _ = v.Close() }()
	_ = v.SetReadDeadline(time.Now().Add(time.Second))
	return bufio.NewReader(v).ReadString('\n')
}
