package hub

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
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

const overSentinel = `{"burgerservicenummer":"` + sentinel + `"}`

// aanVT makes a melding of the police that names Veilig Thuis as its receiver.
func aanVT(bsn string, afgeschermd bool) cloudevent.Event {
	ev := melding(orgPolitie, bsn, afgeschermd)
	g, _, err := prov.Lees(ev.Data)
	if err != nil {
		panic(err)
	}
	g.Node(ev.Subject).Ref("soh:aangebodenAan", orgVT.OIN.URN())
	ev.Data = g.JSONLD()
	return ev
}

func startDicht(t *testing.T) *proefhub { return startIn(t, t.TempDir(), 0, dicht) }

func (p *proefhub) beoordelaar() *beller {
	return p.alsWie(orgVT, "jansen", begrip.DoelBeoordelen, begrip.GrondWmo516)
}

// wieKeek gives what the family reads of looks at the sentinel, its own left out.
func (p *proefhub) wieKeek() (uit []Inzage) {
	p.t.Helper()
	a := p.als(orgPortaal).doe("POST", "/v1/inzagen/query", "application/json", []byte(overSentinel), "")
	var in struct{ Inzagen []Inzage }
	if a.status != http.StatusOK || json.Unmarshal(a.body, &in) != nil {
		p.t.Fatalf("%d %s", a.status, a.body)
	}
	return slices.DeleteFunc(in.Inzagen, func(i Inzage) bool { return i.Eigen })
}

func TestHetGezinZietWieInDeKetenindexKeek(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0, dicht)
	ev := aanVT(sentinel, false)
	p.als(orgPolitie).aanvaard(ev)
	b := p.beoordelaar()
	if evs := b.zoek("/v1/gebeurtenissen/query", overSentinel); len(evs) != 1 {
		t.Fatalf("the receiver of the melding sees %d events", len(evs))
	}
	b.zoek("/v1/gebeurtenissen/query", `{"zaak":"`+strings.Replace(ev.Subject, "melding", "zaak", 1)+`"}`)
	p.als(orgPolitie).zoek("/v1/gebeurtenissen/query", `{"type":"`+cloudevent.MeldingGeregistreerd+`"}`)
	p.alsWie(orgPolitie, "noor", begrip.DoelEigenMelding, begrip.GrondUb417).vraag("/v1/tijdlijnen/query", overSentinel)
	toets := func(wanneer string) {
		t.Helper()
		lijst := p.wieKeek()
		if len(lijst) != 4 {
			t.Fatalf("%s: %d looks: %+v", wanneer, len(lijst), lijst)
		}
		if i := lijst[0]; i.Stap != stapVraag || i.Aantal != 0 || i.Niveau != nil || i.Organisatie.OIN != orgPolitie.OIN || i.Wie != "M. noor" {
			t.Errorf("%s: a question of which nothing was fetched: %+v", wanneer, i)
		}
		if i := lijst[1]; i.Doel != "" || i.Wie != "" || i.Organisatie.Naam != orgPolitie.Naam || i.Aantal != 1 {
			t.Errorf("%s: a look by certificate alone, found by type: %+v", wanneer, i)
		}
		for _, i := range lijst[2:] {
			if i.Organisatie == nil || i.Organisatie.Naam != orgVT.Naam || i.Wie != "M. jansen" || i.Persoon != "" || i.Rol != begrip.RolMedewerkerVT || i.Doel != begrip.DoelBeoordelen ||
				i.Grondslag != begrip.GrondWmo516 || i.Aantal != 1 || i.Niveau == nil || *i.Niveau != begrip.NiveauInhoud || len(i.Wat) != 1 {
				t.Errorf("%s: %+v", wanneer, i)
			}
		}
	}
	toets("at once")
	p.geenLeesbareBlik("jansen", sentinel, string(begrip.DoelBeoordelen))
	p.stop()
	p = startIn(t, basis, 0, dicht)
	toets("after a restart")
	p.stop()
	if err := os.RemoveAll(filepath.Join(basis, "hub", "index")); err != nil {
		t.Fatal(err)
	}
	p = startIn(t, basis, 0, dicht)
	toets("with a new index")
}

// TestEenBlikNoemtAlleenGegevensVanDezePersoon: the family's portal learns of which
// records about this person events were shown, so that it can leave out what a
// source withholds; and of no record of somebody else in the same look.
func TestEenBlikNoemtAlleenGegevensVanDezePersoon(t *testing.T) {
	p := startDicht(t)
	van, ander := melding(orgPolitie, sentinel, false), melding(orgPolitie, "999990019", false)
	p.als(orgPolitie).aanvaard(van)
	p.als(orgPolitie).aanvaard(ander)
	if evs := p.als(orgPolitie).zoek("/v1/gebeurtenissen/query", `{"type":"`+van.Type+`"}`); len(evs) != 2 {
		t.Fatalf("%d events", len(evs))
	}
	p.als(orgPolitie).zoek("/v1/gebeurtenissen/query", overSentinel)
	lijst := p.wieKeek()
	if len(lijst) != 2 {
		t.Fatalf("%d looks", len(lijst))
	}
	for i, gezocht := range []bool{true, false} {
		if x := lijst[i]; len(x.Over) != 1 || x.Over[0].Onderwerp != van.Subject || len(x.Over[0].Wat) != 1 || x.Gezocht != gezocht {
			t.Errorf("a look, asked about the person %v: %+v", gezocht, x)
		}
	}
	over, err := p.Hub.overPersoon(t.Context(), p.Hub.sleutels.Ref(begrip.MustBSN(sentinel)))
	if err != nil {
		t.Fatal(err)
	}
	if g := p.Hub.gezien(kijkregel{Aantal: 1, Typen: []string{van.Type}}, over); len(g) != 1 || g[0].Onderwerp != van.Subject {
		t.Errorf("a line of before records stood in it: %+v", g)
	}
	if g := p.Hub.gezien(kijkregel{Aantal: 1, Typen: []string{cloudevent.UitkomstMelding}}, over); len(g) != 0 {
		t.Errorf("a line of before, of another type: %+v", g)
	}
}

// geenLeesbareBlik reads every entry of the log.
func (p *proefhub) geenLeesbareBlik(geheim ...string) {
	p.t.Helper()
	regels := 0
	for seq := uint64(1); seq <= p.Hub.log.Laatste(); seq++ {
		b, err := p.Hub.log.Blok(p.t.Context(), seq)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, e := range b.Entries {
			if len(e) > 0 && e[0] == kijkByte {
				regels++
			}
			for _, g := range geheim {
				if bytes.Contains(e, []byte(g)) {
					p.t.Errorf("the log holds %q", g)
				}
			}
		}
	}
	if regels == 0 {
		p.t.Error("no look is in the log")
	}
}

// TestAlleenEenCertificaatVerteltNietsOverMensen: nothing of a kind that is not
// open to all, however one asks.
func TestAlleenEenCertificaatVerteltNietsOverMensen(t *testing.T) {
	p := startDicht(t)
	ev := aanVT(sentinel, false)
	p.als(orgPolitie).aanvaard(ev)
	zaak := strings.Replace(ev.Subject, "melding", "zaak", 1)
	for _, v := range []string{overSentinel, `{"type":"` + ev.Type + `"}`, `{"zaak":"` + zaak + `"}`, `{"subject":"` + ev.Subject + `"}`, `{"organisatie":"` + string(orgPolitie.OIN) + `","type":"` + ev.Type + `"}`} {
		for _, o := range []begrip.Organisatie{orgVT, orgHub} {
			if evs := p.als(o).zoek("/v1/gebeurtenissen/query", v); len(evs) != 0 {
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
	p := startDicht(t)
	anders := melding(orgPolitie, sentinel, false) // names nobody
	p.als(orgPolitie).aanvaard(anders)
	verzonnen := melding(orgVT, sentinel, false)
	g, _, err := prov.Lees(verzonnen.Data)
	if err != nil {
		t.Fatal(err)
	}
	g.Node(verzonnen.Subject).Ref("soh:zaak", strings.Replace(anders.Subject, "melding", "zaak", 1)).Ref("soh:aangebodenAan", orgVT.OIN.URN())
	verzonnen.Data = g.JSONLD()
	b := p.beoordelaar()
	b.aanvaard(verzonnen)
	for _, v := range []string{overSentinel, `{"zaak":"` + strings.Replace(anders.Subject, "melding", "zaak", 1) + `"}`} {
		for _, ev := range b.zoek("/v1/gebeurtenissen/query", v) {
			if ev.ID == anders.ID || ev.Source != verzonnen.Source {
				t.Errorf("%s gives an event of another: %s", v, ev.Data)
			}
		}
	}
	neem := `{"soort":"pull","burgerservicenummer":"` + sentinel + `"}`
	if a := b.doe("POST", "/v1/abonnementen", "application/json", []byte(neem), ""); a.status != http.StatusForbidden {
		t.Errorf("a subscription by own word: %d %s", a.status, a.body)
	}
	p.als(orgPolitie).aanvaard(aanVT(sentinel, false)) // now another says so
	if a := b.doe("POST", "/v1/abonnementen", "application/json", []byte(neem), ""); a.status != http.StatusCreated {
		t.Errorf("a subscription of who is involved: %d %s", a.status, a.body)
	}
	if evs := b.zoek("/v1/gebeurtenissen/query", overSentinel); len(evs) != 3 {
		t.Errorf("who is involved sees %d events", len(evs))
	}
	if evs := p.alsWie(orgVT, "jansen", begrip.DoelHulp, begrip.GrondWmo516).zoek("/v1/gebeurtenissen/query", overSentinel); slices.ContainsFunc(evs, func(e cloudevent.Event) bool { return e.Source != verzonnen.Source && e.Subject != "" }) {
		t.Error("a purpose and ground that do not belong together give more than level 0")
	}
}

// TestVerklaringVoorDeKetenindexMoetKloppen: one that does not hold is refused,
// never taken for none; one that holds may serve for several questions.
func TestVerklaringVoorDeKetenindexMoetKloppen(t *testing.T) {
	p := startDicht(t)
	lezer := toegang.Lezer{Organisatie: orgVT, Persoon: "jansen", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
	maak := func(aan begrip.OIN, op time.Time) string {
		v, err := p.identiteit(orgVT).Verklaring(lezer, aan, op)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	vraag := func(als begrip.Organisatie, kop string) int {
		r, err := http.NewRequest("POST", p.url+"/v1/gebeurtenissen/query", strings.NewReader(overSentinel))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", kop)
		resp, err := p.als(als).c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	goed := maak(orgHub.OIN, time.Now())
	for naam, g := range map[string]struct {
		als    begrip.Organisatie
		kop    string
		status int
	}{
		"goed": {orgVT, "Bearer " + goed, 202}, "verlopen": {orgVT, "Bearer " + maak(orgHub.OIN, time.Now().Add(-2*time.Minute)), 401},
		"voor een ander": {orgVT, "Bearer " + maak(orgPolitie.OIN, time.Now()), 401}, "van een ander": {orgPolitie, "Bearer " + goed, 401},
		"onzin": {orgVT, "Bearer x.y.z", 401}, "basic": {orgVT, "Basic eDp5", 401}, "portaal zonder burger": {orgPortaal, "", 401},
	} {
		if s := vraag(g.als, g.kop); s != g.status {
			t.Errorf("%s: %d, want %d", naam, s, g.status)
		}
	}
	for range 3 {
		if s := vraag(orgVT, "Bearer "+goed); s != http.StatusAccepted {
			t.Errorf("again within its life: %d", s)
		}
	}
	if n := len(p.wieKeek()); n != 4 {
		t.Errorf("%d looks for 4 questions with one Verklaring", n)
	}
	// The portal asks about its burger only.
	v := p.als(orgPortaal)
	v.lezer = &toegang.Lezer{Organisatie: orgPortaal, Persoon: "x", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15}
	v.lezer.Burger, _ = begrip.ParseBSN("999990019")
	for _, pad := range []string{"/v1/gebeurtenissen/query", "/v1/inzagen/query"} {
		if a := v.doe("POST", pad, "application/json", []byte(overSentinel), ""); a.status != http.StatusForbidden {
			t.Errorf("%s: the portal asks about another: %d", pad, a.status)
		}
	}
	if a := p.beoordelaar().doe("POST", "/v1/inzagen/query", "application/json", []byte(overSentinel), ""); a.status != http.StatusForbidden {
		t.Errorf("an organisation reads who looked: %d", a.status)
	}
}

// TestGrensAanVragenOverPersonen: per professional and per organisation; who met
// it stands in the log, for its organisation and the chain manager.
func TestGrensAanVragenOverPersonen(t *testing.T) {
	p := startMet(t, t.TempDir(), Config{Dir: t.TempDir(), Grenzen: Grenzen{Medewerker: 3, Organisatie: 5}}, dicht)
	een, twee := p.beoordelaar(), p.alsWie(orgVT, "pieters", begrip.DoelBeoordelen, begrip.GrondWmo516)
	nr := []string{"999990019", "999990020", "999990032", "999990044", "999990056", "999990068", "999990070"}
	nr = slices.DeleteFunc(nr, func(s string) bool { _, err := begrip.ParseBSN(s); return err != nil })
	for i := 999990071; len(nr) < 7; i++ {
		if b, err := begrip.ParseBSN(strconv.Itoa(i)); err == nil {
			nr = append(nr, b.Leesbaar())
		}
	}
	vraag := func(b *beller, bsn string) antwoord {
		return b.doe("POST", "/v1/gebeurtenissen/query", "application/json", []byte(`{"burgerservicenummer":"`+bsn+`"}`), "")
	}
	for i, g := range []struct {
		b      *beller
		bsn    string
		status int
	}{{een, nr[0], 202}, {een, nr[1], 202}, {een, nr[0], 202}, {een, nr[2], 202}, {een, nr[3], 429}, {een, nr[0], 202}, {twee, nr[3], 202}, {twee, nr[4], 202}, {twee, nr[5], 429}, {p.als(orgVT), nr[6], 429}} {
		a := vraag(g.b, g.bsn)
		if a.status != g.status || a.status == 429 && (a.kop.Get("Retry-After") == "" || a.kop.Get("Retry-After") == "2") {
			t.Errorf("%d: %d, want %d (%v)", i, a.status, g.status, a.kop)
		}
	}
	for eind := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v, err := p.Vissen(t.Context(), time.Now().Add(-time.Hour))
		if err == nil && len(v) == 1 && v[0].OIN == orgVT.OIN && v[0].Aantal == 2 {
			break
		}
		if time.Now().After(eind) {
			t.Fatalf("the chain manager sees %+v %v", v, err)
		}
	}
	a := p.als(orgVT).doe("GET", "/v1/inzagen?stap=grens", "", nil, "")
	if a.status != 200 || !bytes.Contains(a.body, []byte(`"persoon":"jansen"`)) {
		t.Errorf("the organisation sees %s", a.body)
	}
	if a := p.als(orgPolitie).doe("GET", "/v1/inzagen", "", nil, ""); bytes.Contains(a.body, []byte("jansen")) {
		t.Errorf("another organisation sees %s", a.body)
	}
}

// TestAfgeschermdeBronIsNietTeLezenUitWieKeek: a look by the shielded melder is
// told without who, as what and why.
func TestAfgeschermdeBronIsNietTeLezenUitWieKeek(t *testing.T) {
	p := startDicht(t)
	p.als(orgPolitie).aanvaard(aanVT(sentinel, true))
	p.alsWie(orgPolitie, "noor", begrip.DoelEigenMelding, begrip.GrondUb417).zoek("/v1/gebeurtenissen/query", overSentinel)
	lijst := p.wieKeek()
	b, _ := json.Marshal(lijst)
	for _, geheim := range []string{string(orgPolitie.OIN), orgPolitie.Naam, "noor", "politie", string(begrip.DoelEigenMelding), string(begrip.GrondUb417)} {
		if bytes.Contains(b, []byte(geheim)) {
			t.Errorf("the list tells %q: %s", geheim, b)
		}
	}
	if len(lijst) != 1 {
		t.Errorf("%d looks", len(lijst))
	}
}
