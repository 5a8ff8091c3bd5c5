package node

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/functie/alle"
	"github.com/handbereik/soh/internal/functie/bekendheid"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/rest/resttest"
	"github.com/handbereik/soh/internal/toegang"
)

// echteFuncties are the two functies as a node runs them; questions about
// bekendheid wait for a professional.
func echteFuncties(begrip.Organisatie) []functie.Bouw {
	return alle.Bouw(bekendheid.Handmatig)
}

func meldingJSON(afgeschermd bool) map[string]any {
	m := map[string]any{
		"soort": "VT", "verzoek": "Wilt u dit gezin bezoeken?", "terugkoppelingGewenst": true,
		"zorgelijkeSituatie": map[string]any{"situatieSchets": "Ruzie in huis.", "nadereOmschrijving": "De kinderen waren erbij.",
			"vraagAntwoord": map[string]any{"vraag": "Waren er wapens?", "antwoord": "Nee."}},
		"contact":           map[string]any{"naam": "Noor Hendriks", "emailAdres": "noor@politie.example", "telefoonnummer": "06 12 34 56 78"},
		"naarAanleidingVan": []any{map[string]any{"datumTijd": "2026-11-01T10:00:00Z", "locatie": "Thuis", "omschrijving": "Geschreeuw."}},
		"heeftBetrekkingOp": []any{map[string]any{
			"burgerservicenummer": kind.Leesbaar(), "geslacht": "2", "rolInGezin": "kind", "geboortedatum": "2012-03-01",
			"naam":  map[string]any{"voornamen": "Lotte", "voorvoegsel": "de", "geslachtsnaam": "Wit"},
			"adres": map[string]any{"straatnaam": "Lindelaan", "huisnummer": 3, "postcode": "1234AB", "plaats": "Voorbeeldstad"},
		}},
	}
	if afgeschermd {
		m["melderAfscherming"] = map[string]any{"reden": "gevaar", "geraadpleegdeCollega": "Anton de Groot", "herzienOp": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}
	}
	return m
}

// verzoek is one request of a contract test.
type verzoek struct {
	als, bij     begrip.Organisatie
	lezer        *toegang.Lezer
	methode, pad string
	body         any    // JSON; a string goes as it is
	soort        string // Content-Type; default application/json
	wil          int
}

// contract does requests and holds every answer against the description.
type contract struct {
	*net
	docs    map[begrip.OIN][]byte
	geraakt map[string]bool // "GET /meldingen/{id}"
}

func nieuwContract(n *net) *contract {
	c := &contract{net: n, docs: map[begrip.OIN][]byte{}, geraakt: map[string]bool{}}
	for oin, knoop := range n.nodes {
		c.docs[oin] = zonderCertificaat(knoop.API(), "/v1/openapi.json")
	}
	return c
}

func (c *contract) doe(v verzoek) (http.Header, string) {
	c.t.Helper()
	r := io.Reader(http.NoBody)
	switch b := v.body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		x, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(x)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), v.methode, c.srv[v.bij.OIN].URL+"/v1"+v.pad, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if v.body != nil {
		req.Header.Set("Content-Type", "application/json")
		if v.soort != "" {
			req.Header.Set("Content-Type", v.soort)
		}
	}
	i := c.identiteit(v.als)
	if v.lezer != nil {
		b, err := i.Verklaring(*v.lezer, v.bij.OIN, time.Now())
		if err != nil {
			c.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+b)
	}
	resp, err := i.Client(10 * time.Second).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	doc := c.docs[v.bij.OIN]
	resttest.Antwoord(c.t, doc, v.methode, v.pad, resp)
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != v.wil {
		c.t.Errorf("%s %s by %s: got %d, want %d: %s", v.methode, v.pad, v.als.Naam, resp.StatusCode, v.wil, b)
	}
	if v.wil >= 400 && strings.Contains(string(b), kind.Leesbaar()) {
		c.t.Errorf("%s %s: a BSN in an error", v.methode, v.pad)
	}
	if sjabloon, ok := resttest.Pad(doc, v.pad); ok {
		c.geraakt[v.methode+" "+sjabloon] = true
	}
	return resp.Header, string(b)
}

// zonderCertificaat gives what h answers to anybody, without certificate.
func zonderCertificaat(h http.Handler, pad string) []byte {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, pad, nil)
	h.ServeHTTP(w, r)
	return w.Body.Bytes()
}

func TestElkPadVanDeNodeVolgtDeBeschrijving(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	resttest.Ontwerpregels(t, c.docs[politie.OIN])
	c.meldingPaden()
	c.doe(verzoek{methode: http.MethodGet, pad: "/ketenindex-stand", als: vt, bij: politie, wil: http.StatusOK})
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(c.docs[politie.OIN], &doc); err != nil {
		t.Fatal(err)
	}
	for pad, methoden := range doc.Paths {
		for methode := range maps.Keys(methoden) {
			if m := strings.ToUpper(methode); !c.geraakt[m+" "+pad] {
				t.Errorf("%s %s is never asked in this test", m, pad)
			}
		}
	}
	n.geenBSN()
}

// lezerVan reads as a professional with everything that may be needed.
func lezerVan(o begrip.Organisatie, rol begrip.Rol, doel begrip.Doel, zaak string) *toegang.Lezer {
	grond := begrip.GrondWmo516
	switch doel {
	case begrip.DoelEigenMelding:
		grond = begrip.GrondUb417
	case begrip.DoelToezicht:
		grond = begrip.GrondAvg24
	}
	return &toegang.Lezer{Organisatie: o, Persoon: "p1", Naam: "Samira de Wit", Rol: rol, Doel: doel, Grondslag: grond, Zaak: zaak}
}

func (c *contract) meldingPaden() {
	c.t.Helper()
	post := verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen"}
	stuur := func(body any, soort string, wil int) (http.Header, string) {
		v := post
		v.body, v.soort, v.wil = body, soort, wil
		return c.doe(v)
	}
	kop, b := stuur(meldingJSON(false), "", 201)
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil || !strings.HasSuffix(kop.Get("Location"), "/v1/meldingen/"+m.ID) {
		c.t.Fatalf("%v %s", err, kop.Get("Location"))
	}
	stuur("{", "", 400)
	stuur(map[string]any{"soort": "XX", "heeftBetrekkingOp": []any{}}, "", 400)
	stuur(meldingJSON(false), "text/plain", 415)
	stuur(`{"verzoek":"`+strings.Repeat("a", 2<<20)+`"}`, "", 413)
	c.doe(verzoek{als: vt, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 403})
	c.doe(verzoek{als: politie, bij: politie, methode: "DELETE", pad: "/meldingen", wil: 405})
	c.doe(verzoek{als: politie, bij: politie, methode: "GET", pad: "/onbekend", wil: 404})
	l := lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, m.Zaak)
	c.niveaus(vt, politie, l, "/meldingen/"+m.ID, 200)
	c.niveaus(vt, politie, lezerVan(vt, begrip.RolAdministratie, begrip.DoelBeoordelen, m.Zaak), "/meldingen/"+m.ID, 403)
	c.niveaus(vt, politie, nil, "/meldingen/"+m.ID, 401)
	c.niveaus(vt, politie, l, "/meldingen/geen-nummer", 400)
	c.niveaus(vt, politie, l, "/meldingen/"+uuid.NewString(), 404)
	c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + m.ID + "?peildatum=ooit", lezer: l, wil: 400})
	c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + m.ID + "?iets=1", lezer: l, wil: 400})
	ouder := &toegang.Lezer{Organisatie: portaal, Persoon: "s", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: kind}
	vraag := map[string]any{"burgerservicenummer": kind.Leesbaar()}
	if _, b := c.doe(verzoek{als: portaal, bij: politie, methode: "POST", pad: "/betrokkenen/query", lezer: ouder, body: vraag, wil: 200}); !strings.Contains(b, m.ID) {
		c.t.Errorf("the family does not see the melding: %s", b)
	}
	c.doe(verzoek{als: portaal, bij: politie, methode: "POST", pad: "/betrokkenen/query", lezer: ouder, body: map[string]any{"burgerservicenummer": "12"}, wil: 400})
	c.doe(verzoek{als: vt, bij: politie, methode: "POST", pad: "/betrokkenen/query", lezer: l, body: vraag, wil: 403})
	c.doe(verzoek{als: vt, bij: politie, methode: "POST", pad: "/betrokkenen/query", body: vraag, wil: 401})
	c.burgerPaden(ouder, vraag)
	c.aanhangPaden(m.ID, l)
	c.waarborgPaden(m.ID, m.Zaak)
	c.uitkomstPaden()
	c.opdrachtPaden(m.Zaak)
}

// uitkomstPaden follows an uitkomst from concept to withdrawn, at both paths that the
// published contracts have for it.
func (c *contract) uitkomstPaden() {
	c.t.Helper()
	const pad = "/uitkomsten-overleg"
	u := map[string]any{
		"casusoverleg":     map[string]any{"datum": "2026-01-15", "deelnemers": []any{map[string]any{"organisatie": politie.OIN}, map[string]any{"organisatie": vt.OIN}}},
		"hoofdbetrokkenen": []any{map[string]any{"id": "a", "burgerservicenummer": kind.Leesbaar(), "geslacht": "2", "naam": map[string]any{"voornamen": "Lotte", "geslachtsnaam": "Wit"}}},
		"zaak": map[string]any{"heeftBesluit": []any{map[string]any{"omschrijving": "Wij helpen."}},
			"heeftActie": []any{map[string]any{"omschrijving": "Belt.", "over": []string{"a"}, "belegdBij": map[string]any{"oin": vt.OIN}, "conditie": "geen", "informering": "Ja, telefonisch"}}},
		"voorHetGezin": "Wij helpen u.",
	}
	maak := verzoek{als: politie, bij: politie, methode: "POST", pad: pad, body: u, wil: 201}
	_, b := c.doe(maak)
	var m struct{ Identifier, Status string }
	if err := json.Unmarshal([]byte(b), &m); err != nil || m.Status != "concept" {
		c.t.Fatalf("%v %s", err, b)
	}
	maak.body, maak.wil = map[string]any{"casusoverleg": map[string]any{"datum": "morgen", "deelnemers": []any{}}, "hoofdbetrokkenen": []any{}, "zaak": map[string]any{}}, 400
	c.doe(maak)
	maak.als, maak.body, maak.wil = vt, u, 403
	c.doe(maak)
	c.doe(verzoek{als: politie, bij: politie, methode: "GET", pad: pad, wil: 200})
	c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: pad, wil: 403})
	daad := func(naam string, body any, wil int) string {
		_, b := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: pad + "/" + m.Identifier + "/" + naam, body: body, wil: wil})
		return b
	}
	daad("beschikbaarstellen", map[string]any{}, 409)
	daad("wijzigen", u, 200)
	daad("vaststellen", map[string]any{}, 200)
	daad("beschikbaarstellen", map[string]any{}, 200)
	l := lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelUitvoeren, "")
	l.Grondslag = begrip.GrondWmo411
	rec, err := c.nodes[politie.OIN].store.Lees(c.t.Context(), "uitkomst", m.Identifier, time.Time{})
	if err != nil {
		c.t.Fatal(err)
	}
	l.Zaak = rec.Zaak
	c.niveaus(vt, politie, l, pad+"/"+m.Identifier, 200)
	c.niveaus(vt, politie, l, "/uitkomst-overleg/"+m.Identifier+"/uitkomst", 200)
	c.niveaus(vt, politie, nil, "/uitkomst-overleg/"+m.Identifier+"/uitkomst", 401)
	if b := daad("herzien", map[string]any{}, 400); !strings.Contains(b, "redenWijziging") {
		c.t.Errorf("without a reason: %s", b)
	}
	u["redenWijziging"] = "De naam klopte niet."
	daad("herzien", u, 200)
	daad("intrekken", map[string]any{"reden": "Dit gaat over een ander gezin."}, 200)
	daad("intrekken", map[string]any{"reden": "Nog eens."}, 409)
	if _, b := c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: pad + "/" + m.Identifier, lezer: l, wil: 200}); strings.Contains(b, "Lotte") {
		c.t.Errorf("what was withdrawn is still read: %s", b)
	}
}

// aanhangPaden asks what sticks to a record of each kind, and what follows from
// withholding one.
func (c *contract) aanhangPaden(melding string, l *toegang.Lezer) {
	c.t.Helper()
	for _, f := range c.nodes[politie.OIN].Functies() {
		for _, s := range f.Soorten {
			c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: strings.TrimPrefix(s.Pad, "/v1") + "/" + uuid.NewString() + "/aanhang", lezer: l, wil: 404})
		}
	}
	c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + melding + "/aanhang", lezer: l, wil: 200})
	c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + melding + "/aanhang", wil: 401})
	gevolgen := verzoek{als: politie, bij: politie, methode: "POST", pad: "/gevolgen/query", body: map[string]string{"soort": "melding", "id": melding}, wil: 200}
	c.doe(gevolgen)
	gevolgen.als, gevolgen.wil = vt, 403
	c.doe(gevolgen)
	gevolgen.als, gevolgen.body, gevolgen.wil = politie, map[string]string{"soort": "melding", "id": uuid.NewString()}, 404
	c.doe(gevolgen)
	gevolgen.body, gevolgen.wil = map[string]string{"soort": "melding"}, 400
	c.doe(gevolgen)
}

// burgerPaden are what a member of the family does beside looking.
func (c *contract) burgerPaden(ouder *toegang.Lezer, vraag map[string]any) {
	c.t.Helper()
	meekijken := map[string]any{"wie": map[string]any{"burgerservicenummer": vader.Leesbaar(), "roepnaam": "Tom"}, "als": "steunfiguur", "klassen": []string{"I1"}, "tot": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}
	verleen := verzoek{als: portaal, bij: politie, methode: "POST", pad: "/vertegenwoordigingen/verleningen", lezer: ouder, body: meekijken, wil: 201}
	c.doe(verleen)
	verleen.wil = 409
	c.doe(verleen)
	verleen.body, verleen.wil = map[string]any{}, 400
	c.doe(verleen)
	verleen.lezer, verleen.body, verleen.wil = nil, meekijken, 401
	c.doe(verleen)
	verleen.als, verleen.lezer, verleen.wil = vt, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, ""), 403
	c.doe(verleen)
	ja := verzoek{als: portaal, bij: politie, methode: "POST", pad: "/vertegenwoordigingen/aanvaardingen", lezer: ouder, body: map[string]any{"code": "AAAA-AAAA"}, wil: 404}
	c.doe(ja)
	ja.als, ja.lezer, ja.wil = vt, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, ""), 403
	c.doe(ja)
	c.doe(verzoek{als: vt, bij: politie, methode: "POST", pad: "/noodtoegangen/query", lezer: inNood(), body: vraag, wil: 200})
	v := verzoek{als: portaal, bij: politie, methode: "POST", pad: "/betrokkenen/voor-wie/query", lezer: ouder, body: vraag, wil: 200}
	c.doe(v)
	v.body, v.wil = map[string]any{"burgerservicenummer": "999990019"}, 403
	c.doe(v)
	v.body, v.wil = map[string]any{"burgerservicenummer": "12"}, 400
	c.doe(v)
	for _, pad := range []string{"/betrokkenen/inkijken/query", "/betrokkenen/bezoeken/query"} {
		lijst := verzoek{als: portaal, bij: politie, methode: "POST", pad: pad, lezer: ouder, body: vraag, wil: 200}
		c.doe(lijst)
		lijst.body, lijst.wil = map[string]any{"burgerservicenummer": "999990019"}, 403
		c.doe(lijst)
		lijst.body, lijst.wil = map[string]any{"burgerservicenummer": "12"}, 400
		c.doe(lijst)
	}
	for _, pad := range []string{"/toestemmingen/", "/vertegenwoordigingen/"} {
		weg := verzoek{als: portaal, bij: politie, methode: "POST", pad: pad + uuid.NewString() + "/intrekkingen", lezer: ouder, wil: 404}
		c.doe(weg)
		weg.als, weg.lezer, weg.wil = vt, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, ""), 403
		c.doe(weg)
	}
}

// niveaus asks for a record and its levels.
func (c *contract) niveaus(als, bij begrip.Organisatie, l *toegang.Lezer, pad string, wil int) {
	c.t.Helper()
	for _, n := range []string{"", "/niveau0", "/niveau1", "/niveau2"} {
		c.doe(verzoek{als: als, bij: bij, methode: "GET", pad: pad + n, lezer: l, wil: wil})
	}
}

// opdrachtPaden follows the Opdracht of the melding at Veilig Thuis.
func (c *contract) opdrachtPaden(zaak string) {
	c.t.Helper()
	id := ""
	c.wacht("opdracht", func() bool {
		os, err := c.nodes[vt.OIN].opdracht.Postvak(c.t.Context())
		if err == nil && len(os) > 0 {
			id = os[0].ID
		}
		return id != ""
	})
	get := verzoek{als: politie, bij: vt, methode: "GET", pad: "/opdrachten/" + id, wil: 200}
	c.doe(get)
	get.als, get.wil = portaal, 404
	c.doe(get)
	c.doe(verzoek{als: politie, bij: vt, methode: "GET", pad: "/opdrachten/" + uuid.NewString(), wil: 404})
	if _, err := melding.Nieuw(c.nodes[vt.OIN].Omgeving()).Oppakken(c.t.Context(), id, *lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, zaak)); err != nil {
		c.t.Fatal(err)
	}
	stap := map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "naar": "in-uitvoering", "op": time.Now().UTC().Format(time.RFC3339), "door": "Samira de Wit"}
	post := verzoek{als: vt, bij: vt, methode: "POST", pad: "/opdrachten/" + id + "/stappen", body: stap, wil: 201}
	c.doe(post)
	post.als, post.wil = portaal, 404
	c.doe(post)
	post.als, post.body, post.wil = politie, map[string]any{"id": uuid.NewString(), "naar": "nergens", "op": "gisteren"}, 400
	c.doe(post)
	aanbod := map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "soort": "onbekend", "van": politie.OIN, "aan": vt.OIN, "aangebodenOp": time.Now().UTC().Format(time.RFC3339),
		"vrager": map[string]any{"naam": "Noor", "rol": "politieagent", "doel": "eigen-melding", "grondslag": "WMO-5.2.6"}, "personen": 1, "zaak": zaak,
		"onderwerp": map[string]any{"bron": politie.OIN, "soort": "melding", "pad": "/v1/meldingen/" + uuid.NewString()}}
	bied := verzoek{als: politie, bij: vt, methode: "POST", pad: "/opdrachten", body: aanbod, wil: 201}
	c.doe(bied)
	bied.wil = 200
	c.doe(bied)
	aanbod["soort"] = "anders"
	bied.wil = 409
	c.doe(bied)
	bied.als, bied.wil = portaal, 403
	c.doe(bied)
	recs, err := c.nodes[vt.OIN].store.Zoek(c.t.Context(), dossier.Filter{Soort: "beoordeling"})
	if err != nil || len(recs) != 1 {
		c.t.Fatal(err, len(recs))
	}
	c.niveaus(vt, vt, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, zaak), "/beoordelingen/"+recs[0].ID, 200)
	c.doe(verzoek{als: politie, bij: vt, methode: "GET", pad: "/beoordelingen/" + recs[0].ID, lezer: lezerVan(politie, begrip.RolAgent, begrip.DoelEigenMelding, zaak), wil: 200})
	c.bekend(zaak)
}

// bekend lets Veilig Thuis ask the police whether they know the family.
func (c *contract) bekend(zaak string) {
	c.t.Helper()
	reg := map[string]any{"burgerservicenummer": kind.Leesbaar(), "omschrijving": "De politie sprak met u.", "antwoorden": map[string]string{"POL-001": "Nee."},
		"contact": map[string]any{"naam": "Noor Hendriks"}, "sinds": "2025-01-01"}
	post := verzoek{als: politie, bij: politie, methode: "POST", pad: "/registraties", body: reg, wil: 201}
	kop, _ := c.doe(post)
	registratie := kop.Get("Location")[strings.LastIndexByte(kop.Get("Location"), '/'):]
	post.als, post.wil = vt, 403
	c.doe(post)
	post.als, post.body, post.wil = politie, map[string]any{"burgerservicenummer": "1", "omschrijving": "", "antwoorden": map[string]string{}}, 400
	c.doe(post)
	eigen := lezerVan(politie, begrip.RolAgent, begrip.DoelVTMelding, "")
	eigen.Grondslag = begrip.GrondWmo526
	c.niveaus(politie, politie, eigen, "/registraties"+registratie, 200)
	c.niveaus(vt, politie, lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, zaak), "/registraties"+registratie, 404)

	l := lezerVan(vt, begrip.RolMedewerkerVT, begrip.DoelVTMelding, zaak)
	f := bekendheid.Nieuw(c.nodes[vt.OIN].Omgeving(), bekendheid.Handmatig)
	var m melding.Melding
	b, _ := json.Marshal(meldingJSON(false))
	if err := json.Unmarshal(b, &m); err != nil {
		c.t.Fatal(err)
	}
	m.HeeftBetrekkingOp[0].ID = "urn:soh:betrokkene:" + uuid.NewString()
	if err := f.Vraag(c.t.Context(), zaak, begrip.DoelVTMelding, m.HeeftBetrekkingOp, []begrip.OIN{politie.OIN}, *l, begrip.Verwijzing{Bron: vt.OIN, Soort: "beoordeling", Pad: melding.PadBeoordeling(uuid.NewString())}); err != nil {
		c.t.Fatal(err)
	}
	var o opdracht.Opdracht
	c.wacht("vraag", func() bool {
		os, _ := c.nodes[politie.OIN].opdracht.Postvak(c.t.Context())
		i := slices.IndexFunc(os, func(o opdracht.Opdracht) bool { return o.Soort == "bekendheid" })
		if i >= 0 {
			o = os[i]
		}
		return i >= 0
	})
	agent := lezerVan(politie, begrip.RolAgent, begrip.DoelVTMelding, zaak)
	agent.Grondslag = begrip.GrondWmo526
	pad := strings.TrimPrefix(o.Onderwerp.Pad, "/v1")
	c.niveaus(politie, vt, agent, pad, 200)
	c.niveaus(politie, vt, lezerVan(politie, begrip.RolAdministratie, begrip.DoelVTMelding, zaak), pad, 403)
	_, inhoud := c.doe(verzoek{als: politie, bij: vt, methode: "GET", pad: pad, lezer: agent, wil: 200})
	c.verrijking(o, inhoud, l)
}

// verrijking lets the police answer, and Veilig Thuis read that at its source.
func (c *contract) verrijking(o opdracht.Opdracht, vraag string, l *toegang.Lezer) {
	c.t.Helper()
	var v bekendheid.Verrijking
	if err := json.Unmarshal([]byte(vraag), &v); err != nil {
		c.t.Fatal(err)
	}
	p := v.NatuurlijkPersoon.ID
	agent := *lezerVan(politie, begrip.RolAgent, begrip.DoelVTMelding, o.Zaak)
	agent.Grondslag = begrip.GrondWmo526
	f := bekendheid.Nieuw(c.nodes[politie.OIN].Omgeving(), bekendheid.Handmatig)
	if err := f.Beantwoord(c.t.Context(), o, v, map[string]bool{p: true}, []bekendheid.Antwoord{{Vraag: "POL-001", Persoon: p, Antwoord: "Nee."}}, begrip.Verblijf[bekendheid.Contact]{}, agent, o.Onderwerp); err != nil {
		c.t.Fatal(err)
	}
	o, err := c.nodes[politie.OIN].opdracht.Lees(c.t.Context(), o.ID)
	if err != nil || o.Antwoord == nil {
		c.t.Fatal(err, o)
	}
	pad := strings.TrimPrefix(o.Antwoord.Pad, "/v1")
	c.niveaus(vt, politie, l, pad, 200)
	c.niveaus(vt, politie, lezerVan(vt, begrip.RolAdministratie, begrip.DoelVTMelding, o.Zaak), pad, 403)
}
