package kijk

import "context"

// What the tests of this room see of its inside.

func (h *Hub) Gezien(k Regel, over map[string][]string) []Gezien { return h.gezien(k, over) }

func (h *Hub) OverPersoon(ctx context.Context, ref [16]byte) (map[string][]string, error) {
	return h.overPersoon(ctx, ref)
}
