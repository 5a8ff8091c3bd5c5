package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
)

const (
	registerBestand = "deelnemers.json"
	ververs         = time.Minute     // between two looks at the hub's list
	verversSnel     = 2 * time.Second // while there is no list yet
	maxRegister     = 8 << 20         // bytes of a list
)

// register is the hub's list of deelnemers as the portal last heard it. It
// outlives a restart, so that sources can be asked while the hub is down.
type register struct {
	p     *Portal
	pad   string
	lijst atomic.Pointer[[]functie.Deelnemer]
}

type registerInhoud struct {
	Deelnemers []functie.Deelnemer `json:"deelnemers"`
}

func nieuwRegister(p *Portal) (*register, error) {
	r := &register{p: p, pad: filepath.Join(p.cfg.Map, registerBestand)}
	r.lijst.Store(&[]functie.Deelnemer{})
	b, err := os.ReadFile(r.pad)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	var in registerInhoud
	if err := json.Unmarshal(b, &in); err != nil {
		// It is a copy: the hub has the list itself.
		p.cfg.Log.Warn("de bewaarde lijst van deelnemers is onleesbaar en wordt opnieuw gehaald", "bestand", registerBestand)
		return r, nil
	}
	goed := slices.DeleteFunc(in.Deelnemers, func(d functie.Deelnemer) bool { return !bruikbaar(d) })
	r.lijst.Store(&goed)
	return r, nil
}

// Deelnemers gives the list; the caller may keep it.
func (r *register) Deelnemers() []functie.Deelnemer { return slices.Clone(*r.lijst.Load()) }

// haal asks the hub for its list and keeps it.
func (r *register) haal(ctx context.Context) error {
	b, kop, err := r.p.hub(ctx, http.MethodGet, "/v1/deelnemers", "application/json", nil, maxRegister)
	if err != nil {
		return err
	}
	if kop.status != http.StatusOK {
		return fmt.Errorf("register: de hub antwoordt met %d", kop.status)
	}
	var in registerInhoud
	if err := json.Unmarshal(b, &in); err != nil {
		return errors.New("register: het antwoord van de hub is onleesbaar")
	}
	goed := slices.DeleteFunc(in.Deelnemers, func(d functie.Deelnemer) bool { return !bruikbaar(d) })
	if len(goed) == 0 {
		return errors.New("register: de lijst van de hub is leeg")
	}
	if slices.Equal(goed, *r.lijst.Load()) {
		return nil
	}
	r.lijst.Store(&goed)
	if b, err = json.Marshal(registerInhoud{goed}); err != nil {
		return err
	}
	return schrijf(r.pad, b)
}

// bruikbaar refuses what could send a question to a place without certificates.
func bruikbaar(d functie.Deelnemer) bool {
	if _, err := begrip.ParseOIN(string(d.OIN)); err != nil || d.Naam == "" {
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
	for {
		wacht := ververs
		if err := r.haal(ctx); err != nil && ctx.Err() == nil {
			r.p.cfg.Log.InfoContext(ctx, "de lijst van deelnemers is niet ververst", "fout", err.Error())
			if len(*r.lijst.Load()) == 0 {
				wacht = verversSnel
			}
		}
		t := time.NewTimer(wacht)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// bronnen are the deelnemers with a node, our own organisation left out.
func (r *register) bronnen() []functie.Deelnemer {
	return slices.DeleteFunc(r.Deelnemers(), func(d functie.Deelnemer) bool {
		return inzage.Basis(d.API) == "" || d.OIN == r.p.cfg.Organisatie.OIN
	})
}
