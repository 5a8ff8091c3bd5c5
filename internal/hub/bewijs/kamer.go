// Package bewijs shows that the hub kept what it took: proofs, the ledger for everybody,
// comparing with who sent, and what happens after a copy was put back.
//
// It promises: what was signed is never contradicted; a hub that is not the last that is
// known takes nothing and signs nothing until a person accepts what is lost; the public
// part tells nothing about anyone; who gets a proof may see all of the event.
package bewijs

import (
	"net/http"

	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/ledger"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Antwoord *antwoord.Hub
	getuigen []*ledger.Getuige
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, a *antwoord.Hub) (*Hub, error) {
	gs, err := ledger.Getuigen(k.Cfg.Getuigen)
	return &Hub{k, a, gs}, err
}

// Routes adds what this room answers.
func (h *Hub) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/events/{interactieId}/bewijs", h.bewijs)
	mux.HandleFunc("GET /v1/grootboekregels", h.grootboekregels)
	mux.HandleFunc("POST /v1/vergelijkingen", h.MetFout(h.vergelijk))
	h.tlog(mux)
}
