package node

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

var oma = begrip.MustBSN("999990044")

// meekijken is what the portal sends to let oma look along.
func meekijken(als string, klassen ...string) map[string]any {
	return map[string]any{"wie": map[string]any{"burgerservicenummer": oma.Leesbaar(), "roepnaam": "Oma Ria"}, "als": als, "klassen": klassen, "tot": time.Now().AddDate(0, 3, 0).UTC().Format(time.RFC3339)}
}

// verleen grants as wie at the police and gives the id.
func (n *net) verleen(l *toegang.Lezer, body map[string]any) (int, string, string) {
	n.t.Helper()
	s, _, b := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/verleningen", l, body)
	var k waarborg.Keuze
	_ = json.Unmarshal([]byte(b), &k)
	return s, k.ID, b
}

// aanvaard accepts as wie with the code in the answer to a verlening.
func (n *net) aanvaard(wie begrip.BSN, verlening string) int {
	n.t.Helper()
	var k waarborg.Keuze
	_ = json.Unmarshal([]byte(verlening), &k)
	s, _, _ := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/aanvaardingen", gezinslid(wie, begrip.BSN{}), map[string]any{"code": k.Code})
	return s
}

// beeld is what the page of wie for voor is made of, and its status.
func (n *net) beeld(wie, voor begrip.BSN) (int, inzage.Gezinsbeeld, string) {
	n.t.Helper()
	namens, over := voor, voor
	if wie == voor {
		namens = begrip.BSN{}
	}
	s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(wie, namens), bsnVraag(over))
	var g inzage.Gezinsbeeld
	_ = json.Unmarshal([]byte(b), &g)
	return s, g, b
}

// TestSteunfiguurZietBeperktTotHetStopt: from giving to stopping. Oma sees that
// there is a brief, and nothing of what is withheld from the mother, of the
// father, of another class, or from the moment that it stops.
func TestSteunfiguurZietBeperktTotHetStopt(t *testing.T) {
	n := nieuwNet(t)
	gewoon := n.schrijfBrief(politie, moeder, kind)
	vanVader := n.schrijfBrief(politie, vader)
	dicht := n.schrijfBrief(politie, moeder)
	n.leg(politie, waarborg.SoortAfscherming, afscherming(dicht, moeder))
	tegenOma := n.schrijfBrief(politie, moeder)
	n.leg(politie, waarborg.SoortAfscherming, afscherming(tegenOma, oma))
	if s, _, b := n.beeld(oma, moeder); s != 403 || strings.Contains(b, gewoon) {
		t.Fatalf("before it was given: %d %s", s, b)
	}
	s, id, b := n.verleen(gezinslid(moeder, begrip.BSN{}), meekijken("steunfiguur", "I3", "I1"))
	if s != 201 || id == "" || strings.Contains(b, oma.Leesbaar()) {
		t.Fatalf("%d %s", s, b)
	}
	if s, _, b := n.verleen(gezinslid(moeder, begrip.BSN{}), meekijken("gemachtigde", "I3")); s != 409 {
		t.Errorf("a second time for the same person: %d %s", s, b)
	}
	if s, _, b := n.beeld(oma, moeder); s != 403 {
		t.Fatalf("before oma accepted: %d %s", s, b)
	}
	if s := n.aanvaard(oma, b); s != 204 {
		t.Fatal(s)
	}
	s, g, b := n.beeld(oma, moeder)
	if s != 200 || len(g.Delen) != 1 || g.Delen[0].ID != gewoon || g.Delen[0].Tekst != "" || len(g.Keuzes) != 0 {
		t.Errorf("oma: %d %s", s, b)
	}
	for _, niet := range []string{vanVader, dicht, tegenOma, "De inhoud", moeder.Leesbaar(), vader.Leesbaar(), "afgeschermd"} {
		if strings.Contains(b, niet) {
			t.Errorf("oma reads %q: %s", niet, b)
		}
	}
	// The record itself gives her no more, at no level and by no other way.
	for _, rec := range []string{vanVader, dicht, tegenOma} {
		for _, staart := range []string{"", "/niveau0", "/niveau1", "/niveau2"} {
			if s, _, b := n.vraag(portaal, politie, "/v1/brieven/"+rec+staart, gezinslid(oma, moeder), nil); s == 200 {
				t.Errorf("%s: %s", staart, b)
			}
		}
	}
	for _, voor := range []begrip.BSN{vader, kind} { // she supports the mother, not the family
		if s, _, b := n.beeld(oma, voor); s != 403 {
			t.Errorf("for another of the family: %d %s", s, b)
		}
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/"+id+"/intrekkingen", gezinslid(oma, begrip.BSN{}), map[string]string{}); s != 404 {
		t.Errorf("oma stops what is not hers: %d %s", s, b)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/"+id+"/intrekkingen", gezinslid(moeder, begrip.BSN{}), map[string]string{}); s != 204 {
		t.Fatalf("%d %s", s, b)
	}
	if s, _, b := n.beeld(oma, moeder); s != 403 || strings.Contains(b, gewoon) {
		t.Errorf("after it stopped: %d %s", s, b)
	}
	if _, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/voor-wie/query", gezinslid(oma, begrip.BSN{}), bsnVraag(oma)); strings.Contains(b, moeder.Leesbaar()) {
		t.Errorf("oma is still offered to look: %s", b)
	}
	n.geenBSN()
}

// TestGemachtigdeZietAlleenDeGekozenSoorten: a mandate opens the classes in it.
func TestGemachtigdeZietAlleenDeGekozenSoorten(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, moeder) // help, I3
	if s, _, b := n.verleen(gezinslid(moeder, begrip.BSN{}), meekijken("gemachtigde", "I1", "I5")); s != 201 || n.aanvaard(oma, b) != 204 {
		t.Fatalf("%d %s", s, b)
	}
	if s, g, b := n.beeld(oma, moeder); s != 200 || len(g.Delen) != 0 || len(g.Inzagen) != 0 {
		t.Errorf("help is not in the mandate: %d %s", s, b)
	}
}

// TestWieMagLatenMeekijken: nobody for another; from twelve a supporter; a full
// mandate from sixteen; nothing when the age of a young person is not known.
func TestWieMagLatenMeekijken(t *testing.T) {
	jongere := gezinslid(kind, begrip.BSN{})
	jongere.Rol = begrip.RolJongere
	n := nieuwNet(t)
	for _, g := range []struct {
		leeftijd int
		l        *toegang.Lezer
		als      string
		klassen  []string
		status   int
		zegt     string
	}{
		{-1, gezinslid(moeder, begrip.BSN{}), "gemachtigde", []string{"I1"}, 201, ""}, // of an adult the age need not be known
		{-1, jongere, "steunfiguur", []string{"I1"}, 403, "geboortedatum nagaan"},
		{11, jongere, "steunfiguur", []string{"I1"}, 403, "ouder of voogd"},
		{12, jongere, "steunfiguur", []string{"I1"}, 201, ""},
		{15, jongere, "gemachtigde", []string{"I1"}, 400, "16 bent"},
		{16, jongere, "gemachtigde", []string{"I1"}, 201, ""},
		{40, gezinslid(moeder, kind), "steunfiguur", []string{"I1"}, 403, "alleen voor uzelf"},
		{40, jongere, "gemachtigde", []string{"I6"}, 400, "I6"},
		{40, jongere, "gemachtigde", []string{}, 400, "Kies wat"},
		{40, jongere, "curator", []string{"I1"}, 400, ""},
		{40, func() *toegang.Lezer { l := medewerker(portaal, begrip.RolMedewerkerVT); return &l }(), "steunfiguur", []string{"I1"}, 403, "gezinslid"},
	} {
		if g.leeftijd >= 0 {
			n.leg(politie, waarborg.SoortGezagsfeit, gezag(g.leeftijd, "EenhoofdigOuderlijkGezag", moeder))
		}
		s, id, b := n.verleen(g.l, meekijken(g.als, g.klassen...))
		if s != g.status || !strings.Contains(b, g.zegt) || (s == 201) != (id != "") || strings.Contains(b, oma.Leesbaar()) {
			t.Errorf("%d jaar, %s: %d %s", g.leeftijd, g.als, s, b)
		}
		if id != "" {
			if s, _, b := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/"+id+"/intrekkingen", g.l, map[string]string{}); s != 204 {
				t.Fatalf("%d %s", s, b)
			}
		}
	}
	tot := time.Now().AddDate(0, 6, 0)
	n.leg(politie, waarborg.SoortBekwaamheid, &waarborg.Handelingsbekwaamheid{Kop: waarborg.Kop{Tot: &tot}, Over: waarborg.Persoon{Burgerservicenummer: inhoudBSN(kind)}, Reden: "Oordeel van de arts."})
	if s, _, b := n.verleen(jongere, meekijken("gemachtigde", "I1")); s != 403 || !strings.Contains(b, "wie u kan helpen") {
		t.Errorf("who cannot weigh own interests: %d %s", s, b)
	}
	n.geenBSN()
}

// TestOuderVanZestienjarigeKijktMetSteun: what a young person of sixteen gives a
// parent opens the limited view, where gezag alone opens nothing.
func TestOuderVanZestienjarigeKijktMetSteun(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, kind)
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(16, "EenhoofdigOuderlijkGezag", moeder))
	if s, _, b := n.beeld(moeder, kind); s != 403 || !strings.Contains(b, "Mijn keuzes") {
		t.Fatalf("%d %s", s, b)
	}
	geef := meekijken("steunfiguur", "I3")
	geef["wie"] = map[string]any{"burgerservicenummer": moeder.Leesbaar(), "roepnaam": "Mama"}
	if s, _, b := n.verleen(gezinslid(kind, begrip.BSN{}), geef); s != 201 || n.aanvaard(moeder, b) != 204 {
		t.Fatalf("%d %s", s, b)
	}
	if s, g, b := n.beeld(moeder, kind); s != 200 || len(g.Delen) != 1 || g.Delen[0].Tekst != "" {
		t.Errorf("%d %s", s, b)
	}
}

// TestEenVerkeerdNummerOpentNiets: the mother mistypes and names the father. He
// sees nothing, not even that he was asked, whatever he tries; the code of
// another works for nobody else, nor twice, nor in words of his own.
func TestEenVerkeerdNummerOpentNiets(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, moeder)
	geef := meekijken("gemachtigde", "I1", "I3")
	_, _, vanOma := n.verleen(gezinslid(moeder, begrip.BSN{}), geef)
	geef["wie"] = map[string]any{"burgerservicenummer": vader.Leesbaar(), "roepnaam": "Oma Ria"}
	s, id, b := n.verleen(gezinslid(moeder, begrip.BSN{}), geef)
	if s != 201 {
		t.Fatal(s, b)
	}
	if s, _, b := n.verleen(gezinslid(moeder, begrip.BSN{}), geef); s != 409 {
		t.Errorf("a second invitation: %d %s", s, b)
	}
	dicht := func(wat string) {
		t.Helper()
		if s, _, b := n.beeld(vader, moeder); s != 403 {
			t.Errorf("%s: %d %s", wat, s, b)
		}
		if _, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/voor-wie/query", gezinslid(vader, begrip.BSN{}), bsnVraag(vader)); strings.Contains(b, moeder.Leesbaar()) {
			t.Errorf("%s: he reads who asked: %s", wat, b)
		}
	}
	dicht("named by mistake")
	if s := n.aanvaard(vader, vanOma); s != 404 {
		t.Errorf("the code of another: %d", s)
	}
	if s := n.aanvaard(moeder, vanOma); s != 404 {
		t.Errorf("the giver accepts for another: %d", s)
	}
	if s, _, _ := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/aanvaardingen", gezinslid(vader, begrip.BSN{}), map[string]any{"code": ""}); s != 404 {
		t.Errorf("no code: %d", s)
	}
	dicht("with the code of another")
	if s := n.aanvaard(oma, vanOma); s != 204 {
		t.Errorf("oma: %d", s)
	}
	if s := n.aanvaard(oma, vanOma); s != 404 {
		t.Errorf("oma twice: %d", s)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/vertegenwoordigingen/"+id+"/intrekkingen", gezinslid(moeder, begrip.BSN{}), map[string]string{}); s != 204 {
		t.Fatal(s, b)
	}
	if s := n.aanvaard(vader, b); s != 404 {
		t.Errorf("withdrawn: %d", s)
	}
	dicht("withdrawn")
	n.geenBSN()
}

// TestEenUitnodigingHoudtOp: after five wrong codes the right one opens nothing.
func TestEenUitnodigingHoudtOp(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, moeder)
	_, _, b := n.verleen(gezinslid(moeder, begrip.BSN{}), meekijken("gemachtigde", "I3"))
	for range 5 {
		if s := n.aanvaard(oma, `{"code":"AAAA-AAAA"}`); s != 404 {
			t.Errorf("a wrong code: %d", s)
		}
	}
	if s := n.aanvaard(oma, b); s != 404 {
		t.Errorf("the right code, too late: %d", s)
	}
	if s, _, b := n.beeld(oma, moeder); s != 403 {
		t.Errorf("%d %s", s, b)
	}
	_, g, _ := n.beeld(moeder, moeder)
	if len(g.Keuzes) != 1 || g.Keuzes[0].Gestopt == nil || g.Keuzes[0].Reden == "" || g.Keuzes[0].Code != "" {
		t.Errorf("what the giver sees: %+v", g.Keuzes)
	}
}
