package dossier

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // also the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/handbereik/soh/internal/begrip"
)

//go:embed migraties
var migraties embed.FS

// Store is one open dossier. It is safe for use by many goroutines.
type Store struct {
	schrijf *sql.DB // one connection: SQLite has one writer, and so the queue is ours
	stmts   map[string]*sql.Stmt
	rij     rij
	lees    *bereid // many, and query_only
	nu      func() time.Time
	wek     atomic.Pointer[func()]

	naRecord atomic.Pointer[func()]
	rusten   atomic.Pointer[map[string]Rusten]
	wijs     atomic.Pointer[Wijs]
}

// Tx is a transaction that writes. Use it only inside the function given to
// Store.Tx, from one goroutine.
type Tx struct {
	tx        vast
	nu        func() time.Time
	rusten    map[string]Rusten
	wijs      *Wijs
	verstuurd bool
	record    bool // a version of a record was written
	gelogd    bool // a line of the verwerkingenlog was
}

// vrager is what a read needs: a pool or the transaction at hand.
type vrager interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// Open opens the dossier in the file path, makes it when it is not there and
// brings its schema up to date. Only the owner of the process may read the file.
func Open(path string) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o700); err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	s := &Store{nu: time.Now}
	if err := s.verbind(abs); err != nil {
		return nil, errors.Join(fmt.Errorf("dossier: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) verbind(abs string) error {
	bron := (&url.URL{Scheme: "file", Path: abs}).String() + "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	var err error
	s.schrijf, err = sql.Open("sqlite", bron+"&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
	if err != nil {
		return err
	}
	s.schrijf.SetMaxOpenConns(1)
	if err := duurzaam(s.schrijf); err != nil {
		return err
	}
	if err := migreer(s.schrijf); err != nil {
		return err
	}
	if s.stmts, err = bereidVoor(s.schrijf); err != nil {
		return err
	}
	lees, err := sql.Open("sqlite", bron+"&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	s.lees = &bereid{DB: lees}
	s.lees.SetMaxOpenConns(8)
	s.lees.SetMaxIdleConns(8)
	return s.lees.Ping()
}

// duurzaam refuses a database that would lose a commit at a power cut.
func duurzaam(db *sql.DB) error {
	var modus string
	var sync int
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&modus); err != nil {
		return err
	}
	if err := db.QueryRow("PRAGMA synchronous").Scan(&sync); err != nil {
		return err
	}
	if modus != "wal" || sync != 2 {
		return fmt.Errorf("de database bewaart niet veilig: journal_mode=%s synchronous=%d", modus, sync)
	}
	return nil
}

func migreer(db *sql.DB) error {
	map_, err := fs.Sub(migraties, "migraties/sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, map_)
	if err != nil {
		return err
	}
	_, err = p.Up(context.Background())
	return err
}

// Close closes the dossier. A transaction under way is rolled back.
func (s *Store) Close() error {
	var fouten []error
	if s.lees != nil {
		fouten = append(fouten, s.lees.Close())
	}
	if s.schrijf != nil {
		fouten = append(fouten, s.schrijf.Close())
	}
	return errors.Join(fouten...)
}

// NaVerstuur sets the function that is called after each commit that put a
// message in the outbox. It must return at once.
func (s *Store) NaVerstuur(f func()) { s.wek.Store(&f) }

// Tx runs f in one transaction: everything f wrote is on disk when Tx returns
// nil, nothing of it when f or Tx returns an error. Transactions run one after
// the other; those that wait for each other may share one write to disk. Inside f, use tx only: a write through the Store would wait for
// this very transaction.
func (s *Store) Tx(ctx context.Context, f func(*Tx) error) error {
	var tx *Tx
	g, err := s.rij.neem(ctx, s.schrijf, s.stmts, func(t vast) (bool, error) {
		tx = &Tx{tx: t, nu: s.nu, wijs: s.wijs.Load()}
		if r := s.rusten.Load(); r != nil {
			tx.rusten = *r
		}
		err := f(tx)
		return tx.record || tx.gelogd, err
	})
	if err != nil {
		return opslagfout(err)
	}
	if <-g.klaar; g.err != nil {
		return opslagfout(fmt.Errorf("dossier: commit: %w", g.err))
	}
	if wek := s.wek.Load(); tx.verstuurd && wek != nil {
		(*wek)()
	}
	if wek := s.naRecord.Load(); tx.record && wek != nil {
		(*wek)()
	}
	return nil
}

// opslagfout makes of a disk that is full, broken or read-only an answer that
// says so: who asks may try again later.
func opslagfout(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niets vastleggen: de opslag is vol of werkt niet. Probeer het later nog eens.").Door(err)
	}
	return err
}

func micros(t time.Time) int64   { return t.UnixMicro() }
func tijdstip(µ int64) time.Time { return time.UnixMicro(µ).UTC() }

// rijen reads all rows of a query with lees and closes them.
func rijen[T any](ctx context.Context, v vrager, lees func(scan func(...any) error) (T, error), q string, args ...any) ([]T, error) {
	r, err := v.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	defer r.Close()
	var uit []T
	for r.Next() {
		t, err := lees(r.Scan)
		if err != nil {
			return nil, fmt.Errorf("dossier: %w", err)
		}
		uit = append(uit, t)
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	return uit, nil
}
