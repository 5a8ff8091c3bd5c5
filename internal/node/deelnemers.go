package node

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
)

// registerWaarde is the key under which the last list stands in the dossier.
const registerWaarde = "register/deelnemers"

const (
	ververs     = time.Minute     // between two looks at the register
	verversSnel = time.Second     // while the hub did not answer yet
	maxRegister = 8 << 20         // bytes of a list
	wachtHub    = 5 * time.Second // how long the hub may take
)

// register is the hub's list of deelnemers as this node last heard it. It works
// from the dossier while the hub is down.
type register struct {
	ik     begrip.Organisatie
	hub    string
	hubOIN begrip.OIN // who must answer there
	store  *dossier.Store
	client *http.Client
	lijst  atomic.Pointer[[]functie.Deelnemer]
	mis    chan struct{} // someone asked for a party that is not in the list
	eens   sync.Mutex
	wek    func() // called when the list changed
	eigen  string // our own API; empty: the hub cannot tell us anything
	log    *slog.Logger
	terug  string // what was said last of a hub that went back
}

func nieuwRegister(ctx context.Context, cfg Config, store *dossier.Store) (*register, error) {
	r := &register{
		ik: cfg.Organisatie, hub: inzage.Basis(cfg.HubURL), hubOIN: cfg.HubOIN, store: store,
		client: cfg.Identiteit.Client(wachtHub), mis: make(chan struct{}, 1), wek: func() {}, eigen: inzage.Basis(cfg.APIURL), log: cfg.Log,
	}
	var lijst []functie.Deelnemer
	b, ok, err := store.Waarde(ctx, registerWaarde)
	if err != nil {
		return nil, err
	}
	if ok {
		if err := json.Unmarshal(b, &lijst); err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
	}
	r.lijst.Store(&lijst)
	return r, nil
}

// Deelnemers gives the list; the caller may keep it.
func (r *register) Deelnemers() []functie.Deelnemer { return slices.Clone(*r.lijst.Load()) }

func (r *register) zoek(oin begrip.OIN) (functie.Deelnemer, bool) {
	l := *r.lijst.Load()
	i := slices.IndexFunc(l, func(d functie.Deelnemer) bool { return d.OIN == oin })
	if i >= 0 {
		return l[i], true
	}
	if oin == r.ik.OIN {
		return functie.Deelnemer{Organisatie: r.ik}, true
	}
	select {
	case r.mis <- struct{}{}:
	default:
	}
	return functie.Deelnemer{}, false
}

func (r *register) organisatie(oin begrip.OIN) (begrip.Organisatie, bool) {
	d, ok := r.zoek(oin)
	return d.Organisatie, ok
}

func (r *register) deelnemer(oin begrip.OIN) (begrip.Organisatie, string, bool) {
	d, ok := r.zoek(oin)
	return d.Organisatie, d.API, ok
}

// adres gives the base URL of a bestemming of the outbox, and who must answer
// there.
func (r *register) adres(bestemming string) (string, begrip.OIN, bool) {
	if bestemming == gebeurtenis.Hub {
		return r.hub, r.hubOIN, r.hub != ""
	}
	d, ok := r.zoek(begrip.OIN(bestemming))
	return inzage.Basis(d.API), d.OIN, ok && d.API != ""
}

// haal asks the hub for its list and keeps it.
func (r *register) haal(ctx context.Context) error {
	r.eens.Lock()
	defer r.eens.Unlock()
	req, err := http.NewRequestWithContext(toegang.Naar(ctx, r.hubOIN), http.MethodGet, r.hub+"/v1/deelnemers", nil)
	if err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxRegister+1))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || len(b) > maxRegister {
		return fmt.Errorf("register: de hub antwoordt met %d", resp.StatusCode)
	}
	var in struct {
		Deelnemers []functie.Deelnemer `json:"deelnemers"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	goed := slices.DeleteFunc(in.Deelnemers, func(d functie.Deelnemer) bool { return !bruikbaar(d) })
	if len(goed) == 0 {
		return fmt.Errorf("register: de lijst van de hub is leeg")
	}
	if slices.Equal(goed, *r.lijst.Load()) {
		return nil
	}
	if b, err = json.Marshal(goed); err != nil {
		return err
	}
	if err := r.store.ZetWaarde(ctx, registerWaarde, b); err != nil {
		return err
	}
	r.lijst.Store(&goed)
	r.wek()
	return nil
}

// bruikbaar refuses what could send data to a place without certificates.
func bruikbaar(d functie.Deelnemer) bool {
	if _, err := begrip.ParseOIN(string(d.OIN)); err != nil {
		return false
	}
	if d.API == "" {
		return true
	}
	u, err := url.Parse(d.API)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// Run keeps the list fresh until ctx ends.
func (r *register) Run(ctx context.Context) {
	wacht, geabonneerd := time.Duration(0), r.eigen == ""
	for r.hub != "" {
		t := time.NewTimer(wacht)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		case <-r.mis:
			t.Stop()
		}
		wacht = ververs
		if r.haal(ctx) != nil && ctx.Err() == nil && len(*r.lijst.Load()) == 0 {
			wacht = verversSnel
		}
		if err := r.onthoudStand(ctx); begrip.Is(err, begrip.Conflict) && err.Error() != r.terug {
			r.terug = err.Error()
			r.log.Error("de Ketenindex is teruggezet uit een kopie, of zegt niet tegen iedereen hetzelfde", "fout", err)
		}
		rust := time.NewTimer(verversSnel) // a stranger cannot make us ask more than once a second
		select {
		case <-ctx.Done():
			rust.Stop()
			return
		case <-rust.C:
		}
		if !geabonneerd {
			geabonneerd = r.abonneer(ctx, r.eigen+padHaak) == nil
		}
	}
}
