package hub

import (
	"net/http"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/rest"
)

// bewijs says which events prove something for a party in a zaak. It rests on
// events of others than that party: what somebody says of itself proves nothing.
type bewijs struct {
	feit   string // the event that makes it so, sent by another; it names the persons
	gezien string // the same sender about the same record: the party was let in to it
}

var bewijzen = map[string]bewijs{
	"melding": {feit: cloudevent.MeldingGeregistreerd, gezien: cloudevent.MeldingIngezien},
}

// Limits of one confirmation. A zaak has few events of a type; what lies beyond
// is not looked at, and so not confirmed.
const (
	maxBevestigPersonen = 50
	maxBevestigBekeken  = 500
	maxBevestigBody     = 16 << 10
)

// bevestigVraag asks whether a proof exists for partij in a zaak, and about whom.
type bevestigVraag struct {
	Bewijs   string             `json:"bewijs"`
	Zaak     string             `json:"zaak"`
	Partij   begrip.OIN         `json:"partij"`
	Personen []begrip.InhoudBSN `json:"personen"`
}

// bevestiging is yes or no, and nothing else: no event, source, time or number.
type bevestiging struct {
	Bevestigd bool   `json:"bevestigd"`
	Personen  []bool `json:"personen"`
}

func (v bevestigVraag) controleer() error {
	var c begrip.Controle
	_, ok := bewijzen[v.Bewijs]
	c.Eis(ok, "bewijs", "Dit bewijs kennen wij niet.")
	c.Eis(v.Zaak != "" && len(v.Zaak) <= 200, "zaak", "Zeg om welke zaak het gaat.")
	_, err := begrip.ParseOIN(string(v.Partij))
	c.Eis(err == nil, "partij", "Dit is geen geldig OIN.")
	c.Eis(len(v.Personen) <= maxBevestigPersonen, "personen", "Vraag over hoogstens %d personen tegelijk.", maxBevestigPersonen)
	c.Eis(!slices.ContainsFunc(v.Personen, func(b begrip.InhoudBSN) bool { return b.Ongeldig() || b.IsZero() }), "personen", berichtPersonen)
	return c.Fout()
}

const berichtPersonen = "Geef alleen geldige burgerservicenummers."

// bevestig is POST /v1/bevestigingen/query: the one who is asked something looks
// here whether the asker's reason to ask exists, instead of believing it.
func (h *Hub) bevestig(w http.ResponseWriter, r *http.Request) error {
	lezer, err := h.beller(r)
	if err != nil {
		return err
	}
	var v bevestigVraag
	if err := rest.ReadJSON(w, r, maxBevestigBody, &v); err != nil {
		return err
	}
	if err := v.controleer(); err != nil {
		return err
	}
	if lezer.Soort == begrip.Burgerportaal || lezer.OIN == v.Partij {
		return begrip.NieuweFout(begrip.Verboden, "Alleen wie iets gevraagd wordt, kan nagaan of daar een reden voor is.")
	}
	b, err := h.zoekBewijs(v)
	if err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusOK, b)
	return nil
}

// zoekBewijs looks for events of others that prove what v asks.
func (h *Hub) zoekBewijs(v bevestigVraag) (bevestiging, error) {
	uit := bevestiging{Personen: make([]bool, len(v.Personen))}
	bew := bewijzen[v.Bewijs]
	type record struct {
		van       begrip.OIN
		onderwerp string
	}
	gezien := map[record]bool{}
	err := h.inZaak(v.Zaak, bew.gezien, func(g uitLog) {
		gezien[record{g.frame.OIN, g.event.Subject}] = noemtOrganisatie(g.graaf, v.Partij) || gezien[record{g.frame.OIN, g.event.Subject}]
	})
	if err != nil {
		return uit, err
	}
	refs := make([][16]byte, len(v.Personen))
	for i, b := range v.Personen {
		refs[i] = h.sleutels.Ref(b.BSN)
	}
	err = h.inZaak(v.Zaak, bew.feit, func(g uitLog) {
		if g.frame.OIN == v.Partij || !gezien[record{g.frame.OIN, g.event.Subject}] {
			return
		}
		uit.Bevestigd = true
		for i, ref := range refs {
			uit.Personen[i] = uit.Personen[i] || slices.Contains(g.frame.Refs, ref)
		}
	})
	return uit, err
}

// inZaak gives the events of a type in a zaak that still stand to zie.
func (h *Hub) inZaak(zaak, typ string, zie func(uitLog)) error {
	n := 0
	return h.graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Zaak, Waarde: zaak}, {Kind: graph.Type, Waarde: typ}}}, func(plaats uint64) (bool, error) {
		if n++; n > maxBevestigBekeken {
			return false, nil
		}
		if weg, err := h.onvindbaar(plaats); err != nil || weg {
			return true, err
		}
		g, err := h.leesOp(plaats)
		if err != nil {
			return false, err
		}
		if g.event.Type == typ && slices.Contains(g.graaf.Zaken(), zaak) { // hashes are short
			zie(g)
		}
		return true, nil
	})
}
