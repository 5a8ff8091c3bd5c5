package kern

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
)

// Uitkomst is what became of an event, kept under its interactieId.
type Uitkomst struct {
	OIN             begrip.OIN `json:"o"`           // who offered it; only the sender sees its status
	Digest          []byte     `json:"d"`           // of the content that stands
	Waarschuwingen  []string   `json:"w,omitempty"` // OK, but
	Fout            string     `json:"f,omitempty"` // not empty: ERROR
	Technisch       bool       `json:"t,omitempty"`
	Validatiefouten []string   `json:"v,omitempty"`
}

const (
	AndereInhoud  = "Deze gebeurtenis is later nog eens aangeboden met andere inhoud. De eerste telt."
	DubbelHandeld = "Deze activiteit is al eerder gemeld, in een andere gebeurtenis. De eerste telt."
	MeerActies    = "Er staat meer dan één activiteit in deze gebeurtenis. Alleen de eerste telt om te zien of hij al gemeld is."
)

// kaleUitkomst begins an outcome without remarks: OIN 20, digest 16. Another is
// JSON.
const kaleUitkomst = 1

func (u Uitkomst) Bytes() ([]byte, error) {
	if len(u.Waarschuwingen)+len(u.Validatiefouten) > 0 || u.Fout != "" || u.Technisch || len(u.OIN) != 20 || len(u.Digest) != 16 {
		return json.Marshal(u)
	}
	return append(append(append(make([]byte, 0, 37), kaleUitkomst), u.OIN...), u.Digest...), nil
}

func LeesUitkomst(plaats uint64, b []byte) (u Uitkomst, err error) {
	if len(b) == 37 && b[0] == kaleUitkomst {
		return Uitkomst{OIN: begrip.OIN(b[1:21]), Digest: b[21:]}, nil
	}
	if err := json.Unmarshal(b, &u); err != nil {
		return u, fmt.Errorf("hub: outcome at %d: %w", plaats, err)
	}
	return u, nil
}

var NietBekend = begrip.NieuweFout(begrip.NietGevonden, "Deze interactie kennen wij niet. Misschien is hij van een andere organisatie.")

// UitkomstVan gives what became of the event of this sender; nil while it is
// under way, NietGevonden when the hub never took it from this sender.
func (h *Kern) UitkomstVan(r *http.Request, id uuid.UUID, afzender begrip.OIN) (*Uitkomst, uint64, error) {
	if uit, plaats, err := h.Uitkomst(id); err != nil || uit != nil {
		if err == nil && uit.OIN != afzender {
			return nil, 0, NietBekend
		}
		return uit, plaats, err
	}
	if h.Onderweg.heeft(id, afzender) {
		return nil, 0, nil
	}
	// After a restart, or at another replica, nothing is known to be under way:
	// first see what was acknowledged before.
	laatste, err := h.Log.Nu(r.Context())
	if err != nil {
		return nil, 0, err
	}
	if !h.WachtOp(r.Context(), laatste, 2*time.Second) {
		return nil, 0, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex is nog bezig met lezen. Probeer het over een paar tellen nog eens.")
	}
	uit, plaats, err := h.Uitkomst(id)
	if err == nil && (uit == nil || uit.OIN != afzender) {
		return nil, 0, NietBekend
	}
	return uit, plaats, err
}

func (h *Kern) Uitkomst(id uuid.UUID) (*Uitkomst, uint64, error) {
	plaats, b, ok, err := h.Graph.Uniek(graph.Interactie, id.String())
	if err != nil || !ok {
		return nil, 0, err
	}
	uit, err := LeesUitkomst(plaats, b)
	if err != nil {
		return nil, 0, err
	}
	return &uit, plaats, nil
}
