package hublog

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

func open(t testing.TB, cfg Config) *Log {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	l, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestAppendGeeftPlaatsenInVolgordeEnReadGeeftTerug(t *testing.T) {
	dir := t.TempDir()
	l := open(t, Config{Dir: dir})
	ctx := context.Background()
	var mu sync.Mutex
	staat := map[Plaats]string{}
	var wg sync.WaitGroup
	for s := range 20 {
		wg.Go(func() {
			for i := range 10 {
				in := [][]byte{fmt.Appendf(nil, "%d-%d-a", s, i), {}, fmt.Appendf(nil, "%d-%d-b", s, i)}
				p, err := l.Append(ctx, in)
				if err != nil || len(p) != 3 || p[0] >= p[1] || p[1] >= p[2] {
					t.Errorf("Append: %v %v", p, err)
					return
				}
				mu.Lock()
				for j := range p {
					staat[p[j]] = string(in[j])
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(staat) != 600 {
		t.Fatalf("%d plaatsen", len(staat))
	}
	controleer := func(l *Log) {
		for p, wil := range staat {
			if b, err := l.Read(ctx, p); err != nil || string(b) != wil {
				t.Fatalf("Read(%v) = %q, %v; wil %q", p, b, err, wil)
			}
		}
		n := 0
		_ = l.Follow(ctx, 0, func(b Blok) error {
			for i, e := range b.Entries {
				if staat[PlaatsVan(b.Seq, i)] != string(e) {
					t.Errorf("Follow: blok %d, %d = %q", b.Seq, i, e)
				}
				n++
			}
			if n == 600 {
				return context.Canceled
			}
			return nil
		})
	}
	controleer(l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, Config{Dir: dir})
	controleer(l)
	if _, err := l.Read(ctx, PlaatsVan(l.Laatste()+1, 0)); !begrip.Is(err, begrip.NietGevonden) {
		t.Fatal(err)
	}
	if _, err := l.Read(ctx, PlaatsVan(1, 999)); !begrip.Is(err, begrip.NietGevonden) {
		t.Fatal(err)
	}
}
