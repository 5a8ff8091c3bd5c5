package node

import (
	"net/http"
	"slices"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// deur is for whom a node works.
type deur int

const (
	deurDicht deur = iota // nobody, until a person has dealt with what was found
	deurWacht             // nobody yet: not compared with the Ketenindex
	deurEigen             // the own organisation, to put things right; nobody else sees anything
	deurOpen
)

// poort keeps the deur, and why it is as it is.
type poort struct {
	slot      sync.RWMutex
	deur      deur
	reden     string
	veranderd chan struct{} // closed when the deur changes
}

func (p *poort) zet(d deur, reden string) (anders bool) {
	p.slot.Lock()
	defer p.slot.Unlock()
	anders = p.deur != d || p.reden != reden || p.veranderd == nil
	p.deur, p.reden = d, reden
	if anders && p.veranderd != nil {
		close(p.veranderd)
	}
	if anders {
		p.veranderd = make(chan struct{})
	}
	return anders
}

// nu gives the deur, why, and what is closed when that changes.
func (p *poort) nu() (deur, string, <-chan struct{}) {
	p.slot.RLock()
	defer p.slot.RUnlock()
	return p.deur, p.reden, p.veranderd
}

// What a node says when it does not serve.
const (
	redenWacht = "Dit knooppunt is net gestart en vergelijkt eerst wat het heeft met de Ketenindex. Tot dat gelukt is, is er niets te zien. Probeer het over een paar minuten nog eens."
	redenDicht = "Dit knooppunt is gesloten: wat het heeft, past niet bij wat eerder is vastgelegd. Waarschijnlijk is een kopie teruggezet. De beheerder moet eerst herstellen."
	redenEigen = "Dit knooppunt is teruggezet uit een kopie en wordt nagekeken. Tot een medewerker het vrijgeeft, ziet alleen de eigen organisatie iets."
)

// fout gives why oin gets nothing; nil when it may go on.
func (p *poort) fout(oin, eigen begrip.OIN) error {
	d, reden, _ := p.nu()
	if d == deurOpen || d == deurEigen && oin == eigen {
		return nil
	}
	return begrip.NieuweFout(begrip.NietBeschikbaar, "%s", reden)
}

// altijdOpen is what a node tells also when it serves nothing: how it is, and what
// it knows of the hub, without which the hub itself could not be compared.
var altijdOpen = []string{"/health", "/ready", "/v1/openapi.json", padHaak, padHubstand}

// doorPoort lets through what the deur permits.
func (n *Node) doorPoort(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d, _, _ := n.poort.nu(); d != deurOpen && !slices.Contains(altijdOpen, r.URL.Path) {
			oin, _ := toegang.Beller(r) // nobody is not us
			if err := n.poort.fout(oin, n.cfg.Organisatie.OIN); err != nil {
				rest.WriteFout(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
