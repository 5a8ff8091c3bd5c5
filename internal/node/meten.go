package node

import (
	"context"
	"errors"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// meet adds the measures of a node; docs/runbook.md tells what each means. None
// names a record, a person or a professional.
func (n *Node) meet() {
	m := n.cfg.Metingen
	n.cfg.Identiteit.MeetLijst(m)
	tel := func(f func(wacht, geparkeerd int, oudste time.Time) float64) func() float64 {
		return func() float64 {
			ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
			defer stop()
			staan, err := n.Stand(ctx)
			if err != nil {
				return -1
			}
			var wacht, geparkeerd int
			var oudste time.Time
			for _, s := range staan {
				wacht, geparkeerd = wacht+s.Wacht, geparkeerd+s.Mislukt
				if !s.Oudste.IsZero() && (oudste.IsZero() || s.Oudste.Before(oudste)) {
					oudste = s.Oudste
				}
			}
			return f(wacht, geparkeerd, oudste)
		}
	}
	m.Stand("outbox_berichten", "Messages that must still go out; -1 when the dossier does not answer.", tel(func(wacht, _ int, _ time.Time) float64 { return float64(wacht) }))
	m.Stand("outbox_geparkeerd", "Messages that were refused and wait for a person.", tel(func(_, geparkeerd int, _ time.Time) float64 { return float64(geparkeerd) }))
	m.Stand("outbox_seconden", "Age of the oldest message that must still go out.", tel(func(_, _ int, oudste time.Time) float64 {
		if oudste.IsZero() {
			return 0
		}
		return time.Since(oudste).Seconds()
	}))
}

// Gereed tells in a sentence why the node cannot do its work now; nil when it can.
func (n *Node) Gereed() error {
	if err := n.gereed(context.Background()); err != nil {
		return errors.New(begrip.FoutVan(err).Bericht)
	}
	return nil
}
