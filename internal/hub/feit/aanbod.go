package feit

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// AanbodSoort is the feit of one register that deelnemers fill themselves; T is what
// it holds.
type AanbodSoort[T any] struct {
	Soort             *Soort
	Erbij, Anders, Af string // event types
	controleer        func(T, *begrip.Controle)
	Van               func(*T) *begrip.OIN // whose it is
	ID                func(*T) *string
}

func nieuwAanbod[T any](naam string, a AanbodSoort[T]) *AanbodSoort[T] {
	a.Soort = &Soort{Naam: naam, Typen: []string{a.Erbij, a.Anders, a.Af}, mag: a.mag}
	return &a
}

var DienstSoort = nieuwAanbod("dienst", AanbodSoort[register.Dienst]{
	Erbij: cloudevent.DienstAangeboden, Anders: cloudevent.DienstGewijzigd, Af: cloudevent.DienstVervallen,
	controleer: register.Dienst.Controleer,
	Van:        func(d *register.Dienst) *begrip.OIN { return &d.Aanbieder },
	ID:         func(d *register.Dienst) *string { return &d.ID },
})

var ApiSoort = nieuwAanbod("api", AanbodSoort[register.API]{
	Erbij: cloudevent.APIAangemeld, Anders: cloudevent.APIGewijzigd, Af: cloudevent.APIVervallen,
	controleer: register.API.Controleer,
	Van:        func(a *register.API) *begrip.OIN { return &a.Deelnemer },
	ID:         func(a *register.API) *string { return &a.ID },
})

var StoringSoort = nieuwAanbod("storing", AanbodSoort[register.Storing]{
	Erbij: cloudevent.StoringGemeld, Anders: cloudevent.StoringBijgewerkt, Af: cloudevent.StoringVoorbij,
	controleer: register.Storing.Controleer,
	Van:        func(s *register.Storing) *begrip.OIN { return &s.Over },
	ID:         func(s *register.Storing) *string { return &s.ID },
})

// mag: a deelnemer tells of itself, the chain manager of everyone.
func (a *AanbodSoort[T]) mag(h *Hub, door begrip.OIN, f Feit) error {
	var in T
	if err := rest.LeesJSON(f.Inhoud, &in); err != nil {
		return err
	}
	var c begrip.Controle
	a.controleer(in, &c)
	_, err := uuid.Parse(f.ID)
	c.Eis(err == nil && *a.ID(&in) == f.ID, "id", "Dit moet de uuid uit het subject zijn.")
	if err := c.Fout(); err != nil {
		return err
	}
	oud, ok, err := h.Geef(f.Soort, f.ID)
	if err != nil {
		return err
	}
	if door == h.Cfg.Organisatie.OIN {
		return nil
	}
	eigen := *a.Van(&in) == door
	if ok {
		staat, err := a.Uit(oud)
		if err != nil {
			return err
		}
		eigen = eigen && *a.Van(&staat) == door
	}
	if !eigen {
		return begrip.NieuweFout(begrip.Verboden, "U kunt dit alleen voor uw eigen organisatie doen.")
	}
	return nil
}

func (a *AanbodSoort[T]) Uit(f Feit) (in T, err error) {
	if err = json.Unmarshal(f.Inhoud, &in); err != nil {
		err = fmt.Errorf("hub: %s %s: %w", f.Soort, f.ID, err)
	}
	return in, err
}
