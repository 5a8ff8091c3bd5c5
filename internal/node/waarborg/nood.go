package waarborg

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Noodtoegang is one use of emergency access to a record of ours: what the
// privacy officer is told at once and judges afterwards. Inzage writes it, in
// the transaction of the log line; nobody else can.
type Noodtoegang struct {
	Kop
	Onderwerp   Onderwerp          `json:"onderwerp"`
	Organisatie begrip.OIN         `json:"organisatie" doc:"Wie keek"`
	Naam        string             `json:"naam"`
	Persoon     string             `json:"persoon" doc:"Naam van deze persoon bij de eigen organisatie"`
	Rol         begrip.Rol         `json:"rol"`
	Reden       string             `json:"reden"`
	Niveau      begrip.Niveau      `json:"niveau"`
	Logregel    string             `json:"logregel" doc:"Regel van het verwerkingenlog"`
	Betrokkenen []begrip.InhoudBSN `json:"betrokkenen,omitempty"`
	Oordeel     *Oordeel           `json:"oordeel,omitempty" required:"false"`
}

// Oordeel is what the privacy officer found.
type Oordeel struct {
	Terecht     bool      `json:"terecht"`
	Toelichting string    `json:"toelichting" maxLength:"2000"`
	Door        string    `json:"door" readOnly:"true"`
	Op          time.Time `json:"op" readOnly:"true"`
}

// The states of a Noodtoegang.
const (
	StaatOpen     = "open" // nobody looked at it yet
	StaatNagezien = "nagezien"
)

func (n *Noodtoegang) personen() []begrip.BSN                 { return leesbaar(n.Betrokkenen) }
func (n *Noodtoegang) controleer(*begrip.Controle, time.Time) {}

// Nood writes, as part of tx, that l looked at rec on noodtoegang. regel is the
// log line of the look; meld tells the network, and so the family, that it happened;
// rustOp is the record itself, when it is one.
func (w *Waarborgen) Nood(ctx context.Context, tx *dossier.Tx, rec dossier.Record, l toegang.Lezer, regel dossier.Logregel, meld bool, rustOp ...begrip.Verwijzing) error {
	n := &Noodtoegang{
		Kop:       Kop{ID: uuid.Must(uuid.NewV7()).String(), Zaak: rec.Zaak, Vanaf: regel.Tijdstip, Tot: &l.Nood.Tot},
		Onderwerp: Onderwerp{rec.Soort, rec.ID}, Organisatie: l.Organisatie.OIN, Naam: l.Naam, Persoon: l.Persoon, Rol: l.Rol,
		Reden: l.Nood.Reden, Niveau: regel.Niveau, Logregel: regel.ID,
	}
	for _, b := range rec.Personen {
		n.Betrokkenen = append(n.Betrokkenen, begrip.InhoudBSN{BSN: b})
	}
	// One reader who reads one record more than once in an hour of need is one case.
	open, err := tx.Zoek(ctx, dossier.Filter{Soort: SoortNoodtoegang.Naam, Staat: StaatOpen})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(r dossier.Record) bool {
		o, err := lees[Noodtoegang](r)
		return err == nil && o.Onderwerp == n.Onderwerp && o.Organisatie == n.Organisatie && o.Persoon == n.Persoon && o.Tot != nil && regel.Tijdstip.Before(*o.Tot)
	}) {
		return nil
	}
	s := SoortNoodtoegang
	if !meld {
		s.Begin = ""
	}
	return w.schrijf(ctx, tx, s, n, 0, "vaste regel", StaatOpen, rustOp...)
}

// ZieNa records the judgement on a use of noodtoegang. Errors: Ongeldig, Conflict
// when it was judged already.
func (w *Waarborgen) ZieNa(ctx context.Context, id string, o Oordeel) error {
	var c begrip.Controle
	eisReden(&c, "toelichting", o.Toelichting)
	c.Eis(gevuld(o.Door), "door", "Zeg wie dit nakeek.")
	if err := c.Fout(); err != nil {
		return err
	}
	o.Op = w.nu().UTC()
	return w.d.Tx(ctx, func(tx *dossier.Tx) error {
		rec, err := tx.Lees(ctx, SoortNoodtoegang.Naam, id, time.Time{})
		if err != nil {
			return err
		}
		n, err := lees[Noodtoegang](rec)
		if err != nil {
			return err
		}
		if n.Oordeel != nil {
			return begrip.NieuweFout(begrip.Conflict, "Dit is al nagekeken.")
		}
		n.Oordeel = &o
		return w.schrijf(ctx, tx, SoortNoodtoegang, n, rec.Versie, o.Door, StaatNagezien)
	})
}

// Verbruik marks, as part of tx, that the incidental supply to ontvanger in
// this zaak was used (Wpg 19: once).
func (w *Waarborgen) Verbruik(ctx context.Context, tx *dossier.Tx, zaak string, ontvanger begrip.OIN) error {
	recs, err := tx.Zoek(ctx, dossier.Filter{Soort: SoortVerstrekking.Naam, Zaak: zaak, Staat: StaatActief})
	if err != nil {
		return err
	}
	nu := w.nu().UTC()
	for _, rec := range recs {
		b, err := lees[Verstrekkingsbesluit](rec)
		if err != nil {
			return err
		}
		if b.Grondslag != "WPG-19" || b.Verstrekt != nil || !b.Geldt(nu) || !slices.Contains(b.Ontvangers, ontvanger) {
			continue
		}
		b.Verstrekt = &nu
		return w.schrijf(ctx, tx, SoortVerstrekking, b, rec.Versie, "vaste regel", StaatActief)
	}
	return begrip.NieuweFout(begrip.Conflict, "Deze eenmalige verstrekking is al gebruikt.")
}
