package signaal

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

var (
	eigen  = begrip.OIN("00000001234567890000")
	ander  = begrip.OIN("00000001234567891000")
	kind   = begrip.MustBSN("999993653")
	middag = time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC) // a Wednesday
)

type proef struct {
	*Wachter
	t   *testing.T
	d   *dossier.Store
	pad string
}

func nieuw(t *testing.T) *proef {
	t.Helper()
	p := &proef{t: t, pad: filepath.Join(t.TempDir(), "d.db")}
	p.open()
	return p
}

func (p *proef) open() {
	p.t.Helper()
	d, err := dossier.Open(p.pad)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = d.Close() })
	p.d = d
	p.Wachter = Nieuw(Config{
		Dossier: d, OIN: eigen, Instelling: Standaard, Nu: func() time.Time { return middag },
		Namen: func(_ context.Context, _, id string) []string {
			return map[string][]string{"wit": {"Lotte de Wit"}}[id]
		},
		Werk: func(_ context.Context, zaak string) (bool, error) { return zaak != "urn:soh:zaak:vreemd", nil },
	})
}

// kijk logs a look that breaks no rule, but for what anders changes.
func (p *proef) kijk(anders func(*dossier.Logregel)) {
	p.t.Helper()
	l := dossier.Logregel{
		Tijdstip: middag, Richting: dossier.Gegeven, LezerOIN: eigen, Persoon: "p1", Naam: "Samira Bakker", Rol: begrip.RolWijkteam,
		Zaak: "urn:soh:zaak:eigen", Bron: eigen, Soort: "melding", RecordID: "x", Niveau: begrip.NiveauInhoud, Toegestaan: true, Betrokkenen: []begrip.BSN{kind},
	}
	if anders != nil {
		anders(&l)
	}
	if err := p.d.Log(p.t.Context(), l); err != nil {
		p.t.Fatal(err)
	}
}

func (p *proef) weeg() []Signaal {
	p.t.Helper()
	for {
		n, err := p.Weeg(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	ss, err := p.Alle(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return ss
}

func TestElkeRegelGeeftEenUitlegbaarSignaal(t *testing.T) {
	for naam, g := range map[string]struct {
		anders func(*dossier.Logregel)
		wil    Regel
		zegt   string
	}{
		"geen werk in de zaak": {func(l *dossier.Logregel) { l.Zaak = "urn:soh:zaak:vreemd" }, GeenBetrokkenheid, "geen opdracht"},
		"zelfde achternaam":    {func(l *dossier.Logregel) { l.RecordID, l.Naam = "wit", "S. van der Wit" }, EigenNaam, "toeval"},
		"in het weekend":       {func(l *dossier.Logregel) { l.Tijdstip = middag.AddDate(0, 0, 3) }, BuitenWerktijd, "zaterdag"},
		"in de nacht":          {func(l *dossier.Logregel) { l.Tijdstip = middag.Add(12 * time.Hour) }, BuitenWerktijd, "03.00 uur"},
	} {
		p := nieuw(t)
		p.kijk(g.anders)
		ss := p.weeg()
		if len(ss) != 1 || ss[0].Regel != g.wil || !strings.Contains(ss[0].Uitleg, g.zegt) || ss[0].Staat != Open || ss[0].Aantal != 1 {
			t.Errorf("%s: %+v", naam, ss)
		}
		for _, s := range ss {
			if strings.Contains(s.Uitleg, "Wit") || strings.Contains(s.Uitleg, kind.Leesbaar()) {
				t.Errorf("%s: the text names somebody: %s", naam, s.Uitleg)
			}
		}
	}
}

func TestVeelPersonenTeltVerschillendePersonenInHetVenster(t *testing.T) {
	p := nieuw(t)
	bsns := testnummers(Standaard.MaxPersonen + 1)
	for i, b := range bsns[:Standaard.MaxPersonen] {
		p.kijk(func(l *dossier.Logregel) {
			l.Betrokkenen, l.Tijdstip = []begrip.BSN{b}, middag.Add(-time.Duration(i)*time.Minute)
		})
		p.kijk(func(l *dossier.Logregel) { l.Betrokkenen = []begrip.BSN{bsns[0]} }) // the same one again
	}
	if ss := p.weeg(); len(ss) != 0 {
		t.Fatalf("within the limit: %+v", ss)
	}
	p.open() // a restart knows the window
	p.kijk(func(l *dossier.Logregel) { l.Betrokkenen = bsns[len(bsns)-1:] })
	ss := p.weeg()
	if len(ss) != 1 || ss[0].Regel != VeelPersonen || !strings.Contains(ss[0].Uitleg, fmt.Sprint(len(bsns))) {
		t.Errorf("%+v", ss)
	}
	p.kijk(func(l *dossier.Logregel) { l.Tijdstip = middag.AddDate(0, 0, 1).Add(time.Minute) })
	if ss := p.weeg(); len(ss) != 1 {
		t.Errorf("the next day: %+v", ss)
	}
}

func TestGewoneBlikkenGevenGeenSignaal(t *testing.T) {
	p := nieuw(t)
	vreemd := func(l *dossier.Logregel) { l.Zaak = "urn:soh:zaak:vreemd" }
	for _, anders := range []func(*dossier.Logregel){
		nil,
		func(l *dossier.Logregel) { vreemd(l); l.LezerOIN = ander },
		func(l *dossier.Logregel) { vreemd(l); l.Burger = kind },
		func(l *dossier.Logregel) { vreemd(l); l.Rol = begrip.RolSysteem },
		func(l *dossier.Logregel) { vreemd(l); l.Toegestaan = false },
		func(l *dossier.Logregel) { vreemd(l); l.Niveau = begrip.NiveauBestaan },
		func(l *dossier.Logregel) { l.Tijdstip, l.Rol = middag.Add(12*time.Hour), begrip.RolAgent },
		func(l *dossier.Logregel) { l.RecordID, l.Naam = "wit", "Witte Bakker" },
	} {
		p.kijk(anders)
	}
	if ss := p.weeg(); len(ss) != 0 {
		t.Errorf("%+v", ss)
	}
}

// Each line counts once, whatever was started again in between; looks of one
// day under one rule are one Signaal.
func TestElkeRegelVanHetLogTeltEenKeer(t *testing.T) {
	p := nieuw(t)
	vreemd := func(l *dossier.Logregel) { l.Zaak = "urn:soh:zaak:vreemd" }
	p.kijk(vreemd)
	p.weeg()
	p.open()
	p.weeg()
	p.kijk(vreemd)
	ss := p.weeg()
	if len(ss) != 1 || ss[0].Aantal != 2 || len(ss[0].Logregels) != 2 || len(ss[0].Betrokkenen) != 1 {
		t.Errorf("%+v", ss)
	}
	p.kijk(func(l *dossier.Logregel) { vreemd(l); l.Persoon = "p2" })
	if ss := p.weeg(); len(ss) != 2 {
		t.Errorf("another reader: %+v", ss)
	}
}

func TestOordeelEnWatHetGezinDaarvanMagWeten(t *testing.T) {
	p := nieuw(t)
	vreemd := func(l *dossier.Logregel) { l.Zaak = "urn:soh:zaak:vreemd" }
	p.kijk(vreemd)
	s := p.weeg()[0]
	if NaOordeel.VoorGezin(s) || Nooit.VoorGezin(s) || !Meteen.VoorGezin(s) {
		t.Error("before the judgement")
	}
	if err := p.Beoordeel(t.Context(), s.ID, "misschien", "kort", "fg"); len(begrip.FoutVan(err).Velden) != 2 {
		t.Errorf("all mistakes at once: %v", err)
	}
	if err := p.Beoordeel(t.Context(), s.ID, Onjuist, "Zij kende het gezin privé.", "fg"); err != nil {
		t.Fatal(err)
	}
	if err := p.Beoordeel(t.Context(), s.ID, Gewoon, "Toch maar niet dan.", "fg"); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("judged twice: %v", err)
	}
	s = p.weeg()[0]
	if s.Staat != Onjuist || s.Door != "fg" || s.OordeelOp == nil || !NaOordeel.VoorGezin(s) || Nooit.VoorGezin(s) {
		t.Errorf("%+v", s)
	}
	p.kijk(vreemd) // after the judgement a new look is a new Signaal
	if ss := p.weeg(); len(ss) != 2 || ss[0].Staat != Open {
		t.Errorf("%+v", ss)
	}
	p.kijk(func(l *dossier.Logregel) { vreemd(l); l.Persoon, l.BronAfgeschermd = "p3", true })
	for _, s := range p.weeg() {
		if s.Persoon == "p3" && (Meteen.VoorGezin(s) || NaOordeel.VoorGezin(s)) {
			t.Error("a shielded look is told")
		}
	}
}

func TestAchternaam(t *testing.T) {
	for in, wil := range map[string]string{"S. van der Wit": "wit", "Wit": "wit", "Samira de Wit": "wit", "": "", "A. B.": "", "Anne-Marie Jansen": "jansen", "J. Çelik": "çelik"} {
		if got := achternaam(in); got != wil {
			t.Errorf("%q: %q, want %q", in, got, wil)
		}
	}
}

// testnummers gives n numbers of the series for tests.
func testnummers(n int) (uit []begrip.BSN) {
	for i := 999_900_000; len(uit) < n; i++ {
		if b, err := begrip.ParseBSN(fmt.Sprint(i)); err == nil {
			uit = append(uit, b)
		}
	}
	return uit
}
