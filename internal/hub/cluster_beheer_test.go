package hub

import (
	"context"
	"encoding/json"
	"github.com/handbereik/soh/internal/begrip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/natstest"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// samen waits until both replicas are at the end of the log and gives their
// read models, which must be the same.
func samen(t *testing.T, een, twee *proefhub) [32]byte {
	t.Helper()
	for range 2 {
		laatste := max(een.Hub.log.Laatste(), twee.Hub.log.Laatste())
		for _, p := range []*proefhub{een, twee} {
			if !p.wachtOp(t.Context(), laatste, langWacht) {
				t.Fatal("a replica does not get to the end of the log")
			}
		}
	}
	h1, err := een.graph.Hash()
	h2, err2 := twee.graph.Hash()
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
	een, twee := startMet(t, basis, kopieConfig(basis, "een", c)), startMet(t, basis, kopieConfig(basis, "twee", c))
	nu := time.Now().UTC()
	oud := melding(orgPolitie, "123456782", false)
	oud.Time = nu.AddDate(-25, 0, 0).Truncate(time.Millisecond)
	een.als(orgPolitie).aanvaard(gezin(orgPolitie))
	twee.als(orgPolitie).aanvaard(oud)
	twee.als(orgPolitie).aanvaard(gezin(orgPolitie))
	samen(t, een, twee)

	var v Vergeetverzoek
	vraag := map[string]any{"burgerservicenummer": sentinel, "reden": "Verzoek.", "grondslag": "AVG artikel 17"}
	if a := een.medewerker("A. de Boer").stuur("POST", "/v1/vergeetverzoeken", vraag, 201); json.Unmarshal(a.body, &v) != nil {
		t.Fatalf("%s", a.body)
	}
	samen(t, een, twee)
	twee.medewerker("B. Jansen").stuur("POST", "/v1/vergeetverzoeken/"+v.ID+"/akkoorden", nil, 201)
	samen(t, een, twee)
	een.medewerker("A. de Boer").stuur("POST", "/v1/vergeetverzoeken/"+v.ID+"/uitvoeringen", nil, 201)
	alles := begrip.NiveauInhoud
	twee.als(orgHub).stuur("POST", "/v1/gebeurtenissoorten", soorten.Soort{Type: cloudevent.MeldingGeregistreerd, Functie: "uitwisselen-melding", Omschrijving: "Een melding.", Ketenbreed: &alles, Bewaartermijn: "P20Y"}, 201)
	samen(t, een, twee)
	if err := twee.ruimOp(t.Context(), nu); err != nil {
		t.Fatal(err)
	}
	samen(t, een, twee)

	kijk := func(ps ...*proefhub) {
		t.Helper()
		for _, p := range ps {
			rond(t, "the destroyed keys are gone", func() bool {
				return !p.sleutels.Heeft(ref(p, sentinel)) && !p.sleutels.Heeft(ref(p, "123456782")) && p.sleutels.Heeft(ref(p, bsnBroer))
			})
			b := p.als(orgPolitie)
			if n := len(b.zoek(opZoek, opPersoon(sentinel))) + len(b.zoek(opZoek, opPersoon("123456782"))); n != 0 {
				t.Errorf("%d events of who was forgotten or expired are found", n)
			}
			evs := b.zoek(opZoek, opPersoon(bsnBroer))
			for _, ev := range evs {
				if s := string(ev.Data); strings.Contains(s, "Sanne") || strings.Contains(s, sentinel) || !strings.Contains(s, "Broer Leesbaar") {
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
	wissel.Log = een.cfg.Log
	een.stop()
	if err := WisselMeester(context.Background(), wissel); err == nil || !strings.Contains(err.Error(), "draait nog een hub") {
		t.Fatalf("a new master key under a running hub: %v", err)
	}
	twee.stop()
	if err := WisselMeester(context.Background(), wissel); err != nil {
		t.Fatal(err)
	}
	achter := kopieConfig(basis, "achter", c)
	achter.Geheimen, achter.Organisatie, achter.Log = oudeGeheimen, orgHub, een.cfg.Log
	if h, err := Open(achter); err == nil {
		_ = h.Close()
		t.Error("a hub with the old master key starts")
	}
	een, twee = startMet(t, basis, kopieConfig(basis, "een", c)), startMet(t, basis, kopieConfig(basis, "drie", c)) // the second without read model
	if got := samen(t, een, twee); got != want {
		t.Error("a new master key changed the read model")
	}
	kijk(een, twee)
	een.als(orgPolitie).aanvaard(melding(orgPolitie, sentinel, false))
	samen(t, een, twee)
	if evs := twee.als(orgVT).zoek(opZoek, opPersoon(sentinel)); len(evs) != 1 || !strings.Contains(string(evs[0].Data), "Sanne Geheim") {
		t.Errorf("who comes back is in %d events at the other hub", len(evs))
	}
}

// The hub that delivers is killed: the other goes on. Everything comes, what
// was noted as delivered comes once, the rest at most once more.
func TestGedodeBezorgerWordtAfgelostZonderVerliesEnHooguitEenKeerDubbel(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 1, "")
	basis := t.TempDir()
	twee := startMet(t, basis, kopieConfig(basis, "twee", c)) // makes the keys, delivers nothing yet
	twee.identiteit(orgHub)
	haak := twee.haak(orgVT)
	url, dood := losKopie(t, basis, "een", c, "SOH_PROEFHUB_BEZORGT=1")
	een := &beller{p: &proefhub{t: t, url: url, cas: twee.cas, ca: twee.ca}, c: twee.als(orgVT).c}
	rond(t, "the replica lets us in", func() bool { return een.doe("GET", "/v1/deelnemers", "", nil, "").status == 200 })
	a := een.abonneer(meldingen(haak.url + "/haak"))
	politie := twee.als(orgPolitie)
	ids := politie.meldt(40)
	rond(t, "the first hub delivers", func() bool { return len(haak.heeft()) >= len(ids) })
	laatste, _, _, err := twee.graph.Uniek(graph.Interactie, interactieVan(cloudevent.Event{Source: orgPolitie.OIN.Systeem("proef"), ID: ids[len(ids)-1]}, orgPolitie.OIN).String())
	if err != nil {
		t.Fatal(err)
	}
	rond(t, "what was delivered is noted", func() bool { return twee.abonnementen.stand(twee.abonnementen.geef(a.ID)) >= laatste })
	twee.stop()
	twee = startMet(t, basis, kopieConfig(basis, "twee", c), bezorgend)
	politie = twee.als(orgPolitie)
	begin := len(haak.heeft())
	onder := politie.meldt(20) // dies with deliveries under way
	rond(t, "some were delivered", func() bool { return len(haak.heeft()) > begin+5 })
	dood()
	na := politie.meldt(10)
	alle := slices.Concat(ids, onder, na)
	rond(t, "the other delivers the rest", func() bool {
		got := haak.heeft()
		return !slices.ContainsFunc(alle, func(id string) bool { return !slices.Contains(got, id) })
	})
	keer := map[string]int{}
	for _, id := range haak.heeft() {
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
