// Package beheer is what deelnemers and the chain manager keep together: who takes
// part, what they offer, what is down, what was agreed about kinds of event, and how
// everyone is doing.
//
// It promises: a change stands in the log before it is answered; a deelnemer tells of
// itself only, the chain manager of everyone; nothing here is about a person, and what
// a page about the chain shows tells of none.
package beheer

import (
	"cmp"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/register"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Kijk   *kijk.Hub
	Feit   *feit.Hub
	Inname *inname.Hub

	Peilen time.Duration                     // between two looks at the health of everyone
	lijst  *register.Lijst                   // deelnemers.json
	peiler atomic.Pointer[gezondheid.Peiler] // the last one of this replica
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, kijken *kijk.Hub, f *feit.Hub, i *inname.Hub) *Hub {
	return &Hub{Kern: k, Kijk: kijken, Feit: f, Inname: i, lijst: register.NieuweLijst(k.Cfg.Dir), Peilen: cmp.Or(k.Cfg.Peilen, peilInterval)}
}

// Routes adds what this room answers.
func (h *Hub) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/deelnemers", h.geefDeelnemers)
	mux.HandleFunc("POST /v1/deelnemers", h.MetFout(h.voegDeelnemerToe))
	mux.HandleFunc("GET /v1/deelnemers/{oin}", h.MetFout(h.geefDeelnemer))
	mux.HandleFunc("PUT /v1/deelnemers/{oin}", h.MetFout(h.wijzigDeelnemer))
	mux.HandleFunc("DELETE /v1/deelnemers/{oin}", h.MetFout(h.laatDeelnemerGaan))
	diensten.routes(mux, h)
	apis.routes(mux, h)
	storingen.routes(mux, h)
	h.regelRoutes(mux)
	mux.HandleFunc("GET /v1/gezondheid", h.MetFout(h.geefGezondheid))
}
