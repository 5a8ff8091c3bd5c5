package bezorging

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/rest"
)

// AbonnementAntwoord is an abonnement as its deelnemer sees it.
type AbonnementAntwoord struct {
	ID          string   `json:"id"`
	Soort       string   `json:"soort"`
	Typen       []string `json:"typen,omitempty"`
	Zaak        string   `json:"zaak,omitempty"`
	Subject     string   `json:"subject,omitempty"`
	OverPersoon bool     `json:"overPersoon,omitempty"` // who is not told back
	Adres       string   `json:"adres,omitempty"`
	PerMinuut   int      `json:"perMinuut,omitempty"`
	Status      string   `json:"status"`
	Reden       string   `json:"reden,omitempty"`
	DodeLetters int      `json:"dodeLetters"`
}

func (h *Hub) abonnementAntwoord(a *feit.Abonnement) (AbonnementAntwoord, error) {
	u := AbonnementAntwoord{ID: a.ID, Soort: a.Soort, Typen: a.Typen, Zaak: a.Zaak, Subject: a.Subject, OverPersoon: a.Persoon != "",
		Adres: a.Adres, PerMinuut: a.PerMinuut, Status: "actief", Reden: a.Gestopt}
	if a.Gestopt != "" {
		u.Status = "gestopt"
	}
	l, err := h.Feit.Letters(a.ID)
	u.DodeLetters = len(l)
	return u, err
}

func (h *Hub) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/abonnementen", h.MetFout(h.neemAbonnement))
	mux.HandleFunc("GET /v1/abonnementen", h.MetFout(h.geefAbonnementen))
	mux.HandleFunc("GET /v1/abonnementen/{id}", h.metAbonnement(func(w http.ResponseWriter, _ *http.Request, a *feit.Abonnement, _ register.Deelnemer) error {
		u, err := h.abonnementAntwoord(a)
		if err == nil {
			rest.WriteJSON(w, http.StatusOK, u)
		}
		return err
	}))
	mux.HandleFunc("DELETE /v1/abonnementen/{id}", h.metAbonnement(func(w http.ResponseWriter, r *http.Request, a *feit.Abonnement, _ register.Deelnemer) error {
		if a.Gestopt == "" {
			if err := h.stopAbonnement(r.Context(), a, "opgezegd"); err != nil {
				return err
			}
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}))
	mux.HandleFunc("GET /v1/abonnementen/{id}/gebeurtenissen", h.metAbonnement(h.geefGebeurtenissen))
	mux.HandleFunc("GET /v1/abonnementen/{id}/dode-letters", h.metAbonnement(h.geefDodeLetters))
	mux.HandleFunc("POST /v1/abonnementen/{id}/herhalingen", h.metAbonnement(h.herhaal))
}

// metAbonnement finds the abonnement of the caller; that of another is unknown.
func (h *Hub) metAbonnement(f func(http.ResponseWriter, *http.Request, *feit.Abonnement, register.Deelnemer) error) http.HandlerFunc {
	return h.MetFout(func(w http.ResponseWriter, r *http.Request) error {
		d, err := h.Beller(r)
		if err != nil {
			return err
		}
		a := h.Feit.Abonnementen.Geef(r.PathValue("id"))
		if a == nil || a.Deelnemer != d.OIN {
			return begrip.NieuweFout(begrip.NietGevonden, "Dit abonnement kennen wij niet.")
		}
		return f(w, r, a, d)
	})
}

func (h *Hub) neemAbonnement(w http.ResponseWriter, r *http.Request) error {
	k, err := h.Kijker(r)
	if err != nil {
		return err
	}
	var in nieuwAbonnement
	if err := rest.ReadJSON(w, r, kern.MaxLijf, &in); err != nil {
		return err
	}
	a, err := h.maakAbonnement(r.Context(), k, in)
	if err != nil {
		return err
	}
	if a.Persoon != "" || a.Zaak != "" {
		regel := kijk.Regel{OIN: k.OIN, Stap: kijk.StapAbonnement, Wie: k.Wie, Typen: a.Typen, Refs: a.Refs(), Vreemden: len(a.Refs())}
		if err := h.Kijk.LegVast(r.Context(), regel); err != nil {
			return err
		}
	}
	if _, err := h.Inname.LegFeitVast(r.Context(), cloudevent.AbonnementGenomen, a.ID, "soh:NemenAbonnement", a); err != nil {
		return err
	}
	u, err := h.abonnementAntwoord(a)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/abonnementen/"+a.ID)
	rest.WriteJSON(w, http.StatusCreated, u)
	return nil
}

func (h *Hub) geefAbonnementen(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Beller(r)
	if err != nil {
		return err
	}
	lijst := []AbonnementAntwoord{}
	for _, a := range h.Feit.Abonnementen.Van(d.OIN) {
		u, err := h.abonnementAntwoord(a)
		if err != nil {
			return err
		}
		lijst = append(lijst, u)
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{"abonnementen": lijst})
	return nil
}

// geefGebeurtenissen is a pull. The cursor says up to where the deelnemer has
// all: the hub remembers it, and goes on there when it is asked without one.
func (h *Hub) geefGebeurtenissen(w http.ResponseWriter, r *http.Request, a *feit.Abonnement, d register.Deelnemer) error {
	if a.Soort != feit.SoortPull {
		return begrip.NieuweFout(begrip.Conflict, "Dit abonnement bezorgt op een adres. Neem een abonnement van soort pull om op te halen.")
	}
	if a.Gestopt != "" {
		return begrip.NieuweFout(begrip.Verlopen, "Dit abonnement is gestopt: %s.", a.Gestopt)
	}
	q := r.URL.Query()
	limiet, err := kern.LeesLijstvraag(q, nil)
	if err != nil {
		return err
	}
	na, v := h.Feit.Abonnementen.Stand(a), vraag.Vraag{ID: uuid.MustParse(a.ID)}
	if q.Has("cursor") {
		plaats, ok := h.Zegel.LeesCursor(&v, time.Time{}, q.Get("cursor"))
		if !ok {
			return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "cursor", Bericht: "Gebruik de cursor uit de Link van het vorige antwoord."}}}
		}
		if plaats > na {
			if err := h.Feit.Noteer(r.Context(), feit.Notitie{Standen: map[string]uint64{a.ID: plaats}}); err != nil {
				return err
			}
		}
		na = plaats
	}
	lijst, tot, err := h.volgende(r.Context(), a, d, na, limiet)
	if err != nil {
		return err
	}
	b := antwoord.Bladzij{V: &vraag.Vraag{ID: uuid.MustParse(a.ID), Zaak: a.Zaak, Wie: a.Wie}, Lezer: d}
	for _, g := range lijst {
		b.Vondsten = append(b.Vondsten, g.x)
	}
	if err := h.Antwoord.LegAntwoordVast(r.Context(), kijk.StapBezorgd, &b); err != nil {
		return err
	}
	events := make([]cloudevent.Event, len(lijst))
	for i, g := range lijst {
		events[i] = g.x.VoorLezer()
	}
	w.Header().Set("Link", "</v1/abonnementen/"+a.ID+"/gebeurtenissen?cursor="+h.Zegel.Cursor(&v, time.Time{}, tot)+`>; rel="next"`)
	w.Header().Set("Content-Type", cloudevent.TypeBatch)
	_, _ = w.Write(cloudevent.AppendBatch(nil, events))
	return nil
}

// LetterAntwoord is a dead letter as the deelnemer sees it.
type LetterAntwoord struct {
	ID       string    `json:"id"`
	Reden    string    `json:"reden"`
	Pogingen int       `json:"pogingen"`
	Moment   time.Time `json:"moment"`
	Opnieuw  bool      `json:"opnieuw"`
}

func (h *Hub) geefDodeLetters(w http.ResponseWriter, r *http.Request, a *feit.Abonnement, _ register.Deelnemer) error {
	q := r.URL.Query()
	limiet, err := kern.LeesLijstvraag(q, nil)
	if err != nil {
		return err
	}
	letters, err := h.Feit.Letters(a.ID)
	if err != nil {
		return err
	}
	letters = slices.DeleteFunc(letters, func(d feit.DodeLetter) bool { return d.ID() <= q.Get("cursor") })
	if len(letters) > limiet {
		letters = letters[:limiet]
		q.Set("cursor", letters[limiet-1].ID())
		w.Header().Set("Link", "</v1/abonnementen/"+a.ID+"/dode-letters?"+q.Encode()+`>; rel="next"`)
	}
	lijst := []LetterAntwoord{}
	for _, d := range letters {
		lijst = append(lijst, LetterAntwoord{d.ID(), d.Reden, d.Pogingen, d.Op, d.Opnieuw})
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{"dodeLetters": lijst})
	return nil
}

// herhaal is POST …/herhalingen: offer dead letters again, all or those named.
func (h *Hub) herhaal(w http.ResponseWriter, r *http.Request, a *feit.Abonnement, _ register.Deelnemer) error {
	if a.Gestopt != "" {
		return begrip.NieuweFout(begrip.Verlopen, "Dit abonnement is gestopt: %s.", a.Gestopt)
	}
	var in struct {
		DodeLetters []string `json:"dodeLetters"`
	}
	if err := rest.ReadJSON(w, r, 64<<10, &in); err != nil {
		return err
	}
	letters, err := h.Feit.Letters(a.ID)
	if err != nil {
		return err
	}
	var n feit.Notitie
	for _, d := range letters {
		if in.DodeLetters == nil || slices.Contains(in.DodeLetters, d.ID()) {
			d.Opnieuw = true
			n.Dood = append(n.Dood, d)
		}
	}
	var c begrip.Controle
	for i, id := range in.DodeLetters {
		c.Eis(slices.ContainsFunc(n.Dood, func(d feit.DodeLetter) bool { return d.ID() == id }), "dodeLetters["+strconv.Itoa(i)+"]", "Deze dode letter is er niet.")
	}
	if err := c.Fout(); err != nil {
		return err
	}
	if len(n.Dood) > 0 {
		if err := h.Feit.Noteer(r.Context(), n); err != nil {
			return err
		}
	}
	rest.WriteJSON(w, http.StatusAccepted, map[string]int{"aantal": len(n.Dood)})
	return nil
}
