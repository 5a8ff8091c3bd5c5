package hub

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/webhook"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// laatBezorgen makes a hub deliver webhooks, with the waiting of a test.
func laatBezorgen(h *Hub, id toegang.Identiteit) {
	h.cfg.Identiteit, h.verzender = &id, webhook.Nieuw(id)
	h.bezorgen = bezorgRegels{eerste: time.Millisecond, boven: 20 * time.Millisecond, pogingen: 4, noteer: 5 * time.Millisecond}
	h.peilen = time.Hour
}

// ontvanger is the webhook of a deelnemer behind real mutual TLS.
type ontvanger struct {
	url     string
	slot    sync.Mutex
	ids     []string // of events, as they were taken
	lijven  [][]byte
	vragen  int // POSTs
	antw    func(n int, ev cloudevent.Event) (status int, kop map[string]string)
	oorspr  string // what it allows
	verraad []string
}

func (o *ontvanger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.slot.Lock()
	defer o.slot.Unlock()
	if oin, err := toegang.Beller(r); err != nil || oin != orgHub.OIN || r.URL.RawQuery != "" {
		o.verraad = append(o.verraad, "not the hub, or a query: "+r.URL.String())
	}
	if r.Method == http.MethodGet && r.URL.Path == "/ready" {
		return
	}
	if r.Method == http.MethodOptions {
		if o.oorspr != "" {
			w.Header().Set("WebHook-Allowed-Origin", o.oorspr)
		}
		if r.Header.Get("WebHook-Request-Origin") == "" {
			o.verraad = append(o.verraad, "no origin")
		}
		return
	}
	if r.URL.Path == "/v1/ketenindex-stand" { // the hub asks how far it was: we saw nothing of it
		_, _ = w.Write([]byte(`{"stand":""}`))
		return
	}
	if r.URL.Path != "/haak" {
		o.verraad = append(o.verraad, "a redirect was followed to "+r.URL.Path)
	}
	b, _ := io.ReadAll(r.Body)
	ev, err := cloudevent.Parse(b)
	if err != nil || r.Header.Get("Content-Type") != cloudevent.TypeEvent {
		o.verraad = append(o.verraad, fmt.Sprintf("no event: %v %s", err, r.Header.Get("Content-Type")))
	}
	o.vragen++
	status := http.StatusNoContent
	if o.antw != nil {
		var kop map[string]string
		status, kop = o.antw(o.vragen, ev)
		for k, v := range kop {
			w.Header().Set(k, v)
		}
	}
	if status < 300 {
		o.ids, o.lijven = append(o.ids, ev.ID), append(o.lijven, b)
	}
	w.WriteHeader(status)
}

func (o *ontvanger) heeft() []string {
	o.slot.Lock()
	defer o.slot.Unlock()
	return slices.Clone(o.ids)
}

func (o *ontvanger) zet(f func(n int, ev cloudevent.Event) (int, map[string]string)) {
	o.slot.Lock()
	defer o.slot.Unlock()
	o.antw = f
}

func (o *ontvanger) mag(oorsprong string) {
	o.slot.Lock()
	defer o.slot.Unlock()
	o.oorspr = oorsprong
}

func (o *ontvanger) keren() int {
	o.slot.Lock()
	defer o.slot.Unlock()
	return o.vragen
}

func altijd(status int) func(int, cloudevent.Event) (int, map[string]string) {
	return func(int, cloudevent.Event) (int, map[string]string) { return status, nil }
}

// haak gives the deelnemer a receiver, and puts its address in the register.
func (p *proefhub) haak(o begrip.Organisatie) *ontvanger {
	p.t.Helper()
	h := p.losseHaak(o)
	p.als(orgHub).json("PUT", "/v1/deelnemers/"+string(o.OIN), register.Deelnemer{Organisatie: o, API: h.url + "/v1"}, http.StatusOK)
	return h
}

func (p *proefhub) losseHaak(o begrip.Organisatie) *ontvanger {
	p.t.Helper()
	h := &ontvanger{oorspr: "*"}
	srv := httptest.NewUnstartedServer(h)
	srv.TLS = p.identiteit(o).ServerTLS()
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.StartTLS()
	h.url = srv.URL
	p.t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if len(h.verraad) > 0 {
			p.t.Errorf("the receiver saw: %v", h.verraad)
		}
	})
	return h
}

func (b *beller) abonneer(v map[string]any) abonnementAntwoord {
	b.p.t.Helper()
	var a abonnementAntwoord
	if err := json.Unmarshal(b.json("POST", "/v1/abonnementen", v, http.StatusCreated), &a); err != nil || a.Status != "actief" {
		b.p.t.Fatalf("%+v %v", a, err)
	}
	return a
}

func (b *beller) abonnement(id string) (a abonnementAntwoord) {
	b.p.t.Helper()
	if err := json.Unmarshal(b.json("GET", "/v1/abonnementen/"+id, nil, http.StatusOK), &a); err != nil {
		b.p.t.Fatal(err)
	}
	return a
}

// meldt pushes n meldingen one by one and gives their ids.
func (b *beller) meldt(n int) (ids []string) {
	b.p.t.Helper()
	for range n {
		ev := melding(orgPolitie, sentinel, false)
		b.aanvaard(ev)
		ids = append(ids, ev.ID)
	}
	return ids
}

func bezorgend(p *proefhub) { laatBezorgen(p.Hub, p.identiteit(orgHub)) }

func meldingen(adres string) map[string]any {
	return map[string]any{"soort": "webhook", "typen": []string{cloudevent.MeldingGeregistreerd}, "adres": adres}
}

func TestWebhookKrijgtAllesOpVolgordeZonderBSN(t *testing.T) {
	p := startIn(t, t.TempDir(), 0, bezorgend)
	haak, vt := p.haak(orgVT), p.als(orgVT)
	for naam, v := range map[string]map[string]any{
		"another host":    meldingen("https://127.0.0.1:1/haak"),
		"not encrypted":   meldingen(strings.Replace(haak.url, "https", "http", 1) + "/haak"),
		"token in query":  meldingen(haak.url + "/haak?token=geheim"),
		"no filter":       {"soort": "webhook", "adres": haak.url + "/haak"},
		"unknown type":    {"soort": "pull", "typen": []string{"x.y"}},
		"address at pull": {"soort": "pull", "zaak": "urn:soh:zaak:x", "adres": haak.url},
		"empty bsn":       {"soort": "pull", "zaak": "urn:soh:zaak:x", "burgerservicenummer": ""},
		"bsn in a filter": {"soort": "pull", "subject": "urn:" + sentinel},
	} {
		if b := vt.json("POST", "/v1/abonnementen", v, http.StatusBadRequest); bytes.Contains(b, []byte("geheim")) {
			t.Errorf("%s: the refused value is told back: %s", naam, b)
		}
	}
	haak.mag("ander.example")
	vt.json("POST", "/v1/abonnementen", meldingen(haak.url+"/haak"), http.StatusBadRequest)
	haak.mag("*")
	a := vt.abonneer(meldingen(haak.url + "/haak"))
	ids := p.als(orgPolitie).meldt(20)
	rond(t, "all were delivered", func() bool { return len(haak.heeft()) >= 20 })
	if got := haak.heeft(); !slices.Equal(got, ids) {
		t.Errorf("delivered %v, want %v", got, ids)
	}
	for _, b := range haak.lijven {
		if bytes.Contains(b, []byte(sentinel)) || bytes.Contains(b, []byte("Sanne")) {
			t.Fatalf("the person is readable: %s", b)
		}
	}
	vt.json("DELETE", "/v1/abonnementen/"+a.ID, nil, http.StatusNoContent)
	p.als(orgPolitie).json("GET", "/v1/abonnementen/"+a.ID, nil, http.StatusNotFound)
	n := len(haak.heeft())
	p.als(orgPolitie).meldt(2)
	if a := vt.abonnement(a.ID); a.Status != "gestopt" || len(haak.heeft()) != n {
		t.Errorf("after the end: %+v, %d delivered", a, len(haak.heeft())-n)
	}
}

// What an organisation wants to hear tells what it is working on. Nobody else
// finds its subscription or can follow that kind of event.
func TestAbonnementIsVoorNiemandAnders(t *testing.T) {
	p := startIn(t, t.TempDir(), 0, bezorgend)
	haak, politie := p.haak(orgVT), p.als(orgPolitie)
	zaak := "urn:soh:zaak:geheim"
	a := p.als(orgVT).abonneer(map[string]any{"soort": "pull", "zaak": zaak})
	w := p.als(orgVT).abonneer(meldingen(haak.url + "/haak"))
	p.als(orgVT).json("DELETE", "/v1/abonnementen/"+w.ID, nil, http.StatusNoContent)
	for _, o := range []begrip.Organisatie{orgPolitie, orgVT} {
		b := p.als(o)
		for _, id := range []string{a.ID, w.ID} {
			if n := len(b.zoek(opZoek, `{"subject":"urn:soh:abonnement:`+id+`"}`)); n != 0 {
				t.Errorf("%s finds %d events of a subscription", o.Naam, n)
			}
		}
		if n := len(b.zoek(opZoek, `{"zaak":"`+zaak+`"}`)); n != 0 {
			t.Errorf("%s finds the subscription by its case", o.Naam)
		}
	}
	// The chain manager, who answers for the log, does.
	if n := len(p.als(orgHub).zoek(opZoek, `{"subject":"urn:soh:abonnement:`+w.ID+`"}`)); n != 2 {
		t.Errorf("the chain manager finds %d events", n)
	}
	volg := politie.abonneer(map[string]any{"soort": "pull", "typen": []string{cloudevent.AbonnementGenomen, cloudevent.AbonnementGestopt}, "vanaf": time.Now().Add(-time.Hour)})
	if r := politie.doe("GET", "/v1/abonnementen/"+volg.ID+"/gebeurtenissen", "", nil, ""); r.status != http.StatusOK || strings.TrimSpace(string(r.body)) != "[]" {
		t.Errorf("followed: %d %s", r.status, r.body)
	}
	for _, pad := range []string{"", "/gebeurtenissen", "/dode-letters"} {
		politie.json("GET", "/v1/abonnementen/"+a.ID+pad, nil, http.StatusNotFound)
	}
	if b := politie.json("GET", "/v1/abonnementen", nil, http.StatusOK); bytes.Contains(b, []byte(a.ID)) || bytes.Contains(b, []byte("geheim")) {
		t.Errorf("in the list of another: %s", b)
	}
	if s := p.log.String(); strings.Contains(s, zaak) {
		t.Error("the case stands in the log of the program")
	}
}

func TestOntvangerDieHapertKrijgtHetLater(t *testing.T) {
	p := startIn(t, t.TempDir(), 0, bezorgend)
	haak, vt, politie := p.haak(orgVT), p.als(orgVT), p.als(orgPolitie)
	a := vt.abonneer(meldingen(haak.url + "/haak"))
	haak.zet(func(n int, _ cloudevent.Event) (int, map[string]string) {
		switch n {
		case 1, 2:
			return http.StatusInternalServerError, nil
		case 3:
			return http.StatusTooManyRequests, map[string]string{"Retry-After": "1"}
		}
		return http.StatusOK, nil
	})
	ids := politie.meldt(3)
	rond(t, "all were delivered", func() bool { return len(haak.heeft()) >= 3 })
	if got := haak.heeft(); !slices.Equal(got, ids) {
		t.Errorf("delivered %v, want %v", got, ids)
	}
	// Redirects are never followed; what fails for good is a dead letter, and the
	// next event is not held up.
	haak.zet(func(_ int, ev cloudevent.Event) (int, map[string]string) {
		return http.StatusFound, map[string]string{"Location": "/elders"}
	})
	om := politie.meldt(1)
	rond(t, "the redirected one is dead", func() bool { return vt.abonnement(a.ID).DodeLetters == 1 })
	voor := haak.keren()
	haak.zet(altijd(http.StatusUnsupportedMediaType))
	slecht := politie.meldt(1)
	rond(t, "the refused one is dead", func() bool { return vt.abonnement(a.ID).DodeLetters == 2 })
	if n := haak.keren() - voor; n != 1 {
		t.Errorf("415 was tried %d times", n)
	}
	haak.zet(altijd(http.StatusOK))
	goed := politie.meldt(1)
	rond(t, "the next one is delivered", func() bool { return len(haak.heeft()) == 4 })
	var l struct{ DodeLetters []letterAntwoord }
	if err := json.Unmarshal(vt.json("GET", "/v1/abonnementen/"+a.ID+"/dode-letters", nil, http.StatusOK), &l); err != nil || len(l.DodeLetters) != 2 {
		t.Fatalf("%+v %v", l, err)
	}
	if e := l.DodeLetters[0]; e.Pogingen != 4 || !strings.Contains(e.Reden, "doorverwijzing") || l.DodeLetters[1].Pogingen != 1 {
		t.Errorf("dead letters: %+v", l)
	}
	politie.json("GET", "/v1/abonnementen/"+a.ID+"/dode-letters", nil, http.StatusNotFound)
	vt.json("POST", "/v1/abonnementen/"+a.ID+"/herhalingen", map[string]any{"dodeLetters": []string{"weg"}}, http.StatusBadRequest)
	vt.json("POST", "/v1/abonnementen/"+a.ID+"/herhalingen", map[string]any{}, http.StatusAccepted)
	rond(t, "they are delivered after all", func() bool { return vt.abonnement(a.ID).DodeLetters == 0 })
	if got := haak.heeft(); !slices.Equal(got, slices.Concat(ids, goed, om, slecht)) {
		t.Errorf("delivered %v", got)
	}
	haak.zet(altijd(http.StatusGone))
	politie.meldt(1)
	rond(t, "410 stops it", func() bool { return vt.abonnement(a.ID).Status == "gestopt" })
	n := haak.keren()
	politie.meldt(1)
	if haak.keren() != n {
		t.Error("something was offered after 410")
	}
}

// Rights count at the moment of delivery: who lost them gets nothing, also of
// what it subscribed to before; and a slow receiver holds up nobody else.
func TestRechtDatVervielWordtNietBezorgd(t *testing.T) {
	p := startIn(t, t.TempDir(), 0, bezorgend)
	traag, snel := p.haak(orgVT), p.haak(orgPolitie)
	vt, politie := p.als(orgVT), p.als(orgPolitie)
	zijne := vt.abonneer(meldingen(traag.url + "/haak"))
	politie.abonneer(meldingen(snel.url + "/haak"))
	p.bezorgen.pogingen = 1 << 30
	traag.zet(altijd(http.StatusBadGateway))
	ids := politie.meldt(3)
	rond(t, "the other got all", func() bool { return slices.Equal(snel.heeft(), ids) })
	s, _ := p.regels.Load().Soort(cloudevent.MeldingGeregistreerd)
	open := p.regels.Load()
	s.Gesloten, s.Ketenbreed = true, nil
	dicht, err := open.MetSoort(s)
	if err != nil {
		t.Fatal(err)
	}
	p.regels.Store(dicht)
	// The police is the sender and still sees its own.
	ids = append(ids, politie.meldt(1)...)
	rond(t, "the sender got its own", func() bool { return slices.Equal(snel.heeft(), ids) })
	laatste, _, _, err := p.graph.Uniek(graph.Interactie, interactieVan(cloudevent.Event{Source: orgPolitie.OIN.Systeem("proef"), ID: ids[3]}, orgPolitie.OIN).String())
	if err != nil {
		t.Fatal(err)
	}
	rond(t, "the delivery passed them", func() bool { return p.abonnementen.stand(p.abonnementen.geef(zijne.ID)) >= laatste })
	traag.zet(altijd(http.StatusOK)) // not before: a try under way was made when the right still held
	p.regels.Store(open)
	na := politie.meldt(1)
	rond(t, "what is allowed again comes", func() bool { return len(traag.heeft()) > 0 })
	if got := traag.heeft(); !slices.Equal(got, na) {
		t.Errorf("a right that was lost delivered %v, want %v", got, na)
	}
	p.als(orgHub).json("DELETE", "/v1/deelnemers/"+string(orgVT.OIN), nil, http.StatusNoContent)
	politie.meldt(2)
	rond(t, "it is stopped", func() bool {
		return slices.ContainsFunc(p.abonnementen.van(orgVT.OIN), func(a *abonnement) bool { return a.Gestopt != "" })
	})
	if len(traag.heeft()) != 1 {
		t.Errorf("who left got %v", traag.heeft())
	}
}

func TestOphalenGaatVerderWaarHetWas(t *testing.T) {
	basis := t.TempDir()
	p := startIn(t, basis, 0)
	politie, vt := p.als(orgPolitie), p.als(orgVT)
	vt.json("POST", "/v1/abonnementen", map[string]any{"soort": "pull", "burgerservicenummer": sentinel}, http.StatusForbidden)
	p.als(orgPortaal).json("POST", "/v1/abonnementen", map[string]any{"soort": "pull", "typen": []string{cloudevent.MeldingGeregistreerd}}, http.StatusBadRequest)
	politie.meldt(1)                         // before: not in it
	vanVT := melding(orgVT, sentinel, false) // by this the police is involved, and not by what it told itself
	vanVT.Type = cloudevent.MeldingOpgepakt
	g, _, err := prov.Lees(vanVT.Data)
	if err != nil {
		t.Fatal(err)
	}
	g.Node(vanVT.Subject).Ref("soh:aangebodenAan", orgPolitie.OIN.URN())
	vanVT.Data = g.JSONLD()
	vt.aanvaard(vanVT)
	eigen := politie.abonneer(map[string]any{"soort": "pull", "burgerservicenummer": sentinel, "typen": []string{cloudevent.MeldingGeregistreerd, cloudevent.MeldingIngezien}})
	a := vt.abonneer(map[string]any{"soort": "pull", "typen": []string{"uitwisselen-melding.melding-geregistreerd"}})
	ids := politie.meldt(5)
	haal := func(b *beller, pad string) (ids []string, volgende string, lijf []byte) {
		t.Helper()
		r := b.doe("GET", pad, "", nil, "")
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", pad, r.status, r.body)
		}
		evs, err := cloudevent.ParseBatch(r.body)
		if err != nil && string(bytes.TrimSpace(r.body)) != "[]" {
			t.Fatal(err)
		}
		for _, ev := range evs {
			ids = append(ids, ev.ID)
		}
		volgende, _, _ = strings.Cut(strings.TrimPrefix(r.kop.Get("Link"), "<"), ">")
		return ids, volgende, r.body
	}
	pad := "/v1/abonnementen/" + a.ID + "/gebeurtenissen"
	een, volgende, _ := haal(vt, pad+"?limiet=2")
	weer, _, lijf := haal(vt, pad)
	if !slices.Equal(een, ids[:2]) || !slices.Equal(weer, ids) || bytes.Contains(lijf, []byte(sentinel)) {
		t.Fatalf("first %v, again %v", een, weer)
	}
	twee, volgende, _ := haal(vt, volgende+"&limiet=2")
	if !slices.Equal(twee, ids[2:4]) {
		t.Errorf("second page %v", twee)
	}
	if _, _, lijf := haal(politie, "/v1/abonnementen/"+eigen.ID+"/gebeurtenissen"); bytes.Count(lijf, []byte(sentinel)) != 5 {
		t.Errorf("the followed person is not readable to who told of her: %s", lijf)
	}
	politie.json("GET", pad, nil, http.StatusNotFound)
	vt.json("GET", pad+"?cursor=onzin", nil, http.StatusBadRequest)
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = startIn(t, basis, 0)
	vt = p.als(orgVT)
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
	pki := &proefhub{t: t, dir: filepath.Join(basis, "hub"), cas: filepath.Join(basis, "pki")}
	var err error
	if pki.ca, err = toegang.NieuweCA(pki.cas); err != nil {
		t.Fatal(err)
	}
	haak := pki.losseHaak(orgVT)
	if err := os.MkdirAll(pki.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lijst := []register.Deelnemer{{Organisatie: orgPolitie}, {Organisatie: orgVT, API: haak.url + "/v1"}}
	if err := register.Schrijf(pki.dir, lijst); err != nil {
		t.Fatal(err)
	}
	pki.identiteit(orgHub)
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
		pki.url = "https://" + regel.Text()
		if ronde == 0 {
			rond(t, "the hub lets us in", func() bool { return pki.als(orgVT).doe("GET", "/v1/deelnemers", "", nil, "").status == http.StatusOK })
			pki.als(orgVT).abonneer(meldingen(haak.url + "/haak"))
		}
		b := pki.als(orgPolitie)
		begin := len(haak.heeft())
		for len(haak.heeft()) < begin+25 { // dies with deliveries under way
			ev := melding(orgPolitie, sentinel, false)
			if _, ok := b.probeer(ev.Append(nil)); ok {
				bevestigd = append(bevestigd, ev.ID)
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	startIn(t, basis, 0, bezorgend)
	rond(t, "everything came", func() bool {
		got := haak.heeft()
		return !slices.ContainsFunc(bevestigd, func(id string) bool { return !slices.Contains(got, id) })
	})
	var eerst []string
	for _, id := range haak.heeft() {
		if slices.Contains(bevestigd, id) && !slices.Contains(eerst, id) {
			eerst = append(eerst, id)
		}
	}
	if !slices.Equal(eerst, bevestigd) {
		t.Error("the order of first delivery is not that of the log")
	}
	t.Logf("%d acknowledged, %d deliveries", len(bevestigd), len(haak.heeft()))
}
