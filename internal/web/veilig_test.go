package web_test

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/web"
)

func haal(t *testing.T, h http.Handler, r *http.Request) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(b)
}

// TestElkePaginaIsBeschermd checks the headers on pages, errors and the 404.
func TestElkePaginaIsBeschermd(t *testing.T) {
	h := galerij(t, gezinCfg)
	for pad, status := range map[string]int{"/": 200, "/formulier": 200, "/privacy": 200, "/stuk": 403, "/bestaat-niet": 404} {
		res, body := haal(t, h, httptest.NewRequest("GET", pad, nil))
		if res.StatusCode != status {
			t.Errorf("%s: %d, niet %d", pad, res.StatusCode, status)
		}
		csp := res.Header.Get("Content-Security-Policy")
		for _, deel := range []string{"default-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "trusted-types soh"} {
			if !strings.Contains(csp, deel) {
				t.Errorf("%s: het beveiligingsbeleid mist %s", pad, deel)
			}
		}
		if strings.Contains(csp, "unsafe") || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", pad, res.Header)
		}
		if n := strings.Count(body, "<h1"); n != 1 {
			t.Errorf("%s: %d koppen h1", pad, n)
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: een waarde is geweigerd door het sjabloon", pad)
		}
	}
}

// TestFormulierVanElders refuses a post that another site caused.
func TestFormulierVanElders(t *testing.T) {
	h := galerij(t, gezinCfg)
	for site, status := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 400} {
		r := httptest.NewRequest("POST", "/formulier", strings.NewReader("naam=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", site)
		if res, _ := haal(t, h, r); res.StatusCode != status {
			t.Errorf("%s: %d, niet %d", site, res.StatusCode, status)
		}
	}
}

// TestGeenInternDetail: what went wrong inside goes to the log, not the page.
func TestGeenInternDetail(t *testing.T) {
	var log bytes.Buffer
	cfg := gezinCfg
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	res, body := haal(t, galerij(t, cfg), httptest.NewRequest("GET", "/paniek", nil))
	if res.StatusCode != 500 || strings.Contains(body, "geheim detail") || !strings.Contains(body, "Er ging iets mis") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if !strings.Contains(log.String(), "geheim detail") {
		t.Error("de oorzaak staat niet in het log")
	}
}

// TestTeGrootFormulier is refused, not half read.
func TestTeGrootFormulier(t *testing.T) {
	r := httptest.NewRequest("POST", "/formulier", strings.NewReader("naam="+strings.Repeat("x", web.MaxFormulier)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, _ := haal(t, galerij(t, gezinCfg), r); res.StatusCode != 413 {
		t.Errorf("%d", res.StatusCode)
	}
}

// TestTaalBlijft: the choice of language is kept, nonsense is not.
func TestTaalBlijft(t *testing.T) {
	h := galerij(t, gezinCfg)
	res, body := haal(t, h, httptest.NewRequest("GET", "/privacy?taal=en", nil))
	if !strings.Contains(body, `<html lang="en"`) || len(res.Cookies()) != 1 || !res.Cookies()[0].HttpOnly {
		t.Errorf("%v", res.Cookies())
	}
	r := httptest.NewRequest("GET", "/privacy", nil)
	r.AddCookie(res.Cookies()[0])
	if _, body = haal(t, h, r); !strings.Contains(body, `<html lang="en"`) {
		t.Error("de taal is vergeten")
	}
	if res, body = haal(t, h, httptest.NewRequest("GET", "/privacy?taal=xx", nil)); len(res.Cookies()) != 0 || !strings.Contains(body, `<html lang="nl"`) {
		t.Error("een onbekende taal is aangenomen")
	}
}

// TestAssets: hashed files may be kept for ever, the folder cannot be listed.
func TestAssets(t *testing.T) {
	res, _ := haal(t, web.Assets(), httptest.NewRequest("GET", web.AssetPad("main.css"), nil))
	if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("main.css: %d %s (zijn de assets gebouwd? doe `make assets`)", res.StatusCode, res.Header.Get("Cache-Control"))
	}
	for _, p := range []string{"/assets/", "/assets/.gitkeep", "/assets/nee.css", "/assets/../site.go"} {
		if res, _ := haal(t, web.Assets(), httptest.NewRequest("GET", p, nil)); res.StatusCode != 404 {
			t.Errorf("%s: %d", p, res.StatusCode)
		}
	}
}

var (
	binnenin = regexp.MustCompile(`(?i)\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|<script(?:\s[^>]*)?>[^<]|javascript:`)
	icoonRe  = regexp.MustCompile(`\bicon "([a-z0-9-]+)"|\bIcoon:\s*"([a-z0-9-]+)"|\bleeg "([a-z0-9-]+)"`)
)

// TestSjablonenZonderStijlOfScript: the security policy would refuse it, and
// an icon that is not in the sprite would be an empty spot.
func TestSjablonenZonderStijlOfScript(t *testing.T) {
	b, err := os.ReadFile("../../web/src/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	iconen := map[string]bool{}
	for f := range strings.FieldsSeq(string(b)) {
		iconen[f] = true
	}
	err = filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		html := filepath.Ext(p) == ".html"
		if !html && filepath.Ext(p) != ".go" {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if m := binnenin.Find(b); html && m != nil {
			t.Errorf("%s: stijl of script in de pagina: %s", p, m)
		}
		for _, m := range icoonRe.FindAllSubmatch(b, -1) {
			if n := string(m[1]) + string(m[2]) + string(m[3]); !iconen[n] {
				t.Errorf("%s: pictogram %q staat niet in web/src/icons.txt", p, n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
