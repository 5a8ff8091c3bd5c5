package hub

import (
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// An event speaks for its sender only. What the event and the register tell is
// checked before the 202 (controleer, maakKaart); what rests on other events is
// decided here, where the event stands in the log, so that every replica and every
// rebuild decides the same.

const (
	bezwaarHouder = "Deze gebeurtenis gaat over een gegeven van een andere organisatie. Alleen de houder kan dit melden."
	bezwaarPartij = "Deze gebeurtenis gaat over een opdracht die niet aan uw organisatie is aangeboden."
	bezwaarSoort  = "Uw soort organisatie kan dit niet melden over een gegeven van een ander."
	foutTijd      = "Een tijdstip in deze gebeurtenis kan niet: het ligt in de toekomst of voor het jaar 2000."
	foutPersoon   = "Bij één betrokkene staat meer dan één burgerservicenummer. Over wie dit gaat, is niet te zeggen."
	letOpNummer   = "Bij een betrokkene staat een burgerservicenummer dat niet klopt (elfproef). Deze persoon is er niet mee te vinden."
)

// leesSpraak reads what an event says about records, and refuses what its sender
// cannot have done.
func (h *Hub) leesSpraak(o *ontleding, regels *soorten.Stand, g prov.Graph) {
	if o.uit.Fout != "" {
		return
	}
	o.spraak = regels.Leest(o.event, g, h.eigenNaam(o.frame.OIN))
	if o.spraak.Vreemd != "" {
		o.uit.Fout, o.uit.Waarschuwingen = o.spraak.Vreemd, nil
	}
}

// eigenNaam tells whether a name is that of oin: its OIN, or a number that the
// register has for it, with or without a system.
func (h *Hub) eigenNaam(oin begrip.OIN) func(string) bool {
	return func(naam string) bool {
		if van, ok := begrip.OINVan(naam); ok && van == oin {
			return true
		}
		d, ok := h.register.Geef(oin)
		return ok && d.Spreekt(naam)
	}
}

// partij notes an organisation that is asked to take up what o is about.
func (o *ontleding) partij(naam string) {
	if oin, ok := begrip.OINVan(naam); ok && len(o.partijen) < 20*maxPartijen {
		o.partijen = append(o.partijen, oin...)
	}
}

const maxPartijen = 50

// spreekt decides whether the sender of o may say this about these records, and
// makes it the holder of what nobody held; bezwaar tells the sender why not.
func (w *werk) spreekt(o *ontleding) (bezwaar string, err error) {
	if o.over != soorten.Houder && o.over != soorten.Partij {
		return "", nil
	}
	nieuw := make([][]byte, len(o.records)) // what must be written: nil for as it is
	for i, k := range o.records {
		_, wie, bekend, err := w.s.UniekOp(k)
		if err != nil {
			return "", err
		}
		switch {
		case !bekend && o.over == soorten.Houder:
			nieuw[i] = append([]byte(o.frame.OIN), o.partijen...)
			continue
		case !bekend && !w.soortMag(o): // a record that nobody knows and that it cannot be asked about is its own
			nieuw[i] = append([]byte(o.frame.OIN), o.partijen...)
			continue
		case !bekend || len(wie) < 20:
			continue
		}
		houder := w.h.register.Zelfde(begrip.OIN(wie[:20]), o.frame.OIN)
		switch {
		case houder:
		case o.over == soorten.Houder:
			return bezwaarHouder, nil
		case len(wie) > 20 && !w.isPartij(wie[20:], o.frame.OIN):
			return bezwaarPartij, nil
		case len(wie) == 20 && !w.soortMag(o):
			return bezwaarSoort, nil
		case len(wie) == 20: // not named itself: it may speak, but makes nobody a party, least of all itself
			continue
		}
		nieuw[i] = metPartijen(wie, o.partijen)
	}
	for i, v := range nieuw {
		if v != nil {
			w.s.ZetOp(o.records[i], o.plaats, v)
		}
	}
	return "", nil
}

// soortMag tells whether the kind of organisation that sent o may say it of a record of
// which nobody was named as party. The register changes between steps only, for every
// replica at the same place.
func (w *werk) soortMag(o *ontleding) bool {
	d, ok := w.h.register.Geef(o.frame.OIN)
	return ok && w.regels.MagAlsPartij(o.typ, d.Soort)
}

func (w *werk) isPartij(wie []byte, oin begrip.OIN) bool {
	for ; len(wie) >= 20; wie = wie[20:] {
		if w.h.register.Zelfde(begrip.OIN(wie[:20]), oin) {
			return true
		}
	}
	return false
}

// metPartijen gives wie with who is not in it yet; nil when nobody is new.
func metPartijen(wie, erbij []byte) (uit []byte) {
	for ; len(erbij) >= 20 && len(wie) < 20*(maxPartijen+1); erbij = erbij[20:] {
		if !slices.ContainsFunc(plekken(wie), func(al string) bool { return al == string(erbij[:20]) }) {
			wie = append(slices.Clip(wie), erbij[:20]...)
			uit = wie
		}
	}
	return uit
}

func plekken(b []byte) (uit []string) {
	for ; len(b) >= 20; b = b[20:] {
		uit = append(uit, string(b[:20]))
	}
	return uit
}

// momenten are the properties that tell when something happened.
var momenten = []string{"soh:tijdstip", "prov:startedAtTime", "prov:endedAtTime", "prov:atTime", "prov:generatedAtTime"}

// leesMomenten refuses what happened in the future, or before there was a chain, by
// the clock that received it.
func (h *Hub) leesMomenten(o *ontleding, g prov.Graph) {
	if o.uit.Fout != "" {
		return
	}
	uiterlijk := o.frame.Ontvangen.Add(momentGrenzen.vooruit)
	for _, n := range g.Nodes {
		if !n.Is(prov.Activity) {
			continue
		}
		for _, naam := range momenten {
			t, ok := prov.Moment(n.Tekst(naam))
			if ok && (t.After(uiterlijk) || t.Before(momentGrenzen.vroegst)) {
				o.uit.Fout, o.uit.Waarschuwingen = foutTijd, nil
				o.uit.Validatiefouten = []string{"/data/@graph: " + naam + " ligt buiten wat kan."}
				return
			}
		}
	}
}

// leesPersonen tells of numbers that cannot be right: two of one person make the
// graph meaningless, one that is no number is told.
func leesPersonen(o *ontleding, g prov.Graph) {
	if o.uit.Fout != "" || len(o.frame.Refs) == 0 {
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
			o.uit.Fout, o.uit.Waarschuwingen = foutPersoon, nil
			return
		}
		for _, v := range vs {
			if sleutels.IsFoutNummer(v.Literal) && !slices.Contains(o.uit.Waarschuwingen, letOpNummer) {
				o.uit.Waarschuwingen = append(o.uit.Waarschuwingen, letOpNummer)
			}
		}
	}
}

// naamVan gives how an organisation was called at a moment: as the register has it,
// never as an event says.
func (h *Hub) naamVan(oin begrip.OIN, op time.Time) string {
	if oin == h.cfg.Organisatie.OIN {
		return h.cfg.Organisatie.Naam
	}
	return h.register.NaamOp(oin, op)
}

// heet tells whether the register calls the organisation with this @id so: the one name
// in an event that everybody reads.
func (h *Hub) heet(id, naam []byte) bool {
	oin, ok := begrip.OINVan(string(id))
	if !ok {
		return false
	}
	if oin == h.cfg.Organisatie.OIN && h.cfg.Organisatie.Naam == string(naam) {
		return true
	}
	d, ok := h.register.Geef(oin)
	return ok && d.Naam == string(naam)
}
