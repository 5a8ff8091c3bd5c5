// Package kern is what every room of the hub stands on: the opened log, keys, read
// model, ledger and register, the configuration, who calls, and how far the
// projection is.
//
// It promises: who is let in is a deelnemer of this moment; what is read from the
// log is read in one way; who waits for the projection goes on when it is there. It
// knows no room, decides nothing about an event, and writes no entry of its own but
// the probe that finds out whether the log can be written again.
package kern

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/toegang"
)

// Grenzen is how many different persons may be asked about or shown within an
// hour before the hub says no. What an organisation sent itself does not count.
// A member of the family, who asks about itself, has none.
type Grenzen struct {
	Medewerker  int // by one professional; 0 is 60
	Organisatie int // by one organisation, those who say nothing included; 0 is 600
}

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

// Kern is what the rooms share. Its parts are safe for use by all of them at once.
type Kern struct {
	Cfg      Config
	Log      *hublog.Log
	Sleutels *sleutels.Sleutels
	Graph    *graph.Graph
	Ledger   *ledger.Ledger
	Register *register.Register
	Regels   atomic.Pointer[soorten.Stand] // what was agreed about kinds of event
	Zegel    vraag.Zegel
	Onderweg Onderweg
	// VergeetSlot is held by who destroys keys, and shared by who takes events in.
	VergeetSlot sync.RWMutex
	Vooruit     Vooruit
	Metingen    Metingen

	Geprojecteerd atomic.Uint64 // last block in the read model
	BijTot        atomic.Int64  // when the projection last was at the end of the log, Unix nanoseconds
	Schrijffout   atomic.Bool   // the last Append could not write
	Projectiefout atomic.Pointer[error]

	Poort       Poort
	Getuige     *Getuige    // nil: none could be made
	RegisterBij atomic.Bool // the register is as the log has it
	Dicht       atomic.Bool

	Verklaringen toegang.Verklaringen
	schijf       meting.Schijf
}

// openWacht bounds the start: of millions of persons each key is read, on a disk
// that may be busy.
const openWacht = 10 * time.Minute

// Open opens what is in cfg.Dir, which one process at a time may use. Close the Kern
// also when there is an error.
func Open(cfg Config) (*Kern, error) {
	h := &Kern{Cfg: cfg, Register: register.Nieuw(), Onderweg: Onderweg{ids: map[uuid.UUID]onderwegPlek{}}}
	if _, err := begrip.ParseOIN(string(cfg.Organisatie.OIN)); err != nil {
		return h, fmt.Errorf("hub: %w", err)
	}
	for _, dir := range []string{cfg.Dir, cfg.Geheimen} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return h, fmt.Errorf("hub: %w", err)
		}
	}
	h.schijf.Map = cfg.Dir
	h.Regels.Store(soorten.Begin())
	h.meet()
	var err error
	if h.Log, err = hublog.Open(hublog.Config{Dir: filepath.Join(cfg.Dir, "log"), MaxBytes: cfg.MaxBytes, Reserve: cfg.Reserve, Cluster: cfg.Cluster, Gelegd: h.meetGelegd, Log: cfg.Log}); err != nil {
		return h, err
	}
	h.toetsGetuige()
	ctx, stop := context.WithTimeout(context.Background(), openWacht)
	defer stop()
	if err := h.openModel(ctx); err != nil {
		return h, err
	}
	h.meetStand()
	return h, nil
}

// openModel opens what is made from the log, with the keys that belong to it.
func (h *Kern) openModel(ctx context.Context) (err error) {
	if h.Sleutels, err = sleutels.Open(ctx, h.Log, h.Cfg.Geheim("meester.sleutel")); err != nil {
		return err
	}
	h.Sleutels.Partij = h.heet
	sleutel, err := eigenSleutel(h.Cfg.Geheim("index.sleutel"), h.Log.Laatste() > 0)
	if err != nil {
		return err
	}
	if err := h.kenmerk(ctx, "index.sleutel", vingerafdruk(sleutel)); err != nil {
		return err
	}
	if h.Graph, err = openIndex(h.Cfg, sleutel); err != nil {
		return err
	}
	h.Zegel = vraag.NieuwZegel(h.Graph.MAC("zegel van vragen"))
	stand, err := h.Graph.Stand()
	if err != nil {
		return err
	}
	if !h.logHeeft(ctx, stand) {
		return errors.New("hub: the read model is ahead of the log: files of two hubs are mixed, or the log was cut; restore the newest log; if there is none, remove the folder index and look with 'soh hub herstel'")
	}
	h.Geprojecteerd.Store(stand)
	if h.Ledger, err = ledger.Open(h.LedgerConfig()); err != nil {
		return err
	}
	return h.kenmerk(ctx, "ledger.sleutel", h.Ledger.Sleutel())
}

// Close makes what was taken in durable and closes.
func (h *Kern) Close() error {
	if !h.Dicht.CompareAndSwap(false, true) {
		return nil
	}
	var fouten []error
	if h.Log != nil {
		fouten = append(fouten, h.Log.Close())
	}
	if h.Graph != nil {
		fouten = append(fouten, h.Graph.Close())
	}
	fouten = append(fouten, h.Getuige.Close())
	return errors.Join(fouten...)
}

// oorsprong is the origin line of the checkpoints: the name of this ledger.
func (h *Kern) oorsprong() string { return "soh.ketenindex/" + string(h.Cfg.Organisatie.OIN) }

// HoudtSlot marks the context of who holds VergeetSlot, so that LegVast does not
// wait for itself.
type HoudtSlot struct{}
