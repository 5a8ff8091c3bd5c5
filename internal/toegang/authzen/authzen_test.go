package authzen

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

const sentinel = "999990019"

// proef is a decision point that permits "lezen" of document 1, and keeps its log.
type proef struct {
	t     *testing.T
	d     *Dienst
	mux   *http.ServeMux
	log   []Logregel
	logOK bool
	weg   bool // Toegelaten refuses
}

func nieuw(t *testing.T) *proef {
	p := &proef{t: t, mux: http.NewServeMux(), logOK: true}
	niveau := 1
	p.d = &Dienst{
		Adres: "https://pdp.example",
		Toegelaten: func(context.Context) error {
			if p.weg {
				return begrip.NieuweFout(begrip.Verboden, "Dit kan alleen een eigen systeem.")
			}
			return nil
		},
		Beslis: func(_ context.Context, v Vraag) (Antwoord, error) {
			if v.Resource.ID == "stuk" {
				return Antwoord{}, errors.New("boom " + sentinel)
			}
			mag := v.Action.Name == "lezen" && v.Resource.ID == "1"
			return Antwoord{Decision: mag, Context: &Uitleg{Reden: map[string]string{"nl": "Omdat het zo is."}, Niveau: &niveau}}, nil
		},
		Kandidaten: func(_ context.Context, s Zoek, v Vraag, na string, limiet int) ([]Vraag, string, error) {
			var uit []Vraag
			for _, id := range []string{"1", "2"} {
				w := v
				switch s {
				case ZoekResource:
					w.Resource.ID = id
				case ZoekSubject:
					w.Subject.ID = "iemand-" + id
				case ZoekAction:
					w.Action.Name = map[string]string{"1": "lezen", "2": "wissen"}[id]
				}
				uit = append(uit, w)
			}
			return uit, "", nil
		},
		Log: func(_ context.Context, r Logregel) error {
			if !p.logOK {
				return errors.New("schijf vol")
			}
			p.log = append(p.log, r)
			return nil
		},
	}
	p.d.Routes(p.mux)
	return p
}

func (p *proef) doe(pad, body string, kop ...string) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest("POST", pad, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(kop); i += 2 {
		r.Header.Set(kop[i], kop[i+1])
	}
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, r)
	return w
}

const goed = `"subject":{"type":"professional","id":"marieke"},"action":{"name":"lezen"},"resource":{"type":"melding","id":"1"}`

func TestWeigerenIsEenAntwoordEnGeenFout(t *testing.T) {
	p := nieuw(t)
	w := p.doe("/access/v1/evaluation", "{"+goed+`,"onbekend":{"a":1}}`, "X-Request-ID", "abc-1")
	if w.Code != 200 || w.Header().Get("X-Request-ID") != "abc-1" || !strings.Contains(w.Body.String(), `"decision":true`) || !strings.Contains(w.Body.String(), `"reason_user"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = p.doe("/access/v1/evaluation", strings.Replace("{"+goed+"}", `"id":"1"`, `"id":"2"`, 1))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"decision":false`) {
		t.Errorf("deny: %d %s", w.Code, w.Body)
	}
	if len(p.log) != 2 || !p.log[0].Besluit[0].Mag || p.log[1].Besluit[0].Mag || p.log[0].Verzoek != "abc-1" {
		t.Errorf("log: %+v", p.log)
	}
}

func TestOnvolledigIs400MetAllesWatMist(t *testing.T) {
	p := nieuw(t)
	w := p.doe("/access/v1/evaluation", `{"subject":{"type":"x"},"resource":{"id":"1"}}`)
	for _, f := range []string{"subject.id", "resource.type", "action.name"} {
		if !strings.Contains(w.Body.String(), f) {
			t.Errorf("%s is not named: %s", f, w.Body)
		}
	}
	if w.Code != 400 || strings.HasPrefix(w.Header().Get("Content-Type"), "application/") {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	for naam, w := range map[string]*httptest.ResponseRecorder{
		"geen JSON":        p.doe("/access/v1/evaluation", "{"),
		"een lijst":        p.doe("/access/v1/evaluation", "[]"),
		"ander type":       p.doe("/access/v1/evaluation", "{"+goed+"}", "Content-Type", "text/plain"),
		"subject is tekst": p.doe("/access/v1/evaluation", `{"subject":"x"}`),
		"andere semantiek": p.doe("/access/v1/evaluations", `{`+goed+`,"evaluations":[{}],"options":{"evaluations_semantic":"zomaar"}}`),
		"te grote pagina":  p.doe("/access/v1/search/resource", `{`+goed+`,"page":{"limit":100000}}`),
		"zoeken zonder":    p.doe("/access/v1/search/subject", `{"action":{"name":"lezen"}}`),
	} {
		if w.Code != 400 || w.Body.Len() < 10 {
			t.Errorf("%s: %d %s", naam, w.Code, w.Body)
		}
	}
	if len(p.log) != 8 {
		t.Errorf("%d records for 8 calls", len(p.log))
	}
}

// What others sent (testdata): one incomplete item denies that item alone; a
// member that stands twice or in capitals is refused, wherever it stands.
func TestWatAnderenSturen(t *testing.T) {
	lees := func(naam string) string {
		b, err := os.ReadFile("testdata/" + naam)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	p := nieuw(t)
	w := p.doe("/access/v1/evaluations", strings.NewReplacer(`"read"`, `"lezen"`, `record-1`, `1`).Replace(lees("authzen-batch-onvolledig-item.json")))
	var a struct{ Evaluations []Antwoord }
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 200 || len(a.Evaluations) != 2 || !a.Evaluations[0].Decision || a.Evaluations[1].Decision ||
		a.Evaluations[1].Context.Fout.Status != 400 || !strings.Contains(a.Evaluations[1].Context.Fout.Message, "resource.type") {
		t.Errorf("%d %s %v", w.Code, w.Body, err)
	}
	if len(p.log) != 1 || len(p.log[0].Besluit) != 2 || p.log[0].Besluit[1].Mag {
		t.Errorf("log: %+v", p.log)
	}
	for naam, body := range map[string]string{
		"twice": lees("authzen-dubbel.json"), "in capitals": lees("authzen-hoofdletters.json"),
		"twice in properties": `{"subject":{"type":"a","id":"b","properties":{"rol":"x","rol":"y"}},"action":{"name":"lezen"},"resource":{"type":"m","id":"1"}}`,
		"twice by escape":     `{"subject":{"type":"a","id":"b","\u0069d":"c"},"action":{"name":"lezen"},"resource":{"type":"m","id":"1"}}`,
		"a capital below":     `{"subject":{"type":"a","ID":"b"},"action":{"name":"lezen"},"resource":{"type":"m","id":"1"}}`,
		"the long s":          `{"\u017fubject":{"type":"a","id":"b"},"action":{"name":"lezen"},"resource":{"type":"m","id":"1"}}`,
		"nested too deep":     `{"context":` + strings.Repeat(`{"a":`, 100) + `1` + strings.Repeat(`}`, 101),
	} {
		for _, pad := range []string{"evaluation", "evaluations", "search/resource"} {
			if w := p.doe("/access/v1/"+pad, body); w.Code != 400 {
				t.Errorf("%s at %s: %d %s", naam, pad, w.Code, w.Body)
			}
		}
	}
	if w := p.doe("/access/v1/evaluations", `{`+goed+`,"evaluations":[{},{"Resource":{"type":"m","id":"2"}}]}`); w.Code != 400 {
		t.Errorf("in an item: %d %s", w.Code, w.Body)
	}
	if w := p.doe("/access/v1/evaluation", `{`+goed+`,"context":{"A":1,"a":2,"Type":3},"Onbekend":1}`); w.Code != 200 {
		t.Errorf("what is the caller's own: %d %s", w.Code, w.Body)
	}
}

// TestVerzoekIDKomtTerugZoalsHetKwam, whatever it is; in the log it tells no BSN.
func TestVerzoekIDKomtTerugZoalsHetKwam(t *testing.T) {
	for _, id := range []string{"abc-1", sentinel, strings.Repeat("x", 4000), "é ü", "a b\tc"} {
		p := nieuw(t)
		w := p.doe("/access/v1/evaluation", "{"+goed+"}", "X-Request-ID", id)
		if heeft := w.Header()["X-Request-Id"]; len(heeft) != 1 || heeft[0] != id {
			t.Errorf("%q became %q", id, heeft)
		}
		if in := p.log[0].Verzoek; strings.Contains(in, sentinel) || len(in) > 200 || in == "" {
			t.Errorf("log: %q", in)
		}
	}
}

func TestElkeAanroepLaatPreciesEenRegelNa(t *testing.T) {
	p := nieuw(t)
	p.doe("/access/v1/evaluations", `{`+goed+`,"evaluations":[{},{"resource":{"type":"melding","id":"2"}},{"action":{"name":"wissen"}}]}`)
	if len(p.log) != 1 || len(p.log[0].Besluit) != 3 {
		t.Fatalf("%+v", p.log)
	}
	p.logOK = false
	w := p.doe("/access/v1/evaluation", "{"+goed+"}")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "decision") {
		t.Errorf("answered without a record: %d %s", w.Code, w.Body)
	}
}

func TestLijstStoptWaarDeSemantiekDatZegt(t *testing.T) {
	p := nieuw(t)
	lijst := `{` + goed + `,"evaluations":[{"resource":{"type":"m","id":"2"}},{},{"resource":{"type":"m","id":"2"}}],"options":{"evaluations_semantic":"%"}}`
	for hoe, wil := range map[string]string{
		"execute_all": "false true false", "deny_on_first_deny": "false", "permit_on_first_permit": "false true",
	} {
		w := p.doe("/access/v1/evaluations", strings.Replace(lijst, "%", hoe, 1))
		var a struct{ Evaluations []Antwoord }
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		var kreeg []string
		for _, e := range a.Evaluations {
			kreeg = append(kreeg, map[bool]string{true: "true", false: "false"}[e.Decision])
		}
		if strings.Join(kreeg, " ") != wil {
			t.Errorf("%s: %v, want %s", hoe, kreeg, wil)
		}
	}
	if w := p.doe("/access/v1/evaluations", "{"+goed+"}"); !strings.Contains(w.Body.String(), `"decision":true`) {
		t.Errorf("without evaluations it is one evaluation: %s", w.Body)
	}
}

func TestZoekenGeeftAlleenWatMag(t *testing.T) {
	p := nieuw(t)
	for pad, wil := range map[string]string{"resource": `"id":"1"`, "action": `"name":"lezen"`, "subject": `"id":"iemand-1"`} {
		w := p.doe("/access/v1/search/"+pad, "{"+goed+"}")
		if w.Code != 200 || !strings.Contains(w.Body.String(), wil) || pad != "subject" && strings.Contains(w.Body.String(), `"2"`) || !strings.Contains(w.Body.String(), `"next_token":""`) {
			t.Errorf("%s: %d %s", pad, w.Code, w.Body)
		}
	}
}

// What fails or is refused tells nothing of why inside, and no BSN anywhere.
func TestFoutEnBSNBlijvenBinnen(t *testing.T) {
	p := nieuw(t)
	w := p.doe("/access/v1/evaluation", strings.Replace("{"+goed+"}", `"id":"1"`, `"id":"stuk"`, 1))
	if w.Code != 500 || strings.Contains(w.Body.String(), sentinel) || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	p.doe("/access/v1/evaluation", strings.ReplaceAll("{"+goed+"}", "marieke", sentinel), "X-Request-ID", sentinel)
	p.doe("/access/v1/evaluation", strings.Replace("{"+goed+"}", `"id":"1"`, `"id":"`+sentinel+`"`, 1))
	b, err := json.Marshal(p.log)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), sentinel) {
		t.Errorf("a BSN in the decision log: %s", b)
	}
	p.weg = true
	if w := p.doe("/access/v1/evaluation", "{"+goed+"}"); w.Code != http.StatusForbidden {
		t.Errorf("a stranger: %d", w.Code)
	}
}

func TestMetadata(t *testing.T) {
	p := nieuw(t)
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, httptest.NewRequest("GET", "/.well-known/authzen-configuration", nil))
	var m map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || m["policy_decision_point"] != "https://pdp.example" || m["access_evaluation_endpoint"] != "https://pdp.example/access/v1/evaluation" {
		t.Errorf("%v %s", err, w.Body)
	}
}

func FuzzVraag(f *testing.F) {
	f.Add([]byte("{" + goed + "}"))
	f.Add([]byte(`{"evaluations":[{}],"options":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := nieuw(t)
		for _, pad := range []string{"/access/v1/evaluation", "/access/v1/evaluations", "/access/v1/search/action"} {
			if w := p.doe(pad, string(b)); w.Code != 200 && w.Code != 400 && w.Code != 500 {
				t.Errorf("%s: %d", pad, w.Code)
			}
		}
		if len(p.log) != 3 {
			t.Errorf("%d records for 3 calls", len(p.log))
		}
	})
}
