package brp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/brpsimulator"
)

var (
	moeder = begrip.MustBSN("999990019")
	vader  = begrip.MustBSN("999990020")
	kind   = begrip.MustBSN("999993653")
)

// proef is a Register that asks h, with a clock that the test moves, and what
// came in.
type proef struct {
	*Register
	t     *testing.T
	nu_   time.Time
	mu    sync.Mutex
	lijf  []string
	paden []string
}

func nieuweProef(t *testing.T, h http.Handler) *proef {
	t.Helper()
	p := &proef{t: t, nu_: time.Now()}
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(b)))
		p.mu.Lock()
		p.lijf, p.paden = append(p.lijf, string(b)), append(p.paden, r.Method+" "+r.URL.String())
		p.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	c := srv.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // as toegang.Identiteit.Client does
	r, err := Nieuw(Config{URL: srv.URL + brpsimulator.Pad, Sleutel: "sleutel", Houdbaar: time.Hour}, c)
	if err != nil {
		t.Fatal(err)
	}
	r.nu = func() time.Time { return p.nu_ }
	p.Register = r
	return p
}

func (p *proef) vragen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lijf)
}

func simulator(ps ...brpsimulator.Persoon) http.Handler {
	return brpsimulator.Nieuw(brpsimulator.Config{Personen: ps, Sleutel: "sleutel", Log: slog.New(slog.DiscardHandler)}).Handler()
}

func stil(context.Context, []string, []begrip.BSN) error { return nil }

// TestHetAntwoordVanHetRegister, through the simulator: what is known of a
// child, and of whom a parent has gezag; once, until it is too old.
func TestHetAntwoordVanHetRegister(t *testing.T) {
	p := nieuweProef(t, simulator(
		brpsimulator.Persoon{BSN: kind, Voornamen: "Lotte Maria", Geboren: "2017-09-05", Geheim: 7, Gezag: &brpsimulator.Gezag{Soort: "GezamenlijkGezag", Ouders: []begrip.BSN{moeder}, Derden: []begrip.BSN{vader}}},
		brpsimulator.Persoon{BSN: moeder, Geboren: "1988-00-00", Overleden: "2020-01-01"}, brpsimulator.Persoon{BSN: vader, Geboren: "1985-11-02"}))
	ctx := t.Context()
	var velden []string
	for range 2 {
		k, err := p.Kind(ctx, kind, func(_ context.Context, v []string, over []begrip.BSN) error {
			velden = v
			return nil
		})
		if err != nil || k.Roepnaam != "Lotte" || k.Geboortedatum != "2017-09-05" || !k.Geheim || k.Overleden || len(k.Gezag) != 1 ||
			k.Gezag[0].Soort != "GezamenlijkGezag" || !slices.Equal(k.Gezag[0].Houders, []begrip.BSN{moeder, vader}) {
			t.Fatalf("%+v %v", k, err)
		}
	}
	if p.vragen() != 1 || !slices.Contains(velden, "gezag") || slices.ContainsFunc(velden, func(v string) bool { return strings.HasPrefix(v, "adres") }) {
		t.Errorf("asked %d times for %v", p.vragen(), velden)
	}
	p.nu_ = p.nu_.Add(time.Hour)
	if _, err := p.Kind(ctx, kind, stil); err != nil || p.vragen() != 2 {
		t.Errorf("an old answer was used: %v", err)
	}
	if ks, err := p.GezagOver(ctx, vader, stil); err != nil || !slices.Equal(ks, []begrip.BSN{kind}) {
		t.Errorf("%v %v", ks, err)
	}
	if d, err := p.Kind(ctx, moeder, stil); err != nil || !d.Overleden || d.Geboortedatum != "" {
		t.Errorf("the dead: %+v %v", d, err)
	}
	onbekend := begrip.MustBSN("999990032")
	na := p.vragen()
	for range 2 {
		if _, err := p.Kind(ctx, onbekend, stil); !errors.Is(err, ErrOnbekend) {
			t.Errorf("unknown: %v", err)
		}
		if ks, err := p.GezagOver(ctx, onbekend, stil); err != nil || len(ks) != 0 {
			t.Errorf("unknown: %v %v", ks, err)
		}
	}
	if p.vragen() != na+2 {
		t.Error("who is not known is asked about each time")
	}
	if g, err := p.Geheim(ctx, []begrip.BSN{vader, kind, onbekend}, stil); err != nil || !slices.Equal(g, []begrip.Geheim{begrip.GeheimNee, begrip.GeheimJa, begrip.GeheimOnbekend}) {
		t.Errorf("%v %v", g, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, pad := range p.paden {
		if pad != "POST /haalcentraal/api/brp/personen" || !strings.Contains(p.lijf[i], "RaadpleegMetBurgerservicenummer") {
			t.Errorf("asked at %s", pad)
		}
	}
}

// TestFoutVerteltNietsVanWieHetGaat: whatever comes back, no error of it tells
// a number, what was sent or what was received.
func TestFoutVerteltNietsVanWieHetGaat(t *testing.T) {
	for naam, h := range map[string]http.HandlerFunc{
		"bad request": func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			w.WriteHeader(400)
			_, _ = w.Write(b)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/"+kind.Leesbaar(), http.StatusTemporaryRedirect)
		},
		"no json": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, kind.Leesbaar()) },
		"another kind": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"type":"`+kind.Leesbaar()+`"}`)
		},
		"nothing": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = io.WriteString(w, `{"type"`)
		},
	} {
		p := nieuweProef(t, h)
		_, err := p.Kind(t.Context(), kind, stil)
		if err == nil || strings.Contains(err.Error(), kind.Leesbaar()) || strings.Contains(err.Error(), "sleutel") {
			t.Errorf("%s: %v", naam, err)
		}
		if _, err := p.Kind(t.Context(), kind, stil); err == nil || p.vragen() != 1 {
			t.Errorf("%s: asked again at once: %v", naam, err)
		}
		p.nu_ = p.nu_.Add(stilte)
		if _, _ = p.Kind(t.Context(), kind, stil); p.vragen() != 2 {
			t.Errorf("%s: never asked again", naam)
		}
	}
}

// TestGeenVraagZonderRegelInHetLogboek, and a visitor that leaves says nothing
// of the register.
func TestGeenVraagZonderRegelInHetLogboek(t *testing.T) {
	p := nieuweProef(t, simulator(brpsimulator.Persoon{BSN: kind, Geboren: "2017-09-05"}))
	vol := errors.New("the disk is full")
	if _, err := p.Kind(t.Context(), kind, func(context.Context, []string, []begrip.BSN) error { return vol }); !errors.Is(err, vol) || p.vragen() != 0 {
		t.Errorf("asked %d times: %v", p.vragen(), err)
	}
	weg, stop := context.WithCancel(t.Context())
	stop()
	if _, err := p.Kind(weg, kind, stil); err == nil {
		t.Error("no error")
	}
	if _, err := p.Kind(t.Context(), kind, stil); err != nil {
		t.Error(err)
	}
}

func TestAdresIsHTTPSZonderMeer(t *testing.T) {
	for _, adres := range []string{"http://brp.test", "brp.test", "https://", "https://a:b@brp.test", "https://brp.test?bsn=1", "::"} {
		if _, err := Nieuw(Config{URL: adres}, http.DefaultClient); err == nil {
			t.Errorf("%s is taken", adres)
		}
	}
	if r, err := Nieuw(Config{URL: "https://brp.test/haalcentraal/api/brp/"}, http.DefaultClient); err != nil || r.adres != "https://brp.test/haalcentraal/api/brp/personen" || r.Houdbaar() != StandaardHoudbaar {
		t.Errorf("%+v %v", r, err)
	}
}

// TestEenWeigeringGaatOverEenVraag: only no answer, 5xx and 429 close the
// register for all; a refused person is not asked about for a while, others are.
func TestEenWeigeringGaatOverEenVraag(t *testing.T) {
	p := nieuweProef(t, simulator(brpsimulator.Persoon{BSN: kind, Geweigerd: true, Geheim: 7}, brpsimulator.Persoon{BSN: moeder, Geheim: 7}, brpsimulator.Persoon{BSN: vader}))
	for range 2 {
		if _, err := p.Kind(t.Context(), kind, stil); !errors.Is(err, ErrGeweigerd) || errors.Is(err, ErrStil) || p.vragen() != 1 {
			t.Errorf("asked %d times: %v", p.vragen(), err)
		}
	}
	if _, err := p.Kind(t.Context(), vader, stil); err != nil {
		t.Errorf("another is shut out: %v", err)
	}
	g, err := p.Geheim(t.Context(), []begrip.BSN{vader, kind, moeder}, stil)
	if !errors.Is(err, ErrGeweigerd) || !slices.Equal(g, []begrip.Geheim{begrip.GeheimNee, begrip.GeheimOnbekend, begrip.GeheimJa}) {
		t.Errorf("one of three is refused: %v %v", g, err)
	}
	p.nu_ = p.nu_.Add(stilte)
	if _, err := p.Kind(t.Context(), kind, stil); !errors.Is(err, ErrGeweigerd) {
		t.Errorf("never asked again: %v", err)
	}
}

// TestRegisterDatNietKanWordtMetRustGelaten: one question goes out, then nobody
// waits, for as long as the register asks.
func TestRegisterDatNietKanWordtMetRustGelaten(t *testing.T) {
	for status, na := range map[int]time.Duration{500: stilte, 503: stilte, 429: 90 * time.Second} {
		p := nieuweProef(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if status == 429 {
				w.Header().Set("Retry-After", "90")
			}
			w.WriteHeader(status)
		}))
		g, err := p.Geheim(t.Context(), []begrip.BSN{vader, kind}, stil)
		if !errors.Is(err, ErrStil) || !slices.Equal(g, make([]begrip.Geheim, 2)) {
			t.Errorf("%d: %v %v", status, g, err)
		}
		for _, b := range []begrip.BSN{vader, moeder} {
			if _, err := p.Kind(t.Context(), b, stil); !errors.Is(err, ErrStil) || p.vragen() != 1 {
				t.Errorf("%d: asked %d times: %v", status, p.vragen(), err)
			}
		}
		p.nu_ = p.nu_.Add(na - time.Second)
		if _, _ = p.Kind(t.Context(), vader, stil); p.vragen() != 1 {
			t.Errorf("%d: asked too soon", status)
		}
		p.nu_ = p.nu_.Add(time.Second)
		if _, _ = p.Kind(t.Context(), vader, stil); p.vragen() != 2 {
			t.Errorf("%d: never asked again", status)
		}
	}
}

// TestTwijfelVanHetRegisterKomtMee, as the register writes it (testdata), and in
// every other place where it can stand.
func TestTwijfelVanHetRegisterKomtMee(t *testing.T) {
	antwoord := func(b []byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b) })
	}
	lees := func(naam string) []byte {
		b, err := os.ReadFile("testdata/" + naam)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	gezag, geboorte := lees("brp-gezag-in-onderzoek.json"), lees("brp-geboortedatum-in-onderzoek.json")
	wie := begrip.MustBSN("999907529")
	for naam, g := range map[string]struct {
		lijf            []byte
		gezag, geboorte bool
	}{
		"gezag":          {gezag, true, false},
		"date of birth":  {geboorte, false, true},
		"the number":     {bytes.Replace(gezag, []byte(`"naam"`), []byte(`"inOnderzoek":{"burgerservicenummer":true},"naam"`), 1), true, true},
		"no more":        {bytes.Replace(gezag, []byte(`"inOnderzoek": true`), []byte(`"inOnderzoek": false`), 1), false, false},
		"another member": {bytes.Replace(geboorte, []byte(`"datum": true`), []byte(`"plaats": true`), 1), false, false},
		"another form":   {bytes.Replace(gezag, []byte(`"inOnderzoek": true`), []byte(`"inOnderzoek": "ja"`), 1), true, false},
	} {
		p, err := nieuweProef(t, antwoord(g.lijf)).Kind(t.Context(), wie, stil)
		if err != nil || len(p.Gezag) != 1 || p.Gezag[0].InOnderzoek != g.gezag || p.GeboorteInOnderzoek != g.geboorte || p.Geboortedatum == "" {
			t.Errorf("%s: %+v %v", naam, p, err)
		}
	}
	sim := simulator(brpsimulator.Persoon{BSN: kind, Geboren: "2017-09-05", InOnderzoek: "2026-01-01", Gezag: &brpsimulator.Gezag{Soort: "EenhoofdigOuderlijkGezag", Ouders: []begrip.BSN{moeder}, InOnderzoek: true}})
	if p, err := nieuweProef(t, sim).Kind(t.Context(), kind, stil); err != nil || !p.GeboorteInOnderzoek || !p.Gezag[0].InOnderzoek {
		t.Errorf("the simulator: %+v %v", p, err)
	}
	weiger := nieuweProef(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write(lees("brp-403.json"))
	}))
	if g, err := weiger.Geheim(t.Context(), []begrip.BSN{wie}, stil); !errors.Is(err, ErrGeweigerd) || g[0] != begrip.GeheimOnbekend {
		t.Errorf("%v %v", g, err)
	}
}
