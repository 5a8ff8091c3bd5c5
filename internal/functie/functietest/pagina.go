package functietest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// Werkplek is the workspace of a node with one functie, for tests of its pages. Als says
// who is signed in.
type Werkplek struct {
	t   *testing.T
	h   http.Handler
	log strings.Builder
	Als toegang.Sessie
}

// Pagina is an answer of it.
type Pagina struct {
	Status     int
	HTML, Naar string // Naar is where it leads on to
}

// NieuweWerkplek puts the pages of f on a workspace.
func NieuweWerkplek(t *testing.T, f functie.Functie, als toegang.Sessie) *Werkplek {
	t.Helper()
	w := &Werkplek{t: t, Als: als}
	site, err := web.New(web.Config{Werkplek: true, Log: slog.New(slog.NewTextHandler(&w.log, nil))})
	if err == nil {
		site, err = site.Met(functie.Catalogi([]functie.Functie{f})...)
	}
	if err != nil {
		t.Fatal(err)
	}
	vereis := func(next func(http.ResponseWriter, *http.Request, toegang.Sessie)) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			next(rw, r.WithContext(dossier.MetGelezen(r.Context())), w.Als)
		}
	}
	werk := web.NieuwWerk(site, http.NewServeMux(), vereis, vereis)
	f.Werkplek(werk)
	w.h = werk.Handler()
	return w
}

// Open gets a page.
func (w *Werkplek) Open(pad string) Pagina {
	return w.doe(httptest.NewRequest(http.MethodGet, pad, nil))
}

// Stuur posts a form.
func (w *Werkplek) Stuur(pad string, velden url.Values) Pagina {
	r := httptest.NewRequest(http.MethodPost, pad, strings.NewReader(velden.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.doe(r)
}

func (w *Werkplek) doe(r *http.Request) Pagina {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	if rec.Code >= http.StatusInternalServerError && rec.Code != http.StatusBadGateway {
		w.t.Fatalf("%s %s: %d %s", r.Method, r.URL.Path, rec.Code, w.log.String())
	}
	return Pagina{rec.Code, rec.Body.String(), rec.Header().Get("Location")}
}
