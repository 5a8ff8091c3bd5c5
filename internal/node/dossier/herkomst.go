package dossier

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Sleutel names a record of the dossier.
type Sleutel struct{ Soort, ID string }

// Sleutel gives the name of r.
func (r Record) Sleutel() Sleutel { return Sleutel{r.Soort, r.ID} }

// Hash pins the content of this version: SHA-256 over a salt of its own and the
// content. Whoever holds it can prove later which version there was, and learns
// nothing from it.
func (r Record) Hash() string {
	h := sha256.New()
	h.Write([]byte(r.Zout))
	h.Write(r.Inhoud)
	return hex.EncodeToString(h.Sum(nil))
}

// Verwijzing names this version as another record can rest on it: at source
// bron, where its kind is served at pad ("/v1/meldingen").
func (r Record) Verwijzing(bron begrip.OIN, pad string) begrip.Verwijzing {
	return begrip.Verwijzing{Bron: bron, Soort: r.Soort, Pad: pad + "/" + r.ID, Versie: r.Versie, Hash: r.Hash()}
}

// Grond is that one record rests on another one.
type Grond struct {
	Van  Sleutel
	Op   begrip.Verwijzing // without Versie and Hash: in any version
	Zaak string            // of Op, when that is a record of this dossier
}

// maxHerkomst bounds how much is gone through at once: what rests on more than
// this is not decided about.
const maxHerkomst = 5000

// errHerkomst refuses: a doubt closes.
var errHerkomst = begrip.NieuweFout(begrip.NietBeschikbaar, "Dit rust op te veel andere gegevens. Daarom laten wij het niet zien.")

const herkomstKolommen = "bron, op_soort, pad, op_versie, op_hash"

// herkomst reads what a version rests on.
func herkomst(ctx context.Context, v vrager, r *Record) (err error) {
	r.Herkomst, err = rijen(ctx, v, scanVerwijzing, `SELECT `+herkomstKolommen+` FROM record_herkomst
		WHERE soort = $1 AND id = $2 AND versie = $3 ORDER BY plaats`, r.Soort, r.ID, r.Versie)
	return err
}

func scanVerwijzing(scan func(...any) error) (v begrip.Verwijzing, err error) {
	err = scan(&v.Bron, &v.Soort, &v.Pad, &v.Versie, &v.Hash)
	return v, err
}

// bewaarHerkomst writes what rec rests on. Of a record of this dossier that is
// named without a version, the version of now is pinned.
func (tx *Tx) bewaarHerkomst(ctx context.Context, rec *Record) error {
	for i := range rec.Herkomst {
		v := &rec.Herkomst[i]
		var c begrip.Controle
		v.Controleer(&c, "herkomst")
		if err := c.Fout(); err != nil {
			return err
		}
		if v.Soort == rec.Soort && v.ID() == rec.ID {
			return errors.New("een gegeven rust niet op zichzelf")
		}
		if v.Versie == 0 {
			op, err := lees(ctx, tx.tx, v.Soort, v.ID(), time.Time{})
			if err == nil {
				v.Versie, v.Hash = op.Versie, op.Hash()
			} else if !begrip.Is(err, begrip.NietGevonden) {
				return err
			}
		}
		if _, err := tx.tx.ExecContext(ctx, `INSERT INTO record_herkomst
			(soort, id, versie, plaats, vastgelegd, bron, op_soort, op_id, pad, op_versie, op_hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			rec.Soort, rec.ID, rec.Versie, i, micros(rec.VastgelegdOp), string(v.Bron), v.Soort, v.ID(), v.Pad, v.Versie, v.Hash); err != nil {
			return err
		}
	}
	return nil
}

// Gronden gives what these records rest on, in any of their versions, and what
// that rests on, as far as this dossier knows: every step once, whatever circles
// there are. At peildatum counts only what was on record then; the zero time
// means now.
func (s *Store) Gronden(ctx context.Context, peildatum time.Time, van []Sleutel) ([]Grond, error) {
	return gronden(ctx, s.lees, peildatum, van)
}

// Gronden is Store.Gronden inside the transaction.
func (tx *Tx) Gronden(ctx context.Context, peildatum time.Time, van []Sleutel) ([]Grond, error) {
	return gronden(ctx, tx.tx, peildatum, van)
}

func gronden(ctx context.Context, v vrager, peildatum time.Time, van []Sleutel) ([]Grond, error) {
	if len(van) == 0 {
		return nil, nil
	}
	op := int64(1<<63 - 1)
	if !peildatum.IsZero() {
		op = micros(peildatum)
	}
	begin, args := beginpunten(van, op)
	uit, err := rijen(ctx, v, func(scan func(...any) error) (g Grond, err error) {
		err = scan(&g.Van.Soort, &g.Van.ID, &g.Op.Bron, &g.Op.Soort, &g.Op.Pad, &g.Zaak)
		return g, err
	}, `WITH RECURSIVE k(soort, id) AS (VALUES `+begin+`
		UNION SELECT h.op_soort, h.op_id FROM k JOIN record_herkomst h ON h.soort = k.soort AND h.id = k.id AND h.vastgelegd <= $1)
		SELECT DISTINCT h.soort, h.id, h.bron, h.op_soort, h.pad, coalesce(r.zaak, '')
		FROM k JOIN record_herkomst h ON h.soort = k.soort AND h.id = k.id AND h.vastgelegd <= $1
		LEFT JOIN record r ON r.soort = h.op_soort AND r.id = h.op_id AND r.rec_to = `+open+`
		LIMIT `+fmt.Sprint(maxHerkomst+1), args...)
	if err == nil && len(uit) > maxHerkomst {
		err = errHerkomst
	}
	return uit, err
}

// Afgeleid gives the records of this dossier that rest on record v, directly or
// through others, in any of their versions.
func (s *Store) Afgeleid(ctx context.Context, v begrip.Verwijzing) ([]Record, error) {
	return afgeleid(ctx, s.lees, v)
}

// Afgeleid is Store.Afgeleid inside the transaction.
func (tx *Tx) Afgeleid(ctx context.Context, v begrip.Verwijzing) ([]Record, error) {
	return afgeleid(ctx, tx.tx, v)
}

func afgeleid(ctx context.Context, v vrager, op begrip.Verwijzing) ([]Record, error) {
	uit, err := leesAlle(ctx, v, `WITH RECURSIVE k(soort, id) AS (
			SELECT h.soort, h.id FROM record_herkomst h WHERE h.op_soort = $1 AND h.op_id = $2 AND h.bron = $3
			UNION SELECT h.soort, h.id FROM k JOIN record_herkomst h ON h.op_soort = k.soort AND h.op_id = k.id)
		SELECT `+recordKolommen+` FROM k JOIN record r ON r.soort = k.soort AND r.id = k.id AND r.rec_to = `+open+`
		WHERE NOT (r.soort = $1 AND r.id = $2) ORDER BY r.rec_from, r.id LIMIT `+fmt.Sprint(maxHerkomst+1), op.Soort, op.ID(), string(op.Bron))
	if err == nil && len(uit) > maxHerkomst {
		err = errHerkomst
	}
	return uit, err
}

// beginpunten writes the first rows of a walk; $1 stays for the caller.
func beginpunten(van []Sleutel, eerste any) (string, []any) {
	var b strings.Builder
	args := []any{eerste}
	for i, s := range van {
		if i > 0 {
			b.WriteString(", ")
		}
		args = append(args, s.Soort, s.ID)
		fmt.Fprintf(&b, "($%d, $%d)", len(args)-1, len(args))
	}
	return b.String(), args
}

// Gelezen is that an organisation read a record of ours.
type Gelezen struct {
	Organisatie begrip.OIN
	Naam        string // as it was called then
	Keren       int
	Laatst      time.Time
}

// LezersVan gives which organisations read record id, by the verwerkingenlog:
// allowed looks of professionals and systems, not of the family; first who read
// it first.
func (s *Store) LezersVan(ctx context.Context, sl Sleutel) ([]Gelezen, error) {
	return lezersVan(ctx, s.lees, sl)
}

// LezersVan is Store.LezersVan inside the transaction.
func (tx *Tx) LezersVan(ctx context.Context, sl Sleutel) ([]Gelezen, error) {
	return lezersVan(ctx, tx.tx, sl)
}

func lezersVan(ctx context.Context, v vrager, sl Sleutel) ([]Gelezen, error) {
	regels, err := rijen(ctx, v, scanRegel, `SELECT regel FROM verwerking WHERE json_extract(regel, '$.recordId') = $1 ORDER BY nr`, sl.ID)
	if err != nil {
		return nil, err
	}
	var uit []Gelezen
	plaats := map[begrip.OIN]int{}
	for _, r := range regels {
		if r.Richting != Gegeven || !r.Toegestaan || !r.Burger.IsZero() || r.Soort != sl.Soort {
			continue
		}
		i, ok := plaats[r.LezerOIN]
		if !ok {
			i = len(uit)
			plaats[r.LezerOIN], uit = i, append(uit, Gelezen{Organisatie: r.LezerOIN})
		}
		uit[i].Naam, uit[i].Laatst = r.LezerOrganisatie, r.Tijdstip
		uit[i].Keren++
	}
	return uit, nil
}

// Bekeken tells that this organisation read a record at another source.
func (tx *Tx) Bekeken(ctx context.Context, v begrip.Verwijzing) (bool, error) {
	regels, err := rijen(ctx, tx.tx, scanRegel, `SELECT regel FROM verwerking WHERE json_extract(regel, '$.recordId') = $1 ORDER BY nr`, v.ID())
	for _, r := range regels {
		if r.Richting == Bekeken && r.Bron == v.Bron && r.Burger.IsZero() {
			return true, err
		}
	}
	return false, err
}

func zout() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
