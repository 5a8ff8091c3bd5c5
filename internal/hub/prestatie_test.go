package hub

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/proeflast"
)

// BenchmarkLegVast is the way of an event through the hub without network: read,
// check, encrypt, make durable, and wait until the projection has all of it. Use
// -cpuprofile to see where the time goes.
func BenchmarkLegVast(b *testing.B) {
	for _, g := range []struct {
		naam    string
		lijst   int
		zenders int
	}{{"los", 1, 128}, {"lijst", 200, 16}} {
		b.Run(g.naam, func(b *testing.B) {
			h, stop := proefHub(b, b.TempDir())
			defer stop()
			b.ReportAllocs()
			b.ResetTimer()
			legVastN(b, h, b.N, g.lijst, g.zenders)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkHerbouw makes the read model again from a log.
func BenchmarkHerbouw(b *testing.B) {
	dir := b.TempDir()
	h, stop := proefHub(b, dir)
	const n = 100_000
	legVastN(b, h, n, 200, 16)
	stop()
	b.ResetTimer()
	for range b.N {
		if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
			b.Fatal(err)
		}
		h, stop := proefHub(b, dir)
		if !h.wachtOp(context.Background(), h.log.Laatste(), time.Minute) {
			b.Fatal("not rebuilt within a minute")
		}
		stop()
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func proefHub(b testing.TB, dir string) (h *Hub, stop func()) {
	h, err := Open(Config{Dir: dir, Organisatie: orgHub, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	heet := h.sleutels.Partij // as when the register has who sends
	h.sleutels.Partij = func(id, naam []byte) bool {
		return string(id) == orgPolitie.OIN.URN() && string(naam) == orgPolitie.Naam || heet(id, naam)
	}
	ctx, einde := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	go func() { klaar <- h.Run(ctx) }()
	return h, func() {
		einde()
		if err := <-klaar; err != nil {
			b.Error(err)
		}
		if err := h.Close(); err != nil {
			b.Error(err)
		}
	}
}

// legVastN takes in n events and waits until they can be found.
func legVastN(b testing.TB, h *Hub, n, lijst, zenders int) {
	werk := make(chan int)
	klaar := make(chan error, zenders)
	for z := range zenders {
		m := proeflast.Nieuw(orgPolitie, 5000, 0, uint64(z))
		go func() {
			var err error
			for k := range werk {
				if err == nil {
					err = legVastEen(h, m.Lijst(nil, k))
				}
			}
			klaar <- err
		}()
	}
	for ; n > 0; n -= lijst {
		werk <- min(n, lijst)
	}
	close(werk)
	for range zenders {
		if err := <-klaar; err != nil {
			b.Fatal(err)
		}
	}
	if !h.wachtOp(context.Background(), h.log.Laatste(), time.Minute) {
		b.Fatal("the projection is more than a minute behind")
	}
}

func legVastEen(h *Hub, body []byte) error {
	evs, err := cloudevent.ParseBatch(body)
	if err == nil {
		err = controleer(evs, true, orgPolitie.OIN)
	}
	if err == nil {
		_, err = h.legVast(context.Background(), orgPolitie.OIN, evs)
	}
	return err
}

// BenchmarkDelen measures what one event costs in each room it passes on its
// way into the hub, one at a time on one processor.
func BenchmarkDelen(b *testing.B) {
	h, stop := proefHub(b, b.TempDir())
	defer stop()
	m := proeflast.Nieuw(orgPolitie, 500, 0, 1)
	lijst := m.Lijst(nil, 1000)
	events, err := cloudevent.ParseBatch(lijst)
	if err != nil {
		b.Fatal(err)
	}
	var ruw, frames [][]byte
	for _, ev := range events {
		r := ev.Append(nil)
		s, refs, err := h.sleutels.Versleutel(b.Context(), nil, r)
		if err != nil {
			b.Fatal(err)
		}
		mac := h.graph.MAC("inhoud", r)
		ruw = append(ruw, r)
		frames = append(frames, frame{OIN: orgPolitie.OIN, Ontvangen: time.Now(), Digest: [16]byte(mac[:16]), Refs: refs, Event: s}.bytes())
	}
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N/len(events) + 1 {
			if _, err := cloudevent.ParseBatch(lijst); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("schrijf", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for i := range b.N {
			dst = events[i%len(events)].Append(dst[:0])
		}
	})
	b.Run("digest", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			h.graph.MAC("inhoud", ruw[i%len(ruw)])
		}
	})
	b.Run("versleutel", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if _, _, err := h.sleutels.Versleutel(b.Context(), nil, ruw[i%len(ruw)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ontleed", func(b *testing.B) {
		b.ReportAllocs()
		regels := h.regels.Load()
		for i := range b.N {
			if o := h.ontleed(regels, 1, frames[i%len(frames)]); o.leeg || o.uit.Fout != "" {
				b.Fatal(o.uit)
			}
		}
	})
}
