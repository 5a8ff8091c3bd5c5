// Package feit is what the chain itself remembers: who takes part, what they offer,
// what was agreed about kinds of event, who wants to hear of what, what was withdrawn
// and forgotten, how everyone is doing.
//
// It promises: a feit stands or does not stand by what is before it in the log and by
// nothing else, so that every replica and every rebuild knows the same; what may be
// said is checked before it is taken, by who says it. It writes nothing to the log but
// the hub's own notes, and knows no page and no delivery.
package feit

import (
	"errors"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
)

// Hub is the hub as far as this room knows it: what of the feiten must be in memory.
type Hub struct {
	*kern.Kern
	Kijk         *kijk.Hub
	Abonnementen *Abonnementen
	Gezond       Gezond
}

// Nieuw gives the room, with all feiten that stand in the read model.
func Nieuw(k *kern.Kern, kijken *kijk.Hub) (*Hub, error) {
	h := &Hub{Kern: k, Kijk: kijken, Gezond: Gezond{op: map[begrip.OIN]gezondheid.Staat{}}}
	h.Abonnementen = NieuweAbonnementen(k.Graph)
	return h, errors.Join(h.laadFeiten(), h.laadStanden())
}
