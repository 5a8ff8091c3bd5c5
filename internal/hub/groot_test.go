package hub_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/prov"
)

// An event with more in it than one event may hold is a functional error at its
// status, without what it held; the events around it go on.
func TestGroteGraafHoudtAnderenNietOp(t *testing.T) {
	p := hubtest.Start(t)
	b := p.Als(hubtest.OrgPolitie)
	met := func(extra string) cloudevent.Event {
		ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
		ev.Data = []byte(strings.TrimSuffix(string(ev.Data), "]}") + extra + "]}")
		return ev
	}
	rij := func(n int, voor, na string) string {
		delen := make([]string, n)
		for i := range delen {
			delen[i] = voor + strconv.Itoa(i) + na
		}
		return strings.Join(delen, ",")
	}
	zaken := ""
	for i := range 3 {
		n := strconv.Itoa(i)
		zaken += `,{"@id":"urn:x:` + n + `","@type":"soh:X","soh:zaak":[` + rij(900, `"urn:x:zaak`+n+`-`, `"`) + `]}`
	}
	for naam, ev := range map[string]cloudevent.Event{
		"waarden":    met(`,{"@id":"urn:x:v","@type":"soh:X","soh:x":[` + rij(16_000, `"geheim`, `"`) + `]}`),
		"onderdelen": met(`,` + rij(prov.VanGebeurtenis.Nodes, `{"@id":"urn:x:`, `","@type":"soh:X"}`)),
		"zaken":      met(zaken),
	} {
		_, s := b.Aanvaard(ev)
		if s.Status != antwoord.StatusFout || s.Resultaat == nil || s.Resultaat.TypeFout != "FUNCTIONEEL" || s.Resultaat.Info == nil || len(s.Resultaat.Info.Validatiefouten) != 1 ||
			!strings.Contains(s.Resultaat.Info.Validatiefouten[0], "ten hoogste") || strings.Contains(s.Resultaat.Info.Validatiefouten[0], "geheim") {
			t.Errorf("%s: %+v %+v", naam, s, s.Resultaat)
		}
		if _, s := b.Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)); s.Status != antwoord.StatusOK {
			t.Errorf("after %s an event is %s", naam, s.Status)
		}
	}
	// Many terms, within the bound: no kaart, found all the same.
	ev := met(`,{"@id":"urn:x:v","@type":"soh:X","soh:zaak":[` + rij(200, `"urn:x:zaak`, `"`) + `]}`)
	if _, s := b.Aanvaard(ev); s.Status != antwoord.StatusOK {
		t.Errorf("200 zaken: %+v", s)
	}
}
