package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/brpsimulator"
	"github.com/handbereik/soh/internal/demo/inlogsimulator"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/toegang"
)

// Defaults of Config.
const (
	StandaardAddr = "127.0.0.1:8080"
	StandaardDir  = ".demo"
)

// Config says where a demo runs.
type Config struct {
	Addr string       // start page, host:port on this machine; port 0 takes a free one; default StandaardAddr
	Dir  string       // all files; default StandaardDir in the working directory
	Log  *slog.Logger // default: a file per part in Dir/log

	Personen []brpsimulator.Persoon // in the population register, beside those of the stories

	Peilen time.Duration // between two looks of the hub at everyone's health; default five seconds
}

// Demo is the running network.
type Demo struct {
	cfg         Config
	dir, host   string
	slot        *os.File
	poorten     *poorten
	ca          *toegang.CA
	bord        bordBron
	metingen    sync.Map // short name → *meting.Metingen
	leden       []*lid   // hub first, then the nodes, then the portal
	simulator   *inlogsimulator.Simulator
	basis       string    // of the start page, without a slash at the end
	diensten    []*dienst // in the order of starting
	gereed      atomic.Bool
	verhaalFout atomic.Pointer[error]
	achter      sync.WaitGroup
	logs        []*os.File
	mis         chan error
	eenStop     sync.Once
	stopCtx     context.Context
	stop        context.CancelFunc
}

// lid is an organisation with its certificate and addresses in this run.
type lid struct {
	begrip.Organisatie
	Kort            string
	cert, key       string
	identiteit      toegang.Identiteit
	api, werk       net.Listener // either may be nil
	apiURL, werkURL string
}

// Start brings the network up in the folder and puts the stories in place, once
// per folder. It returns when everything answers. End it with Stop.
func Start(ctx context.Context, cfg Config) (*Demo, error) {
	cfg.Addr, cfg.Dir = cmp.Or(cfg.Addr, StandaardAddr), cmp.Or(cfg.Dir, StandaardDir)
	cfg.Peilen = cmp.Or(cfg.Peilen, 5*time.Second)
	d := &Demo{cfg: cfg, mis: make(chan error, 32)}
	d.stopCtx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := d.begin(); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	d.vertel(ctx)
	return d, nil
}

func (d *Demo) begin() error {
	host, poort, err := net.SplitHostPort(d.cfg.Addr)
	if err != nil {
		return fmt.Errorf("SOH_DEMO_ADDR is een adres met een poort, zoals %s", StandaardAddr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("de demo heeft geen echte wachtwoorden en draait alleen op dit apparaat: kies voor SOH_DEMO_ADDR een adres zoals %s", StandaardAddr)
	}
	d.host = host
	if d.dir, err = filepath.Abs(d.cfg.Dir); err != nil {
		return err
	}
	for _, m := range []string{"", "pki", "hub", "nodes", "log"} {
		if err := os.MkdirAll(filepath.Join(d.dir, m), 0o700); err != nil {
			return fmt.Errorf("de map voor de demo kan niet gemaakt worden: %w", err)
		}
	}
	if d.slot, err = sluit(d.dir); err != nil {
		return err
	}
	if d.poorten, err = leesPoorten(host, d.dir); err != nil {
		return err
	}
	if d.ca, err = toegang.NieuweCA(filepath.Join(d.dir, "pki")); err != nil {
		return err
	}
	startL, err := d.startDeur(poort)
	if err != nil {
		return err
	}
	if err := d.maakLeden(); err != nil {
		_ = startL.Close()
		return err
	}
	d.basis = "http://" + startL.Addr().String()
	if err := d.simulatorMet(d.basis); err != nil {
		_ = startL.Close()
		return err
	}
	return d.starten(startL)
}

// startDeur opens the address of the start page. A given port is demanded, for
// people expect the page where they asked for it.
func (d *Demo) startDeur(poort string) (net.Listener, error) {
	if poort == "0" {
		return d.poorten.luister("start")
	}
	l, err := net.Listen("tcp", net.JoinHostPort(d.host, poort))
	if err != nil {
		return nil, fmt.Errorf("het adres %s is bezet of niet te gebruiken; kies een ander met SOH_DEMO_ADDR (%w)", d.cfg.Addr, err)
	}
	return l, nil
}

// maakLeden gives every organisation a certificate and its addresses, and
// writes them into the register.
func (d *Demo) maakLeden() error {
	voegToe := func(o begrip.Organisatie, kort string, api, werk bool) error {
		l := &lid{Organisatie: o, Kort: kort}
		d.leden = append(d.leden, l)
		var err error
		if l.cert, l.key, err = d.ca.Geef(filepath.Join(d.dir, "pki"), o, "localhost", "127.0.0.1", "::1", d.host); err != nil {
			return err
		}
		if l.identiteit, err = toegang.LaadIdentiteit(l.cert, l.key, d.ca.Pad()); err != nil {
			return err
		}
		l.identiteit.Organisatie = o
		if api {
			if l.api, err = d.poorten.luister(kort); err != nil {
				return err
			}
			l.apiURL = "https://" + l.api.Addr().String()
		}
		if werk {
			if l.werk, err = d.poorten.luister(kort + "-werkplek"); err != nil {
				return err
			}
			l.werkURL = "http://" + l.werk.Addr().String()
		}
		return nil
	}
	if err := voegToe(ketenbeheerder, "hub", true, true); err != nil {
		return err
	}
	for _, o := range Deelnemers() {
		if err := voegToe(o.Organisatie, o.Kort, true, true); err != nil {
			return err
		}
	}
	if err := voegToe(portaalOrg, "portaal", false, true); err != nil {
		return err
	}
	var lijst []register.Deelnemer
	for _, l := range d.leden {
		r := register.Deelnemer{Organisatie: l.Organisatie}
		if l.Kort != "hub" && l.apiURL != "" {
			r.API = l.apiURL + "/v1"
		}
		lijst = append(lijst, r)
	}
	if err := register.Schrijf(filepath.Join(d.dir, "hub"), lijst); err != nil {
		return err
	}
	if err := voegToe(brpOrg, "brp", true, false); err != nil { // in no list of deelnemers
		return err
	}
	return d.poorten.bewaar()
}

// simulatorMet sets up the sign-in of every organisation, and DigiD, at basis.
func (d *Demo) simulatorMet(basis string) error {
	var us []inlogsimulator.Uitgever
	for _, o := range Deelnemers() {
		w := d.lid(o.Kort).werkURL
		us = append(us, inlogsimulator.Uitgever{
			Pad: o.Kort, Naam: o.Naam, ACR: inlogsimulator.ACRHoog, Personen: o.Mensen,
			ClientID: o.Kort, Terug: []string{w + "/aanmelden/terug"}, Na: []string{w + "/"},
		})
	}
	digid := inlogsimulator.Uitgever{
		Pad: "digid", Naam: "DigiD (nagemaakt)", ACR: inlogsimulator.ACRSubstantieel, ClientID: "portaal",
		Terug: []string{d.lid("portaal").werkURL + "/aanmelden/terug"}, Na: []string{d.lid("portaal").werkURL + "/"},
	}
	for _, g := range Gezinnen() {
		digid.Personen = append(digid.Personen, g.Inloggers()...)
	}
	log, err := d.log("simulator")
	if err != nil {
		return err
	}
	d.simulator, err = inlogsimulator.Nieuw(basis+"/inloggen", append(us, digid), log)
	return err
}

// aanmelding is how people sign in at l.
func (d *Demo) aanmelding(l *lid) toegang.AanmeldConfig {
	poort := l.werkURL[strings.LastIndexByte(l.werkURL, ':')+1:]
	c := toegang.AanmeldConfig{
		Issuer: d.simulator.Issuer(l.Kort), ClientID: l.Kort, RedirectURL: l.werkURL + "/aanmelden/terug",
		CookieNaam: "soh-" + l.Kort + "-" + poort, // a browser does not keep ports apart
		MinACR:     inlogsimulator.ACRSubstantieel,
	}
	if l.Kort == "portaal" {
		c.Issuer, c.Burgers = d.simulator.Issuer("digid"), true
	}
	return c
}

func (d *Demo) lid(kort string) *lid {
	for _, l := range d.leden {
		if l.Kort == kort {
			return l
		}
	}
	return nil
}

// log gives the logger of a part.
func (d *Demo) log(naam string) (*slog.Logger, error) {
	if d.cfg.Log != nil {
		return d.cfg.Log.With("deel", naam), nil
	}
	f, err := os.OpenFile(filepath.Join(d.dir, "log", naam+".jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	d.logs = append(d.logs, f)
	return begrip.Logger(f, slog.LevelInfo), nil
}

// meet gives the measures of a part that starts.
func (d *Demo) meet(kort, programma string) *meting.Metingen {
	m := meting.Nieuw(programma)
	d.metingen.Store(kort, m)
	return m
}

// URL is the address of the start page.
func (d *Demo) URL() string { return d.basis + "/" }

// Dir is the folder of the demo.
func (d *Demo) Dir() string { return d.dir }

// Gereed tells whether the stories stand.
func (d *Demo) Gereed() bool { return d.gereed.Load() }

// Verhaal gives what went wrong while putting the stories in place, or nil.
func (d *Demo) Verhaal() error {
	if p := d.verhaalFout.Load(); p != nil {
		return *p
	}
	return nil
}

// Wacht waits until ctx ends (nil) or a part cannot go on (its error).
func (d *Demo) Wacht(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.mis:
		return err
	}
}

// Stop ends everything, the hub last. What was taken in is kept for the next
// start. A second call does nothing.
func (d *Demo) Stop() error {
	var err error
	d.eenStop.Do(func() { err = d.einde() })
	return err
}

func (d *Demo) einde() error {
	d.stop()
	d.achter.Wait()
	var fouten []error
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := len(d.diensten) - 1; i >= 0; i-- {
		s := d.diensten[i]
		einde := func() {
			err := s.stoppen()
			mu.Lock()
			defer mu.Unlock()
			fouten = append(fouten, err)
		}
		if s.naam == "hub" { // last, so that the nodes can still deliver
			wg.Wait()
			einde()
			continue
		}
		wg.Go(einde)
	}
	wg.Wait()
	for _, l := range d.leden { // what was opened and never served
		for _, x := range []net.Listener{l.api, l.werk} {
			if x != nil {
				_ = x.Close()
			}
		}
	}
	for _, f := range d.logs {
		fouten = append(fouten, f.Close())
	}
	if d.slot != nil {
		fouten = append(fouten, d.slot.Close())
	}
	return errors.Join(fouten...)
}

// StopDeel stops one part: "hub", "portaal" or a node by its short name, as if
// its machine went down. StartDeel brings it back at the same address.
func (d *Demo) StopDeel(naam string) error {
	s, err := d.deel(naam)
	if err != nil {
		return err
	}
	return s.stoppen()
}

// StartDeel starts a part that StopDeel stopped.
func (d *Demo) StartDeel(naam string) error {
	s, err := d.deel(naam)
	if err != nil {
		return err
	}
	return s.start(d.meld)
}

func (d *Demo) deel(naam string) (*dienst, error) {
	for _, s := range d.diensten {
		if s.naam == naam {
			return s, nil
		}
	}
	return nil, fmt.Errorf("de demo heeft geen deel %q", naam)
}

func (d *Demo) meld(err error) {
	select {
	case d.mis <- err:
	default:
	}
}

// opnieuw gives the listener of an address, opened again after a stop.
func (d *Demo) opnieuw(l *net.Listener, adres string) (net.Listener, error) {
	if x := *l; x != nil {
		*l = nil // a server closes it
		return x, nil
	}
	u, err := url.Parse(adres)
	if err != nil {
		return nil, err
	}
	return net.Listen("tcp", u.Host)
}
