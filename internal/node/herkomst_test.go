package node

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

// meld makes a melding at the police and takes it up at Veilig Thuis.
func (n *net) meld(c *contract) (id, beoordeling string) {
	n.t.Helper()
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 201})
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		n.t.Fatal(err)
	}
	var os []opdracht.Opdracht
	n.wacht("opdracht", func() bool {
		os, _ = n.nodes[vt.OIN].opdracht.VoorZaak(n.t.Context(), m.Zaak)
		return len(os) == 1
	})
	bo, err := melding.Nieuw(n.nodes[vt.OIN].Omgeving()).Oppakken(n.t.Context(), os[0].ID, *lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak))
	if err != nil {
		n.t.Fatal(err)
	}
	return m.ID, bo.ID
}

// gezinsantwoord is all a source answers a member of the family, without its name.
func (n *net) gezinsantwoord(c *contract, bij begrip.Organisatie, wie begrip.BSN) string {
	n.t.Helper()
	_, b := c.doe(verzoek{als: portaal, bij: bij, methode: "POST", pad: "/betrokkenen/query", lezer: gezinslid(wie, begrip.BSN{}), body: bsnVraag(wie), wil: 200})
	return b
}

func (n *net) schermAf(bij begrip.Organisatie, soort, id string, tegen ...begrip.BSN) *waarborg.Afscherming {
	n.t.Helper()
	a := afscherming(id, tegen[0])
	a.Onderwerp.Soort = soort
	n.leg(bij, waarborg.SoortAfscherming, a)
	return a
}

// What is withheld at the police does not come out at Veilig Thuis, which read it
// and made something of it: its answer is that of one that has nothing.
func TestAfschermingVolgtHerkomstNaarEenAnderKnooppunt(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	id, _ := n.meld(c)
	if b := n.gezinsantwoord(c, vt, kind); !strings.Contains(b, "bekijkt de melding") {
		t.Fatalf("before it is withheld Veilig Thuis does not show its beoordeling: %s", b)
	}
	n.schermAf(politie, "melding", id, kind)
	if err := n.nodes[vt.OIN].inzage.HaalAanhang(t.Context(), begrip.Verwijzing{Bron: politie.OIN, Soort: "melding", Pad: "/v1/meldingen/" + id}); err != nil {
		t.Fatal(err)
	}
	for _, bij := range []begrip.Organisatie{politie, vt} {
		if b, niets := n.gezinsantwoord(c, bij, kind), n.gezinsantwoord(c, bij, moeder); b != niets {
			t.Errorf("%s answers who it is withheld from\n%s\nand who nothing is about\n%s", bij.Naam, b, niets)
		}
	}
	n.geenBSN()
}

// A look that comes after the withholding brings it along by itself.
func TestInzageBrengtDeAfschermingMee(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 201})
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		t.Fatal(err)
	}
	n.schermAf(politie, "melding", m.ID, kind)
	var os []opdracht.Opdracht
	n.wacht("opdracht", func() bool {
		os, _ = n.nodes[vt.OIN].opdracht.VoorZaak(t.Context(), m.Zaak)
		return len(os) == 1
	})
	if _, err := melding.Nieuw(n.nodes[vt.OIN].Omgeving()).Oppakken(t.Context(), os[0].ID, *lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak)); err != nil {
		t.Fatal(err)
	}
	if b, niets := n.gezinsantwoord(c, vt, kind), n.gezinsantwoord(c, vt, moeder); b != niets {
		t.Errorf("Veilig Thuis answers %s\nwant %s", b, niets)
	}
	kop, _ := c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + m.ID, lezer: lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak), wil: 200})
	if g := kop.Get("Gegeven"); !strings.Contains(g, "melding; versie=1; hash=") || !strings.Contains(g, "; aanhang=") || strings.Contains(g, kind.Leesbaar()) {
		t.Errorf("the header is %q", g)
	}
	n.geenBSN()
}

// Only who read a record learns what sticks to it; nobody of the family does.
func TestAanhangAlleenVoorWieLas(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 201})
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		t.Fatal(err)
	}
	n.schermAf(politie, "melding", m.ID, kind)
	pad := "/meldingen/" + m.ID + "/aanhang"
	l := lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak)
	systeem := &toegang.Lezer{Organisatie: vt, Persoon: "systeem", Naam: "systeem", Rol: begrip.RolSysteem, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24}
	_, weg := c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: pad, lezer: systeem, wil: 404})
	_, nooit := c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + uuid.NewString() + "/aanhang", lezer: systeem, wil: 404})
	if strings.ReplaceAll(weg, m.ID, "") == weg && len(weg) != len(nooit) {
		t.Errorf("who never read it gets %s, what does not exist %s", weg, nooit)
	}
	c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + m.ID, lezer: l, wil: 200})
	_, b = c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: pad, lezer: systeem, wil: 200})
	if !strings.Contains(b, kind.Leesbaar()) || strings.Contains(b, "dreiging") || strings.Contains(b, "Anton") || strings.Contains(b, `"reden"`) {
		t.Errorf("what sticks to it is %s", b)
	}
	c.doe(verzoek{als: portaal, bij: politie, methode: "GET", pad: pad, lezer: gezinslid(kind, begrip.BSN{}), wil: 404})
	c.doe(verzoek{als: vreemd, bij: politie, methode: "GET", pad: pad, lezer: nil, wil: 401})
	n.geenBSN()
}

// A source that does not tell what sticks to a record closes for the family what
// was made of it, until it tells.
func TestOnbekendeAanhangSluit(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	id, _ := n.meld(c)
	n.srv[politie.OIN].CloseClientConnections()
	weg := begrip.Verwijzing{Bron: politie.OIN, Soort: "melding", Pad: "/v1/meldingen/" + id}
	n.stil(politie, true)
	if err := n.nodes[vt.OIN].inzage.HaalAanhang(t.Context(), weg); !begrip.Is(err, begrip.BronAntwoordtNiet) {
		t.Fatalf("a silent source: %v", err)
	}
	if b, niets := n.gezinsantwoord(c, vt, kind), n.gezinsantwoord(c, vt, moeder); b != niets {
		t.Errorf("closed for the family? %s", b)
	}
	n.stil(politie, false)
	if err := n.nodes[vt.OIN].inzage.HaalAanhang(t.Context(), weg); err != nil {
		t.Fatal(err)
	}
	if b := n.gezinsantwoord(c, vt, kind); !strings.Contains(b, "bekijkt de melding") {
		t.Errorf("nothing sticks to it, and it stays closed: %s", b)
	}
}

// Everything that is decided about a record follows what it rests on: reading at
// any level, a search in need, who could see it, what could be known.
func TestAlleWegenVolgenHerkomst(t *testing.T) {
	n := nieuwNet(t)
	o := n.nodes[politie.OIN]
	grond := n.schrijfBrief(politie, moeder)
	var boven [3]string
	onder := begrip.Verwijzing{Bron: politie.OIN, Soort: "brief", Pad: "/v1/brieven/" + grond}
	for i := range boven {
		boven[i] = uuid.Must(uuid.NewV7()).String()
		if err := o.store.Tx(t.Context(), func(tx *dossier.Tx) error {
			_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "brief", ID: boven[i], Personen: []begrip.BSN{vader}, Inhoud: json.RawMessage(`{"tekst":"Over wat erin stond.","persoon":""}`), Herkomst: []begrip.Verwijzing{onder}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		onder.Pad = "/v1/brieven/" + boven[i]
	}
	verst := boven[2]
	l := medewerker(vt, begrip.RolMedewerkerVT)
	s, _ := o.inzage.VanSoort("brief")
	lees := func(l toegang.Lezer) error {
		_, err := o.inzage.Geef(t.Context(), s, verst, l, nil, time.Time{})
		return err
	}
	if err := lees(l); err != nil {
		t.Fatal(err)
	}
	if b, err := o.inzage.Gezin(t.Context(), *gezinslid(vader, begrip.BSN{}), vader); err != nil || len(b.Delen) != 3 || len(b.Inzagen) != 1 {
		t.Fatalf("before: %d parts, %d looks %v", len(b.Delen), len(b.Inzagen), err)
	}
	a := afscherming(grond, vader)
	a.TegenOIN = []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	if err := lees(l); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("read by an organisation from which it is withheld: %v", err)
	}
	if err := lees(*gezinslid(vader, begrip.BSN{})); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("read by a person from whom it is withheld: %v", err)
	}
	if err := lees(*gezinslid(moeder, begrip.BSN{})); begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("withheld from another: %v", err)
	}
	if b, err := o.inzage.Oordeel(t.Context(), s, verst, l, nil); err != nil || b.Toegestaan || len(b.Redenen) != 1 || b.Redenen[0].Tekst != "Dit bestaat hier niet." {
		t.Errorf("asked beforehand: %+v %v", b, err)
	}
	if b, err := o.inzage.Gezin(t.Context(), *gezinslid(vader, begrip.BSN{}), vader); err != nil || len(b.Delen)+len(b.Inzagen) != 0 {
		t.Errorf("the family page: %d parts, %d looks %v", len(b.Delen), len(b.Inzagen), err)
	}
	nood := l
	nood.Rol, nood.Nood = begrip.RolBehandelaar, toegang.Nood{Reden: "Het kind is nu in gevaar en de arts moet weten.", Tot: time.Now().Add(time.Hour)}
	if v, err := o.inzage.VindNood(t.Context(), nood, vader); err != nil || len(v) != 0 {
		t.Errorf("found in need: %+v %v", v, err)
	}
	k, err := o.inzage.WieKan(t.Context(), medewerker(politie, begrip.RolPrivacy), s, verst, []begrip.Organisatie{vt})
	if err != nil || len(k.Kijkers) != 1 || k.Kijkers[0].Ziet {
		t.Errorf("who could see it: %+v %v", k.Kijkers, err)
	}
	w, err := o.inzage.WatKon(t.Context(), medewerker(politie, begrip.RolPrivacy), toegang.Lezer{Organisatie: vt, Rol: begrip.RolMedewerkerVT}, time.Now(), vader, "")
	for _, g := range w.Gegevens {
		if err != nil || g.Toegestaan {
			t.Errorf("what could be known: %+v %v", g, err)
		}
	}
	if len(w.Gegevens) != 3 {
		t.Errorf("the question about the past goes into %d records", len(w.Gegevens))
	}
	if _, err := o.waarborgen.Beeindig(t.Context(), waarborg.SoortAfscherming, a.ID, "De dreiging is voorbij.", "Ada"); err != nil {
		t.Fatal(err)
	}
	if err := lees(l); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

// A source that is shielded stays so in what is made of it here.
func TestAfgeschermdeBronVolgtHerkomst(t *testing.T) {
	n := nieuwNet(t)
	o := n.nodes[politie.OIN]
	geheim := n.brief(politie, true)
	id := uuid.Must(uuid.NewV7()).String()
	if err := o.store.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "brief", ID: id, Personen: []begrip.BSN{kind}, Inhoud: json.RawMessage(`{"tekst":"Vervolg.","persoon":""}`),
			Herkomst: []begrip.Verwijzing{{Bron: politie.OIN, Soort: "brief", Pad: "/v1/brieven/" + geheim}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if b, err := o.inzage.Gezin(t.Context(), *gezinslid(kind, begrip.BSN{}), kind); err != nil || len(b.Delen) != 0 {
		t.Errorf("%d parts of a shielded source: %v", len(b.Delen), err)
	}
	a, err := o.inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, medewerker(politie, begrip.RolMedewerkerVT), nil, nil)
	if err != nil || !a.Afgeschermd {
		t.Errorf("the reader is not told that the source is shielded: %v", err)
	}
}

// Withholding what another organisation already read and used reaches it: it
// closes there at once, and a person there has to look. The end travels the same
// way. Also when the other node is away meanwhile.
func TestLatereAfschermingBereiktWieLas(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	id, _ := n.meld(c)
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/gevolgen/query", body: map[string]string{"soort": "melding", "id": id}, wil: 200})
	if !strings.Contains(b, string(vt.OIN)) || strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("before it counts: %s", b)
	}
	c.doe(verzoek{als: vt, bij: politie, methode: "POST", pad: "/gevolgen/query", body: map[string]string{"soort": "melding", "id": id}, wil: 403})
	niets := func(bij begrip.Organisatie) string { return n.gezinsantwoord(c, bij, moeder) }
	voor := n.gezinsantwoord(c, vt, kind)
	n.stil(vt, true)
	a := n.schermAf(politie, "melding", id, kind)
	n.stil(vt, false)
	n.wacht("afscherming bij Veilig Thuis", func() bool { return n.gezinsantwoord(c, vt, kind) == niets(vt) })
	taken := func() (open []opdracht.Opdracht) {
		os, err := n.nodes[vt.OIN].opdracht.Postvak(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range os {
			if o.Soort == "afscherming" && !o.Staat.Eind() {
				open = append(open, o)
			}
		}
		return open
	}
	if os := taken(); len(os) != 1 || os[0].Onderwerp.Pad != "/v1/meldingen/"+id {
		t.Errorf("in the Postvak: %+v", os)
	}
	aanhang := begrip.Verwijzing{Bron: politie.OIN, Soort: "melding", Pad: "/v1/meldingen/" + id}
	n.wacht("aanhang", func() bool {
		a, err := n.nodes[vt.OIN].waarborgen.AanhangVan(t.Context(), aanhang)
		return err == nil && !a.Onbekend && len(a.Afschermingen) == 1
	})
	if b := n.gezinsantwoord(c, politie, kind); b != niets(politie) {
		t.Errorf("the source: %s", b)
	}
	if _, err := n.nodes[politie.OIN].waarborgen.Beeindig(t.Context(), waarborg.SoortAfscherming, a.ID, "De dreiging is voorbij.", "Ada"); err != nil {
		t.Fatal(err)
	}
	n.wacht("einde bij Veilig Thuis", func() bool { return strings.Contains(n.gezinsantwoord(c, vt, kind), "bekijkt de melding") })
	if na := n.gezinsantwoord(c, vt, kind); na != voor {
		t.Errorf("after the end Veilig Thuis answers\n%s\nbefore it was\n%s", na, voor)
	}
	if os := taken(); len(os) != 2 {
		t.Errorf("%d tasks, want one for the beginning and one for the end", len(os))
	}
	n.geenBSN()
	for _, ev := range n.events {
		if strings.Contains(string(ev), "afscherming") {
			t.Errorf("the Ketenindex hears of it: %s", ev)
		}
	}
}

// From whom a record is withheld hears nothing, also when it read it before; and
// nobody can say something about what is not its own, or was never read.
func TestWieHetNietMagWetenHoortNiets(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	id, _ := n.meld(c)
	a := afscherming(id, kind)
	a.Onderwerp.Soort, a.TegenOIN = "melding", []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	uit, err := n.nodes[politie.OIN].store.Zoek(t.Context(), dossier.Filter{Soort: opdracht.RecordSoort})
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range uit {
		if strings.Contains(string(rec.Inhoud), `"soort":"afscherming"`) {
			t.Errorf("told to who may not know: %s", rec.Inhoud)
		}
	}
	bied := func(onderwerp begrip.Verwijzing) (int, string) {
		st, _, b := n.vraag(politie, vt, "/v1/opdrachten", nil, map[string]any{
			"id": uuid.NewString(), "soort": "afscherming", "van": politie.OIN, "aan": vt.OIN, "onderwerp": onderwerp, "aangebodenOp": time.Now().UTC(), "zaak": onderwerp.URN(), "personen": 1,
			"vrager": map[string]any{"naam": "systeem", "rol": "systeem", "doel": "toezicht", "grondslag": "AVG-24"}})
		return st, b
	}
	if st, b := bied(begrip.Verwijzing{Bron: vreemd.OIN, Soort: "melding", Pad: "/v1/meldingen/" + id}); st < 400 && !strings.Contains(b, `"staat":"geweigerd"`) {
		t.Errorf("about a record of another: %d %s", st, b)
	}
	if st, b := bied(begrip.Verwijzing{Bron: politie.OIN, Soort: "melding", Pad: "/v1/meldingen/" + uuid.NewString()}); st < 400 && !strings.Contains(b, `"staat":"geweigerd"`) {
		t.Errorf("about what was never read: %d %s", st, b)
	}
}

// Every kind of every functie follows, whatever it is: this walks over what is
// declared, so a functie that comes gets this test for free.
func TestElkeSoortVolgtHerkomst(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	o := n.nodes[politie.OIN]
	gehad := 0
	for _, f := range o.Functies() {
		for _, s := range f.Soorten {
			if s.Herkomst == nil {
				continue
			}
			if s.Herkomst[0] == inzage.ElkeSoort {
				s.Herkomst = []string{"melding"}
			}
			gehad++
			eerder := map[string][]begrip.Verwijzing{ // what it rests on itself, where it must
				"beoordeling":        {{Bron: vreemd.OIN, Soort: "melding", Pad: "/v1/meldingen/" + uuid.NewString()}},
				"verrijkingsverzoek": {{Bron: vreemd.OIN, Soort: "beoordeling", Pad: "/v1/beoordelingen/" + uuid.NewString()}},
			}
			onder, boven := uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
			if err := o.store.Tx(t.Context(), func(tx *dossier.Tx) error {
				if _, err := tx.Schrijf(t.Context(), dossier.Record{Soort: s.Herkomst[0], ID: onder, Personen: []begrip.BSN{moeder}, Inhoud: json.RawMessage(`{}`), Herkomst: eerder[s.Herkomst[0]]}); err != nil {
					return err
				}
				_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: s.Naam, ID: boven, Staat: map[string]string{"uitkomst": "beschikbaar"}[s.Naam], Personen: []begrip.BSN{kind}, Inhoud: json.RawMessage(`{}`),
					Herkomst: []begrip.Verwijzing{{Bron: politie.OIN, Soort: s.Herkomst[0], Pad: "/v1/gegevens/" + onder}}})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			getoond := func() bool {
				b, err := o.inzage.Gezin(t.Context(), *gezinslid(kind, begrip.BSN{}), kind)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range b.Delen {
					if d.Soort == s.Naam {
						return true
					}
				}
				return slices.Contains(b.Bekend, "urn:soh:"+s.Naam+":"+boven)
			}
			if !getoond() {
				t.Errorf("%s: not shown before anything is withheld", s.Naam)
			}
			a := afscherming(onder, kind)
			a.Onderwerp.Soort, a.TegenOIN = s.Herkomst[0], []begrip.OIN{vt.OIN}
			n.leg(politie, waarborg.SoortAfscherming, a)
			for wie, l := range map[string]toegang.Lezer{"a person": *gezinslid(kind, begrip.BSN{}), "an organisation": medewerker(vt, begrip.RolMedewerkerVT)} {
				if _, err := o.inzage.Geef(t.Context(), s, boven, l, nil, time.Time{}); !begrip.Is(err, begrip.NietGevonden) {
					t.Errorf("%s: read by %s from whom it is withheld: %v", s.Naam, wie, err)
				}
			}
			if getoond() {
				t.Errorf("%s: shown to whom it is withheld from", s.Naam)
			}
		}
	}
	if gehad < 3 {
		t.Errorf("%d kinds say on what they rest", gehad)
	}
}
