package bezorging

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/webhook"
)

// gevonden is one event for a subscriber; x is nil when it may not be seen.
type gevonden struct {
	plaats uint64
	x      *antwoord.Vondst
}

// volgende gives up to n events of a behind na that its deelnemer may see now,
// in the order of the log, and tot: up to where everything was looked at.
// Rights are those of this moment.
func (h *Hub) volgende(ctx context.Context, a *feit.Abonnement, lezer register.Deelnemer, na uint64, n int) (uit []gevonden, tot uint64, err error) {
	tot = h.Geprojecteerd.Load()<<16 | 0xffff
	if mag, err := h.magVolgen(ctx, lezer, a); err != nil || !mag {
		return nil, na, err
	}
	for _, v := range a.VragenVan() {
		b := antwoord.Bladzij{V: &v, Lezer: lezer}
		z := antwoord.Zoekvraag(&v)
		z.Na, z.TotEnMet = na, tot
		over := n + kern.MaxBekeken
		aantal := 0
		err := h.Graph.Zoek(z, func(plaats uint64) (bool, error) {
			x, err := h.Antwoord.Bekijk(ctx, &b, plaats)
			if err != nil {
				return false, err
			}
			if x != nil {
				uit = append(uit, gevonden{plaats, x})
				aantal++
			}
			if over--; aantal == n || over == 0 {
				tot = min(tot, plaats) // another type may have looked further
				return false, nil
			}
			return true, nil
		})
		if err != nil {
			return nil, na, err
		}
	}
	slices.SortFunc(uit, func(a, b gevonden) int { return cmp.Compare(a.plaats, b.plaats) })
	uit = slices.DeleteFunc(uit, func(g gevonden) bool { return g.plaats > tot })
	if len(uit) > n {
		uit = uit[:n]
		tot = uit[n-1].plaats
	}
	return uit, tot, nil
}

// magVolgen tells whether the deelnemer may follow the person of a: it must be
// involved with that person. Its own word for that does not count, here neither.
func (h *Hub) magVolgen(ctx context.Context, d register.Deelnemer, a *feit.Abonnement) (bool, error) {
	if a.Persoon == "" || d.Soort == begrip.Burgerportaal {
		return true, nil
	}
	return h.Antwoord.Betrokken(ctx, &antwoord.Bladzij{Lezer: d}, [][16]byte{a.Ref}, nil)
}

// nieuwAbonnement is the body of POST /v1/abonnementen.
type nieuwAbonnement struct {
	Soort               string     `json:"soort"`
	Typen               []string   `json:"typen"`
	Zaak                string     `json:"zaak"`
	Subject             string     `json:"subject"`
	Burgerservicenummer *string    `json:"burgerservicenummer"`
	Adres               string     `json:"adres"`
	Vanaf               *time.Time `json:"vanaf"`
}

// maakAbonnement checks what is asked, and whether the address wants it.
func (h *Hub) maakAbonnement(ctx context.Context, k kern.Kijker, in nieuwAbonnement) (*feit.Abonnement, error) {
	d := k.Deelnemer
	a := &feit.Abonnement{ID: uuid.NewString(), Deelnemer: d.OIN, Soort: in.Soort, Zaak: in.Zaak, Subject: in.Subject, Adres: in.Adres, Wie: k.Wie, Voor: h.Kijk.Verzegeld(k.Wie)}
	var c begrip.Controle
	c.Eis(in.Soort == feit.SoortPull || in.Soort == feit.SoortWebhook, "soort", "Kies pull of webhook.")
	c.Eis(len(in.Typen) <= feit.MaxTypen, "typen", "Kies hoogstens %d typen.", feit.MaxTypen)
	for i, t := range in.Typen {
		ev := cloudevent.Event{Type: t}
		ev.Normaliseer()
		c.Eis(h.Regels.Load().Bekend(ev.Type), fmt.Sprintf("typen[%d]", i), "Dit type staat niet in het register.")
		if !slices.Contains(a.Typen, ev.Type) {
			a.Typen = append(a.Typen, ev.Type)
		}
	}
	c.Eis(len(in.Zaak) <= 2048 && len(in.Subject) <= 2048 && zonderBSN(in.Zaak+"\n"+in.Subject), "", "Een filter is te lang, of er staat een burgerservicenummer in.")
	if in.Burgerservicenummer != nil {
		bsn, err := begrip.ParseBSN(*in.Burgerservicenummer)
		c.Eis(err == nil, "burgerservicenummer", "Vul een geldig burgerservicenummer in, of laat dit veld weg.")
		c.Eis(d.Soort != begrip.Burgerportaal || bsn == k.Burger, "burgerservicenummer", "Dit is een ander dan die van de verklaring van de burger.")
		if err == nil {
			a.Ref = h.Sleutels.Ref(bsn)
			a.Persoon = hex.EncodeToString(a.Ref[:])
		}
	} else {
		c.Eis(d.Soort != begrip.Burgerportaal, "burgerservicenummer", kern.BerichtPortaal)
	}
	c.Eis(len(a.Typen) > 0 || a.Zaak != "" || a.Subject != "" || in.Burgerservicenummer != nil, "", "Geef minstens één filter.")
	if in.Soort == feit.SoortWebhook {
		webhook.Adres(&c, "adres", in.Adres, d.API)
	} else {
		c.Eis(in.Adres == "", "adres", "Een adres hoort alleen bij een webhook.")
	}
	if err := c.Fout(); err != nil {
		return nil, err
	}
	if err := h.Kijk.TelPersonen(d.OIN, &a.Wie, a.Refs()); err != nil {
		return nil, err
	}
	if mag, err := h.magVolgen(ctx, d, a); err != nil {
		return nil, err
	} else if !mag {
		return nil, begrip.NieuweFout(begrip.Verboden, "U kunt alleen mensen volgen bij wie uw organisatie betrokken is. Dat moet blijken uit wat anderen meldden.")
	}
	if len(slices.DeleteFunc(h.Feit.Abonnementen.Van(d.OIN), func(a *feit.Abonnement) bool { return a.Gestopt != "" })) >= feit.MaxAbonnementen {
		return nil, begrip.NieuweFout(begrip.Conflict, "Uw organisatie heeft al %d abonnementen. Stop er eerst een.", feit.MaxAbonnementen)
	}
	blok := h.Log.Laatste()
	if in.Vanaf != nil {
		eerste, err := h.Graph.BlokOp(in.Vanaf.UTC().Truncate(time.Microsecond))
		if err != nil {
			return nil, err
		}
		blok = min(blok, max(eerste, 1)-1)
	}
	a.Begin = blok<<16 | 0xffff
	if a.Soort == feit.SoortWebhook {
		if h.Verzender == nil {
			return nil, begrip.NieuweFout(begrip.NietBeschikbaar, "Deze Ketenindex kan geen webhooks bezorgen. Neem een abonnement van soort pull.")
		}
		var err error
		if a.PerMinuut, err = h.Verzender.Handdruk(ctx, d.OIN, a.Adres); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func zonderBSN(s string) bool { return string(begrip.MaskeerBSN([]byte(s))) == s }

// stopAbonnement ends a, for the reason given.
func (h *Hub) stopAbonnement(ctx context.Context, a *feit.Abonnement, reden string) error {
	weg := *a
	weg.Gestopt = reden
	_, err := h.Inname.LegFeitVast(ctx, cloudevent.AbonnementGestopt, a.ID, "soh:StoppenAbonnement", weg)
	return err
}
