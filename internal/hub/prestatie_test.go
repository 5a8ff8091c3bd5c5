package hub

import (
	"context"
	"log/slog"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
)

// BenchmarkLegVast is the way of an event through the hub without network: read,
// check, encrypt, make durable, while the projection runs beside it. Use
// -cpuprofile to see where the time goes.
func BenchmarkLegVast(b *testing.B) {
	for _, g := range []struct {
		naam    string
		lijst   int
		senders int
	}{{"los", 1, 128}, {"lijst", 200, 16}} {
		b.Run(g.naam, func(b *testing.B) { legVastN(b, g.lijst, g.senders) })
	}
}

func legVastN(b *testing.B, lijst, zenders int) {
	h, err := Open(Config{Dir: b.TempDir(), Organisatie: orgHub, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	go func() { klaar <- h.Run(ctx) }()
	b.SetParallelism(zenders)
	b.RunParallel(func(pb *testing.PB) {
		for n := 0; pb.Next(); n++ {
			if n%lijst != 0 {
				continue
			}
			evs := make([]cloudevent.Event, lijst)
			for i := range evs {
				evs[i] = melding(orgPolitie, sentinel, false)
			}
			evs, err := cloudevent.ParseBatch(cloudevent.AppendBatch(nil, evs))
			if err == nil {
				err = controleer(evs, true, orgPolitie.OIN)
			}
			if err == nil {
				_, err = h.legVast(ctx, orgPolitie.OIN, evs)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.StopTimer()
	stop()
	if err := <-klaar; err != nil {
		b.Error(err)
	}
	_ = h.Close()
}
