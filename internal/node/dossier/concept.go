package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// conceptDuur is how long a form that nobody sent is kept.
const conceptDuur = 30 * 24 * time.Hour

// Concept gives what wie typed on the form blad and did not send, and when; nil when
// there is nothing.
func (s *Store) Concept(ctx context.Context, wie, blad string) (velden url.Values, op time.Time, err error) {
	var tekst string
	var µ int64
	err = s.lees.QueryRowContext(ctx, `SELECT velden, bijgewerkt FROM concept WHERE wie = $1 AND blad = $2 AND bijgewerkt > $3`, wie, blad, micros(s.nu().Add(-conceptDuur))).Scan(&tekst, &µ)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(tekst), &velden)
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("dossier: concept: %w", err)
	}
	return velden, tijdstip(µ), nil
}

// BewaarConcept keeps what wie typed on the form blad; it overwrites. What nobody sent
// for a month goes.
func (s *Store) BewaarConcept(ctx context.Context, wie, blad string, velden url.Values) error {
	tekst, err := json.Marshal(velden)
	if err != nil {
		return fmt.Errorf("dossier: concept: %w", err)
	}
	return s.Tx(ctx, func(tx *Tx) error {
		nu := tx.nu()
		if _, err := tx.tx.ExecContext(ctx, `DELETE FROM concept WHERE bijgewerkt <= $1`, micros(nu.Add(-conceptDuur))); err != nil {
			return fmt.Errorf("dossier: concept: %w", err)
		}
		if _, err := tx.tx.ExecContext(ctx, `INSERT INTO concept (wie, blad, velden, bijgewerkt) VALUES ($1, $2, $3, $4)
			ON CONFLICT (wie, blad) DO UPDATE SET velden = excluded.velden, bijgewerkt = excluded.bijgewerkt`, wie, blad, string(tekst), micros(nu)); err != nil {
			return fmt.Errorf("dossier: concept: %w", err)
		}
		return nil
	})
}

// WisConcept forgets what wie typed on the form blad: it was sent, or thrown away.
func (tx *Tx) WisConcept(ctx context.Context, wie, blad string) error {
	if _, err := tx.tx.ExecContext(ctx, `DELETE FROM concept WHERE wie = $1 AND blad = $2`, wie, blad); err != nil {
		return fmt.Errorf("dossier: concept: %w", err)
	}
	return nil
}
