package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/alle"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/functie/inrichting"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/hub"
	hubregister "github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/node"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// ouder is the sentinel: a valid test number that may stand in no page, URL or log.
var (
	ouder = begrip.MustBSN("999993653")
	ander = begrip.MustBSN("999990019")
)

var (
	keten   = begrip.Organisatie{OIN: "00000001234567893000", Naam: "Ketenbeheer", Soort: begrip.Ketenbeheerder}
	portaal = begrip.Organisatie{OIN: "00000001234567892000", Naam: "Portaal", Soort: begrip.Burgerportaal}
	politie = begrip.Organisatie{OIN: "00000001234567890000", Naam: "Politie Oost", Soort: begrip.Politie}
	vt      = begrip.Organisatie{OIN: "00000001234567891000", Naam: "Veilig Thuis Oost", Soort: begrip.VeiligThuis}
	ggz     = begrip.Organisatie{OIN: "00000001234567895000", Naam: "GGZ Oost", Soort: begrip.GGZ}
	school  = begrip.Organisatie{OIN: "00000001234567896000", Naam: "Basisschool Het Geheim", Soort: begrip.School}
)

// knoop is a node with the functies that drive its stories.
type knoop struct {
	*node.Node
	melding *melding.T
	bekend  *bekendheid.T
	srv     *httptest.Server
}

// net is a hub with nodes and a portal, over real mutual TLS.
type net struct {
	t       *testing.T
	dir     string
	ca      *toegang.CA
	mu      sync.Mutex
	log     bytes.Buffer
	paden   []string // every address that was asked for
	hub     *httptest.Server
	knopen  map[begrip.OIN]*knoop
	lijst   []hubregister.Deelnemer
	portaal *Portal
	web     *httptest.Server
}

// Write collects everything that is logged, unmasked.
func (n *net) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.log.Write(b)
}

func (n *net) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(n, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func leegNet(t *testing.T) *net {
	t.Helper()
	n := &net{t: t, dir: t.TempDir(), knopen: map[begrip.OIN]*knoop{}}
	var err error
	if n.ca, err = toegang.NieuweCA(filepath.Join(n.dir, "ca")); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *net) identiteit(o begrip.Organisatie) toegang.Identiteit {
	n.t.Helper()
	crt, key, err := n.ca.Geef(filepath.Join(n.dir, "certs"), o)
	if err != nil {
		n.t.Fatal(err)
	}
	i, err := toegang.LaadIdentiteit(crt, key, n.ca.Pad())
	if err != nil {
		n.t.Fatal(err)
	}
	i.Organisatie = o
	return i
}

// luister serves h as o, and remembers every address that was asked for.
func (n *net) luister(o begrip.Organisatie, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		n.paden = append(n.paden, r.URL.String())
		n.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	s.TLS = n.identiteit(o).ServerTLS()
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(n, nil), slog.LevelError)
	s.StartTLS()
	n.t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

// draai runs f until the test ends.
func (n *net) draai(run func(context.Context) error, dicht func() error) {
	ctx, stop := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	go func() { klaar <- run(ctx) }()
	n.t.Cleanup(func() {
		stop()
		if err := <-klaar; err != nil {
			n.t.Error(err)
		}
		_ = dicht()
	})
}

// nieuwNet is a hub, a node for each of orgs, and a portal.
func nieuwNet(t *testing.T, orgs ...begrip.Organisatie) *net {
	t.Helper()
	n := leegNet(t)
	dir := filepath.Join(n.dir, "hub")
	h, err := hub.Open(hub.Config{Dir: dir, Organisatie: keten, Reserve: -1, Log: n.logger()})
	if err != nil {
		t.Fatal(err)
	}
	n.draai(h.Run, h.Close)
	n.hub = n.luister(keten, h.Handler())
	n.lijst = []hubregister.Deelnemer{{Organisatie: portaal}}
	for _, o := range orgs {
		n.knoop(o)
	}
	if err := hubregister.Schrijf(dir, n.lijst); err != nil {
		t.Fatal(err)
	}
	for _, o := range orgs {
		n.draai(n.knopen[o.OIN].Run, n.knopen[o.OIN].Close)
	}
	n.wacht("het register", func() bool {
		for _, k := range n.knopen {
			if len(k.Omgeving().Deelnemers()) != len(n.lijst) {
				return false
			}
		}
		return true
	})
	n.open(toegang.AanmeldConfig{})
	return n
}

func (n *net) knoop(o begrip.Organisatie) {
	n.t.Helper()
	k := &knoop{}
	var err error
	k.Node, err = node.Open(node.Config{
		Organisatie: o, Map: filepath.Join(n.dir, string(o.OIN)), Identiteit: n.identiteit(o), HubURL: n.hub.URL, HubOIN: keten.OIN, Log: n.logger(),
		Functies: []functie.Bouw{
			func(om *functie.Omgeving) functie.Functie { k.melding = melding.Nieuw(om); return k.melding.Functie() },
			func(om *functie.Omgeving) functie.Functie {
				k.bekend = bekendheid.Nieuw(om, bekendheid.Automatisch)
				return k.bekend.Functie()
			},
			inrichting.Bouw,
		},
	})
	if err != nil {
		n.t.Fatal(err)
	}
	k.srv = n.luister(o, k.API())
	n.knopen[o.OIN] = k
	n.lijst = append(n.lijst, hubregister.Deelnemer{Organisatie: o, API: k.srv.URL + "/v1"})
}

// open starts the portal; aan may override the sign-in.
func (n *net) open(aan toegang.AanmeldConfig) {
	n.t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	n.web = srv
	adres := "http://" + srv.Listener.Addr().String()
	if aan.Issuer == "" {
		aan = toegang.AanmeldConfig{Issuer: "http://127.0.0.1:9/digid", ClientID: "portaal"}
	}
	aan.RedirectURL, aan.CookieNaam = adres+"/aanmelden/terug", "soh-portaal"
	p, err := Open(Config{
		Organisatie: portaal, Map: filepath.Join(n.dir, "portaal"), Identiteit: n.identiteit(portaal), HubURL: n.hub.URL, HubOIN: keten.OIN,
		Aanmelding: aan, Log: n.logger(),
		Functies: alle.Teksten(),
	})
	if err != nil {
		n.t.Fatal(err)
	}
	n.portaal = p
	srv.Config.Handler = p.Handler()
	srv.Start()
	n.t.Cleanup(func() { srv.Close(); _ = p.Close() })
}

func (n *net) wacht(waarop string, f func() bool) {
	n.t.Helper()
	for eind := time.Now().Add(15 * time.Second); time.Now().Before(eind); time.Sleep(10 * time.Millisecond) {
		if f() {
			return
		}
	}
	n.t.Fatalf("%s kwam niet", waarop)
}

// koekje signs a person in without an identity provider.
func (n *net) koekje(bsn begrip.BSN, tot time.Time) *http.Cookie {
	n.t.Helper()
	w := httptest.NewRecorder()
	if err := n.portaal.aanmelding.ZetSessie(w, toegang.Sessie{Persoon: "sanne", Naam: "Sanne de Wit", Rol: begrip.RolOuder, BSN: bsn, Tot: tot}); err != nil {
		n.t.Fatal(err)
	}
	return w.Result().Cookies()[0]
}

// pagina gets a page as the person; no redirect is followed.
func (n *net) pagina(bsn begrip.BSN, pad string) (int, http.Header, string) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.web.URL+pad, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if !bsn.IsZero() {
		r.AddCookie(n.koekje(bsn, time.Time{}))
	}
	c := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	if strings.Contains(string(b), ouder.Leesbaar()) {
		n.t.Errorf("%s: het BSN staat in de pagina", pad)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// stuur posts a form as the person; no redirect is followed.
func (n *net) stuur(bsn begrip.BSN, pad string, v url.Values) (int, string) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodPost, n.web.URL+pad, strings.NewReader(v.Encode()))
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(n.koekje(bsn, time.Time{}))
	c := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// lees gives what a person reads on a page.
func (n *net) leesPagina(bsn begrip.BSN, pad string) string {
	n.t.Helper()
	status, _, b := n.pagina(bsn, pad)
	if status != http.StatusOK {
		n.t.Fatalf("%s: %d %s", pad, status, b)
	}
	_, b, _ = strings.Cut(b, "<main")
	b, _, _ = strings.Cut(b, "</main>")
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(b, " "))), " ")
}

// moet checks what a text holds, and what it may not.
func moet(t *testing.T, s string, wel, niet []string) {
	t.Helper()
	for _, w := range wel {
		if !strings.Contains(s, w) {
			t.Errorf("%q ontbreekt in:\n%s", w, s)
		}
	}
	for _, w := range niet {
		if strings.Contains(s, w) {
			t.Errorf("%q staat in:\n%s", w, s)
		}
	}
}

// geenBSN checks that the sentinel is in no log line and no address.
func (n *net) geenBSN() {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range []string{n.log.String(), strings.Join(n.paden, "\n")} {
		if strings.Contains(s, ouder.Leesbaar()) {
			n.t.Error("het BSN staat in een log of adres")
		}
	}
	_ = filepath.WalkDir(filepath.Join(n.dir, "portaal"), func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if b, _ := os.ReadFile(p); bytes.Contains(b, []byte(ouder.Leesbaar())) {
				n.t.Errorf("het BSN staat in %s", p)
			}
		}
		return nil
	})
}

// meld registers a melding about the sentinel at o.
func (n *net) meld(o begrip.Organisatie, afgeschermd bool) {
	n.t.Helper()
	n.meldOver(o, ouder, afgeschermd)
}

func (n *net) meldOver(o begrip.Organisatie, wie begrip.BSN, afgeschermd bool) {
	n.t.Helper()
	m := map[string]any{
		"soort": "VT", "verzoek": "Wilt u kijken of het veilig is?", "terugkoppelingGewenst": true,
		"zorgelijkeSituatie": map[string]any{"situatieSchets": "Er was ruzie.", "nadereOmschrijving": "De kinderen zijn bang."},
		"contact":            map[string]any{"naam": "Juf Verborgen", "emailAdres": "juf@verborgen.voorbeeld.nl", "telefoonnummer": "010 765 43 21"},
		"heeftBetrekkingOp": []any{map[string]any{"burgerservicenummer": wie.Leesbaar(), "geslacht": "2", "rolInGezin": "ouder",
			"naam":  map[string]any{"voornamen": "Sanne", "voorvoegsel": "de", "geslachtsnaam": "Wit"},
			"adres": map[string]any{"straatnaam": "Laan", "huisnummer": 1, "postcode": "1234 AB", "plaats": "Oost"}}},
	}
	if afgeschermd {
		m["melderAfscherming"] = map[string]any{"reden": "vertrouwen", "geraadpleegdeCollega": "Anton", "herzienOp": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}
	}
	b, _ := json.Marshal(m)
	var in melding.Melding
	if err := json.Unmarshal(b, &in); err != nil {
		n.t.Fatal(err)
	}
	if _, err := n.knopen[o.OIN].melding.Registreer(n.t.Context(), in, toegang.Lezer{Naam: "Juf Verborgen", Rol: begrip.RolBehandelaar}); err != nil {
		n.t.Fatal(err)
	}
	n.wacht("de opdracht bij Veilig Thuis", func() bool { return len(n.open_()) > 0 })
}

// open_ gives what waits at Veilig Thuis.
func (n *net) open_() (uit []opdracht.Opdracht) {
	alle, err := n.knopen[vt.OIN].Omgeving().Opdrachten.Postvak(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	for _, o := range alle {
		if !o.Staat.Eind() {
			uit = append(uit, o)
		}
	}
	return uit
}

func beoordelaar() toegang.Lezer {
	return toegang.Lezer{Organisatie: vt, Persoon: "vt-marieke", Naam: "Marieke van Loon", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
}

// pakOp lets Veilig Thuis take up what waits.
func (n *net) pakOp() melding.Beoordeling {
	n.t.Helper()
	b, err := n.knopen[vt.OIN].melding.Oppakken(n.t.Context(), n.open_()[0].ID, beoordelaar())
	if err != nil {
		n.t.Fatal(err)
	}
	return b
}

// rondAf lets Veilig Thuis decide.
func (n *net) rondAf(b melding.Beoordeling) {
	n.t.Helper()
	l := beoordelaar()
	l.Zaak = b.Zaak
	if err := n.knopen[vt.OIN].melding.Afronden(n.t.Context(), b.ID, melding.Uitkomst{Code: "onderzoek", ToelichtingMelder: begrip.InVertrouwen("Bedankt."), ToelichtingGezin: "Het wijkteam belt u."}, l); err != nil {
		n.t.Fatal(err)
	}
}

// ziet waits until the person's overview shows the text.
func (n *net) ziet(tekst string) string {
	n.t.Helper()
	s := ""
	n.wacht(tekst, func() bool { s = n.leesPagina(ouder, "/overzicht"); return strings.Contains(s, tekst) })
	return s
}
