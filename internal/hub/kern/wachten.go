package kern

import (
	"context"
	"sync"
	"time"
)

// Vooruit lets a caller wait for the projection to move.
type Vooruit struct {
	slot sync.Mutex
	c    chan struct{}
}

func (v *Vooruit) Roep() {
	v.slot.Lock()
	defer v.slot.Unlock()
	if v.c != nil {
		close(v.c)
		v.c = nil
	}
}

func (v *Vooruit) Wacht() <-chan struct{} {
	v.slot.Lock()
	defer v.slot.Unlock()
	if v.c == nil {
		v.c = make(chan struct{})
	}
	return v.c
}

// WachtOp waits until the projection has passed seq, d at the longest.
func (h *Kern) WachtOp(ctx context.Context, seq uint64, d time.Duration) bool {
	klok := time.NewTimer(d)
	defer klok.Stop()
	for {
		c := h.Vooruit.Wacht()
		if h.Geprojecteerd.Load() >= seq {
			return true
		}
		select {
		case <-c:
		case <-klok.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
