package hubtest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/natstest"
	"github.com/handbereik/soh/internal/hub/proeflast"
	"github.com/handbereik/soh/internal/toegang"
)

// Hoofd is the TestMain of a package that kills hubs: it lets the test binary be a hub of its own, to be killed.
func Hoofd(m *testing.M) {
	natstest.Hoofd()
	if dir := os.Getenv("SOH_PROEFHUB"); dir != "" {
		if err := losseHub(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ProefHub is a hub without network, that knows who sends.
func ProefHub(b testing.TB, dir string) (h *hub.Hub, stop func()) {
	h, err := hub.Open(kern.Config{Dir: dir, Organisatie: OrgHub, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	heet := h.Sleutels.Partij // as when the register has who sends
	h.Sleutels.Partij = func(id, naam []byte) bool {
		return string(id) == OrgPolitie.OIN.URN() && string(naam) == OrgPolitie.Naam || heet(id, naam)
	}
	ctx, einde := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	go func() { klaar <- h.Run(ctx) }()
	return h, func() {
		einde()
		if err := <-klaar; err != nil {
			b.Error(err)
		}
		if err := h.Close(); err != nil {
			b.Error(err)
		}
	}
}

// LegVastN takes in n events and waits until they can be found.
func LegVastN(b testing.TB, h *hub.Hub, n, lijst, zenders int) {
	werk := make(chan int)
	klaar := make(chan error, zenders)
	for z := range zenders {
		m := proeflast.Nieuw(OrgPolitie, 5000, 0, uint64(z))
		go func() {
			var err error
			for k := range werk {
				if err == nil {
					err = legVastEen(h, m.Lijst(nil, k))
				}
			}
			klaar <- err
		}()
	}
	for ; n > 0; n -= lijst {
		werk <- min(n, lijst)
	}
	close(werk)
	for range zenders {
		if err := <-klaar; err != nil {
			b.Fatal(err)
		}
	}
	if !h.WachtOp(context.Background(), h.Log.Laatste(), time.Minute) {
		b.Fatal("the projection is more than a minute behind")
	}
}

func legVastEen(h *hub.Hub, body []byte) error {
	evs, err := cloudevent.ParseBatch(body)
	if err == nil {
		err = inname.Controleer(evs, true, OrgPolitie.OIN)
	}
	if err == nil {
		_, err = h.Inname.LegVast(context.Background(), OrgPolitie.OIN, evs)
	}
	return err
}

func losseHub(basis string) error {
	cas := filepath.Join(basis, "pki")
	ca, err := toegang.NieuweCA(cas)
	if err != nil {
		return err
	}
	cert, sleutel, err := ca.Geef(cas, OrgHub)
	if err != nil {
		return err
	}
	id, err := toegang.LaadIdentiteit(cert, sleutel, ca.Pad())
	if err != nil {
		return err
	}
	cfg := kern.Config{Dir: filepath.Join(basis, "hub"), Organisatie: OrgHub, Reserve: -1, Log: slog.New(slog.DiscardHandler)}
	if n := os.Getenv("SOH_PROEFHUB_STAART"); n != "" {
		if cfg.Staart, err = strconv.Atoi(n); err != nil {
			return err
		}
	}
	if urls := os.Getenv("SOH_PROEFHUB_LOG"); urls != "" {
		cfg.Dir, cfg.Geheimen = os.Getenv("SOH_PROEFHUB_DIR"), filepath.Join(basis, "geheimen")
		cfg.Cluster = &hublog.Cluster{URLs: strings.Split(urls, ","), Enkel: !strings.Contains(urls, ",")}
	}
	h, err := hub.Open(cfg)
	if err != nil {
		return err
	}
	h.Regels.Store(vrij(h.Regels.Load()))
	if os.Getenv("SOH_PROEFHUB_BEZORGT") != "" {
		laatBezorgen(h, id)
	}
	go func() { _ = h.Run(context.Background()) }()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return (&http.Server{Handler: h.Handler(), TLSConfig: id.ServerTLS()}).ServeTLS(l, "", "")
}
