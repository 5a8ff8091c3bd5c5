// Package hub is the Ketenindex: it takes CloudEvents over mutual TLS, makes
// them durable before it says so, projects them into a read model and a
// tamper-evident ledger, and answers queries at the level of who asks.
//
// It promises: an event answered with 202 is on disk and will be found by its
// status and by queries, whatever happens to the process; the same event
// offered again gets the same interactieId and counts once; no readable BSN
// enters the log, a URL or an error; the read model can be thrown away and comes
// back the same; the family never learns a source that is shielded from it.
package hub

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/beheer"
	"github.com/handbereik/soh/internal/hub/bewijs"
	"github.com/handbereik/soh/internal/hub/bezorging"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/projectie"
	"github.com/handbereik/soh/internal/hub/vergeten"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// Versie is the full version of the API.
const Versie = kern.Versie

// Config says who the hub is and where its files live.
type Config = kern.Config

// Hub is an open Ketenindex: its rooms, put together. Run must run for anything to be
// found.
type Hub struct {
	*kern.Kern
	Kijk      *kijk.Hub
	Feit      *feit.Hub
	Lezing    *lezing.Hub
	Inname    *inname.Hub
	Projectie *projectie.Hub
	Antwoord  *antwoord.Hub
	Beheer    *beheer.Hub
	Bezorging *bezorging.Hub
	Vergeten  *vergeten.Hub
	Bewijs    *bewijs.Hub
}

// Open opens the hub in cfg.Dir, which one process at a time may use.
func Open(cfg Config) (h *Hub, err error) {
	k, err := kern.Open(cfg)
	h = &Hub{Kern: k}
	defer func() {
		if err != nil {
			_ = h.Close()
		}
	}()
	if err != nil {
		return h, err
	}
	h.Kijk = kijk.Nieuw(k)
	if h.Feit, err = feit.Nieuw(k, h.Kijk); err != nil {
		return h, err
	}
	h.Lezing = lezing.Nieuw(k)
	h.Inname = inname.Nieuw(k, h.Feit, h.Lezing)
	h.Projectie = projectie.Nieuw(k, h.Kijk, h.Feit, h.Lezing)
	h.Antwoord = antwoord.Nieuw(k, h.Kijk, h.Feit)
	h.Beheer = beheer.Nieuw(k, h.Kijk, h.Feit, h.Inname)
	h.Bezorging = bezorging.Nieuw(k, h.Kijk, h.Feit, h.Inname, h.Antwoord)
	h.Vergeten = vergeten.Nieuw(k, h.Feit, h.Inname)
	if h.Bewijs, err = bewijs.Nieuw(k, h.Antwoord); err != nil {
		return h, err
	}
	ctx, stop := context.WithTimeout(context.Background(), inloopWacht)
	defer stop()
	return h, h.loopIn(ctx)
}

// inloopWacht bounds what Open does itself once everything is open.
const inloopWacht = 10 * time.Minute

// loopIn brings the register up to date before anybody can ask: with a read
// model that is nearly there, and the operator's list. With a long way to go it
// leaves that to Run, and callers hear that the hub is starting.
func (h *Hub) loopIn(ctx context.Context) error {
	if !h.Projectie.ProjecteerTot(ctx) {
		return nil
	}
	if h.Cfg.Cluster != nil { // another replica may have a newer list
		h.RegisterBij.Store(true)
		return nil
	}
	if err := h.Beheer.NeemBestandOver(ctx); err != nil && !begrip.Is(err, begrip.NietBeschikbaar) {
		return err
	}
	h.RegisterBij.Store(h.Projectie.ProjecteerTot(ctx))
	return nil
}

// Run projects the log and signs the ledger until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { h.Bewijs.Onderteken(ctx) })
	wg.Go(func() { h.Bewijs.BewaakStand(ctx) })
	wg.Go(func() { h.Projectie.Bewaar(ctx, stop) })
	wg.Go(func() { _ = h.alsLeider(ctx, "huishouding", h.Vergeten.Huishouding) })
	wg.Go(func() { h.Bewijs.LaatGetuigen(ctx) })
	wg.Go(func() { h.Beheer.WachtOpRegister(ctx) })
	wg.Go(func() { _ = h.alsLeider(ctx, "deelnemers", h.Beheer.HoudRegister) })
	if h.Cfg.Identiteit != nil {
		wg.Go(func() { _ = h.alsLeider(ctx, "bezorgen", h.Bezorging.BezorgAlles) })
		wg.Go(func() { _ = h.alsLeider(ctx, "peilen", h.Beheer.Peil) })
	}
	defer wg.Wait()
	defer stop()
	return errors.Join(h.Projectie.Volg(ctx), h.Projectie.MeldSchade())
}

// alsLeider runs werk on one replica of the hub at a time; hublog.Log.AlsLeider
// tells how. To be called in Run, in a goroutine of its own.
func (h *Hub) alsLeider(ctx context.Context, naam string, werk func(ctx context.Context) error) error {
	return h.Log.AlsLeider(ctx, naam, werk)
}

// Sleutel is the public key of the ledger, for who checks proofs.
func (h *Hub) Sleutel() string { return h.Ledger.Sleutel() }

// Deelnemers is how many organisations may take part now.
func (h *Hub) Deelnemers() int { return len(h.Register.Deelnemers()) }

// openbaar is what anyone may read: the descriptions, the agreements about kinds
// of event, the ledger, which holds commitments only, and how the hub is doing.
// All else takes a certificate.
var openbaar = []string{"/health", "/ready", "/v1/openapi.json", "/v1/asyncapi.json", "/v1/schemas", "/v1/schemas/", "/v1/gebeurtenissoorten", "/tlog/", toegang.PadToken, toegang.PadSleutels, toegang.PadMetadata}

// Herstel shows who knows that this hub was further, and changes nothing. Run must
// not run. dicht is why the hub is closed; empty when all fits.
func (h *Hub) Herstel(ctx context.Context) (bs []feit.Bewering, dicht string, err error) {
	if err := h.leesAlles(ctx); err != nil {
		return nil, "", err
	}
	return h.Bewijs.Herstel(ctx)
}

// Bevestig accepts, under a name, that what others show is lost; bewijs.Hub.Bevestig
// tells how. Run must not run.
func (h *Hub) Bevestig(ctx context.Context, wie, reden string) error {
	if err := h.leesAlles(ctx); err != nil {
		return err
	}
	return h.Bewijs.Bevestig(ctx, wie, reden)
}

func (h *Hub) leesAlles(ctx context.Context) error {
	if !h.Projectie.ProjecteerTot(ctx) {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "Het log is niet helemaal te lezen. Probeer het opnieuw.")
	}
	return nil
}

// Handler is the whole API. It expects a listener that verifies the client
// certificates it is shown (toegang.Identiteit.ServerTLS).
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, routes := range []func(*http.ServeMux){h.Inname.Routes, h.Antwoord.Routes, h.Kijk.Routes, h.Beheer.Routes, h.Bezorging.Routes, h.Vergeten.Routes, h.Bewijs.Routes} {
		routes(mux)
	}
	mux.HandleFunc("GET /v1/openapi.json", geefOpenAPI)
	mux.HandleFunc("GET /v1/asyncapi.json", h.geefAsyncAPI)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		rest.WriteJSON(w, http.StatusOK, map[string]string{"status": "OK"})
	})
	mux.HandleFunc("GET /ready", h.gereed)
	metCertificaat := func(next http.Handler) http.Handler {
		return rest.Handler(geenVreemdePagina(toegang.VereisCertificaat(next, rest.WriteFout, openbaar...)), kern.Versie, h.Cfg.Log)
	}
	gemeten := h.Bewijs.DoorPoort(h.Cfg.Metingen.HTTP(mux))
	if h.Cfg.Tokens == nil {
		return metCertificaat(gemeten)
	}
	u := *h.Cfg.Tokens
	u.Verklaringen = &h.Verklaringen
	u.Deelnemer = func(oin begrip.OIN) bool { _, err := h.Register.Toegelaten(oin); return err == nil }
	var err error
	if u.Scopes, err = toegang.ScopesVan(OpenAPI); err != nil {
		panic(err) // our own description
	}
	u.Routes(mux)
	return metCertificaat(u.Bewaak(gemeten, rest.WriteFout))
}

// geenVreemdePagina refuses what a page of another site makes a browser send: it has
// the certificate of who sits behind it. A form cannot send JSON as what it is, so
// text and parts are refused as well.
func geenVreemdePagina(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest.WriteFout(w, r, begrip.NieuweFout(begrip.Verboden, "Dit verzoek komt van een pagina van een andere site."))
	}))
	return p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := r.Header.Get("Content-Type"); strings.HasPrefix(t, "text/plain") || strings.HasPrefix(t, "multipart/") {
			rest.WriteFout(w, r, begrip.NieuweFout(begrip.VerkeerdType, "Stuur JSON als application/json."))
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func (h *Hub) gereed(w http.ResponseWriter, _ *http.Request) {
	g := h.Stand()
	status := http.StatusOK
	if !g.Gereed {
		status = http.StatusServiceUnavailable
	}
	rest.WriteJSON(w, status, g)
}
