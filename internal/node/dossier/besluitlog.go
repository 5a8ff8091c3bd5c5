package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// LogBesluit adds a record to the decision log; it is on disk when it returns
// nil. regel is JSON without personal data.
func (s *Store) LogBesluit(ctx context.Context, tijdstip time.Time, regel json.RawMessage) error {
	return s.Tx(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, `INSERT INTO besluitlog (tijdstip, regel) VALUES ($1, $2)`, micros(tijdstip), string(regel)); err != nil {
			return fmt.Errorf("dossier: besluitlog: %w", err)
		}
		return nil
	})
}

// Besluitlog gives the last records of the decision log, newest first.
func (s *Store) Besluitlog(ctx context.Context, lim int) ([]json.RawMessage, error) {
	return rijen(ctx, s.lees, func(scan func(...any) error) (r json.RawMessage, err error) {
		var b []byte
		err = scan(&b)
		return b, err
	}, `SELECT regel FROM besluitlog ORDER BY nr DESC LIMIT $1`, limiet(lim))
}
