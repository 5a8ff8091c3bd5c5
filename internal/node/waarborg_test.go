package node

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

var (
	moeder = begrip.MustBSN("999990019")
	vader  = begrip.MustBSN("999990020")
)

// gezinslid reads as a member of the family; namens may be zero.
func gezinslid(wie, namens begrip.BSN) *toegang.Lezer {
	return &toegang.Lezer{Organisatie: portaal, Persoon: "s", Naam: "Ouder", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: wie, Namens: namens}
}

func bsnVraag(b begrip.BSN) map[string]string {
	return map[string]string{"burgerservicenummer": b.Leesbaar()}
}

// schrijf stores a brief about these persons at o.
func (n *net) schrijfBrief(o begrip.Organisatie, ps ...begrip.BSN) string {
	n.t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	if err := n.nodes[o.OIN].store.Tx(n.t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(n.t.Context(), dossier.Record{Soort: "brief", ID: id, Personen: ps, Inhoud: json.RawMessage(`{"tekst":"De inhoud.","persoon":""}`)})
		return err
	}); err != nil {
		n.t.Fatal(err)
	}
	return id
}

func (n *net) leg(o begrip.Organisatie, s waarborg.Soort, g waarborg.Gegeven) {
	n.t.Helper()
	if err := n.nodes[o.OIN].waarborgen.Maak(n.t.Context(), s, g, "Ada"); err != nil {
		n.t.Fatal(err)
	}
}

func inhoudBSN(b begrip.BSN) begrip.InhoudBSN { return begrip.InhoudBSN{BSN: b} }

func afscherming(id string, tegen begrip.BSN) *waarborg.Afscherming {
	return &waarborg.Afscherming{Onderwerp: waarborg.Onderwerp{Soort: "brief", ID: id}, Reden: waarborg.RedenGeweld, Toelichting: "Er was dreiging in huis.",
		Geraadpleegd: "Anton de Groot", Tegen: []begrip.InhoudBSN{inhoudBSN(tegen)}, HerzienOp: time.Now().AddDate(0, 3, 0)}
}

// TestAfschermingLaatGeenSpoorNa: what is withheld from the father is to him as
// if it were never there: not in a page, a count, an error, a header or the
// looks of others; to the mother nothing changes.
func TestAfschermingLaatGeenSpoorNa(t *testing.T) {
	n := nieuwNet(t)
	leeg := func(wie begrip.BSN) string {
		_, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(wie, begrip.BSN{}), bsnVraag(wie))
		return b
	}
	voor := leeg(vader)
	id := n.schrijfBrief(politie, moeder, vader, kind)
	n.leg(politie, waarborg.SoortAfscherming, afscherming(id, vader))
	l := medewerker(vt, begrip.RolMedewerkerVT)
	if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 200 {
		t.Fatalf("the professional: %d %s", s, b)
	}
	if na := leeg(vader); na != voor {
		t.Errorf("the father sees a difference:\n%s\n%s", voor, na)
	}
	if b := leeg(moeder); !strings.Contains(b, id) || !strings.Contains(b, "Samira de Wit") {
		t.Errorf("the mother does not see it: %s", b)
	}
	weg := uuid.Must(uuid.NewV7()).String()
	for _, staart := range []string{"", "/niveau0", "/niveau1", "/niveau2", "?peildatum=" + time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z")} {
		begin := time.Now()
		s1, h1, b1 := n.vraag(portaal, politie, "/v1/brieven/"+id+staart, gezinslid(vader, begrip.BSN{}), nil)
		if duur := time.Since(begin); duur < 20*time.Millisecond { // else the time tells what the answer does not
			t.Errorf("%s: answered after %v, as soon as it was found out", staart, duur)
		}
		s2, h2, b2 := n.vraag(portaal, politie, "/v1/brieven/"+weg+staart, gezinslid(vader, begrip.BSN{}), nil)
		if s1 != http.StatusNotFound || s2 != s1 || strings.ReplaceAll(b1, id, weg) != b2 || len(h1) != len(h2) {
			t.Errorf("%s: it answers otherwise than what is not there: %d %s, %d %s", staart, s1, b1, s2, b2)
		}
	}
	// Both took the same steps: a look, a line.
	aantal := map[string]int{}
	for _, r := range n.logboek(politie) {
		if !r.Toegestaan && r.Burger == vader {
			aantal[r.RecordID]++
			if r.RecordID == id && (!r.BronAfgeschermd || !strings.Contains(r.Redenen[0].Tekst, "afgeschermd")) {
				t.Errorf("the log does not tell the auditor why: %+v", r)
			}
		}
	}
	if aantal[id] != 5 || aantal[weg] != 5 {
		t.Errorf("lines in the log: %v", aantal)
	}
	if b := leeg(moeder); strings.Contains(b, "Ouder") || strings.Contains(b, "afgeschermd") || strings.Contains(b, vader.Leesbaar()) {
		t.Errorf("the mother reads what the father did: %s", b)
	}
	// The withholding itself is no part of the family's page, and no event.
	n.mu.Lock()
	for _, e := range n.events {
		if strings.Contains(string(e), "afscherming") {
			t.Errorf("an event tells of it: %s", e)
		}
	}
	n.mu.Unlock()
	n.geenBSN()
}

// TestNoodtoegangOpentGeenWaarborg: who must not know what is withheld, or from
// whom, does not learn it by calling on noodtoegang; nor does somebody learn so
// of a signal about the own looks.
func TestNoodtoegangOpentGeenWaarborg(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	for _, s := range append(waarborg.Soorten(), waarborg.SoortNoodtoegang, waarborg.Soort{Naam: "signaal"}) {
		if k, ok := n.nodes[politie.OIN].inzage.VanSoort(s.Naam); !ok || !k.ZonderNood {
			t.Errorf("noodtoegang opent %q", s.Naam)
		}
	}
	l := medewerker(vt, begrip.RolMedewerkerVT)
	l.Nood = toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
	id := uuid.Must(uuid.NewV7()).String()
	if err := n.nodes[politie.OIN].store.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: waarborg.SoortAfscherming.Naam, ID: id, Personen: []begrip.BSN{kind}, Inhoud: json.RawMessage(`{"reden":"e","toelichting":"Geheim."}`)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []begrip.Organisatie{vt, politie} {
		l.Organisatie = x
		if s, _, b := n.vraag(x, politie, "/v1/afschermingen/"+id, &l, nil); s < 400 || strings.Contains(b, "Geheim") {
			t.Errorf("%s: %d %s", x.Naam, s, b)
		}
	}
}

// TestAfschermingTegenEenOrganisatie: also an organisation with a rule of its
// own sees nothing, noodtoegang or not.
func TestAfschermingTegenEenOrganisatie(t *testing.T) {
	n := nieuwNet(t)
	id := n.schrijfBrief(politie, kind)
	a := afscherming(id, vader)
	a.TegenOIN = []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	for _, nood := range []toegang.Nood{{}, {Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}} {
		l.Nood = nood
		if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 404 || strings.Contains(b, "afgeschermd") {
			t.Errorf("%d %s", s, b)
		}
	}
	if s, _, b := n.vraag(politie, politie, "/v1/brieven/"+id, nil, nil); s != 200 {
		t.Errorf("the source itself: %d %s", s, b)
	}
}

func gezag(leeftijd int, soort string, houders ...begrip.BSN) *waarborg.Gezagsfeit {
	g := &waarborg.Gezagsfeit{Kop: waarborg.Kop{Bron: "BRP"}, Over: waarborg.Persoon{Burgerservicenummer: inhoudBSN(kind), Geboortedatum: begrip.Geboortedatum(time.Now().AddDate(-leeftijd, 0, -1).Format(time.DateOnly)), Roepnaam: "Lotte"},
		Soort: soort, Peildatum: time.Now().AddDate(0, 0, -1).Format(time.DateOnly)}
	for _, h := range houders {
		g.Houders = append(g.Houders, waarborg.Persoon{Burgerservicenummer: inhoudBSN(h)})
	}
	return g
}

// TestOuderKijktVoorKindMetGezag: only who has gezag on record, and only as
// long as the child is too young to decide alone.
func TestOuderKijktVoorKindMetGezag(t *testing.T) {
	n := nieuwNet(t)
	id := n.schrijfBrief(politie, kind)
	l := medewerker(vt, begrip.RolMedewerkerVT)
	if s, _, _ := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 200 {
		t.Fatal(s)
	}
	kijk := func(wie begrip.BSN) (int, inzage.Gezinsbeeld, string) {
		t.Helper()
		s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(wie, kind), bsnVraag(kind))
		var g inzage.Gezinsbeeld
		_ = json.Unmarshal([]byte(b), &g)
		return s, g, b
	}
	if s, _, b := kijk(moeder); s != 403 || strings.Contains(b, "brief") {
		t.Errorf("without a fact of gezag: %d %s", s, b)
	}
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(8, "EenhoofdigOuderlijkGezag", moeder))
	s, g, b := kijk(moeder)
	if s != 200 || len(g.Delen) != 1 || len(g.Inzagen) != 1 || len(g.Keuzes) != 0 {
		t.Errorf("the mother: %d %s", s, b)
	}
	if s, _, b := kijk(vader); s != 403 {
		t.Errorf("the father without gezag: %d %s", s, b)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(moeder, kind), bsnVraag(vader)); s != 403 {
		t.Errorf("for somebody else than named: %d %s", s, b)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/voor-wie/query", gezinslid(moeder, begrip.BSN{}), bsnVraag(moeder)); s != 200 || !strings.Contains(b, "Lotte") {
		t.Errorf("for whom: %d %s", s, b)
	}
	// The looks of one parent are not told to the other, nor to the child.
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(8, "TweehoofdigOuderlijkGezag", moeder, vader))
	if s, g, b := kijk(vader); s != 200 || slices.ContainsFunc(g.Inzagen, func(k inzage.Inkijk) bool { return k.Wie == "Ouder" }) {
		t.Errorf("the father with gezag: %d %s", s, b)
	}
	last := n.logboek(politie)[0]
	if last.Burger != vader || last.Namens != kind || !last.Toegestaan {
		t.Errorf("the log does not tell for whom: %+v", last)
	}
	n.geenBSN()
}

func TestVanafZestienKijktEenOuderNietMee(t *testing.T) {
	n := nieuwNet(t)
	n.schrijfBrief(politie, kind)
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(16, "EenhoofdigOuderlijkGezag", moeder))
	kijk := func() (int, string) {
		s, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(moeder, kind), bsnVraag(kind))
		return s, b
	}
	if s, b := kijk(); s != 403 || !strings.Contains(b, "16 jaar") {
		t.Errorf("%d %s", s, b)
	}
	tot := time.Now().AddDate(0, 1, 0)
	x := &waarborg.Toestemming{Kop: waarborg.Kop{Tot: &tot}, Over: waarborg.Persoon{Burgerservicenummer: inhoudBSN(kind)}, Doel: begrip.DoelEigenInzage, Omschrijving: "wat er over mij is",
		GegevenDoor: []waarborg.Gever{{Burgerservicenummer: inhoudBSN(kind), Als: "zelf"}}, AanPersonen: []begrip.InhoudBSN{inhoudBSN(moeder)}}
	if err := json.Unmarshal([]byte(`["I1","I3"]`), &x.Klassen); err != nil {
		t.Fatal(err)
	}
	n.leg(politie, waarborg.SoortToestemming, x)
	if s, b := kijk(); s != 200 {
		t.Fatalf("the young person agreed: %d %s", s, b)
	}
	// Withdrawn on the portal by the young person: the next look is refused.
	if s, _, b := n.vraag(portaal, politie, "/v1/toestemmingen/"+x.ID+"/intrekkingen", gezinslid(moeder, begrip.BSN{}), map[string]string{}); s != 404 {
		t.Errorf("the mother withdraws: %d %s", s, b)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/toestemmingen/"+x.ID+"/intrekkingen", gezinslid(kind, begrip.BSN{}), map[string]string{}); s != 204 {
		t.Fatalf("the young person withdraws: %d %s", s, b)
	}
	if s, b := kijk(); s != 403 {
		t.Errorf("after the withdrawal: %d %s", s, b)
	}
}

// TestToestemmingOpentEnIntrekkenSluitDirect: in an overleg the ground of
// consent opens a record while consent lives. The mother stops it through the
// portal, and the next look is refused, with the reason in the log.
func TestToestemmingOpentEnIntrekkenSluitDirect(t *testing.T) {
	n := nieuwNet(t)
	const zaak = "urn:soh:zaak:mdo-1"
	id := uuid.Must(uuid.NewV7()).String()
	bron := n.nodes[politie.OIN]
	if err := bron.store.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "brief", ID: id, Zaak: zaak, Personen: []begrip.BSN{moeder}, Inhoud: json.RawMessage(`{"tekst":"De inhoud.","persoon":""}`)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	soort, _ := bron.inzage.VanSoort("brief")
	gi := begrip.Organisatie{OIN: "00000001234567895000", Naam: "Jeugdbescherming Oost", Soort: begrip.GI}
	regisseur := medewerker(gi, begrip.RolRaadsonderzoek)
	regisseur.Doel, regisseur.Grondslag, regisseur.Zaak = "mdo", begrip.GrondJw7311, zaak
	kijk := func() error {
		_, err := bron.inzage.Geef(t.Context(), soort, id, regisseur, nil, time.Time{})
		return err
	}
	if err := kijk(); err != nil {
		t.Fatalf("outside any overleg the policy of the functie decides: %v", err)
	}
	z := &waarborg.Zaakverband{Kop: waarborg.Kop{Zaak: zaak}, Samenwerkingsverband: "multidisciplinair-overleg", Fase: 2,
		Deelnemers: []waarborg.Deelname{{Organisatie: gi.OIN, Rol: "casusregisseur"}}, Betrokkenen: []begrip.InhoudBSN{inhoudBSN(moeder)}}
	n.leg(politie, waarborg.SoortZaakverband, z)
	if err := kijk(); !begrip.Is(err, begrip.Verboden) {
		t.Fatalf("no consent on record: %v", err)
	}
	tot := time.Now().AddDate(0, 6, 0)
	x := &waarborg.Toestemming{Kop: waarborg.Kop{Zaak: zaak, Tot: &tot}, Over: waarborg.Persoon{Burgerservicenummer: inhoudBSN(moeder), Geboortedatum: "1988-03-14"}, Doel: "mdo",
		Omschrijving: "doel 1 uit uw plan", GegevenDoor: []waarborg.Gever{{Burgerservicenummer: inhoudBSN(moeder), Als: "zelf"}}, Aan: []begrip.OIN{gi.OIN}}
	if err := json.Unmarshal([]byte(`["I3"]`), &x.Klassen); err != nil {
		t.Fatal(err)
	}
	n.leg(politie, waarborg.SoortToestemming, x)
	if err := kijk(); err != nil {
		t.Fatalf("with consent: %v", err)
	}
	if s, _, b := n.vraag(portaal, politie, "/v1/toestemmingen/"+x.ID+"/intrekkingen", gezinslid(moeder, begrip.BSN{}), map[string]string{}); s != 204 {
		t.Fatalf("%d %s", s, b)
	}
	if err := kijk(); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("withdrawn, and the next look is not refused: %v", err)
	}
	if r := n.logboek(politie)[0]; r.Toegestaan || len(r.Redenen) == 0 {
		t.Errorf("log: %+v", r)
	}
	// Permissions are of now: an old version does not come back with an old consent.
	if _, err := bron.inzage.Geef(t.Context(), soort, id, regisseur, nil, time.Now()); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("with a peildatum: %v", err)
	}
}
