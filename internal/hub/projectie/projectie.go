package projectie

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// gelezen is a block of which every entry was read and checked.
type gelezen struct {
	seq     uint64
	entries [][]byte
	delen   []lezing.Ontleding
	regels  *soorten.Stand // it was checked against
	daarna  []func()       // to be called when the step is done
	feit    bool           // some entry tells a feit: what comes after may depend on it
}

// lees reads the entries of a block on all processors but one, which is for
// the step before it and for who calls.
func (h *Hub) lees(b hublog.Blok) gelezen {
	uit := gelezen{seq: b.Seq, entries: b.Entries, delen: make([]lezing.Ontleding, len(b.Entries)), regels: h.Regels.Load()}
	var wg sync.WaitGroup
	n := min(max(1, runtime.GOMAXPROCS(0)-1), len(b.Entries))
	for w := range n {
		wg.Go(func() {
			for i := w; i < len(b.Entries); i += n {
				uit.delen[i] = h.Lezing.Ontleed(uit.regels, uint64(hublog.PlaatsVan(b.Seq, i)), b.Entries[i])
			}
		})
	}
	wg.Wait()
	uit.feit = slices.ContainsFunc(uit.delen, func(o lezing.Ontleding) bool { return o.Feit != nil })
	return uit
}

// projecteer adds blocks to the read model and the ledger, in as few steps as
// may be: a block with a feit is a step of its own, so that the feit meets
// everything before its block in the read model, on every replica alike.
func (h *Hub) projecteer(blokken []gelezen) error {
	for len(blokken) > 0 {
		n := 1
		for n < len(blokken) && !blokken[0].feit && !blokken[n].feit {
			n++
		}
		if err := h.projecteerStap(blokken[:n]); err != nil {
			return err
		}
		blokken = blokken[n:]
	}
	return nil
}

// werk is a block on its way into the read model.
type werk struct {
	h *Hub
	*feit.Stap
}

func (h *Hub) projecteerStap(blokken []gelezen) (err error) {
	s := h.Graph.Stap()
	defer func() {
		s.Weg()
		if err != nil {
			err = errors.Join(err, h.Ledger.Herlaad())
		}
	}()
	for i := range blokken {
		if err := h.projecteerBlok(s, &blokken[i]); err != nil {
			return err
		}
	}
	if err := h.Ledger.Sluit(s.Batch()); err != nil {
		return err
	}
	seq := blokken[len(blokken)-1].seq
	if err := s.Klaar(seq); err != nil {
		return err
	}
	var ids []uuid.UUID
	for i := range blokken {
		for k := range blokken[i].delen {
			o := &blokken[i].delen[k]
			ids = append(ids, o.ID)
			if o.Geldt {
				h.Feit.Geldt(*o.Feit)
			}
		}
	}
	h.Geprojecteerd.Store(seq)
	h.Getuige.Zet(seq) // also of what another replica took in
	if seq == h.Log.Laatste() {
		h.BijTot.Store(time.Now().UnixNano())
	}
	for i := range blokken {
		for _, f := range blokken[i].daarna {
			f()
		}
		if h.Feit.Abonnementen.Luistert() {
			h.Feit.Abonnementen.WekBij(vindplaatsen(blokken[i].delen))
		}
	}
	h.Onderweg.Klaar(seq, ids)
	h.Vooruit.Roep()
	return nil
}

// vindplaatsen gives by what each event that counts can be found.
func vindplaatsen(delen []lezing.Ontleding) (uit [][]graph.Sleutel) {
	for i := range delen {
		if o := &delen[i]; !o.Leeg && o.Uit.Fout == "" {
			uit = append(uit, o.Postings)
		}
	}
	return uit
}

// zonderFrame takes an entry that is no event: what to do when the step is done;
// nil for an entry nobody knows.
func (h *Hub) zonderFrame(s *graph.Stap, plaats uint64, entry []byte) (na func(), err error) {
	switch {
	case len(entry) > 0 && entry[0] == kijk.Begin:
		return h.Kijk.Neem(s, plaats, entry)
	case len(entry) > 0 && entry[0] == kern.BeginProef:
		return func() {}, nil
	case len(entry) > 0 && entry[0] == feit.BeginNotitie:
		return h.Feit.NeemNotitie(s, entry)
	}
	return nil, nil
}

func (h *Hub) projecteerBlok(s *graph.Stap, b *gelezen) error {
	var ontvangen time.Time
	w := &werk{h: h, Stap: h.Feit.Stap(s, b.regels)}
	for i := range b.delen {
		if w.Regels != b.regels { // agreed earlier in this block
			b.delen[i] = h.Lezing.Ontleed(w.Regels, uint64(hublog.PlaatsVan(b.seq, i)), b.entries[i])
		}
		o := &b.delen[i]
		if t := o.Frame.Ontvangen; t.After(ontvangen) {
			ontvangen = t
		}
		if o.Leeg {
			na, err := h.zonderFrame(s, o.Plaats, b.entries[i])
			if err != nil {
				return err
			}
			if na == nil {
				h.Cfg.Log.Error("regel in het log is niet leesbaar", "blok", b.seq, "plek", i)
				continue
			}
			b.daarna = append(b.daarna, na)
			continue
		}
		if err := w.verwerk(o); err != nil {
			return err
		}
	}
	eerste, err := h.Ledger.Append(s.Batch(), b.entries)
	if err != nil {
		return err
	}
	if err := s.Blad(b.seq, uint64(eerste), ontvangen); err != nil {
		return fmt.Errorf("hub: leaf of block %d: %w", b.seq, err)
	}
	return nil
}

// verwerk decides what an event means beside those before it.
func (w *werk) verwerk(o *lezing.Ontleding) error {
	s := w.S
	plaats, waarde, bekend, err := s.UniekOp(o.SleutelID)
	if err != nil {
		return err
	}
	if bekend {
		return herhaald(s, o, plaats, waarde)
	}
	if o.Uit.Fout == "" {
		dubbel, err := eersteActiviteit(s, o)
		if err != nil {
			return err
		}
		if dubbel {
			o.Uit.Waarschuwingen = append(o.Uit.Waarschuwingen, kern.DubbelHandeld)
		} else if err := w.maakVindbaar(o); err != nil {
			return err
		}
	}
	return zetUitkomst(s, o.SleutelID, o.Plaats, o.Uit)
}

// herhaald is the same event once more: nothing new, unless its content differs.
func herhaald(s *graph.Stap, o *lezing.Ontleding, plaats uint64, waarde []byte) error {
	uit, err := kern.LeesUitkomst(plaats, waarde)
	if err != nil {
		return err
	}
	if bytes.Equal(uit.Digest, o.Uit.Digest) || slices.Contains(uit.Waarschuwingen, kern.AndereInhoud) {
		return nil
	}
	uit.Waarschuwingen = append(uit.Waarschuwingen, kern.AndereInhoud)
	return zetUitkomst(s, o.SleutelID, plaats, uit)
}

func zetUitkomst(s *graph.Stap, id graph.Sleutel, plaats uint64, uit kern.Uitkomst) error {
	b, err := uit.Bytes()
	if err != nil {
		return fmt.Errorf("hub: outcome: %w", err)
	}
	s.ZetOp(id, plaats, b)
	return nil
}

// eersteActiviteit claims the Activity for this event; dubbel when the same
// sender told it before, in another event.
func eersteActiviteit(s *graph.Stap, o *lezing.Ontleding) (dubbel bool, err error) {
	if _, _, dubbel, err = s.UniekOp(o.SleutelActie); err != nil || dubbel {
		return dubbel, err
	}
	s.ZetOp(o.SleutelActie, o.Plaats, nil)
	return false, nil
}

// maakVindbaar makes the event findable, and what it tells true: unless that
// does not stand beside what came before.
func (w *werk) maakVindbaar(o *lezing.Ontleding) error {
	if o.Feit != nil {
		bezwaar, err := w.Neem(*o.Feit)
		if err != nil {
			return err
		}
		if bezwaar != "" {
			o.Uit.Fout, o.Uit.Waarschuwingen = bezwaar, nil
			return nil
		}
		o.Geldt = true
	}
	if bezwaar, err := w.spreekt(o); err != nil || bezwaar != "" {
		o.Uit.Fout, o.Uit.Waarschuwingen = bezwaar, nil
		return err
	}
	for _, node := range o.SchermAf {
		if err := schermAf(w.S, node, o.Frame.OIN, o.Plaats); err != nil {
			return err
		}
	}
	return w.S.Postings(o.Postings)
}

// SchermAf notes that oin asked to stay hidden from the family behind node.
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
	s.Zet(graph.Afscherming, node, eerste, append(slices.Clone(waarde), string(oin)+" "...))
	return nil
}
