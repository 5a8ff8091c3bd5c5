package kern

import (
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// NaamVan gives how an organisation was called at a moment: as the register has it,
// never as an event says.
func (h *Kern) NaamVan(oin begrip.OIN, op time.Time) string {
	if oin == h.Cfg.Organisatie.OIN {
		return h.Cfg.Organisatie.Naam
	}
	return h.Register.NaamOp(oin, op)
}

// heet tells whether the register calls the organisation with this @id so: the one name
// in an event that everybody reads.
func (h *Kern) heet(id, naam []byte) bool {
	oin, ok := begrip.OINVan(string(id))
	if !ok {
		return false
	}
	if oin == h.Cfg.Organisatie.OIN && h.Cfg.Organisatie.Naam == string(naam) {
		return true
	}
	d, ok := h.Register.Geef(oin)
	return ok && d.Naam == string(naam)
}

// Handelende is the organisation that did what a Moment tells.
type Handelende struct {
	OIN  begrip.OIN `json:"oin"`
	Naam string     `json:"naam,omitempty"`
}

// Omschrijving says what happened, in the words the chain agreed for the type.
func (h *Kern) Omschrijving(typ string) string {
	if s, _ := h.Regels.Load().Soort(typ); s.Omschrijving != "" {
		return s.Omschrijving
	}
	return cloudevent.Omschrijving(typ)
}

// Organisatie names an organisation as the register did at that moment.
func (h *Kern) Organisatie(oin begrip.OIN, op time.Time) *Handelende {
	return &Handelende{OIN: oin, Naam: h.NaamVan(oin, op)}
}
