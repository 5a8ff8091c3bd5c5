package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
)

const sentinel = "999999990"

type persoon struct {
	Naam string           `json:"naam" minLength:"2"`
	BSN  begrip.InhoudBSN `json:"burgerservicenummer"`
	Kind *struct{ J int } `json:"kind,omitempty"`
}

type invoer struct{ Body persoon }

func (i *invoer) Resolve(huma.Context) []error {
	c := begrip.Controle{}
	c.Eis(i.Body.Naam != "fout", "naam", "Deze naam kan niet.")
	c.Eis(!i.Body.BSN.Ongeldig(), "burgerservicenummer", "Dit is geen geldig burgerservicenummer.")
	return Fouten(c.Fout())
}

func testserver(t *testing.T) (http.Handler, *bytes.Buffer) {
	t.Helper()
	mux, log := http.NewServeMux(), &bytes.Buffer{}
	api := NewAPI(mux, Info{Titel: "Test", Versie: "1.2.3", Server: "https://voorbeeld.nl"})
	Register(api, huma.Operation{Method: "POST", Path: "/personen", OperationID: "maak"}, func(_ context.Context, in *invoer) (*struct{ Body persoon }, error) {
		switch in.Body.Naam {
		case "stuk":
			return nil, context.DeadlineExceeded
		case "paniek":
			panic("geheim " + sentinel)
		case "nee":
			return nil, begrip.NieuweFout(begrip.TeDruk, "Wacht even.")
		}
		return &struct{ Body persoon }{in.Body}, nil
	})
	return Handler(mux, "1.2.3", begrip.Logger(log, slog.LevelDebug)), log
}

func TestElkeFoutIsEenProbleemInHetNederlandsZonderWaarden(t *testing.T) {
	h, log := testserver(t)
	for _, tt := range []struct {
		naam, methode, pad, body string
		status                   int
		in                       []string
	}{
		{"onbekend adres", "GET", "/v1/" + sentinel, "", 404, []string{"bestaat niet"}},
		{"verkeerde methode", "DELETE", "/v1/personen", "", 405, []string{"methode"}},
		{"geen json", "POST", "/v1/personen", `{"naam":`, 400, []string{"geen geldige JSON"}},
		{"dubbel veld", "POST", "/v1/personen", `{"naam":"` + sentinel + `","naam":"a"}`, 400, []string{"twee keer"}},
		{"onbekend veld en te kort", "POST", "/v1/personen", `{"naam":"a","burgerservicenummer":"999970185","x":"` + sentinel + `"}`, 400, []string{`"veld":"x"`, `"veld":"naam"`}},
		{"alles mist", "POST", "/v1/personen", `{}`, 400, []string{`"veld":"naam"`, `"veld":"burgerservicenummer"`, "verplicht"}},
		{"vorm en betekenis samen", "POST", "/v1/personen", `{"naam":"fout"}`, 400, []string{"kan niet", `"veld":"burgerservicenummer"`}},
		{"verkeerd BSN", "POST", "/v1/personen", `{"naam":"Jan","burgerservicenummer":"123456789"}`, 400, []string{"burgerservicenummer"}},
		{"onbekende zoekvraag", "POST", "/v1/personen?bsn=" + sentinel, `{"naam":"Jan","burgerservicenummer":"999970185"}`, 400, []string{"query"}},
		{"BSN als naam van een veld", "POST", "/v1/personen", `{"` + sentinel + `":1}`, 400, []string{"kennen wij niet"}},
		{"interne fout", "POST", "/v1/personen", `{"naam":"stuk","burgerservicenummer":"` + sentinel + `"}`, 500, []string{"Er ging iets mis"}},
		{"paniek", "POST", "/v1/personen", `{"naam":"paniek","burgerservicenummer":"` + sentinel + `"}`, 500, []string{"Er ging iets mis"}},
		{"te druk", "POST", "/v1/personen", `{"naam":"nee","burgerservicenummer":"` + sentinel + `"}`, 429, []string{"Wacht even"}},
	} {
		t.Run(tt.naam, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest(tt.methode, tt.pad, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/json")
			h.ServeHTTP(w, r)
			if w.Code != tt.status || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("API-Version") != "1.2.3" {
				t.Errorf("antwoord %d %s: %s", w.Code, w.Header(), w.Body)
			}
			var p Probleem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != tt.status || p.Title == "" || p.Detail == "" {
				t.Errorf("geen volledig probleem: %v %s", err, w.Body)
			}
			for _, s := range tt.in {
				if !strings.Contains(w.Body.String(), s) {
					t.Errorf("%q ontbreekt in %s", s, w.Body)
				}
			}
			if strings.Contains(w.Body.String(), sentinel) || strings.Contains(w.Body.String(), "123456789") || strings.Contains(w.Body.String(), "DeadlineExceeded") {
				t.Errorf("waarde of oorzaak gelekt: %s", w.Body)
			}
			if tt.status == 429 && w.Header().Get("Retry-After") == "" {
				t.Error("429 zonder Retry-After")
			}
		})
	}
	if strings.Contains(log.String(), sentinel) {
		t.Errorf("BSN in het log: %s", log)
	}
}

func TestOpenAPIHeeftContactEnGeen422(t *testing.T) {
	h, _ := testserver(t)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/v1/openapi.json", nil))
	for _, s := range []string{`"openapi":"3.1.0"`, `"email"`, `"https://voorbeeld.nl/v1"`, `"/personen"`, "API-Version"} {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("%s ontbreekt", s)
		}
	}
	if strings.Contains(w.Body.String(), `"422"`) || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("422 of CORS: %s", w.Body)
	}
}
