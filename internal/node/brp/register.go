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
	"strconv"
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
	maxPauze          = 10 * time.Minute // of what the register asks in Retry-After
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
	// Opnieuw is how long after a question without an answer the node asks again of
	// its own accord; it doubles each time. Default a minute.
	Opnieuw time.Duration
}

// Register asks the population register. Safe for concurrent use.
type Register struct {
	adres, sleutel string
	houdbaar       time.Duration
	client         *http.Client
	nu             func() time.Time

	mu      sync.Mutex
	gehoord map[vraag]antwoord
	stilTot time.Time // until then nobody waits for a register that does not answer
}

type vraag struct {
	velden string
	over   begrip.BSN
}

// antwoord is what was heard of one person; persoon is nil when the register
// does not know that person. A question that it refused is not put again at
// once; others are not held up by it.
type antwoord struct {
	persoon *Persoon
	op      time.Time
	fout    error
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
	// ErrGeweigerd is about this one question; the register does answer others.
	ErrGeweigerd = errors.New("de basisregistratie personen geeft op deze vraag geen antwoord")
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

// Geheim tells of each person whether its address is hidden (geheimhouding), in
// the order of wie: not known of who the register does not know or tells nothing
// about. The error says why something is not known; what is known stands beside
// it. It is always asked anew: such a decision holds from the day it is made.
func (r *Register) Geheim(ctx context.Context, wie []begrip.BSN, vooraf Vooraf) ([]begrip.Geheim, error) {
	uit := make([]begrip.Geheim, len(wie))
	var fouten []error
	for van := 0; van < len(wie); van += maxPersonen {
		tot := min(van+maxPersonen, len(wie))
		if err := r.geheim(ctx, wie[van:tot], vooraf, uit[van:tot]); err != nil {
			fouten = append(fouten, err)
		}
	}
	return uit, errors.Join(fouten...)
}

// geheim fills in uit. When the register refuses the question, it may be for one
// of the persons: the others are asked about without that one.
func (r *Register) geheim(ctx context.Context, wie []begrip.BSN, vooraf Vooraf, uit []begrip.Geheim) error {
	ps, err := r.haal(ctx, veldenGeheim, wie, vooraf)
	if errors.Is(err, ErrGeweigerd) && len(wie) > 1 {
		half := len(wie) / 2
		return errors.Join(r.geheim(ctx, wie[:half], vooraf, uit[:half]), r.geheim(ctx, wie[half:], vooraf, uit[half:]))
	}
	for i, p := range ps {
		if p != nil {
			uit[i] = begrip.GeheimVan(p.Geheim)
		}
	}
	return err
}

// vraag is haal with what was heard lately.
func (r *Register) vraag(ctx context.Context, velden []string, over []begrip.BSN, vooraf Vooraf) ([]*Persoon, error) {
	uit, nieuw := make([]*Persoon, len(over)), []begrip.BSN{}
	sleutel := strings.Join(velden, ",")
	r.mu.Lock()
	for i, b := range over {
		a, ok := r.gehoord[vraag{sleutel, b}]
		switch oud := r.nu().Sub(a.op); {
		case ok && a.fout != nil && oud < stilte:
			r.mu.Unlock()
			return nil, a.fout
		case ok && a.fout == nil && oud < r.houdbaar:
			uit[i] = a.persoon
		default:
			nieuw = append(nieuw, b)
		}
	}
	r.mu.Unlock()
	if len(nieuw) == 0 {
		return uit, nil
	}
	ps, err := r.haal(ctx, velden, nieuw, vooraf)
	if err != nil && !errors.Is(err, ErrGeweigerd) {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.gehoord)+len(nieuw) > maxOnthouden {
		clear(r.gehoord)
	}
	for i, b := range nieuw {
		a := antwoord{op: r.nu(), fout: err}
		if err == nil {
			a.persoon = ps[i]
		}
		r.gehoord[vraag{sleutel, b}] = a
		for j := range over {
			if over[j] == b {
				uit[j] = a.persoon
			}
		}
	}
	return uit, err
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
	in, wacht, err := r.post(ctx, velden, over)
	if err != nil {
		if wacht > 0 && ctx.Err() == nil { // a visitor that left says nothing of the register
			r.mu.Lock()
			r.stilTot = r.nu().Add(wacht)
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
// received: the register's own errors quote what was asked. wacht is how long
// nobody need ask anything: when the register does not answer, breaks (5xx) or
// has had enough (429). Any other refusal is about this question only.
func (r *Register) post(ctx context.Context, velden []string, over []begrip.BSN) (uit raadpleging, wacht time.Duration, err error) {
	vraag := struct {
		Type                string             `json:"type"`
		Burgerservicenummer []begrip.InhoudBSN `json:"burgerservicenummer"`
		Fields              []string           `json:"fields"`
	}{Type: typeRaadpleeg, Fields: velden}
	for _, b := range over {
		vraag.Burgerservicenummer = append(vraag.Burgerservicenummer, begrip.InhoudBSN{BSN: b})
	}
	lijf, err := json.Marshal(vraag)
	if err != nil {
		return uit, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.adres, bytes.NewReader(lijf))
	if err != nil {
		return uit, 0, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("accept-gezag-version", "2") // the newer names; the older ones are understood as well
	if r.sleutel != "" {
		req.Header.Set("X-API-KEY", r.sleutel)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return uit, stilte, errors.Join(ErrStil, err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAntwoord))
	switch status := resp.StatusCode; {
	case err != nil:
		return uit, stilte, errors.Join(ErrStil, err)
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return uit, pauze(resp.Header.Get("Retry-After")), fmt.Errorf("%w: status %d", ErrStil, status)
	case status != http.StatusOK:
		return uit, 0, fmt.Errorf("%w: status %d", ErrGeweigerd, status)
	case json.Unmarshal(b, &uit) != nil || uit.Type != typeRaadpleeg:
		return raadpleging{}, 0, fmt.Errorf("%w: het antwoord is niet te lezen", ErrGeweigerd)
	}
	return uit, 0, nil
}

// pauze is how long the register asks to be left alone, in seconds, within reason.
func pauze(retryAfter string) time.Duration {
	s, err := strconv.Atoi(retryAfter)
	if err != nil || s < 0 {
		return stilte
	}
	return min(max(time.Duration(s)*time.Second, stilte), maxPauze)
}
