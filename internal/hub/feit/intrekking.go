package feit

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
)

// Intrekking is that an event may not be found any more: by whom, why and when.
// The log and its proofs stay as they are. It can be undone by who withdrew, and
// by the chain manager.
type Intrekking struct {
	InteractieID string     `json:"interactieId"`
	Door         begrip.OIN `json:"door"`
	Reden        string     `json:"reden"`
	Op           time.Time  `json:"op"`
	Herroepen    *Herroepen `json:"herroepen,omitempty"`
}

// Herroepen is that an Intrekking was undone.
type Herroepen struct {
	Door  begrip.OIN `json:"door"`
	Reden string     `json:"reden"`
	Op    time.Time  `json:"op"`
}

var intrekkingSoort = &Soort{Naam: "intrekking", Typen: []string{cloudevent.GebeurtenisIngetrokken, cloudevent.IntrekkingHerroepen}, mag: magBeheerder, pas: pasIntrekking}

// RustTerm names a term of an event that was withdrawn: what keeps its term of
// retention and the persons in it known.
func RustTerm(t graph.Term) string { return string(rune(t.Kind)) + t.Waarde }

func rust(t graph.Term) bool { return t.Kind == graph.Type || t.Kind == graph.Persoon }

// verberg takes an event out of the index.
func (w *Stap) verberg(g kern.UitLog, waarom graph.Reden) error {
	for _, t := range kern.TermenVan(g.Frame, g.Event, g.Graaf) {
		err := w.S.Haal(t.Kind, t.Waarde, g.Event.Time, g.Plaats)
		switch {
		case err != nil || !rust(t):
		case waarom == graph.Ingetrokken:
			err = w.S.Post(graph.Rust, RustTerm(t), g.Event.Time, g.Plaats)
		default:
			err = w.S.Haal(graph.Rust, RustTerm(t), g.Event.Time, g.Plaats)
		}
		if err != nil {
			return err
		}
	}
	return w.S.ZetOnvindbaar(g.Plaats, waarom)
}

// toon puts an event back in the index, without the persons that were forgotten
// since.
func (w *Stap) toon(g kern.UitLog) error {
	for _, t := range kern.TermenVan(g.Frame, g.Event, g.Graaf) {
		if rust(t) {
			if err := w.S.Haal(graph.Rust, RustTerm(t), g.Event.Time, g.Plaats); err != nil {
				return err
			}
		}
		if t.Kind == graph.Persoon {
			weg, err := w.vergetenNa(t.Waarde, g.Plaats)
			if err != nil {
				return err
			}
			if weg {
				continue
			}
		}
		if err := w.S.Post(t.Kind, t.Waarde, g.Event.Time, g.Plaats); err != nil {
			return err
		}
	}
	return w.S.ZetOnvindbaar(g.Plaats, 0)
}

const nietTeVinden = "Deze gebeurtenis is niet te vinden, dus ook niet in te trekken."

// pasIntrekking withdraws, or undoes that.
func pasIntrekking(w *Stap, f Feit) (string, error) {
	if f.Door != w.h.Cfg.Organisatie.OIN {
		return "Dit kan alleen de ketenbeheerder vastleggen.", nil
	}
	plaats, b, ok, err := w.S.Uniek(graph.Interactie, f.ID)
	if err != nil || !ok {
		return nietTeVinden, err
	}
	uit, err := kern.LeesUitkomst(plaats, b)
	if err != nil {
		return "", err
	}
	if uit.Fout != "" || slices.Contains(uit.Waarschuwingen, kern.DubbelHandeld) {
		return nietTeVinden, nil
	}
	nu, err := w.S.Onvindbaar(plaats)
	if err != nil {
		return "", err
	}
	g, err := w.h.LeesOp(plaats)
	switch {
	case err != nil:
		return "", err
	case SoortVan[g.Event.Type] != nil:
		return "Dit is een besluit van de keten zelf. Leg een nieuw besluit vast.", nil
	case nu == graph.Verlopen:
		return "De bewaartermijn van deze gebeurtenis is voorbij.", nil
	case f.Type == cloudevent.GebeurtenisIngetrokken && nu == graph.Ingetrokken:
		return "Deze gebeurtenis is al ingetrokken.", nil
	case f.Type == cloudevent.GebeurtenisIngetrokken:
		return "", w.verberg(g, graph.Ingetrokken)
	case nu != graph.Ingetrokken:
		return "Deze gebeurtenis is niet ingetrokken.", nil
	}
	return "", w.toon(g)
}

// Intrekking gives the newest Intrekking of an event.
func (h *Hub) Intrekking(id string) (t Intrekking, ok bool, err error) {
	f, ok, err := h.Geef(intrekkingSoort.Naam, id)
	if err != nil || !ok {
		return t, false, err
	}
	return t, true, json.Unmarshal(f.Inhoud, &t)
}
