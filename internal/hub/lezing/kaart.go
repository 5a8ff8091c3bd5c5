package lezing

import (
	"bytes"
	"encoding/binary"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/jsontape"
	"github.com/handbereik/soh/internal/prov"
)

// A kaart holds what reading an event gave, so that it is read once: when it
// comes in, and not again by every replica and every rebuild. It is for events
// about which there is nothing to remark and that tell the hub no feit, nearly
// all of them. It says under which agreements the event was read; when others
// stand at its place in the log, the event is read there once more.
//
// Layout: version 3, number of the agreements 8, time of the event µs 8, then
// each term: kind 1, and where it stands in the event (uvarint) and its length
// (uvarint). The first Activity is one of them. Terms that the frame has itself
// (the persons, the sender) are not written.
type kaart struct {
	afspraken uint64 // soorten.Stand.Sinds
	tijd      time.Time
	event     []byte
	rest      []byte // the terms
}

const kaartVersie = 3

var lezers = sync.Pool{New: func() any { return new(prov.Lezer) }}

// MaakKaart reads the event of f, of which the envelope and the JSON of data were
// read before; nil when it must be read again in the projection.
// vreemd tells why the sender may not say what it says, when the event shows that.
func (h *Hub) MaakKaart(regels *soorten.Stand, f kern.Frame, ev cloudevent.Event, data *jsontape.Tape) (kaart []byte, vreemd string) {
	var o Ontleding
	o.neem(f)
	ev.Data = data.Raw(&data.Items[0]) // as it is in the log
	z := lezers.Get().(*prov.Lezer)
	defer lezers.Put(z) // the graph is not needed any more then
	h.leesEvent(&o, regels, ev, func() (prov.Graph, []string, error) { return z.LeesBand(data) })
	if o.spraak.Vreemd != "" || o.Uit.Fout != "" || len(o.Uit.Waarschuwingen) > 0 || o.Feit != nil || len(o.SchermAf) > 0 ||
		len(o.termen)+len(o.spraak.Partijen) > kern.MaxKaartTermen {
		return nil, o.spraak.Vreemd
	}
	b := binary.BigEndian.AppendUint64(append(make([]byte, 0, 64), kaartVersie), regels.Sinds)
	b = binary.BigEndian.AppendUint64(b, uint64(o.event.Time.UnixMicro()))
	zender := f.OIN.URN()
	for _, naam := range o.spraak.Records {
		if naam != o.event.Subject {
			o.termen = append(o.termen, graph.Term{Kind: graph.Houder, Waarde: naam})
		}
	}
	for _, naam := range o.spraak.Partijen {
		o.termen = append(o.termen, graph.Term{Kind: alsPartij, Waarde: naam})
	}
	for _, t := range append(o.termen, graph.Term{Kind: graph.Activiteit, Waarde: o.actie}) {
		if t.Kind == graph.Alle || t.Kind == graph.Persoon || t.Kind == graph.Organisatie && t.Waarde == zender {
			continue
		}
		van := bytes.Index(f.Event, []byte(t.Waarde))
		if van < 0 { // written in another way than it is read
			return nil, ""
		}
		b = append(b, byte(t.Kind))
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(van)), uint64(len(t.Waarde)))
	}
	return b, ""
}

// alsPartij marks, in a kaart, the name of an organisation that is asked to take up
// what the event is about.
const alsPartij graph.Kind = 0xff

// leesKaart reads the kaart of f; ok is false when there is none that holds
// under these agreements.
func leesKaart(regels *soorten.Stand, f kern.Frame) (k kaart, ok bool) {
	if len(f.Kaart) < 17 || f.Kaart[0] != kaartVersie {
		return kaart{}, false
	}
	k = kaart{binary.BigEndian.Uint64(f.Kaart[1:]), time.UnixMicro(int64(binary.BigEndian.Uint64(f.Kaart[9:]))).UTC(), f.Event, f.Kaart[17:]}
	return k, k.afspraken == regels.Sinds
}

// term gives the next term as a part of the event; ok is false at the end, or
// when the rest is damaged.
func (k *kaart) term() (soort graph.Kind, waarde []byte, ok bool) {
	if len(k.rest) < 3 {
		return 0, nil, false
	}
	soort = graph.Kind(k.rest[0])
	van, n := binary.Uvarint(k.rest[1:])
	if n <= 0 {
		return 0, nil, false
	}
	lengte, m := binary.Uvarint(k.rest[1+n:])
	if m <= 0 || van > uint64(len(k.event)) || lengte > uint64(len(k.event))-van {
		return 0, nil, false
	}
	k.rest = k.rest[1+n+m:]
	return soort, k.event[van : van+lengte], true
}

// volgens fills o with what the kaart says; false when the kaart is damaged.
func (h *Hub) volgens(o *Ontleding, regels *soorten.Stand, k kaart) bool {
	post := func(soort graph.Kind, waarde []byte) {
		o.Postings = append(o.Postings, h.Graph.Posting(soort, waarde, k.tijd, o.Plaats))
	}
	o.Postings = make([]graph.Sleutel, 0, 8+len(o.Frame.Refs))
	post(graph.Alle, nil)
	post(graph.Organisatie, []byte(o.Frame.OIN.URN()))
	for i := range o.Frame.Refs {
		post(graph.Persoon, o.Frame.Refs[i][:])
	}
	actie := false
	for {
		soort, waarde, ok := k.term()
		switch {
		case !ok:
			return actie && len(k.rest) == 0
		case soort == graph.Activiteit:
			o.SleutelActie, actie = h.sleutelActie(o.Frame.OIN, waarde), true
		case soort == graph.Houder:
			o.Records = append(o.Records, h.Graph.Sleutel(graph.Houder, waarde))
		case soort == alsPartij:
			o.partij(string(waarde))
		case soort == graph.Type:
			post(soort, waarde)
			if o.Over = regels.Over(waarde); o.Over == soorten.Partij {
				o.Typ = string(waarde)
			}
		case soort == graph.Onderwerp:
			post(soort, waarde)
			if o.Over == soorten.Houder || o.Over == soorten.Partij {
				o.Records = append(o.Records, h.Graph.Sleutel(graph.Houder, waarde))
			}
		default:
			post(soort, waarde)
		}
	}
}
