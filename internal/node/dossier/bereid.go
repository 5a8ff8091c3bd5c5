package dossier

import (
	"context"
	"database/sql"
	"sync"
)

// maxBereid bounds the statements that are kept: there is one for each shape of
// a query, and a list in it may have any length.
const maxBereid = 200

// bereid is a database that compiles each query once: for a small read that is
// most of the work. Safe for concurrent use.
type bereid struct {
	*sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// stmt gives the compiled q; nil when it is not kept and runs as it is.
func (b *bereid) stmt(ctx context.Context, q string) *sql.Stmt {
	b.mu.RLock()
	s, vol := b.stmts[q], len(b.stmts) >= maxBereid
	b.mu.RUnlock()
	if s != nil || vol {
		return s
	}
	s, err := b.DB.PrepareContext(ctx, q)
	if err != nil {
		return nil // the query itself will tell
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if ander := b.stmts[q]; ander != nil {
		_ = s.Close()
		return ander
	}
	if b.stmts == nil {
		b.stmts = map[string]*sql.Stmt{}
	}
	b.stmts[q] = s
	return s
}

func (b *bereid) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if s := b.stmt(ctx, q); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return b.DB.QueryContext(ctx, q, args...)
}

func (b *bereid) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	if s := b.stmt(ctx, q); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return b.DB.QueryRowContext(ctx, q, args...)
}

// schrijfvragen are compiled once, when the dossier opens: what every look
// writes. Not later: a transaction holds the only connection.
var schrijfvragen = []string{savepunt, geefVrij, logKop, logRegel, logPersoon, outboxErbij, stempelErbij}

// bereidVoor compiles them.
func bereidVoor(db *sql.DB) (map[string]*sql.Stmt, error) {
	uit := map[string]*sql.Stmt{}
	for _, q := range schrijfvragen {
		s, err := db.Prepare(q)
		if err != nil {
			return nil, err
		}
		uit[q] = s
	}
	return uit, nil
}
