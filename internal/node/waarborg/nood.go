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
	Gewoon      bool               `json:"gewoon,omitempty" required:"false" doc:"Geen noodtoegang: bij vastgelegd direct gevaar stond een regel het toe"`
	Herhaald    bool               `json:"herhaald,omitempty" required:"false" doc:"Dezelfde reden is op één dag voor meer gezinnen gegeven"`
	Oordeel     *Oordeel           `json:"oordeel,omitempty" required:"false"`
	Opgeheven   *Opheffing         `json:"opgeheven,omitempty" required:"false"`
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
	StaatGestopt  = "gestopt" // judged not justified: this professional uses noodtoegang no more, until that is lifted
)

func (n *Noodtoegang) personen() []begrip.BSN                 { return leesbaar(n.Betrokkenen) }
func (n *Noodtoegang) controleer(*begrip.Controle, time.Time) {}

// Nood writes, as part of tx, that l looked at rec on noodtoegang. regel is the
// log line of the look; meld tells the network, and so the family, that it happened;
// rustOp is the record itself, when it is one. Error: *Geremd when it is one too many, and
// nothing may be shown.
func (w *Waarborgen) Nood(ctx context.Context, tx *dossier.Tx, rec dossier.Record, l toegang.Lezer, regel dossier.Logregel, meld bool, rustOp ...begrip.Verwijzing) error {
	n := &Noodtoegang{
		Kop:       Kop{ID: uuid.Must(uuid.NewV7()).String(), Zaak: rec.Zaak, Vanaf: regel.Tijdstip, Tot: &l.Nood.Tot},
		Onderwerp: Onderwerp{rec.Soort, rec.ID}, Organisatie: l.Organisatie.OIN, Naam: l.Naam, Persoon: l.Persoon, Rol: l.Rol,
		Reden: l.Nood.Reden, Niveau: regel.Niveau, Logregel: regel.ID, Gewoon: !slices.Contains(regel.Plichten, toegang.PlichtAlarm),
	}
	for _, b := range rec.Personen {
		n.Betrokkenen = append(n.Betrokkenen, begrip.InhoudBSN{BSN: b})
	}
	if !n.Gewoon {
		if err := gestopt(ctx, tx, n); err != nil {
			return err
		}
	}
	// One reader who reads one record more than once in an hour of need is one case.
	open, err := zoekNood(ctx, tx, StaatOpen)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(o *Noodtoegang) bool {
		return o.Onderwerp == n.Onderwerp && o.Organisatie == n.Organisatie && o.Persoon == n.Persoon && o.Tot != nil && regel.Tijdstip.Before(*o.Tot)
	}) {
		return nil
	}
	if !n.Gewoon {
		if n.Herhaald, err = w.rem(n, open); err != nil {
			return err
		}
	}
	s := SoortNoodtoegang
	if !meld {
		s.Begin = ""
	}
	return w.schrijf(ctx, tx, s, n, 0, "vaste regel", StaatOpen, rustOp...)
}

// ZieNa records the judgement of l on a use of noodtoegang. One that was not justified stops
// noodtoegang here for who used it, at once (HefStop lifts it). Errors: Ongeldig; Conflict when
// it was judged already; Verboden for one's own.
func (w *Waarborgen) ZieNa(ctx context.Context, id string, o Oordeel, l toegang.Lezer) error {
	var c begrip.Controle
	eisReden(&c, "toelichting", o.Toelichting)
	o.Door = l.Naam
	c.Eis(gevuld(o.Door), "door", "Zeg wie dit nakeek.")
	if err := c.Fout(); err != nil {
		return err
	}
	o.Op = w.nu().UTC()
	return w.d.Tx(ctx, func(tx *dossier.Tx) error {
		n, versie, err := w.leesNood(ctx, tx, id, l)
		if err != nil {
			return err
		}
		if n.Oordeel != nil {
			return begrip.NieuweFout(begrip.Conflict, "Dit is al nagekeken.")
		}
		n.Oordeel = &o
		staat := StaatGestopt
		if o.Terecht {
			staat = StaatNagezien
		}
		return w.schrijf(ctx, tx, SoortNoodtoegang, n, versie, o.Door, staat)
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
