package proeflast

import (
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

var org = begrip.Organisatie{OIN: "00000001000000002000", Naam: "Proefdeelnemer", Soort: begrip.Overig}

// What is measured must be an event as it should be, or the hub would be
// measured while it refuses or warns.
func TestElkeGebeurtenisIsGoed(t *testing.T) {
	for _, bytes := range []int{0, 2000, 4000} {
		m := Nieuw(org, 1000, bytes, 1)
		gezien := map[string]bool{}
		for range 200 {
			b, subject, bsn := m.Append(nil)
			ev, err := cloudevent.Parse(b)
			if err != nil {
				t.Fatalf("%v\n%s", err, b)
			}
			g, waarschuwingen, err := prov.Lees(ev.Data)
			if err != nil || len(waarschuwingen) > 0 {
				t.Fatalf("%v %v\n%s", err, waarschuwingen, b)
			}
			if p := g.Personen(); len(p) != 1 || p[0].Leesbaar() != bsn || ev.Subject != subject || len(g.Zaken()) != 1 {
				t.Fatalf("not what was said: %s", b)
			}
			if len(b) < Gewoon-100 || bytes > 0 && (len(b) < bytes-200 || len(b) > bytes+200) {
				t.Fatalf("%d bytes, asked for %d", len(b), bytes)
			}
			if gezien[ev.ID] {
				t.Fatal("the same event twice")
			}
			gezien[ev.ID] = true
		}
	}
}

func TestTestnummersZijnAndersEnSlagen(t *testing.T) {
	gezien := map[string]bool{}
	for i := range 20_000 {
		s := BSN(i * 40)
		if _, err := begrip.ParseBSN(s); err != nil || gezien[s] {
			t.Fatalf("%s: %v, twice %v", s, err, gezien[s])
		}
		gezien[s] = true
	}
}

func TestLijstIsEenBatch(t *testing.T) {
	evs, err := cloudevent.ParseBatch(Nieuw(org, 10, 0, 1).Lijst(nil, 25))
	if err != nil || len(evs) != 25 {
		t.Fatalf("%d %v", len(evs), err)
	}
}

func BenchmarkMaak(b *testing.B) {
	m := Nieuw(org, 5000, 0, 1)
	var buf []byte
	for b.Loop() {
		buf, _, _ = m.Append(buf[:0])
	}
	b.SetBytes(int64(len(buf)))
}
