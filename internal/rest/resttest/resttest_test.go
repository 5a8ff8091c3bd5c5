package resttest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const goed = `{"openapi":"3.1.0","info":{"title":"Proef","version":"1.2.3","contact":{"name":"a","url":"https://a.example","email":"a@a.example"}},
"servers":[{"url":"https://a.example/v1"}],
"paths":{"/brieven/{id}":{"get":{"operationId":"leesBrief","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},{"name":"peilDatum","in":"query","schema":{"type":"string","format":"date"}}],
"responses":{"200":{"description":"OK","headers":{"API-Version":{"schema":{"type":"string"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Brief"}}}},
"400":{"description":"Fout","content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Fout"}}}}}}}},
"components":{"schemas":{"Brief":{"type":"object","additionalProperties":false,"required":["tekst"],"properties":{"tekst":{"type":"string"},"geboorteDatum":{"type":"string","format":"date"}}},
"Fout":{"type":"object","properties":{"status":{"type":"integer"},"title":{"type":"string"},"detail":{"type":"string"}}}}}}`

func TestElkeRegelWordtGezien(t *testing.T) {
	if f := Overtredingen([]byte(goed)); len(f) > 0 {
		t.Fatalf("a good document: %v", f)
	}
	for _, tt := range []struct{ oud, nieuw, wil string }{
		{`"3.1.0"`, `"2.0"`, "OpenAPI 3.1"},
		{`"1.2.3"`, `"1.2"`, "major.minor.patch"},
		{`"email":"a@a.example"`, `"x":"a"`, "a email"},
		{`https://a.example/v1`, `http://a.example/v1`, "by https"},
		{`https://a.example/v1`, `https://a.example`, "major version"},
		{`"/brieven/{id}"`, `"/brieven/{id}/"`, "slash at its end"},
		{`"/brieven/{id}"`, `"/Brieven/{id}"`, "kebab-case"},
		{`"/brieven/{id}"`, `"/brieven/get/{id}"`, "not the method"},
		{`"/brieven/{id}"`, `"/brieven/{nr}"`, "described as a parameter"},
		{`"name":"peilDatum"`, `"name":"peil_datum"`, "query key"},
		{`"required":true,`, ``, "is required"},
		{`"API-Version"`, `"X"`, "carries API-Version"},
		{`"application/problem+json"`, `"application/json"`, "is application/problem+json"},
		{`"detail":{"type":"string"}`, `"d":{"type":"string"}`, "the member detail"},
		{`"400"`, `"404"`, "can answer 400"},
		{`"400"`, `"422"`, "not 422"},
		{`"leesBrief"`, `"lees-brief"`, "lowerCamelCase"},
		{`"get":{`, `"lees":{`, "no standard HTTP method"},
		{`"geboorteDatum":{"type":"string","format":"date"}`, `"geboorteDatum":{"type":"string"}`, "format date"},
		{`"geboorteDatum":{"type":"string","format":"date"}`, `"geboorteDatum":{"type":"string","format":"date-time"}`, "format date"},
		{`"tekst":{"type":"string"}`, `"tekst":{"type":"string","format":"time"}`, "time zone"},
		{`"#/components/schemas/Brief"`, `"#/components/schemas/Kaart"`, "points to nothing"},
		{`"Brief":{`, `"brief":{`, "UpperCamelCase"},
		{`"servers":[{"url":"https://a.example/v1"}],`, ``, "names a server"},
		{`"paths":{`, `"paths":{"/x":{"get":{"operationId":"leesBrief","responses":{"204":{"description":"x","headers":{"API-Version":{}}}}}},`, "used once"},
	} {
		stuk := strings.Replace(goed, tt.oud, tt.nieuw, 1)
		if stuk == goed || !json.Valid([]byte(stuk)) {
			t.Fatalf("bad case %q", tt.oud)
		}
		if f := strings.Join(Overtredingen([]byte(stuk)), "\n"); !strings.Contains(f, tt.wil) {
			t.Errorf("%s → %s: got %q, want %q", tt.oud, tt.nieuw, f, tt.wil)
		}
	}
	if f := Overtredingen([]byte("geen json")); len(f) != 1 {
		t.Errorf("no JSON: %v", f)
	}
}

func TestAntwoordTegenDeBeschrijving(t *testing.T) {
	kop := func(soort string) http.Header {
		h := http.Header{"Content-Type": {soort}, "Api-Version": {"1.2.3"}}
		for _, k := range []string{"Cache-Control", "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"} {
			h.Set(k, "x")
		}
		return h
	}
	zonder := kop("application/json")
	zonder.Del("Cache-Control")
	fout := `{"status":404,"title":"Fout","detail":"Er is iets."}`
	for _, tt := range []struct {
		naam, pad string
		status    int
		kop       http.Header
		body      string
		goed      bool
	}{
		{"goed", "/v1/brieven/1?peilDatum=x", 200, kop("application/json"), `{"tekst":"a"}`, true},
		{"verplicht veld mist", "/v1/brieven/1", 200, kop("application/json"), `{}`, false},
		{"veld te veel", "/v1/brieven/1", 200, kop("application/json"), `{"tekst":"a","x":1}`, false},
		{"geen datum", "/v1/brieven/1", 200, kop("application/json"), `{"tekst":"a","geboorteDatum":"gisteren"}`, false},
		{"ander soort inhoud", "/v1/brieven/1", 200, kop("text/html"), `{"tekst":"a"}`, false},
		{"status niet genoemd", "/v1/brieven/1", 403, kop("application/problem+json"), fout, false},
		{"kop mist", "/v1/brieven/1", 200, zonder, `{"tekst":"a"}`, false},
		{"fout", "/v1/brieven/1", 400, kop("application/problem+json"), fout, true},
		{"fout zonder uitleg", "/v1/brieven/1", 400, kop("application/problem+json"), `{"status":400}`, false},
		{"onbekend adres", "/v1/iets", 404, kop("application/problem+json"), fout, true},
		{"onbekend adres in platte tekst", "/v1/iets", 404, kop("text/plain"), "404", false},
		{"antwoord op onbekend adres", "/v1/iets", 200, kop("application/json"), `{}`, false},
	} {
		if err := Past([]byte(goed), "GET", tt.pad, tt.status, tt.kop, []byte(tt.body)); (err == nil) != tt.goed {
			t.Errorf("%s: %v", tt.naam, err)
		}
	}
}
