package brp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Defaults and limits.
const (
	StandaardHoudbaar = 24 * time.Hour
	Wachttijd         = 2 * time.Second  // of one question; who waits is a person at a page
	stilte            = 30 * time.Second // after a question without an answer nobody waits for as long as this
	maxAntwoord       = 1 << 20
	maxOnthouden      = 10_000 // answers kept in memory
	maxPersonen       = 20     // in one question, as the API has it
)

// Config says where the register is.
type Config struct {
	// URL is the https base of the API, up to and including /haalcentraal/api/brp;
	// empty: this node asks no register.
	URL     string
	Sleutel string // for X-API-KEY; empty: the certificate is enough
	// Houdbaar is how long an answer may be used; default StandaardHoudbaar.
	Houdbaar time.Duration
}

// Register asks the population register. Safe for concurrent use.
type Register struct {
	adres, sleutel string
	houdbaar       time.Duration
	client         *http.Client
	nu             func() time.Time

	mu      sync.Mutex
	gehoord map[vraag]antwoord
	stilTot time.Time
}

type vraag struct {
	velden string
	over   begrip.BSN
}

// antwoord is what was heard of one person; persoon is nil when the register
// does not know that person.
type antwoord struct {
	persoon *Persoon
	op      time.Time
}

// Nieuw makes a Register that asks through client, which presents the
// certificate of the organisation and sets the time-out. An address that is no
// https is refused: a burgerservicenummer must not be readable on the way.
func Nieuw(cfg Config, client *http.Client) (*Register, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("het adres van de basisregistratie personen begint met https:// en heeft geen vraagteken")
	}
	if cfg.Houdbaar < 0 {
		return nil, errors.New("hoe lang een antwoord van de basisregistratie personen geldt, is nul of meer")
	}
	return &Register{
		adres: strings.TrimSuffix(cfg.URL, "/") + "/personen", sleutel: cfg.Sleutel, houdbaar: cmp.Or(cfg.Houdbaar, StandaardHoudbaar),
		client: client, nu: time.Now, gehoord: map[vraag]antwoord{},
	}, nil
}

// Houdbaar is how long an answer may be used.
func (r *Register) Houdbaar() time.Duration { return r.houdbaar }

// Vooraf is called before every question that really goes out, with the fields
// and the persons it is about. When it fails, nothing is asked.
type Vooraf func(ctx context.Context, velden []string, over []begrip.BSN) error

// What is asked: no more fields than the question needs.
var (
	veldenKind   = []string{"burgerservicenummer", "naam.voornamen", "geboorte.datum", "overlijden.datum", "gezag"}
	veldenGezag  = []string{"burgerservicenummer", "gezag"}
	veldenGeheim = []string{"burgerservicenummer"} // the hidden address comes unasked
)

// Errors of a question that got no usable answer.
var (
	ErrStil     = errors.New("de basisregistratie personen antwoordt niet")
	ErrOnbekend = errors.New("de basisregistratie personen kent deze persoon niet")
)

// Kind gives what the register says about a child: birth, death and gezag.
// Errors: ErrOnbekend, or that it did not answer.
func (r *Register) Kind(ctx context.Context, kind begrip.BSN, vooraf Vooraf) (Persoon, error) {
	uit, err := r.vraag(ctx, veldenKind, []begrip.BSN{kind}, vooraf)
	if err != nil {
		return Persoon{}, err
	}
	if uit[0] == nil {
		return Persoon{}, ErrOnbekend
	}
	return *uit[0], nil
}

// GezagOver gives over which children somebody has gezag. Who the register does
// not know has it over nobody.
func (r *Register) GezagOver(ctx context.Context, wie begrip.BSN, vooraf Vooraf) ([]begrip.BSN, error) {
	uit, err := r.vraag(ctx, veldenGezag, []begrip.BSN{wie}, vooraf)
	if err != nil || uit[0] == nil {
		return nil, err
	}
	var kinderen []begrip.BSN
	for _, g := range uit[0].Gezag {
		if g.heeft(wie) {
			kinderen = append(kinderen, g.Kind)
		}
	}
	return kinderen, nil
}

// Geheim tells of each person whether its address is hidden (geheimhouding). It
// is always asked anew: such a decision holds from the day it is made.
func (r *Register) Geheim(ctx context.Context, wie []begrip.BSN, vooraf Vooraf) ([]bool, error) {
	uit := make([]bool, 0, len(wie))
	for len(wie) > 0 {
		n := min(len(wie), maxPersonen)
		ps, err := r.haal(ctx, veldenGeheim, wie[:n], vooraf)
		if err != nil {
			return nil, err
		}
		for _, p := range ps {
			uit = append(uit, p != nil && p.Geheim)
		}
		wie = wie[n:]
	}
	return uit, nil
}

// vraag is haal with what was heard lately.
func (r *Register) vraag(ctx context.Context, velden []string, over []begrip.BSN, vooraf Vooraf) ([]*Persoon, error) {
	uit, nieuw := make([]*Persoon, len(over)), []begrip.BSN{}
	sleutel := strings.Join(velden, ",")
	r.mu.Lock()
	for i, b := range over {
		if a, ok := r.gehoord[vraag{sleutel, b}]; ok && r.nu().Sub(a.op) < r.houdbaar {
			uit[i] = a.persoon
		} else {
			nieuw = append(nieuw, b)
		}
	}
	r.mu.Unlock()
	if len(nieuw) == 0 {
		return uit, nil
	}
	ps, err := r.haal(ctx, velden, nieuw, vooraf)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.gehoord)+len(ps) > maxOnthouden {
		clear(r.gehoord)
	}
	for i, p := range ps {
		r.gehoord[vraag{sleutel, nieuw[i]}] = antwoord{p, r.nu()}
		for j, b := range over {
			if b == nieuw[i] {
				uit[j] = p
			}
		}
	}
	return uit, nil
}

// haal asks the register; the answer stands in the order of over, nil for who
// is not known there.
func (r *Register) haal(ctx context.Context, velden []string, over []begrip.BSN, vooraf Vooraf) ([]*Persoon, error) {
	r.mu.Lock()
	stil := r.nu().Before(r.stilTot)
	r.mu.Unlock()
	if stil {
		return nil, ErrStil
	}
	if err := vooraf(ctx, velden, over); err != nil {
		return nil, err
	}
	in, err := r.post(ctx, velden, over)
	if err != nil {
		if ctx.Err() == nil { // a visitor that left says nothing of the register
			r.mu.Lock()
			r.stilTot = r.nu().Add(stilte)
			r.mu.Unlock()
		}
		return nil, err
	}
	uit := make([]*Persoon, len(over))
	for i, b := range over {
		for _, p := range in.Personen {
			if p.Burgerservicenummer.BSN == b {
				q := p.persoon(r.nu())
				uit[i] = &q
			}
		}
	}
	return uit, nil
}

// post does one request. No error of it holds anything of what was sent or
// received: the register's own errors quote what was asked.
func (r *Register) post(ctx context.Context, velden []string, over []begrip.BSN) (raadpleging, error) {
	vraag := struct {
		Type                string             `json:"type"`
		Burgerservicenummer []begrip.InhoudBSN `json:"burgerservicenummer"`
		Fields              []string           `json:"fields"`
	}{Type: typeRaadpleeg, Fields: velden}
	for _, b := range over {
		vraag.Burgerservicenummer = append(vraag.Burgerservicenummer, begrip.InhoudBSN{BSN: b})
	}
	var uit raadpleging
	lijf, err := json.Marshal(vraag)
	if err != nil {
		return uit, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.adres, bytes.NewReader(lijf))
	if err != nil {
		return uit, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("accept-gezag-version", "2") // the newer names; the older ones are understood as well
	if r.sleutel != "" {
		req.Header.Set("X-API-KEY", r.sleutel)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return uit, errors.Join(ErrStil, err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAntwoord))
	switch {
	case err != nil:
		return uit, errors.Join(ErrStil, err)
	case resp.StatusCode != http.StatusOK:
		return uit, fmt.Errorf("de basisregistratie personen antwoordt met status %d", resp.StatusCode)
	case json.Unmarshal(b, &uit) != nil || uit.Type != typeRaadpleeg:
		return raadpleging{}, errors.New("het antwoord van de basisregistratie personen is niet te lezen")
	}
	return uit, nil
}
