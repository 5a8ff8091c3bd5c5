package bewijs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// Times of comparing.
const (
	standElke  = 10 * time.Minute
	standSnel  = 5 * time.Second // while the poort waits for it
	standVraag = 5 * time.Second
)

// beweringen asks who may know how far this ledger was: this machine and every
// deelnemer with a node. antwoorden is how many deelnemers answered.
func (h *Hub) beweringen(ctx context.Context) (uit []feit.Bewering, gevraagd, antwoorden int, err error) {
	bij := func(van string, noot []byte) {
		c, e := ledger.LeesCheckpoint(noot, h.Ledger.Sleutel())
		if e != nil {
			return // of an older key, or not ours
		}
		past, e := h.Ledger.Past(c)
		err = errors.Join(err, e)
		uit = append(uit, feit.Bewering{Van: van, Grootte: c.Grootte, Wortel: c.Wortel.String(), Past: past, Stand: c})
	}
	if h.Getuige != nil {
		if _, noot, _, ok := h.Getuige.Lees(); ok && len(noot) > 0 {
			bij("deze machine", noot)
		}
	}
	if h.Cfg.Identiteit == nil {
		return uit, 0, 0, err
	}
	client := h.Cfg.Identiteit.Client(standVraag)
	var slot sync.Mutex
	var wg sync.WaitGroup
	for _, d := range h.Register.Deelnemers() {
		if d.API == "" || d.OIN == h.Cfg.Organisatie.OIN {
			continue
		}
		gevraagd++
		wg.Go(func() {
			noot, ok := vraagStand(toegang.Naar(ctx, d.OIN), client, d.API)
			slot.Lock()
			defer slot.Unlock()
			if ok {
				antwoorden++
				bij(d.Naam, noot)
			}
		})
	}
	wg.Wait()
	return uit, gevraagd, antwoorden, err
}

// vraagStand asks a node for the largest stand of this hub that it saw.
func vraagStand(ctx context.Context, client *http.Client, api string) (noot []byte, ok bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(strings.TrimRight(api, "/"), "/v1")+"/v1/ketenindex-stand", nil)
	if err != nil {
		return nil, false
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, false
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var in struct{ Stand string }
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(b, &in) != nil {
		return nil, false
	}
	return []byte(in.Stand), true
}

// BewaakStand compares with the others until ctx ends or something does not fit.
func (h *Hub) BewaakStand(ctx context.Context) {
	wacht := time.NewTimer(0)
	defer wacht.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wacht.C:
		}
		reden, wachtend := h.Poort.Nu()
		if reden != "" && !wachtend {
			return
		}
		wacht.Reset(standElke)
		if wachtend {
			wacht.Reset(standSnel)
		}
		if !h.WachtOp(ctx, h.Log.Laatste(), time.Minute) {
			continue
		}
		bs, gevraagd, antwoorden, err := h.beweringen(ctx)
		if ctx.Err() != nil {
			return
		}
		if i := slices.IndexFunc(bs, func(b feit.Bewering) bool { return !b.Past }); i >= 0 && err == nil && h.pastNiet(ctx, bs[i].Stand) {
			h.SluitPoort(fmt.Sprintf("%s toont een ondertekende stand van %d regels die hier niet past", bs[i].Van, bs[i].Grootte))
			return
		}
		if wachtend && err == nil && (antwoorden > 0 || gevraagd == 0) {
			h.Getuige.Zet(h.Log.Laatste())
			h.Poort.Zet("", false)
		}
	}
}

// pastNiet looks once more, with all that the log has now: another replica may
// have signed what this one had not read yet.
func (h *Hub) pastNiet(ctx context.Context, c ledger.Checkpoint) bool {
	nu, err := h.Log.Nu(ctx)
	if err != nil || !h.WachtOp(ctx, nu, time.Minute) {
		return false
	}
	past, err := h.Ledger.Past(c)
	return err == nil && !past
}

// DoorPoort lets through what may be known of a hub that is closed.
func (h *Hub) DoorPoort(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.Poort.Fout(); err != nil && !strings.HasPrefix(r.URL.Path, "/tlog/") &&
			!slices.Contains([]string{"/health", "/ready", "/v1/openapi.json", "/v1/asyncapi.json"}, r.URL.Path) {
			rest.WriteFout(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Herstel shows who knows that this hub was further, and changes nothing. Run must
// not run. dicht is why the hub is closed; empty when all fits.
func (h *Hub) Herstel(ctx context.Context) (bs []feit.Bewering, dicht string, err error) {
	bs, _, _, err = h.beweringen(ctx)
	reden, wacht := h.Poort.Nu()
	if wacht {
		reden = ""
	}
	if reden == "" && slices.ContainsFunc(bs, func(b feit.Bewering) bool { return !b.Past }) {
		reden = kern.PoortDicht
	}
	return bs, reden, err
}

// Bevestig accepts, under a name, that what others show is lost: it stands in the
// log, and the ledger goes on under a new key, so that nothing that was signed is
// contradicted. Close the hub after it and start it again. The deelnemers offer
// again what they still have.
func (h *Hub) Bevestig(ctx context.Context, wie, reden string) error {
	var c begrip.Controle
	c.Eis(strings.TrimSpace(wie) != "", "naam", "Vul de naam in van wie dit doet.")
	c.Eis(len([]rune(strings.TrimSpace(reden))) >= 10, "reden", "Schrijf de reden op, in een paar woorden.")
	if err := c.Fout(); err != nil {
		return err
	}
	bs, dicht, err := h.Herstel(ctx)
	if err != nil {
		return err
	}
	if dicht == "" {
		return begrip.NieuweFout(begrip.Conflict, "Er is niets te herstellen: de Ketenindex past bij wat eerder is ondertekend.")
	}
	grootte, err := h.Ledger.Bladen()
	if err != nil {
		return err
	}
	her := feit.Herstelling{Op: time.Now().UTC(), Door: wie, Reden: reden, Grootte: grootte, OudeSleutel: h.Ledger.Sleutel(),
		Verloren: slices.DeleteFunc(bs, func(b feit.Bewering) bool { return b.Past })}
	b, err := json.Marshal(feit.Notitie{Herstel: &her})
	if err != nil {
		return err
	}
	if _, err := h.Log.Append(ctx, [][]byte{append([]byte{feit.BeginNotitie}, b...)}); err != nil {
		return err
	}
	nieuw, err := ledger.VervangSleutel(h.LedgerConfig(), her.Op)
	if err != nil {
		return err
	}
	return errors.Join(h.zetGedeeld(ctx, "kenmerk.ledger.sleutel", []byte(nieuw)), h.zetGedeeld(ctx, "stand", []byte{}), h.Getuige.Vergeet(h.Log.Laatste()))
}

// zetGedeeld replaces a shared value, whatever it was; what is not there and would
// be empty stays so.
func (h *Hub) zetGedeeld(ctx context.Context, naam string, waarde []byte) error {
	_, versie, err := h.Log.Gedeeld(ctx, naam)
	if err != nil || versie == 0 && len(waarde) == 0 {
		return err
	}
	_, err = h.Log.ZetGedeeld(ctx, naam, waarde, versie)
	return err
}
