package node

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

// kind is the sentinel: a valid test number that may not stand in any log, URL
// or error.
var kind = begrip.MustBSN("999993653")

var (
	politie = begrip.Organisatie{OIN: "00000001234567890000", Naam: "Politie Oost", Soort: begrip.Politie}
	vt      = begrip.Organisatie{OIN: "00000001234567891000", Naam: "Veilig Thuis Oost", Soort: begrip.VeiligThuis}
	portaal = begrip.Organisatie{OIN: "00000001234567892000", Naam: "Portaal", Soort: begrip.Burgerportaal}
	keten   = begrip.Organisatie{OIN: "00000001234567893000", Naam: "Ketenbeheer", Soort: begrip.Ketenbeheerder}
	vreemd  = begrip.Organisatie{OIN: "00000001234567894000", Naam: "Vreemd", Soort: begrip.Overig}
)

const briefBeleid = `package soh.brief

import rego.v1

ja(n) := {"toegestaan": true, "niveau": n, "gemaskeerd": [], "redenen": [{"tekst": "De wet staat dit toe.", "artikel": "Wmo 2015, artikel 5.1.6"}]}

besluit := ja(2) if { input.zelf }
else := ja(2) if { input.lezer.rol == "medewerker-veilig-thuis"; input.doel == "beoordelen-melding" }
else := ja(1) if { input.lezer.rol == "raadsonderzoeker" }
else := object.union(ja(2), {"plichten": ["nakijken"]}) if { input.lezer.rol == "behandelaar"; input.doel == "acute-veiligheid" }
else := ja(1) if { input.lezer.burger; input.betrokken }
else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [{"tekst": "Uw rol mag deze brief niet lezen.", "artikel": "Wmo 2015, artikel 5.1.6"}]}
`

// briefRegel: the police ask Veilig Thuis to read a brief.
var briefRegel = opdracht.Regel{
	Onderwerp: "brief", MaxPersonen: 1, ZonderBewijs: "de brief is er pas door de vraag",
	Wegen: []opdracht.Weg{{Soorten: []begrip.OrganisatieSoort{begrip.Politie}, Rollen: []begrip.Rol{begrip.RolAgent}, Doelen: []begrip.Doel{begrip.DoelEigenMelding},
		Gronden: []begrip.Grondslag{begrip.GrondWmo526}, Aan: []begrip.OrganisatieSoort{begrip.VeiligThuis}}},
}

var briefVrager = opdracht.Vrager{Naam: "Agent Bakker", Rol: begrip.RolAgent, Doel: begrip.DoelEigenMelding, Grondslag: begrip.GrondWmo526}

type briefInhoud struct {
	Tekst   string            `json:"tekst,omitempty"`
	Persoon begrip.InhoudBSN  `json:"persoon"`
	Geheim  bool              `json:"geheim,omitempty"`
	Rest    map[string]string `json:"rest,omitempty"`
}

// gehoord keeps what the functie's automatic handling saw.
type gehoord struct {
	mu sync.Mutex
	os []opdracht.Opdracht
}

func (g *gehoord) hoor(_ context.Context, o opdracht.Opdracht) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.os = append(g.os, o)
	return nil
}

func (g *gehoord) aantal() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.os)
}

func lees(rec dossier.Record) (b briefInhoud) { _ = json.Unmarshal(rec.Inhoud, &b); return b }

// brieven is a small functie: a brief that is read at its source.
func brieven(g *gehoord) functie.Bouw {
	return func(o *functie.Omgeving) functie.Functie {
		return functie.Functie{
			Naam: "brief", Titel: "Brieven", Beleid: map[string]string{"brief.rego": briefBeleid},
			Soorten: []inzage.Soort{{
				Naam: "brief", Pad: "/v1/brieven", Titel: "Brief", Beleid: "soh.brief", Vorm: briefInhoud{}, Herkomst: []string{"brief"}, ZonderHerkomst: "een proef", ZonderWegwijzer: "een proef",
				Reduceer: func(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
					if n < begrip.NiveauInhoud {
						return map[string]string{"id": rec.ID}, nil
					}
					return lees(rec), nil
				},
				Ingezien: func(rec dossier.Record, _ toegang.Lezer) (prov.Graph, string, bool) {
					var gr prov.Graph
					gr.Node("urn:soh:brief:"+rec.ID, "prov:Entity", "soh:Melding")
					gr.Node("urn:soh:activiteit:"+uuid.NewString(), "prov:Activity").Ref("prov:wasAssociatedWith", o.Organisatie.OIN.URN())
					gr.Node(o.Organisatie.OIN.URN(), "prov:Agent", "soh:Organisatie")
					return gr, "nl.jzv.uitwisselen-melding.melding-ingezien", true
				},
				Afgeschermd: func(rec dossier.Record) bool { return lees(rec).Geheim },
				Gezin: func(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
					return inzage.Deel{Soort: "brief", ID: rec.ID, Titel: "Er is een brief", Tijdstip: rec.VastgelegdOp}, true
				},
			}},
			Opdrachten: []opdracht.Soort{{
				Naam: "lees-brief", Titel: "Lees een brief", Regel: briefRegel, Automatisch: g.hoor,
				Gebeurtenis: func(ob opdracht.Opdracht, s opdracht.Stap) (string, prov.Graph, bool) {
					var gr prov.Graph
					gr.Node(ob.URN(), "prov:Entity", "soh:Melding")
					gr.Node("urn:soh:activiteit:"+s.ID, "prov:Activity").Ref("prov:wasAssociatedWith", o.Organisatie.OIN.URN())
					gr.Node(o.Organisatie.OIN.URN(), "prov:Agent", "soh:Organisatie")
					return "nl.jzv.uitwisselen-melding.melding-" + string(s.Naar), gr, true
				},
			}},
		}
	}
}

// net is a network of a hub and two nodes on real mutual TLS.
type net struct {
	t     *testing.T
	ca    *toegang.CA
	dir   string
	log   *bytes.Buffer // everything that was logged, unmasked
	paden []string      // every URL that was asked for
	mu    sync.Mutex

	hub        *httptest.Server
	hubWeg     atomic.Bool // the hub answers nobody
	deelnemers []functie.Deelnemer
	events     []json.RawMessage

	functies func(begrip.Organisatie) []functie.Bouw
	anders   []func(*net, *Config) // what a node has besides
	nodes    map[begrip.OIN]*Node
	srv      map[begrip.OIN]*httptest.Server
	stop     map[begrip.OIN]func()
	oor      map[begrip.OIN]*gehoord
	zwijgt   map[begrip.OIN]bool // answers nobody
}

// stil makes a node answer nobody, or answer again.
func (n *net) stil(o begrip.Organisatie, ja bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.zwijgt[o.OIN] = ja
}

func (n *net) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.log.Write(b)
}

// nieuwNet is a network with the small functie of this file.
func nieuwNet(t *testing.T) *net { return nieuwNetMet(t, nil) }

// nieuwNetMet is a network whose nodes have functies (nil is the small one) and
// are further as anders makes them.
func nieuwNetMet(t *testing.T, functies func(begrip.Organisatie) []functie.Bouw, anders ...func(*net, *Config)) *net {
	t.Helper()
	n := &net{t: t, anders: anders, dir: t.TempDir(), log: &bytes.Buffer{}, nodes: map[begrip.OIN]*Node{}, srv: map[begrip.OIN]*httptest.Server{},
		stop: map[begrip.OIN]func(){}, oor: map[begrip.OIN]*gehoord{}, zwijgt: map[begrip.OIN]bool{}}
	if n.functies = functies; functies == nil {
		n.functies = func(o begrip.Organisatie) []functie.Bouw { return []functie.Bouw{brieven(n.oor[o.OIN])} }
	}
	var err error
	if n.ca, err = toegang.NieuweCA(filepath.Join(n.dir, "ca")); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/deelnemers", func(w http.ResponseWriter, _ *http.Request) {
		n.mu.Lock()
		defer n.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{"deelnemers": n.deelnemers})
	})
	mux.HandleFunc("POST /v1/events", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		n.mu.Lock()
		n.events = append(n.events, b)
		n.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("POST /v1/vergelijkingen", n.vergelijk)
	// What proves what is for the tests of the hub and internal/aanval; here every proof exists.
	mux.HandleFunc("POST /v1/bevestigingen/query", func(w http.ResponseWriter, r *http.Request) {
		var v struct{ Personen []string }
		_ = json.NewDecoder(r.Body).Decode(&v)
		uit := struct {
			Bevestigd bool   `json:"bevestigd"`
			Personen  []bool `json:"personen"`
		}{true, []bool{}}
		for range v.Personen {
			uit.Personen = append(uit.Personen, true)
		}
		_ = json.NewEncoder(w).Encode(uit)
	})
	n.hub = n.luister(keten, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.hubWeg.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	n.deelnemers = []functie.Deelnemer{{Organisatie: portaal}}
	for _, o := range []begrip.Organisatie{politie, vt} {
		n.oor[o.OIN] = &gehoord{}
		n.open(o)
		n.srv[o.OIN] = n.luister(o, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n.mu.Lock()
			n.paden = append(n.paden, r.URL.String())
			h, zwijgt := n.nodes[o.OIN].API(), n.zwijgt[o.OIN]
			n.mu.Unlock()
			if zwijgt {
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(w, r)
		}))
		n.mu.Lock()
		n.deelnemers = append(n.deelnemers, functie.Deelnemer{Organisatie: o, API: n.srv[o.OIN].URL + "/v1"})
		n.mu.Unlock()
	}
	for _, o := range []begrip.Organisatie{politie, vt} {
		n.start(o)
	}
	n.wacht("register", func() bool {
		return len(n.nodes[politie.OIN].register.Deelnemers()) == 3 && len(n.nodes[vt.OIN].register.Deelnemers()) == 3
	})
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

func (n *net) luister(o begrip.Organisatie, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.TLS = n.identiteit(o).ServerTLS()
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(n, nil), slog.LevelError)
	s.StartTLS()
	n.t.Cleanup(s.Close)
	return s
}

func (n *net) open(o begrip.Organisatie) {
	n.t.Helper()
	cfg := Config{
		Organisatie: o, Map: filepath.Join(n.dir, string(o.OIN)), Identiteit: n.identiteit(o), HubURL: n.hub.URL, HubOIN: keten.OIN,
		Functies: n.functies(o), Log: slog.New(slog.NewJSONHandler(n, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range n.anders {
		f(n, &cfg)
	}
	knoop, err := Open(cfg)
	if err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	n.nodes[o.OIN] = knoop
	n.mu.Unlock()
}

func (n *net) start(o begrip.Organisatie) {
	ctx, stop := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	knoop := n.nodes[o.OIN]
	go func() { klaar <- knoop.Run(ctx) }()
	var eens sync.Once
	n.stop[o.OIN] = func() {
		eens.Do(func() {
			stop()
			if err := <-klaar; err != nil {
				n.t.Error(err)
			}
			_ = knoop.Close()
		})
	}
	n.t.Cleanup(n.stop[o.OIN])
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

// brief stores one at o.
func (n *net) brief(o begrip.Organisatie, geheim bool) string {
	n.t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	b, _ := json.Marshal(briefInhoud{Tekst: "De inhoud.", Persoon: begrip.InhoudBSN{BSN: kind}, Geheim: geheim})
	if err := n.nodes[o.OIN].store.Tx(n.t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(n.t.Context(), dossier.Record{Soort: "brief", ID: id, Personen: []begrip.BSN{kind}, Inhoud: b})
		return err
	}); err != nil {
		n.t.Fatal(err)
	}
	return id
}

func medewerker(o begrip.Organisatie, rol begrip.Rol) toegang.Lezer {
	return toegang.Lezer{Organisatie: o, Persoon: "p17", Naam: "Samira de Wit", Rol: rol, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
}

// vraag does one request with the certificate of o; body nil is a GET.
func (n *net) vraag(als, bij begrip.Organisatie, pad string, l *toegang.Lezer, body any) (int, http.Header, string) {
	n.t.Helper()
	methode, r := http.MethodGet, io.Reader(nil)
	if body != nil {
		b, _ := json.Marshal(body)
		methode, r = http.MethodPost, bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(n.t.Context(), methode, n.srv[bij.OIN].URL+pad, r)
	if err != nil {
		n.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	i := n.identiteit(als)
	if l != nil {
		v, err := i.Verklaring(*l, bij.OIN, time.Now())
		if err != nil {
			n.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+v)
	}
	resp, err := i.Client(10 * time.Second).Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(b)
}

func (n *net) logboek(o begrip.Organisatie) []dossier.Logregel {
	n.t.Helper()
	l, err := n.nodes[o.OIN].store.Logboek(n.t.Context(), 0)
	if err != nil {
		n.t.Fatal(err)
	}
	return l
}

// geenBSN checks that the sentinel is in no log line and no URL.
func (n *net) geenBSN() {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if strings.Contains(n.log.String(), kind.Leesbaar()) {
		n.t.Error("het BSN staat in een log")
	}
	if strings.Contains(strings.Join(n.paden, "\n"), kind.Leesbaar()) {
		n.t.Error("het BSN staat in een URL")
	}
}
