package hub

import (
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// legVraagVast counts a question and writes its line: who asks, about whom, why.
func (h *Hub) legVraagVast(ctx context.Context, k kijker, v *vraag.Vraag) error {
	r := kijkregel{OIN: k.OIN, Stap: stapVraag, Vraag: v.ID, Wie: v.Wie, Pad: v.Soort.Pad}
	if v.Type != "" {
		r.Typen = []string{v.Type}
	}
	if v.OverPersoon() {
		r.Refs, r.Vreemden = [][16]byte{v.Persoon}, 1
		if err := h.telPersonen(k.OIN, &v.Wie, r.Refs); err != nil {
			return err
		}
	}
	return h.legKijkVast(ctx, r)
}

// telPersonen holds who asks to its limits. A member of the family asks about
// itself, and has none.
func (h *Hub) telPersonen(oin begrip.OIN, w *vraag.Wie, refs [][16]byte) error {
	if w.Burger || len(refs) == 0 {
		return nil
	}
	err := h.grenzen.mag(oin, w.Persoon, refs...)
	if err != nil {
		h.metingen.gevist.Plus(1)
	}
	return err
}

// meldGrens writes that an asker met its limit: its organisation and the chain
// manager find that line. It holds nobody up.
func (h *Hub) meldGrens(oin begrip.OIN, persoon string) {
	go func() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := h.legKijkVast(ctx, kijkregel{OIN: oin, Stap: stapGrens, Wie: vraag.Wie{Persoon: persoon}}); err != nil {
			h.cfg.Log.Warn("niet vastgelegd dat een vrager zijn grens bereikte", "organisatie", oin, "fout", err)
		}
	}()
}

// legAntwoordVast writes what is about to be shown, and to whom: nothing about a
// person or a zaak goes out without that line. What tells of neither, such as the
// registers of the chain, is no look.
func (h *Hub) legAntwoordVast(ctx context.Context, stap string, b *bladzij) error {
	r := kijkregel{OIN: b.lezer.OIN, Stap: stap, Vraag: b.v.ID, Wie: b.v.Wie}
	if b.v.Soort != nil {
		r.Pad = b.v.Soort.Pad
	}
	vreemd, eigen := [][16]byte{}, [][16]byte{}
	for _, x := range b.vondsten {
		r.Niveau = max(r.Niveau, x.niveau)
		if !slices.Contains(r.Typen, x.event.Type) {
			r.Typen = append(r.Typen, x.event.Type)
		}
		if x.event.Subject != "" && (len(r.Over) == 0 || r.Over[len(r.Over)-1] != x.event.Subject) {
			r.Over = append(r.Over, x.event.Subject)
		}
		if x.afzender == b.lezer.OIN {
			eigen = append(eigen, x.refs...)
		} else {
			vreemd = append(vreemd, x.refs...)
		}
	}
	slices.Sort(r.Over)
	r.Over = slices.Compact(r.Over)
	vreemd = uniekeRefs(vreemd, nil)
	r.Refs, r.Vreemden, r.Aantal = uniekeRefs(eigen, vreemd), len(vreemd), len(b.vondsten)
	if r.Aantal == 0 || len(r.Refs) == 0 && b.v.Zaak == "" {
		return nil
	}
	if stap != stapBezorgd { // a subscription gives what happens, not what is asked
		if err := h.telPersonen(r.OIN, &r.Wie, vreemd); err != nil {
			return err
		}
	}
	return h.legKijkVast(ctx, r)
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

// legBewijsVast writes that the proof of an event of another is given.
func (h *Hub) legBewijsVast(ctx context.Context, k kijker, g uitLog) error {
	if g.frame.OIN == k.OIN || len(g.frame.Refs) == 0 {
		return nil
	}
	if err := h.telPersonen(k.OIN, &k.wie, g.frame.Refs); err != nil {
		return err
	}
	return h.legKijkVast(ctx, kijkregel{OIN: k.OIN, Stap: stapBewijs, Wie: k.wie, Typen: []string{g.event.Type}, Niveau: begrip.NiveauInhoud,
		Aantal: 1, Over: []string{g.event.Subject}, Refs: g.frame.Refs, Vreemden: len(g.frame.Refs)})
}
