package dossier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

const (
	savepunt = "SAVEPOINT lid"
	geefVrij = "RELEASE lid"
)

// maxGroep bounds how many transactions share one write to disk, and with it
// how long the first of them waits for the last.
const maxGroep = 64

// rij lets transactions that wait for their turn share one commit: the fsync is
// nearly all that a small write costs. Each has a savepoint of its own, so that
// one that fails takes nothing of another along; none is told that it is kept
// before the commit of them all.
type rij struct {
	wachtenden atomic.Int64
	beurt      sync.Mutex // one writes at a time
	groep      *groep     // open; kept by beurt
	naCommit   atomic.Pointer[func(Stempel)]
}

// groep is one transaction of SQLite with the writes of several callers.
type groep struct {
	tx    vast
	rij   *rij
	leden int  // that wrote something to keep
	telt  bool // a record or a log line was written: the commit gets a Stempel
	stuk  error
	klaar chan struct{} // closed when err is known
	err   error
}

// neem runs f in the open group, or a new one, and gives the group once f is in
// it; the caller then waits for klaar. The last in line commits.
func (r *rij) neem(ctx context.Context, db *sql.DB, stmts map[string]*sql.Stmt, f func(vast) (telt bool, err error)) (*groep, error) {
	r.wachtenden.Add(1)
	r.beurt.Lock()
	defer r.beurt.Unlock()
	wacht := r.wachtenden.Add(-1) > 0
	// Also when f panics: whoever waits for this group must not wait forever.
	defer func() {
		if g := r.groep; g != nil && (!wacht || g.leden >= maxGroep || g.stuk != nil) {
			r.groep = nil
			g.sluit()
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("dossier: begin: %w", err)
	}
	if r.groep == nil {
		// Not with ctx: the group is not of one caller alone.
		t, err := db.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return nil, fmt.Errorf("dossier: begin: %w", err)
		}
		r.groep = &groep{tx: vast{t, stmts}, rij: r, klaar: make(chan struct{})}
	}
	g := r.groep
	return g, g.voer(f)
}

// voer runs f between savepoints. When SQLite itself gave up the transaction (a
// full disk), the savepoint is gone and the whole group fails.
func (g *groep) voer(f func(vast) (telt bool, err error)) (err error) {
	if _, err := g.tx.ExecContext(context.Background(), savepunt); err != nil {
		g.stuk = err
		return fmt.Errorf("dossier: begin: %w", err)
	}
	goed := false
	defer func() {
		if goed {
			return
		}
		_, err1 := g.tx.ExecContext(context.Background(), "ROLLBACK TO lid")
		_, err2 := g.tx.ExecContext(context.Background(), geefVrij)
		if g.stuk == nil {
			g.stuk = errors.Join(err1, err2)
		}
	}()
	telt, err := f(g.tx)
	if err != nil {
		return err
	}
	if _, err := g.tx.ExecContext(context.Background(), geefVrij); err != nil {
		g.stuk = err
		return fmt.Errorf("dossier: commit: %w", err)
	}
	goed = true
	g.telt = g.telt || telt
	g.leden++
	return nil
}

// sluit commits, and tells everybody.
func (g *groep) sluit() {
	defer close(g.klaar)
	switch {
	case g.stuk != nil:
		g.err = g.stuk
		_ = g.tx.Rollback()
	case g.leden == 0:
		g.err = g.tx.Rollback()
	default:
		g.err = g.leg()
	}
}

// leg commits what was written, with its Stempel.
func (g *groep) leg() error {
	if !g.telt {
		return g.tx.Commit()
	}
	st, err := g.tx.stempel()
	if err != nil {
		_ = g.tx.Rollback()
		return err
	}
	err = g.tx.Commit()
	if f := g.rij.naCommit.Load(); err == nil && f != nil {
		(*f)(st)
	}
	return err
}

// vast is a transaction whose statements are not broken off half-way: SQLite
// would give up the whole group for it. What is cancelled before is not begun.
type vast struct {
	*sql.Tx
	stmts map[string]*sql.Stmt // compiled before; read only
}

func (v vast) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	if s := v.stmts[q]; s != nil {
		return v.StmtContext(ctx, s).ExecContext(ctx, args...)
	}
	return v.Tx.ExecContext(ctx, q, args...)
}

func (v vast) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return v.Tx.QueryContext(context.WithoutCancel(ctx), q, args...)
}

func (v vast) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	if s := v.stmts[q]; s != nil {
		return v.StmtContext(ctx, s).QueryRowContext(ctx, args...)
	}
	return v.Tx.QueryRowContext(ctx, q, args...)
}
