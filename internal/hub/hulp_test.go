package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

const sentinel = "999999990" // passes the eleven-test, belongs to nobody

var (
	orgHub     = begrip.Organisatie{OIN: "00000001000000001000", Naam: "Ketenbeheer", Soort: begrip.Ketenbeheerder}
	orgPolitie = begrip.Organisatie{OIN: "00000001000000002000", Naam: "Politie", Soort: begrip.Politie}
	orgVT      = begrip.Organisatie{OIN: "00000001000000003000", Naam: "Veilig Thuis", Soort: begrip.VeiligThuis}
	orgPortaal = begrip.Organisatie{OIN: "00000001000000004000", Naam: "Burgerportaal", Soort: begrip.Burgerportaal}
	orgVreemd  = begrip.Organisatie{OIN: "00000001000000009000", Naam: "Vreemd", Soort: begrip.Overig}
)

type logboek struct {
	slot sync.Mutex
	b    bytes.Buffer
}

func (l *logboek) Write(p []byte) (int, error) {
	l.slot.Lock()
	defer l.slot.Unlock()
	return l.b.Write(p)
}

func (l *logboek) String() string {
	l.slot.Lock()
	defer l.slot.Unlock()
	return l.b.String()
}

// proefhub is a hub behind real mutual TLS, with its organisations.
type proefhub struct {
	*Hub
	t    *testing.T
	dir  string
	ca   *toegang.CA
	cas  string
	url  string
	log  *logboek
	stop func()
}

func start(t *testing.T) *proefhub {
	t.Helper()
	return startIn(t, t.TempDir(), 0)
}

func startIn(t *testing.T, basis string, maxBytes int64, opties ...func(*proefhub)) *proefhub {
	t.Helper()
	return startMet(t, basis, Config{Dir: filepath.Join(basis, "hub"), MaxBytes: maxBytes}, opties...)
}

// vrij is s in which every deelnemer sees each kind of event that is not closed,
// for tests of anything but who sees what; those begin with dicht.
func vrij(s *soorten.Stand) *soorten.Stand {
	alles := begrip.NiveauInhoud
	for _, k := range soorten.Begin().Soorten() {
		if nu, _ := s.Soort(k.Type); k.Gesloten || k.Ketenbreed != nil || k.Omschrijving == "" || !reflect.DeepEqual(nu, k) {
			continue
		}
		k.Ketenbreed = &alles
		s2, err := s.MetSoort(k)
		if err != nil {
			panic(err)
		}
		s = s2
	}
	return s
}

// dicht is an option: the agreements of the program itself hold.
func dicht(p *proefhub) { p.regels.Store(soorten.Begin()) }

// startMet starts a hub as cfg says, with the certificates of basis.
func startMet(t *testing.T, basis string, cfg Config, opties ...func(*proefhub)) *proefhub {
	t.Helper()
	p := &proefhub{t: t, dir: cfg.Dir, cas: filepath.Join(basis, "pki"), log: &logboek{}}
	cfg.Organisatie, cfg.Reserve = orgHub, -1
	cfg.Log = slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if p.ca, err = toegang.NieuweCA(p.cas); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var lijst []register.Deelnemer
	for _, o := range []begrip.Organisatie{orgPolitie, orgVT, orgPortaal} {
		lijst = append(lijst, register.Deelnemer{Organisatie: o, API: "https://" + string(o.OIN) + ".example"})
	}
	if _, err := os.Stat(filepath.Join(p.dir, register.Bestand)); err != nil {
		if err := register.Schrijf(p.dir, lijst); err != nil {
			t.Fatal(err)
		}
	}
	if p.Hub, err = Open(cfg); err != nil {
		t.Fatal(err)
	}
	p.regels.Store(vrij(p.regels.Load()))
	for _, o := range opties {
		o(p)
	}
	ctx, stop := context.WithCancel(context.Background())
	klaar := make(chan struct{})
	go func() { defer close(klaar); _ = p.Run(ctx) }()
	for eind := time.Now().Add(time.Minute); !p.registerBij.Load() || p.Deelnemers() == 0; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatal("the hub never knew who takes part")
		}
	}
	srv := httptest.NewUnstartedServer(p.Handler())
	srv.TLS = p.identiteit(orgHub).ServerTLS()
	srv.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(p.log, nil), slog.LevelError)
	srv.StartTLS()
	p.url = srv.URL
	p.stop = sync.OnceFunc(func() {
		srv.CloseClientConnections()
		srv.Close()
		stop()
		<-klaar
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(p.stop)
	return p
}

func (p *proefhub) identiteit(o begrip.Organisatie) toegang.Identiteit {
	p.t.Helper()
	cert, sleutel, err := p.ca.Geef(p.cas, o)
	if err != nil {
		p.t.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(cert, sleutel, p.ca.Pad())
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

func (p *proefhub) als(o begrip.Organisatie) *beller {
	return &beller{p: p, o: o, c: p.identiteit(o).Client(20 * time.Second)}
}

type beller struct {
	p *proefhub
	o begrip.Organisatie
	c *http.Client
	// lezer is who looks and why; nil: a certificate alone. The portal states by
	// itself that the person in the question asks.
	lezer *toegang.Lezer
}

// alsWie is als, for somebody who says why.
func (p *proefhub) alsWie(o begrip.Organisatie, persoon string, doel begrip.Doel, g begrip.Grondslag) *beller {
	b := p.als(o)
	b.lezer = &toegang.Lezer{Organisatie: o, Persoon: persoon, Naam: "M. " + persoon, Rol: begrip.RolMedewerkerVT, Doel: doel, Grondslag: g}
	return b
}

// verklaring is what goes with a request with this body; empty for none.
func (b *beller) verklaring(body []byte) string {
	l := b.lezer
	if l == nil && b.o.Soort == begrip.Burgerportaal {
		l = &toegang.Lezer{Organisatie: b.o, Persoon: "gezin", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15}
		begrip.VindBSN(body, func(van, tot int) { l.Burger, _ = begrip.ParseBSN(string(body[van:tot])) })
		if l.Burger.IsZero() {
			l.Burger, _ = begrip.ParseBSN(sentinel)
		}
	}
	if l == nil {
		return ""
	}
	v, err := b.p.identiteit(b.o).Verklaring(*l, orgHub.OIN, time.Now())
	if err != nil {
		b.p.t.Fatal(err)
	}
	return v
}

type antwoord struct {
	status int
	kop    http.Header
	body   []byte
}

// doe sends a request; everything that comes back is checked against our own
// OpenAPI document and searched for the sentinel where it may not be.
func (b *beller) doe(methode, pad, typ string, body []byte, accept string) antwoord {
	b.p.t.Helper()
	r, err := http.NewRequest(methode, b.p.url+pad, bytes.NewReader(body))
	if err != nil {
		b.p.t.Fatal(err)
	}
	if typ != "" {
		r.Header.Set("Content-Type", typ)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	if v := b.verklaring(body); v != "" {
		r.Header.Set("Authorization", "Bearer "+v)
	}
	resp, err := b.c.Do(r)
	if err != nil {
		b.p.t.Fatal(err)
	}
	defer resp.Body.Close()
	lijf, err := io.ReadAll(resp.Body)
	if err != nil {
		b.p.t.Fatal(err)
	}
	if resp.StatusCode >= 400 && bytes.Contains(lijf, []byte(sentinel)) {
		b.p.t.Errorf("BSN in an error: %s", lijf)
	}
	volgensContract(b.p.t, r, resp, lijf)
	return antwoord{resp.StatusCode, resp.Header, lijf}
}

func (b *beller) push(evs ...cloudevent.Event) antwoord {
	b.p.t.Helper()
	if len(evs) == 1 {
		return b.doe("POST", "/v1/events", cloudevent.TypeEvent, evs[0].Append(nil), "")
	}
	return b.doe("POST", "/v1/events", cloudevent.TypeBatch, cloudevent.AppendBatch(nil, evs), "")
}

// aanvaard pushes one event and waits until it is processed.
func (b *beller) aanvaard(ev cloudevent.Event) (id string, s statusAntwoord) {
	b.p.t.Helper()
	a := b.push(ev)
	var in struct{ InteractieID string }
	if a.status != http.StatusAccepted || json.Unmarshal(a.body, &in) != nil {
		b.p.t.Fatalf("not accepted: %d %s", a.status, a.body)
	}
	return in.InteractieID, b.klaar(in.InteractieID)
}

func (b *beller) klaar(id string) (s statusAntwoord) {
	b.p.t.Helper()
	for eind := time.Now().Add(20 * time.Second); time.Now().Before(eind); time.Sleep(2 * time.Millisecond) {
		a := b.doe("GET", "/v1/status/"+id, "", nil, "")
		if a.status != http.StatusOK || json.Unmarshal(a.body, &s) != nil {
			b.p.t.Fatalf("status of %s: %d %s", id, a.status, a.body)
		}
		if s.Status != statusBezig {
			return s
		}
		s = statusAntwoord{}
	}
	b.p.t.Fatalf("%s was never processed", id)
	return s
}

// zoek asks and gives all found events, page by page.
func (b *beller) zoek(pad, vraag string) (uit []cloudevent.Event) {
	b.p.t.Helper()
	id := b.vraag(pad, vraag)
	plek := "/v1/resultaten/" + id
	for plek != "" {
		a := b.doe("GET", plek, "", nil, cloudevent.TypeBatch)
		if a.status != http.StatusOK {
			b.p.t.Fatalf("result: %d %s", a.status, a.body)
		}
		evs, err := cloudevent.ParseBatch(a.body)
		if err != nil && string(bytes.TrimSpace(a.body)) != "[]" {
			b.p.t.Fatal(err)
		}
		uit = append(uit, evs...)
		plek = ""
		if l := a.kop.Get("Link"); l != "" {
			plek = l[1:bytes.IndexByte([]byte(l), '>')]
		}
	}
	return uit
}

func (b *beller) vraag(pad, vraag string) string {
	b.p.t.Helper()
	a := b.doe("POST", pad, "application/json", []byte(vraag), "")
	var in struct{ InteractieID string }
	if a.status != http.StatusAccepted || json.Unmarshal(a.body, &in) != nil {
		b.p.t.Fatalf("query: %d %s", a.status, a.body)
	}
	if s := b.klaar(in.InteractieID); s.Status != statusOK {
		b.p.t.Fatalf("query is %s", s.Status)
	}
	return in.InteractieID
}

// melding makes a melding-geregistreerd about the person, as our nodes do.
func melding(o begrip.Organisatie, bsn string, afgeschermd bool) cloudevent.Event {
	id := uuid.NewString()
	var g prov.Graph
	e := g.Node("urn:soh:melding:"+id, prov.Entity, "soh:Melding").Set("soh:identifier", id).
		Ref("soh:zaak", "urn:soh:zaak:"+id).Set("soh:inzageUrl", "https://"+string(o.OIN)+".example/v1/meldingen/"+id).Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+id)
	if afgeschermd {
		e.Set(prov.BronAfgeschermd, "true")
	}
	e.Ref("prov:wasGeneratedBy", "urn:soh:activiteit:"+id)
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:RegistrerenMelding").Set("soh:tijdstip", "2026-11-23T09:00:00Z").Ref("prov:wasAssociatedWith", o.OIN.URN())
	g.Node(o.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", o.Naam)
	g.Node("urn:soh:betrokkene:"+id, prov.Betrokkene).Set(prov.Burgerservicenummer, bsn).Set("soh:naam", "Sanne Geheim")
	return gebeurtenis(o, cloudevent.MeldingGeregistreerd, "urn:soh:melding:"+id, g)
}

func gebeurtenis(o begrip.Organisatie, typ, subject string, g prov.Graph) cloudevent.Event {
	return cloudevent.Event{
		ID: uuid.NewString(), Source: o.OIN.Systeem("proef"), Type: typ, Time: time.Now().UTC().Truncate(time.Millisecond), Subject: subject,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}
}

// probeer pushes one event to a hub that may die under it.
func (b *beller) probeer(body []byte) (id string, ok bool) {
	resp, err := b.c.Post(b.p.url+"/v1/events", cloudevent.TypeEvent, bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	defer resp.Body.Close()
	var in struct{ InteractieID string }
	if json.NewDecoder(resp.Body).Decode(&in) != nil || resp.StatusCode != http.StatusAccepted {
		return "", false
	}
	return in.InteractieID, true
}
