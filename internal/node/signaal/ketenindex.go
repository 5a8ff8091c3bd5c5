package signaal

import (
	"context"
	"time"

	"github.com/handbereik/soh/internal/node/dossier"
)

// ketenindexCursor is the moment of the last line of the Ketenindex that was weighed.
const ketenindexCursor = "signaal/ketenindex"

// Ketenblik is a line of the Ketenindex about one of our own professionals, who asked
// it about more people than it answers. Persoon is empty for a system that said
// nothing of who asks.
type Ketenblik struct {
	Tijdstip time.Time
	Persoon  string
}

// VanKetenindex makes signals of what the Ketenindex tells of our own people; lines
// that were weighed before count once.
func (w *Wachter) VanKetenindex(ctx context.Context, blikken []Ketenblik) error {
	b, _, err := w.cfg.Dossier.Waarde(ctx, ketenindexCursor)
	if err != nil {
		return err
	}
	na, _ := time.Parse(time.RFC3339Nano, string(b)) // zero: none yet
	laatste := na
	return w.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		for _, k := range blikken {
			if !k.Tijdstip.After(na) {
				continue
			}
			if k.Tijdstip.After(laatste) {
				laatste = k.Tijdstip
			}
			l := dossier.Logregel{ID: "ketenindex/" + k.Tijdstip.Format(time.RFC3339Nano), Tijdstip: k.Tijdstip, Persoon: k.Persoon, Naam: k.Persoon}
			if k.Persoon == "" {
				l.Persoon, l.Naam = "ketenindex", "Een systeem van onze organisatie"
			}
			if err := w.meld(ctx, tx, l, VeelPersonen, "Er is bij de Ketenindex in een uur naar meer verschillende personen gevraagd dan mag. De Ketenindex gaf geen antwoord meer."); err != nil {
				return err
			}
		}
		if laatste.Equal(na) {
			return nil
		}
		return tx.ZetWaarde(ctx, ketenindexCursor, []byte(laatste.Format(time.RFC3339Nano)))
	})
}
