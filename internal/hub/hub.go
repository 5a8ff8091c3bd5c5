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
	"cmp"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/hub/webhook"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// Versie is the full version of the API.
const Versie = "1.2.0"

// Config says who the hub is and where its files live.
type Config struct {
	Dir         string             // everything of this hub; made when absent
	Organisatie begrip.Organisatie // the chain manager: Agent and source of every answer
	MaxBytes    int64              // budget of the log; 0: what the disk has
	Reserve     int64              // bytes of the disk that stay free; as hublog has it
	BewaarElke  time.Duration      // how often the read model goes to disk; 0 is 10 s
	Staart      int                // keys of the index in memory before they become a table; 0 is 250,000
	Tokens      *toegang.Uitgever  // gives and checks access tokens; the hub fills in for whom and what. nil: none
	Cluster     *hublog.Cluster    // where the log is, for replicas; nil is in Dir
	Getuige     string             // folder outside Dir that knows how far the log was; default Dir-getuige
	Geheimen    string             // folder of the three keys, the same for every replica; empty is Dir
	Metingen    *meting.Metingen   // nil measures nothing
	Getuigen    []string           // URL=key of witnesses that are asked to sign each checkpoint
	Log         *slog.Logger

	Grenzen Grenzen // how many persons may be asked about

	Peilen time.Duration // between two looks at the health of everyone; 0 is a minute

	// Identiteit is to call deelnemers with: webhooks, looking after their health.
	// nil: neither.
	Identiteit *toegang.Identiteit
}

// Hub is an open Ketenindex. Run must run for anything to be found.
type Hub struct {
	cfg      Config
	log      *hublog.Log
	sleutels *sleutels.Sleutels
	graph    *graph.Graph
	ledger   *ledger.Ledger
	getuigen []*ledger.Getuige
	register *register.Register
	regels   atomic.Pointer[soorten.Stand] // what was agreed about kinds of event
	zegel    vraag.Zegel
	lijst    *register.Lijst // deelnemers.json
	onderweg onderweg
	// vergeetSlot is held by who destroys keys, and shared by who takes events in.
	vergeetSlot sync.RWMutex
	vooruit     vooruit
	metingen    metingen

	geprojecteerd atomic.Uint64 // last block in the read model
	bewaard       atomic.Uint64 // last block that is in it on disk, as far as is known
	bijTot        atomic.Int64  // when the projection last was at the end of the log, Unix nanoseconds
	schrijffout   atomic.Bool   // the last Append could not write
	projectiefout atomic.Pointer[error]
	abonnementen  *abonnementen
	verzender     *webhook.Verzender // nil without Identiteit
	bezorgen      bezorgRegels
	verklaringen  toegang.Verklaringen
	kijken        cipher.AEAD // seals the lines about looks
	grenzen       *vraaggrenzen
	gezond        gezond
	peilen        time.Duration

	schijf      meting.Schijf
	poort       poort
	getuige     *getuige    // nil: none could be made
	registerBij atomic.Bool // the register is as the log has it
	dicht       atomic.Bool
}

// openWacht bounds the start: of millions of persons each key is read, on a disk
// that may be busy.
const openWacht = 10 * time.Minute

// Open opens the hub in cfg.Dir, which one process at a time may use.
func Open(cfg Config) (h *Hub, err error) {
	if _, err := begrip.ParseOIN(string(cfg.Organisatie.OIN)); err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	for _, dir := range []string{cfg.Dir, cfg.Geheimen} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("hub: %w", err)
		}
	}
	h = &Hub{cfg: cfg, register: register.Nieuw(), lijst: register.NieuweLijst(cfg.Dir),
		bezorgen: gewoonBezorgen, grenzen: nieuweGrenzen(cfg.Grenzen), peilen: cmp.Or(cfg.Peilen, peilInterval), gezond: gezond{op: map[begrip.OIN]gezondheid.Staat{}},
		onderweg: onderweg{ids: map[uuid.UUID]onderwegPlek{}}}
	h.schijf.Map = cfg.Dir
	h.abonnementen = nieuweAbonnementen(func() *graph.Graph { return h.graph })
	h.regels.Store(soorten.Begin())
	h.grenzen.meldt = h.meldGrens
	h.meet()
	if cfg.Identiteit != nil {
		h.verzender = webhook.Nieuw(*cfg.Identiteit)
	}
	defer func() {
		if err != nil {
			_ = h.Close()
		}
	}()
	if h.log, err = hublog.Open(hublog.Config{Dir: filepath.Join(cfg.Dir, "log"), MaxBytes: cfg.MaxBytes, Reserve: cfg.Reserve, Cluster: cfg.Cluster, Gelegd: h.meetGelegd, Log: cfg.Log}); err != nil {
		return h, err
	}
	h.toetsGetuige()
	ctx, stop := context.WithTimeout(context.Background(), openWacht)
	defer stop()
	if h.sleutels, err = sleutels.Open(ctx, h.log, h.cfg.geheim("meester.sleutel")); err != nil {
		return h, err
	}
	h.sleutels.Partij = h.heet
	sleutel, err := eigenSleutel(h.cfg.geheim("index.sleutel"), h.log.Laatste() > 0)
	if err != nil {
		return h, err
	}
	if err := h.kenmerk(ctx, "index.sleutel", vingerafdruk(sleutel)); err != nil {
		return h, err
	}
	if h.graph, err = openIndex(cfg, sleutel); err != nil {
		return h, err
	}
	h.zegel = vraag.NieuwZegel(h.graph.MAC("zegel van vragen"))
	h.kijken = kijkSlot(h.graph.MAC("log van het kijken"))
	stand, err := h.graph.Stand()
	if err != nil {
		return h, err
	}
	if !h.logHeeft(ctx, stand) {
		return h, errors.New("hub: the read model is ahead of the log: files of two hubs are mixed, or the log was cut; restore the newest log; if there is none, remove the folder index and look with 'soh hub herstel'")
	}
	h.geprojecteerd.Store(stand)
	if h.ledger, err = ledger.Open(h.ledgerConfig()); err != nil {
		return h, err
	}
	if h.getuigen, err = ledger.Getuigen(cfg.Getuigen); err != nil {
		return h, err
	}
	if err := h.kenmerk(ctx, "ledger.sleutel", h.ledger.Sleutel()); err != nil {
		return h, err
	}
	h.meetStand()
	if err := errors.Join(h.laadFeiten(), h.laadStanden()); err != nil {
		return h, err
	}
	return h, h.loopIn(ctx)
}

// oorsprong is the origin line of the checkpoints: the name of this ledger.
func (h *Hub) oorsprong() string { return "soh.ketenindex/" + string(h.cfg.Organisatie.OIN) }

// Run projects the log and signs the ledger until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { h.onderteken(ctx) })
	wg.Go(func() { h.bewaakStand(ctx) })
	wg.Go(func() { h.bewaar(ctx, stop) })
	wg.Go(func() { _ = h.alsLeider(ctx, "huishouding", h.huishouding) })
	if len(h.getuigen) > 0 {
		wg.Go(func() { h.laatGetuigen(ctx) })
	}
	wg.Go(func() { h.wachtOpRegister(ctx) })
	wg.Go(func() { _ = h.alsLeider(ctx, "deelnemers", h.houdRegister) })
	if h.cfg.Identiteit != nil {
		wg.Go(func() { _ = h.alsLeider(ctx, "bezorgen", h.bezorgAlles) })
		wg.Go(func() { _ = h.alsLeider(ctx, "peilen", h.peil) })
	}
	defer wg.Wait()
	defer stop()
	return errors.Join(h.volg(ctx), h.meldSchade())
}

// alsLeider runs werk on one replica of the hub at a time; hublog.Log.AlsLeider
// tells how. To be called in Run, in a goroutine of its own.
func (h *Hub) alsLeider(ctx context.Context, naam string, werk func(ctx context.Context) error) error {
	return h.log.AlsLeider(ctx, naam, werk)
}

// Sleutel is the public key of the ledger, for who checks proofs.
func (h *Hub) Sleutel() string { return h.ledger.Sleutel() }

// Deelnemers is how many organisations may take part now.
func (h *Hub) Deelnemers() int { return len(h.register.Deelnemers()) }

// Close makes what was taken in durable and closes. End Run first.
func (h *Hub) Close() error {
	if !h.dicht.CompareAndSwap(false, true) {
		return nil
	}
	var fouten []error
	if h.log != nil {
		fouten = append(fouten, h.log.Close())
	}
	if h.graph != nil {
		fouten = append(fouten, h.graph.Close())
	}
	fouten = append(fouten, h.getuige.Close())
	return errors.Join(fouten...)
}

// openbaar is what anyone may read: the descriptions, the agreements about kinds
// of event, the ledger, which holds commitments only, and how the hub is doing.
// All else takes a certificate.
var openbaar = []string{"/health", "/ready", "/v1/openapi.json", "/v1/asyncapi.json", "/v1/schemas", "/v1/schemas/", "/v1/gebeurtenissoorten", "/tlog/", toegang.PadToken, toegang.PadSleutels, toegang.PadMetadata}

// Handler is the whole API. It expects a listener that verifies the client
// certificates it is shown (toegang.Identiteit.ServerTLS).
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/events", h.ontvang)
	mux.HandleFunc("GET /v1/status/{interactieId}", h.status)
	mux.HandleFunc("GET /v1/resultaten/{interactieId}", h.resultaten)
	for _, s := range vraag.Soorten {
		mux.HandleFunc("POST "+s.Pad, h.neemVraag(s))
	}
	mux.HandleFunc("POST /v1/bevestigingen/query", h.metFout(h.bevestig))
	mux.HandleFunc("GET /v1/events/{interactieId}/bewijs", h.bewijs)
	mux.HandleFunc("GET /v1/deelnemers", h.geefDeelnemers)
	mux.HandleFunc("POST /v1/deelnemers", h.metFout(h.voegDeelnemerToe))
	mux.HandleFunc("GET /v1/deelnemers/{oin}", h.metFout(h.geefDeelnemer))
	mux.HandleFunc("PUT /v1/deelnemers/{oin}", h.metFout(h.wijzigDeelnemer))
	mux.HandleFunc("DELETE /v1/deelnemers/{oin}", h.metFout(h.laatDeelnemerGaan))
	diensten.routes(mux, h)
	apis.routes(mux, h)
	storingen.routes(mux, h)
	h.regelRoutes(mux)
	h.intrekRoutes(mux)
	h.vergeetRoutes(mux)
	mux.HandleFunc("GET /v1/gezondheid", h.metFout(h.geefGezondheid))
	h.abonnementRoutes(mux)
	h.inzageRoutes(mux)
	mux.HandleFunc("GET /v1/openapi.json", geefOpenAPI)
	mux.HandleFunc("GET /v1/asyncapi.json", h.geefAsyncAPI)
	mux.HandleFunc("GET /v1/grootboekregels", h.grootboekregels)
	mux.HandleFunc("POST /v1/vergelijkingen", h.metFout(h.vergelijk))
	h.tlog(mux)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		rest.WriteJSON(w, http.StatusOK, map[string]string{"status": "OK"})
	})
	mux.HandleFunc("GET /ready", h.gereed)
	metCertificaat := func(next http.Handler) http.Handler {
		return rest.Handler(geenVreemdePagina(toegang.VereisCertificaat(next, rest.WriteFout, openbaar...)), Versie, h.cfg.Log)
	}
	gemeten := h.doorPoort(h.cfg.Metingen.HTTP(mux))
	if h.cfg.Tokens == nil {
		return metCertificaat(gemeten)
	}
	u := *h.cfg.Tokens
	u.Verklaringen = &h.verklaringen
	u.Deelnemer = func(oin begrip.OIN) bool { _, err := h.register.Toegelaten(oin); return err == nil }
	var err error
	if u.Scopes, err = toegang.ScopesVan(openapi); err != nil {
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

// Gereed is whether the hub can do its work now, for /ready and the operator.
type Gereed struct {
	Gereed           bool   `json:"gereed"`
	Log              string `json:"log"`
	Projectie        string `json:"projectie"`
	Achterstand      uint64 `json:"achterstand"` // blocks in the log that cannot be found yet
	WachtrijMillisec int64  `json:"wachtrijMilliseconden"`
}

// maxAchterstand in blocks, above which the hub says it is not ready.
const maxAchterstand = 5000

func (h *Hub) gereed(w http.ResponseWriter, _ *http.Request) {
	g := h.Stand()
	status := http.StatusOK
	if !g.Gereed {
		status = http.StatusServiceUnavailable
	}
	rest.WriteJSON(w, status, g)
}

// Stand tells how the hub is doing.
func (h *Hub) Stand() Gereed {
	g := Gereed{Gereed: true, Log: "OK", Projectie: "OK"}
	_, oudste := h.log.Wachtrij()
	g.WachtrijMillisec = oudste.Milliseconds()
	g.Achterstand = h.achterstand()
	if !h.log.Bereikbaar() {
		g.Gereed, g.Log = false, "onbereikbaar"
	} else if reden, wacht := h.poort.nu(); reden != "" {
		g.Gereed, g.Log = false, "teruggezet uit een kopie: 'soh hub herstel'"
		if wacht {
			g.Log = "wordt vergeleken"
		}
	} else if h.schijf.Kijk() != nil || h.log.Ruimte() != nil || h.schrijffout.Load() && !h.proef() {
		g.Gereed, g.Log = false, "kan niet schrijven"
	}
	switch {
	case h.projectiefout.Load() != nil:
		g.Gereed, g.Projectie = false, "hapert"
	case g.Achterstand > maxAchterstand:
		g.Gereed, g.Projectie = false, "loopt achter"
	}
	return g
}

// proefByte begins an entry that says nothing: how the hub finds out whether it
// can write again after it could not. Only one that succeeds enters the log.
// It is as large as an event and does not compress, else it fits where no
// event does.
const (
	proefByte    = 0
	proefGrootte = 4 << 10
)

func (h *Hub) proef() bool {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	regel := make([]byte, proefGrootte)
	_, _ = rand.Read(regel)
	regel[0] = proefByte
	if _, err := h.log.Append(ctx, [][]byte{regel}); err != nil {
		return false
	}
	h.schrijffout.Store(false)
	return true
}
