package hub_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
)

// Every registered type is a channel with one message, and every reference in
// the document leads somewhere.
func TestAsyncAPIBeschrijftElkeSoortGebeurtenis(t *testing.T) {
	p := hubtest.Start(t)
	a := p.Als(hubtest.OrgPolitie).Doe("GET", "/v1/asyncapi.json", "", nil, "")
	var doc map[string]any
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &doc) != nil || a.Kop.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if doc["asyncapi"] != "3.0.0" || hubtest.In(doc, "info", "version") != kern.Versie || hubtest.In(doc, "info", "contact", "email") == nil || hubtest.In(doc, "servers", "ketenindex", "host") == "" {
		t.Errorf("%v", doc["info"])
	}
	var kanalen []string
	for naam := range hubtest.In(doc, "channels").(map[string]any) {
		kanalen = append(kanalen, naam)
	}
	typen := cloudevent.Typen()
	slices.Sort(kanalen)
	slices.Sort(typen)
	if !slices.Equal(kanalen, typen) {
		t.Errorf("channels %v\ntypes %v", kanalen, typen)
	}
	for _, typ := range typen {
		schema, _ := hubtest.In(doc, "components", "messages", typ, "payload", "allOf").([]any)
		if len(schema) != 2 || hubtest.In(schema[1], "properties", "type", "const") != typ || hubtest.In(doc, "components", "messages", typ, "summary") == "" {
			t.Errorf("%s: %v", typ, schema)
		}
		ontvangt := hubtest.In(doc, "operations", "ontvang."+typ) != nil
		if eigen := cloudevent.IsResultaat(typ) || cloudevent.Functie(typ) == "ketenindex"; ontvangt == eigen || hubtest.In(doc, "operations", "geef."+typ) == nil {
			t.Errorf("%s: a deelnemer may offer it: %v", typ, ontvangt)
		}
	}
	n := 0
	var volg func(v any)
	volg = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if ref, ok := x["$ref"].(string); ok {
				n++
				if hubtest.In(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, w := range x {
				volg(w)
			}
		case []any:
			for _, w := range x {
				volg(w)
			}
		}
	}
	volg(doc)
	if n < 3*len(typen) {
		t.Errorf("%d references", n)
	}
}
