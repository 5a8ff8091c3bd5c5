// Package opdracht is the third pattern: an asynchronous request of one
// deelnemer to another. It owns the state machine, the copy that each side
// keeps, and their exchange.
//
// It promises: an Opdracht is offered until it arrives; the same offer or step
// twice changes nothing and gets the same answer; steps may arrive in any order
// and both copies end in the same state (the end of the opdrachtnemer wins over
// a withdrawal that crossed it); only the two parties read or take steps, each
// its own; and no Opdracht holds a BSN or content.
//
// Who answers decides: who may ask what is declared per kind (Regel), the kind of
// organisation is that of the register, and the proof is looked up at the
// Ketenindex or in own records, never with the asker. An offer that was not
// admitted is no Opdracht: nothing it points to is read, and no rule sees it.
package opdracht

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/signaal"
)

// RecordSoort is the kind of dossier record that an Opdracht is kept as.
const RecordSoort = "opdracht"

// pad is where a node takes offers; steps go to pad/<id>/stappen.
const pad = "/v1/opdrachten"

// Config is what Opdrachten work with. All fields but the last two are required.
type Config struct {
	Organisatie begrip.Organisatie
	Systeem     string // source of this node's events
	Dossier     *dossier.Store
	Deelnemer   func(begrip.OIN) (begrip.Organisatie, bool) // the register
	Log         *slog.Logger
	Ketenindex  Zoeker // proofs in events of others
	EigenWerk   Zoeker // proofs in our own safeguards
	Grenzen     Grenzen
	// Meld tells the privacy officer about an asker; logregel is the line it is about.
	Meld func(ctx context.Context, van begrip.Organisatie, regel signaal.Regel, logregel string) error

	// Dicht tells that what was asked, or what an answer rests on, is withheld from
	// anybody: no rule answers then, a person decides. Nil is that nothing ever is.
	Dicht func(ctx context.Context, tx *dossier.Tx, gevraagd begrip.Verwijzing, antwoord *begrip.Verwijzing) (bool, error)

	Besluiten *meting.Teller   // of offers, by outcome; nil counts nothing
	Nu        func() time.Time // nil is time.Now
}

// Opdrachten holds the requests of one node. Safe for concurrent use.
type Opdrachten struct {
	cfg Config

	mu      sync.RWMutex
	soorten map[string]Soort

	rooster   *rooster
	teller    *teller
	besluiten *meting.Teller
	nu        func() time.Time
}

// Nieuw makes the Opdrachten of a node; Gebruik tells it which kinds there are.
func Nieuw(cfg Config) *Opdrachten {
	p := &Opdrachten{cfg: cfg, soorten: map[string]Soort{}, rooster: nieuwRooster(), teller: nieuweTeller(), besluiten: cfg.Besluiten, nu: cfg.Nu}
	if p.nu == nil {
		p.nu = time.Now
	}
	return p
}

// Gebruik adds kinds of Opdracht to this node. Error: a kind does not say who may
// ask it, for what and with which proof, or has the name of another.
func (p *Opdrachten) Gebruik(soorten ...Soort) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range soorten {
		if err := s.controleer(); err != nil {
			return err
		}
		if _, al := p.soorten[s.Naam]; al {
			return fmt.Errorf("opdracht %q: deze soort is er al", s.Naam)
		}
		p.soorten[s.Naam] = s
	}
	return nil
}

func (p *Opdrachten) soort(naam string) (Soort, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	s, ok := p.soorten[naam]
	return s, ok
}

// Bied offers o to o.Aan as part of tx: our copy, the message and the event
// stand together or not at all. ID, Van and AangebodenOp may be left empty. What
// the other side is bound to refuse, because of who asks and why, is refused here:
// Verboden.
func (p *Opdrachten) Bied(ctx context.Context, tx *dossier.Tx, o Opdracht) (Opdracht, error) {
	if o.ID == "" {
		o.ID = uuid.Must(uuid.NewV7()).String()
	}
	if o.Van == "" {
		o.Van = p.cfg.Organisatie.OIN
	}
	if o.AangebodenOp.IsZero() {
		o.AangebodenOp = p.nu()
	}
	o = o.nieuw(Uit)
	var c begrip.Controle
	o.controleer(&c)
	c.Eis(o.Van == p.cfg.Organisatie.OIN, "van", "Een opdracht gaat uit van de eigen organisatie.")
	if err := c.Fout(); err != nil {
		return o, err
	}
	if _, ok := p.cfg.Deelnemer(o.Aan); !ok {
		return o, begrip.NieuweFout(begrip.Ongeldig, "De organisatie aan wie u dit vraagt, doet niet mee.")
	}
	soort, ok := p.soort(o.Soort)
	if !ok {
		return o, begrip.NieuweFout(begrip.Verboden, onbekend)
	}
	if waarom := p.bezwaar(soort, o); waarom != "" {
		return o, begrip.NieuweFout(begrip.Verboden, "%s", waarom)
	}
	if err := p.bewaar(ctx, tx, o, 0, "opdrachtgever"); err != nil {
		return o, err
	}
	b, err := json.Marshal(o.aanbod())
	if err != nil {
		return o, err
	}
	if err := tx.Verstuur(ctx, dossier.Bericht{ID: o.ID, Bestemming: string(o.Aan), Soort: "opdracht", Pad: pad, ContentType: "application/json", Body: b}); err != nil {
		return o, err
	}
	return o, p.gebeurtenis(ctx, tx, o, Stap{ID: o.ID, Naar: Aangeboden, Op: o.AangebodenOp})
}

// Zet takes a step of this node: the opdrachtnemer accepts, refuses, works and
// ends; the opdrachtgever withdraws. The same step id again gives the Opdracht
// as it is. Errors: Ongeldig, NietGevonden, Conflict when the state does not
// allow the step.
func (p *Opdrachten) Zet(ctx context.Context, id string, s Stap) (Opdracht, error) {
	var o Opdracht
	err := p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) (err error) {
		o, err = p.ZetIn(ctx, tx, id, s)
		return err
	})
	return o, err
}

// ZetIn is Zet as part of a transaction that also writes something else.
func (p *Opdrachten) ZetIn(ctx context.Context, tx *dossier.Tx, id string, s Stap) (Opdracht, error) {
	return p.zetIn(ctx, tx, id, s, false)
}

func (p *Opdrachten) zetIn(ctx context.Context, tx *dossier.Tx, id string, s Stap, metVolgende bool) (Opdracht, error) {
	o, versie, err := lees(ctx, tx.Lees, id)
	if err != nil {
		return o, err
	}
	if s.ID == "" {
		s.ID = uuid.Must(uuid.NewV7()).String()
	}
	if s.Op.IsZero() {
		s.Op = p.nu()
	}
	s.Op = s.Op.UTC().Truncate(time.Microsecond)
	if bekend, err := o.kent(s); bekend || err != nil {
		return o, err
	}
	partij := nemer
	if o.Richting == Uit {
		partij = gever
	}
	var c begrip.Controle
	s.controleer(&c, partij)
	if err := c.Fout(); err != nil {
		return o, err
	}
	if !mag(o.Staat, s.Naar) {
		return o, begrip.NieuweFout(begrip.Conflict, "Dit kan niet meer. De opdracht is %s.", o.Staat.Naam())
	}
	soort, ok := p.soort(o.Soort)
	if ok && s.Naar == Uitgevoerd && soort.Volgende[s.Resultaat] != "" && !metVolgende {
		return o, geenVolgende()
	}
	if ok && soort.Mag != nil {
		if err := soort.Mag(o, s); err != nil {
			return o, err
		}
	}
	if err := p.rust(ctx, tx, o, s); err != nil {
		return o, err
	}
	o = o.met(s)
	if err := p.bewaar(ctx, tx, o, versie, s.Door); err != nil {
		return o, err
	}
	ander := o.Van
	if o.Richting == Uit {
		ander = o.Aan
	}
	if err := p.verstuurStap(ctx, tx, ander, o.ID, s); err != nil {
		return o, err
	}
	return o, p.gebeurtenis(ctx, tx, o, s)
}

// verstuurStap puts word of a step to the other side in the outbox.
func (p *Opdrachten) verstuurStap(ctx context.Context, tx *dossier.Tx, aan begrip.OIN, id string, s Stap) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.Verstuur(ctx, dossier.Bericht{ID: s.ID, Bestemming: string(aan), Soort: "opdracht-stap", Pad: pad + "/" + id + "/stappen", ContentType: "application/json", Body: b})
}

// Lees gives one Opdracht; NietGevonden when this node is no party to it.
func (p *Opdrachten) Lees(ctx context.Context, id string) (Opdracht, error) {
	o, _, err := lees(ctx, p.cfg.Dossier.Lees, id)
	return o, err
}

// Postvak gives the incoming Opdrachten: all open ones first, oldest first, then the
// newest ended ones.
func (p *Opdrachten) Postvak(ctx context.Context) ([]Opdracht, error) {
	var open, dicht []Opdracht
	for _, s := range alleStaten {
		limiet := 0
		if s.Eind() {
			limiet = 50
		}
		recs, err := p.cfg.Dossier.Zoek(ctx, dossier.Filter{Soort: RecordSoort, Staat: string(s), Limiet: limiet})
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			o, err := uitRecord(rec)
			if err != nil {
				return nil, err
			}
			switch {
			case o.Richting != In:
			case s.Eind():
				dicht = append(dicht, o)
			default:
				open = append(open, o)
			}
		}
	}
	slices.SortStableFunc(open, func(a, b Opdracht) int { return a.AangebodenOp.Compare(b.AangebodenOp) })
	slices.SortStableFunc(dicht, func(a, b Opdracht) int { return b.AangebodenOp.Compare(a.AangebodenOp) })
	return append(open, dicht...), nil
}

// VoorZaak gives the Opdrachten of a zaak in both directions, newest first.
func (p *Opdrachten) VoorZaak(ctx context.Context, zaak string) ([]Opdracht, error) {
	recs, err := p.cfg.Dossier.Zoek(ctx, dossier.Filter{Soort: RecordSoort, Zaak: zaak})
	if err != nil || zaak == "" {
		return nil, err
	}
	uit := make([]Opdracht, 0, len(recs))
	for _, rec := range recs {
		o, err := uitRecord(rec)
		if err != nil {
			return nil, err
		}
		uit = append(uit, o)
	}
	return uit, nil
}

func (p *Opdrachten) bewaar(ctx context.Context, tx *dossier.Tx, o Opdracht, versie int, door string) error {
	return p.bewaarAls(ctx, tx, RecordSoort, string(o.Staat), o, versie, door)
}

func (p *Opdrachten) bewaarAls(ctx context.Context, tx *dossier.Tx, soort, staat string, o Opdracht, versie int, door string) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = tx.Schrijf(ctx, dossier.Record{Soort: soort, ID: o.ID, Versie: versie, Zaak: o.Zaak, Staat: staat, Door: door, Inhoud: b})
	return err
}

// rust refuses a step of a rule about what is withheld, and any step of ours with an answer that does not rest on what was asked:
// what is withheld of the question would come out in it.
func (p *Opdrachten) rust(ctx context.Context, tx *dossier.Tx, o Opdracht, s Stap) error {
	if o.Richting != In {
		return nil
	}
	if vanzelf(ctx) && p.cfg.Dicht != nil {
		dicht, err := p.cfg.Dicht(ctx, tx, o.Onderwerp, s.Antwoord)
		if err != nil {
			return err
		}
		if dicht {
			return begrip.NieuweFout(begrip.Verboden, "Hiervan is iets afgeschermd. Een medewerker beslist.")
		}
	}
	if s.Antwoord == nil {
		return nil
	}
	rust, err := tx.RustOp(ctx, dossier.Sleutel{Soort: s.Antwoord.Soort, ID: s.Antwoord.ID()}, o.Onderwerp)
	if err == nil && (!rust || s.Antwoord.Bron != p.cfg.Organisatie.OIN) {
		err = fmt.Errorf("opdracht %s: het antwoord rust niet op wat is gevraagd", o.Soort)
	}
	return err
}

func (p *Opdrachten) gebeurtenis(ctx context.Context, tx *dossier.Tx, o Opdracht, s Stap) error {
	soort, ok := p.soort(o.Soort)
	if !ok || soort.Gebeurtenis == nil {
		return nil
	}
	type_, g, ok := soort.Gebeurtenis(o, s)
	if !ok {
		return nil
	}
	return tx.Verstuur(ctx, gebeurtenis.Bericht(gebeurtenis.Maak(p.cfg.Systeem, type_, o.URN(), g)))
}

type lezer func(ctx context.Context, soort, id string, peildatum time.Time) (dossier.Record, error)

func lees(ctx context.Context, lees lezer, id string) (Opdracht, int, error) {
	return leesAls(ctx, lees, RecordSoort, id)
}

func leesAls(ctx context.Context, lees lezer, soort, id string) (Opdracht, int, error) {
	rec, err := lees(ctx, soort, id, time.Time{})
	if err != nil {
		return Opdracht{}, 0, err
	}
	o, err := uitRecord(rec)
	return o, rec.Versie, err
}

func uitRecord(rec dossier.Record) (Opdracht, error) {
	var o Opdracht
	err := json.Unmarshal(rec.Inhoud, &o)
	return o, err
}
