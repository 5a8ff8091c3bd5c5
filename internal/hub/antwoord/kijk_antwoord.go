package antwoord

import (
	"context"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// legVraagVast counts a question and writes its line: who asks, about whom, why.
func (h *Hub) legVraagVast(ctx context.Context, k kern.Kijker, v *vraag.Vraag) error {
	r := kijk.Regel{OIN: k.OIN, Stap: kijk.StapVraag, Vraag: v.ID, Wie: v.Wie, Pad: v.Soort.Pad}
	if v.Type != "" {
		r.Typen = []string{v.Type}
	}
	if v.OverPersoon() {
		r.Refs, r.Vreemden = [][16]byte{v.Persoon}, 1
		if err := h.Kijk.TelPersonen(k.OIN, &v.Wie, r.Refs); err != nil {
			return err
		}
	}
	return h.Kijk.LegVast(ctx, r)
}

// LegAntwoordVast writes what is about to be shown, and to whom: nothing about a
// person or a zaak goes out without that line. What tells of neither, such as the
// registers of the chain, is no look.
func (h *Hub) LegAntwoordVast(ctx context.Context, stap string, b *Bladzij) error {
	r := kijk.Regel{OIN: b.Lezer.OIN, Stap: stap, Vraag: b.V.ID, Wie: b.V.Wie}
	if b.V.Soort != nil {
		r.Pad = b.V.Soort.Pad
	}
	vreemd, eigen := [][16]byte{}, [][16]byte{}
	for _, x := range b.Vondsten {
		r.Niveau = max(r.Niveau, x.niveau)
		if !slices.Contains(r.Typen, x.event.Type) {
			r.Typen = append(r.Typen, x.event.Type)
		}
		if x.event.Subject != "" && (len(r.Over) == 0 || r.Over[len(r.Over)-1] != x.event.Subject) {
			r.Over = append(r.Over, x.event.Subject)
		}
		if x.afzender == b.Lezer.OIN {
			eigen = append(eigen, x.refs...)
		} else {
			vreemd = append(vreemd, x.refs...)
		}
	}
	slices.Sort(r.Over)
	r.Over = slices.Compact(r.Over)
	vreemd = uniekeRefs(vreemd, nil)
	r.Refs, r.Vreemden, r.Aantal = uniekeRefs(eigen, vreemd), len(vreemd), len(b.Vondsten)
	if r.Aantal == 0 || len(r.Refs) == 0 && b.V.Zaak == "" {
		return nil
	}
	if stap != kijk.StapBezorgd { // a subscription gives what happens, not what is asked
		if err := h.Kijk.TelPersonen(r.OIN, &r.Wie, vreemd); err != nil {
			return err
		}
	}
	return h.Kijk.LegVast(ctx, r)
}

// uniekeRefs gives those of eerst and then those of refs, each once.
func uniekeRefs(refs, eerst [][16]byte) [][16]byte {
	gezien := make(map[[16]byte]bool, len(refs)+len(eerst))
	uit := make([][16]byte, 0, len(refs)+len(eerst))
	for _, lijst := range [][][16]byte{eerst, refs} {
		for _, r := range lijst {
			if !gezien[r] {
				gezien[r] = true
				uit = append(uit, r)
			}
		}
	}
	return uit
}

// LegBewijsVast writes that the proof of an event of another is given.
func (h *Hub) LegBewijsVast(ctx context.Context, k kern.Kijker, g kern.UitLog) error {
	if g.Frame.OIN == k.OIN || len(g.Frame.Refs) == 0 {
		return nil
	}
	if err := h.Kijk.TelPersonen(k.OIN, &k.Wie, g.Frame.Refs); err != nil {
		return err
	}
	return h.Kijk.LegVast(ctx, kijk.Regel{OIN: k.OIN, Stap: kijk.StapBewijs, Wie: k.Wie, Typen: []string{g.Event.Type}, Niveau: begrip.NiveauInhoud,
		Aantal: 1, Over: []string{g.Event.Subject}, Refs: g.Frame.Refs, Vreemden: len(g.Frame.Refs)})
}
