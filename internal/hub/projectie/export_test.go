package projectie

// What the tests of this room see of its inside.

const VerAchter = verAchter

var Vindplaatsen = vindplaatsen

// Bewaard is the last block in the read model on disk, as far as is known.
func (h *Hub) Bewaard() uint64 { return h.bewaard.Load() }
