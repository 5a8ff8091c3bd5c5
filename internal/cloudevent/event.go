// Package cloudevent owns the envelope in which facts travel: CloudEvents 1.0.2
// with the rules of the NL GOV profile and of the field's contract 1.2.0.
//
// It promises that an event which passed Parse or Validate is complete, that
// its type has the form of the field, that no burgerservicenummer stands in a
// context attribute (Data is the only place for one), and that what was wrong
// is told all at once, without repeating the refused values.
package cloudevent

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/jsontape"
)

// Media types of the HTTP body.
const (
	TypeEvent = "application/cloudevents+json"       // one event, structured
	TypeBatch = "application/cloudevents-batch+json" // many events
	TypeJSON  = "application/json"
	TypeLD    = "application/ld+json" // of the data, when that is a PROV graph
)

// SchemaProv is the dataschema of a PROV payload, as the field published it.
const SchemaProv = "https://samen-onder-handbereik.github.io/specificaties/jsonschema/prov-jsonld.schema.json"

// Limits in bytes; CloudEvents asks 64 KB at least, the rest is ours.
const (
	MaxEvent   = 256 << 10
	MaxRequest = 8 << 20
)

// Event is one CloudEvent; specversion is always 1.0. Time is in UTC. Data is
// one JSON object, kept byte for byte. Extensions holds every other attribute
// as text, and writes a number, true or false as it was read; it is nil when there
// are none.
type Event struct {
	ID, Source, Type string
	Time             time.Time
	Subject          string
	DataContentType  string
	DataSchema       string
	Extensions       map[string]string
	Data             json.RawMessage

	// Opmerkingen are what Parse and FromRequest read otherwise than it stood there.
	Opmerkingen Opmerkingen

	kaal []string // names of Extensions that are a number, true or false

	band *jsontape.Tape // on which Data stands at op, when it was read so
	op   int32
}

// Equal tells whether both say the same, byte for byte in Data.
func (e Event) Equal(a Event) bool {
	return e.ID == a.ID && e.Source == a.Source && e.Type == a.Type && e.Time.Equal(a.Time) && e.Subject == a.Subject &&
		e.DataContentType == a.DataContentType && e.DataSchema == a.DataSchema && maps.Equal(e.Extensions, a.Extensions) && bytes.Equal(e.Data, a.Data)
}

// AppendBand is Append that also makes band a tape of Data as it stands in what it
// gives; ok is false when Data is no JSON.
func (e Event) AppendBand(dst []byte, band *jsontape.Tape) (uit []byte, ok bool) {
	uit = e.Append(dst)
	if len(e.Data) == 0 {
		return uit, false
	}
	van := int32(len(uit) - 1 - len(e.Data))
	if e.band != nil { // of this Data, not of one that was put in its place
		if it := &e.band.Items[e.op]; int(it.To-it.From) == len(e.Data) && &e.band.Src[it.From] == &e.Data[0] {
			e.band.Sub(band, e.op, uit, van-it.From)
			return uit, true
		}
	}
	var los jsontape.Tape
	if !los.Read(e.Data) {
		return uit, false
	}
	los.Sub(band, 0, uit, van)
	return uit, true
}

// Append writes the event in structured JSON behind dst and returns the longer
// slice. Attributes stand in a fixed order, so that equal events are equal
// bytes. It does not validate.
func (e Event) Append(dst []byte) []byte {
	dst = append(dst, `{"specversion":"1.0","id":`...)
	dst = tekst(dst, e.ID)
	dst = append(dst, `,"source":`...)
	dst = tekst(dst, e.Source)
	dst = append(dst, `,"type":`...)
	dst = tekst(dst, e.Type)
	if !e.Time.IsZero() {
		dst = append(dst, `,"time":"`...)
		dst = append(e.Time.UTC().AppendFormat(dst, time.RFC3339Nano), '"')
	}
	dst = attribuut(dst, "subject", e.Subject)
	dst = attribuut(dst, "datacontenttype", e.DataContentType)
	dst = attribuut(dst, "dataschema", e.DataSchema)
	if len(e.Extensions) > 0 {
		namen := make([]string, 0, len(e.Extensions))
		for naam := range e.Extensions {
			namen = append(namen, naam)
		}
		slices.Sort(namen)
		for _, naam := range namen {
			dst = append(tekst(append(dst, ','), naam), ':')
			if waarde := e.Extensions[naam]; slices.Contains(e.kaal, naam) && kaleWaarde(waarde) {
				dst = append(dst, waarde...)
			} else {
				dst = tekst(dst, waarde)
			}
		}
	}
	if len(e.Data) > 0 {
		dst = append(dst, `,"data":`...)
		dst = append(dst, e.Data...)
	}
	return append(dst, '}')
}

// AppendBatch writes the events as one batch behind dst.
func AppendBatch(dst []byte, events []Event) []byte {
	dst = append(dst, '[')
	for i := range events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = events[i].Append(dst)
	}
	return append(dst, ']')
}

// MarshalJSON gives the structured form.
func (e Event) MarshalJSON() ([]byte, error) {
	return e.Append(make([]byte, 0, 512+len(e.Data))), nil
}

// UnmarshalJSON is Parse on a copy of b.
func (e *Event) UnmarshalJSON(b []byte) error {
	nieuw, err := Parse(slices.Clone(b))
	if err == nil {
		*e = nieuw
	}
	return err
}

// Normaliseer brings older spellings that are still accepted to the newest: a
// registered type without the prefix nl.jzv. gets it, and a source
// /oin/<oin>/systeem/<naam> becomes a urn. Anything else stays.
func (e *Event) Normaliseer() {
	if nieuw, ok := ouder[e.Type]; ok {
		e.Type = nieuw
	}
	if rest, ok := strings.CutPrefix(e.Source, "/oin/"); ok {
		oin, naam, systeem := strings.Cut(rest, "/systeem/")
		nieuw := "urn:nld:oin:" + oin
		if systeem {
			nieuw += ":systeem:" + naam
		}
		if _, ok := NummerVan(nieuw); ok {
			e.Source = nieuw
		}
	}
}

// Opmerkingen tell what of an event was read otherwise than it stood there: it is
// taken, and its sender should know.
type Opmerkingen uint8

// What may have been read otherwise.
const (
	LeegSubject Opmerkingen = 1 << iota
	LeegContentType
	LeegSchema
	DataAlsTekst
)

// Zinnen gives the remarks in plain Dutch, in a fixed order.
func (o Opmerkingen) Zinnen() (uit []string) {
	for i, z := range []string{
		"subject was leeg en is weggelaten; laat het weg of vul het in.",
		"datacontenttype was leeg en is weggelaten; laat het weg of vul het in.",
		"dataschema was leeg en is weggelaten; laat het weg of vul het in.",
		"data stond er als tekst en is gelezen als JSON; stuur een JSON-object.",
	} {
		if o&(1<<i) != 0 {
			uit = append(uit, z)
		}
	}
	return uit
}

// BronOIN gives the OIN in source, in the newest spelling
// (urn:nld:oin:<oin>:systeem:<naam>) or the older (/oin/<oin>/systeem/<naam>).
func (e Event) BronOIN() (begrip.OIN, bool) {
	if rest, ok := strings.CutPrefix(e.Source, "/oin/"); ok {
		nummer, _, _ := strings.Cut(rest, "/")
		o, err := begrip.ParseOIN(nummer)
		return o, err == nil && len(nummer) == 20
	}
	return begrip.OINVan(e.Source)
}

func attribuut(dst []byte, naam, waarde string) []byte {
	if waarde == "" {
		return dst
	}
	dst = append(append(append(dst, `,"`...), naam...), `":`...)
	return tekst(dst, waarde)
}

// tekst writes s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func tekst(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}
