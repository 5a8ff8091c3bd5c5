// Package signaal watches who looks: it reads the verwerkingenlog line by line
// and raises a Signaal when a look by one of our own professionals is out of the
// ordinary, for the privacy officer to judge.
//
// It promises: every line is weighed once, also after a crash; a Signaal says in
// plain words which rule it comes from and accuses nobody; it blocks nothing; and
// the family hears of a look that was found wrong, and not before somebody
// judged it, unless the organisation chose otherwise.
package signaal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// Soort is the kind of the dossier records.
const Soort = "signaal"

// The states of a Signaal.
const (
	Open    = "open"    // nobody judged it yet
	Gewoon  = "gewoon"  // there was a good reason to look
	Onjuist = "onjuist" // there was no good reason; the family is told
)

// Signaal is one finding about the looks of one professional.
type Signaal struct {
	ID        string     `json:"id"`
	Regel     Regel      `json:"regel"`
	Uitleg    string     `json:"uitleg"` // why, in plain Dutch
	Persoon   string     `json:"persoon"`
	Naam      string     `json:"naam"`
	Rol       begrip.Rol `json:"rol"`
	Zaak      string     `json:"zaak,omitempty"`
	Eerste    time.Time  `json:"eerste"`
	Laatste   time.Time  `json:"laatste"`
	Aantal    int        `json:"aantal"`    // looks
	Logregels []string   `json:"logregels"` // IDs, at most maxRegels
	// Betrokkenen are the people the looks were about, at most maxRegels.
	Betrokkenen []begrip.InhoudBSN `json:"betrokkenen"`
	Dicht       bool               `json:"dicht,omitempty"` // the family may not learn of these looks
	Oordeel     string             `json:"oordeel,omitempty"`
	Door        string             `json:"door,omitempty"`
	OordeelOp   *time.Time         `json:"oordeelOp,omitempty"`
	Versie      int                `json:"-"`
	Staat       string             `json:"-"`
}

const (
	maxRegels = 50
	blok      = 200 // lines weighed in one transaction
	interval  = 3 * time.Second
	samen     = 24 * time.Hour // looks under one rule within this time are one Signaal
	cursor    = "signaal/cursor"
)

// MeldGezin says when the family hears of a Signaal about a look at its data.
type MeldGezin string

// The choices.
const (
	NaOordeel MeldGezin = "na-oordeel" // when it was judged wrong
	Meteen    MeldGezin = "meteen"     // at once
	Nooit     MeldGezin = "nooit"
)

// Config is what a Wachter works with. Dossier and OIN are required.
type Config struct {
	Dossier    *dossier.Store
	OIN        begrip.OIN // our own: only looks by our people are weighed
	Instelling Instelling
	MeldGezin  MeldGezin // when the family hears; default NaOordeel
	// Namen gives the names of those a record of ours is about; may be nil.
	Namen func(ctx context.Context, soort, id string) []string
	// Werk tells whether we have work in a zaak now; nil: always.
	Werk func(ctx context.Context, zaak string) (bool, error)
	Log  *slog.Logger
	Nu   func() time.Time
}

// Wachter weighs the log of one node.
type Wachter struct {
	cfg Config
	// venster holds per reader when it last looked at a person (as a key that is
	// no BSN), for the rule about many people.
	venster map[string]map[[8]byte]time.Time
	gevuld  bool
}

// Nieuw makes a Wachter; Run must run.
func Nieuw(cfg Config) *Wachter {
	if cfg.Nu == nil {
		cfg.Nu = time.Now
	}
	if cfg.MeldGezin == "" {
		cfg.MeldGezin = NaOordeel
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Wachter{cfg: cfg, venster: map[string]map[[8]byte]time.Time{}}
}

// Run weighs new lines until ctx ends.
func (w *Wachter) Run(ctx context.Context) error {
	tik := time.NewTicker(interval)
	defer tik.Stop()
	for {
		for {
			n, err := w.Weeg(ctx)
			if err != nil && ctx.Err() == nil {
				w.cfg.Log.Error("signalen niet nagegaan; nieuwe poging", "fout", err)
			}
			if err != nil || n < blok {
				break
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tik.C:
		}
	}
}

// Weeg weighs the next lines, at most a block, and gives how many.
func (w *Wachter) Weeg(ctx context.Context) (int, error) {
	na, err := w.stand(ctx)
	if err != nil {
		return 0, err
	}
	if !w.gevuld {
		if err := w.vul(ctx, na); err != nil {
			return 0, err
		}
	}
	regels, err := w.cfg.Dossier.LogNa(ctx, na, blok)
	if err != nil || len(regels) == 0 {
		return 0, err
	}
	kijken := make([]kijk, 0, len(regels))
	for _, r := range regels {
		if !w.weegt(r.Logregel) {
			continue
		}
		k := kijk{Logregel: r.Logregel, personen: w.tel(r.Logregel), werk: true}
		if w.cfg.Namen != nil && r.Bron == w.cfg.OIN {
			k.namen = w.cfg.Namen(ctx, r.Soort, r.RecordID)
		}
		if w.cfg.Werk != nil && r.Zaak != "" {
			if k.werk, err = w.cfg.Werk(ctx, r.Zaak); err != nil {
				return 0, err
			}
		}
		kijken = append(kijken, k)
	}
	return len(regels), w.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		for _, k := range kijken {
			for regel, uitleg := range w.cfg.Instelling.toets(k) {
				if err := w.meld(ctx, tx, k.Logregel, regel, uitleg); err != nil {
					return err
				}
			}
		}
		return tx.ZetWaarde(ctx, cursor, []byte(fmt.Sprint(regels[len(regels)-1].Nr)))
	})
}

// weegt tells whether a line is a look by a professional of ours.
func (w *Wachter) weegt(l dossier.Logregel) bool {
	return l.LezerOIN == w.cfg.OIN && l.Burger.IsZero() && l.Rol != begrip.RolSysteem && l.Vervolg == ""
}

func (w *Wachter) stand(ctx context.Context) (na int64, err error) {
	b, ok, err := w.cfg.Dossier.Waarde(ctx, cursor)
	if err != nil || !ok {
		return 0, err
	}
	if _, err := fmt.Sscan(string(b), &na); err != nil {
		return 0, errors.New("signaal: the cursor is damaged")
	}
	return na, nil
}

// vul reads back who was looked at within the window, after a start.
func (w *Wachter) vul(ctx context.Context, tot int64) error {
	for na := tot; ; {
		regels, err := w.cfg.Dossier.LogVoor(ctx, na, blok)
		if err != nil {
			return err
		}
		for _, r := range regels {
			na = r.Nr - 1
			if w.cfg.Nu().Sub(r.Tijdstip) > w.cfg.Instelling.Venster {
				w.gevuld = true
				return nil
			}
			if w.weegt(r.Logregel) {
				w.tel(r.Logregel)
			}
		}
		if len(regels) < blok {
			w.gevuld = true
			return nil
		}
	}
}

// tel notes a look and gives how many people this reader looked at.
func (w *Wachter) tel(l dossier.Logregel) int {
	wie := string(l.LezerOIN) + "|" + l.Persoon
	m := w.venster[wie]
	if m == nil {
		m = map[[8]byte]time.Time{}
		w.venster[wie] = m
	}
	for _, b := range l.Betrokkenen {
		var k [8]byte
		copy(k[:], b.Leesbaar()) // stays in memory, and only here
		if l.Tijdstip.After(m[k]) {
			m[k] = l.Tijdstip
		}
	}
	n := 0
	for k, t := range m {
		if l.Tijdstip.Sub(t) > w.cfg.Instelling.Venster {
			delete(m, k)
		} else {
			n++
		}
	}
	return n
}

// meld adds the look to the open Signaal of this reader and rule, or makes one.
func (w *Wachter) meld(ctx context.Context, tx *dossier.Tx, l dossier.Logregel, regel Regel, uitleg string) error {
	open, err := tx.Zoek(ctx, dossier.Filter{Soort: Soort, Staat: Open})
	if err != nil {
		return err
	}
	s := Signaal{ID: uuid.Must(uuid.NewV7()).String(), Regel: regel, Persoon: l.Persoon, Naam: l.Naam, Rol: l.Rol, Zaak: l.Zaak, Eerste: l.Tijdstip}
	for _, rec := range open {
		o, err := Lees(rec)
		if err != nil {
			return err
		}
		if o.Regel == regel && o.Persoon == l.Persoon && l.Tijdstip.Sub(o.Eerste) < samen && (regel == VeelPersonen || o.Zaak == l.Zaak) {
			s = o
			break
		}
	}
	if slices.Contains(s.Logregels, l.ID) {
		return nil
	}
	s.Uitleg, s.Laatste, s.Dicht = uitleg, l.Tijdstip, s.Dicht || l.BronAfgeschermd || slices.Contains(l.Plichten, "geen-melding-gezin")
	s.Aantal++
	if len(s.Logregels) < maxRegels {
		s.Logregels = append(s.Logregels, l.ID)
	}
	for _, b := range l.Betrokkenen {
		if len(s.Betrokkenen) < maxRegels && !slices.ContainsFunc(s.Betrokkenen, func(x begrip.InhoudBSN) bool { return x.BSN == b }) {
			s.Betrokkenen = append(s.Betrokkenen, begrip.InhoudBSN{BSN: b})
		}
	}
	return schrijf(ctx, tx, s, Open, "vaste regel")
}

// VanBuiten raises a Signaal about another organisation: it asks of us what is out
// of the ordinary. logregel is the line that shows the last of it.
func (w *Wachter) VanBuiten(ctx context.Context, van begrip.Organisatie, regel Regel, logregel string) error {
	tekst, ok := vanBuiten[regel]
	if !ok {
		return fmt.Errorf("signaal: no rule about another organisation: %s", regel)
	}
	return w.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		l := dossier.Logregel{ID: logregel, Persoon: string(van.OIN), Naam: van.Naam, Rol: begrip.RolSysteem, Tijdstip: w.cfg.Nu()}
		return w.meld(ctx, tx, l, regel, tekst)
	})
}

func schrijf(ctx context.Context, tx *dossier.Tx, s Signaal, staat, door string) error {
	inhoud, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("signaal: %w", err)
	}
	var personen []begrip.BSN
	for _, b := range s.Betrokkenen {
		personen = append(personen, b.BSN)
	}
	_, err = tx.Schrijf(ctx, dossier.Record{
		Soort: Soort, ID: s.ID, Versie: s.Versie, Zaak: s.Zaak, Staat: staat, GeldigVanaf: s.Laatste, Door: door, Personen: personen, Inhoud: inhoud,
	})
	return err
}

// Lees reads a Signaal from its record.
func Lees(rec dossier.Record) (Signaal, error) {
	var s Signaal
	if err := json.Unmarshal(rec.Inhoud, &s); err != nil {
		return s, errors.New("signaal: a record is damaged")
	}
	s.Versie, s.Staat = rec.Versie, rec.Staat
	return s, nil
}

// Alle gives the signalen, open ones first, newest first.
func (w *Wachter) Alle(ctx context.Context) ([]Signaal, error) {
	recs, err := w.cfg.Dossier.Zoek(ctx, dossier.Filter{Soort: Soort})
	if err != nil {
		return nil, err
	}
	uit := make([]Signaal, 0, len(recs))
	for _, rec := range recs {
		s, err := Lees(rec)
		if err != nil {
			return nil, err
		}
		uit = append(uit, s)
	}
	slices.SortStableFunc(uit, func(a, b Signaal) int {
		if (a.Staat == Open) != (b.Staat == Open) {
			if a.Staat == Open {
				return -1
			}
			return 1
		}
		return b.Laatste.Compare(a.Laatste)
	})
	return uit, nil
}

// Beoordeel records what the privacy officer found. staat is Gewoon or Onjuist.
// Errors: Ongeldig with all mistakes, NietGevonden, Conflict when it was judged.
func (w *Wachter) Beoordeel(ctx context.Context, id, staat, oordeel, door string) error {
	var c begrip.Controle
	c.Eis(staat == Gewoon || staat == Onjuist, "staat", "Kies of er een goede reden was om te kijken.")
	c.Eis(len([]rune(strings.TrimSpace(oordeel))) >= 10, "oordeel", "Schrijf in een paar woorden op wat u hebt gevonden.")
	c.Eis(len(oordeel) <= 2000, "oordeel", "Gebruik ten hoogste 2000 tekens.")
	if err := c.Fout(); err != nil {
		return err
	}
	nu := w.cfg.Nu().UTC()
	return w.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		rec, err := tx.Lees(ctx, Soort, id, time.Time{})
		if err != nil {
			return err
		}
		s, err := Lees(rec)
		if err != nil {
			return err
		}
		if s.Staat != Open {
			return begrip.NieuweFout(begrip.Conflict, "Dit signaal is al beoordeeld.")
		}
		s.Oordeel, s.Door, s.OordeelOp = strings.TrimSpace(oordeel), door, &nu
		return schrijf(ctx, tx, s, staat, door)
	})
}

// VoorGezin tells whether the family may know of a Signaal of this node.
func (w *Wachter) VoorGezin(s Signaal) bool { return w.cfg.MeldGezin.VoorGezin(s) }

// VoorGezin tells whether the family may know of s.
func (m MeldGezin) VoorGezin(s Signaal) bool {
	switch {
	case s.Dicht:
		return false
	case m == Meteen:
		return s.Staat != Gewoon
	case m == NaOordeel:
		return s.Staat == Onjuist
	}
	return false
}
