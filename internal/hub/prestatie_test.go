package hub_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
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
			h, stop := hubtest.ProefHub(b, b.TempDir())
			defer stop()
			b.ReportAllocs()
			b.ResetTimer()
			hubtest.LegVastN(b, h, b.N, g.lijst, g.zenders)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkHerbouw makes the read model again from a log.
func BenchmarkHerbouw(b *testing.B) {
	dir := b.TempDir()
	h, stop := hubtest.ProefHub(b, dir)
	const n = 100_000
	hubtest.LegVastN(b, h, n, 200, 16)
	stop()
	b.ResetTimer()
	for range b.N {
		if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
			b.Fatal(err)
		}
		h, stop := hubtest.ProefHub(b, dir)
		if !h.WachtOp(context.Background(), h.Log.Laatste(), time.Minute) {
			b.Fatal("not rebuilt within a minute")
		}
		stop()
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkDelen measures what one event costs in each room it passes on its
// way into the hub, one at a time on one processor.
func BenchmarkDelen(b *testing.B) {
	h, stop := hubtest.ProefHub(b, b.TempDir())
	defer stop()
	m := proeflast.Nieuw(hubtest.OrgPolitie, 500, 0, 1)
	lijst := m.Lijst(nil, 1000)
	events, err := cloudevent.ParseBatch(lijst)
	if err != nil {
		b.Fatal(err)
	}
	var ruw, frames [][]byte
	for _, ev := range events {
		r := ev.Append(nil)
		s, refs, err := h.Sleutels.Versleutel(b.Context(), nil, r)
		if err != nil {
			b.Fatal(err)
		}
		mac := h.Graph.MAC("inhoud", r)
		ruw = append(ruw, r)
		frames = append(frames, kern.Frame{OIN: hubtest.OrgPolitie.OIN, Ontvangen: time.Now(), Digest: [16]byte(mac[:16]), Refs: refs, Event: s}.Bytes())
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
			h.Graph.MAC("inhoud", ruw[i%len(ruw)])
		}
	})
	b.Run("versleutel", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if _, _, err := h.Sleutels.Versleutel(b.Context(), nil, ruw[i%len(ruw)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ontleed", func(b *testing.B) {
		b.ReportAllocs()
		regels := h.Regels.Load()
		for i := range b.N {
			if o := h.Lezing.Ontleed(regels, 1, frames[i%len(frames)]); o.Leeg || o.Uit.Fout != "" {
				b.Fatal(o.Uit)
			}
		}
	})
}
