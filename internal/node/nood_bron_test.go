package node

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

// inNood calls on noodtoegang as a professional without a rule of its own.
func inNood() *toegang.Lezer {
	l := medewerker(vt, begrip.RolJeugdbeschermer)
	l.Nood = toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour)}
	return &l
}

// registreer has the police register a melding and gives its id.
func (c *contract) registreer(m map[string]any) string {
	c.t.Helper()
	_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: m, wil: 201})
	var r struct{ ID string }
	if err := json.Unmarshal([]byte(b), &r); err != nil {
		c.t.Fatal(err)
	}
	return r.ID
}

// TestNoodtoegangToontNooitEenBeschermdeBron: in an hour of need the content
// shows, but never who made a shielded melding and where somebody lives hidden,
// at no level, of no version; nothing that is withheld, and no safeguard.
func TestNoodtoegangToontNooitEenBeschermdeBron(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	m := meldingJSON(true)
	m["heeftBetrekkingOp"].([]any)[0].(map[string]any)["adresGeheim"] = true
	m["naarAanleidingVan"].([]any)[0].(map[string]any)["locatie"] = "Lindelaan 3"
	id := c.registreer(m)
	geheimen := []string{"Noor Hendriks", "noor@politie.example", "06 12 34 56 78", "Anton de Groot", "Lindelaan", "1234 AB", "Voorbeeldstad", "melderAfscherming"}
	peil := "?peildatum=" + time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z")
	for _, staart := range []string{"", "/niveau0", "/niveau1", "/niveau2", peil, "/niveau2" + peil} {
		s, _, b := n.vraag(vt, politie, "/v1/meldingen/"+id+staart, inNood(), nil)
		if s != 200 || (staart == "" || strings.Contains(staart, "niveau2")) && !strings.Contains(b, "Ruzie in huis.") {
			t.Errorf("%s: in need there is no content: %d %s", staart, s, b)
		}
		for _, g := range geheimen {
			if strings.Contains(b, g) {
				t.Errorf("%s: noodtoegang shows %q: %s", staart, g, b)
			}
		}
	}
	// The receiver, by an ordinary rule, reads the address: it has to go there.
	if s, _, b := n.vraag(vt, politie, "/v1/meldingen/"+id, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, zaakVan(t, n, id)), nil); s != 200 || !strings.Contains(b, "Lindelaan") {
		t.Errorf("the receiver: %d %s", s, b)
	}
	dicht := c.registreer(meldingJSON(false))
	a := afscherming(dicht, vader)
	a.Onderwerp.Soort, a.TegenOIN = "melding", []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	weg := uuid.Must(uuid.NewV7()).String()
	for _, staart := range []string{"", "/niveau0", "/niveau2"} {
		s1, h1, b1 := n.vraag(vt, politie, "/v1/meldingen/"+dicht+staart, inNood(), nil)
		s2, h2, b2 := n.vraag(vt, politie, "/v1/meldingen/"+weg+staart, inNood(), nil)
		if s1 != 404 || s2 != 404 || strings.ReplaceAll(b1, dicht, weg) != b2 || len(h1) != len(h2) {
			t.Errorf("%s: what is withheld answers otherwise than what is not there: %d %s, %d %s", staart, s1, b1, s2, b2)
		}
	}
	if s, _, b := n.vraag(vt, politie, "/v1/afschermingen/"+a.ID, inNood(), nil); s != 404 {
		t.Errorf("a safeguard: %d %s", s, b)
	}
	n.geenBSN()
}

func zaakVan(t *testing.T, n *net, id string) string {
	t.Helper()
	rec, err := n.nodes[politie.OIN].store.Lees(t.Context(), "melding", id, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return rec.Zaak
}

// TestZoekenOpPersoonMetNoodtoegang: without a reference a professional finds
// what there is, with an alarm also when that is nothing; nobody else does, and
// what is withheld from that organisation is not there.
func TestZoekenOpPersoonMetNoodtoegang(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	id, dicht := c.registreer(meldingJSON(true)), c.registreer(meldingJSON(false))
	a := afscherming(dicht, vader)
	a.Onderwerp.Soort, a.TegenOIN = "melding", []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	n.leg(politie, waarborg.SoortGezagsfeit, gezag(8, "EenhoofdigOuderlijkGezag", moeder))
	zoek := verzoek{als: vt, bij: politie, methode: "POST", pad: "/noodtoegangen/query", lezer: inNood(), body: bsnVraag(kind), wil: 200}
	_, b := c.doe(zoek)
	if !strings.Contains(b, "/v1/meldingen/"+id) || strings.Contains(b, dicht) || strings.Contains(b, "afscherming") || strings.Contains(b, "gezag") || strings.Contains(b, "Noor") || strings.Contains(b, kind.Leesbaar()) {
		t.Errorf("found: %s", b)
	}
	zoek.body = bsnVraag(oma)
	if _, b := c.doe(zoek); !strings.Contains(b, `"gegevens":[]`) {
		t.Errorf("nothing is known of this person: %s", b)
	}
	taken, err := n.nodes[politie.OIN].waarborgen.Taken(t.Context())
	if err != nil || len(taken.Nood) != 2 || taken.Nood[0].Reden != zoek.lezer.Nood.Reden {
		t.Errorf("the privacy officer does not know of both searches: %+v %v", taken.Nood, err)
	}
	zoek.body = map[string]any{"burgerservicenummer": "123456789"}
	zoek.wil = 400
	c.doe(zoek)
	zoek.body, zoek.wil = bsnVraag(kind), 403
	zoek.lezer = lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, "")
	c.doe(zoek)
	zoek.als, zoek.lezer = portaal, gezinslid(moeder, begrip.BSN{})
	c.doe(zoek)
	zoek.lezer, zoek.wil = nil, 401
	c.doe(zoek)
	if s, err := n.nodes[vt.OIN].inzage.ZoekNood(t.Context(), politie.OIN, *inNood(), kind); err != nil || len(s) != 1 || s[0].Pad != "/v1/meldingen/"+id {
		t.Errorf("from the node of the reader: %+v %v", s, err)
	}
	if r := n.logboek(vt)[0]; r.Soort != "noodzoek" || len(r.Betrokkenen) != 1 || r.Nood == "" {
		t.Errorf("the reader's own log: %+v", r)
	}
	// The family reads of no search at a source that must stay unknown.
	if _, _, b := n.vraag(portaal, politie, "/v1/betrokkenen/query", gezinslid(kind, begrip.BSN{}), bsnVraag(kind)); strings.Contains(b, "noodzoek") || strings.Contains(b, "niemand weet waar") {
		t.Errorf("the family: %s", b)
	}
	n.geenBSN()
}
