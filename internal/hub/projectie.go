package hub

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// uitkomst is what became of an event, kept under its interactieId.
type uitkomst struct {
	OIN             begrip.OIN `json:"o"`           // who offered it; only the sender sees its status
	Digest          []byte     `json:"d"`           // of the content that stands
	Waarschuwingen  []string   `json:"w,omitempty"` // OK, but
	Fout            string     `json:"f,omitempty"` // not empty: ERROR
	Technisch       bool       `json:"t,omitempty"`
	Validatiefouten []string   `json:"v,omitempty"`
}

// ontleding is one entry of the log, read and checked; nothing of it depends on
// other entries, so that entries are read side by side.
type ontleding struct {
	frame  frame
	event  cloudevent.Event
	id     uuid.UUID
	uit    uitkomst
	leeg   bool // no frame: counts in the ledger only
	plaats uint64

	termen   []graph.Term    // under what it can be found; known only when it was read
	postings []graph.Sleutel // of the terms
	actie    string          // @id of its first Activity; known only when it was read
	schermAf []string        // nodes whose source must stay hidden from the family

	spraak   soorten.Uitspraak // known only when it was read
	typ      string            // of the event
	over     soorten.Over      // what the sender must be of records
	records  []graph.Sleutel
	partijen []byte // OINs, 20 each

	sleutelID, sleutelActie graph.Sleutel // under which it is told from others

	feit  *feit // what the chain must remember, when the event tells that
	geldt bool  // feit stands: it was not told before
}

const (
	andereInhoud  = "Deze gebeurtenis is later nog eens aangeboden met andere inhoud. De eerste telt."
	dubbelHandeld = "Deze activiteit is al eerder gemeld, in een andere gebeurtenis. De eerste telt."
	meerActies    = "Er staat meer dan één activiteit in deze gebeurtenis. Alleen de eerste telt om te zien of hij al gemeld is."
)

// ontleed reads one entry: from its kaart, or the event itself when there is none
// that holds.
func (h *Hub) ontleed(regels *soorten.Stand, plaats uint64, entry []byte) (o ontleding) {
	o.plaats = plaats
	f, err := leesFrame(entry)
	if err != nil {
		o.leeg = true
		return o
	}
	o.neem(f)
	if k, ok := leesKaart(regels, f); ok && h.volgens(&o, regels, k) {
		o.sleutelID = h.sleutelID(o.id)
		return o
	}
	ev, err := cloudevent.ParseEigen(f.Event)
	if err != nil {
		o.leeg = true // the hub wrote it, so this is damage; bewijs and verify show it
		return o
	}
	h.leesEvent(&o, regels, ev, func() (prov.Graph, []string, error) { return prov.LeesGebeurtenis(ev.Data) })
	h.maakSleutels(&o)
	return o
}

// neem takes over what the frame says.
func (o *ontleding) neem(f frame) {
	o.frame, o.id, o.uit.OIN, o.uit.Digest = f, f.ID, f.OIN, f.Digest[:]
}

// leesEvent reads and checks the event itself, the graph with lees.
func (h *Hub) leesEvent(o *ontleding, regels *soorten.Stand, ev cloudevent.Event, lees func() (prov.Graph, []string, error)) {
	o.event = ev
	defer func() {
		if p := recover(); p != nil {
			o.uit.Fout, o.uit.Technisch = "Wij konden deze gebeurtenis niet verwerken.", true
		}
	}()
	if !regels.Bekend(o.event.Type) {
		o.uit.Fout, o.uit.Validatiefouten = "Dit soort gebeurtenis kennen wij niet.", []string{"type: Dit type staat niet in het register."}
		return
	}
	g, waarschuwingen, err := lees()
	o.uit.Waarschuwingen = append(o.frame.Opmerkingen.Zinnen(), waarschuwingen...)
	if err != nil {
		o.uit.Fout, o.uit.Waarschuwingen = "De inhoud van deze gebeurtenis klopt niet.", nil
		fout := begrip.FoutVan(err)
		o.uit.Technisch = fout.Code == begrip.Intern
		for _, v := range fout.Velden {
			o.uit.Validatiefouten = append(o.uit.Validatiefouten, string(begrip.MaskeerBSN([]byte(v.Veld+": "+v.Bericht))))
		}
		if len(fout.Velden) == 0 {
			o.uit.Validatiefouten = []string{string(begrip.MaskeerBSN([]byte(fout.Bericht)))}
		}
		return
	}
	for _, v := range regels.Controleer(o.event, g, sleutels.Masker) {
		o.uit.Fout = "De inhoud van deze gebeurtenis past niet bij het schema."
		o.uit.Validatiefouten = append(o.uit.Validatiefouten, string(begrip.MaskeerBSN([]byte(v.Veld+": "+v.Bericht))))
	}
	if s := feitSoortVan[o.event.Type]; s != nil && o.uit.Fout == "" {
		ontleedFeit(s, o, g)
	}
	h.leesSpraak(o, regels, g)
	h.leesMomenten(o, g)
	leesPersonen(o, g)
	if o.uit.Fout == "" {
		o.verbind(g)
	}
}

// ontleedFeit reads the feit that an event tells.
func ontleedFeit(s *feitSoort, o *ontleding, g prov.Graph) {
	f, err := feitUit(s, o.event, g)
	if err != nil {
		o.uit.Fout, o.uit.Waarschuwingen = "De inhoud van deze gebeurtenis klopt niet.", nil
		for _, v := range begrip.FoutVan(err).Velden {
			o.uit.Validatiefouten = append(o.uit.Validatiefouten, v.Veld+": "+v.Bericht)
		}
		return
	}
	f.Door, f.Ontvangen, f.Plaats = o.frame.OIN, o.frame.Ontvangen, o.plaats
	o.feit = &f
}

// gelezen is a block of which every entry was read and checked.
type gelezen struct {
	seq     uint64
	entries [][]byte
	delen   []ontleding
	regels  *soorten.Stand // it was checked against
	daarna  []func()       // to be called when the step is done
	feit    bool           // some entry tells a feit: what comes after may depend on it
}

// lees reads the entries of a block on all processors but one, which is for
// the step before it and for who calls.
func (h *Hub) lees(b hublog.Blok) gelezen {
	uit := gelezen{seq: b.Seq, entries: b.Entries, delen: make([]ontleding, len(b.Entries)), regels: h.regels.Load()}
	var wg sync.WaitGroup
	n := min(max(1, runtime.GOMAXPROCS(0)-1), len(b.Entries))
	for w := range n {
		wg.Go(func() {
			for i := w; i < len(b.Entries); i += n {
				uit.delen[i] = h.ontleed(uit.regels, uint64(hublog.PlaatsVan(b.Seq, i)), b.Entries[i])
			}
		})
	}
	wg.Wait()
	uit.feit = slices.ContainsFunc(uit.delen, func(o ontleding) bool { return o.feit != nil })
	return uit
}

// projecteer adds blocks to the read model and the ledger, in as few steps as
// may be: a block with a feit is a step of its own, so that the feit meets
// everything before its block in the read model, on every replica alike.
func (h *Hub) projecteer(blokken []gelezen) error {
	for len(blokken) > 0 {
		n := 1
		for n < len(blokken) && !blokken[0].feit && !blokken[n].feit {
			n++
		}
		if err := h.projecteerStap(blokken[:n]); err != nil {
			return err
		}
		blokken = blokken[n:]
	}
	return nil
}

// werk is a block on its way into the read model.
type werk struct {
	h *Hub
	*stap
}

func (h *Hub) projecteerStap(blokken []gelezen) (err error) {
	s := h.graph.Stap()
	defer func() {
		s.Weg()
		if err != nil {
			err = errors.Join(err, h.ledger.Herlaad())
		}
	}()
	for i := range blokken {
		if err := h.projecteerBlok(s, &blokken[i]); err != nil {
			return err
		}
	}
	if err := h.ledger.Sluit(s.Batch()); err != nil {
		return err
	}
	seq := blokken[len(blokken)-1].seq
	if err := s.Klaar(seq); err != nil {
		return err
	}
	var ids []uuid.UUID
	for i := range blokken {
		for k := range blokken[i].delen {
			o := &blokken[i].delen[k]
			ids = append(ids, o.id)
			if o.geldt {
				h.geldt(*o.feit)
			}
		}
	}
	h.geprojecteerd.Store(seq)
	h.getuige.zet(seq) // also of what another replica took in
	if seq == h.log.Laatste() {
		h.bijTot.Store(time.Now().UnixNano())
	}
	for i := range blokken {
		for _, f := range blokken[i].daarna {
			f()
		}
		if h.abonnementen.luistert() {
			h.abonnementen.wekBij(vindplaatsen(blokken[i].delen))
		}
	}
	h.onderweg.klaar(seq, ids)
	h.vooruit.roep()
	return nil
}

// vindplaatsen gives by what each event that counts can be found.
func vindplaatsen(delen []ontleding) (uit [][]graph.Sleutel) {
	for i := range delen {
		if o := &delen[i]; !o.leeg && o.uit.Fout == "" {
			uit = append(uit, o.postings)
		}
	}
	return uit
}

// zonderFrame takes an entry that is no event: what to do when the step is done;
// nil for an entry nobody knows.
func (h *Hub) zonderFrame(s *graph.Stap, plaats uint64, entry []byte) (na func(), err error) {
	switch {
	case len(entry) > 0 && entry[0] == kijkByte:
		return h.neemKijk(s, plaats, entry)
	case len(entry) > 0 && entry[0] == proefByte:
		return func() {}, nil
	case len(entry) > 0 && entry[0] == notitieByte:
		return h.neemNotitie(s, entry)
	}
	return nil, nil
}

func (h *Hub) projecteerBlok(s *graph.Stap, b *gelezen) error {
	var ontvangen time.Time
	w := &werk{h: h, stap: &stap{h, s, b.regels}}
	for i := range b.delen {
		if w.regels != b.regels { // agreed earlier in this block
			b.delen[i] = h.ontleed(w.regels, uint64(hublog.PlaatsVan(b.seq, i)), b.entries[i])
		}
		o := &b.delen[i]
		if t := o.frame.Ontvangen; t.After(ontvangen) {
			ontvangen = t
		}
		if o.leeg {
			na, err := h.zonderFrame(s, o.plaats, b.entries[i])
			if err != nil {
				return err
			}
			if na == nil {
				h.cfg.Log.Error("regel in het log is niet leesbaar", "blok", b.seq, "plek", i)
				continue
			}
			b.daarna = append(b.daarna, na)
			continue
		}
		if err := w.verwerk(o); err != nil {
			return err
		}
	}
	eerste, err := h.ledger.Append(s.Batch(), b.entries)
	if err != nil {
		return err
	}
	if err := s.Blad(b.seq, uint64(eerste), ontvangen); err != nil {
		return fmt.Errorf("hub: leaf of block %d: %w", b.seq, err)
	}
	return nil
}

// verwerk decides what an event means beside those before it.
func (w *werk) verwerk(o *ontleding) error {
	s := w.s
	plaats, waarde, bekend, err := s.UniekOp(o.sleutelID)
	if err != nil {
		return err
	}
	if bekend {
		return herhaald(s, o, plaats, waarde)
	}
	if o.uit.Fout == "" {
		dubbel, err := eersteActiviteit(s, o)
		if err != nil {
			return err
		}
		if dubbel {
			o.uit.Waarschuwingen = append(o.uit.Waarschuwingen, dubbelHandeld)
		} else if err := w.maakVindbaar(o); err != nil {
			return err
		}
	}
	return zetUitkomst(s, o.sleutelID, o.plaats, o.uit)
}

// herhaald is the same event once more: nothing new, unless its content differs.
func herhaald(s *graph.Stap, o *ontleding, plaats uint64, waarde []byte) error {
	uit, err := leesUitkomst(plaats, waarde)
	if err != nil {
		return err
	}
	if bytes.Equal(uit.Digest, o.uit.Digest) || slices.Contains(uit.Waarschuwingen, andereInhoud) {
		return nil
	}
	uit.Waarschuwingen = append(uit.Waarschuwingen, andereInhoud)
	return zetUitkomst(s, o.sleutelID, plaats, uit)
}

func zetUitkomst(s *graph.Stap, id graph.Sleutel, plaats uint64, uit uitkomst) error {
	b, err := uit.bytes()
	if err != nil {
		return fmt.Errorf("hub: outcome: %w", err)
	}
	s.ZetOp(id, plaats, b)
	return nil
}

// kaleUitkomst begins an outcome without remarks: OIN 20, digest 16. Another is
// JSON.
const kaleUitkomst = 1

func (u uitkomst) bytes() ([]byte, error) {
	if len(u.Waarschuwingen)+len(u.Validatiefouten) > 0 || u.Fout != "" || u.Technisch || len(u.OIN) != 20 || len(u.Digest) != 16 {
		return json.Marshal(u)
	}
	return append(append(append(make([]byte, 0, 37), kaleUitkomst), u.OIN...), u.Digest...), nil
}

func leesUitkomst(plaats uint64, b []byte) (u uitkomst, err error) {
	if len(b) == 37 && b[0] == kaleUitkomst {
		return uitkomst{OIN: begrip.OIN(b[1:21]), Digest: b[21:]}, nil
	}
	if err := json.Unmarshal(b, &u); err != nil {
		return u, fmt.Errorf("hub: outcome at %d: %w", plaats, err)
	}
	return u, nil
}

// eersteActiviteit claims the Activity for this event; dubbel when the same
// sender told it before, in another event.
func eersteActiviteit(s *graph.Stap, o *ontleding) (dubbel bool, err error) {
	if _, _, dubbel, err = s.UniekOp(o.sleutelActie); err != nil || dubbel {
		return dubbel, err
	}
	s.ZetOp(o.sleutelActie, o.plaats, nil)
	return false, nil
}

const (
	// maxTermen is under how much one event can be found: each costs room in the index
	// of the whole chain, for as long as the event is kept.
	maxTermen  = 2000
	foutTermen = "Deze gebeurtenis noemt te veel personen, zaken en organisaties. Stuur er meer, die elk minder noemen."

	// maxKaartTermen is how many terms a kaart holds. Each is looked up in the event
	// when it is made, so an event with more is read again in the projection.
	maxKaartTermen = 64
)

// termenVan gives what an event can be found by; more than maxTermen when that is too
// much.
func termenVan(f frame, ev cloudevent.Event, g prov.Graph) []graph.Term {
	termen := make([]graph.Term, 0, 16)
	var al map[graph.Term]bool // of many
	erbij := func(k graph.Kind, w string) {
		t := graph.Term{Kind: k, Waarde: w}
		if w == "" || len(termen) > maxTermen {
			return
		}
		if len(termen) <= maxKaartTermen {
			if !slices.Contains(termen, t) {
				termen = append(termen, t)
			}
			return
		}
		if al == nil {
			al = make(map[graph.Term]bool, 4*len(termen))
			for _, e := range termen {
				al[e] = true
			}
		}
		if !al[t] {
			al[t] = true
			termen = append(termen, t)
		}
	}
	termen = append(termen, graph.Term{Kind: graph.Alle}, graph.Term{Kind: graph.Type, Waarde: ev.Type})
	erbij(graph.Onderwerp, ev.Subject)
	erbij(graph.Organisatie, f.OIN.URN())
	for _, r := range f.Refs {
		erbij(graph.Persoon, string(r[:]))
	}
	for _, z := range g.Zaken() {
		erbij(graph.Zaak, z)
	}
	zelf := f.OIN.URN()
	noemt := func(naam string) {
		if oin, ok := begrip.OINVan(naam); ok && oin != f.OIN {
			erbij(graph.Genoemd, oin.URN())
		}
	}
	for _, n := range g.Nodes {
		if n.Is(prov.Agent) {
			erbij(graph.Organisatie, organisatieURN(n.ID))
		}
		if n.ID != zelf {
			noemt(n.ID)
		}
		for _, p := range n.Props {
			for _, v := range p.Values {
				if v.Kind == prov.Verwijzing && v.Ref != zelf {
					noemt(v.Ref)
				}
			}
		}
	}
	return termen
}

// verbind notes what of the graph the step needs; the graph is let go of.
func (o *ontleding) verbind(g prov.Graph) {
	for _, n := range g.Nodes {
		if n.Is(prov.Activity) {
			if o.actie != "" && !slices.Contains(o.uit.Waarschuwingen, meerActies) {
				o.uit.Waarschuwingen = append(o.uit.Waarschuwingen, meerActies)
			}
			o.actie = cmp.Or(o.actie, n.ID)
		}
		if n.Tekst(prov.BronAfgeschermd) == "true" {
			o.schermAf = append(o.schermAf, n.ID)
		}
	}
	if o.termen = termenVan(o.frame, o.event, g); len(o.termen) > maxTermen {
		o.uit.Fout, o.uit.Waarschuwingen, o.termen = foutTermen, nil, nil
		o.uit.Validatiefouten = []string{"/data/@graph: ten hoogste " + strconv.Itoa(maxTermen) + " personen, zaken en organisaties samen"}
	}
}

// maakSleutels hashes what o is found by, beside the step.
func (h *Hub) maakSleutels(o *ontleding) {
	o.sleutelID, o.sleutelActie = h.sleutelID(o.id), h.sleutelActie(o.frame.OIN, []byte(o.actie))
	o.over, o.typ = o.spraak.Over, o.event.Type
	for _, naam := range o.spraak.Records {
		o.records = append(o.records, h.graph.Sleutel(graph.Houder, []byte(naam)))
	}
	for _, naam := range o.spraak.Partijen {
		o.partij(naam)
	}
	o.postings = make([]graph.Sleutel, len(o.termen))
	for i, t := range o.termen {
		o.postings[i] = h.graph.Posting(t.Kind, []byte(t.Waarde), o.event.Time, o.plaats)
	}
}

func (h *Hub) sleutelID(id uuid.UUID) graph.Sleutel {
	return h.graph.Sleutel(graph.Interactie, []byte(id.String()))
}

func (h *Hub) sleutelActie(door begrip.OIN, actie []byte) graph.Sleutel {
	return h.graph.Sleutel(graph.Activiteit, append(append(append(make([]byte, 0, 128), door...), '\n'), actie...))
}

// maakVindbaar makes the event findable, and what it tells true: unless that
// does not stand beside what came before.
func (w *werk) maakVindbaar(o *ontleding) error {
	if o.feit != nil {
		bezwaar, err := w.neem(*o.feit)
		if err != nil {
			return err
		}
		if bezwaar != "" {
			o.uit.Fout, o.uit.Waarschuwingen = bezwaar, nil
			return nil
		}
		o.geldt = true
	}
	if bezwaar, err := w.spreekt(o); err != nil || bezwaar != "" {
		o.uit.Fout, o.uit.Waarschuwingen = bezwaar, nil
		return err
	}
	for _, node := range o.schermAf {
		if err := schermAf(w.s, node, o.frame.OIN, o.plaats); err != nil {
			return err
		}
	}
	return w.s.Postings(o.postings)
}

// organisatieURN reduces the urn of an organisation's system to the organisation.
func organisatieURN(id string) string {
	if oin, ok := begrip.OINVan(id); ok {
		return oin.URN()
	}
	return id
}

// schermAf notes that oin asked to stay hidden from the family behind node.
func schermAf(s *graph.Stap, node string, oin begrip.OIN, plaats uint64) error {
	eerste, waarde, bekend, err := s.Uniek(graph.Afscherming, node)
	if err != nil {
		return err
	}
	if !bekend {
		eerste = plaats
	}
	if slices.Contains(strings.Fields(string(waarde)), string(oin)) {
		return nil
	}
	s.Zet(graph.Afscherming, node, eerste, append(slices.Clone(waarde), string(oin)+" "...))
	return nil
}
