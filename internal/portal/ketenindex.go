package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	patroon "github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	maxResultaat = 32 << 20 // bytes of one page of events
	perPagina    = 500
	maxPaginas   = 10
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
	verklaring, err := p.verklaar(s, p.cfg.HubOIN)
	if err != nil {
		return nil, false, err
	}
	vraag := map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: s.voorWie()}, "limiet": perPagina}
	rauw, heel, err := patroon.Vrager{Client: p.client, Hub: inzage.Basis(p.cfg.HubURL), OIN: p.cfg.HubOIN}.Vraag(ctx, verklaring, "/v1/gebeurtenissen/query", vraag, maxPaginas)
	if err != nil {
		return nil, false, err
	}
	for _, e := range rauw {
		g, err := lees(e)
		if err != nil {
			heel = false
			continue
		}
		uit = append(uit, g)
	}
	slices.SortStableFunc(uit, func(a, b gebeurtenis) int { return b.Op.Compare(a.Op) })
	return uit, heel, nil
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
