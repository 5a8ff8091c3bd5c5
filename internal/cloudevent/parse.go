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
)

// lezer is a reusable strict JSON reader: duplicate names and bad UTF-8, at
// any depth, are errors.
type lezer struct {
	dec jsontext.Decoder
	buf bytes.Buffer
	b   []byte
}

var lezers = sync.Pool{New: func() any { return new(lezer) }}

func nieuweLezer(b []byte) *lezer {
	l := lezers.Get().(*lezer)
	l.b = b
	l.buf = *bytes.NewBuffer(b)
	l.dec.Reset(&l.buf)
	return l
}

func (l *lezer) klaar() {
	l.b, l.buf = nil, bytes.Buffer{}
	l.dec.Reset(&l.buf)
	lezers.Put(l)
}

// waarde reads the next value and gives it as a part of the input.
func (l *lezer) waarde() ([]byte, error) {
	v, err := l.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	tot := int(l.dec.InputOffset())
	return l.b[tot-len(v) : tot : tot], nil
}

// Parse reads one event in structured JSON and validates it. The error is a
// *begrip.Fout with all mistakes. Data is a part of b: do not change b after.
func Parse(b []byte) (Event, error) {
	if len(b) > MaxEvent {
		return Event{}, teGroot("Een gebeurtenis", MaxEvent)
	}
	l := nieuweLezer(b)
	defer l.klaar()
	var f fouten
	e, err := l.event(&f)
	if err == nil {
		err = l.einde()
	}
	if err != nil {
		return Event{}, jsonFout(b, err)
	}
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
	l := nieuweLezer(b)
	defer l.klaar()
	if l.dec.PeekKind() != '[' {
		if !jsontext.Value(b).IsValid() {
			return nil, jsonFout(b, io.ErrUnexpectedEOF)
		}
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Een batch is een JSON-lijst van gebeurtenissen.")
	}
	if _, err := l.dec.ReadToken(); err != nil {
		return nil, jsonFout(b, err)
	}
	var f fouten
	events := make([]Event, 0, 1+len(b)/1024)
	for l.dec.PeekKind() != ']' {
		f.plek = "/" + strconv.Itoa(len(events))
		van := l.dec.InputOffset()
		e, err := l.event(&f)
		if err != nil {
			return nil, jsonFout(b, err)
		}
		if l.dec.InputOffset()-van > MaxEvent {
			f.groot = true
			f.meld("", fmt.Sprintf("een gebeurtenis mag ten hoogste %d KB groot zijn", MaxEvent>>10))
		}
		events = append(events, e)
	}
	if _, err := l.dec.ReadToken(); err != nil {
		return nil, jsonFout(b, err)
	}
	if err := l.einde(); err != nil {
		return nil, jsonFout(b, err)
	}
	if err := f.fout(); err != nil {
		return nil, err
	}
	return events, nil
}

var errMeer = errors.New("meer dan één waarde")

func (l *lezer) einde() error {
	_, err := l.dec.ReadToken()
	if err == io.EOF {
		return nil
	}
	if err == nil {
		err = errMeer
	}
	return err
}

// event reads one object; an error is one of JSON, mistakes of content go to f.
func (l *lezer) event(f *fouten) (Event, error) {
	var e Event
	if l.dec.PeekKind() != '{' {
		if _, err := l.dec.ReadValue(); err != nil {
			return e, err
		}
		f.meld("", "een gebeurtenis is een JSON-object")
		return e, nil
	}
	if _, err := l.dec.ReadToken(); err != nil {
		return e, err
	}
	s := toestand{e: &e, f: f}
	for l.dec.PeekKind() != '}' {
		naam, err := l.waarde()
		if err != nil {
			return e, err
		}
		waarde, err := l.waarde()
		if err != nil {
			return e, err
		}
		s.lid(naam, waarde)
	}
	if _, err := l.dec.ReadToken(); err != nil {
		return e, err
	}
	s.sluit()
	return e, nil
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
		e.Subject = s.tekst("subject", waarde)
	case `"datacontenttype"`:
		e.DataContentType = s.tekst("datacontenttype", waarde)
	case `"dataschema"`:
		e.DataSchema = s.tekst("dataschema", waarde)
	case `"data"`:
		e.Data = json.RawMessage(waarde)
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
	s.zetUitbreiding(naam, tekst)
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
	case errors.Is(err, errMeer):
		return begrip.NieuweFout(begrip.Ongeldig, "Na de gebeurtenis staat nog meer.")
	}
	return begrip.NieuweFout(begrip.Ongeldig, "Het bericht is geen geldige JSON%s.", plaats)
}
