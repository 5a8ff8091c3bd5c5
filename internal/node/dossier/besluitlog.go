package dossier

import (
	"context"
	"encoding/json"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Besluit is the direction of a line of the decision log: a system of ours asked
// what may be seen, and nobody saw anything.
const Besluit Richting = "besluit"

// LogBesluit adds the record of one call to the decision point to the log, in
// the same chain as the looks: whoever changes or removes it is found out by
// Verifieer. It is on disk when it returns nil. regel is JSON without personal data.
func (s *Store) LogBesluit(ctx context.Context, oin begrip.OIN, tijdstip time.Time, regel json.RawMessage) error {
	return s.Log(ctx, Logregel{Richting: Besluit, Tijdstip: tijdstip, LezerOIN: oin, Bron: oin, Rol: begrip.RolSysteem, Soort: "besluit", Besluiten: regel})
}

// Besluitlog gives the last records of the decision log, newest first.
func (s *Store) Besluitlog(ctx context.Context, lim int) ([]json.RawMessage, error) {
	return rijen(ctx, s.lees, func(scan func(...any) error) (json.RawMessage, error) {
		l, err := scanRegel(scan)
		return l.Besluiten, err
	}, `SELECT regel FROM verwerking WHERE `+isBesluit+` ORDER BY nr DESC LIMIT $1`, limiet(lim))
}

const isBesluit = `json_extract(regel, '$.richting') = 'besluit'`
