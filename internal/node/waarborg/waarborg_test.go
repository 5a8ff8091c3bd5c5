package waarborg

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

var (
	gemeente = begrip.Organisatie{OIN: "00000001234567890000", Naam: "Gemeente", Soort: begrip.Gemeente}
	school   = begrip.Organisatie{OIN: "00000001234567891000", Naam: "School", Soort: begrip.School}
	portaal  = begrip.Organisatie{OIN: "00000001234567892000", Naam: "Portaal", Soort: begrip.Burgerportaal}

	ada = toegang.Lezer{Organisatie: gemeente, Persoon: "ada", Naam: "Ada", Rol: begrip.RolPrivacy}

	kind, moeder, vader = begrip.MustBSN("999993653"), begrip.MustBSN("999990019"), begrip.MustBSN("999990020")
)

const zaak = "urn:soh:zaak:0198"

// proef is the safeguards on a real dossier with a clock that the test moves.
type proef struct {
	*Waarborgen
	t   *testing.T
	nu_ time.Time
	wek int
}

func nieuweProef(t *testing.T) *proef {
	t.Helper()
	d, err := dossier.Open(filepath.Join(t.TempDir(), "dossier.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	p := &proef{t: t, nu_: time.Now().UTC()}
	p.Waarborgen = Nieuw(Config{Organisatie: gemeente, Systeem: gemeente.OIN.Systeem("soh"), Dossier: d, Log: slog.New(slog.DiscardHandler), Wek: func() { p.wek++ }, Verbanden: verband.Ingebouwd()})
	p.Waarborgen.nu = func() time.Time { return p.nu_ }
	return p
}

func bsn(b begrip.BSN) begrip.InhoudBSN { return begrip.InhoudBSN{BSN: b} }

func (p *proef) jaar(leeftijd int) begrip.Geboortedatum {
	return begrip.Geboortedatum(p.nu_.AddDate(-leeftijd, 0, -1).Format(time.DateOnly))
}

func (p *proef) over(leeftijd int) Persoon { return Persoon{bsn(kind), p.jaar(leeftijd), "Lotte"} }

func (p *proef) later(d time.Duration) *time.Time { t := p.nu_.Add(d); return &t }

func (p *proef) gezag(leeftijd int, soort string, houders ...begrip.BSN) *Gezagsfeit {
	g := &Gezagsfeit{Kop: Kop{Bron: "BRP"}, Over: p.over(leeftijd), Soort: soort, Peildatum: p.nu_.Format(time.DateOnly)}
	for _, h := range houders {
		g.Houders = append(g.Houders, Persoon{Burgerservicenummer: bsn(h)})
	}
	return g
}

func (p *proef) toestemming(leeftijd int, door ...begrip.BSN) *Toestemming {
	x := &Toestemming{Kop: Kop{Tot: p.later(180 * 24 * time.Hour)}, Over: p.over(leeftijd), Doel: begrip.DoelHulp, Omschrijving: "doel 1 uit uw plan",
		Klassen: []verband.Klasse{verband.Hulp}, Aan: []begrip.OIN{school.OIN}}
	for _, b := range door {
		als := verband.RelatieOuder
		if b == kind {
			als = verband.RelatieZelf
		}
		x.GegevenDoor = append(x.GegevenDoor, Gever{Burgerservicenummer: bsn(b), Als: als})
	}
	return x
}

func (p *proef) maak(s Soort, g Gegeven) string {
	p.t.Helper()
	if err := p.Maak(p.t.Context(), s, g, "Samira"); err != nil {
		p.t.Fatal(err)
	}
	return g.kop().ID
}

func (p *proef) laad(ps ...begrip.BSN) *Feiten {
	p.t.Helper()
	f, err := p.Laad(p.t.Context(), ps, []string{zaak})
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

// TestWieToestemmingGeeftVolgtDeLeeftijd (Jeugdwet 7.3.4, 7.3.5, 7.3.15).
func TestWieToestemmingGeeftVolgtDeLeeftijd(t *testing.T) {
	for _, g := range []struct {
		leeftijd                int
		door                    []begrip.BSN
		onbekwaam, uitzondering bool
		als                     verband.Relatie
		mag                     bool
	}{
		{leeftijd: 8, door: []begrip.BSN{moeder, vader}, mag: true},
		{leeftijd: 8, door: []begrip.BSN{moeder}},
		{leeftijd: 8, door: []begrip.BSN{moeder, vader, kind}},
		{leeftijd: 8, door: []begrip.BSN{kind}, uitzondering: true},
		{leeftijd: 12, door: []begrip.BSN{moeder, vader, kind}, mag: true},
		{leeftijd: 12, door: []begrip.BSN{moeder, vader}},
		{leeftijd: 15, door: []begrip.BSN{kind}},
		{leeftijd: 15, door: []begrip.BSN{kind}, uitzondering: true, mag: true},
		{leeftijd: 16, door: []begrip.BSN{kind}, mag: true},
		{leeftijd: 16, door: []begrip.BSN{kind, moeder}},
		{leeftijd: 17, door: []begrip.BSN{moeder, vader}},
		{leeftijd: 30, door: []begrip.BSN{kind}, mag: true},
		{leeftijd: 30, door: []begrip.BSN{kind}, onbekwaam: true},
		{leeftijd: 30, door: []begrip.BSN{moeder}, onbekwaam: true, als: verband.RelatieMentor, mag: true},
		{leeftijd: 30, door: []begrip.BSN{moeder}, als: verband.RelatieMentor},
	} {
		t.Run(fmt.Sprint(g), func(t *testing.T) {
			p := nieuweProef(t)
			if g.leeftijd < 18 {
				p.maak(SoortGezagsfeit, p.gezag(g.leeftijd, "TweehoofdigOuderlijkGezag", moeder, vader))
			}
			if g.onbekwaam {
				p.maak(SoortBekwaamheid, &Handelingsbekwaamheid{Kop: Kop{Tot: p.later(24 * time.Hour)}, Over: p.over(g.leeftijd), Reden: "Oordeel van de arts."})
			}
			x := p.toestemming(g.leeftijd, g.door...)
			if g.als != "" {
				x.GegevenDoor[0].Als = g.als
			}
			if g.uitzondering {
				x.Uitzondering = &Uitzondering{"weloverwogen-wens", "Het kind wil dit al lang zo."}
			}
			err := p.Maak(t.Context(), SoortToestemming, x, "Samira")
			if (err == nil) != g.mag || err != nil && !begrip.Is(err, begrip.Ongeldig) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestZonderGezagOfLeeftijdGeenToestemmingVanOuders(t *testing.T) {
	p := nieuweProef(t)
	x := p.toestemming(8, moeder)
	if err := p.Maak(t.Context(), SoortToestemming, x, "Samira"); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("zonder gezagsfeit: %v", err)
	}
	p.maak(SoortGezagsfeit, p.gezag(8, "TijdelijkGeenGezag"))
	if err := p.Maak(t.Context(), SoortToestemming, p.toestemming(8, moeder), "Samira"); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("tijdelijk geen gezag: %v", err)
	}
	x = p.toestemming(8, moeder)
	x.Over.Geboortedatum = ""
	x.Over.Burgerservicenummer = bsn(begrip.MustBSN("999990044"))
	if err := p.Maak(t.Context(), SoortToestemming, x, "Samira"); err == nil || !strings.Contains(err.Error(), "geboortedatum") {
		t.Errorf("zonder leeftijd: %v", err)
	}
}

// TestElkeSoortNoemtAlleFouten: an empty record of each kind is refused with
// several mistakes, in one answer, and no value of it.
func TestElkeSoortNoemtAlleFouten(t *testing.T) {
	p := nieuweProef(t)
	for _, s := range Soorten() {
		g := s.Leeg()
		g.kop().Zaak = "999993653"
		err := p.Maak(t.Context(), s, g, "Samira")
		if !begrip.Is(err, begrip.Ongeldig) || len(begrip.FoutVan(err).Velden) < 2 {
			t.Errorf("%s: %v", s.Naam, err)
		}
		if err != nil && strings.Contains(err.Error(), "999993653") {
			t.Errorf("%s: the refused value stands in the error", s.Naam)
		}
		recs, _ := p.d.Zoek(t.Context(), dossier.Filter{Soort: s.Naam})
		if len(recs) != 0 {
			t.Errorf("%s: stored though refused", s.Naam)
		}
	}
}

// TestZaakverbandPastBijDeDefinitie: what nobody could ever get in with is told at
// once, all of it.
func TestZaakverbandPastBijDeDefinitie(t *testing.T) {
	p := nieuweProef(t)
	velden := func(naam string, rollen ...verband.Rol) string {
		z := &Zaakverband{Kop: Kop{Zaak: zaak}, Samenwerkingsverband: naam, Fase: 2}
		for _, r := range rollen {
			z.Deelnemers = append(z.Deelnemers, Deelname{Organisatie: school.OIN, Rol: r})
		}
		err := p.Maak(t.Context(), SoortZaakverband, z, "Samira")
		if err == nil {
			return ""
		}
		var uit []string
		for _, v := range begrip.FoutVan(err).Velden {
			uit = append(uit, v.Veld+": "+v.Bericht)
		}
		return strings.Join(uit, "; ")
	}
	if uit := velden("koffieoverleg", "baas"); !strings.HasPrefix(uit, "samenwerkingsverband: Dit samenwerkingsverband kennen wij niet. Kies uit actieoverleg, ") || strings.Contains(uit, "rol") {
		t.Error(uit)
	}
	const rolFout = "deelnemers[%d].rol: Deze rol kent dit samenwerkingsverband niet."
	if uit, wil := velden("multidisciplinair-overleg", "baas", verband.RolDeelnemer, "chef"), fmt.Sprintf(rolFout+"; "+rolFout, 0, 2); uit != wil {
		t.Error(uit)
	}
	if uit := velden("multidisciplinair-overleg", verband.RolDeelnemer); uit != "" {
		t.Error(uit)
	}
	p.cfg.Deelnemer = func(begrip.OIN) (begrip.Organisatie, bool) { return school, true }
	if uit := velden("multidisciplinair-overleg", verband.RolCasusregisseur); uit != "deelnemers[0].rol: Dit soort organisatie kan meedoen als deelnemer." {
		t.Error(uit)
	}
	if uit := velden("actieoverleg", verband.RolDeelnemer); uit != "deelnemers[0].rol: Dit soort organisatie doet niet mee aan dit samenwerkingsverband." {
		t.Error(uit)
	}
}

// TestNietsVerdwijntUitDeGeschiedenis: a change and an end are new versions.
func TestNietsVerdwijntUitDeGeschiedenis(t *testing.T) {
	p := nieuweProef(t)
	z := &Zaakverband{Kop: Kop{Zaak: zaak}, Samenwerkingsverband: "multidisciplinair-overleg", Fase: 2, Deelnemers: []Deelname{{Organisatie: school.OIN, Rol: verband.RolDeelnemer}}}
	id := p.maak(SoortZaakverband, z)
	if r, _ := p.laad().Verband(zaak).deelname(school.OIN, p.nu_); r != verband.RolDeelnemer || p.wek != 1 {
		t.Fatalf("rol %q, events %d", r, p.wek)
	}
	z.Fase = 3
	if err := p.Wijzig(t.Context(), SoortZaakverband, id, z, "Samira"); err != nil {
		t.Fatal(err)
	}
	if z.Versie = 1; !begrip.Is(p.Wijzig(t.Context(), SoortZaakverband, id, z, "Samira"), begrip.Conflict) {
		t.Error("two writers both won")
	}
	if f := p.laad().Verband(zaak); f == nil || f.Fase != 3 {
		t.Fatalf("%+v", f)
	}
	if _, err := p.Beeindig(t.Context(), SoortZaakverband, id, "nee", "Samira"); !begrip.Is(err, begrip.Ongeldig) {
		t.Errorf("a word is a reason: %v", err)
	}
	if _, err := p.Beeindig(t.Context(), SoortZaakverband, id, "De zaak is afgesloten.", "Samira"); err != nil {
		t.Fatal(err)
	}
	if p.laad().Verband(zaak) != nil {
		t.Error("what ended still holds")
	}
	vs, err := p.d.Versies(t.Context(), SoortZaakverband.Naam, id)
	if err != nil || len(vs) != 3 {
		t.Fatalf("%d versies, %v", len(vs), err)
	}
	if x := (Zaakverband{}); json.Unmarshal(vs[0].Inhoud, &x) != nil || x.Fase != 2 || x.Einde != nil {
		t.Errorf("the first version changed: %s", vs[0].Inhoud)
	}
}

// TestIntrekkenWerktDirect: what a parent said yes to ends when that parent
// stops it; nobody else can, or learns that it is there.
func TestIntrekkenWerktDirect(t *testing.T) {
	p := nieuweProef(t)
	p.maak(SoortGezagsfeit, p.gezag(8, "TweehoofdigOuderlijkGezag", moeder, vader))
	id := p.maak(SoortToestemming, p.toestemming(8, moeder, vader))
	lezer := func(b begrip.BSN) toegang.Lezer {
		return toegang.Lezer{Organisatie: portaal, Persoon: "s", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: b}
	}
	naam := func(begrip.OIN) string { return "De school" }
	for wie, stop := range map[begrip.BSN]bool{moeder: true, vader: true, kind: false} {
		ks, err := p.Keuzes(t.Context(), lezer(wie), naam)
		if err != nil || len(ks) != 1 || ks[0].Stop != stop || ks[0].Wie[0] != "De school" {
			t.Fatalf("%+v %v", ks, err)
		}
		if b, _ := json.Marshal(ks); strings.Contains(string(b), vader.Leesbaar()) || strings.Contains(string(b), moeder.Leesbaar()) {
			t.Errorf("a parent reads the number of the other: %s", b)
		}
	}
	if err := p.Stop(t.Context(), SoortToestemming, id, lezer(begrip.MustBSN("999990044"))); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("a stranger: %v", err)
	}
	if err := p.Stop(t.Context(), SoortToestemming, uuid.NewString(), lezer(moeder)); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("not there: %v", err)
	}
	if err := p.Stop(t.Context(), SoortToestemming, id, lezer(kind)); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("a child of eight: %v", err)
	}
	if err := p.Stop(t.Context(), SoortToestemming, id, lezer(moeder)); err != nil {
		t.Fatal(err)
	}
	if f := p.laad(kind); len(f.toestemmingen) != 0 {
		t.Error("withdrawn, and it still counts")
	}
	if err := p.Stop(t.Context(), SoortToestemming, id, lezer(vader)); err != nil {
		t.Errorf("stopped twice: %v", err)
	}
	if ks, _ := p.Keuzes(t.Context(), lezer(vader), naam); len(ks) != 1 || ks[0].Gestopt == nil || ks[0].Stop {
		t.Errorf("history: %+v", ks)
	}
	l, err := p.d.Logboek(t.Context(), 0)
	if err != nil || len(l) != 1 || l[0].RecordID != id || l[0].Burger != moeder {
		t.Errorf("log: %+v %v", l, err)
	}
}

// TestGezagDatTelt: a motivated override goes before the register, else the
// latest word; temporary or uncertain gezag gives nobody access.
func TestGezagDatTelt(t *testing.T) {
	p := nieuweProef(t)
	oud := p.gezag(8, "TweehoofdigOuderlijkGezag", moeder, vader)
	oud.Peildatum = "2024-01-01"
	p.maak(SoortGezagsfeit, oud)
	if f := p.laad(kind); f.Relatie(vader, kind) != verband.RelatieOuder || f.Leeftijd(kind) != 8 {
		t.Errorf("%s %d", f.Relatie(vader, kind), f.Leeftijd(kind))
	}
	nieuwer := p.gezag(8, "EenhoofdigOuderlijkGezag", vader)
	nieuwer.Peildatum = "2025-01-01"
	p.maak(SoortGezagsfeit, nieuwer)
	if f := p.laad(kind); f.Relatie(moeder, kind) != verband.RelatieAnder || f.Relatie(vader, kind) != verband.RelatieOuder {
		t.Error("the latest word of the register does not count")
	}
	vonnis := p.gezag(8, "EenhoofdigOuderlijkGezag", moeder)
	vonnis.Peildatum, vonnis.Afwijking = "2024-06-01", &Afwijking{"De rechter besliste anders.", "beschikking 24/123"}
	p.maak(SoortGezagsfeit, vonnis)
	if f := p.laad(kind); f.Relatie(moeder, kind) != verband.RelatieOuder || f.Relatie(vader, kind) != verband.RelatieAnder {
		t.Error("the override does not go before the register")
	}
	for _, s := range []string{"TijdelijkGeenGezag", "GezagNietTeBepalen"} {
		q := nieuweProef(t)
		q.maak(SoortGezagsfeit, q.gezag(8, s))
		f := q.laad(kind)
		_, in := f.Invoer("x", "y", toegang.Lezer{Organisatie: portaal, Burger: moeder, Namens: kind})
		if f.Relatie(moeder, kind) != verband.RelatieAnder || in["gezag"].(map[string]any)["heeft_gezag"] != false {
			t.Errorf("%s: %v", s, in)
		}
		if vs, err := q.VoorWieKijkt(t.Context(), toegang.Lezer{Burger: moeder}); err != nil || len(vs) != 0 {
			t.Errorf("%s: %v %v", s, vs, err)
		}
	}
}

func TestVoorWieEenOuderKijkt(t *testing.T) {
	for leeftijd, wil := range map[int]int{-1: 0, 8: 1, 11: 1, 12: 1, 14: 1, 15: 1, 16: 0, 17: 0, 18: 0} {
		p := nieuweProef(t)
		g := p.gezag(leeftijd, "EenhoofdigOuderlijkGezag", moeder)
		if leeftijd < 0 {
			g.Over.Geboortedatum = ""
		}
		p.maak(SoortGezagsfeit, g)
		vs, err := p.VoorWieKijkt(t.Context(), toegang.Lezer{Burger: moeder})
		if n := len(vs); leeftijd >= 18 != (n == 0) || n == 1 && (vs[0].Reden == "") != (wil == 1) {
			t.Errorf("%d jaar, the reason: %+v", leeftijd, vs)
		}
		vs = slices.DeleteFunc(vs, func(v VoorWie) bool { return v.Reden != "" })
		if err != nil || len(vs) != wil || wil == 1 && vs[0].Roepnaam != "Lotte" {
			t.Errorf("%d jaar: %+v %v", leeftijd, vs, err)
		}
		if leeftijd != 16 {
			continue
		}
		x := p.toestemming(16, kind)
		x.Aan, x.AanPersonen = nil, []begrip.InhoudBSN{bsn(moeder)}
		p.maak(SoortToestemming, x)
		if vs, _ := p.VoorWieKijkt(t.Context(), toegang.Lezer{Burger: moeder}); len(vs) != 1 || vs[0].Reden != "" {
			t.Error("sixteen and agreed: the parent may look along")
		}
	}
}

// TestEenmaligeVerstrekkingIsEenKeer: Wpg 19 opens once, and a change of the
// record does not make it unused.
func TestEenmaligeVerstrekkingIsEenKeer(t *testing.T) {
	p := nieuweProef(t)
	b := &Verstrekkingsbesluit{Kop: Kop{Zaak: zaak}, Grondslag: "WPG-19", Bevoegd: "Korpschef", Belang: "Veiligheid van het kind.", Doel: "hulpverlening",
		Gegevens: []verband.Klasse{verband.Strafrecht}, Ontvangers: []begrip.OIN{school.OIN}}
	id := p.maak(SoortVerstrekking, b)
	gebruik := func() error {
		return p.d.Tx(t.Context(), func(tx *dossier.Tx) error { return p.Verbruik(t.Context(), tx, zaak, school.OIN) })
	}
	if err := gebruik(); err != nil {
		t.Fatal(err)
	}
	b.Verstrekt, b.Versie = nil, 2
	if err := p.Wijzig(t.Context(), SoortVerstrekking, id, b, "Samira"); err != nil {
		t.Fatal(err)
	}
	if err := gebruik(); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("used twice: %v", err)
	}
	if w := p.laad().waarborgen(&Zaakverband{}, Look{Zaak: zaak}, school.OIN); len(w.Wpg19) != 1 || !w.Wpg19[0].Verstrekt {
		t.Errorf("%+v", w.Wpg19)
	}
}
