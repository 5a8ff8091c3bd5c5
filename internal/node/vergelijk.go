package node

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/toegang"
)

// Eigen is an event of this node that the Ketenindex holds.
type Eigen struct {
	InteractieID string    `json:"interactieId"`
	ID           string    `json:"id"`
	Type         string    `json:"type"`
	Subject      string    `json:"subject"`
	Time         time.Time `json:"time"`
	Anker        *struct {
		AantalRegels, Hash, Stempel string
	} `json:"anker,omitempty"`
}

// Verschil is what does not fit between this dossier and what others know of it.
type Verschil struct {
	Getuige  string   `json:"getuige,omitempty"` // what the getuige on this machine knows otherwise
	Ankers   []string `json:"ankers,omitempty"`  // what was anchored and is not so here
	Verloren []Eigen  `json:"verloren"`          // events of ours that this dossier does not know, newest first
}

// Leeg tells that all fits.
func (v Verschil) Leeg() bool { return v.Getuige == "" && len(v.Ankers)+len(v.Verloren) == 0 }

// errGeenVergelijking is of a hub that does not compare: an older version.
var errGeenVergelijking = errors.New("de Ketenindex kent het vergelijken niet")

// Sizes of one comparison, and how long a delivered message may be unknown.
const (
	vergelijkBlok  = 100
	vergelijkKort  = 50
	rustNaBezorgen = time.Minute
)

// sindsWaarde is from when the outbox knows every event that was made here.
const sindsWaarde = "herstel/sinds"

type vergelijkVraag struct {
	Bron   string   `json:"bron"`
	IDs    []string `json:"ids,omitempty"`
	Voor   string   `json:"voor,omitempty"`
	Limiet int      `json:"limiet"`
}

type vergelijkAntwoord struct {
	Onbekend       []string
	Gebeurtenissen []Eigen
	Volgende       string
}

func (n *Node) vraagVergelijking(ctx context.Context, v vergelijkVraag) (uit vergelijkAntwoord, err error) {
	v.Bron = n.systeem()
	b, err := json.Marshal(v)
	if err != nil {
		return uit, err
	}
	req, err := http.NewRequestWithContext(toegang.Naar(ctx, n.register.hubOIN), http.MethodPost, n.register.hub+"/v1/vergelijkingen", bytes.NewReader(b))
	if err != nil {
		return uit, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := n.register.client.Do(req)
	if err != nil {
		return uit, err
	}
	defer func() { _ = resp.Body.Close() }()
	if b, err = io.ReadAll(io.LimitReader(resp.Body, maxRegister)); err != nil {
		return uit, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return uit, json.Unmarshal(b, &uit)
	case http.StatusNotFound:
		return uit, errGeenVergelijking
	}
	return uit, fmt.Errorf("vergelijken: de hub antwoordt met %d", resp.StatusCode)
}

// vergelijk holds this dossier against what the Ketenindex has of it: the newest
// events, or with diep all that is not known here. What the hub lacks is offered
// again. An error means that it could not be compared.
func (n *Node) vergelijk(ctx context.Context, diep bool) (v Verschil, err error) {
	v.Getuige = n.getuigeZegt
	v.Verloren = []Eigen{}
	sinds, err := n.sinds(ctx)
	if err != nil {
		return v, err
	}
	bezorgd, err := n.store.Bezorgde(ctx, gebeurtenis.Hub, 0, time.Now().Add(-rustNaBezorgen), vergelijkKort)
	if err != nil {
		return v, err
	}
	vraag := vergelijkVraag{IDs: ids(bezorgd), Limiet: vergelijkKort}
	for eerste := true; ; eerste = false {
		in, err := n.vraagVergelijking(ctx, vraag)
		if err != nil {
			return v, err
		}
		if eerste {
			if err := n.biedOpnieuwAan(ctx, bezorgd, in.Onbekend); err != nil {
				return v, err
			}
		}
		nieuw, err := n.weeg(ctx, &v, in.Gebeurtenissen, sinds)
		if err != nil || !diep || nieuw == 0 || in.Volgende == "" {
			return v, err
		}
		vraag = vergelijkVraag{Voor: in.Volgende, Limiet: vergelijkBlok}
	}
}

// weeg adds to v what does not fit in events that the hub has of us, and gives
// how many of them are not known here.
func (n *Node) weeg(ctx context.Context, v *Verschil, events []Eigen, sinds time.Time) (nieuw int, err error) {
	var namen []string
	for _, e := range events {
		namen = append(namen, e.ID)
	}
	bekend, err := n.store.Verzonden(ctx, gebeurtenis.Hub, namen)
	if err != nil {
		return 0, err
	}
	for _, e := range events {
		soort, ok := bekend[e.ID]
		if soort == dossier.SoortHersteld {
			continue // a person dealt with it
		}
		if !ok && !e.Time.Before(sinds) {
			v.Verloren = append(v.Verloren, e)
			nieuw++
		}
		if e.Anker == nil {
			continue
		}
		zin, err := n.weegAnker(ctx, e)
		if err != nil {
			return nieuw, err
		}
		if zin != "" && !slices.Contains(v.Ankers, zin) {
			v.Ankers = append(v.Ankers, zin)
			nieuw++
		}
	}
	return nieuw, nil
}

// weegAnker gives what an anchor says that is not so here; empty when it fits.
func (n *Node) weegAnker(ctx context.Context, e Eigen) (string, error) {
	aantal, err := strconv.ParseInt(e.Anker.AantalRegels, 10, 64)
	if err != nil {
		return "", nil // not ours to judge: soh logboek verifieer tells
	}
	wanneer := e.Time.Format(time.RFC3339)
	if aantal > 0 {
		hash, ok, err := n.store.LogHash(ctx, aantal)
		if err != nil {
			return "", err
		}
		if !ok {
			return fmt.Sprintf("Op %s had het verwerkingenlog %d regels; nu zijn dat er minder.", wanneer, aantal), nil
		}
		if hex.EncodeToString(hash[:]) != e.Anker.Hash {
			return fmt.Sprintf("Regel %d van het verwerkingenlog is een andere dan op %s is verankerd.", aantal, wanneer), nil
		}
	}
	if e.Anker.Stempel == "" {
		return "", nil // of an older version
	}
	st, err := dossier.LeesStempel(e.Anker.Stempel)
	if err != nil || st.Nr == 0 {
		return "", nil
	}
	hier, ok, err := n.store.StempelOp(ctx, st.Nr)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return fmt.Sprintf("Op %s telde het dossier %d vastleggingen; nu zijn dat er minder.", wanneer, st.Nr), nil
	case hier != st:
		return fmt.Sprintf("Vastlegging %d is een andere dan op %s is verankerd.", st.Nr, wanneer), nil
	}
	return "", nil
}

// biedOpnieuwAan lets wait again for delivery what the hub took and lost: the
// newest first, and further back for as long as everything is unknown there.
func (n *Node) biedOpnieuwAan(ctx context.Context, bezorgd []dossier.Uitgaand, onbekend []string) error {
	for len(onbekend) > 0 {
		var nrs []int64
		for _, u := range bezorgd {
			if slices.Contains(onbekend, u.ID) {
				nrs = append(nrs, u.Nr)
			}
		}
		k, err := n.store.Opnieuw(ctx, nrs)
		if err != nil {
			return err
		}
		if k > 0 {
			n.cfg.Log.Warn("de Ketenindex kent gebeurtenissen niet meer die zij had aangenomen; zij worden opnieuw aangeboden", "aantal", k)
		}
		if bezorgd, err = n.store.Bezorgde(ctx, gebeurtenis.Hub, bezorgd[len(bezorgd)-1].Nr, time.Now(), vergelijkBlok); err != nil || len(bezorgd) == 0 {
			return err
		}
		in, err := n.vraagVergelijking(ctx, vergelijkVraag{IDs: ids(bezorgd), Limiet: 1})
		if err != nil {
			return err
		}
		onbekend = in.Onbekend
	}
	return nil
}

func ids(us []dossier.Uitgaand) []string {
	var uit []string
	for _, u := range us {
		if u.Soort != dossier.SoortHersteld {
			uit = append(uit, u.ID)
		}
	}
	return uit
}

// sinds is from when every event of ours is known here; zero: from the beginning.
func (n *Node) sinds(ctx context.Context) (time.Time, error) {
	b, ok, err := n.store.Waarde(ctx, sindsWaarde)
	if err != nil || !ok {
		return time.Time{}, err
	}
	µ, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("node: %s is onleesbaar", sindsWaarde)
	}
	return time.UnixMicro(µ), nil
}

func (n *Node) systeem() string { return n.cfg.Organisatie.OIN.Systeem("soh") }
