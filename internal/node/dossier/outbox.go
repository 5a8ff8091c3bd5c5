package dossier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/meting"
)

// Bericht is a message for another party.
type Bericht struct {
	ID          string // id of the event or order inside Body; stays the same at every attempt
	Bestemming  string // "hub" or an OIN
	Soort       string // what it is, for the page about deliveries
	Pad         string // path at the bestemming, for example "/v1/events"; never with a BSN
	ContentType string
	Body        []byte
}

// BerichtStaat tells how far a message came.
type BerichtStaat string

// The states of a message.
const (
	Wacht   BerichtStaat = "wacht"
	Bezorgd BerichtStaat = "bezorgd"
	Mislukt BerichtStaat = "mislukt" // refused by the other side; waits for a person
)

// Uitgaand is a message in the outbox with its state.
type Uitgaand struct {
	Bericht
	Nr       int64 // order in the outbox
	Staat    BerichtStaat
	Pogingen int       // attempts that failed
	Gemaakt  time.Time // when it was written
	Volgende time.Time // not to be tried before
	Klaar    time.Time // when it was delivered or parked; zero while it waits
	Reden    string    // why the last attempt failed
	Spoor    string    // traceparent of the work that wrote it; empty: none
}

// Stand is the state of the outbox for one bestemming.
type Stand struct {
	Bestemming              string
	Wacht, Bezorgd, Mislukt int
	Oudste                  time.Time // when the oldest waiting message was written; zero without one
	Pogingen                int       // failed attempts of the first waiting message
	Volgende                time.Time // when that one is tried again
	Reden                   string    // why its last attempt failed
}

const outboxKolommen = "nr, id, bestemming, soort, pad, content_type, body, staat, pogingen, gemaakt, volgende, klaar, reden, spoor"

const outboxErbij = `INSERT INTO outbox
	(id, bestemming, soort, pad, content_type, body, staat, pogingen, gemaakt, volgende, klaar, reden, spoor)
	VALUES ($1, $2, $3, $4, $5, $6, 'wacht', 0, $7, $7, 0, '', $8)
	ON CONFLICT (bestemming, id, pad) DO NOTHING`

// Verstuur puts a message in the outbox. It is delivered at least once, after
// the messages that were put there before it for the same bestemming, and only
// when tx commits. The same ID to the same Bestemming and Pad again is Conflict.
func (tx *Tx) Verstuur(ctx context.Context, b Bericht) error {
	if b.ID == "" || b.Bestemming == "" || b.Pad == "" || len(b.Body) == 0 {
		return errors.New("dossier: een bericht heeft een id, een bestemming, een pad en een inhoud")
	}
	nu := micros(tx.nu())
	uit, err := tx.tx.ExecContext(ctx, outboxErbij,
		b.ID, b.Bestemming, b.Soort, b.Pad, b.ContentType, b.Body, nu, meting.Spoor(ctx))
	if err != nil {
		return fmt.Errorf("dossier: versturen: %w", err)
	}
	if n, err := uit.RowsAffected(); err != nil {
		return fmt.Errorf("dossier: versturen: %w", err)
	} else if n == 0 {
		return begrip.NieuweFout(begrip.Conflict, "Dit bericht is al verstuurd.")
	}
	tx.verstuurd = true
	return nil
}

// Bestemmingen gives the parties a message waits for.
func (s *Store) Bestemmingen(ctx context.Context) ([]string, error) {
	return rijen(ctx, s.lees, func(scan func(...any) error) (b string, err error) {
		err = scan(&b)
		return b, err
	}, `SELECT DISTINCT bestemming FROM outbox WHERE staat = 'wacht' ORDER BY bestemming`)
}

// Volgende gives the first waiting message for a bestemming, due or not: what
// comes after it must wait for it. ok is false when nothing waits.
func (s *Store) Volgende(ctx context.Context, bestemming string) (u Uitgaand, ok bool, err error) {
	us, err := rijen(ctx, s.lees, scanUitgaand, "SELECT "+outboxKolommen+` FROM outbox
		WHERE staat = 'wacht' AND bestemming = $1 ORDER BY nr LIMIT 1`, bestemming)
	if err != nil || len(us) == 0 {
		return Uitgaand{}, false, err
	}
	return us[0], true, nil
}

// IsBezorgd marks a waiting message as delivered.
func (s *Store) IsBezorgd(ctx context.Context, nr int64) error {
	return s.zetBericht(ctx, false, `UPDATE outbox SET staat = 'bezorgd', klaar = $1, reden = '' WHERE nr = $2 AND staat = 'wacht'`, micros(s.nu()), nr)
}

// StelUit notes a failed attempt: the message is tried again, not before tot.
func (s *Store) StelUit(ctx context.Context, nr int64, tot time.Time, reden string) error {
	return s.zetBericht(ctx, false, `UPDATE outbox SET pogingen = pogingen + 1, volgende = $1, reden = $2 WHERE nr = $3 AND staat = 'wacht'`,
		micros(tot), veilig(reden), nr)
}

// Parkeer notes that the other side refused the message: it is not tried again
// until Herbied, and the next one goes on.
func (s *Store) Parkeer(ctx context.Context, nr int64, reden string) error {
	return s.zetBericht(ctx, false, `UPDATE outbox SET staat = 'mislukt', pogingen = pogingen + 1, klaar = $1, reden = $2 WHERE nr = $3 AND staat = 'wacht'`,
		micros(s.nu()), veilig(reden), nr)
}

// Herbied lets a parked message wait for delivery again, in its old place.
func (s *Store) Herbied(ctx context.Context, nr int64) error {
	return s.zetBericht(ctx, true, `UPDATE outbox SET staat = 'wacht', pogingen = 0, volgende = $1, klaar = 0 WHERE nr = $2 AND staat = 'mislukt'`, micros(s.nu()), nr)
}

// HerbiedAlles is Herbied for every parked message to a bestemming, after its
// cause was taken away; Conflict when there is none.
func (s *Store) HerbiedAlles(ctx context.Context, bestemming string) error {
	return s.zetBericht(ctx, true, `UPDATE outbox SET staat = 'wacht', pogingen = 0, volgende = $1, klaar = 0
		WHERE bestemming = $2 AND staat = 'mislukt'`, micros(s.nu()), bestemming)
}

// zetBericht runs an update of the outbox; wek when it gives work to deliver.
func (s *Store) zetBericht(ctx context.Context, wek bool, q string, args ...any) error {
	return s.Tx(ctx, func(tx *Tx) error {
		r, err := tx.tx.ExecContext(ctx, q, args...)
		if err != nil {
			return fmt.Errorf("dossier: outbox: %w", err)
		}
		if n, err := r.RowsAffected(); err != nil {
			return fmt.Errorf("dossier: outbox: %w", err)
		} else if n == 0 {
			return begrip.NieuweFout(begrip.Conflict, "Dit bericht heeft intussen een andere stand.")
		}
		tx.verstuurd = wek
		return nil
	})
}

// Mislukte gives the parked messages, newest first.
func (s *Store) Mislukte(ctx context.Context, lim int) ([]Uitgaand, error) {
	return rijen(ctx, s.lees, scanUitgaand, "SELECT "+outboxKolommen+` FROM outbox
		WHERE staat = 'mislukt' ORDER BY nr DESC LIMIT $1`, limiet(lim))
}

// Stand gives the state of the outbox per bestemming.
func (s *Store) Stand(ctx context.Context) ([]Stand, error) {
	standen, err := rijen(ctx, s.lees, func(scan func(...any) error) (st Stand, err error) {
		err = scan(&st.Bestemming, &st.Wacht, &st.Bezorgd, &st.Mislukt)
		return st, err
	}, `SELECT bestemming, SUM(CASE WHEN staat = 'wacht' THEN 1 ELSE 0 END),
		SUM(CASE WHEN staat = 'bezorgd' AND length(body) > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN staat = 'mislukt' THEN 1 ELSE 0 END)
		FROM outbox GROUP BY bestemming ORDER BY bestemming`)
	if err != nil {
		return nil, err
	}
	for i := range standen {
		u, ok, err := s.Volgende(ctx, standen[i].Bestemming)
		if err != nil {
			return nil, err
		}
		if ok {
			standen[i].Oudste, standen[i].Pogingen, standen[i].Volgende, standen[i].Reden = u.Gemaakt, u.Pogingen, u.Volgende, u.Reden
		}
	}
	return standen, nil
}

// bewaardeIDs is how many ids of messages to the hub stay known for good: by
// them a dossier that was put back from a copy is told from the real one.
const bewaardeIDs = 1000

// RuimOp empties messages that were delivered before voor: they hold personal
// data and have done their work. It gives how many. Of the last ones to the hub
// the id stays.
func (s *Store) RuimOp(ctx context.Context, voor time.Time) (n int64, err error) {
	err = s.Tx(ctx, func(tx *Tx) error {
		r, err := tx.tx.ExecContext(ctx, `UPDATE outbox SET body = x'' WHERE staat = 'bezorgd' AND klaar < $1 AND length(body) > 0`, micros(voor))
		if err != nil {
			return fmt.Errorf("dossier: outbox: %w", err)
		}
		if n, err = r.RowsAffected(); err != nil {
			return err
		}
		_, err = tx.tx.ExecContext(ctx, `DELETE FROM outbox WHERE staat = 'bezorgd' AND length(body) = 0 AND (bestemming <> 'hub' OR nr <=
			COALESCE((SELECT nr FROM outbox WHERE bestemming = 'hub' ORDER BY nr DESC LIMIT 1 OFFSET $1), 0))`, bewaardeIDs)
		return err
	})
	return n, err
}

// Bezorgde gives delivered messages to a bestemming with a number below voor (0:
// all) that were delivered before the moment op, newest first, without content.
func (s *Store) Bezorgde(ctx context.Context, bestemming string, voor int64, op time.Time, lim int) ([]Uitgaand, error) {
	return rijen(ctx, s.lees, scanUitgaand, `SELECT nr, id, bestemming, soort, pad, content_type, x'', staat, pogingen, gemaakt, volgende, klaar, reden, spoor
		FROM outbox WHERE staat = 'bezorgd' AND bestemming = $1 AND ($2 = 0 OR nr < $2) AND klaar <= $3 ORDER BY nr DESC LIMIT $4`, bestemming, voor, micros(op), limiet(lim))
}

// Opnieuw lets delivered messages wait for delivery again, in their old place:
// the other side lost them. It gives how many still have their content.
func (s *Store) Opnieuw(ctx context.Context, nrs []int64) (n int, err error) {
	err = s.Tx(ctx, func(tx *Tx) error {
		n = 0
		for _, nr := range nrs {
			r, err := tx.tx.ExecContext(ctx, `UPDATE outbox SET staat = 'wacht', pogingen = 0, volgende = $1, klaar = 0
				WHERE nr = $2 AND staat = 'bezorgd' AND length(body) > 0`, micros(tx.nu()), nr)
			if err != nil {
				return fmt.Errorf("dossier: outbox: %w", err)
			}
			k, err := r.RowsAffected()
			if err != nil {
				return err
			}
			n += int(k)
		}
		tx.verstuurd = n > 0
		return nil
	})
	return n, err
}

// SoortHersteld marks, in the outbox, an event of this node that the hub knows
// and this dossier lost.
const SoortHersteld = "hersteld"

// Verzonden tells of which ids a message to bestemming was ever written here:
// those that were not are absent. The value is the soort of the message.
func (s *Store) Verzonden(ctx context.Context, bestemming string, ids []string) (map[string]string, error) {
	uit := map[string]string{}
	for _, id := range ids {
		var soort string
		err := s.lees.QueryRowContext(ctx, `SELECT soort FROM outbox WHERE bestemming = $1 AND id = $2 LIMIT 1`, bestemming, id).Scan(&soort)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("dossier: outbox: %w", err)
		}
		uit[id] = soort
	}
	return uit, nil
}

// AanvaardVerlies notes that bestemming knows these messages and this dossier
// does not have what they tell of.
func (tx *Tx) AanvaardVerlies(ctx context.Context, bestemming string, ids []string) error {
	nu := micros(tx.nu())
	for _, id := range ids {
		if _, err := tx.tx.ExecContext(ctx, `INSERT INTO outbox (id, bestemming, soort, pad, content_type, body, staat, pogingen, gemaakt, volgende, klaar, reden, spoor)
			VALUES ($1, $2, '`+SoortHersteld+`', '-', '', x'', 'bezorgd', 0, $3, $3, $3, '', '') ON CONFLICT (bestemming, id, pad) DO NOTHING`, id, bestemming, nu); err != nil {
			return fmt.Errorf("dossier: outbox: %w", err)
		}
	}
	return nil
}

func scanUitgaand(scan func(...any) error) (Uitgaand, error) {
	var u Uitgaand
	var gemaakt, volgende, klaar int64
	err := scan(&u.Nr, &u.ID, &u.Bestemming, &u.Soort, &u.Pad, &u.ContentType, &u.Body,
		&u.Staat, &u.Pogingen, &gemaakt, &volgende, &klaar, &u.Reden, &u.Spoor)
	u.Gemaakt, u.Volgende = tijdstip(gemaakt), tijdstip(volgende)
	if klaar != 0 {
		u.Klaar = tijdstip(klaar)
	}
	return u, err
}

// veilig keeps a reason free of BSNs and of useful length: part of it comes
// from the other side.
func veilig(reden string) string {
	const meest = 500
	b := begrip.MaskeerBSN([]byte(reden))
	return strings.ToValidUTF8(string(b[:min(len(b), meest)]), "")
}
