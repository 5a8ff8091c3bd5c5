// Package schema owns the JSON Schema of the PROV payload: our own words, the
// same rules as the field's schema of October 2026. It promises that nothing
// is loaded from outside.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// JSON is the schema itself, JSON Schema 2020-12.
//
//go:embed prov-jsonld.schema.json
var JSON []byte

var laad = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSON))
	if err != nil {
		panic(err) // the embedded file is part of the program
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(geen{})
	if err := c.AddResource("prov.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("prov.json")
})

// Controleer checks a payload; the error names where it fails, not its values.
func Controleer(data json.RawMessage) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return laad().Validate(v)
}

type geen struct{}

// Load refuses: the schema refers to nothing but itself.
func (geen) Load(url string) (any, error) {
	return nil, fmt.Errorf("schema %s is niet ingebouwd", url)
}
