// Package projectie makes the read model and the ledger from the log.
//
// It promises: every entry goes in once, in the order of the log, and a step is there
// whole or not at all; the read model can be thrown away and comes back the same; an
// entry that cannot be read is told and never passed in silence. It reads the log and
// takes nothing from a caller.
package projectie

import (
	"sync/atomic"

	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/lezing"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Kijk    *kijk.Hub
	Feit    *feit.Hub
	Lezing  *lezing.Hub
	bewaard atomic.Uint64 // last block that is in the read model on disk, as far as is known
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, kijken *kijk.Hub, f *feit.Hub, l *lezing.Hub) *Hub {
	return &Hub{Kern: k, Kijk: kijken, Feit: f, Lezing: l}
}
