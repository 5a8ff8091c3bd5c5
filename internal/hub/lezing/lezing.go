package lezing

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// Ontleding is one entry of the log, read and checked; nothing of it depends on
// other entries, so that entries are read side by side.
type Ontleding struct {
	Frame  kern.Frame
	event  cloudevent.Event
	ID     uuid.UUID
	Uit    kern.Uitkomst
	Leeg   bool // no frame: counts in the ledger only
	Plaats uint64

	termen   []graph.Term    // under what it can be found; known only when it was read
	Postings []graph.Sleutel // of the terms
	actie    string          // @id of its first Activity; known only when it was read
	SchermAf []string        // nodes whose source must stay hidden from the family

	spraak   soorten.Uitspraak // known only when it was read
	Typ      string            // of the event
	Over     soorten.Over      // what the sender must be of records
	Records  []graph.Sleutel
	Partijen []byte // OINs, 20 each

	SleutelID, SleutelActie graph.Sleutel // under which it is told from others

	Feit  *feit.Feit // what the chain must remember, when the event tells that
	Geldt bool       // feit stands: it was not told before
}

// Ontleed reads one entry: from its kaart, or the event itself when there is none
// that holds.
func (h *Hub) Ontleed(regels *soorten.Stand, plaats uint64, entry []byte) (o Ontleding) {
	o.Plaats = plaats
	f, err := kern.LeesFrame(entry)
	if err != nil {
		o.Leeg = true
		return o
	}
	o.neem(f)
	if k, ok := leesKaart(regels, f); ok && h.volgens(&o, regels, k) {
		o.SleutelID = h.sleutelID(o.ID)
		return o
	}
	ev, err := cloudevent.ParseEigen(f.Event)
	if err != nil {
		o.Leeg = true // the hub wrote it, so this is damage; bewijs and verify show it
		return o
	}
	h.leesEvent(&o, regels, ev, func() (prov.Graph, []string, error) { return prov.LeesGebeurtenis(ev.Data) })
	h.maakSleutels(&o)
	return o
}

// neem takes over what the frame says.
func (o *Ontleding) neem(f kern.Frame) {
	o.Frame, o.ID, o.Uit.OIN, o.Uit.Digest = f, f.ID, f.OIN, f.Digest[:]
}

// leesEvent reads and checks the event itself, the graph with lees.
func (h *Hub) leesEvent(o *Ontleding, regels *soorten.Stand, ev cloudevent.Event, lees func() (prov.Graph, []string, error)) {
	o.event = ev
	defer func() {
		if p := recover(); p != nil {
			o.Uit.Fout, o.Uit.Technisch = "Wij konden deze gebeurtenis niet verwerken.", true
		}
	}()
	if !regels.Bekend(o.event.Type) {
		o.Uit.Fout, o.Uit.Validatiefouten = "Dit soort gebeurtenis kennen wij niet.", []string{"type: Dit type staat niet in het register."}
		return
	}
	g, waarschuwingen, err := lees()
	o.Uit.Waarschuwingen = append(o.Frame.Opmerkingen.Zinnen(), waarschuwingen...)
	if err != nil {
		o.Uit.Fout, o.Uit.Waarschuwingen = "De inhoud van deze gebeurtenis klopt niet.", nil
		fout := begrip.FoutVan(err)
		o.Uit.Technisch = fout.Code == begrip.Intern
		for _, v := range fout.Velden {
			o.Uit.Validatiefouten = append(o.Uit.Validatiefouten, string(begrip.MaskeerBSN([]byte(v.Veld+": "+v.Bericht))))
		}
		if len(fout.Velden) == 0 {
			o.Uit.Validatiefouten = []string{string(begrip.MaskeerBSN([]byte(fout.Bericht)))}
		}
		return
	}
	for _, v := range regels.Controleer(o.event, g, sleutels.Masker) {
		o.Uit.Fout = "De inhoud van deze gebeurtenis past niet bij het schema."
		o.Uit.Validatiefouten = append(o.Uit.Validatiefouten, string(begrip.MaskeerBSN([]byte(v.Veld+": "+v.Bericht))))
	}
	if s := feit.SoortVan[o.event.Type]; s != nil && o.Uit.Fout == "" {
		ontleedFeit(s, o, g)
	}
	h.leesSpraak(o, regels, g)
	h.leesMomenten(o, g)
	leesPersonen(o, g)
	if o.Uit.Fout == "" {
		o.verbind(g)
	}
}

// ontleedFeit reads the feit that an event tells.
func ontleedFeit(s *feit.Soort, o *Ontleding, g prov.Graph) {
	f, err := feit.Uit(s, o.event, g)
	if err != nil {
		o.Uit.Fout, o.Uit.Waarschuwingen = "De inhoud van deze gebeurtenis klopt niet.", nil
		for _, v := range begrip.FoutVan(err).Velden {
			o.Uit.Validatiefouten = append(o.Uit.Validatiefouten, v.Veld+": "+v.Bericht)
		}
		return
	}
	f.Door, f.Ontvangen, f.Plaats = o.Frame.OIN, o.Frame.Ontvangen, o.Plaats
	o.Feit = &f
}

// verbind notes what of the graph the step needs; the graph is let go of.
func (o *Ontleding) verbind(g prov.Graph) {
	for _, n := range g.Nodes {
		if n.Is(prov.Activity) {
			if o.actie != "" && !slices.Contains(o.Uit.Waarschuwingen, kern.MeerActies) {
				o.Uit.Waarschuwingen = append(o.Uit.Waarschuwingen, kern.MeerActies)
			}
			o.actie = cmp.Or(o.actie, n.ID)
		}
		if n.Tekst(prov.BronAfgeschermd) == "true" {
			o.SchermAf = append(o.SchermAf, n.ID)
		}
	}
	if o.termen = kern.TermenVan(o.Frame, o.event, g); len(o.termen) > kern.MaxTermen {
		o.Uit.Fout, o.Uit.Waarschuwingen, o.termen = kern.FoutTermen, nil, nil
		o.Uit.Validatiefouten = []string{"/data/@graph: ten hoogste " + strconv.Itoa(kern.MaxTermen) + " personen, zaken en organisaties samen"}
	}
}

// maakSleutels hashes what o is found by, beside the step.
func (h *Hub) maakSleutels(o *Ontleding) {
	o.SleutelID, o.SleutelActie = h.sleutelID(o.ID), h.sleutelActie(o.Frame.OIN, []byte(o.actie))
	o.Over, o.Typ = o.spraak.Over, o.event.Type
	for _, naam := range o.spraak.Records {
		o.Records = append(o.Records, h.Graph.Sleutel(graph.Houder, []byte(naam)))
	}
	for _, naam := range o.spraak.Partijen {
		o.partij(naam)
	}
	o.Postings = make([]graph.Sleutel, len(o.termen))
	for i, t := range o.termen {
		o.Postings[i] = h.Graph.Posting(t.Kind, []byte(t.Waarde), o.event.Time, o.Plaats)
	}
}

func (h *Hub) sleutelID(id uuid.UUID) graph.Sleutel {
	return h.Graph.Sleutel(graph.Interactie, []byte(id.String()))
}

func (h *Hub) sleutelActie(door begrip.OIN, actie []byte) graph.Sleutel {
	return h.Graph.Sleutel(graph.Activiteit, append(append(append(make([]byte, 0, 128), door...), '\n'), actie...))
}
