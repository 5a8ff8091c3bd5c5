// Package browsertest opens pages in a real Chromium for tests: click and
// fill as a person does, and check what every page promises: no axe finding,
// no sideways scrolling at 320 px, no console message under the real
// security policy. It needs Chromium (SOH_CHROMIUM, default /usr/bin/chromium)
// and axe-core from web/node_modules (`make assets`); without them a test
// fails and says so. Pictures go to the folder SOH_SCHERMFOTOS, if set.
package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Formaat is the size of the window in CSS pixels.
type Formaat struct{ Breed, Hoog int64 }

// The sizes pages are checked at.
var (
	Desktop  = Formaat{1366, 900}
	Telefoon = Formaat{390, 844}
	Smal     = Formaat{320, 640} // WCAG 1.4.10
)

// Geduld is how long one step may take.
const Geduld = 20 * time.Second

// Browser is one running Chromium; it stops at the end of the test.
type Browser struct{ ctx context.Context }

// Start starts Chromium for t and its subtests.
func Start(t testing.TB) *Browser {
	t.Helper()
	pad := os.Getenv("SOH_CHROMIUM")
	if pad == "" {
		pad = "/usr/bin/chromium"
	}
	if _, err := os.Stat(pad); err != nil {
		t.Fatalf("geen Chromium op %s: installeer het pakket chromium of zet SOH_CHROMIUM", pad)
	}
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(pad), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()))
	for _, vlag := range []string{"disable-background-networking", "disable-component-update", "disable-sync", "disable-quic",
		"disable-default-apps", "disable-domain-reliability", "no-pings", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(vlag, true))
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); stop(); stopAlloc() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium start niet: %v", err)
	}
	return &Browser{ctx}
}

// Tab is one person's window, with cookies of its own.
type Tab struct {
	t       testing.TB
	ctx     context.Context
	mu      sync.Mutex
	console []string
	formaat Formaat
}

// Tab opens an empty window of desktop size, signed in nowhere.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	tab := &Tab{t: t, ctx: ctx}
	berichten := chromedp.Console(ctx)
	tab.Grootte(Desktop)
	go func() {
		for m, err := range berichten {
			if err != nil {
				return
			}
			tab.mu.Lock()
			tab.console = append(tab.console, m.String())
			tab.mu.Unlock()
		}
	}()
	return tab
}

func (tab *Tab) doe(wat string, stappen ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, stop := context.WithTimeout(tab.ctx, Geduld)
	defer stop()
	if err := chromedp.Do(ctx, stappen...); err != nil {
		tab.t.Fatalf("%s: %v\n%s", wat, err, tab.waar())
	}
}

// waar tells which page is open, for the message of a failed step.
func (tab *Tab) waar() string {
	ctx, stop := context.WithTimeout(tab.ctx, 2*time.Second)
	defer stop()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
	if err != nil {
		return ""
	}
	return s
}

// Reken gives the value of a JavaScript expression in the page.
func Reken[T any](tab *Tab, js string) T {
	tab.t.Helper()
	ctx, stop := context.WithTimeout(tab.ctx, Geduld)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("script in de pagina: %v\n%s", err, tab.waar())
	}
	return v
}

// Open goes to an address.
func (tab *Tab) Open(url string) *Tab {
	tab.t.Helper()
	tab.doe("openen "+url, chromedp.Navigate(url))
	return tab
}

// Grootte changes the window.
func (tab *Tab) Grootte(f Formaat) *Tab {
	tab.t.Helper()
	tab.formaat = f
	tab.doe("venster", chromedp.EmulateViewport(f.Breed, f.Hoog))
	return tab
}

// Klik presses the first element of a CSS selector. When that loads another
// page, wait for something on it with Wacht.
func (tab *Tab) Klik(selector string) *Tab {
	tab.t.Helper()
	tab.doe("klik "+selector, chromedp.Click(chromedp.CSS(selector)))
	return tab
}

// KlikTekst presses the first link or button that holds the text.
func (tab *Tab) KlikTekst(tekst string) *Tab {
	tab.t.Helper()
	x := fmt.Sprintf(`(//a[contains(normalize-space(.),%[1]q)]|//button[contains(normalize-space(.),%[1]q)])[1]`, tekst)
	tab.doe("klik op "+tekst, chromedp.Click(chromedp.Search(x)))
	return tab
}

// Vul types text in a field, in place of what stands there.
func (tab *Tab) Vul(selector, tekst string) *Tab {
	tab.t.Helper()
	tab.doe("vul "+selector, chromedp.SetValue(chromedp.CSS(selector), tekst))
	return tab
}

// Wacht waits until an element can be seen.
func (tab *Tab) Wacht(selector string) *Tab {
	tab.t.Helper()
	tab.doe("wacht op "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
	return tab
}

// WachtTekst waits until the page shows the text.
func (tab *Tab) WachtTekst(tekst string) *Tab {
	tab.t.Helper()
	q, _ := json.Marshal(tekst)
	ctx, stop := context.WithTimeout(tab.ctx, Geduld)
	defer stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.body && document.body.innerText.includes(`+string(q)+`)`))
		if err == nil && ok {
			return tab
		}
		select {
		case <-ctx.Done():
			tab.t.Fatalf("de tekst %q kwam niet: %v\n%s", tekst, err, tab.waar())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Tekst gives what the first element of a selector shows.
func (tab *Tab) Tekst(selector string) string {
	tab.t.Helper()
	q, _ := json.Marshal(selector)
	return Reken[string](tab, `document.querySelector(`+string(q)+`)?.innerText ?? ""`)
}

// URL gives the address of the open page.
func (tab *Tab) URL() string { tab.t.Helper(); return Reken[string](tab, `location.href`) }

// Schermfoto writes a picture of the whole page, desktop and phone, when
// SOH_SCHERMFOTOS names a folder.
func (tab *Tab) Schermfoto(naam string) *Tab {
	tab.t.Helper()
	dir := os.Getenv("SOH_SCHERMFOTOS")
	if dir == "" {
		return tab
	}
	oud := tab.formaat
	for soort, f := range map[string]Formaat{"desktop": Desktop, "telefoon": Telefoon} {
		tab.Grootte(f)
		ctx, stop := context.WithTimeout(tab.ctx, Geduld)
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		stop()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, naam+"-"+soort+".png"), png, 0o644)
		}
		if err != nil {
			tab.t.Fatalf("schermfoto %s: %v", naam, err)
		}
	}
	return tab.Grootte(oud)
}

// Console gives what the pages of this tab wrote to the console so far.
func (tab *Tab) Console() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.console)
}

// Bevinding is one rule that axe found broken.
type Bevinding struct {
	Regel  string   `json:"id"`
	Uitleg string   `json:"help"`
	Waar   []string `json:"waar"`
}

var axe = sync.OnceValues(func() (string, error) {
	_, hier, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(hier), "../../../web/node_modules/axe-core/axe.min.js"))
	return string(b), err
})

// Axe checks the open page at its present size.
func (tab *Tab) Axe() []Bevinding {
	tab.t.Helper()
	bron, err := axe()
	if err != nil {
		tab.t.Fatalf("axe-core ontbreekt (doe `make assets`): %v", err)
	}
	tab.doe("axe laden", chromedp.Evaluate[chromedp.Void](bron))
	const run = `axe.run(document,{preload:false,resultTypes:['violations'],runOnly:{type:'tag',values:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}})
	.then(r=>JSON.stringify(r.violations.map(v=>({id:v.id,help:v.help,waar:v.nodes.map(n=>n.target.join(' ')+': '+n.html.slice(0,160)+' '+(n.failureSummary||''))}))))`
	var uit []Bevinding
	if err := json.Unmarshal([]byte(Reken[string](tab, run)), &uit); err != nil {
		tab.t.Fatal(err)
	}
	return uit
}

// Overloop gives how many pixels the page is wider than the window.
func (tab *Tab) Overloop() int {
	tab.t.Helper()
	return Reken[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// Controleer checks what every page promises, on desktop and phone, and takes
// its picture. The page stays open; its size returns to what it was.
func (tab *Tab) Controleer(naam string) *Tab {
	tab.t.Helper()
	oud := tab.formaat
	// A form that comes back with mistakes is a 400, and a page that a source left
	// out a 502; Chromium writes both to the console, and that is no fault.
	c := slices.DeleteFunc(tab.Console(), func(s string) bool {
		return strings.Contains(s, "status of 400") || strings.Contains(s, "status of 502")
	})
	if len(c) > 0 {
		tab.t.Errorf("%s: berichten in de console:\n%s", naam, strings.Join(c, "\n"))
	}
	for _, f := range []Formaat{Desktop, Telefoon} {
		tab.Grootte(f)
		for _, b := range tab.Axe() {
			tab.t.Errorf("%s, %d px: axe %s: %s\n  %s", naam, f.Breed, b.Regel, b.Uitleg, strings.Join(b.Waar, "\n  "))
		}
	}
	for _, f := range []Formaat{Telefoon, Smal} {
		tab.Grootte(f)
		if o := tab.Overloop(); o > 0 {
			tab.t.Errorf("%s: %d px te breed op een scherm van %d px: %s", naam, o, f.Breed, Reken[string](tab, breedste))
		}
	}
	tab.Grootte(Desktop)
	tab.ruimte(naam, "tekst van 200%", `document.documentElement.style.fontSize="200%"`, `document.documentElement.style.fontSize=""`)
	tab.Grootte(Telefoon)
	tab.ruimte(naam, "ruime tekst", ruimeTekst, `document.adoptedStyleSheets=[]`)
	return tab.Grootte(oud).Schermfoto(naam)
}

// ruimte checks that the page stays within the window after a change of its text.
func (tab *Tab) ruimte(naam, wat, aan, uit string) {
	tab.t.Helper()
	Reken[any](tab, aan)
	if o := tab.Overloop(); o > 0 {
		tab.t.Errorf("%s, %s: %d px te breed: %s", naam, wat, o, Reken[string](tab, breedste))
	}
	Reken[any](tab, uit)
}

// ruimeTekst sets the spacing of WCAG 1.4.12.
const ruimeTekst = `(()=>{const s=new CSSStyleSheet();s.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}");document.adoptedStyleSheets=[s];return 1})()`

// breedste names the elements that stick out of the window.
const breedste = `[...document.querySelectorAll("body *")].filter(e=>e.getBoundingClientRect().right>document.documentElement.clientWidth+1&&!e.closest(".vh")).slice(0,5).map(e=>e.outerHTML.slice(0,120)).join("\n")`
