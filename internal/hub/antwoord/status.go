package antwoord

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/rest"
)

// meldOnvindbaar tells the sender, at the status of its event, that nobody can
// find it any more.
func (h *Hub) meldOnvindbaar(s *Status, id string, plaats uint64) error {
	waarom, err := h.Graph.Onvindbaar(plaats)
	if err != nil || waarom == 0 {
		return err
	}
	if waarom == graph.Verlopen {
		s.Waarschuwingen = append(slices.Clone(s.Waarschuwingen), "De bewaartermijn van deze gebeurtenis is voorbij. Niemand kan haar nog vinden.")
		return nil
	}
	t, _, err := h.Feit.Intrekking(id)
	wie := "uw organisatie"
	if t.Door == h.Cfg.Organisatie.OIN {
		wie = "de ketenbeheerder"
	}
	s.Waarschuwingen = append(slices.Clone(s.Waarschuwingen),
		fmt.Sprintf("Deze gebeurtenis is ingetrokken door %s op %s. Niemand kan haar nog vinden. De reden: %s", wie, t.Op.Format(time.RFC3339), t.Reden))
	return err
}

const (
	StatusOK    = "OK"
	StatusBezig = "IN_PROGRESS"
	StatusFout  = "ERROR"
)

// Status is the answer of GET /v1/status/{interactieId}.
type Status struct {
	InteractieID   string         `json:"interactieId"`
	Status         string         `json:"status"`
	Waarschuwingen []string       `json:"waarschuwingen,omitempty"`
	Resultaat      *foutResultaat `json:"resultaat,omitempty"`
}

type foutResultaat struct {
	Fout     string    `json:"fout"`
	TypeFout string    `json:"typeFout"`
	Info     *foutInfo `json:"info,omitempty"`
}

type foutInfo struct {
	Validatiefouten []string `json:"validatiefouten"`
}

func (h *Hub) status(w http.ResponseWriter, r *http.Request) {
	d, err := h.Beller(r)
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	s, err := h.statusVan(r, r.PathValue("interactieId"), d)
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	rest.WriteJSON(w, http.StatusOK, s)
}

// statusVan gives the status of a query or of an event of this organisation.
func (h *Hub) statusVan(r *http.Request, naam string, d register.Deelnemer) (Status, error) {
	if vraag.IsVraag(naam) {
		v, err := h.openVraag(naam, d)
		s := Status{InteractieID: naam, Status: StatusBezig}
		if h.Geprojecteerd.Load() >= v.Blok {
			s.Status = StatusOK
		}
		return s, err
	}
	id, err := kern.LeesInteractie(naam)
	if err != nil {
		return Status{}, err
	}
	uit, plaats, err := h.UitkomstVan(r, id, d.OIN)
	s := antwoordVan(id, uit)
	if err == nil && uit != nil && uit.Fout == "" {
		err = h.meldOnvindbaar(&s, id.String(), plaats)
	}
	return s, err
}

func antwoordVan(id uuid.UUID, uit *kern.Uitkomst) Status {
	s := Status{InteractieID: id.URN(), Status: StatusBezig}
	switch {
	case uit == nil:
	case uit.Fout != "":
		s.Status = StatusFout
		s.Resultaat = &foutResultaat{Fout: uit.Fout, TypeFout: "FUNCTIONEEL"}
		if uit.Technisch {
			s.Resultaat.TypeFout = "TECHNISCH"
		}
		if len(uit.Validatiefouten) > 0 {
			s.Resultaat.Info = &foutInfo{uit.Validatiefouten}
		}
		s.Waarschuwingen = uit.Waarschuwingen
	default:
		s.Status, s.Waarschuwingen = StatusOK, uit.Waarschuwingen
	}
	return s
}
