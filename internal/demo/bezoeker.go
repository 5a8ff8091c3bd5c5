package demo

import (
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

// bezoeker uses the pages as a person with a browser without script does:
// follows links, fills in forms, keeps cookies.
type bezoeker struct {
	client *http.Client
	nu     *url.URL // the page that is open
	html   string
}

func nieuweBezoeker() (*bezoeker, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &bezoeker{client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}, nil
}

// inloggen signs in at a sign-in address as persoon.
func (b *bezoeker) inloggen(ctx context.Context, adres, persoon string) error {
	if err := b.open(ctx, adres); err != nil {
		return err
	}
	return b.verstuur(ctx, "", url.Values{"persoon": {persoon}})
}

func (b *bezoeker) open(ctx context.Context, adres string) error {
	u, err := url.Parse(adres)
	if err != nil {
		return err
	}
	if b.nu != nil {
		u = b.nu.ResolveReference(u)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	return b.doe(r)
}

func (b *bezoeker) doe(r *http.Request) error {
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
	b.nu, b.html = resp.Request.URL, string(tekst)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("pagina %s antwoordt %d", b.nu.Path, resp.StatusCode)
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

func attrs(s string) map[string]string {
	uit := map[string]string{}
	for _, m := range attrVorm.FindAllStringSubmatch(s, -1) {
		uit[m[1]] = html.UnescapeString(m[2])
	}
	return uit
}

// verstuur sends the form of the open page whose action ends in actie, with
// what it has filled in already and velden.
func (b *bezoeker) verstuur(ctx context.Context, actie string, velden url.Values) error {
	for _, m := range formVorm.FindAllStringSubmatch(b.html, -1) {
		form := attrs(m[1])
		if !strings.HasSuffix(form["action"], actie) || form["method"] != "post" {
			continue
		}
		in := url.Values{}
		for _, v := range veldVorm.FindAllStringSubmatch(m[2], -1) {
			a := attrs(v[1])
			_, aan := a["checked"]
			if keuze := a["type"] == "checkbox" || a["type"] == "radio"; a["name"] != "" && (aan || !keuze) {
				in.Add(a["name"], a["value"])
			}
		}
		for k, v := range velden {
			in[k] = v
		}
		doel, err := b.nu.Parse(form["action"])
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
	return fmt.Errorf("pagina %s heeft geen formulier %q", b.nu.Path, actie)
}

// links gives the links of the open page that start with voor.
func (b *bezoeker) links(voor string) []string {
	var uit []string
	for _, m := range linkVorm.FindAllStringSubmatch(b.html, -1) {
		if l := html.UnescapeString(m[1]); strings.HasPrefix(l, voor) {
			uit = append(uit, l)
		}
	}
	return uit
}
