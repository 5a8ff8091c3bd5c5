package inzage

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/toegang"
)

// Grenzen is how many different people one may look at, here, in an hour; and after how
// many refusals of one organisation in an hour the privacy officer hears of it.
type Grenzen struct{ PerPersoon, PerOrganisatie, Weigeringen int }

// Standaard leaves room for whoever prepares a long meeting, and none for who goes through
// a register.
var Standaard = Grenzen{PerPersoon: 100, PerOrganisatie: 1000, Weigeringen: 25}

// weerElke is after how many refusals more it hears of it again.
const weerElke = 250

// drukte counts, in memory, whom everybody looked at within the hour. It holds no number
// that can be read: zaad is of this process only.
type drukte struct {
	Grenzen
	zaad     maphash.Seed
	mu       sync.Mutex
	geruimd  time.Time
	gezien   map[string]map[kort]time.Time
	weigerde map[begrip.OIN][]time.Time
	gemeld   map[string]time.Time
}

// kort stands for a person or a record.
type kort uint64

func nieuweDrukte(g Grenzen) *drukte {
	return &drukte{Grenzen: g, zaad: maphash.MakeSeed(), gezien: map[string]map[kort]time.Time{}, weigerde: map[begrip.OIN][]time.Time{}, gemeld: map[string]time.Time{}}
}

// vol tells how long until wie may look at wat as well; 0 is now.
func (d *drukte) vol(wie string, max int, wat []kort, nu time.Time) time.Duration {
	m, nieuw := d.gezien[wie], 0
	for _, k := range wat {
		if t, al := m[k]; !al || nu.Sub(t) >= time.Hour {
			nieuw++
			delete(m, k)
		}
	}
	if nieuw == 0 || len(m)+nieuw <= max {
		return 0 // only beyond does it matter which are past
	}
	oudst := nu
	for k, t := range m {
		if nu.Sub(t) >= time.Hour {
			delete(m, k)
		} else if t.Before(oudst) {
			oudst = t
		}
	}
	if len(m)+nieuw <= max {
		return 0
	}
	return time.Hour - nu.Sub(oudst)
}

// tel counts that wie looked at wat.
func (d *drukte) tel(wie string, wat []kort, nu time.Time) {
	m := d.gezien[wie]
	if m == nil {
		m = map[kort]time.Time{}
		d.gezien[wie] = m
	}
	for _, k := range wat {
		if _, al := m[k]; !al {
			m[k] = nu
		}
	}
}

// neem counts a look of somebody of an organisation; wacht is how long until there is room
// for it, and then nothing was counted for either.
func (d *drukte) neem(van begrip.OIN, persoon string, wat []kort, nu time.Time) (wacht time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ruim(nu)
	wie := string(van) + "|" + persoon
	if wacht = max(d.vol(wie, d.PerPersoon, wat, nu), d.vol(string(van), d.PerOrganisatie, wat, nu)); wacht == 0 {
		d.tel(wie, wat, nu)
		d.tel(string(van), wat, nu)
	}
	return wacht
}

// ruim forgets, once an hour, who did not look within the last: names of professionals are
// their organisation's to choose, and would pile up.
func (d *drukte) ruim(nu time.Time) {
	if nu.Sub(d.geruimd) < time.Hour {
		return
	}
	d.geruimd = nu
	for wie, m := range d.gezien {
		for k, t := range m {
			if nu.Sub(t) >= time.Hour {
				delete(m, k)
			}
		}
		if len(m) == 0 {
			delete(d.gezien, wie)
		}
	}
}

// teVeel refuses what besluit allows when l looked at too many people within the hour, and
// gives how long until it may again. The family itself, and the own systems, are not
// counted.
func (z *Inzage) teVeel(id string, rec dossier.Record, l toegang.Lezer, besluit *toegang.Besluit) (wacht time.Duration) {
	if !besluit.Toegestaan || !l.Burger.IsZero() || l.Rol == begrip.RolSysteem && l.Organisatie.OIN == z.cfg.Organisatie.OIN {
		return 0
	}
	d := z.drukte
	wat := make([]kort, 0, len(rec.Personen)+1)
	for _, b := range rec.Personen {
		wat = append(wat, kort(maphash.String(d.zaad, b.Leesbaar())))
	}
	if len(wat) == 0 {
		wat = append(wat, kort(maphash.String(d.zaad, id)))
	}
	wacht = d.neem(l.Organisatie.OIN, l.Persoon, wat, time.Now())
	if wacht > 0 {
		*besluit = toegang.Besluit{Redenen: []toegang.Reden{{Tekst: "Deze persoon of organisatie keek in een uur naar meer personen dan mag.", Gezin: "Deze persoon keek naar te veel mensen. Daarom kreeg deze persoon niets te zien."}}}
	}
	return wacht
}

// eenTeVeel is the answer to a look that teVeel refused.
func (z *Inzage) eenTeVeel(ctx context.Context, l toegang.Lezer, logregel string, wacht time.Duration) error {
	z.cfg.Besluiten.Plus(1, "te veel")
	z.meld(ctx, l.Organisatie, signaal.VeelInzagen, logregel)
	f := begrip.NieuweFout(begrip.TeDruk, "U keek in een uur naar meer personen dan mag. Over een tijd kan het weer. Is er nu gevaar? Bel 112, of bel ons.")
	f.Wacht = max(wacht, time.Minute)
	return f
}

// telWeigering counts a refused look of another organisation, and tells the privacy
// officer when there are many.
func (z *Inzage) telWeigering(ctx context.Context, l toegang.Lezer, logregel string) {
	if l.Organisatie.OIN == z.cfg.Organisatie.OIN || !l.Burger.IsZero() {
		return
	}
	d, nu := z.drukte, time.Now()
	d.mu.Lock()
	blijft := d.weigerde[l.Organisatie.OIN][:0]
	for _, t := range d.weigerde[l.Organisatie.OIN] {
		if nu.Sub(t) < time.Hour {
			blijft = append(blijft, t)
		}
	}
	blijft = append(blijft, nu)
	if len(blijft) > d.Weigeringen+weerElke { // no more is needed, whatever comes
		blijft = blijft[len(blijft)-d.Weigeringen-weerElke:]
	}
	d.weigerde[l.Organisatie.OIN] = blijft
	d.mu.Unlock()
	if n := len(blijft); n == d.Weigeringen || n > d.Weigeringen && (n-d.Weigeringen)%weerElke == 0 {
		z.meld(ctx, l.Organisatie, signaal.VeelGeweigerd, logregel)
	}
}

// meld tells the privacy officer, once an hour per organisation and cause.
func (z *Inzage) meld(ctx context.Context, van begrip.Organisatie, regel signaal.Regel, logregel string) {
	if z.cfg.Meld == nil {
		return
	}
	d, nu, wat := z.drukte, time.Now(), string(van.OIN)+"|"+string(regel)
	d.mu.Lock()
	net := nu.Sub(d.gemeld[wat]) < time.Hour
	if !net {
		d.gemeld[wat] = nu
	}
	d.mu.Unlock()
	if net {
		return
	}
	if err := z.cfg.Meld(context.WithoutCancel(ctx), van, regel, logregel); err != nil {
		z.cfg.Log.ErrorContext(ctx, "signaal over een organisatie niet vastgelegd", "fout", err)
	}
}
