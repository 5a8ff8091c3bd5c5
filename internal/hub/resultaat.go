package hub

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
)

// uitbreiding is the extension attribute that carries the interactieId of a
// found event, to ask its proof with.
const uitbreiding = "interactieid"

// vondst is one found event as its reader may see it.
type vondst struct {
	plaats   uint64
	afzender begrip.OIN
	event    cloudevent.Event
	graaf    prov.Graph
}

// resultaten is GET /v1/resultaten/{interactieId}: one CloudEvent with the graph
// of the answer, or the found events themselves when the reader asks for a batch.
func (h *Hub) resultaten(w http.ResponseWriter, r *http.Request) {
	if err := h.geefResultaat(w, r); err != nil {
		rest.WriteFout(w, r, err)
	}
}

func (h *Hub) geefResultaat(w http.ResponseWriter, r *http.Request) error {
	d, err := h.beller(r)
	if err != nil {
		return err
	}
	id, err := leesInteractie(r.PathValue("interactieId"))
	if err != nil {
		return err
	}
	na, err := leesCursor(r)
	if err != nil {
		return err
	}
	batch, err := wilBatch(r)
	if err != nil {
		return err
	}
	v := h.vragen.van(id, d.OIN)
	if v == nil {
		return h.geenResultaat(r, id, d.OIN)
	}
	if h.geprojecteerd.Load() < v.seq {
		return begrip.NieuweFout(begrip.Conflict, "Het antwoord is nog niet klaar. Kijk bij de status of het zover is.")
	}
	vondsten, volgende, err := h.vind(r.Context(), v, na)
	if err != nil {
		return err
	}
	if volgende != 0 {
		w.Header().Set("Link", fmt.Sprintf(`</v1/resultaten/%s?cursor=%s>; rel="next"`, v.id.URN(), strconv.FormatUint(volgende, 36)))
	}
	var b []byte
	if batch {
		events := make([]cloudevent.Event, len(vondsten))
		for i := range vondsten {
			events[i] = vondsten[i].event
		}
		w.Header().Set("Content-Type", cloudevent.TypeBatch)
		b = cloudevent.AppendBatch(nil, events)
	} else {
		w.Header().Set("Content-Type", cloudevent.TypeEvent)
		b = h.antwoord(v, vondsten).Append(nil)
	}
	_, _ = w.Write(b)
	return nil
}

// geenResultaat tells why there is nothing to fetch under an id that is no query.
func (h *Hub) geenResultaat(r *http.Request, id uuid.UUID, oin begrip.OIN) error {
	uit, _, err := h.uitkomstVan(r, id, oin)
	switch {
	case err != nil:
		return err
	case uit == nil || uit.Fout != "":
		return begrip.NieuweFout(begrip.Conflict, "De status van deze interactie is niet OK. Er is geen resultaat.")
	}
	return begrip.NieuweFout(begrip.NietGevonden, "Deze interactie is verwerkt. Er hoort geen resultaat bij.")
}

func leesCursor(r *http.Request) (uint64, error) {
	q := r.URL.Query()
	for k := range q {
		if k != "cursor" {
			return 0, begrip.NieuweFout(begrip.Ongeldig, "Alleen cursor kan in dit adres staan.")
		}
	}
	if !q.Has("cursor") {
		return 0, nil
	}
	na, err := strconv.ParseUint(q.Get("cursor"), 36, 64)
	if err != nil {
		return 0, &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "cursor", Bericht: "Gebruik de cursor uit de Link van het vorige antwoord."}}}
	}
	return na, nil
}

// wilBatch reads what the client accepts; the single event is the default.
func wilBatch(r *http.Request) (bool, error) {
	accept := r.Header.Values("Accept")
	if len(accept) == 0 {
		return false, nil
	}
	kan := false
	for deel := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		t, p, err := mime.ParseMediaType(strings.TrimSpace(deel))
		if err != nil || p["q"] == "0" {
			continue
		}
		switch t {
		case cloudevent.TypeBatch:
			return true, nil
		case cloudevent.TypeEvent, "application/json", "application/*", "*/*":
			kan = true
		}
	}
	if !kan {
		return false, begrip.NieuweFout(begrip.NietAcceptabel, "Dit antwoord is er als %s en als %s.", cloudevent.TypeEvent, cloudevent.TypeBatch)
	}
	return false, nil
}

// vind gives a page of events after na, checked and reduced to what the reader
// may see; volgende is the cursor of the next page, zero on the last.
func (h *Hub) vind(ctx context.Context, v *vraag, na uint64) (uit []vondst, volgende uint64, err error) {
	z := v.zoek
	z.Na = na
	treffers, meer, err := h.graph.Zoek(z)
	if err != nil {
		return nil, 0, err
	}
	for _, t := range treffers {
		x, ok, err := h.bekijk(ctx, v, t.Plaats)
		if err != nil {
			return nil, 0, err
		}
		if ok {
			uit = append(uit, x)
		}
	}
	if meer {
		volgende = treffers[len(treffers)-1].Plaats
	}
	return uit, volgende, nil
}

// bekijk reads one hit for the reader of v; ok is false when it does not match
// after all, or when showing it would tell what is shielded.
func (h *Hub) bekijk(ctx context.Context, v *vraag, plaats uint64) (vondst, bool, error) {
	f, err := h.frameOp(ctx, plaats)
	if err != nil {
		return vondst{}, false, err
	}
	geen := [16]byte{}
	b, err := h.sleutels.Ontsleutel(ctx, f.Event, func(ref [16]byte) bool {
		return f.OIN == v.lezer.OIN || v.persoon != geen && ref == v.persoon
	})
	if err != nil {
		return vondst{}, false, err
	}
	x := vondst{plaats: plaats, afzender: f.OIN}
	if x.event, err = cloudevent.Parse(b); err != nil {
		return vondst{}, false, err
	}
	if x.graaf, _, err = prov.Lees(x.event.Data); err != nil {
		return vondst{}, false, err
	}
	gezin := v.lezer.Soort == begrip.Burgerportaal
	id := interactieVan(x.event, f.OIN).String()
	if gezin {
		if mag, err := h.schermAfVoorGezin(&x, f.OIN, v.orgs); err != nil || !mag {
			return vondst{}, false, err
		}
	}
	x, mag, err := h.magZien(v.lezer, x)
	// What is asked must match what is shown, else a filter would tell the rest.
	if err != nil || !mag || !v.past(f, x) {
		return vondst{}, false, err
	}
	if gezin {
		return x, true, nil
	}
	ext := map[string]string{uitbreiding: id}
	for k, w := range x.event.Extensions {
		ext[k] = w
	}
	x.event.Extensions = ext
	return x, true, nil
}

// past checks a hit against the question itself.
func (v *vraag) past(f frame, x vondst) bool {
	if v.persoon != [16]byte{} && !slices.Contains(f.Refs, v.persoon) {
		return false
	}
	for naam, w := range v.filters {
		goed := false
		switch naam {
		case "type":
			goed = x.event.Type == w
		case "subject":
			goed = x.event.Subject == w
		case "zaak":
			goed = slices.Contains(x.graaf.Zaken(), w)
		case "organisatie":
			goed = f.OIN.URN() == w || slices.ContainsFunc(x.graaf.Agents(), func(n *prov.Node) bool { return organisatieURN(n.ID) == w })
		}
		if !goed {
			return false
		}
	}
	return true
}

// antwoord makes the CloudEvent of a result: the query as Activity, the hub as
// Agent (with the reader, who is always recorded), the answer as Entity with
// what was found as its members. It passes the field's schema, empty or not.
func (h *Hub) antwoord(v *vraag, vondsten []vondst) cloudevent.Event {
	var g prov.Graph
	act, ant := "urn:soh:activiteit:"+v.id.String(), "urn:soh:antwoord:"+v.id.String()
	hub := h.cfg.Organisatie
	g.Node(act, prov.Activity, "soh:Bevragen").Set("soh:tijdstip", v.gesteld.Format(time.RFC3339)).
		Ref("prov:wasAssociatedWith", hub.OIN.URN()).Ref("prov:wasAssociatedWith", v.lezer.OIN.URN())
	g.Node(hub.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", string(hub.OIN)).Set("soh:naam", hub.Naam)
	g.Node(v.lezer.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", string(v.lezer.OIN)).Set("soh:naam", v.lezer.Naam)
	n := g.Node(ant, prov.Entity, "prov:Collection", "soh:Queryresultaat").Ref("prov:wasGeneratedBy", act)
	for _, x := range vondsten {
		for _, e := range x.graaf.Entities() {
			if !v.uitkomst || e.Is("soh:UitkomstOverleg") {
				n.Ref("prov:hadMember", e.ID)
			}
		}
		g.Voeg(x.graaf)
	}
	typ := cloudevent.GebeurtenissenQueryResultaat
	if v.uitkomst {
		typ = cloudevent.UitkomstQueryResultaat
	}
	return cloudevent.Event{
		ID: uuid.NewString(), Source: hub.OIN.Systeem("ketenindex"), Type: typ, Time: time.Now().UTC(), Subject: v.id.URN(),
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}
}
