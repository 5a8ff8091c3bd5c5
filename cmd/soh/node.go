package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/alle"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	meet "github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/node"
	"github.com/handbereik/soh/internal/node/brp"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// NodeCmd runs the node of one deelnemer. OIN and name come from its
// certificate.
type NodeCmd struct {
	Map         string `name:"dir" env:"SOH_NODE_MAP" default:"node" help:"Map voor het dossier."`
	Getuige     string `env:"SOH_NODE_GETUIGE" help:"Map buiten die van het dossier, die weet hoe ver het dossier is; zij hoort niet in een reservekopie. Leeg: die naast het dossier, met -getuige erachter."`
	Soort       string `env:"SOH_NODE_SOORT" required:"" enum:"politie,veilig-thuis,gemeente,rvdk,gi,zvh,ggz,jeugdhulp,school,kmar,om,reclassering,jji,halt,arts,ambulance,forensisch-arts,vrouwenopvang,slachtofferhulp,woningcorporatie,overig" help:"Wat voor organisatie dit is: ${enum}."`
	Certificaat string `name:"cert" env:"SOH_CERTIFICAAT" required:"" type:"existingfile" help:"Certificaat van de organisatie, met OIN."`
	Sleutel     string `name:"key" env:"SOH_SLEUTEL" required:"" type:"existingfile" help:"Sleutel bij het certificaat."`
	CA          string `name:"ca" env:"SOH_CA" required:"" type:"existingfile" help:"Certificaten van de uitgevers die u vertrouwt."`
	CRL         string `name:"crl" env:"SOH_CRL" type:"existingfile" help:"Intrekkingslijsten (CRL) van die uitgevers."`
	Hub         string `env:"SOH_HUB" required:"" help:"Adres van de Ketenindex, https."`
	HubOIN      string `name:"hub-oin" env:"SOH_HUB_OIN" help:"OIN van de ketenbeheerder. Alleen wie dat OIN bewijst, telt als de Ketenindex; zonder start dit niet."`
	APIAddr     string `name:"api-addr" env:"SOH_NODE_API_ADDR" default:":8443" help:"Waar de API luistert, met certificaten."`
	APIURL      string `name:"api-url" env:"SOH_NODE_API_URL" help:"Adres van de API zoals anderen het gebruiken."`
	Tokens      bool   `name:"token-verplicht" env:"SOH_TOKEN_VERPLICHT" help:"Laat systemen alleen toe met een toegangstoken; anders is een certificaat genoeg."`
	ProefBeleid string `name:"authzen-proef" type:"existingdir" help:"Map met proefbeleid (Rego, pakket soh.authzen) voor het beslispunt. Alleen om een systeem mee te testen."`
	VerbandMap
	BRPURL      string        `name:"brp-url" env:"SOH_NODE_BRP_URL" help:"Adres van de BRP Personen Bevragen API, tot en met /haalcentraal/api/brp (https). Leeg: het knooppunt vraagt niets aan de basisregistratie personen."`
	BRPSleutel  string        `name:"brp-sleutel" env:"SOH_NODE_BRP_SLEUTEL" type:"existingfile" help:"Bestand met de sleutel (X-API-KEY) voor die API; leeg: het certificaat is genoeg."`
	BRPHoudbaar time.Duration `name:"brp-houdbaar" env:"SOH_NODE_BRP_HOUDBAAR" default:"24h" help:"Hoe lang een antwoord van die API geldt. Daarna vraagt het knooppunt opnieuw."`

	Bekendheid string `env:"SOH_NODE_BEKENDHEID" enum:"automatisch,alleen-onbekend,handmatig" default:"handmatig" help:"Hoe vragen naar bekendheid beantwoord worden: ${enum}."`

	Logboek         string `name:"logboek-otlp" env:"SOH_NODE_LOGBOEK_OTLP" help:"Adres van een collector (OTLP over HTTP) voor het Logboek Dataverwerkingen; leeg: geen."`
	LogboekRegister string `name:"logboek-register" env:"SOH_NODE_LOGBOEK_REGISTER" help:"Adres van uw register van verwerkingsactiviteiten; het doel komt erachter."`
	Werktijd        string `name:"werktijd" env:"SOH_NODE_WERKTIJD" default:"07:00-20:00" help:"Werktijd op werkdagen; kijken daarbuiten geeft een signaal. altijd: geen signaal."`
	MeldGezin       string `name:"signaal-gezin" env:"SOH_NODE_SIGNAAL_GEZIN" enum:"na-oordeel,meteen,nooit" default:"na-oordeel" help:"Wanneer het gezin hoort van een ongewone blik: ${enum}."`

	WerkplekAddr string `env:"SOH_NODE_WERKPLEK_ADDR" default:"127.0.0.1:8090" help:"Waar de werkplek luistert, achter een proxy met TLS."`
	BeheerAddr   string `env:"SOH_NODE_BEHEER_ADDR" default:"127.0.0.1:9442" help:"Waar de beheerder metingen en gezondheid ziet, zonder certificaat; leeg: nergens."`
	Aanmelding
}

// Aanmelding is how people sign in, shared by node and portal.
type Aanmelding struct {
	Issuer      string `env:"SOH_OIDC_ISSUER" help:"Aanmelddienst (OpenID Connect). Leeg: geen pagina's."`
	ClientID    string `name:"client-id" env:"SOH_OIDC_CLIENT_ID" help:"Naam van dit systeem bij de aanmelddienst."`
	ClientAuth  string `name:"client-auth" env:"SOH_OIDC_CLIENT_AUTH" enum:"none,private_key_jwt" default:"none" help:"Hoe dit systeem zich bewijst bij de aanmelddienst: ${enum}. private_key_jwt tekent met de sleutel van het certificaat."`
	RedirectURL string `name:"redirect-url" env:"SOH_OIDC_REDIRECT_URL" help:"Eigen adres dat eindigt op /aanmelden/terug."`
	MinACR      string `name:"min-acr" env:"SOH_OIDC_MIN_ACR" default:"http://eidas.europa.eu/LoA/substantial" help:"Laagste zekerheid (acr) die mag."`
	SterkACR    string `name:"sterk-acr" env:"SOH_OIDC_STERK_ACR" help:"Zekerheid (acr) voor zware stappen, zoals noodtoegang; leeg: dezelfde, maar opnieuw aangemeld."`
}

func (a Aanmelding) config(cookie string, id toegang.Identiteit) toegang.AanmeldConfig {
	cfg := toegang.AanmeldConfig{Issuer: a.Issuer, ClientID: a.ClientID, RedirectURL: a.RedirectURL, MinACR: a.MinACR, SterkACR: a.SterkACR, CookieNaam: cookie}
	if a.ClientAuth == "private_key_jwt" {
		cfg.ClientBewijs = &id
	}
	return cfg
}

// Run serves until the process is told to stop.
func (c *NodeCmd) Run(ctx context.Context) error {
	log := begrip.Logger(os.Stdout, slog.LevelInfo)
	id, err := toegang.LaadIdentiteitMet(c.Certificaat, c.Sleutel, c.CA, c.CRL)
	if err != nil {
		return err
	}
	id.Organisatie.Soort = begrip.OrganisatieSoort(c.Soort)
	metingen := meet.Nieuw("node")
	verbanden, err := c.laad()
	if err != nil {
		return fmt.Errorf("de samenwerkingsverbanden kloppen niet:\n%w", err)
	}
	var proef map[string]string
	if c.ProefBeleid != "" {
		if proef, err = toegang.Modules(os.DirFS(c.ProefBeleid), "proef"); err != nil {
			return err
		}
		if len(proef) == 0 {
			return fmt.Errorf("in %s staat geen beleid (*.rego)", c.ProefBeleid)
		}
		b, err := os.ReadFile(filepath.Join(c.ProefBeleid, node.ProefKandidaten))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			proef[node.ProefKandidaten] = string(b)
		}
	}
	personen := brp.Config{URL: c.BRPURL, Houdbaar: c.BRPHoudbaar}
	if c.BRPSleutel != "" {
		b, err := os.ReadFile(c.BRPSleutel)
		if err != nil {
			return err
		}
		personen.Sleutel = strings.TrimSpace(string(b))
	}
	signalen, err := signaal.LeesWerktijd(c.Werktijd)
	if err != nil {
		return err
	}
	n, err := node.Open(node.Config{
		Verbanden: verbanden,
		Logboek:   node.Logboek{Adres: c.Logboek, Register: c.LogboekRegister}, Signalen: &signalen, MeldGezin: signaal.MeldGezin(c.MeldGezin),
		ProefBeleid: proef, BRP: personen,
		Metingen:    metingen,
		Organisatie: id.Organisatie, Map: c.Map, Getuige: c.Getuige, Identiteit: id, HubURL: c.Hub, HubOIN: begrip.OIN(c.HubOIN), APIURL: c.APIURL, TokenVerplicht: c.Tokens, Aanmelding: c.config("soh-werkplek", id), Log: log,
		Functies: alle.Bouw(bekendheid.Regel(c.Bekendheid)),
	})
	if err != nil {
		return err
	}
	stop, err := beheer(ctx, c.BeheerAddr, "node", metingen, n.Gereed, log)
	if err != nil {
		return errors.Join(err, n.Close())
	}
	defer stop()
	servers := []*http.Server{server(c.APIAddr, n.API(), id.ServerTLS(), log)}
	if c.Issuer != "" {
		servers = append(servers, server(c.WerkplekAddr, n.Werkplek(), nil, log))
	}
	return errors.Join(dien(ctx, n.Run, servers...), n.Close())
}

// server is an HTTP server on addr with the bounds all of ours have.
func server(addr string, h http.Handler, t *tls.Config, log *slog.Logger) *http.Server {
	srv := rest.Server(h, t, log, slog.LevelDebug)
	srv.Addr = addr
	return srv
}

// dien runs servers and run until ctx ends or one of them cannot go on, and
// then lets requests under way finish.
func dien(ctx context.Context, run func(context.Context) error, servers ...*http.Server) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	mis := make(chan error, len(servers)+1)
	klaar := make(chan struct{})
	go func() {
		defer close(klaar)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			mis <- err
		}
	}()
	for _, s := range servers {
		go func() {
			luister := s.ListenAndServe
			if s.TLSConfig != nil {
				luister = func() error { return s.ListenAndServeTLS("", "") }
			}
			if err := luister(); !errors.Is(err, http.ErrServerClosed) {
				mis <- fmt.Errorf("adres %s: %w", s.Addr, err)
			}
		}()
	}
	var fout error
	select {
	case <-ctx.Done():
	case fout = <-mis:
	}
	tijd, af := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer af()
	for _, s := range servers {
		if s.Shutdown(tijd) != nil {
			_ = s.Close()
		}
	}
	stop()
	<-klaar
	return fout
}
