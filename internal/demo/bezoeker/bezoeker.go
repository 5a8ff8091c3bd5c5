// Package bezoeker is a person at a browser without script: it follows links, fills
// in forms and keeps cookies. The demo tells its stories with it, and tests walk
// the pages of a running network.
package bezoeker

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Bezoeker is one person at one browser. Not safe for concurrent use.
type Bezoeker struct {
	Nu     *url.URL // the page that is open
	HTML   string
	Status int

	client *http.Client
}

// Nieuw gives a browser without cookies.
func Nieuw() (*Bezoeker, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Bezoeker{client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}, nil
}

// Inloggen signs in at a sign-in address as persoon.
func (b *Bezoeker) Inloggen(ctx context.Context, adres, persoon string) error {
	if err := b.Open(ctx, adres); err != nil {
		return err
	}
	return b.Verstuur(ctx, "", url.Values{"persoon": {persoon}})
}

// Open fetches a page; an address without host is on the site that is open. Any
// other status than 200 is an error, with the page in HTML.
func (b *Bezoeker) Open(ctx context.Context, adres string) error {
	u, err := url.Parse(adres)
	if err != nil {
		return err
	}
	if b.Nu != nil {
		u = b.Nu.ResolveReference(u)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	return b.doe(r)
}

func (b *Bezoeker) doe(r *http.Request) error {
	r.Header.Set("Accept", "text/html")
	resp, err := b.client.Do(r)
	if err != nil {
		return zonderVraag(err)
	}
	defer func() { _ = resp.Body.Close() }()
	tekst, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	b.Nu, b.HTML, b.Status = resp.Request.URL, string(tekst), resp.StatusCode
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("pagina %s antwoordt %d", b.Nu.Path, resp.StatusCode)
	}
	return nil
}

// zonderVraag drops the query, which may hold a code, from an error.
func zonderVraag(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		u.URL, _, _ = strings.Cut(u.URL, "?")
	}
	return err
}

var (
	formVorm = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	veldVorm = regexp.MustCompile(`<input\b([^>]*)>`)
	attrVorm = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	linkVorm = regexp.MustCompile(`<a\b[^>]*\bhref="([^"]*)"`)
)

// Attrs gives the attributes of the inside of a tag.
func Attrs(s string) map[string]string {
	uit := map[string]string{}
	for _, m := range attrVorm.FindAllStringSubmatch(s, -1) {
		uit[m[1]] = html.UnescapeString(m[2])
	}
	return uit
}

// Verstuur sends the form of the open page whose action ends in actie, with
// what it has filled in already and velden.
func (b *Bezoeker) Verstuur(ctx context.Context, actie string, velden url.Values) error {
	for _, m := range formVorm.FindAllStringSubmatch(b.HTML, -1) {
		form := Attrs(m[1])
		if !strings.HasSuffix(form["action"], actie) || form["method"] != "post" {
			continue
		}
		in := url.Values{}
		for _, v := range veldVorm.FindAllStringSubmatch(m[2], -1) {
			a := Attrs(v[1])
			_, aan := a["checked"]
			if keuze := a["type"] == "checkbox" || a["type"] == "radio"; a["name"] != "" && (aan || !keuze) {
				in.Add(a["name"], a["value"])
			}
		}
		for k, v := range velden {
			in[k] = v
		}
		doel, err := b.Nu.Parse(form["action"])
		if err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, doel.String(), strings.NewReader(in.Encode()))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return b.doe(r)
	}
	return fmt.Errorf("pagina %s heeft geen formulier %q", b.Nu.Path, actie)
}

// Keuzes gives every value that a field of the open page offers.
func (b *Bezoeker) Keuzes(naam string) []string {
	var uit []string
	for _, a := range b.Invoer() {
		if a["name"] == naam {
			uit = append(uit, a["value"])
		}
	}
	return uit
}

// Links gives the links of the open page that start with voor.
func (b *Bezoeker) Links(voor string) []string {
	var uit []string
	for _, m := range linkVorm.FindAllStringSubmatch(b.HTML, -1) {
		if l := html.UnescapeString(m[1]); strings.HasPrefix(l, voor) {
			uit = append(uit, l)
		}
	}
	return uit
}

// Acties gives where the forms of the open page post to.
func (b *Bezoeker) Acties() []string {
	var uit []string
	for _, m := range formVorm.FindAllStringSubmatch(b.HTML, -1) {
		if f := Attrs(m[1]); f["method"] == "post" {
			uit = append(uit, f["action"])
		}
	}
	return uit
}

// Invoer gives the attributes of every input of the open page.
func (b *Bezoeker) Invoer() []map[string]string {
	var uit []map[string]string
	for _, m := range veldVorm.FindAllStringSubmatch(b.HTML, -1) {
		uit = append(uit, Attrs(m[1]))
	}
	return uit
}

// Weeg fetches a page of the site that is open as a browser with nothing in its cache
// does, asked for by the site itself. It gives the bytes of its body as they crossed the
// wire and leaves the page open.
func (b *Bezoeker) Weeg(ctx context.Context, adres string) (int, error) {
	u, err := b.Nu.Parse(adres)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip") // said here, so that the client leaves the answer as it came
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := b.client.Do(r)
	if err != nil {
		return 0, zonderVraag(err)
	}
	defer func() { _ = resp.Body.Close() }()
	ruw, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return 0, err
	}
	in := io.Reader(bytes.NewReader(ruw))
	if resp.Header.Get("Content-Encoding") == "gzip" {
		if in, err = gzip.NewReader(in); err != nil {
			return 0, err
		}
	}
	tekst, err := io.ReadAll(io.LimitReader(in, 16<<20))
	b.Nu, b.HTML, b.Status = resp.Request.URL, string(tekst), resp.StatusCode
	return len(ruw), err
}
