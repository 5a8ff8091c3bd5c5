package portal

import (
	"net/http"
	"testing"

	"github.com/handbereik/soh/internal/toegang"
)

// The choice for whom one looks is out of reach of scripts and of other sites, goes over
// TLS only where there is TLS, and ends with the browser.
func TestDeKeuzeVoorWieBlijftInDeBrowser(t *testing.T) {
	for adres, veilig := range map[string]bool{"https://portaal.example/aanmelden/terug": true, "http://127.0.0.1:9/aanmelden/terug": false} {
		p := &Portal{cfg: Config{Aanmelding: toegang.AanmeldConfig{RedirectURL: adres, CookieNaam: "soh-portaal"}}}
		c := p.voorCookie("waarde", 0)
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != veilig || c.MaxAge != 0 || !c.Expires.IsZero() || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: %s", adres, c)
		}
		if weg := p.voorCookie("", -1); weg.MaxAge >= 0 || weg.Name != c.Name {
			t.Errorf("%s: it is not taken away: %s", adres, weg)
		}
	}
}
