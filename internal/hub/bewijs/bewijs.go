package bewijs

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/rest"
)

// Bewijs is what anyone needs to check, without the hub, that an event was
// stored and not changed since: GET /v1/events/{interactieId}/bewijs.
type Bewijs struct {
	InteractieID string `json:"interactieId"`
	Sleutel      string `json:"sleutel"`   // public key of the ledger, for a note verifier
	Regel        string `json:"regel"`     // base64: the entry as it stands in the log, personal values encrypted
	BladIndex    int64  `json:"bladIndex"` // place in the ledger
	Bewijs       string `json:"bewijs"`    // C2SP tlog proof with the signed checkpoint
}

// Regel is what an entry of the log tells to who checks a Bewijs.
type Regel struct {
	Afzender  begrip.OIN
	Ontvangen time.Time
	Event     cloudevent.Event // personal values encrypted
}

// Controleer checks the signature under the checkpoint, that the entry stands
// under it, and that it is the event the interactieId names. vkey is the public
// key the checker trusts, from another channel than the proof itself.
func (b Bewijs) Controleer(vkey string) (Regel, ledger.Checkpoint, error) {
	geen := func(bericht string, err error) (Regel, ledger.Checkpoint, error) {
		return Regel{}, ledger.Checkpoint{}, begrip.NieuweFout(begrip.Ongeldig, "%s", bericht).Door(err)
	}
	entry, err := base64.StdEncoding.DecodeString(b.Regel)
	if err != nil {
		return geen("De regel in het bewijs is geen base64.", err)
	}
	index, c, err := ledger.Verifieer([]byte(b.Bewijs), entry, vkey)
	if err != nil {
		return geen("Het bewijs klopt niet: de regel staat niet in het grootboek, of de handtekening is van een ander.", err)
	}
	f, err := kern.LeesFrame(entry)
	if err != nil {
		return geen("De regel in het bewijs is niet te lezen.", err)
	}
	ev, err := cloudevent.Parse(f.Event)
	if err != nil {
		return geen("De gebeurtenis in het bewijs is niet te lezen.", err)
	}
	if index != b.BladIndex || kern.InteractieVan(ev, f.OIN).URN() != b.InteractieID {
		return geen("Het bewijs is van een andere gebeurtenis.", nil)
	}
	return Regel{f.OIN, f.Ontvangen, ev}, c, nil
}

func (h *Hub) bewijs(w http.ResponseWriter, r *http.Request) {
	b, err := h.geefBewijs(r)
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	rest.WriteJSON(w, http.StatusOK, b)
}

func (h *Hub) geefBewijs(r *http.Request) (Bewijs, error) {
	d, err := h.Beller(r)
	if err != nil {
		return Bewijs{}, err
	}
	if d.Soort == begrip.Burgerportaal {
		// An interactieId is a name over source and id: whoever may guess it
		// could find out a shielded source.
		return Bewijs{}, begrip.NieuweFout(begrip.Verboden, "Het burgerportaal krijgt geen bewijs van losse gebeurtenissen.")
	}
	k, err := h.Kijker(r)
	if err != nil {
		return Bewijs{}, err
	}
	id, err := kern.LeesInteractie(r.PathValue("interactieId"))
	if err != nil {
		return Bewijs{}, err
	}
	plaats, err := h.plaatsVan(r, id, d.OIN)
	if err != nil {
		return Bewijs{}, err
	}
	g, err := h.Antwoord.MagBewijs(r.Context(), k, plaats)
	if err != nil {
		return Bewijs{}, err
	}
	if err := h.Antwoord.LegBewijsVast(r.Context(), k, g); err != nil {
		return Bewijs{}, err
	}
	p := hublog.Plaats(plaats)
	eerste, ok, err := h.Graph.BladVan(p.Seq())
	if err != nil || !ok {
		return Bewijs{}, begrip.NieuweFout(begrip.NietBeschikbaar, "Het bewijs is er nog niet. Probeer het over een paar tellen nog eens.").Door(err)
	}
	index := int64(eerste) + int64(p.Index())
	if _, c := h.Ledger.Checkpoint(); index >= c.Grootte {
		if _, err := h.Ledger.Onderteken(); err != nil {
			return Bewijs{}, err
		}
	}
	tekst, err := h.Ledger.Bewijs(index)
	if err != nil {
		return Bewijs{}, err
	}
	entry, err := h.Log.Read(r.Context(), p)
	if err != nil {
		return Bewijs{}, err
	}
	return Bewijs{
		InteractieID: id.URN(), Sleutel: h.Ledger.Sleutel(), Regel: base64.StdEncoding.EncodeToString(entry),
		BladIndex: index, Bewijs: string(tekst),
	}, nil
}

// plaatsVan finds the event; Conflict while it is under way.
func (h *Hub) plaatsVan(r *http.Request, id uuid.UUID, lezer begrip.OIN) (uint64, error) {
	uit, plaats, err := h.Uitkomst(id)
	if err == nil && uit == nil {
		uit, plaats, err = h.UitkomstVan(r, id, lezer)
		if err == nil && uit == nil {
			return 0, begrip.NieuweFout(begrip.Conflict, "De gebeurtenis is nog niet verwerkt. Kijk bij de status of het zover is.")
		}
	}
	return plaats, err
}

func (h *Hub) checkpoint(w http.ResponseWriter, r *http.Request) {
	noot, _ := h.Ledger.Stand()
	if noot == nil {
		rest.WriteFout(w, r, begrip.NieuweFout(begrip.NietGevonden, "Er is nog niets ondertekend."))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(noot)
}

func (h *Hub) tegel(w http.ResponseWriter, r *http.Request) {
	data, vol, err := h.Ledger.Tegel(strings.TrimPrefix(r.URL.Path, "/tlog/"))
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	// Other answers of the hub say no-store, because they are about people or
	// for one reader. Tiles are neither, and never change: a full one may be kept
	// for ever, a partial one until the full one is there.
	w.Header().Set("Cache-Control", "public, max-age=60")
	if vol {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data)
}

// Onderteken signs the tree as it grows, behind the acknowledgement.
func (h *Hub) Onderteken(ctx context.Context) {
	klok := time.NewTicker(tekenTijd)
	defer klok.Stop()
	gemeld := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-klok.C:
		}
		if h.Geprojecteerd.Load() == 0 || h.Poort.Fout() != nil {
			continue
		}
		noot, err := h.Ledger.Onderteken()
		if err == nil {
			err = h.Getuige.ZetStand(noot)
		}
		if err != nil && !gemeld {
			h.Cfg.Log.Error("checkpoint niet ondertekend", "fout", err)
		}
		gemeld = err != nil
	}
}
