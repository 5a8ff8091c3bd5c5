package opdracht

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// ontvang takes an offer of van. nieuw tells that it was not here yet.
func (p *Opdrachten) ontvang(ctx context.Context, van begrip.OIN, o Opdracht) (uit Opdracht, nieuw bool, err error) {
	o = o.nieuw(In)
	var c begrip.Controle
	o.controleer(&c)
	c.Eis(o.Aan == p.cfg.Organisatie.OIN, "aan", "Deze opdracht is niet voor ons.")
	if err := c.Fout(); err != nil {
		return o, false, err
	}
	if o.Van != van {
		return o, false, begrip.NieuweFout(begrip.Verboden, "U kunt alleen namens uw eigen organisatie een opdracht aanbieden.")
	}
	if _, ok := p.cfg.Deelnemer(van); !ok {
		return o, false, begrip.NieuweFout(begrip.Verboden, "Uw organisatie staat niet in het register van deelnemers.")
	}
	soort, bekend := p.soort(o.Soort)
	err = p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		oud, _, err := lees(ctx, tx.Lees, o.ID)
		if err == nil {
			uit = oud
			if !oud.zelfdeAanbod(o) || oud.Richting != In {
				return begrip.NieuweFout(begrip.Conflict, "Onder dit nummer is al een andere opdracht aangeboden.")
			}
			return nil
		}
		if !begrip.Is(err, begrip.NietGevonden) {
			return err
		}
		uit, nieuw = o, true
		if bekend && soort.Ontvangen != nil {
			if err := soort.Ontvangen(ctx, tx, &uit); err != nil {
				return err
			}
		}
		if err := p.bewaar(ctx, tx, uit, 0, "opdrachtgever"); err != nil || bekend {
			return err
		}
		uit, err = p.ZetIn(ctx, tx, o.ID, Stap{Naar: Geweigerd, Door: "vaste regel", Reden: "Wij doen dit soort opdrachten niet."})
		return err
	})
	if err == nil && nieuw && !uit.Staat.Eind() {
		p.plan(uit.ID)
	}
	return uit, nieuw, err
}

// stap takes a step of the other side.
func (p *Opdrachten) stap(ctx context.Context, van begrip.OIN, id string, s Stap) (uit Opdracht, nieuw bool, err error) {
	s.Op = s.Op.UTC().Truncate(time.Microsecond)
	err = p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		o, versie, err := lees(ctx, tx.Lees, id)
		if begrip.Is(err, begrip.NietGevonden) {
			return nergens()
		}
		if err != nil {
			return err
		}
		uit = o
		if err := p.ander(o, van); err != nil {
			return err
		}
		wie := nemer
		if van == o.Van {
			wie = gever
		}
		var c begrip.Controle
		s.controleer(&c, wie)
		if err := c.Fout(); err != nil {
			return err
		}
		if bekend, err := o.kent(s); bekend || err != nil {
			return err
		}
		if e, klaar := o.eind(); klaar && rang[s.Naar] == 3 {
			return begrip.NieuweFout(begrip.Conflict, "De opdracht is al %s.", e.Naar.Naam())
		}
		uit, nieuw = o.met(s), true
		if soort, ok := p.soort(o.Soort); ok && soort.Bijgewerkt != nil {
			if err := soort.Bijgewerkt(ctx, tx, uit, s); err != nil {
				return err
			}
		}
		return p.bewaar(ctx, tx, uit, versie, string(van))
	})
	return uit, nieuw, err
}

// nergens is the answer for what is not here and for what is not the caller's:
// nobody finds out by trying which opdrachten there are.
func nergens() error {
	return begrip.NieuweFout(begrip.NietGevonden, "Deze opdracht bestaat hier niet.")
}

// ander refuses everyone who is not the other party.
func (p *Opdrachten) ander(o Opdracht, oin begrip.OIN) error {
	if oin != o.Van && oin != o.Aan || oin == p.cfg.Organisatie.OIN {
		return nergens()
	}
	return nil
}

type aanbodIn struct{ Body aanbod }
type stapIn struct {
	ID   string `path:"id" format:"uuid"`
	Body Stap
}
type leesIn struct {
	ID string `path:"id" format:"uuid"`
}
type opdrachtUit struct {
	Status   int
	Location string `header:"Location"`
	Body     Opdracht
}

// Registreer adds POST /v1/opdrachten, GET /v1/opdrachten/{id} and
// POST /v1/opdrachten/{id}/stappen. Our own case system may offer and take
// steps here as well: it then acts for this node.
func (p *Opdrachten) Registreer(api huma.API) {
	tags := []string{"Opdracht"}
	al := func() map[string]*huma.Response {
		return map[string]*huma.Response{"200": {Description: "Dit was al bekend; er is niets veranderd", Content: map[string]*huma.MediaType{
			"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Opdracht](), true, "")}}}}
	}
	rest.Register(api, huma.Operation{OperationID: "biedOpdracht", Method: http.MethodPost, Path: "/opdrachten", DefaultStatus: 201,
		Summary: "Bied een opdracht aan", Tags: tags, Responses: al(), Errors: []int{400, 401, 403, 409, 503}}, p.postOpdracht)
	rest.Register(api, huma.Operation{OperationID: "leesOpdracht", Method: http.MethodGet, Path: "/opdrachten/{id}",
		Summary: "Lees een opdracht waar u partij bij bent", Tags: tags}, p.getOpdracht)
	rest.Register(api, huma.Operation{OperationID: "zetStap", Method: http.MethodPost, Path: "/opdrachten/{id}/stappen", DefaultStatus: 201,
		Summary: "Zet een stap in een opdracht", Tags: tags, Responses: al()}, p.postStap)
}

func (p *Opdrachten) postOpdracht(ctx context.Context, in *aanbodIn) (*opdrachtUit, error) {
	beller, err := toegang.Beller(rest.Verzoek(ctx))
	if err != nil {
		return nil, err
	}
	o, nieuw := in.Body.opdracht(), false
	o.ID = strings.ToLower(o.ID)
	if beller == p.cfg.Organisatie.OIN {
		o, nieuw, err = p.biedZelf(ctx, o)
	} else {
		o, nieuw, err = p.ontvang(ctx, beller, o)
	}
	if err != nil {
		return nil, err
	}
	return antwoord(o, nieuw), nil
}

// biedZelf offers for our own case system; the same offer again changes nothing.
func (p *Opdrachten) biedZelf(ctx context.Context, o Opdracht) (uit Opdracht, nieuw bool, err error) {
	err = p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		oud, _, err := lees(ctx, tx.Lees, o.ID)
		if err == nil {
			uit = oud
			if !oud.zelfdeAanbod(o.nieuw(Uit)) || oud.Richting != Uit {
				return begrip.NieuweFout(begrip.Conflict, "Onder dit nummer is al een andere opdracht aangeboden.")
			}
			return nil
		}
		if !begrip.Is(err, begrip.NietGevonden) {
			return err
		}
		nieuw = true
		uit, err = p.Bied(ctx, tx, o)
		return err
	})
	return uit, nieuw, err
}

func (p *Opdrachten) getOpdracht(ctx context.Context, in *leesIn) (*opdrachtUit, error) {
	beller, err := toegang.Beller(rest.Verzoek(ctx))
	if err != nil {
		return nil, err
	}
	o, err := p.Lees(ctx, strings.ToLower(in.ID))
	if begrip.Is(err, begrip.NietGevonden) {
		return nil, nergens()
	}
	if err != nil {
		return nil, err
	}
	if beller != o.Van && beller != o.Aan {
		return nil, nergens()
	}
	return antwoord(o, false), nil
}

func (p *Opdrachten) postStap(ctx context.Context, in *stapIn) (*opdrachtUit, error) {
	beller, err := toegang.Beller(rest.Verzoek(ctx))
	if err != nil {
		return nil, err
	}
	id, nieuw := strings.ToLower(in.ID), true
	in.Body.ID = strings.ToLower(in.Body.ID)
	var o Opdracht
	if beller == p.cfg.Organisatie.OIN {
		o, err = p.Zet(ctx, id, in.Body)
	} else {
		o, nieuw, err = p.stap(ctx, beller, id, in.Body)
	}
	if err != nil {
		return nil, err
	}
	return antwoord(o, nieuw), nil
}

func antwoord(o Opdracht, nieuw bool) *opdrachtUit {
	uit := &opdrachtUit{Status: http.StatusOK, Body: o}
	if nieuw {
		uit.Status, uit.Location = http.StatusCreated, pad+"/"+o.ID
	}
	return uit
}
