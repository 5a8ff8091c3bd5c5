package rest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// TestGeenTokenOfNULInHetAdres, at every path, and every 401 says how to sign in.
func TestGeenTokenOfNULInHetAdres(t *testing.T) {
	kwam := 0
	h := Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kwam++
		if r.URL.Path == "/401" {
			WriteFout(w, r, begrip.NieuweFout(begrip.NietAangemeld, "Wie bent u?"))
		}
	}), "1.0.0", slog.New(slog.DiscardHandler))
	for _, adres := range []string{"/v1/events?access_token=geheim", "/x?a=1&access_token=", "/x?ACCESS_TOKEN=geheim", "/x?%61ccess_token=geheim", "/x?a=b%00c", "/x?a%00=b"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", adres, nil)
		if h.ServeHTTP(w, r); w.Code != 400 || strings.Contains(w.Body.String(), "geheim") || kwam != 0 {
			t.Errorf("%s: %d %s", adres, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	r := &http.Request{Method: "GET", URL: &url.URL{Path: "/a\x00b"}, Header: http.Header{}}
	if h.ServeHTTP(w, r); w.Code != 400 {
		t.Errorf("a NUL in the path: %d", w.Code)
	}
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest("GET", "/401?na=a_b%20c", nil)); w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	var x struct {
		A string `json:"a"`
	}
	if err := LeesJSON([]byte(`{"a":"x\u0000y"}`), &x); !begrip.Is(err, begrip.Ongeldig) || !strings.Contains(err.Error(), "NUL") {
		t.Error(err)
	}
	if err := LeesJSON([]byte(`{"a":"x\\u0000y"}`), &x); err != nil || x.A != `x\u0000y` {
		t.Errorf("%q %v", x.A, err)
	}
}
