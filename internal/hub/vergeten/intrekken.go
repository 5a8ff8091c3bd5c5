package vergeten

import (
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/rest"
)

func (h *Hub) intrekRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/intrekkingen", h.MetFout(h.trekIn))
	mux.HandleFunc("GET /v1/intrekkingen/{interactieId}", h.MetFout(h.geefIntrekking))
	mux.HandleFunc("POST /v1/intrekkingen/{interactieId}/herroepingen", h.MetFout(h.herroep))
}

// eigen gives the event under naam when the caller sent it, or is the chain
// manager; who else asks learns nothing of it.
func (h *Hub) eigen(r *http.Request, naam string) (id string, door begrip.OIN, beheer bool, err error) {
	d, err := h.Beller(r)
	if err != nil {
		return "", "", false, err
	}
	beheer = d.OIN == h.Cfg.Organisatie.OIN
	u, err := kern.LeesInteractie(naam)
	if err != nil {
		return "", "", false, err
	}
	uit, _, err := h.Uitkomst(u)
	if err == nil && (uit == nil || !beheer && uit.OIN != d.OIN) {
		err = kern.NietBekend
	}
	return u.String(), d.OIN, beheer, err
}

func (h *Hub) trekIn(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		InteractieID string `json:"interactieId"`
		Reden        string `json:"reden"`
	}
	if err := rest.ReadJSON(w, r, kern.MaxRegel, &in); err != nil {
		return err
	}
	id, door, _, err := h.eigen(r, in.InteractieID)
	if err != nil {
		return err
	}
	var c begrip.Controle
	kern.RedenGoed(&c, "reden", in.Reden)
	if err := c.Fout(); err != nil {
		return err
	}
	t := feit.Intrekking{InteractieID: "urn:uuid:" + id, Door: door, Reden: in.Reden, Op: time.Now().UTC().Truncate(time.Second)}
	if _, err := h.Inname.LegFeitVast(r.Context(), cloudevent.GebeurtenisIngetrokken, id, "soh:IntrekkenGebeurtenis", t); err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/intrekkingen/"+t.InteractieID)
	rest.WriteJSON(w, http.StatusCreated, t)
	return nil
}

func (h *Hub) geefIntrekking(w http.ResponseWriter, r *http.Request) error {
	id, _, _, err := h.eigen(r, r.PathValue("interactieId"))
	if err != nil {
		return err
	}
	t, ok, err := h.Feit.Intrekking(id)
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
	if err := rest.ReadJSON(w, r, kern.MaxRegel, &in); err != nil {
		return err
	}
	id, door, beheer, err := h.eigen(r, r.PathValue("interactieId"))
	if err != nil {
		return err
	}
	t, ok, err := h.Feit.Intrekking(id)
	switch {
	case err != nil:
		return err
	case !ok || t.Herroepen != nil:
		return begrip.NieuweFout(begrip.Conflict, "Deze gebeurtenis is niet ingetrokken.")
	case !beheer && t.Door != door:
		return begrip.NieuweFout(begrip.Verboden, "De ketenbeheerder heeft deze gebeurtenis ingetrokken. Alleen de ketenbeheerder kan dat herroepen.")
	}
	var c begrip.Controle
	kern.RedenGoed(&c, "reden", in.Reden)
	if err := c.Fout(); err != nil {
		return err
	}
	t.Herroepen = &feit.Herroepen{Door: door, Reden: in.Reden, Op: time.Now().UTC().Truncate(time.Second)}
	if _, err := h.Inname.LegFeitVast(r.Context(), cloudevent.IntrekkingHerroepen, id, "soh:HerroepenIntrekking", t); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusCreated, t)
	return nil
}
