package kijk

import (
	"context"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// TelPersonen holds who asks to its limits. A member of the family asks about
// itself, and has none.
func (h *Hub) TelPersonen(oin begrip.OIN, w *vraag.Wie, refs [][16]byte) error {
	if w.Burger || len(refs) == 0 {
		return nil
	}
	err := h.grenzen.mag(oin, w.Persoon, refs...)
	if err != nil {
		h.Metingen.Gevist.Plus(1)
	}
	return err
}

// meldGrens writes that an asker met its limit: its organisation and the chain
// manager find that line. It holds nobody up.
func (h *Hub) meldGrens(oin begrip.OIN, persoon string) {
	go func() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := h.LegVast(ctx, Regel{OIN: oin, Stap: stapGrens, Wie: vraag.Wie{Persoon: persoon}}); err != nil {
			h.Cfg.Log.Warn("niet vastgelegd dat een vrager zijn grens bereikte", "organisatie", oin, "fout", err)
		}
	}()
}
