package functie

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// declaratie is where the declaration of an operation stands, for Resolve.
const declaratie = "gegeven"

type maakIn[T any] struct {
	Zaak    string `query:"zaak" maxLength:"200" doc:"Zaak waar dit bij hoort; zonder waarde een nieuwe zaak"`
	Sleutel string `header:"Idempotency-Key" format:"uuid" doc:"Nummer dat dit gegeven krijgt. Wie het na een storing nog eens stuurt, krijgt wat er staat en maakt niets dubbel"`
	Body    T
}

// Resolve adds the mistakes of meaning to those of form: one answer for all.
func (in *maakIn[T]) Resolve(ctx huma.Context) []error {
	g, ok := ctx.Operation().Metadata[declaratie].(*Gegeven[T])
	if !ok {
		return nil
	}
	return rest.Fouten(g.toets(&in.Body, time.Now()))
}

type gegevenUit[T any] struct {
	Location string `header:"Location" doc:"Adres van het gegeven"`
	ETag     string `header:"ETag" doc:"Versie, voor If-Match"`
	Body     T
}

type lijstIn struct {
	Zaak   string `query:"zaak" maxLength:"200" doc:"Alleen van deze zaak"`
	Staat  string `query:"staat" maxLength:"60" doc:"Alleen in deze staat"`
	Aantal int    `query:"aantal" minimum:"1" maximum:"100" default:"50" doc:"Hoeveel hoogstens"`
	Na     string `query:"na" maxLength:"80" doc:"Ga verder na dit punt: de waarde van volgende"`
}

type lijstUit struct {
	Body struct {
		Resultaten []Rij  `json:"resultaten" nullable:"false" doc:"Nieuwste eerst"`
		Volgende   string `json:"volgende,omitempty" doc:"Punt waarna de lijst verdergaat; zonder waarde is dit alles"`
	}
}

// Rij is one record in a list.
type Rij struct {
	ID           string    `json:"id" format:"uuid"`
	URL          string    `json:"url" format:"uri"`
	Zaak         string    `json:"zaak,omitempty"`
	Staat        string    `json:"staat"`
	Versie       int       `json:"versie"`
	VastgelegdOp time.Time `json:"vastgelegdOp"`
}

type daadIn[I any] struct {
	ID     string `path:"id" format:"uuid" doc:"Nummer van het gegeven"`
	Versie string `header:"If-Match" maxLength:"20" doc:"Versie die u zag (ETag). Zonder waarde: welke er ook is"`
	Body   I
}

// API adds, beside reading, the operations of this kind for the own organisation: a list,
// a new one, and each act.
func (g *Gegeven[T]) API(o *Omgeving, api huma.API) {
	pad, groot := strings.TrimPrefix(g.Pad, "/v1"), hoofdletter(g.Naam)
	rest.Register(api, huma.Operation{
		OperationID: "lijst" + groot, Method: http.MethodGet, Path: pad, Summary: g.Meer + " van de eigen organisatie", Tags: []string{g.Titel}, Errors: []int{400, 401, 403, 503},
	}, func(ctx context.Context, in *lijstIn) (*lijstUit, error) { return g.lijst(ctx, o, in) })
	if g.Maakbaar {
		rest.Register(api, huma.Operation{
			OperationID: "maak" + groot, Method: http.MethodPost, Path: pad, DefaultStatus: http.StatusCreated, Summary: "Leg vast: " + g.Titel, Tags: []string{g.Titel},
			Metadata: map[string]any{declaratie: g},
		}, func(ctx context.Context, in *maakIn[T]) (*gegevenUit[T], error) { return g.maak(ctx, o, in) })
	}
	for _, h := range g.Daden {
		h.api(api, g, o, pad)
	}
}

// eigen gives who of our own organisation calls: a professional by a Verklaring, else its
// system.
func (g *Gegeven[T]) eigen(ctx context.Context, o *Omgeving) (toegang.Lezer, error) {
	if err := o.AlleenEigen(ctx); err != nil {
		return toegang.Lezer{}, err
	}
	l, err := o.Inzage.Lezer(ctx)
	if err == nil && l.Rol == begrip.RolSysteem && g.Woorden != nil {
		w := g.Woorden(o.Organisatie.Soort)
		l.Doel, l.Grondslag = w.Doel, w.Grondslag
	}
	return l, err
}

func (g *Gegeven[T]) maak(ctx context.Context, o *Omgeving, in *maakIn[T]) (*gegevenUit[T], error) {
	l, err := g.eigen(ctx, o)
	if err != nil {
		return nil, err
	}
	v := Versie[T]{Waarde: &in.Body}
	v.Zaak, v.ID, l.Zaak = in.Zaak, strings.ToLower(in.Sleutel), in.Zaak
	if v, err = g.Nieuw(ctx, o, v, l); err != nil {
		return nil, err
	}
	return g.uit(o, v), nil
}

func (g *Gegeven[T]) uit(o *Omgeving, v Versie[T]) *gegevenUit[T] {
	open, _ := begrip.Open(g.Met(o, v), begrip.Inzagerecht(begrip.Allebei)) // to the system that keeps it
	return &gegevenUit[T]{Location: o.Adres(g.Pad, v.ID), ETag: strconv.Quote(strconv.Itoa(v.Versie)), Body: open}
}

// registreerDaad adds POST {pad}/{id}/{handeling}.
func registreerDaad[T, I any](api huma.API, g *Gegeven[T], o *Omgeving, h Handeling[T], pad string) {
	rest.Register(api, huma.Operation{
		OperationID: h.Naam + hoofdletter(g.Naam), Method: http.MethodPost, Path: pad + "/{id}/" + h.Naam, DefaultStatus: http.StatusOK,
		Summary: h.Titel + ": " + g.Titel, Description: h.Uitleg, Tags: []string{g.Titel}, Errors: []int{400, 401, 403, 404, 409, 503},
	}, func(ctx context.Context, in *daadIn[I]) (*gegevenUit[T], error) {
		l, err := g.eigen(ctx, o)
		if err != nil {
			return nil, err
		}
		versie, err := leesVersie(in.Versie)
		if err != nil {
			return nil, err
		}
		v, err := g.Handel(ctx, o, strings.ToLower(in.ID), h.Naam, versie, &in.Body, l)
		if err != nil {
			return nil, err
		}
		return g.uit(o, v), nil
	})
}

func (g *Gegeven[T]) lijst(ctx context.Context, o *Omgeving, in *lijstIn) (*lijstUit, error) {
	l, err := g.eigen(ctx, o)
	if err != nil {
		return nil, err
	}
	na, err := leesPlek(in.Na)
	if err != nil {
		return nil, err
	}
	vs, volgende, err := g.Lijst(ctx, o, dossier.Filter{Zaak: in.Zaak, Staat: in.Staat, Na: na}, in.Aantal, func(string) toegang.Lezer { return l })
	if err != nil {
		return nil, err
	}
	uit := &lijstUit{}
	uit.Body.Resultaten, uit.Body.Volgende = []Rij{}, schrijfPlek(volgende)
	for _, v := range vs {
		uit.Body.Resultaten = append(uit.Body.Resultaten, Rij{v.ID, o.Adres(g.Pad, v.ID), v.Zaak, v.Staat, v.Versie, v.VastgelegdOp})
	}
	return uit, nil
}

// leesVersie reads If-Match.
func leesVersie(s string) (int, error) {
	if s == "" || s == "*" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.Trim(s, `"`))
	if err != nil || n < 1 {
		return 0, eenFout("If-Match", "Geef de ETag van de versie die u zag.")
	}
	return n, nil
}

func schrijfPlek(p dossier.Plek) string {
	if p.Op.IsZero() {
		return ""
	}
	return strconv.FormatInt(p.Op.UnixMicro(), 36) + "." + p.ID
}

func leesPlek(s string) (dossier.Plek, error) {
	if s == "" {
		return dossier.Plek{}, nil
	}
	op, id, ok := strings.Cut(s, ".")
	µ, err := strconv.ParseInt(op, 36, 64)
	if !ok || err != nil {
		return dossier.Plek{}, eenFout("na", "Geef de waarde van volgende, zoals u die kreeg.")
	}
	return dossier.Plek{Op: time.UnixMicro(µ).UTC(), ID: id}, nil
}

func eenFout(veld, bericht string) error {
	return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: veld, Bericht: bericht}}}
}
