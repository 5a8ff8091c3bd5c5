// Package webhook brings events to an address of a deelnemer, as "HTTP 1.1 Web
// Hooks for Event Delivery" of CloudEvents has it: permission is asked first,
// and what the receiver answers decides what happens next.
//
// It promises: nothing goes to an address outside the API host that the register
// has for the deelnemer, or to a server that does not prove its OIN; a redirect is never
// followed; nothing secret stands in an address.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/toegang"
)

// Limits of waiting.
const (
	geduld    = 10 * time.Second // for one answer
	maxWacht  = time.Hour        // whatever Retry-After says
	maxTempo  = 100_000          // per minute; above it there is no limit
	maxLijf   = 4 << 10          // bytes of an answer that are read, to use the connection again
	zegtNiets = "Het adres geeft geen toestemming (WebHook-Allowed-Origin ontbreekt of noemt een ander)."
)

// Verzender sends on behalf of the hub.
type Verzender struct {
	client    *http.Client
	oorsprong string
}

// Nieuw makes a Verzender with the certificate of the hub. Its origin, by which
// receivers know it, is the first host name in that certificate.
func Nieuw(i toegang.Identiteit) *Verzender {
	v := &Verzender{client: i.Client(geduld), oorsprong: "ketenindex"}
	if l := i.Cert.Leaf; l != nil && len(l.DNSNames) > 0 {
		v.oorsprong = l.DNSNames[0]
	}
	return v
}

// Adres checks that address is one of the API host that the register has for a
// deelnemer: the hub goes nowhere else (no request forgery from inside).
func Adres(c *begrip.Controle, veld, adres, api string) {
	u, err := url.Parse(adres)
	c.Eis(err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "", veld,
		"Vul een adres in dat begint met https://, zonder wachtwoord en zonder vraagteken.")
	a, err2 := url.Parse(api)
	c.Eis(err != nil || err2 == nil && a.Host != "" && gastheer(u) == gastheer(a), veld, "Dit adres hoort niet bij de API van uw organisatie in het register.")
}

func gastheer(u *url.URL) string {
	poort := u.Port()
	if poort == "" {
		poort = "443"
	}
	return strings.ToLower(u.Hostname()) + ":" + poort
}

// Handdruk asks the receiver for permission. perMinuut is how many deliveries
// it wants at most; 0 is no limit.
func (v *Verzender) Handdruk(ctx context.Context, aan begrip.OIN, adres string) (perMinuut int, err error) {
	r, err := http.NewRequestWithContext(toegang.Naar(ctx, aan), http.MethodOptions, adres, nil)
	if err != nil {
		return 0, geen("Dit adres is niet goed geschreven.", err)
	}
	r.Header.Set("WebHook-Request-Origin", v.oorsprong)
	resp, err := v.client.Do(r)
	if err != nil {
		return 0, geen("Het adres antwoordt niet, of niet met het certificaat van uw organisatie.", err)
	}
	defer sluit(resp)
	mag := resp.Header.Get("WebHook-Allowed-Origin")
	if resp.StatusCode < 200 || resp.StatusCode > 299 || mag != "*" && !strings.EqualFold(mag, v.oorsprong) {
		return 0, geen(zegtNiets, nil)
	}
	tempo := resp.Header.Get("WebHook-Allowed-Rate")
	if tempo == "" || tempo == "*" {
		return 0, nil
	}
	n, err := strconv.Atoi(tempo)
	if err != nil || n < 1 {
		return 0, geen("WebHook-Allowed-Rate is geen aantal per minuut.", nil)
	}
	if n >= maxTempo {
		n = 0
	}
	return n, nil
}

func geen(bericht string, oorzaak error) error {
	return (&begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "adres", Bericht: bericht}}}).Door(oorzaak)
}

func sluit(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxLijf))
	_ = resp.Body.Close()
}

// Gevolg is what an answer means for the delivery.
type Gevolg int

// The outcomes of a delivery.
const (
	Bezorgd Gevolg = iota
	Opnieuw        // later
	Wachten        // as long as the receiver asks; this does not count as a try
	Mislukt        // never as it is: 400, 413, 415, 422
	Gestopt        // the receiver wants nothing more: 410
)

// Uitkomst is the outcome of one delivery.
type Uitkomst struct {
	Gevolg Gevolg
	Wacht  time.Duration
	Reden  string // for people; holds nothing of the event or the answer
}

// Stuur offers one event.
func (v *Verzender) Stuur(ctx context.Context, aan begrip.OIN, adres string, event []byte) Uitkomst {
	r, err := http.NewRequestWithContext(toegang.Naar(ctx, aan), http.MethodPost, adres, bytes.NewReader(event))
	if err != nil {
		return Uitkomst{Gevolg: Mislukt, Reden: "het adres is niet goed geschreven"}
	}
	r.Header.Set("Content-Type", cloudevent.TypeEvent)
	resp, err := v.client.Do(r)
	if err != nil {
		reden := "geen antwoord"
		if errors.Is(err, toegang.ErrAndereOrganisatie) {
			reden = "op dit adres antwoordt een andere organisatie"
		}
		return Uitkomst{Gevolg: Opnieuw, Reden: reden}
	}
	defer sluit(resp)
	u := Uitkomst{Gevolg: Opnieuw, Reden: "antwoord " + strconv.Itoa(resp.StatusCode)}
	switch s := resp.StatusCode; {
	case s >= 200 && s < 300:
		return Uitkomst{}
	case s >= 300 && s < 400:
		u.Reden += ": een doorverwijzing wordt niet gevolgd"
	case s == http.StatusGone:
		u.Gevolg = Gestopt
	case s == http.StatusBadRequest, s == http.StatusRequestEntityTooLarge, s == http.StatusUnsupportedMediaType, s == http.StatusUnprocessableEntity:
		u.Gevolg = Mislukt
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable:
		if d, ok := wachttijd(resp.Header.Get("Retry-After"), time.Now()); ok {
			u.Gevolg, u.Wacht = Wachten, d
		}
	}
	return u
}

// wachttijd reads Retry-After: seconds or a moment.
func wachttijd(s string, nu time.Time) (time.Duration, bool) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return min(time.Duration(min(n, int(maxWacht/time.Second)))*time.Second, maxWacht), true
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, min(t.Sub(nu), maxWacht)), true
	}
	return 0, false
}

// Pauze is how long to wait after this many tries: twice as long each time, up
// to boven, and between half and all of that, so that many do not come at once.
func Pauze(pogingen int, eerste, boven time.Duration) time.Duration {
	d := eerste << min(max(pogingen-1, 0), 30)
	if d <= 0 || d > boven {
		d = boven
	}
	return d/2 + rand.N(d/2+1)
}
