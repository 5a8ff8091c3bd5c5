package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	maxResultaat = 32 << 20 // bytes of one page of events
	perPagina    = 500
	maxPaginas   = 10
	eerstePauze  = 5 * time.Millisecond // between two looks at the status; doubles
	langstePauze = 200 * time.Millisecond
)

// bronAfgeschermd is what the hub puts in place of a source that the family
// may not know.
const bronAfgeschermd = "urn:soh:bron:afgeschermd"

// gebeurtenis is what the page needs of one event.
type gebeurtenis struct {
	Type        string
	Op          time.Time
	Bron        begrip.OIN   // empty when shielded or not told
	Wie         []begrip.OIN // every organisation it names, Bron first
	Zaak        string
	Onderwerp   string // urn of the record it is about
	Afgeschermd bool   // the family may not know whose this is
}

// kop is what comes beside the body of an answer.
type kop struct {
	status int
	link   string
}

// hub sends one request to the hub; what comes back is at most max bytes.
func (p *Portal) hub(ctx context.Context, methode, pad, accept string, body []byte, max int64) ([]byte, kop, error) {
	return p.hubVoor(ctx, "", methode, pad, accept, body, max)
}

// hubVoor is hub with the Verklaring of who looks and why; empty for what is
// about nobody.
func (p *Portal) hubVoor(ctx context.Context, verklaring, methode, pad, accept string, body []byte, max int64) ([]byte, kop, error) {
	ctx = toegang.Naar(ctx, p.cfg.HubOIN)
	r, err := http.NewRequestWithContext(ctx, methode, inzage.Basis(p.cfg.HubURL)+pad, bytes.NewReader(body))
	if err != nil {
		return nil, kop{}, err
	}
	r.Header.Set("Accept", accept)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if verklaring != "" {
		r.Header.Set("Authorization", "Bearer "+verklaring)
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return nil, kop{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, max+1))
	if err == nil && int64(len(b)) > max {
		err = errors.New("het antwoord van de hub is te groot")
	}
	return b, kop{resp.StatusCode, resp.Header.Get("Link")}, err
}

// verklaar states to organisation aan that s looks at its own data, or at that
// of whom it looks for.
func (p *Portal) verklaar(s kijker, aan begrip.OIN) (string, error) {
	lezer := s.Lezer(p.cfg.Organisatie, begrip.DoelEigenInzage, begrip.GrondAvg15, "")
	if s.Voor != nil {
		lezer.Namens = s.voorWie()
	}
	return p.cfg.Identiteit.Verklaring(lezer, aan, time.Now())
}

// gebeurtenissen asks the Ketenindex for every event about the person s looks
// for, newest first. heel is false when some could not be read or there are more
// than we show.
func (p *Portal) gebeurtenissen(ctx context.Context, s kijker) (uit []gebeurtenis, heel bool, err error) {
	ctx, stop := context.WithTimeout(ctx, p.wacht)
	defer stop()
	vraag, err := json.Marshal(map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: s.voorWie()}, "limiet": perPagina})
	if err != nil {
		return nil, false, err
	}
	verklaring, err := p.verklaar(s, p.cfg.HubOIN)
	if err != nil {
		return nil, false, err
	}
	b, k, err := p.hubVoor(ctx, verklaring, http.MethodPost, "/v1/gebeurtenissen/query", "application/json", vraag, maxResultaat)
	if err != nil {
		return nil, false, err
	}
	var in struct {
		InteractieID string `json:"interactieId"`
	}
	if k.status != http.StatusAccepted || json.Unmarshal(b, &in) != nil || !interactieVorm.MatchString(in.InteractieID) {
		return nil, false, fmt.Errorf("de hub neemt de vraag niet aan: %d", k.status)
	}
	if err := p.wachtOp(ctx, in.InteractieID); err != nil {
		return nil, false, err
	}
	heel = true
	pad := "/v1/resultaten/" + in.InteractieID
	for n := 0; pad != ""; n++ {
		if n == maxPaginas {
			heel = false
			break
		}
		b, k, err := p.hub(ctx, http.MethodGet, pad, cloudevent.TypeBatch, nil, maxResultaat)
		if err != nil {
			return nil, false, err
		}
		var rauw []json.RawMessage
		if k.status != http.StatusOK || json.Unmarshal(b, &rauw) != nil {
			return nil, false, fmt.Errorf("de hub geeft geen resultaat: %d", k.status)
		}
		for _, e := range rauw {
			g, err := lees(e)
			if err != nil {
				heel = false
				continue
			}
			uit = append(uit, g)
		}
		pad = volgende(k.link)
	}
	slices.SortStableFunc(uit, func(a, b gebeurtenis) int { return b.Op.Compare(a.Op) })
	return uit, heel, nil
}

var (
	interactieVorm = regexp.MustCompile(`^[A-Za-z0-9:._-]{1,1000}$`)
	linkVorm       = regexp.MustCompile(`^<(/v1/resultaten/[A-Za-z0-9:._-]{1,1000}\?cursor=[A-Za-z0-9._%-]{1,200})>;\s*rel="?next"?$`)
)

// volgende gives the path of the next page, of the hub itself only.
func volgende(link string) string {
	if d := linkVorm.FindStringSubmatch(strings.TrimSpace(link)); d != nil {
		return d[1]
	}
	return ""
}

// wachtOp waits until the hub has the answer ready.
func (p *Portal) wachtOp(ctx context.Context, id string) error {
	for pauze := eerstePauze; ; pauze = min(2*pauze, langstePauze) {
		b, k, err := p.hub(ctx, http.MethodGet, "/v1/status/"+id, "application/json", nil, 1<<20)
		if err != nil {
			return err
		}
		var in struct {
			Status string `json:"status"`
		}
		if k.status != http.StatusOK || json.Unmarshal(b, &in) != nil || in.Status == "ERROR" {
			return fmt.Errorf("de hub kan de vraag niet beantwoorden: %d", k.status)
		}
		if in.Status == "OK" {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pauze):
		}
	}
}

// lees takes out of an event what the page needs. What asks to be shielded is
// shielded here as well, should the hub ever forget.
func lees(rauw json.RawMessage) (gebeurtenis, error) {
	e, err := cloudevent.Parse(rauw)
	if err != nil {
		return gebeurtenis{}, err
	}
	e.Normaliseer()
	gr, _, err := prov.Lees(e.Data)
	if err != nil {
		return gebeurtenis{}, err
	}
	g := gebeurtenis{Type: e.Type, Op: e.Time, Zaak: gr.Zaak(), Onderwerp: e.Subject}
	if e.Source == bronAfgeschermd || gr.IsBronAfgeschermd() {
		g.Afgeschermd = true
		return g, nil
	}
	if oin, ok := e.BronOIN(); ok {
		g.Bron, g.Wie = oin, []begrip.OIN{oin}
	}
	for _, n := range gr.Agents() {
		oin, ok := begrip.OINVan(n.ID)
		if !ok {
			continue
		}
		if !slices.Contains(g.Wie, oin) {
			g.Wie = append(g.Wie, oin)
		}
	}
	return g, nil
}

// veilig masks what looks like a BSN in the words of someone else.
func veilig(s string) string { return string(begrip.MaskeerBSN([]byte(s))) }
