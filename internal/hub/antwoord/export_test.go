package antwoord

import (
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// What the tests of this room see of its inside.
const (
	Uitbreiding         = uitbreiding
	Afgeschermd         = afgeschermd
	MaxBevestigPersonen = maxBevestigPersonen
	TypeProvN           = typeProvN
)

func (h *Hub) LeesPlek(query string, b *Bladzij) error { return h.leesPlek(query, b) }

func (h *Hub) OpenVraag(id string, lezer register.Deelnemer) (vraag.Vraag, error) {
	return h.openVraag(id, lezer)
}
