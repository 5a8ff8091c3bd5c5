// Package gezondheid measures whether the parties of the chain answer.
//
// It promises: one slow party holds up no other; a party counts as down after
// two failed looks in a row and as up after two good ones, so that one lost
// packet is no failure; what is told of a failure holds nothing a party sent.
package gezondheid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// Slot is the length of one measurement of history.
const Slot = 5 * time.Minute

// Bewaard is how long measurements are kept.
const Bewaard = 90 * 24 * time.Hour

const (
	geduld   = 5 * time.Second
	tegelijk = 16
	nodig    = 2 // looks in a row before a state changes
)

// Meting is what the looks of one Slot gave. A party that is not in Mis
// answered every time; one that is not in Wie was not looked at.
type Meting struct {
	Begin time.Time          `json:"b"`
	Wie   []begrip.OIN       `json:"w"`
	Mis   map[begrip.OIN]Mis `json:"m,omitempty"`
}

// Mis is how often a party failed, of all looks in the Slot.
type Mis struct {
	Fout   int `json:"f"`
	Totaal int `json:"t"`
}

// ID names the Slot; ids order as time does.
func (m Meting) ID() string { return IDVan(m.Begin) }

// IDVan is the ID of the Slot that holds t.
func IDVan(t time.Time) string { return fmt.Sprintf("%012d", t.Unix()/int64(Slot/time.Second)) }

// Staat is how a party is, and since when.
type Staat struct {
	OIN   begrip.OIN `json:"oin"`
	Goed  bool       `json:"goed"`
	Sinds time.Time  `json:"sinds"`
	Reden string     `json:"reden,omitempty"` // of not being well
}

// Partij is who is looked at. Kijk is nil for one that is asked over HTTP.
type Partij struct {
	OIN  begrip.OIN
	API  string
	Kijk func() error
}

// Peiler looks, and remembers what is not told yet.
type Peiler struct {
	client *http.Client
	slot   sync.Mutex
	rij    map[begrip.OIN]int // good looks in a row, failed ones below zero
	meting Meting
	totaal map[begrip.OIN]Mis
	letOp  map[begrip.OIN]string
}

// Nieuw makes a Peiler with the certificate of the hub.
func Nieuw(i toegang.Identiteit) *Peiler {
	return &Peiler{client: i.Client(geduld), rij: map[begrip.OIN]int{}, totaal: map[begrip.OIN]Mis{}, letOp: map[begrip.OIN]string{}}
}

// LetOp is what a party that works says at the last look, in our own words; empty: nothing.
func (p *Peiler) LetOp(oin begrip.OIN) string {
	p.slot.Lock()
	defer p.slot.Unlock()
	return p.letOp[oin]
}

// Ronde looks at everyone once. It gives the states that changed, with what
// staat says they were, and the Meting of the Slot before when that is over.
func (p *Peiler) Ronde(ctx context.Context, nu time.Time, partijen []Partij, staat func(begrip.OIN) (Staat, bool)) (veranderd []Staat, klaar *Meting) {
	fouten, letOp := make([]error, len(partijen)), make([]string, len(partijen))
	var wg sync.WaitGroup
	beurt := make(chan struct{}, tegelijk)
	for i, x := range partijen {
		wg.Go(func() {
			beurt <- struct{}{}
			defer func() { <-beurt }()
			letOp[i], fouten[i] = p.kijk(ctx, x)
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, nil
	}
	p.slot.Lock()
	defer p.slot.Unlock()
	begin := nu.UTC().Truncate(Slot)
	if !p.meting.Begin.IsZero() && p.meting.Begin.Before(begin) {
		klaar = p.sluit()
	}
	p.meting.Begin = begin
	for i, x := range partijen {
		t, al := p.totaal[x.OIN]
		if !al {
			p.meting.Wie = append(p.meting.Wie, x.OIN)
		}
		t.Totaal++
		n := p.rij[x.OIN]
		if fouten[i] != nil {
			t.Fout++
			n = min(n, 0) - 1
		} else {
			n = max(n, 0) + 1
		}
		p.totaal[x.OIN], p.rij[x.OIN], p.letOp[x.OIN] = t, n, letOp[i]
		oud, bekend := staat(x.OIN)
		switch {
		case n <= -nodig && (!bekend || oud.Goed):
			veranderd = append(veranderd, Staat{OIN: x.OIN, Sinds: nu.UTC(), Reden: fouten[i].Error()})
		case n >= nodig && bekend && !oud.Goed:
			veranderd = append(veranderd, Staat{OIN: x.OIN, Goed: true, Sinds: nu.UTC()})
		case n >= nodig && !bekend:
			veranderd = append(veranderd, Staat{OIN: x.OIN, Goed: true, Sinds: nu.UTC()})
		}
	}
	return veranderd, klaar
}

// sluit gives the Meting under way and begins an empty one.
func (p *Peiler) sluit() *Meting {
	m := p.meting
	m.Mis = p.mis()
	p.meting, p.totaal = Meting{}, map[begrip.OIN]Mis{}
	return &m
}

// mis tells who failed since the Meting began; nil for nobody.
func (p *Peiler) mis() (uit map[begrip.OIN]Mis) {
	for oin, t := range p.totaal {
		if t.Fout > 0 {
			if uit == nil {
				uit = map[begrip.OIN]Mis{}
			}
			uit[oin] = t
		}
	}
	return uit
}

// Lopend is the Meting under way: what was seen since the last whole Slot.
func (p *Peiler) Lopend() Meting {
	p.slot.Lock()
	defer p.slot.Unlock()
	m := Meting{Begin: p.meting.Begin, Wie: slices.Clone(p.meting.Wie)}
	m.Mis = p.mis()
	return m
}

// Hervat goes on with a Meting that was broken off.
func (p *Peiler) Hervat(m Meting) {
	p.slot.Lock()
	defer p.slot.Unlock()
	p.meting = Meting{Begin: m.Begin, Wie: m.Wie}
	for _, oin := range m.Wie {
		p.totaal[oin] = m.Mis[oin]
	}
}

// kijk asks a party whether it is ready, and what it says besides. Its error is for people.
func (p *Peiler) kijk(ctx context.Context, x Partij) (letOp string, err error) {
	if x.Kijk != nil {
		return "", x.Kijk()
	}
	u, err := url.Parse(x.API)
	if err != nil || u.Scheme != "https" {
		return "", errors.New("het adres in het register klopt niet")
	}
	ctx, stop := context.WithTimeout(toegang.Naar(ctx, x.OIN), geduld)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+u.Host+"/ready", nil)
	if err != nil {
		return "", errors.New("het adres in het register klopt niet")
	}
	resp, err := p.client.Do(r)
	switch {
	case errors.Is(err, toegang.ErrAndereOrganisatie):
		return "", errors.New("op het adres antwoordt een andere organisatie")
	case err != nil && ctx.Err() != nil:
		return "", errors.New("geen antwoord binnen " + strconv.Itoa(int(geduld/time.Second)) + " tellen")
	case err != nil:
		return "", errors.New("geen verbinding")
	}
	defer func() { _ = resp.Body.Close() }()
	lijf, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if resp.StatusCode != http.StatusOK {
		return "", errors.New("zegt niet gereed te zijn (antwoord " + strconv.Itoa(resp.StatusCode) + ")")
	}
	var stand struct{ Waarschuwing string }
	if json.Unmarshal(lijf, &stand) != nil {
		return "", nil
	}
	switch stand.Waarschuwing { // told in our own words, never the party's
	case toegang.LijstVerlopen:
		return "", toegang.ErrLijstVerlopen
	case toegang.VeelGeweigerd:
		return letOpGeweigerd, nil
	}
	return "", nil
}

const letOpGeweigerd = "weigert herhaald vragen van iemand die daar niet mag kijken"
