package hub

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
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
	Tijdstip        time.Time   `json:"tijdstip"`      // when it happened, as its sender tells; else Geregistreerd
	Geregistreerd   time.Time   `json:"geregistreerd"` // when its sender registered it
	Type            string      `json:"type"`
	Omschrijving    string      `json:"omschrijving"`
	Organisatie     *Handelende `json:"organisatie,omitempty"` // who did it; absent when shielded
	BronAfgeschermd bool        `json:"bronAfgeschermd,omitempty"`
	Onderwerp       string      `json:"onderwerp,omitempty"`
	Zaak            string      `json:"zaak,omitempty"`
	InteractieID    string      `json:"interactieId,omitempty"` // absent for the family
}

// Handelende is the organisation that did what a Moment tells.
type Handelende struct {
	OIN  begrip.OIN `json:"oin"`
	Naam string     `json:"naam,omitempty"`
}

func (h *Hub) tijdlijn(b *bladzij, id string) ([]byte, error) {
	t := Tijdlijn{InteractieID: id, Regels: make([]Moment, 0, len(b.vondsten))}
	if !b.peildatum.IsZero() {
		t.Peildatum = &b.peildatum
	}
	for _, x := range b.vondsten {
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
func (h *Hub) moment(x *vondst) (Moment, error) {
	g, err := x.lees()
	if err != nil {
		return Moment{}, err
	}
	m := Moment{Tijdstip: x.event.Time, Geregistreerd: x.event.Time, Type: x.event.Type, Omschrijving: h.omschrijving(x.event.Type),
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
		m.Organisatie = h.organisatie(x.afzender, x.event.Time)
	}
	return m, nil
}

// omschrijving says what happened, in the words the chain agreed for the type.
func (h *Hub) omschrijving(typ string) string {
	if s, _ := h.regels.Load().Soort(typ); s.Omschrijving != "" {
		return s.Omschrijving
	}
	return cloudevent.Omschrijving(typ)
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
func (h *Hub) handelende(act *prov.Node, op time.Time) *Handelende {
	for _, ref := range act.Refs("prov:wasAssociatedWith") {
		if oin, ok := begrip.OINVan(ref); ok {
			return h.organisatie(oin, op)
		}
	}
	return nil
}

// organisatie names an organisation as the register did at that moment.
func (h *Hub) organisatie(oin begrip.OIN, op time.Time) *Handelende {
	return &Handelende{OIN: oin, Naam: h.naamVan(oin, op)}
}
