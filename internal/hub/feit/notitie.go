package feit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/ledger"
)

// Bewering is what somebody shows that this hub signed before.
type Bewering struct {
	Van     string `json:"van"` // who shows it
	Grootte int64  `json:"grootte"`
	Wortel  string `json:"wortel"`
	Past    bool   `json:"-"` // the ledger holds it

	Stand ledger.Checkpoint `json:"-"`
}

// Herstelling is what a herstel found, for the log of the hub.
type Herstelling struct {
	Op          time.Time  `json:"op"`
	Door        string     `json:"door"`
	Reden       string     `json:"reden"`
	Grootte     int64      `json:"grootte"` // leaves that there were then
	Verloren    []Bewering `json:"verloren"`
	OudeSleutel string     `json:"oudeSleutel"` // of the ledger until then
}

// Notitie is what the hub notes for itself in its log: how far deliveries are,
// what could not be delivered, what was measured. It is no event: nobody finds
// it. It stands in the log so that every replica and every rebuild knows it.
type Notitie struct {
	Standen map[string]uint64  `json:"s,omitempty"` // per abonnement: delivered up to this plaats
	Dood    []DodeLetter       `json:"d,omitempty"`
	Weg     []DodeLetter       `json:"w,omitempty"` // delivered after all, or given up; only the key counts
	Meting  *gezondheid.Meting `json:"m,omitempty"`
	Herstel *Herstelling       `json:"h,omitempty"` // what a person accepted that was lost
}

// BeginNotitie begins the entry of a notitie.
const BeginNotitie = 0x7e

// Kinds of state that notities keep in the read model.
const (
	standSoort  = "bezorgstand"
	letterSoort = "dodeletter"
	MetingSoort = "meting"
)

// DodeLetter is an event that could not be delivered.
type DodeLetter struct {
	Abonnement string    `json:"a"`
	Plaats     uint64    `json:"p"`
	Reden      string    `json:"r,omitempty"`
	Pogingen   int       `json:"n,omitempty"`
	Op         time.Time `json:"t,omitzero"`
	Opnieuw    bool      `json:"o,omitempty"` // asked to be offered again
}

// ID names the letter within its abonnement; ids order as the log does.
func (d DodeLetter) ID() string { return fmt.Sprintf("%013s", strconv.FormatUint(d.Plaats, 36)) }

func (d DodeLetter) sleutel() string { return d.Abonnement + "/" + d.ID() }

// Noteer makes n durable.
func (h *Hub) Noteer(ctx context.Context, n Notitie) error {
	if err := h.Poort.Fout(); err != nil {
		return err
	}
	b, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("hub: notitie: %w", err)
	}
	_, err = h.Log.Append(ctx, [][]byte{append([]byte{BeginNotitie}, b...)})
	return err
}

// NeemNotitie adds a notitie to the step; what must be known in memory comes in
// na, to be called when the step is done.
func (h *Hub) NeemNotitie(s *graph.Stap, entry []byte) (na func(), err error) {
	var n Notitie
	if err := json.Unmarshal(entry[1:], &n); err != nil {
		h.Cfg.Log.Error("een notitie in het log is niet leesbaar", "fout", err)
		return func() {}, nil
	}
	for id, plaats := range n.Standen {
		if err := s.ZetStaat(standSoort, id, strconv.AppendUint(nil, plaats, 10)); err != nil {
			return nil, err
		}
	}
	for _, d := range n.Dood {
		b, err := json.Marshal(d)
		if err != nil {
			return nil, fmt.Errorf("hub: notitie: %w", err)
		}
		if err := s.ZetStaat(letterSoort, d.sleutel(), b); err != nil {
			return nil, err
		}
	}
	for _, d := range n.Weg {
		if err := s.WisStaat(letterSoort, d.sleutel()); err != nil {
			return nil, err
		}
	}
	if n.Meting != nil {
		if err := h.neemMeting(s, *n.Meting); err != nil {
			return nil, err
		}
	}
	return func() {
		h.Abonnementen.slot.Lock()
		maps.Copy(h.Abonnementen.standen, n.Standen)
		h.Abonnementen.slot.Unlock()
		for _, d := range n.Dood {
			if d.Opnieuw {
				h.Abonnementen.wek(d.Abonnement)
			}
		}
	}, nil
}

// Letters gives the dead letters of an abonnement, oldest event first.
func (h *Hub) Letters(abonnement string) (uit []DodeLetter, err error) {
	err = h.Graph.StaatMet(letterSoort, abonnement+"/", func(_ string, b []byte) error {
		var d DodeLetter
		if err := json.Unmarshal(b, &d); err != nil {
			return fmt.Errorf("hub: dead letter: %w", err)
		}
		uit = append(uit, d)
		return nil
	})
	return uit, err
}
