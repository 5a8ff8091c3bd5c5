package bewijs

import (
	"context"
	"encoding/base64"
	"net/http"
	"sort"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// Grootboekregel is one entry of the log as it is stored: who reads it holds it
// against the public commitment at the same index.
type Grootboekregel struct {
	BladIndex int64  `json:"bladIndex"`
	Regel     string `json:"regel"` // base64; personal values encrypted
}

// Grootboekregels is the answer of GET /v1/grootboekregels: the entries of a
// range that the reader may have. Volgende is where to go on, absent at the end.
type Grootboekregels struct {
	Vanaf    int64            `json:"vanaf"`
	Tot      int64            `json:"tot"` // entry after the last that was looked at
	Regels   []Grootboekregel `json:"regels"`
	Volgende *int64           `json:"volgende,omitempty"`
}

// An answer is at most so many entries, and ends after so many bytes.
const (
	maxRegels      = 1000
	maxRegelsBytes = 4 << 20
)

func (h *Hub) grootboekregels(w http.ResponseWriter, r *http.Request) {
	a, err := h.geefRegels(r)
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	rest.WriteJSON(w, http.StatusOK, a)
}

// geefRegels gives stored entries. The chain manager, who keeps the log, audits
// all of it; a deelnemer gets the entries it offered itself. Others would learn
// from an entry who did what, even with the personal values encrypted.
func (h *Hub) geefRegels(r *http.Request) (Grootboekregels, error) {
	oin, err := toegang.Beller(r)
	if err != nil {
		return Grootboekregels{}, err
	}
	alles := oin == h.Cfg.Organisatie.OIN
	if !alles {
		d, err := h.Register.Toegelaten(oin)
		if err != nil {
			return Grootboekregels{}, err
		}
		if d.Soort == begrip.Burgerportaal {
			return Grootboekregels{}, begrip.NieuweFout(begrip.Verboden, "Het burgerportaal krijgt geen regels van het grootboek.")
		}
	}
	eind, err := h.eindVanGrootboek()
	if err != nil {
		return Grootboekregels{}, err
	}
	vanaf, tot, err := leesBereik(r, eind)
	if err != nil {
		return Grootboekregels{}, err
	}
	a := Grootboekregels{Vanaf: vanaf, Tot: vanaf, Regels: []Grootboekregel{}}
	seq, err := h.blokVan(vanaf)
	if err != nil {
		return a, err
	}
	for bytes := 0; a.Tot < tot && a.Tot-vanaf < maxRegels && bytes < maxRegelsBytes; seq++ {
		eerste, ok, err := h.Graph.BladVan(seq)
		if err != nil || !ok {
			return a, begrip.NieuweFout(begrip.NietBeschikbaar, "Deze regels zijn er nog niet. Probeer het over een paar tellen nog eens.").Door(err)
		}
		b, err := h.Log.Blok(r.Context(), seq)
		if err != nil {
			return a, err
		}
		for i := max(a.Tot-int64(eerste), 0); i < int64(len(b.Entries)) && a.Tot < tot; i++ {
			e := b.Entries[i]
			if f, err := kern.LeesFrame(e); alles || err == nil && f.OIN == oin {
				a.Regels = append(a.Regels, Grootboekregel{a.Tot, base64.StdEncoding.EncodeToString(e)})
				bytes += len(e)
			}
			a.Tot++
		}
	}
	if a.Tot < tot {
		a.Volgende = &a.Tot
	}
	return a, nil
}

// leesBereik reads ?vanaf=&tot=: the first entry, and the one after the last;
// without tot all that is under the checkpoint.
func leesBereik(r *http.Request, eind int64) (vanaf, tot int64, err error) {
	tot = eind
	var c begrip.Controle
	for naam, w := range r.URL.Query() {
		n, err := strconv.ParseInt(w[0], 10, 64)
		goed := err == nil && n >= 0 && len(w) == 1
		switch naam {
		case "vanaf":
			c.Eis(goed, naam, "geef het nummer van de eerste regel, vanaf 0")
			vanaf = n
		case "tot":
			c.Eis(goed && n <= eind, naam, "geef het nummer na de laatste regel; het grootboek telt er nu %d", eind)
			tot = n
		default:
			c.Eis(false, naam, "alleen vanaf en tot kunnen in dit adres staan")
		}
	}
	if c.Fout() == nil {
		c.Eis(vanaf <= tot, "vanaf", "dit ligt na het einde van het bereik")
	}
	return vanaf, tot, c.Fout()
}

// eindVanGrootboek is the size of the checkpoint that everybody can get.
func (h *Hub) eindVanGrootboek() (int64, error) {
	_, c := h.Ledger.Stand()
	if c.Grootte == 0 {
		return 0, begrip.NieuweFout(begrip.NietGevonden, "Er is nog niets ondertekend.")
	}
	return c.Grootte, nil
}

// blokVan finds the block of the log that holds a leaf: blocks hold leaves in
// order.
func (h *Hub) blokVan(blad int64) (uint64, error) {
	var fout error
	n := sort.Search(int(h.Geprojecteerd.Load()), func(i int) bool {
		eerste, ok, err := h.Graph.BladVan(uint64(i) + 1)
		if err != nil {
			fout = err
		}
		return err != nil || ok && int64(eerste) > blad
	})
	return max(uint64(n), 1), fout
}

// Openbaar is the part of the hub that is for everybody: the checkpoint and the
// tiles. It needs no certificate of the caller, so it may be served on an
// address of its own; nothing in it tells who did what.
func (h *Hub) Openbaar() http.Handler {
	mux := http.NewServeMux()
	h.tlog(mux)
	return rest.Handler(mux, kern.Versie, h.Cfg.Log)
}

func (h *Hub) tlog(mux *http.ServeMux) {
	mux.HandleFunc("GET /tlog/checkpoint", h.checkpoint)
	mux.HandleFunc("GET /tlog/tile/{pad...}", h.tegel)
}

// Times between looking for a tree to sign, and for a witness to answer.
const (
	tekenTijd  = time.Second
	getuigTijd = 5 * time.Second
)

// LaatGetuigen asks the witnesses about each new checkpoint, apart from the
// signing itself: a witness that does not answer holds nobody up.
func (h *Hub) LaatGetuigen(ctx context.Context) {
	if len(h.getuigen) == 0 {
		return
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	klok := time.NewTicker(tekenTijd)
	defer klok.Stop()
	gemeld := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-klok.C:
		}
		tekst := ""
		for _, err := range h.Ledger.Publiceer(ctx, client, h.getuigen, getuigTijd) {
			tekst += err.Error() + "; "
		}
		if tekst != "" && tekst != gemeld && ctx.Err() == nil {
			h.Cfg.Log.Warn("een getuige tekende niet", "fout", tekst)
		}
		gemeld = tekst
	}
}
