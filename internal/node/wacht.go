package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/slot"
)

// twijfelWaarde is set from a herstel until a person let others in again.
const twijfelWaarde = "herstel/twijfel"

const (
	vergelijkElke = time.Minute
	vergelijkSnel = 2 * time.Second // while the deur waits for it
)

// dossierBestand is the database in the folder of a node.
const dossierBestand = "dossier.db"

// openDossier opens the dossier and its getuige, and sets the deur by what they
// say of each other.
func (n *Node) openDossier(ctx context.Context) (err error) {
	pad := filepath.Join(n.cfg.Map, dossierBestand)
	if err := os.MkdirAll(n.cfg.Map, 0o700); err != nil {
		return err
	}
	if n.slot, err = slot.Neem(filepath.Join(n.cfg.Map, "slot")); err != nil {
		return fmt.Errorf("%w: stop dat knooppunt eerst", err)
	}
	wal, _ := os.Stat(pad + "-wal")
	if n.store, err = dossier.Open(pad); err != nil {
		return errors.Join(err, n.slot.Close())
	}
	if n.cfg.Getuige == "" {
		n.cfg.Getuige = filepath.Clean(n.cfg.Map) + "-getuige"
	}
	if n.getuige, err = dossier.OpenGetuige(n.cfg.Getuige); err != nil {
		n.cfg.Log.Warn("geen getuige naast het dossier: na elke start wacht het knooppunt op de Ketenindex (--getuige)", "fout", err)
		n.getuige = nil
	}
	vers, bewezen, err := n.toets(ctx)
	if err != nil {
		return errors.Join(err, n.sluitDossier())
	}
	if n.getuigeZegt == "" && wal != nil && wal.Size() > 0 { // it did not stop by itself
		if err := n.store.Heel(ctx); err != nil {
			n.getuigeZegt = "De bestanden van het dossier passen niet bij elkaar: " + err.Error() + "."
		}
	}
	switch {
	case n.getuigeZegt != "":
		n.sluit(Verschil{Getuige: n.getuigeZegt})
	case vers || bewezen || n.cfg.HubURL == "":
		if err := n.gaOpen(ctx); err != nil {
			return errors.Join(err, n.sluitDossier())
		}
	default:
		n.poort.zet(deurWacht, redenWacht)
	}
	if n.getuige != nil && n.getuigeZegt == "" {
		if st, err := n.store.Stempel(ctx); err == nil && !vers && bewezen {
			n.getuige.Zet(st)
		}
		n.store.NaCommit(n.getuige.Zet)
	}
	return nil
}

// toets holds the dossier against its getuige. vers: there is nothing in it.
// bewezen: it is the last one, and no image of the machine was put back either.
func (n *Node) toets(ctx context.Context) (vers, bewezen bool, err error) {
	st, err := n.store.Stempel(ctx)
	if err != nil {
		return false, false, err
	}
	_, gebruikt, err := n.store.Waarde(ctx, sindsWaarde)
	if err != nil {
		return false, false, err
	}
	vers = st.Nr == 0 && !gebruikt
	if n.getuige == nil {
		return vers, false, nil
	}
	g, zelfdeStart, ok := n.getuige.Lees()
	if !ok || g.Nr == 0 {
		return vers, false, nil
	}
	hier, heeft, err := n.store.StempelOp(ctx, g.Nr)
	switch {
	case err != nil:
		return false, false, err
	case !heeft:
		n.getuigeZegt = fmt.Sprintf("Het dossier telt %d vastleggingen; op deze machine is bekend dat het er %d waren.", st.Nr, g.Nr)
	case hier != g:
		n.getuigeZegt = fmt.Sprintf("Vastlegging %d van het dossier is een andere dan op deze machine bekend is.", g.Nr)
	}
	return false, zelfdeStart && n.getuigeZegt == "", nil
}

// sluit lets nobody in any more: the dossier is not the last one.
func (n *Node) sluit(v Verschil) {
	if n.poort.zet(deurDicht, redenDicht) {
		n.cfg.Log.Error("dit knooppunt is gesloten: het dossier is niet het laatste dat bekend is. Waarschijnlijk is een kopie teruggezet, of draait hetzelfde knooppunt twee keer. Bekijk het met 'soh node herstel'",
			"getuige", v.Getuige, "ankers", v.Ankers, "gebeurtenissenDieHierOntbreken", len(v.Verloren))
	}
}

// gaOpen opens the deur: for all, or for the own organisation while somebody
// still looks at what was put back.
func (n *Node) gaOpen(ctx context.Context) error {
	b, _, err := n.store.Waarde(ctx, twijfelWaarde)
	if err != nil {
		return err
	}
	if len(b) > 0 {
		if n.poort.zet(deurEigen, redenEigen) {
			n.cfg.Log.Warn("dit knooppunt is teruggezet en nog niet vrijgegeven: alleen de eigen organisatie ziet iets ('soh node herstel --vrijgeven')")
		}
		return nil
	}
	n.poort.zet(deurOpen, "")
	return nil
}

// bewaak compares with the Ketenindex until ctx ends or a difference was found:
// at once while the deur waits for it, then every minute. A hub that is away
// closes no deur that is open.
func (n *Node) bewaak(ctx context.Context) {
	if n.cfg.HubURL == "" {
		return
	}
	wacht := time.NewTimer(0)
	defer wacht.Stop()
	gemeld := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-wacht.C:
		}
		d, _, _ := n.poort.nu()
		if d == deurDicht {
			return
		}
		v, err := n.vergelijk(ctx, false)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && !v.Leeg():
			n.sluit(v)
			return
		case err == nil && d == deurWacht:
			n.bewijs(ctx)
			err = n.gaOpen(ctx)
		}
		if err != nil && err.Error() != gemeld {
			n.cfg.Log.Warn("niet vergeleken met de Ketenindex; nieuwe poging", "open", d != deurWacht, "fout", err)
		}
		gemeld = ""
		if err != nil {
			gemeld = err.Error()
		}
		if d, _, _ = n.poort.nu(); d == deurWacht {
			wacht.Reset(vergelijkSnel)
		} else {
			wacht.Reset(vergelijkElke)
		}
	}
}

// bewijs tells the getuige that this is the last dossier: the hub says so.
func (n *Node) bewijs(ctx context.Context) {
	if st, err := n.store.Stempel(ctx); err == nil && n.getuige != nil {
		n.getuige.Zet(st)
	}
}

func (n *Node) sluitDossier() error {
	err := n.store.Close()
	if n.getuige != nil {
		err = errors.Join(err, n.getuige.Close())
	}
	return errors.Join(err, n.slot.Close())
}
