package dossier

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Stempel marks a commit: its number, and a mark that no other commit has. A
// dossier that was put back from a copy lacks the last ones, or has others under
// their numbers.
type Stempel struct {
	Nr      int64 // 1, 2, 3 …; 0: nothing was written yet
	Kenmerk [16]byte
}

// String writes the Stempel as number-mark.
func (s Stempel) String() string {
	return strconv.FormatInt(s.Nr, 10) + "-" + hex.EncodeToString(s.Kenmerk[:])
}

// LeesStempel reads what String wrote.
func LeesStempel(tekst string) (Stempel, error) {
	nr, merk, ok := strings.Cut(tekst, "-")
	n, err := strconv.ParseInt(nr, 10, 64)
	b, err2 := hex.DecodeString(merk)
	if !ok || err != nil || err2 != nil || n < 0 || len(b) != 16 {
		return Stempel{}, errors.New("dossier: this is no stempel")
	}
	return Stempel{n, [16]byte(b)}, nil
}

const (
	stempelErbij  = `INSERT INTO stempel (kenmerk) VALUES ($1)`
	stempelLaatst = `SELECT nr, kenmerk FROM stempel ORDER BY nr DESC LIMIT 1`
)

// stempel adds the mark of this commit.
func (v vast) stempel() (Stempel, error) {
	var s Stempel
	_, _ = rand.Read(s.Kenmerk[:]) // never fails
	r, err := v.ExecContext(context.Background(), stempelErbij, s.Kenmerk[:])
	if err != nil {
		return s, err
	}
	s.Nr, err = r.LastInsertId()
	return s, err
}

// NaCommit sets the function that is told the Stempel of each commit, in their
// order and before anybody is told that it is kept. It must be fast.
func (s *Store) NaCommit(f func(Stempel)) { s.rij.naCommit.Store(&f) }

// NaRecord sets the function that is called after each commit that wrote a
// record. It must return at once.
func (s *Store) NaRecord(f func()) { s.naRecord.Store(&f) }

// Stempel gives that of the last commit.
func (s *Store) Stempel(ctx context.Context) (Stempel, error) {
	st, _, err := leesStempel(ctx, s.lees, stempelLaatst)
	return st, err
}

// StempelOp gives the Stempel with number nr; ok is false when this dossier does
// not go that far.
func (s *Store) StempelOp(ctx context.Context, nr int64) (st Stempel, ok bool, err error) {
	return leesStempel(ctx, s.lees, `SELECT nr, kenmerk FROM stempel WHERE nr = $1`, nr)
}

func leesStempel(ctx context.Context, v vrager, q string, args ...any) (st Stempel, ok bool, err error) {
	var b []byte
	err = v.QueryRowContext(ctx, q, args...).Scan(&st.Nr, &b)
	if errors.Is(err, sql.ErrNoRows) {
		return Stempel{}, false, nil
	}
	if err != nil || len(b) != len(st.Kenmerk) {
		return st, false, fmt.Errorf("dossier: stempel: %w", err)
	}
	st.Kenmerk = [16]byte(b)
	return st, true, nil
}

// Heel reads the whole file and tells whether it is of one piece: a database
// that was put back beside the journal (WAL) of another moment is a mix of two.
// It costs a reading of the file and of the verwerkingenlog.
func (s *Store) Heel(ctx context.Context) error {
	var uitslag string
	if err := s.lees.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&uitslag); err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	if uitslag != "ok" {
		return errors.New("dossier: de database is beschadigd: " + veilig(uitslag))
	}
	var gat int
	if err := s.lees.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM stempel) <> (SELECT COALESCE(MAX(nr), 0) FROM stempel)
		OR EXISTS (SELECT 1 FROM record r WHERE r.versie > 1 AND NOT EXISTS
			(SELECT 1 FROM record v WHERE v.soort = r.soort AND v.id = r.id AND v.versie = r.versie - 1 AND v.rec_to = r.rec_from))`).Scan(&gat); err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	if gat != 0 {
		return errors.New("dossier: er ontbreken vastleggingen midden in de database")
	}
	_, _, err := s.Verifieer(ctx)
	return err
}
