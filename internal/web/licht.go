package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// kleinst is the size in bytes from which a page is compressed: less fits in one
// packet as it is.
const kleinst = 1200

// licht compresses pages, except those that another site made the browser ask for.
// A page holds what a family must keep and shows what the address or a form brought;
// who may choose the one, again and again, and sees the length of the whole learns the
// other (BREACH). For that the other site must let the browser ask with our cookie, and
// such a request says so in Sec-Fetch-Site. Doubt, which is no such header, is not compressed.
func licht(h http.Handler) http.Handler {
	wikkel, err := gzhttp.NewWrapper(gzhttp.MinSize(kleinst), gzhttp.EnableZstd(false),
		gzhttp.ContentTypes([]string{"text/html", "text/plain", "application/json", "application/problem+json"}))
	if err != nil {
		panic(err) // the options above are constants
	}
	klein := wikkel(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "same-origin", "none":
			klein.ServeHTTP(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// bestand is a built file, as it is and compressed; klein is nil where that saves nothing.
type bestand struct{ heel, klein []byte }

// gebouwd holds the built files by name, compressed once.
var gebouwd = sync.OnceValue(func() map[string]bestand {
	m := map[string]bestand{}
	sub, _ := fs.Sub(distFS, "dist")
	namen, _ := fs.Glob(sub, "*")
	for _, n := range namen {
		if b, err := fs.ReadFile(sub, n); err == nil && !strings.HasPrefix(n, ".") {
			m[n] = bestand{b, pak(b)}
		}
	}
	return m
})

func pak(b []byte) []byte {
	var uit bytes.Buffer
	z, _ := gzip.NewWriterLevel(&uit, gzip.BestCompression) // the level is a constant
	_, _ = z.Write(b)                                       // a Buffer takes all
	_ = z.Close()
	if uit.Len() > len(b)*9/10 {
		return nil // a font: compressed already
	}
	return uit.Bytes()
}

// Assets serves the built files under /assets/. Names hold a hash of the content, so
// browsers may keep them for ever. They are public: everybody gets them compressed.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		naam := strings.TrimPrefix(r.URL.Path, "/assets/")
		b, ok := gebouwd()[naam]
		if !ok {
			http.Error(w, "Niet gevonden", http.StatusNotFound)
			return
		}
		h, inhoud, etag := w.Header(), b.heel, naam
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		if b.klein != nil {
			h.Add("Vary", "Accept-Encoding")
			if wilGzip(r) {
				h.Set("Content-Encoding", "gzip")
				inhoud, etag = b.klein, naam+".gz"
			}
		}
		h.Set("ETag", `"`+etag+`"`)
		http.ServeContent(w, r, path.Base(naam), time.Time{}, bytes.NewReader(inhoud))
	})
}

// wilGzip tells whether the caller takes gzip, by name and not with q=0.
func wilGzip(r *http.Request) bool {
	for deel := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		naam, q, _ := strings.Cut(deel, ";")
		if strings.EqualFold(strings.TrimSpace(naam), "gzip") {
			q = strings.TrimRight(strings.ReplaceAll(q, " ", ""), "0")
			return q != "q=" && q != "q=0." && q != "q=."
		}
	}
	return false
}
