package vergeten

import "github.com/handbereik/soh/internal/hub/feit"

// What the tests of this room see of its inside.

func (h *Hub) Vergeetverzoeken() ([]feit.Vergeetverzoek, error) { return h.vergeetverzoeken() }
