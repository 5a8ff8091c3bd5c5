package web

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/handbereik/soh/internal/toegang"
)

// Vereis lets only signed-in professionals through; toegang.Aanmelding.Vereis is one.
type Vereis func(next func(http.ResponseWriter, *http.Request, toegang.Sessie)) http.HandlerFunc

// Werk is the werkplek that functies hang their pages in. Registering happens
// before the first request; after that it is safe for concurrent use.
type Werk struct {
	site   *Site
	mux    *http.ServeMux
	vereis Vereis
	sterk  Vereis // for steps with heavy consequences
	nav    []werkNav

	bijWeigering func(s toegang.Sessie, x toegang.Weigering) string
}

type werkNav struct {
	item   NavItem
	voor   func(s toegang.Sessie) bool // nil: everybody
	aantal func(r *http.Request, s toegang.Sessie) int
}

// NieuwWerk makes the werkplek on a mux. The site's own routes are registered
// on it as well. sterk demands a fresh and strong sign-in
// (toegang.Aanmelding.VereisSterk), for PaginaSterk.
func NieuwWerk(site *Site, mux *http.ServeMux, vereis, sterk Vereis) *Werk {
	site.Routes(mux)
	return &Werk{site: site, mux: mux, vereis: vereis, sterk: sterk}
}

// Site gives the site of the werkplek.
func (w *Werk) Site() *Site { return w.site }

// Met gives the site with the caller's own templates and catalogues.
func (w *Werk) Met(bronnen ...fs.FS) (*Site, error) { return w.site.Met(bronnen...) }

// Nav adds an entry to the rail. aantal gives the number to show and may be nil.
func (w *Werk) Nav(item NavItem, aantal func(r *http.Request, s toegang.Sessie) int) {
	w.NavVoor(item, nil, aantal)
}

// NavVoor is Nav for who voor lets through; the page itself decides again.
func (w *Werk) NavVoor(item NavItem, voor func(s toegang.Sessie) bool, aantal func(r *http.Request, s toegang.Sessie) int) {
	w.nav = append(w.nav, werkNav{item, voor, aantal})
}

// Pagina registers a page for signed-in professionals at a pattern of
// http.ServeMux ("GET /werk/meldingen/{id}"). An error becomes the error page.
func (w *Werk) Pagina(patroon string, f func(http.ResponseWriter, *http.Request, toegang.Sessie) error) {
	w.pagina(w.vereis, patroon, f)
}

// PaginaSterk is Pagina for a step with heavy consequences: the professional
// signs in anew first. Use it for the page and for its form.
func (w *Werk) PaginaSterk(patroon string, f func(http.ResponseWriter, *http.Request, toegang.Sessie) error) {
	w.pagina(w.sterk, patroon, f)
}

func (w *Werk) pagina(vereis Vereis, patroon string, f func(http.ResponseWriter, *http.Request, toegang.Sessie) error) {
	w.mux.HandleFunc(patroon, vereis(func(rw http.ResponseWriter, r *http.Request, s toegang.Sessie) {
		r = MetKader(r, w.kader(r, s))
		if err := f(rw, r, s); err != nil {
			w.fout(rw, r, s, err)
		}
	}))
}

// BijWeigering sets where the page of a refused look leads who cannot wait; f gives
// an empty path for who has no such way.
func (w *Werk) BijWeigering(f func(s toegang.Sessie, x toegang.Weigering) string) { w.bijWeigering = f }

// fout shows err; a refused look leads on to noodtoegang.
func (w *Werk) fout(rw http.ResponseWriter, r *http.Request, s toegang.Sessie, err error) {
	nood := ""
	if x, ok := errors.AsType[toegang.Weigering](err); ok && w.bijWeigering != nil {
		nood = w.bijWeigering(s, x)
	}
	w.site.fout(rw, r, err, nood)
}

// Handler is the werkplek with its security headers.
func (w *Werk) Handler() http.Handler { return w.site.Handler(w.mux) }

func (w *Werk) kader(r *http.Request, s toegang.Sessie) Kader {
	k := Kader{Wie: s.Naam, Bij: s.Rol.Naam(), Afmelden: "/afmelden"}
	for _, n := range w.nav {
		if n.voor != nil && !n.voor(s) {
			continue
		}
		it := n.item
		if n.aantal != nil {
			it.Aantal = n.aantal(r, s)
		}
		k.Nav = append(k.Nav, it)
	}
	return k
}
