// Package hubtest starts a whole hub for the tests of its rooms, with deelnemers that call it
// over mutual TLS as they would, and events in every form.
package hubtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

const LangWacht = 2 * time.Minute // only guards against hanging

// Tot waits until the hub is done reading and knows id.
func (b *Beller) Tot(id string) {
	b.P.T.Helper()
	for eind := time.Now().Add(LangWacht); b.Doe("GET", "/v1/status/"+id, "", nil, "").Status == http.StatusServiceUnavailable; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(eind) {
			b.P.T.Fatal("the hub never gets to the end of the log")
		}
	}
}

// WachtOpStand waits until the checkpoint that everybody gets counts n entries.
func (p *Proefhub) WachtOpStand(n int64) {
	p.T.Helper()
	for eind := time.Now().Add(30 * time.Second); time.Now().Before(eind); time.Sleep(5 * time.Millisecond) {
		if _, c := p.Ledger.Stand(); c.Grootte >= n {
			return
		}
	}
	p.T.Fatalf("the ledger never counted %d entries", n)
}

const OverPersoon = `{"burgerservicenummer":"` + Sentinel + `"}`

const Sentinel = "999999990" // passes the eleven-test, belongs to nobody

var (
	OrgHub     = begrip.Organisatie{OIN: "00000001000000001000", Naam: "Ketenbeheer", Soort: begrip.Ketenbeheerder}
	OrgPolitie = begrip.Organisatie{OIN: "00000001000000002000", Naam: "Politie", Soort: begrip.Politie}
	OrgVT      = begrip.Organisatie{OIN: "00000001000000003000", Naam: "Veilig Thuis", Soort: begrip.VeiligThuis}
	OrgPortaal = begrip.Organisatie{OIN: "00000001000000004000", Naam: "Burgerportaal", Soort: begrip.Burgerportaal}
	OrgVreemd  = begrip.Organisatie{OIN: "00000001000000009000", Naam: "Vreemd", Soort: begrip.Overig}
)

type Logboek struct {
	slot sync.Mutex
	b    bytes.Buffer
}

func (l *Logboek) Write(p []byte) (int, error) {
	l.slot.Lock()
	defer l.slot.Unlock()
	return l.b.Write(p)
}

func (l *Logboek) String() string {
	l.slot.Lock()
	defer l.slot.Unlock()
	return l.b.String()
}

// Proefhub is a hub behind real mutual TLS, with its organisations.
type Proefhub struct {
	*hub.Hub
	T       *testing.T
	Dir     string
	CA      *toegang.CA
	CAs     string
	URL     string
	Logboek *Logboek
	Stop    func()
}

func Start(t *testing.T) *Proefhub {
	t.Helper()
	return StartIn(t, t.TempDir(), 0)
}

func StartIn(t *testing.T, basis string, maxBytes int64, opties ...func(*Proefhub)) *Proefhub {
	t.Helper()
	return StartMet(t, basis, kern.Config{Dir: filepath.Join(basis, "hub"), MaxBytes: maxBytes}, opties...)
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

// Dicht is an option: the agreements of the program itself hold.
func Dicht(p *Proefhub) { p.Regels.Store(soorten.Begin()) }

// StartMet starts a hub as cfg says, with the certificates of basis.
func StartMet(t *testing.T, basis string, cfg kern.Config, opties ...func(*Proefhub)) *Proefhub {
	t.Helper()
	p := &Proefhub{T: t, Dir: cfg.Dir, CAs: filepath.Join(basis, "pki"), Logboek: &Logboek{}}
	cfg.Organisatie, cfg.Reserve = OrgHub, -1
	cfg.Log = slog.New(slog.NewTextHandler(p.Logboek, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if p.CA, err = toegang.NieuweCA(p.CAs); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var lijst []register.Deelnemer
	for _, o := range []begrip.Organisatie{OrgPolitie, OrgVT, OrgPortaal} {
		lijst = append(lijst, register.Deelnemer{Organisatie: o, API: "https://" + string(o.OIN) + ".example"})
	}
	if _, err := os.Stat(filepath.Join(p.Dir, register.Bestand)); err != nil {
		if err := register.Schrijf(p.Dir, lijst); err != nil {
			t.Fatal(err)
		}
	}
	if p.Hub, err = hub.Open(cfg); err != nil {
		t.Fatal(err)
	}
	p.Regels.Store(vrij(p.Regels.Load()))
	for _, o := range opties {
		o(p)
	}
	ctx, stop := context.WithCancel(context.Background())
	klaar := make(chan struct{})
	go func() { defer close(klaar); _ = p.Run(ctx) }()
	for eind := time.Now().Add(time.Minute); !p.RegisterBij.Load() || p.Deelnemers() == 0; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatal("the hub never knew who takes part")
		}
	}
	srv := httptest.NewUnstartedServer(p.Handler())
	srv.TLS = p.Identiteit(OrgHub).ServerTLS()
	srv.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(p.Logboek, nil), slog.LevelError)
	srv.StartTLS()
	p.URL = srv.URL
	p.Stop = sync.OnceFunc(func() {
		srv.CloseClientConnections()
		srv.Close()
		stop()
		<-klaar
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(p.Stop)
	return p
}

func (p *Proefhub) Identiteit(o begrip.Organisatie) toegang.Identiteit {
	p.T.Helper()
	cert, sleutel, err := p.CA.Geef(p.CAs, o)
	if err != nil {
		p.T.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(cert, sleutel, p.CA.Pad())
	if err != nil {
		p.T.Fatal(err)
	}
	return id
}

func (p *Proefhub) Als(o begrip.Organisatie) *Beller {
	return &Beller{P: p, o: o, C: p.Identiteit(o).Client(20 * time.Second)}
}

type Beller struct {
	P *Proefhub
	o begrip.Organisatie
	C *http.Client
	// Lezer is who looks and why; nil: a certificate alone. The portal states by
	// itself that the person in the question asks.
	Lezer *toegang.Lezer
}

// AlsWie is als, for somebody who says why.
func (p *Proefhub) AlsWie(o begrip.Organisatie, persoon string, doel begrip.Doel, g begrip.Grondslag) *Beller {
	b := p.Als(o)
	b.Lezer = &toegang.Lezer{Organisatie: o, Persoon: persoon, Naam: "M. " + persoon, Rol: begrip.RolMedewerkerVT, Doel: doel, Grondslag: g}
	return b
}

// verklaring is what goes with a request with this body; empty for none.
func (b *Beller) verklaring(body []byte) string {
	l := b.Lezer
	if l == nil && b.o.Soort == begrip.Burgerportaal {
		l = &toegang.Lezer{Organisatie: b.o, Persoon: "gezin", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15}
		begrip.VindBSN(body, func(van, tot int) { l.Burger, _ = begrip.ParseBSN(string(body[van:tot])) })
		if l.Burger.IsZero() {
			l.Burger, _ = begrip.ParseBSN(Sentinel)
		}
	}
	if l == nil {
		return ""
	}
	v, err := b.P.Identiteit(b.o).Verklaring(*l, OrgHub.OIN, time.Now())
	if err != nil {
		b.P.T.Fatal(err)
	}
	return v
}

type Antwoord struct {
	Status int
	Kop    http.Header
	Body   []byte
}

// Doe sends a request; everything that comes back is checked against our own
// OpenAPI document and searched for the sentinel where it may not be.
func (b *Beller) Doe(methode, pad, typ string, body []byte, accept string) Antwoord {
	b.P.T.Helper()
	r, err := http.NewRequest(methode, b.P.URL+pad, bytes.NewReader(body))
	if err != nil {
		b.P.T.Fatal(err)
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
	resp, err := b.C.Do(r)
	if err != nil {
		b.P.T.Fatal(err)
	}
	defer resp.Body.Close()
	lijf, err := io.ReadAll(resp.Body)
	if err != nil {
		b.P.T.Fatal(err)
	}
	if resp.StatusCode >= 400 && bytes.Contains(lijf, []byte(Sentinel)) {
		b.P.T.Errorf("BSN in an error: %s", lijf)
	}
	volgensContract(b.P.T, r, resp, lijf)
	return Antwoord{resp.StatusCode, resp.Header, lijf}
}

func (b *Beller) Push(evs ...cloudevent.Event) Antwoord {
	b.P.T.Helper()
	if len(evs) == 1 {
		return b.Doe("POST", "/v1/events", cloudevent.TypeEvent, evs[0].Append(nil), "")
	}
	return b.Doe("POST", "/v1/events", cloudevent.TypeBatch, cloudevent.AppendBatch(nil, evs), "")
}

// Aanvaard pushes one event and waits until it is processed.
func (b *Beller) Aanvaard(ev cloudevent.Event) (id string, s antwoord.Status) {
	b.P.T.Helper()
	a := b.Push(ev)
	var in struct{ InteractieID string }
	if a.Status != http.StatusAccepted || json.Unmarshal(a.Body, &in) != nil {
		b.P.T.Fatalf("not accepted: %d %s", a.Status, a.Body)
	}
	return in.InteractieID, b.Klaar(in.InteractieID)
}

func (b *Beller) Klaar(id string) (s antwoord.Status) {
	b.P.T.Helper()
	for eind := time.Now().Add(20 * time.Second); time.Now().Before(eind); time.Sleep(2 * time.Millisecond) {
		a := b.Doe("GET", "/v1/status/"+id, "", nil, "")
		if a.Status != http.StatusOK || json.Unmarshal(a.Body, &s) != nil {
			b.P.T.Fatalf("status of %s: %d %s", id, a.Status, a.Body)
		}
		if s.Status != antwoord.StatusBezig {
			return s
		}
		s = antwoord.Status{}
	}
	b.P.T.Fatalf("%s was never processed", id)
	return s
}

// Zoek asks and gives all found events, page by page.
func (b *Beller) Zoek(pad, vraag string) (uit []cloudevent.Event) {
	b.P.T.Helper()
	id := b.Vraag(pad, vraag)
	plek := "/v1/resultaten/" + id
	for plek != "" {
		a := b.Doe("GET", plek, "", nil, cloudevent.TypeBatch)
		if a.Status != http.StatusOK {
			b.P.T.Fatalf("result: %d %s", a.Status, a.Body)
		}
		evs, err := cloudevent.ParseBatch(a.Body)
		if err != nil && string(bytes.TrimSpace(a.Body)) != "[]" {
			b.P.T.Fatal(err)
		}
		uit = append(uit, evs...)
		plek = ""
		if l := a.Kop.Get("Link"); l != "" {
			plek = l[1:bytes.IndexByte([]byte(l), '>')]
		}
	}
	return uit
}

func (b *Beller) Vraag(pad, vraag string) string {
	b.P.T.Helper()
	a := b.Doe("POST", pad, "application/json", []byte(vraag), "")
	var in struct{ InteractieID string }
	if a.Status != http.StatusAccepted || json.Unmarshal(a.Body, &in) != nil {
		b.P.T.Fatalf("query: %d %s", a.Status, a.Body)
	}
	if s := b.Klaar(in.InteractieID); s.Status != antwoord.StatusOK {
		b.P.T.Fatalf("query is %s", s.Status)
	}
	return in.InteractieID
}

// Melding makes a melding-geregistreerd about the person, as our nodes do.
func Melding(o begrip.Organisatie, bsn string, afgeschermd bool) cloudevent.Event {
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
	return Gebeurtenis(o, cloudevent.MeldingGeregistreerd, "urn:soh:melding:"+id, g)
}

func Gebeurtenis(o begrip.Organisatie, typ, subject string, g prov.Graph) cloudevent.Event {
	return cloudevent.Event{
		ID: uuid.NewString(), Source: o.OIN.Systeem("proef"), Type: typ, Time: time.Now().UTC().Truncate(time.Millisecond), Subject: subject,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD(),
	}
}

// Probeer pushes one event to a hub that may die under it.
func (b *Beller) Probeer(body []byte) (id string, ok bool) {
	resp, err := b.C.Post(b.P.URL+"/v1/events", cloudevent.TypeEvent, bytes.NewReader(body))
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

const OverSentinel = `{"burgerservicenummer":"` + Sentinel + `"}`

// AanVT makes a melding of the police that names Veilig Thuis as its receiver.
func AanVT(bsn string, afgeschermd bool) cloudevent.Event {
	ev := Melding(OrgPolitie, bsn, afgeschermd)
	g, _, err := prov.Lees(ev.Data)
	if err != nil {
		panic(err)
	}
	g.Node(ev.Subject).Ref("soh:aangebodenAan", OrgVT.OIN.URN())
	ev.Data = g.JSONLD()
	return ev
}

func StartDicht(t *testing.T) *Proefhub { return StartIn(t, t.TempDir(), 0, Dicht) }

func (p *Proefhub) Beoordelaar() *Beller {
	return p.AlsWie(OrgVT, "jansen", begrip.DoelBeoordelen, begrip.GrondWmo516)
}

// WieKeek gives what the family reads of looks at the sentinel, its own left out.
func (p *Proefhub) WieKeek() (uit []kijk.Inzage) {
	p.T.Helper()
	a := p.Als(OrgPortaal).Doe("POST", "/v1/inzagen/query", "application/json", []byte(OverSentinel), "")
	var in struct{ Inzagen []kijk.Inzage }
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &in) != nil {
		p.T.Fatalf("%d %s", a.Status, a.Body)
	}
	return slices.DeleteFunc(in.Inzagen, func(i kijk.Inzage) bool { return i.Eigen })
}

// GeenLeesbareBlik reads every entry of the log.
func (p *Proefhub) GeenLeesbareBlik(geheim ...string) {
	p.T.Helper()
	regels := 0
	for seq := uint64(1); seq <= p.Hub.Log.Laatste(); seq++ {
		b, err := p.Hub.Log.Blok(p.T.Context(), seq)
		if err != nil {
			p.T.Fatal(err)
		}
		for _, e := range b.Entries {
			if len(e) > 0 && e[0] == kijk.Begin {
				regels++
			}
			for _, g := range geheim {
				if bytes.Contains(e, []byte(g)) {
					p.T.Errorf("the log holds %q", g)
				}
			}
		}
	}
	if regels == 0 {
		p.T.Error("no look is in the log")
	}
}

// ZonderCertificaat asks as anyone on the internet can.
func (p *Proefhub) ZonderCertificaat(methode, pad string) Antwoord {
	p.T.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.Identiteit(OrgPolitie).Roots}}
	defer tr.CloseIdleConnections()
	r, err := http.NewRequestWithContext(context.Background(), methode, p.URL+pad, strings.NewReader("{}"))
	if err != nil {
		p.T.Fatal(err)
	}
	resp, err := (&http.Client{Transport: tr, Timeout: time.Minute}).Do(r)
	if err != nil {
		p.T.Fatal(err)
	}
	defer resp.Body.Close()
	lijf, err := io.ReadAll(resp.Body)
	if err != nil {
		p.T.Fatal(err)
	}
	return Antwoord{resp.StatusCode, resp.Header, lijf}
}

// Rond waits for a condition; the deadline only guards against hanging.
func Rond(t *testing.T, wat string, f func() bool) {
	t.Helper()
	for eind := time.Now().Add(time.Minute); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(eind) {
			t.Fatalf("%s: did not happen in time", wat)
		}
	}
}

func (b *Beller) JSON(methode, pad string, v any, status int) []byte {
	b.P.T.Helper()
	lijf, err := json.Marshal(v)
	if err != nil {
		b.P.T.Fatal(err)
	}
	if v == nil {
		lijf = nil
	}
	a := b.Doe(methode, pad, "application/json", lijf, "")
	if a.Status != status {
		b.P.T.Fatalf("%s %s: %d, want %d: %s", methode, pad, a.Status, status, a.Body)
	}
	return a.Body
}

// BiedAan offers an event once. loopt is false when nobody answers any more; id
// is empty when it was not taken, as while the hub starts.
func (b *Beller) BiedAan(body []byte) (id string, loopt bool) {
	resp, err := b.C.Post(b.P.URL+"/v1/events", cloudevent.TypeEvent, bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	defer resp.Body.Close()
	var in struct{ InteractieID string }
	if json.NewDecoder(resp.Body).Decode(&in) != nil || resp.StatusCode != http.StatusAccepted {
		return "", true
	}
	return in.InteractieID, true
}

var (
	OrgAnderVT = begrip.Organisatie{OIN: "00000001000000005000", Naam: "Veilig Thuis Elders", Soort: begrip.VeiligThuis}
	OrgSchool  = begrip.Organisatie{OIN: "00000001000000006000", Naam: "School", Soort: begrip.School}
)

// OverRecord makes an event of typ about someone's record, fit for every schema.
func OverRecord(o begrip.Organisatie, typ, record string, handelt begrip.Organisatie) cloudevent.Event {
	var g prov.Graph
	act := "urn:soh:activiteit:" + uuid.NewString()
	g.Node(record, prov.Entity, "soh:Melding", "soh:Verrijkingsverzoek", "soh:Verrijking", "soh:UitkomstOverleg", "soh:Wegwijzer", "soh:Verwerkingenlog").Set("soh:identifier", record)
	g.Node(act, prov.Activity, "soh:RegistrerenMelding", "soh:InzienMelding", "soh:VragenBekendheid", "soh:VerstrekkenBekendheid", "soh:WeigerenBekendheid",
		"soh:BeschikbaarStellenVerrijking").Set("soh:tijdstip", "2026-11-23T09:00:00Z").Ref("prov:used", record).Ref("prov:wasAssociatedWith", handelt.OIN.URN())
	g.Node(handelt.OIN.URN(), prov.Agent, "soh:Organisatie")
	return Gebeurtenis(o, typ, record, g)
}

// Telt pushes an event and tells whether it came to count.
func (b *Beller) Telt(ev cloudevent.Event) bool {
	b.P.T.Helper()
	a := b.Push(ev)
	if a.Status == http.StatusForbidden {
		return false
	}
	var in struct{ InteractieID string }
	if a.Status != http.StatusAccepted || json.Unmarshal(a.Body, &in) != nil {
		b.P.T.Fatalf("%s: %d %s", ev.Type, a.Status, a.Body)
	}
	return b.Klaar(in.InteractieID).Status == antwoord.StatusOK
}

func (p *Proefhub) Erbij(os ...begrip.Organisatie) {
	p.T.Helper()
	for _, o := range os {
		p.Als(OrgHub).Stuur("POST", "/v1/deelnemers", register.Deelnemer{Organisatie: o, API: "https://" + string(o.OIN) + ".example"}, 201)
	}
}

func (b *Beller) Tijdlijn(vraag string) (t antwoord.Tijdlijn, rauw []byte) {
	b.P.T.Helper()
	a := b.Doe("GET", "/v1/resultaten/"+b.Vraag("/v1/tijdlijnen/query", vraag), "", nil, "application/json")
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &t) != nil {
		b.P.T.Fatalf("timeline: %d %s", a.Status, a.Body)
	}
	return t, a.Body
}

const Zoekpad = "/v1/gebeurtenissen/query"

// Bladzij fetches one page as a list; volgende is the path of the next.
func (b *Beller) Bladzij(pad string) (ids []string, volgende string) {
	b.P.T.Helper()
	a := b.Doe("GET", pad, "", nil, cloudevent.TypeBatch)
	var evs []struct{ ID string }
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &evs) != nil {
		b.P.T.Fatalf("%s: %d %s", pad, a.Status, a.Body)
	}
	for _, e := range evs {
		ids = append(ids, e.ID)
	}
	volgende, _, _ = strings.Cut(strings.TrimPrefix(a.Kop.Get("Link"), "<"), ">")
	return ids, volgende
}
