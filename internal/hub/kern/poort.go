package kern

import (
	"fmt"
	"strings"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
)

// Poort tells whether the hub works. Closed it takes nothing, signs nothing and
// answers nothing but how it is and what was signed.
type Poort struct {
	slot  sync.RWMutex
	reden string // empty: open
	wacht bool   // not compared yet; else a person must act
}

func (p *Poort) Zet(reden string, wacht bool) {
	p.slot.Lock()
	defer p.slot.Unlock()
	p.reden, p.wacht = reden, wacht
}

func (p *Poort) Nu() (reden string, wacht bool) {
	p.slot.RLock()
	defer p.slot.RUnlock()
	return p.reden, p.wacht
}

func (p *Poort) Fout() error {
	if reden, _ := p.Nu(); reden != "" {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "%s", reden)
	}
	return nil
}

const (
	poortWacht = "De Ketenindex is net gestart en vergelijkt eerst met deelnemers hoe ver zij was. Probeer het over een paar minuten nog eens."
	PoortDicht = "De Ketenindex is gesloten: zij heeft minder, of iets anders, dan zij eerder vastlegde. Waarschijnlijk is een kopie teruggezet. De ketenbeheerder moet eerst herstellen."
)

// toetsGetuige sets the poort by what this machine knows of the log, at Open.
func (h *Kern) toetsGetuige() {
	map_ := h.Cfg.Getuige
	if map_ == "" {
		map_ = strings.TrimRight(h.Cfg.Dir, "/") + "-getuige"
	}
	var err error
	if h.Getuige, err = openGetuige(map_); err != nil {
		h.Cfg.Log.Warn("geen getuige naast de map van de Ketenindex: na elke start vergelijkt zij eerst met deelnemers (--getuige-map)", "fout", err)
	}
	laatste := h.Log.Laatste()
	var blok uint64
	var zelfde, ok bool
	if h.Getuige != nil {
		blok, _, zelfde, ok = h.Getuige.Lees()
	}
	switch {
	case ok && blok > laatste:
		h.SluitPoort(fmt.Sprintf("het log telt %d blokken; op deze machine is bekend dat het er %d waren", laatste, blok))
	case laatste == 0 && !ok, ok && zelfde, h.Cfg.Identiteit == nil:
		h.Getuige.Zet(laatste)
	default:
		h.Poort.Zet(poortWacht, true)
	}
}

func (h *Kern) SluitPoort(wat string) {
	if reden, wacht := h.Poort.Nu(); reden != "" && !wacht {
		return
	}
	h.Poort.Zet(PoortDicht, false)
	h.Cfg.Log.Error("de Ketenindex is gesloten: zij is niet de laatste die bekend is. Waarschijnlijk is een kopie teruggezet. Bekijk het met 'soh hub herstel'", "wat", wat)
}
