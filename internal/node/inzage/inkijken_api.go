package inzage

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

type bladIn struct {
	Cursor string    `query:"cursor" maxLength:"200" doc:"Bladwijzer uit het vorige antwoord; leeg is het begin"`
	Tot    time.Time `query:"tot" doc:"Alleen van voor dit moment"`
	gezinIn
}

type inkijkenUit struct {
	Link string `header:"Link" doc:"Waar de volgende bladzij staat (rel=next); ontbreekt op de laatste"`
	Body struct {
		Inkijken []Inkijk `json:"inkijken" nullable:"false"`
	}
}

type bezoekenUit struct {
	Link string `header:"Link" doc:"Waar de volgende bladzij staat (rel=next); ontbreekt op de laatste"`
	Body struct {
		Bezoeken []Bezoek `json:"bezoeken" nullable:"false"`
	}
}

// The lists beside the records, for the portal.
const (
	PadInkijken = "/v1/betrokkenen/inkijken/query"
	PadBezoeken = "/v1/betrokkenen/bezoeken/query"
)

// registreerLijsten adds the lists of looks and of visits, page after page to the
// end.
func (z *Inzage) registreerLijsten(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "bevraagInkijken", Method: http.MethodPost, Path: PadInkijken[len("/v1"):], DefaultStatus: http.StatusOK,
		Summary: "Wie hier in gegevens van een betrokkene keek, nieuwste eerst", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 503},
	}, func(ctx context.Context, in *bladIn) (*inkijkenUit, error) {
		uit := &inkijkenUit{}
		err := z.blad(ctx, in, bladInkijken, func(b *blik, voor int64) (int64, error) {
			blad, err := z.inkijken(ctx, b, voor, in.Tot)
			uit.Body.Inkijken = blad.Inkijken
			return blad.volgende, err
		}, PadInkijken, &uit.Link)
		return uit, err
	})
	rest.Register(api, huma.Operation{
		OperationID: "bevraagBezoeken", Method: http.MethodPost, Path: PadBezoeken[len("/v1"):], DefaultStatus: http.StatusOK,
		Summary: "Wanneer deze betrokkene zelf keek, en wie voor hem of haar keek", Tags: []string{"Betrokkene"}, Errors: []int{400, 401, 403, 503},
	}, func(ctx context.Context, in *bladIn) (*bezoekenUit, error) {
		uit := &bezoekenUit{}
		err := z.blad(ctx, in, bladBezoeken, func(b *blik, voor int64) (volgende int64, err error) {
			uit.Body.Bezoeken, volgende, err = z.bezoeken(ctx, b, voor)
			return volgende, err
		}, PadBezoeken, &uit.Link)
		return uit, err
	})
}

// blad gives one page of a list to the member of the family who asks, and logs it
// first like every look: without that line there is no answer.
func (z *Inzage) blad(ctx context.Context, in *bladIn, lijst string, lees func(*blik, int64) (int64, error), pad string, link *string) error {
	defer WachtTot(ctx, time.Now(), lijstMaat)
	l, err := z.Lezer(ctx)
	if err != nil {
		return err
	}
	bsn, err := in.bsn()
	if err != nil {
		return err
	}
	b, err := z.gezinsblik(ctx, l, bsn)
	if err != nil {
		return err
	}
	voor, err := z.bladwijzer.lees(lijst, l, in.Cursor)
	if err != nil {
		return err
	}
	volgende, err := lees(b, voor)
	if err != nil {
		return err
	}
	if volgende > 0 {
		q := url.Values{"cursor": {z.bladwijzer.zet(lijst, l, volgende)}}
		if !in.Tot.IsZero() {
			q.Set("tot", in.Tot.UTC().Format(time.RFC3339Nano))
		}
		*link = "<" + pad + "?" + q.Encode() + `>; rel="next"`
	}
	return z.logGezin(ctx, l, bsn, nil)
}

// logGezin writes that l saw what is here for bsn; velden are the records it was
// shown.
func (z *Inzage) logGezin(ctx context.Context, l toegang.Lezer, bsn begrip.BSN, velden []string) error {
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.Niveau, regel.Toegestaan, regel.Velden, regel.Betrokkenen = soortGezin, begrip.NiveauProces, true, velden, []begrip.BSN{bsn}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return geenLog(err)
	}
	return nil
}
