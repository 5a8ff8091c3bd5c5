package bezorging_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/bezorging"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

func TestWebhookKrijgtAllesOpVolgordeZonderBSN(t *testing.T) {
	p := hubtest.StartIn(t, t.TempDir(), 0, hubtest.Bezorgend)
	haak, vt := p.Haak(hubtest.OrgVT), p.Als(hubtest.OrgVT)
	for naam, v := range map[string]map[string]any{
		"another host":    hubtest.Meldingen("https://127.0.0.1:1/haak"),
		"not encrypted":   hubtest.Meldingen(strings.Replace(haak.URL, "https", "http", 1) + "/haak"),
		"token in query":  hubtest.Meldingen(haak.URL + "/haak?token=geheim"),
		"no filter":       {"soort": "webhook", "adres": haak.URL + "/haak"},
		"unknown type":    {"soort": "pull", "typen": []string{"x.y"}},
		"address at pull": {"soort": "pull", "zaak": "urn:soh:zaak:x", "adres": haak.URL},
		"empty bsn":       {"soort": "pull", "zaak": "urn:soh:zaak:x", "burgerservicenummer": ""},
		"bsn in a filter": {"soort": "pull", "subject": "urn:" + hubtest.Sentinel},
	} {
		if b := vt.JSON("POST", "/v1/abonnementen", v, http.StatusBadRequest); bytes.Contains(b, []byte("geheim")) {
			t.Errorf("%s: the refused value is told back: %s", naam, b)
		}
	}
	haak.Mag("ander.example")
	vt.JSON("POST", "/v1/abonnementen", hubtest.Meldingen(haak.URL+"/haak"), http.StatusBadRequest)
	haak.Mag("*")
	a := vt.Abonneer(hubtest.Meldingen(haak.URL + "/haak"))
	ids := p.Als(hubtest.OrgPolitie).Meldt(20)
	hubtest.Rond(t, "all were delivered", func() bool { return len(haak.Heeft()) >= 20 })
	if got := haak.Heeft(); !slices.Equal(got, ids) {
		t.Errorf("delivered %v, want %v", got, ids)
	}
	for _, b := range haak.Lijven {
		if bytes.Contains(b, []byte(hubtest.Sentinel)) || bytes.Contains(b, []byte("Sanne")) {
			t.Fatalf("the person is readable: %s", b)
		}
	}
	vt.JSON("DELETE", "/v1/abonnementen/"+a.ID, nil, http.StatusNoContent)
	p.Als(hubtest.OrgPolitie).JSON("GET", "/v1/abonnementen/"+a.ID, nil, http.StatusNotFound)
	n := len(haak.Heeft())
	p.Als(hubtest.OrgPolitie).Meldt(2)
	if a := vt.Abonnement(a.ID); a.Status != "gestopt" || len(haak.Heeft()) != n {
		t.Errorf("after the end: %+v, %d delivered", a, len(haak.Heeft())-n)
	}
}

// What an organisation wants to hear tells what it is working on. Nobody else
// finds its subscription or can follow that kind of event.
func TestAbonnementIsVoorNiemandAnders(t *testing.T) {
	p := hubtest.StartIn(t, t.TempDir(), 0, hubtest.Bezorgend)
	haak, politie := p.Haak(hubtest.OrgVT), p.Als(hubtest.OrgPolitie)
	zaak := "urn:soh:zaak:geheim"
	a := p.Als(hubtest.OrgVT).Abonneer(map[string]any{"soort": "pull", "zaak": zaak})
	w := p.Als(hubtest.OrgVT).Abonneer(hubtest.Meldingen(haak.URL + "/haak"))
	p.Als(hubtest.OrgVT).JSON("DELETE", "/v1/abonnementen/"+w.ID, nil, http.StatusNoContent)
	for _, o := range []begrip.Organisatie{hubtest.OrgPolitie, hubtest.OrgVT} {
		b := p.Als(o)
		for _, id := range []string{a.ID, w.ID} {
			if n := len(b.Zoek(hubtest.OpZoek, `{"subject":"urn:soh:abonnement:`+id+`"}`)); n != 0 {
				t.Errorf("%s finds %d events of a subscription", o.Naam, n)
			}
		}
		if n := len(b.Zoek(hubtest.OpZoek, `{"zaak":"`+zaak+`"}`)); n != 0 {
			t.Errorf("%s finds the subscription by its case", o.Naam)
		}
	}
	// The chain manager, who answers for the log, does.
	if n := len(p.Als(hubtest.OrgHub).Zoek(hubtest.OpZoek, `{"subject":"urn:soh:abonnement:`+w.ID+`"}`)); n != 2 {
		t.Errorf("the chain manager finds %d events", n)
	}
	volg := politie.Abonneer(map[string]any{"soort": "pull", "typen": []string{cloudevent.AbonnementGenomen, cloudevent.AbonnementGestopt}, "vanaf": time.Now().Add(-time.Hour)})
	if r := politie.Doe("GET", "/v1/abonnementen/"+volg.ID+"/gebeurtenissen", "", nil, ""); r.Status != http.StatusOK || strings.TrimSpace(string(r.Body)) != "[]" {
		t.Errorf("followed: %d %s", r.Status, r.Body)
	}
	for _, pad := range []string{"", "/gebeurtenissen", "/dode-letters"} {
		politie.JSON("GET", "/v1/abonnementen/"+a.ID+pad, nil, http.StatusNotFound)
	}
	if b := politie.JSON("GET", "/v1/abonnementen", nil, http.StatusOK); bytes.Contains(b, []byte(a.ID)) || bytes.Contains(b, []byte("geheim")) {
		t.Errorf("in the list of another: %s", b)
	}
	if s := p.Logboek.String(); strings.Contains(s, zaak) {
		t.Error("the case stands in the log of the program")
	}
}

func TestOntvangerDieHapertKrijgtHetLater(t *testing.T) {
	p := hubtest.StartIn(t, t.TempDir(), 0, hubtest.Bezorgend)
	haak, vt, politie := p.Haak(hubtest.OrgVT), p.Als(hubtest.OrgVT), p.Als(hubtest.OrgPolitie)
	a := vt.Abonneer(hubtest.Meldingen(haak.URL + "/haak"))
	haak.Zet(func(n int, _ cloudevent.Event) (int, map[string]string) {
		switch n {
		case 1, 2:
			return http.StatusInternalServerError, nil
		case 3:
			return http.StatusTooManyRequests, map[string]string{"Retry-After": "1"}
		}
		return http.StatusOK, nil
	})
	ids := politie.Meldt(3)
	hubtest.Rond(t, "all were delivered", func() bool { return len(haak.Heeft()) >= 3 })
	if got := haak.Heeft(); !slices.Equal(got, ids) {
		t.Errorf("delivered %v, want %v", got, ids)
	}
	// Redirects are never followed; what fails for good is a dead letter, and the
	// next event is not held up.
	haak.Zet(func(_ int, ev cloudevent.Event) (int, map[string]string) {
		return http.StatusFound, map[string]string{"Location": "/elders"}
	})
	om := politie.Meldt(1)
	hubtest.Rond(t, "the redirected one is dead", func() bool { return vt.Abonnement(a.ID).DodeLetters == 1 })
	voor := haak.Keren()
	haak.Zet(hubtest.Altijd(http.StatusUnsupportedMediaType))
	slecht := politie.Meldt(1)
	hubtest.Rond(t, "the refused one is dead", func() bool { return vt.Abonnement(a.ID).DodeLetters == 2 })
	if n := haak.Keren() - voor; n != 1 {
		t.Errorf("415 was tried %d times", n)
	}
	haak.Zet(hubtest.Altijd(http.StatusOK))
	goed := politie.Meldt(1)
	hubtest.Rond(t, "the next one is delivered", func() bool { return len(haak.Heeft()) == 4 })
	var l struct{ DodeLetters []bezorging.LetterAntwoord }
	if err := json.Unmarshal(vt.JSON("GET", "/v1/abonnementen/"+a.ID+"/dode-letters", nil, http.StatusOK), &l); err != nil || len(l.DodeLetters) != 2 {
		t.Fatalf("%+v %v", l, err)
	}
	if e := l.DodeLetters[0]; e.Pogingen != 4 || !strings.Contains(e.Reden, "doorverwijzing") || l.DodeLetters[1].Pogingen != 1 {
		t.Errorf("dead letters: %+v", l)
	}
	politie.JSON("GET", "/v1/abonnementen/"+a.ID+"/dode-letters", nil, http.StatusNotFound)
	vt.JSON("POST", "/v1/abonnementen/"+a.ID+"/herhalingen", map[string]any{"dodeLetters": []string{"weg"}}, http.StatusBadRequest)
	vt.JSON("POST", "/v1/abonnementen/"+a.ID+"/herhalingen", map[string]any{}, http.StatusAccepted)
	hubtest.Rond(t, "they are delivered after all", func() bool { return vt.Abonnement(a.ID).DodeLetters == 0 })
	if got := haak.Heeft(); !slices.Equal(got, slices.Concat(ids, goed, om, slecht)) {
		t.Errorf("delivered %v", got)
	}
	haak.Zet(hubtest.Altijd(http.StatusGone))
	politie.Meldt(1)
	hubtest.Rond(t, "410 stops it", func() bool { return vt.Abonnement(a.ID).Status == "gestopt" })
	n := haak.Keren()
	politie.Meldt(1)
	if haak.Keren() != n {
		t.Error("something was offered after 410")
	}
}

// Rights count at the moment of delivery: who lost them gets nothing, also of
// what it subscribed to before; and a slow receiver holds up nobody else.
func TestRechtDatVervielWordtNietBezorgd(t *testing.T) {
	p := hubtest.StartIn(t, t.TempDir(), 0, hubtest.Bezorgend)
	traag, snel := p.Haak(hubtest.OrgVT), p.Haak(hubtest.OrgPolitie)
	vt, politie := p.Als(hubtest.OrgVT), p.Als(hubtest.OrgPolitie)
	zijne := vt.Abonneer(hubtest.Meldingen(traag.URL + "/haak"))
	politie.Abonneer(hubtest.Meldingen(snel.URL + "/haak"))
	p.Bezorging.Bezorgen.Pogingen = 1 << 30
	traag.Zet(hubtest.Altijd(http.StatusBadGateway))
	ids := politie.Meldt(3)
	hubtest.Rond(t, "the other got all", func() bool { return slices.Equal(snel.Heeft(), ids) })
	s, _ := p.Regels.Load().Soort(cloudevent.MeldingGeregistreerd)
	open := p.Regels.Load()
	s.Gesloten, s.Ketenbreed = true, nil
	dicht, err := open.MetSoort(s)
	if err != nil {
		t.Fatal(err)
	}
	p.Regels.Store(dicht)
	// The police is the sender and still sees its own.
	ids = append(ids, politie.Meldt(1)...)
	hubtest.Rond(t, "the sender got its own", func() bool { return slices.Equal(snel.Heeft(), ids) })
	laatste, _, _, err := p.Graph.Uniek(graph.Interactie, kern.InteractieVan(cloudevent.Event{Source: hubtest.OrgPolitie.OIN.Systeem("proef"), ID: ids[3]}, hubtest.OrgPolitie.OIN).String())
	if err != nil {
		t.Fatal(err)
	}
	hubtest.Rond(t, "the delivery passed them", func() bool { return p.Feit.Abonnementen.Stand(p.Feit.Abonnementen.Geef(zijne.ID)) >= laatste })
	traag.Zet(hubtest.Altijd(http.StatusOK)) // not before: a try under way was made when the right still held
	p.Regels.Store(open)
	na := politie.Meldt(1)
	hubtest.Rond(t, "what is allowed again comes", func() bool { return len(traag.Heeft()) > 0 })
	if got := traag.Heeft(); !slices.Equal(got, na) {
		t.Errorf("a right that was lost delivered %v, want %v", got, na)
	}
	p.Als(hubtest.OrgHub).JSON("DELETE", "/v1/deelnemers/"+string(hubtest.OrgVT.OIN), nil, http.StatusNoContent)
	politie.Meldt(2)
	hubtest.Rond(t, "it is stopped", func() bool {
		return slices.ContainsFunc(p.Feit.Abonnementen.Van(hubtest.OrgVT.OIN), func(a *feit.Abonnement) bool { return a.Gestopt != "" })
	})
	if len(traag.Heeft()) != 1 {
		t.Errorf("who left got %v", traag.Heeft())
	}
}

func TestOphalenGaatVerderWaarHetWas(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0)
	politie, vt := p.Als(hubtest.OrgPolitie), p.Als(hubtest.OrgVT)
	vt.JSON("POST", "/v1/abonnementen", map[string]any{"soort": "pull", "burgerservicenummer": hubtest.Sentinel}, http.StatusForbidden)
	p.Als(hubtest.OrgPortaal).JSON("POST", "/v1/abonnementen", map[string]any{"soort": "pull", "typen": []string{cloudevent.MeldingGeregistreerd}}, http.StatusBadRequest)
	politie.Meldt(1)                                                 // before: not in it
	vanVT := hubtest.Melding(hubtest.OrgVT, hubtest.Sentinel, false) // by this the police is involved, and not by what it told itself
	vanVT.Type = cloudevent.MeldingOpgepakt
	g, _, err := prov.Lees(vanVT.Data)
	if err != nil {
		t.Fatal(err)
	}
	g.Node(vanVT.Subject).Ref("soh:aangebodenAan", hubtest.OrgPolitie.OIN.URN())
	vanVT.Data = g.JSONLD()
	vt.Aanvaard(vanVT)
	eigen := politie.Abonneer(map[string]any{"soort": "pull", "burgerservicenummer": hubtest.Sentinel, "typen": []string{cloudevent.MeldingGeregistreerd, cloudevent.MeldingIngezien}})
	a := vt.Abonneer(map[string]any{"soort": "pull", "typen": []string{"uitwisselen-melding.melding-geregistreerd"}})
	ids := politie.Meldt(5)
	haal := func(b *hubtest.Beller, pad string) (ids []string, volgende string, lijf []byte) {
		t.Helper()
		r := b.Doe("GET", pad, "", nil, "")
		if r.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", pad, r.Status, r.Body)
		}
		evs, err := cloudevent.ParseBatch(r.Body)
		if err != nil && string(bytes.TrimSpace(r.Body)) != "[]" {
			t.Fatal(err)
		}
		for _, ev := range evs {
			ids = append(ids, ev.ID)
		}
		volgende, _, _ = strings.Cut(strings.TrimPrefix(r.Kop.Get("Link"), "<"), ">")
		return ids, volgende, r.Body
	}
	pad := "/v1/abonnementen/" + a.ID + "/gebeurtenissen"
	een, volgende, _ := haal(vt, pad+"?limiet=2")
	weer, _, lijf := haal(vt, pad)
	if !slices.Equal(een, ids[:2]) || !slices.Equal(weer, ids) || bytes.Contains(lijf, []byte(hubtest.Sentinel)) {
		t.Fatalf("first %v, again %v", een, weer)
	}
	twee, volgende, _ := haal(vt, volgende+"&limiet=2")
	if !slices.Equal(twee, ids[2:4]) {
		t.Errorf("second page %v", twee)
	}
	if _, _, lijf := haal(politie, "/v1/abonnementen/"+eigen.ID+"/gebeurtenissen"); bytes.Count(lijf, []byte(hubtest.Sentinel)) != 5 {
		t.Errorf("the followed person is not readable to who told of her: %s", lijf)
	}
	politie.JSON("GET", pad, nil, http.StatusNotFound)
	vt.JSON("GET", pad+"?cursor=onzin", nil, http.StatusBadRequest)
	p.Stop()
	if err := os.RemoveAll(filepath.Join(p.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0)
	vt = p.Als(hubtest.OrgVT)
	rest, _, _ := haal(vt, pad) // what was confirmed is the first two
	if !slices.Equal(rest, ids[2:]) {
		t.Errorf("after a restart and a rebuild: %v", rest)
	}
	drie, volgende, _ := haal(vt, volgende)
	leeg, _, _ := haal(vt, volgende)
	if !slices.Equal(drie, ids[4:]) || len(leeg) != 0 {
		t.Errorf("the last page %v, then %v", drie, leeg)
	}
}

// A hub that is killed while it delivers goes on where it was: everything
// acknowledged comes at least once, in order of its first delivery.
func TestGedodeHubBezorgtAllesNaHerstart(t *testing.T) {
	basis := t.TempDir()
	pki := &hubtest.Proefhub{T: t, Dir: filepath.Join(basis, "hub"), CAs: filepath.Join(basis, "pki")}
	var err error
	if pki.CA, err = toegang.NieuweCA(pki.CAs); err != nil {
		t.Fatal(err)
	}
	haak := pki.LosseHaak(hubtest.OrgVT)
	if err := os.MkdirAll(pki.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lijst := []register.Deelnemer{{Organisatie: hubtest.OrgPolitie}, {Organisatie: hubtest.OrgVT, API: haak.URL + "/v1"}}
	if err := register.Schrijf(pki.Dir, lijst); err != nil {
		t.Fatal(err)
	}
	pki.Identiteit(hubtest.OrgHub)
	var bevestigd []string
	for ronde := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SOH_PROEFHUB="+basis, "SOH_PROEFHUB_BEZORGT=1")
		cmd.Stderr = os.Stderr
		uit, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		regel := bufio.NewScanner(uit)
		if !regel.Scan() {
			t.Fatal("the hub did not start")
		}
		pki.URL = "https://" + regel.Text()
		if ronde == 0 {
			hubtest.Rond(t, "the hub lets us in", func() bool {
				return pki.Als(hubtest.OrgVT).Doe("GET", "/v1/deelnemers", "", nil, "").Status == http.StatusOK
			})
			pki.Als(hubtest.OrgVT).Abonneer(hubtest.Meldingen(haak.URL + "/haak"))
		}
		b := pki.Als(hubtest.OrgPolitie)
		begin := len(haak.Heeft())
		for len(haak.Heeft()) < begin+25 { // dies with deliveries under way
			ev := hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false)
			if _, ok := b.Probeer(ev.Append(nil)); ok {
				bevestigd = append(bevestigd, ev.ID)
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	hubtest.StartIn(t, basis, 0, hubtest.Bezorgend)
	hubtest.Rond(t, "everything came", func() bool {
		got := haak.Heeft()
		return !slices.ContainsFunc(bevestigd, func(id string) bool { return !slices.Contains(got, id) })
	})
	var eerst []string
	for _, id := range haak.Heeft() {
		if slices.Contains(bevestigd, id) && !slices.Contains(eerst, id) {
			eerst = append(eerst, id)
		}
	}
	if !slices.Equal(eerst, bevestigd) {
		t.Error("the order of first delivery is not that of the log")
	}
	t.Logf("%d acknowledged, %d deliveries", len(bevestigd), len(haak.Heeft()))
}
