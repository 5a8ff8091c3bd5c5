package node

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// padHaak is the webhook of a node: the hub tells there that the list of
// deelnemers changed. What it sends is not believed, only a reason to look: who
// left is out within seconds, not at the next look. It is no part of the API of
// the node: no access token is asked, any deelnemer may make us look.
const padHaak = "/haken/deelnemers"

var haakTypen = []string{cloudevent.DeelnemerToegetreden, cloudevent.DeelnemerGewijzigd, cloudevent.DeelnemerVertrokken}

// haak answers the handshake of CloudEvents web hooks and takes deliveries.
func (r *register) haak(mux *http.ServeMux) {
	mux.HandleFunc("OPTIONS "+padHaak, func(w http.ResponseWriter, q *http.Request) {
		if van := q.Header.Get("WebHook-Request-Origin"); van != "" {
			w.Header().Set("WebHook-Allowed-Origin", van)
			w.Header().Set("WebHook-Allowed-Rate", "60")
		}
		w.Header().Set("Allow", "OPTIONS, POST")
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST "+padHaak, func(w http.ResponseWriter, q *http.Request) {
		if _, _, err := cloudevent.FromRequest(q); err != nil {
			rest.WriteFout(w, q, err)
			return
		}
		select {
		case r.mis <- struct{}{}:
		default: // somebody asked already
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// abonneer asks the hub for word of changes at adres, unless it gives it
// already. A hub that delivers no webhooks refuses; the list is fetched every
// minute anyway.
func (r *register) abonneer(ctx context.Context, adres string) error {
	var in struct {
		Abonnementen []struct{ Adres, Status string }
	}
	if err := r.vraag(ctx, http.MethodGet, nil, http.StatusOK, &in); err != nil {
		return err
	}
	for _, a := range in.Abonnementen {
		if a.Adres == adres && a.Status == "actief" {
			return nil
		}
	}
	return r.vraag(ctx, http.MethodPost, map[string]any{"soort": "webhook", "typen": haakTypen, "adres": adres}, http.StatusCreated, nil)
}

// vraag calls /v1/abonnementen of the hub.
func (r *register) vraag(ctx context.Context, methode string, lijf any, status int, uit any) error {
	b, err := json.Marshal(lijf)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(toegang.Naar(ctx, r.hubOIN), methode, r.hub+"/v1/abonnementen", bytes.NewReader(b))
	if err != nil {
		return err
	}
	if lijf == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if b, err = io.ReadAll(io.LimitReader(resp.Body, maxRegister)); err != nil {
		return err
	}
	if resp.StatusCode != status {
		return fmt.Errorf("abonnement: de hub antwoordt met %d", resp.StatusCode)
	}
	if uit == nil {
		return nil
	}
	return json.Unmarshal(b, uit)
}
