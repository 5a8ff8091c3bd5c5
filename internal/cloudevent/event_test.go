package cloudevent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"github.com/handbereik/soh/internal/begrip"
)

const sentinel = "123456782" // passes the eleven-test

func voorbeeld() Event {
	return Event{
		ID: "0192f0c1-7d1e-7a55-8f5e-0b1d3a2c4e5f", Source: "urn:nld:oin:00000001823288444000:systeem:meldingen",
		Type: MeldingGeregistreerd, Time: time.Date(2026, 11, 23, 9, 30, 0, 120_000_000, time.UTC),
		Subject: "urn:soh:melding:0192f0c1-7d1e-7a55-8f5e-0b1d3a2c4e60", DataContentType: TypeLD, DataSchema: SchemaProv,
		Extensions: map[string]string{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "zaak": "é\"\\ <x>"},
		Data:       json.RawMessage(`{"@context":{}, "@graph":[]}`),
	}
}

func bestanden(t testing.TB) map[string][]byte {
	t.Helper()
	paden, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paden) < 14 {
		t.Fatalf("testdata: %d bestanden, %v", len(paden), err)
	}
	m := map[string][]byte{}
	for _, p := range paden {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		m[strings.TrimSuffix(filepath.Base(p), ".json")] = b
	}
	return m
}

func TestPublishedExamplesAreTaken(t *testing.T) {
	for naam, b := range bestanden(t) {
		e, err := Parse(b)
		if err != nil {
			t.Errorf("%s: %v", naam, err)
			continue
		}
		e.Normaliseer()
		if !strings.HasPrefix(e.Type, "nl.jzv.") {
			t.Errorf("%s: type %q is not normalised", naam, e.Type)
		}
		if want := naam != "120-generiek"; Bekend(e.Type) != want {
			t.Errorf("%s: Bekend(%q) = %v", naam, e.Type, !want)
		}
		if strings.HasPrefix(naam, "oud-") {
			if o, ok := e.BronOIN(); !ok || o != "00000001823288444000" {
				t.Errorf("%s: BronOIN = %q, %v", naam, o, ok)
			}
		}
	}
}

func TestRoundTripKeepsEverything(t *testing.T) {
	e := voorbeeld()
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var terug Event
	if err := json.Unmarshal(b, &terug); err != nil {
		t.Fatal(err)
	}
	e.Data = json.RawMessage(`{"@context":{},"@graph":[]}`) // encoding/json compacts
	if !e.Equal(terug) {
		t.Errorf("got  %+v\nwant %+v", terug, e)
	}
	events, err := ParseBatch(AppendBatch(nil, []Event{e, e}))
	if err != nil || len(events) != 2 || !events[1].Equal(e) {
		t.Errorf("batch: %+v, %v", events, err)
	}
}

// The CloudEvents SDK is the oracle: both read the same from the same bytes.
func TestSameAsCloudEventsSDK(t *testing.T) {
	in := bestanden(t)
	in["eigen"] = voorbeeld().Append(nil)
	for naam, b := range in {
		// The SDK takes any other JSON media type for text: compare as plain JSON.
		b = bytes.ReplaceAll(b, []byte(TypeLD), []byte(TypeJSON))
		var sdk event.Event
		if err := json.Unmarshal(b, &sdk); err != nil {
			t.Fatalf("%s: sdk: %v", naam, err)
		}
		e, err := Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", naam, err)
		}
		if err := sdk.Validate(); err != nil {
			t.Errorf("%s: sdk refuses: %v", naam, err)
		}
		for veld, w := range map[string][2]string{
			"id": {e.ID, sdk.ID()}, "source": {e.Source, sdk.Source()}, "type": {e.Type, sdk.Type()},
			"subject": {e.Subject, sdk.Subject()}, "schema": {e.DataSchema, sdk.DataSchema()},
			"content": {e.DataContentType, sdk.DataContentType()}, "data": {string(e.Data), strings.TrimSpace(string(sdk.Data()))},
		} {
			if w[0] != w[1] {
				t.Errorf("%s: %s is %q, sdk has %q", naam, veld, w[0], w[1])
			}
		}
		if !e.Time.Equal(sdk.Time()) {
			t.Errorf("%s: time %v, sdk %v", naam, e.Time, sdk.Time())
		}
		var na event.Event
		if err := json.Unmarshal(e.Append(nil), &na); err != nil || na.ID() != e.ID || na.Validate() != nil {
			t.Errorf("%s: sdk cannot read what we write: %v", naam, err)
		}
		for k, v := range e.Extensions {
			if fmt.Sprint(na.Extensions()[k]) != v {
				t.Errorf("%s: extension %s", naam, k)
			}
		}
	}
}

// met gives the example as a JSON object with some members replaced; nil takes
// one away.
func met(t testing.TB, anders map[string]any) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(voorbeeld().Append(nil), &m); err != nil {
		t.Fatal(err)
	}
	for k, v := range anders {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWrongAttributes(t *testing.T) {
	for naam, tt := range map[string]struct {
		anders map[string]any
		velden []string
	}{
		"goed":                     {nil, nil},
		"niets":                    {map[string]any{"specversion": nil, "id": nil, "source": nil, "type": nil, "time": nil, "data": nil}, []string{"/specversion", "/id", "/source", "/type", "/time", "/data"}},
		"leeg":                     {map[string]any{"id": "", "source": ""}, []string{"/id", "/source"}},
		"oude versie":              {map[string]any{"specversion": "0.3"}, []string{"/specversion"}},
		"versie als getal":         {map[string]any{"specversion": 1.0}, []string{"/specversion"}},
		"id als getal":             {map[string]any{"id": 12}, []string{"/id"}},
		"stuurteken":               {map[string]any{"subject": "a\x01b"}, []string{"/subject"}},
		"bron geen URI":            {map[string]any{"source": "geen uri"}, []string{"/source"}},
		"bron met fout OIN":        {map[string]any{"source": "urn:nld:oin:123:systeem:x"}, []string{"/source"}},
		"bron met fout kvk":        {map[string]any{"source": "urn:nld:kvknr:1234567a:systeem:x"}, []string{"/source"}},
		"bron met kvk":             {map[string]any{"source": "urn:nld:kvknr:09220932:systeem:x"}, nil},
		"andere bron":              {map[string]any{"source": "https://voorbeeld.nl/systeem"}, nil},
		"vreemd type":              {map[string]any{"type": "com.github.push"}, []string{"/type"}},
		"hoofdletters":             {map[string]any{"type": "nl.jzv.Uitwisselen-Melding.melding"}, []string{"/type"}},
		"te veel delen":            {map[string]any{"type": "nl.jzv.a.b.c"}, []string{"/type"}},
		"oud, niet geregistreerd":  {map[string]any{"type": "uitwisselen-melding.bestaat-niet"}, []string{"/type"}},
		"oud, geregistreerd":       {map[string]any{"type": "uitwisselen-melding.melding-ingezien"}, nil},
		"tijd fout":                {map[string]any{"time": "gisteren"}, []string{"/time"}},
		"tijd zonder zone":         {map[string]any{"time": "2026-01-15T10:30:00"}, []string{"/time"}},
		"tijd in andere zone":      {map[string]any{"time": "2026-01-15T10:30:00+02:00"}, nil},
		"tijd in kleine letters":   {map[string]any{"time": "2026-01-15t10:30:00z"}, nil},
		"tijd in het jaar nul":     {map[string]any{"time": "0001-01-01T00:00:00Z"}, []string{"/time"}},
		"inhoud geen JSON":         {map[string]any{"datacontenttype": "text/plain"}, []string{"/datacontenttype"}},
		"schema niet volledig":     {map[string]any{"dataschema": "schema.json"}, []string{"/dataschema"}},
		"data als tekst":           {map[string]any{"data": "x"}, []string{"/data"}},
		"data als lijst":           {map[string]any{"data": []int{1}}, []string{"/data"}},
		"naam met hoofdletter":     {map[string]any{"traceParent": "x"}, []string{"/traceParent"}},
		"naam met streepje":        {map[string]any{"a/b~c": "x"}, []string{"/a~1b~0c"}},
		"uitbreiding als object":   {map[string]any{"x": map[string]any{}}, []string{"/x"}},
		"uitbreiding als breuk":    {map[string]any{"x": 1.5}, []string{"/x"}},
		"uitbreiding te groot":     {map[string]any{"x": 3000000000}, []string{"/x"}},
		"uitbreiding goed":         {map[string]any{"x": true, "y": -5, "sequence": "000012"}, nil},
		"te lang":                  {map[string]any{"subject": strings.Repeat("a", 3000)}, []string{"/subject"}},
		"base64 en data":           {map[string]any{"data_base64": "e30="}, []string{"/data_base64"}},
		"base64 zonder JSON":       {map[string]any{"data": nil, "data_base64": "eHh4"}, []string{"/data_base64"}},
		"base64 geen base64":       {map[string]any{"data": nil, "data_base64": "???"}, []string{"/data_base64"}},
		"base64 goed":              {map[string]any{"data": nil, "data_base64": "e30="}, nil},
		"bsn in id":                {map[string]any{"id": "melding-" + sentinel}, []string{"/id"}},
		"bsn in bron":              {map[string]any{"source": "urn:x:" + sentinel}, []string{"/source"}},
		"bsn in type":              {map[string]any{"type": "nl.jzv.melding." + sentinel}, []string{"/type"}},
		"bsn in onderwerp":         {map[string]any{"subject": "burger/" + sentinel}, []string{"/subject"}},
		"bsn in schema":            {map[string]any{"dataschema": "https://x.nl/" + sentinel}, []string{"/dataschema"}},
		"bsn in uitbreiding":       {map[string]any{"persoon": sentinel}, []string{"/persoon"}},
		"bsn als getal":            {map[string]any{"persoon": 123456782}, []string{"/persoon"}},
		"bsn als naam":             {map[string]any{sentinel: "x"}, []string{"/attribuut"}},
		"negen cijfers, geen bsn":  {map[string]any{"subject": "melding/987654321"}, nil},
		"bsn in de inhoud mag wel": {map[string]any{"data": map[string]any{"bsn": sentinel}}, nil},
	} {
		_, err := Parse(met(t, tt.anders))
		if err != nil && strings.Contains(err.Error(), sentinel) {
			t.Errorf("%s: the error holds the BSN", naam)
		}
		var velden []string
		if err != nil {
			for _, v := range begrip.FoutVan(err).Velden {
				velden = append(velden, v.Veld)
			}
		}
		for _, v := range tt.velden {
			if !begrip.Is(err, begrip.Ongeldig) || !strings.Contains(" "+strings.Join(velden, " ")+" ", " "+v+" ") {
				t.Errorf("%s: no fault at %s in %v", naam, v, err)
			}
		}
		if len(velden) != len(tt.velden) {
			t.Errorf("%s: faults at %v, want %v", naam, velden, tt.velden)
		}
	}
}

func TestNoJSONNoEvent(t *testing.T) {
	goed := string(voorbeeld().Append(nil))
	for naam, in := range map[string]string{
		"leeg": "", "wit": " \n", "afgekapt": goed[:len(goed)-5], "meer": goed + "{}", "tekst": `"x"`, "lijst": "[" + goed + "]",
		"dubbele naam":         strings.Replace(goed, `"id":`, `"id":"x","id":`, 1),
		"dubbele naam in data": strings.Replace(goed, `"@graph":[]`, `"a":{"b":1,"b":2}`, 1),
		"dubbel door escape":   strings.Replace(goed, `"id":`, `"\u0069d":"x","id":`, 1),
		"geen UTF-8":           strings.Replace(goed, "é", "\xff", 1),
		"los surrogaat":        strings.Replace(goed, "é", `\ud800`, 1),
		"komma te veel":        strings.Replace(goed, `{"spec`, `{,"spec`, 1),
		"nan":                  strings.Replace(goed, `"@graph":[]`, `"a":NaN`, 1),
	} {
		if e, err := Parse([]byte(in)); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%s: %+v, %v", naam, e, err)
		}
	}
	for _, in := range []string{"", "{}", "[", "[1]", "[{}]", "[" + goed, "[" + goed + ",]", "[" + goed + "]x", goed} {
		if _, err := ParseBatch([]byte(in)); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("batch %.20q: %v", in, err)
		}
	}
	if es, err := ParseBatch([]byte(" [ ] ")); err != nil || len(es) != 0 {
		t.Errorf("empty batch: %v, %v", es, err)
	}
}

// A request of next to nothing, many times over, or very deep, is refused in words of
// its own and not kept in many times its size.
func TestManyValuesOrLayersAreRefused(t *testing.T) {
	goed := string(voorbeeld().Append(nil))
	for naam, in := range map[string]string{
		"many": "[" + strings.Repeat("1,", 3<<20) + "1]",
		"deep": "[" + strings.Replace(goed, `"@graph":[]`, `"a":`+strings.Repeat("[", 600)+strings.Repeat("]", 600), 1) + "]",
	} {
		if _, err := ParseBatch([]byte(in)); !begrip.Is(err, begrip.Ongeldig) || !strings.Contains(err.Error(), "lagen in elkaar") {
			t.Errorf("%s: %v", naam, err)
		}
	}
	_, err := ParseBatch([]byte("[" + strings.Repeat("1,", 1<<19) + "1]"))
	if f := begrip.FoutVan(err); f == nil || len(f.Velden) != maxFouten {
		t.Errorf("wrong everywhere: %v", err)
	}
}

func TestBatchNamesTheWrongEvent(t *testing.T) {
	b := "[" + string(met(t, nil)) + "," + string(met(t, map[string]any{"id": nil, "time": "x"})) + "]"
	_, err := ParseBatch([]byte(b))
	if err == nil || !strings.Contains(err.Error(), "/1/id") || !strings.Contains(err.Error(), "/1/time") || strings.Contains(err.Error(), "/0") {
		t.Errorf("%v", err)
	}
}

func TestTooLarge(t *testing.T) {
	groot := met(t, map[string]any{"data": map[string]any{"x": strings.Repeat("a", MaxEvent)}})
	if _, err := Parse(groot); !begrip.Is(err, begrip.TeGroot) {
		t.Errorf("Parse: %v", err)
	}
	if _, err := ParseBatch([]byte("[" + string(groot) + "]")); !begrip.Is(err, begrip.TeGroot) {
		t.Errorf("ParseBatch: %v", err)
	}
	if _, err := ParseBatch(make([]byte, MaxRequest+1)); !begrip.Is(err, begrip.TeGroot) {
		t.Errorf("ParseBatch, request: %v", err)
	}
	e := voorbeeld()
	e.Data = json.RawMessage(`{"x":"` + strings.Repeat("a", MaxEvent) + `"}`)
	if err := e.Validate(); !begrip.Is(err, begrip.TeGroot) {
		t.Errorf("Validate: %v", err)
	}
}

func TestValidateSeesWhatWasBuilt(t *testing.T) {
	if err := voorbeeld().Validate(); err != nil {
		t.Fatal(err)
	}
	e := voorbeeld()
	e.Data = json.RawMessage(`{"a":`)
	e.Extensions = map[string]string{"id": "x", "ok": "y\n"}
	err := e.Validate()
	for _, veld := range []string{"/data:", "/id:", "/ok:"} {
		if err == nil || !strings.Contains(err.Error(), veld) {
			t.Errorf("no fault at %s in %v", veld, err)
		}
	}
}

func TestRegisteredTypes(t *testing.T) {
	for _, typ := range Typen() {
		oud := Event{Type: strings.TrimPrefix(typ, "nl.jzv.")}
		oud.Normaliseer()
		if oud.Type != typ || !Bekend(typ) || !typeVorm(typ) || Functie(typ) == "" {
			t.Errorf("%s: %q", typ, oud.Type)
		}
	}
	if len(Typen()) < 18 || !IsResultaat(UitkomstQueryResultaat) || IsResultaat(MeldingIngezien) || IsResultaat("nl.jzv.x.y-query-resultaat") {
		t.Error("list of types")
	}
	vreemd := Event{Type: "iets.anders"}
	vreemd.Normaliseer()
	if vreemd.Type != "iets.anders" || Functie("x") != "" || Functie(MeldingIngezien) != "uitwisselen-melding" {
		t.Error("a foreign type must stay as it is")
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range bestanden(f) {
		f.Add(b)
	}
	f.Add(voorbeeld().Append(nil))
	f.Add([]byte(`{"specversion":"1.0","data_base64":"e30=","x":-0,"time":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = ParseBatch(b)
		e, err := Parse(b)
		if err != nil {
			if begrip.FoutVan(err).Code == begrip.Intern {
				t.Fatalf("not an error for the sender: %v", err)
			}
			return
		}
		if err := e.Validate(); err != nil {
			t.Fatalf("parsed but not valid: %v", err)
		}
		if !json.Valid(e.Append(nil)) {
			t.Fatalf("not JSON: %s", e.Append(nil))
		}
		terug, err := Parse(e.Append(nil))
		if err != nil || !e.Equal(terug) {
			t.Fatalf("%v\n%+v\n%+v", err, e, terug)
		}
	})
}
