// Package antwoord answers questions: queries in two steps, results in every form,
// timelines, confirmations, and what became of an interaction.
//
// It promises: nobody sees more of an event than its kind, its purpose and his own
// involvement give him, and involvement rests on what others said; what may not be seen
// is not counted, not paged over and not told apart from what is not there; the family
// never learns a source that is shielded from it; no answer about a person or a zaak
// goes out without its line in the log of looks.
package antwoord

import (
	"net/http"

	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Kijk *kijk.Hub
	Feit *feit.Hub
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, kijken *kijk.Hub, f *feit.Hub) *Hub { return &Hub{k, kijken, f} }

// Routes adds what this room answers.
func (h *Hub) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/status/{interactieId}", h.status)
	mux.HandleFunc("GET /v1/resultaten/{interactieId}", h.resultaten)
	for _, s := range vraag.Soorten {
		mux.HandleFunc("POST "+s.Pad, h.neemVraag(s))
	}
	mux.HandleFunc("POST /v1/bevestigingen/query", h.MetFout(h.bevestig))
}
