// Package portal is the burgerportaal: the one page on which a parent or young
// person sees what happens, who is involved, what each organisation tells and
// who looked. It owns the pages and the asking; it keeps no case data, only the
// key of the sign-in cookies and the last list of deelnemers.
//
// It promises: a person sees only what is about that person; a source that did
// not answer is named, and never holds up or breaks the page; what the hub or a
// source shields is not told in any other way; and no BSN stands in a page, an
// address or a log line.
package portal

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

//go:embed paginas
var paginas embed.FS

// digidSubstantieel is the lowest assurance for a family's own data: DigiD
// substantial, as the eIDAS name of that level.
const digidSubstantieel = "http://eidas.europa.eu/LoA/substantial"

// wachttijd is how long the hub, and each source, may take. They are asked at
// the same time where that is possible, so a page takes at most twice as long.
const wachttijd = 3 * time.Second

// Config is the manual of a portal. Organisatie, Map, Identiteit, HubURL,
// HubOIN and Aanmelding are needed.
type Config struct {
	Organisatie begrip.Organisatie // soort burgerportaal
	Map         string             // folder for the session key and the register; made when absent
	Identiteit  toegang.Identiteit // certificate of the organisation
	HubURL      string             // https base of the hub, with or without /v1
	HubOIN      begrip.OIN         // who the hub is: no other organisation is believed at that address
	// Aanmelding is how families sign in. Burgers is set; an empty Sleutel is made
	// once and kept in Map; an empty MinACR is DigiD substantial.
	Aanmelding toegang.AanmeldConfig
	Functies   []functie.Functie // only their Teksten are used
	// Verbanden are the agreements that a family can read; default those of the program.
	Verbanden *samenwerkingsverband.Verzameling
	Metingen  *meting.Metingen // nil measures nothing
	Log       *slog.Logger     // default slog.Default
	Nu        func() time.Time // default time.Now
}

// Portal is one running portal.
type Portal struct {
	schijf      *meting.Schijf
	cfg         Config
	site        *web.Site
	aanmelding  *toegang.Aanmelding
	register    *register
	client      *http.Client
	wacht       time.Duration
	teksten     map[string]functie.Tekst
	geheugen    *geheugen
	voorSleutel [32]byte // names a choice in a cookie, see voorwie.go
	handler     http.Handler
}

// Open checks the configuration and wires the portal. Nothing runs before Run.
func Open(cfg Config) (*Portal, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Verbanden == nil {
		cfg.Verbanden = samenwerkingsverband.Ingebouwd()
	}
	if cfg.Nu == nil {
		cfg.Nu = time.Now
	}
	if cfg.Organisatie.OIN == "" {
		cfg.Organisatie = cfg.Identiteit.Organisatie
	}
	if cfg.Organisatie.OIN != cfg.Identiteit.Organisatie.OIN {
		return nil, errors.New("portal: het certificaat is van een andere organisatie")
	}
	if cfg.Organisatie.Soort != begrip.Burgerportaal {
		return nil, fmt.Errorf("portal: %s is geen organisatie van soort %s", cfg.Organisatie.Naam, begrip.Burgerportaal)
	}
	cfg.Identiteit.Organisatie = cfg.Organisatie
	cfg.Log = cfg.Log.With("deelnemer", cfg.Organisatie.Naam)
	if err := toegang.VereisHub(cfg.HubURL, cfg.HubOIN); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	if err := os.MkdirAll(cfg.Map, 0o700); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	p := &Portal{cfg: cfg, schijf: &meting.Schijf{Map: cfg.Map}, wacht: wachttijd, geheugen: &geheugen{}, client: cfg.Identiteit.Client(wachttijd), teksten: Teksten(cfg.Functies)}
	cfg.Identiteit.MeetLijst(cfg.Metingen)
	var err error
	if p.register, err = nieuwRegister(p); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	if err := p.bedraad(); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	return p, nil
}

// Teksten collects what the family reads per type of event.
func Teksten(functies []functie.Functie) map[string]functie.Tekst {
	uit := map[string]functie.Tekst{}
	for _, f := range functies {
		for typ, t := range f.Teksten {
			uit[typ] = t
		}
	}
	return uit
}

// bedraad makes the site, the sign-in and the routes.
func (p *Portal) bedraad() error {
	basis, err := web.New(web.Config{
		Ondertitel: web.Vertaalbaar("Voor ouders en jongeren"), Aanmelden: "/aanmelden", Log: p.cfg.Log, Nu: p.cfg.Nu, Kader: p.kader,
	})
	if err != nil {
		return err
	}
	if p.site, err = basis.Met(append(functie.Catalogi(p.cfg.Functies), paginas)...); err != nil {
		return err
	}
	a := p.cfg.Aanmelding
	a.Burgers, a.Organisatie, a.Nu, a.Fout = true, "", p.cfg.Nu, p.site.Fout
	if a.MinACR == "" {
		a.MinACR = digidSubstantieel
	}
	if a.Log == nil {
		a.Log = p.cfg.Log
	}
	if a.Sleutel == [32]byte{} {
		if a.Sleutel, err = sleutel(p.cfg.Map); err != nil {
			return err
		}
	}
	p.voorSleutel, a.Afgemeld = a.Sleutel, filepath.Join(p.cfg.Map, "afgemeld")
	if p.aanmelding, err = toegang.NieuweAanmelding(a); err != nil {
		return err
	}
	p.handler = p.routes()
	return nil
}

// routes is every page of the portal.
func (p *Portal) routes() http.Handler {
	mux := http.NewServeMux()
	p.site.Routes(mux)
	p.aanmelding.Routes(mux)
	mux.HandleFunc(web.PadSnelWeg, p.site.SnelWeg(func(w http.ResponseWriter, r *http.Request) {
		p.aanmelding.Beeindig(w, r)
		http.SetCookie(w, p.voorCookie("", -1))
	}))
	mux.HandleFunc("GET /{$}", p.begin)
	mux.HandleFunc("GET /hulp", p.hulp)
	mux.HandleFunc("GET /afspraken", p.afspraken)
	mux.HandleFunc("GET /afspraken/{naam}", p.afspraak)
	mux.HandleFunc("GET /overzicht", p.aanmelding.Vereis(p.toonOverzicht))
	mux.HandleFunc("GET /wie-keek", p.aanmelding.Vereis(p.toonWieKeek))
	mux.HandleFunc("GET /mijn-keuzes", p.aanmelding.Vereis(p.toonKeuzes))
	mux.HandleFunc("POST /mijn-keuzes/stop", p.aanmelding.Vereis(p.stop))
	mux.HandleFunc("GET /meekijken", p.aanmelding.Vereis(p.meekijken))
	mux.HandleFunc("POST /meekijken", p.aanmelding.Vereis(p.geefMeekijken))
	mux.HandleFunc("POST /voor-wie/code", p.aanmelding.Vereis(p.aanvaard))
	mux.HandleFunc("GET /voor-wie", p.aanmelding.Vereis(p.toonVoorWie))
	mux.HandleFunc("POST /voor-wie", p.aanmelding.Vereis(p.kiesVoorWie))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	return p.site.Handler(p.cfg.Metingen.HTTP(mux))
}

// Handler serves the pages over plain HTTP, behind TLS of one's own or a proxy.
func (p *Portal) Handler() http.Handler { return p.handler }

// Run keeps the list of deelnemers fresh until ctx ends.
func (p *Portal) Run(ctx context.Context) error {
	p.register.Run(ctx)
	return nil
}

// Gereed tells why the portal cannot do its work now; nil when it can.
func (p *Portal) Gereed() error {
	if len(p.register.Deelnemers()) == 0 {
		return errors.New("de lijst van deelnemers is nog niet bekend")
	}
	return p.schijf.Kijk()
}

// Close ends the connections to hub and sources.
func (p *Portal) Close() error {
	p.client.CloseIdleConnections()
	return nil
}

// kader surrounds every page for who is signed in.
func (p *Portal) kader(r *http.Request) web.Kader {
	if p.aanmelding == nil {
		return web.Kader{}
	}
	s, err := p.aanmelding.Sessie(r)
	if err != nil {
		return web.Kader{}
	}
	return web.Kader{Wie: s.Naam, Afmelden: "/afmelden", Nav: []web.NavItem{
		{Titel: web.Vertaalbaar("Overzicht"), Pad: "/overzicht", Icoon: "home"},
		{Titel: web.Vertaalbaar("Wie keek"), Pad: "/wie-keek", Icoon: "eye"},
		{Titel: web.Vertaalbaar("Mijn keuzes"), Pad: "/mijn-keuzes", Icoon: "lock"},
		{Titel: web.Vertaalbaar("Voor wie"), Pad: "/voor-wie", Icoon: "users"},
		{Titel: web.Vertaalbaar("Hulp"), Pad: "/hulp", Icoon: "help-circle"},
	}}
}

func (p *Portal) begin(w http.ResponseWriter, r *http.Request) {
	if _, err := p.aanmelding.Sessie(r); err == nil {
		http.Redirect(w, r, "/overzicht", http.StatusSeeOther)
		return
	}
	p.site.Toon(w, r, http.StatusOK, "begin.html", web.Pagina{Titel: web.Vertaalbaar("Welkom"), Breed: true})
}

func (p *Portal) hulp(w http.ResponseWriter, r *http.Request) {
	p.site.Toon(w, r, http.StatusOK, "hulp.html", web.Pagina{Titel: web.Vertaalbaar("Hulp"), Breed: true})
}

// afspraken lists the agreements of organisations that work together; anybody
// may read them, signed in or not.
func (p *Portal) afspraken(w http.ResponseWriter, r *http.Request) {
	p.site.Toon(w, r, http.StatusOK, "afspraken.html", web.Pagina{Titel: web.Vertaalbaar("Afspraken van overleggen"), Data: functie.AlleAfspraken(p.cfg.Verbanden)})
}

func (p *Portal) afspraak(w http.ResponseWriter, r *http.Request) {
	d, ok := p.cfg.Verbanden.Definitie(r.PathValue("naam"))
	if !ok {
		p.site.Fout(w, r, begrip.NieuweFout(begrip.NietGevonden, "Dit overleg is er niet."))
		return
	}
	p.site.Toon(w, r, http.StatusOK, "afspraak.html", web.Pagina{Titel: functie.Titel(d), Data: functie.Afspraken(d)})
}
