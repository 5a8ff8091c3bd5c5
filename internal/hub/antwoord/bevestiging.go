package antwoord

import (
	"net/http"
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
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

// Bevestig is POST /v1/bevestigingen/query: the one who is asked something looks
// here whether the asker's reason to ask exists, instead of believing it. That is a
// look, of a rule and not of a person: stated, limited, and in the log before the
// answer.
func (h *Hub) bevestig(w http.ResponseWriter, r *http.Request) error {
	k, err := h.Kijker(r)
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
	switch {
	case k.Soort == begrip.Burgerportaal || k.OIN == v.Partij:
		return begrip.NieuweFout(begrip.Verboden, "Alleen wie iets gevraagd wordt, kan nagaan of daar een reden voor is.")
	case !k.Wie.Gesteld():
		return begrip.NieuweFout(begrip.NietAangemeld, "Er is geen verklaring meegestuurd van wie dit nagaat en waarom.")
	case k.Wie.Rol != begrip.RolSysteem:
		return begrip.NieuweFout(begrip.Verboden, "Alleen een systeem gaat dit na, volgens een vaste regel. Wie zelf wil kijken, stelt een vraag.")
	}
	refs := make([][16]byte, len(v.Personen))
	for i, b := range v.Personen {
		refs[i] = h.Sleutels.Ref(b.BSN)
	}
	gevraagd := uniekeRefs(refs, nil)
	if err := h.Kijk.TelPersonen(k.OIN, &vraag.Wie{}, gevraagd); err != nil { // a rule is nobody: it counts for its organisation
		return err
	}
	b, records, over, err := h.zoekBewijs(k.OIN, v, refs)
	if err != nil {
		return err
	}
	k.Wie.Zaak = string(begrip.MaskeerBSN([]byte(v.Zaak)))
	if err := h.Kijk.LegVast(r.Context(), kijk.Regel{OIN: k.OIN, Stap: kijk.StapBevestiging, Wie: k.Wie, Typen: []string{bewijzen[v.Bewijs].feit},
		Niveau: begrip.NiveauBestaan, Over: records, Refs: uniekeRefs(over, gevraagd), Vreemden: len(gevraagd)}); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusOK, b)
	return nil
}

// zoekBewijs looks for events of others that prove what v asks, for lezer when
// partij offered it something in this zaak; records is what it found, over whom that is about.
// refs are the persons of v. Who was offered nothing gets no, as for what is not
// there.
func (h *Hub) zoekBewijs(lezer begrip.OIN, v bevestigVraag, refs [][16]byte) (uit bevestiging, records []string, over [][16]byte, err error) {
	uit.Personen = make([]bool, len(refs))
	aangeboden, err := h.aangeboden(lezer, v)
	if err != nil || !aangeboden {
		return uit, nil, nil, err
	}
	bew := bewijzen[v.Bewijs]
	type record struct {
		van       begrip.OIN
		onderwerp string
	}
	gezien := map[record]bool{}
	err = h.inZaak(v.Zaak, graph.Term{Kind: graph.Type, Waarde: bew.gezien}, func(g kern.UitLog) {
		if g.Event.Type == bew.gezien && noemtOrganisatie(g.Graaf, v.Partij) {
			gezien[record{g.Frame.OIN, g.Event.Subject}] = true
		}
	})
	if err != nil {
		return uit, nil, nil, err
	}
	err = h.inZaak(v.Zaak, graph.Term{Kind: graph.Type, Waarde: bew.feit}, func(g kern.UitLog) {
		if g.Event.Type != bew.feit || g.Frame.OIN == v.Partij || !gezien[record{g.Frame.OIN, g.Event.Subject}] {
			return
		}
		uit.Bevestigd, over = true, append(over, g.Frame.Refs...)
		if !slices.Contains(records, g.Event.Subject) {
			records = append(records, g.Event.Subject)
		}
		for i, ref := range refs {
			uit.Personen[i] = uit.Personen[i] || slices.Contains(g.Frame.Refs, ref)
		}
	})
	return uit, records, over, err
}

// aangeboden tells that partij itself told, in this zaak, that it asks something
// of lezer. It may tell so after it asked: who gets no asks again.
func (h *Hub) aangeboden(lezer begrip.OIN, v bevestigVraag) (ja bool, err error) {
	err = h.inZaak(v.Zaak, graph.Term{Kind: graph.Genoemd, Waarde: lezer.URN()}, func(g kern.UitLog) {
		ja = ja || g.Frame.OIN == v.Partij && slices.ContainsFunc(g.Graaf.Nodes, func(n *prov.Node) bool {
			return n.Is(prov.Entity) && slices.ContainsFunc(n.Values(soorten.AangebodenAan), func(x prov.Value) bool {
				return x.Kind == prov.Verwijzing && x.Ref == lezer.URN()
			})
		})
	})
	return ja, err
}

// inZaak gives the events of a zaak with t that still stand to zie; terms are
// hashes, and short: t is for zie to look at.
func (h *Hub) inZaak(zaak string, t graph.Term, zie func(kern.UitLog)) error {
	n := 0
	return h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Zaak, Waarde: zaak}, t}}, func(plaats uint64) (bool, error) {
		if n++; n > maxBevestigBekeken {
			return false, nil
		}
		if weg, err := h.Onvindbaar(plaats); err != nil || weg {
			return true, err
		}
		g, err := h.LeesOp(plaats)
		if err != nil {
			return false, err
		}
		if slices.Contains(g.Graaf.Zaken(), zaak) {
			zie(g)
		}
		return true, nil
	})
}
