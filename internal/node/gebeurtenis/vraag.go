package gebeurtenis

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	maxBladzij   = 32 << 20             // bytes of one page of events
	eerstePauze  = 5 * time.Millisecond // between two looks at the status; doubles
	langstePauze = 200 * time.Millisecond
)

// Vrager asks the Ketenindex: a question is offered, its status awaited, its answer fetched
// page by page (AsynchroneInteracties 1.2.0).
type Vrager struct {
	Client *http.Client
	Hub    string     // https base
	OIN    begrip.OIN // who the hub is
}

// Vraag asks at pad, on the words of the Verklaring, and gives what was found in at most
// max pages, as the hub sent each event; heel is false when there is more. Errors: of the
// connection, or one that says what the hub answered; none holds what was asked.
func (v Vrager) Vraag(ctx context.Context, verklaring, pad string, vraag any, max int) (gevonden []json.RawMessage, heel bool, err error) {
	body, err := json.Marshal(vraag)
	if err != nil {
		return nil, false, err
	}
	status, b, _, err := v.doe(ctx, verklaring, http.MethodPost, pad, "application/json", body)
	if err != nil {
		return nil, false, err
	}
	var in struct {
		InteractieID string `json:"interactieId"`
	}
	if status != http.StatusAccepted || json.Unmarshal(b, &in) != nil || !interactieVorm.MatchString(in.InteractieID) {
		return nil, false, fmt.Errorf("de hub neemt de vraag niet aan: %d", status)
	}
	if err := v.wacht(ctx, in.InteractieID); err != nil {
		return nil, false, err
	}
	blad := "/v1/resultaten/" + in.InteractieID
	for n := 0; blad != ""; n++ {
		if n == max {
			return gevonden, false, nil
		}
		status, b, link, err := v.doe(ctx, "", http.MethodGet, blad, cloudevent.TypeBatch, nil)
		if err != nil {
			return nil, false, err
		}
		var rauw []json.RawMessage
		if status != http.StatusOK || json.Unmarshal(b, &rauw) != nil {
			return nil, false, fmt.Errorf("de hub geeft geen resultaat: %d", status)
		}
		gevonden, blad = append(gevonden, rauw...), volgendBlad(link)
	}
	return gevonden, true, nil
}

// doe sends one request to the hub.
func (v Vrager) doe(ctx context.Context, verklaring, methode, pad, accept string, body []byte) (status int, b []byte, link string, err error) {
	r, err := http.NewRequestWithContext(toegang.Naar(ctx, v.OIN), methode, v.Hub+pad, bytes.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	r.Header.Set("Accept", accept)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if verklaring != "" {
		r.Header.Set("Authorization", "Bearer "+verklaring)
	}
	resp, err := v.Client.Do(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err = io.ReadAll(io.LimitReader(resp.Body, maxBladzij+1))
	if err == nil && len(b) > maxBladzij {
		err = errors.New("het antwoord van de hub is te groot")
	}
	return resp.StatusCode, b, resp.Header.Get("Link"), err
}

var (
	interactieVorm = regexp.MustCompile(`^[A-Za-z0-9:._-]{1,1000}$`)
	linkVorm       = regexp.MustCompile(`^<(/v1/resultaten/[A-Za-z0-9:._-]{1,1000}\?cursor=[A-Za-z0-9._%-]{1,200})>;\s*rel="?next"?$`)
)

// volgendBlad gives the path of the next page, of the hub itself only.
func volgendBlad(link string) string {
	if d := linkVorm.FindStringSubmatch(strings.TrimSpace(link)); d != nil {
		return d[1]
	}
	return ""
}

// wacht waits until the hub has the answer ready.
func (v Vrager) wacht(ctx context.Context, id string) error {
	for pauze := eerstePauze; ; pauze = min(2*pauze, langstePauze) {
		status, b, _, err := v.doe(ctx, "", http.MethodGet, "/v1/status/"+id, "application/json", nil)
		if err != nil {
			return err
		}
		var in struct {
			Status string `json:"status"`
		}
		if status != http.StatusOK || json.Unmarshal(b, &in) != nil || in.Status == "ERROR" {
			return fmt.Errorf("de hub kan de vraag niet beantwoorden: %d", status)
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
