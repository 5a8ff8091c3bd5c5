package hub_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
)

func TestOpenAPIIsVoorIedereenLeesbaarMetContact(t *testing.T) {
	p := hubtest.Start(t)
	a := p.Als(hubtest.OrgPolitie).Doe("GET", "/v1/openapi.json", "", nil, "")
	var doc map[string]any
	if a.Status != http.StatusOK || json.Unmarshal(a.Body, &doc) != nil || a.Kop.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("got %d %v", a.Status, a.Kop)
	}
	if hubtest.In(doc, "info", "contact", "email") == nil || !strings.HasPrefix(doc["openapi"].(string), "3.1") {
		t.Fatal("no contact, or not OpenAPI 3.1")
	}
	if hubtest.In(doc, "info", "version") != kern.Versie {
		t.Fatal("the document and the header tell different versions")
	}
}
