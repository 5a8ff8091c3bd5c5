package feit

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/vraag"
)

const (
	SoortPull    = "pull"
	SoortWebhook = "webhook"

	MaxAbonnementen = 50 // of one deelnemer
	MaxTypen        = 50
)

// Abonnement is the feit of a subscription: which events a deelnemer wants, and
// how. It holds a person as keyed reference only. What comes of it is decided
// at delivery, never here.
type Abonnement struct {
	ID        string     `json:"id"`
	Deelnemer begrip.OIN `json:"deelnemer"`
	Soort     string     `json:"soort"`
	Typen     []string   `json:"typen,omitempty"`
	Zaak      string     `json:"zaak,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	Persoon   string     `json:"persoon,omitempty"` // keyed reference, hexadecimal
	Adres     string     `json:"adres,omitempty"`
	PerMinuut int        `json:"perMinuut,omitempty"`
	Begin     uint64     `json:"begin"`             // plaats behind which it begins
	Gestopt   string     `json:"gestopt,omitempty"` // why
	Voor      []byte     `json:"voor,omitempty"`    // sealed: who took it and why, as its Verklaring said
	Wie       vraag.Wie  `json:"-"`                 // what is in Voor
	Ref       [16]byte   `json:"-"`
}

var abonnementSoort = &Soort{
	Naam:  "abonnement",
	Typen: []string{cloudevent.AbonnementGenomen, cloudevent.AbonnementGestopt},
	// A deelnemer takes one through the API, which shakes hands with the address;
	// only the hub itself may tell that.
	mag: func(h *Hub, door begrip.OIN, f Feit) error {
		if door != h.Cfg.Organisatie.OIN {
			return begrip.NieuweFout(begrip.Verboden, "Neem een abonnement met POST /v1/abonnementen.")
		}
		_, err := abonnementUit(f)
		return err
	},
	geldt: func(h *Hub, f Feit) {
		a, err := abonnementUit(f)
		if err != nil {
			h.Cfg.Log.Error("abonnement is niet leesbaar", "abonnement", f.ID, "fout", err)
			return
		}
		if err := h.Kijk.Opent(a.Voor, &a.Wie); err != nil { // then it gets what asks no reason
			h.Cfg.Log.Error("van een abonnement is niet leesbaar waarvoor het is", "abonnement", f.ID)
		}
		h.Abonnementen.Zet(&a)
	},
}

func abonnementUit(f Feit) (a Abonnement, err error) {
	if err := json.Unmarshal(f.Inhoud, &a); err != nil || a.ID != f.ID {
		return a, begrip.NieuweFout(begrip.Ongeldig, "Dit is geen abonnement.").Door(err)
	}
	if a.Persoon != "" {
		b, err := hex.DecodeString(a.Persoon)
		if err != nil || len(b) != 16 {
			return a, begrip.NieuweFout(begrip.Ongeldig, "Dit is geen abonnement.").Door(err)
		}
		a.Ref = [16]byte(b)
	}
	return a, nil
}

// Abonnementen are the subscriptions in memory, and by what an event wakes them:
// the narrowest filter of each.
type Abonnementen struct {
	slot    sync.RWMutex
	op      map[string]*Abonnement
	standen map[string]uint64
	wekkers map[string]chan struct{} // per running delivery
	index   map[termSleutel][]string // ids of webhooks
	Nieuw   chan struct{}            // something was added or stopped
	graaf   *graph.Graph
}

// termSleutel is the part of a posting that tells its term.
type termSleutel [9]byte

func NieuweAbonnementen(graaf *graph.Graph) *Abonnementen {
	return &Abonnementen{op: map[string]*Abonnement{}, standen: map[string]uint64{}, wekkers: map[string]chan struct{}{},
		index: map[termSleutel][]string{}, Nieuw: make(chan struct{}, 1), graaf: graaf}
}

func (m *Abonnementen) sleutel(t graph.Term) termSleutel {
	p := m.graaf.Posting(t.Kind, []byte(t.Waarde), time.Time{}, 0)
	return termSleutel(p[:9])
}

// termen gives the narrowest terms of a: an event it wants has one of them.
func (a *Abonnement) termen() (uit []graph.Term) {
	switch {
	case a.Persoon != "":
		return []graph.Term{{Kind: graph.Persoon, Waarde: string(a.Ref[:])}}
	case a.Subject != "":
		return []graph.Term{{Kind: graph.Onderwerp, Waarde: a.Subject}}
	case a.Zaak != "":
		return []graph.Term{{Kind: graph.Zaak, Waarde: a.Zaak}}
	}
	for _, t := range a.Typen {
		uit = append(uit, graph.Term{Kind: graph.Type, Waarde: t})
	}
	return uit
}

func (m *Abonnementen) Zet(a *Abonnement) {
	m.slot.Lock()
	defer m.slot.Unlock()
	oud := m.op[a.ID]
	m.op[a.ID] = a
	if a.Soort == SoortWebhook {
		for _, term := range a.termen() {
			t := m.sleutel(term)
			switch {
			case a.Gestopt != "":
				if m.index[t] = slices.DeleteFunc(m.index[t], func(id string) bool { return id == a.ID }); len(m.index[t]) == 0 {
					delete(m.index, t)
				}
			case oud == nil:
				m.index[t] = append(m.index[t], a.ID)
			}
		}
	}
	select {
	case m.Nieuw <- struct{}{}:
	default:
	}
}

func (m *Abonnementen) Geef(id string) *Abonnement {
	m.slot.RLock()
	defer m.slot.RUnlock()
	return m.op[id]
}

// Van gives those of one deelnemer that were not stopped, ordered by id; of all for "".
func (m *Abonnementen) Van(oin begrip.OIN) (uit []*Abonnement) {
	m.slot.RLock()
	defer m.slot.RUnlock()
	for _, a := range m.op {
		if oin == "" || a.Deelnemer == oin {
			uit = append(uit, a)
		}
	}
	slices.SortFunc(uit, func(a, b *Abonnement) int { return cmp.Compare(a.ID, b.ID) })
	return uit
}

// Stand is the plaats up to which a was delivered.
func (m *Abonnementen) Stand(a *Abonnement) uint64 {
	m.slot.RLock()
	defer m.slot.RUnlock()
	return max(m.standen[a.ID], a.Begin)
}

func (m *Abonnementen) wek(id string) {
	m.slot.RLock()
	defer m.slot.RUnlock()
	wekAf(m.wekkers[id])
}

func wekAf(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // none runs, or it is awake already
	}
}

// Luistert tells whether any delivery waits for an event.
func (m *Abonnementen) Luistert() bool {
	m.slot.RLock()
	defer m.slot.RUnlock()
	return len(m.index) > 0 && len(m.wekkers) > 0
}

// Wekker gives what wakes the delivery of an abonnement; nieuw when none runs yet.
func (m *Abonnementen) Wekker(id string) (wek chan struct{}, nieuw bool) {
	m.slot.Lock()
	defer m.slot.Unlock()
	if wek, al := m.wekkers[id]; al {
		return wek, false
	}
	wek = make(chan struct{}, 1)
	m.wekkers[id] = wek
	return wek, true
}

// Stil tells that the delivery of an abonnement ended.
func (m *Abonnementen) Stil(id string) {
	m.slot.Lock()
	defer m.slot.Unlock()
	delete(m.wekkers, id)
}

// WekBij wakes the deliveries that want one of these events. It does a few
// look-ups per event, however many abonnementen there are.
func (m *Abonnementen) WekBij(vindplaatsen [][]graph.Sleutel) {
	m.slot.RLock()
	defer m.slot.RUnlock()
	al := map[termSleutel]bool{}
	for _, postings := range vindplaatsen {
		for _, p := range postings {
			t := termSleutel(p[:9])
			ids := m.index[t]
			if len(ids) == 0 || al[t] {
				continue
			}
			al[t] = true
			for _, id := range ids {
				wekAf(m.wekkers[id])
			}
		}
	}
}

// laadStanden reads how far deliveries are, at Open.
func (h *Hub) laadStanden() error {
	return h.Graph.AlleStaat(standSoort, func(id string, b []byte) error {
		n, err := strconv.ParseUint(string(b), 10, 64)
		h.Abonnementen.standen[id] = n
		return err
	})
}

// VragenVan gives what to ask the read model for a: a query for each type.
func (a *Abonnement) VragenVan() (uit []vraag.Vraag) {
	v := vraag.Vraag{ID: uuid.MustParse(a.ID), Persoon: a.Ref, Zaak: a.Zaak, Subject: a.Subject, Wie: a.Wie}
	if !a.Wie.Gesteld() {
		v.Wie.Hoogst = begrip.NiveauInhoud
	}
	if len(a.Typen) == 0 {
		return []vraag.Vraag{v}
	}
	for _, t := range a.Typen {
		v.Type = t
		uit = append(uit, v)
	}
	return uit
}

func (a *Abonnement) Refs() [][16]byte {
	if a.Persoon == "" {
		return nil
	}
	return [][16]byte{a.Ref}
}
