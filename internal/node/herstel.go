package node

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/waarborg"
)

// Herstelling is what must be dealt with in a dossier that was put back, and what
// a herstel did or would do.
type Herstelling struct {
	Verschil
	Sluit   []Sluiting `json:"sluit"`   // what events tell that was ended, and is ended again
	Rest    []Eigen    `json:"rest"`    // events of which the content is gone
	Twijfel bool       `json:"twijfel"` // only the own organisation sees anything until a person lets others in
	Open    []Sluiting `json:"-"`       // what lets others look and may have been ended without an event
}

// Sluiting is a safeguard: by its kind and id only.
type Sluiting struct {
	Soort string    `json:"soort"`
	ID    string    `json:"id"`
	Sinds time.Time `json:"sinds"`
	staat waarborg.Soort
}

// openers let others look: what of them ended since the copy may have been ended
// without an event.
var openers = []waarborg.Soort{waarborg.SoortToestemming, waarborg.SoortVertegenwoord, waarborg.SoortVerstrekking, waarborg.SoortMedewerking}

// Herstel shows what is wrong with this dossier, and changes nothing. An error
// means that the Ketenindex could not be asked: then nobody knows.
func (n *Node) Herstel(ctx context.Context) (h Herstelling, err error) {
	if h.Verschil, err = n.vergelijk(ctx, true); err != nil {
		return h, err
	}
	b, _, err := n.store.Waarde(ctx, twijfelWaarde)
	if err != nil {
		return h, err
	}
	h.Twijfel = len(b) > 0
	if h.Leeg() && !h.Twijfel {
		return h, nil
	}
	h.Rest = []Eigen{}
	for _, e := range slices.Backward(h.Verloren) {
		s, ok := n.sluiting(ctx, e)
		if ok {
			h.Sluit = append(h.Sluit, s)
		} else {
			h.Rest = append(h.Rest, e)
		}
	}
	for _, s := range openers {
		recs, err := n.store.Zoek(ctx, dossier.Filter{Soort: s.Naam, Staat: waarborg.StaatActief, Limiet: 1 << 20})
		if err != nil {
			return h, err
		}
		for _, r := range recs {
			h.Open = append(h.Open, Sluiting{Soort: s.Naam, ID: r.ID, Sinds: r.VastgelegdOp})
		}
	}
	return h, nil
}

// sluiting gives what a lost event tells to end here.
func (n *Node) sluiting(ctx context.Context, e Eigen) (Sluiting, bool) {
	for _, s := range waarborg.Soorten() {
		id, ok := strings.CutPrefix(e.Subject, "urn:soh:"+s.Naam+":")
		if !ok || s.Eind == "" || s.Eind != e.Type {
			continue
		}
		if _, err := n.waarborgen.Lees(ctx, s, id); err != nil {
			return Sluiting{}, false // began and ended after the copy
		}
		return Sluiting{Soort: s.Naam, ID: id, Sinds: e.Time, staat: s}, true
	}
	return Sluiting{}, false
}

// errWie asks for who is responsible.
func errWie(wie, reden string) error {
	var c begrip.Controle
	c.Eis(strings.TrimSpace(wie) != "", "naam", "Vul de naam in van wie dit doet.")
	c.Eis(len([]rune(strings.TrimSpace(reden))) >= 10, "reden", "Schrijf de reden op, in een paar woorden.")
	return c.Fout()
}

// Bevestig takes in again what events tell, notes the rest in the chained log
// under the name of who does it, and lets the own organisation in. Who was signed
// in is not any more. Errors: Ongeldig, Conflict when nothing is wrong.
func (n *Node) Bevestig(ctx context.Context, wie, reden string) (Herstelling, error) {
	if err := errWie(wie, reden); err != nil {
		return Herstelling{}, err
	}
	h, err := n.Herstel(ctx)
	if err != nil {
		return h, err
	}
	if h.Leeg() {
		return h, begrip.NieuweFout(begrip.Conflict, "Er is niets te herstellen: het dossier past bij wat eerder is vastgelegd.")
	}
	for _, s := range h.Sluit {
		stil := s.staat
		stil.Eind = "" // the event is there
		_, err := n.waarborgen.Beeindig(ctx, stil, s.ID, "Hersteld na terugzetten uit een kopie: dit was al beëindigd.", wie)
		if err != nil && !begrip.Is(err, begrip.Conflict) {
			return h, err
		}
	}
	h.Twijfel = true
	err = n.store.Tx(ctx, func(tx *dossier.Tx) error {
		var weg []string
		for _, e := range h.Verloren {
			weg = append(weg, e.ID)
		}
		if err := tx.AanvaardVerlies(ctx, gebeurtenis.Hub, weg); err != nil {
			return err
		}
		if err := n.logHerstel(ctx, tx, wie, reden, h); err != nil {
			return err
		}
		if err := tx.ZetWaarde(ctx, sessieWaarde, nieuweSleutel()); err != nil {
			return err
		}
		return tx.ZetWaarde(ctx, twijfelWaarde, []byte(time.Now().UTC().Format(time.RFC3339)))
	})
	if err != nil {
		return h, err
	}
	n.getuigeZegt = ""
	n.bewijs(ctx)
	return h, nil
}

// GeefVrij lets others in again, after a person looked at what may have been
// withheld or ended since the copy.
func (n *Node) GeefVrij(ctx context.Context, wie, reden string) error {
	if err := errWie(wie, reden); err != nil {
		return err
	}
	h, err := n.Herstel(ctx)
	switch {
	case err != nil:
		return err
	case !h.Leeg():
		return begrip.NieuweFout(begrip.Conflict, "Er is nog een verschil met wat eerder is vastgelegd. Bevestig dat eerst.")
	case !h.Twijfel:
		return begrip.NieuweFout(begrip.Conflict, "Dit knooppunt is al vrijgegeven.")
	}
	err = n.store.Tx(ctx, func(tx *dossier.Tx) error {
		if err := n.logHerstel(ctx, tx, wie, reden, map[string]bool{"vrijgegeven": true}); err != nil {
			return err
		}
		return tx.ZetWaarde(ctx, twijfelWaarde, nil)
	})
	n.bewijs(ctx)
	return err
}

// logHerstel adds a line to the chain: who did it, why, and what was found.
func (n *Node) logHerstel(ctx context.Context, tx *dossier.Tx, wie, reden string, wat any) error {
	b, err := json.Marshal(wat)
	if err != nil {
		return err
	}
	return tx.Log(ctx, dossier.Logregel{
		Richting: dossier.Besluit, LezerOIN: n.cfg.Organisatie.OIN, LezerOrganisatie: n.cfg.Organisatie.Naam, Persoon: wie, Naam: wie, Rol: begrip.RolSysteem,
		Bron: n.cfg.Organisatie.OIN, Soort: "herstel", Toegestaan: true, Redenen: []dossier.Reden{{Tekst: reden}}, Besluiten: b,
	})
}

func nieuweSleutel() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return b
}

// schrijfbaar tells why nothing can be written to the dossier; nil when it can.
func (n *Node) schrijfbaar(ctx context.Context) error {
	n.proef.slot.Lock()
	defer n.proef.slot.Unlock()
	if oud := time.Since(n.proef.op); oud < proefElke && (n.proef.fout == nil || oud < proefElke/50) {
		return n.proef.fout
	}
	err := errors.Join(n.schijf.Kijk(), n.store.ZetWaarde(ctx, "gereed/proef", make([]byte, 8)))
	n.proef.op, n.proef.fout = time.Now(), err
	if err != nil && ctx.Err() != nil {
		n.proef.op = time.Time{}
		err = errors.Join(err, ctx.Err())
	}
	return err
}
