package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	nodegebeurtenis "github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// nephub speaks the query API of the hub, and can be told to fail.
type nephub struct {
	n           *net
	deelnemers  []functie.Deelnemer
	events      []string // one JSON event each
	wegwijzers  []string // of the sources, see bron
	status      string
	rauw        string // in place of the result
	traag       time.Duration
	registerWeg bool
	paginas     int
}

func (h *nephub) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/deelnemers", func(w http.ResponseWriter, _ *http.Request) {
		if h.registerWeg {
			http.Error(w, "weg", http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"deelnemers": h.deelnemers})
	})
	mux.HandleFunc("POST /v1/gebeurtenissen/query", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(b), `"`+ouder.Leesbaar()+`"`) {
			h.n.t.Errorf("de hub kreeg een andere vraag: %d bytes", len(b))
		}
		time.Sleep(h.traag)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"interactieId":"urn:uuid:0190"}`)
	})
	mux.HandleFunc("GET /v1/status/{id}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"status":%q}`, h.status)
	})
	mux.HandleFunc("GET /v1/resultaten/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != cloudevent.TypeBatch {
			h.n.t.Errorf("Accept %q", r.Header.Get("Accept"))
		}
		if h.rauw != "" {
			_, _ = io.WriteString(w, h.rauw)
			return
		}
		if h.paginas > 0 {
			h.paginas--
			w.Header().Set("Link", `</v1/resultaten/urn:uuid:0190?cursor=1z>; rel="next"`)
			_, _ = io.WriteString(w, `[]`)
			return
		}
		_, _ = io.WriteString(w, "["+strings.Join(append(slices.Clone(h.events), h.wegwijzers...), ",")+"]")
	})
	return mux
}

// nepNet is a portal with a hub and sources that misbehave as told.
func nepNet(t *testing.T) (*net, *nephub) {
	t.Helper()
	n := leegNet(t)
	h := &nephub{n: n, status: "OK", deelnemers: []functie.Deelnemer{{Organisatie: portaal}, {Organisatie: keten}}}
	n.hub = n.luister(keten, h.handler())
	n.open(toegang.AanmeldConfig{})
	n.portaal.wacht = 1500 * time.Millisecond
	return n, h
}

// bron adds a source that answers with f, and to which the Ketenindex points.
func (n *net) bron(h *nephub, o begrip.Organisatie, f http.HandlerFunc) {
	wijst := nodegebeurtenis.Wegwijzer(o.OIN, o.OIN.Systeem("soh"), ouder)
	h.wegwijzers = append(h.wegwijzers, string(wijst.Append(nil)))
	n.vreemde(h, o, f)
}

// vreemde adds a deelnemer that has nothing to do with the person.
func (n *net) vreemde(h *nephub, o begrip.Organisatie, f http.HandlerFunc) {
	s := n.luister(o, f)
	h.deelnemers = append(h.deelnemers, functie.Deelnemer{Organisatie: o, API: s.URL + "/v1"})
}

func antwoord(g inzage.Gezinsbeeld) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(g) }
}

func deel(o begrip.Organisatie, titel string) inzage.Gezinsbeeld {
	return inzage.Gezinsbeeld{Organisatie: o, Delen: []inzage.Deel{{Soort: "x", ID: "1", Titel: titel, Tekst: "Meer weten? Bel ons.", Tijdstip: time.Now()}}}
}

// gebeurd makes an event of o, as our nodes do.
func event(o begrip.Organisatie, typ string, afgeschermd bool) string {
	id := uuid.NewString()
	var g prov.Graph
	e := g.Node("urn:soh:melding:"+id, prov.Entity, "soh:Melding").Set("soh:identifier", id).Ref("soh:zaak", "urn:soh:zaak:1")
	if afgeschermd {
		e.Set(prov.BronAfgeschermd, "true")
	}
	g.Node("urn:soh:activiteit:"+id, prov.Activity, "soh:RegistrerenMelding").Set("soh:tijdstip", "2026-11-23T09:00:00Z").Ref("prov:wasAssociatedWith", o.OIN.URN())
	g.Node(o.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", o.Naam)
	ev := cloudevent.Event{ID: id, Source: o.OIN.Systeem("soh"), Type: typ, Time: time.Now().UTC(), Subject: "urn:soh:melding:" + id,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD()}
	return string(ev.Append(nil))
}

// TestBronnenDieHaperen: slow, dead, refusing, talking nonsense, too much, or
// someone else at the address. That somebody is silent is told, not who; the good one is shown; the page
// comes in time.
func TestBronnenDieHaperen(t *testing.T) {
	n, h := nepNet(t)
	org := func(i int, naam string) begrip.Organisatie {
		return begrip.Organisatie{OIN: begrip.OIN(fmt.Sprintf("000000012345680%02d000", i)), Naam: naam, Soort: begrip.Gemeente}
	}
	goed := org(1, "Goede Gemeente")
	n.bron(h, goed, antwoord(deel(goed, "Wij kennen u")))
	los := make(chan struct{})
	defer close(los)
	n.bron(h, org(2, "Trage Gemeente"), func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-los:
		case <-r.Context().Done():
		}
	})
	n.bron(h, org(3, "Dode Gemeente"), nil)
	h.deelnemers[len(h.deelnemers)-1].API = "https://127.0.0.1:1/v1"
	n.bron(h, org(4, "Weigergemeente"), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	n.bron(h, org(5, "Warrige Gemeente"), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>kapot") })
	n.bron(h, org(6, "Veelpratende Gemeente"), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"delen":[{"titel":"`+strings.Repeat("x", maxAntwoord)+`"}]}`)
	})
	anders := org(7, "Verhuisde Gemeente")
	n.bron(h, org(8, "Andere Gemeente"), antwoord(deel(anders, "Niet van hier")))
	h.deelnemers[len(h.deelnemers)-1].Organisatie = anders // the certificate there is of another
	n.bron(h, org(9, "Liegende Gemeente"), antwoord(deel(goed, "Onder valse vlag")))
	h.events = []string{event(begrip.Organisatie{OIN: "00000001234569999000", Naam: "Vertrokken Gemeente"}, cloudevent.MeldingGeregistreerd, false)}

	begin := time.Now()
	s := n.leesPagina(ouder, "/overzicht")
	if d := time.Since(begin); d > 10*time.Second {
		t.Errorf("de pagina kwam na %s", d)
	}
	niet := []string{"Goede Gemeente antwoordt nu niet", "Niet van hier", "Onder valse vlag", "Er keek nog niemand", "Namen en telefoonnummers"}
	// that one of these is asked tells that it has something
	niet = append(niet, "Trage", "Dode", "Weigergemeente", "Warrige", "Veelpratende", "Verhuisde", "Andere", "Liegende", "Vertrokken")
	moet(t, s, []string{"Wij kennen u", "Goede Gemeente", "Een organisatie antwoordt nu niet.", "Een organisatie die niet meer meedoet antwoordt nu niet."}, niet)
	moet(t, n.leesPagina(ouder, "/wie-keek"), []string{"Een organisatie antwoordt nu niet.", "Wij zien nu niet wie er keek"}, niet)
	n.geenBSN()
}

// TestHubDieHapert: the page stands, says what is missing, and asks the
// sources that the Ketenindex pointed to before; none when it never did.
func TestHubDieHapert(t *testing.T) {
	gevallen := map[string]func(n *net, h *nephub){
		"dood":            func(n *net, _ *nephub) { n.hub.CloseClientConnections(); n.hub.Close() },
		"traag":           func(_ *net, h *nephub) { h.traag = 4 * time.Second },
		"nooit klaar":     func(_ *net, h *nephub) { h.status = "IN_PROGRESS" },
		"fout":            func(_ *net, h *nephub) { h.status = "ERROR" },
		"onzin":           func(_ *net, h *nephub) { h.rauw = "<html>" },
		"een ander ding":  func(_ *net, h *nephub) { h.rauw = `{"events":[]}` },
		"afgebroken JSON": func(_ *net, h *nephub) { h.rauw = `[{"specversion":"1.0"` },
	}
	for naam, stoor := range gevallen {
		t.Run(naam, func(t *testing.T) {
			t.Parallel()
			n, h := nepNet(t)
			n.bron(h, vt, antwoord(deel(vt, "Wij kennen u")))
			h.events = []string{event(vt, cloudevent.MeldingOpgepakt, false)}
			moet(t, n.leesPagina(ouder, "/overzicht"), []string{"De melding wordt beoordeeld", "Wij kennen u"}, []string{"De tijdlijn kunnen wij nu niet"})
			stoor(n, h)
			moet(t, n.leesPagina(ouder, "/overzicht"), []string{"De tijdlijn kunnen wij nu niet laten zien.", "Wij kennen u", "Wat er is gebeurd, kunnen wij nu niet laten zien."},
				[]string{"In de tijdlijn staat nog niets", "Veilig Thuis Oost antwoordt nu niet", "Wij vonden geen meldingen"})
			n.web.Close() // a restart forgets where the Ketenindex pointed, and asks nobody
			n.open(toegang.AanmeldConfig{})
			n.portaal.wacht = 1500 * time.Millisecond
			h.registerWeg = true
			moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Daarom weten wij nu niet welke organisaties u kennen."}, []string{"Wij kennen u", "Wij weten nu niet welke organisaties er zijn", "Wij vonden geen meldingen"})
			n.geenBSN()
		})
	}
}

// TestZonderRegister: nothing is known yet, and that is what the page says.
func TestZonderRegister(t *testing.T) {
	n, h := nepNet(t)
	h.registerWeg = true
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Wij weten nu niet welke organisaties er zijn.", "Wij kunnen nu niet alles zien"}, []string{"Er is nu niemand betrokken", "Er keek nog niemand"})
}

// TestGebeurtenissenDieNiemandKent: an unknown type gets a neutral text, an
// unreadable event is reported, a shielded one the hub forgot is shielded here.
func TestGebeurtenissenDieNiemandKent(t *testing.T) {
	n, h := nepNet(t)
	h.events = []string{
		event(ggz, "nl.jzv.nazorg.nazorg-gestart", false),
		event(school, cloudevent.MeldingGeregistreerd, true), event(school, "nl.jzv.nazorg.nazorg-gestart", true),
	}
	h.deelnemers = append(h.deelnemers, functie.Deelnemer{Organisatie: ggz}, functie.Deelnemer{Organisatie: school})
	h.paginas = 2
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Er is iets vastgelegd door GGZ Oost", "Iemand heeft zorgen gemeld", "Er is iets vastgelegd Wij mogen niet zeggen door wie."},
		[]string{"Geheim", "{bron}", "antwoordt nu niet"})
	moet(t, n.leesPagina(ouder, "/overzicht?taal=en"), []string{"Something was recorded by GGZ Oost", "Someone reported worries"}, []string{"Geheim"})
	h.events = append(h.events, `{"specversion":"1.0","id":"kapot"}`) // who was meant, nobody knows: nothing may tell a place
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"De tijdlijn is niet compleet.", "Namen en telefoonnummers kunnen wij nu niet laten zien."}, []string{"GGZ Oost", "Geheim"})
}

// TestWieNietsMetUTeMakenHeeftHoortNiets: in a network of any size no page, choice, code or
// answer of the Ketenindex lets the portal ask a node that it does not point to; also
// not while the Ketenindex is silent.
func TestWieNietsMetUTeMakenHeeftHoortNiets(t *testing.T) {
	for _, meer := range []int{0, 30} {
		n, h := nepNet(t)
		var wel, niet atomic.Int32
		n.bron(h, vt, func(w http.ResponseWriter, r *http.Request) { wel.Add(1); antwoord(deel(vt, "Wij kennen u"))(w, r) })
		n.vreemde(h, ggz, func(w http.ResponseWriter, r *http.Request) { niet.Add(1); antwoord(deel(ggz, "Wij ook"))(w, r) })
		for i := range meer {
			h.deelnemers = append(h.deelnemers, functie.Deelnemer{Organisatie: begrip.Organisatie{OIN: begrip.OIN(fmt.Sprintf("000000012345690%02d000", i)), Naam: "Org", Soort: begrip.Overig}})
		}
		paginas := []string{"/overzicht", "/wie-keek", "/mijn-keuzes", "/meekijken", "/voor-wie"}
		for _, stil := range []bool{false, true} {
			if stil {
				h.rauw = "kapot"
			}
			for _, pad := range paginas {
				moet(t, n.leesPagina(ouder, pad), nil, []string{"Wij ook", "GGZ Oost"})
			}
			for pad, v := range map[string]url.Values{"/voor-wie/code": {"code": {"ABCD-2345"}}, "/voor-wie": {"voor": {"x"}},
				"/meekijken": {"naam": {"Ria"}}, "/mijn-keuzes/stop": {"soort": {"toestemming"}, "id": {uuid.NewString()}, "bron": {"x"}}} {
				n.stuur(ouder, pad, v)
			}
		}
		if niet.Load() != 0 || wel.Load() == 0 {
			t.Errorf("%d more: the stranger was asked %d times, the source %d times", meer, niet.Load(), wel.Load())
		}
	}
}

// TestBronMetGevaarlijkeTekst: a source cannot put script, a BSN or a strange
// link in the page.
func TestBronMetGevaarlijkeTekst(t *testing.T) {
	n, h := nepNet(t)
	g := deel(vt, `<script>alert(1)</script>`)
	g.Delen[0].Tekst = "Uw nummer is " + ouder.Leesbaar() + "."
	g.Delen[0].Contact = &inzage.Contact{Naam: "Mia", Telefoon: "0800;ext=javascript:alert(1)", Email: "a@b.nl?bcc=x@y.nl"}
	g.Inzagen = []inzage.Inkijk{{Tijdstip: time.Now(), Wie: "Jan " + ouder.Leesbaar(), Organisatie: vt.Naam, Wat: "<b>alles</b>", Waarom: "Zomaar."}}
	n.bron(h, vt, antwoord(g))
	_, kop, b := n.pagina(ouder, "/overzicht")
	moet(t, b, []string{"&lt;script&gt;alert", "Uw nummer is *********.", "Jan *********", "Mocht niet"}, []string{"<script>alert", "javascript:alert", "bcc=", "<b>alles"})
	if kop.Get("Cache-Control") != "no-store" || !strings.Contains(kop.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Errorf("koppen: %v", kop)
	}
}

// A source that answers whatever it likes stands on the page as itself and no more: it does
// not come on top, speaks under the name that the register gives it, and says nothing in the
// place of another.
func TestEenBronSpreektAlleenVoorZichzelf(t *testing.T) {
	kwaad := begrip.Organisatie{OIN: "00000001234568099000", Naam: "Gemeente Kwaad", Soort: begrip.Gemeente}
	morgen, later := time.Now().Add(24*time.Hour), time.Now().Add(time.Hour)
	namaak := func(o begrip.Organisatie) inzage.Gezinsbeeld {
		g := deel(o, "Kom morgen naar het bureau")
		g.Delen[0].Soort, g.Delen[0].Tijdstip, g.Delen[0].Uiterlijk, g.Soorten = "beoordeling", later, &morgen, []string{"beoordeling"}
		return g
	}
	for naam, f := range map[string]http.HandlerFunc{
		"a card for the top":         antwoord(namaak(kwaad)),
		"under another name":         antwoord(namaak(begrip.Organisatie{OIN: kwaad.OIN, Naam: "Bel 0900 123 45 67", Soort: begrip.VeiligThuis})),
		"as if it were another":      antwoord(namaak(vt)),
		"with a number as its own":   antwoord(namaak(begrip.Organisatie{Naam: vt.Naam})),
		"an answer larger than fits": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), maxAntwoord+1)) },
	} {
		n, h := nepNet(t)
		g := deel(vt, "Veilig Thuis Oost bekijkt de melding")
		g.Delen[0].Uiterlijk = &morgen
		n.bron(h, vt, antwoord(g))
		n.bron(h, kwaad, f)
		h.events = []string{event(vt, cloudevent.MeldingOpgepakt, false)}
		_, _, b := n.pagina(ouder, "/overzicht")
		_, na, _ := strings.Cut(b, `id="nu"`)
		eerste, _, _ := strings.Cut(na, "</section>")
		if !strings.Contains(eerste, "Veilig Thuis Oost bekijkt de melding") || strings.Contains(eerste, "Kom morgen") {
			t.Errorf("%s: on top stands\n%s", naam, eerste)
		}
		if strings.Contains(b, "0900 123") || strings.Contains(b, "Kom morgen") && !strings.Contains(b, kwaad.Naam) {
			t.Errorf("%s: it speaks as somebody else", naam)
		}
	}
}

// TestTeLaat: a term that went by says so.
func TestTeLaat(t *testing.T) {
	n, h := nepNet(t)
	g := deel(vt, "Veilig Thuis Oost bekijkt de melding")
	gisteren := time.Now().Add(-26 * time.Hour)
	g.Delen[0].Uiterlijk = &gisteren
	n.bron(h, vt, antwoord(g))
	h.events = []string{event(vt, cloudevent.MeldingOpgepakt, false)}
	moet(t, n.leesPagina(ouder, "/overzicht"), []string{"Dit had al klaar moeten zijn", "Te laat", "Bel 0800 2000"}, nil)
}

// TestOpenWeigert: a portal that cannot be right does not start.
func TestOpenWeigert(t *testing.T) {
	n := leegNet(t)
	goed := func() Config {
		return Config{Organisatie: portaal, Map: t.TempDir(), Identiteit: n.identiteit(portaal), HubURL: "https://127.0.0.1:1", HubOIN: keten.OIN,
			Aanmelding: toegang.AanmeldConfig{Issuer: "https://digid.example", ClientID: "p", RedirectURL: "https://portaal.example/aanmelden/terug", CookieNaam: "p"}}
	}
	if p, err := Open(goed()); err != nil {
		t.Fatal(err)
	} else if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for naam, stuk := range map[string]func(*Config){
		"ander certificaat": func(c *Config) {
			c.Organisatie = begrip.Organisatie{OIN: vt.OIN, Naam: "x", Soort: begrip.Burgerportaal}
		},
		"geen burgerportaal":      func(c *Config) { c.Organisatie.Soort = begrip.Overig },
		"onveilige aanmelddienst": func(c *Config) { c.Aanmelding.Issuer = "http://digid.example" },
		"kapotte sleutel":         func(c *Config) { _ = schrijf(c.Map+"/"+sleutelBestand, []byte("kort")) },
	} {
		c := goed()
		stuk(&c)
		if _, err := Open(c); err == nil {
			t.Errorf("%s: ging open", naam)
		}
	}
}
