package hub

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
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/prov"
)

const (
	bevestigJa  = `{"bevestigd":true,"personen":[true]}`
	bevestigNee = `{"bevestigd":false,"personen":[false]}`
)

// bewezen is a melding of the police that Veilig Thuis read.
func (p *proefhub) bewezen() (m cloudevent.Event) {
	p.t.Helper()
	m = melding(orgPolitie, sentinel, false)
	p.als(orgPolitie).aanvaard(m)
	p.als(orgPolitie).aanvaard(ingezien(m, orgPolitie, orgVT))
	return m
}

// TestBevestigingAlleenAanWieIetsGevraagdIs: about the Opdracht of another the
// answer is that of a zaak that is not there, and what others than the asker say
// about who was asked counts for nothing.
func TestBevestigingAlleenAanWieIetsGevraagdIs(t *testing.T) {
	p := startDicht(t)
	m := p.bewezen()
	vraag := func() string { return p.regel(orgPolitie).bevestiging(zaakVan(m), orgVT.OIN, sentinel) }
	nergens := p.regel(orgPolitie).bevestiging("urn:soh:zaak:"+strings.Repeat("0", 36), orgVT.OIN, sentinel)
	if got := vraag(); got != bevestigNee || got != nergens {
		t.Errorf("who was asked nothing: %s", got)
	}
	p.als(orgVT).aanvaard(gevraagd(zaakVan(m), orgVT, orgVreemd, sentinel))
	p.als(orgVT).aanvaard(gevraagd("urn:soh:zaak:anders", orgVT, orgPolitie, sentinel))
	p.als(orgPolitie).aanvaard(gevraagd(zaakVan(m), orgPolitie, orgPolitie, sentinel))
	if got := vraag(); got != nergens {
		t.Errorf("another was asked, or in another zaak, or the one who was asked says so: %s", got)
	}
	naam := gevraagd(zaakVan(m), orgVT, orgVreemd, sentinel) // names the police, as nobody who is asked
	g, _, err := prov.Lees(naam.Data)
	if err != nil {
		t.Fatal(err)
	}
	g.Node(naam.Subject).Ref("prov:wasInfluencedBy", orgPolitie.OIN.URN())
	naam.Data = g.JSONLD()
	p.als(orgVT).aanvaard(naam)
	if got := vraag(); got != nergens {
		t.Errorf("only named: %s", got)
	}
	p.als(orgVT).aanvaard(gevraagd(zaakVan(m), orgVT, orgPolitie, sentinel))
	if got := vraag(); got != bevestigJa {
		t.Errorf("who was asked: %s", got)
	}
}

// TestBevestigingIsEenBlik: stated by a system, in the log before the answer,
// read by the family, whatever the answer was and whoever was asked about.
func TestBevestigingIsEenBlik(t *testing.T) {
	basis, metingen := t.TempDir(), meting.Nieuw("hub")
	p := startMet(t, basis, Config{Dir: filepath.Join(basis, "hub"), Metingen: metingen}, dicht)
	m := p.bewezen()
	p.als(orgVT).aanvaard(gevraagd(zaakVan(m), orgVT, orgPolitie, sentinel))
	for naam, b := range map[string]*beller{
		"a certificate alone": p.als(orgPolitie), "a person": p.alsWie(orgPolitie, "noor", begrip.DoelToezicht, begrip.GrondAvg24),
	} {
		if a := b.gaatNa(zaakVan(m), orgVT.OIN, sentinel); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", naam, a.status, a.body)
		}
	}
	if lijst := p.wieKeek(); len(lijst) != 0 {
		t.Errorf("a refused question is no look: %+v", lijst)
	}
	b := p.regel(orgPolitie)
	b.bevestiging(zaakVan(m), orgVT.OIN)                             // about nobody by name: the melding is about the sentinel
	b.bevestiging(zaakVan(m), orgVT.OIN, sentinel)                   // yes
	b.bevestiging("urn:soh:zaak:anders", orgVT.OIN, sentinel)        // no
	b.bevestiging("urn:soh:zaak:"+sentinel, orgVT.OIN)               // a zaak as nobody may name it
	b.bevestiging("urn:soh:zaak:nog-anders", orgVT.OIN, "999970185") // no, about another
	lijst := p.wieKeek()
	if len(lijst) != 3 {
		t.Fatalf("%d looks: %+v", len(lijst), lijst)
	}
	for _, i := range lijst {
		if i.Stap != stapBevestiging || i.Organisatie == nil || i.Organisatie.Naam != orgPolitie.Naam || i.Rol != begrip.RolSysteem || i.Doel != begrip.DoelToezicht ||
			i.Grondslag != begrip.GrondAvg24 || i.Niveau == nil || *i.Niveau != begrip.NiveauBestaan || i.Aantal != 0 || len(i.Wat) != 0 {
			t.Errorf("%+v", i)
		}
	}
	if a := p.als(orgPolitie).doe("GET", "/v1/inzagen", "", nil, ""); !bytes.Contains(a.body, []byte(`"stap":"bevestiging"`)) || bytes.Contains(a.body, []byte(sentinel)) {
		t.Errorf("its own organisation reads %s", a.body)
	}
	p.geenLeesbareBlik(sentinel, string(begrip.DoelToezicht))
	w := httptest.NewRecorder()
	metingen.Beheer(func() error { return nil }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if strings.Contains(p.log.String(), sentinel) || strings.Contains(w.Body.String(), sentinel) || !strings.Contains(w.Body.String(), "soh_hub_") {
		t.Error("the sentinel is in a log or a metric")
	}

	// Without a log there is no answer.
	if err := p.Hub.log.Close(); err != nil {
		t.Fatal(err)
	}
	if a := b.gaatNa("urn:soh:zaak:anders", orgVT.OIN, sentinel); a.status != http.StatusServiceUnavailable || bytes.Contains(a.body, []byte("bevestigd")) {
		t.Errorf("without a log: %d %s", a.status, a.body)
	}
}

// TestGrensAanBevestigingen: persons count for the organisation whatever name a
// rule goes by, whatever the answer; the chain manager sees who met the limit.
func TestGrensAanBevestigingen(t *testing.T) {
	p := startMet(t, t.TempDir(), Config{Dir: t.TempDir(), Grenzen: Grenzen{Medewerker: 1, Organisatie: 3}}, dicht)
	b := p.regel(orgPolitie)
	nr := []string{sentinel}
	for i := 999990071; len(nr) < 4; i++ {
		if x, err := begrip.ParseBSN(strconv.Itoa(i)); err == nil {
			nr = append(nr, x.Leesbaar())
		}
	}
	for i, g := range []struct {
		wie, bsn string
		status   int
	}{{"regel", nr[0], 200}, {"regel", nr[1], 200}, {"regel", nr[2], 200}, {"regel", nr[3], 429}, {"andere-regel", nr[3], 429}, {"regel", nr[0], 200}} {
		b.lezer.Persoon = g.wie
		a := b.gaatNa("urn:soh:zaak:anders", orgVT.OIN, g.bsn)
		if a.status != g.status || a.status == 429 && a.kop.Get("Retry-After") == "" {
			t.Errorf("%d: %d, want %d (%v)", i, a.status, g.status, a.kop)
		}
	}
	if a := p.alsWie(orgPolitie, "noor", begrip.DoelEigenMelding, begrip.GrondUb417).doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"burgerservicenummer":"`+nr[3]+`"}`), ""); a.status != 429 {
		t.Errorf("what rules asked counts for the organisation: %d", a.status)
	}
	for eind := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v, err := p.Vissen(t.Context(), time.Now().Add(-time.Hour))
		if err == nil && len(v) == 1 && v[0].OIN == orgPolitie.OIN {
			break
		}
		if time.Now().After(eind) {
			t.Fatalf("the chain manager sees %+v %v", v, err)
		}
	}
}
