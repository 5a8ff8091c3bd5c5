package lezing

import (
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// MomentGrenzen are the bounds of the moments that an event may tell: when its sender
// registered it, and when it happened. A clock may run ahead a little; there is no
// other reason to tell of what did not happen yet.
var MomentGrenzen = struct {
	Vooruit time.Duration // that a moment may lie after the hub's own clock
	Vroegst time.Time     // nothing in the chain is older
}{5 * time.Minute, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}

const (
	foutTijd    = "Een tijdstip in deze gebeurtenis kan niet: het ligt in de toekomst of voor het jaar 2000."
	foutPersoon = "Bij één betrokkene staat meer dan één burgerservicenummer. Over wie dit gaat, is niet te zeggen."
	LetOpNummer = "Bij een betrokkene staat een burgerservicenummer dat niet klopt (elfproef). Deze persoon is er niet mee te vinden."
)

// leesSpraak reads what an event says about records, and refuses what its sender
// cannot have done.
func (h *Hub) leesSpraak(o *Ontleding, regels *soorten.Stand, g prov.Graph) {
	if o.Uit.Fout != "" {
		return
	}
	o.spraak = regels.Leest(o.event, g, h.eigenNaam(o.Frame.OIN))
	if o.spraak.Vreemd != "" {
		o.Uit.Fout, o.Uit.Waarschuwingen = o.spraak.Vreemd, nil
	}
}

// eigenNaam tells whether a name is that of oin: its OIN, or a number that the
// register has for it, with or without a system.
func (h *Hub) eigenNaam(oin begrip.OIN) func(string) bool {
	return func(naam string) bool {
		if van, ok := begrip.OINVan(naam); ok && van == oin {
			return true
		}
		d, ok := h.Register.Geef(oin)
		return ok && d.Spreekt(naam)
	}
}

// partij notes an organisation that is asked to take up what o is about.
func (o *Ontleding) partij(naam string) {
	if oin, ok := begrip.OINVan(naam); ok && len(o.Partijen) < 20*MaxPartijen {
		o.Partijen = append(o.Partijen, oin...)
	}
}

const MaxPartijen = 50

// momenten are the properties that tell when something happened.
var momenten = []string{"soh:tijdstip", "prov:startedAtTime", "prov:endedAtTime", "prov:atTime", "prov:generatedAtTime"}

// leesMomenten refuses what happened in the future, or before there was a chain, by
// the clock that received it.
func (h *Hub) leesMomenten(o *Ontleding, g prov.Graph) {
	if o.Uit.Fout != "" {
		return
	}
	uiterlijk := o.Frame.Ontvangen.Add(MomentGrenzen.Vooruit)
	for _, n := range g.Nodes {
		if !n.Is(prov.Activity) {
			continue
		}
		for _, naam := range momenten {
			t, ok := prov.Moment(n.Tekst(naam))
			if ok && (t.After(uiterlijk) || t.Before(MomentGrenzen.Vroegst)) {
				o.Uit.Fout, o.Uit.Waarschuwingen = foutTijd, nil
				o.Uit.Validatiefouten = []string{"/data/@graph: " + naam + " ligt buiten wat kan."}
				return
			}
		}
	}
}

// leesPersonen tells of numbers that cannot be right: two of one person make the
// graph meaningless, one that is no number is told.
func leesPersonen(o *Ontleding, g prov.Graph) {
	if o.Uit.Fout != "" || len(o.Frame.Refs) == 0 {
		return
	}
	for _, n := range g.Nodes {
		vs := n.Values(prov.Burgerservicenummer)
		if len(vs) > 1 && !sleutels.EenPersoon(vs[0].Literal, func(yield func(string) bool) {
			for _, v := range vs[1:] {
				if !yield(v.Literal) {
					return
				}
			}
		}) {
			o.Uit.Fout, o.Uit.Waarschuwingen = foutPersoon, nil
			return
		}
		for _, v := range vs {
			if sleutels.IsFoutNummer(v.Literal) && !slices.Contains(o.Uit.Waarschuwingen, LetOpNummer) {
				o.Uit.Waarschuwingen = append(o.Uit.Waarschuwingen, LetOpNummer)
			}
		}
	}
}
