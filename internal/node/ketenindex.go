package node

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/toegang"
)

// letOpKetenindex asks the hub now and then which of our own people asked it about
// too many persons, and makes signals of that, until ctx ends.
func (n *Node) letOpKetenindex(ctx context.Context) error {
	tik := time.NewTicker(ververs)
	defer tik.Stop()
	for n.register.hub != "" {
		select {
		case <-ctx.Done():
			return nil
		case <-tik.C:
		}
		if err := n.haalGrenzen(ctx); err != nil && ctx.Err() == nil {
			n.cfg.Log.Info("de Ketenindex vertelt niet wie van ons veel vroeg; straks weer", "fout", err)
		}
	}
	return nil
}

func (n *Node) haalGrenzen(ctx context.Context) error {
	r := n.register
	ctx, stop := context.WithTimeout(toegang.Naar(ctx, r.hubOIN), wachtHub)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.hub+"/v1/inzagen?stap=grens", nil)
	if err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxRegister))
	if err != nil {
		return err
	}
	var in struct{ Inzagen []signaal.Ketenblik }
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("de hub antwoordt met %d", resp.StatusCode)
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	return n.signalen.VanKetenindex(ctx, in.Inzagen)
}
