package cloudevent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/jsontape"
)

// Parse reads one event in structured JSON and validates it. The error is a
// *begrip.Fout with all mistakes. Data is a part of b: do not change b after.
func Parse(b []byte) (Event, error) {
	if len(b) > MaxEvent {
		return Event{}, teGroot("Een gebeurtenis", MaxEvent)
	}
	t, err := leesBand(b)
	if err != nil {
		return Event{}, err
	}
	var f fouten
	e := eventOp(t, 0, &f)
	if err := f.fout(); err != nil {
		return Event{}, err
	}
	return e, nil
}

// ParseBatch reads a JSON array of events. One wrong event refuses the whole
// batch, so that nothing is taken in half; each mistake names its event.
func ParseBatch(b []byte) ([]Event, error) {
	if len(b) > MaxRequest {
		return nil, teGroot("Een verzoek", MaxRequest)
	}
	t, err := leesBand(b)
	if err != nil {
		return nil, err
	}
	if t.Items[0].Kind != jsontape.Array {
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Een batch is een JSON-lijst van gebeurtenissen.")
	}
	var f fouten
	events := make([]Event, 0, min(t.Len(0), 1000))
	for k := int32(1); k < t.Items[0].Next && !f.vol(); k = t.Items[k].Next { // what goes on being wrong is not kept
		f.plek = "/" + strconv.Itoa(len(events))
		if it := &t.Items[k]; it.To-it.From > MaxEvent {
			f.groot = true
			f.meld("", fmt.Sprintf("een gebeurtenis mag ten hoogste %d KB groot zijn", MaxEvent>>10))
		}
		events = append(events, eventOp(t, k, &f))
	}
	if err := f.fout(); err != nil {
		return nil, err
	}
	return events, nil
}

var banden = sync.Pool{New: func() any { return new(jsontape.Tape) }}

// LaatLos gives back what reading these events, all of one request, took beside the
// events themselves. They stay what they are; a copy made of one before may not be
// given to AppendBand any more.
func LaatLos(events []Event) {
	var t *jsontape.Tape
	for i := range events {
		if b := events[i].band; b != nil {
			t, events[i].band = b, nil
		}
	}
	if t != nil {
		t.Src = nil
		banden.Put(t)
	}
}

// leesBand reads JSON strictly: duplicate names and bad UTF-8, at any depth, are
// errors.
func leesBand(b []byte) (*jsontape.Tape, error) {
	t := banden.Get().(*jsontape.Tape)
	t.Grow(len(b)/24 + 16)
	if t.Read(b) && utf8.Valid(b) && !t.DuplicateName() {
		return t, nil
	}
	// A parser that is slower tells what is wrong and where.
	d := jsontext.NewDecoder(bytes.NewReader(b))
	_, err := d.ReadValue()
	if err == nil {
		_, err = d.ReadToken()
		if err == nil {
			err = errMeer
		} else if errors.Is(err, io.EOF) {
			err = errVeel
		}
	}
	return nil, jsonFout(b, err)
}

var (
	errMeer = errors.New("meer dan één waarde")
	errVeel = errors.New("te veel waarden of lagen")
)

// eventOp reads the event at k; mistakes go to f.
func eventOp(t *jsontape.Tape, k int32, f *fouten) Event {
	var e Event
	if t.Items[k].Kind != jsontape.Object {
		f.meld("", "een gebeurtenis is een JSON-object")
		return e
	}
	s := toestand{e: &e, f: f}
	for m := k + 1; m < t.Items[k].Next; m = t.Items[m].Next {
		it := &t.Items[m]
		if naam := t.Src[it.NameFrom:it.NameTo]; string(naam) == `"data"` && it.Kind != jsontape.Null {
			e.Data, e.band, e.op = json.RawMessage(t.Raw(it)), t, m
			if it.Kind == jsontape.String {
				s.dataAlsTekst(t.Text(it))
			}
		} else {
			s.lid(naam, t.Raw(it))
		}
	}
	s.sluit()
	return e
}

// toestand is what is known halfway an event.
type toestand struct {
	e      *Event
	f      *fouten
	versie bool   // specversion seen
	base64 []byte // raw value of data_base64
	tijd   bool   // time was there, but wrong
}

// lid takes one member; naam and waarde are raw JSON.
func (s *toestand) lid(naam, waarde []byte) {
	if string(waarde) == "null" { // JSON format §2.2: an unset attribute
		return
	}
	e := s.e
	switch string(naam) {
	case `"specversion"`:
		s.versie = true
		if string(waarde) != `"1.0"` {
			s.f.meld("specversion", "de versie van CloudEvents moet \"1.0\" zijn")
		}
	case `"id"`:
		e.ID = s.tekst("id", waarde)
	case `"source"`:
		e.Source = s.tekst("source", waarde)
	case `"type"`:
		e.Type = s.tekst("type", waarde)
	case `"time"`:
		s.zetTijd(s.tekst("time", waarde))
	case `"subject"`:
		e.Subject = s.mag("subject", waarde, LeegSubject)
	case `"datacontenttype"`:
		e.DataContentType = s.mag("datacontenttype", waarde, LeegContentType)
	case `"dataschema"`:
		e.DataSchema = s.mag("dataschema", waarde, LeegSchema)
	case `"data_base64"`:
		s.base64 = waarde
	default:
		s.uitbreiding(ontquote(naam), waarde)
	}
}

func (s *toestand) tekst(naam string, waarde []byte) string {
	if waarde[0] != '"' {
		s.f.meld(naam, "dit attribuut moet tekst zijn")
		return "-" // a value, so that it is not reported as missing too
	}
	return ontquote(waarde)
}

// mag is tekst for an attribute that may be left out, but not be empty (CloudEvents
// 1.0.2 §3.1): an empty one is taken as left out.
func (s *toestand) mag(naam string, waarde []byte, leeg Opmerkingen) string {
	t := s.tekst(naam, waarde)
	if t == "" {
		s.e.Opmerkingen |= leeg
	}
	return t
}

func (s *toestand) zetTijd(waarde string) {
	t, err := leesTijd(waarde)
	if err != nil {
		s.tijd = true
		s.f.meld("time", "dit is geen tijdstip volgens RFC 3339, zoals 2026-01-15T10:30:00Z")
		return
	}
	s.e.Time = t
}

func (s *toestand) uitbreiding(naam string, waarde []byte) {
	var tekst string
	switch waarde[0] {
	case '"':
		tekst = ontquote(waarde)
	case 't', 'f':
		tekst = string(waarde)
	case '{', '[':
		s.f.meld(naam, "een attribuut is tekst, een heel getal of waar/onwaar")
		return
	default:
		if _, err := strconv.ParseInt(string(waarde), 10, 32); err != nil {
			s.f.meld(naam, "een getal in een attribuut is heel en past in 32 bits")
			return
		}
		tekst = string(waarde)
	}
	if waarde[0] != '"' {
		s.e.kaal = append(s.e.kaal, naam)
	}
	s.zetUitbreiding(naam, tekst)
}

// kaleWaarde tells whether an extension attribute can stand in JSON without quotes:
// an Integer of 32 bits or a Boolean (CloudEvents 1.0.2 §2.4).
func kaleWaarde(w string) bool {
	if w == "true" || w == "false" {
		return true
	}
	n, err := strconv.ParseInt(w, 10, 32)
	return err == nil && strconv.FormatInt(n, 10) == w
}

func (s *toestand) zetUitbreiding(naam, waarde string) {
	if s.e.Extensions == nil {
		s.e.Extensions = make(map[string]string, 4)
	}
	s.e.Extensions[naam] = waarde
}

// sluit checks what can only be seen at the end.
func (s *toestand) sluit() {
	if !s.versie {
		s.f.meld("specversion", "dit attribuut ontbreekt of is leeg")
	}
	if s.base64 != nil {
		s.leesBase64()
	}
	if s.tijd { // told already; keep Validate from telling it again
		s.e.Time = time.Unix(0, 0)
	}
	s.e.controleer(s.f)
}

// dataAlsTekst reads data that is a JSON object written as one text: what some
// programs make of it when the media type is not application/json itself.
func (s *toestand) dataAlsTekst(tekst []byte) {
	if s.e.band = nil; eerste(tekst) != '{' {
		return // told as any other data that is no object
	}
	los, err := leesBand(bytes.Clone(tekst))
	if err != nil {
		s.f.meld("data", "de inhoud staat er als tekst en is geen geldige JSON")
		s.e.Data = json.RawMessage("{}")
		return
	}
	s.e.Data = json.RawMessage(los.Src)
	s.e.Opmerkingen |= DataAlsTekst
}

// leesBase64 accepts data_base64 when what it holds is JSON after all.
func (s *toestand) leesBase64() {
	if s.e.Data != nil {
		s.f.meld("data_base64", "data en data_base64 mogen niet samen voorkomen")
		return
	}
	s.e.Data = json.RawMessage("{}")
	b, err := base64.StdEncoding.DecodeString(ontquote(s.base64))
	if err != nil || s.base64[0] != '"' || !jsontext.Value(b).IsValid() {
		s.f.meld("data_base64", "de inhoud moet JSON zijn")
		return
	}
	s.e.Data = b
}

// ontquote gives the text of a JSON string that was read already.
func ontquote(b []byte) string {
	if len(b) < 2 || b[0] != '"' {
		return ""
	}
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b[1 : len(b)-1])
	}
	t, _ := jsontext.AppendUnquote(nil, b)
	return string(t)
}

// leesTijd reads RFC 3339, in any zone and in either case, and gives UTC.
func leesTijd(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t, err = time.Parse(time.RFC3339Nano, strings.ToUpper(s))
	}
	return t.UTC(), err
}

func teGroot(wat string, grens int) error {
	return begrip.NieuweFout(begrip.TeGroot, "%s mag ten hoogste %d KB groot zijn.", wat, grens>>10)
}

// jsonFout says what is wrong with the JSON, without repeating any of it.
func jsonFout(b []byte, err error) error {
	plaats := ""
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		plaats = fmt.Sprintf(" (bij byte %d)", s.ByteOffset)
	}
	switch {
	case len(bytes.TrimSpace(b)) == 0:
		return begrip.NieuweFout(begrip.Ongeldig, "Het bericht is leeg.")
	case !utf8.Valid(b):
		return begrip.NieuweFout(begrip.Ongeldig, "Het bericht is geen geldige UTF-8%s.", plaats)
	case errors.Is(err, jsontext.ErrDuplicateName):
		return begrip.NieuweFout(begrip.Ongeldig, "In het bericht staat een naam twee keer in hetzelfde object%s.", plaats)
	case errors.Is(err, errVeel):
		return begrip.NieuweFout(begrip.Ongeldig, "In het bericht staan meer dan %d waarden, of zitten meer dan %d lagen in elkaar.", jsontape.MaxItems, jsontape.MaxDepth)
	case errors.Is(err, errMeer):
		return begrip.NieuweFout(begrip.Ongeldig, "Na de gebeurtenis staat nog meer.")
	}
	return begrip.NieuweFout(begrip.Ongeldig, "Het bericht is geen geldige JSON%s.", plaats)
}
