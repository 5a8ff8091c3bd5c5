package toegang

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/handbereik/soh/internal/begrip"
)

// AanmeldConfig says how people sign in.
type AanmeldConfig struct {
	Issuer   string // URL of the identity provider; https, or http on a loopback address
	ClientID string // as registered there; a public client, so without a secret
	// ClientBewijs, when set, proves who we are to a provider that wants that
	// (private_key_jwt), with the key of this certificate. Never a shared secret.
	ClientBewijs *Identiteit
	RedirectURL  string   // our own address ending in /aanmelden/terug; https, or http on loopback
	CookieNaam   string   // own name per application: cookies do not keep ports apart
	Sleutel      [32]byte // encrypts the cookies; the same on every replica
	Afgemeld     string   // file that keeps which sessions were ended, over a restart; empty keeps it in memory
	MinACR       string   // lowest level of assurance (acr) accepted; empty for no demand

	// SterkACR is the level of assurance for a step that VereisSterk guards;
	// default MinACR. SterkDuur is how fresh the sign-in must then be; default
	// 10 minutes.
	SterkACR  string
	SterkDuur time.Duration

	Organisatie begrip.OIN // when set, only people of this organisation may in
	Burgers     bool       // families sign in: a BSN is demanded instead of an organisation

	Start string        // local path after signing in or out without terug; default "/"
	Duur  time.Duration // how long a sign-in lasts; default and maximum MaxSessie
	Log   *slog.Logger  // default slog.Default
	// Fout shows an error as a page; the default is a bare page in Dutch.
	Fout func(w http.ResponseWriter, r *http.Request, err error)
	// Client reaches the identity provider; default with a timeout of 10 s.
	Client *http.Client
	Nu     func() time.Time // default time.Now
}

// Aanmelding signs people in with OpenID Connect (code flow, PKCE S256) and
// keeps the session in an encrypted cookie. Replicas share one key. Signing out
// removes the cookie and ends the session where that was asked: a copy opens
// nothing there; at another replica it works until its end.
type Aanmelding struct {
	cfg               AanmeldConfig
	veilig            bool // cookies over https only
	sessieNaam        string
	pogingNaam        string
	einde             *afgemeld
	sessies, pogingen kluis

	mu       sync.Mutex
	provider *oidc.Provider
	mislukt  error
	opnieuw  time.Time
}

// NieuweAanmelding checks the configuration. It does not call the identity
// provider, which may start later.
func NieuweAanmelding(cfg AanmeldConfig) (*Aanmelding, error) {
	var c begrip.Controle
	terug, veilig := adres(cfg.RedirectURL)
	_, issuer := adres(cfg.Issuer)
	c.Eis(issuer != onveilig, "Issuer", "Gebruik https; http mag alleen op het eigen apparaat.")
	c.Eis(veilig != onveilig, "RedirectURL", "Gebruik https; http mag alleen op het eigen apparaat.")
	c.Eis(terug != nil && terug.Path == padTerug, "RedirectURL", "Het adres eindigt op %s.", padTerug)
	c.Eis(cfg.ClientID != "", "ClientID", "Vul de naam in waaronder dit systeem bij de aanmelddienst bekend is.")
	c.Eis(cfg.CookieNaam != "" && !strings.ContainsFunc(cfg.CookieNaam, geenNaamteken), "CookieNaam", "Gebruik letters, cijfers en streepjes.")
	c.Eis(cfg.Sleutel != [32]byte{}, "Sleutel", "De sleutel ontbreekt.")
	c.Eis(cfg.Duur >= 0 && cfg.Duur <= MaxSessie, "Duur", "Ten hoogste 60 minuten.")
	if err := c.Fout(); err != nil {
		return nil, err
	}
	if cfg.Duur == 0 {
		cfg.Duur = MaxSessie
	}
	if cfg.SterkACR == "" {
		cfg.SterkACR = cfg.MinACR
	}
	if cfg.SterkDuur == 0 {
		cfg.SterkDuur = 10 * time.Minute
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if cfg.Nu == nil {
		cfg.Nu = time.Now
	}
	if cfg.Start == "" {
		cfg.Start = "/"
	}
	a := &Aanmelding{cfg: cfg, veilig: veilig == https, sessieNaam: cfg.CookieNaam, pogingNaam: cfg.CookieNaam + "-aanmelden"}
	if a.veilig {
		// The browser then keeps other hosts from planting these cookies.
		a.sessieNaam, a.pogingNaam = "__Host-"+a.sessieNaam, "__Secure-"+a.pogingNaam
	}
	if a.cfg.Fout == nil {
		a.cfg.Fout = a.foutPagina
	}
	var err, err2, err3 error
	a.einde, err3 = leesAfgemeld(cfg.Afgemeld, cfg.Nu())
	a.sessies, err = nieuweKluis(cfg.Sleutel, "sessie")
	a.pogingen, err2 = nieuweKluis(cfg.Sleutel, "poging")
	return a, errors.Join(err, err2, err3)
}

const (
	padTerug = "/aanmelden/terug"

	onveilig = iota
	loopback
	https
)

// adres reads an absolute URL and tells how safe it is to talk to.
func adres(s string) (*url.URL, int) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, onveilig
	}
	ip := net.ParseIP(u.Hostname())
	switch {
	case u.Scheme == "https":
		return u, https
	case u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()):
		return u, loopback
	}
	return u, onveilig
}

func geenNaamteken(r rune) bool {
	return !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}

// Routes registers GET /aanmelden, GET /aanmelden/terug and POST /afmelden.
func (a *Aanmelding) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /aanmelden", a.metFout(a.begin))
	mux.HandleFunc("GET "+padTerug, a.metFout(a.terug))
	mux.Handle("POST /afmelden", http.NewCrossOriginProtection().Handler(http.HandlerFunc(a.afmelden)))
}

func (a *Aanmelding) metFout(f func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer") // the address holds a code
		if err := f(w, r); err != nil {
			a.cfg.Log.LogAttrs(r.Context(), slog.LevelWarn, "aanmelden lukte niet", slog.String("fout", schoon(err).Error()))
			a.cfg.Fout(w, r, err)
		}
	}
}

// afmelden ends the session here and, where the provider can, there too
// (OpenID Connect RP-Initiated Logout 1.0): else the next person at the same
// computer is signed in with one click. The way there is a Refresh and not a
// redirect, because form-action 'self' would stop the redirect of a form.
func (a *Aanmelding) afmelden(w http.ResponseWriter, r *http.Request) {
	_, err := a.Sessie(r)
	a.Beeindig(w, r)
	naar := ""
	if err == nil { // nobody is sent to the provider for nothing
		naar = a.afmeldAdres(r.Context())
	}
	if naar == "" {
		http.Redirect(w, r, a.cfg.Start, http.StatusSeeOther)
		return
	}
	w.Header().Set("Refresh", "0;url="+naar)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	_ = afmeldSjabloon.Execute(w, naar)
}

// afmeldAdres is where the provider ends its own session; empty when it has no
// such place or does not answer.
func (a *Aanmelding) afmeldAdres(ctx context.Context) string {
	p, _, err := a.dienst(ctx)
	if err != nil {
		return ""
	}
	var d struct {
		Einde string `json:"end_session_endpoint"`
	}
	if p.Claims(&d) != nil || d.Einde == "" {
		return ""
	}
	u, hoe := adres(d.Einde)
	if hoe == onveilig {
		return ""
	}
	terug, _ := adres(a.cfg.RedirectURL)
	terug.Path, terug.RawQuery = a.cfg.Start, ""
	q := u.Query()
	q.Set("client_id", a.cfg.ClientID)
	q.Set("post_logout_redirect_uri", terug.String())
	u.RawQuery = q.Encode()
	return u.String()
}

// wachtNaFout keeps a crowd from waiting in turn for a provider that is down.
const wachtNaFout = time.Second

// dienst finds the identity provider, once; after a failure it tries again.
func (a *Aanmelding) dienst(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider == nil {
		if time.Now().Before(a.opnieuw) {
			return nil, nil, a.mislukt
		}
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), a.cfg.Client), a.cfg.Issuer)
		if err == nil {
			err = veiligeAdressen(p)
		}
		if err != nil {
			a.mislukt = begrip.NieuweFout(begrip.NietBeschikbaar, "De aanmelddienst antwoordt nu niet. Probeer het over een paar minuten opnieuw.").Door(schoon(err))
			a.opnieuw = time.Now().Add(wachtNaFout)
			return nil, nil, a.mislukt
		}
		a.provider = p
	}
	e := a.provider.Endpoint()
	e.AuthStyle = oauth2.AuthStyleInParams
	return a.provider, &oauth2.Config{
		ClientID: a.cfg.ClientID, Endpoint: e, RedirectURL: a.cfg.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "profile"},
	}, nil
}

// veiligeAdressen refuses a provider that publishes plain http outside loopback.
func veiligeAdressen(p *oidc.Provider) error {
	var d struct {
		JWKS string `json:"jwks_uri"`
	}
	if err := p.Claims(&d); err != nil {
		return err
	}
	for _, s := range []string{p.Endpoint().AuthURL, p.Endpoint().TokenURL, d.JWKS} {
		if _, hoe := adres(s); hoe == onveilig {
			return fmt.Errorf("de aanmelddienst noemt een onveilig adres")
		}
	}
	return nil
}
