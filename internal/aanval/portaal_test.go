package aanval

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// paginas are all pages of the portal that ask something of somebody.
var paginas = []string{"/overzicht", "/wie-keek", "/mijn-keuzes", "/meekijken", "/voor-wie"}

// wijs lets o place a wegwijzer about b, as a node does, and waits until it counts.
func (o *partij) wijs(t *testing.T, b begrip.BSN) {
	t.Helper()
	if !o.telt(t, gebeurtenis.Wegwijzer(o.OIN, o.OIN.Systeem("aanval"), b)) {
		t.Fatal("the wegwijzer does not count")
	}
}

// leest gives one page as a person reads it.
func (w *wandelaar) leest(t *testing.T, pad string) string {
	t.Helper()
	b, err := w.doe(t.Context(), pad, nil)
	if err != nil || b.status != http.StatusOK {
		t.Fatalf("%s: %d %v", pad, b.status, err)
	}
	return b.lijf
}

// TestEenVreemdKnooppuntMerktNiemandOp: a node of a member that has nothing to do with a person
// gets no request at all while that person signs in, walks every page and uses every form, for
// itself and as a parent for its child; also when the Ketenindex knows of nothing.
func TestEenVreemdKnooppuntMerktNiemandOp(t *testing.T) {
	n := deNetwerk(t)
	var keren atomic.Int32
	vreemd := n.nieuw(t, begrip.School, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ready" { // once a minute the hub asks every member whether it is well
			keren.Add(1)
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	g, v := nieuweTweeling(t, n), n.venster(t)
	wacht(t, func() string { // everything about this family has come in
		if !strings.Contains(v.als(g.moeder, begrip.RolOuder).leest(t, "/voor-wie"), "Kijk voor Kiki") {
			return "the mother does not find her child"
		}
		return ""
	})
	voorKind := v.als(g.moeder, begrip.RolOuder)
	if err := voorKind.kiest(t.Context(), "Kiki"); err != nil {
		t.Fatal(err)
	}
	begin := keren.Load()
	for naam, w := range map[string]*wandelaar{"the mother": v.als(g.moeder, begrip.RolOuder), "the mother for her child": voorKind,
		"the child": v.als(g.kind, begrip.RolJongere), "somebody unknown": v.als(bsn(), begrip.RolOuder)} {
		for _, pad := range paginas {
			w.leest(t, pad)
		}
		for pad, velden := range map[string]url.Values{"/voor-wie/code": {"code": {"ABCD-2345"}}, "/voor-wie": {"voor": {""}}, "/meekijken": {"naam": {"Ria"}},
			"/mijn-keuzes/stop": {"soort": {"toestemming"}, "id": {uuid.NewString()}, "bron": {string(vreemd.OIN)}}} {
			if _, err := w.doe(t.Context(), pad, velden); err != nil {
				t.Fatal(err)
			}
		}
		if k := keren.Load() - begin; k != 0 {
			t.Errorf("%s: the stranger got %d requests", naam, k)
		}
	}
	vreemd.wijs(t, g.moeder) // the net itself holds: pointed to, it is asked
	if v.als(g.moeder, begrip.RolOuder).leest(t, "/overzicht"); keren.Load() == begin {
		t.Error("nobody was counted at all")
	}
}

// kwaad is a node of a member that answers the portal whatever it likes.
type kwaad struct {
	*partij
	beeld, voorWie, keren atomic.Pointer[http.HandlerFunc]
}

func (k *kwaad) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := map[string]*atomic.Pointer[http.HandlerFunc]{"/v1/betrokkenen/query": &k.beeld, "/v1/betrokkenen/voor-wie/query": &k.voorWie, inzage.PadInkijken: &k.keren}[r.URL.Path]
	if f == nil || f.Load() == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	(*f.Load())(w, r)
}

func zegt(v any) *http.HandlerFunc {
	f := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v) })
	return &f
}

// TestEenBronDieLiegtVultGeenAndersPlaats: a member with a node of its own making, to which the
// Ketenindex points, tries all it can say: a card for the top of the page, the record of
// another, looks by somebody else, names that lead to a telephone, a moment to come, another's
// child, too much and too slow. What stands on the page is under its own name or not at all.
func TestEenBronDieLiegtVultGeenAndersPlaats(t *testing.T) {
	n := deNetwerk(t)
	k := &kwaad{}
	k.partij = n.nieuw(t, begrip.Gemeente, k)
	g, v := nieuweTweeling(t, n), n.venster(t)
	vreemdKind := nieuweTweeling(t, n)
	k.wijs(t, g.moeder)
	politie, vt := n.lid(t, "politie"), n.lid(t, "veilig-thuis")
	m := politie.meld(t, nil, persoon(g.moeder, "Mira", nil)) // nobody took it up
	moeder := v.als(g.moeder, begrip.RolOuder)
	nu, morgen := time.Now(), time.Now().Add(24*time.Hour)
	beeld := func(f func(*inzage.Gezinsbeeld)) *http.HandlerFunc {
		b := inzage.Gezinsbeeld{Organisatie: k.Organisatie, Soorten: []string{"beoordeling"}, Inzagen: []inzage.Inkijk{}, Keuzes: []waarborg.Keuze{}, Delen: []inzage.Deel{}}
		f(&b)
		return zegt(b)
	}
	deel := inzage.Deel{Soort: "beoordeling", ID: uuid.NewString(), Titel: "Kom morgen naar het bureau", Tijdstip: morgen, Uiterlijk: &morgen, Contact: &inzage.Contact{Naam: "Bel 0900 123 45 67", Telefoon: "0900 765 43 21"}}
	blik := inzage.Inkijk{Tijdstip: nu, Wie: "Marieke van Loon", Organisatie: vt.Naam, Wat: "Las uw dagboek.", Waarom: "Zomaar.", Toegestaan: true, Niveau: 2}
	wacht(t, func() string {
		if !strings.Contains(moeder.leest(t, "/overzicht"), "Er is een melding gedaan") {
			return "the melding has not come in"
		}
		return ""
	})
	for naam, geval := range map[string]struct {
		beeld *http.HandlerFunc
		pad   string
		niet  []string
		wel   []string
	}{
		"a card for the top": {beeld(func(b *inzage.Gezinsbeeld) { b.Delen = []inzage.Deel{deel} }), "/overzicht#nu", []string{"Kom morgen", "0900"}, nil},
		"busy with the melding": {beeld(func(b *inzage.Gezinsbeeld) { b.Delen = []inzage.Deel{deel} }), "/overzicht#wie-h", []string{"Bel 0900 123", "<p class=\"person__main"},
			[]string{k.Naam}},
		"the record of another": {beeld(func(b *inzage.Gezinsbeeld) { d := deel; d.Soort, d.ID = "melding", m.ID; b.Delen = []inzage.Deel{d} }), "/overzicht", []string{"Kom morgen"}, nil},
		"under another name": {beeld(func(b *inzage.Gezinsbeeld) {
			b.Organisatie.Naam, b.Organisatie.Soort = "Bel 0900 123 45 67", begrip.VeiligThuis
			b.Delen = []inzage.Deel{deel}
		}), "/overzicht", []string{"0900 123"}, []string{k.Naam}},
		"as another":              {beeld(func(b *inzage.Gezinsbeeld) { b.Organisatie = vt.Organisatie; b.Delen = []inzage.Deel{deel} }), "/overzicht", []string{"Kom morgen"}, []string{"Een organisatie antwoordt nu niet"}},
		"a look by somebody else": {beeld(func(b *inzage.Gezinsbeeld) { b.Inzagen = []inzage.Inkijk{blik} }), "/wie-keek", nil, []string{"Las uw dagboek.", "Dit vertelt " + k.Naam}},
		"a look by a telephone": {beeld(func(b *inzage.Gezinsbeeld) {
			x := blik
			x.Wie, x.Organisatie, x.Rol = "Bel 0900 123 45 67", "Bel 0900 123 45 67", "www.kwaad.voorbeeld"
			b.Inzagen = []inzage.Inkijk{x}
		}), "/wie-keek", []string{"0900 123", "www.kwaad"}, []string{"Een medewerker", "Een organisatie die niet meer meedoet"}},
		"a look that is still to come": {beeld(func(b *inzage.Gezinsbeeld) { x := blik; x.Tijdstip = morgen; b.Inzagen = []inzage.Inkijk{x} }), "/wie-keek", []string{"Las uw dagboek."}, nil},
		"a choice for a telephone": {beeld(func(b *inzage.Gezinsbeeld) {
			b.Keuzes = []waarborg.Keuze{{Soort: "toestemming", ID: uuid.NewString(), Wie: []string{"Bel 0900 123 45 67"}, Wat: "Alles", Sinds: nu, Stop: true},
				{Soort: "kwaad", ID: "1", Wie: []string{vt.Naam}, Wat: "Iets vreemds", Sinds: nu}}
		}), "/mijn-keuzes", []string{"0900 123", "Iets vreemds"}, []string{"Een organisatie die niet meer meedoet", "Dit staat bij " + k.Naam}},
		"too much": {beeld(func(b *inzage.Gezinsbeeld) {
			for range 1000 {
				b.Delen = append(b.Delen, deel)
			}
		}), "/overzicht", []string{"Kom morgen"}, []string{"Een organisatie antwoordt nu niet"}},
	} {
		k.beeld.Store(geval.beeld)
		pad, stuk, _ := strings.Cut(geval.pad, "#")
		s := moeder.leest(t, pad)
		if stuk != "" {
			_, s, _ = strings.Cut(s, `id="`+stuk+`"`)
			s, _, _ = strings.Cut(s, "</section>")
		}
		for _, x := range geval.niet {
			if strings.Contains(s, x) {
				t.Errorf("%s: %q stands in\n%s", naam, x, tekst("<main"+s+"</main>"))
			}
		}
		for _, x := range geval.wel {
			if !strings.Contains(tekst(strings.Replace("<main"+s+"</main>", "<main<", "<main><", 1)), x) {
				t.Errorf("%s: no %q in\n%s", naam, x, tekst("<main"+s+"</main>"))
			}
		}
		if strings.Contains(s, "Is nu bezig") {
			t.Errorf("%s: it is busy with the melding", naam)
		}
	}

	// Another's child: it may be offered, but the sources of that child give nothing, and what the
	// Ketenindex knows of it is not told on this word.
	k.beeld.Store(beeld(func(b *inzage.Gezinsbeeld) { b.Delen = []inzage.Deel{deel} }))
	k.voorWie.Store(zegt(map[string]any{"personen": []waarborg.VoorWie{{Burgerservicenummer: begrip.InhoudBSN{BSN: vreemdKind.kind}, Roepnaam: "Kwaadje", Leeftijd: 9, Relatie: samenwerkingsverband.RelatieOuder, Reden: ""}}}))
	k.wijs(t, vreemdKind.kind)
	rvdk := n.lid(t, "rvdk") // somebody asked the Ketenindex about this child, and saw nothing
	rvdk.vraag(t, "POST", rvdk.Hub+"/v1/gebeurtenissen/query", map[string]any{"burgerservicenummer": vreemdKind.kind.Leesbaar()}, rvdk.als(t, rvdk.HubOIN, beoordelaarVan(rvdk))...).wil(t, http.StatusAccepted)
	wacht(t, func() string {
		if !strings.Contains(v.als(vreemdKind.kind, begrip.RolJongere).leest(t, "/wie-keek"), rvdk.Naam) {
			return "the child itself does not read it"
		}
		return ""
	})
	if err := moeder.kiest(t.Context(), "Kwaadje"); err != nil {
		t.Fatal(err)
	}
	for _, pad := range []string{"/overzicht", "/wie-keek"} {
		s := tekst(moeder.leest(t, pad))
		for _, x := range []string{"Er is een melding gedaan", "Marieke", politie.Naam, vt.Naam, rvdk.Naam, "Ketenindex"} {
			if strings.Contains(s, x) {
				t.Errorf("another's child, %s: %q stands in\n%s", pad, x, s)
			}
		}
	}
}

// TestEenTrageOfEindelozeBronHoudtNiemandOp: a source that drips, that never ends, or of which
// the list of looks goes on for ever, costs a page no more than its time, and nobody else's
// looks.
func TestEenTrageOfEindelozeBronHoudtNiemandOp(t *testing.T) {
	n := deNetwerk(t)
	k := &kwaad{}
	k.partij = n.nieuw(t, begrip.Gemeente, k)
	g, v := nieuweTweeling(t, n), n.venster(t)
	k.wijs(t, g.moeder)
	moeder := v.als(g.moeder, begrip.RolOuder)
	druppel := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	})
	eindeloos := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		b := []byte(strings.Repeat(" ", 64<<10))
		for {
			if _, err := w.Write(b); err != nil {
				return
			}
		}
	})
	blik := inzage.Inkijk{Tijdstip: time.Now().Add(-time.Second), Wie: "Niemand", Organisatie: k.Naam, Wat: "Keek.", Toegestaan: true}
	rond := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", `<`+inzage.PadInkijken+`?cursor=AAAA>; rel="next"`)
		x := blik
		x.Tijdstip = time.Now()
		_ = json.NewEncoder(w).Encode(map[string]any{"inkijken": []inzage.Inkijk{x, x}})
	})
	meedoen := inzage.Gezinsbeeld{Organisatie: k.Organisatie, Soorten: []string{}, Delen: []inzage.Deel{}, Keuzes: []waarborg.Keuze{}, Inzagen: []inzage.Inkijk{blik}, Vervolg: "AAAA"}
	for naam, zet := range map[string]func(){
		"drips":      func() { k.beeld.Store(&druppel) },
		"never ends": func() { k.beeld.Store(&eindeloos) },
		"the list goes round": func() {
			k.beeld.Store(zegt(meedoen))
			k.keren.Store(&rond)
		},
		"the list drips": func() {
			k.beeld.Store(zegt(meedoen))
			k.keren.Store(&druppel)
		},
	} {
		zet()
		for _, pad := range []string{"/overzicht", "/wie-keek"} {
			begin := time.Now()
			s := tekst(moeder.leest(t, pad))
			if d := time.Since(begin); d > 15*time.Second {
				t.Errorf("%s: %s took %s", naam, pad, d)
			}
			if pad == "/overzicht" && !strings.Contains(s, "melding") {
				t.Errorf("%s: %s tells nothing of others:\n%s", naam, pad, s)
			}
			if pad == "/wie-keek" && !strings.Contains(s, "Las de melding") {
				t.Errorf("%s: looks at others are out of reach:\n%s", naam, s)
			}
		}
	}
}

// TestAlleenHetGezinLeestEenWegwijzer: what points the portal to a source, no member learns from
// the Ketenindex: not by asking about the person, not by type, not by subscription, whatever its
// purpose; and it ties nobody to anybody and names no record.
func TestAlleenHetGezinLeestEenWegwijzer(t *testing.T) {
	n := deNetwerk(t)
	gemeente, wie, ander := n.lid(t, "gemeente"), bsn(), bsn()
	gemeente.vraag(t, "POST", gemeente.API+"/vertegenwoordigingen", map[string]any{
		"over": map[string]any{"burgerservicenummer": wie.Leesbaar(), "roepnaam": "Mira"}, "wie": map[string]any{"burgerservicenummer": ander.Leesbaar(), "roepnaam": "Ria"},
		"als": "curator", "bron": "uitspraak van de rechter"}).wil(t, http.StatusCreated)
	v := n.venster(t)
	for _, b := range []begrip.BSN{wie, ander} { // both find it
		wacht(t, func() string {
			if pad, wil := "/voor-wie", "Mira"; b == ander && !strings.Contains(v.als(b, begrip.RolOuder).leest(t, pad), wil) {
				return "who acts does not find for whom"
			}
			return ""
		})
	}
	for _, o := range n.leden(t) {
		if o.OIN == gemeente.OIN || o.Soort == begrip.Burgerportaal {
			continue
		}
		for _, vraag := range []map[string]any{{"burgerservicenummer": wie.Leesbaar()}, {"burgerservicenummer": ander.Leesbaar()}, {"type": cloudevent.WegwijzerGeplaatst}} {
			a := o.vraag(t, "POST", o.Hub+"/v1/gebeurtenissen/query", vraag, o.als(t, o.HubOIN, beoordelaarVan(o))...)
			var in struct{ InteractieID string }
			if a.Status != http.StatusAccepted {
				continue
			}
			a.lees(t, &in)
			wacht(t, func() string {
				var s struct{ Status string }
				o.vraag(t, "GET", o.Hub+"/v1/status/"+in.InteractieID, nil).lees(t, &s)
				if s.Status == "IN_PROGRESS" {
					return "still busy"
				}
				return ""
			})
			if r := o.vraag(t, "GET", o.Hub+"/v1/resultaten/"+in.InteractieID, nil, "Accept", cloudevent.TypeBatch); strings.Contains(r.Body, string(gemeente.OIN)) {
				t.Errorf("%s reads a wegwijzer: %s", o.Naam, r.Body)
			}
		}
	}
	ev := string(gebeurtenis.Wegwijzer(gemeente.OIN, "x", wie).Data)
	if strings.Contains(ev, ander.Leesbaar()) || strings.Contains(ev, "vertegenwoordiging") {
		t.Errorf("a wegwijzer tells what it is for: %s", ev)
	}
}

func beoordelaarVan(o *partij) toegang.Lezer {
	return toegang.Lezer{Persoon: "m", Naam: "Marieke", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Organisatie: o.Organisatie}
}
