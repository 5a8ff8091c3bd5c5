package demo

import (
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/web/browsertest"
)

// TestStartpaginaInEenBrowser: start page and simulator, as a visitor sees and
// clicks them, with every promise of a page.
func TestStartpaginaInEenBrowser(t *testing.T) {
	d := netwerk(t, t.TempDir())
	tab := browsertest.Start(t).Tab(t)
	tab.Open(d.URL()).WachtTekst("Kies wie u bent").Controleer("start")
	tab.KlikTekst("Word Marieke").WachtTekst("Inloggen als Marieke van Loon").Controleer("simulator")
	tab.Klik("button.gekozen").WachtTekst("Postvak")
	if u := tab.URL(); !strings.HasPrefix(u, d.lid("veilig-thuis").werkURL) {
		t.Fatalf("signed in, but at %s", u)
	}
}
