package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// gezondSoort is the feit of how a party is: only changes are told. The hub
// itself is in it under the OIN of the chain manager.
var gezondSoort = &feitSoort{
	naam:  "gezondheid",
	typen: []string{cloudevent.GezondheidVeranderd},
	mag: func(h *Hub, door begrip.OIN, f feit) error {
		var s gezondheid.Staat
		if door != h.cfg.Organisatie.OIN {
			return alleenBeheerder
		}
		if err := rest.LeesJSON(f.Inhoud, &s); err != nil || string(s.OIN) != f.ID {
			return begrip.NieuweFout(begrip.Ongeldig, "Dit is geen stand van de gezondheid.").Door(err)
		}
		return nil
	},
	geldt: func(h *Hub, f feit) {
		var s gezondheid.Staat
		if err := json.Unmarshal(f.Inhoud, &s); err == nil {
			h.gezond.zet(s)
		}
	},
}

// gezond is the newest state of everyone, in memory.
type gezond struct {
	slot   sync.RWMutex
	op     map[begrip.OIN]gezondheid.Staat
	peiler atomic.Pointer[gezondheid.Peiler] // the last one of this replica
}

func (g *gezond) zet(s gezondheid.Staat) {
	g.slot.Lock()
	defer g.slot.Unlock()
	g.op[s.OIN] = s
}

func (g *gezond) geef(oin begrip.OIN) (gezondheid.Staat, bool) {
	g.slot.RLock()
	defer g.slot.RUnlock()
	s, ok := g.op[oin]
	return s, ok
}

// peilInterval is the time between two looks at everyone.
const peilInterval = time.Minute

// peil looks at the chain until ctx ends, on one replica at a time.
func (h *Hub) peil(ctx context.Context) error {
	p := gezondheid.Nieuw(*h.cfg.Identiteit)
	if !h.wachtOp(ctx, h.log.Laatste(), 24*time.Hour) {
		return ctx.Err()
	}
	if b, ok, err := h.graph.Staat(metingSoort, gezondheid.IDVan(time.Now())); err == nil && ok {
		var m gezondheid.Meting
		if json.Unmarshal(b, &m) == nil {
			p.Hervat(m)
		}
	}
	h.gezond.peiler.Store(p)
	defer func() { // a stop loses no history
		if m := p.Lopend(); len(m.Wie) > 0 {
			laat, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer stop()
			_ = h.noteer(laat, notitie{Meting: &m})
		}
	}()
	klok := time.NewTicker(h.peilen)
	defer klok.Stop()
	for {
		select { // not at once: who starts together with the hub is not down
		case <-ctx.Done():
			return ctx.Err()
		case <-klok.C:
		}
		veranderd, klaar := p.Ronde(ctx, time.Now(), h.partijen(), h.gezond.geef)
		var feiten []nieuwFeit
		for _, s := range veranderd {
			feiten = append(feiten, nieuwFeit{cloudevent.GezondheidVeranderd, string(s.OIN), "soh:PeilenGezondheid", s})
		}
		var err error
		if len(feiten) > 0 {
			_, err = h.legFeitenVast(ctx, h.cfg.Organisatie, feiten...)
		}
		if klaar != nil {
			err = errors.Join(err, h.noteer(ctx, notitie{Meting: klaar}))
		}
		if err != nil && ctx.Err() == nil {
			h.cfg.Log.Warn("de gezondheid van de keten is niet vastgelegd", "fout", err)
		}
	}
}

// partijen are all deelnemers with an API, and the hub itself.
func (h *Hub) partijen() []gezondheid.Partij {
	uit := []gezondheid.Partij{{OIN: h.cfg.Organisatie.OIN, Kijk: func() error {
		switch s := h.Stand(); {
		case s.Log != "OK":
			return errors.New("het log: " + s.Log)
		case s.Projectie != "OK":
			return errors.New("de projectie: " + s.Projectie)
		}
		return h.cfg.Identiteit.LijstBij(time.Now())
	}}}
	for _, d := range h.register.Deelnemers() {
		if d.API != "" && d.OIN != h.cfg.Organisatie.OIN {
			uit = append(uit, gezondheid.Partij{OIN: d.OIN, API: d.API})
		}
	}
	return uit
}

// neemMeting keeps a Meting, and drops what is too old by the time of this one.
func (h *Hub) neemMeting(s *graph.Stap, m gezondheid.Meting) error {
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("hub: meting: %w", err)
	}
	if err := s.WisStaatVoor(metingSoort, gezondheid.IDVan(m.Begin.Add(-gezondheid.Bewaard))); err != nil {
		return err
	}
	return s.ZetStaat(metingSoort, m.ID(), b)
}

// vissenDuur is how long it is shown that an asker met its limit.
const vissenDuur = 7 * 24 * time.Hour

// Bord is what a page about the chain shows, at one moment. It holds no
// personal data.
type Bord struct {
	Keten      begrip.Organisatie
	Hub        Gereed
	Deelnemers []register.Deelnemer
	Diensten   []register.Dienst
	APIs       []register.API
	Storingen  []register.Storing // those of now and to come
	Staten     map[begrip.OIN]gezondheid.Staat
	LetOp      map[begrip.OIN]string // what a party that works says besides
	Metingen   []gezondheid.Meting   // oldest first; the last may be under way
	Vissen     []Vissen              // whose askers met their limit
}

// Bord gives all of it; metingen from vanaf on.
func (h *Hub) Bord(vanaf, nu time.Time) (b Bord, err error) {
	b = Bord{Keten: h.cfg.Organisatie, Hub: h.Stand(), Deelnemers: h.register.Deelnemers(), Staten: map[begrip.OIN]gezondheid.Staat{}, LetOp: map[begrip.OIN]string{}}
	if b.Diensten, err = diensten.alle(h, nil, nu); err != nil {
		return b, err
	}
	if b.Vissen, err = h.Vissen(context.Background(), nu.Add(-vissenDuur)); err != nil {
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
		if s, ok := h.gezond.geef(p.OIN); ok {
			b.Staten[p.OIN] = s
		}
		b.LetOp[p.OIN] = h.letOp(p.OIN)
	}
	err = h.graph.AlleStaat(metingSoort, func(id string, ruw []byte) error {
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
	if p := h.gezond.peiler.Load(); p != nil && err == nil {
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
	if p := h.gezond.peiler.Load(); p != nil {
		return p.LetOp(oin)
	}
	return ""
}

func (h *Hub) geefGezondheid(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.beller(r); err != nil {
		return err
	}
	lijst := []gezondheidAntwoord{}
	for _, p := range h.partijen() {
		a := gezondheidAntwoord{OIN: p.OIN, Naam: h.cfg.Organisatie.Naam, Status: "onbekend"}
		if d, ok := h.register.Geef(p.OIN); ok {
			a.Naam = d.Naam
		}
		a.LetOp = h.letOp(p.OIN)
		if s, ok := h.gezond.geef(p.OIN); ok {
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
