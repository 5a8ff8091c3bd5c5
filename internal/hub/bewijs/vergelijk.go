package bewijs

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/rest"
)

// A deelnemer and the hub tell each other what they hold of its events, so that
// either of them finds out when the other was put back from a copy.

// How much one vergelijking asks and gives.
const (
	maxVergelijk      = 200 // ids
	maxEigen          = 200 // events
	standaardEigen    = 50
	wachtOpVergelijk  = 5 * time.Second
	eersteTerugBlik   = 64 // blocks
	groeiVanTerugBlik = 8
)

// vergelijkVraag asks which of ids, of events of bron, the hub does not know, and
// what it has of bron itself, newest first: before the event of interactie Voor.
type vergelijkVraag struct {
	Bron   string   `json:"bron"`
	IDs    []string `json:"ids"`
	Voor   string   `json:"voor"`
	Limiet int      `json:"limiet"`
}

// vergelijking is the answer.
type vergelijking struct {
	Onbekend       []string     `json:"onbekend"`
	Gebeurtenissen []eigenEvent `json:"gebeurtenissen"`
	Volgende       string       `json:"volgende,omitempty"` // interactieId; absent at the end
}

// eigenEvent tells of an event of the asker that the hub holds it.
type eigenEvent struct {
	InteractieID string    `json:"interactieId"`
	ID           string    `json:"id"`
	Type         string    `json:"type"`
	Subject      string    `json:"subject"`
	Time         time.Time `json:"time"`
	Anker        *anker    `json:"anker,omitempty"`
}

// anker is what an anchor of a verwerkingenlog says.
type anker struct {
	AantalRegels string `json:"aantalRegels"`
	Hash         string `json:"hash"`
	Stempel      string `json:"stempel,omitempty"`
}

func (h *Hub) vergelijk(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Beller(r)
	if err != nil {
		return err
	}
	body, err := kern.LeesLijf(w, r)
	if err != nil {
		return err
	}
	var v vergelijkVraag
	if err := rest.LeesJSON(body, &v); err != nil {
		return err
	}
	if v.Limiet == 0 {
		v.Limiet = standaardEigen
	}
	var c begrip.Controle
	oin, ok := (&cloudevent.Event{Source: v.Bron}).BronOIN()
	c.Eis(ok && oin == d.OIN, "bron", "Vul een source van uw eigen organisatie in.")
	c.Eis(len(v.IDs) <= maxVergelijk, "ids", "Geef er hooguit %d.", maxVergelijk)
	c.Eis(v.Limiet >= 1 && v.Limiet <= maxEigen, "limiet", "Kies een getal van 1 tot en met %d.", maxEigen)
	voor, err := h.plaatsVoor(v.Voor, d.OIN)
	if err != nil {
		return err
	}
	c.Eis(v.Voor == "" || voor != 0, "voor", "Deze interactie kennen wij niet.")
	if err := c.Fout(); err != nil {
		return err
	}
	laatste, err := h.Log.Nu(r.Context())
	if err == nil && !h.WachtOp(r.Context(), laatste, wachtOpVergelijk) {
		err = begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex is nog bezig met lezen. Probeer het over een paar tellen nog eens.")
	}
	if err != nil {
		return err
	}
	uit := vergelijking{Onbekend: []string{}}
	for _, id := range v.IDs {
		u, _, err := h.Uitkomst(kern.InteractieVan(cloudevent.Event{Source: v.Bron, ID: id}, d.OIN))
		if err != nil {
			return err
		}
		if u == nil {
			uit.Onbekend = append(uit.Onbekend, id)
		}
	}
	uit.Gebeurtenissen, err = h.eigenVan(r.Context(), d.OIN, v.Bron, voor, v.Limiet+1)
	if err != nil {
		return err
	}
	if len(uit.Gebeurtenissen) > v.Limiet {
		uit.Gebeurtenissen = uit.Gebeurtenissen[:v.Limiet]
		uit.Volgende = uit.Gebeurtenissen[v.Limiet-1].InteractieID
	}
	rest.WriteJSON(w, http.StatusOK, uit)
	return nil
}

// plaatsVoor is the place of an event of oin; zero when there is none.
func (h *Hub) plaatsVoor(interactie string, oin begrip.OIN) (uint64, error) {
	if interactie == "" {
		return 0, nil
	}
	id, err := kern.LeesInteractie(interactie)
	if err != nil {
		return 0, nil
	}
	u, plaats, err := h.Uitkomst(id)
	if err != nil || u == nil || u.OIN != oin {
		return 0, err
	}
	return plaats, nil
}

// eigenVan gives the newest events of a source before the place voor (zero: the
// end), newest first, at most n. It walks back over the log in steps that grow,
// so what is new costs little.
func (h *Hub) eigenVan(ctx context.Context, oin begrip.OIN, bron string, voor uint64, n int) ([]eigenEvent, error) {
	uit := []eigenEvent{}
	tot := h.Geprojecteerd.Load()<<16 | 0xffff
	if voor != 0 {
		tot = voor - 1
	}
	for stap := uint64(eersteTerugBlik); len(uit) < n; stap *= groeiVanTerugBlik {
		na := max(tot>>16, stap) - stap
		var plaatsen []uint64
		if tot == 0 {
			return uit, nil
		}
		err := h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Organisatie, Waarde: oin.URN()}}, Na: na << 16, TotEnMet: tot}, func(plaats uint64) (bool, error) {
			plaatsen = append(plaatsen, plaats)
			return true, nil
		})
		if err != nil {
			return nil, err
		}
		for _, plaats := range slices.Backward(plaatsen) {
			if len(uit) == n || ctx.Err() != nil {
				break
			}
			e, ok, err := h.eigenOp(plaats, oin, bron)
			if err != nil {
				return nil, err
			}
			if ok {
				uit = append(uit, e)
			}
		}
		if na == 0 {
			break
		}
		tot = na << 16
	}
	return uit, ctx.Err()
}

// eigenOp reads the event at a place; ok is false when it is not of this source.
func (h *Hub) eigenOp(plaats uint64, oin begrip.OIN, bron string) (e eigenEvent, ok bool, err error) {
	g, err := h.LeesOp(plaats)
	if err != nil || g.Frame.OIN != oin || g.Event.Source != bron {
		return e, false, err
	}
	e = eigenEvent{InteractieID: g.Frame.ID.URN(), ID: g.Event.ID, Type: g.Event.Type, Subject: g.Event.Subject, Time: g.Event.Time}
	if n := g.Graaf.Vind(g.Event.Subject); n != nil && g.Event.Type == cloudevent.LogVerankerd {
		e.Anker = &anker{AantalRegels: n.Tekst("soh:aantalRegels"), Hash: n.Tekst("soh:hash"), Stempel: n.Tekst("soh:stempel")}
	}
	return e, g.Frame.ID != uuid.Nil, nil
}
