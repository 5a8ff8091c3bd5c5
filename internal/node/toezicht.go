package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/logboek"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
)

// Logboek says where the verwerkingenlog goes as Logboek Dataverwerkingen.
type Logboek struct {
	Adres    string // collector, OTLP over HTTP; empty: none
	Register string // base URL of the register of processing activities
}

// LogboekSleutel is the file in the node's folder with the key that hides who a
// span is about. Back it up: without it nobody can tell any more.
const LogboekSleutel = "logboek.sleutel"

// toezicht wires what watches over the looks: the anchors and export of the
// verwerkingenlog, and the signals about looks out of the ordinary.
func (n *Node) toezicht(systeem string) error {
	n.anker = &logboek.Anker{Organisatie: n.cfg.Organisatie, Systeem: systeem, Dossier: n.store, Wek: n.bezorger.Wek, Log: n.cfg.Log}
	if n.cfg.Logboek.Adres != "" {
		sleutel, err := n.logboekSleutel()
		if err != nil {
			return err
		}
		if n.uitvoer, err = logboek.NieuweUitvoer(n.cfg.Logboek.Adres, n.cfg.Logboek.Register, sleutel, n.cfg.Organisatie, n.store, n.cfg.Log); err != nil {
			return err
		}
	}
	in := signaal.Standaard
	if n.cfg.Signalen != nil {
		in = *n.cfg.Signalen
	}
	n.signalen = signaal.Nieuw(signaal.Config{
		Dossier: n.store, OIN: n.cfg.Organisatie.OIN, Instelling: in, MeldGezin: n.cfg.MeldGezin, Namen: n.namen, Werk: n.heeftWerk, Log: n.cfg.Log,
	})
	return nil
}

func (n *Node) logboekSleutel() ([]byte, error) {
	pad := filepath.Join(n.cfg.Map, LogboekSleutel)
	b, err := os.ReadFile(pad)
	switch {
	case err == nil && len(b) != 32:
		return nil, fmt.Errorf("%s is beschadigd: herstel het uit een kopie", LogboekSleutel)
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return b, err
	}
	b = make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	f, err := os.OpenFile(pad, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(b)
	return b, errors.Join(err, f.Sync(), f.Close())
}

// namen gives the names of those a record of ours is about.
func (n *Node) namen(ctx context.Context, soort, id string) []string {
	bs, err := n.inzage.Betrokkenen(ctx, soort, id)
	if err != nil {
		return nil // erased or of a functie that is off: no name to compare
	}
	var uit []string
	for _, b := range bs {
		uit = append(uit, b.Naam.Voluit())
	}
	return uit
}

// heeftWerk tells whether we have or had an Opdracht in this zaak, given or
// taken, or take part in its samenwerkingsverband. The end of an Opdracht counts
// as work as well: what was done has to be looked up for years.
func (n *Node) heeftWerk(ctx context.Context, zaak string) (bool, error) {
	recs, err := n.store.Zoek(ctx, dossier.Filter{Soort: opdracht.RecordSoort, Zaak: zaak, Limiet: 1})
	if err != nil || len(recs) > 0 {
		return len(recs) > 0, err
	}
	f, err := n.waarborgen.Laad(ctx, nil, []string{zaak})
	if err != nil {
		return false, err
	}
	zv := f.Verband(zaak)
	return zv != nil && slices.ContainsFunc(zv.Deelnemers, func(d waarborg.Deelname) bool { return d.Organisatie == n.cfg.Organisatie.OIN }), nil
}
