package demo

import (
	"errors"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/beheer"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/ketenbord"
)

// bordBron is where the pages of the chain manager read: the hub, and what was
// last known of it while that is down.
type bordBron struct {
	slot    sync.RWMutex
	hub     *hub.Hub // nil while it does not run
	laatste beheer.Bord
}

// bordDagen is how far back the pages go.
const bordDagen = 90

func (b *bordBron) aan(h *hub.Hub) {
	b.slot.Lock()
	defer b.slot.Unlock()
	b.hub = h
}

// uit keeps what the pages show of a hub that closes.
func (b *bordBron) uit() error {
	b.slot.Lock()
	defer b.slot.Unlock()
	nu := time.Now()
	l, err := b.hub.Beheer.Bord(nu.AddDate(0, 0, -bordDagen), nu)
	b.hub = nil
	l.Hub = kern.Gereed{Log: "onbereikbaar", Projectie: "onbereikbaar"}
	if l.Staten != nil {
		l.Staten[l.Keten.OIN] = gezondheid.Staat{OIN: l.Keten.OIN, Sinds: nu, Reden: "geen verbinding"}
	}
	b.laatste = l
	return err
}

// Bord is Hub.Bord.
func (b *bordBron) Bord(vanaf, nu time.Time) (beheer.Bord, error) {
	b.slot.RLock()
	defer b.slot.RUnlock()
	if b.hub == nil {
		return b.laatste, nil
	}
	return b.hub.Beheer.Bord(vanaf, nu)
}

// Geschiedenis is Hub.Geschiedenis.
func (b *bordBron) Geschiedenis(vanaf time.Time, n int) ([]beheer.Wijziging, error) {
	b.slot.RLock()
	defer b.slot.RUnlock()
	if b.hub == nil {
		return nil, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex draait nu niet. Kijk straks nog eens.")
	}
	return b.hub.Beheer.Geschiedenis(vanaf, n)
}

// bordDienst is the pages of the chain manager. They go on while the hub is
// down, to show that.
func (d *Demo) bordDienst() (*dienst, error) {
	log, err := d.log("ketenbord")
	if err != nil {
		return nil, err
	}
	h, err := ketenbord.Nieuw(ketenbord.Config{Bord: d.bord.Bord, Geschiedenis: d.bord.Geschiedenis, Log: log})
	if err != nil {
		return nil, err
	}
	l := d.lid("hub")
	return &dienst{naam: "ketenbord", log: log, open: func() (lopend, error) {
		luister, err := d.opnieuw(&l.werk, l.werkURL)
		if err != nil {
			return lopend{}, err
		}
		return lopend{deuren: []deur{{handler: h, l: luister}}}, nil
	}}, nil
}

// sluitHub ends the hub; the pages keep what they show.
func (d *Demo) sluitHub(h *hub.Hub) error { return errors.Join(d.bord.uit(), h.Close()) }

// KetenbordURL is the address of the pages of the chain manager.
func (d *Demo) KetenbordURL() string { return d.lid("hub").werkURL + "/" }
