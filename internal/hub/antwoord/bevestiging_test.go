package antwoord_test

import (
	"encoding/json"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
)

// A melding proves something for the party that its source let read it, and for
// nobody else; what a party says of itself proves nothing.
func TestBevestigingRustOpWatAnderenMelden(t *testing.T) {
	p := hubtest.Start(t)
	pol, vt := p.Regel(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	const ander, ja, nee = "999970185", `{"bevestigd":true,"personen":[true,false]}`, `{"bevestigd":false,"personen":[false,false]}`
	vraag := func(m cloudevent.Event, partij begrip.OIN) string {
		t.Helper()
		return pol.Bevestiging(hubtest.ZaakVan(m), partij, hubtest.Sentinel, ander)
	}
	gevraagd := func(m cloudevent.Event) {
		vt.Aanvaard(hubtest.Gevraagd(hubtest.ZaakVan(m), hubtest.OrgVT, hubtest.OrgPolitie, hubtest.Sentinel))
	}
	m := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, true) // a shielded source as well
	gevraagd(m)
	pol.Aanvaard(m)
	if got := vraag(m, hubtest.OrgVT.OIN); got != nee {
		t.Errorf("before the source let the party read it: %s", got)
	}
	pol.Aanvaard(hubtest.Ingezien(m, hubtest.OrgPolitie, hubtest.OrgVT))
	if got := vraag(m, hubtest.OrgVT.OIN); got != ja {
		t.Errorf("got %s", got)
	}
	if got := vraag(m, hubtest.OrgVreemd.OIN); got != nee {
		t.Errorf("a party that did not read it: %s", got)
	}
	if got := pol.Bevestiging("urn:soh:zaak:anders", hubtest.OrgVT.OIN, hubtest.Sentinel, ander); got != nee {
		t.Errorf("another zaak: %s", got)
	}

	// Veilig Thuis invents: a melding of its own, a look that it says it did.
	zelf := hubtest.Melding(hubtest.OrgVT, hubtest.Sentinel, false)
	vt.Beweert(zelf)
	vt.Beweert(hubtest.Ingezien(zelf, hubtest.OrgVT, hubtest.OrgVT))
	gevraagd(zelf)
	if got := vraag(zelf, hubtest.OrgVT.OIN); got != nee {
		t.Errorf("an invented melding: %s", got)
	}
	n := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
	gevraagd(n)
	pol.Aanvaard(n)
	vt.Beweert(hubtest.Ingezien(n, hubtest.OrgVT, hubtest.OrgVT))
	if got := vraag(n, hubtest.OrgVT.OIN); got != nee {
		t.Errorf("a look that only the party tells of: %s", got)
	}
}

func TestBevestigingVoorWieMag(t *testing.T) {
	p := hubtest.Start(t)
	goed := map[string]any{"bewijs": "melding", "zaak": "urn:soh:zaak:1", "partij": hubtest.OrgVT.OIN, "personen": []string{hubtest.Sentinel}}
	vraag := func(o begrip.Organisatie, veld string, waarde any) int {
		t.Helper()
		in := map[string]any{}
		for k, v := range goed {
			in[k] = v
		}
		in[veld] = waarde
		body, _ := json.Marshal(in)
		b := p.Regel(o)
		if o.Soort == begrip.Burgerportaal {
			b.Lezer = nil // states the citizen
		}
		return b.Doe("POST", "/v1/bevestigingen/query", "application/json", body, "").Status
	}
	veel := make([]string, antwoord.MaxBevestigPersonen+1)
	for i := range veel {
		veel[i] = hubtest.Sentinel
	}
	for naam, g := range map[string]struct {
		o      begrip.Organisatie
		veld   string
		waarde any
		wil    int
	}{
		"goed":             {hubtest.OrgPolitie, "bewijs", "melding", 200},
		"over zichzelf":    {hubtest.OrgVT, "bewijs", "melding", 403},
		"het portaal":      {hubtest.OrgPortaal, "bewijs", "melding", 403},
		"wie niet meedoet": {hubtest.OrgVreemd, "bewijs", "melding", 403},
		"zonder zaak":      {hubtest.OrgPolitie, "zaak", "", 400},
		"onbekend bewijs":  {hubtest.OrgPolitie, "bewijs", "alles", 400},
		"geen OIN":         {hubtest.OrgPolitie, "partij", "1", 400},
		"te veel personen": {hubtest.OrgPolitie, "personen", veel, 400},
		"geen BSN":         {hubtest.OrgPolitie, "personen", []string{"123456789"}, 400},
		"onbekend veld":    {hubtest.OrgPolitie, "organisatie", "x", 400},
	} {
		if got := vraag(g.o, g.veld, g.waarde); got != g.wil {
			t.Errorf("%s: %d, want %d", naam, got, g.wil)
		}
	}
}
