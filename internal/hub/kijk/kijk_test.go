package kijk_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

func TestHetGezinZietWieInDeKetenindexKeek(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0, hubtest.Dicht)
	ev := hubtest.AanVT(hubtest.Sentinel, false)
	p.Als(hubtest.OrgPolitie).Aanvaard(ev)
	b := p.Beoordelaar()
	if evs := b.Zoek("/v1/gebeurtenissen/query", hubtest.OverSentinel); len(evs) != 1 {
		t.Fatalf("the receiver of the melding sees %d events", len(evs))
	}
	b.Zoek("/v1/gebeurtenissen/query", `{"zaak":"`+strings.Replace(ev.Subject, "melding", "zaak", 1)+`"}`)
	p.Als(hubtest.OrgPolitie).Zoek("/v1/gebeurtenissen/query", `{"type":"`+cloudevent.MeldingGeregistreerd+`"}`)
	p.AlsWie(hubtest.OrgPolitie, "noor", begrip.DoelEigenMelding, begrip.GrondUb417).Vraag("/v1/tijdlijnen/query", hubtest.OverSentinel)
	toets := func(wanneer string) {
		t.Helper()
		lijst := p.WieKeek()
		if len(lijst) != 4 {
			t.Fatalf("%s: %d looks: %+v", wanneer, len(lijst), lijst)
		}
		if i := lijst[0]; i.Stap != kijk.StapVraag || i.Aantal != 0 || i.Niveau != nil || i.Organisatie.OIN != hubtest.OrgPolitie.OIN || i.Wie != "M. noor" {
			t.Errorf("%s: a question of which nothing was fetched: %+v", wanneer, i)
		}
		if i := lijst[1]; i.Doel != "" || i.Wie != "" || i.Organisatie.Naam != hubtest.OrgPolitie.Naam || i.Aantal != 1 {
			t.Errorf("%s: a look by certificate alone, found by type: %+v", wanneer, i)
		}
		for _, i := range lijst[2:] {
			if i.Organisatie == nil || i.Organisatie.Naam != hubtest.OrgVT.Naam || i.Wie != "M. jansen" || i.Persoon != "" || i.Rol != begrip.RolMedewerkerVT || i.Doel != begrip.DoelBeoordelen ||
				i.Grondslag != begrip.GrondWmo516 || i.Aantal != 1 || i.Niveau == nil || *i.Niveau != begrip.NiveauInhoud || len(i.Wat) != 1 {
				t.Errorf("%s: %+v", wanneer, i)
			}
		}
	}
	toets("at once")
	p.GeenLeesbareBlik("jansen", hubtest.Sentinel, string(begrip.DoelBeoordelen))
	p.Stop()
	p = hubtest.StartIn(t, basis, 0, hubtest.Dicht)
	toets("after a restart")
	p.Stop()
	if err := os.RemoveAll(filepath.Join(basis, "hub", "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0, hubtest.Dicht)
	toets("with a new index")
}

// TestEenBlikNoemtAlleenGegevensVanDezePersoon: the family's portal learns of which
// records about this person events were shown, so that it can leave out what a
// source withholds; and of no record of somebody else in the same look.
func TestEenBlikNoemtAlleenGegevensVanDezePersoon(t *testing.T) {
	p := hubtest.StartDicht(t)
	van, ander := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false), hubtest.Melding(hubtest.OrgPolitie, "999990019", false)
	p.Als(hubtest.OrgPolitie).Aanvaard(van)
	p.Als(hubtest.OrgPolitie).Aanvaard(ander)
	if evs := p.Als(hubtest.OrgPolitie).Zoek("/v1/gebeurtenissen/query", `{"type":"`+van.Type+`"}`); len(evs) != 2 {
		t.Fatalf("%d events", len(evs))
	}
	p.Als(hubtest.OrgPolitie).Zoek("/v1/gebeurtenissen/query", hubtest.OverSentinel)
	lijst := p.WieKeek()
	if len(lijst) != 2 {
		t.Fatalf("%d looks", len(lijst))
	}
	for i, gezocht := range []bool{true, false} {
		if x := lijst[i]; len(x.Over) != 1 || x.Over[0].Onderwerp != van.Subject || len(x.Over[0].Wat) != 1 || x.Gezocht != gezocht {
			t.Errorf("a look, asked about the person %v: %+v", gezocht, x)
		}
	}
	over, err := p.Hub.Kijk.OverPersoon(t.Context(), p.Hub.Sleutels.Ref(begrip.MustBSN(hubtest.Sentinel)))
	if err != nil {
		t.Fatal(err)
	}
	if g := p.Hub.Kijk.Gezien(kijk.Regel{Aantal: 1, Typen: []string{van.Type}}, over); len(g) != 1 || g[0].Onderwerp != van.Subject {
		t.Errorf("a line of before records stood in it: %+v", g)
	}
	if g := p.Hub.Kijk.Gezien(kijk.Regel{Aantal: 1, Typen: []string{cloudevent.UitkomstMelding}}, over); len(g) != 0 {
		t.Errorf("a line of before, of another type: %+v", g)
	}
}

// TestAlleenEenCertificaatVerteltNietsOverMensen: nothing of a kind that is not
// open to all, however one asks.
func TestAlleenEenCertificaatVerteltNietsOverMensen(t *testing.T) {
	p := hubtest.StartDicht(t)
	ev := hubtest.AanVT(hubtest.Sentinel, false)
	p.Als(hubtest.OrgPolitie).Aanvaard(ev)
	zaak := strings.Replace(ev.Subject, "melding", "zaak", 1)
	for _, v := range []string{hubtest.OverSentinel, `{"type":"` + ev.Type + `"}`, `{"zaak":"` + zaak + `"}`, `{"subject":"` + ev.Subject + `"}`, `{"organisatie":"` + string(hubtest.OrgPolitie.OIN) + `","type":"` + ev.Type + `"}`} {
		for _, o := range []begrip.Organisatie{hubtest.OrgVT, hubtest.OrgHub} {
			if evs := p.Als(o).Zoek("/v1/gebeurtenissen/query", v); len(evs) != 0 {
				t.Errorf("%s: %s got %s", o.Naam, v, evs[0].Data)
			}
		}
	}
	for _, k := range soorten.Begin().Soorten() {
		personen := strings.HasPrefix(k.Type, "nl.jzv.uitwisselen-melding.") || strings.HasPrefix(k.Type, "nl.jzv.bepalen-") || strings.HasPrefix(k.Type, "nl.jzv.inrichten-")
		if personen && k.Ketenbreed != nil {
			t.Errorf("%s is open to all of the chain", k.Type)
		}
	}
}

// TestEigenWoordGeeftGeenBetrokkenheid: who invents an event about a person gets
// that event back and nothing else, nor a subscription.
func TestEigenWoordGeeftGeenBetrokkenheid(t *testing.T) {
	p := hubtest.StartDicht(t)
	anders := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false) // names nobody
	p.Als(hubtest.OrgPolitie).Aanvaard(anders)
	verzonnen := hubtest.Melding(hubtest.OrgVT, hubtest.Sentinel, false)
	g, _, err := prov.Lees(verzonnen.Data)
	if err != nil {
		t.Fatal(err)
	}
	g.Node(verzonnen.Subject).Ref("soh:zaak", strings.Replace(anders.Subject, "melding", "zaak", 1)).Ref("soh:aangebodenAan", hubtest.OrgVT.OIN.URN())
	verzonnen.Data = g.JSONLD()
	b := p.Beoordelaar()
	b.Aanvaard(verzonnen)
	for _, v := range []string{hubtest.OverSentinel, `{"zaak":"` + strings.Replace(anders.Subject, "melding", "zaak", 1) + `"}`} {
		for _, ev := range b.Zoek("/v1/gebeurtenissen/query", v) {
			if ev.ID == anders.ID || ev.Source != verzonnen.Source {
				t.Errorf("%s gives an event of another: %s", v, ev.Data)
			}
		}
	}
	neem := `{"soort":"pull","burgerservicenummer":"` + hubtest.Sentinel + `"}`
	if a := b.Doe("POST", "/v1/abonnementen", "application/json", []byte(neem), ""); a.Status != http.StatusForbidden {
		t.Errorf("a subscription by own word: %d %s", a.Status, a.Body)
	}
	p.Als(hubtest.OrgPolitie).Aanvaard(hubtest.AanVT(hubtest.Sentinel, false)) // now another says so
	if a := b.Doe("POST", "/v1/abonnementen", "application/json", []byte(neem), ""); a.Status != http.StatusCreated {
		t.Errorf("a subscription of who is involved: %d %s", a.Status, a.Body)
	}
	if evs := b.Zoek("/v1/gebeurtenissen/query", hubtest.OverSentinel); len(evs) != 3 {
		t.Errorf("who is involved sees %d events", len(evs))
	}
	if evs := p.AlsWie(hubtest.OrgVT, "jansen", begrip.DoelHulp, begrip.GrondWmo516).Zoek("/v1/gebeurtenissen/query", hubtest.OverSentinel); slices.ContainsFunc(evs, func(e cloudevent.Event) bool { return e.Source != verzonnen.Source && e.Subject != "" }) {
		t.Error("a purpose and ground that do not belong together give more than level 0")
	}
}

// TestVerklaringVoorDeKetenindexMoetKloppen: one that does not hold is refused,
// never taken for none; one that holds may serve for several questions.
func TestVerklaringVoorDeKetenindexMoetKloppen(t *testing.T) {
	p := hubtest.StartDicht(t)
	lezer := toegang.Lezer{Organisatie: hubtest.OrgVT, Persoon: "jansen", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
	maak := func(aan begrip.OIN, op time.Time) string {
		v, err := p.Identiteit(hubtest.OrgVT).Verklaring(lezer, aan, op)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	vraag := func(als begrip.Organisatie, kop string) int {
		r, err := http.NewRequest("POST", p.URL+"/v1/gebeurtenissen/query", strings.NewReader(hubtest.OverSentinel))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", kop)
		resp, err := p.Als(als).C.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	goed := maak(hubtest.OrgHub.OIN, time.Now())
	for naam, g := range map[string]struct {
		als    begrip.Organisatie
		kop    string
		status int
	}{
		"goed": {hubtest.OrgVT, "Bearer " + goed, 202}, "verlopen": {hubtest.OrgVT, "Bearer " + maak(hubtest.OrgHub.OIN, time.Now().Add(-2*time.Minute)), 401},
		"voor een ander": {hubtest.OrgVT, "Bearer " + maak(hubtest.OrgPolitie.OIN, time.Now()), 401}, "van een ander": {hubtest.OrgPolitie, "Bearer " + goed, 401},
		"onzin": {hubtest.OrgVT, "Bearer x.y.z", 401}, "basic": {hubtest.OrgVT, "Basic eDp5", 401}, "portaal zonder burger": {hubtest.OrgPortaal, "", 401},
	} {
		if s := vraag(g.als, g.kop); s != g.status {
			t.Errorf("%s: %d, want %d", naam, s, g.status)
		}
	}
	for range 3 {
		if s := vraag(hubtest.OrgVT, "Bearer "+goed); s != http.StatusAccepted {
			t.Errorf("again within its life: %d", s)
		}
	}
	if n := len(p.WieKeek()); n != 4 {
		t.Errorf("%d looks for 4 questions with one Verklaring", n)
	}
	// The portal asks about its burger only.
	v := p.Als(hubtest.OrgPortaal)
	v.Lezer = &toegang.Lezer{Organisatie: hubtest.OrgPortaal, Persoon: "x", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15}
	v.Lezer.Burger, _ = begrip.ParseBSN("999990019")
	for _, pad := range []string{"/v1/gebeurtenissen/query", "/v1/inzagen/query"} {
		if a := v.Doe("POST", pad, "application/json", []byte(hubtest.OverSentinel), ""); a.Status != http.StatusForbidden {
			t.Errorf("%s: the portal asks about another: %d", pad, a.Status)
		}
	}
	if a := p.Beoordelaar().Doe("POST", "/v1/inzagen/query", "application/json", []byte(hubtest.OverSentinel), ""); a.Status != http.StatusForbidden {
		t.Errorf("an organisation reads who looked: %d", a.Status)
	}
}

// TestGrensAanVragenOverPersonen: per professional and per organisation; who met
// it stands in the log, for its organisation and the chain manager.
func TestGrensAanVragenOverPersonen(t *testing.T) {
	p := hubtest.StartMet(t, t.TempDir(), kern.Config{Dir: t.TempDir(), Grenzen: kern.Grenzen{Medewerker: 3, Organisatie: 5}}, hubtest.Dicht)
	een, twee := p.Beoordelaar(), p.AlsWie(hubtest.OrgVT, "pieters", begrip.DoelBeoordelen, begrip.GrondWmo516)
	nr := []string{"999990019", "999990020", "999990032", "999990044", "999990056", "999990068", "999990070"}
	nr = slices.DeleteFunc(nr, func(s string) bool { _, err := begrip.ParseBSN(s); return err != nil })
	for i := 999990071; len(nr) < 7; i++ {
		if b, err := begrip.ParseBSN(strconv.Itoa(i)); err == nil {
			nr = append(nr, b.Leesbaar())
		}
	}
	vraag := func(b *hubtest.Beller, bsn string) hubtest.Antwoord {
		return b.Doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"burgerservicenummer":"`+bsn+`"}`), "")
	}
	for i, g := range []struct {
		b      *hubtest.Beller
		bsn    string
		status int
	}{{een, nr[0], 202}, {een, nr[1], 202}, {een, nr[0], 202}, {een, nr[2], 202}, {een, nr[3], 429}, {een, nr[0], 202}, {twee, nr[3], 202}, {twee, nr[4], 202}, {twee, nr[5], 429}, {p.Als(hubtest.OrgVT), nr[6], 429}} {
		a := vraag(g.b, g.bsn)
		if a.Status != g.status || a.Status == 429 && (a.Kop.Get("Retry-After") == "" || a.Kop.Get("Retry-After") == "2") {
			t.Errorf("%d: %d, want %d (%v)", i, a.Status, g.status, a.Kop)
		}
	}
	for eind := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v, err := p.Kijk.Vissen(t.Context(), time.Now().Add(-time.Hour))
		if err == nil && len(v) == 1 && v[0].OIN == hubtest.OrgVT.OIN && v[0].Aantal == 2 {
			break
		}
		if time.Now().After(eind) {
			t.Fatalf("the chain manager sees %+v %v", v, err)
		}
	}
	a := p.Als(hubtest.OrgVT).Doe("GET", "/v1/inzagen?stap=grens", "", nil, "")
	if a.Status != 200 || !bytes.Contains(a.Body, []byte(`"persoon":"jansen"`)) {
		t.Errorf("the organisation sees %s", a.Body)
	}
	if a := p.Als(hubtest.OrgPolitie).Doe("GET", "/v1/inzagen", "", nil, ""); bytes.Contains(a.Body, []byte("jansen")) {
		t.Errorf("another organisation sees %s", a.Body)
	}
}

// TestAfgeschermdeBronIsNietTeLezenUitWieKeek: a look by the shielded melder is
// told without who, as what and why.
func TestAfgeschermdeBronIsNietTeLezenUitWieKeek(t *testing.T) {
	p := hubtest.StartDicht(t)
	p.Als(hubtest.OrgPolitie).Aanvaard(hubtest.AanVT(hubtest.Sentinel, true))
	p.AlsWie(hubtest.OrgPolitie, "noor", begrip.DoelEigenMelding, begrip.GrondUb417).Zoek("/v1/gebeurtenissen/query", hubtest.OverSentinel)
	lijst := p.WieKeek()
	b, _ := json.Marshal(lijst)
	for _, geheim := range []string{string(hubtest.OrgPolitie.OIN), hubtest.OrgPolitie.Naam, "noor", "politie", string(begrip.DoelEigenMelding), string(begrip.GrondUb417)} {
		if bytes.Contains(b, []byte(geheim)) {
			t.Errorf("the list tells %q: %s", geheim, b)
		}
	}
	if len(lijst) != 1 {
		t.Errorf("%d looks", len(lijst))
	}
}
