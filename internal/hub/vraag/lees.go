package vraag

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/rest"
)

// Lees reads a body strictly. What is wrong with its members goes to c; the
// error is of the JSON itself. The person comes back as a number, or as
// Betrokkene in the Vraag: the caller puts the keyed reference in it.
func (s *Soort) Lees(b []byte, c *begrip.Controle) (Vraag, begrip.BSN, error) {
	in := invoer{Vraag: Vraag{Soort: s, Limiet: StandaardPage, Type: s.Type}, c: c}
	if err := in.leden(b); err != nil {
		return Vraag{}, begrip.BSN{}, err
	}
	in.tijden()
	in.samen()
	return in.Vraag, in.bsn, nil
}

// invoer is a body under way.
type invoer struct {
	Vraag
	c            *begrip.Controle
	bsn, ouder   begrip.BSN
	vanafs, tots [2]string // names used
}

type lezer struct {
	dec jsontext.Decoder
	buf bytes.Buffer
}

var lezers = sync.Pool{New: func() any { return new(lezer) }}

// leden reads the members. Names and values go by in order; a name twice, bad
// UTF-8 or anything behind the object is an error of the JSON.
func (in *invoer) leden(b []byte) error {
	l := lezers.Get().(*lezer)
	defer func() {
		l.buf = bytes.Buffer{}
		l.dec.Reset(&l.buf)
		lezers.Put(l)
	}()
	l.buf = *bytes.NewBuffer(b)
	l.dec.Reset(&l.buf)
	if l.dec.PeekKind() != '{' {
		return geenJSON(b)
	}
	if _, err := l.dec.ReadToken(); err != nil {
		return geenJSON(b)
	}
	for l.dec.PeekKind() == '"' {
		v, err := l.dec.ReadValue()
		if err != nil {
			return geenJSON(b)
		}
		naam := tekst(v)
		if v, err = l.dec.ReadValue(); err != nil {
			return geenJSON(b)
		}
		in.lid(naam, v)
	}
	if t, err := l.dec.ReadToken(); err != nil || t.Kind() != '}' {
		return geenJSON(b)
	}
	if _, err := l.dec.ReadToken(); err == nil || bytes.ContainsFunc(b[l.dec.InputOffset():], geenWit) {
		return geenJSON(b)
	}
	return nil
}

func geenWit(r rune) bool { return r != ' ' && r != '\n' && r != '\t' && r != '\r' }

// geenJSON says what is wrong with b as the rest of the API does.
func geenJSON(b []byte) error {
	var niets struct{}
	err := rest.LeesJSON(b, &niets)
	if f, ok := errors.AsType[*begrip.Fout](err); ok && len(f.Velden) > 0 && f.Velden[0].Bericht == berichtVreemd {
		err = nil // an object it is
	}
	if err == nil {
		err = begrip.NieuweFout(begrip.Ongeldig, "Dit is geen geldige JSON.")
	}
	return err
}

// tekst gives the text of a JSON string.
func tekst(v jsontext.Value) string {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	b, _ := jsontext.AppendUnquote(nil, v)
	return string(b)
}

// lid takes one member.
func (in *invoer) lid(naam string, v jsontext.Value) {
	s := in.Soort
	switch {
	case naam == naamBSN:
		in.bsn = in.nummer(naam, v)
	case naam == naamBetrokkene:
		in.betrokkene(naam, v)
	case naam == naamLimiet:
		n, err := strconv.Atoi(string(v))
		in.c.Eis(err == nil && n >= 1 && n <= MaxPage, naam, berichtLimiet, MaxPage)
		in.Limiet = n
	case naam == "vanaf":
		in.vanafs[0] = naam
		in.moment(&in.Vanaf, naam, v)
	case naam == "tot":
		in.tots[0] = naam
		in.moment(&in.Tot, naam, v)
	case naam != "" && naam == s.vanaf:
		in.vanafs[1] = naam
		in.moment(&in.Vanaf, naam, v)
	case naam != "" && naam == s.tot:
		in.tots[1] = naam
		in.moment(&in.Tot, naam, v)
	case slices.Contains(s.leden, naam):
		in.filter(naam, v)
	default: // its name is the caller's own text, so it may hold a BSN
		if r := []rune(naam); len(r) > 40 {
			naam = string(r[:40])
		}
		in.c.Eis(false, string(begrip.MaskeerBSN([]byte(naam))), berichtVreemd)
	}
}

func (in *invoer) nummer(naam string, v jsontext.Value) (bsn begrip.BSN) {
	err := begrip.ErrBSN
	if v.Kind() == '"' {
		bsn, err = begrip.ParseBSN(tekst(v))
	}
	in.c.Eis(err == nil, naam, berichtBSN)
	return bsn
}

// betrokkene reads the number of a person, or the @id that an event gave one who has no
// number in it.
func (in *invoer) betrokkene(naam string, v jsontext.Value) {
	if v.Kind() == '"' {
		if w := tekst(v); strings.HasPrefix(w, "urn:") {
			in.c.Eis(cloudevent.NaamVorm(w) && !begrip.HeeftBSNRuim(w), naam, berichtURN)
			in.Betrokkene = w
			return
		}
	}
	in.ouder = in.nummer(naam, v)
}

func (in *invoer) moment(t *time.Time, naam string, v jsontext.Value) {
	var err error = errors.New("no text")
	var m time.Time
	if v.Kind() == '"' {
		m, err = time.Parse(time.RFC3339Nano, tekst(v))
	}
	in.c.Eis(err == nil && m.Year() >= 1900, naam, berichtTijd)
	if err == nil {
		*t = m.UTC().Truncate(time.Microsecond)
	}
}

func (in *invoer) filter(naam string, v jsontext.Value) {
	w := ""
	if v.Kind() == '"' {
		w = tekst(v)
	}
	in.c.Eis(w != "", naam, berichtLeeg)
	in.c.Eis(len(w) <= maxTekst, naam, "Dit is langer dan %d tekens.", maxTekst)
	if w == "" {
		return
	}
	switch naam {
	case "zaak":
		in.Zaak = w
	case "subject":
		in.Subject = w
	case "organisatie":
		oin, err := begrip.ParseOIN(w)
		if err == nil {
			w = oin.URN()
		}
		in.c.Eis(err == nil || strings.HasPrefix(w, "urn:"), naam, "Vul een OIN in, of een naam die begint met urn:.")
		in.Organisatie = w
	case "type":
		ev := cloudevent.Event{Type: w}
		ev.Normaliseer()
		in.Type = ev.Type
	}
}

// tijden checks the bounds against each other; the names told are those used.
func (in *invoer) tijden() {
	for _, n := range [][2]string{in.vanafs, in.tots} {
		in.c.Eis(n[0] == "" || n[1] == "", n[0], berichtDubbel, n[1], n[0])
	}
	gebruikt := func(n [2]string) string { return max(n[0], n[1]) }
	in.c.Eis(in.Vanaf.IsZero() || in.Tot.IsZero() || in.Vanaf.Before(in.Tot), gebruikt(in.tots), berichtVolgend, gebruikt(in.vanafs))
}

// samen checks what the members say together.
func (in *invoer) samen() {
	in.c.Eis(in.bsn.IsZero() || in.ouder.IsZero() && in.Betrokkene == "" || in.bsn == in.ouder, naamBetrokkene, berichtAnder)
	if in.bsn.IsZero() {
		in.bsn = in.ouder
	}
	in.c.Eis(len(in.Zaak)+len(in.Subject)+len(in.Organisatie)+len(in.Type) <= maxTeksten, "", "De filters zijn samen langer dan %d tekens.", maxTeksten)
	if len(in.c.Velden) > 0 {
		return
	}
	iets := !in.bsn.IsZero() || in.Betrokkene != "" || in.Zaak != ""
	switch in.Soort.filter {
	case persoonOfZaak:
		in.c.Eis(iets, "", berichtPersoon)
	case ietsOf:
		in.c.Eis(iets || in.Subject != "" || in.Organisatie != "" || in.Type != "" || !in.Vanaf.IsZero() || !in.Tot.IsZero(), "", berichtIets)
	}
}
