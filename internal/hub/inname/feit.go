package inname

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/prov"
)

// NieuwFeit is a feit to be told; activiteit names the deed, "soh:Intrekken".
type NieuwFeit struct {
	Typ, ID, Activiteit string
	Inhoud              any
}

// LegFeitVast writes a feit on behalf of the chain manager, as an event of the
// given type, and returns when it is in the log and in the read model. The
// caller has checked that it may; activiteit names the deed, "soh:Intrekken".
func (h *Hub) LegFeitVast(ctx context.Context, typ, id, activiteit string, inhoud any) (uuid.UUID, error) {
	ids, err := h.LegFeitenVast(ctx, h.Cfg.Organisatie, NieuwFeit{typ, id, activiteit, inhoud})
	if len(ids) == 0 {
		return uuid.UUID{}, err
	}
	return ids[0], err
}

// LegFeitenVast is LegFeitVast for several feiten that door tells the hub: all
// of them enter the log, or none.
func (h *Hub) LegFeitenVast(ctx context.Context, door begrip.Organisatie, feiten ...NieuwFeit) ([]uuid.UUID, error) {
	ids, err := h.SchrijfFeiten(ctx, door, feiten)
	if err == nil && !h.WachtOp(ctx, h.Log.Laatste(), 30*time.Second) {
		err = begrip.NieuweFout(begrip.NietBeschikbaar, "Dit is vastgelegd, maar geldt nog niet: de Ketenindex loopt achter. Kijk straks nog eens.")
	}
	for _, id := range ids {
		if err == nil {
			err = h.GeldtFeit(id)
		}
	}
	return ids, err
}

// SchrijfFeiten makes feiten durable; they stand once the projection is there.
func (h *Hub) SchrijfFeiten(ctx context.Context, door begrip.Organisatie, feiten []NieuwFeit) ([]uuid.UUID, error) {
	events := make([]cloudevent.Event, len(feiten))
	for i, f := range feiten {
		var err error
		if events[i], err = h.FeitEvent(door, f); err != nil {
			return nil, err
		}
	}
	if err := h.Feit.FeitenMogen(events, door.OIN); err != nil {
		return nil, err
	}
	return h.LegVast(ctx, door.OIN, events)
}

// FeitEvent makes the event that tells n: the hub is its source, door acts.
func (h *Hub) FeitEvent(door begrip.Organisatie, n NieuwFeit) (cloudevent.Event, error) {
	s := feit.SoortVan[n.Typ]
	if s == nil {
		return cloudevent.Event{}, fmt.Errorf("hub: %s tells no feit", n.Typ)
	}
	b, err := json.Marshal(n.Inhoud)
	if err != nil {
		return cloudevent.Event{}, fmt.Errorf("hub: feit: %w", err)
	}
	nu, f := time.Now().UTC(), feit.Feit{Soort: s.Naam, ID: n.ID}
	act := "urn:soh:activiteit:" + uuid.NewString()
	var g prov.Graph
	g.Node(f.URN(), prov.Entity).Set("soh:identifier", n.ID).Set(feit.InhoudTerm, string(b)).Ref("prov:wasGeneratedBy", act)
	g.Node(act, prov.Activity, n.Activiteit).Set("soh:tijdstip", nu.Format(time.RFC3339Nano)).Ref("prov:wasAssociatedWith", door.OIN.URN())
	g.Node(door.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", string(door.OIN)).Set("soh:naam", door.Naam)
	return cloudevent.Event{
		ID: uuid.NewString(), Source: h.Cfg.Organisatie.OIN.Systeem("ketenindex"), Type: n.Typ, Time: nu, Subject: f.URN(),
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}, nil
}

// GeldtFeit tells whether the feit of this event came to stand: another may have
// been first.
func (h *Hub) GeldtFeit(id uuid.UUID) error {
	uit, _, err := h.Uitkomst(id)
	if err == nil && uit != nil && uit.Fout != "" {
		return begrip.NieuweFout(begrip.Conflict, "%s", uit.Fout)
	}
	return err
}
