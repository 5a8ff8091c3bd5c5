package brpsimulator

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

var (
	moeder = begrip.MustBSN("999990019")
	vader  = begrip.MustBSN("999990020")
	kind   = begrip.MustBSN("999993653")
	dood   = begrip.MustBSN("999990032")
)

// proef is a simulator behind a key, with everything it logs.
type proef struct {
	t   *testing.T
	h   http.Handler
	log bytes.Buffer
}

func nieuweProef(t *testing.T, ps ...Persoon) *proef {
	p := &proef{t: t}
	s := Nieuw(Config{Personen: ps, Sleutel: "sleutel", Log: slog.New(slog.NewJSONHandler(&p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	s.nu = func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }
	p.h = s.Handler()
	return p
}

func (p *proef) vraag(lijf string, koppen ...string) (int, map[string]any, http.Header) {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodPost, padPersonen, strings.NewReader(lijf))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("X-API-KEY", "sleutel")
	for i := 0; i < len(koppen); i += 2 {
		r.Header.Set(koppen[i], koppen[i+1])
	}
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	var m map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
		p.t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return w.Code, m, w.Header()
}

func raadpleeg(fields string, bsns ...begrip.BSN) string {
	var ns []string
	for _, b := range bsns {
		ns = append(ns, b.Leesbaar())
	}
	b, _ := json.Marshal(map[string]any{"type": typeVraag, "burgerservicenummer": ns, "fields": strings.Split(fields, ",")})
	return string(b)
}

func (p *proef) een(fields string, wie begrip.BSN, koppen ...string) map[string]any {
	p.t.Helper()
	s, m, _ := p.vraag(raadpleeg(fields, wie), koppen...)
	ps, _ := m["personen"].([]any)
	if s != 200 || m["type"] != typeVraag || len(ps) != 1 {
		p.t.Fatalf("%d %v", s, m)
	}
	return ps[0].(map[string]any)
}

func is(t *testing.T, wat string, heeft any, wil string) {
	t.Helper()
	var w any
	if err := json.Unmarshal([]byte(wil), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(heeft, w) {
		b, _ := json.Marshal(heeft)
		t.Errorf("%s: %s, want %s", wat, b, wil)
	}
}

// TestAlleenWatGevraagdIsKomtTerug, with what the API always tells.
func TestAlleenWatGevraagdIsKomtTerug(t *testing.T) {
	p := nieuweProef(t,
		Persoon{BSN: moeder, Voornamen: "Sanne", Voorvoegsel: "de", Geslachtsnaam: "Wit", Geboren: "1988-03-14", Adresregel1: "Laan 1", Geheim: 7},
		Persoon{BSN: dood, Geboren: "1950-00-00", Overleden: "2020-05-00"})
	for fields, wil := range map[string]string{
		"burgerservicenummer":                          `{"burgerservicenummer":"999990019","geheimhoudingPersoonsgegevens":true}`,
		"geboorte.datum.langFormaat":                   `{"geboorte":{"datum":{"type":"Datum","datum":"1988-03-14","langFormaat":"14 maart 1988"}},"geheimhoudingPersoonsgegevens":true}`,
		"naam.voornamen,adressering":                   `{"naam":{"voornamen":"Sanne"},"adressering":{"adresregel1":"Laan 1"},"geheimhoudingPersoonsgegevens":true}`,
		"naam.volledigeNaam,overlijden,leeftijd,gezag": `{"naam":{"volledigeNaam":"Sanne de Wit"},"gezag":[],"geheimhoudingPersoonsgegevens":true}`,
	} {
		is(t, fields, p.een(fields, moeder), wil)
	}
	is(t, "the dead", p.een("geboorte,overlijden", dood), `{"geboorte":{"datum":{"type":"JaarDatum","jaar":1950,"langFormaat":"1950"}},
		"overlijden":{"datum":{"type":"JaarMaandDatum","jaar":2020,"maand":5,"langFormaat":"mei 2020"}},
		"opschortingBijhouding":{"reden":{"code":"O","omschrijving":"overlijden"},"datum":{"type":"JaarMaandDatum","jaar":2020,"maand":5,"langFormaat":"mei 2020"}}}`)
	if s, m, h := p.vraag(raadpleeg("burgerservicenummer", kind, moeder)); s != 200 || len(m["personen"].([]any)) != 1 || h.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("who is not known is left out: %d %v", s, m)
	}
}

// TestGezagInZijnZesSoorten, in the older and the newer form.
func TestGezagInZijnZesSoorten(t *testing.T) {
	for _, g := range []struct {
		gezag  Gezag
		v1, v2 string
	}{
		{Gezag{Soort: "TweehoofdigOuderlijkGezag", Ouders: []begrip.BSN{moeder, vader}},
			`{"type":"TweehoofdigOuderlijkGezag","minderjarige":K,"ouders":[M,V]}`, `{"type":"GezamenlijkOuderlijkGezag","minderjarige":K,"ouders":[M,V]}`},
		{Gezag{Soort: "EenhoofdigOuderlijkGezag", Ouders: []begrip.BSN{moeder}}, `{"type":"EenhoofdigOuderlijkGezag","minderjarige":K,"ouder":M}`, ""},
		{Gezag{Soort: "GezamenlijkGezag", Ouders: []begrip.BSN{moeder}, Derden: []begrip.BSN{vader}},
			`{"type":"GezamenlijkGezag","minderjarige":K,"ouder":M,"derde":V}`, `{"type":"GezamenlijkGezag","minderjarige":K,"ouder":M,"derde":{"type":"BekendeDerde","burgerservicenummer":"999990020"}}`},
		{Gezag{Soort: "GezamenlijkGezag", Ouders: []begrip.BSN{moeder}},
			`{"type":"GezamenlijkGezag","minderjarige":K,"ouder":M}`, `{"type":"GezamenlijkGezag","minderjarige":K,"ouder":M,"derde":{"type":"OnbekendeDerde"}}`},
		{Gezag{Soort: "Voogdij"}, `{"type":"Voogdij","minderjarige":K,"derden":[]}`, ""},
		{Gezag{Soort: "TijdelijkGeenGezag"}, `{"type":"TijdelijkGeenGezag","minderjarige":K}`, ""},
		{Gezag{Soort: "GezagNietTeBepalen", Toelichting: "In het buitenland geboren."}, `{"type":"GezagNietTeBepalen","minderjarige":K,"toelichting":"In het buitenland geboren."}`, ""},
	} {
		p := nieuweProef(t, Persoon{BSN: kind, Geboren: "2015-04-11", Gezag: &g.gezag}, Persoon{BSN: moeder, Geboren: "1988-03-14"})
		rest := strings.NewReplacer(`"ouder":M`, `"ouder":{"burgerservicenummer":"999990019"}`, `"derde":V`, `"derde":{"burgerservicenummer":"999990020"}`, `"minderjarige":K`, `"minderjarige":{"burgerservicenummer":"999993653"}`, `[M,V]`, `[{"burgerservicenummer":"999990019"},{"burgerservicenummer":"999990020"}]`).Replace
		if g.v2 == "" {
			g.v2 = g.v1
		}
		is(t, g.gezag.Soort, p.een("gezag.type", kind)["gezag"], "["+rest(g.v1)+"]")
		is(t, g.gezag.Soort+" v2", p.een("gezag", kind, "accept-gezag-version", "2")["gezag"], "["+rest(g.v2)+"]")
		heeft := "[]"
		if g.gezag.heeft(moeder) {
			heeft = "[" + rest(g.v1) + "]"
		}
		is(t, "of the adult", p.een("gezag", moeder)["gezag"], heeft)
	}
	p := nieuweProef(t, Persoon{BSN: kind, Geboren: "2008-06-01", Gezag: &Gezag{Soort: "EenhoofdigOuderlijkGezag", Ouders: []begrip.BSN{moeder}}})
	is(t, "of eighteen", p.een("gezag", kind)["gezag"], "[]")
}

// TestFoutenZoalsDeAPIZeGeeft (the published features on wrong requests).
func TestFoutenZoalsDeAPIZeGeeft(t *testing.T) {
	p := nieuweProef(t, Persoon{BSN: kind, Geboren: "2015-04-11"})
	veel := strings.TrimSuffix(strings.Repeat(`"999993653",`, 21), ",")
	for lijf, wil := range map[string]string{
		`{}`:                           "paramsCombination type/required",
		`{"type":"Zoek"}`:              "paramsValidation type/value",
		`{"type":"` + typeVraag + `"}`: "paramsCombination burgerservicenummer/required fields/required",
		`{"type":"` + typeVraag + `","burgerservicenummer":[],"fields":[]}`:                                                                "paramsValidation burgerservicenummer/minItems fields/minItems",
		`{"type":"` + typeVraag + `","burgerservicenummer":"999993653","fields":"gezag"}`:                                                  "paramsValidation burgerservicenummer/array fields/array",
		`{"type":"` + typeVraag + `","burgerservicenummer":["1234567890","999993653",9],"fields":["gezag"]}`:                               "paramsValidation burgerservicenummer[0]/pattern burgerservicenummer[2]/pattern",
		`{"type":"` + typeVraag + `","burgerservicenummer":[` + veel + `],"fields":["gezag"]}`:                                             "paramsValidation burgerservicenummer/maxItems",
		`{"type":"` + typeVraag + `","burgerservicenummer":["999993653"],"fields":["gezag","gezag.x","geheimhoudingPersoonsgegevens",""]}`: "paramsValidation fields[1]/fields fields[2]/fields fields[3]/pattern",
		`{"type":"` + typeVraag + `","burgerservicenummer":["999993653"],"fields":["gezag"],"gemeenteVanInschrijving":"1"}`:                "paramsValidation gemeenteVanInschrijving/pattern",
		`{"type":"` + typeVraag + `","burgerservicenummer":["999993653"],"fields":["gezag"],"voornamen":"x","999993653":1}`:                "paramsValidation onbekend/unknownParam voornamen/unknownParam",
		`[]`: "paramsValidation",
	} {
		s, m, h := p.vraag(lijf)
		heeft := []string{m["code"].(string)}
		var namen []string
		ps, _ := m["invalidParams"].([]any)
		for _, x := range ps {
			x := x.(map[string]any)
			namen = append(namen, x["name"].(string))
			heeft = append(heeft, x["name"].(string)+"/"+x["code"].(string))
		}
		if s != 400 || strings.Join(heeft, " ") != wil || h.Get("Content-Type") != "application/problem+json" || m["instance"] != padPersonen ||
			len(ps) > 0 && m["detail"] != "De foutieve parameter(s) zijn: "+strings.Join(namen, ", ")+"." {
			t.Errorf("%s: %d %v, want %s", lijf, s, m, wil)
		}
		if b, _ := json.Marshal(m); bytes.Contains(b, []byte(kind.Leesbaar())) || bytes.Contains(b, []byte("1234567890")) {
			t.Errorf("the error quotes a number: %s", b)
		}
	}
	goed := raadpleeg("gezag", kind)
	for kop, status := range map[string]int{"X-API-KEY=fout": 401, "Content-Type=text/plain": 415, "Accept=text/html": 406} {
		naam, waarde, _ := strings.Cut(kop, "=")
		if s, m, _ := p.vraag(goed, naam, waarde); s != status || m["status"] != float64(status) {
			t.Errorf("%s: %d %v", kop, s, m)
		}
	}
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, padPersonen, nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d", w.Code)
	}
	if s, _, _ := p.vraag(goed); s != 200 || !strings.Contains(p.log.String(), "register asked") || strings.Contains(p.log.String(), kind.Leesbaar()) {
		t.Errorf("the log: %s", p.log.String())
	}
}
