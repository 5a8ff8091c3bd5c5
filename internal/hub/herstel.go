package hub

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
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// poort tells whether the hub works. Closed it takes nothing, signs nothing and
// answers nothing but how it is and what was signed.
type poort struct {
	slot  sync.RWMutex
	reden string // empty: open
	wacht bool   // not compared yet; else a person must act
}

func (p *poort) zet(reden string, wacht bool) {
	p.slot.Lock()
	defer p.slot.Unlock()
	p.reden, p.wacht = reden, wacht
}

func (p *poort) nu() (reden string, wacht bool) {
	p.slot.RLock()
	defer p.slot.RUnlock()
	return p.reden, p.wacht
}

func (p *poort) fout() error {
	if reden, _ := p.nu(); reden != "" {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "%s", reden)
	}
	return nil
}

const (
	poortWacht = "De Ketenindex is net gestart en vergelijkt eerst met deelnemers hoe ver zij was. Probeer het over een paar minuten nog eens."
	poortDicht = "De Ketenindex is gesloten: zij heeft minder, of iets anders, dan zij eerder vastlegde. Waarschijnlijk is een kopie teruggezet. De ketenbeheerder moet eerst herstellen."
)

// Times of comparing.
const (
	standElke  = 10 * time.Minute
	standSnel  = 5 * time.Second // while the poort waits for it
	standVraag = 5 * time.Second
)

// toetsGetuige sets the poort by what this machine knows of the log, at Open.
func (h *Hub) toetsGetuige() {
	map_ := h.cfg.Getuige
	if map_ == "" {
		map_ = strings.TrimRight(h.cfg.Dir, "/") + "-getuige"
	}
	var err error
	if h.getuige, err = openGetuige(map_); err != nil {
		h.cfg.Log.Warn("geen getuige naast de map van de Ketenindex: na elke start vergelijkt zij eerst met deelnemers (--getuige-map)", "fout", err)
	}
	laatste := h.log.Laatste()
	var blok uint64
	var zelfde, ok bool
	if h.getuige != nil {
		blok, _, zelfde, ok = h.getuige.lees()
	}
	switch {
	case ok && blok > laatste:
		h.sluitPoort(fmt.Sprintf("het log telt %d blokken; op deze machine is bekend dat het er %d waren", laatste, blok))
	case laatste == 0 && !ok, ok && zelfde, h.cfg.Identiteit == nil:
		h.getuige.zet(laatste)
	default:
		h.poort.zet(poortWacht, true)
	}
}

func (h *Hub) sluitPoort(wat string) {
	if reden, wacht := h.poort.nu(); reden != "" && !wacht {
		return
	}
	h.poort.zet(poortDicht, false)
	h.cfg.Log.Error("de Ketenindex is gesloten: zij is niet de laatste die bekend is. Waarschijnlijk is een kopie teruggezet. Bekijk het met 'soh hub herstel'", "wat", wat)
}

// Bewering is what somebody shows that this hub signed before.
type Bewering struct {
	Van     string `json:"van"` // who shows it
	Grootte int64  `json:"grootte"`
	Wortel  string `json:"wortel"`
	Past    bool   `json:"-"` // the ledger holds it

	stand ledger.Checkpoint `json:"-"`
}

// beweringen asks who may know how far this ledger was: this machine and every
// deelnemer with a node. antwoorden is how many deelnemers answered.
func (h *Hub) beweringen(ctx context.Context) (uit []Bewering, gevraagd, antwoorden int, err error) {
	bij := func(van string, noot []byte) {
		c, e := ledger.LeesCheckpoint(noot, h.ledger.Sleutel())
		if e != nil {
			return // of an older key, or not ours
		}
		past, e := h.ledger.Past(c)
		err = errors.Join(err, e)
		uit = append(uit, Bewering{Van: van, Grootte: c.Grootte, Wortel: c.Wortel.String(), Past: past, stand: c})
	}
	if h.getuige != nil {
		if _, noot, _, ok := h.getuige.lees(); ok && len(noot) > 0 {
			bij("deze machine", noot)
		}
	}
	if h.cfg.Identiteit == nil {
		return uit, 0, 0, err
	}
	client := h.cfg.Identiteit.Client(standVraag)
	var slot sync.Mutex
	var wg sync.WaitGroup
	for _, d := range h.register.Deelnemers() {
		if d.API == "" || d.OIN == h.cfg.Organisatie.OIN {
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

// bewaakStand compares with the others until ctx ends or something does not fit.
func (h *Hub) bewaakStand(ctx context.Context) {
	wacht := time.NewTimer(0)
	defer wacht.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wacht.C:
		}
		reden, wachtend := h.poort.nu()
		if reden != "" && !wachtend {
			return
		}
		wacht.Reset(standElke)
		if wachtend {
			wacht.Reset(standSnel)
		}
		if !h.wachtOp(ctx, h.log.Laatste(), time.Minute) {
			continue
		}
		bs, gevraagd, antwoorden, err := h.beweringen(ctx)
		if ctx.Err() != nil {
			return
		}
		if i := slices.IndexFunc(bs, func(b Bewering) bool { return !b.Past }); i >= 0 && err == nil && h.pastNiet(ctx, bs[i].stand) {
			h.sluitPoort(fmt.Sprintf("%s toont een ondertekende stand van %d regels die hier niet past", bs[i].Van, bs[i].Grootte))
			return
		}
		if wachtend && err == nil && (antwoorden > 0 || gevraagd == 0) {
			h.getuige.zet(h.log.Laatste())
			h.poort.zet("", false)
		}
	}
}

// pastNiet looks once more, with all that the log has now: another replica may
// have signed what this one had not read yet.
func (h *Hub) pastNiet(ctx context.Context, c ledger.Checkpoint) bool {
	nu, err := h.log.Nu(ctx)
	if err != nil || !h.wachtOp(ctx, nu, time.Minute) {
		return false
	}
	past, err := h.ledger.Past(c)
	return err == nil && !past
}

// doorPoort lets through what may be known of a hub that is closed.
func (h *Hub) doorPoort(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.poort.fout(); err != nil && !strings.HasPrefix(r.URL.Path, "/tlog/") &&
			!slices.Contains([]string{"/health", "/ready", "/v1/openapi.json", "/v1/asyncapi.json"}, r.URL.Path) {
			rest.WriteFout(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Herstelling is what a herstel found, for the log of the hub.
type Herstelling struct {
	Op          time.Time  `json:"op"`
	Door        string     `json:"door"`
	Reden       string     `json:"reden"`
	Grootte     int64      `json:"grootte"` // leaves that there were then
	Verloren    []Bewering `json:"verloren"`
	OudeSleutel string     `json:"oudeSleutel"` // of the ledger until then
}

// Herstel shows who knows that this hub was further, and changes nothing. Run must
// not run. dicht is why the hub is closed; empty when all fits.
func (h *Hub) Herstel(ctx context.Context) (bs []Bewering, dicht string, err error) {
	if !h.projecteerTot(ctx) {
		return nil, "", begrip.NieuweFout(begrip.NietBeschikbaar, "Het log is niet helemaal te lezen. Probeer het opnieuw.")
	}
	bs, _, _, err = h.beweringen(ctx)
	reden, wacht := h.poort.nu()
	if wacht {
		reden = ""
	}
	if reden == "" && slices.ContainsFunc(bs, func(b Bewering) bool { return !b.Past }) {
		reden = poortDicht
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
	grootte, err := h.ledger.Bladen()
	if err != nil {
		return err
	}
	her := Herstelling{Op: time.Now().UTC(), Door: wie, Reden: reden, Grootte: grootte, OudeSleutel: h.ledger.Sleutel(),
		Verloren: slices.DeleteFunc(bs, func(b Bewering) bool { return b.Past })}
	b, err := json.Marshal(notitie{Herstel: &her})
	if err != nil {
		return err
	}
	if _, err := h.log.Append(ctx, [][]byte{append([]byte{notitieByte}, b...)}); err != nil {
		return err
	}
	nieuw, err := ledger.VervangSleutel(h.ledgerConfig(), her.Op)
	if err != nil {
		return err
	}
	return errors.Join(h.zetGedeeld(ctx, "kenmerk.ledger.sleutel", []byte(nieuw)), h.zetGedeeld(ctx, "stand", []byte{}), h.getuige.vergeet(h.log.Laatste()))
}

// zetGedeeld replaces a shared value, whatever it was; what is not there and would
// be empty stays so.
func (h *Hub) zetGedeeld(ctx context.Context, naam string, waarde []byte) error {
	_, versie, err := h.log.Gedeeld(ctx, naam)
	if err != nil || versie == 0 && len(waarde) == 0 {
		return err
	}
	_, err = h.log.ZetGedeeld(ctx, naam, waarde, versie)
	return err
}
