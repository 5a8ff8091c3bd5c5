package beheer

import (
	"context"
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

func (h *Hub) geefDeelnemers(w http.ResponseWriter, r *http.Request) {
	if _, err := h.Beller(r); err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{"deelnemers": h.Register.Deelnemers()})
}

func (h *Hub) geefDeelnemer(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Beller(r); err != nil {
		return err
	}
	d, ok := h.Register.Geef(begrip.OIN(r.PathValue("oin")))
	if !ok {
		return geenDeelnemer
	}
	rest.WriteJSON(w, http.StatusOK, d)
	return nil
}

var geenDeelnemer = begrip.NieuweFout(begrip.NietGevonden, "Deze organisatie staat niet in de lijst van deelnemers.")

// voegDeelnemerToe is POST /v1/deelnemers; one that left may join again.
func (h *Hub) voegDeelnemerToe(w http.ResponseWriter, r *http.Request) error {
	if err := h.Beheerder(r); err != nil {
		return err
	}
	var d register.Deelnemer
	if err := rest.ReadJSON(w, r, kern.MaxLijf, &d); err != nil {
		return err
	}
	d.Ingetrokken = false
	if oud, al := h.Register.Geef(d.OIN); al && !oud.Ingetrokken {
		return begrip.NieuweFout(begrip.Conflict, "Deze organisatie is al deelnemer.")
	}
	if err := h.schrijfDeelnemer(r.Context(), cloudevent.DeelnemerToegetreden, d); err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/deelnemers/"+string(d.OIN))
	rest.WriteJSON(w, http.StatusCreated, d)
	return nil
}

// wijzigDeelnemer is PUT /v1/deelnemers/{oin}.
func (h *Hub) wijzigDeelnemer(w http.ResponseWriter, r *http.Request) error {
	if err := h.Beheerder(r); err != nil {
		return err
	}
	var d register.Deelnemer
	if err := rest.ReadJSON(w, r, kern.MaxLijf, &d); err != nil {
		return err
	}
	oud, al := h.Register.Geef(begrip.OIN(r.PathValue("oin")))
	if !al || oud.Ingetrokken {
		return geenDeelnemer
	}
	if d.OIN != oud.OIN {
		return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "oin", Bericht: "Het OIN kan niet veranderen. Laat de deelnemer vertrekken en voeg de nieuwe toe."}}}
	}
	d.Ingetrokken = false
	if err := h.schrijfDeelnemer(r.Context(), cloudevent.DeelnemerGewijzigd, d); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusOK, d)
	return nil
}

// laatDeelnemerGaan is DELETE /v1/deelnemers/{oin}: out from now on; what it
// told stays.
func (h *Hub) laatDeelnemerGaan(w http.ResponseWriter, r *http.Request) error {
	if err := h.Beheerder(r); err != nil {
		return err
	}
	d, al := h.Register.Geef(begrip.OIN(r.PathValue("oin")))
	if !al || d.Ingetrokken {
		return geenDeelnemer
	}
	d.Ingetrokken = true
	if err := h.schrijfDeelnemer(r.Context(), cloudevent.DeelnemerVertrokken, d); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *Hub) schrijfDeelnemer(ctx context.Context, typ string, d register.Deelnemer) error {
	in := feit.Inschrijving{Deelnemer: d}
	f, ok, err := h.Feit.Geef(feit.DeelnemerSoort.Naam, string(d.OIN))
	if err != nil {
		return err
	}
	if ok {
		oud, err := feit.InschrijvingUit(f)
		if err != nil {
			return err
		}
		in.UitBestand = oud.UitBestand
		in = in.Na(oud)
	}
	_, err = h.Inname.LegFeitVast(ctx, typ, string(d.OIN), "soh:BeherenDeelnemer", in)
	return err
}

// uitBestand gives what must be told to bring the register to the operator's
// list: what is new or was changed there since it was last taken over, and who
// came from the list and is no longer in it.
func (h *Hub) uitBestand(lijst []register.Deelnemer) (uit []inname.NieuwFeit, err error) {
	feiten, err := h.Feit.Alle(feit.DeelnemerSoort.Naam)
	if err != nil {
		return nil, err
	}
	staat := map[begrip.OIN]feit.Inschrijving{}
	for _, f := range feiten {
		in, err := feit.InschrijvingUit(f)
		if err != nil {
			return nil, err
		}
		staat[in.OIN] = in
	}
	zeg := func(in feit.Inschrijving, typ string) {
		uit = append(uit, inname.NieuwFeit{Typ: typ, ID: string(in.OIN), Activiteit: "soh:BeherenDeelnemer", Inhoud: in})
	}
	erin := map[begrip.OIN]bool{}
	for _, d := range lijst {
		erin[d.OIN] = true
		oud, al := staat[d.OIN]
		in := feit.Inschrijving{Deelnemer: d, UitBestand: d.Merk()}.Na(oud)
		switch {
		case al && oud.UitBestand == in.UitBestand:
		case d.Ingetrokken:
			zeg(in, cloudevent.DeelnemerVertrokken)
		case !al || oud.Ingetrokken:
			zeg(in, cloudevent.DeelnemerToegetreden)
		default:
			zeg(in, cloudevent.DeelnemerGewijzigd)
		}
	}
	for _, f := range feiten { // in the order of OIN
		in := staat[begrip.OIN(f.ID)]
		if in.UitBestand != "" && !in.Ingetrokken && !erin[in.OIN] {
			in.Ingetrokken, in.UitBestand = true, ""
			zeg(in, cloudevent.DeelnemerVertrokken)
		}
	}
	return uit, nil
}

// NeemBestandOver makes feiten of what changed in deelnemers.json. They stand
// once the projection is there.
func (h *Hub) NeemBestandOver(ctx context.Context) error {
	lijst, ok, err := h.lijst.Veranderd()
	if err != nil || !ok {
		return err
	}
	feiten, err := h.uitBestand(lijst)
	if err == nil && len(feiten) > 0 {
		_, err = h.Inname.SchrijfFeiten(ctx, h.Cfg.Organisatie, feiten)
	}
	if err != nil {
		h.lijst.Opnieuw()
		return err
	}
	h.Cfg.Log.Info("deelnemers uit het bestand overgenomen", "aantal", len(lijst), "veranderd", len(feiten))
	return nil
}

// lijstInterval is the time between two looks at deelnemers.json.
const lijstInterval = 500 * time.Millisecond

// WachtOpRegister lets callers in once the register is as the log has it.
func (h *Hub) WachtOpRegister(ctx context.Context) {
	for laatste := h.Log.Laatste(); ctx.Err() == nil && !h.RegisterBij.Load(); {
		if h.WachtOp(ctx, laatste, time.Hour) {
			h.RegisterBij.Store(true)
		}
	}
}

// HoudRegister watches deelnemers.json until ctx ends. Of several replicas one
// does, so only its file counts.
func (h *Hub) HoudRegister(ctx context.Context) error {
	klok := time.NewTicker(lijstInterval)
	defer klok.Stop()
	for {
		if h.WachtOp(ctx, h.Log.Laatste(), time.Minute) {
			if err := h.NeemBestandOver(ctx); err != nil && ctx.Err() == nil {
				h.Cfg.Log.Error("deelnemers niet uit het bestand overgenomen; het register blijft zoals het is", "fout", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-klok.C:
		}
	}
}
