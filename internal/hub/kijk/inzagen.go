package kijk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
)

// kijkTermijn is how long lines about looks are given; later nobody gets them.
const kijkTermijn = 5 // years

// inzagenPerKeer is how many lines one page is made of.
const inzagenPerKeer = 500

// Inzage is one look in the Ketenindex, as the person it is about, or the
// organisation that looked, may know it.
type Inzage struct {
	Tijdstip    time.Time        `json:"tijdstip"`
	Organisatie *kern.Handelende `json:"organisatie,omitempty"` // absent when the family may not know it
	Wie         string           `json:"wie,omitempty"`         // name of the professional
	Persoon     string           `json:"persoon,omitempty"`     // the organisation's own name for the professional; to itself only
	Rol         begrip.Rol       `json:"rol,omitempty"`
	Doel        begrip.Doel      `json:"doel,omitempty"` // absent: nothing was said
	Grondslag   begrip.Grondslag `json:"grondslag,omitempty"`
	Zaak        string           `json:"zaak,omitempty"`
	Stap        string           `json:"stap"`
	Niveau      *begrip.Niveau   `json:"niveau,omitempty"`  // the highest that was shown; absent when nothing was
	Aantal      int              `json:"aantal"`            // events shown
	Wat         []string         `json:"wat,omitempty"`     // what these tell, in plain Dutch
	Over        []Gezien         `json:"over,omitempty"`    // the records about this person that these are about; for the family only
	Gezocht     bool             `json:"gezocht,omitempty"` // the question was about this person
	Eigen       bool             `json:"eigen,omitempty"`   // a member of the family looked
	Namens      bool             `json:"namens,omitempty"`  // and looked for this person
}

// Gezien is a record of which events were shown, and what these tell. The portal
// leaves out what the source of that record does not let this person know.
type Gezien struct {
	Onderwerp string   `json:"onderwerp"`
	Wat       []string `json:"wat,omitempty"`
}

func (h *Hub) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/inzagen/query", h.MetFout(h.bevraagInzagen))
	mux.HandleFunc("GET /v1/inzagen", h.MetFout(h.geefEigenInzagen))
}

// bevraagInzagen is POST /v1/inzagen/query: who looked in the Ketenindex at what
// is about one person. Only that person sees it, or who looks in that person's
// place, through the portal; reading it is a line of its own.
func (h *Hub) bevraagInzagen(w http.ResponseWriter, r *http.Request) error {
	k, err := h.Kijker(r)
	if err != nil {
		return err
	}
	var in struct {
		Burgerservicenummer string `json:"burgerservicenummer"`
		Cursor              string `json:"cursor"`
	}
	if err := rest.ReadJSON(w, r, vraag.MaxBody, &in); err != nil {
		return err
	}
	bsn, err := begrip.ParseBSN(in.Burgerservicenummer)
	if k.Soort != begrip.Burgerportaal || !k.Wie.Burger || err == nil && bsn != k.Burger {
		return begrip.NieuweFout(begrip.Verboden, "Alleen de persoon zelf ziet dit, via het portaal.")
	}
	var c begrip.Controle
	c.Eis(err == nil, "burgerservicenummer", "Vul een geldig burgerservicenummer in.")
	if err := c.Fout(); err != nil {
		return err
	}
	ref := h.Sleutels.Ref(bsn)
	voor, err := h.leesInzagenCursor(uuid.UUID(ref), in.Cursor)
	if err != nil {
		return err
	}
	if err := h.LegVast(r.Context(), Regel{OIN: k.OIN, Stap: stapWieKeek, Wie: k.Wie, Refs: [][16]byte{ref}}); err != nil {
		return err
	}
	lijst, volgende, err := h.inzagen(r.Context(), OpPersoon(ref), voor)
	if err != nil {
		return err
	}
	over, err := h.overPersoon(r.Context(), ref)
	if err != nil {
		return err
	}
	dicht := map[begrip.OIN]bool{}
	uit := make([]Inzage, 0, len(lijst))
	for _, x := range lijst {
		d, al := dicht[x.OIN]
		if !al {
			if d, err = h.verborgenVoor(r.Context(), ref, x.OIN); err != nil {
				return err
			}
			dicht[x.OIN] = d
		}
		i := h.voorGezin(x, d)
		i.Over = h.gezien(x, over)
		uit = append(uit, i)
	}
	return h.schrijfInzagen(w, uuid.UUID(ref), uit, volgende)
}

// geefEigenInzagen is GET /v1/inzagen: the looks of the caller's own
// organisation, for who watches over them there. Nobody they are about is in it.
func (h *Hub) geefEigenInzagen(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Beller(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	var c begrip.Controle
	for naam, v := range q {
		c.Eis((naam == "cursor" || naam == "stap") && len(v) == 1, "", "In dit adres kunnen alleen cursor en stap staan, elk één keer.")
	}
	stap := q.Get("stap")
	c.Eis(stap == "" || stap == stapGrens, "stap", "Kies grens, of laat dit weg.")
	if err := c.Fout(); err != nil {
		return err
	}
	naam := uuid.NewSHA1(kern.Naamruimte, []byte("inzagen "+string(d.OIN)+stap))
	voor, err := h.leesInzagenCursor(naam, q.Get("cursor"))
	if err != nil {
		return err
	}
	term := opOrganisatie(d.OIN)
	if stap == stapGrens {
		term = opGrens(d.OIN)
	}
	lijst, volgende, err := h.inzagen(r.Context(), term, voor)
	if err != nil {
		return err
	}
	uit := make([]Inzage, 0, len(lijst))
	for _, x := range lijst {
		i := h.inzage(x)
		if i.Persoon = x.Persoon; x.Burger {
			i.Persoon, i.Wie = "", ""
		}
		uit = append(uit, i)
	}
	return h.schrijfInzagen(w, naam, uit, volgende)
}

// inzagen gives a page of lines, newest first, in which a question and what was
// shown for it are one; volgende is where the next page begins, 0 at the end.
func (h *Hub) inzagen(ctx context.Context, term string, voor uint64) (uit []Regel, volgende uint64, err error) {
	if bij, err := h.Log.Nu(ctx); err != nil { // what was shown a moment ago is in it
		return nil, 0, err
	} else if !h.WachtOp(ctx, bij, 2*time.Second) {
		return nil, 0, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex loopt achter. Probeer het over een paar tellen nog eens.")
	}
	ks, err := h.van(ctx, term, time.Now().AddDate(-kijkTermijn, 0, 0), voor, inzagenPerKeer)
	if err != nil {
		return nil, 0, err
	}
	op := map[uuid.UUID]int{}
	for _, k := range ks {
		i, al := op[k.Vraag]
		if al = al && k.Vraag != uuid.Nil && uit[i].OIN == k.OIN; !al {
			op[k.Vraag] = len(uit)
			k.Gezocht = k.Stap == StapVraag
			uit = append(uit, k.Regel)
			continue
		}
		x := &uit[i] // the newer one: what was shown
		x.Gezocht = x.Gezocht || k.Stap == StapVraag
		for _, o := range k.Over {
			if !slices.Contains(x.Over, o) {
				x.Over = append(x.Over, o)
			}
		}
		x.Aantal, x.Niveau = x.Aantal+k.Aantal, max(x.Niveau, k.Niveau)
		if k.Stap != StapVraag {
			for _, t := range k.Typen {
				if !slices.Contains(x.Typen, t) {
					x.Typen = append(x.Typen, t)
				}
			}
		}
	}
	if len(ks) == inzagenPerKeer {
		volgende = ks[len(ks)-1].plaats
	}
	return uit, volgende, nil
}

func (h *Hub) inzage(k Regel) Inzage {
	i := Inzage{Tijdstip: time.UnixMicro(k.Op).UTC(), Wie: k.Naam, Rol: k.Rol, Doel: k.Doel, Grondslag: k.Grondslag, Zaak: k.Zaak,
		Stap: k.Stap, Aantal: k.Aantal, Gezocht: k.Gezocht, Eigen: k.Burger, Namens: k.Namens, Organisatie: &kern.Handelende{OIN: k.OIN}}
	if d, ok := h.Register.Geef(k.OIN); ok { // one that left has its name
		i.Organisatie.Naam = d.Naam
	} else if k.OIN == h.Cfg.Organisatie.OIN {
		i.Organisatie.Naam = h.Cfg.Organisatie.Naam
	}
	if k.Aantal > 0 || k.Stap == StapBevestiging { // of which the answer is yes or no
		i.Niveau = &k.Niveau
	}
	if k.Aantal > 0 {
		for _, t := range k.Typen {
			if o := h.Omschrijving(t); o != "" && !slices.Contains(i.Wat, o) {
				i.Wat = append(i.Wat, o)
			}
		}
	}
	return i
}

// voorGezin is a look as the family reads it: of a source that is shielded from
// it nothing tells who that is, the role and the reason included.
func (h *Hub) voorGezin(k Regel, dicht bool) Inzage {
	i := h.inzage(k)
	i.Wie = string(begrip.MaskeerBSN([]byte(i.Wie)))
	switch {
	case k.Burger:
		i.Wie = "" // who looks for somebody is told by the sources, as far as it may be
	case dicht:
		i = Inzage{Tijdstip: i.Tijdstip, Stap: i.Stap, Niveau: i.Niveau, Aantal: i.Aantal, Wat: i.Wat, Gezocht: i.Gezocht}
	}
	return i
}

// gezien gives what k showed per record, of those in over: the events about one
// person. Others may be in the same look, and are not told. A line of before
// records stood in it may be about each of over of which the types fit.
func (h *Hub) gezien(k Regel, over map[string][]string) (uit []Gezien) {
	if len(k.Over) == 0 && k.Aantal > 0 {
		for o, typen := range over {
			if slices.ContainsFunc(typen, func(t string) bool { return slices.Contains(k.Typen, t) }) {
				k.Over = append(k.Over, o)
			}
		}
		slices.Sort(k.Over)
	}
	for _, o := range k.Over {
		typen, ok := over[o]
		if !ok {
			continue
		}
		g := Gezien{Onderwerp: o}
		for _, t := range typen {
			if w := h.Omschrijving(t); slices.Contains(k.Typen, t) && w != "" && !slices.Contains(g.Wat, w) {
				g.Wat = append(g.Wat, w)
			}
		}
		uit = append(uit, g)
	}
	return uit
}

// overPersoon gives of which records there are events about this person, with
// their types. Of more than anybody looks through nothing is told.
func (h *Hub) overPersoon(ctx context.Context, ref [16]byte) (map[string][]string, error) {
	uit, n := map[string][]string{}, 0
	z := graph.Vraag{Termen: []graph.Term{{Kind: graph.Persoon, Waarde: string(ref[:])}}}
	err := h.Graph.Zoek(z, func(plaats uint64) (bool, error) {
		f, err := h.FrameOp(ctx, plaats)
		if err != nil {
			return false, err
		}
		ev, err := cloudevent.ParseEigen(f.Event)
		if err == nil && !slices.Contains(uit[ev.Subject], ev.Type) {
			uit[ev.Subject] = append(uit[ev.Subject], ev.Type)
		}
		n++
		return n < kern.MaxBekeken, err
	})
	return uit, err
}

// verborgenVoor tells whether the organisation is the shielded source of anything
// about this person.
func (h *Hub) verborgenVoor(ctx context.Context, ref [16]byte, oin begrip.OIN) (ja bool, err error) {
	n := 0
	z := graph.Vraag{Termen: []graph.Term{{Kind: graph.Persoon, Waarde: string(ref[:])}, {Kind: graph.Organisatie, Waarde: oin.URN()}}}
	err = h.Graph.Zoek(z, func(plaats uint64) (bool, error) {
		f, err := h.FrameOp(ctx, plaats)
		if err != nil {
			return false, err
		}
		ev, err := cloudevent.ParseEigen(f.Event)
		if err != nil {
			return false, err
		}
		g, _, err := prov.Lees(ev.Data)
		if err != nil {
			return false, err
		}
		namen := []string{ev.Subject}
		for _, k := range g.Nodes {
			namen = append(namen, k.ID)
		}
		for _, naam := range namen {
			_, oins, bekend, err := h.Graph.Uniek(graph.Afscherming, naam)
			if err != nil {
				return false, err
			}
			if bekend && slices.Contains(strings.Fields(string(oins)), string(oin)) {
				ja = true
				return false, nil
			}
		}
		if n++; n == kern.MaxBekeken { // more than anybody looks through: then rather nothing
			ja = true
		}
		return !ja, nil
	})
	return ja, err
}

func (h *Hub) leesInzagenCursor(naam uuid.UUID, cursor string) (uint64, error) {
	if cursor == "" {
		return 0, nil
	}
	plaats, ok := h.Zegel.LeesCursor(&vraag.Vraag{ID: naam}, time.Time{}, cursor)
	if !ok {
		return 0, &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "cursor", Bericht: "Gebruik de cursor uit het vorige antwoord."}}}
	}
	return plaats, nil
}

func (h *Hub) schrijfInzagen(w http.ResponseWriter, naam uuid.UUID, lijst []Inzage, volgende uint64) error {
	uit := map[string]any{"inzagen": lijst}
	if volgende > 0 {
		uit["cursor"] = h.Zegel.Cursor(&vraag.Vraag{ID: naam}, time.Time{}, volgende)
	}
	rest.WriteJSON(w, http.StatusOK, uit)
	return nil
}

// Vissen is how often askers of one organisation met their limit.
type Vissen struct {
	OIN    begrip.OIN
	Naam   string
	Aantal int
	Laatst time.Time
}

// Vissen gives, for the chain manager, which organisations had askers that met
// their limit since vanaf, most often first. It tells of no person.
func (h *Hub) Vissen(ctx context.Context, vanaf time.Time) (uit []Vissen, err error) {
	ks, err := h.van(ctx, opGrens(""), vanaf, 0, 10_000)
	if err != nil {
		return nil, err
	}
	op := map[begrip.OIN]int{}
	for _, k := range ks {
		i, al := op[k.OIN]
		if !al {
			i = len(uit)
			op[k.OIN] = i
			uit = append(uit, Vissen{OIN: k.OIN, Naam: h.inzage(k.Regel).Organisatie.Naam, Laatst: time.UnixMicro(k.Op).UTC()})
		}
		uit[i].Aantal++
	}
	slices.SortStableFunc(uit, func(a, b Vissen) int { return cmp.Compare(b.Aantal, a.Aantal) })
	return uit, nil
}
