package demo

import (
	"errors"
	"net"
	"path/filepath"
	"sync"

	"github.com/handbereik/soh/internal/demo/brpsimulator"
	"github.com/handbereik/soh/internal/functie/alle"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/node"
	"github.com/handbereik/soh/internal/node/brp"
	"github.com/handbereik/soh/internal/portal"
	"github.com/handbereik/soh/internal/toegang"
)

// starten opens every part: the hub first, the rest at once.
func (d *Demo) starten(startL net.Listener) error {
	site, err := d.startDienst(startL)
	if err != nil {
		_ = startL.Close()
		return err
	}
	h, err := d.hubDienst()
	if err != nil {
		_ = startL.Close()
		return err
	}
	personen, err := d.brpDienst()
	if err != nil {
		_ = startL.Close()
		return err
	}
	rest := []*dienst{site, personen}
	for _, o := range Deelnemers() {
		n, err := d.nodeDienst(o)
		if err != nil {
			_ = startL.Close()
			return err
		}
		rest = append(rest, n)
	}
	p, err := d.portaalDienst()
	if err != nil {
		_ = startL.Close()
		return err
	}
	b, err := d.bordDienst()
	if err != nil {
		_ = startL.Close()
		return err
	}
	rest = append(rest, p, b)
	d.diensten = append([]*dienst{h}, rest...)
	if err := h.start(d.meld); err != nil {
		return errors.Join(err, startL.Close())
	}
	fouten := make([]error, len(rest))
	var wg sync.WaitGroup
	for i, s := range rest {
		wg.Go(func() { fouten[i] = s.start(d.meld) })
	}
	wg.Wait()
	return errors.Join(fouten...)
}

func (d *Demo) hubDienst() (*dienst, error) {
	log, err := d.log("hub")
	if err != nil {
		return nil, err
	}
	l := d.lid("hub")
	return &dienst{naam: l.Kort, log: log, open: func() (lopend, error) {
		h, err := hub.Open(hub.Config{Dir: filepath.Join(d.dir, "hub"), Organisatie: l.Organisatie, Log: log,
			Metingen: d.meet(l.Kort, "hub"), Identiteit: &l.identiteit, Peilen: d.cfg.Peilen, Tokens: &toegang.Uitgever{Identiteit: l.identiteit, Adres: l.apiURL}})
		if err != nil {
			return lopend{}, err
		}
		luister, err := d.opnieuw(&l.api, l.apiURL)
		if err != nil {
			return lopend{}, errors.Join(err, h.Close())
		}
		d.bord.aan(h)
		return lopend{run: h.Run, close: func() error { return d.sluitHub(h) }, deuren: []deur{{handler: h.Handler(), tls: l.identiteit.ServerTLS(), l: luister}}}, nil
	}}, nil
}

func (d *Demo) nodeDienst(o Deelnemer) (*dienst, error) {
	log, err := d.log(o.Kort)
	if err != nil {
		return nil, err
	}
	l := d.lid(o.Kort)
	regel := bekendheid.Automatisch
	if o.Handmatig {
		regel = bekendheid.Handmatig
	}
	return &dienst{naam: o.Kort, log: log, open: func() (lopend, error) {
		n, err := node.Open(node.Config{
			Organisatie: o.Organisatie, Map: filepath.Join(d.dir, "nodes", o.Kort), Identiteit: l.identiteit,
			HubURL: d.lid("hub").apiURL, HubOIN: ketenbeheerder.OIN, APIURL: l.apiURL, Aanmelding: d.aanmelding(l), Log: log, Metingen: d.meet(o.Kort, "node"),
			BRP:      brp.Config{URL: d.lid("brp").apiURL + brpsimulator.Pad},
			Functies: alle.Bouw(regel),
		})
		if err != nil {
			return lopend{}, err
		}
		api, err := d.opnieuw(&l.api, l.apiURL)
		if err != nil {
			return lopend{}, errors.Join(err, n.Close())
		}
		werk, err := d.opnieuw(&l.werk, l.werkURL)
		if err != nil {
			return lopend{}, errors.Join(err, api.Close(), n.Close())
		}
		return lopend{run: n.Run, close: n.Close, deuren: []deur{
			{handler: n.API(), tls: l.identiteit.ServerTLS(), l: api}, {handler: n.Werkplek(), l: werk},
		}}, nil
	}}, nil
}

// portaalDienst is the portal of the families. It needs of the functies only
// the words for the timeline.
func (d *Demo) portaalDienst() (*dienst, error) {
	log, err := d.log("portaal")
	if err != nil {
		return nil, err
	}
	l := d.lid("portaal")
	return &dienst{naam: l.Kort, log: log, open: func() (lopend, error) {
		p, err := portal.Open(portal.Config{
			Organisatie: l.Organisatie, Map: filepath.Join(d.dir, "portaal"), Identiteit: l.identiteit,
			HubURL: d.lid("hub").apiURL, HubOIN: ketenbeheerder.OIN, Aanmelding: d.aanmelding(l), Log: log, Metingen: d.meet(l.Kort, "portal"),
			Functies: alle.Teksten(),
		})
		if err != nil {
			return lopend{}, err
		}
		luister, err := d.opnieuw(&l.werk, l.werkURL)
		if err != nil {
			return lopend{}, errors.Join(err, p.Close())
		}
		return lopend{run: p.Run, close: p.Close, deuren: []deur{{handler: p.Handler(), l: luister}}}, nil
	}}, nil
}

// startDienst is the start page, the list for machines and the simulator.
func (d *Demo) startDienst(l net.Listener) (*dienst, error) {
	log, err := d.log("start")
	if err != nil {
		return nil, err
	}
	h, err := d.startHandler(log)
	if err != nil {
		return nil, err
	}
	return &dienst{naam: "start", log: log, open: func() (lopend, error) {
		return lopend{deuren: []deur{{handler: h, l: l}}}, nil
	}}, nil
}
