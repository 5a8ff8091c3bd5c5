package antwoord

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
)

// VoorLezer is the event with the interactieId that its proof is asked with.
func (x *Vondst) VoorLezer() cloudevent.Event {
	ev := x.event
	if x.id == uuid.Nil {
		return ev
	}
	ext := map[string]string{uitbreiding: x.id.String()}
	for k, w := range ev.Extensions {
		ext[k] = w
	}
	ev.Extensions = ext
	return ev
}

// vorm is how a result is written.
type vorm byte

// The forms. Every query can be answered in each of them but the timeline,
// which is of POST /v1/tijdlijnen/query.
const (
	vormEvent    vorm = iota // one CloudEvent with the graph of the answer
	vormLijst                // the found events themselves
	vormTijdlijn             // for people
	vormGraaf                // the graph of the answer alone, as PROV-JSONLD
	vormNotatie              // the same for people, as PROV-N
)

// typeProvN is how a client asks for it; the answer names its characters too.
const typeProvN = "text/provenance-notation"

var typeVan = map[vorm][]string{
	vormEvent: {cloudevent.TypeEvent}, vormLijst: {cloudevent.TypeBatch}, vormTijdlijn: {"application/json"}, vormGraaf: {cloudevent.TypeLD},
	vormNotatie: {prov.TypeProvN},
}

// kiesVorm reads what the client accepts: the best that we have, by its q.
func kiesVorm(r *http.Request, s *vraag.Soort) (vorm, error) {
	gewoon := vormEvent
	if s.Tijdlijn {
		gewoon = vormTijdlijn
	}
	accept := r.Header["Accept"]
	if len(accept) == 0 {
		return gewoon, nil
	}
	if len(accept) == 1 && accept[0] == cloudevent.TypeBatch {
		return vormLijst, nil
	}
	beste, kwaliteit := gewoon, 0.0
	for deel := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		t, p, err := mime.ParseMediaType(strings.TrimSpace(deel))
		if err != nil {
			continue
		}
		v, ok := gewoon, true
		switch t {
		case cloudevent.TypeBatch:
			v = vormLijst
		case cloudevent.TypeEvent:
			v = vormEvent
		case cloudevent.TypeLD:
			v = vormGraaf
		case typeProvN, "text/*":
			v = vormNotatie
		case "application/json", "application/*", "*/*":
		default:
			ok = false
		}
		if q := gewicht(p["q"]); ok && q > kwaliteit {
			beste, kwaliteit = v, q
		}
	}
	if kwaliteit == 0 {
		return 0, begrip.NieuweFout(begrip.NietAcceptabel, "Dit antwoord is er als %s, %s, %s en %s.", typeVan[gewoon][0], cloudevent.TypeBatch, cloudevent.TypeLD, typeProvN)
	}
	return beste, nil
}

// gewicht reads the q of a media range; absent is 1.
func gewicht(q string) float64 {
	if q == "" {
		return 1
	}
	var n float64
	if json.Unmarshal([]byte(q), &n) != nil || n < 0 || n > 1 {
		return 0
	}
	return n
}

// schrijf writes the page; id is the interactieId of the query.
func (h *Hub) schrijf(b *Bladzij, id string) ([]byte, error) {
	switch b.vorm {
	case vormLijst:
		return b.lijst(), nil
	case vormTijdlijn:
		return h.tijdlijn(b, id)
	}
	g, err := h.antwoord(b)
	if err != nil {
		return nil, err
	}
	switch b.vorm {
	case vormGraaf:
		return g.ProvJSONLD(), nil
	case vormNotatie:
		return g.ProvN(), nil
	}
	hub := h.Cfg.Organisatie
	return cloudevent.Event{
		ID: uuid.NewString(), Source: hub.OIN.Systeem("ketenindex"), Type: b.V.Soort.Resultaat, Time: time.Now().UTC(), Subject: id,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}.Append(nil), nil
}

// kopEvent begins every event as Append writes it, in the log too.
const kopEvent = `{"specversion":"1.0"`

// lijst writes the found events, each with its interactieId. An event that is
// given as it is kept is not written anew: only the attribute goes in.
func (b *Bladzij) lijst() []byte {
	n := 2
	for _, x := range b.Vondsten {
		n += len(x.ruw) + 64
	}
	uit := append(slices.Grow(b.uit[:0], n), '[')
	for i, x := range b.Vondsten {
		if i > 0 {
			uit = append(uit, ',')
		}
		if _, eigen := x.event.Extensions[uitbreiding]; eigen || !bytes.HasPrefix(x.ruw, []byte(kopEvent)) {
			uit = x.metInteractie().Append(uit)
			continue
		}
		uit = append(append(append(uit, kopEvent...), `,"`+uitbreiding+`":"`...), x.id.String()...)
		uit = append(append(uit, '"'), x.ruw[len(kopEvent):]...)
	}
	b.uit = append(uit, ']')
	return b.uit
}

// metInteractie is the event with its interactieId, over what its sender may
// have written there; without for who may not know it.
func (x *Vondst) metInteractie() cloudevent.Event {
	ev := x.event
	ev.Extensions = maps.Clone(ev.Extensions)
	delete(ev.Extensions, uitbreiding)
	if x.id != uuid.Nil {
		if ev.Extensions == nil {
			ev.Extensions = map[string]string{}
		}
		ev.Extensions[uitbreiding] = x.id.String()
	}
	return ev
}

// antwoord makes the graph of a result: the query as Activity, the hub as
// Agent (with the reader, who is always recorded), the answer as Entity with
// what was found as its members. It passes the field's schema, empty or not.
func (h *Hub) antwoord(b *Bladzij) (g prov.Graph, err error) {
	v, hub := b.V, h.Cfg.Organisatie
	act, ant := "urn:soh:activiteit:"+v.ID.String(), "urn:soh:antwoord:"+v.ID.String()
	g.Node(act, prov.Activity, "soh:Bevragen").Set("soh:tijdstip", v.Gesteld.Format(time.RFC3339)).
		Ref("prov:wasAssociatedWith", hub.OIN.URN()).Ref("prov:wasAssociatedWith", b.Lezer.OIN.URN())
	g.Node(hub.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", string(hub.OIN)).Set("soh:naam", hub.Naam)
	g.Node(b.Lezer.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", string(b.Lezer.OIN)).Set("soh:naam", b.Lezer.Naam)
	n := g.Node(ant, prov.Entity, "prov:Collection", "soh:Queryresultaat").Ref("prov:wasGeneratedBy", act)
	if !b.Peildatum.IsZero() {
		n.Set("soh:peildatum", b.Peildatum.Format(time.RFC3339Nano))
	}
	for _, x := range b.Vondsten {
		graaf, err := x.lees()
		if err != nil {
			return g, err
		}
		for _, e := range graaf.Entities() {
			if v.Soort.Lid == "" || e.Is(v.Soort.Lid) {
				n.Ref("prov:hadMember", e.ID)
			}
		}
		g.Voeg(graaf)
	}
	return g, nil
}
