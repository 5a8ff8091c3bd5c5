package beheer

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// aanbod is one register that deelnemers fill themselves: diensten, API's,
// storingen. What differs is in its functions; T is what it holds.
type aanbod[T any] struct {
	*feit.AanbodSoort[T]
	pad, lijst string              // "/v1/diensten", and the member of the answer that holds the list
	weg        func(*T, time.Time) // makes it end
	toon       func(T, url.Values, time.Time) bool
	filters    []string
}

var diensten = &aanbod[register.Dienst]{
	AanbodSoort: feit.DienstSoort, pad: "/v1/diensten", lijst: "diensten", filters: []string{"aanbieder", "regio", "zoek"},
	weg: func(d *register.Dienst, _ time.Time) { d.Vervallen = true },
	toon: func(d register.Dienst, q url.Values, _ time.Time) bool {
		return !d.Vervallen && past(q, "aanbieder", string(d.Aanbieder)) && (!q.Has("regio") || bevat(d.Regio, q.Get("regio"))) &&
			(!q.Has("zoek") || bevat(d.Naam+"\n"+d.Omschrijving+"\n"+d.Doelgroep, q.Get("zoek")))
	},
}

var apis = &aanbod[register.API]{
	AanbodSoort: feit.ApiSoort, pad: "/v1/apis", lijst: "apis", filters: []string{"deelnemer", "status"},
	weg: func(a *register.API, _ time.Time) { a.Vervallen = true },
	toon: func(a register.API, q url.Values, _ time.Time) bool {
		return !a.Vervallen && past(q, "deelnemer", string(a.Deelnemer)) && past(q, "status", a.Status)
	},
}

var storingen = &aanbod[register.Storing]{
	AanbodSoort: feit.StoringSoort, pad: "/v1/storingen", lijst: "storingen", filters: []string{"over", "soort", "geldt"},
	weg: func(s *register.Storing, nu time.Time) {
		nu = nu.UTC().Truncate(time.Second)
		if s.Vanaf.After(nu) {
			nu = s.Vanaf // called off: it never was
		}
		s.Tot = &nu
	},
	toon: func(s register.Storing, q url.Values, nu time.Time) bool {
		return past(q, "over", string(s.Over)) && past(q, "soort", s.Soort) && past(q, "geldt", strconv.FormatBool(s.Geldt(nu)))
	},
}

func past(q url.Values, naam, waarde string) bool { return !q.Has(naam) || q.Get(naam) == waarde }

func bevat(s, deel string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(deel)) }

// alle gives what q asks for, ordered by id.
func (a *aanbod[T]) alle(h *Hub, q url.Values, nu time.Time) ([]T, error) {
	feiten, err := h.Feit.Alle(a.Soort.Naam)
	if err != nil {
		return nil, err
	}
	uit := []T{}
	for _, f := range feiten {
		in, err := a.Uit(f)
		if err != nil {
			return nil, err
		}
		if a.toon(in, q, nu) {
			uit = append(uit, in)
		}
	}
	return uit, nil
}

// routes adds the REST operations of this register.
func (a *aanbod[T]) routes(mux *http.ServeMux, h *Hub) {
	mux.HandleFunc("GET "+a.pad, h.MetFout(func(w http.ResponseWriter, r *http.Request) error { return a.geefLijst(h, w, r) }))
	mux.HandleFunc("POST "+a.pad, h.MetFout(func(w http.ResponseWriter, r *http.Request) error { return a.voegToe(h, w, r) }))
	mux.HandleFunc("GET "+a.pad+"/{id}", h.MetFout(func(w http.ResponseWriter, r *http.Request) error {
		in, _, err := a.een(h, r)
		if err == nil {
			rest.WriteJSON(w, http.StatusOK, in)
		}
		return err
	}))
	mux.HandleFunc("PUT "+a.pad+"/{id}", h.MetFout(func(w http.ResponseWriter, r *http.Request) error { return a.wijzig(h, w, r) }))
	mux.HandleFunc("DELETE "+a.pad+"/{id}", h.MetFout(func(w http.ResponseWriter, r *http.Request) error {
		in, d, err := a.een(h, r)
		if err != nil {
			return err
		}
		a.weg(&in, time.Now())
		if err := a.schrijf(r.Context(), h, d, a.Af, in); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}))
}

func (a *aanbod[T]) een(h *Hub, r *http.Request) (in T, d register.Deelnemer, err error) {
	if d, err = h.Beller(r); err != nil {
		return in, d, err
	}
	f, ok, err := h.Feit.Geef(a.Soort.Naam, r.PathValue("id"))
	if err != nil {
		return in, d, err
	}
	if ok {
		in, err = a.Uit(f)
		return in, d, err
	}
	return in, d, begrip.NieuweFout(begrip.NietGevonden, "Dit staat niet in het register.")
}

func (a *aanbod[T]) geefLijst(h *Hub, w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Beller(r); err != nil {
		return err
	}
	q := r.URL.Query()
	limiet, err := kern.LeesLijstvraag(q, a.filters)
	if err != nil {
		return err
	}
	alle, err := a.alle(h, q, time.Now())
	if err != nil {
		return err
	}
	na := q.Get("cursor")
	alle = slices.DeleteFunc(alle, func(in T) bool { return *a.ID(&in) <= na })
	if len(alle) > limiet {
		alle = alle[:limiet]
		q.Set("cursor", *a.ID(&alle[limiet-1]))
		w.Header().Set("Link", "<"+a.pad+"?"+q.Encode()+`>; rel="next"`)
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{a.lijst: alle})
	return nil
}

func (a *aanbod[T]) voegToe(h *Hub, w http.ResponseWriter, r *http.Request) error {
	d, err := h.Beller(r)
	if err != nil {
		return err
	}
	in, err := a.neem(h, w, r, d, a.Erbij, uuid.NewString(), d.OIN)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.pad+"/"+*a.ID(&in))
	rest.WriteJSON(w, http.StatusCreated, in)
	return nil
}

func (a *aanbod[T]) wijzig(h *Hub, w http.ResponseWriter, r *http.Request) error {
	oud, d, err := a.een(h, r)
	if err != nil {
		return err
	}
	in, err := a.neem(h, w, r, d, a.Anders, *a.ID(&oud), *a.Van(&oud))
	if err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusOK, in)
	return nil
}

// neem reads the body and tells it on behalf of d, as the entry id; it is of
// the organisation van unless the body names another.
func (a *aanbod[T]) neem(h *Hub, w http.ResponseWriter, r *http.Request, d register.Deelnemer, typ, id string, van begrip.OIN) (in T, err error) {
	if err := rest.ReadJSON(w, r, kern.MaxLijf, &in); err != nil {
		return in, err
	}
	*a.ID(&in) = id
	if p := a.Van(&in); *p == "" {
		*p = van
	}
	return in, a.schrijf(r.Context(), h, d, typ, in)
}

// schrijf tells the feit on behalf of d.
func (a *aanbod[T]) schrijf(ctx context.Context, h *Hub, d register.Deelnemer, typ string, in T) error {
	_, err := h.Inname.LegFeitenVast(ctx, d.Organisatie, inname.NieuwFeit{Typ: typ, ID: *a.ID(&in), Activiteit: "soh:BeherenRegister", Inhoud: in})
	return err
}
