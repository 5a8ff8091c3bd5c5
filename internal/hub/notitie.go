package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/graph"
)

// notitie is what the hub notes for itself in its log: how far deliveries are,
// what could not be delivered, what was measured. It is no event: nobody finds
// it. It stands in the log so that every replica and every rebuild knows it.
type notitie struct {
	Standen map[string]uint64  `json:"s,omitempty"` // per abonnement: delivered up to this plaats
	Dood    []dodeLetter       `json:"d,omitempty"`
	Weg     []dodeLetter       `json:"w,omitempty"` // delivered after all, or given up; only the key counts
	Meting  *gezondheid.Meting `json:"m,omitempty"`
	Herstel *Herstelling       `json:"h,omitempty"` // what a person accepted that was lost
}

// notitieByte begins the entry of a notitie.
const notitieByte = 0x7e

// Kinds of state that notities keep in the read model.
const (
	standSoort  = "bezorgstand"
	letterSoort = "dodeletter"
	metingSoort = "meting"
)

// dodeLetter is an event that could not be delivered.
type dodeLetter struct {
	Abonnement string    `json:"a"`
	Plaats     uint64    `json:"p"`
	Reden      string    `json:"r,omitempty"`
	Pogingen   int       `json:"n,omitempty"`
	Op         time.Time `json:"t,omitzero"`
	Opnieuw    bool      `json:"o,omitempty"` // asked to be offered again
}

// id names the letter within its abonnement; ids order as the log does.
func (d dodeLetter) id() string { return fmt.Sprintf("%013s", strconv.FormatUint(d.Plaats, 36)) }

func (d dodeLetter) sleutel() string { return d.Abonnement + "/" + d.id() }

// noteer makes n durable.
func (h *Hub) noteer(ctx context.Context, n notitie) error {
	if err := h.poort.fout(); err != nil {
		return err
	}
	b, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("hub: notitie: %w", err)
	}
	_, err = h.log.Append(ctx, [][]byte{append([]byte{notitieByte}, b...)})
	return err
}

// neemNotitie adds a notitie to the step; what must be known in memory comes in
// na, to be called when the step is done.
func (h *Hub) neemNotitie(s *graph.Stap, entry []byte) (na func(), err error) {
	var n notitie
	if err := json.Unmarshal(entry[1:], &n); err != nil {
		h.cfg.Log.Error("een notitie in het log is niet leesbaar", "fout", err)
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
		h.abonnementen.slot.Lock()
		maps.Copy(h.abonnementen.standen, n.Standen)
		h.abonnementen.slot.Unlock()
		for _, d := range n.Dood {
			if d.Opnieuw {
				h.abonnementen.wek(d.Abonnement)
			}
		}
	}, nil
}

// letters gives the dead letters of an abonnement, oldest event first.
func (h *Hub) letters(abonnement string) (uit []dodeLetter, err error) {
	err = h.graph.StaatMet(letterSoort, abonnement+"/", func(_ string, b []byte) error {
		var d dodeLetter
		if err := json.Unmarshal(b, &d); err != nil {
			return fmt.Errorf("hub: dead letter: %w", err)
		}
		uit = append(uit, d)
		return nil
	})
	return uit, err
}
