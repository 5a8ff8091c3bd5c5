package hub

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

const (
	maxVraag      = 16 << 10 // bytes of a query body
	standaardPage = 100
	maxPage       = 1000
	vraagLeeft    = 15 * time.Minute
	maxVragen     = 20_000
)

// gezochteBSN is a BSN in a query. Given but empty, null or wrong it must never
// count as not given: the query would then run without the filter.
type gezochteBSN struct {
	begrip.BSN
	fout bool
}

// UnmarshalJSON reads a string of digits; what is no BSN is remembered as fout.
func (b *gezochteBSN) UnmarshalJSON(t []byte) error {
	var s string
	err := json.Unmarshal(t, &s)
	if err == nil {
		b.BSN, err = begrip.ParseBSN(s)
	}
	b.fout = err != nil
	return nil
}

// gebeurtenisVraag is the body of POST /v1/gebeurtenissen/query.
type gebeurtenisVraag struct {
	Burgerservicenummer  gezochteBSN `json:"burgerservicenummer"`
	BetrokkeneIdentifier gezochteBSN `json:"betrokkeneIdentifier"`
	Zaak                 *string     `json:"zaak"`
	Subject              *string     `json:"subject"`
	Organisatie          *string     `json:"organisatie"`
	Type                 *string     `json:"type"`
	Vanaf                *time.Time  `json:"vanaf"`
	Tot                  *time.Time  `json:"tot"`
	Limiet               *int        `json:"limiet"`
}

// uitkomstVraag is the body of POST /v1/uitkomsten-overleg/query, as the field's
// contract 1.2.0 has it; vanaf and tot are accepted for beschikbaar….
type uitkomstVraag struct {
	Burgerservicenummer  gezochteBSN `json:"burgerservicenummer"`
	BetrokkeneIdentifier gezochteBSN `json:"betrokkeneIdentifier"`
	BeschikbaarVanaf     *time.Time  `json:"beschikbaarVanaf"`
	BeschikbaarTot       *time.Time  `json:"beschikbaarTot"`
	Vanaf                *time.Time  `json:"vanaf"`
	Tot                  *time.Time  `json:"tot"`
	Limiet               *int        `json:"limiet"`
}

// vraag is an accepted query: what to look for, and for whom. It lives in memory
// only, because it holds whom a reader asked about.
type vraag struct {
	id       uuid.UUID
	lezer    register.Deelnemer
	uitkomst bool // a query of uitkomsten-overleg
	zoek     graph.Vraag
	persoon  [16]byte // zero: not asked about a person
	orgs     string   // urn asked for
	seq      uint64   // the log as it stood when the query came in
	gesteld  time.Time
	filters  map[string]string // to check hits against: hashes are short
}

func (h *Hub) zoekGebeurtenissen(w http.ResponseWriter, r *http.Request) {
	h.stel(w, r, func(lezer register.Deelnemer) (*vraag, error) {
		var in gebeurtenisVraag
		if err := leesVraag(w, r, &in); err != nil {
			return nil, err
		}
		var c begrip.Controle
		v := h.nieuweVraag(lezer)
		v.over(h, &c, in.Burgerservicenummer, in.BetrokkeneIdentifier)
		v.filter(&c, graph.Zaak, "zaak", in.Zaak)
		v.filter(&c, graph.Onderwerp, "subject", in.Subject)
		if in.Organisatie != nil {
			oin, err := begrip.ParseOIN(*in.Organisatie)
			if err == nil {
				*in.Organisatie = oin.URN()
			}
			c.Eis(err == nil || strings.HasPrefix(*in.Organisatie, "urn:"), "organisatie", "Vul een OIN in, of een naam die begint met urn:.")
			v.orgs = *in.Organisatie
			v.filter(&c, graph.Organisatie, "organisatie", in.Organisatie)
		}
		if in.Type != nil {
			ev := cloudevent.Event{Type: *in.Type}
			ev.Normaliseer()
			c.Eis(h.regels.Load().Bekend(ev.Type), "type", "Dit type staat niet in het register.")
			v.filter(&c, graph.Type, "type", &ev.Type)
		}
		v.tussen(&c, "vanaf", in.Vanaf, "tot", in.Tot)
		v.pagina(&c, in.Limiet)
		c.Eis(len(v.zoek.Termen) > 0 || in.Vanaf != nil || in.Tot != nil || len(c.Velden) > 0, "", "Geef minstens één filter.")
		return v, v.af(&c)
	})
}

func (h *Hub) zoekUitkomsten(w http.ResponseWriter, r *http.Request) {
	h.stel(w, r, func(lezer register.Deelnemer) (*vraag, error) {
		var in uitkomstVraag
		if err := leesVraag(w, r, &in); err != nil {
			return nil, err
		}
		var c begrip.Controle
		v := h.nieuweVraag(lezer)
		v.uitkomst = true
		v.over(h, &c, in.Burgerservicenummer, in.BetrokkeneIdentifier)
		uitkomst := cloudevent.UitkomstBeschikbaar
		v.filter(&c, graph.Type, "type", &uitkomst)
		c.Eis(in.Vanaf == nil || in.BeschikbaarVanaf == nil, "vanaf", "Geef beschikbaarVanaf of vanaf, niet allebei.")
		c.Eis(in.Tot == nil || in.BeschikbaarTot == nil, "tot", "Geef beschikbaarTot of tot, niet allebei.")
		if in.Vanaf == nil {
			in.Vanaf = in.BeschikbaarVanaf
		}
		if in.Tot == nil {
			in.Tot = in.BeschikbaarTot
		}
		v.tussen(&c, "beschikbaarVanaf", in.Vanaf, "beschikbaarTot", in.Tot)
		v.pagina(&c, in.Limiet)
		return v, v.af(&c)
	})
}

// leesVraag reads a query body. The name of an unknown member is the caller's
// own text, so it may hold a BSN: masked before it is told back.
func leesVraag(w http.ResponseWriter, r *http.Request, in any) error {
	err := rest.ReadJSON(w, r, maxVraag, in)
	if f, ok := errors.AsType[*begrip.Fout](err); ok {
		for i := range f.Velden {
			f.Velden[i].Veld = string(begrip.MaskeerBSN([]byte(f.Velden[i].Veld)))
		}
	}
	return err
}

// stel accepts a query and answers with its interactieId.
func (h *Hub) stel(w http.ResponseWriter, r *http.Request, maak func(register.Deelnemer) (*vraag, error)) {
	lezer, err := h.beller(r)
	var v *vraag
	if err == nil {
		v, err = maak(lezer)
	}
	if err == nil {
		err = h.vragen.erbij(v)
	}
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	rest.WriteJSON(w, http.StatusAccepted, map[string]string{"interactieId": v.id.URN()})
}

func (h *Hub) nieuweVraag(lezer register.Deelnemer) *vraag {
	return &vraag{id: uuid.New(), lezer: lezer, seq: h.log.Laatste(), gesteld: time.Now().UTC(), filters: map[string]string{}}
}

// over takes the person asked about, under the newer or the older name.
func (v *vraag) over(h *Hub, c *begrip.Controle, nieuw, oud gezochteBSN) {
	c.Eis(!nieuw.fout, "burgerservicenummer", "Vul een geldig burgerservicenummer in, of laat dit veld weg.")
	c.Eis(!oud.fout, "betrokkeneIdentifier", "Vul een geldig burgerservicenummer in, of laat dit veld weg.")
	bsn, ouder := nieuw.BSN, oud.BSN
	c.Eis(bsn.IsZero() || ouder.IsZero() || bsn == ouder, "betrokkeneIdentifier", "Dit is een ander nummer dan burgerservicenummer. Geef er één.")
	if bsn.IsZero() {
		bsn = ouder
	}
	if bsn.IsZero() {
		c.Eis(v.lezer.Soort != begrip.Burgerportaal, "burgerservicenummer", "Het burgerportaal zoekt altijd naar één persoon.")
		return
	}
	v.persoon = h.sleutels.Ref(bsn)
	v.zoek.Termen = append(v.zoek.Termen, graph.Term{Kind: graph.Persoon, Waarde: string(v.persoon[:])})
}

// filter narrows the query; nil is not given, empty is a mistake.
func (v *vraag) filter(c *begrip.Controle, k graph.Kind, naam string, waarde *string) {
	if waarde == nil {
		return
	}
	c.Eis(*waarde != "", naam, "Vul iets in, of laat dit veld weg.")
	v.filters[naam] = *waarde
	v.zoek.Termen = append(v.zoek.Termen, graph.Term{Kind: k, Waarde: *waarde})
}

func (v *vraag) tussen(c *begrip.Controle, naamVanaf string, vanaf *time.Time, naamTot string, tot *time.Time) {
	if vanaf != nil {
		v.zoek.Vanaf = *vanaf
	}
	if tot != nil {
		v.zoek.Tot = *tot
	}
	c.Eis(vanaf == nil || tot == nil || vanaf.Before(*tot), naamTot, "Dit moment moet na %s liggen.", naamVanaf)
}

func (v *vraag) pagina(c *begrip.Controle, limiet *int) {
	v.zoek.Limiet = standaardPage
	if limiet != nil {
		v.zoek.Limiet = *limiet
		c.Eis(*limiet >= 1 && *limiet <= maxPage, "limiet", "Kies een getal van 1 tot en met %d.", maxPage)
	}
}

func (v *vraag) af(c *begrip.Controle) error {
	v.zoek.TotEnMet = v.seq<<16 | 0xffff
	return c.Fout()
}

// vragen holds the accepted queries for vraagLeeft.
type vragen struct {
	slot sync.Mutex
	op   map[uuid.UUID]*vraag
	rij  []*vraag // oldest first
}

// erbij keeps v and drops what is too old; TeDruk when there are too many.
func (v *vragen) erbij(n *vraag) error {
	v.slot.Lock()
	defer v.slot.Unlock()
	v.ruim()
	if len(v.op) >= maxVragen {
		return begrip.NieuweFout(begrip.TeDruk, "Er staan te veel vragen open. Probeer het over een paar tellen nog eens.")
	}
	v.op[n.id] = n
	v.rij = append(v.rij, n)
	return nil
}

func (v *vragen) ruim() {
	i := 0
	for ; i < len(v.rij) && time.Since(v.rij[i].gesteld) > vraagLeeft; i++ {
		delete(v.op, v.rij[i].id)
		v.rij[i] = nil
	}
	v.rij = v.rij[i:]
}

// van gives the query of this reader; nil when there is none.
func (v *vragen) van(id uuid.UUID, oin begrip.OIN) *vraag {
	v.slot.Lock()
	defer v.slot.Unlock()
	v.ruim()
	if q := v.op[id]; q != nil && q.lezer.OIN == oin {
		return q
	}
	return nil
}
