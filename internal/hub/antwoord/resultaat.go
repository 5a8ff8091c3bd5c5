package antwoord

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// uitbreiding is the extension attribute that carries the interactieId of a
// found event, to ask its proof with.
const uitbreiding = "interactieid"

// Bladzij is a page under way: the query, who reads it, and from where.
type Bladzij struct {
	V         *vraag.Vraag
	Lezer     register.Deelnemer
	Peildatum time.Time // zero: as of the query
	Na        uint64
	Stand     uint64 // last block in the read model when the search began
	vorm      vorm
	volgende  uint64 // plaats behind which the next page begins; zero on the last
	Vondsten  []*Vondst
	banden    map[graph.Term]bool // with whom and what the reader is involved, as far as it was looked up
	ruimte
}

// ruimte is memory of a page that the next one uses again. What is found stands
// in it, so it goes back when the answer has been written.
type ruimte struct{ regel, tekst, uit []byte }

var ruimten = sync.Pool{New: func() any { return &ruimte{regel: make([]byte, 0, 8<<10), tekst: make([]byte, 0, 8<<10)} }}

// maxRuimte is what is kept of one page; few are larger.
const maxRuimte = 256 << 10

// leen gives b such memory until the function it returns is called; without, b
// makes its own.
func (b *Bladzij) leen() (terug func()) {
	r := ruimten.Get().(*ruimte)
	b.ruimte = *r
	return func() {
		if cap(b.tekst)+cap(b.uit) <= maxRuimte {
			*r = ruimte{b.regel, b.tekst[:0], b.uit[:0]}
			ruimten.Put(r)
		}
	}
}

// voor makes room for n bytes more; what stands in tekst stays where it is.
func (r *ruimte) voor(n int) {
	if cap(r.tekst)-len(r.tekst) < n {
		r.tekst = make([]byte, 0, max(2*cap(r.tekst), n))
	}
}

// Vondst is one found event as its reader may see it.
type Vondst struct {
	afzender begrip.OIN
	id       uuid.UUID // interactieId; zero when the reader may not know it
	event    cloudevent.Event
	ruw      []byte // event as it is kept, for this reader; nil when it was changed
	graaf    prov.Graph
	gelezen  bool          // graaf is there
	niveau   begrip.Niveau // of what is shown
	refs     [][16]byte    // persons in it
}

// lees reads the graph when something needs it.
func (x *Vondst) lees() (prov.Graph, error) {
	if x.gelezen {
		return x.graaf, nil
	}
	g, _, err := prov.Lees(x.event.Data)
	if err == nil {
		x.graaf, x.gelezen = g, true
	}
	return x.graaf, err
}

// Resultaten is GET /v1/resultaten/{interactieId}: step two of a query.
func (h *Hub) resultaten(w http.ResponseWriter, r *http.Request) {
	if err := h.geefResultaat(w, r); err != nil {
		rest.WriteFout(w, r, err)
	}
}

func (h *Hub) geefResultaat(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Beller(r)
	if err != nil {
		return err
	}
	id := r.PathValue("interactieId")
	if !vraag.IsVraag(id) {
		return h.geenResultaat(r, id, d.OIN)
	}
	v, err := h.openVraag(id, d)
	if err != nil {
		return err
	}
	if !toegang.MagLezen(r.Context(), v.Soort.Functie()) {
		return begrip.NieuweFout(begrip.Verboden, "Uw toegangstoken geeft geen recht op het antwoord op deze vraag. Vraag een token met dezelfde scope als voor de vraag.")
	}
	b := Bladzij{V: &v, Lezer: d}
	defer b.leen()()
	if b.vorm, err = kiesVorm(r, v.Soort); err != nil {
		return err
	}
	if err := h.leesPlek(r.URL.RawQuery, &b); err != nil {
		return err
	}
	if h.Geprojecteerd.Load() < v.Blok {
		return begrip.NieuweFout(begrip.Conflict, "Het antwoord is nog niet klaar. Kijk bij de status of het zover is.")
	}
	if err := h.vind(r.Context(), &b); err != nil {
		return err
	}
	lijf, err := h.schrijf(&b, id)
	if err != nil {
		return err
	}
	if err := h.LegAntwoordVast(r.Context(), kijk.StapAntwoord, &b); err != nil {
		return err
	}
	kop := w.Header()
	if b.volgende != 0 {
		link := "</v1/resultaten/" + id + "?cursor=" + h.Zegel.Cursor(&v, b.Peildatum, b.volgende)
		if !b.Peildatum.IsZero() {
			link += "&peildatum=" + b.Peildatum.Format(time.RFC3339Nano)
		}
		kop.Set("Link", link+`>; rel="next"`)
	}
	kop["Content-Type"] = typeVan[b.vorm]
	kop["Content-Length"] = []string{strconv.Itoa(len(lijf))} // else it goes in chunks
	_, _ = w.Write(lijf)
	return nil
}

// geenResultaat tells why there is nothing to fetch under an id that is no query.
func (h *Hub) geenResultaat(r *http.Request, naam string, oin begrip.OIN) error {
	id, err := kern.LeesInteractie(naam)
	if err != nil {
		return err
	}
	uit, _, err := h.UitkomstVan(r, id, oin)
	switch {
	case err != nil:
		return err
	case uit == nil || uit.Fout != "":
		return begrip.NieuweFout(begrip.Conflict, "De status van deze interactie is niet OK. Er is geen resultaat.")
	}
	return begrip.NieuweFout(begrip.NietGevonden, "Deze interactie is verwerkt. Er hoort geen resultaat bij.")
}

// leesPlek reads cursor and peildatum.
func (h *Hub) leesPlek(query string, b *Bladzij) error {
	if query == "" {
		return nil
	}
	q, err := url.ParseQuery(query)
	var c begrip.Controle
	c.Eis(err == nil, "", "Dit adres is niet goed geschreven.")
	for k, w := range q {
		c.Eis((k == "cursor" || k == "peildatum") && len(w) == 1, "", "In dit adres kunnen alleen cursor en peildatum staan, elk één keer.")
	}
	if p := q.Get("peildatum"); q.Has("peildatum") {
		t, err := time.Parse(time.RFC3339Nano, p)
		t = t.UTC().Truncate(time.Microsecond)
		c.Eis(err == nil && t.Year() >= 1900 && t.Year() <= 9999, "peildatum", "Vul een moment in zoals 2026-11-23T09:00:00Z.")
		b.Peildatum = t
	}
	if q.Has("cursor") && len(c.Velden) == 0 {
		na, ok := h.Zegel.LeesCursor(b.V, b.Peildatum, q.Get("cursor"))
		c.Eis(ok, "cursor", "Gebruik de cursor uit de Link van het vorige antwoord, met dezelfde peildatum.")
		b.Na = na
	}
	return c.Fout()
}

// vind fills the page with events after b.na, in the order of the log. What the
// reader may not see takes no room on it, and there is a next page only when
// more can be seen. A cursor is sealed, so it does not tell what was passed.
func (h *Hub) vind(ctx context.Context, b *Bladzij) error {
	z := Zoekvraag(b.V)
	z.Na = b.Na
	if !b.Peildatum.IsZero() {
		seq, err := h.Graph.BlokOp(b.Peildatum)
		if err != nil {
			return err
		}
		z.TotEnMet = min(z.TotEnMet, seq<<16|0xffff)
	}
	b.Stand = h.Geprojecteerd.Load()
	laatste, bekeken := b.Na, 0
	return h.inPorties(z, min(b.V.Limiet+1, maxPortie), func(plaats uint64) (bool, error) {
		if bekeken++; bekeken > b.V.Limiet+kern.MaxBekeken {
			b.volgende = laatste // the page stays short: there is an end to the work
			return false, nil
		}
		x, err := h.Bekijk(ctx, b, plaats)
		switch {
		case err != nil:
			return false, err
		case x != nil && len(b.Vondsten) == b.V.Limiet:
			b.volgende = laatste
			return false, nil
		case x != nil:
			b.Vondsten = append(b.Vondsten, x)
		}
		laatste = plaats
		return true, nil
	})
}

// maxPortie is how many hits are fetched from the disk side by side.
const maxPortie = 64

// inPorties is graph.Zoek, with a few hits at a time: the log learns what is
// read next, and a disk that is slow is waited for once and not for each.
func (h *Hub) inPorties(z graph.Vraag, n int, zie func(uint64) (bool, error)) error {
	portie, meer := make([]uint64, 0, min(n, 16)), true
	bekijk := func() (err error) {
		h.Log.Straks(portie)
		for i := 0; i < len(portie) && meer && err == nil; i++ {
			meer, err = zie(portie[i])
		}
		portie = portie[:0]
		return err
	}
	err := h.Graph.Zoek(z, func(plaats uint64) (bool, error) {
		portie = append(portie, plaats)
		if len(portie) < n {
			return true, nil
		}
		err := bekijk()
		return meer, err
	})
	if err == nil && meer {
		err = bekijk()
	}
	return err
}

// Bekijk reads one hit for the reader of b; nil when it does not match after
// all, was not known at the peildatum, or when showing it would tell what is
// shielded.
func (h *Hub) Bekijk(ctx context.Context, b *Bladzij, plaats uint64) (*Vondst, error) {
	if h.Geprojecteerd.Load() != b.Stand { // it may be hidden since the search began: that takes its postings away
		if weg, err := h.Onvindbaar(plaats); err != nil || weg {
			return nil, err
		}
	}
	regel, err := h.Log.ReadIn(ctx, b.regel[:0], hublog.Plaats(plaats))
	if err != nil {
		return nil, err
	}
	f, err := kern.LeesFrame(regel)
	if err != nil {
		return nil, err
	}
	v := b.V
	if !b.Peildatum.IsZero() && f.Ontvangen.After(b.Peildatum) || v.OverPersoon() && !slices.Contains(f.Refs, v.Persoon) {
		return nil, nil
	}
	x := &Vondst{afzender: f.OIN, refs: f.Refs}
	b.voor(len(f.Event))
	van := len(b.tekst)
	b.tekst, err = h.Sleutels.OntsleutelIn(ctx, b.tekst, f.Event, func(ref [16]byte) bool {
		return f.OIN == b.Lezer.OIN || v.OverPersoon() && ref == v.Persoon
	})
	if err != nil {
		return nil, err
	}
	x.ruw = b.tekst[van:len(b.tekst):len(b.tekst)]
	if x.event, err = cloudevent.ParseEigen(x.ruw); err != nil {
		return nil, err
	}
	if x.id = f.ID; x.id == uuid.Nil { // an older frame
		x.id = kern.InteractieVan(x.event, f.OIN)
	}
	if b.Lezer.Soort == begrip.Burgerportaal {
		x.id, x.ruw = uuid.Nil, nil
		if _, err := x.lees(); err != nil {
			return nil, err
		}
		if mag, err := h.schermAfVoorGezin(x, f.OIN, v.Organisatie); err != nil || !mag {
			return nil, err
		}
	}
	if mag, err := h.magZien(ctx, b, &f, x); err != nil || !mag {
		return nil, err
	}
	// What is asked must match what is shown, else a filter would tell the rest.
	if past, err := x.past(v); err != nil || !past {
		return nil, err
	}
	return x, nil
}

// past checks a hit against the question itself: hashes are short.
func (x *Vondst) past(v *vraag.Vraag) (bool, error) {
	if v.Type != "" && x.event.Type != v.Type || v.Subject != "" && x.event.Subject != v.Subject {
		return false, nil
	}
	org := v.Organisatie
	if org == x.afzender.URN() {
		org = ""
	}
	if x.noemt(v.Zaak) && x.noemt(org) {
		return true, nil
	}
	g, err := x.lees()
	if err != nil || v.Zaak != "" && !slices.Contains(g.Zaken(), v.Zaak) {
		return false, err
	}
	return org == "" || slices.ContainsFunc(g.Agents(), func(n *prov.Node) bool { return kern.OrganisatieURN(n.ID) == org }), nil
}

// noemt tells that the text of an event that is shown whole holds this term, or
// that none was asked: beside its hash in the index that is proof enough. When
// it does not, the graph tells, because JSON can write one text in many ways.
func (x *Vondst) noemt(term string) bool {
	return term == "" || x.ruw != nil && bytes.Contains(x.event.Data, []byte(term))
}
