package toegang

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSessieCookieOverleeftDeBrowserNiet: the header of the session cookie names
// no time, for a family and for a professional; the server ends the session.
func TestSessieCookieOverleeftDeBrowserNiet(t *testing.T) {
	for _, burgers := range []bool{true, false} {
		nu := time.Now()
		p := nieuweToepassing(t, "https://uitgever.voorbeeld.nl", func(c *AanmeldConfig) { c.Burgers, c.Nu = burgers, func() time.Time { return nu } })
		w := httptest.NewRecorder()
		if err := p.a.ZetSessie(w, Sessie{Persoon: "p", Naam: "Sanne"}); err != nil {
			t.Fatal(err)
		}
		kop := strings.ToLower(w.Header().Get("Set-Cookie"))
		for _, niet := range []string{"max-age", "expires"} {
			if kop == "" || strings.Contains(kop, niet) {
				t.Errorf("burgers %v: %s", burgers, kop)
			}
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(w.Result().Cookies()[0])
		if _, err := p.a.Sessie(r); err != nil {
			t.Error(err)
		}
		if nu = nu.Add(MaxSessie); true {
			if _, err := p.a.Sessie(r); err == nil {
				t.Error("the server does not end it")
			}
		}
	}
}

// TestKopieVanHetCookieWerktNietNaAfmelden: also not after a restart; another
// session of the same person goes on.
func TestKopieVanHetCookieWerktNietNaAfmelden(t *testing.T) {
	pad := filepath.Join(t.TempDir(), "afgemeld")
	start := func() *toepassing {
		return nieuweToepassing(t, "https://uitgever.voorbeeld.nl", func(c *AanmeldConfig) { c.Afgemeld = pad })
	}
	p := start()
	var vraag [2]*http.Request
	for i := range vraag {
		w := httptest.NewRecorder()
		if err := p.a.ZetSessie(w, Sessie{Persoon: "p", Naam: "Sanne"}); err != nil {
			t.Fatal(err)
		}
		vraag[i] = httptest.NewRequest("POST", "/afmelden", nil)
		vraag[i].AddCookie(w.Result().Cookies()[0])
	}
	for range 2 { // twice is no error
		p.a.Beeindig(httptest.NewRecorder(), vraag[0])
	}
	for range 2 {
		if _, err := p.a.Sessie(vraag[0]); err == nil {
			t.Error("the copy still works")
		}
		if _, err := p.a.Sessie(vraag[1]); err != nil {
			t.Errorf("another session ended too: %v", err)
		}
		p = start()
	}
	b, _ := os.ReadFile(pad)
	if n := strings.Count(string(b), "\n"); n != 1 || strings.Contains(string(b), vraag[0].Cookies()[0].Value) {
		t.Errorf("%d lines: %s", n, b)
	}
}
