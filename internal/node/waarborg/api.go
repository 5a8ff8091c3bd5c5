package waarborg

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// Mag tells who asks, for the record of it, or refuses: only a system or the
// privacy officer of this deelnemer may write and search safeguards.
type Mag func(ctx context.Context) (toegang.Lezer, error)

// Basis gives the public base of this node, without /v1.
type Basis func() string

// API adds to api, for each kind: POST to record it, PUT for the next version,
// POST …/beeindigingen to stop it, GET …/versies for its history and POST
// …/query to find it by person or zaak. Reading one is an Inzage like any other.
func (w *Waarborgen) API(api huma.API, basis Basis, mag Mag) {
	p := paden{w, api, basis, mag}
	registreer[Zaakverband](p, SoortZaakverband)
	registreer[Toestemming](p, SoortToestemming)
	registreer[Gezagsfeit](p, SoortGezagsfeit)
	registreer[Handelingsbekwaamheid](p, SoortBekwaamheid)
	registreer[Vertegenwoordiging](p, SoortVertegenwoord)
	registreer[Afscherming](p, SoortAfscherming)
	registreer[Verstrekkingsbesluit](p, SoortVerstrekking)
	registreer[Maatregel](p, SoortMaatregel)
	registreer[Medewerking](p, SoortMedewerking)
	registreer[Bespreekverzoek](p, SoortBespreekverzoek)
}

type paden struct {
	w     *Waarborgen
	api   huma.API
	basis Basis
	mag   Mag
}

type maakIn[T any] struct{ Body T }
type wijzigIn[T any] struct {
	ID   string `path:"id" format:"uuid" doc:"Nummer"`
	Body T
}
type eenUit[T any] struct {
	Location string `header:"Location" doc:"Adres"`
	Body     T
}
type idIn struct {
	ID string `path:"id" format:"uuid" doc:"Nummer"`
}
type eindeIn struct {
	ID   string `path:"id" format:"uuid" doc:"Nummer"`
	Body struct {
		Reden string `json:"reden" maxLength:"1000" doc:"Waarom dit stopt"`
	}
}
type lijstUit[T any] struct{ Body lijst[T] }
type lijst[T any] struct {
	Gegevens []T `json:"gegevens" nullable:"false"`
}
type zoekIn struct {
	Body struct {
		Burgerservicenummer begrip.InhoudBSN `json:"burgerservicenummer,omitzero" required:"false"`
		Zaak                string           `json:"zaak,omitempty" required:"false" maxLength:"100"`
	}
}

// registreer adds the operations of one kind.
func registreer[T any, P interface {
	*T
	Gegeven
}](p paden, s Soort) {
	w, pad, naam := p.w, strings.TrimPrefix(s.Pad, "/v1"), kameel(s.Naam)
	uit := func(g P) *eenUit[T] {
		if v, ok := any(g).(*Vertegenwoordiging); ok { // as it was stored
			v.zonderCode()
		}
		k := g.kop()
		k.URL = p.basis() + s.Pad + "/" + k.ID
		return &eenUit[T]{k.URL, *g}
	}
	alle := func(ctx context.Context, l toegang.Lezer, recs []dossier.Record, id string) (*lijstUit[T], error) {
		uit_ := lijst[T]{Gegevens: []T{}}
		for _, rec := range recs {
			g, err := s.Lees(rec)
			if err != nil {
				return nil, err
			}
			uit_.Gegevens = append(uit_.Gegevens, uit(g.(P)).Body)
		}
		return &lijstUit[T]{uit_}, w.gelezen(ctx, s, l, id, recs)
	}
	op := func(id, methode, staart, wat string, status int) huma.Operation {
		return huma.Operation{OperationID: id + naam, Method: methode, Path: pad + staart, Summary: s.Titel + ": " + wat, Tags: []string{"Waarborgen"}, DefaultStatus: status}
	}
	rest.Register(p.api, op("maak", http.MethodPost, "", "leg vast", http.StatusCreated), func(ctx context.Context, in *maakIn[T]) (*eenUit[T], error) {
		l, err := p.mag(ctx)
		if err == nil {
			err = w.Maak(ctx, s, P(&in.Body), l.Naam)
		}
		if err != nil {
			return nil, err
		}
		return uit(&in.Body), nil
	})
	rest.Register(p.api, op("wijzig", http.MethodPut, "/{id}", "leg een nieuwe versie vast; versie is de versie die u zag", http.StatusOK), func(ctx context.Context, in *wijzigIn[T]) (*eenUit[T], error) {
		l, err := p.mag(ctx)
		if err == nil {
			err = w.Wijzig(ctx, s, strings.ToLower(in.ID), P(&in.Body), l.Naam)
		}
		if err != nil {
			return nil, err
		}
		return uit(&in.Body), nil
	})
	rest.Register(p.api, op("beeindig", http.MethodPost, "/{id}/beeindigingen", "stop", http.StatusCreated), func(ctx context.Context, in *eindeIn) (*eenUit[T], error) {
		l, err := p.mag(ctx)
		if err != nil {
			return nil, err
		}
		g, err := w.Beeindig(ctx, s, strings.ToLower(in.ID), in.Body.Reden, l.Naam)
		if err != nil {
			return nil, err
		}
		return uit(g.(P)), nil
	})
	rest.Register(p.api, op("versiesVan", http.MethodGet, "/{id}/versies", "alle versies, oudste eerst", http.StatusOK), func(ctx context.Context, in *idIn) (*lijstUit[T], error) {
		l, err := p.mag(ctx)
		if err != nil {
			return nil, err
		}
		recs, err := w.d.Versies(ctx, s.Naam, strings.ToLower(in.ID))
		if err != nil {
			return nil, err
		}
		return alle(ctx, l, recs, recs[0].ID)
	})
	rest.Register(p.api, op("bevraag", http.MethodPost, "/query", "zoek op persoon of zaak", http.StatusOK), func(ctx context.Context, in *zoekIn) (*lijstUit[T], error) {
		l, err := p.mag(ctx)
		if err != nil {
			return nil, err
		}
		var c begrip.Controle
		b := in.Body.Burgerservicenummer
		c.Eis(!b.Ongeldig(), "burgerservicenummer", "Dit is geen geldig burgerservicenummer.")
		c.Eis(!b.IsZero() || in.Body.Zaak != "", "burgerservicenummer", "Vul een burgerservicenummer of een zaak in.")
		if err := c.Fout(); err != nil {
			return nil, err
		}
		recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: s.Naam, Persoon: b.BSN, Zaak: in.Body.Zaak})
		if err != nil {
			return nil, err
		}
		return alle(ctx, l, recs, "")
	})
}

// gelezen writes that l read these safeguards; without that line no answer.
func (w *Waarborgen) gelezen(ctx context.Context, s Soort, l toegang.Lezer, id string, recs []dossier.Record) error {
	regel := w.regel(l)
	regel.Soort, regel.RecordID, regel.Niveau, regel.BronAfgeschermd = s.Naam, id, begrip.NiveauInhoud, s.Zwijg
	for _, rec := range recs {
		regel.Betrokkenen = append(regel.Betrokkenen, rec.Personen...)
		if id == "" {
			regel.Lijst = append(regel.Lijst, rec.ID)
		}
	}
	if err := w.d.Log(ctx, regel); err != nil {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet vastleggen wie kijkt. Daarom geven wij geen inzage.").Door(err)
	}
	return nil
}

// regel begins a line of the verwerkingenlog for what l may do here.
func (w *Waarborgen) regel(l toegang.Lezer) dossier.Logregel {
	o := w.cfg.Organisatie
	return dossier.Logregel{
		ID: uuid.Must(uuid.NewV7()).String(), Tijdstip: w.nu().UTC(), Richting: dossier.Gegeven, LezerOIN: l.Organisatie.OIN, LezerOrganisatie: l.Organisatie.Naam,
		Persoon: l.Persoon, Naam: l.Naam, Rol: l.Rol, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24, Burger: l.Burger, Bron: o.OIN, Toegestaan: true,
	}
}
