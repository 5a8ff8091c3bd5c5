package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/handbereik/soh/internal/begrip"
)

// Richting tells which way somebody looked.
type Richting string

// The two directions.
const (
	Gegeven Richting = "gegeven" // somebody looks in our records
	Bekeken Richting = "bekeken" // we look in the records of another source
)

// Reden is a reason of a decision: in plain Dutch, with its article of law.
type Reden struct {
	Tekst   string `json:"tekst"`
	Artikel string `json:"artikel,omitempty"`
	Gezin   string `json:"gezin,omitempty"` // the same for the family; empty when it has no words of its own
}

// Logregel is one line of the verwerkingenlog: who looked at what, about whom,
// why, and what was decided.
type Logregel struct {
	ID       string    `json:"id"`       // made by Log when empty
	Tijdstip time.Time `json:"tijdstip"` // now when zero
	Richting Richting  `json:"richting"`

	// The reader, as its organisation states it.
	LezerOIN         begrip.OIN       `json:"lezerOin"`
	LezerOrganisatie string           `json:"lezerOrganisatie"` // name
	Persoon          string           `json:"persoon"`          // id of the professional at its organisation
	Naam             string           `json:"naam"`
	Rol              begrip.Rol       `json:"rol"`
	Doel             begrip.Doel      `json:"doel"`
	Grondslag        begrip.Grondslag `json:"grondslag"`
	Zaak             string           `json:"zaak,omitempty"`
	Burger           begrip.BSN       `json:"burger"`         // set when a family member looks
	Namens           begrip.BSN       `json:"namens"`         // for whom that family member looks, when not for itself
	Nood             string           `json:"nood,omitempty"` // the reason given for noodtoegang

	// What was looked at.
	Bron        begrip.OIN    `json:"bron"`
	Soort       string        `json:"soort"`
	RecordID    string        `json:"recordId"`
	Lijst       []string      `json:"lijst,omitempty"` // a look at a list: which records it showed, instead of RecordID
	Niveau      begrip.Niveau `json:"niveau"`
	Velden      []string      `json:"velden,omitempty"`
	Handeling   string        `json:"handeling,omitempty"` // what was done with it, beside reading
	Betrokkenen []begrip.BSN  `json:"betrokkenen"`

	// What was decided.
	Toegestaan      bool     `json:"toegestaan"`
	Redenen         []Reden  `json:"redenen,omitempty"`
	Plichten        []string `json:"plichten,omitempty"` // what had to be done with this look
	TraceID         string   `json:"traceId,omitempty"`
	BronAfgeschermd bool     `json:"bronAfgeschermd,omitempty"` // the family must not learn of this source
	Vervolg         string   `json:"vervolg,omitempty"`         // ID of the line that this one adds to: what the source's answer told

	Besluiten json.RawMessage `json:"besluiten,omitempty"` // of a call to the decision point; only with Richting Besluit
}

// opgeslagen is a Logregel as stored: there, and only there, with readable BSNs.
type opgeslagen struct {
	Logregel
	Burger      begrip.InhoudBSN   `json:"burger"`
	Namens      begrip.InhoudBSN   `json:"namens,omitzero"`
	Betrokkenen []begrip.InhoudBSN `json:"betrokkenen"`
}

// Log adds a line to the verwerkingenlog, as part of tx.
func (tx *Tx) Log(ctx context.Context, l Logregel) error {
	if l.ID == "" {
		l.ID = uuid.Must(uuid.NewV7()).String()
	}
	if l.Tijdstip.IsZero() {
		l.Tijdstip = tx.nu()
	}
	l.Tijdstip = tijdstip(micros(l.Tijdstip))
	l.Betrokkenen = uniek(l.Betrokkenen)
	o := opgeslagen{Logregel: l, Burger: begrip.InhoudBSN{BSN: l.Burger}, Namens: begrip.InhoudBSN{BSN: l.Namens}}
	for _, b := range l.Betrokkenen {
		o.Betrokkenen = append(o.Betrokkenen, begrip.InhoudBSN{BSN: b})
	}
	regel, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("dossier: logregel: %w", err)
	}
	if err := tx.schrijfRegel(ctx, l, regel); err != nil {
		return fmt.Errorf("dossier: logregel: %w", err)
	}
	return nil
}

const (
	logKop     = `SELECT nr, hash FROM verwerking ORDER BY nr DESC LIMIT 1`
	logRegel   = `INSERT INTO verwerking (nr, id, tijdstip, regel, vorige, hash) VALUES ($1, $2, $3, $4, $5, $6)`
	logPersoon = `INSERT INTO verwerking_persoon (bsn, nr) VALUES ($1, $2)`
)

func (tx *Tx) schrijfRegel(ctx context.Context, l Logregel, regel []byte) error {
	var nr int64
	vorige := make([]byte, sha256.Size)
	err := tx.tx.QueryRowContext(ctx, logKop).Scan(&nr, &vorige)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	nr++
	tx.gelogd = true
	hash := ketting(vorige, nr, regel)
	if _, err := tx.tx.ExecContext(ctx, logRegel, nr, l.ID, micros(l.Tijdstip), string(regel), vorige, hash[:]); err != nil {
		return err
	}
	for _, b := range l.Betrokkenen {
		if _, err := tx.tx.ExecContext(ctx, logPersoon, b.Leesbaar(), nr); err != nil {
			return err
		}
	}
	return nil
}

// Log adds a line to the verwerkingenlog; it is on disk when Log returns nil.
func (s *Store) Log(ctx context.Context, l Logregel) error {
	return s.Tx(ctx, func(tx *Tx) error { return tx.Log(ctx, l) })
}

// Logboek gives the last looks of the verwerkingenlog, newest first; see Besluitlog
// for the decisions between them.
func (s *Store) Logboek(ctx context.Context, lim int) ([]Logregel, error) {
	return rijen(ctx, s.lees, scanRegel, `SELECT regel FROM verwerking WHERE NOT `+isBesluit+` ORDER BY nr DESC LIMIT $1`, limiet(lim))
}

// GenummerdeRegel is a line with its number in the chain.
type GenummerdeRegel struct {
	Nr int64
	Logregel
}

// LogNa gives the lines after number nr, oldest first.
func (s *Store) LogNa(ctx context.Context, nr int64, lim int) ([]GenummerdeRegel, error) {
	return rijen(ctx, s.lees, scanGenummerd, `SELECT nr, regel FROM verwerking WHERE nr > $1 ORDER BY nr LIMIT $2`, nr, limiet(lim))
}

// LogVoor gives the lines up to and including number nr, newest first.
func (s *Store) LogVoor(ctx context.Context, nr int64, lim int) ([]GenummerdeRegel, error) {
	return rijen(ctx, s.lees, scanGenummerd, `SELECT nr, regel FROM verwerking WHERE nr <= $1 ORDER BY nr DESC LIMIT $2`, nr, limiet(lim))
}

func scanGenummerd(scan func(...any) error) (r GenummerdeRegel, err error) {
	r.Logregel, err = scanRegel(func(d ...any) error { return scan(append([]any{&r.Nr}, d...)...) })
	return r, err
}

// LogVoorPersoon gives the last lines about one person, newest first.
func (s *Store) LogVoorPersoon(ctx context.Context, bsn begrip.BSN, lim int) ([]Logregel, error) {
	return rijen(ctx, s.lees, scanRegel, `SELECT v.regel FROM verwerking v JOIN verwerking_persoon p ON p.nr = v.nr
		WHERE p.bsn = $1 ORDER BY v.nr DESC LIMIT $2`, bsn.Leesbaar(), limiet(lim))
}

// LogOverPersoon gives the looks about one person from before number voor (0: from
// the newest on) and before tot (zero: now), newest first: those of professionals, or with gezin those of
// members of the family. Each kind is found without the other, so that no number
// of visits pushes a look out.
func (s *Store) LogOverPersoon(ctx context.Context, bsn begrip.BSN, gezin bool, voor int64, tot time.Time, lim int) ([]GenummerdeRegel, error) {
	grens := int64(math.MaxInt64)
	if voor <= 0 {
		voor = math.MaxInt64
	}
	if !tot.IsZero() {
		grens = micros(tot)
	}
	burger := "="
	if gezin {
		burger = "<>"
	}
	return rijen(ctx, s.lees, scanGenummerd, `SELECT v.nr, v.regel FROM verwerking_persoon p CROSS JOIN verwerking v ON v.nr = p.nr
		WHERE p.bsn = $1 AND p.nr < $2 AND v.tijdstip < $3 AND json_extract(v.regel, '$.burger') `+burger+` '' ORDER BY p.nr DESC LIMIT $4`,
		bsn.Leesbaar(), voor, grens, limiet(lim))
}

// LogVanLezer gives the looks of one professional of organisation oin from before
// number voor (0: from the newest on), newest first.
func (s *Store) LogVanLezer(ctx context.Context, oin begrip.OIN, persoon string, voor int64, lim int) ([]GenummerdeRegel, error) {
	if voor <= 0 {
		voor = math.MaxInt64
	}
	return rijen(ctx, s.lees, scanGenummerd, `SELECT nr, regel FROM verwerking WHERE nr < $1 AND json_extract(regel, '$.lezerOin') = $2
		AND json_extract(regel, '$.persoon') = $3 AND NOT `+isBesluit+` ORDER BY nr DESC LIMIT $4`, voor, string(oin), persoon, limiet(lim))
}

// Verifieer reads the whole verwerkingenlog and checks the chain. It gives the
// number of lines and the last hash: whoever keeps those elsewhere can later
// show that no line was cut off the end. Its error names the first bad line.
func (s *Store) Verifieer(ctx context.Context) (aantal int64, kop [sha256.Size]byte, err error) {
	return s.VerifieerMet(ctx, nil)
}

// Kop gives the number of lines and the hash of the last one, without checking.
func (s *Store) Kop(ctx context.Context) (aantal int64, kop [sha256.Size]byte, err error) {
	var hash []byte
	err = s.lees.QueryRowContext(ctx, logKop).Scan(&aantal, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, kop, nil
	}
	if err != nil || len(hash) != len(kop) {
		return 0, kop, fmt.Errorf("dossier: kop van het verwerkingenlog: %w", err)
	}
	return aantal, [sha256.Size]byte(hash), nil
}

// LogHash gives the hash of line nr; ok is false when the log does not go so far.
func (s *Store) LogHash(ctx context.Context, nr int64) (hash [sha256.Size]byte, ok bool, err error) {
	var b []byte
	err = s.lees.QueryRowContext(ctx, `SELECT hash FROM verwerking WHERE nr = $1`, nr).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return hash, false, nil
	}
	if err != nil || len(b) != len(hash) {
		return hash, false, fmt.Errorf("dossier: verwerkingenlog: %w", err)
	}
	return [sha256.Size]byte(b), true, nil
}

// VerifieerMet is Verifieer, and holds the chain against hashes that were kept
// elsewhere: ankers gives the hash after a number of lines.
func (s *Store) VerifieerMet(ctx context.Context, ankers map[int64][sha256.Size]byte) (aantal int64, kop [sha256.Size]byte, err error) {
	defer func() {
		for nr := range ankers {
			if err == nil && nr > aantal {
				err = fmt.Errorf("verwerkingenlog: na regel %d is het einde weg; elders staat vast dat er %d waren", aantal, nr)
			}
		}
	}()
	t, err := s.lees.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, kop, fmt.Errorf("dossier: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // it only reads
	const blok = 500
	for {
		regels, err := rijen(ctx, t, scanSchakel, `SELECT nr, id, tijdstip, regel, vorige, hash FROM verwerking
			WHERE nr > $1 ORDER BY nr LIMIT $2`, aantal, blok)
		if err != nil {
			return aantal, kop, err
		}
		for _, r := range regels {
			if r.nr != aantal+1 {
				return aantal, kop, fmt.Errorf("verwerkingenlog: regel %d ontbreekt", aantal+1)
			}
			hash := ketting(kop[:], r.nr, r.regel)
			if !bytes.Equal(r.vorige, kop[:]) || !bytes.Equal(r.hash, hash[:]) || !r.klopt(ctx, t) {
				return aantal, kop, fmt.Errorf("verwerkingenlog: regel %d is gewijzigd", r.nr)
			}
			aantal, kop = r.nr, hash
			if anker, ok := ankers[aantal]; ok && anker != kop {
				return aantal, kop, fmt.Errorf("verwerkingenlog: tot en met regel %d is het log een ander dan elders vaststaat", aantal)
			}
		}
		if len(regels) < blok {
			return aantal, kop, nil
		}
	}
}

type schakel struct {
	nr, tijdstip int64
	id           string
	regel        []byte
	vorige, hash []byte
}

// klopt tells whether the columns and the person index say what the line says.
func (r schakel) klopt(ctx context.Context, v vrager) bool {
	var o opgeslagen
	if json.Unmarshal(r.regel, &o) != nil || o.ID != r.id || micros(o.Tijdstip) != r.tijdstip {
		return false
	}
	bsns, err := rijen(ctx, v, scanBSN, `SELECT bsn FROM verwerking_persoon WHERE nr = $1 ORDER BY bsn`, r.nr)
	var moet []begrip.BSN
	for _, b := range o.Betrokkenen {
		moet = append(moet, b.BSN)
	}
	slices.SortFunc(moet, func(a, b begrip.BSN) int { return bytes.Compare([]byte(a.Leesbaar()), []byte(b.Leesbaar())) })
	return err == nil && slices.Equal(bsns, moet)
}

func scanSchakel(scan func(...any) error) (r schakel, err error) {
	err = scan(&r.nr, &r.id, &r.tijdstip, &r.regel, &r.vorige, &r.hash)
	return r, err
}

func scanRegel(scan func(...any) error) (Logregel, error) {
	var regel []byte
	var o opgeslagen
	if err := scan(&regel); err != nil {
		return Logregel{}, err
	}
	if err := json.Unmarshal(regel, &o); err != nil {
		return Logregel{}, errors.New("een regel van het verwerkingenlog is onleesbaar")
	}
	l := o.Logregel
	l.Burger, l.Namens = o.Burger.BSN, o.Namens.BSN
	for _, b := range o.Betrokkenen {
		l.Betrokkenen = append(l.Betrokkenen, b.BSN)
	}
	return l, nil
}

// ketting is the hash of a line: over the hash before it, its number and text.
func ketting(vorige []byte, nr int64, regel []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(vorige)
	_ = binary.Write(h, binary.BigEndian, nr) // a hash takes every write
	h.Write(regel)
	return [sha256.Size]byte(h.Sum(nil))
}
