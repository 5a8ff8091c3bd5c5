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
	"github.com/handbereik/soh/internal/node/signaal"
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
	if err := p.doetMee(van); err != nil {
		return o, false, err
	}
	if uit, err := p.bekend(ctx, o); err == nil || !begrip.Is(err, begrip.NietGevonden) {
		return uit, false, err
	}
	uit, err = p.beslis(ctx, o)
	if begrip.Is(err, begrip.Conflict) { // the same offer came in twice at once
		if uit, err := p.bekend(ctx, o); err == nil {
			return uit, false, nil
		}
	}
	return uit, err == nil, err
}

// bekend gives o as it is here when it was offered before; NietGevonden when not.
func (p *Opdrachten) bekend(ctx context.Context, o Opdracht) (Opdracht, error) {
	oud, _, _, err := leesBeide(ctx, p.cfg.Dossier.Lees, o.ID)
	if err == nil && (!oud.zelfdeAanbod(o) || oud.Richting != o.Richting) {
		err = begrip.NieuweFout(begrip.Conflict, "Onder dit nummer is al een andere opdracht aangeboden.")
	}
	return oud, err
}

// beslis decides about a new offer: limits, then what its kind declares, then the
// proof. What takes proof waits for it as an offer.
func (p *Opdrachten) beslis(ctx context.Context, o Opdracht) (Opdracht, error) {
	soort, bekend := p.soort(o.Soort)
	waarom := onbekend
	if bekend {
		waarom = p.bezwaar(soort, o)
	}
	breedte := p.breedte(o)
	if waarom != "" {
		breedte = 0
	}
	if err := p.vul(ctx); err != nil {
		return o, err
	}
	if !p.teller.neem(o.Van, breedte, p.cfg.Grenzen, p.nu()) {
		return o, p.teVeel(ctx, o)
	}
	switch {
	case waarom != "":
		return p.weiger(ctx, o, 0, waarom)
	case len(soort.Regel.Bewijs) > 0:
		err := p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
			return p.bewaarAls(ctx, tx, SoortAanbod, string(Aangeboden), o, 0, "opdrachtgever")
		})
		if err == nil {
			p.planAlles(o, true)
		}
		return o, err
	}
	uit, err := p.laatToe(ctx, soort, o, 0)
	if err == nil {
		p.planAlles(uit, false)
	}
	return uit, err
}

// teVeel refuses an offer beyond the limits: nothing is kept of it, and the first
// of the hour is logged and told.
func (p *Opdrachten) teVeel(ctx context.Context, o Opdracht) error {
	p.besluiten.Plus(1, "te veel")
	if n := p.teller.bij(p.teller.teveel, o.Van, p.nu()); n == 1 || n%metEen == 0 {
		regel := p.regel(o, false, "Deze organisatie vraagt meer dan wij in een uur of een dag aannemen.")
		if err := p.cfg.Dossier.Log(ctx, regel); err != nil {
			return geenLog(err)
		}
		p.meld(ctx, o, signaal.TeVeelOpdrachten, regel.ID)
	}
	f := begrip.NieuweFout(begrip.TeDruk, "U biedt meer opdrachten aan dan wij nu aannemen. Probeer het later nog eens.")
	f.Wacht = teVeelWacht
	return f
}

// leesBeide reads an Opdracht, or an offer that is none; soort is which.
func leesBeide(ctx context.Context, lees lezer, id string) (o Opdracht, versie int, soort string, err error) {
	for _, soort = range []string{RecordSoort, SoortAanbod} {
		if o, versie, err = leesAls(ctx, lees, soort, id); !begrip.Is(err, begrip.NietGevonden) {
			break
		}
	}
	return o, versie, soort, err
}

// stap takes a step of the other side.
func (p *Opdrachten) stap(ctx context.Context, van begrip.OIN, id string, s Stap) (uit Opdracht, nieuw bool, err error) {
	if err := p.doetMee(van); err != nil {
		return uit, false, err
	}
	s.Op = s.Op.UTC().Truncate(time.Microsecond)
	err = p.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		o, versie, als, err := leesBeide(ctx, tx.Lees, id)
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
		if als == SoortAanbod { // it never was an Opdracht: nobody here has to know
			return p.bewaarAls(ctx, tx, SoortAanbod, string(uit.Staat), uit, versie, string(van))
		}
		if soort, ok := p.soort(o.Soort); ok && soort.Bijgewerkt != nil {
			if err := soort.Bijgewerkt(ctx, tx, uit, s); err != nil {
				return err
			}
		}
		return p.bewaar(ctx, tx, uit, versie, string(van))
	})
	return uit, nieuw, err
}

// doetMee refuses who is not in the register, or not any more.
func (p *Opdrachten) doetMee(oin begrip.OIN) error {
	if _, ok := p.cfg.Deelnemer(oin); !ok {
		return begrip.NieuweFout(begrip.Verboden, "Uw organisatie staat niet in het register van deelnemers.")
	}
	return nil
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
		Summary: "Bied een opdracht aan", Tags: tags, Responses: al(), Errors: []int{400, 401, 403, 409, 429, 503}}, p.postOpdracht)
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
		oud, err := p.bekend(ctx, o.nieuw(Uit))
		if err == nil || !begrip.Is(err, begrip.NietGevonden) {
			uit = oud
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
	if err := p.doetMee(beller); err != nil {
		return nil, err
	}
	o, _, _, err := leesBeide(ctx, p.cfg.Dossier.Lees, strings.ToLower(in.ID))
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
