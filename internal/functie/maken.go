package functie

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Nieuw makes v a record: decided by the policy of its kind, checked, and then stored, told
// and logged in one transaction. An empty v.Zaak begins a new zaak. v.ID may be chosen
// beforehand, by a form or a system: the same made again by the same person gives what
// stands, so that nothing is made twice.
//
// Errors: Verboden; Ongeldig with every mistake; Conflict when the number is taken.
func (g *Gegeven[T]) Nieuw(ctx context.Context, o *Omgeving, v Versie[T], l toegang.Lezer) (Versie[T], error) {
	nu := o.Nu()
	if v.ID == "" {
		v.ID = uuid.Must(uuid.NewV7()).String()
	}
	fout := g.toets(v.Waarde, nu)
	inhoud, err := opslag(v.Waarde)
	if err != nil {
		return v, err
	}
	v.Door, v.Staat, v.Soort, v.Inhoud, v.Record.Personen = l.Naam, "", g.Naam, inhoud, begrip.BSNs(g.betrokkenen(v.Waarde))
	regel, err := o.Inzage.Maken(ctx, g.Soort(o), v.Record, l)
	if err != nil {
		return v, err
	}
	if fout != nil {
		return v, fout
	}
	if staat, ok, err := g.stond(ctx, o, v); ok || err != nil {
		return staat, err
	}
	if v.Zaak == "" {
		v.Zaak = "urn:soh:zaak:" + uuid.Must(uuid.NewV7()).String()
	}
	regel.Zaak = v.Zaak
	g.vul(ctx, o, v.Waarde, nil, l)
	err = o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		d := &Daad[T]{ctx, tx, o, v, l, nu}
		if g.BijMaken != nil {
			if err := g.BijMaken(d); err != nil {
				return err
			}
		}
		if v, err = g.Schrijf(ctx, tx, d.V); err != nil {
			return err
		}
		if err := o.Waarborgen.VraagLater(ctx, tx, g.Naam, v.ID, g.betrokkenen(v.Waarde)); err != nil {
			return err
		}
		if err := g.Meld(ctx, tx, o, g.Maak, v, o.Organisatie); err != nil {
			return err
		}
		return tx.Log(ctx, regel)
	})
	return v, err
}

// vul completes the persons in t: whether somebody hides, and the name that events use.
// A name is ours to give: what t calls a person holds inside t only, unless that person
// stood in eerder under it.
func (g *Gegeven[T]) vul(ctx context.Context, o *Omgeving, t *T, eerder []begrip.Betrokkene, l toegang.Lezer) {
	kopie := g.betrokkenen(t)
	o.Waarborgen.VraagGeheim(ctx, kopie, l.Naam)
	nieuw := map[string]string{}
	for i, p := range g.personen(t) {
		id := kopie[i].ID
		if !slices.ContainsFunc(eerder, func(b begrip.Betrokkene) bool {
			return id != "" && b.ID == id && b.Burgerservicenummer == kopie[i].Burgerservicenummer
		}) {
			kopie[i].ID = "urn:soh:betrokkene:" + uuid.Must(uuid.NewV7()).String()
		}
		if nieuw[id] == "" {
			nieuw[id] = kopie[i].ID
		}
		*p.Betrokkene = kopie[i]
	}
	if g.Hernoem != nil {
		g.Hernoem(t, func(id string) string { return nieuw[id] })
	}
}

// toets brings t, a *T, into its one form and gives every mistake in it.
func (g *Gegeven[T]) toets(t any, nu time.Time) error {
	w, ok := t.(*T)
	if !ok {
		return nil
	}
	if g.Normaliseer != nil {
		g.Normaliseer(w, nu)
	}
	c := &begrip.Controle{}
	for _, p := range g.personen(w) {
		p.Normaliseer(nu)
		p.Controleer(c, p.Pad, nu)
	}
	if g.Controleer != nil {
		g.Controleer(w, c, nu)
	}
	return c.Fout()
}

// stond gives what was made before under the number of v, by the same person.
func (g *Gegeven[T]) stond(ctx context.Context, o *Omgeving, v Versie[T]) (staat Versie[T], ok bool, err error) {
	versies, err := o.Dossier.Versies(ctx, g.Naam, v.ID)
	if begrip.Is(err, begrip.NietGevonden) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	if versies[0].Door != v.Door {
		return v, false, begrip.NieuweFout(begrip.Conflict, "Dit is al verstuurd.")
	}
	staat, err = g.Lees(versies[len(versies)-1])
	return staat, true, err
}

// adressen fills in what the population register tells later about hidden addresses.
func (g *Gegeven[T]) adressen(inhoud json.RawMessage, weet func(begrip.BSN) begrip.Geheim) (json.RawMessage, []begrip.BSN, error) {
	t := new(T)
	if err := json.Unmarshal(inhoud, t); err != nil {
		return nil, nil, err
	}
	var open []begrip.BSN
	anders := false
	for _, b := range g.personen(t) {
		if b.AdresGeheim != begrip.GeheimOnbekend {
			continue
		}
		if b.AdresGeheim = weet(b.Burgerservicenummer.BSN); b.AdresGeheim == begrip.GeheimOnbekend {
			open = append(open, b.Burgerservicenummer.BSN)
		} else {
			anders = true
		}
	}
	if !anders {
		return inhoud, open, nil
	}
	inhoud, err := opslag(t)
	return inhoud, open, err
}
