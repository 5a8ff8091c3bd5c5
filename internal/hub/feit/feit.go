package feit

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// Feit is something the chain itself must remember: who takes part, which
// schema holds, what was withdrawn. It enters the log as an event like any
// other, so it is durable, proven and findable; the projection keeps the newest
// of each (Soort, ID) in the read model, in the same step. So every replica and
// every rebuild knows the same, and the history of a feit are its events:
// those with subject urn:soh:<Soort>:<ID>. It holds no personal data.
type Feit struct {
	Soort     string          `json:"soort"`
	ID        string          `json:"id"`
	Inhoud    json.RawMessage `json:"inhoud"`
	Type      string          `json:"type"`      // of the event that said so
	Door      begrip.OIN      `json:"door"`      // who said so
	Ontvangen time.Time       `json:"ontvangen"` // by the hub
	Plaats    uint64          `json:"plaats"`    // in the log
}

// URN names the feit: the subject of its events and the Entity in their graph.
func (f Feit) URN() string { return "urn:soh:" + f.Soort + ":" + f.ID }

// Soort declares one kind of feit.
type Soort struct {
	Naam  string   // "deelnemer": in its urn
	Typen []string // the event types that tell it
	// mag checks an offered feit before the 202: may door say this, is it right.
	// What it checks against may change until the feit stands in the log.
	mag func(h *Hub, door begrip.OIN, f Feit) error
	// pas is asked in the projection, where the feit stands in the log, whether it
	// stands beside what came before, and adds to the step what it brings about;
	// bezwaar tells the sender why it does not. It looks at nothing but the log and
	// the step. May be nil.
	pas func(w *Stap, f Feit) (bezwaar string, err error)
	// geldt is told every feit that stands, at Open and after each step, in the
	// order of the log; for what must be in memory. May be nil.
	geldt func(h *Hub, f Feit)
}

// feitSoorten are the kinds of feit the hub keeps; each area adds its own.
var feitSoorten = []*Soort{DeelnemerSoort, DienstSoort.Soort, ApiSoort.Soort, StoringSoort.Soort, abonnementSoort, GezondSoort, gebeurtenissoort, schemaSoort, intrekkingSoort, VergeetSoort, bewaarSoort}

// SoortVan gives the kind of feit that an event type tells. It is filled
// after the kinds, which look in it.
var SoortVan = map[string]*Soort{}

func init() {
	for _, s := range feitSoorten {
		for _, t := range s.Typen {
			SoortVan[t] = s
		}
	}
}

// InhoudTerm holds the content of a feit in the graph of its event, as JSON text.
const InhoudTerm = "soh:inhoud"

// Uit reads the feit from an event of soort s; its error is for the sender.
func Uit(s *Soort, ev cloudevent.Event, g prov.Graph) (Feit, error) {
	f := Feit{Soort: s.Naam, Type: ev.Type}
	n := g.Vind(ev.Subject)
	var c begrip.Controle
	c.Eis(n != nil && len(ev.Subject) > len(f.URN()) && ev.Subject[:len(f.URN())] == f.URN(), "subject", "Dit moet de naam zijn van het onderdeel van data waar het over gaat: urn:soh:%s:….", s.Naam)
	if len(c.Velden) == 0 {
		f.ID, f.Inhoud = ev.Subject[len(f.URN()):], json.RawMessage(n.Tekst(InhoudTerm))
		c.Eis(json.Valid(f.Inhoud), "data", "De inhoud (%s) ontbreekt of is geen JSON.", InhoudTerm)
	}
	return f, c.Fout()
}

// Stap is one event on its way into the read model, for what it tells the chain.
type Stap struct {
	h      *Hub
	S      *graph.Stap
	Regels *soorten.Stand // as they stand at the event under hand
}

// Stap begins an event in the step s, under these agreements.
func (h *Hub) Stap(s *graph.Stap, regels *soorten.Stand) *Stap { return &Stap{h, s, regels} }

// Neem makes true what f tells, unless that does not stand beside what came before:
// then bezwaar tells the sender why.
func (w *Stap) Neem(f Feit) (bezwaar string, err error) {
	if pas := SoortVan[f.Type].pas; pas != nil {
		if bezwaar, err := pas(w, f); err != nil || bezwaar != "" {
			return bezwaar, err
		}
	}
	return "", zetFeit(w.S, f)
}

// Geldt tells the memory of the hub that f stands now.
func (h *Hub) Geldt(f Feit) {
	if s := SoortVan[f.Type]; s.geldt != nil {
		s.geldt(h, f)
	}
}

// FeitenMogen checks, before anything is taken, the feiten among events.
func (h *Hub) FeitenMogen(events []cloudevent.Event, door begrip.OIN) error {
	for _, ev := range events {
		s := SoortVan[ev.Type]
		if s == nil {
			continue
		}
		g, _, err := prov.Lees(ev.Data)
		if err != nil {
			return err
		}
		f, err := Uit(s, ev, g)
		if err != nil {
			return err
		}
		f.Door = door
		if err := s.mag(h, door, f); err != nil {
			return err
		}
	}
	return nil
}

// zetFeit adds a feit to the step.
func zetFeit(s *graph.Stap, f Feit) error {
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("hub: feit: %w", err)
	}
	return s.ZetStaat(f.Soort, f.ID, b)
}

// Geef gives the newest feit of this kind and id; ok is false for none.
func (h *Hub) Geef(soort, id string) (f Feit, ok bool, err error) {
	b, ok, err := h.Graph.Staat(soort, id)
	if err != nil || !ok {
		return Feit{}, false, err
	}
	return f, true, leesFeit(b, &f)
}

// Alle gives the newest of every feit of this kind, ordered by id.
func (h *Hub) Alle(soort string) (uit []Feit, err error) {
	err = h.Graph.AlleStaat(soort, func(_ string, b []byte) error {
		var f Feit
		if err := leesFeit(b, &f); err != nil {
			return err
		}
		uit = append(uit, f)
		return nil
	})
	return uit, err
}

func leesFeit(b []byte, f *Feit) error {
	if err := json.Unmarshal(b, f); err != nil {
		return errors.Join(errors.New("hub: the read model is damaged; remove the folder index to rebuild it"), err)
	}
	return nil
}

// laadFeiten tells every kind what stands, at Open.
func (h *Hub) laadFeiten() error {
	for _, s := range feitSoorten {
		if s.geldt == nil {
			continue
		}
		fs, err := h.Alle(s.Naam)
		if err != nil {
			return err
		}
		for _, f := range fs {
			s.geldt(h, f)
		}
	}
	return nil
}
