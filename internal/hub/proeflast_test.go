package hub_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/proeflast"
)

// What is measured are events that count: one that a schema refuses takes
// another, slower way and is never found.
func TestProeflastIsGoedVoorDeKetenindex(t *testing.T) {
	p := hubtest.Start(t)
	m, b := proeflast.Nieuw(hubtest.OrgPolitie, 100, 0, 1), p.Als(hubtest.OrgPolitie)
	var ids []uuid.UUID
	for range 60 {
		ev, _, _ := m.Append(nil)
		a := b.Doe("POST", "/v1/events", cloudevent.TypeEvent, ev, "")
		var in struct{ InteractieID string }
		if err := json.Unmarshal(a.Body, &in); a.Status != 202 || err != nil {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		id, err := kern.LeesInteractie(in.InteractieID)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	p.WachtOp(t.Context(), p.Hub.Log.Laatste(), time.Minute)
	for _, id := range ids {
		uit, _, err := p.Uitkomst(id)
		if err != nil || uit == nil || uit.Fout != "" {
			t.Fatalf("%+v %v", uit, err)
		}
	}
}
