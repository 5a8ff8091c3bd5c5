package demo

import (
	"embed"
	"log/slog"
	"net/http"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/web"
)

//go:embed paginas talen
var paginas embed.FS

// rollen is what the start page shows: who one can be.
type rollen struct {
	Gezinnen     []kaart
	Organisaties []kaart
}

type kaart struct {
	Naam, Stand string
	Mensen      []Persona
}

// startHandler is the start page with the simulator below /inloggen/.
func (d *Demo) startHandler(log *slog.Logger) (http.Handler, error) {
	site, err := web.New(web.Config{Ondertitel: "Demo", SnelWeg: "-", GeenHulp: true, Log: log})
	if err != nil {
		return nil, err
	}
	if site, err = site.Met(paginas); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	site.Routes(mux)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if !d.Gereed() {
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Refresh", "1")
			site.Toon(w, r, http.StatusServiceUnavailable, "wacht.html", web.Pagina{Titel: "De demo start"})
			return
		}
		site.Toon(w, r, http.StatusOK, "start.html", web.Pagina{Titel: "Kies wie u bent", Data: d.rollen()})
	})
	mux.HandleFunc("GET /demo.json", func(w http.ResponseWriter, r *http.Request) {
		if !d.Gereed() {
			w.Header().Set("Retry-After", "1")
			rest.WriteFout(w, r, begrip.NieuweFout(begrip.NietBeschikbaar, "De demo start nog."))
			return
		}
		rest.WriteJSON(w, http.StatusOK, d.Lijst())
	})
	pages, login := site.Handler(mux), d.simulator.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/inloggen/") {
			login.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	}), nil
}

func (d *Demo) rollen() rollen {
	var uit rollen
	l := d.Lijst()
	bij := map[string][]Persona{}
	for _, p := range l.Personas {
		k := p.Organisatie + p.Gezin
		bij[k] = append(bij[k], p)
	}
	for _, g := range Gezinnen() {
		uit.Gezinnen = append(uit.Gezinnen, kaart{g.Naam, g.Stand, bij[g.Naam]})
	}
	for _, o := range Deelnemers() {
		uit.Organisaties = append(uit.Organisaties, kaart{o.Naam, "", bij[o.Naam]})
	}
	return uit
}
