package hub

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
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/jsontape"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// beller gives the deelnemer behind the certificate of the request; the chain
// manager is one without being in the list.
func (h *Hub) beller(r *http.Request) (register.Deelnemer, error) {
	oin, err := toegang.Beller(r)
	if err != nil {
		return register.Deelnemer{}, err
	}
	if !h.registerBij.Load() {
		return register.Deelnemer{}, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex start en weet nog niet wie meedoen. Probeer het over een paar tellen nog eens.")
	}
	d, err := h.register.Toegelaten(oin)
	if err != nil && oin == h.cfg.Organisatie.OIN {
		return register.Deelnemer{Organisatie: h.cfg.Organisatie}, nil
	}
	return d, err
}

// ontvang is POST /v1/events, the hot path: nothing here looks anything up.
func (h *Hub) ontvang(w http.ResponseWriter, r *http.Request) {
	d, err := h.beller(r)
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	events, batch, err := cloudevent.FromRequest(r)
	defer func() { cloudevent.LaatLos(events) }()
	if err == nil {
		err = controleer(events, batch, d.OIN)
	}
	if err == nil {
		err = h.magSturen(events, batch, d)
	}
	if err == nil {
		err = h.feitenMogen(events, d.OIN)
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
	ids, err := h.legVast(r.Context(), d.OIN, events)
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

// momentGrenzen are the bounds of the moments that an event may tell: when its sender
// registered it, and when it happened. A clock may run ahead a little; there is no
// other reason to tell of what did not happen yet.
var momentGrenzen = struct {
	vooruit time.Duration // that a moment may lie after the hub's own clock
	vroegst time.Time     // nothing in the chain is older
}{5 * time.Minute, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}

const (
	berichtVooruit = "Dit moment ligt in de toekomst: uw klok loopt voor. Zet hem gelijk en stuur de gebeurtenis opnieuw."
	berichtOud     = "Dit moment ligt voor het jaar 2000. Vul het moment van registratie in."
	berichtNaam    = "Hier mag alleen een naam staan (een URI of een deel daarvan), zonder spaties en zonder tekst over mensen. Namen onder urn:soh: en urn:nld: schrijft u in kleine letters."
	berichtExtra   = "Een eigen attribuut mag alleen een getal, waar of onwaar, een tijdstip, een URI of een korte code in kleine letters zijn. Zet tekst in de inhoud (data)."
	berichtBron    = "Gebruik urn:nld:oin:<het OIN van uw certificaat>, met of zonder :systeem:<naam>. Een ander nummer kan alleen als het bij uw organisatie in het register staat."
)

// controleer brings events to the newest spelling and checks what only the hub
// knows: types that a deelnemer can send, moments that can be, nothing to read where
// no one should.
func controleer(events []cloudevent.Event, batch bool, afzender begrip.OIN) error {
	var c, vreemd begrip.Controle
	nu := time.Now()
	for i := range events {
		ev := &events[i]
		ev.Normaliseer()
		plek := plekVan(batch, i)
		c.Eis(!cloudevent.IsResultaat(ev.Type), plek+"type", "Dit type is voor antwoorden van de Ketenindex. Een deelnemer kan het niet sturen.")
		c.Eis(!ev.Time.After(nu.Add(momentGrenzen.vooruit)), plek+"time", berichtVooruit)
		c.Eis(!ev.Time.Before(momentGrenzen.vroegst), plek+"time", berichtOud)
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
	regels := h.regels.Load()
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

// legVast encrypts the events and makes them durable, all before it returns.
func (h *Hub) legVast(ctx context.Context, afzender begrip.OIN, events []cloudevent.Event) ([]uuid.UUID, error) {
	if len(events) == 0 {
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Er staat geen gebeurtenis in dit verzoek.")
	}
	if err := h.poort.fout(); err != nil {
		return nil, err
	}
	if h.onderweg.aantal() > maxOnderweg {
		return nil, begrip.NieuweFout(begrip.TeDruk, "De Ketenindex loopt achter met verwerken. Probeer het over enkele seconden opnieuw.")
	}
	if ctx.Value(houdtSlot{}) == nil {
		h.vergeetSlot.RLock() // no key is destroyed between its use and the log
		defer h.vergeetSlot.RUnlock()
	}
	var vreemd error
	ids, entries, err := h.maakEntries(ctx, afzender, events, func(i int, waarom string) {
		if vreemd == nil {
			vreemd = &begrip.Fout{Code: begrip.Verboden, Bericht: waarom, Velden: []begrip.Veldfout{{Veld: plekVan(len(events) > 1, i) + "data", Bericht: waarom}}}
		}
	})
	if err = cmp.Or(err, vreemd); err != nil {
		return nil, err
	}
	plaatsen, err := h.log.AppendVan(ctx, string(afzender), entries)
	h.schrijffout.Store(begrip.Is(err, begrip.NietBeschikbaar))
	if err != nil {
		return nil, err
	}
	h.getuige.zet(plaatsen[len(plaatsen)-1].Seq())
	h.onderweg.erbij(ids, afzender, plaatsen, h.geprojecteerd.Load)
	return ids, nil
}

// maakEntries makes of each event its interactieId and what enters the log. vreemd is
// told of each that shows itself that its sender may not say it, and why.
func (h *Hub) maakEntries(ctx context.Context, afzender begrip.OIN, events []cloudevent.Event, vreemd ...func(i int, waarom string)) ([]uuid.UUID, [][]byte, error) {
	ids, entries := make([]uuid.UUID, len(events)), make([][]byte, len(events))
	nu, regels := time.Now(), h.regels.Load()
	r := innames.Get().(*inname)
	defer innames.Put(r)
	for i := range events {
		ev := &events[i]
		ruw, ok := ev.AppendBand(r.ruw[:0], &r.gelezen)
		r.ruw = ruw
		if !ok {
			return nil, nil, begrip.NieuweFout(begrip.Ongeldig, "De inhoud (data) is geen geldige JSON.")
		}
		mac := h.graph.MAC("inhoud", ruw)
		stored, refs, gelezen, err := h.sleutels.VersleutelBand(ctx, r.stored[:0], &r.gelezen, &r.dicht, feitSoortVan[ev.Type] != nil)
		if err != nil {
			return nil, nil, err
		}
		r.stored = stored
		ids[i] = interactieVan(*ev, afzender)
		f := frame{OIN: afzender, Ontvangen: nu, Digest: [16]byte(mac[:16]), ID: ids[i], Refs: refs, Event: stored, Opmerkingen: ev.Opmerkingen}
		if gelezen { // else it is read from the log
			var waarom string
			if f.Kaart, waarom = h.maakKaart(regels, f, *ev, &r.dicht); waarom != "" && len(vreemd) > 0 {
				vreemd[0](i, waarom)
			}
		}
		entries[i] = f.bytes()
	}
	return ids, entries, nil
}

// frameOp reads the entry at plaats.
func (h *Hub) frameOp(ctx context.Context, plaats uint64) (frame, error) {
	b, err := h.log.Read(ctx, hublog.Plaats(plaats))
	if err != nil {
		return frame{}, err
	}
	return leesFrame(b)
}
