package node

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// A node keeps the largest stand of the Ketenindex that it saw: signed, so anybody
// can check it. When the Ketenindex was put back from a copy, the nodes can show
// that it was further before.

// padHubstand is where a node gives it.
const padHubstand = "/v1/ketenindex-stand"

const (
	hubstandWaarde = "ketenindex/stand"
	maxStand       = 16 << 10 // bytes
)

// hubstandUit is the answer.
type hubstandUit struct {
	Body struct {
		Stand string `json:"stand" doc:"Ondertekende stand (C2SP checkpoint), de grootste die dit knooppunt zag; leeg als het er nog geen zag"`
	}
}

// geefHubstand declares the operation. What it gives is public.
func (r *register) geefHubstand(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "geefKetenindexStand", Method: http.MethodGet, Path: strings.TrimPrefix(padHubstand, "/v1"), Tags: []string{"Ketenindex"}, Summary: "De verste stand van de Ketenindex die dit knooppunt zag",
		Description: "De Ketenindex vraagt dit als zij start: is zij uit een kopie teruggezet, dan blijkt dat hier. Ook een gesloten knooppunt antwoordt.",
		Errors:      []int{http.StatusUnauthorized},
	}, func(ctx context.Context, _ *struct{}) (*hubstandUit, error) {
		b, _, err := r.store.Waarde(ctx, hubstandWaarde)
		uit := &hubstandUit{}
		uit.Body.Stand = string(b)
		return uit, err
	})
}

// onthoudStand asks the hub for its stand and keeps it when it is the largest. It
// gives an error when the hub went back, or says another thing of the same size.
func (r *register) onthoudStand(ctx context.Context) error {
	req, err := http.NewRequestWithContext(toegang.Naar(ctx, r.hubOIN), http.MethodGet, r.hub+"/tlog/checkpoint", nil)
	if err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxStand+1))
	if err != nil || resp.StatusCode != http.StatusOK || len(b) > maxStand {
		return err // nothing signed yet
	}
	oud, _, err := r.store.Waarde(ctx, hubstandWaarde)
	if err != nil {
		return err
	}
	n, wortel, ok := leesStand(b)
	m, was, had := leesStand(oud)
	zelfde := had && sleutelVan(b) == sleutelVan(oud)
	switch {
	case !ok:
		return nil
	case zelfde && n < m || zelfde && n == m && wortel != was:
		return begrip.NieuweFout(begrip.Conflict, "De Ketenindex heeft minder, of iets anders, dan zij eerder ondertekende: %d regels, eerder %d.", n, m)
	case zelfde && n == m:
		return nil
	}
	return r.store.ZetWaarde(ctx, hubstandWaarde, b)
}

// leesStand reads size and root of a checkpoint; the hub checks the signature.
func leesStand(b []byte) (n int64, wortel string, ok bool) {
	d := strings.SplitN(string(b), "\n", 4)
	if len(d) < 4 {
		return 0, "", false
	}
	n, err := strconv.ParseInt(d[1], 10, 64)
	return n, d[2], err == nil
}

// sleutelVan names the key that signed: the signature line starts with the name
// and four bytes of the hash of the key.
func sleutelVan(b []byte) string {
	for regel := range strings.Lines(string(b)) {
		naam, rest, ok := strings.Cut(strings.TrimPrefix(regel, "— "), " ")
		if strings.HasPrefix(regel, "— ") && ok && len(rest) > 5 {
			return fmt.Sprintf("%s %.5s", naam, rest)
		}
	}
	return ""
}
