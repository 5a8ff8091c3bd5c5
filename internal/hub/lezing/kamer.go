// Package lezing reads one event: what it says about whom, whether its form and its
// words are right, and under what it can be found.
//
// It promises: an event is read from itself and from what was agreed at its place, and
// from nothing else, so that it comes out the same when it comes in and at every
// rebuild; by its kaart or by itself, the outcome is one. It looks nothing up but the
// register, and changes nothing.
package lezing

import (
	"github.com/handbereik/soh/internal/hub/kern"
)

// Hub is the hub as far as this room knows it.
type Hub struct{ *kern.Kern }

// Nieuw gives the room over what the hub has open.
func Nieuw(k *kern.Kern) *Hub { return &Hub{k} }
