package node

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/inrichting"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

// simulatiePaden asks beforehand and afterwards, as who may and who may not.
func (c *contract) simulatiePaden(meldingID, zaak string, toezicht *toegang.Lezer) {
	c.t.Helper()
	kijkers := verzoek{als: politie, bij: politie, lezer: toezicht, methode: http.MethodPost, pad: "/kijkers/query", body: map[string]any{"soort": "melding", "id": meldingID}, wil: 200}
	kennis := kijkers
	kennis.pad, kennis.body = "/kennis/query", map[string]any{"op": time.Now().UTC().Format(time.RFC3339Nano), "organisatie": vt.OIN, "rol": begrip.RolMedewerkerVT, "zaak": zaak, "burgerservicenummer": kind.Leesbaar()}
	for _, v := range []verzoek{kijkers, kennis} {
		if _, b := c.doe(v); !strings.Contains(b, `"`+string(begrip.GrondWmo516)+`"`) || strings.Contains(b, kind.Leesbaar()) {
			c.t.Errorf("%s: %s", v.pad, b)
		}
		v.lezer, v.wil = lezerVan(politie, begrip.RolAgent, begrip.DoelEigenMelding, ""), 403
		c.doe(v)
		v.als, v.lezer = vt, lezerVan(vt, begrip.RolPrivacy, begrip.DoelToezicht, "")
		c.doe(v)
		v.als, v.lezer, v.body, v.wil = politie, toezicht, map[string]any{}, 400
		c.doe(v)
	}
	kijkers.body, kijkers.wil = map[string]any{"soort": "melding", "id": uuid.NewString()}, 404
	c.doe(kijkers)
	kijkers.body, kijkers.wil = map[string]any{"klasse": "I3", "samenwerkingsverband": "multidisciplinair-overleg"}, 200
	if _, b := c.doe(kijkers); !strings.Contains(b, "toestemming gaf") || strings.Contains(b, `"ziet":true`) {
		c.t.Errorf("beforehand nobody sees anything, and what is missing is told: %s", b)
	}
	kijkers.body, kijkers.wil = map[string]any{"klasse": "I9", "samenwerkingsverband": "x"}, 400
	c.doe(kijkers)
	kijkers.body, kijkers.wil = map[string]any{"klasse": "I1", "samenwerkingsverband": "bestaat-niet"}, 404
	c.doe(kijkers)
	kennis.wil = 400
	kennis.body = map[string]any{"op": "2999-01-01T00:00:00Z", "organisatie": vreemd.OIN, "rol": "ouder", "doel": "x"}
	if _, b := c.doe(kennis); strings.Count(b, `"veld"`) < 5 && strings.Count(b, "location") < 5 {
		c.t.Errorf("all mistakes at once: %s", b)
	}
}

// TestKennisVanToenKomtUitDeFeitenVanToen: what is withheld later could be known
// before; what came later could not; and only real looks count as looks.
func TestKennisVanToenKomtUitDeFeitenVanToen(t *testing.T) {
	n := nieuwNetMet(t, func(begrip.Organisatie) []functie.Bouw {
		return []functie.Bouw{brieven(&gehoord{}), inrichting.Bouw}
	})
	moment := func() time.Time { // records are kept to the microsecond
		v := time.Now()
		for time.Since(v) < 5*time.Microsecond {
		}
		return time.Now().UTC()
	}
	t0 := moment()
	id := n.schrijfBrief(politie, kind)
	t1 := moment()
	l := medewerker(vt, begrip.RolMedewerkerVT)
	if s, _, b := n.vraag(vt, politie, "/v1/brieven/"+id, &l, nil); s != 200 {
		t.Fatal(s, b)
	}
	t2 := moment()
	a := afscherming(id, moeder)
	a.TegenOIN = []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	t3 := moment()

	toezicht := lezerVan(politie, begrip.RolPrivacy, begrip.DoelToezicht, "")
	vraag := func(op time.Time, rol begrip.Rol) (k inzage.Kennis) {
		t.Helper()
		s, _, b := n.vraag(politie, politie, "/v1/kennis/query", toezicht, map[string]any{"op": op, "organisatie": vt.OIN, "rol": rol, "burgerservicenummer": kind.Leesbaar()})
		if err := json.Unmarshal([]byte(b), &k); s != 200 || err != nil {
			t.Fatal(s, err, b)
		}
		return k
	}
	voor := len(n.logboek(politie))
	if k := vraag(t0, begrip.RolMedewerkerVT); len(k.Gegevens) != 0 || !k.Volledig {
		t.Errorf("before it was there: %+v", k)
	}
	if na := len(n.logboek(politie)); na != voor {
		t.Errorf("a question about nothing has %d lines", na-voor)
	}
	brief := func(k inzage.Kennis) inzage.Gekend {
		t.Helper()
		for _, g := range k.Gegevens {
			if g.ID == id {
				return g
			}
		}
		t.Fatalf("no brief in %+v", k)
		return inzage.Gekend{}
	}
	if g := brief(vraag(t1, begrip.RolMedewerkerVT)); !g.Toegestaan || g.Niveau != 2 || len(g.Gekeken) != 0 || g.Doel != begrip.DoelBeoordelen {
		t.Errorf("could know, did not look: %+v", g)
	}
	if g := brief(vraag(t1, begrip.RolAgent)); g.Toegestaan || len(g.Redenen) == 0 {
		t.Errorf("another role: %+v", g)
	}
	if g := brief(vraag(t2, begrip.RolMedewerkerVT)); !g.Toegestaan || len(g.Gekeken) != 1 || g.Gekeken[0].Naam != l.Naam {
		t.Errorf("did look: %+v", g)
	}
	if g := brief(vraag(t3, begrip.RolMedewerkerVT)); g.Toegestaan || !strings.Contains(g.Redenen[0].Tekst, "afgeschermd") || len(g.Gekeken) != 1 {
		t.Errorf("withheld by then: %+v", g)
	}
	r := n.logboek(politie)[0]
	if r.Rol != begrip.RolPrivacy || r.Doel != begrip.DoelToezicht || r.Niveau != begrip.NiveauBestaan || r.LezerOIN != politie.OIN {
		t.Errorf("the question itself is a look by who asked: %+v", r)
	}
	n.geenBSN()
}

func TestKijkersZegtOokWieIetsInDeWegStaat(t *testing.T) {
	n := nieuwNetMet(t, func(begrip.Organisatie) []functie.Bouw {
		return []functie.Bouw{brieven(&gehoord{}), inrichting.Bouw}
	})
	id := n.schrijfBrief(politie, kind)
	toezicht := lezerVan(politie, begrip.RolPrivacy, begrip.DoelToezicht, "")
	kring := func() map[string]inzage.Kijker {
		t.Helper()
		s, _, b := n.vraag(politie, politie, "/v1/kijkers/query", toezicht, map[string]any{"soort": "brief", "id": id})
		var k inzage.Kring
		if err := json.Unmarshal([]byte(b), &k); s != 200 || err != nil {
			t.Fatal(s, err, b)
		}
		uit := map[string]inzage.Kijker{}
		for _, x := range k.Kijkers {
			uit[x.Naam+"/"+string(x.Functie)] = x
		}
		return uit
	}
	ks := kring()
	if x := ks["Veilig Thuis Oost/medewerker-veilig-thuis"]; !x.Ziet || x.Niveau != 2 || x.Doel != begrip.DoelBeoordelen {
		t.Errorf("%+v", x)
	}
	if x := ks["Veilig Thuis Oost/raadsonderzoeker"]; !x.Ziet || x.Niveau != 1 {
		t.Errorf("%+v", x)
	}
	if x, ok := ks["Veilig Thuis Oost/politieagent"]; ok {
		t.Errorf("the policy refuses this role: %+v", x)
	}
	a := afscherming(id, moeder)
	a.TegenOIN = []begrip.OIN{vt.OIN}
	n.leg(politie, waarborg.SoortAfscherming, a)
	ks = kring()
	if _, ok := ks["Veilig Thuis Oost/medewerker-veilig-thuis"]; ok {
		t.Error("withheld, and yet a role sees it")
	}
	if x := ks["Veilig Thuis Oost/"]; x.Ziet || len(x.Redenen) == 0 || !strings.Contains(x.Redenen[0].Tekst, "afgeschermd") {
		t.Errorf("withheld, yet: %+v", x)
	}
	if r := n.logboek(politie)[0]; r.Rol != begrip.RolPrivacy || r.RecordID != id || r.Niveau != begrip.NiveauBestaan {
		t.Errorf("%+v", r)
	}
}

// TestPaginasOmNaTeGaan: every professional reads the agreements and asks
// beforehand; only who watches over the rules asks about a record or a person.
func TestPaginasOmNaTeGaan(t *testing.T) {
	n := nieuwNet(t)
	_, adres, agent := werkplekVan(n, politie, toegang.Sessie{Persoon: "x", Naam: "X", Rol: begrip.RolAgent, OIN: politie.OIN})
	for pad, tekst := range map[string]string{
		"/afspraken": "/afspraken/mda-plus-plus", "/afspraken/mda-plus-plus": "Wie doet mee", "/wie-kan": "Kies een overleg",
		"/wie-kan?klasse=I3&samenwerkingsverband=multidisciplinair-overleg": "toestemming gaf", "/wie-kan?klasse=I6&samenwerkingsverband=mda-plus-plus": "Nu nog niemand",
	} {
		if s, b := pagina(t, agent, adres+pad, nil); s != 200 || !strings.Contains(b, tekst) {
			t.Errorf("%s: %d %s", pad, s, b)
		}
	}
	for pad, wil := range map[string]int{
		"/wie-kan?klasse=I9&samenwerkingsverband=multidisciplinair-overleg": 400, "/afspraken/bestaat-niet": 404,
		"/wat-kon": 403, "/wie-kan?soort=melding&id=" + uuid.NewString(): 403,
	} {
		if s, _ := pagina(t, agent, adres+pad, nil); s != wil {
			t.Errorf("%s: %d, want %d", pad, s, wil)
		}
	}
	vraag := url.Values{"organisatie": {string(politie.OIN)}, "rol": {string(begrip.RolAgent)}, "op": {time.Now().Add(-time.Hour).Format("2006-01-02T15:04")}, "burgerservicenummer": {kind.Leesbaar()}}
	if s, _ := pagina(t, agent, adres+"/wat-kon", vraag); s != 403 {
		t.Errorf("a professional looks back at another: %d", s)
	}
	k, adres, fg := werkplekVan(n, politie, toegang.Sessie{Persoon: "fg", Naam: "Farida Groen", Rol: begrip.RolAuditor, OIN: politie.OIN})
	if s, b := pagina(t, fg, adres+"/wat-kon", url.Values{}); s != 400 || !strings.Contains(b, "Kies een moment dat voorbij is") || !strings.Contains(b, "Kies een rol") {
		t.Errorf("%d %s", s, b)
	}
	id := uuid.Must(uuid.NewV7()).String()
	if err := k.store.Tx(t.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(t.Context(), dossier.Record{Soort: "maatregel", ID: id, Personen: []begrip.BSN{kind}, Inhoud: json.RawMessage(`{}`)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if s, b := pagina(t, fg, adres+"/wat-kon", vraag); s != 200 || !strings.Contains(b, "Er was toen niets") {
		t.Errorf("%d %s", s, b)
	}
	if s, b := pagina(t, fg, adres+"/wie-kan?soort=maatregel&id="+id, nil); s != 200 || !strings.Contains(b, "U ziet toe op de regels") {
		t.Errorf("%d %s", s, b)
	}
	if s, _ := pagina(t, fg, adres+"/wie-kan?verwijzing=onzin", nil); s != 400 {
		t.Errorf("a reference that is none: %d", s)
	}
	r, err := k.store.Logboek(t.Context(), 1)
	if err != nil || len(r) != 1 || r[0].Naam != "Farida Groen" || r[0].RecordID != id {
		t.Errorf("%+v %v", r, err)
	}
}
