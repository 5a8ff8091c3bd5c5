package opdracht

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
)

// SoortAanbod is the kind of dossier record of an offer that was not admitted:
// its proof is looked up, or it was refused. It is no Opdracht yet: no page,
// functie or rule sees it, and it counts as no work in the zaak.
const SoortAanbod = "opdracht-aanbod"

// toegelaten is the state of an offer that became an Opdracht.
const toegelaten = "toegelaten"

// geweigerd is all an asker reads of a refusal, whatever the reason: which kinds
// there are here, what was proven and whom we know stays ours. The reason stands
// in the verwerkingenlog.
const geweigerd = "Wij nemen deze opdracht niet aan. Zij past niet bij wat wij voor uw organisatie mogen doen."

// weiger refuses an offer without reading what it points to: a line in the log,
// the offer, and word of it to the asker stand together or not at all.
func (p *Opdrachten) weiger(ctx context.Context, o Opdracht, versie int, waarom string) (Opdracht, error) {
	regel := p.regel(o, false, waarom)
	s := Stap{ID: uuid.Must(uuid.NewV7()).String(), Naar: Geweigerd, Op: p.nu().UTC().Truncate(time.Microsecond), Door: "vaste regel", Reden: geweigerd}
	uit := o.met(s)
	err := p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if err := tx.Log(ctx, regel); err != nil {
			return geenLog(err)
		}
		if err := p.bewaarAls(ctx, tx, SoortAanbod, string(Geweigerd), uit, versie, s.Door); err != nil {
			return err
		}
		return p.verstuurStap(ctx, tx, o.Van, o.ID, s)
	})
	if err == nil {
		p.besluiten.Plus(1, "geweigerd")
		n := p.teller.bij(p.teller.weigert, o.Van, p.nu())
		if n == p.cfg.Grenzen.Geweigerd || n > p.cfg.Grenzen.Geweigerd && n%metEen == 0 {
			p.meld(ctx, o, signaal.OpdrachtenGeweigerd, regel.ID)
		}
	}
	return uit, err
}

// laatToe makes an Opdracht of an offer; versie is that of its SoortAanbod record,
// 0 when it has none.
func (p *Opdrachten) laatToe(ctx context.Context, soort Soort, o Opdracht, versie int) (Opdracht, error) {
	err := p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if err := tx.Log(ctx, p.regel(o, true, "Deze organisatie mag dit vragen"+bewijsTekst(soort)+".")); err != nil {
			return geenLog(err)
		}
		if soort.Ontvangen != nil {
			if err := soort.Ontvangen(ctx, tx, &o); err != nil {
				return err
			}
		}
		if versie > 0 {
			if err := p.bewaarAls(ctx, tx, SoortAanbod, toegelaten, o, versie, "vaste regel"); err != nil {
				return err
			}
		}
		return p.bewaar(ctx, tx, o, 0, "opdrachtgever")
	})
	if err == nil {
		p.besluiten.Plus(1, "toegestaan")
	}
	return o, err
}

func bewijsTekst(s Soort) string {
	if len(s.Regel.Bewijs) == 0 {
		return ""
	}
	return ", en het bewijs is er"
}

// toets looks up the proof of an offer that waits for it. A proof that is not
// there may still be on its way; who does not answer is asked again. Neither lets
// the offer in.
func (p *Opdrachten) toets(ctx context.Context, id string) error {
	o, rec, err := p.aanbodVan(ctx, id)
	if begrip.Is(err, begrip.NietGevonden) || err == nil && rec.Staat != string(Aangeboden) {
		return nil // erased, or decided or withdrawn in the meantime
	}
	if err != nil {
		return err
	}
	soort, ok := p.soort(o.Soort)
	if !ok {
		_, err = p.weiger(ctx, o, rec.Versie, onbekend)
		return err
	}
	if waarom := p.bezwaar(soort, o); waarom != "" {
		_, err = p.weiger(ctx, o, rec.Versie, waarom)
		return err
	}
	sinds := p.nu().Sub(rec.VastgelegdOp)
	b, err := p.bewezen(ctx, soort, o, nil)
	switch {
	case err != nil && sinds > stil:
		_, err = p.weiger(ctx, o, rec.Versie, "Of het bewijs er is, was een dag lang niet na te gaan.")
		return err
	case err != nil:
		return err
	case !b.Ja && sinds > p.cfg.Grenzen.Geduld:
		_, err = p.weiger(ctx, o, rec.Versie, "Het bewijs dat bij deze opdracht hoort, is er niet.")
		return err
	case !b.Ja:
		return errLater
	}
	if _, err = p.laatToe(ctx, soort, o, rec.Versie); err == nil {
		p.plan(wachtend{id: id, bij: string(o.Onderwerp.Bron)})
	}
	return err
}

// stil is how long an offer waits for who does not answer about its proof.
const stil = 24 * time.Hour

const onbekend = "Deze soort opdracht kennen wij niet."

func (p *Opdrachten) aanbodVan(ctx context.Context, id string) (Opdracht, dossier.Record, error) {
	rec, err := p.cfg.Dossier.Lees(ctx, SoortAanbod, id, time.Time{})
	if err != nil {
		return Opdracht{}, rec, err
	}
	o, err := uitRecord(rec)
	return o, rec, err
}

// regel is the line of a decision about an offer. It is about no person that we
// know of: what the offer points to was not read.
func (p *Opdrachten) regel(o Opdracht, mag bool, waarom string) dossier.Logregel {
	naam := string(o.Van)
	if d, ok := p.cfg.Deelnemer(o.Van); ok {
		naam = d.Naam
	}
	return dossier.Logregel{
		ID: uuid.Must(uuid.NewV7()).String(), Richting: dossier.Gegeven, LezerOIN: o.Van, LezerOrganisatie: naam, Naam: o.Vrager.Naam, Rol: o.Vrager.Rol,
		Doel: o.Vrager.Doel, Grondslag: o.Vrager.Grondslag, Zaak: o.Zaak, Bron: p.cfg.Organisatie.OIN, Soort: RecordSoort, RecordID: o.ID,
		Niveau: begrip.NiveauBestaan, Toegestaan: mag, Redenen: []dossier.Reden{{Tekst: waarom, Artikel: string(o.Vrager.Grondslag)}},
	}
}

func geenLog(err error) error {
	return begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet vastleggen wat u vraagt. Daarom nemen wij het niet aan.").Door(err)
}

// meld tells the privacy officer about an asker, and goes on when that fails.
func (p *Opdrachten) meld(ctx context.Context, o Opdracht, regel signaal.Regel, logregel string) {
	van, _ := p.cfg.Deelnemer(o.Van)
	if err := p.cfg.Meld(ctx, van, regel, logregel); err != nil {
		p.cfg.Log.ErrorContext(ctx, "signaal niet vastgelegd", "regel", string(regel), "fout", err)
	}
}
