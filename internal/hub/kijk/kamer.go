// Package kijk is the hub's own processing log: who looked at what, about whom and
// why, and how many persons each asker may ask about.
//
// It promises: a line is durable before the answer goes out, sealed so that only a hub
// with our keys reads it, in the ledger like any entry, and the same at every replica;
// an asker meets its limit over all replicas together; who a line is about finds it,
// and a source that is shielded from the family is not told there either.
package kijk

import (
	"crypto/cipher"

	"github.com/handbereik/soh/internal/hub/kern"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	kijken  cipher.AEAD // seals the lines about looks
	grenzen *vraaggrenzen
}

// Nieuw gives the room over what the hub has open.
func Nieuw(k *kern.Kern) *Hub {
	h := &Hub{Kern: k, kijken: kijkSlot(k.Graph.MAC("log van het kijken")), grenzen: nieuweGrenzen(k.Cfg.Grenzen)}
	h.grenzen.meldt = h.meldGrens
	return h
}
