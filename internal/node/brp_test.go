package node

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/brpsimulator"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/brp"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
)

var brpOrg = begrip.Organisatie{OIN: "00000001234567895000", Naam: "BRP (nagemaakt)", Soort: begrip.Overig}

// bevolking is the simulated population register on mutual TLS; what stands in
// it can change, and it can stop answering.
type bevolking struct {
	n        *net
	mu       sync.Mutex
	personen []brpsimulator.Persoon
	uit      bool
	status   int      // not 0: every question gets this
	vragen   []string // bodies
}

func (r *bevolking) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	b, _ := io.ReadAll(q.Body)
	q.Body = io.NopCloser(strings.NewReader(string(b)))
	r.mu.Lock()
	r.vragen = append(r.vragen, string(b))
	ps, uit, status := slices.Clone(r.personen), r.uit, r.status
	r.mu.Unlock()
	r.n.mu.Lock()
	r.n.paden = append(r.n.paden, q.URL.String())
	r.n.mu.Unlock()
	if uit {
		panic(http.ErrAbortHandler)
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	brpsimulator.Nieuw(brpsimulator.Config{Personen: ps, Log: slog.New(slog.NewJSONHandler(r.n, nil)),
		Afnemer: func(o begrip.OIN) bool { return o == politie.OIN || o == vt.OIN }}).Handler().ServeHTTP(w, q)
}

func (r *bevolking) zet(uit bool, ps ...brpsimulator.Persoon) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.uit, r.status, r.personen = uit, 0, ps
}

// laatste is the body of the last question.
func (r *bevolking) laatste() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.vragen[len(r.vragen)-1]
}

func (r *bevolking) aantal() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.vragen)
}

// netMetBRP is a network whose nodes ask the register, and believe an answer for
// houdbaar.
func netMetBRP(t *testing.T, functies func(begrip.Organisatie) []functie.Bouw, houdbaar time.Duration, ps ...brpsimulator.Persoon) (*net, *bevolking) {
	t.Helper()
	r := &bevolking{personen: ps}
	adres := ""
	n := nieuwNetMet(t, functies, func(n *net, cfg *Config) {
		if adres == "" {
			r.n, adres = n, n.luister(brpOrg, r).URL+brpsimulator.Pad
		}
		cfg.BRP = brp.Config{URL: adres, Houdbaar: houdbaar, Opnieuw: 20 * time.Millisecond}
	})
	return n, r
}

// lotte is the child as the register has it, with this gezag.
func lotte(leeftijd int, soort string, ouders ...begrip.BSN) brpsimulator.Persoon {
	p := brpsimulator.Persoon{BSN: kind, Voornamen: "Lotte Maria", Geslachtsnaam: "Proef", Geboren: time.Now().AddDate(-leeftijd, 0, -1).Format(time.DateOnly), Gezag: &brpsimulator.Gezag{Soort: soort, Ouders: ouders}}
	if soort == "Voogdij" {
		p.Gezag.Ouders, p.Gezag.Derden = nil, ouders
	}
	return p
}

func volwassene(b begrip.BSN) brpsimulator.Persoon {
	return brpsimulator.Persoon{BSN: b, Geboren: "1988-03-14"}
}

// feiten gives the facts of gezag on record at o about the child, newest first.
func (n *net) feiten(o begrip.Organisatie) []dossier.Record {
	n.t.Helper()
	recs, err := n.nodes[o.OIN].store.Zoek(n.t.Context(), dossier.Filter{Soort: waarborg.SoortGezagsfeit.Naam, Persoon: kind})
	if err != nil {
		n.t.Fatal(err)
	}
	return recs
}

func (n *net) voorWie(wie begrip.BSN) string {
	n.t.Helper()
	s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/voor-wie/query", gezinslid(wie, begrip.BSN{}), bsnVraag(wie))
	if s != 200 {
		n.t.Errorf("%d %s", s, b)
	}
	return b
}

// TestGezagUitHetRegisterOpentWatErVanHetKindIs: nobody recorded anything here;
// the parent with gezag looks, the other does not, and the register is asked no
// more than it needs, each time on record.
func TestGezagUitHetRegisterOpentWatErVanHetKindIs(t *testing.T) {
	n, r := netMetBRP(t, nil, 0, lotte(8, "EenhoofdigOuderlijkGezag", moeder), volwassene(moeder), volwassene(vader))
	n.schrijfBrief(politie, kind)
	if b := n.voorWie(moeder); !strings.Contains(b, `"Lotte"`) || !strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("for whom: %s", b)
	}
	if b := n.voorWie(vader); strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("the other parent is offered the child: %s", b)
	}
	for range 2 {
		if s, g, b := n.beeld(moeder, kind); s != 200 || len(g.Delen) != 1 {
			t.Errorf("the mother: %d %s", s, b)
		}
		if s, _, b := n.beeld(vader, kind); s != 403 || !strings.Contains(b, waarborg.NamensOnbekend) {
			t.Errorf("the father: %d %s", s, b)
		}
	}
	if r.aantal() != 3 {
		t.Errorf("asked %d times, not once for each parent and once for the child", r.aantal())
	}
	recs := n.feiten(politie)
	var g waarborg.Gezagsfeit
	if len(recs) != 1 || json.Unmarshal(recs[0].Inhoud, &g) != nil || g.Bron != "BRP" || g.Peildatum == "" || g.GevraagdOp == nil || len(g.Houders) != 1 {
		t.Errorf("on record: %+v", recs)
	}
	var gelogd int
	for _, l := range n.logboek(politie) {
		if l.Soort == waarborg.LogRegister {
			gelogd++
			if l.Richting != dossier.Bekeken || len(l.Betrokkenen) != 1 || len(l.Velden) == 0 {
				t.Errorf("the log: %+v", l)
			}
		}
	}
	if gelogd != 3 {
		t.Errorf("%d questions on record", gelogd)
	}
	// A node without a file on the child answers the same, and keeps nothing.
	s, _, b := n.vraag(portaal, vt, "/v1/betrokkenen/query", gezinslid(moeder, kind), bsnVraag(kind))
	var leeg inzage.Gezinsbeeld
	if s != 200 || json.Unmarshal([]byte(b), &leeg) != nil || len(leeg.Delen) != 0 || len(n.feiten(vt)) != 0 {
		t.Errorf("a node without a file: %d %s, kept %d", s, b, len(n.feiten(vt)))
	}
	if s, _, _ := n.vraag(portaal, vt, "/v1/betrokkenen/query", gezinslid(vader, kind), bsnVraag(kind)); s != 403 {
		t.Errorf("the father at a node without a file: %d", s)
	}
	// Who has nothing to do with the child makes nobody ask about it.
	if s, _, _ := n.beeld(oma, kind); s != 403 || strings.Contains(r.laatste(), kind.Leesbaar()) {
		t.Errorf("a stranger had the register asked about the child")
	}
	n.geenBSN()
}

// TestWatHetRegisterZegtBepaaltWieKijkt: each kind of gezag, an incomplete birth
// date, a death.
func TestWatHetRegisterZegtBepaaltWieKijkt(t *testing.T) {
	n, r := netMetBRP(t, nil, time.Nanosecond)
	n.schrijfBrief(politie, kind)
	half, dood := lotte(8, "EenhoofdigOuderlijkGezag", moeder), lotte(8, "EenhoofdigOuderlijkGezag", moeder)
	half.Geboren, dood.Overleden = "2017-00-00", "2026-01-02"
	for naam, g := range map[string]struct {
		kind       brpsimulator.Persoon
		wie        begrip.BSN
		status     int
		zegt, niet string
	}{
		"two parents":         {lotte(8, "TweehoofdigOuderlijkGezag", moeder, vader), vader, 200, "", ""},
		"one parent":          {lotte(8, "EenhoofdigOuderlijkGezag", moeder), moeder, 200, "", ""},
		"the other parent":    {lotte(8, "EenhoofdigOuderlijkGezag", moeder), vader, 403, waarborg.NamensOnbekend, ""},
		"with an unknown one": {lotte(8, "GezamenlijkGezag", moeder), moeder, 200, "", ""},
		"a voogd":             {lotte(8, "Voogdij", oma), oma, 200, "", ""},
		"a parent at voogdij": {lotte(8, "Voogdij", oma), moeder, 403, waarborg.NamensOnbekend, ""},
		"for now nobody":      {lotte(8, "TijdelijkGeenGezag", moeder), moeder, 403, waarborg.NamensOnbekend, ""},
		"nobody can tell":     {lotte(8, "GezagNietTeBepalen", moeder), moeder, 403, waarborg.NamensOnbekend, ""},
		"birth date half":     {half, moeder, 403, "geboortedatum nagaan", "2017"},
		"dead":                {dood, moeder, 403, waarborg.NamensOnbekend, "overleden"},
		"sixteen":             {lotte(16, "EenhoofdigOuderlijkGezag", moeder), moeder, 403, "Mijn keuzes", ""},
	} {
		r.zet(false, g.kind, volwassene(moeder), volwassene(vader), volwassene(oma))
		if s, _, b := n.beeld(g.wie, kind); s != g.status || !strings.Contains(b, g.zegt) || g.niet != "" && strings.Contains(b, g.niet) {
			t.Errorf("%s: %d %s", naam, s, b)
		}
	}
	n.geenBSN()
}

// TestRegisterDatZwijgtOpentNiets: what it said too long ago does not count,
// what a professional recorded does, and whoever works here goes on.
func TestRegisterDatZwijgtOpentNiets(t *testing.T) {
	n, r := netMetBRP(t, nil, time.Nanosecond, lotte(8, "EenhoofdigOuderlijkGezag", moeder), volwassene(moeder))
	id := n.schrijfBrief(politie, kind)
	if s, _, b := n.beeld(moeder, kind); s != 200 {
		t.Fatalf("%d %s", s, b)
	}
	r.zet(true)
	na := r.aantal()
	for range 3 {
		if s, _, b := n.beeld(moeder, kind); s != 403 || !strings.Contains(b, waarborg.NamensOnbekend) {
			t.Errorf("without the register: %d %s", s, b)
		}
	}
	if r.aantal() != na+1 {
		t.Errorf("asked %d times; one wait is enough", r.aantal()-na)
	}
	if b := n.voorWie(vader); strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("%s", b)
	}
	l := medewerker(vt, begrip.RolMedewerkerVT)
	if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 200 {
		t.Errorf("a professional: %d %s", s, b)
	}
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(8, "EenhoofdigOuderlijkGezag", vader))
	if s, _, b := n.beeld(vader, kind); s != 200 {
		t.Errorf("what was recorded by hand: %d %s", s, b)
	}
	n.geenBSN()
}

// TestHetNieuwsteFeitTeltEnNietsVerdwijnt: the register follows itself; of one
// day the professional goes before it, a court decision always; and everything
// stays in history.
func TestHetNieuwsteFeitTeltEnNietsVerdwijnt(t *testing.T) {
	n, r := netMetBRP(t, nil, time.Nanosecond, lotte(8, "TweehoofdigOuderlijkGezag", moeder, vader), volwassene(moeder), volwassene(vader))
	n.schrijfBrief(politie, kind)
	mag := func(wanneer string, m, v int) {
		t.Helper()
		for b, wil := range map[begrip.BSN]int{moeder: m, vader: v} {
			if s, _, x := n.beeld(b, kind); s != wil {
				t.Errorf("%s: %d, want %d: %s", wanneer, s, wil, x)
			}
		}
	}
	mag("both", 200, 200)
	r.zet(false, lotte(8, "EenhoofdigOuderlijkGezag", moeder), volwassene(moeder), volwassene(vader))
	mag("the mother alone", 200, 403)
	recs := n.feiten(politie)
	if len(recs) != 1 || recs[0].Versie < 2 {
		t.Fatalf("the earlier answer is gone: %+v", recs)
	}
	g := gezag(8, "EenhoofdigOuderlijkGezag", vader) // dated yesterday
	g.Bron = "moeder, aan de telefoon"
	n.leg(politie, waarborg.SoortGezagsfeit, g)
	mag("yesterday's word against today's register", 200, 403)
	g = gezag(8, "EenhoofdigOuderlijkGezag", vader)
	g.Bron, g.Afwijking = "uitspraak", &waarborg.Afwijking{Reden: "De rechter besliste gisteren.", Stuk: "C/13/1"}
	n.leg(politie, waarborg.SoortGezagsfeit, g)
	mag("a court decision", 403, 200)
	if recs := n.feiten(politie); len(recs) != 3 {
		t.Errorf("%d facts on record", len(recs))
	}
	n.mu.Lock()
	gemeld := strings.Contains(n.log.String(), "zegt iets anders over gezag")
	n.mu.Unlock()
	if !gemeld {
		t.Error("nobody is told that the register says otherwise")
	}
	n.geenBSN()
}

// TestGeheimhoudingVerbergtHetAdres: whoever the register hides is marked in a
// melding, without anybody asking for it.
func TestGeheimhoudingVerbergtHetAdres(t *testing.T) {
	schuil := volwassene(moeder)
	schuil.Geheim = 7
	n, r := netMetBRP(t, echteFuncties, 0, lotte(8, "EenhoofdigOuderlijkGezag", moeder), schuil)
	c := nieuwContract(n)
	m := meldingJSON(false)
	een := m["heeftBetrekkingOp"].([]any)[0].(map[string]any)
	ma := map[string]any{}
	for k, v := range een {
		ma[k] = v
	}
	ma["burgerservicenummer"], ma["rolInGezin"] = moeder.Leesbaar(), "ouder"
	m["heeftBetrekkingOp"] = []any{een, ma}
	nee, ja, onbekend := begrip.GeheimNee, begrip.GeheimJa, begrip.GeheimOnbekend
	lees := func(id string) (uit []begrip.Geheim) {
		rec, err := n.nodes[politie.OIN].store.Lees(t.Context(), "melding", id, time.Time{})
		var x struct {
			HeeftBetrekkingOp []begrip.Betrokkene `json:"heeftBetrekkingOp"`
		}
		if err != nil || json.Unmarshal(rec.Inhoud, &x) != nil {
			t.Fatal(err)
		}
		for _, b := range x.HeeftBetrekkingOp {
			uit = append(uit, b.AdresGeheim)
		}
		return uit
	}
	wordt := func(wanneer, id string, wil ...begrip.Geheim) {
		t.Helper()
		for eind := time.Now().Add(10 * time.Second); !slices.Equal(lees(id), wil); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(eind) {
				t.Fatalf("%s: %v, want %v", wanneer, lees(id), wil)
			}
		}
	}
	if heeft := lees(c.registreer(m)); !slices.Equal(heeft, []begrip.Geheim{nee, ja}) {
		t.Errorf("hidden: %v", heeft)
	}
	ma["adresGeheim"] = true
	r.zet(true)
	zwijgt := c.registreer(m)
	if heeft := lees(zwijgt); !slices.Equal(heeft, []begrip.Geheim{onbekend, ja}) {
		t.Errorf("the register is silent: %v", heeft)
	}
	delete(ma, "adresGeheim")
	geweigerd := schuil
	geweigerd.Geweigerd = true
	n.stop[politie.OIN]()
	n.open(politie)
	n.start(politie)
	r.zet(false, lotte(8, "EenhoofdigOuderlijkGezag", moeder), geweigerd)
	wordt("asked again, also after a restart", zwijgt, nee, ja)
	een4xx := c.registreer(m)
	if heeft := lees(een4xx); !slices.Equal(heeft, []begrip.Geheim{nee, onbekend}) {
		t.Errorf("refused for one: %v", heeft)
	}
	r.zet(false, lotte(8, "EenhoofdigOuderlijkGezag", moeder), schuil)
	wordt("no longer refused", een4xx, nee, ja)
	n.geenBSN()
}

// TestTwijfelVanHetRegisterOpentNiets: what the register has under enquiry opens
// nothing by itself, the parent reads what to do, and a professional may decide
// with a reason.
func TestTwijfelVanHetRegisterOpentNiets(t *testing.T) {
	zeker := lotte(8, "EenhoofdigOuderlijkGezag", moeder)
	gezagsTwijfel, leeftijdsTwijfel := lotte(8, "EenhoofdigOuderlijkGezag", moeder), lotte(8, "EenhoofdigOuderlijkGezag", moeder)
	gezagsTwijfel.Gezag.InOnderzoek, leeftijdsTwijfel.InOnderzoek = true, "2026-01-01"
	for naam, g := range map[string]struct {
		kind  brpsimulator.Persoon
		leest string
		feit  waarborg.Twijfel
	}{"gezag": {gezagsTwijfel, "wie gezag heeft", waarborg.TwijfelGezag}, "date of birth": {leeftijdsTwijfel, "de geboortedatum van dit kind klopt", waarborg.TwijfelGeboorte}} {
		t.Run(naam, func(t *testing.T) {
			n, r := netMetBRP(t, nil, time.Nanosecond, zeker, volwassene(moeder), volwassene(vader))
			n.schrijfBrief(politie, kind)
			if s, _, b := n.beeld(moeder, kind); s != 200 {
				t.Fatalf("certain: %d %s", s, b)
			}
			r.zet(false, g.kind, volwassene(moeder), volwassene(vader))
			if s, _, b := n.beeld(moeder, kind); s != 403 || !strings.Contains(b, g.leest) {
				t.Errorf("doubt opens: %d %s", s, b)
			}
			if b := n.voorWie(moeder); !strings.Contains(b, g.leest) {
				t.Errorf("the parent does not read what to do: %s", b)
			}
			if s, _, b := n.beeld(vader, kind); s != 403 || !strings.Contains(b, waarborg.NamensOnbekend) || strings.Contains(n.voorWie(vader), g.leest) {
				t.Errorf("another reads of the doubt: %d %s", s, b)
			}
			if recs := n.feiten(politie); len(recs) != 1 || !strings.Contains(string(recs[0].Inhoud), `"twijfel":["`+string(g.feit)+`"]`) {
				t.Errorf("the professional does not see it: %s", recs[0].Inhoud)
			}
			x := gezag(8, "EenhoofdigOuderlijkGezag", moeder)
			n.leg(politie, waarborg.SoortGezagsfeit, x)
			if s, _, b := n.beeld(moeder, kind); s != 403 {
				t.Errorf("a word without a reason decides: %d %s", s, b)
			}
			x = gezag(8, "EenhoofdigOuderlijkGezag", moeder)
			x.Afwijking = &waarborg.Afwijking{Reden: "De moeder liet de uitspraak en de geboorteakte zien.", Stuk: "C/13/1"}
			n.leg(politie, waarborg.SoortGezagsfeit, x)
			if s, _, b := n.beeld(moeder, kind); s != 200 {
				t.Errorf("decided with a reason: %d %s", s, b)
			}
			n.geenBSN()
		})
	}
}

// TestWieGeenBSNMagGebruikenVraagtNiets: a school has no business there.
func TestWieGeenBSNMagGebruikenVraagtNiets(t *testing.T) {
	n := &Node{cfg: Config{Organisatie: begrip.Organisatie{Soort: begrip.School}, BRP: brp.Config{URL: "https://brp.test" + brpsimulator.Pad}}}
	if _, err := n.personenregister(); err == nil || !strings.Contains(err.Error(), "mag het burgerservicenummer niet gebruiken") {
		t.Error(err)
	}
}
