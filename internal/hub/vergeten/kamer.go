// Package vergeten makes that what is past its time, withdrawn or forgotten is not found
// any more: by who sent it, by two members of the chain manager's staff, by the term of
// its kind.
//
// It promises: a person is forgotten by two, never by one, and once begun it is finished,
// whatever happens to the process; the keys are destroyed while nothing is taken in; the
// log and its proofs stay as they are.
package vergeten

import (
	"net/http"

	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Feit   *feit.Hub
	Inname *inname.Hub
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, f *feit.Hub, i *inname.Hub) *Hub { return &Hub{k, f, i} }

// Routes adds what this room answers.
func (h *Hub) Routes(mux *http.ServeMux) {
	h.intrekRoutes(mux)
	h.vergeetRoutes(mux)
}
