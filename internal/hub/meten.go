package hub

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/meting"
)

// metingen are the measures of the hub; docs/runbook.md tells what each means.
// Others are added beside what they measure, with h.cfg.Metingen.
type metingen struct {
	genomen   *meting.Teller
	geweigerd *meting.Teller
	leggen    *meting.Verdeling
	blok      *meting.Verdeling
	gevist    *meting.Teller
}

func (h *Hub) meet() {
	m := h.cfg.Metingen
	h.metingen = metingen{
		genomen:   m.Teller("gebeurtenissen_total", "Events taken, by type.", "type"),
		geweigerd: m.Teller("geweigerd_total", "Requests to take events that were refused, by code.", "code"),
		leggen:    m.Verdeling("vastleggen_seconden", "Duration of one commit to the log.", prometheus.ExponentialBuckets(0.0005, 2, 14)),
		gevist:    m.Teller("grens_bereikt_total", "Questions refused because the asker asked about too many persons."),
		blok:      m.Verdeling("blok_gebeurtenissen", "Entries in one commit.", prometheus.ExponentialBuckets(1, 2, 11)),
	}
}

// meetStand adds what is asked at the moment of scraping.
func (h *Hub) meetStand() {
	m := h.cfg.Metingen
	if h.cfg.Identiteit != nil {
		h.cfg.Identiteit.MeetLijst(m)
	}
	m.Stand("wachtrij_seconden", "Age of the oldest request that waits to be written.", func() float64 { _, d := h.log.Wachtrij(); return d.Seconds() })
	m.Stand("wachtrij_verzoeken", "Requests that wait to be written.", func() float64 { n, _ := h.log.Wachtrij(); return float64(n) })
	m.Stand("achterstand_blokken", "Blocks in the log that cannot be found yet.", func() float64 { return float64(h.achterstand()) })
	m.Stand("achterstand_seconden", "How long the projection has been behind.", func() float64 {
		if sinds := h.bijTot.Load(); h.achterstand() > 0 && sinds > 0 {
			return time.Since(time.Unix(0, sinds)).Seconds()
		}
		return 0
	})
	m.Stand("grootboek_bladen", "Leaves under the last signature.", func() float64 { _, c := h.ledger.Checkpoint(); return float64(c.Grootte) })
	m.Stand("log_bytes", "Size of the log in its storage.", func() float64 {
		ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
		defer stop()
		n, _ := h.log.Bytes(ctx) // zero while the log cannot be reached
		return float64(n)
	})
	m.Stand("log_bereikbaar", "Whether the log answers.", func() float64 {
		if h.log.Bereikbaar() {
			return 1
		}
		return 0
	})
}

// achterstand is how many blocks of the log cannot be found yet.
func (h *Hub) achterstand() uint64 {
	if laatste, stand := h.log.Laatste(), h.geprojecteerd.Load(); laatste > stand {
		return laatste - stand
	}
	return 0
}

func (h *Hub) meetGenomen(events []cloudevent.Event) {
	if h.metingen.genomen == nil {
		return
	}
	for _, ev := range events {
		typ := ev.Type
		if !cloudevent.Bekend(typ) { // a sender may put anything there
			typ = "onbekend"
		}
		h.metingen.genomen.Plus(1, typ)
	}
}

func (h *Hub) meetGeweigerd(err error) {
	h.metingen.geweigerd.Plus(1, string(begrip.FoutVan(err).Code))
}

// meetGelegd is told of every commit of this hub.
func (h *Hub) meetGelegd(entries int, duur time.Duration) {
	h.metingen.leggen.Meet(duur.Seconds())
	h.metingen.blok.Meet(float64(entries))
}
