package inzage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Rij is one record as a list shows it.
type Rij struct {
	Record dossier.Record
	Inhoud json.RawMessage // the record at niveau 1
}

// Lijst gives of recs, all of kind soort and of our own, the first max that their
// reader may see at niveau 1. It decides about each in silence: what may not be seen
// is left out and is no try of anybody. What is shown is one line of the log, at
// niveau 0, about everybody in it; without that line there is no list. A look that
// brings an obligation is no part of a list: it takes opening the record.
func (z *Inzage) Lijst(ctx context.Context, soort Soort, recs []dossier.Record, lezer func(dossier.Record) toegang.Lezer, max int) ([]Rij, error) {
	if len(recs) == 0 {
		return nil, nil
	}
	f, err := z.feiten(ctx, lezer(recs[0]), recs...)
	if err != nil {
		return nil, err
	}
	proces, uit := begrip.NiveauProces, []Rij{}
	regel := z.regel(ctx, dossier.Gegeven, lezer(recs[0]))
	for _, rec := range recs {
		l := lezer(rec)
		if len(uit) == max {
			break
		}
		b, err := z.besluit(ctx, soort, rec, l, f, &proces)
		if err != nil {
			return nil, err
		}
		if !b.Toegestaan || toegang.MaxNiveau(ctx) < proces || slices.ContainsFunc(b.Plichten, func(p string) bool { return p != toegang.PlichtNietDoorgeven }) {
			continue
		}
		inhoud, _, err := reduceer(soort, rec, b, begrip.Recht{}) // a list opens nothing that is protected
		if err != nil {
			return nil, err
		}
		uit = append(uit, Rij{rec, inhoud})
		if len(regel.Lijst) == 0 { // on which words the first was seen
			regel.Doel, regel.Grondslag = l.Doel, l.Grondslag
		}
		regel.Lijst, regel.Betrokkenen = append(regel.Lijst, rec.ID), append(regel.Betrokkenen, rec.Personen...)
	}
	if len(uit) == 0 {
		return uit, nil
	}
	regel.Soort, regel.Niveau, regel.Toegestaan, regel.Zaak = soort.Naam, begrip.NiveauBestaan, true, ""
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return nil, geenLog(err)
	}
	return uit, nil
}

// ZouMogen tells whether l could read, at niveau 1 at least, a record like
// voorbeeld: one that houder could have. It is for menus, that offer only what a
// role may: no record is looked at and nothing is logged. Doubt is no.
func (z *Inzage) ZouMogen(ctx context.Context, soort Soort, voorbeeld dossier.Record, houder begrip.OIN, l toegang.Lezer) bool {
	f, err := z.cfg.Waarborgen.Laad(ctx, nil, nil)
	if err != nil {
		return false
	}
	z.mu.RLock()
	beleid := z.beleid
	z.mu.RUnlock()
	if beleid == nil || !l.Burger.IsZero() {
		return false
	}
	voorbeeld.Soort = soort.Naam
	in := z.invoer(soort, voorbeeld, l, f, begrip.NiveauProces)
	in["zelf"] = houder == l.Organisatie.OIN
	if r, ok := in["record"].(map[string]any); ok {
		r["eigenaar"] = string(houder)
	}
	b, err := beleid.Besluit(ctx, soort.Beleid, in)
	return err == nil && b.Toegestaan && b.Niveau >= begrip.NiveauProces
}

// EersteWeg gives the first of these ways on which a record of ours may be read,
// as a decision without a look; ok false is that none opens it.
func (z *Inzage) EersteWeg(ctx context.Context, soort Soort, id string, wegen []toegang.Lezer) (l toegang.Lezer, ok bool, err error) {
	for _, l := range wegen {
		b, err := z.Oordeel(ctx, soort, strings.ToLower(id), l, nil)
		if err != nil || b.Toegestaan {
			return l, err == nil, err
		}
	}
	return l, false, nil
}

// WeigerHandeling writes down that l tried to act on a record, here or at its source,
// and was not let: as a look that was refused, without whom it is about, which nobody
// read. It gives fout; when it cannot be logged, that.
func (z *Inzage) WeigerHandeling(ctx context.Context, over begrip.Verwijzing, l toegang.Lezer, fout error) error {
	regel := z.regel(ctx, dossier.Bekeken, l)
	if over.Bron == z.cfg.Organisatie.OIN {
		regel.Richting = dossier.Gegeven
	}
	regel.Bron, regel.Soort, regel.RecordID = over.Bron, over.Soort, over.ID()
	regel.Redenen = []dossier.Reden{{Tekst: begrip.FoutVan(fout).Bericht}}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return geenLog(err)
	}
	return fout
}
