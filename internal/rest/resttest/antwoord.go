package resttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Antwoord holds a real answer against the document: pad is the path of the
// request, with or without /v1 and query. The status must be one that the
// operation names, with the headers it requires, a content type it names and
// a body that fits its schema. The body of resp can be read again afterwards.
func Antwoord(t testing.TB, doc []byte, methode, pad string, resp *http.Response) {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(b))
	if err := Past(doc, methode, pad, resp.StatusCode, resp.Header, b); err != nil {
		t.Errorf("%s %s: %v\n%s", methode, pad, err, b)
	}
}

// Past tells in what an answer differs from the document; nil when it fits.
func Past(doc []byte, methode, pad string, status int, kop http.Header, body []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return err
	}
	if kop.Get("API-Version") != tekst(v, "info", "version") {
		return fmt.Errorf("API-Version is %q", kop.Get("API-Version"))
	}
	for _, h := range []string{"Cache-Control", "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"} {
		if kop.Get(h) == "" {
			return fmt.Errorf("no header %s", h)
		}
	}
	sjabloon, ok := zoekPad(object(v, "paths"), pad)
	plek := []string{"paths", sjabloon, strings.ToLower(methode), "responses", strconv.Itoa(status)}
	if !ok || object(v, plek[:3]...) == nil {
		if status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
			return probleem(kop, body) // an address that the document does not name
		}
		return fmt.Errorf("the document does not name this operation, the answer is %d", status)
	}
	if object(v, plek...) == nil {
		return fmt.Errorf("the document does not name status %d", status)
	}
	if ref := tekst(object(v, plek...), "$ref"); ref != "" {
		plek = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	soort, _, err := mime.ParseMediaType(kop.Get("Content-Type"))
	inhoud := object(v, append(plek, "content")...)
	switch {
	case len(inhoud) == 0 && len(body) == 0:
		return nil
	case err != nil || inhoud[soort] == nil:
		return fmt.Errorf("the document does not name content type %q", kop.Get("Content-Type"))
	}
	if status >= 400 {
		if err := probleem(kop, body); err != nil {
			return err
		}
	}
	return past(v, append(plek, "content", soort, "schema"), body)
}

// past validates body against the schema at plek of the document v.
func past(v any, plek []string, body []byte) error {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", v); err != nil {
		return err
	}
	wijzer := ""
	for _, stap := range plek {
		wijzer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(stap)
	}
	s, err := c.Compile("openapi.json#" + wijzer)
	if err != nil {
		return err
	}
	w, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return s.Validate(w)
}

// probleem checks that an error is one, with what the design rules ask for.
func probleem(kop http.Header, body []byte) error {
	var p struct {
		Title, Detail string
		Status        int
	}
	if kop.Get("Content-Type") != "application/problem+json" || json.Unmarshal(body, &p) != nil {
		return fmt.Errorf("an error is application/problem+json, not %q", kop.Get("Content-Type"))
	}
	if p.Title == "" || p.Detail == "" || p.Status < 400 {
		return fmt.Errorf("an error has a status, title and detail")
	}
	return nil
}

// Pad gives the path of the document that the path of a request, with or
// without /v1 and query, is an instance of; ok false when there is none.
func Pad(doc []byte, pad string) (sjabloon string, ok bool) {
	var v map[string]any
	if json.Unmarshal(doc, &v) != nil {
		return "", false
	}
	return zoekPad(object(v, "paths"), pad)
}

// zoekPad finds the path of the document that pad is an instance of; one
// without variables wins.
func zoekPad(paden map[string]any, pad string) (string, bool) {
	pad, _, _ = strings.Cut(strings.TrimPrefix(pad, "/v1"), "?")
	if paden[pad] != nil {
		return pad, true
	}
	delen := strings.Split(pad, "/")
	for sjabloon := range paden {
		s := strings.Split(sjabloon, "/")
		past := len(s) == len(delen)
		for i := range s {
			past = past && (s[i] == delen[i] || strings.HasPrefix(s[i], "{") && delen[i] != "")
		}
		if past {
			return sjabloon, true
		}
	}
	return "", false
}
