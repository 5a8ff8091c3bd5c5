package hub

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/cloudevent"
)

// Every registered type is a channel with one message, and every reference in
// the document leads somewhere.
func TestAsyncAPIBeschrijftElkeSoortGebeurtenis(t *testing.T) {
	p := start(t)
	a := p.als(orgPolitie).doe("GET", "/v1/asyncapi.json", "", nil, "")
	var doc map[string]any
	if a.status != http.StatusOK || json.Unmarshal(a.body, &doc) != nil || a.kop.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if doc["asyncapi"] != "3.0.0" || in(doc, "info", "version") != Versie || in(doc, "info", "contact", "email") == nil || in(doc, "servers", "ketenindex", "host") == "" {
		t.Errorf("%v", doc["info"])
	}
	var kanalen []string
	for naam := range in(doc, "channels").(map[string]any) {
		kanalen = append(kanalen, naam)
	}
	typen := cloudevent.Typen()
	slices.Sort(kanalen)
	slices.Sort(typen)
	if !slices.Equal(kanalen, typen) {
		t.Errorf("channels %v\ntypes %v", kanalen, typen)
	}
	for _, typ := range typen {
		schema, _ := in(doc, "components", "messages", typ, "payload", "allOf").([]any)
		if len(schema) != 2 || in(schema[1], "properties", "type", "const") != typ || in(doc, "components", "messages", typ, "summary") == "" {
			t.Errorf("%s: %v", typ, schema)
		}
		ontvangt := in(doc, "operations", "ontvang."+typ) != nil
		if eigen := cloudevent.IsResultaat(typ) || cloudevent.Functie(typ) == "ketenindex"; ontvangt == eigen || in(doc, "operations", "geef."+typ) == nil {
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
				if in(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) == nil {
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
