package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/handbereik/soh/internal/web"
)

// TestPaginaIsLichtBehalveVoorEenAndereSite: a page is compressed for who asks for it
// from our own page or by hand, and is the same page; asked for by another site, or by
// nobody knows whom, its length tells nothing of what is in it.
func TestPaginaIsLichtBehalveVoorEenAndereSite(t *testing.T) {
	h := galerij(t, gezinCfg)
	haalMet := func(site, wil string) (string, []byte) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", wil)
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		res, b := haal(t, h, r)
		return res.Header.Get("Content-Encoding"), []byte(b)
	}
	_, heel := haalMet("", "gzip")
	for _, site := range []string{"same-origin", "none"} {
		soort, b := haalMet(site, "gzip, deflate, br, zstd")
		if soort != "gzip" || len(b) > len(heel)/2 {
			t.Fatalf("%s: %q, %d bytes van %d", site, soort, len(b), len(heel))
		}
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if uit, err := io.ReadAll(z); err != nil || !bytes.Equal(uit, heel) {
			t.Errorf("%s: uitgepakt is het een andere pagina (%v)", site, err)
		}
		if soort, _ := haalMet(site, "gzip;q=0"); soort != "" {
			t.Errorf("%s: %q aan wie geen gzip wil", site, soort)
		}
	}
	for _, site := range []string{"", "cross-site", "same-site", "None", "onzin"} {
		if soort, b := haalMet(site, "gzip"); soort != "" || len(b) != len(heel) {
			t.Errorf("%q: %q, %d bytes van %d", site, soort, len(b), len(heel))
		}
	}
}

// TestAssetsZijnKleinEnBlijven: styles go compressed to everybody who takes that, once
// for ever, and each form has its own ETag.
func TestAssetsZijnKleinEnBlijven(t *testing.T) {
	if !web.AssetsGebouwd() {
		t.Fatal("de assets zijn niet gebouwd: doe eerst `make assets`")
	}
	pad := web.AssetPad("main.css")
	lees := func(wil, etag string) (int, map[string]string, int) {
		r := httptest.NewRequest("GET", pad, nil)
		r.Header.Set("Accept-Encoding", wil)
		r.Header.Set("If-None-Match", etag)
		res, b := haal(t, web.Assets(), r)
		k := map[string]string{}
		for _, n := range []string{"Content-Encoding", "ETag", "Vary", "Cache-Control", "Content-Type"} {
			k[n] = res.Header.Get(n)
		}
		return res.StatusCode, k, len(b)
	}
	_, heel, n := lees("", "")
	_, klein, m := lees("br;q=1, gzip;q=0.8", "")
	if heel["Content-Encoding"] != "" || klein["Content-Encoding"] != "gzip" || m > n/4 {
		t.Errorf("heel %v %d, klein %v %d", heel, n, klein, m)
	}
	if heel["ETag"] == klein["ETag"] || klein["ETag"] == "" || klein["Vary"] != "Accept-Encoding" || heel["Vary"] != "Accept-Encoding" {
		t.Errorf("heel %v, klein %v", heel, klein)
	}
	if klein["Content-Type"] != "text/css; charset=utf-8" || klein["Cache-Control"] != "public, max-age=31536000, immutable" {
		t.Error(klein)
	}
	if st, _, _ := lees("gzip", klein["ETag"]); st != 304 {
		t.Error("wie het heeft, krijgt het opnieuw:", st)
	}
	for _, wil := range []string{"", "gzip;q=0", "gzip; q=0.0", "br", "gzippo"} {
		if _, k, _ := lees(wil, ""); k["Content-Encoding"] != "" {
			t.Errorf("%q: %s", wil, k["Content-Encoding"])
		}
	}
}
