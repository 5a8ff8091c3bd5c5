package aanval

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/demo"
	"github.com/handbereik/soh/internal/demo/bezoeker"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/toegang"
)

// netwerk is a running demo and what an attacker needs of it: the authority, so that
// any organisation can get a certificate.
type netwerk struct {
	*demo.Demo
	ca *toegang.CA
}

var (
	gedeeld     *netwerk
	gedeeldFout error
	gedeeldEens sync.Once
)

func TestMain(m *testing.M) {
	code := m.Run()
	if gedeeld != nil {
		if err := gedeeld.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
		_ = os.RemoveAll(gedeeld.Dir())
	}
	os.Exit(code)
}

// deNetwerk gives the network that all tests share.
func deNetwerk(t *testing.T) *netwerk {
	t.Helper()
	gedeeldEens.Do(func() {
		dir, err := os.MkdirTemp("", "soh-aanval-")
		if err == nil {
			gedeeld, err = start(dir)
		}
		gedeeldFout = err
	})
	if gedeeldFout != nil {
		t.Fatal(gedeeldFout)
	}
	return gedeeld
}

func start(dir string) (*netwerk, error) {
	d, err := demo.Start(context.Background(), demo.Config{Addr: "127.0.0.1:0", Dir: dir, Peilen: time.Minute, Personen: tweelingen.personen()})
	if err != nil {
		return nil, err
	}
	n := &netwerk{Demo: d}
	for !d.Gereed() {
		time.Sleep(50 * time.Millisecond)
	}
	if err := d.Verhaal(); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	n.ca, err = toegang.NieuweCA(filepath.Join(dir, "pki"))
	return n, err
}

// partij is one organisation with its certificate: it can ask anything of anybody.
type partij struct {
	begrip.Organisatie
	id     toegang.Identiteit
	client *http.Client
	API    string // of its node, ending in /v1; empty when it has none
	Hub    string // of the hub, without /v1
	HubOIN begrip.OIN
}

// lid gives a deelnemer of the demo by its short name, "hub" or "portaal".
func (n *netwerk) lid(t *testing.T, kort string) *partij {
	t.Helper()
	l := n.Lijst()
	if kort == "hub" {
		return n.partij(t, begrip.Organisatie{OIN: l.Hub.OIN, Naam: "Ketenbeheer Voorbeeld", Soort: begrip.Ketenbeheerder}, "")
	}
	if kort == "portaal" {
		return n.partij(t, begrip.Organisatie{OIN: l.Portaal.OIN, Naam: "Portaal Samen Onder Handbereik", Soort: begrip.Burgerportaal}, "")
	}
	i := slices.IndexFunc(l.Deelnemers, func(d demo.LijstDeelnemer) bool { return d.Kort == kort })
	if i < 0 {
		t.Fatalf("the demo has no deelnemer %q", kort)
	}
	d := l.Deelnemers[i]
	return n.partij(t, begrip.Organisatie{OIN: d.OIN, Naam: d.Naam, Soort: d.Soort}, d.API)
}

// partij gives the organisation with the certificate that the network's authority
// gives it: the one it has, or a new one.
func (n *netwerk) partij(t *testing.T, o begrip.Organisatie, api string) *partij {
	t.Helper()
	cert, key, err := n.ca.Geef(filepath.Join(n.Dir(), "pki", "aanval"), o)
	if err != nil {
		t.Fatal(err)
	}
	id, err := toegang.LaadIdentiteit(cert, key, n.ca.Pad())
	if err != nil {
		t.Fatal(err)
	}
	id.Organisatie = o
	l := n.Lijst()
	return &partij{Organisatie: o, id: id, client: id.Client(20 * time.Second), API: api, Hub: l.Hub.URL, HubOIN: l.Hub.OIN}
}

var volgnummer atomic.Int64

// nieuw lets an organisation of this kind join, with a node of the attacker's own
// making: h answers whatever it likes at the registered address (nil: it has no node).
func (n *netwerk) nieuw(t *testing.T, soort begrip.OrganisatieSoort, h http.Handler) *partij {
	t.Helper()
	nr := 5000 + volgnummer.Add(1)
	o := begrip.Organisatie{OIN: begrip.OIN(fmt.Sprintf("0000000499900%04d000", nr)), Naam: fmt.Sprintf("%s Aanval %d", soort.Naam(), nr), Soort: soort}
	p := n.partij(t, o, "")
	if h != nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: h, TLSConfig: p.id.ServerTLS(), ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = srv.ServeTLS(l, "", "") }()
		t.Cleanup(func() { _ = srv.Close() })
		p.API = "https://" + l.Addr().String() + "/v1"
	}
	hub := n.lid(t, "hub")
	hub.vraag(t, "POST", hub.Hub+"/v1/deelnemers", register.Deelnemer{Organisatie: o, API: p.API}).wil(t, http.StatusCreated)
	n.overal(t, p, true)
	return p
}

// overal waits until every node has heard that p takes part, or no longer does: each
// has its own copy of the register.
func (n *netwerk) overal(t *testing.T, p *partij, doetMee bool) {
	t.Helper()
	for _, d := range n.Lijst().Deelnemers {
		wacht(t, func() string {
			l := toegang.Lezer{Persoon: "proef", Naam: "Proef", Rol: begrip.RolSysteem, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
			a := p.vraag(t, "GET", d.API+"/meldingen/00000000-0000-4000-8000-000000000000", nil, p.als(t, d.OIN, l)...)
			if (a.Status == http.StatusNotFound) != doetMee {
				return fmt.Sprintf("%s does not know yet: %d %s", d.Naam, a.Status, a.Body)
			}
			return ""
		})
	}
}

// antwoord is what came back.
type antwoord struct {
	Status int
	Body   string
	Kop    http.Header
}

// wil fails unless the status is this one.
func (a antwoord) wil(t *testing.T, status int) antwoord {
	t.Helper()
	if a.Status != status {
		t.Fatalf("got %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// lees puts the JSON of the answer in v.
func (a antwoord) lees(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), v); err != nil {
		t.Fatalf("%v: %s", err, a.Body)
	}
}

// vraag does one call with the certificate of p. body is nil, a string, bytes, or
// something to marshal; kop are names and values of headers.
func (p *partij) vraag(t *testing.T, methode, adres string, body any, kop ...string) antwoord {
	t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case []byte:
		in = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(j)
	}
	r, err := http.NewRequestWithContext(t.Context(), methode, adres, in)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(kop); i += 2 {
		r.Header.Set(kop[i], kop[i+1])
	}
	resp, err := p.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return antwoord{resp.StatusCode, string(b), resp.Header}
}

// als gives the header with which p states who looks and why, to aan.
func (p *partij) als(t *testing.T, aan begrip.OIN, l toegang.Lezer) []string {
	t.Helper()
	l.Organisatie = p.Organisatie
	v, err := p.id.Verklaring(l, aan, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return []string{"Authorization", "Bearer " + v}
}

// zeg offers one event to the hub.
func (p *partij) zeg(t *testing.T, ev cloudevent.Event) antwoord {
	t.Helper()
	return p.vraag(t, "POST", p.Hub+"/v1/events", ev.Append(nil), "Content-Type", cloudevent.TypeEvent)
}

// binnen signs a person of the demo in at a werkplek ("politie") or the portal.
func (n *netwerk) binnen(t *testing.T, kort, persoon string) *bezoeker.Bezoeker {
	t.Helper()
	b, err := bezoeker.Nieuw()
	if err != nil {
		t.Fatal(err)
	}
	l := n.Lijst()
	adres := l.Portaal.URL
	for _, d := range l.Deelnemers {
		if d.Kort == kort {
			adres = d.Werkplek
		}
	}
	if err := b.Inloggen(t.Context(), adres+"/aanmelden", persoon); err != nil {
		t.Fatal(err)
	}
	return b
}

// persoon is somebody a melding is about, with what a test wants otherwise.
func persoon(b begrip.BSN, naam string, anders map[string]any) map[string]any {
	p := map[string]any{
		"burgerservicenummer": b.Leesbaar(), "geslacht": "2", "geboortedatum": "1988-04-03", "rolInGezin": "ouder",
		"naam":  map[string]any{"voornamen": naam, "geslachtsnaam": "Aanval"},
		"adres": map[string]any{"straatnaam": "Proefstraat", "huisnummer": 1, "postcode": "1234 AB", "plaats": "Voorbeeldstad"},
	}
	maps.Copy(p, anders)
	return p
}

// gemeld is a melding as the melder's own system gets it back.
type gemeld struct{ ID, URL, Zaak string }

// meld lets p, a deelnemer of the demo, do a melding at its own node about personen.
func (p *partij) meld(t *testing.T, anders map[string]any, personen ...map[string]any) gemeld {
	t.Helper()
	m := map[string]any{
		"soort": "VT", "datumTijd": time.Now().UTC().Format(time.RFC3339), "terugkoppelingGewenst": true, "heeftBetrekkingOp": personen,
		"verzoek":            "Wilt u onderzoeken of het thuis veilig is?",
		"zorgelijkeSituatie": map[string]any{"situatieSchets": "Er werd hard geschreeuwd.", "nadereOmschrijving": "Dit gebeurt vaker."},
		"contact":            map[string]any{"naam": "Noor Hendriks", "emailAdres": "noor.hendriks@politie.voorbeeld.nl", "telefoonnummer": "0900 123 45 67"},
	}
	maps.Copy(m, anders)
	a := p.vraag(t, "POST", p.API+"/meldingen", m).wil(t, http.StatusCreated)
	var uit gemeld
	a.lees(t, &uit)
	uit.URL = a.Kop.Get("Location")
	return uit
}

var bsnTeller atomic.Int64

// bsn gives a burgerservicenummer that no other test uses: it passes the eleven-test
// and is given to nobody.
func bsn() begrip.BSN {
	for {
		if b, err := begrip.ParseBSN(fmt.Sprintf("9998%05d", bsnTeller.Add(1))); err == nil {
			return b
		}
	}
}

// wacht tries until f gives no text, for at most twenty seconds.
func wacht(t *testing.T, f func() string) {
	t.Helper()
	tot := time.Now().Add(20 * time.Second)
	for {
		s := f()
		if s == "" {
			return
		}
		if time.Now().After(tot) {
			t.Fatal(s)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// nergensIn fails when one of the sentinels stands in a log file of the network.
func (n *netwerk) nergensIn(t *testing.T, sentinels ...string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(n.Dir(), "log"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		for _, s := range sentinels {
			if i := bytes.Index(b, []byte(s)); i >= 0 {
				t.Errorf("%s holds a sentinel: …%s…", filepath.Base(p), b[max(0, i-60):min(len(b), i+20)])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
