// Package alle is the one list of samenwerkfuncties that this program has, in the order
// of the process. Who runs a node or a portal, and every test that must see all kinds of
// record, takes the list from here: a functie is added in one place.
package alle

import (
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/functie/inrichting"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/functie/uitkomst"
)

// Bouw gives them for a node; regel is how the node answers whether it knows a family.
func Bouw(regel bekendheid.Regel) []functie.Bouw {
	return []functie.Bouw{melding.Bouw, bekendheid.Bouw(regel), uitkomst.Bouw, inrichting.Bouw}
}

// Teksten gives them for a portal, which needs no more of them than their words.
func Teksten() (uit []functie.Functie) {
	leeg := &functie.Omgeving{}
	for _, bouw := range Bouw(bekendheid.Handmatig) {
		uit = append(uit, bouw(leeg))
	}
	return uit
}
