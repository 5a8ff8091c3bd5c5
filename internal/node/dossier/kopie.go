package dossier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Kopieer makes a copy of the dossier in the file van, as of one moment, in the
// new file naar. The dossier may be in use: nobody waits for it. naar must not
// exist; only the owner of the process may read it.
func Kopieer(ctx context.Context, van, naar string) (err error) {
	abs, err := filepath.Abs(van)
	if err != nil {
		return err
	}
	if _, err := os.Stat(abs); err != nil {
		return fmt.Errorf("dossier: kopie: %w", err)
	}
	f, err := os.OpenFile(naar, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("dossier: kopie: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("dossier: kopie: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(naar))
		}
	}()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: abs}).String()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("dossier: kopie: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, naar); err != nil {
		return fmt.Errorf("dossier: kopie: %w", err)
	}
	return nawerk(naar)
}

// nawerk makes the copy durable, and reads it: a copy nobody can read is none.
func nawerk(naar string) error {
	f, err := os.OpenFile(naar, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(naar))
	if err != nil {
		return err
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return err
	}
	s, err := Open(naar)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Heel(context.Background())
}
