package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/ketenbord"
	meet "github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// HubCmd runs the Ketenindex until it is interrupted.
type HubCmd struct {
	HubGrootboek `embed:""`

	Dir      string `help:"Map met de bestanden van de Ketenindex; daarin staat deelnemers.json, de lijst van wie mee mag doen." required:"" type:"path"`
	Addr     string `help:"Adres om op te luisteren." default:"127.0.0.1:8443"`
	Cert     string `help:"Certificaat van de ketenbeheerder (PEM)." required:"" type:"existingfile"`
	Key      string `help:"Sleutel bij het certificaat (PEM)." required:"" type:"existingfile"`
	CRL      string `name:"crl" help:"Intrekkingslijsten (CRL) van die uitgevers (PEM)." type:"existingfile"`
	CA       string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM)." required:"" type:"existingfile"`
	URL      string `name:"url" help:"Adres waarop anderen deze Ketenindex vinden (https), voor toegangstokens."`
	Tokens   bool   `name:"token-verplicht" help:"Laat systemen alleen toe met een toegangstoken; anders is een certificaat genoeg."`
	MaxBytes int64  `help:"Hoeveel bytes het log mag gebruiken; 0 is zoveel als de schijf heeft."`

	PerMedewerker  int `name:"personen-medewerker" help:"Naar hoeveel verschillende personen één medewerker in een uur mag vragen." default:"60"`
	PerOrganisatie int `name:"personen-organisatie" help:"Naar hoeveel verschillende personen één organisatie in een uur mag vragen." default:"600"`

	HubLog `embed:""`

	GetuigeMap string `help:"Map buiten --dir die weet hoe ver het log was; zij hoort niet in een reservekopie. Leeg: die naast --dir, met -getuige erachter." type:"path"`

	Geheimen   string `help:"Map met de drie sleutels, voor elke hub dezelfde; leeg: die van --dir." type:"path"`
	BeheerAddr string `help:"Waar de beheerder metingen en gezondheid ziet, zonder certificaat; leeg: nergens." default:"127.0.0.1:9441"`

	BordAddr string `help:"Waar de ketenbeheerder de gezondheid van de keten en de registers ziet, zonder inloggen; leeg: nergens. Kies een adres dat alleen beheerders bereiken." placeholder:"127.0.0.1:9442"`

	Profiel string `help:"Schrijf hierheen waar de processortijd blijft (pprof)." type:"path" hidden:""`
}

// Run serves until ctx ends; what was taken in is durable then.
func (c *HubCmd) Run(ctx context.Context) error {
	log := begrip.Logger(os.Stderr, slog.LevelInfo)
	if c.Profiel != "" {
		f, err := os.Create(c.Profiel)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	begrensGeheugen()
	id, err := toegang.LaadIdentiteitMet(c.Cert, c.Key, c.CA, c.CRL)
	if err != nil {
		return err
	}
	id.Organisatie.Soort = begrip.Ketenbeheerder
	metingen := meet.Nieuw("hub")
	h, err := hub.Open(hub.Config{Dir: c.Dir, Organisatie: id.Organisatie, MaxBytes: c.MaxBytes, Getuigen: c.Getuige, Cluster: c.cluster(), Geheimen: c.Geheimen, Getuige: c.GetuigeMap, Metingen: metingen, Log: log, Identiteit: &id,
		Grenzen: kern.Grenzen{Medewerker: c.PerMedewerker, Organisatie: c.PerOrganisatie},
		Tokens:  &toegang.Uitgever{Identiteit: id, Adres: strings.TrimSuffix(c.URL, "/"), Verplicht: c.Tokens}})
	if err != nil {
		return err
	}
	stop, err := beheer(ctx, c.BeheerAddr, "hub", metingen, func() error {
		if g := h.Stand(); !g.Gereed {
			return fmt.Errorf("log: %s, projectie: %s, achterstand: %d blokken", g.Log, g.Projectie, g.Achterstand)
		}
		return nil
	}, log)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	defer stop()
	if c.BordAddr != "" {
		dicht, err := toonBord(c.BordAddr, h, log)
		if err != nil {
			return errors.Join(err, h.Close())
		}
		defer dicht()
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("luisteren op %s lukt niet: %w", c.Addr, err), h.Close())
	}
	if c.Openbaar != "" {
		stop, err := serveerOpenbaar(h, c.Openbaar, log)
		if err != nil {
			return errors.Join(err, l.Close(), h.Close())
		}
		defer stop()
	}
	if h.Deelnemers() == 0 {
		log.Warn("er zijn nog geen deelnemers: niemand kan iets aanbieden of vragen", "lijst", filepath.Join(c.Dir, register.Bestand))
	}
	fmt.Fprintf(os.Stderr, "Ketenindex op https://%s, sleutel van het grootboek: %s\n", l.Addr(), h.Sleutel())
	return serveerHub(ctx, h, l, id, log)
}

// toonBord serves the pages of the chain manager until dicht is called.
func toonBord(addr string, h *hub.Hub, log *slog.Logger) (dicht func(), err error) {
	pages, err := ketenbord.Nieuw(ketenbord.Config{Bord: h.Beheer.Bord, Geschiedenis: h.Beheer.Geschiedenis, Log: log})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("luisteren op %s lukt niet: %w", addr, err)
	}
	srv := rest.Server(pages, nil, log, slog.LevelWarn)
	go func() { _ = srv.Serve(l) }()
	fmt.Fprintf(os.Stderr, "Ketenbord op http://%s\n", l.Addr())
	return func() { _ = srv.Close() }, nil
}

// HubLog says where the log is.
type HubLog struct {
	Log         []string `help:"Adressen van de NATS-servers die het log bewaren, met komma's ertussen; leeg: in deze map."`
	LogCert     string   `help:"Certificaat van deze hub voor die servers (PEM)." type:"existingfile"`
	LogKey      string   `help:"Sleutel bij dat certificaat (PEM)." type:"existingfile"`
	LogCA       string   `name:"log-ca" help:"Vertrouwde uitgevers van die servers (PEM)." type:"existingfile"`
	LogGegevens string   `help:"Bestand met NATS-credentials, als die servers daarom vragen." type:"existingfile"`
	LogEnkel    bool     `help:"Eén kopie van het log is genoeg; voor proeven."`
}

// cluster is where the log is, when not in the process.
func (c *HubLog) cluster() *hublog.Cluster {
	if len(c.Log) == 0 {
		return nil
	}
	return &hublog.Cluster{URLs: c.Log, Cert: c.LogCert, Key: c.LogKey, CA: c.LogCA, Gegevens: c.LogGegevens, Enkel: c.LogEnkel}
}

// begrensGeheugen lets a small heap turn over fast, which spares a tenth of the
// processor, up to a bound. It comes before anything is read.
func begrensGeheugen() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(256<<20 + indexInHeap)
	}
}

// serveerHub serves h on l until ctx ends, then closes it.
func serveerHub(ctx context.Context, h *hub.Hub, l net.Listener, id toegang.Identiteit, log *slog.Logger) error {
	srv := rest.Server(id.Bewaak(h.Handler()), id.ServerTLS(), log, slog.LevelWarn)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	loopt, einde := context.WithCancel(context.Background())
	klaar := make(chan error, 1)
	go func() {
		err := h.Run(loopt)
		if err != nil {
			stop() // nothing can be found any more, so nothing is taken in
		}
		klaar <- err
	}()
	gestopt := make(chan struct{})
	go func() {
		defer close(gestopt)
		<-ctx.Done()
		kort, af := context.WithTimeout(context.Background(), 10*time.Second)
		defer af()
		_ = srv.Shutdown(kort)
	}()
	err := srv.ServeTLS(l, "", "")
	if errors.Is(err, http.ErrServerClosed) {
		<-gestopt
		err = nil
	}
	einde()
	return errors.Join(err, <-klaar, h.Close())
}
