package node

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

//go:embed paginas
var paginas embed.FS

// maakWerkplek is the professionals' site: sign-in, the Postvak, the log of
// looks, and what each functie brings.
func (n *Node) maakWerkplek() (http.Handler, error) {
	if n.cfg.Aanmelding.Issuer == "" {
		return http.NotFoundHandler(), nil
	}
	site, err := web.New(web.Config{
		Naam: "Samen Onder Handbereik", Ondertitel: n.cfg.Organisatie.Naam, Thuis: "/postvak", Werkplek: true,
		Aanmelden: "/aanmelden", FormActies: []string{strings.TrimRight(n.cfg.Aanmelding.Issuer, "/")}, Log: n.cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	cfg := n.cfg.Aanmelding
	if cfg.Organisatie == "" {
		cfg.Organisatie = n.cfg.Organisatie.OIN
	}
	if cfg.Fout == nil {
		cfg.Fout = site.Fout
	}
	if cfg.Log == nil {
		cfg.Log = n.cfg.Log
	}
	if cfg.Start == "" {
		cfg.Start = "/postvak"
	}
	if cfg.Sleutel == [32]byte{} {
		if cfg.Sleutel, err = n.sleutel(context.Background()); err != nil {
			return nil, err
		}
	}
	aanmelding, err := toegang.NieuweAanmelding(cfg)
	if err != nil {
		return nil, err
	}
	aanmelding.Routes(mux)
	gezondheid(mux, n.gereed)
	w := web.NieuwWerk(site, mux, aanmelding.Vereis)
	eigen, err := w.Met(paginas)
	if err != nil {
		return nil, err
	}
	w.Nav(web.NavItem{Titel: web.Vertaalbaar("Postvak"), Pad: "/postvak", Icoon: "inbox", AantalTekst: web.Vertaalbaar("open opdrachten")}, n.aantalOpen)
	for _, f := range n.functies {
		if f.Werkplek != nil {
			f.Werkplek(w)
		}
	}
	w.Nav(web.NavItem{Titel: web.Vertaalbaar("Logboek"), Pad: "/logboek", Icoon: "eye"}, nil)
	w.Pagina("GET /{$}", func(rw http.ResponseWriter, r *http.Request, _ toegang.Sessie) error {
		http.Redirect(rw, r, "/postvak", http.StatusSeeOther)
		return nil
	})
	w.Pagina("GET /postvak", func(rw http.ResponseWriter, r *http.Request, _ toegang.Sessie) error {
		return n.paginaPostvak(eigen, rw, r)
	})
	w.Pagina("GET /logboek", func(rw http.ResponseWriter, r *http.Request, _ toegang.Sessie) error {
		return n.paginaLogboek(eigen, rw, r)
	})
	return w.Handler(), nil
}

func (n *Node) aantalOpen(r *http.Request, _ toegang.Sessie) int {
	os, err := n.opdracht.Postvak(r.Context())
	if err != nil {
		return 0
	}
	open := 0
	for _, o := range os {
		if !o.Staat.Eind() {
			open++
		}
	}
	return open
}

// postvakRij is one Opdracht in the Postvak.
type postvakRij struct {
	opdracht.Opdracht
	Titel, Afzender, Pad string
	Label                web.Label
}

var staatLabel = map[opdracht.Staat]string{
	opdracht.Aangeboden: "info", opdracht.Geaccepteerd: "wacht", opdracht.InUitvoering: "wacht",
	opdracht.Uitgevoerd: "ok", opdracht.Mislukt: "fout",
}

func (n *Node) paginaPostvak(site *web.Site, w http.ResponseWriter, r *http.Request) error {
	os, err := n.opdracht.Postvak(r.Context())
	if err != nil {
		return err
	}
	titels := map[string]string{}
	for _, f := range n.functies {
		for _, s := range f.Opdrachten {
			titels[s.Naam] = s.Titel
		}
	}
	var d struct{ Open, Klaar []postvakRij }
	for _, o := range os {
		rij := postvakRij{Opdracht: o, Titel: titels[o.Soort], Afzender: n.naam(o.Van), Pad: "/postvak/" + o.Soort + "/" + o.ID,
			Label: web.Label{Tekst: hoofd(o.Staat.Naam()), Soort: staatLabel[o.Staat]}}
		if rij.Titel == "" {
			rij.Titel = o.Soort
		}
		if o.Staat.Eind() {
			d.Klaar = append(d.Klaar, rij)
		} else {
			d.Open = append(d.Open, rij)
		}
	}
	site.Toon(w, r, http.StatusOK, "postvak.html", web.Pagina{Titel: "Postvak", Data: d})
	return nil
}

func (n *Node) paginaLogboek(site *web.Site, w http.ResponseWriter, r *http.Request) error {
	regels, err := n.store.Logboek(r.Context(), 100)
	if err != nil {
		return err
	}
	t := web.Tabel{Onderschrift: "Wie keek", Kop: []string{"Wanneer", "Wie", "Wat", "Waarom", "Besluit"}}
	for _, l := range regels {
		wat, besluit := "Keek bij ons", web.Label{Tekst: "Mocht", Soort: "ok"}
		if l.Richting == dossier.Bekeken {
			wat = "Keek bij " + n.naam(l.Bron)
			besluit = web.Label{Tekst: "Gevraagd"}
		}
		if !l.Toegestaan {
			besluit = web.Label{Tekst: "Mocht niet", Soort: "fout"}
		}
		wie := l.Naam
		if !l.Burger.IsZero() {
			wie = "Een lid van het gezin"
		}
		t.Rijen = append(t.Rijen, []web.Cel{
			{Op: l.Tijdstip}, {Tekst: wie, Bij: l.LezerOrganisatie + ", " + l.Rol.Naam()},
			{Tekst: hoofd(l.Soort), Bij: wat}, {Tekst: hoofd(l.Doel.Omschrijving()), Bij: l.Grondslag.Artikel()}, {Label: &besluit},
		})
	}
	site.Toon(w, r, http.StatusOK, "logboek.html", web.Pagina{Titel: "Logboek", Data: t})
	return nil
}

func (n *Node) naam(oin begrip.OIN) string {
	if o, ok := n.register.organisatie(oin); ok {
		return o.Naam
	}
	return "Een organisatie die wij niet kennen"
}

func hoofd(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
