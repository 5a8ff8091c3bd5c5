package hubtest

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	jsonschema "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/kern"
)

// Contract is our own OpenAPI document: its schemas are JSON Schema 2020-12, so
// that every answer in these tests can be held against it.
var Contract = sync.OnceValue(func() (c struct {
	Doc        map[string]any
	compiler   *jsonschema.Compiler
	schemas    map[string]*jsonschema.Schema
	slot       *sync.Mutex
	laadFouten error
}) {
	c.slot, c.schemas = new(sync.Mutex), map[string]*jsonschema.Schema{}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(hub.OpenAPI))
	if err != nil {
		c.laadFouten = err
		return c
	}
	c.Doc = doc.(map[string]any)
	c.compiler = jsonschema.NewCompiler()
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	c.laadFouten = c.compiler.AddResource("openapi.json", doc)
	return c
})

// padVan gives the path of the document that pad is an instance of.
func padVan(paden map[string]any, pad string) string {
	if _, ok := paden[pad]; ok {
		return pad
	}
	delen := strings.Split(pad, "/")
	for vorm := range paden {
		v := strings.Split(vorm, "/")
		past := len(v) == len(delen)
		for i := 0; past && i < len(v); i++ {
			past = v[i] == delen[i] || strings.HasPrefix(v[i], "{")
		}
		if past {
			return vorm
		}
	}
	return pad
}

// volgensContract checks an answer of the API against the document: the status
// is one that the operation names, and the body fits its schema.
func volgensContract(t *testing.T, r *http.Request, resp *http.Response, body []byte) {
	t.Helper()
	c := Contract()
	if c.laadFouten != nil {
		t.Fatal(c.laadFouten)
	}
	if resp.Header.Get("API-Version") != kern.Versie || resp.Header.Get("Cache-Control") == "" {
		t.Errorf("%s %s: headers are missing: %v", r.Method, r.URL.Path, resp.Header)
	}
	pad, ok := strings.CutPrefix(r.URL.Path, "/v1")
	if !ok || pad == "/openapi.json" || pad == "/asyncapi.json" {
		return
	}
	pad = padVan(In(c.Doc, "paths").(map[string]any), pad)
	op, ok := In(c.Doc, "paths", pad, strings.ToLower(r.Method)).(map[string]any)
	if !ok {
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s %s is not in the document", r.Method, pad)
		}
		return
	}
	status := strconv.Itoa(resp.StatusCode)
	plek := "/paths/" + vlucht(pad) + "/" + strings.ToLower(r.Method) + "/responses/" + status
	antwoord, ok := In(op, "responses", status).(map[string]any)
	if !ok {
		t.Errorf("%s %s answers %s, which the document does not name: %s", r.Method, pad, status, body)
		return
	}
	if ref, ok := antwoord["$ref"].(string); ok {
		plek = ref[1:]
		antwoord, _ = In(c.Doc, strings.Split(ref[2:], "/")...).(map[string]any)
	}
	typ, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if antwoord["content"] == nil && len(body) == 0 && typ == "" {
		return
	}
	if In(antwoord, "content", typ) == nil {
		t.Errorf("%s %s answers with %q, which the document does not name", r.Method, pad, typ)
		return
	}
	plek += "/content/" + vlucht(typ) + "/schema"
	c.slot.Lock()
	defer c.slot.Unlock()
	s := c.schemas[plek]
	if s == nil {
		var err error
		if s, err = c.compiler.Compile("openapi.json#" + plek); err != nil {
			t.Fatal(err)
		}
		c.schemas[plek] = s
	}
	var v any = string(body) // of text
	var err error
	if strings.HasSuffix(typ, "json") {
		v, err = jsonschema.UnmarshalJSON(bytes.NewReader(body))
	}
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%s %s: the answer is not what the document says: %v\n%s", r.Method, pad, err, body)
	}
}

func In(v any, pad ...string) any {
	for _, p := range pad {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func vlucht(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(s)
}
