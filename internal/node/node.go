// Package node is a deelnemer's node: it wires the dossier, the three patterns
// and the samenwerkfuncties that this deelnemer enabled into one API for other
// nodes and case systems, and one werkplek for professionals.
//
// It promises: what it answered as done survives a crash; it goes on where it
// stopped; and without the hub it keeps working with the deelnemers it knows.
package node

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/node/brp"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/logboek"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/toegang/authzen"
)

// Versie is the full version of the node's API.
const Versie = "1.0.0"

// sessieWaarde is the key under which the key of the sign-in cookies stands.
const sessieWaarde = "werkplek/sessiesleutel"

// Config is the manual of a node.
type Config struct {
	Organisatie begrip.Organisatie
	Map         string             // folder of the dossier; made when it is not there
	Getuige     string             // folder outside Map that knows how far the dossier is; default Map-getuige
	Identiteit  toegang.Identiteit // certificate of the organisation
	HubURL      string             // https base of the hub, with or without /v1
	HubOIN      begrip.OIN         // who the hub is: no other organisation is believed at that address; needed with HubURL
	APIURL      string             // public base of our own API, for its description; may be empty
	Functies    []functie.Bouw     // the samenwerkfuncties that are on
	// Aanmelding is how professionals sign in to the werkplek; without an Issuer
	// there is no werkplek. An empty Sleutel is made once and kept in the dossier;
	// an empty Organisatie is our own.
	Aanmelding toegang.AanmeldConfig
	// TokenVerplicht refuses systems that come without an access token; else the
	// certificate of a deelnemer is enough.
	TokenVerplicht bool
	// ProefBeleid (file name → Rego) makes the decision point answer by package
	// soh.authzen instead of by our own rules: for the tests of a case system.
	ProefBeleid map[string]string
	Verbanden   *samenwerkingsverband.Verzameling // default those of the program
	// BRP is the population register, for gezag, age and hidden addresses; without
	// a URL the node knows only what people recorded.
	BRP       brp.Config
	Log       *slog.Logger // default slog.Default
	Logboek   Logboek
	Signalen  *signaal.Instelling // when a look is out of the ordinary; default signaal.Standaard
	MeldGezin signaal.MeldGezin   // when the family hears of one; default na-oordeel
	// Opdrachten is how much one organisation may ask of us; default opdracht.Standaard.
	Opdrachten *opdracht.Grenzen
	// Inzagen is at how many people one may look here; default inzage.Standaard.
	Inzagen  *inzage.Grenzen
	Rem      *waarborg.Rem    // how much noodtoegang is given before somebody looked; default waarborg.StandaardRem
	Metingen *meting.Metingen // nil measures nothing
}

// Node is one running node.
type Node struct {
	cfg        Config
	store      *dossier.Store
	register   *register
	inzage     *inzage.Inzage
	opdracht   *opdracht.Opdrachten
	waarborgen *waarborg.Waarborgen
	bezorger   *gebeurtenis.Bezorger
	anker      *logboek.Anker
	uitvoer    *logboek.Uitvoer // nil: the log goes to no collector
	signalen   *signaal.Wachter
	functies   []functie.Functie
	omgeving   *functie.Omgeving
	api        http.Handler
	werkplek   http.Handler

	poort       poort
	getuige     *dossier.Getuige // nil: none could be made
	getuigeZegt string           // what it knows otherwise; empty: all fits
	schijf      *meting.Schijf
	kloppers    kloppers
	slot        *os.File // keeps a second node out of the folder
	proef       proef
}

// Open opens the dossier and wires the node. Nothing runs before Run.
func Open(cfg Config) (*Node, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Organisatie.OIN == "" {
		cfg.Organisatie = cfg.Identiteit.Organisatie
	}
	if cfg.Organisatie.OIN != cfg.Identiteit.Organisatie.OIN {
		return nil, errors.New("node: het certificaat is van een andere organisatie")
	}
	cfg.Identiteit.Organisatie = cfg.Organisatie
	cfg.Log = cfg.Log.With("deelnemer", cfg.Organisatie.Naam)
	if err := toegang.VereisHub(cfg.HubURL, cfg.HubOIN); err != nil {
		return nil, fmt.Errorf("node %s: %w", cfg.Organisatie.Naam, err)
	}
	n := &Node{cfg: cfg, schijf: &meting.Schijf{Map: cfg.Map}}
	if err := n.openDossier(context.Background()); err != nil {
		return nil, err
	}
	if err := n.bedraad(); err != nil {
		return nil, errors.Join(fmt.Errorf("node %s: %w", cfg.Organisatie.Naam, err), n.sluitDossier())
	}
	return n, nil
}

// bedraad puts the parts together.
func (n *Node) bedraad() error {
	cfg := n.cfg
	if cfg.Verbanden == nil {
		cfg.Verbanden = samenwerkingsverband.Ingebouwd()
	}
	if cfg.Opdrachten == nil {
		cfg.Opdrachten = &opdracht.Standaard
	}
	var err error
	if n.register, err = nieuwRegister(context.Background(), cfg, n.store); err != nil {
		return err
	}
	// The Bezorger sets its own time-outs.
	n.bezorger = gebeurtenis.Nieuw(n.store, n.register.adres, cfg.Identiteit.Client(0), cfg.Log)
	n.register.wek = n.bezorger.Wek
	systeem := cfg.Organisatie.OIN.Systeem("soh")
	personen, err := n.personenregister()
	if err != nil {
		return err
	}
	n.waarborgen = waarborg.Nieuw(waarborg.Config{Organisatie: cfg.Organisatie, Systeem: systeem, Dossier: n.store, Log: cfg.Log, Wek: n.bezorger.Wek, Register: personen, Opnieuw: cfg.BRP.Opnieuw, Rem: cfg.Rem,
		Verbanden: cfg.Verbanden, Deelnemer: n.register.organisatie})
	n.inzage = inzage.Nieuw(inzage.Config{
		Organisatie: cfg.Organisatie, Systeem: systeem, Identiteit: cfg.Identiteit, Dossier: n.store, Waarborgen: n.waarborgen,
		Verbanden: cfg.Verbanden, Deelnemer: n.register.deelnemer, Log: cfg.Log, Wek: n.bezorger.Wek, Grenzen: cfg.Inzagen, Meld: n.meldSignaal,
		Besluiten: cfg.Metingen.Teller("inzage_besluiten_total", "Decisions about a look, by outcome.", "uitkomst"),
	})
	n.opdracht = opdracht.Nieuw(opdracht.Config{
		Organisatie: cfg.Organisatie, Systeem: systeem, Dossier: n.store, Deelnemer: n.register.organisatie, Log: cfg.Log,
		Ketenindex: n.bijKetenindex, EigenWerk: n.inEigenWerk, Grenzen: *cfg.Opdrachten,
		Meld:      n.meldSignaal,
		Dicht:     n.waarborgen.RegelDicht,
		Besluiten: cfg.Metingen.Teller("opdracht_besluiten_total", "Decisions about an offered Opdracht, by outcome.", "uitkomst"),
	})
	if err := n.toezicht(systeem); err != nil {
		return err
	}
	n.omgeving = &functie.Omgeving{
		Organisatie: cfg.Organisatie, Systeem: systeem, Dossier: n.store, Waarborgen: n.waarborgen, Signalen: n.signalen, Inzage: n.inzage, Opdrachten: n.opdracht,
		Deelnemers: n.register.Deelnemers, Log: cfg.Log, Wek: n.bezorger.Wek, Zoek: n.zoek,
	}
	modules, soorten := maps.Clone(inzage.Regels), []inzage.Soort{}
	for _, bouw := range cfg.Functies {
		f := bouw(n.omgeving)
		n.functies = append(n.functies, f)
		maps.Copy(modules, f.Beleid)
		soorten = append(soorten, f.Soorten...)
		if err := n.opdracht.Gebruik(f.Opdrachten...); err != nil {
			return err
		}
	}
	for _, s := range soorten {
		if err := s.Controleer(); err != nil {
			return err
		}
	}
	beleid, err := toegang.NieuwBeleid(modules)
	if err != nil {
		return err
	}
	n.inzage.Gebruik(beleid, soorten...)
	n.meet()
	pdp, err := n.beslisser()
	if err != nil {
		return err
	}
	n.api = onthoudt(n.maakAPI(pdp, soorten))
	w, err := n.maakWerkplek()
	if err == nil {
		n.werkplek = onthoudt(w)
	}
	return err
}

// onthoudt makes every request one piece of work: what is written in it rests on
// what was read in it.
func onthoudt(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(dossier.MetGelezen(r.Context())))
	})
}

// personenregister gives how we ask the population register; nil when we do not.
// Only who works with the burgerservicenummer by law may.
func (n *Node) personenregister() (*brp.Register, error) {
	if n.cfg.BRP.URL == "" {
		return nil, nil
	}
	if !n.cfg.Organisatie.Soort.MagBSN() {
		return nil, errors.New("deze organisatie mag het burgerservicenummer niet gebruiken, en dus niets vragen aan de basisregistratie personen")
	}
	return brp.Nieuw(n.cfg.BRP, n.cfg.Identiteit.Client(brp.Wachttijd))
}

// maakAPI is every route of the node's API.
func (n *Node) maakAPI(pdp *authzen.Dienst, soorten []inzage.Soort) http.Handler {
	mux := http.NewServeMux()
	api := rest.NewAPI(mux, rest.Info{
		Titel: "Knooppunt van " + n.cfg.Organisatie.Naam, Versie: Versie, Server: inzage.Basis(n.cfg.APIURL),
		Omschrijving: "Inzage bij de bron, opdrachten en de samenwerkfuncties van deze deelnemer.",
	})
	schemas := huma.NewMapRegistry("#/components/schemas/", schemanamen())
	schemas.RegisterTypeAlias(reflect.TypeFor[begrip.Geheim](), reflect.TypeFor[*bool]())
	api.OpenAPI().Components.Schemas = schemas
	for _, s := range soorten {
		n.inzage.Registreer(api, s)
	}
	n.inzage.RegistreerGezin(api)
	n.opdracht.Registreer(api)
	for _, f := range n.functies {
		if f.API != nil {
			f.API(api)
		}
	}
	n.gezondheid(mux)
	n.register.geefHubstand(api)
	n.register.haak(mux)
	pdp.Routes(mux)
	tokens := n.tokens(api)
	tokens.Routes(mux)
	return n.cfg.Identiteit.Bewaak(n.aangeklopt(rest.Handler(toegang.VereisCertificaat(n.doorPoort(tokens.Bewaak(n.cfg.Metingen.HTTP(mux), rest.WriteFout)), rest.WriteFout,
		"/health", "/ready", "/v1/openapi.json", toegang.PadToken, toegang.PadSleutels, toegang.PadMetadata, "/.well-known/authzen-configuration"), Versie, n.cfg.Log)))
}

// tokens gives and checks access tokens for every path that api describes, and
// adds them to the description.
func (n *Node) tokens(api huma.API) *toegang.Uitgever {
	u := &toegang.Uitgever{Identiteit: n.cfg.Identiteit, Adres: inzage.Basis(n.cfg.APIURL), Verplicht: n.cfg.TokenVerplicht, Deelnemer: func(oin begrip.OIN) bool {
		_, _, ok := n.register.deelnemer(oin)
		return ok
	}}
	doc := api.OpenAPI()
	b, err := json.Marshal(doc)
	if err == nil {
		u.Scopes, err = toegang.ScopesVan(b)
		u.Scopes = append(u.Scopes, toegang.ScopeBesluiten)
	}
	if err != nil {
		panic(err) // our own description
	}
	flow := &huma.OAuthFlow{TokenURL: u.Adres + toegang.PadToken, Scopes: map[string]string{}}
	for _, s := range u.Scopes {
		flow.Scopes[string(s)] = s.Omschrijving()
	}
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"certificaat": {Type: "mutualTLS", Description: "Certificaat van de organisatie, met het OIN als serialNumber."},
		"token":       {Type: "oauth2", Description: "Toegangstoken (client credentials), gebonden aan het certificaat.", Flows: &huma.OAuthFlows{ClientCredentials: flow}},
	}
	doc.Security = []map[string][]string{{"certificaat": {}}, {"certificaat": {}, "token": {}}}
	return u
}

// schemanamen gives each Go type its name in the API description: functies may
// use the same name, the second one then gets its package in front.
func schemanamen() func(reflect.Type, string) string {
	bezet := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		naam := huma.DefaultSchemaNamer(t, hint)
		if van, ok := bezet[naam]; ok && van != t && t.Name() != "" {
			naam = hoofd(path.Base(t.PkgPath())) + naam
		}
		bezet[naam] = t
		return naam
	}
}

// gezondheid adds /health (the process runs) and /ready (it can do its work).
func (n *Node) gezondheid(mux *http.ServeMux) {
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		rest.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, r *http.Request) {
		if err := n.gereed(r.Context()); err != nil {
			rest.WriteFout(w, r, err)
			return
		}
		stand := map[string]string{"status": "gereed"}
		switch nu := time.Now(); {
		case n.cfg.Identiteit.LijstBij(nu) != nil:
			stand["waarschuwing"] = toegang.LijstVerlopen
		case n.kloppers.net(nu):
			stand["waarschuwing"] = toegang.VeelGeweigerd
		}
		rest.WriteJSON(w, http.StatusOK, stand)
	})
}

// proef is the last try to write something.
type proef struct {
	slot sync.Mutex
	op   time.Time
	fout error
}

// proefElke is how old a try may be.
const proefElke = 5 * time.Second

// gereed tells whether the dossier answers and takes what is written, whether it
// is the last one that is known, and whether a register is known.
func (n *Node) gereed(ctx context.Context) error {
	ctx, klaar := context.WithTimeout(ctx, 5*time.Second)
	defer klaar()
	if _, _, err := n.store.Waarde(ctx, registerWaarde); err != nil {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "Het dossier is niet bereikbaar.").Door(err)
	}
	if d, reden, _ := n.poort.nu(); d != deurOpen {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "%s", reden)
	}
	if err := n.schrijfbaar(ctx); err != nil {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "Er kan niets worden vastgelegd: de opslag is vol of werkt niet.").Door(err)
	}
	if len(n.register.Deelnemers()) == 0 {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "De lijst van deelnemers is nog niet bekend.")
	}
	return nil
}

// API is the handler for the mutual TLS listener (Identiteit.ServerTLS).
func (n *Node) API() http.Handler { return n.api }

// Werkplek is the handler of the professionals' pages.
func (n *Node) Werkplek() http.Handler { return n.werkplek }

// Omgeving is what the functies of this node work with.
func (n *Node) Omgeving() *functie.Omgeving { return n.omgeving }

// Functies gives the functies that are on.
func (n *Node) Functies() []functie.Functie { return n.functies }

// Stand gives the state of the outbox per bestemming.
func (n *Node) Stand(ctx context.Context) ([]dossier.Stand, error) { return n.bezorger.Stand(ctx) }

// Run keeps the register fresh, compares the dossier with what others know of it
// and, while that fits, delivers the outbox and does the automatic handling, until
// ctx ends or one of them cannot go on.
func (n *Node) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	wg.Go(func() { n.register.Run(ctx) })
	wg.Go(func() { n.bewaak(ctx) })
	for ctx.Err() == nil {
		d, _, veranderd := n.poort.nu()
		werk, klaar := context.WithCancel(ctx)
		var werkers sync.WaitGroup
		if d == deurOpen || d == deurEigen {
			n.werk(werk, &werkers, stop)
		}
		select {
		case <-ctx.Done():
		case <-veranderd:
		}
		klaar()
		werkers.Wait()
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// werk starts what acts on the dossier; stop is called by what cannot go on.
func (n *Node) werk(ctx context.Context, wg *sync.WaitGroup, stop context.CancelCauseFunc) {
	for _, f := range []func(context.Context) error{
		n.bezorger.Run, n.opdracht.Run, n.waarborgen.Run, n.anker.Run, n.uitvoer.Run, n.signalen.Run, n.letOpKetenindex, n.store.WijsEerdere,
	} {
		wg.Go(func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				stop(err)
			}
		})
	}
}

// Close closes the dossier. Stop Run and the listeners first.
func (n *Node) Close() error { return n.sluitDossier() }

// sleutel gives the key of the sign-in cookies, made at the first start.
func (n *Node) sleutel(ctx context.Context) (k [32]byte, err error) {
	b, ok, err := n.store.Waarde(ctx, sessieWaarde)
	if err != nil {
		return k, err
	}
	if ok && len(b) == len(k) {
		return [32]byte(b), nil
	}
	_, _ = rand.Read(k[:]) // never fails
	return k, n.store.ZetWaarde(ctx, sessieWaarde, k[:])
}
