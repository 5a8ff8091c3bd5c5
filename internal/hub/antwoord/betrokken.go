package antwoord

import (
	"context"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
)

// maxBand is how many events are looked at to find how an organisation hangs
// together with a person or a zaak; beyond that it does not.
const maxBand = 200

// Betrokken tells whether an organisation is involved with one of these persons
// or zaken. That rests on what others said: an event of another that names the
// organisation, or one about a record that the organisation itself brought in
// first. Its own word gives nothing. b remembers answers for one page.
func (h *Hub) Betrokken(ctx context.Context, b *Bladzij, refs [][16]byte, zaken []string) (bool, error) {
	for _, r := range refs {
		if ja, err := h.band(ctx, b, graph.Term{Kind: graph.Persoon, Waarde: string(r[:])}); err != nil || ja {
			return ja, err
		}
	}
	for _, z := range zaken {
		if ja, err := h.band(ctx, b, graph.Term{Kind: graph.Zaak, Waarde: z}); err != nil || ja {
			return ja, err
		}
	}
	return false, nil
}

func (h *Hub) band(ctx context.Context, b *Bladzij, t graph.Term) (ja bool, err error) {
	if ja, al := b.banden[t]; al {
		return ja, nil
	}
	if ja, err = h.genoemdBij(ctx, b.Lezer.OIN, t); err == nil && !ja {
		ja, err = h.houderBij(ctx, b.Lezer.OIN, t)
	}
	if err != nil {
		return false, err
	}
	if b.banden == nil {
		b.banden = map[graph.Term]bool{}
	}
	b.banden[t] = ja
	return ja, nil
}

// raakt tells that the frame is about the person of t; hashes of zaken are
// believed, those of persons stand in the frame.
func raakt(f kern.Frame, t graph.Term) bool {
	return t.Kind != graph.Persoon || slices.Contains(f.Refs, [16]byte([]byte(t.Waarde)))
}

// genoemdBij: another named the organisation in an event about t.
func (h *Hub) genoemdBij(ctx context.Context, oin begrip.OIN, t graph.Term) (ja bool, err error) {
	n := 0
	err = h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{t, {Kind: graph.Genoemd, Waarde: oin.URN()}}}, func(plaats uint64) (bool, error) {
		f, err := h.FrameOp(ctx, plaats)
		n++
		ja = err == nil && f.OIN != oin && raakt(f, t)
		return !ja && n < maxBand, err
	})
	return ja, err
}

// houderBij: another told something about a record of the organisation, in an
// event about t. A record is of whom the first event about it is.
func (h *Hub) houderBij(ctx context.Context, oin begrip.OIN, t graph.Term) (ja bool, err error) {
	n, gezien := 0, map[string]bool{}
	err = h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{t, {Kind: graph.Organisatie, Waarde: oin.URN()}}}, func(plaats uint64) (bool, error) {
		f, err := h.FrameOp(ctx, plaats)
		if n++; err != nil || f.OIN != oin {
			return n < maxBand, err
		}
		ev, err := cloudevent.ParseEigen(f.Event)
		if err != nil || ev.Subject == "" || gezien[ev.Subject] {
			return n < maxBand, err
		}
		gezien[ev.Subject] = true
		ja, err = h.anderOver(ctx, oin, ev.Subject, t)
		return !ja && n < maxBand, err
	})
	return ja, err
}

// anderOver tells that the first event about subject is of oin, and a later one,
// about t, of another.
func (h *Hub) anderOver(ctx context.Context, oin begrip.OIN, subject string, t graph.Term) (ja bool, err error) {
	n := 0
	err = h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Onderwerp, Waarde: subject}}}, func(plaats uint64) (bool, error) {
		f, err := h.FrameOp(ctx, plaats)
		if n++; err != nil || n == 1 && f.OIN != oin {
			return false, err
		}
		ja = f.OIN != oin && raakt(f, t)
		return !ja && n < maxBand, nil
	})
	return ja, err
}
