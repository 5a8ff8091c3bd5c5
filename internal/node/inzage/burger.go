package inzage

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
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

// registreerBurger adds what a member of the family can do here through the
// portal, beside looking: learn for whom it may ask to look, and stop what it
// said yes to.
func (z *Inzage) registreerBurger(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "bevraagVoorWie", Method: http.MethodPost, Path: "/betrokkenen/voor-wie/query", DefaultStatus: http.StatusOK,
		Summary: "Voor wie deze persoon mag vragen te kijken", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 503},
	}, func(ctx context.Context, in *gezinIn) (*voorWieUit, error) {
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
		if uit.Body.Personen, err = z.cfg.Waarborgen.VoorWieKijkt(ctx, l.Burger); err != nil {
			return nil, err
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

// burger gives the member of the family that asks; anybody else is Verboden.
func (z *Inzage) burger(ctx context.Context) (toegang.Lezer, error) {
	l, err := z.Lezer(ctx)
	if err == nil && (l.Burger.IsZero() || l.Organisatie.Soort != begrip.Burgerportaal) {
		err = begrip.NieuweFout(begrip.Verboden, "Alleen een gezinslid kan dit, via het portaal.")
	}
	return l, err
}
