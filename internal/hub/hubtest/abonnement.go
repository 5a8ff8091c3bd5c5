package hubtest

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/bezorging"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/webhook"
	"github.com/handbereik/soh/internal/toegang"
)

// laatBezorgen makes a hub deliver webhooks, with the waiting of a test.
func laatBezorgen(h *hub.Hub, id toegang.Identiteit) {
	h.Cfg.Identiteit, h.Bezorging.Verzender = &id, webhook.Nieuw(id)
	h.Bezorging.Bezorgen = bezorging.Regels{Eerste: time.Millisecond, Boven: 20 * time.Millisecond, Pogingen: 4, Noteer: 5 * time.Millisecond}
	h.Beheer.Peilen = time.Hour
}

// ontvanger is the webhook of a deelnemer behind real mutual TLS.
type ontvanger struct {
	URL     string
	slot    sync.Mutex
	ids     []string // of events, as they were taken
	Lijven  [][]byte
	vragen  int // POSTs
	antw    func(n int, ev cloudevent.Event) (status int, kop map[string]string)
	oorspr  string // what it allows
	verraad []string
}

func (o *ontvanger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.slot.Lock()
	defer o.slot.Unlock()
	if oin, err := toegang.Beller(r); err != nil || oin != OrgHub.OIN || r.URL.RawQuery != "" {
		o.verraad = append(o.verraad, "not the hub, or a query: "+r.URL.String())
	}
	if r.Method == http.MethodGet && r.URL.Path == "/ready" {
		return
	}
	if r.Method == http.MethodOptions {
		if o.oorspr != "" {
			w.Header().Set("WebHook-Allowed-Origin", o.oorspr)
		}
		if r.Header.Get("WebHook-Request-Origin") == "" {
			o.verraad = append(o.verraad, "no origin")
		}
		return
	}
	if r.URL.Path == "/v1/ketenindex-stand" { // the hub asks how far it was: we saw nothing of it
		_, _ = w.Write([]byte(`{"stand":""}`))
		return
	}
	if r.URL.Path != "/haak" {
		o.verraad = append(o.verraad, "a redirect was followed to "+r.URL.Path)
	}
	b, _ := io.ReadAll(r.Body)
	ev, err := cloudevent.Parse(b)
	if err != nil || r.Header.Get("Content-Type") != cloudevent.TypeEvent {
		o.verraad = append(o.verraad, fmt.Sprintf("no event: %v %s", err, r.Header.Get("Content-Type")))
	}
	o.vragen++
	status := http.StatusNoContent
	if o.antw != nil {
		var kop map[string]string
		status, kop = o.antw(o.vragen, ev)
		for k, v := range kop {
			w.Header().Set(k, v)
		}
	}
	if status < 300 {
		o.ids, o.Lijven = append(o.ids, ev.ID), append(o.Lijven, b)
	}
	w.WriteHeader(status)
}

func (o *ontvanger) Heeft() []string {
	o.slot.Lock()
	defer o.slot.Unlock()
	return slices.Clone(o.ids)
}

func (o *ontvanger) Zet(f func(n int, ev cloudevent.Event) (int, map[string]string)) {
	o.slot.Lock()
	defer o.slot.Unlock()
	o.antw = f
}

func (o *ontvanger) Mag(oorsprong string) {
	o.slot.Lock()
	defer o.slot.Unlock()
	o.oorspr = oorsprong
}

func (o *ontvanger) Keren() int {
	o.slot.Lock()
	defer o.slot.Unlock()
	return o.vragen
}

func Altijd(status int) func(int, cloudevent.Event) (int, map[string]string) {
	return func(int, cloudevent.Event) (int, map[string]string) { return status, nil }
}

// Haak gives the deelnemer a receiver, and puts its address in the register.
func (p *Proefhub) Haak(o begrip.Organisatie) *ontvanger {
	p.T.Helper()
	h := p.LosseHaak(o)
	p.Als(OrgHub).JSON("PUT", "/v1/deelnemers/"+string(o.OIN), register.Deelnemer{Organisatie: o, API: h.URL + "/v1"}, http.StatusOK)
	return h
}

func (p *Proefhub) LosseHaak(o begrip.Organisatie) *ontvanger {
	p.T.Helper()
	h := &ontvanger{oorspr: "*"}
	srv := httptest.NewUnstartedServer(h)
	srv.TLS = p.Identiteit(o).ServerTLS()
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.StartTLS()
	h.URL = srv.URL
	p.T.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if len(h.verraad) > 0 {
			p.T.Errorf("the receiver saw: %v", h.verraad)
		}
	})
	return h
}

func (b *Beller) Abonneer(v map[string]any) bezorging.AbonnementAntwoord {
	b.P.T.Helper()
	var a bezorging.AbonnementAntwoord
	if err := json.Unmarshal(b.JSON("POST", "/v1/abonnementen", v, http.StatusCreated), &a); err != nil || a.Status != "actief" {
		b.P.T.Fatalf("%+v %v", a, err)
	}
	return a
}

func (b *Beller) Abonnement(id string) (a bezorging.AbonnementAntwoord) {
	b.P.T.Helper()
	if err := json.Unmarshal(b.JSON("GET", "/v1/abonnementen/"+id, nil, http.StatusOK), &a); err != nil {
		b.P.T.Fatal(err)
	}
	return a
}

// Meldt pushes n meldingen one by one and gives their ids.
func (b *Beller) Meldt(n int) (ids []string) {
	b.P.T.Helper()
	for range n {
		ev := Melding(OrgPolitie, Sentinel, false)
		b.Aanvaard(ev)
		ids = append(ids, ev.ID)
	}
	return ids
}

func Bezorgend(p *Proefhub) { laatBezorgen(p.Hub, p.Identiteit(OrgHub)) }

func Meldingen(adres string) map[string]any {
	return map[string]any{"soort": "webhook", "typen": []string{cloudevent.MeldingGeregistreerd}, "adres": adres}
}
