package dossier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Waarde gives a piece of state of the node; ok is false when it was never set.
func (s *Store) Waarde(ctx context.Context, sleutel string) (waarde []byte, ok bool, err error) {
	return leesWaarde(ctx, s.lees, sleutel)
}

// Waarde is Store.Waarde with what tx and those before it set. Who decides by it
// what to write must ask here: transactions share a commit, and the Store does not
// show what another one set a moment ago.
func (tx *Tx) Waarde(ctx context.Context, sleutel string) (waarde []byte, ok bool, err error) {
	return leesWaarde(ctx, tx.tx, sleutel)
}

func leesWaarde(ctx context.Context, v vrager, sleutel string) (waarde []byte, ok bool, err error) {
	err = v.QueryRowContext(ctx, `SELECT waarde FROM waarde WHERE sleutel = $1`, sleutel).Scan(&waarde)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("dossier: waarde: %w", err)
	}
	return waarde, true, nil
}

// ZetWaarde keeps a piece of state of the node; it overwrites.
func (s *Store) ZetWaarde(ctx context.Context, sleutel string, waarde []byte) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.ZetWaarde(ctx, sleutel, waarde) })
}

// ZetWaarde is Store.ZetWaarde as part of tx.
func (tx *Tx) ZetWaarde(ctx context.Context, sleutel string, waarde []byte) error {
	if waarde == nil {
		waarde = []byte{}
	}
	if _, err := tx.tx.ExecContext(ctx, `INSERT INTO waarde (sleutel, waarde) VALUES ($1, $2)
		ON CONFLICT (sleutel) DO UPDATE SET waarde = excluded.waarde`, sleutel, waarde); err != nil {
		return fmt.Errorf("dossier: waarde: %w", err)
	}
	return nil
}
