package waarborg

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/brp"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

// Soort declares one kind of safeguard.
type Soort struct {
	Naam  string // the soort of its records
	Pad   string // "/v1/toestemmingen"
	Titel string // "Toestemming"
	// Begin and Eind are the events of its start and end; empty when nobody else
	// needs to know. Leeg makes empty content.
	Begin, Eind string
	Leeg        func() Gegeven
	// Zwijg keeps the record, and every look at it, from the family: it would
	// tell what is withheld, or from whom. What its event tells, they may know.
	Zwijg bool
}

// The kinds.
var (
	SoortZaakverband     = Soort{Naam: "zaakverband", Pad: "/v1/zaakverbanden", Titel: "Samenwerking rond een zaak", Begin: typeVerbandBegonnen, Eind: typeVerbandGestopt, Leeg: nieuw[Zaakverband]}
	SoortToestemming     = Soort{Naam: "toestemming", Pad: "/v1/toestemmingen", Titel: "Toestemming", Begin: typeToestemming, Eind: typeIngetrokken, Leeg: nieuw[Toestemming]}
	SoortGezagsfeit      = Soort{Naam: "gezagsfeit", Pad: "/v1/gezagsfeiten", Titel: "Gezag", Leeg: nieuw[Gezagsfeit]}
	SoortBekwaamheid     = Soort{Naam: "handelingsbekwaamheid", Pad: "/v1/handelingsbekwaamheden", Titel: "Handelingsbekwaamheid", Leeg: nieuw[Handelingsbekwaamheid]}
	SoortVertegenwoord   = Soort{Naam: "vertegenwoordiging", Pad: "/v1/vertegenwoordigingen", Titel: "Vertegenwoordiging", Leeg: nieuw[Vertegenwoordiging]}
	SoortAfscherming     = Soort{Naam: "afscherming", Pad: "/v1/afschermingen", Titel: "Afscherming", Leeg: nieuw[Afscherming], Zwijg: true}
	SoortVerstrekking    = Soort{Naam: "verstrekkingsbesluit", Pad: "/v1/verstrekkingsbesluiten", Titel: "Besluit om gegevens te geven", Leeg: nieuw[Verstrekkingsbesluit], Zwijg: true}
	SoortMaatregel       = Soort{Naam: "maatregel", Pad: "/v1/maatregelen", Titel: "Maatregel of onderzoek", Leeg: nieuw[Maatregel]}
	SoortMedewerking     = Soort{Naam: "medewerking", Pad: "/v1/medewerkingen", Titel: "Medewerking zonder toestemming", Leeg: nieuw[Medewerking]}
	SoortBespreekverzoek = Soort{Naam: "bespreekverzoek", Pad: "/v1/bespreekverzoeken", Titel: "Verzoek om te bespreken", Leeg: nieuw[Bespreekverzoek]}
	SoortNoodtoegang     = Soort{Naam: "noodtoegang", Pad: "/v1/noodtoegangen", Titel: "Noodtoegang", Begin: typeNood, Leeg: nieuw[Noodtoegang], Zwijg: true}
)

// Soorten are the kinds that a deelnemer records. Noodtoegang is recorded by
// Inzage only.
func Soorten() []Soort {
	return []Soort{SoortZaakverband, SoortToestemming, SoortGezagsfeit, SoortBekwaamheid, SoortVertegenwoord, SoortAfscherming,
		SoortVerstrekking, SoortMaatregel, SoortMedewerking, SoortBespreekverzoek}
}

func nieuw[T any, P interface {
	*T
	Gegeven
}]() Gegeven {
	return P(new(T))
}

// The states of a safeguard in the dossier; see also StaatOpen.
const (
	StaatActief    = "actief"
	staatBeeindigd = "beeindigd"
)

// Config is what Waarborgen work with. All fields are required, but for Register
// and Deelnemer.
type Config struct {
	Organisatie begrip.Organisatie
	Systeem     string // source of this node's events
	Dossier     *dossier.Store
	Log         *slog.Logger
	Wek         func() // an outbox message was committed
	Verbanden   *verband.Verzameling
	// Deelnemer looks an organisation up in the register of the chain; nil: every
	// kind of organisation may have every role that a samenwerkingsverband has.
	Deelnemer func(begrip.OIN) (begrip.Organisatie, bool)
	// Register is asked about gezag and age; nil: this node asks no register and
	// knows only what was recorded.
	Register *brp.Register
	Rem      *Rem          // how much noodtoegang is given before somebody looked; default StandaardRem
	Opnieuw  time.Duration // until the register is asked again what it did not tell; default StandaardOpnieuw
}

// Waarborgen are the safeguards of one deelnemer. Safe for concurrent use.
type Waarborgen struct {
	cfg Config
	d   *dossier.Store
	nu  func() time.Time

	adressen  map[string]Adressen                                                                           // kind of record → its addresses
	verspreid func(ctx context.Context, tx *dossier.Tx, over begrip.Verwijzing, nietAan []begrip.OIN) error // see BijWijziging
}

// BijWijziging sets what happens, in the transaction of the change, when something
// else sticks to a record than before: who read it, or what was made of it, must
// hear that. Not those in nietAan: to them the record is not there. Call it before
// the node runs.
func (w *Waarborgen) BijWijziging(f func(ctx context.Context, tx *dossier.Tx, over begrip.Verwijzing, nietAan []begrip.OIN) error) {
	w.verspreid = f
}

// Verspreid tells who must hear it that something else sticks to record over.
func (w *Waarborgen) Verspreid(ctx context.Context, tx *dossier.Tx, over begrip.Verwijzing, nietAan []begrip.OIN) error {
	if w.verspreid == nil {
		return nil
	}
	return w.verspreid(ctx, tx, over, nietAan)
}

// Nieuw makes them on a dossier.
func Nieuw(cfg Config) *Waarborgen {
	if cfg.Deelnemer == nil {
		cfg.Deelnemer = func(begrip.OIN) (begrip.Organisatie, bool) { return begrip.Organisatie{}, false }
	}
	if cfg.Rem == nil {
		cfg.Rem = &StandaardRem
	}
	return &Waarborgen{cfg: cfg, d: cfg.Dossier, nu: time.Now, adressen: map[string]Adressen{}}
}

// Maak checks g and stores it as a new record of its kind, with its event, in
// one transaction. Errors: Ongeldig with every mistake.
func (w *Waarborgen) Maak(ctx context.Context, s Soort, g Gegeven, door string) error {
	k := g.kop()
	alleenVanOns(g)
	k.ID, k.Einde, k.Door = uuid.Must(uuid.NewV7()).String(), nil, door
	return w.vastleggen(ctx, s, g, 0, door, nil)
}

// alleenVanOns empties what a writer cannot put in.
func alleenVanOns(g Gegeven) {
	switch g := g.(type) {
	case *Verstrekkingsbesluit:
		g.Verstrekt = nil
	case *Vertegenwoordiging:
		g.Uitnodiging = nil
	case *Gezagsfeit:
		g.GevraagdOp, g.Overleden, g.Twijfel = nil, false, nil
	}
}

// Wijzig stores g as the next version of record id; k.Versie is the version the
// writer saw. Errors: Ongeldig, NietGevonden, Conflict.
func (w *Waarborgen) Wijzig(ctx context.Context, s Soort, id string, g Gegeven, door string) error {
	oud, err := w.Lees(ctx, s, id)
	if err != nil {
		return err
	}
	k, o := g.kop(), oud.kop()
	if o.Einde != nil {
		return begrip.NieuweFout(begrip.Conflict, "Dit is gestopt. Leg het opnieuw vast.")
	}
	if k.Vanaf.IsZero() {
		k.Vanaf = o.Vanaf
	}
	k.ID, k.Einde = id, nil
	alleenVanOns(g)
	if v, ok := g.(*Vertegenwoordiging); ok { // nobody accepts for who was named, nor names another under its code
		x, err := w.metCode(ctx, id)
		if err != nil {
			return err
		}
		if x.Wie.Burgerservicenummer.BSN == v.Wie.Burgerservicenummer.BSN {
			v.Uitnodiging = x.Uitnodiging
		} else if x.Uitnodiging != nil {
			return begrip.NieuweFout(begrip.Conflict, "De betrokkene gaf dit zelf. Stop het en leg het opnieuw vast.")
		}
	}
	if b, ok := g.(*Verstrekkingsbesluit); ok { // what was used stays used
		b.Verstrekt = oud.(*Verstrekkingsbesluit).Verstrekt
	}
	return w.vastleggen(ctx, s, g, k.Versie, door, nil)
}

// metCode gives a Vertegenwoordiging as it is stored.
func (w *Waarborgen) metCode(ctx context.Context, id string) (*Vertegenwoordiging, error) {
	rec, err := w.d.Lees(ctx, SoortVertegenwoord.Naam, id, time.Time{})
	if err != nil {
		return nil, err
	}
	return lees[Vertegenwoordiging](rec)
}

// vastleggen checks and stores, in one transaction with the log line, when there
// is one.
func (w *Waarborgen) vastleggen(ctx context.Context, s Soort, g Gegeven, versie int, door string, regel *dossier.Logregel) error {
	nu := w.nu().UTC()
	k := g.kop()
	if k.Vanaf.IsZero() {
		k.Vanaf = nu
	}
	var c begrip.Controle
	k.controleer(&c, nu)
	g.controleer(&c, nu)
	if err := w.bij(ctx, g, &c); err != nil {
		return err
	}
	if err := c.Fout(); err != nil {
		return err
	}
	err := w.d.Tx(ctx, func(tx *dossier.Tx) error {
		if err := w.schrijf(ctx, tx, s, g, versie, door, StaatActief); err != nil || regel == nil {
			return err
		}
		return tx.Log(ctx, *regel)
	})
	if err == nil && s.Begin != "" {
		w.cfg.Wek()
	}
	return err
}

// schrijf stores a version and its event. What is stored has no moment and
// version of its own: the dossier keeps those.
func (w *Waarborgen) schrijf(ctx context.Context, tx *dossier.Tx, s Soort, g Gegeven, versie int, door, staat string, rustOp ...begrip.Verwijzing) error {
	k := g.kop()
	k.Door, k.Op, k.Versie, k.URL = "", time.Time{}, 0, ""
	inhoud, err := json.Marshal(g)
	if err != nil {
		return err
	}
	rec, err := tx.Schrijf(ctx, dossier.Record{
		Soort: s.Naam, ID: k.ID, Versie: versie, Zaak: zaakVan(g), Staat: staat, GeldigVanaf: k.Vanaf, Door: door, Personen: g.personen(), Inhoud: inhoud, Herkomst: rustOp,
	})
	if err != nil {
		return err
	}
	k.Door, k.Op, k.Versie = rec.Door, rec.VastgelegdOp, rec.Versie
	if a, ok := g.(*Afscherming); ok {
		over := begrip.Verwijzing{Bron: w.cfg.Organisatie.OIN, Soort: a.Onderwerp.Soort, Pad: "/" + a.Onderwerp.ID}
		if err := w.Verspreid(ctx, tx, over, a.TegenOIN); err != nil {
			return err
		}
	}
	type_ := ""
	switch {
	case versie == 0:
		type_ = s.Begin
	case staat == staatBeeindigd:
		type_ = s.Eind
	}
	if type_ == "" {
		return nil
	}
	ev := gebeurtenis.Maak(w.cfg.Systeem, type_, "urn:soh:"+s.Naam+":"+k.ID, w.graaf(s, g, type_))
	return tx.Verstuur(ctx, gebeurtenis.Bericht(ev))
}

// zaakVan is where the dossier finds the record: the zaak, or for what is
// withheld outside a zaak the record itself.
func zaakVan(g Gegeven) string {
	if a, ok := g.(*Afscherming); ok && a.Zaak == "" {
		return a.Onderwerp.URN()
	}
	return g.kop().Zaak
}

// Beeindig stops a safeguard now, for a reason. Ending twice is Conflict.
func (w *Waarborgen) Beeindig(ctx context.Context, s Soort, id, reden, door string) (Gegeven, error) {
	var c begrip.Controle
	eisReden(&c, "reden", reden)
	if err := c.Fout(); err != nil {
		return nil, err
	}
	return w.stop(ctx, s, id, Einde{Reden: reden, Door: door}, nil)
}

// stop ends a safeguard in one transaction with the log line, when there is one.
func (w *Waarborgen) stop(ctx context.Context, s Soort, id string, e Einde, regel *dossier.Logregel) (Gegeven, error) {
	var uit Gegeven
	err := w.d.Tx(ctx, func(tx *dossier.Tx) error {
		rec, err := tx.Lees(ctx, s.Naam, id, time.Time{})
		if err != nil {
			return err
		}
		if uit, err = s.Lees(rec); err != nil {
			return err
		}
		if uit.kop().Einde != nil {
			return begrip.NieuweFout(begrip.Conflict, "Dit is al gestopt.")
		}
		e.Op = w.nu().UTC().Truncate(time.Microsecond)
		uit.kop().Einde = &e
		if err := w.schrijf(ctx, tx, s, uit, rec.Versie, e.Door, staatBeeindigd); err != nil || regel == nil {
			return err
		}
		return tx.Log(ctx, *regel)
	})
	if err == nil && s.Eind != "" {
		w.cfg.Wek()
	}
	return uit, err
}

// Lees gives the current version of a safeguard; NietGevonden when it is not here.
func (w *Waarborgen) Lees(ctx context.Context, s Soort, id string) (Gegeven, error) {
	rec, err := w.d.Lees(ctx, s.Naam, id, time.Time{})
	if err != nil {
		return nil, err
	}
	return s.Lees(rec)
}

// Lees reads a version of this kind, without what an invitation is accepted with.
func (s Soort) Lees(rec dossier.Record) (Gegeven, error) {
	g := s.Leeg()
	if err := json.Unmarshal(rec.Inhoud, g); err != nil {
		return nil, err
	}
	k := g.kop()
	k.Door, k.Op, k.Versie = rec.Door, rec.VastgelegdOp, rec.Versie
	if v, ok := g.(*Vertegenwoordiging); ok {
		v.zonderCode()
	}
	return g, nil
}

func lees[T any](rec dossier.Record) (*T, error) {
	t := new(T)
	return t, json.Unmarshal(rec.Inhoud, t)
}

// bij adds what follows from the rest of the dossier, and checks against it.
func (w *Waarborgen) bij(ctx context.Context, g Gegeven, c *begrip.Controle) error {
	switch g := g.(type) {
	case *Zaakverband:
		g.past(c, w.cfg.Verbanden, w.cfg.Deelnemer)
	case *Verstrekkingsbesluit:
		kent(c, w.cfg.Verbanden, g.Samenwerkingsverband)
	case *Toestemming: // who consented, against age and gezag on record
		over := g.Over.Burgerservicenummer.BSN
		los, err := w.versGezag(ctx, over)
		if err != nil {
			return err
		}
		f, err := w.Laad(ctx, []begrip.BSN{over}, nil)
		if err != nil {
			return err
		}
		if los != nil {
			f.voeg(los)
		}
		g.eisGevers(c, f)
	case *Afscherming: // about whom the withheld record is, and in which zaak
		rec, err := w.d.Lees(ctx, g.Onderwerp.Soort, g.Onderwerp.ID, time.Time{})
		if begrip.Is(err, begrip.NietGevonden) {
			c.Eis(false, "onderwerp", "Dit gegeven staat niet in het dossier.")
			return nil
		}
		if err != nil {
			return err
		}
		g.Zaak, g.Betrokkenen = rec.Zaak, nil
		for _, b := range rec.Personen {
			g.Betrokkenen = append(g.Betrokkenen, begrip.InhoudBSN{BSN: b})
		}
	}
	return nil
}
