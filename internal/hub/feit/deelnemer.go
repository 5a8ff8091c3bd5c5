package feit

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// Inschrijving is the feit of a deelnemer: it, and the mark of the entry of
// deelnemers.json that was last taken over. So a change through the API stands
// until the operator changes that entry.
type Inschrijving struct {
	register.Deelnemer
	UitBestand string `json:"uitBestand,omitempty"`
	// EerdereNamen are how it was called before, oldest first.
	EerdereNamen []register.EerdereNaam `json:"eerdereNamen,omitempty"`
}

// Na gives in as it follows on oud: what the register remembers goes along.
func (in Inschrijving) Na(oud Inschrijving) Inschrijving {
	in.EerdereNamen = oud.EerdereNamen
	if oud.Naam != "" && oud.Naam != in.Naam {
		in.EerdereNamen = append(slices.Clip(in.EerdereNamen), register.EerdereNaam{Naam: oud.Naam, Tot: time.Now().UTC().Truncate(time.Microsecond)})
	}
	return in
}

var DeelnemerSoort = &Soort{
	Naam:  "deelnemer",
	Typen: []string{cloudevent.DeelnemerToegetreden, cloudevent.DeelnemerGewijzigd, cloudevent.DeelnemerVertrokken},
	mag: func(h *Hub, door begrip.OIN, f Feit) error {
		if door != h.Cfg.Organisatie.OIN {
			return kern.AlleenBeheerder
		}
		var in Inschrijving
		var c begrip.Controle
		if err := rest.LeesJSON(f.Inhoud, &in); err != nil {
			return err
		}
		in.Controleer(&c)
		c.Eis(string(in.OIN) == f.ID, "oin", "Het subject en de inhoud noemen een andere deelnemer.")
		c.Eis(in.Ingetrokken || !h.Register.VanAnder(in.Deelnemer), "nummers", "Een van deze nummers is van een andere deelnemer.")
		return c.Fout()
	},
	geldt: func(h *Hub, f Feit) {
		if in, err := InschrijvingUit(f); err == nil {
			h.Register.Zet(in.Deelnemer)
			h.Register.ZetNamen(in.OIN, in.EerdereNamen)
		} else {
			h.Cfg.Log.Error("deelnemer is niet leesbaar", "deelnemer", f.ID, "fout", err)
		}
	},
}

func InschrijvingUit(f Feit) (in Inschrijving, err error) {
	if err = json.Unmarshal(f.Inhoud, &in); err != nil {
		err = fmt.Errorf("hub: deelnemer %s: %w", f.ID, err)
	}
	return in, err
}
