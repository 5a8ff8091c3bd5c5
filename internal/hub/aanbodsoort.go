package hub

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/rest"
)

// aanbodSoort is the feit of one register that deelnemers fill themselves; T is what
// it holds.
type aanbodSoort[T any] struct {
	soort             *feitSoort
	erbij, anders, af string // event types
	controleer        func(T, *begrip.Controle)
	van               func(*T) *begrip.OIN // whose it is
	id                func(*T) *string
}

func nieuwAanbod[T any](naam string, a aanbodSoort[T]) *aanbodSoort[T] {
	a.soort = &feitSoort{naam: naam, typen: []string{a.erbij, a.anders, a.af}, mag: a.mag}
	return &a
}

var dienstSoort = nieuwAanbod("dienst", aanbodSoort[register.Dienst]{
	erbij: cloudevent.DienstAangeboden, anders: cloudevent.DienstGewijzigd, af: cloudevent.DienstVervallen,
	controleer: register.Dienst.Controleer,
	van:        func(d *register.Dienst) *begrip.OIN { return &d.Aanbieder },
	id:         func(d *register.Dienst) *string { return &d.ID },
})

var apiSoort = nieuwAanbod("api", aanbodSoort[register.API]{
	erbij: cloudevent.APIAangemeld, anders: cloudevent.APIGewijzigd, af: cloudevent.APIVervallen,
	controleer: register.API.Controleer,
	van:        func(a *register.API) *begrip.OIN { return &a.Deelnemer },
	id:         func(a *register.API) *string { return &a.ID },
})

var storingSoort = nieuwAanbod("storing", aanbodSoort[register.Storing]{
	erbij: cloudevent.StoringGemeld, anders: cloudevent.StoringBijgewerkt, af: cloudevent.StoringVoorbij,
	controleer: register.Storing.Controleer,
	van:        func(s *register.Storing) *begrip.OIN { return &s.Over },
	id:         func(s *register.Storing) *string { return &s.ID },
})

// mag: a deelnemer tells of itself, the chain manager of everyone.
func (a *aanbodSoort[T]) mag(h *Hub, door begrip.OIN, f feit) error {
	var in T
	if err := rest.LeesJSON(f.Inhoud, &in); err != nil {
		return err
	}
	var c begrip.Controle
	a.controleer(in, &c)
	_, err := uuid.Parse(f.ID)
	c.Eis(err == nil && *a.id(&in) == f.ID, "id", "Dit moet de uuid uit het subject zijn.")
	if err := c.Fout(); err != nil {
		return err
	}
	oud, ok, err := h.geefFeit(f.Soort, f.ID)
	if err != nil {
		return err
	}
	if door == h.cfg.Organisatie.OIN {
		return nil
	}
	eigen := *a.van(&in) == door
	if ok {
		staat, err := a.uit(oud)
		if err != nil {
			return err
		}
		eigen = eigen && *a.van(&staat) == door
	}
	if !eigen {
		return begrip.NieuweFout(begrip.Verboden, "U kunt dit alleen voor uw eigen organisatie doen.")
	}
	return nil
}

func (a *aanbodSoort[T]) uit(f feit) (in T, err error) {
	if err = json.Unmarshal(f.Inhoud, &in); err != nil {
		err = fmt.Errorf("hub: %s %s: %w", f.Soort, f.ID, err)
	}
	return in, err
}
