package waarborg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	soortAdresvraag    = "adresvraag" // a record that waits for an answer of the register
	staatBeantwoord    = "beantwoord"
	adresIngehaald     = "adresvraag/ingehaald/" // + kind: records of before were looked at
	StandaardOpnieuw   = time.Minute             // until the register is asked again, the first time
	maxOpnieuw         = 6 * time.Hour           // each next time doubles, up to this
	adresronde         = 15 * time.Second        // how often is looked whose turn it is
	maxVragenPerRondje = 1 << 20
)

// Adressen puts in the content of a kind of record what is known about hidden
// addresses. weet gives that of a person without a known burgerservicenummer too,
// under the zero BSN. It changes only what was GeheimOnbekend, and gives the
// persons of whom that still is so.
type Adressen func(inhoud json.RawMessage, weet func(begrip.BSN) begrip.Geheim) (nieuw json.RawMessage, open []begrip.BSN, err error)

// GebruikAdressen declares that records of this kind hold addresses. Call it
// before Run.
func (w *Waarborgen) GebruikAdressen(soort string, a Adressen) {
	if w != nil {
		w.adressen[soort] = a
	}
}

// vraagbaar tells that the register can say something of this person. Of others
// who recorded the address is the only one who can tell.
func (w *Waarborgen) vraagbaar(b begrip.InhoudBSN) bool {
	return w != nil && w.cfg.Register != nil && !b.IsZero() && !b.Ongeldig()
}

// VraagGeheim fills in AdresGeheim of who is not marked, from the population
// register. It never takes a mark away: who recorded it had a reason. What the
// register does not tell now stays GeheimOnbekend, which counts as hidden: see
// VraagLater.
func (w *Waarborgen) VraagGeheim(ctx context.Context, wie []begrip.Betrokkene, door string) {
	var bsns []begrip.BSN
	var van []int
	for i, b := range wie {
		switch {
		case b.AdresGeheim == begrip.GeheimJa:
		case w.vraagbaar(b.Burgerservicenummer):
			wie[i].AdresGeheim = begrip.GeheimOnbekend
			bsns, van = append(bsns, b.Burgerservicenummer.BSN), append(van, i)
		default:
			wie[i].AdresGeheim = begrip.GeheimNee
		}
	}
	for i, g := range w.geheim(ctx, bsns, door) {
		wie[van[i]].AdresGeheim = g
	}
}

func (w *Waarborgen) geheim(ctx context.Context, bsns []begrip.BSN, door string) []begrip.Geheim {
	if len(bsns) == 0 {
		return nil
	}
	uit, err := w.cfg.Register.Geheim(ctx, bsns, w.vooraf(toegang.Lezer{Organisatie: w.cfg.Organisatie, Persoon: door, Naam: door, Rol: begrip.RolSysteem}))
	if err != nil {
		w.cfg.Log.WarnContext(ctx, "de basisregistratie personen zegt niet of een adres geheim is; wij vragen het opnieuw en behandelen het als geheim", "fout", err)
	}
	return uit
}

// VraagLater sees to it, in the transaction that writes the record, that the
// register is asked again until it tells of everybody whether the address is
// hidden. A restart changes nothing about that.
func (w *Waarborgen) VraagLater(ctx context.Context, tx *dossier.Tx, soort, id string, wie []begrip.Betrokkene) error {
	for _, b := range wie {
		if b.AdresGeheim == begrip.GeheimOnbekend && w.vraagbaar(b.Burgerservicenummer) {
			return w.vraagLater(ctx, tx, soort, id)
		}
	}
	return nil
}

// adresvraag names the record that waits. It names no person: the record does.
type adresvraag struct {
	Soort string `json:"soort"`
	ID    string `json:"id"`
}

func (w *Waarborgen) vraagLater(ctx context.Context, tx *dossier.Tx, soort, id string) error {
	inhoud, err := json.Marshal(adresvraag{soort, id})
	if err != nil {
		return err
	}
	_, err = tx.Schrijf(ctx, dossier.Record{Soort: soortAdresvraag, ID: uuid.Must(uuid.NewV7()).String(), Staat: StaatOpen, Door: doorBRP, Inhoud: inhoud})
	return err
}

// poging is when a question was put last; kept in memory, so after a restart
// everything is asked at once.
type poging struct {
	aantal int
	na     time.Time
}

// vraagAdressen asks, until ctx ends, what was not answered before.
func (w *Waarborgen) vraagAdressen(ctx context.Context) {
	pogingen := map[string]poging{}
	for ctx.Err() == nil {
		if err := w.vraagOpnieuw(ctx, pogingen); err != nil && ctx.Err() == nil {
			w.cfg.Log.ErrorContext(ctx, "opnieuw vragen of adressen geheim zijn, mislukt", "fout", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(adresronde, w.opnieuw())):
		}
	}
}

func (w *Waarborgen) opnieuw() time.Duration {
	if w.cfg.Opnieuw > 0 {
		return w.cfg.Opnieuw
	}
	return StandaardOpnieuw
}

// VraagOpnieuw asks the register once about every record whose turn it is.
// pogingen keeps when that is; the caller owns it.
func (w *Waarborgen) vraagOpnieuw(ctx context.Context, pogingen map[string]poging) error {
	if err := w.haalAdressenIn(ctx); err != nil {
		return err
	}
	recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: soortAdresvraag, Staat: StaatOpen, Limiet: maxVragenPerRondje})
	if err != nil {
		return err
	}
	var fouten []error
	for _, rec := range recs {
		p := pogingen[rec.ID]
		if w.nu().Before(p.na) {
			continue
		}
		klaar, err := w.beantwoord(ctx, rec)
		if err != nil {
			fouten = append(fouten, err)
		}
		if klaar {
			delete(pogingen, rec.ID)
			continue
		}
		pogingen[rec.ID] = poging{p.aantal + 1, w.nu().Add(min(w.opnieuw()<<min(p.aantal, 20), maxOpnieuw))}
	}
	return errors.Join(fouten...)
}

// beantwoord asks about one record and writes what is known now as its next
// version; klaar when nothing is left to ask.
func (w *Waarborgen) beantwoord(ctx context.Context, vraag dossier.Record) (klaar bool, err error) {
	v, err := lees[adresvraag](vraag)
	if err != nil {
		return false, err
	}
	a, ok := w.adressen[v.Soort]
	if !ok {
		return false, nil // the functie is off; its records are not shown either
	}
	rec, err := w.d.Lees(ctx, v.Soort, v.ID, time.Time{})
	if err != nil && !begrip.Is(err, begrip.NietGevonden) {
		return false, err
	}
	var bsns []begrip.BSN
	if err == nil {
		if _, bsns, err = a(rec.Inhoud, w.ongevraagd); err != nil {
			return false, err
		}
	}
	weet := map[begrip.BSN]begrip.Geheim{}
	for i, g := range w.geheim(ctx, bsns, doorBRP) {
		weet[bsns[i]] = g
	}
	err = w.d.Tx(ctx, func(tx *dossier.Tx) error {
		klaar, err = w.schrijfAdressen(ctx, tx, *v, a, weet)
		if err != nil || !klaar {
			return err
		}
		vraag.Staat = staatBeantwoord
		_, err = tx.Schrijf(ctx, vraag)
		return err
	})
	return klaar && err == nil, err
}

// ongevraagd is what is known without asking.
func (w *Waarborgen) ongevraagd(b begrip.BSN) begrip.Geheim {
	if w.vraagbaar(begrip.InhoudBSN{BSN: b}) {
		return begrip.GeheimOnbekend
	}
	return begrip.GeheimNee
}

// schrijfAdressen reads the record again, inside the transaction, and writes
// what changed.
func (w *Waarborgen) schrijfAdressen(ctx context.Context, tx *dossier.Tx, v adresvraag, a Adressen, weet map[begrip.BSN]begrip.Geheim) (klaar bool, err error) {
	rec, err := tx.Lees(ctx, v.Soort, v.ID, time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return true, nil // erased
	}
	if err != nil {
		return false, err
	}
	nieuw, open, err := a(rec.Inhoud, func(b begrip.BSN) begrip.Geheim {
		if g, ok := weet[b]; ok {
			return g
		}
		return w.ongevraagd(b)
	})
	if err != nil || bytes.Equal(nieuw, rec.Inhoud) {
		return len(open) == 0, err
	}
	rec.Inhoud, rec.Door = nieuw, doorBRP
	_, err = tx.Schrijf(ctx, rec)
	return len(open) == 0, err
}

// haalAdressenIn asks, once, about the records of before this was kept: there
// silence stood as "not hidden".
func (w *Waarborgen) haalAdressenIn(ctx context.Context) error {
	for soort, a := range w.adressen {
		if _, ok, err := w.d.Waarde(ctx, adresIngehaald+soort); ok || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: soort, Limiet: maxVragenPerRondje})
		if err != nil {
			return err
		}
		err = w.d.Tx(ctx, func(tx *dossier.Tx) error {
			for _, rec := range recs {
				nieuw, open, err := a(rec.Inhoud, w.ongevraagd)
				if err == nil && (len(open) > 0 || !bytes.Equal(nieuw, rec.Inhoud)) {
					err = w.vraagLater(ctx, tx, soort, rec.ID)
				}
				if err != nil {
					return err
				}
			}
			return tx.ZetWaarde(ctx, adresIngehaald+soort, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
