package antwoord_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/prov"
)

const (
	bevestigJa  = `{"bevestigd":true,"personen":[true]}`
	bevestigNee = `{"bevestigd":false,"personen":[false]}`
)

// TestBevestigingAlleenAanWieIetsGevraagdIs: about the Opdracht of another the
// answer is that of a zaak that is not there, and what others than the asker say
// about who was asked counts for nothing.
func TestBevestigingAlleenAanWieIetsGevraagdIs(t *testing.T) {
	p := hubtest.StartDicht(t)
	m := p.Bewezen()
	vraag := func() string {
		return p.Regel(hubtest.OrgPolitie).Bevestiging(hubtest.ZaakVan(m), hubtest.OrgVT.OIN, hubtest.Sentinel)
	}
	nergens := p.Regel(hubtest.OrgPolitie).Bevestiging("urn:soh:zaak:"+strings.Repeat("0", 36), hubtest.OrgVT.OIN, hubtest.Sentinel)
	if got := vraag(); got != bevestigNee || got != nergens {
		t.Errorf("who was asked nothing: %s", got)
	}
	p.Als(hubtest.OrgVT).Aanvaard(hubtest.Gevraagd(hubtest.ZaakVan(m), hubtest.OrgVT, hubtest.OrgVreemd, hubtest.Sentinel))
	p.Als(hubtest.OrgVT).Aanvaard(hubtest.Gevraagd("urn:soh:zaak:anders", hubtest.OrgVT, hubtest.OrgPolitie, hubtest.Sentinel))
	p.Als(hubtest.OrgPolitie).Aanvaard(hubtest.Gevraagd(hubtest.ZaakVan(m), hubtest.OrgPolitie, hubtest.OrgPolitie, hubtest.Sentinel))
	if got := vraag(); got != nergens {
		t.Errorf("another was asked, or in another zaak, or the one who was asked says so: %s", got)
	}
	naam := hubtest.Gevraagd(hubtest.ZaakVan(m), hubtest.OrgVT, hubtest.OrgVreemd, hubtest.Sentinel) // names the police, as nobody who is asked
	g, _, err := prov.Lees(naam.Data)
	if err != nil {
		t.Fatal(err)
	}
	g.Node(naam.Subject).Ref("prov:wasInfluencedBy", hubtest.OrgPolitie.OIN.URN())
	naam.Data = g.JSONLD()
	p.Als(hubtest.OrgVT).Aanvaard(naam)
	if got := vraag(); got != nergens {
		t.Errorf("only named: %s", got)
	}
	p.Als(hubtest.OrgVT).Aanvaard(hubtest.Gevraagd(hubtest.ZaakVan(m), hubtest.OrgVT, hubtest.OrgPolitie, hubtest.Sentinel))
	if got := vraag(); got != bevestigJa {
		t.Errorf("who was asked: %s", got)
	}
}

// TestBevestigingIsEenBlik: stated by a system, in the log before the answer,
// read by the family, whatever the answer was and whoever was asked about.
func TestBevestigingIsEenBlik(t *testing.T) {
	basis, metingen := t.TempDir(), meting.Nieuw("hub")
	p := hubtest.StartMet(t, basis, kern.Config{Dir: filepath.Join(basis, "hub"), Metingen: metingen}, hubtest.Dicht)
	m := p.Bewezen()
	p.Als(hubtest.OrgVT).Aanvaard(hubtest.Gevraagd(hubtest.ZaakVan(m), hubtest.OrgVT, hubtest.OrgPolitie, hubtest.Sentinel))
	for naam, b := range map[string]*hubtest.Beller{
		"a certificate alone": p.Als(hubtest.OrgPolitie), "a person": p.AlsWie(hubtest.OrgPolitie, "noor", begrip.DoelToezicht, begrip.GrondAvg24),
	} {
		if a := b.GaatNa(hubtest.ZaakVan(m), hubtest.OrgVT.OIN, hubtest.Sentinel); a.Status != http.StatusUnauthorized && a.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", naam, a.Status, a.Body)
		}
	}
	if lijst := p.WieKeek(); len(lijst) != 0 {
		t.Errorf("a refused question is no look: %+v", lijst)
	}
	b := p.Regel(hubtest.OrgPolitie)
	b.Bevestiging(hubtest.ZaakVan(m), hubtest.OrgVT.OIN)                      // about nobody by name: the melding is about the sentinel
	b.Bevestiging(hubtest.ZaakVan(m), hubtest.OrgVT.OIN, hubtest.Sentinel)    // yes
	b.Bevestiging("urn:soh:zaak:anders", hubtest.OrgVT.OIN, hubtest.Sentinel) // no
	b.Bevestiging("urn:soh:zaak:"+hubtest.Sentinel, hubtest.OrgVT.OIN)        // a zaak as nobody may name it
	b.Bevestiging("urn:soh:zaak:nog-anders", hubtest.OrgVT.OIN, "999970185")  // no, about another
	lijst := p.WieKeek()
	if len(lijst) != 3 {
		t.Fatalf("%d looks: %+v", len(lijst), lijst)
	}
	for _, i := range lijst {
		if i.Stap != kijk.StapBevestiging || i.Organisatie == nil || i.Organisatie.Naam != hubtest.OrgPolitie.Naam || i.Rol != begrip.RolSysteem || i.Doel != begrip.DoelToezicht ||
			i.Grondslag != begrip.GrondAvg24 || i.Niveau == nil || *i.Niveau != begrip.NiveauBestaan || i.Aantal != 0 || len(i.Wat) != 0 {
			t.Errorf("%+v", i)
		}
	}
	if a := p.Als(hubtest.OrgPolitie).Doe("GET", "/v1/inzagen", "", nil, ""); !bytes.Contains(a.Body, []byte(`"stap":"bevestiging"`)) || bytes.Contains(a.Body, []byte(hubtest.Sentinel)) {
		t.Errorf("its own organisation reads %s", a.Body)
	}
	p.GeenLeesbareBlik(hubtest.Sentinel, string(begrip.DoelToezicht))
	w := httptest.NewRecorder()
	metingen.Beheer(func() error { return nil }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if strings.Contains(p.Logboek.String(), hubtest.Sentinel) || strings.Contains(w.Body.String(), hubtest.Sentinel) || !strings.Contains(w.Body.String(), "soh_hub_") {
		t.Error("the sentinel is in a log or a metric")
	}

	// Without a log there is no answer.
	if err := p.Hub.Log.Close(); err != nil {
		t.Fatal(err)
	}
	if a := b.GaatNa("urn:soh:zaak:anders", hubtest.OrgVT.OIN, hubtest.Sentinel); a.Status != http.StatusServiceUnavailable || bytes.Contains(a.Body, []byte("bevestigd")) {
		t.Errorf("without a log: %d %s", a.Status, a.Body)
	}
}

// TestGrensAanBevestigingen: persons count for the organisation whatever name a
// rule goes by, whatever the answer; the chain manager sees who met the limit.
func TestGrensAanBevestigingen(t *testing.T) {
	p := hubtest.StartMet(t, t.TempDir(), kern.Config{Dir: t.TempDir(), Grenzen: kern.Grenzen{Medewerker: 1, Organisatie: 3}}, hubtest.Dicht)
	b := p.Regel(hubtest.OrgPolitie)
	nr := []string{hubtest.Sentinel}
	for i := 999990071; len(nr) < 4; i++ {
		if x, err := begrip.ParseBSN(strconv.Itoa(i)); err == nil {
			nr = append(nr, x.Leesbaar())
		}
	}
	for i, g := range []struct {
		wie, bsn string
		status   int
	}{{"regel", nr[0], 200}, {"regel", nr[1], 200}, {"regel", nr[2], 200}, {"regel", nr[3], 429}, {"andere-regel", nr[3], 429}, {"regel", nr[0], 200}} {
		b.Lezer.Persoon = g.wie
		a := b.GaatNa("urn:soh:zaak:anders", hubtest.OrgVT.OIN, g.bsn)
		if a.Status != g.status || a.Status == 429 && a.Kop.Get("Retry-After") == "" {
			t.Errorf("%d: %d, want %d (%v)", i, a.Status, g.status, a.Kop)
		}
	}
	if a := p.AlsWie(hubtest.OrgPolitie, "noor", begrip.DoelEigenMelding, begrip.GrondUb417).Doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"burgerservicenummer":"`+nr[3]+`"}`), ""); a.Status != 429 {
		t.Errorf("what rules asked counts for the organisation: %d", a.Status)
	}
	for eind := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v, err := p.Kijk.Vissen(t.Context(), time.Now().Add(-time.Hour))
		if err == nil && len(v) == 1 && v[0].OIN == hubtest.OrgPolitie.OIN {
			break
		}
		if time.Now().After(eind) {
			t.Fatalf("the chain manager sees %+v %v", v, err)
		}
	}
}
