package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// inschrijving is the feit of a deelnemer: it, and the mark of the entry of
// deelnemers.json that was last taken over. So a change through the API stands
// until the operator changes that entry.
type inschrijving struct {
	register.Deelnemer
	UitBestand string `json:"uitBestand,omitempty"`
	// EerdereNamen are how it was called before, oldest first.
	EerdereNamen []register.EerdereNaam `json:"eerdereNamen,omitempty"`
}

// na gives in as it follows on oud: what the register remembers goes along.
func (in inschrijving) na(oud inschrijving) inschrijving {
	in.EerdereNamen = oud.EerdereNamen
	if oud.Naam != "" && oud.Naam != in.Naam {
		in.EerdereNamen = append(slices.Clip(in.EerdereNamen), register.EerdereNaam{Naam: oud.Naam, Tot: time.Now().UTC().Truncate(time.Microsecond)})
	}
	return in
}

var deelnemerSoort = &feitSoort{
	naam:  "deelnemer",
	typen: []string{cloudevent.DeelnemerToegetreden, cloudevent.DeelnemerGewijzigd, cloudevent.DeelnemerVertrokken},
	mag: func(h *Hub, door begrip.OIN, f feit) error {
		if door != h.cfg.Organisatie.OIN {
			return alleenBeheerder
		}
		var in inschrijving
		var c begrip.Controle
		if err := rest.LeesJSON(f.Inhoud, &in); err != nil {
			return err
		}
		in.Controleer(&c)
		c.Eis(string(in.OIN) == f.ID, "oin", "Het subject en de inhoud noemen een andere deelnemer.")
		c.Eis(in.Ingetrokken || !h.register.VanAnder(in.Deelnemer), "nummers", "Een van deze nummers is van een andere deelnemer.")
		return c.Fout()
	},
	geldt: func(h *Hub, f feit) {
		if in, err := inschrijvingUit(f); err == nil {
			h.register.Zet(in.Deelnemer)
			h.register.ZetNamen(in.OIN, in.EerdereNamen)
		} else {
			h.cfg.Log.Error("deelnemer is niet leesbaar", "deelnemer", f.ID, "fout", err)
		}
	},
}

var alleenBeheerder = begrip.NieuweFout(begrip.Verboden, "Alleen de ketenbeheerder kan dit.")

func inschrijvingUit(f feit) (in inschrijving, err error) {
	if err = json.Unmarshal(f.Inhoud, &in); err != nil {
		err = fmt.Errorf("hub: deelnemer %s: %w", f.ID, err)
	}
	return in, err
}

// beheerder is beller for what only the chain manager may.
func (h *Hub) beheerder(r *http.Request) error {
	d, err := h.beller(r)
	if err == nil && d.OIN != h.cfg.Organisatie.OIN {
		err = alleenBeheerder
	}
	return err
}

func (h *Hub) geefDeelnemers(w http.ResponseWriter, r *http.Request) {
	if _, err := h.beller(r); err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{"deelnemers": h.register.Deelnemers()})
}

func (h *Hub) geefDeelnemer(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.beller(r); err != nil {
		return err
	}
	d, ok := h.register.Geef(begrip.OIN(r.PathValue("oin")))
	if !ok {
		return geenDeelnemer
	}
	rest.WriteJSON(w, http.StatusOK, d)
	return nil
}

var geenDeelnemer = begrip.NieuweFout(begrip.NietGevonden, "Deze organisatie staat niet in de lijst van deelnemers.")

// voegDeelnemerToe is POST /v1/deelnemers; one that left may join again.
func (h *Hub) voegDeelnemerToe(w http.ResponseWriter, r *http.Request) error {
	if err := h.beheerder(r); err != nil {
		return err
	}
	var d register.Deelnemer
	if err := rest.ReadJSON(w, r, maxLijf, &d); err != nil {
		return err
	}
	d.Ingetrokken = false
	if oud, al := h.register.Geef(d.OIN); al && !oud.Ingetrokken {
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
	if err := h.beheerder(r); err != nil {
		return err
	}
	var d register.Deelnemer
	if err := rest.ReadJSON(w, r, maxLijf, &d); err != nil {
		return err
	}
	oud, al := h.register.Geef(begrip.OIN(r.PathValue("oin")))
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
	if err := h.beheerder(r); err != nil {
		return err
	}
	d, al := h.register.Geef(begrip.OIN(r.PathValue("oin")))
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
	in := inschrijving{Deelnemer: d}
	f, ok, err := h.geefFeit(deelnemerSoort.naam, string(d.OIN))
	if err != nil {
		return err
	}
	if ok {
		oud, err := inschrijvingUit(f)
		if err != nil {
			return err
		}
		in.UitBestand = oud.UitBestand
		in = in.na(oud)
	}
	_, err = h.legFeitVast(ctx, typ, string(d.OIN), "soh:BeherenDeelnemer", in)
	return err
}

// uitBestand gives what must be told to bring the register to the operator's
// list: what is new or was changed there since it was last taken over, and who
// came from the list and is no longer in it.
func (h *Hub) uitBestand(lijst []register.Deelnemer) (uit []nieuwFeit, err error) {
	feiten, err := h.alleFeiten(deelnemerSoort.naam)
	if err != nil {
		return nil, err
	}
	staat := map[begrip.OIN]inschrijving{}
	for _, f := range feiten {
		in, err := inschrijvingUit(f)
		if err != nil {
			return nil, err
		}
		staat[in.OIN] = in
	}
	zeg := func(in inschrijving, typ string) {
		uit = append(uit, nieuwFeit{typ, string(in.OIN), "soh:BeherenDeelnemer", in})
	}
	erin := map[begrip.OIN]bool{}
	for _, d := range lijst {
		erin[d.OIN] = true
		oud, al := staat[d.OIN]
		in := inschrijving{Deelnemer: d, UitBestand: d.Merk()}.na(oud)
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

// neemBestandOver makes feiten of what changed in deelnemers.json. They stand
// once the projection is there.
func (h *Hub) neemBestandOver(ctx context.Context) error {
	lijst, ok, err := h.lijst.Veranderd()
	if err != nil || !ok {
		return err
	}
	feiten, err := h.uitBestand(lijst)
	if err == nil && len(feiten) > 0 {
		_, err = h.schrijfFeiten(ctx, h.cfg.Organisatie, feiten)
	}
	if err != nil {
		h.lijst.Opnieuw()
		return err
	}
	h.cfg.Log.Info("deelnemers uit het bestand overgenomen", "aantal", len(lijst), "veranderd", len(feiten))
	return nil
}

// lijstInterval is the time between two looks at deelnemers.json.
const lijstInterval = 500 * time.Millisecond

// wachtOpRegister lets callers in once the register is as the log has it.
func (h *Hub) wachtOpRegister(ctx context.Context) {
	for laatste := h.log.Laatste(); ctx.Err() == nil && !h.registerBij.Load(); {
		if h.wachtOp(ctx, laatste, time.Hour) {
			h.registerBij.Store(true)
		}
	}
}

// houdRegister watches deelnemers.json until ctx ends. Of several replicas one
// does, so only its file counts.
func (h *Hub) houdRegister(ctx context.Context) error {
	klok := time.NewTicker(lijstInterval)
	defer klok.Stop()
	for {
		if h.wachtOp(ctx, h.log.Laatste(), time.Minute) {
			if err := h.neemBestandOver(ctx); err != nil && ctx.Err() == nil {
				h.cfg.Log.Error("deelnemers niet uit het bestand overgenomen; het register blijft zoals het is", "fout", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-klok.C:
		}
	}
}

// maxInloop is how long Open projects itself. What is more, Run does.
const maxInloop = 5 * time.Second

// loopIn brings the register up to date before anybody can ask: with a read
// model that is nearly there, and the operator's list. With a long way to go it
// leaves that to Run, and callers hear that the hub is starting.
func (h *Hub) loopIn(ctx context.Context) error {
	if !h.projecteerTot(ctx) {
		return nil
	}
	if h.cfg.Cluster != nil { // another replica may have a newer list
		h.registerBij.Store(true)
		return nil
	}
	if err := h.neemBestandOver(ctx); err != nil && !begrip.Is(err, begrip.NietBeschikbaar) {
		return err
	}
	h.registerBij.Store(h.projecteerTot(ctx))
	return nil
}

// projecteerTot projects what is in the log now, before Run does; false when
// that takes too long or does not work.
func (h *Hub) projecteerTot(ctx context.Context) bool {
	ctx, stop := context.WithTimeout(ctx, maxInloop)
	defer stop()
	if seq, laatste := h.geprojecteerd.Load()+1, h.log.Laatste(); seq <= laatste {
		if err := h.volgVanaf(ctx, seq, laatste); err != nil {
			if ctx.Err() == nil {
				h.cfg.Log.Error("projectie hapert bij de start", "fout", err, "stand", h.geprojecteerd.Load())
			}
			return false
		}
	}
	return true
}
