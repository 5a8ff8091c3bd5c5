package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// feit is something the chain itself must remember: who takes part, which
// schema holds, what was withdrawn. It enters the log as an event like any
// other, so it is durable, proven and findable; the projection keeps the newest
// of each (Soort, ID) in the read model, in the same step. So every replica and
// every rebuild knows the same, and the history of a feit are its events:
// those with subject urn:soh:<Soort>:<ID>. It holds no personal data.
type feit struct {
	Soort     string          `json:"soort"`
	ID        string          `json:"id"`
	Inhoud    json.RawMessage `json:"inhoud"`
	Type      string          `json:"type"`      // of the event that said so
	Door      begrip.OIN      `json:"door"`      // who said so
	Ontvangen time.Time       `json:"ontvangen"` // by the hub
	Plaats    uint64          `json:"plaats"`    // in the log
}

// urn names the feit: the subject of its events and the Entity in their graph.
func (f feit) urn() string { return "urn:soh:" + f.Soort + ":" + f.ID }

// feitSoort declares one kind of feit.
type feitSoort struct {
	naam  string   // "deelnemer": in its urn
	typen []string // the event types that tell it
	// mag checks an offered feit before the 202: may door say this, is it right.
	// What it checks against may change until the feit stands in the log.
	mag func(h *Hub, door begrip.OIN, f feit) error
	// pas is asked in the projection, where the feit stands in the log, whether it
	// stands beside what came before, and adds to the step what it brings about;
	// bezwaar tells the sender why it does not. It looks at nothing but the log and
	// the step. May be nil.
	pas func(w *stap, f feit) (bezwaar string, err error)
	// geldt is told every feit that stands, at Open and after each step, in the
	// order of the log; for what must be in memory. May be nil.
	geldt func(h *Hub, f feit)
}

// feitSoorten are the kinds of feit the hub keeps; each area adds its own.
var feitSoorten = []*feitSoort{deelnemerSoort, dienstSoort.soort, apiSoort.soort, storingSoort.soort, abonnementSoort, gezondSoort, gebeurtenissoort, schemaSoort, intrekkingSoort, vergeetSoort, bewaarSoort}

// feitSoortVan gives the kind of feit that an event type tells. It is filled
// after the kinds, which look in it.
var feitSoortVan = map[string]*feitSoort{}

func init() {
	for _, s := range feitSoorten {
		for _, t := range s.typen {
			feitSoortVan[t] = s
		}
	}
}

// inhoudTerm holds the content of a feit in the graph of its event, as JSON text.
const inhoudTerm = "soh:inhoud"

// feitUit reads the feit from an event of soort s; its error is for the sender.
func feitUit(s *feitSoort, ev cloudevent.Event, g prov.Graph) (feit, error) {
	f := feit{Soort: s.naam, Type: ev.Type}
	n := g.Vind(ev.Subject)
	var c begrip.Controle
	c.Eis(n != nil && len(ev.Subject) > len(f.urn()) && ev.Subject[:len(f.urn())] == f.urn(), "subject", "Dit moet de naam zijn van het onderdeel van data waar het over gaat: urn:soh:%s:….", s.naam)
	if len(c.Velden) == 0 {
		f.ID, f.Inhoud = ev.Subject[len(f.urn()):], json.RawMessage(n.Tekst(inhoudTerm))
		c.Eis(json.Valid(f.Inhoud), "data", "De inhoud (%s) ontbreekt of is geen JSON.", inhoudTerm)
	}
	return f, c.Fout()
}

// stap is one event on its way into the read model, for what it tells the chain.
type stap struct {
	h      *Hub
	s      *graph.Stap
	regels *soorten.Stand // as they stand at the event under hand
}

// neem makes true what f tells, unless that does not stand beside what came before:
// then bezwaar tells the sender why.
func (w *stap) neem(f feit) (bezwaar string, err error) {
	if pas := feitSoortVan[f.Type].pas; pas != nil {
		if bezwaar, err := pas(w, f); err != nil || bezwaar != "" {
			return bezwaar, err
		}
	}
	return "", zetFeit(w.s, f)
}

// geldt tells the memory of the hub that f stands now.
func (h *Hub) geldt(f feit) {
	if s := feitSoortVan[f.Type]; s.geldt != nil {
		s.geldt(h, f)
	}
}

// feitenMogen checks, before anything is taken, the feiten among events.
func (h *Hub) feitenMogen(events []cloudevent.Event, door begrip.OIN) error {
	for _, ev := range events {
		s := feitSoortVan[ev.Type]
		if s == nil {
			continue
		}
		g, _, err := prov.Lees(ev.Data)
		if err != nil {
			return err
		}
		f, err := feitUit(s, ev, g)
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

// nieuwFeit is a feit to be told; activiteit names the deed, "soh:Intrekken".
type nieuwFeit struct {
	typ, id, activiteit string
	inhoud              any
}

// legFeitVast writes a feit on behalf of the chain manager, as an event of the
// given type, and returns when it is in the log and in the read model. The
// caller has checked that it may; activiteit names the deed, "soh:Intrekken".
func (h *Hub) legFeitVast(ctx context.Context, typ, id, activiteit string, inhoud any) (uuid.UUID, error) {
	ids, err := h.legFeitenVast(ctx, h.cfg.Organisatie, nieuwFeit{typ, id, activiteit, inhoud})
	if len(ids) == 0 {
		return uuid.UUID{}, err
	}
	return ids[0], err
}

// legFeitenVast is legFeitVast for several feiten that door tells the hub: all
// of them enter the log, or none.
func (h *Hub) legFeitenVast(ctx context.Context, door begrip.Organisatie, feiten ...nieuwFeit) ([]uuid.UUID, error) {
	ids, err := h.schrijfFeiten(ctx, door, feiten)
	if err == nil && !h.wachtOp(ctx, h.log.Laatste(), 30*time.Second) {
		err = begrip.NieuweFout(begrip.NietBeschikbaar, "Dit is vastgelegd, maar geldt nog niet: de Ketenindex loopt achter. Kijk straks nog eens.")
	}
	for _, id := range ids {
		if err == nil {
			err = h.geldtFeit(id)
		}
	}
	return ids, err
}

// schrijfFeiten makes feiten durable; they stand once the projection is there.
func (h *Hub) schrijfFeiten(ctx context.Context, door begrip.Organisatie, feiten []nieuwFeit) ([]uuid.UUID, error) {
	events := make([]cloudevent.Event, len(feiten))
	for i, f := range feiten {
		var err error
		if events[i], err = h.feitEvent(door, f); err != nil {
			return nil, err
		}
	}
	if err := h.feitenMogen(events, door.OIN); err != nil {
		return nil, err
	}
	return h.legVast(ctx, door.OIN, events)
}

// feitEvent makes the event that tells n: the hub is its source, door acts.
func (h *Hub) feitEvent(door begrip.Organisatie, n nieuwFeit) (cloudevent.Event, error) {
	s := feitSoortVan[n.typ]
	if s == nil {
		return cloudevent.Event{}, fmt.Errorf("hub: %s tells no feit", n.typ)
	}
	b, err := json.Marshal(n.inhoud)
	if err != nil {
		return cloudevent.Event{}, fmt.Errorf("hub: feit: %w", err)
	}
	nu, f := time.Now().UTC(), feit{Soort: s.naam, ID: n.id}
	act := "urn:soh:activiteit:" + uuid.NewString()
	var g prov.Graph
	g.Node(f.urn(), prov.Entity).Set("soh:identifier", n.id).Set(inhoudTerm, string(b)).Ref("prov:wasGeneratedBy", act)
	g.Node(act, prov.Activity, n.activiteit).Set("soh:tijdstip", nu.Format(time.RFC3339Nano)).Ref("prov:wasAssociatedWith", door.OIN.URN())
	g.Node(door.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", string(door.OIN)).Set("soh:naam", door.Naam)
	return cloudevent.Event{
		ID: uuid.NewString(), Source: h.cfg.Organisatie.OIN.Systeem("ketenindex"), Type: n.typ, Time: nu, Subject: f.urn(),
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}, nil
}

// geldtFeit tells whether the feit of this event came to stand: another may have
// been first.
func (h *Hub) geldtFeit(id uuid.UUID) error {
	uit, _, err := h.uitkomst(id)
	if err == nil && uit != nil && uit.Fout != "" {
		return begrip.NieuweFout(begrip.Conflict, "%s", uit.Fout)
	}
	return err
}

// zetFeit adds a feit to the step.
func zetFeit(s *graph.Stap, f feit) error {
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("hub: feit: %w", err)
	}
	return s.ZetStaat(f.Soort, f.ID, b)
}

// geefFeit gives the newest feit of this kind and id; ok is false for none.
func (h *Hub) geefFeit(soort, id string) (f feit, ok bool, err error) {
	b, ok, err := h.graph.Staat(soort, id)
	if err != nil || !ok {
		return feit{}, false, err
	}
	return f, true, leesFeit(b, &f)
}

// alleFeiten gives the newest of every feit of this kind, ordered by id.
func (h *Hub) alleFeiten(soort string) (uit []feit, err error) {
	err = h.graph.AlleStaat(soort, func(_ string, b []byte) error {
		var f feit
		if err := leesFeit(b, &f); err != nil {
			return err
		}
		uit = append(uit, f)
		return nil
	})
	return uit, err
}

func leesFeit(b []byte, f *feit) error {
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
		fs, err := h.alleFeiten(s.naam)
		if err != nil {
			return err
		}
		for _, f := range fs {
			s.geldt(h, f)
		}
	}
	return nil
}
