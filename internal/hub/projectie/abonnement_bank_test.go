package projectie_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/projectie"
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
			h := lezing.Nieuw(&kern.Kern{Graph: g})
			h.Regels.Store(soorten.Begin())
			m := feit.NieuweAbonnementen(g)
			for i := range n {
				a := &feit.Abonnement{ID: uuid.NewString(), Soort: feit.SoortWebhook}
				switch i % 4 {
				case 0:
					a.Typen = []string{cloudevent.MeldingGeregistreerd, cloudevent.VerrijkingBeschikbaar}
				case 1:
					a.Zaak = "urn:soh:zaak:" + uuid.NewString()
				case 2:
					a.Subject = "urn:soh:melding:" + uuid.NewString()
				default:
					a.Ref = [16]byte(uuid.New())
					a.Persoon = "x"
				}
				m.Zet(a)
				m.Wekker(a.ID)
			}
			var delen []lezing.Ontleding
			for range 400 {
				ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
				delen = append(delen, h.Ontleed(h.Regels.Load(), 1<<16, kern.Frame{OIN: hubtest.OrgPolitie.OIN, Refs: [][16]byte{{1}, {2}}, Event: ev.Append(nil)}.Bytes()))
			}
			b.ResetTimer()
			for range b.N {
				m.WekBij(projectie.Vindplaatsen(delen))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(delen)), "ns/event")
		})
	}
}
