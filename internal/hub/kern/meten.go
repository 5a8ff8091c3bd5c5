package kern

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/handbereik/soh/internal/meting"
)

// Metingen are the measures of the hub; docs/runbook.md tells what each means.
// Others are added beside what they measure, with h.cfg.Metingen.
type Metingen struct {
	Genomen   *meting.Teller
	Geweigerd *meting.Teller
	leggen    *meting.Verdeling
	blok      *meting.Verdeling
	Gevist    *meting.Teller
}

func (h *Kern) meet() {
	m := h.Cfg.Metingen
	h.Metingen = Metingen{
		Genomen:   m.Teller("gebeurtenissen_total", "Events taken, by type.", "type"),
		Geweigerd: m.Teller("geweigerd_total", "Requests to take events that were refused, by code.", "code"),
		leggen:    m.Verdeling("vastleggen_seconden", "Duration of one commit to the log.", prometheus.ExponentialBuckets(0.0005, 2, 14)),
		Gevist:    m.Teller("grens_bereikt_total", "Questions refused because the asker asked about too many persons."),
		blok:      m.Verdeling("blok_gebeurtenissen", "Entries in one commit.", prometheus.ExponentialBuckets(1, 2, 11)),
	}
}

// meetStand adds what is asked at the moment of scraping.
func (h *Kern) meetStand() {
	m := h.Cfg.Metingen
	if h.Cfg.Identiteit != nil {
		h.Cfg.Identiteit.MeetLijst(m)
	}
	m.Stand("wachtrij_seconden", "Age of the oldest request that waits to be written.", func() float64 { _, d := h.Log.Wachtrij(); return d.Seconds() })
	m.Stand("wachtrij_verzoeken", "Requests that wait to be written.", func() float64 { n, _ := h.Log.Wachtrij(); return float64(n) })
	m.Stand("achterstand_blokken", "Blocks in the log that cannot be found yet.", func() float64 { return float64(h.achterstand()) })
	m.Stand("achterstand_seconden", "How long the projection has been behind.", func() float64 {
		if sinds := h.BijTot.Load(); h.achterstand() > 0 && sinds > 0 {
			return time.Since(time.Unix(0, sinds)).Seconds()
		}
		return 0
	})
	m.Stand("grootboek_bladen", "Leaves under the last signature.", func() float64 { _, c := h.Ledger.Checkpoint(); return float64(c.Grootte) })
	m.Stand("log_bytes", "Size of the log in its storage.", func() float64 {
		ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
		defer stop()
		n, _ := h.Log.Bytes(ctx) // zero while the log cannot be reached
		return float64(n)
	})
	m.Stand("log_bereikbaar", "Whether the log answers.", func() float64 {
		if h.Log.Bereikbaar() {
			return 1
		}
		return 0
	})
}

// achterstand is how many blocks of the log cannot be found yet.
func (h *Kern) achterstand() uint64 {
	if laatste, stand := h.Log.Laatste(), h.Geprojecteerd.Load(); laatste > stand {
		return laatste - stand
	}
	return 0
}

// meetGelegd is told of every commit of this hub.
func (h *Kern) meetGelegd(entries int, duur time.Duration) {
	h.Metingen.leggen.Meet(duur.Seconds())
	h.Metingen.blok.Meet(float64(entries))
}
