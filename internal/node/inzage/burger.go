package inzage

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

type voorWieUit struct {
	Body struct {
		Personen []waarborg.VoorWie `json:"personen" nullable:"false"`
	}
}

type stopIn struct {
	ID string `path:"id" format:"uuid" doc:"Nummer"`
}

type verleenIn struct {
	Body struct {
		Wie     waarborg.Persoon              `json:"wie" doc:"Wie er meekijkt"`
		Als     samenwerkingsverband.Relatie  `json:"als" enum:"gemachtigde,steunfiguur"`
		Klassen []samenwerkingsverband.Klasse `json:"klassen" nullable:"false" maxItems:"7" doc:"Wat deze persoon mag zien, I0 tot en met I5"`
		Tot     time.Time                     `json:"tot" doc:"Tot wanneer, hoogstens een jaar"`
		Code    string                        `json:"code,omitempty" required:"false" maxLength:"20" doc:"De code om aan deze persoon te geven, 8 letters en cijfers; zonder waarde maakt het knooppunt er een"`
	}
}

type verleenUit struct{ Body waarborg.Keuze }

type aanvaardIn struct {
	Body struct {
		Code string `json:"code" maxLength:"20" doc:"De code van degene die vroeg om mee te kijken"`
	}
}

// registreerBurger adds what a member of the family can do here through the
// portal, beside looking: learn for whom it may ask to look, let somebody look
// along, and stop what it said yes to.
func (z *Inzage) registreerBurger(api huma.API) {
	z.registreerLijsten(api)
	rest.Register(api, huma.Operation{
		OperationID: "verleenVertegenwoordiging", Method: http.MethodPost, Path: "/vertegenwoordigingen/verleningen", DefaultStatus: http.StatusCreated,
		Summary: "Laat iemand meekijken, als gezinslid via het portaal", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 409, 503},
	}, func(ctx context.Context, in *verleenIn) (*verleenUit, error) {
		l, err := z.burger(ctx)
		if err != nil {
			return nil, err
		}
		f, err := z.feitenOverZelf(ctx, l)
		if err != nil {
			return nil, err
		}
		v := &waarborg.Vertegenwoordiging{Kop: waarborg.Kop{Tot: &in.Body.Tot}, Wie: in.Body.Wie, Als: in.Body.Als, Klassen: in.Body.Klassen}
		k, err := z.cfg.Waarborgen.Verleen(ctx, l, v, in.Body.Code, f)
		return &verleenUit{k}, err
	})
	rest.Register(api, huma.Operation{
		OperationID: "aanvaardVertegenwoordiging", Method: http.MethodPost, Path: "/vertegenwoordigingen/aanvaardingen", DefaultStatus: http.StatusNoContent,
		Summary: "Aanvaard met een code dat u meekijkt, als gezinslid via het portaal", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 404, 503},
	}, func(ctx context.Context, in *aanvaardIn) (*struct{}, error) {
		l, err := z.burger(ctx)
		if err != nil {
			return nil, err
		}
		return nil, z.cfg.Waarborgen.Aanvaard(ctx, l, in.Body.Code)
	})
	rest.Register(api, huma.Operation{
		OperationID: "bevraagVoorWie", Method: http.MethodPost, Path: "/betrokkenen/voor-wie/query", DefaultStatus: http.StatusOK,
		Summary: "Voor wie deze persoon mag vragen te kijken", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 503},
	}, func(ctx context.Context, in *gezinIn) (*voorWieUit, error) {
		defer WachtTot(ctx, time.Now(), maat) // what is withheld takes time as well
		l, err := z.burger(ctx)
		if err != nil {
			return nil, err
		}
		bsn, err := in.bsn()
		if err == nil && bsn != l.Burger {
			err = begrip.NieuweFout(begrip.Verboden, "Alleen de persoon zelf kan dit vragen, via het portaal.")
		}
		if err != nil {
			return nil, err
		}
		uit := &voorWieUit{}
		uit.Body.Personen = []waarborg.VoorWie{}
		f, err := z.feitenOverZelf(ctx, l)
		if err != nil {
			return nil, err
		}
		if mag, err := z.magLijsten(ctx, l, f); err != nil {
			return nil, err
		} else if mag {
			if uit.Body.Personen, err = z.cfg.Waarborgen.VoorWieKijkt(ctx, l); err != nil {
				return nil, err
			}
		}
		regel := z.regel(ctx, dossier.Gegeven, l)
		regel.Soort, regel.Niveau, regel.Toegestaan = soortVoorWie, begrip.NiveauProces, true
		for _, p := range uit.Body.Personen {
			regel.Betrokkenen = append(regel.Betrokkenen, p.Burgerservicenummer.BSN)
		}
		if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
			return nil, geenLog(err)
		}
		return uit, nil
	})
	for _, s := range []waarborg.Soort{waarborg.SoortToestemming, waarborg.SoortVertegenwoord} {
		rest.Register(api, huma.Operation{
			OperationID: "trekIn" + hoofdletter(s.Naam), Method: http.MethodPost, Path: strings.TrimPrefix(s.Pad, "/v1") + "/{id}/intrekkingen", DefaultStatus: http.StatusNoContent,
			Summary: s.Titel + ": trek in, als gezinslid via het portaal", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 404, 503},
		}, func(ctx context.Context, in *stopIn) (*struct{}, error) {
			l, err := z.burger(ctx)
			if err != nil {
				return nil, err
			}
			return nil, z.cfg.Waarborgen.Stop(ctx, s, strings.ToLower(in.ID), l)
		})
	}
}

// feitenOverZelf gives what is on record about l, without what only a record
// tells that l may not know of: an answer must not depend on it.
func (z *Inzage) feitenOverZelf(ctx context.Context, l toegang.Lezer) (*waarborg.Feiten, error) {
	recs, err := z.cfg.Dossier.Zoek(ctx, dossier.Filter{Persoon: l.Burger})
	if err != nil {
		return nil, err
	}
	f, err := z.feiten(ctx, l, recs...)
	if err != nil {
		return nil, err
	}
	_, f, err = z.open(ctx, l, f, recs)
	return f, err
}

// burger gives the member of the family that asks; anybody else is Verboden.
func (z *Inzage) burger(ctx context.Context) (toegang.Lezer, error) {
	l, err := z.Lezer(ctx)
	if err == nil && (l.Burger.IsZero() || l.Organisatie.Soort != begrip.Burgerportaal) {
		err = begrip.NieuweFout(begrip.Verboden, "Alleen een gezinslid kan dit, via het portaal.")
	}
	return l, err
}
