// Package leesbaar owns what of an event everybody in the chain could read: per property
// the form of the value that may stand there as it is.
//
// It promises that what is not declared here is no place for readable text: the hub
// encrypts it when it comes in, and gives it to nobody below the level of content.
package leesbaar

import (
	"bytes"
	"encoding/hex"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// Vorm is what may stand readable under a property.
type Vorm byte

// The forms. Naam, Moment and the others are declared per property; Alles is for what
// was looked at otherwise.
const (
	Niets   Vorm = iota // not declared: content
	Naam                // an identifier of a known form
	Woord               // a word of a vocabulary
	Moment              // a date, or a date with a time
	JaNee               // true or false
	Telling             // a whole number
	Zegel               // a hash, or the stamp of a node
	Partij              // how the register calls the organisation of which it is said
	Feit                // what the hub remembers for the chain, of events that tell it
	Alles
)

// eigenschappen are the properties that the published contracts and this program
// write, by the name after the prefix of the field or of PROV.
var eigenschappen = map[string]Vorm{
	"soh:identifier": Naam, "soh:zaak": Naam, "soh:heeftBetrokkene": Naam, "soh:betrokkenBij": Naam, "soh:betreft": Naam, "soh:aangebodenAan": Naam,
	"soh:inzageUrl": Naam, "soh:inzageEndpoint": Naam, "soh:inzagePad": Naam, "soh:status": Naam, "soh:cloudEventId": Naam, "cloudEventId": Naam,
	"soh:tijdstip": Moment, "soh:beschikbaarGesteldOp": Moment, "soh:beschikbaarSinds": Moment, "soh:peildatum": Moment,
	"soh:bronAfgeschermd": JaNee, "soh:aantalRegels": Telling, "soh:hash": Zegel, "soh:stempel": Zegel,
	"soh:naam": Partij, "soh:inhoud": Feit,
	"tijdstip": Moment, "beschikbaarGesteldOp": Moment, "inzageUrl": Naam,

	"prov:startedAtTime": Moment, "prov:endedAtTime": Moment, "prov:generatedAtTime": Moment, "prov:invalidatedAtTime": Moment, "prov:atTime": Moment,
	"startTime": Moment, "endTime": Moment, "time": Moment, // as PROV-JSONLD writes them
	"id": Naam, "type": Woord, "entity": Naam, "activity": Naam, "agent": Naam, "plan": Naam, "role": Naam, "collection": Naam, "generation": Naam, "usage": Naam,
	"generatedEntity": Naam, "usedEntity": Naam, "informed": Naam, "informant": Naam, "trigger": Naam, "starter": Naam, "ender": Naam, "delegate": Naam,
	"responsible": Naam, "influencee": Naam, "influencer": Naam, "specificEntity": Naam, "generalEntity": Naam, "alternate1": Naam, "alternate2": Naam,
	"prov:wasGeneratedBy": Naam, "prov:wasAssociatedWith": Naam, "prov:used": Naam, "prov:wasAttributedTo": Naam, "prov:actedOnBehalfOf": Naam,
	"prov:wasDerivedFrom": Naam, "prov:hadMember": Naam,
}

// Van gives the form that is declared for the property naam.
func Van[T string | []byte](naam T) Vorm {
	if v := eigenschappen[string(naam)]; v != 0 {
		return v
	}
	const soh, prov = "https://samen-onder-handbereik.github.io/specificaties/schema/", "http://www.w3.org/ns/prov#"
	switch {
	case len(naam) < len(prov) || naam[0] != 'h':
		return Niets
	case string(naam[:len(prov)]) == prov:
		return eigenschappen["prov:"+string(naam[len(prov):])]
	case len(naam) > len(soh) && string(naam[:len(soh)]) == soh:
		return eigenschappen["soh:"+string(naam[len(soh):])]
	}
	return Niets
}

// Past tells whether a value may be read by everybody under a property of form v. A
// Partij and a Feit are for who knows the register and the event: never here.
func (v Vorm) Past(waarde []byte) bool {
	switch v {
	case Alles:
		return true
	case Naam:
		return cloudevent.Identifier(waarde)
	case Woord:
		return cloudevent.Woord(waarde)
	case Moment:
		return moment(waarde)
	case JaNee:
		return string(waarde) == "true" || string(waarde) == "false"
	case Telling:
		return telling(waarde)
	case Zegel:
		return zegel(waarde)
	}
	return false
}

func moment(b []byte) bool {
	if len(b) < 10 || len(b) > 35 {
		return false
	}
	for _, vorm := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly, "2006-01-02Z07:00"} {
		if _, err := time.Parse(vorm, string(b)); err == nil {
			return true
		}
	}
	return false
}

func telling(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 12 && !begrip.HeeftBSN(string(b))
}

// zegel takes a hash in hexadecimal, with or without the number of a line before it.
func zegel(b []byte) bool {
	if i := bytes.IndexByte(b, '-'); i > 0 && telling(b[:i]) {
		b = b[i+1:]
	}
	_, err := hex.DecodeString(string(b))
	return err == nil && len(b) >= 32 && len(b) <= 128
}
