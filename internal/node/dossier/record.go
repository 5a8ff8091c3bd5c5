package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Record is one version of a record of the deelnemer.
type Record struct {
	Soort        string          // kind, for example "melding"
	ID           string          // uuid
	Versie       int             // 1 is the first
	Zaak         string          // urn of the zaak, or empty
	Staat        string          // state in the words of the soort, or empty
	GeldigVanaf  time.Time       // from when this is true; zero becomes VastgelegdOp
	VastgelegdOp time.Time       // when the node knew it; set by Schrijf
	Door         string          // who wrote it: a person of the organisation or a rule
	Personen     []begrip.BSN    // about whom it is, in the order of the writer
	Inhoud       json.RawMessage // content

	// Herkomst is what this version rests on, here and at other sources. What is
	// withheld or protected there, is so here. Nil in a next version keeps what the
	// one before rested on. See Store.Rusten for what Schrijf adds and refuses.
	Herkomst []begrip.Verwijzing

	Rust bool   // this version, or one before it, rests on other records; set by Schrijf
	Zout string // salt of Hash; set by Schrijf

	ontleed *atomic.Value // Inhoud as Als read it; shared by the copies of this value
}

// Als gives the content of r as a T, decoded once for all who ask the same of this value
// and its copies: nobody may change what it points to.
func Als[T any](r Record) (*T, error) {
	if r.ontleed != nil {
		if t, ok := r.ontleed.Load().(*T); ok {
			return t, nil
		}
	}
	t := new(T)
	if err := json.Unmarshal(r.Inhoud, t); err != nil {
		return nil, fmt.Errorf("dossier: %s lezen: %w", r.Soort, err)
	}
	if r.ontleed != nil {
		r.ontleed.CompareAndSwap(nil, t)
	}
	return t, nil
}

// Filter chooses current versions; an empty field does not limit.
type Filter struct {
	Soort, Zaak, Staat string
	Persoon            begrip.BSN
	Limiet             int  // 0 means 1000
	Na                 Plek // go on after this one; the zero value begins
}

// Plek is where a record stands in a list of the newest first.
type Plek struct {
	Op time.Time // VastgelegdOp
	ID string
}

// standaardLimiet keeps a forgotten limit from reading a whole dossier.
const standaardLimiet = 1000

const recordKolommen = "r.soort, r.id, r.versie, r.zaak, r.staat, r.geldig_vanaf, r.rec_from, r.door, r.inhoud, r.zout, r.rust"

// open is written out, not bound: only then does the partial index apply.
const open = "9223372036854775807"

// Schrijf adds the next version of a record. rec.Versie is the version the
// writer has seen: 0 for a new record, else the current one; anything else is
// Conflict. It gives the record as stored.
func (tx *Tx) Schrijf(ctx context.Context, rec Record) (Record, error) {
	if rec.Soort == "" || rec.ID == "" || !json.Valid(rec.Inhoud) {
		return Record{}, errors.New("dossier: een record heeft een soort, een id en geldige JSON als inhoud")
	}
	if begrip.Gesloten(rec.Inhoud) {
		return Record{}, errors.New("dossier: een beschermde waarde is gesloten en gaat zo verloren; begrip.Opslag maakt de vorm om op te slaan")
	}
	versie, vanaf, rust, err := tx.huidig(ctx, rec.Soort, rec.ID)
	if err != nil {
		return Record{}, err
	}
	if rec.Versie != versie {
		return Record{}, begrip.NieuweFout(begrip.Conflict, "Iemand anders heeft dit net gewijzigd. Bekijk eerst de nieuwe gegevens.")
	}
	nu := max(micros(tx.nu()), vanaf+1) // versions never share a moment, even when the clock runs back
	rec.Versie, rec.VastgelegdOp = versie+1, tijdstip(nu)
	if rec.GeldigVanaf.IsZero() {
		rec.GeldigVanaf = rec.VastgelegdOp
	}
	rec.GeldigVanaf = tijdstip(micros(rec.GeldigVanaf))
	rec.Personen, rec.Herkomst = uniek(rec.Personen), slices.Clone(rec.Herkomst)
	if rust && rec.Herkomst == nil {
		vorige := Record{Soort: rec.Soort, ID: rec.ID, Versie: versie}
		if err := herkomst(ctx, tx.tx, &vorige); err != nil {
			return Record{}, err
		}
		rec.Herkomst = vorige.Herkomst
	}
	if err := tx.rust(ctx, &rec); err != nil {
		return Record{}, err
	}
	rec.Zout, rec.Rust = zout(), rust || len(rec.Herkomst) > 0
	tx.record = true
	if err := tx.bewaar(ctx, &rec); err != nil {
		return Record{}, fmt.Errorf("dossier: %s schrijven: %w", rec.Soort, err)
	}
	return rec, tx.wijsNieuwen(ctx, rec)
}

func (tx *Tx) huidig(ctx context.Context, soort, id string) (versie int, vanaf int64, rust bool, err error) {
	err = tx.tx.QueryRowContext(ctx, `SELECT versie, rec_from, rust FROM record
		WHERE soort = $1 AND id = $2 AND rec_to = `+open, soort, id).Scan(&versie, &vanaf, &rust)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, false, nil
	}
	if err != nil {
		return 0, 0, false, fmt.Errorf("dossier: %w", err)
	}
	return versie, vanaf, rust, nil
}

func (tx *Tx) bewaar(ctx context.Context, rec *Record) error {
	nu := micros(rec.VastgelegdOp)
	if _, err := tx.tx.ExecContext(ctx, `UPDATE record SET rec_to = $1
		WHERE soort = $2 AND id = $3 AND rec_to = `+open, nu, rec.Soort, rec.ID); err != nil {
		return err
	}
	if _, err := tx.tx.ExecContext(ctx, `INSERT INTO record
		(soort, id, versie, zaak, staat, geldig_vanaf, rec_from, rec_to, door, inhoud, zout, rust)
		VALUES ($1, $2, $3, $4, $5, $6, $7, `+open+`, $8, $9, $10, $11)`,
		rec.Soort, rec.ID, rec.Versie, rec.Zaak, rec.Staat, micros(rec.GeldigVanaf), nu, rec.Door, string(rec.Inhoud), rec.Zout, rec.Rust); err != nil {
		return err
	}
	for i, b := range rec.Personen {
		if _, err := tx.tx.ExecContext(ctx, `INSERT INTO record_persoon (bsn, soort, id, versie, plaats)
			VALUES ($1, $2, $3, $4, $5)`, b.Leesbaar(), rec.Soort, rec.ID, rec.Versie, i); err != nil {
			return err
		}
	}
	return tx.bewaarHerkomst(ctx, rec)
}

// Lees gives the version of a record that the node knew at peildatum; the zero
// time means now. A record it did not know then is NietGevonden.
func (s *Store) Lees(ctx context.Context, soort, id string, peildatum time.Time) (Record, error) {
	return lees(ctx, s.lees, soort, id, peildatum)
}

// Lees is Store.Lees inside the transaction: it sees what tx wrote.
func (tx *Tx) Lees(ctx context.Context, soort, id string, peildatum time.Time) (Record, error) {
	return lees(ctx, tx.tx, soort, id, peildatum)
}

func lees(ctx context.Context, v vrager, soort, id string, peildatum time.Time) (Record, error) {
	q := "SELECT " + recordKolommen + " FROM record r WHERE r.soort = $1 AND r.id = $2 AND "
	args := []any{soort, id}
	if peildatum.IsZero() {
		q += "r.rec_to = " + open
	} else {
		q += "r.rec_from <= $3 AND r.rec_to > $3"
		args = append(args, micros(peildatum))
	}
	recs, err := leesAlle(ctx, v, q, args...)
	if err != nil {
		return Record{}, err
	}
	if len(recs) == 0 {
		return Record{}, begrip.NieuweFout(begrip.NietGevonden, "Dit staat niet in het dossier.")
	}
	return recs[0], nil
}

// Zoek gives the current versions that pass the filter, newest first.
func (s *Store) Zoek(ctx context.Context, f Filter) ([]Record, error) { return zoek(ctx, s.lees, f) }

// Zoek is Store.Zoek inside the transaction: it sees what tx wrote.
func (tx *Tx) Zoek(ctx context.Context, f Filter) ([]Record, error) { return zoek(ctx, tx.tx, f) }

func zoek(ctx context.Context, v vrager, f Filter) ([]Record, error) {
	var q strings.Builder
	var args []any
	q.WriteString("SELECT " + recordKolommen + " FROM record r")
	if !f.Persoon.IsZero() {
		q.WriteString(" JOIN record_persoon p ON p.soort = r.soort AND p.id = r.id AND p.versie = r.versie")
	}
	q.WriteString(" WHERE r.rec_to = " + open)
	for _, e := range [][2]string{{"p.bsn", f.Persoon.Leesbaar()}, {"r.soort", f.Soort}, {"r.zaak", f.Zaak}, {"r.staat", f.Staat}} {
		if e[1] != "" {
			args = append(args, e[1])
			fmt.Fprintf(&q, " AND %s = $%d", e[0], len(args))
		}
	}
	if !f.Na.Op.IsZero() {
		args = append(args, micros(f.Na.Op), f.Na.ID)
		fmt.Fprintf(&q, " AND (r.rec_from, r.id) < ($%d, $%d)", len(args)-1, len(args))
	}
	args = append(args, limiet(f.Limiet))
	fmt.Fprintf(&q, " ORDER BY r.rec_from DESC, r.id DESC LIMIT $%d", len(args))
	return leesAlle(ctx, v, q.String(), args...)
}

// Versies gives all versions of a record, oldest first; NietGevonden when
// there is none.
func (s *Store) Versies(ctx context.Context, soort, id string) ([]Record, error) {
	recs, err := leesAlle(ctx, s.lees, "SELECT "+recordKolommen+" FROM record r WHERE r.soort = $1 AND r.id = $2 ORDER BY r.versie", soort, id)
	if err == nil && len(recs) == 0 {
		err = begrip.NieuweFout(begrip.NietGevonden, "Dit staat niet in het dossier.")
	}
	return recs, err
}

// Begonnen gives the first version of each record of a kind that was stored after na,
// oldest first.
func (s *Store) Begonnen(ctx context.Context, soort string, na time.Time) ([]Record, error) {
	return rijen(ctx, s.lees, scanRecord, "SELECT "+recordKolommen+" FROM record r WHERE r.soort = $1 AND r.versie = 1 AND r.rec_from > $2 ORDER BY r.rec_from", soort, micros(na))
}

// leesAlle reads records, then their persons and what they rest on, whatever their
// number. Two queries may see two moments, but those of a version never change.
func leesAlle(ctx context.Context, v vrager, q string, args ...any) ([]Record, error) {
	recs, err := rijen(ctx, v, scanRecord, q, args...)
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	alle, rust := make([]*Record, len(recs)), []*Record(nil)
	for i := range recs {
		alle[i] = &recs[i]
		if recs[i].Rust {
			rust = append(rust, &recs[i])
		}
	}
	if err := bijRecords(ctx, v, "bsn", "record_persoon", alle, scanBSN, func(r *Record, b begrip.BSN) { r.Personen = append(r.Personen, b) }); err != nil {
		return nil, err
	}
	return recs, bijRecords(ctx, v, herkomstKolommen, "record_herkomst", rust, scanVerwijzing, func(r *Record, h begrip.Verwijzing) { r.Herkomst = append(r.Herkomst, h) })
}

// perVraag is about how many records one query asks at most.
const perVraag = 256

// bijRecords reads kolommen of the rows in tabel that belong to versions of records, in the
// order of their plaats, and gives each to its record. A query has as many places as the
// power of two above what it asks, so that few shapes of it exist.
func bijRecords[T any](ctx context.Context, v vrager, kolommen, tabel string, recs []*Record, lees func(scan func(...any) error) (T, error), zet func(*Record, T)) error {
	type sleutel struct {
		soort, id string
		versie    int
	}
	type rij struct {
		sleutel
		t T
	}
	for deel := range slices.Chunk(recs, perVraag) {
		plekken := 1
		for plekken < len(deel) {
			plekken *= 2
		}
		var in strings.Builder
		args, van := make([]any, 0, 3*plekken), make(map[sleutel]*Record, len(deel))
		for i := range plekken {
			r := deel[min(i, len(deel)-1)]
			fmt.Fprintf(&in, ", ($%d, $%d, $%d)", 3*i+1, 3*i+2, 3*i+3)
			args, van[sleutel{r.Soort, r.ID, r.Versie}] = append(args, r.Soort, r.ID, r.Versie), r
		}
		rs, err := rijen(ctx, v, func(scan func(...any) error) (x rij, err error) {
			x.t, err = lees(func(rest ...any) error { return scan(append([]any{&x.soort, &x.id, &x.versie}, rest...)...) })
			return x, err
		}, "SELECT soort, id, versie, "+kolommen+" FROM "+tabel+" WHERE (soort, id, versie) IN (VALUES "+in.String()[2:]+") ORDER BY soort, id, versie, plaats", args...)
		if err != nil {
			return err
		}
		for _, x := range rs {
			zet(van[x.sleutel], x.t)
		}
	}
	return nil
}

func scanRecord(scan func(...any) error) (Record, error) {
	var r Record
	var geldig, vast int64
	var inhoud string
	err := scan(&r.Soort, &r.ID, &r.Versie, &r.Zaak, &r.Staat, &geldig, &vast, &r.Door, &inhoud, &r.Zout, &r.Rust)
	r.GeldigVanaf, r.VastgelegdOp, r.Inhoud = tijdstip(geldig), tijdstip(vast), json.RawMessage(inhoud)
	r.ontleed = new(atomic.Value)
	return r, err
}

func scanBSN(scan func(...any) error) (begrip.BSN, error) {
	var s string
	if err := scan(&s); err != nil {
		return begrip.BSN{}, err
	}
	return begrip.ParseBSN(s)
}

func uniek(bsns []begrip.BSN) []begrip.BSN {
	var uit []begrip.BSN
	gezien := map[begrip.BSN]bool{}
	for _, b := range bsns {
		if !b.IsZero() && !gezien[b] {
			gezien[b] = true
			uit = append(uit, b)
		}
	}
	return uit
}

func limiet(n int) int {
	if n <= 0 {
		return standaardLimiet
	}
	return n
}
