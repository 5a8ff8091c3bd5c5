package kern

import (
	"context"
	"crypto/rand"
	"time"
)

// Gereed is whether the hub can do its work now, for /ready and the operator.
type Gereed struct {
	Gereed           bool   `json:"gereed"`
	Log              string `json:"log"`
	Projectie        string `json:"projectie"`
	Achterstand      uint64 `json:"achterstand"` // blocks in the log that cannot be found yet
	WachtrijMillisec int64  `json:"wachtrijMilliseconden"`
}

// maxAchterstand in blocks, above which the hub says it is not ready.
const maxAchterstand = 5000

// Stand tells how the hub is doing.
func (h *Kern) Stand() Gereed {
	g := Gereed{Gereed: true, Log: "OK", Projectie: "OK"}
	_, oudste := h.Log.Wachtrij()
	g.WachtrijMillisec = oudste.Milliseconds()
	g.Achterstand = h.achterstand()
	if !h.Log.Bereikbaar() {
		g.Gereed, g.Log = false, "onbereikbaar"
	} else if reden, wacht := h.Poort.Nu(); reden != "" {
		g.Gereed, g.Log = false, "teruggezet uit een kopie: 'soh hub herstel'"
		if wacht {
			g.Log = "wordt vergeleken"
		}
	} else if h.schijf.Kijk() != nil || h.Log.Ruimte() != nil || h.Schrijffout.Load() && !h.proef() {
		g.Gereed, g.Log = false, "kan niet schrijven"
	}
	switch {
	case h.Projectiefout.Load() != nil:
		g.Gereed, g.Projectie = false, "hapert"
	case g.Achterstand > maxAchterstand:
		g.Gereed, g.Projectie = false, "loopt achter"
	}
	return g
}

// BeginProef begins an entry that says nothing: how the hub finds out whether it
// can write again after it could not. Only one that succeeds enters the log.
// It is as large as an event and does not compress, else it fits where no
// event does.
const (
	BeginProef   = 0
	proefGrootte = 4 << 10
)

func (h *Kern) proef() bool {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	regel := make([]byte, proefGrootte)
	_, _ = rand.Read(regel)
	regel[0] = BeginProef
	if _, err := h.Log.Append(ctx, [][]byte{regel}); err != nil {
		return false
	}
	h.Schrijffout.Store(false)
	return true
}
