package dossier

import (
	"context"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
)

// Wijs is how who stands in a record without an event of its own finds that it is here.
type Wijs struct {
	// Soorten are the kinds of record of which no event tells.
	Soorten []string
	// Mag tells whether anybody may be pointed to this version: not when nobody of the family
	// may learn who it is from.
	Mag func(Record) bool
	// Bericht makes what the Ketenindex is told: that something about this person is here,
	// and nothing of what. It is asked once per person, so that nothing ties people together.
	Bericht func(begrip.BSN) Bericht
}

// Wijs sets it: Schrijf then sends, in the same transaction, a message for everybody whom
// a version is the first to name. Call it before the dossier is used.
func (s *Store) Wijs(w Wijs) { s.wijs.Store(&w) }

// wijsNieuwen sends the messages for whom rec names and the version before it did not.
func (tx *Tx) wijsNieuwen(ctx context.Context, rec Record) error {
	if tx.wijs == nil || len(rec.Personen) == 0 || !slices.Contains(tx.wijs.Soorten, rec.Soort) || !tx.wijs.Mag(rec) {
		return nil
	}
	var eerder []begrip.BSN
	vorige, err := leesAlle(ctx, tx.tx, "SELECT "+recordKolommen+" FROM record r WHERE r.soort = $1 AND r.id = $2 AND r.versie = $3", rec.Soort, rec.ID, rec.Versie-1)
	if err != nil {
		return err
	}
	if len(vorige) > 0 && tx.wijs.Mag(vorige[0]) {
		eerder = vorige[0].Personen
	}
	for _, b := range rec.Personen {
		if b.IsZero() || slices.Contains(eerder, b) {
			continue
		}
		if err := tx.Verstuur(ctx, tx.wijs.Bericht(b)); err != nil {
			return err
		}
	}
	return nil
}

// wijsGedaan marks that the records of before are told of as well.
const wijsGedaan = "wegwijzers/"

const maxEerdere = 1 << 20 // records of one kind

// WijsEerdere tells once, per kind, of the records that were written before Wijs was set
// for it.
func (s *Store) WijsEerdere(ctx context.Context) error {
	w := s.wijs.Load()
	if w == nil {
		return nil
	}
	for _, soort := range w.Soorten {
		if _, ok, err := s.Waarde(ctx, wijsGedaan+soort); ok || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		recs, err := s.Zoek(ctx, Filter{Soort: soort, Limiet: maxEerdere})
		if err != nil {
			return err
		}
		err = s.Tx(ctx, func(tx *Tx) error {
			gewezen := map[begrip.BSN]bool{}
			for _, rec := range recs {
				for _, b := range rec.Personen {
					if b.IsZero() || !w.Mag(rec) || gewezen[b] {
						continue
					}
					gewezen[b] = true
					if err := tx.Verstuur(ctx, w.Bericht(b)); err != nil {
						return err
					}
				}
			}
			return tx.ZetWaarde(ctx, wijsGedaan+soort, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
