package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
)

// Intrekking is that an event may not be found any more: by whom, why and when.
// The log and its proofs stay as they are. It can be undone by who withdrew, and
// by the chain manager.
type Intrekking struct {
	InteractieID string     `json:"interactieId"`
	Door         begrip.OIN `json:"door"`
	Reden        string     `json:"reden"`
	Op           time.Time  `json:"op"`
	Herroepen    *Herroepen `json:"herroepen,omitempty"`
}

// Herroepen is that an Intrekking was undone.
type Herroepen struct {
	Door  begrip.OIN `json:"door"`
	Reden string     `json:"reden"`
	Op    time.Time  `json:"op"`
}

var intrekkingSoort = &feitSoort{naam: "intrekking", typen: []string{cloudevent.GebeurtenisIngetrokken, cloudevent.IntrekkingHerroepen}, mag: magBeheerder, pas: pasIntrekking}

// uitLog is an event of the log, as the projection saw it.
type uitLog struct {
	plaats uint64
	frame  frame
	event  cloudevent.Event
	graaf  prov.Graph
}

// leesOp reads an event of the log again, inside the projection.
func (h *Hub) leesOp(plaats uint64) (g uitLog, err error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	b, err := h.log.Read(ctx, hublog.Plaats(plaats))
	if err == nil {
		g.plaats = plaats
		g.frame, err = leesFrame(b)
	}
	if err == nil {
		g.event, err = cloudevent.Parse(g.frame.Event)
	}
	if err == nil {
		g.graaf, _, err = prov.Lees(g.event.Data)
	}
	if err != nil {
		return g, fmt.Errorf("hub: event at %d: %w", plaats, err)
	}
	return g, nil
}

// rustTerm names a term of an event that was withdrawn: what keeps its term of
// retention and the persons in it known.
func rustTerm(t graph.Term) string { return string(rune(t.Kind)) + t.Waarde }

func rust(t graph.Term) bool { return t.Kind == graph.Type || t.Kind == graph.Persoon }

// verberg takes an event out of the index.
func (w *stap) verberg(g uitLog, waarom graph.Reden) error {
	for _, t := range termenVan(g.frame, g.event, g.graaf) {
		err := w.s.Haal(t.Kind, t.Waarde, g.event.Time, g.plaats)
		switch {
		case err != nil || !rust(t):
		case waarom == graph.Ingetrokken:
			err = w.s.Post(graph.Rust, rustTerm(t), g.event.Time, g.plaats)
		default:
			err = w.s.Haal(graph.Rust, rustTerm(t), g.event.Time, g.plaats)
		}
		if err != nil {
			return err
		}
	}
	return w.s.ZetOnvindbaar(g.plaats, waarom)
}

// toon puts an event back in the index, without the persons that were forgotten
// since.
func (w *stap) toon(g uitLog) error {
	for _, t := range termenVan(g.frame, g.event, g.graaf) {
		if rust(t) {
			if err := w.s.Haal(graph.Rust, rustTerm(t), g.event.Time, g.plaats); err != nil {
				return err
			}
		}
		if t.Kind == graph.Persoon {
			weg, err := w.vergetenNa(t.Waarde, g.plaats)
			if err != nil {
				return err
			}
			if weg {
				continue
			}
		}
		if err := w.s.Post(t.Kind, t.Waarde, g.event.Time, g.plaats); err != nil {
			return err
		}
	}
	return w.s.ZetOnvindbaar(g.plaats, 0)
}

const nietTeVinden = "Deze gebeurtenis is niet te vinden, dus ook niet in te trekken."

// pasIntrekking withdraws, or undoes that.
func pasIntrekking(w *stap, f feit) (string, error) {
	if f.Door != w.h.cfg.Organisatie.OIN {
		return "Dit kan alleen de ketenbeheerder vastleggen.", nil
	}
	plaats, b, ok, err := w.s.Uniek(graph.Interactie, f.ID)
	if err != nil || !ok {
		return nietTeVinden, err
	}
	uit, err := leesUitkomst(plaats, b)
	if err != nil {
		return "", err
	}
	if uit.Fout != "" || slices.Contains(uit.Waarschuwingen, dubbelHandeld) {
		return nietTeVinden, nil
	}
	nu, err := w.s.Onvindbaar(plaats)
	if err != nil {
		return "", err
	}
	g, err := w.h.leesOp(plaats)
	switch {
	case err != nil:
		return "", err
	case feitSoortVan[g.event.Type] != nil:
		return "Dit is een besluit van de keten zelf. Leg een nieuw besluit vast.", nil
	case nu == graph.Verlopen:
		return "De bewaartermijn van deze gebeurtenis is voorbij.", nil
	case f.Type == cloudevent.GebeurtenisIngetrokken && nu == graph.Ingetrokken:
		return "Deze gebeurtenis is al ingetrokken.", nil
	case f.Type == cloudevent.GebeurtenisIngetrokken:
		return "", w.verberg(g, graph.Ingetrokken)
	case nu != graph.Ingetrokken:
		return "Deze gebeurtenis is niet ingetrokken.", nil
	}
	return "", w.toon(g)
}

func (h *Hub) intrekRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/intrekkingen", h.metFout(h.trekIn))
	mux.HandleFunc("GET /v1/intrekkingen/{interactieId}", h.metFout(h.geefIntrekking))
	mux.HandleFunc("POST /v1/intrekkingen/{interactieId}/herroepingen", h.metFout(h.herroep))
}

// eigen gives the event under naam when the caller sent it, or is the chain
// manager; who else asks learns nothing of it.
func (h *Hub) eigen(r *http.Request, naam string) (id string, door begrip.OIN, beheer bool, err error) {
	d, err := h.beller(r)
	if err != nil {
		return "", "", false, err
	}
	beheer = d.OIN == h.cfg.Organisatie.OIN
	u, err := leesInteractie(naam)
	if err != nil {
		return "", "", false, err
	}
	uit, _, err := h.uitkomst(u)
	if err == nil && (uit == nil || !beheer && uit.OIN != d.OIN) {
		err = nietBekend
	}
	return u.String(), d.OIN, beheer, err
}

func (h *Hub) trekIn(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		InteractieID string `json:"interactieId"`
		Reden        string `json:"reden"`
	}
	if err := rest.ReadJSON(w, r, maxRegel, &in); err != nil {
		return err
	}
	id, door, _, err := h.eigen(r, in.InteractieID)
	if err != nil {
		return err
	}
	var c begrip.Controle
	redenGoed(&c, "reden", in.Reden)
	if err := c.Fout(); err != nil {
		return err
	}
	t := Intrekking{InteractieID: "urn:uuid:" + id, Door: door, Reden: in.Reden, Op: time.Now().UTC().Truncate(time.Second)}
	if _, err := h.legFeitVast(r.Context(), cloudevent.GebeurtenisIngetrokken, id, "soh:IntrekkenGebeurtenis", t); err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/intrekkingen/"+t.InteractieID)
	rest.WriteJSON(w, http.StatusCreated, t)
	return nil
}

// intrekking gives the newest Intrekking of an event.
func (h *Hub) intrekking(id string) (t Intrekking, ok bool, err error) {
	f, ok, err := h.geefFeit(intrekkingSoort.naam, id)
	if err != nil || !ok {
		return t, false, err
	}
	return t, true, json.Unmarshal(f.Inhoud, &t)
}

func (h *Hub) geefIntrekking(w http.ResponseWriter, r *http.Request) error {
	id, _, _, err := h.eigen(r, r.PathValue("interactieId"))
	if err != nil {
		return err
	}
	t, ok, err := h.intrekking(id)
	if err == nil && !ok {
		err = begrip.NieuweFout(begrip.NietGevonden, "Deze gebeurtenis is niet ingetrokken.")
	}
	if err == nil {
		rest.WriteJSON(w, http.StatusOK, t)
	}
	return err
}

func (h *Hub) herroep(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Reden string `json:"reden"`
	}
	if err := rest.ReadJSON(w, r, maxRegel, &in); err != nil {
		return err
	}
	id, door, beheer, err := h.eigen(r, r.PathValue("interactieId"))
	if err != nil {
		return err
	}
	t, ok, err := h.intrekking(id)
	switch {
	case err != nil:
		return err
	case !ok || t.Herroepen != nil:
		return begrip.NieuweFout(begrip.Conflict, "Deze gebeurtenis is niet ingetrokken.")
	case !beheer && t.Door != door:
		return begrip.NieuweFout(begrip.Verboden, "De ketenbeheerder heeft deze gebeurtenis ingetrokken. Alleen de ketenbeheerder kan dat herroepen.")
	}
	var c begrip.Controle
	redenGoed(&c, "reden", in.Reden)
	if err := c.Fout(); err != nil {
		return err
	}
	t.Herroepen = &Herroepen{Door: door, Reden: in.Reden, Op: time.Now().UTC().Truncate(time.Second)}
	if _, err := h.legFeitVast(r.Context(), cloudevent.IntrekkingHerroepen, id, "soh:HerroepenIntrekking", t); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusCreated, t)
	return nil
}

// meldOnvindbaar tells the sender, at the status of its event, that nobody can
// find it any more.
func (h *Hub) meldOnvindbaar(s *statusAntwoord, id string, plaats uint64) error {
	waarom, err := h.graph.Onvindbaar(plaats)
	if err != nil || waarom == 0 {
		return err
	}
	if waarom == graph.Verlopen {
		s.Waarschuwingen = append(slices.Clone(s.Waarschuwingen), "De bewaartermijn van deze gebeurtenis is voorbij. Niemand kan haar nog vinden.")
		return nil
	}
	t, _, err := h.intrekking(id)
	wie := "uw organisatie"
	if t.Door == h.cfg.Organisatie.OIN {
		wie = "de ketenbeheerder"
	}
	s.Waarschuwingen = append(slices.Clone(s.Waarschuwingen),
		fmt.Sprintf("Deze gebeurtenis is ingetrokken door %s op %s. Niemand kan haar nog vinden. De reden: %s", wie, t.Op.Format(time.RFC3339), t.Reden))
	return err
}

// onvindbaar tells whether the event at plaats may not be shown to anyone.
func (h *Hub) onvindbaar(plaats uint64) (bool, error) {
	r, err := h.graph.Onvindbaar(plaats)
	return r != 0, err
}
