package hub

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/rest"
)

const (
	statusOK    = "OK"
	statusBezig = "IN_PROGRESS"
	statusFout  = "ERROR"
)

// statusAntwoord is the answer of GET /v1/status/{interactieId}.
type statusAntwoord struct {
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

var nietBekend = begrip.NieuweFout(begrip.NietGevonden, "Deze interactie kennen wij niet. Misschien is hij van een andere organisatie.")

func (h *Hub) status(w http.ResponseWriter, r *http.Request) {
	d, err := h.beller(r)
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
func (h *Hub) statusVan(r *http.Request, naam string, d register.Deelnemer) (statusAntwoord, error) {
	if vraag.IsVraag(naam) {
		v, err := h.openVraag(naam, d)
		s := statusAntwoord{InteractieID: naam, Status: statusBezig}
		if h.geprojecteerd.Load() >= v.Blok {
			s.Status = statusOK
		}
		return s, err
	}
	id, err := leesInteractie(naam)
	if err != nil {
		return statusAntwoord{}, err
	}
	uit, plaats, err := h.uitkomstVan(r, id, d.OIN)
	s := antwoordVan(id, uit)
	if err == nil && uit != nil && uit.Fout == "" {
		err = h.meldOnvindbaar(&s, id.String(), plaats)
	}
	return s, err
}

func antwoordVan(id uuid.UUID, uit *uitkomst) statusAntwoord {
	s := statusAntwoord{InteractieID: id.URN(), Status: statusBezig}
	switch {
	case uit == nil:
	case uit.Fout != "":
		s.Status = statusFout
		s.Resultaat = &foutResultaat{Fout: uit.Fout, TypeFout: "FUNCTIONEEL"}
		if uit.Technisch {
			s.Resultaat.TypeFout = "TECHNISCH"
		}
		if len(uit.Validatiefouten) > 0 {
			s.Resultaat.Info = &foutInfo{uit.Validatiefouten}
		}
		s.Waarschuwingen = uit.Waarschuwingen
	default:
		s.Status, s.Waarschuwingen = statusOK, uit.Waarschuwingen
	}
	return s
}

// uitkomstVan gives what became of the event of this sender; nil while it is
// under way, NietGevonden when the hub never took it from this sender.
func (h *Hub) uitkomstVan(r *http.Request, id uuid.UUID, afzender begrip.OIN) (*uitkomst, uint64, error) {
	if uit, plaats, err := h.uitkomst(id); err != nil || uit != nil {
		if err == nil && uit.OIN != afzender {
			return nil, 0, nietBekend
		}
		return uit, plaats, err
	}
	if h.onderweg.heeft(id, afzender) {
		return nil, 0, nil
	}
	// After a restart, or at another replica, nothing is known to be under way:
	// first see what was acknowledged before.
	laatste, err := h.log.Nu(r.Context())
	if err != nil {
		return nil, 0, err
	}
	if !h.wachtOp(r.Context(), laatste, 2*time.Second) {
		return nil, 0, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex is nog bezig met lezen. Probeer het over een paar tellen nog eens.")
	}
	uit, plaats, err := h.uitkomst(id)
	if err == nil && (uit == nil || uit.OIN != afzender) {
		return nil, 0, nietBekend
	}
	return uit, plaats, err
}

func (h *Hub) uitkomst(id uuid.UUID) (*uitkomst, uint64, error) {
	plaats, b, ok, err := h.graph.Uniek(graph.Interactie, id.String())
	if err != nil || !ok {
		return nil, 0, err
	}
	uit, err := leesUitkomst(plaats, b)
	if err != nil {
		return nil, 0, err
	}
	return &uit, plaats, nil
}
