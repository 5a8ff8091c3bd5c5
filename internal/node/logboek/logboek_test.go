package logboek

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
)

var (
	org   = begrip.Organisatie{OIN: "00000001234567890000", Naam: "Politie Oost"}
	ander = begrip.OIN("00000001234567891000")
	kind  = begrip.MustBSN("999993653")
	ouder = begrip.MustBSN("999990019")
)

func open(t *testing.T, pad string) *dossier.Store {
	t.Helper()
	d, err := dossier.Open(pad)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func kijk(t *testing.T, d *dossier.Store, anders func(*dossier.Logregel)) dossier.Logregel {
	t.Helper()
	l := dossier.Logregel{
		ID: uuid.Must(uuid.NewV7()).String(), Tijdstip: time.Now().UTC(), Richting: dossier.Gegeven, LezerOIN: ander, LezerOrganisatie: "Veilig Thuis", Persoon: "m.jansen",
		Naam: "Marieke Jansen", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Bron: org.OIN,
		Soort: "melding", RecordID: "x", Niveau: 2, Toegestaan: true, Betrokkenen: []begrip.BSN{kind, ouder}, TraceID: strings.Repeat("ab", 16),
	}
	if anders != nil {
		anders(&l)
	}
	if err := d.Log(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l
}

// collector is a real HTTP receiver of OTLP that can be out of order.
type collector struct {
	*httptest.Server
	spans    []*trace.Span
	ruw      strings.Builder
	status   int
	antwoord []byte
}

func nieuweCollector(t *testing.T) *collector {
	c := &collector{status: 200}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var d trace.TracesData
		if err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" || proto.Unmarshal(b, &d) != nil {
			t.Errorf("no OTLP came in: %v", err)
		}
		if c.status == 200 && len(c.antwoord) == 0 {
			c.ruw.Write(b)
			for _, rs := range d.ResourceSpans {
				for _, ss := range rs.ScopeSpans {
					c.spans = append(c.spans, ss.Spans...)
				}
			}
		}
		w.WriteHeader(c.status)
		_, _ = w.Write(c.antwoord)
	}))
	t.Cleanup(c.Close)
	return c
}

func uitvoer(c *collector, d *dossier.Store) *Uitvoer {
	return &Uitvoer{Adres: c.URL + "/v1/traces", Register: "https://register.example/", Sleutel: make([]byte, 32), Organisatie: org, Dossier: d, Log: slog.New(slog.DiscardHandler)}
}

func attr(s *trace.Span, naam string) string {
	for _, a := range s.Attributes {
		if a.Key == naam {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

func TestElkeRegelWordtPerPersoonEenSpan(t *testing.T) {
	d, c := open(t, filepath.Join(t.TempDir(), "d.db")), nieuweCollector(t)
	u := uitvoer(c, d)
	kijk(t, d, nil)
	kijk(t, d, func(l *dossier.Logregel) { l.Toegestaan, l.Betrokkenen, l.TraceID = false, nil, "" })
	kijk(t, d, func(l *dossier.Logregel) { l.Richting, l.LezerOIN, l.Bron = dossier.Bekeken, org.OIN, ander })
	kijk(t, d, func(l *dossier.Logregel) {
		l.Richting, l.LezerOIN, l.Bron, l.BronAfgeschermd = dossier.Bekeken, org.OIN, ander, true
	})
	if n, err := u.Stuur(t.Context()); n != 4 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	if len(c.spans) != 7 {
		t.Fatalf("%d spans", len(c.spans))
	}
	s := c.spans[0]
	if s.Status.Code != trace.Status_STATUS_CODE_OK || len(s.TraceId) != 16 || attr(s, attrActiviteit) != "https://register.example/beoordelen-melding" || attr(s, attrSoort) != "BSN" || attr(s, attrVerwerker) != ander.URN() {
		t.Errorf("%v", s)
	}
	if b, err := Ontsleutel(u.Sleutel, attr(s, attrPersoon)); err != nil || b != kind {
		t.Errorf("the key's owner reads %v (%v)", b, err)
	}
	if attr(c.spans[0], attrPersoon) == attr(c.spans[1], attrPersoon) || attr(c.spans[0], attrPersoon) != attr(c.spans[3], attrPersoon) {
		t.Error("the same person is the same text, another one another")
	}
	if _, err := Ontsleutel([]byte(strings.Repeat("x", 32)), attr(s, attrPersoon)); err == nil {
		t.Error("another key reads it")
	}
	if w := c.spans[2]; w.Status.Code != trace.Status_STATUS_CODE_OK || attr(w, "soh.toegestaan") != "false" || attr(w, attrPersoon) != "" {
		t.Errorf("a refusal: %v", w)
	}
	if attr(c.spans[5], attrVerwerker) != "" {
		t.Error("a shielded source is named")
	}
	for _, geheim := range []string{kind.Leesbaar(), ouder.Leesbaar(), "Marieke", "m.jansen"} {
		if strings.Contains(c.ruw.String(), geheim) {
			t.Errorf("%q went out", geheim)
		}
	}
}

// An outage loses nothing; a restart repeats nothing that was taken.
func TestUitvoerGaatVerderWaarHijWas(t *testing.T) {
	d, c := open(t, filepath.Join(t.TempDir(), "d.db")), nieuweCollector(t)
	u := uitvoer(c, d)
	kijk(t, d, nil)
	for naam, stuk := range map[string]func(){
		"503":              func() { c.status = 503 },
		"deels aangenomen": func() { c.status, c.antwoord = 200, []byte{0x0a, 0x02, 0x08, 0x01} },
		"doorverwijzing":   func() { c.status, c.antwoord = 302, nil },
	} {
		stuk()
		if _, err := u.Stuur(t.Context()); err == nil {
			t.Errorf("%s: taken as delivered", naam)
		}
	}
	c.status, c.antwoord = 200, nil
	if n, err := u.Stuur(t.Context()); n != 1 || err != nil || len(c.spans) != 2 {
		t.Fatalf("%d %v, %d spans", n, err, len(c.spans))
	}
	u = uitvoer(c, d)
	kijk(t, d, nil)
	if n, err := u.Stuur(t.Context()); n != 1 || err != nil || len(c.spans) != 4 {
		t.Errorf("after a restart: %d %v, %d spans", n, err, len(c.spans))
	}
}

func ankersVan(t *testing.T, d *dossier.Store) []cloudevent.Event {
	t.Helper()
	var uit []cloudevent.Event
	for {
		b, ok, err := d.Volgende(t.Context(), gebeurtenis.Hub)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return uit
		}
		if err := d.IsBezorgd(t.Context(), b.Nr); err != nil {
			t.Fatal(err)
		}
		ev, err := cloudevent.Parse(b.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b.Body), kind.Leesbaar()) {
			t.Error("a BSN in an anchor")
		}
		uit = append(uit, ev)
	}
}

// Who changes or cuts the log after an anchor is found out, even with a chain
// that fits in itself.
func TestVerankerdLogIsNietMeerTeWijzigen(t *testing.T) {
	pad := filepath.Join(t.TempDir(), "d.db")
	d := open(t, pad)
	a := &Anker{Organisatie: org, Systeem: org.OIN.Systeem("soh"), Dossier: d, Log: slog.New(slog.DiscardHandler)}
	if gelegd, err := a.Leg(t.Context()); gelegd || err != nil {
		t.Errorf("an empty log: %v %v", gelegd, err)
	}
	kijk(t, d, nil)
	kijk(t, d, nil)
	for i, wil := range []bool{true, false} {
		if gelegd, err := a.Leg(t.Context()); gelegd != wil || err != nil {
			t.Errorf("time %d: %v %v", i, gelegd, err)
		}
	}
	kijk(t, d, nil)
	if gelegd, err := a.Leg(t.Context()); !gelegd || err != nil {
		t.Fatal(gelegd, err)
	}
	ankers, err := Ankers(org.OIN, ankersVan(t, d))
	if err != nil || len(ankers) != 2 {
		t.Fatalf("%v %v", ankers, err)
	}
	if n, _, err := d.VerifieerMet(t.Context(), ankers); err != nil || n != 3 {
		t.Errorf("untouched: %d %v", n, err)
	}
	knoei(t, pad, `DELETE FROM verwerking_persoon WHERE nr = 3`, `DELETE FROM verwerking WHERE nr = 3`)
	if _, _, err := d.Verifieer(context.Background()); err != nil {
		t.Fatalf("cut at the end, the chain itself holds: %v", err)
	}
	if _, _, err := d.VerifieerMet(t.Context(), ankers); err == nil {
		t.Error("the cut was not found out")
	}
	ankers = map[int64][sha256.Size]byte{2: {1}}
	if _, _, err := d.VerifieerMet(t.Context(), ankers); err == nil {
		t.Error("another hash was not found out")
	}
}

func knoei(t *testing.T, pad string, q ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", pad)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range q {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnkersVanAnderenTellenNiet(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "d.db"))
	kijk(t, d, nil)
	a := &Anker{Organisatie: org, Systeem: org.OIN.Systeem("soh"), Dossier: d, Log: slog.New(slog.DiscardHandler)}
	if _, err := a.Leg(t.Context()); err != nil {
		t.Fatal(err)
	}
	evs := ankersVan(t, d)
	vals := evs[0]
	vals.Source = ander.Systeem("soh")
	if m, err := Ankers(org.OIN, []cloudevent.Event{vals}); err != nil || len(m) != 0 {
		t.Errorf("from another sender: %v %v", m, err)
	}
	tweede := evs[0]
	tweede.Data = []byte(strings.Replace(string(evs[0].Data), termHash+`":"`, termHash+`":"0`, 1))
	if _, err := Ankers(org.OIN, []cloudevent.Event{evs[0], tweede}); err == nil {
		t.Error("an unreadable anchor was taken")
	}
}
