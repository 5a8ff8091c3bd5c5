package beheer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// peilInterval is the time between two looks at everyone.
const peilInterval = time.Minute

// Peil looks at the chain until ctx ends, on one replica at a time.
func (h *Hub) Peil(ctx context.Context) error {
	p := gezondheid.Nieuw(*h.Cfg.Identiteit)
	if !h.WachtOp(ctx, h.Log.Laatste(), 24*time.Hour) {
		return ctx.Err()
	}
	if b, ok, err := h.Graph.Staat(feit.MetingSoort, gezondheid.IDVan(time.Now())); err == nil && ok {
		var m gezondheid.Meting
		if json.Unmarshal(b, &m) == nil {
			p.Hervat(m)
		}
	}
	h.peiler.Store(p)
	defer func() { // a stop loses no history
		if m := p.Lopend(); len(m.Wie) > 0 {
			laat, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer stop()
			_ = h.Feit.Noteer(laat, feit.Notitie{Meting: &m})
		}
	}()
	klok := time.NewTicker(h.Peilen)
	defer klok.Stop()
	for {
		select { // not at once: who starts together with the hub is not down
		case <-ctx.Done():
			return ctx.Err()
		case <-klok.C:
		}
		veranderd, klaar := p.Ronde(ctx, time.Now(), h.partijen(), h.Feit.Gezond.Geef)
		var feiten []inname.NieuwFeit
		for _, s := range veranderd {
			feiten = append(feiten, inname.NieuwFeit{Typ: cloudevent.GezondheidVeranderd, ID: string(s.OIN), Activiteit: "soh:PeilenGezondheid", Inhoud: s})
		}
		var err error
		if len(feiten) > 0 {
			_, err = h.Inname.LegFeitenVast(ctx, h.Cfg.Organisatie, feiten...)
		}
		if klaar != nil {
			err = errors.Join(err, h.Feit.Noteer(ctx, feit.Notitie{Meting: klaar}))
		}
		if err != nil && ctx.Err() == nil {
			h.Cfg.Log.Warn("de gezondheid van de keten is niet vastgelegd", "fout", err)
		}
	}
}

// partijen are all deelnemers with an API, and the hub itself.
func (h *Hub) partijen() []gezondheid.Partij {
	uit := []gezondheid.Partij{{OIN: h.Cfg.Organisatie.OIN, Kijk: func() error {
		switch s := h.Stand(); {
		case s.Log != "OK":
			return errors.New("het log: " + s.Log)
		case s.Projectie != "OK":
			return errors.New("de projectie: " + s.Projectie)
		}
		return h.Cfg.Identiteit.LijstBij(time.Now())
	}}}
	for _, d := range h.Register.Deelnemers() {
		if d.API != "" && d.OIN != h.Cfg.Organisatie.OIN {
			uit = append(uit, gezondheid.Partij{OIN: d.OIN, API: d.API})
		}
	}
	return uit
}

// vissenDuur is how long it is shown that an asker met its limit.
const vissenDuur = 7 * 24 * time.Hour

// Bord is what a page about the chain shows, at one moment. It holds no
// personal data.
type Bord struct {
	Keten      begrip.Organisatie
	Hub        kern.Gereed
	Deelnemers []register.Deelnemer
	Diensten   []register.Dienst
	APIs       []register.API
	Storingen  []register.Storing // those of now and to come
	Staten     map[begrip.OIN]gezondheid.Staat
	LetOp      map[begrip.OIN]string // what a party that works says besides
	Metingen   []gezondheid.Meting   // oldest first; the last may be under way
	Vissen     []kijk.Vissen         // whose askers met their limit
}

// Bord gives all of it; metingen from vanaf on.
func (h *Hub) Bord(vanaf, nu time.Time) (b Bord, err error) {
	b = Bord{Keten: h.Cfg.Organisatie, Hub: h.Stand(), Deelnemers: h.Register.Deelnemers(), Staten: map[begrip.OIN]gezondheid.Staat{}, LetOp: map[begrip.OIN]string{}}
	if b.Diensten, err = diensten.alle(h, nil, nu); err != nil {
		return b, err
	}
	if b.Vissen, err = h.Kijk.Vissen(context.Background(), nu.Add(-vissenDuur)); err != nil {
		return b, err
	}
	if b.APIs, err = apis.alle(h, nil, nu); err != nil {
		return b, err
	}
	if b.Storingen, err = storingen.alle(h, nil, nu); err != nil {
		return b, err
	}
	b.Storingen = slices.DeleteFunc(b.Storingen, func(s register.Storing) bool { return s.Tot != nil && !nu.Before(*s.Tot) })
	for _, p := range h.partijen() {
		if s, ok := h.Feit.Gezond.Geef(p.OIN); ok {
			b.Staten[p.OIN] = s
		}
		b.LetOp[p.OIN] = h.letOp(p.OIN)
	}
	err = h.Graph.AlleStaat(feit.MetingSoort, func(id string, ruw []byte) error {
		var m gezondheid.Meting
		if id < gezondheid.IDVan(vanaf) {
			return nil
		}
		if err := json.Unmarshal(ruw, &m); err != nil {
			return fmt.Errorf("hub: meting: %w", err)
		}
		b.Metingen = append(b.Metingen, m)
		return nil
	})
	if p := h.peiler.Load(); p != nil && err == nil {
		m := p.Lopend()
		b.Metingen = slices.DeleteFunc(b.Metingen, func(al gezondheid.Meting) bool { return al.Begin.Equal(m.Begin) }) // noted when it broke off
		if n := len(b.Metingen); len(m.Wie) > 0 && (n == 0 || b.Metingen[n-1].Begin.Before(m.Begin)) {                 // else another replica went on
			b.Metingen = append(b.Metingen, m)
		}
	}
	return b, err
}

// gezondheidAntwoord is one line of GET /v1/gezondheid.
type gezondheidAntwoord struct {
	OIN    begrip.OIN `json:"oin"`
	Naam   string     `json:"naam"`
	Status string     `json:"status"` // goed, mis, onbekend
	Sinds  *time.Time `json:"sinds,omitempty"`
	Reden  string     `json:"reden,omitempty"`
	LetOp  string     `json:"letOp,omitempty"` // of one that works
}

// letOp is what this replica saw at its last look.
func (h *Hub) letOp(oin begrip.OIN) string {
	if p := h.peiler.Load(); p != nil {
		return p.LetOp(oin)
	}
	return ""
}

func (h *Hub) geefGezondheid(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Beller(r); err != nil {
		return err
	}
	lijst := []gezondheidAntwoord{}
	for _, p := range h.partijen() {
		a := gezondheidAntwoord{OIN: p.OIN, Naam: h.Cfg.Organisatie.Naam, Status: "onbekend"}
		if d, ok := h.Register.Geef(p.OIN); ok {
			a.Naam = d.Naam
		}
		a.LetOp = h.letOp(p.OIN)
		if s, ok := h.Feit.Gezond.Geef(p.OIN); ok {
			a.Status, a.Sinds, a.Reden = "mis", &s.Sinds, s.Reden
			if s.Goed {
				a.Status = "goed"
			}
		}
		lijst = append(lijst, a)
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{"gezondheid": lijst})
	return nil
}
