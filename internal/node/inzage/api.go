package inzage

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

type inzageIn struct {
	ID        string `path:"id" format:"uuid" doc:"Nummer van het gegeven"`
	Peildatum string `query:"peildatum" doc:"Toon wat toen bekend was: een datum of een datum met tijd" example:"2026-11-23T09:30:00Z"`
}

type inzageUit struct {
	Niveau     string `header:"Informatieniveau" doc:"Niveau van dit antwoord: 0, 1 of 2"`
	Gemaskeerd string `header:"Gemaskeerde-Velden" doc:"Velden die zijn weggelaten, met komma's"`
	Redenen    string `header:"Besluit-Redenen" doc:"Waarom dit mag, als JSON met query-codering"`
	Plichten   string `header:"Besluit-Plichten" doc:"Wat de lezer ermee moet doen of laten, met komma's: niet-doorgeven, alarm, nakijken"`
	Dicht      string `header:"Bron-Afgeschermd" doc:"ja: het gezin mag niet weten van wie dit gegeven is" enum:"ja"`
	Gegeven    string `header:"Gegeven" doc:"Soort, versie en SHA-256 van wat is gelezen, om vast te leggen waar iets op rust; met aanhang=… als er iets aan vastzit dat u moet ophalen en uitvoeren" example:"melding; versie=1; hash=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Body       json.RawMessage
}

type aanhangUit struct{ Body waarborg.Aanhang }

// Registreer adds GET {pad}/{id}, {pad}/{id}/niveau0, 1 and 2 of a kind, the same where a
// published contract has them, and {pad}/{id}/aanhang.
func (z *Inzage) Registreer(api huma.API, soort Soort) {
	pad := strings.TrimPrefix(soort.Pad, "/v1") + "/{id}"
	z.registreerNiveaus(api, soort, pad, "")
	if soort.Ook != "" {
		z.registreerNiveaus(api, soort, soort.Ook, "Contract")
	}
	rest.Register(api, huma.Operation{
		OperationID: "lees" + hoofdletter(soort.Naam) + "Aanhang", Method: http.MethodGet, Path: pad + "/aanhang", Tags: []string{soort.Titel}, Errors: []int{400, 401, 403, 404, 503},
		Summary: soort.Titel + ": voor wie is dit afgeschermd, voor wie het hier las",
	}, func(ctx context.Context, in *stopIn) (*aanhangUit, error) {
		l, err := z.Lezer(ctx)
		if err != nil {
			return nil, err
		}
		a, err := z.Aanhang(ctx, soort, strings.ToLower(in.ID), l)
		return &aanhangUit{a}, err
	})
}

// registreerNiveaus adds the record at pad, and each of its levels; bij tells its
// operations from those at another path.
func (z *Inzage) registreerNiveaus(api huma.API, soort Soort, pad, bij string) {
	voeg := func(pad, naam, samenvatting string, n *begrip.Niveau) {
		rest.Register(api, huma.Operation{
			OperationID: naam, Method: http.MethodGet, Path: pad, Summary: samenvatting, Tags: []string{soort.Titel},
			Errors: []int{400, 401, 403, 404, 429, 503},
		}, func(ctx context.Context, in *inzageIn) (*inzageUit, error) {
			return z.antwoord(ctx, soort, in, n)
		})
	}
	voeg(pad, "lees"+hoofdletter(soort.Naam)+bij, soort.Titel+" op het hoogste niveau dat mag", nil)
	for n := begrip.NiveauBestaan; n <= begrip.NiveauInhoud; n++ {
		t := "niveau" + string(rune('0'+n))
		voeg(pad+"/"+t, "lees"+hoofdletter(soort.Naam)+bij+hoofdletter(t), soort.Titel+" op "+t[:6]+" "+t[6:], &n)
	}
}

func (z *Inzage) antwoord(ctx context.Context, soort Soort, in *inzageIn, n *begrip.Niveau) (*inzageUit, error) {
	l, err := z.Lezer(ctx)
	if err != nil {
		return nil, err
	}
	peil, err := leesPeildatum(in.Peildatum)
	if err != nil {
		return nil, err
	}
	if hoogste := toegang.MaxNiveau(ctx); n != nil && *n > hoogste {
		return nil, begrip.NieuweFout(begrip.Verboden, "Uw toegangstoken geeft recht tot en met niveau %d.", hoogste)
	}
	a, err := z.Geef(ctx, soort, strings.ToLower(in.ID), l, n, peil)
	if err != nil {
		return nil, err
	}
	dicht := ""
	if a.Afgeschermd {
		dicht = "ja"
	}
	return &inzageUit{
		Dicht: dicht, Niveau: string(rune('0' + a.Niveau)), Gemaskeerd: strings.Join(a.Gemaskeerd, ","),
		Gegeven: schrijfGegeven(a.Herkomst, a.aanhang), Redenen: schrijfRedenen(a.Redenen), Plichten: strings.Join(a.Plichten, ","), Body: a.Inhoud,
	}, nil
}

// leesPeildatum reads a moment, or a date, which means the end of that day.
func leesPeildatum(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	ams, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		ams = time.UTC
	}
	t, err := time.ParseInLocation(time.DateOnly, s, ams)
	if err != nil {
		return time.Time{}, &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{
			Veld: "peildatum", Bericht: "Vul een datum in, of een datum met tijd. Bijvoorbeeld 2026-11-23 of 2026-11-23T09:30:00Z."}}}
	}
	return t.AddDate(0, 0, 1).Add(-time.Microsecond).UTC(), nil
}

// Lezer tells who asks, from the certificate and the Verklaring of the request
// in ctx. Our own case system may leave out the Verklaring: it then reads as a
// computer of our own organisation.
func (z *Inzage) Lezer(ctx context.Context) (toegang.Lezer, error) {
	r := rest.Verzoek(ctx)
	if r == nil {
		return toegang.Lezer{}, begrip.NieuweFout(begrip.NietAangemeld, "Wij weten niet wie dit vraagt.")
	}
	oin, err := toegang.Beller(r)
	if err != nil {
		return toegang.Lezer{}, err
	}
	if oin == z.cfg.Organisatie.OIN && !toegang.HeeftVerklaring(r) {
		return toegang.Lezer{
			Organisatie: z.cfg.Organisatie, Persoon: "systeem", Naam: "systeem van " + z.cfg.Organisatie.Naam,
			Rol: begrip.RolSysteem, Doel: begrip.DoelEigenMelding, Grondslag: begrip.GrondUb417,
		}, nil
	}
	return toegang.LeesVerklaring(r, z.cfg.Organisatie.OIN, func(o begrip.OIN) (begrip.Organisatie, bool) {
		if o == z.cfg.Organisatie.OIN {
			return z.cfg.Organisatie, true
		}
		org, _, ok := z.cfg.Deelnemer(o)
		return org, ok
	}, time.Now())
}

type gezinIn struct {
	Body struct {
		Burgerservicenummer string `json:"burgerservicenummer" minLength:"8" maxLength:"9" doc:"Nummer van de persoon die kijkt"`
	}
}

func (in *gezinIn) bsn() (begrip.BSN, error) {
	bsn, err := begrip.ParseBSN(in.Body.Burgerservicenummer)
	if err != nil {
		return bsn, &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{
			Veld: "burgerservicenummer", Bericht: "Dit is geen geldig burgerservicenummer."}}}
	}
	return bsn, nil
}

type gezinUit struct{ Body Gezinsbeeld }

// RegistreerGezin adds POST /v1/betrokkenen/query: what this source has for
// the member of the family who looks through the portal; see registreerBurger
// for the rest.
func (z *Inzage) RegistreerGezin(api huma.API) {
	z.registreerBurger(api)
	z.registreerNood(api)
	rest.Register(api, huma.Operation{
		OperationID: "bevraagBetrokkene", Method: http.MethodPost, Path: "/betrokkenen/query", DefaultStatus: http.StatusOK,
		Summary: "Wat deze bron voor een betrokkene heeft, en wie ernaar keek", Tags: []string{"Betrokkene"},
		Errors: []int{400, 401, 403, 503},
	}, func(ctx context.Context, in *gezinIn) (*gezinUit, error) {
		l, err := z.Lezer(ctx)
		if err != nil {
			return nil, err
		}
		bsn, err := in.bsn()
		if err != nil {
			return nil, err
		}
		g, err := z.Gezin(ctx, l, bsn)
		if err != nil {
			return nil, err
		}
		return &gezinUit{Body: g}, nil
	})
}

// alleSoorten gives the kinds of record of this node.
func (z *Inzage) alleSoorten() []Soort {
	z.mu.RLock()
	defer z.mu.RUnlock()
	return slices.Clone(z.soorten)
}
