package hub

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/hub/webhook"
)

const (
	soortPull    = "pull"
	soortWebhook = "webhook"

	maxAbonnementen = 50 // of one deelnemer
	maxTypen        = 50
)

// abonnement is the feit of a subscription: which events a deelnemer wants, and
// how. It holds a person as keyed reference only. What comes of it is decided
// at delivery, never here.
type abonnement struct {
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
	wie       vraag.Wie  `json:"-"`                 // what is in Voor
	persoon   [16]byte   `json:"-"`
}

var abonnementSoort = &feitSoort{
	naam:  "abonnement",
	typen: []string{cloudevent.AbonnementGenomen, cloudevent.AbonnementGestopt},
	// A deelnemer takes one through the API, which shakes hands with the address;
	// only the hub itself may tell that.
	mag: func(h *Hub, door begrip.OIN, f feit) error {
		if door != h.cfg.Organisatie.OIN {
			return begrip.NieuweFout(begrip.Verboden, "Neem een abonnement met POST /v1/abonnementen.")
		}
		_, err := abonnementUit(f)
		return err
	},
	geldt: func(h *Hub, f feit) {
		a, err := abonnementUit(f)
		if err != nil {
			h.cfg.Log.Error("abonnement is niet leesbaar", "abonnement", f.ID, "fout", err)
			return
		}
		if err := h.opent(a.Voor, &a.wie); err != nil { // then it gets what asks no reason
			h.cfg.Log.Error("van een abonnement is niet leesbaar waarvoor het is", "abonnement", f.ID)
		}
		h.abonnementen.zet(&a)
	},
}

func abonnementUit(f feit) (a abonnement, err error) {
	if err := json.Unmarshal(f.Inhoud, &a); err != nil || a.ID != f.ID {
		return a, begrip.NieuweFout(begrip.Ongeldig, "Dit is geen abonnement.").Door(err)
	}
	if a.Persoon != "" {
		b, err := hex.DecodeString(a.Persoon)
		if err != nil || len(b) != 16 {
			return a, begrip.NieuweFout(begrip.Ongeldig, "Dit is geen abonnement.").Door(err)
		}
		a.persoon = [16]byte(b)
	}
	return a, nil
}

// abonnementen are the subscriptions in memory, and by what an event wakes them:
// the narrowest filter of each.
type abonnementen struct {
	slot    sync.RWMutex
	op      map[string]*abonnement
	standen map[string]uint64
	wekkers map[string]chan struct{} // per running delivery
	index   map[termSleutel][]string // ids of webhooks
	nieuw   chan struct{}            // something was added or stopped
	graaf   func() *graph.Graph
}

// termSleutel is the part of a posting that tells its term.
type termSleutel [9]byte

func nieuweAbonnementen(graaf func() *graph.Graph) *abonnementen {
	return &abonnementen{op: map[string]*abonnement{}, standen: map[string]uint64{}, wekkers: map[string]chan struct{}{},
		index: map[termSleutel][]string{}, nieuw: make(chan struct{}, 1), graaf: graaf}
}

func (m *abonnementen) sleutel(t graph.Term) termSleutel {
	p := m.graaf().Posting(t.Kind, []byte(t.Waarde), time.Time{}, 0)
	return termSleutel(p[:9])
}

// termen gives the narrowest terms of a: an event it wants has one of them.
func (a *abonnement) termen() (uit []graph.Term) {
	switch {
	case a.Persoon != "":
		return []graph.Term{{Kind: graph.Persoon, Waarde: string(a.persoon[:])}}
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

func (m *abonnementen) zet(a *abonnement) {
	m.slot.Lock()
	defer m.slot.Unlock()
	oud := m.op[a.ID]
	m.op[a.ID] = a
	if a.Soort == soortWebhook {
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
	case m.nieuw <- struct{}{}:
	default:
	}
}

func (m *abonnementen) geef(id string) *abonnement {
	m.slot.RLock()
	defer m.slot.RUnlock()
	return m.op[id]
}

// van gives those of one deelnemer that were not stopped, ordered by id; of all for "".
func (m *abonnementen) van(oin begrip.OIN) (uit []*abonnement) {
	m.slot.RLock()
	defer m.slot.RUnlock()
	for _, a := range m.op {
		if oin == "" || a.Deelnemer == oin {
			uit = append(uit, a)
		}
	}
	slices.SortFunc(uit, func(a, b *abonnement) int { return cmp.Compare(a.ID, b.ID) })
	return uit
}

// stand is the plaats up to which a was delivered.
func (m *abonnementen) stand(a *abonnement) uint64 {
	m.slot.RLock()
	defer m.slot.RUnlock()
	return max(m.standen[a.ID], a.Begin)
}

func (m *abonnementen) wek(id string) {
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

// luistert tells whether any delivery waits for an event.
func (m *abonnementen) luistert() bool {
	m.slot.RLock()
	defer m.slot.RUnlock()
	return len(m.index) > 0 && len(m.wekkers) > 0
}

// wekker gives what wakes the delivery of an abonnement; nieuw when none runs yet.
func (m *abonnementen) wekker(id string) (wek chan struct{}, nieuw bool) {
	m.slot.Lock()
	defer m.slot.Unlock()
	if wek, al := m.wekkers[id]; al {
		return wek, false
	}
	wek = make(chan struct{}, 1)
	m.wekkers[id] = wek
	return wek, true
}

// stil tells that the delivery of an abonnement ended.
func (m *abonnementen) stil(id string) {
	m.slot.Lock()
	defer m.slot.Unlock()
	delete(m.wekkers, id)
}

// wekBij wakes the deliveries that want one of these events. It does a few
// look-ups per event, however many abonnementen there are.
func (m *abonnementen) wekBij(vindplaatsen [][]graph.Sleutel) {
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
	return h.graph.AlleStaat(standSoort, func(id string, b []byte) error {
		n, err := strconv.ParseUint(string(b), 10, 64)
		h.abonnementen.standen[id] = n
		return err
	})
}

// vragenVan gives what to ask the read model for a: a query for each type.
func (a *abonnement) vragenVan() (uit []vraag.Vraag) {
	v := vraag.Vraag{ID: uuid.MustParse(a.ID), Persoon: a.persoon, Zaak: a.Zaak, Subject: a.Subject, Wie: a.wie}
	if !a.wie.Gesteld() {
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

// gevonden is one event for a subscriber; x is nil when it may not be seen.
type gevonden struct {
	plaats uint64
	x      *vondst
}

// volgende gives up to n events of a behind na that its deelnemer may see now,
// in the order of the log, and tot: up to where everything was looked at.
// Rights are those of this moment.
func (h *Hub) volgende(ctx context.Context, a *abonnement, lezer register.Deelnemer, na uint64, n int) (uit []gevonden, tot uint64, err error) {
	tot = h.geprojecteerd.Load()<<16 | 0xffff
	if mag, err := h.magVolgen(ctx, lezer, a); err != nil || !mag {
		return nil, na, err
	}
	for _, v := range a.vragenVan() {
		b := bladzij{v: &v, lezer: lezer}
		z := zoekvraag(&v)
		z.Na, z.TotEnMet = na, tot
		over := n + maxBekeken
		aantal := 0
		err := h.graph.Zoek(z, func(plaats uint64) (bool, error) {
			x, err := h.bekijk(ctx, &b, plaats)
			if err != nil {
				return false, err
			}
			if x != nil {
				uit = append(uit, gevonden{plaats, x})
				aantal++
			}
			if over--; aantal == n || over == 0 {
				tot = min(tot, plaats) // another type may have looked further
				return false, nil
			}
			return true, nil
		})
		if err != nil {
			return nil, na, err
		}
	}
	slices.SortFunc(uit, func(a, b gevonden) int { return cmp.Compare(a.plaats, b.plaats) })
	uit = slices.DeleteFunc(uit, func(g gevonden) bool { return g.plaats > tot })
	if len(uit) > n {
		uit = uit[:n]
		tot = uit[n-1].plaats
	}
	return uit, tot, nil
}

// magVolgen tells whether the deelnemer may follow the person of a: it must be
// involved with that person. Its own word for that does not count, here neither.
func (h *Hub) magVolgen(ctx context.Context, d register.Deelnemer, a *abonnement) (bool, error) {
	if a.Persoon == "" || d.Soort == begrip.Burgerportaal {
		return true, nil
	}
	return h.betrokken(ctx, &bladzij{lezer: d}, [][16]byte{a.persoon}, nil)
}

func (a *abonnement) refs() [][16]byte {
	if a.Persoon == "" {
		return nil
	}
	return [][16]byte{a.persoon}
}

// nieuwAbonnement is the body of POST /v1/abonnementen.
type nieuwAbonnement struct {
	Soort               string     `json:"soort"`
	Typen               []string   `json:"typen"`
	Zaak                string     `json:"zaak"`
	Subject             string     `json:"subject"`
	Burgerservicenummer *string    `json:"burgerservicenummer"`
	Adres               string     `json:"adres"`
	Vanaf               *time.Time `json:"vanaf"`
}

// maakAbonnement checks what is asked, and whether the address wants it.
func (h *Hub) maakAbonnement(ctx context.Context, k kijker, in nieuwAbonnement) (*abonnement, error) {
	d := k.Deelnemer
	a := &abonnement{ID: uuid.NewString(), Deelnemer: d.OIN, Soort: in.Soort, Zaak: in.Zaak, Subject: in.Subject, Adres: in.Adres, wie: k.wie, Voor: h.verzegeld(k.wie)}
	var c begrip.Controle
	c.Eis(in.Soort == soortPull || in.Soort == soortWebhook, "soort", "Kies pull of webhook.")
	c.Eis(len(in.Typen) <= maxTypen, "typen", "Kies hoogstens %d typen.", maxTypen)
	for i, t := range in.Typen {
		ev := cloudevent.Event{Type: t}
		ev.Normaliseer()
		c.Eis(h.regels.Load().Bekend(ev.Type), fmt.Sprintf("typen[%d]", i), "Dit type staat niet in het register.")
		if !slices.Contains(a.Typen, ev.Type) {
			a.Typen = append(a.Typen, ev.Type)
		}
	}
	c.Eis(len(in.Zaak) <= 2048 && len(in.Subject) <= 2048 && zonderBSN(in.Zaak+"\n"+in.Subject), "", "Een filter is te lang, of er staat een burgerservicenummer in.")
	if in.Burgerservicenummer != nil {
		bsn, err := begrip.ParseBSN(*in.Burgerservicenummer)
		c.Eis(err == nil, "burgerservicenummer", "Vul een geldig burgerservicenummer in, of laat dit veld weg.")
		c.Eis(d.Soort != begrip.Burgerportaal || bsn == k.burger, "burgerservicenummer", "Dit is een ander dan die van de verklaring van de burger.")
		if err == nil {
			a.persoon = h.sleutels.Ref(bsn)
			a.Persoon = hex.EncodeToString(a.persoon[:])
		}
	} else {
		c.Eis(d.Soort != begrip.Burgerportaal, "burgerservicenummer", berichtPortaal)
	}
	c.Eis(len(a.Typen) > 0 || a.Zaak != "" || a.Subject != "" || in.Burgerservicenummer != nil, "", "Geef minstens één filter.")
	if in.Soort == soortWebhook {
		webhook.Adres(&c, "adres", in.Adres, d.API)
	} else {
		c.Eis(in.Adres == "", "adres", "Een adres hoort alleen bij een webhook.")
	}
	if err := c.Fout(); err != nil {
		return nil, err
	}
	if err := h.telPersonen(d.OIN, &a.wie, a.refs()); err != nil {
		return nil, err
	}
	if mag, err := h.magVolgen(ctx, d, a); err != nil {
		return nil, err
	} else if !mag {
		return nil, begrip.NieuweFout(begrip.Verboden, "U kunt alleen mensen volgen bij wie uw organisatie betrokken is. Dat moet blijken uit wat anderen meldden.")
	}
	if len(slices.DeleteFunc(h.abonnementen.van(d.OIN), func(a *abonnement) bool { return a.Gestopt != "" })) >= maxAbonnementen {
		return nil, begrip.NieuweFout(begrip.Conflict, "Uw organisatie heeft al %d abonnementen. Stop er eerst een.", maxAbonnementen)
	}
	blok := h.log.Laatste()
	if in.Vanaf != nil {
		eerste, err := h.graph.BlokOp(in.Vanaf.UTC().Truncate(time.Microsecond))
		if err != nil {
			return nil, err
		}
		blok = min(blok, max(eerste, 1)-1)
	}
	a.Begin = blok<<16 | 0xffff
	if a.Soort == soortWebhook {
		if h.verzender == nil {
			return nil, begrip.NieuweFout(begrip.NietBeschikbaar, "Deze Ketenindex kan geen webhooks bezorgen. Neem een abonnement van soort pull.")
		}
		var err error
		if a.PerMinuut, err = h.verzender.Handdruk(ctx, d.OIN, a.Adres); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func zonderBSN(s string) bool { return string(begrip.MaskeerBSN([]byte(s))) == s }

// stopAbonnement ends a, for the reason given.
func (h *Hub) stopAbonnement(ctx context.Context, a *abonnement, reden string) error {
	weg := *a
	weg.Gestopt = reden
	_, err := h.legFeitVast(ctx, cloudevent.AbonnementGestopt, a.ID, "soh:StoppenAbonnement", weg)
	return err
}
