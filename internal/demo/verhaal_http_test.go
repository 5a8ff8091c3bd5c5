package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/demo/bezoeker"
	"github.com/handbereik/soh/internal/toegang"
)

// stelsel is a case system: it speaks to nodes and hub with the certificate of
// its own organisation, as any supplier's system would.
type stelsel struct {
	t *testing.T
	c *http.Client
	d LijstDeelnemer
	h string // hub
	// beoordeelt states to the hub that a professional weighs a melding.
	beoordeelt func() string
}

func (d *Demo) stelsel(t *testing.T, kort string) stelsel {
	t.Helper()
	l := d.Lijst()
	i := slices.IndexFunc(l.Deelnemers, func(x LijstDeelnemer) bool { return x.Kort == kort })
	ik := d.lid(kort)
	return stelsel{t, ik.identiteit.Client(10 * time.Second), l.Deelnemers[i], l.Hub.URL, func() string {
		v, err := ik.identiteit.Verklaring(toegang.Lezer{Organisatie: ik.Organisatie, Persoon: "medewerker", Naam: "Marieke van Loon", Rol: begrip.RolMedewerkerVT,
			Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}, d.lid("hub").Organisatie.OIN, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}}
}

// vraag does one call; body may be nil, a string, or something to marshal.
func (s stelsel) vraag(methode, adres string, body any, kop ...string) (int, string, http.Header) {
	s.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(j)
	}
	r, err := http.NewRequest(methode, adres, in)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(kop); i += 2 {
		r.Header.Set(kop[i], kop[i+1])
	}
	resp, err := s.c.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

// gebeurtenissen asks the hub in its two steps and gives the found events.
func (s stelsel) gebeurtenissen(filter map[string]any) []cloudevent.Event {
	s.t.Helper()
	st, b, _ := s.vraag("POST", s.h+"/v1/gebeurtenissen/query", filter, "Authorization", "Bearer "+s.beoordeelt())
	var a struct{ InteractieId string }
	if st != http.StatusAccepted || json.Unmarshal([]byte(b), &a) != nil {
		s.t.Fatalf("vraag aan de hub: %d %s", st, b)
	}
	st, b, _ = s.vraag("GET", s.h+"/v1/resultaten/"+a.InteractieId, nil, "Accept", cloudevent.TypeBatch)
	if st != http.StatusOK {
		s.t.Fatalf("resultaat van de hub: %d %s", st, b)
	}
	evs, err := cloudevent.ParseBatch([]byte(b))
	if err != nil {
		s.t.Fatal(err)
	}
	return evs
}

func soorten(evs []cloudevent.Event) map[string]int {
	uit := map[string]int{}
	for _, e := range evs {
		uit[e.Type[strings.LastIndexByte(e.Type, '.')+1:]]++
	}
	return uit
}

// wacht tries until f gives no text, for at most ten seconds.
func wacht(t *testing.T, f func() string) {
	t.Helper()
	if err := totdat(t.Context(), func() error {
		if s := f(); s != "" {
			return fmtErr("%s", s)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// bezoek opens a page and wants every text on it.
func bezoek(t *testing.T, b *bezoeker.Bezoeker, pad string, teksten ...string) {
	t.Helper()
	if err := b.Open(t.Context(), pad); err != nil {
		t.Fatalf("%s: %v\n%s", pad, err, b.HTML)
	}
	for _, s := range teksten {
		if !strings.Contains(b.HTML, s) {
			t.Errorf("%s toont niet %q", pad, s)
		}
	}
}

func post(t *testing.T, b *bezoeker.Bezoeker, actie string, velden url.Values) {
	t.Helper()
	if err := b.Verstuur(t.Context(), actie, velden); err != nil {
		t.Fatalf("%s: %v\n%s", actie, err, b.HTML)
	}
}

// TestVerhaalOverHTTP walks the six steps of the story with real requests: a
// case system that POSTs a melding, the hub, two professionals, a rule, the
// outcome, the parent, and a restart of everything.
func TestVerhaalOverHTTP(t *testing.T) {
	dir := t.TempDir()
	d := netwerk(t, dir)
	g := gezin("bakker")
	kim, meldBSN := g.Leden[0], g.Leden[0].BSN.Leesbaar()
	politie, vt := d.stelsel(t, "politie"), d.stelsel(t, "veilig-thuis")

	// 1. A melding: every mistake at once, then a good one.
	st, b, _ := politie.vraag("POST", politie.d.API+"/meldingen", `{"soort":"XX","heeftBetrekkingOp":[{"burgerservicenummer":"123456789","geslacht":"2"}],"erbij":true}`)
	for _, veld := range []string{"soort", "verzoek", "contact", "zorgelijkeSituatie", "heeftBetrekkingOp[0].burgerservicenummer", "heeftBetrekkingOp[0].naam", "erbij"} {
		if st != http.StatusBadRequest || !strings.Contains(b, `"veld":"`+veld+`"`) {
			t.Errorf("fout bij %s ontbreekt: %d %s", veld, st, b)
		}
	}
	if strings.Contains(b, "123456789") {
		t.Errorf("geweigerde waarde staat in het antwoord: %s", b)
	}
	if st, _, _ := vt.vraag("POST", politie.d.API+"/meldingen", g.Melding(time.Now(), meldingDeWit())); st != http.StatusForbidden {
		t.Errorf("een ander kan een melding doen bij de politie: %d", st)
	}
	st, b, kop := politie.vraag("POST", politie.d.API+"/meldingen", g.Melding(time.Now(), meldingDeWit()))
	melding := kop.Get("Location")
	if st != http.StatusCreated || melding == "" {
		t.Fatalf("melding: %d %s", st, b)
	}
	var m struct{ ID, Zaak string }
	if err := json.Unmarshal([]byte(b), &m); err != nil {
		t.Fatal(err)
	}
	for niveau, wil := range map[string]bool{"/niveau0": false, "/niveau1": false, "/niveau2": true, "": true} {
		if _, b, _ := politie.vraag("GET", melding+niveau, nil); strings.Contains(b, meldBSN) != wil {
			t.Errorf("%q: BSN zichtbaar moet %v zijn: %s", niveau, wil, b)
		}
	}
	if st, b, _ := vt.vraag("GET", melding, nil); st != http.StatusUnauthorized || strings.Contains(b, meldBSN) {
		t.Errorf("lezen zonder te zeggen wie en waarom: %d %s", st, b)
	}

	// 2. The event is in the Ketenindex, found by person and by zaak.
	wacht(t, func() string {
		if n := soorten(vt.gebeurtenissen(map[string]any{"burgerservicenummer": meldBSN}))["melding-geregistreerd"]; n != 1 {
			return fmt.Sprintf("melding-geregistreerd %d keer gevonden", n)
		}
		return ""
	})
	for _, e := range vt.gebeurtenissen(map[string]any{"zaak": m.Zaak}) {
		if bytes.Contains(e.Data, []byte(meldBSN)) || bytes.Contains(e.Data, []byte("Kastanjelaan")) {
			t.Errorf("wie niet naar deze persoon vroeg, leest wie het is: %s", e.Data)
		}
	}

	// 3. Veilig Thuis reads at the source; without the right role it is refused.
	marieke, johan := binnen(t, d, "veilig-thuis", "vt-marieke"), binnen(t, d, "veilig-thuis", "vt-administratie")
	var pad string
	wacht(t, func() string {
		if err := marieke.Open(t.Context(), "/postvak"); err != nil {
			return err.Error()
		}
		if l := marieke.Links("/postvak/melding/"); len(l) == 3 {
			pad = l[len(l)-1]
			return ""
		}
		return "de melding is er nog niet"
	})
	bezoek(t, marieke, pad, "Gezin Bakker", "hard geschreeuwd", "U kijkt als medewerker Veilig Thuis")
	if err := johan.Open(t.Context(), pad); err == nil || !strings.Contains(johan.HTML, "Alleen een medewerker Veilig Thuis mag deze melding lezen") || strings.Contains(johan.HTML, "Bakker") {
		t.Errorf("administratie: %v\n%s", err, johan.HTML)
	}
	bezoek(t, marieke, "/logboek", "Politie Voorbeeldstad")
	bezoek(t, johan, "/logboek", "Politie Voorbeeldstad")

	// 4. Taken up, asked, answered by rule and by a person, decided.
	bezoek(t, marieke, pad)
	post(t, marieke, "/oppakken", nil)
	zaak := marieke.Nu.Path
	bezoek(t, marieke, "/bekendheid/nieuw?beoordeling="+strings.TrimPrefix(zaak, "/beoordelingen/"))
	if strings.Contains(marieke.HTML, " checked") {
		t.Error("voor de vraag is al iemand aangevinkt")
	}
	post(t, marieke, "/bekendheid/nieuw", url.Values{"personen": marieke.Keuzes("personen"), "aan": marieke.Keuzes("aan")})
	ggzAntwoordt(t, d)
	wacht(t, func() string {
		bezoek(t, marieke, zaak)
		if strings.Contains(marieke.HTML, "Wacht op antwoord") || strings.Count(marieke.HTML, "Lees het antwoord") != 2 {
			return "nog niet alle antwoorden"
		}
		return ""
	})
	for _, l := range marieke.Links("/verzoeken/bekendheid/") {
		bezoek(t, marieke, l, "Antwoord van")
	}
	bezoek(t, marieke, zaak)
	// A handover that says neither to whom nor what is refused, and what was typed stays.
	status := marieke.Verstuur(t.Context(), "/uitkomst", url.Values{"code": {"overdracht"}, "toelichtingMelder": {"Het wijkteam neemt het over."}})
	if !strings.Contains(marieke.HTML, "Kies welk lokaal team het overneemt.") || !strings.Contains(marieke.HTML, "Vul in wat u het lokale team vraagt.") || !strings.Contains(marieke.HTML, "Het wijkteam neemt het over.</textarea>") {
		t.Errorf("lege overdracht: %v\n%s", status, marieke.HTML)
	}
	bezoek(t, marieke, zaak)
	post(t, marieke, "/uitkomst", url.Values{"code": {"overdracht"}, "aan": {wijkteamOIN}, "vraag": {"Help Kim met rust in huis."}, "toelichtingMelder": {"Het wijkteam neemt het over."}, "toelichtingGezin": {"Het wijkteam belt u deze week."}})
	wijkteamNeemtOver(t, d)
	noor := binnen(t, d, "politie", "politie-noor")
	wacht(t, func() string {
		if bezoek(t, noor, "/meldingen/"+m.ID); !strings.Contains(noor.HTML, "Het wijkteam neemt het over.") {
			return "de melder weet de uitkomst nog niet"
		}
		return ""
	})
	if strings.Contains(noor.HTML, "belt u deze week") {
		t.Error("de melder leest wat voor het gezin is")
	}
	wacht(t, func() string {
		s := soorten(vt.gebeurtenissen(map[string]any{"zaak": m.Zaak}))
		for _, soort := range []string{"melding-geregistreerd", "melding-ingezien", "melding-opgepakt", "bekendheid-gevraagd", "bekendheid-verstrekt", "verrijking-beschikbaar-gesteld", "verrijking-ingezien", "uitkomst-melding"} {
			if s[soort] == 0 {
				return "gebeurtenis " + soort + " ontbreekt in de Ketenindex"
			}
		}
		return ""
	})

	// 5. The parent sees what happened, who is involved and who looked.
	gezinZiet := func(d *Demo) {
		t.Helper()
		b := binnen(t, d, "portaal", kim.Sub)
		bezoek(t, b, "/overzicht", "Het wijkteam belt u deze week.", "wijkteam neemt het over", "Politie Voorbeeldstad", "Er is een melding gedaan", "Marieke van Loon")
		bezoek(t, b, "/wie-keek", "Marieke van Loon", "Johan Blauw")
		if strings.Contains(b.HTML, meldBSN) || strings.Contains(b.HTML, "hard geschreeuwd") {
			t.Error("BSN of inhoud van de melding op de pagina van het gezin")
		}
	}
	gezinZiet(d)
	ander := binnen(t, d, "portaal", "mark")
	bezoek(t, ander, "/overzicht")
	if strings.Contains(ander.HTML, "Bakker") || strings.Contains(ander.HTML, "belt u deze week") {
		t.Error("een ander gezin ziet dit gezin")
	}

	// 6. A part that is down is named; a restart of everything loses nothing.
	if err := d.StopDeel("rvdk"); err != nil {
		t.Fatal(err)
	}
	bezoek(t, binnen(t, d, "portaal", kim.Sub), "/overzicht", "Raad voor de Kinderbescherming Voorbeeldstad antwoordt nu niet", "Het wijkteam belt u deze week.")
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	d = netwerk(t, dir)
	gezinZiet(d)
	bezoek(t, binnen(t, d, "veilig-thuis", "vt-marieke"), zaak, "Afgerond", "Kent het gezin")
}

// ggzAntwoordt: at the GGZ a professional says no for everyone.
func ggzAntwoordt(t *testing.T, d *Demo) {
	t.Helper()
	eva := binnen(t, d, "ggz", "ggz-eva")
	var pad string
	wacht(t, func() string {
		if err := eva.Open(t.Context(), "/postvak"); err != nil {
			return err.Error()
		}
		for _, l := range eva.Links("/postvak/bekendheid/") {
			if bezoek(t, eva, l); strings.Contains(eva.HTML, "Kim Bakker") {
				pad = l
				return ""
			}
		}
		return "de vraag is er nog niet"
	})
	if strings.Contains(eva.HTML, " checked") {
		t.Error("voor het antwoord is al iets gekozen")
	}
	velden := url.Values{"actie": {"antwoord"}}
	for _, a := range eva.Invoer() {
		if n := a["name"]; strings.HasPrefix(n, "kent-") {
			velden.Set(n, "nee")
		}
	}
	post(t, eva, pad, velden)
}

// TestHerhaaldVerzoekMaaktEenMelding: a case system that got no answer sends the
// same request again, even several at once; there is one melding.
func TestHerhaaldVerzoekMaaktEenMelding(t *testing.T) {
	d := netwerk(t, t.TempDir())
	politie := d.stelsel(t, "politie")
	m := gezin("bakker").Melding(time.Now(), meldingDeWit())
	delete(m, "datumTijd")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			st, b, kop := politie.vraag("POST", politie.d.API+"/meldingen", m, "Idempotency-Key", "zaak-42")
			if st != http.StatusCreated && st != http.StatusConflict {
				t.Errorf("%d %s", st, b)
			}
			ids[i] = kop.Get("Location")
		})
	}
	wg.Wait()
	st, b, kop := politie.vraag("POST", politie.d.API+"/meldingen", m, "Idempotency-Key", "zaak-42")
	if st != http.StatusCreated || kop.Get("Location") == "" {
		t.Fatalf("%d %s", st, b)
	}
	for _, id := range ids {
		if id != "" && id != kop.Get("Location") {
			t.Errorf("twee meldingen: %s en %s", id, kop.Get("Location"))
		}
	}
	m["verzoek"] = "Iets anders."
	if st, b, _ := politie.vraag("POST", politie.d.API+"/meldingen", m, "Idempotency-Key", "zaak-42"); st != http.StatusConflict {
		t.Errorf("andere melding onder hetzelfde kenmerk: %d %s", st, b)
	}
}

// TestAfgeschermdeMelderLeestDeUitkomstOngezien: the shielded melder of the
// family Yılmaz reads the outcome at Veilig Thuis. The source itself, not only
// the portal, leaves that look out of what it tells the mother.
func TestAfgeschermdeMelderLeestDeUitkomstOngezien(t *testing.T) {
	d := netwerk(t, t.TempDir())
	marieke := binnen(t, d, "veilig-thuis", "vt-marieke")
	postvakMet(t, d, "veilig-thuis", "vt-marieke", 3)
	pad := links(t, d, "veilig-thuis", "vt-marieke", "/postvak", "/postvak/melding/")[1]
	bezoek(t, marieke, pad, "Gezin Yılmaz", "Noem de melder niet")
	post(t, marieke, "/oppakken", nil)
	post(t, marieke, "/uitkomst", url.Values{"code": {"directe-hulp"}, "toelichtingMelder": {"De hulp gaat door."}})
	eva := binnen(t, d, "ggz", "ggz-eva")
	bezoek(t, eva, "/meldingen")
	melding := slices.DeleteFunc(eva.Links("/meldingen/"), func(l string) bool { return l == "/meldingen/nieuw" })[0]
	bezoek(t, eva, melding, "Het gezin ziet dit niet")
	wacht(t, func() string {
		if bezoek(t, eva, melding); !strings.Contains(eva.HTML, "De hulp gaat door.") {
			return "Eva leest de uitkomst nog niet"
		}
		return ""
	})
	portaal, vt := d.lid("portaal"), d.lid("veilig-thuis")
	elif := gezin("yilmaz").Leden[0]
	v, err := portaal.identiteit.Verklaring(toegang.Lezer{
		Organisatie: portaal.Organisatie, Persoon: "elif", Naam: "Elif", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: elif.BSN,
	}, vt.OIN, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := stelsel{t: t, c: portaal.identiteit.Client(10 * time.Second)}
	st, b, _ := s.vraag("POST", vt.apiURL+"/v1/betrokkenen/query", map[string]string{"burgerservicenummer": elif.BSN.Leesbaar()}, "Authorization", "Bearer "+v)
	if st != http.StatusOK || !strings.Contains(b, "Marieke van Loon") {
		t.Fatalf("%d %s", st, b)
	}
	for _, geheim := range []string{"Eva", "GGZ", string(d.lid("ggz").OIN), "behandelaar"} {
		if strings.Contains(b, geheim) {
			t.Errorf("de bron verraadt de melder met %q: %s", geheim, b)
		}
	}
}

// wijkteamNeemtOver lets the local team find the handover in its Postvak and accept it.
func wijkteamNeemtOver(t *testing.T, d *Demo) {
	t.Helper()
	samira := binnen(t, d, "gemeente", "gemeente-samira")
	var pad string
	wacht(t, func() string {
		bezoek(t, samira, "/postvak")
		if l := samira.Links("/postvak/overdracht/"); len(l) > 0 {
			pad = l[0]
			return ""
		}
		return "de overdracht staat nog niet in het postvak van het wijkteam"
	})
	bezoek(t, samira, pad, "Help Kim met rust in huis.", "Gezin Bakker")
	if strings.Contains(samira.HTML, "Politie") || strings.Contains(samira.HTML, "hard geschreeuwd") {
		t.Error("het wijkteam leest wie meldde of wat")
	}
	geenBSNOp(t, samira.HTML)
	post(t, samira, pad, url.Values{"actie": {"ja"}})
	bezoek(t, samira, pad, "Neemt het over")
}

// geenBSNOp fails when a page shows the number of anybody of the demo.
func geenBSNOp(t *testing.T, html string) {
	t.Helper()
	for _, g := range Gezinnen() {
		for _, l := range g.Leden {
			if strings.Contains(html, l.BSN.Leesbaar()) {
				t.Error("er staat een BSN op de pagina")
			}
		}
	}
}
