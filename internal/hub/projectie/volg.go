package projectie

import (
	"context"
	"errors"
	"time"

	"github.com/handbereik/soh/internal/hub/hublog"
)

// maxInloop is how long Open projects itself. What is more, Run does.
const maxInloop = 5 * time.Second

// ProjecteerTot projects what is in the log now, before Run does; false when
// that takes too long or does not work.
func (h *Hub) ProjecteerTot(ctx context.Context) bool {
	ctx, stop := context.WithTimeout(ctx, maxInloop)
	defer stop()
	if seq, laatste := h.Geprojecteerd.Load()+1, h.Log.Laatste(); seq <= laatste {
		if err := h.volgVanaf(ctx, seq, laatste); err != nil {
			if ctx.Err() == nil {
				h.Cfg.Log.Error("projectie hapert bij de start", "fout", err, "stand", h.Geprojecteerd.Load())
			}
			return false
		}
	}
	return true
}

// How far the reader of the log may be ahead of the step, and how large a step
// becomes. When the projection lags a little: small enough that what is new can
// be found soon and a caller is never long without a processor. When it is far
// behind, as after a restart without an index: as large as memory likes.
const (
	voorraad    = 3      // blocks
	stapGroot   = 2400   // entries
	stapGrootst = 16_000 // entries
	verAchter   = 100    // blocks
)

// Volg projects the log until ctx ends. A step that fails is tried again: the
// log is the truth, and skipping an entry would make the model a lie.
func (h *Hub) Volg(ctx context.Context) error {
	for {
		stand, err := h.Graph.Stand()
		if err == nil {
			err = h.volgVanaf(ctx, stand+1, 0)
		}
		if ctx.Err() != nil || h.Dicht.Load() {
			return nil
		}
		if err == nil {
			err = errors.New("hub: following the log ended")
		}
		h.Projectiefout.Store(&err)
		h.Cfg.Log.Error("projectie hapert; nieuwe poging", "fout", err, "stand", stand)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// errGenoeg ends a following that was to go as far as this.
var errGenoeg = errors.New("hub: far enough")

// volgVanaf reads blocks from the log while earlier ones go into the read
// model; when there are more waiting, they go in together. It ends behind block
// tot, or never when that is zero.
func (h *Hub) volgVanaf(ctx context.Context, seq, tot uint64) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	rij := make(chan gelezen, voorraad)
	var leesfout error
	go func() {
		defer close(rij)
		leesfout = h.Log.Follow(ctx, seq, func(b hublog.Blok) error {
			err := h.leesVooruit(ctx, rij, b)
			if err == nil && b.Seq == tot {
				err = errGenoeg
			}
			return err
		})
	}()
	var fout error
	for b := range rij {
		if fout != nil {
			continue // until the reader has stopped
		}
		if fout = h.projecteer(h.groep(b, rij)); fout != nil {
			stop()
			continue
		}
		h.Projectiefout.Store(nil)
	}
	if fout == nil && errors.Is(leesfout, errGenoeg) {
		return nil
	}
	return errors.Join(fout, leesfout)
}

// groep takes with b what goes into the read model in one step. After a feit
// nothing comes until that step is done.
func (h *Hub) groep(b gelezen, rij <-chan gelezen) []gelezen {
	groep, n := append(make([]gelezen, 0, voorraad+1), b), len(b.entries)
	ver := h.Log.Laatste() // what is there comes for certain
	if ver < b.seq+verAchter {
		ver = 0
	}
	for !b.feit && (n < stapGroot && len(rij) > 0 || n < stapGrootst && b.seq < ver) {
		var ok bool
		if b, ok = <-rij; !ok {
			break
		}
		groep, n = append(groep, b), n+len(b.entries)
	}
	return groep
}

// leesVooruit reads a block and offers it. After one that tells a feit it waits
// until that holds: the next block must be read as every replica reads it.
func (h *Hub) leesVooruit(ctx context.Context, rij chan<- gelezen, b hublog.Blok) error {
	g := h.lees(b)
	select {
	case rij <- g:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !g.feit {
		return nil
	}
	for {
		c := h.Vooruit.Wacht()
		if h.Geprojecteerd.Load() >= b.Seq {
			return nil
		}
		select {
		case <-c:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
