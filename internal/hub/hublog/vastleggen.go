package hublog

import (
	"context"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// aanvraag is one Append call that waits for its entries to be durable.
type aanvraag struct {
	van      string
	entries  [][]byte
	bytes    int
	plaatsen []Plaats // of the entries that are durable already
	genomen  int      // entries that stand in a block
	sinds    time.Time
	klaar    chan error // buffered
	weg      bool       // the caller gave up before a block took it
}

// Append makes entries durable and gives their places, in the same order.
// Entries that arrive while a commit is under way form the next block, so the
// busier it is, the larger the blocks. Who offers one at a time
// never waits; behind a large block the next one waits a moment (adem). One call may be cut over several blocks.
//
// Errors: TeGroot for an entry above MaxEntry, TeDruk when the queue is too
// old (try again later), NietBeschikbaar when the storage is full, disabled or
// closing. After an error, and after ctx ended, entries may still be in the log.
func (l *Log) Append(ctx context.Context, entries [][]byte) ([]Plaats, error) {
	return l.AppendVan(ctx, "", entries)
}

// AppendVan is Append for the sender van. Senders take turns: who offers a
// flood waits for itself, and others get their place in the next block. The
// entries belong to the log from now on: do not change them.
func (l *Log) AppendVan(ctx context.Context, van string, entries [][]byte) ([]Plaats, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	a := &aanvraag{van: van, entries: entries, plaatsen: make([]Plaats, 0, len(entries)), klaar: make(chan error, 1)}
	for _, e := range entries {
		if len(e) > MaxEntry {
			return nil, begrip.NieuweFout(begrip.TeGroot, "Eén gebeurtenis mag hooguit %d MB zijn.", MaxEntry>>20)
		}
		a.bytes += len(e)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.zetInRij(a); err != nil {
		return nil, err
	}
	select {
	case err := <-a.klaar:
		if err != nil {
			return nil, err
		}
		return a.plaatsen, nil
	case <-ctx.Done():
		l.mu.Lock()
		a.weg = true
		l.mu.Unlock()
		return nil, ctx.Err()
	}
}

func (l *Log) zetInRij(a *aanvraag) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dicht {
		return gesloten()
	}
	a.sinds = time.Now()
	if !l.rijen.erbij(a, l.cfg.MaxWacht) {
		return begrip.NieuweFout(begrip.TeDruk, "De Ketenindex heeft het te druk. Probeer het over enkele seconden opnieuw.")
	}
	l.wekWerker()
	return nil
}

func (l *Log) wekWerker() {
	select {
	case l.wek <- struct{}{}:
	default:
	}
}

// deel says that the next n entries of a stand in the block under way.
type deel struct {
	a *aanvraag
	n int
}

// Behind a block of druk entries others are on their way, questions as well as events, and a moment of waiting
// makes the next block larger: that costs a sender less than it spares, because a
// block costs as much whatever is in it.
const (
	druk = 8
	adem = 3 * time.Millisecond
)

// werk is the only writer of this replica: it takes what waits, makes it durable and answers.
func (l *Log) werk() {
	defer close(l.klaar)
	var enc codeur
	for {
		entries, delen, dicht := l.neem()
		if len(entries) == 0 {
			if dicht {
				return
			}
			<-l.wek
			continue
		}
		blok := enc.codeer(entries)
		begin := time.Now()
		seq, err := l.stroom.Publiceer(blok)
		if err != nil {
			l.faal(delen, err)
			continue
		}
		if l.cfg.Gelegd != nil {
			l.cfg.Gelegd(len(entries), time.Since(begin))
		}
		l.bevestig(seq, entries, delen)
		l.afschrift.erbij(seq, entries)
		if len(entries) >= druk {
			time.Sleep(adem)
		}
	}
}

// neem takes the next block from the queues.
func (l *Log) neem() (entries [][]byte, delen []deel, dicht bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries, delen = l.rijen.neem()
	return entries, delen, l.dicht
}

// faal answers every sender of the failed block. A call that was cut over
// blocks leaves the queue as well.
func (l *Log) faal(delen []deel, err error) {
	l.cfg.Log.Error("blok niet vastgelegd", "fout", err)
	l.mu.Lock()
	gezegd := map[*aanvraag]bool{} // a call can have more than one part in a block
	for _, d := range delen {
		l.rijen.weg(d.a)
		gezegd[d.a] = true
	}
	l.mu.Unlock()
	for a := range gezegd {
		a.klaar <- err
	}
}

func (l *Log) bevestig(seq uint64, entries [][]byte, delen []deel) {
	l.cache.zet(seq, entries)
	l.vooruit(seq)
	i := 0
	for _, d := range delen {
		for range d.n {
			d.a.plaatsen = append(d.a.plaatsen, PlaatsVan(seq, i))
			i++
		}
		if len(d.a.plaatsen) == len(d.a.entries) {
			d.a.klaar <- nil
		}
	}
}
