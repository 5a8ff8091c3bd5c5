package gebeurtenis

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// maxWacht is the longest Retry-After that is believed: no peer can silence
// this node for days.
const maxWacht = time.Hour

type soortUitslag int

const (
	opnieuw   soortUitslag = iota // not now: no answer, an error at the other side, too busy
	bezorgd                       // taken
	geweigerd                     // never like this: a person must look
)

type uitslag struct {
	soort soortUitslag
	reden string        // without content or BSN
	wacht time.Duration // at least, when the other side said so
}

// bied offers one message once.
func (b *Bezorger) bied(ctx context.Context, u dossier.Uitgaand) uitslag {
	basis, wie, ok := b.adres(u.Bestemming)
	if !ok {
		return uitslag{reden: "het adres van de bestemming is niet bekend"}
	}
	stil, stop := uitlopend(meting.MetSpoor(ctx, u.Spoor), b.ritme.antwoord, b.ritme.uitloop)
	defer stop()
	req, err := http.NewRequestWithContext(toegang.Naar(stil, wie), http.MethodPost, strings.TrimRight(basis, "/")+u.Pad, bytes.NewReader(u.Body))
	if err != nil {
		return uitslag{reden: "het adres van de bestemming klopt niet"}
	}
	req.Header.Set("Content-Type", u.ContentType)
	req.Header.Set("Accept", "application/json, application/problem+json")
	res, err := b.client.Do(req)
	if err != nil {
		return uitslag{reden: schoon("geen antwoord: " + kern(err))}
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // the status counts, the body only explains
	return weeg(res.StatusCode, res.Header.Get("Retry-After"), body, b.nu())
}

// weeg decides what an answer means.
func weeg(status int, retryAfter string, body []byte, nu time.Time) uitslag {
	switch {
	case status >= 200 && status < 300:
		return uitslag{soort: bezorgd}
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests:
		return uitslag{soort: geweigerd, reden: uitleg(status, body)}
	}
	return uitslag{soort: opnieuw, reden: uitleg(status, body), wacht: leesRetryAfter(retryAfter, nu)}
}

// uitleg makes a reason of a problem+json answer; of any other answer only the
// status is told.
func uitleg(status int, body []byte) string {
	var p struct {
		Title, Detail string
		Fouten        []struct{ Veld, Bericht string }
	}
	reden := strconv.Itoa(status)
	if json.Unmarshal(body, &p) != nil {
		return reden
	}
	if p.Detail == "" {
		p.Detail = p.Title
	}
	if p.Detail != "" {
		reden += ": " + p.Detail
	}
	for _, f := range p.Fouten {
		reden += " " + f.Veld + ": " + f.Bericht + "."
	}
	return schoon(reden)
}

// leesRetryAfter reads seconds or a date (RFC 9110 §10.2.3); 0 when neither.
func leesRetryAfter(s string, nu time.Time) time.Duration {
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		return min(max(time.Duration(n)*time.Second, 0), maxWacht)
	}
	if t, err := http.ParseTime(s); err == nil {
		return min(max(t.Sub(nu), 0), maxWacht)
	}
	return 0
}

// uitlopend gives a context that ends after antwoord, or uitloop after ctx does.
func uitlopend(ctx context.Context, antwoord, uitloop time.Duration) (context.Context, func()) {
	stil, stop := context.WithTimeout(context.WithoutCancel(ctx), antwoord)
	los := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(uitloop, stop)
		context.AfterFunc(stil, func() { t.Stop() })
	})
	return stil, func() { los(); stop() }
}

// kern takes the method and URL off an error of the client.
func kern(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "het duurde te lang"
	}
	return err.Error()
}

// schoon masks every BSN in a reason and keeps it of useful length.
func schoon(s string) string {
	const meest = 500
	b := begrip.MaskeerBSN([]byte(s))
	return strings.ToValidUTF8(string(b[:min(len(b), meest)]), "")
}
