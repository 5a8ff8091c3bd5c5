package prov

import "github.com/handbereik/soh/internal/begrip"

// Grenzen bounds what the graph of one event may hold, so that no sender makes the
// others wait. The largest of the published examples has twelve nodes.
type Grenzen struct {
	Nodes         int // in the graph, those that follow from relations included
	Typen         int // of a node
	Eigenschappen int // of a node
	Waarden       int // of a property of a node
	Uitgebreid    int // JSON values of a payload that must be expanded (JSON-LD other than the plain form)
	Stappen       int // to see whether relations put something before itself
}

// VanGebeurtenis are the bounds of an event.
var VanGebeurtenis = Grenzen{Nodes: 2000, Typen: 50, Eigenschappen: 200, Waarden: 1000, Uitgebreid: 10_000, Stappen: 2_000_000}

const (
	teVeelNodes         = "er staan te veel onderdelen in de graaf: ten hoogste %d"
	teVeelTypen         = "een onderdeel heeft te veel typen: ten hoogste %d"
	teVeelEigenschappen = "een onderdeel heeft te veel eigenschappen: ten hoogste %d"
	teVeelWaarden       = "een eigenschap van een onderdeel heeft te veel waarden: ten hoogste %d"
	teVeelUitgebreid    = "er staan te veel waarden in deze vorm van JSON-LD: ten hoogste %d; schrijf de graaf in de gewone vorm, met prov: en soh:"
	teVeelVolgorde      = "de relaties in de graaf spreken elkaar te vaak tegen om na te gaan welke kunnen (meer dan %d stappen)"
)

// binnen tells whether n is within max, where 0 is no bound; if not, the reading ends
// with an error.
func (l *lezing) binnen(n, max int, bericht string) bool {
	if max == 0 || n <= max || l.teVeel != nil {
		return l.teVeel == nil
	}
	var c begrip.Controle
	c.Eis(false, "/data/@graph", bericht, max)
	l.teVeel = c.Fout()
	return false
}
