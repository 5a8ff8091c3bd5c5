package kern

import (
	"sync"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/hublog"
)

// Onderweg knows the acknowledged events that the projection has yet to see, so
// that their status is IN_PROGRESS and not unknown. It never outgrows the lag.
type Onderweg struct {
	slot sync.Mutex
	ids  map[uuid.UUID]onderwegPlek
}

type onderwegPlek struct {
	oin begrip.OIN
	seq uint64
}

// Erbij adds events unless the projection has passed them already.
func (o *Onderweg) Erbij(ids []uuid.UUID, oin begrip.OIN, plaatsen []hublog.Plaats, stand func() uint64) {
	if stand() >= plaatsen[len(plaatsen)-1].Seq() {
		return
	}
	o.slot.Lock()
	defer o.slot.Unlock()
	for i, id := range ids {
		if seq := plaatsen[i].Seq(); seq > stand() {
			o.ids[id] = onderwegPlek{oin, seq}
		}
	}
}

// Klaar removes the events of block seq. The caller moves the stand first.
func (o *Onderweg) Klaar(seq uint64, ids []uuid.UUID) {
	o.slot.Lock()
	defer o.slot.Unlock()
	for _, id := range ids {
		if o.ids[id].seq <= seq {
			delete(o.ids, id)
		}
	}
}

// Aantal is how many events wait.
func (o *Onderweg) Aantal() int {
	o.slot.Lock()
	defer o.slot.Unlock()
	return len(o.ids)
}

func (o *Onderweg) heeft(id uuid.UUID, oin begrip.OIN) bool {
	o.slot.Lock()
	defer o.slot.Unlock()
	p, ok := o.ids[id]
	return ok && p.oin == oin
}
