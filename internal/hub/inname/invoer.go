package inname

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/jsontape"
	"github.com/handbereik/soh/internal/rest"
)

// ontvang is POST /v1/events, the hot path: nothing here looks anything up.
func (h *Hub) ontvang(w http.ResponseWriter, r *http.Request) {
	d, err := h.Beller(r)
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	events, batch, err := cloudevent.FromRequest(r)
	defer func() { cloudevent.LaatLos(events) }()
	if err == nil {
		err = Controleer(events, batch, d.OIN)
	}
	if err == nil {
		err = h.magSturen(events, batch, d)
	}
	if err == nil {
		err = h.Feit.FeitenMogen(events, d.OIN)
	}
	if err != nil {
		h.meetGeweigerd(err)
		rest.WriteFout(w, r, err)
		return
	}
	if err == nil && batch && len(events) == 0 { // CloudEvents: a batch may be empty
		rest.WriteJSON(w, http.StatusAccepted, map[string]any{"interacties": []string{}, "waarschuwingen": []string{"De lijst is leeg: er is niets vastgelegd."}})
		return
	}
	ids, err := h.LegVast(r.Context(), d.OIN, events)
	if err != nil {
		h.meetGeweigerd(err)
		rest.WriteFout(w, r, err)
		return
	}
	h.meetGenomen(events)
	b := make([]byte, 0, 16+72*len(ids))
	if batch {
		b = append(b, `{"interacties":[`...)
	}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"interactieId":"`...)
		b = append(b, id.URN()...)
		b = append(b, `"}`...)
	}
	if batch {
		b = append(b, `]}`...)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write(b)
}

const (
	berichtVooruit = "Dit moment ligt in de toekomst: uw klok loopt voor. Zet hem gelijk en stuur de gebeurtenis opnieuw."
	berichtOud     = "Dit moment ligt voor het jaar 2000. Vul het moment van registratie in."
	berichtNaam    = "Hier mag alleen een naam staan (een URI of een deel daarvan), zonder spaties en zonder tekst over mensen. Namen onder urn:soh: en urn:nld: schrijft u in kleine letters."
	berichtExtra   = "Een eigen attribuut mag alleen een getal, waar of onwaar, een tijdstip, een URI of een korte code in kleine letters zijn. Zet tekst in de inhoud (data)."
	berichtBron    = "Gebruik urn:nld:oin:<het OIN van uw certificaat>, met of zonder :systeem:<naam>. Een ander nummer kan alleen als het bij uw organisatie in het register staat."
)

// Controleer brings events to the newest spelling and checks what only the hub
// knows: types that a deelnemer can send, moments that can be, nothing to read where
// no one should.
func Controleer(events []cloudevent.Event, batch bool, afzender begrip.OIN) error {
	var c, vreemd begrip.Controle
	nu := time.Now()
	for i := range events {
		ev := &events[i]
		ev.Normaliseer()
		plek := plekVan(batch, i)
		c.Eis(!cloudevent.IsResultaat(ev.Type), plek+"type", "Dit type is voor antwoorden van de Ketenindex. Een deelnemer kan het niet sturen.")
		c.Eis(!ev.Time.After(nu.Add(lezing.MomentGrenzen.Vooruit)), plek+"time", berichtVooruit)
		c.Eis(!ev.Time.Before(lezing.MomentGrenzen.Vroegst), plek+"time", berichtOud)
		c.Eis(cloudevent.NaamVorm(ev.ID), plek+"id", berichtNaam)
		c.Eis(ev.Subject == "" || cloudevent.NaamVorm(ev.Subject), plek+"subject", berichtNaam)
		c.Eis(ev.DataSchema == "" || cloudevent.NaamVorm(strings.TrimSuffix(ev.DataSchema, ".schema.json")), plek+"dataschema", berichtNaam)
		c.Eis(ev.DataContentType == "" || cloudevent.TypeVormGoed(ev.DataContentType), plek+"datacontenttype", "Alleen charset en profile mogen achter het mediatype staan.")
		for naam, waarde := range ev.Extensions {
			veld := naam
			if !cloudevent.Identifier(naam) { // it may be the text itself
				veld = "extensie"
			}
			c.Eis(cloudevent.ExtraVorm(naam, waarde), plek+veld, berichtExtra)
		}
		oin, ok := ev.BronOIN()
		vreemd.Eis(!ok || oin == afzender, plek+"source", "Deze source is van een andere organisatie dan uw certificaat.")
	}
	return foutVan(c, vreemd)
}

// magSturen checks events against the register: a source that is the sender's own,
// and a type that its kind of organisation may say.
func (h *Hub) magSturen(events []cloudevent.Event, batch bool, d register.Deelnemer) error {
	var vreemd begrip.Controle
	regels := h.Regels.Load()
	for i := range events {
		ev := &events[i]
		if d.Spreekt(ev.Source) && regels.MagZeggen(ev.Type, d.Soort) { // nearly always
			continue
		}
		vreemd.Eis(d.Spreekt(ev.Source), plekVan(batch, i)+"source", berichtBron)
		vreemd.Eis(regels.MagZeggen(ev.Type, d.Soort), plekVan(batch, i)+"type", "Uw soort organisatie kan dit niet melden.")
	}
	return foutVan(begrip.Controle{}, vreemd)
}

func plekVan(batch bool, i int) string {
	if !batch {
		return ""
	}
	return "[" + strconv.Itoa(i) + "]."
}

func foutVan(c, vreemd begrip.Controle) error {
	if err := c.Fout(); err != nil {
		return err
	}
	if len(vreemd.Velden) > 0 {
		return &begrip.Fout{Code: begrip.Verboden, Bericht: "U kunt alleen gebeurtenissen van uw eigen organisatie sturen.", Velden: vreemd.Velden}
	}
	return nil
}

// maxOnderweg is how many acknowledged events may wait for the projection: what
// is taken in beyond that could not be found soon, and is kept in memory.
const maxOnderweg = 250_000

// innames holds room to write an event in, before and after it is encrypted.
var innames = sync.Pool{New: func() any { return new(inname) }}

type inname struct {
	ruw, stored    []byte
	gelezen, dicht jsontape.Tape // of the member data of each
}

// LegVast encrypts the events and makes them durable, all before it returns.
func (h *Hub) LegVast(ctx context.Context, afzender begrip.OIN, events []cloudevent.Event) ([]uuid.UUID, error) {
	if len(events) == 0 {
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Er staat geen gebeurtenis in dit verzoek.")
	}
	if err := h.Poort.Fout(); err != nil {
		return nil, err
	}
	if h.Onderweg.Aantal() > maxOnderweg {
		return nil, begrip.NieuweFout(begrip.TeDruk, "De Ketenindex loopt achter met verwerken. Probeer het over enkele seconden opnieuw.")
	}
	if ctx.Value(kern.HoudtSlot{}) == nil {
		h.VergeetSlot.RLock() // no key is destroyed between its use and the log
		defer h.VergeetSlot.RUnlock()
	}
	var vreemd error
	ids, entries, err := h.MaakEntries(ctx, afzender, events, func(i int, waarom string) {
		if vreemd == nil {
			vreemd = &begrip.Fout{Code: begrip.Verboden, Bericht: waarom, Velden: []begrip.Veldfout{{Veld: plekVan(len(events) > 1, i) + "data", Bericht: waarom}}}
		}
	})
	if err = cmp.Or(err, vreemd); err != nil {
		return nil, err
	}
	plaatsen, err := h.Log.AppendVan(ctx, string(afzender), entries)
	h.Schrijffout.Store(begrip.Is(err, begrip.NietBeschikbaar))
	if err != nil {
		return nil, err
	}
	h.Getuige.Zet(plaatsen[len(plaatsen)-1].Seq())
	h.Onderweg.Erbij(ids, afzender, plaatsen, h.Geprojecteerd.Load)
	return ids, nil
}

// MaakEntries makes of each event its interactieId and what enters the log. vreemd is
// told of each that shows itself that its sender may not say it, and why.
func (h *Hub) MaakEntries(ctx context.Context, afzender begrip.OIN, events []cloudevent.Event, vreemd ...func(i int, waarom string)) ([]uuid.UUID, [][]byte, error) {
	ids, entries := make([]uuid.UUID, len(events)), make([][]byte, len(events))
	nu, regels := time.Now(), h.Regels.Load()
	r := innames.Get().(*inname)
	defer innames.Put(r)
	for i := range events {
		ev := &events[i]
		ruw, ok := ev.AppendBand(r.ruw[:0], &r.gelezen)
		r.ruw = ruw
		if !ok {
			return nil, nil, begrip.NieuweFout(begrip.Ongeldig, "De inhoud (data) is geen geldige JSON.")
		}
		mac := h.Graph.MAC("inhoud", ruw)
		stored, refs, gelezen, err := h.Sleutels.VersleutelBand(ctx, r.stored[:0], &r.gelezen, &r.dicht, feit.SoortVan[ev.Type] != nil)
		if err != nil {
			return nil, nil, err
		}
		r.stored = stored
		ids[i] = kern.InteractieVan(*ev, afzender)
		f := kern.Frame{OIN: afzender, Ontvangen: nu, Digest: [16]byte(mac[:16]), ID: ids[i], Refs: refs, Event: stored, Opmerkingen: ev.Opmerkingen}
		if gelezen { // else it is read from the log
			var waarom string
			if f.Kaart, waarom = h.Lezing.MaakKaart(regels, f, *ev, &r.dicht); waarom != "" && len(vreemd) > 0 {
				vreemd[0](i, waarom)
			}
		}
		entries[i] = f.Bytes()
	}
	return ids, entries, nil
}

func (h *Hub) meetGenomen(events []cloudevent.Event) {
	if h.Metingen.Genomen == nil {
		return
	}
	for _, ev := range events {
		typ := ev.Type
		if !cloudevent.Bekend(typ) { // a sender may put anything there
			typ = "onbekend"
		}
		h.Metingen.Genomen.Plus(1, typ)
	}
}

func (h *Hub) meetGeweigerd(err error) {
	h.Metingen.Geweigerd.Plus(1, string(begrip.FoutVan(err).Code))
}
