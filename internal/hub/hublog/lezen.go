package hublog

import (
	"container/list"
	"context"
	"fmt"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
)

// Read gives the entry at p; NietGevonden when there is none. The bytes are
// shared with the cache: do not change them.
func (l *Log) Read(ctx context.Context, p Plaats) ([]byte, error) { return l.ReadIn(ctx, nil, p) }

// ReadIn is Read with room to put the entry in, as it is needed: the capacity
// of dst behind its length.
func (l *Log) ReadIn(ctx context.Context, dst []byte, p Plaats) ([]byte, error) {
	if p.Seq() == 0 || p.Seq() > l.laatste.Load() {
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Deze gebeurtenis staat niet in de Ketenindex.")
	}
	es, ok := l.cache.geef(p.Seq())
	if ok && p.Index() < len(es) {
		return es[p.Index()], nil
	}
	if !ok {
		if e, err := l.afschrift.lees(dst, p); err == nil {
			return e[len(dst):len(e):len(e)], nil
		}
	}
	b, err := l.Blok(ctx, p.Seq())
	if err != nil {
		return nil, err
	}
	if p.Index() >= len(b.Entries) {
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Deze gebeurtenis staat niet in de Ketenindex.")
	}
	return b.Entries[p.Index()], nil
}

// Straks tells what is read next, in any number of places.
func (l *Log) Straks(plaatsen []uint64) {
	if len(plaatsen) > 1 && l.afschrift.isTraag() {
		l.afschrift.straks(plaatsen)
	}
}

// Blok gives block seq; NietGevonden when there is none.
func (l *Log) Blok(ctx context.Context, seq uint64) (Blok, error) {
	if seq == 0 || seq > l.laatste.Load() {
		return Blok{}, begrip.NieuweFout(begrip.NietGevonden, "Deze gebeurtenis staat niet in de Ketenindex.")
	}
	if e, ok := l.cache.geef(seq); ok {
		return Blok{seq, e}, nil
	}
	data, err := l.stroom.Lees(ctx, seq)
	if begrip.Is(err, begrip.NietGevonden) && !l.Meervoudig() && seq < l.laatste.Load() {
		leeg, lerr := l.stroom.nooitGevuld(ctx, seq)
		switch {
		case lerr != nil:
			return Blok{}, lerr
		case leeg: // a write that failed (a full disk) took a number, and was never acknowledged
			l.cfg.Log.Warn("een nummer in het log is leeg: daar mislukte het schrijven", "blok", seq)
			return Blok{Seq: seq}, nil
		}
		return Blok{}, begrip.NieuweFout(begrip.Intern, "Het log van de Ketenindex is beschadigd. De beheerder moet eerst ingrijpen.").Door(fmt.Errorf("blok %d is weg: herstel het log uit een kopie", seq))
	}
	if err != nil {
		return Blok{}, err
	}
	e, err := decodeer(data)
	if err != nil {
		return Blok{}, begrip.NieuweFout(begrip.Intern, "De Ketenindex kan deze gebeurtenis niet lezen.").Door(err)
	}
	l.cache.zet(seq, e)
	l.afschrift.erbij(seq, e)
	return Blok{seq, e}, nil
}

// Follow gives every block from stream sequence vanaf on (zero and one are
// both the first), in order and without gaps, and then each new block as it
// becomes durable. It returns when f fails, ctx ends or the log closes.
func (l *Log) Follow(ctx context.Context, vanaf uint64, f func(Blok) error) error {
	for seq := max(vanaf, 1); ; {
		l.meldMu.Lock()
		meld := l.meld
		l.meldMu.Unlock()
		for seq <= l.laatste.Load() {
			if err := ctx.Err(); err != nil {
				return err
			}
			l.lees(ctx, seq)
			b, err := l.Blok(ctx, seq)
			if err != nil {
				return err
			}
			if err := f(b); err != nil {
				return err
			}
			seq++
		}
		if meld == nil {
			return gesloten()
		}
		select {
		case <-meld:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// vooruitLezen is how many blocks of a log elsewhere are fetched at once.
const vooruitLezen = 16

// lees fetches the blocks behind seq side by side, when the log is elsewhere:
// one at a time, a follower that is behind would stay behind.
func (l *Log) lees(ctx context.Context, seq uint64) {
	tot := min(l.laatste.Load(), seq+vooruitLezen-1)
	if l.cfg.Cluster == nil || tot == seq || l.cache.heeft(seq) {
		return
	}
	var wg sync.WaitGroup
	for i := seq; i <= tot; i++ {
		wg.Go(func() { _, _ = l.Blok(ctx, i) }) // the follower meets the error itself
	}
	wg.Wait()
}

// cache keeps the blocks that were used last, up to max bytes.
type cache struct {
	mu     sync.Mutex
	max    int64
	bytes  int64
	volg   *list.List // of *bewaard, newest in front
	bekend map[uint64]*list.Element
}

type bewaard struct {
	seq     uint64
	entries [][]byte
	bytes   int64
}

func nieuweCache(maxBytes int64) *cache {
	return &cache{max: maxBytes, volg: list.New(), bekend: map[uint64]*list.Element{}}
}

func (c *cache) geef(seq uint64) ([][]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.bekend[seq]
	if !ok {
		return nil, false
	}
	c.volg.MoveToFront(e)
	return e.Value.(*bewaard).entries, true
}

func (c *cache) heeft(seq uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.bekend[seq]
	return ok
}

func (c *cache) zet(seq uint64, entries [][]byte) {
	b := &bewaard{seq: seq, entries: entries, bytes: int64(24 * len(entries))}
	for _, e := range entries {
		b.bytes += int64(len(e))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.bekend[seq]; ok {
		return
	}
	c.bekend[seq] = c.volg.PushFront(b)
	c.bytes += b.bytes
	for c.bytes > c.max && c.volg.Len() > 1 {
		oud := c.volg.Remove(c.volg.Back()).(*bewaard)
		delete(c.bekend, oud.seq)
		c.bytes -= oud.bytes
	}
}
