package antwoord

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/prov"
)

// Tijdlijn is what happened around one person or in one zaak, in plain words,
// in the order in which the hub learned it. Proof of a line is asked with its
// interactieId.
type Tijdlijn struct {
	InteractieID string     `json:"interactieId"`
	Peildatum    *time.Time `json:"peildatum,omitempty"`
	Regels       []Moment   `json:"regels"`
}

// Moment is one line of a Tijdlijn.
type Moment struct {
	Tijdstip        time.Time        `json:"tijdstip"`      // when it happened, as its sender tells; else Geregistreerd
	Geregistreerd   time.Time        `json:"geregistreerd"` // when its sender registered it
	Type            string           `json:"type"`
	Omschrijving    string           `json:"omschrijving"`
	Organisatie     *kern.Handelende `json:"organisatie,omitempty"` // who did it; absent when shielded
	BronAfgeschermd bool             `json:"bronAfgeschermd,omitempty"`
	Onderwerp       string           `json:"onderwerp,omitempty"`
	Zaak            string           `json:"zaak,omitempty"`
	InteractieID    string           `json:"interactieId,omitempty"` // absent for the family
}

func (h *Hub) tijdlijn(b *Bladzij, id string) ([]byte, error) {
	t := Tijdlijn{InteractieID: id, Regels: make([]Moment, 0, len(b.Vondsten))}
	if !b.Peildatum.IsZero() {
		t.Peildatum = &b.Peildatum
	}
	for _, x := range b.Vondsten {
		m, err := h.moment(x)
		if err != nil {
			return nil, err
		}
		t.Regels = append(t.Regels, m)
	}
	uit, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("hub: timeline: %w", err)
	}
	return uit, nil
}

// moment puts one event in plain words, as far as its reader may know.
func (h *Hub) moment(x *Vondst) (Moment, error) {
	g, err := x.lees()
	if err != nil {
		return Moment{}, err
	}
	m := Moment{Tijdstip: x.event.Time, Geregistreerd: x.event.Time, Type: x.event.Type, Omschrijving: h.Omschrijving(x.event.Type),
		Onderwerp: x.event.Subject, Zaak: g.Zaak()}
	if x.id != uuid.Nil {
		m.InteractieID = x.id.URN()
	}
	if acties := g.Activities(); len(acties) > 0 {
		m.Tijdstip = gebeurdOp(acties[0], x.event.Time)
		m.Organisatie = h.handelende(acties[0], x.event.Time)
	}
	if x.event.Source == afgeschermd {
		m.BronAfgeschermd = true
	} else if m.Organisatie == nil {
		m.Organisatie = h.Organisatie(x.afzender, x.event.Time)
	}
	return m, nil
}

// gebeurdOp is the real moment of an Activity; anders when it tells none.
func gebeurdOp(act *prov.Node, anders time.Time) time.Time {
	for _, naam := range []string{"soh:tijdstip", "prov:startedAtTime", "prov:endedAtTime"} {
		if t, ok := prov.Moment(act.Tekst(naam)); ok {
			return t
		}
	}
	return anders
}

// handelende is the first organisation an Activity names; nil when none, or
// when it is shielded from this reader.
func (h *Hub) handelende(act *prov.Node, op time.Time) *kern.Handelende {
	for _, ref := range act.Refs("prov:wasAssociatedWith") {
		if oin, ok := begrip.OINVan(ref); ok {
			return h.Organisatie(oin, op)
		}
	}
	return nil
}
