package inzage

import (
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Handelingen gives what l may do with a record of ours, by the policy of its kind: for
// the buttons of a page that l reads. It asks, and logs nothing.
func (z *Inzage) Handelingen(ctx context.Context, soort Soort, rec dossier.Record, l toegang.Lezer) ([]string, error) {
	daden, _, _, err := z.daden(ctx, soort, rec, l)
	return daden, err
}

// Handel decides whether l may do handeling with a record of ours, and gives the record with
// the line of the log that says so: whoever carries the act out writes that line in the
// same transaction. A refusal is logged here.
//
// Errors: NietGevonden, also for who may not know of the record; Verboden with the reasons;
// NietBeschikbaar when a refusal cannot be logged.
func (z *Inzage) Handel(ctx context.Context, soort Soort, id, handeling string, l toegang.Lezer) (dossier.Record, dossier.Logregel, error) {
	begin := time.Now()
	rec, err := z.cfg.Dossier.Lees(ctx, soort.Naam, id, time.Time{})
	weg := begrip.Is(err, begrip.NietGevonden)
	if err != nil && !weg {
		return rec, dossier.Logregel{}, err
	}
	regel, err := z.handel(ctx, begin, soort, rec, id, handeling, l, weg)
	return rec, regel, err
}

// Maken decides whether l may make rec, a record that is not there yet: its policy sees
// it as it will be, without a state. See Handel.
func (z *Inzage) Maken(ctx context.Context, soort Soort, rec dossier.Record, l toegang.Lezer) (dossier.Logregel, error) {
	rec.Soort, rec.Staat = soort.Naam, ""
	return z.handel(ctx, time.Now(), soort, rec, rec.ID, DaadMaken, l, false)
}

// ZouMaken is Maken for the page that leads to it: it asks, and logs nothing. Verboden
// when l may not.
func (z *Inzage) ZouMaken(ctx context.Context, soort Soort, rec dossier.Record, l toegang.Lezer) error {
	rec.Soort, rec.Staat = soort.Naam, ""
	daden, _, _, err := z.daden(ctx, soort, rec, l)
	if err == nil && !slices.Contains(daden, DaadMaken) {
		err = begrip.NieuweFout(begrip.Verboden, "Met uw rol (%s) kunt u dit niet vastleggen.", l.Rol.Naam())
	}
	return err
}

// AfgeschermdVoor tells that a record of ours is withheld from an organisation: for it
// the record is not there.
func (z *Inzage) AfgeschermdVoor(ctx context.Context, soort Soort, rec dossier.Record, org begrip.Organisatie) (bool, error) {
	l := toegang.Lezer{Organisatie: org}
	f, err := z.feiten(ctx, l, rec)
	return err != nil || f.Afgeschermd(soort.Naam, rec.ID, l) != nil, err
}

// DaadMaken is the act of making a new record.
const DaadMaken = "maken"

func (z *Inzage) handel(ctx context.Context, begin time.Time, soort Soort, rec dossier.Record, id, handeling string, l toegang.Lezer, weg bool) (regel dossier.Logregel, err error) {
	var daden []string
	var besluit toegang.Besluit
	dicht := weg
	if !weg {
		if daden, besluit, dicht, err = z.daden(ctx, soort, rec, l); err != nil {
			return regel, err
		}
	}
	regel = z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.RecordID, regel.Betrokkenen, regel.BronAfgeschermd, regel.Handeling = soort.Naam, id, rec.Personen, dicht, handeling
	if slices.Contains(daden, handeling) {
		regel.Niveau, regel.Toegestaan, regel.Redenen = besluit.Niveau, true, logRedenen(besluit.Redenen)
		return regel, nil
	}
	reden := toegang.Reden{Tekst: "Met uw rol kunt u dit niet doen.", Gezin: "Deze persoon heeft ander werk."}
	if !besluit.Toegestaan && len(besluit.Redenen) > 0 {
		reden = besluit.Redenen[0]
	}
	regel.Redenen = logRedenen([]toegang.Reden{reden})
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return regel, geenLog(err)
	}
	if weg || dicht || !z.partij(soort, rec, l.Organisatie.OIN) {
		wachtTotMaat(ctx, begin)
		return regel, nergens()
	}
	return regel, begrip.NieuweFout(begrip.Verboden, "%s", redenen([]toegang.Reden{reden}))
}

// daden decides what l may do with rec; dicht is that rec is not there for l.
func (z *Inzage) daden(ctx context.Context, soort Soort, rec dossier.Record, l toegang.Lezer) (daden []string, besluit toegang.Besluit, dicht bool, err error) {
	f, err := z.feiten(ctx, l, rec)
	if err != nil {
		return nil, besluit, false, err
	}
	if hier := f.Afgeschermd(soort.Naam, rec.ID, l); hier != nil {
		return nil, weiger("Dit is afgeschermd: "+hier.Reden.Naam()+".", hier.Reden.Artikel()), true, nil
	}
	if rustOp, err := z.grondVan(ctx, f, soort.Naam, rec.ID); err != nil || rustOp.dicht && !l.Burger.IsZero() {
		return nil, besluit, true, err
	}
	z.mu.RLock()
	beleid := z.beleid
	z.mu.RUnlock()
	if beleid == nil || !l.Burger.IsZero() && l.Organisatie.Soort != begrip.Burgerportaal || !l.Nood.IsZero() {
		return nil, weiger("Hiermee kunt u nu niets doen.", ""), false, nil // in need one reads; one does not act
	}
	daden, besluit, err = beleid.Handelingen(ctx, soort.Beleid, z.invoer(soort, rec, l, f, begrip.NiveauInhoud))
	if err != nil {
		err = begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet beslissen of u dit mag doen.").Door(err)
	}
	return daden, besluit, false, err
}
