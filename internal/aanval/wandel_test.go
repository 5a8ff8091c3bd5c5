package aanval

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/alle"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/portal"
	"github.com/handbereik/soh/internal/toegang"
)

// venster is a portal of our own in the network, at which a test signs in whom it
// likes.
type venster struct {
	*httptest.Server
	deur *toegang.Aanmelding
	aan  toegang.AanmeldConfig
}

func (n *netwerk) venster(t *testing.T) *venster {
	t.Helper()
	portaal := n.lid(t, "portaal")
	v := &venster{Server: httptest.NewUnstartedServer(nil)}
	adres := "http://" + v.Listener.Addr().String()
	v.aan = toegang.AanmeldConfig{Issuer: "http://127.0.0.1:9/digid", ClientID: "portaal", RedirectURL: adres + "/aanmelden/terug", CookieNaam: "soh-wandel", Sleutel: [32]byte{1}, Burgers: true}
	p, err := portal.Open(portal.Config{
		Organisatie: portaal.Organisatie, Map: t.TempDir(), Identiteit: portaal.id, HubURL: portaal.Hub, HubOIN: portaal.HubOIN, Aanmelding: v.aan,
		Functies: alle.Teksten(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if v.deur, err = toegang.NieuweAanmelding(v.aan); err != nil {
		t.Fatal(err)
	}
	v.Config.Handler = p.Handler()
	v.Start()
	t.Cleanup(func() { v.Close(); _ = p.Close() })
	return v
}

// wandelaar is a member of a family at the portal, without script.
type wandelaar struct {
	v    *venster
	s    toegang.Sessie
	voor *http.Cookie // for whom it looks
}

func (v *venster) als(wie begrip.BSN, rol begrip.Rol) *wandelaar {
	return &wandelaar{v: v, s: toegang.Sessie{Persoon: "wandelaar", Naam: "Wim Wandel", Rol: rol, BSN: wie, Tot: time.Now().Add(time.Hour)}}
}

// bladzij is what came back of one page.
type bladzij struct {
	status int
	kop    http.Header
	lijf   string
}

// doe asks one page; velden makes it a form that is sent. No redirect is followed.
func (w *wandelaar) doe(ctx context.Context, pad string, velden url.Values) (b bladzij, err error) {
	methode, in := http.MethodGet, io.Reader(http.NoBody)
	if velden != nil {
		methode, in = http.MethodPost, strings.NewReader(velden.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, methode, w.v.URL+pad, in)
	if err != nil {
		return b, err
	}
	r.Header.Set("Accept", "text/html")
	if velden != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	if err := w.v.deur.ZetSessie(rec, w.s); err != nil {
		return b, err
	}
	for _, c := range rec.Result().Cookies() {
		r.AddCookie(c)
	}
	if w.voor != nil {
		r.AddCookie(w.voor)
	}
	c := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		return b, err
	}
	defer func() { _ = resp.Body.Close() }()
	lijf, err := io.ReadAll(resp.Body)
	for _, c := range resp.Cookies() {
		if strings.HasSuffix(c.Name, "-voor") {
			w.voor = c
		}
	}
	return bladzij{resp.StatusCode, resp.Header, string(lijf)}, err
}

// kiest lets w look for the person of this name.
func (w *wandelaar) kiest(ctx context.Context, naam string) error {
	b, err := w.doe(ctx, "/voor-wie", nil)
	if err != nil {
		return err
	}
	m := regexp.MustCompile(`value="([0-9a-f]{32})"><span[^>]*>Kijk voor ` + naam).FindStringSubmatch(b.lijf)
	if m == nil {
		return fmt.Errorf("%s is nobody one can look for: %s", naam, tekst(b.lijf))
	}
	if b, err = w.doe(ctx, "/voor-wie", url.Values{"voor": {m[1]}}); err == nil && (b.status != http.StatusSeeOther || w.voor == nil) {
		err = fmt.Errorf("looking for %s: %d", naam, b.status)
	}
	return err
}

var (
	wandelLinks = regexp.MustCompile(`\b(?:href|action)="(/[^"#]*)"`)
	wandelTags  = regexp.MustCompile(`<[^>]*>`)
)

// tekst is what a person reads on a page.
func tekst(b string) string {
	_, b, _ = strings.Cut(b, "<main")
	b, _, _ = strings.Cut(b, "</main>")
	return strings.Join(strings.Fields(html.UnescapeString(wandelTags.ReplaceAllString(b, " "))), " ")
}

// wandel walks every page of the portal that can be reached: it
// follows all links, and all targets of forms, as far as they are pages. What it
// gives of each is status, headers and body, made comparable by gelijk.
func (w *wandelaar) wandel(ctx context.Context, gelijk func(string) string) (map[string]string, error) {
	uit, rij := map[string]string{}, []string{"/", "/overzicht", "/wie-keek", "/mijn-keuzes", "/voor-wie", "/meekijken", "/hulp", "/health",
		"/overzicht?taal=en", "/mijn-keuzes?gelukt=nee"}
	for len(rij) > 0 {
		pad := rij[0]
		rij = rij[1:]
		sleutel := gelijk(pad)
		if _, al := uit[sleutel]; al || slices.ContainsFunc([]string{"/assets", "/afmelden", "/aanmelden", "/afspraken", "/snel-weg"}, func(s string) bool { return strings.HasPrefix(pad, s) }) {
			continue
		}
		b, err := w.doe(ctx, pad, nil)
		for range 4 { // a busy machine
			if err == nil && stil.MatchString(b.lijf) {
				time.Sleep(time.Second)
				b, err = w.doe(ctx, pad, nil)
			}
		}
		if err != nil {
			return nil, err
		}
		b.kop.Del("Date")
		b.kop.Del("Content-Length") // of what is not yet made comparable
		uit[sleutel] = gelijk(eigenBezoek.ReplaceAllString(fmt.Sprintf("%d %v\n%s", b.status, b.kop, b.lijf), "<eigen bezoeken>"))
		for _, m := range wandelLinks.FindAllStringSubmatch(b.lijf, -1) {
			if l := html.UnescapeString(m[1]); !strings.Contains(l, "taal=") { // the same page in another language: one of them is enough
				rij = append(rij, l)
			}
		}
	}
	return uit, nil
}

// stil is that not everybody answered.
var stil = regexp.MustCompile(`alert--stil|Niet iedereen gaf antwoord|Not everyone answered`)

// eigenBezoek is where the member's own visits stand: each walk adds to them.
var eigenBezoek = regexp.MustCompile(`(?s)<section class="sec" aria-labelledby="ei-h">.*?</section>`)

// antwoorden asks all that a node tells the family, and for each of paden, in every form; as the
// portal asks it for b.
func (n *netwerk) antwoorden(t *testing.T, k kijkt, paden []string, gelijk func(string) string) map[string]string {
	t.Helper()
	portaal, uit := n.lid(t, "portaal"), map[string]string{}
	l := toegang.Lezer{Persoon: "wandelaar", Naam: "Wim Wandel", Rol: k.rol, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: k.wie, Namens: k.voor}
	over := k.wie
	if !k.voor.IsZero() {
		over = k.voor
	}
	noteer := func(d, methode, pad string, a antwoord) {
		for _, k := range []string{"Date", "Content-Length", "Traceparent"} {
			a.Kop.Del(k)
		}
		uit[d+" "+methode+" "+pad] = gelijk(fmt.Sprintf("%d %v\n%s", a.Status, a.Kop, a.Body))
	}
	for _, d := range n.Lijst().Deelnemers {
		basis := strings.TrimSuffix(d.API, "/v1")
		for _, pad := range []string{"/v1/betrokkenen/query", inzage.PadInkijken, "/v1/betrokkenen/voor-wie/query"} {
			noteer(d.Kort, "POST", pad, portaal.vraag(t, "POST", basis+pad, map[string]any{"burgerservicenummer": over.Leesbaar()}, portaal.als(t, d.OIN, l)...))
		}
		for i, pad := range paden {
			if !strings.HasPrefix(pad, d.API+"/") {
				continue
			}
			for _, staart := range []string{"", "/niveau0", "/niveau1", "/niveau2", "/aanhang", "?peildatum=" + time.Now().UTC().Format(time.RFC3339)} {
				sleutel, _, _ := strings.Cut(staart, "=")
				noteer(d.Kort, "GET", fmt.Sprint(i, sleutel), portaal.vraag(t, "GET", pad+staart, nil, portaal.als(t, d.OIN, l)...))
			}
		}
	}
	return uit
}

// kijkt is who of a family looks, and for whom.
type kijkt struct {
	wie, voor begrip.BSN
	naam      string // of whom it looks for
	rol       begrip.Rol
}

// tweeling is a family of which we look at the same thing twice: before something
// was, and after that was withheld.
type tweeling struct {
	moeder, vader, kind, helper begrip.BSN
	doorlopen                   int      // meldingen that went their whole way
	open                        []string // addresses of the first of those, and its beoordeling
}

// ogen are all ways in which somebody sees something of this family.
func (g *tweeling) ogen() map[string]kijkt {
	return map[string]kijkt{
		"moeder": {wie: g.moeder, rol: begrip.RolOuder}, "moeder voor haar kind": {g.moeder, g.kind, "Kiki", begrip.RolOuder},
		"curator voor de moeder": {g.helper, g.moeder, "Mira", begrip.RolOuder}, "vader": {wie: g.vader, rol: begrip.RolOuder},
		"vader voor zijn kind": {g.vader, g.kind, "Kiki", begrip.RolOuder}, "kind": {wie: g.kind, rol: begrip.RolJongere},
	}
}

// ziet gives all that these see at the portal and in what nodes answer, by who
// looks and where.
func (n *netwerk) ziet(t *testing.T, v *venster, g *tweeling, wie []string, paden []string) map[string]string {
	t.Helper()
	var (
		wg   sync.WaitGroup
		slot sync.Mutex
	)
	uit, plek := map[string]string{}, make(chan struct{}, 4)
	voeg := func(naam string, m map[string]string, err error) {
		slot.Lock()
		defer slot.Unlock()
		if err != nil {
			t.Errorf("%s: %v", naam, err)
		}
		for pad, x := range m {
			uit[naam+", "+pad] = x
		}
	}
	for naam, k := range g.ogen() {
		if !slices.Contains(wie, naam) {
			continue
		}
		wg.Go(func() {
			plek <- struct{}{}
			defer func() { <-plek }()
			voeg(naam, n.antwoorden(t, k, paden, g.gelijk), nil)
			w := v.als(k.wie, k.rol)
			if k.naam != "" {
				if err := w.kiest(t.Context(), k.naam); err != nil {
					voeg(naam, nil, err)
					return
				}
			}
			m, err := w.wandel(t.Context(), g.gelijk)
			voeg(naam, m, err)
		})
	}
	wg.Wait()
	return uit
}

var (
	isUUID  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	isUit   = regexp.MustCompile(`cursor=[A-Za-z0-9_%-]+|"vervolg":"[^"]*"|nonce-[A-Za-z0-9+/=_-]+|nonce="[^"]*"`)
	isSpoor = regexp.MustCompile(`(?i)(traceparent|x-request-id|server-timing|"instance"|"trace[a-z]*"):?\[?[^\],]*\]?`)
)

// gelijk makes an answer about g comparable with one of another moment: only what
// is new in every answer goes. Moments, numbers and keys of what was, stay.
func (g *tweeling) gelijk(s string) string {
	return isSpoor.ReplaceAllString(isUit.ReplaceAllString(s, ""), "")
}

// verschil tells of every page or answer that differs, at the first place where it
// does.
func verschil(eerst, nu map[string]string) (uit []string) {
	for pad := range eerst {
		if _, ok := nu[pad]; !ok {
			uit = append(uit, pad+" is no longer there")
		}
	}
	for pad, x := range nu {
		y, ok := eerst[pad]
		if !ok {
			uit = append(uit, pad+" is new: "+tekst(x))
			continue
		}
		if x == y {
			continue
		}
		uit = append(uit, fmt.Sprintf("%s tells that something is withheld:%s%s", pad, alleenIn("now", x, y), alleenIn("before", y, x)))
	}
	slices.Sort(uit)
	return uit
}

// alleenIn gives the pieces of x that y has not, or has in another number.
func alleenIn(naam, x, y string) string {
	stuk := func(s string) map[string]int {
		uit := map[string]int{}
		for _, r := range regexp.MustCompile(`\n|</li>|</p>|</h\d>|},`).Split(s, -1) {
			uit[r]++
		}
		return uit
	}
	var uit strings.Builder
	b := stuk(y)
	for r, n := range stuk(x) {
		if n > b[r] {
			fmt.Fprintf(&uit, "\n  %s: %.600s", naam, r)
		}
	}
	if uit.Len() == 0 {
		return "\n  " + naam + ": the same in another order"
	}
	return uit.String()
}

// TestWatIsAchtergehoudenLaatGeenSpoorNaOpPaginaOfInAntwoord: a family knows of one
// melding. Then there is another one, with all that is made of it at four
// organisations, and it is withheld: from the mother, and then from the father and
// the child as well. Every page and every answer, for each of them and for who looks
// in their place, is what it was before; the others see it as long as they may.
func TestWatIsAchtergehoudenLaatGeenSpoorNaOpPaginaOfInAntwoord(t *testing.T) {
	n := deNetwerk(t)
	v, g := n.venster(t), nieuweTweeling(t, n)
	moeder, rest := []string{"moeder", "moeder voor haar kind", "curator voor de moeder"}, []string{"vader", "vader voor zijn kind", "kind"}
	eerst := n.ziet(t, v, g, slices.Concat(moeder, rest), nil)
	m, paden := n.doorloop(t, g)
	alles := n.nogMeer(t, g, m)
	if open := verschil(van(eerst, []string{"moeder"}), n.ziet(t, v, g, []string{"moeder"}, nil)); len(open) < 10 {
		t.Fatalf("nothing is withheld yet, and only this is other than before: %q", open)
	}
	for _, d := range alles {
		n.schermAf(t, d.kort, d.soort, d.id, g.moeder)
	}
	n.gelijkAan(t, v, g, moeder, eerst)
	if b, err := v.als(g.vader, begrip.RolOuder).doe(t.Context(), "/overzicht", nil); err != nil || strings.Count(b.lijf, "Er is een melding gedaan") < 2 {
		t.Errorf("what is withheld from the mother, the father does not see: %v", err)
	}
	for _, d := range alles {
		n.schermAf(t, d.kort, d.soort, d.id, g.vader, g.kind)
	}
	n.gelijkAan(t, v, g, slices.Concat(moeder, rest), eerst)
	for naam, k := range g.ogen() { // by its address: as what never was
		nooit := []string{}
		for _, pad := range paden {
			nooit = append(nooit, isUUID.ReplaceAllLiteralString(pad, uuid.NewString()))
		}
		zonder := func(s string) string { return isUUID.ReplaceAllLiteralString(g.gelijk(s), "<nummer>") }
		for _, mis := range verschil(n.antwoorden(t, k, nooit, zonder), n.antwoorden(t, k, paden, zonder)) {
			t.Errorf("%s: %s", naam, mis)
		}
	}
}

// van gives what these saw.
func van(gezien map[string]string, wie []string) map[string]string {
	uit := map[string]string{}
	for pad, x := range gezien {
		if naam, _, _ := strings.Cut(pad, ","); slices.Contains(wie, naam) {
			uit[pad] = x
		}
	}
	return uit
}

// gelijkAan waits until these see nothing else than before.
func (n *netwerk) gelijkAan(t *testing.T, v *venster, g *tweeling, wie []string, eerst map[string]string) {
	t.Helper()
	var mis []string
	for range 3 { // it takes a moment before the others were told
		time.Sleep(time.Second)
		if mis = verschil(van(eerst, wie), n.ziet(t, v, g, wie, nil)); len(mis) == 0 {
			return
		}
	}
	for _, m := range mis {
		t.Error(m)
	}
}

// schermAf withholds a record of kort from these persons.
func (n *netwerk) schermAf(t *testing.T, kort, soort, id string, tegen ...begrip.BSN) {
	t.Helper()
	bij, wie := n.lid(t, kort), []string{}
	for _, b := range tegen {
		wie = append(wie, b.Leesbaar())
	}
	bij.vraag(t, "POST", bij.API+"/afschermingen", map[string]any{
		"onderwerp": map[string]any{"soort": soort, "id": id}, "reden": "d", "toelichting": "Er is dreiging in huis.", "geraadpleegdeCollega": "Anton",
		"tegen": wie, "herzienOp": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}).wil(t, http.StatusCreated)
}
