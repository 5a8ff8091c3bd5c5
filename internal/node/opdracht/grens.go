package opdracht

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Grenzen is how much one organisation may ask of us.
type Grenzen struct {
	PerUur         int           // Opdrachten of one asker in an hour
	PersonenPerDag int           // persons one asker asks about in a day, in kinds that take proof
	Geweigerd      int           // refusals of one asker in an hour before the privacy officer hears of it
	Geduld         time.Duration // how long the proof of an offer may be on its way to the Ketenindex
}

// Standaard fits a Veilig Thuis that asks about thirty families a day, and a
// police force that offers what it kept during an outage.
var Standaard = Grenzen{PerUur: 500, PersonenPerDag: 1000, Geweigerd: 5, Geduld: 10 * time.Minute}

// metEen tells every how many refusals or crossings, after the first, the privacy
// officer hears of it again.
const metEen = 50

// teller counts what each organisation asked lately. What was taken is counted from the
// dossier after a start; refusals are kept in memory only. Only deelnemers are counted, so
// it does not grow without end.
type teller struct {
	mu      sync.Mutex
	gevuld  bool
	vragen  map[begrip.OIN][]vraag
	teveel  map[begrip.OIN][]time.Time
	weigert map[begrip.OIN][]time.Time
}

// teVeelWacht is how long who asks too much waits at least, before it offers again.
const teVeelWacht = time.Minute

type vraag struct {
	op       time.Time
	personen int
}

func nieuweTeller() *teller {
	return &teller{vragen: map[begrip.OIN][]vraag{}, teveel: map[begrip.OIN][]time.Time{}, weigert: map[begrip.OIN][]time.Time{}}
}

// vul counts, once after a start, what was taken within the last day: a restart gives
// nobody more room.
func (p *Opdrachten) vul(ctx context.Context) error {
	t := p.teller
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gevuld {
		return nil
	}
	geteld := map[string]bool{} // what waited for its proof was stored twice
	for _, soort := range []string{SoortAanbod, RecordSoort} {
		recs, err := p.cfg.Dossier.Begonnen(ctx, soort, p.nu().Add(-24*time.Hour))
		if err != nil {
			return err
		}
		for _, rec := range recs {
			var o Opdracht
			if err := json.Unmarshal(rec.Inhoud, &o); err != nil {
				return err
			}
			if o.Richting == In && !geteld[o.ID] {
				geteld[o.ID] = true
				t.vragen[o.Van] = append(t.vragen[o.Van], vraag{rec.VastgelegdOp, p.breedte(o)})
			}
		}
	}
	t.gevuld = true
	return nil
}

// breedte is about how many persons o counts: none in a kind that takes no proof.
func (p *Opdrachten) breedte(o Opdracht) int {
	if s, ok := p.soort(o.Soort); ok && len(s.Regel.Bewijs) == 0 {
		return 0
	}
	return o.Personen
}

// neem counts one Opdracht of van; false when it is one too many.
func (t *teller) neem(van begrip.OIN, personen int, g Grenzen, nu time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	blijft, uur, dag := t.vragen[van][:0], 0, personen
	for _, v := range t.vragen[van] {
		if nu.Sub(v.op) > 24*time.Hour {
			continue
		}
		blijft = append(blijft, v)
		dag += v.personen
		if nu.Sub(v.op) < time.Hour {
			uur++
		}
	}
	t.vragen[van] = blijft
	if uur >= g.PerUur || personen > 0 && dag > g.PersonenPerDag {
		return false
	}
	t.vragen[van] = append(blijft, vraag{nu, personen})
	return true
}

// bij adds nu to what happened within the hour, and gives how often that is.
func (t *teller) bij(m map[begrip.OIN][]time.Time, van begrip.OIN, nu time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	blijft := m[van][:0]
	for _, op := range m[van] {
		if nu.Sub(op) < time.Hour {
			blijft = append(blijft, op)
		}
	}
	m[van] = append(blijft, nu)
	return len(m[van])
}
