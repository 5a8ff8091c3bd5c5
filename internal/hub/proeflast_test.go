package hub

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/proeflast"
)

// What is measured are events that count: one that a schema refuses takes
// another, slower way and is never found.
func TestProeflastIsGoedVoorDeKetenindex(t *testing.T) {
	p := start(t)
	m, b := proeflast.Nieuw(orgPolitie, 100, 0, 1), p.als(orgPolitie)
	var ids []uuid.UUID
	for range 60 {
		ev, _, _ := m.Append(nil)
		a := b.doe("POST", "/v1/events", cloudevent.TypeEvent, ev, "")
		var in struct{ InteractieID string }
		if err := json.Unmarshal(a.body, &in); a.status != 202 || err != nil {
			t.Fatalf("%d %s", a.status, a.body)
		}
		id, err := leesInteractie(in.InteractieID)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	p.wachtOp(t.Context(), p.Hub.log.Laatste(), time.Minute)
	for _, id := range ids {
		uit, _, err := p.uitkomst(id)
		if err != nil || uit == nil || uit.Fout != "" {
			t.Fatalf("%+v %v", uit, err)
		}
	}
}
