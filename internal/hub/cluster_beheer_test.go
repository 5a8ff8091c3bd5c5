package hub_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/natstest"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vergeten"
)

// samen waits until both replicas are at the end of the log and gives their
// read models, which must be the same.
func samen(t *testing.T, een, twee *hubtest.Proefhub) [32]byte {
	t.Helper()
	for range 2 {
		laatste := max(een.Hub.Log.Laatste(), twee.Hub.Log.Laatste())
		for _, p := range []*hubtest.Proefhub{een, twee} {
			if !p.WachtOp(t.Context(), laatste, hubtest.LangWacht) {
				t.Fatal("a replica does not get to the end of the log")
			}
		}
	}
	h1, err := een.Graph.Hash()
	h2, err2 := twee.Graph.Hash()
	if err != nil || err2 != nil || h1 != h2 {
		t.Fatalf("the read models differ (%v, %v)", err, err2)
	}
	return h1
}

// What one replica forgets or lets expire, the other does not have either; and
// a new master key changes nothing of that. While a hub runs, there is none.
func TestVergetenEnBewarenKomenOpTweeHubsGelijkUit(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	basis := t.TempDir()
	een, twee := hubtest.StartMet(t, basis, kopieConfig(basis, "een", c)), hubtest.StartMet(t, basis, kopieConfig(basis, "twee", c))
	nu := time.Now().UTC()
	oud := hubtest.Melding(hubtest.OrgPolitie, "123456782", false)
	oud.Time = nu.AddDate(-25, 0, 0).Truncate(time.Millisecond)
	een.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Gezin(hubtest.OrgPolitie))
	twee.Als(hubtest.OrgPolitie).Aanvaard(oud)
	twee.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Gezin(hubtest.OrgPolitie))
	samen(t, een, twee)

	var v feit.Vergeetverzoek
	vraag := map[string]any{"burgerservicenummer": hubtest.Sentinel, "reden": "Verzoek.", "grondslag": "AVG artikel 17"}
	if a := een.Medewerker("A. de Boer").Stuur("POST", "/v1/vergeetverzoeken", vraag, 201); json.Unmarshal(a.Body, &v) != nil {
		t.Fatalf("%s", a.Body)
	}
	samen(t, een, twee)
	twee.Medewerker("B. Jansen").Stuur("POST", "/v1/vergeetverzoeken/"+v.ID+"/akkoorden", nil, 201)
	samen(t, een, twee)
	een.Medewerker("A. de Boer").Stuur("POST", "/v1/vergeetverzoeken/"+v.ID+"/uitvoeringen", nil, 201)
	alles := begrip.NiveauInhoud
	twee.Als(hubtest.OrgHub).Stuur("POST", "/v1/gebeurtenissoorten", soorten.Soort{Type: cloudevent.MeldingGeregistreerd, Functie: "uitwisselen-melding", Omschrijving: "Een melding.", Ketenbreed: &alles, Bewaartermijn: "P20Y"}, 201)
	samen(t, een, twee)
	if err := twee.Vergeten.RuimOp(t.Context(), nu); err != nil {
		t.Fatal(err)
	}
	samen(t, een, twee)

	kijk := func(ps ...*hubtest.Proefhub) {
		t.Helper()
		for _, p := range ps {
			hubtest.Rond(t, "the destroyed keys are gone", func() bool {
				return !p.Sleutels.Heeft(hubtest.Ref(p, hubtest.Sentinel)) && !p.Sleutels.Heeft(hubtest.Ref(p, "123456782")) && p.Sleutels.Heeft(hubtest.Ref(p, hubtest.BsnBroer))
			})
			b := p.Als(hubtest.OrgPolitie)
			if n := len(b.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel))) + len(b.Zoek(hubtest.OpZoek, hubtest.OpPersoon("123456782"))); n != 0 {
				t.Errorf("%d events of who was forgotten or expired are found", n)
			}
			evs := b.Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.BsnBroer))
			for _, ev := range evs {
				if s := string(ev.Data); strings.Contains(s, "Sanne") || strings.Contains(s, hubtest.Sentinel) || !strings.Contains(s, "Broer Leesbaar") {
					t.Errorf("read: %s", s)
				}
			}
			if len(evs) != 2 {
				t.Errorf("the brother is in %d events", len(evs))
			}
		}
	}
	kijk(een, twee)
	want := samen(t, een, twee) // with the looks of these questions

	geheimen := filepath.Join(basis, "geheimen")
	oudeGeheimen := t.TempDir()
	if err := os.CopyFS(oudeGeheimen, os.DirFS(geheimen)); err != nil {
		t.Fatal(err)
	}
	wissel := kopieConfig(basis, "wissel", c)
	wissel.Log = een.Cfg.Log
	een.Stop()
	if err := vergeten.WisselMeester(context.Background(), wissel); err == nil || !strings.Contains(err.Error(), "draait nog een hub") {
		t.Fatalf("a new master key under a running hub: %v", err)
	}
	twee.Stop()
	if err := vergeten.WisselMeester(context.Background(), wissel); err != nil {
		t.Fatal(err)
	}
	achter := kopieConfig(basis, "achter", c)
	achter.Geheimen, achter.Organisatie, achter.Log = oudeGeheimen, hubtest.OrgHub, een.Cfg.Log
	if h, err := hub.Open(achter); err == nil {
		_ = h.Close()
		t.Error("a hub with the old master key starts")
	}
	een, twee = hubtest.StartMet(t, basis, kopieConfig(basis, "een", c)), hubtest.StartMet(t, basis, kopieConfig(basis, "drie", c)) // the second without read model
	if got := samen(t, een, twee); got != want {
		t.Error("a new master key changed the read model")
	}
	kijk(een, twee)
	een.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	samen(t, een, twee)
	if evs := twee.Als(hubtest.OrgVT).Zoek(hubtest.OpZoek, hubtest.OpPersoon(hubtest.Sentinel)); len(evs) != 1 || !strings.Contains(string(evs[0].Data), "Sanne Geheim") {
		t.Errorf("who comes back is in %d events at the other hub", len(evs))
	}
}

// The hub that delivers is killed: the other goes on. Everything comes, what
// was noted as delivered comes once, the rest at most once more.
func TestGedodeBezorgerWordtAfgelostZonderVerliesEnHooguitEenKeerDubbel(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	basis := t.TempDir()
	twee := hubtest.StartMet(t, basis, kopieConfig(basis, "twee", c)) // makes the keys, delivers nothing yet
	twee.Identiteit(hubtest.OrgHub)
	haak := twee.Haak(hubtest.OrgVT)
	url, dood := losKopie(t, basis, "een", c, "SOH_PROEFHUB_BEZORGT=1")
	een := &hubtest.Beller{P: &hubtest.Proefhub{T: t, URL: url, CAs: twee.CAs, CA: twee.CA}, C: twee.Als(hubtest.OrgVT).C}
	hubtest.Rond(t, "the replica lets us in", func() bool { return een.Doe("GET", "/v1/deelnemers", "", nil, "").Status == 200 })
	a := een.Abonneer(hubtest.Meldingen(haak.URL + "/haak"))
	politie := twee.Als(hubtest.OrgPolitie)
	ids := politie.Meldt(40)
	hubtest.Rond(t, "the first hub delivers", func() bool { return len(haak.Heeft()) >= len(ids) })
	laatste, _, _, err := twee.Graph.Uniek(graph.Interactie, kern.InteractieVan(cloudevent.Event{Source: hubtest.OrgPolitie.OIN.Systeem("proef"), ID: ids[len(ids)-1]}, hubtest.OrgPolitie.OIN).String())
	if err != nil {
		t.Fatal(err)
	}
	hubtest.Rond(t, "what was delivered is noted", func() bool { return twee.Feit.Abonnementen.Stand(twee.Feit.Abonnementen.Geef(a.ID)) >= laatste })
	twee.Stop()
	twee = hubtest.StartMet(t, basis, kopieConfig(basis, "twee", c), hubtest.Bezorgend)
	politie = twee.Als(hubtest.OrgPolitie)
	begin := len(haak.Heeft())
	onder := politie.Meldt(20) // dies with deliveries under way
	hubtest.Rond(t, "some were delivered", func() bool { return len(haak.Heeft()) > begin+5 })
	dood()
	na := politie.Meldt(10)
	alle := slices.Concat(ids, onder, na)
	hubtest.Rond(t, "the other delivers the rest", func() bool {
		got := haak.Heeft()
		return !slices.ContainsFunc(alle, func(id string) bool { return !slices.Contains(got, id) })
	})
	keer := map[string]int{}
	for _, id := range haak.Heeft() {
		keer[id]++
	}
	dubbel := 0
	for _, id := range alle {
		if n := keer[id]; n > 2 || n > 1 && slices.Contains(ids, id) {
			t.Errorf("%s was delivered %d times", id, n)
		} else if n == 2 {
			dubbel++
		}
	}
	t.Logf("%d delivered, %d of them twice", len(alle), dubbel)
}
