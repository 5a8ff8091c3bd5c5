package hub

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// BenchmarkProjectieMetAbonnementen is what waking the deliveries costs the
// projection: one block of events against a thousand webhooks of every kind of
// filter, all of them awake.
func BenchmarkProjectieMetAbonnementen(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g, err := graph.Open(b.TempDir(), make([]byte, 32), 0)
			if err != nil {
				b.Fatal(err)
			}
			defer g.Close()
			h := &Hub{graph: g}
			h.regels.Store(soorten.Begin())
			m := nieuweAbonnementen(func() *graph.Graph { return g })
			for i := range n {
				a := &abonnement{ID: uuid.NewString(), Soort: soortWebhook}
				switch i % 4 {
				case 0:
					a.Typen = []string{cloudevent.MeldingGeregistreerd, cloudevent.VerrijkingBeschikbaar}
				case 1:
					a.Zaak = "urn:soh:zaak:" + uuid.NewString()
				case 2:
					a.Subject = "urn:soh:melding:" + uuid.NewString()
				default:
					a.persoon = [16]byte(uuid.New())
					a.Persoon = "x"
				}
				m.zet(a)
				m.wekkers[a.ID] = make(chan struct{}, 1)
			}
			var delen []ontleding
			for range 400 {
				ev := melding(orgPolitie, sentinel, false)
				delen = append(delen, h.ontleed(h.regels.Load(), 1<<16, frame{OIN: orgPolitie.OIN, Refs: [][16]byte{{1}, {2}}, Event: ev.Append(nil)}.bytes()))
			}
			b.ResetTimer()
			for range b.N {
				m.wekBij(vindplaatsen(delen))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(delen)), "ns/event")
		})
	}
}
