package demo

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/demo/bezoeker"
	"github.com/handbereik/soh/internal/web"
)

// maxGewicht is what a page may weigh over the wire, with all that it loads and nothing
// in the cache, in bytes.
const maxGewicht = 60 << 10

var (
	assetVorm = regexp.MustCompile(`(?:href|src)="(/assets/[^"#]+)`)
	fontVorm  = regexp.MustCompile(`url\("?(/assets/[^")]+\.woff2)"?\)`)
	idVorm    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{5,}`)
)

// weger adds up what pages weigh; what a part loads is weighed once.
type weger struct {
	t      *testing.T
	b      *bezoeker.Bezoeker
	assets map[string]int
}

// pagina gives the weight of an address with all that it loads.
func (w weger) pagina(adres string) int {
	w.t.Helper()
	n, err := w.b.Weeg(w.t.Context(), adres)
	if err != nil {
		w.t.Fatal(adres, err)
	}
	nu, tekst := *w.b, w.b.HTML
	for _, a := range uniek(assetVorm, tekst) {
		n += w.los(a, tekst)
	}
	*w.b = nu // the page itself stays open
	return n
}

// los gives the weight of one asset, and of the fonts that a style sheet needs for tekst.
func (w weger) los(adres, tekst string) int {
	n, ok := w.assets[adres]
	if !ok {
		var err error
		if n, err = w.b.Weeg(w.t.Context(), adres); err != nil || w.b.Status != 200 {
			w.t.Fatal(adres, w.b.Status, err)
		}
		w.assets[adres] = n
	}
	if strings.HasSuffix(adres, ".css") {
		if _, err := w.b.Weeg(w.t.Context(), adres); err != nil {
			w.t.Fatal(err)
		}
		for _, f := range uniek(fontVorm, w.b.HTML) {
			if !strings.Contains(f, "latin-ext") || strings.ContainsFunc(tekst, uitbreiding) {
				n += w.los(f, tekst)
			}
		}
	}
	return n
}

// uitbreiding tells that a letter is in the second font only; see web/src/fonts.css.
func uitbreiding(r rune) bool {
	return r >= 0x100 && r <= 0x24f && !strings.ContainsRune("ıŒœ", r)
}

func uniek(vorm *regexp.Regexp, tekst string) []string {
	var uit []string
	for _, m := range vorm.FindAllStringSubmatch(tekst, -1) {
		uit = append(uit, m[1])
	}
	slices.Sort(uit)
	return slices.Compact(uit)
}

// loop weighs every page that can be reached with links from the one that is open, one
// of each kind, and gives how many that were.
func (w weger) loop(wie string) int {
	w.t.Helper()
	thuis := w.b.Nu.Host
	rij, gezien := []string{w.b.Nu.Path}, map[string]bool{}
	for i := 0; i < len(rij); i++ {
		n := w.pagina(rij[i])
		if n > maxGewicht {
			w.t.Errorf("%s: %s weegt %d bytes, hoogstens %d", wie, w.b.Nu.Path, n, maxGewicht)
		}
		for _, l := range w.b.Links("") {
			u, err := w.b.Nu.Parse(l)
			if err != nil || u.Host != thuis || strings.HasPrefix(u.Path, "/assets/") || u.Query().Has("taal") {
				continue
			}
			if soort := idVorm.ReplaceAllString(u.Path, "*"); !gezien[soort] {
				gezien[soort] = true
				rij = append(rij, (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String())
			}
		}
	}
	return len(rij)
}

// TestElkePaginaIsLicht: no page of the demo weighs more than 60 KB over the wire, its
// style, icons, script and font included, for a browser that has nothing yet.
func TestElkePaginaIsLicht(t *testing.T) {
	if !web.AssetsGebouwd() {
		t.Fatal("de assets zijn niet gebouwd: doe eerst `make assets`")
	}
	d := netwerk(t, t.TempDir())
	for _, x := range []struct {
		deel, wie string
		minstens  int
	}{{"portaal", "sanne", 5}, {"veilig-thuis", "vt-marieke", 6}, {"politie", "politie-noor", 5}} {
		b := binnen(t, d, x.deel, x.wie)
		if n := (weger{t, b, map[string]int{}}).loop(x.wie); n < x.minstens {
			t.Errorf("%s: maar %d pagina's gezien", x.wie, n)
		}
	}
	b, err := bezoeker.Nieuw()
	if err != nil {
		t.Fatal(err)
	}
	for _, adres := range []string{d.URL(), d.lid("portaal").werkURL} {
		if err := b.Open(t.Context(), adres); err != nil {
			t.Fatal(err)
		}
		(weger{t, b, map[string]int{}}).loop("niemand")
	}
}
