package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/prov"
)

// uitkomst is what became of an event, kept under its interactieId.
type uitkomst struct {
	OIN             begrip.OIN `json:"o"`           // who offered it; only the sender sees its status
	Digest          []byte     `json:"d"`           // of the content that stands
	Waarschuwingen  []string   `json:"w,omitempty"` // OK, but
	Fout            string     `json:"f,omitempty"` // not empty: ERROR
	Technisch       bool       `json:"t,omitempty"`
	Validatiefouten []string   `json:"v,omitempty"`
}

// ontleding is one entry of the log, read and checked; nothing of it depends on
// other entries, so that entries are read side by side.
type ontleding struct {
	frame  frame
	event  cloudevent.Event
	graaf  prov.Graph
	id     uuid.UUID
	uit    uitkomst
	leeg   bool // no frame: counts in the ledger only
	plaats uint64
	feit   *feit // what the chain must remember, when the event tells that
	geldt  bool  // feit stands: it was not told before
}

const (
	andereInhoud  = "Deze gebeurtenis is later nog eens aangeboden met andere inhoud. De eerste telt."
	dubbelHandeld = "Deze activiteit is al eerder gemeld, in een andere gebeurtenis. De eerste telt."
	meerActies    = "Er staat meer dan één activiteit in deze gebeurtenis. Alleen de eerste telt om te zien of hij al gemeld is."
)

func ontleed(plaats uint64, entry []byte) (o ontleding) {
	o.plaats = plaats
	f, err := leesFrame(entry)
	if err != nil {
		o.leeg = true
		return o
	}
	o.frame, o.uit.OIN, o.uit.Digest = f, f.OIN, f.Digest[:]
	o.event, err = cloudevent.Parse(f.Event)
	if err != nil {
		o.leeg = true // the hub wrote it, so this is damage; bewijs and verify show it
		return o
	}
	o.id = interactieVan(o.event, f.OIN)
	defer func() {
		if p := recover(); p != nil {
			o.uit.Fout, o.uit.Technisch = "Wij konden deze gebeurtenis niet verwerken.", true
		}
	}()
	if !cloudevent.Bekend(o.event.Type) {
		o.uit.Fout, o.uit.Validatiefouten = "Dit soort gebeurtenis kennen wij niet.", []string{"type: Dit type staat niet in het register."}
		return o
	}
	o.graaf, o.uit.Waarschuwingen, err = prov.Lees(o.event.Data)
	if err != nil {
		o.uit.Fout, o.uit.Waarschuwingen = "De inhoud van deze gebeurtenis klopt niet.", nil
		fout := begrip.FoutVan(err)
		o.uit.Technisch = fout.Code == begrip.Intern
		for _, v := range fout.Velden {
			o.uit.Validatiefouten = append(o.uit.Validatiefouten, string(begrip.MaskeerBSN([]byte(v.Veld+": "+v.Bericht))))
		}
		if len(fout.Velden) == 0 {
			o.uit.Validatiefouten = []string{string(begrip.MaskeerBSN([]byte(fout.Bericht)))}
		}
		return o
	}
	if s := feitSoortVan[o.event.Type]; s != nil {
		ontleedFeit(s, &o)
	}
	return o
}

// ontleedFeit reads the feit that an event tells.
func ontleedFeit(s *feitSoort, o *ontleding) {
	f, err := feitUit(s, o.event, o.graaf)
	if err != nil {
		o.uit.Fout, o.uit.Waarschuwingen = "De inhoud van deze gebeurtenis klopt niet.", nil
		for _, v := range begrip.FoutVan(err).Velden {
			o.uit.Validatiefouten = append(o.uit.Validatiefouten, v.Veld+": "+v.Bericht)
		}
		return
	}
	f.Door, f.Ontvangen, f.Plaats = o.frame.OIN, o.frame.Ontvangen, o.plaats
	o.feit = &f
}

// ontleedAlle reads the entries of a block on all processors.
func ontleedAlle(b hublog.Blok) []ontleding {
	uit := make([]ontleding, len(b.Entries))
	var wg sync.WaitGroup
	n := min(runtime.GOMAXPROCS(0), len(b.Entries))
	for w := range n {
		wg.Go(func() {
			for i := w; i < len(b.Entries); i += n {
				uit[i] = ontleed(uint64(hublog.PlaatsVan(b.Seq, i)), b.Entries[i])
			}
		})
	}
	wg.Wait()
	return uit
}

// projecteer adds one block to the read model and the ledger, in one step.
func (h *Hub) projecteer(b hublog.Blok) (err error) {
	delen := ontleedAlle(b)
	s := h.graph.Stap()
	defer func() {
		s.Weg()
		if err != nil {
			err = errors.Join(err, h.ledger.Herlaad())
		}
	}()
	var ontvangen time.Time
	for i := range delen {
		if t := delen[i].frame.Ontvangen; t.After(ontvangen) {
			ontvangen = t
		}
		if delen[i].leeg {
			if e := b.Entries[i]; len(e) > 0 && e[0] == proefByte {
				continue
			}
			h.cfg.Log.Error("regel in het log is niet leesbaar", "blok", b.Seq, "plek", i)
			continue
		}
		if err := verwerk(s, &delen[i]); err != nil {
			return err
		}
	}
	eerste, err := h.ledger.Append(s.Batch(), b.Entries)
	if err != nil {
		return err
	}
	if err := s.Blad(b.Seq, uint64(eerste), ontvangen); err != nil {
		return fmt.Errorf("hub: leaf of block %d: %w", b.Seq, err)
	}
	if err := s.Klaar(b.Seq); err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(delen))
	for i := range delen {
		ids[i] = delen[i].id
		if o := &delen[i]; o.geldt && feitSoortVan[o.event.Type].geldt != nil {
			feitSoortVan[o.event.Type].geldt(h, *o.feit)
		}
	}
	h.geprojecteerd.Store(b.Seq)
	h.onderweg.klaar(b.Seq, ids)
	h.vooruit.roep()
	return nil
}

// verwerk decides what an event means beside those before it.
func verwerk(s *graph.Stap, o *ontleding) error {
	id := o.id.String()
	plaats, waarde, bekend, err := s.Uniek(graph.Interactie, id)
	if err != nil {
		return err
	}
	if bekend {
		return herhaald(s, o, plaats, waarde)
	}
	if o.uit.Fout == "" {
		dubbel, err := eersteActiviteit(s, o)
		if err != nil {
			return err
		}
		if dubbel {
			o.uit.Waarschuwingen = append(o.uit.Waarschuwingen, dubbelHandeld)
		} else if err := verbind(s, o); err != nil {
			return err
		} else if o.feit != nil {
			o.geldt = true
			if err := zetFeit(s, *o.feit); err != nil {
				return err
			}
		}
	}
	return zetUitkomst(s, id, o.plaats, o.uit)
}

// herhaald is the same event once more: nothing new, unless its content differs.
func herhaald(s *graph.Stap, o *ontleding, plaats uint64, waarde []byte) error {
	var uit uitkomst
	if err := json.Unmarshal(waarde, &uit); err != nil {
		return fmt.Errorf("hub: outcome at %d: %w", plaats, err)
	}
	if bytes.Equal(uit.Digest, o.uit.Digest) || slices.Contains(uit.Waarschuwingen, andereInhoud) {
		return nil
	}
	uit.Waarschuwingen = append(uit.Waarschuwingen, andereInhoud)
	return zetUitkomst(s, o.id.String(), plaats, uit)
}

func zetUitkomst(s *graph.Stap, id string, plaats uint64, uit uitkomst) error {
	b, err := json.Marshal(uit)
	if err != nil {
		return fmt.Errorf("hub: outcome: %w", err)
	}
	return s.Zet(graph.Interactie, id, plaats, b)
}

// eersteActiviteit claims the Activity for this event; dubbel when the same
// sender told it before, in another event.
func eersteActiviteit(s *graph.Stap, o *ontleding) (dubbel bool, err error) {
	acties := o.graaf.Activities()
	if len(acties) > 1 {
		o.uit.Waarschuwingen = append(o.uit.Waarschuwingen, meerActies)
	}
	naam := string(o.frame.OIN) + "\n" + acties[0].ID
	if _, _, dubbel, err = s.Uniek(graph.Activiteit, naam); err != nil || dubbel {
		return dubbel, err
	}
	return false, s.Zet(graph.Activiteit, naam, o.plaats, nil)
}

// verbind makes the event findable.
func verbind(s *graph.Stap, o *ontleding) error {
	termen := []graph.Term{{Kind: graph.Alle}, {Kind: graph.Type, Waarde: o.event.Type}}
	erbij := func(k graph.Kind, w string) {
		if t := (graph.Term{Kind: k, Waarde: w}); w != "" && !slices.Contains(termen, t) {
			termen = append(termen, t)
		}
	}
	erbij(graph.Onderwerp, o.event.Subject)
	erbij(graph.Organisatie, o.frame.OIN.URN())
	for _, r := range o.frame.Refs {
		erbij(graph.Persoon, string(r[:]))
	}
	for _, z := range o.graaf.Zaken() {
		erbij(graph.Zaak, z)
	}
	for _, a := range o.graaf.Agents() {
		erbij(graph.Organisatie, organisatieURN(a.ID))
	}
	for _, n := range o.graaf.Nodes {
		erbij(graph.Knoop, n.ID)
		if n.Tekst(prov.BronAfgeschermd) == "true" {
			if err := schermAf(s, n.ID, o.frame.OIN, o.plaats); err != nil {
				return err
			}
		}
	}
	for _, t := range termen {
		if err := s.Post(t.Kind, t.Waarde, o.event.Time, o.plaats); err != nil {
			return fmt.Errorf("hub: posting: %w", err)
		}
	}
	return nil
}

// organisatieURN reduces the urn of an organisation's system to the organisation.
func organisatieURN(id string) string {
	if oin, ok := begrip.OINVan(id); ok {
		return oin.URN()
	}
	return id
}

// schermAf notes that oin asked to stay hidden from the family behind node.
func schermAf(s *graph.Stap, node string, oin begrip.OIN, plaats uint64) error {
	eerste, waarde, bekend, err := s.Uniek(graph.Afscherming, node)
	if err != nil {
		return err
	}
	if !bekend {
		eerste = plaats
	}
	if slices.Contains(strings.Fields(string(waarde)), string(oin)) {
		return nil
	}
	return s.Zet(graph.Afscherming, node, eerste, append(slices.Clone(waarde), string(oin)+" "...))
}

// volg projects the log until ctx ends. A step that fails is tried again: the
// log is the truth, and skipping an entry would make the model a lie.
func (h *Hub) volg(ctx context.Context) error {
	for {
		stand, err := h.graph.Stand()
		if err == nil {
			err = h.log.Follow(ctx, stand+1, func(b hublog.Blok) error {
				if err := h.projecteer(b); err != nil {
					return err
				}
				h.projectiefout.Store(nil)
				return nil
			})
		}
		if ctx.Err() != nil || h.dicht.Load() {
			return nil
		}
		if err == nil {
			err = errors.New("hub: following the log ended")
		}
		h.projectiefout.Store(&err)
		h.cfg.Log.Error("projectie hapert; nieuwe poging", "fout", err, "stand", stand)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// vooruit lets a caller wait for the projection to move.
type vooruit struct {
	slot sync.Mutex
	c    chan struct{}
}

func (v *vooruit) roep() {
	v.slot.Lock()
	defer v.slot.Unlock()
	if v.c != nil {
		close(v.c)
		v.c = nil
	}
}

func (v *vooruit) wacht() <-chan struct{} {
	v.slot.Lock()
	defer v.slot.Unlock()
	if v.c == nil {
		v.c = make(chan struct{})
	}
	return v.c
}

// wachtOp waits until the projection has passed seq, d at the longest.
func (h *Hub) wachtOp(ctx context.Context, seq uint64, d time.Duration) bool {
	klok := time.NewTimer(d)
	defer klok.Stop()
	for {
		c := h.vooruit.wacht()
		if h.geprojecteerd.Load() >= seq {
			return true
		}
		select {
		case <-c:
		case <-klok.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
