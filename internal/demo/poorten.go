package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/handbereik/soh/internal/slot"
)

// poorten gives every part of the demo an address that it gets again at the
// next start, when it is still free, so that bookmarks keep working.
type poorten struct {
	host, pad string

	mu sync.Mutex
	op map[string]int
}

func leesPoorten(host, dir string) (*poorten, error) {
	p := &poorten{host: host, pad: filepath.Join(dir, "poorten.json"), op: map[string]int{}}
	b, err := os.ReadFile(p.pad)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(b, &p.op) != nil {
		p.op = map[string]int{} // only a preference: start over
	}
	return p, nil
}

// luister opens the address of naam: the one it had, else a free one.
func (p *poorten) luister(naam string) (net.Listener, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if was := p.op[naam]; was > 0 {
		if l, err := net.Listen("tcp", net.JoinHostPort(p.host, strconv.Itoa(was))); err == nil {
			return l, nil
		}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(p.host, "0"))
	if err != nil {
		return nil, fmt.Errorf("geen vrije poort op %s: %w", p.host, err)
	}
	p.op[naam] = poortVan(l)
	return l, nil
}

// bewaar remembers the addresses for the next start.
func (p *poorten) bewaar() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return schrijfJSON(p.pad, p.op)
}

func poortVan(l net.Listener) int {
	a, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return a.Port
}

// schrijfJSON replaces a file in one go: a reader sees the old or the new.
func schrijfJSON(pad string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(pad), ".nieuw-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), pad)
}

// sluit keeps a second demo out of the folder until the file is closed or the
// process ends, however it ends.
func sluit(dir string) (*os.File, error) {
	f, err := slot.Neem(filepath.Join(dir, "bezet"))
	if errors.Is(err, slot.ErrBezet) {
		err = fmt.Errorf("in de map %s draait al een demo; stop die, of kies een andere map met SOH_DEMO_DIR", dir)
	}
	return f, err
}
