// Package inname takes events in: from deelnemers, and the feiten that the hub itself
// tells.
//
// It promises: what is answered with 202 is durable, with every personal value
// encrypted; who sends speaks for itself only, in a form that holds nothing to read
// where no one should; all events of one request enter the log, or none; the same event
// offered again gets the same interactieId. What an event comes to is decided in the
// projection, never here.
package inname

import (
	"net/http"

	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/lezing"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Feit   *feit.Hub
	Lezing *lezing.Hub
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, f *feit.Hub, l *lezing.Hub) *Hub { return &Hub{k, f, l} }

// Routes adds what this room answers.
func (h *Hub) Routes(mux *http.ServeMux) { mux.HandleFunc("POST /v1/events", h.ontvang) }
