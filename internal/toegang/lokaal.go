package toegang

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// maxPad bounds the path to return to, which travels in a cookie.
const maxPad = 1024

// lokaal gives s when it is a path on this very site, else "": no other host,
// nothing a browser reads as one ("//x", "/\x"), no BSN and not the sign-in.
func lokaal(s string) string {
	if len(s) > maxPad || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || heeftBSN(s) {
		return ""
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return ""
	}
	// The decoded path must not turn into another host or hide a BSN either.
	if strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\r\n") || heeftBSN(u.Path) {
		return ""
	}
	if q, err := url.QueryUnescape(u.RawQuery); err != nil || heeftBSN(q) {
		return ""
	}
	if u.Path == "/aanmelden" || u.Path == padTerug || u.Path == "/afmelden" || u.Path == "/afmelden/snel" {
		return ""
	}
	return s
}

func ontsnap(s string) string { return url.QueryEscape(s) }

func aanvaardtHTML(r *http.Request) bool {
	a := r.Header.Get("Accept")
	return strings.Contains(a, "text/html")
}

var foutSjabloon = template.Must(template.New("fout").Parse(`<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Titel}}</title></head>
<body><main><h1>{{.Titel}}</h1><p>{{.Bericht}}</p><p><a href="/aanmelden">Opnieuw aanmelden</a></p></main></body></html>
`))

// afmeldSjabloon is shown for the blink of an eye, or longer where a browser
// does not follow Refresh.
var afmeldSjabloon = template.Must(template.New("afmelden").Parse(`<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>U wordt uitgelogd</title></head>
<body><main><h1>U wordt uitgelogd</h1><p><a href="{{.}}">Ga verder</a></p></main></body></html>
`))

// foutPagina is the page without an application around it.
func (a *Aanmelding) foutPagina(w http.ResponseWriter, _ *http.Request, err error) {
	f := begrip.FoutVan(err)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(f.Code.Status())
	_ = foutSjabloon.Execute(w, struct{ Titel, Bericht string }{f.Code.Titel(), f.Bericht})
}
