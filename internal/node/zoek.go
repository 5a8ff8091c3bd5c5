package node

import (
	"context"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	zoekTijd    = 5 * time.Second
	zoekBladen  = 4
	zoekPerBlad = 50
)

// zoek asks the Ketenindex, as l, which records of a kind there are about somebody; entity
// is what the graph calls one. That is a look: the hub writes it down, and the family sees it.
// Error: BronAntwoordtNiet, which holds nothing of the question.
func (n *Node) zoek(ctx context.Context, l toegang.Lezer, pad, entity string, over begrip.BSN) (uit []functie.Vindplaats, heel bool, err error) {
	ctx, stop := context.WithTimeout(ctx, zoekTijd)
	defer stop()
	stil := func(err error) error {
		return begrip.NieuweFout(begrip.BronAntwoordtNiet, "De Ketenindex antwoordt nu niet. Probeer het straks nog eens.").Door(err)
	}
	verklaring, err := n.cfg.Identiteit.Verklaring(l, n.register.hubOIN, time.Now())
	if err != nil {
		return nil, false, stil(err)
	}
	vrager := gebeurtenis.Vrager{Client: n.register.client, Hub: inzage.Basis(n.cfg.HubURL), OIN: n.register.hubOIN}
	rauw, heel, err := vrager.Vraag(ctx, verklaring, pad, map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: over}, "limiet": zoekPerBlad}, zoekBladen)
	if err != nil {
		return nil, false, stil(err)
	}
	for _, r := range rauw {
		e, err := cloudevent.Parse(r)
		if err != nil {
			heel = false
			continue
		}
		e.Normaliseer()
		g, _, err := prov.Lees(e.Data)
		bron, ok := e.BronOIN()
		if err != nil || !ok {
			heel = false
			continue
		}
		for _, x := range g.MetType(entity) {
			id := x.ID[strings.LastIndexByte(x.ID, ':')+1:]
			if id != "" {
				uit = append(uit, functie.Vindplaats{Bron: bron, ID: id, Zaak: g.Zaak(), Op: e.Time})
			}
		}
	}
	return uit, heel, nil
}
