package hub

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
)

//go:embed openapi/*.json
var openapiDelen embed.FS

// OpenAPI is the description of the API, served at /v1/openapi.json: basis.json
// with the paths, tags and components of every area beside it.
var OpenAPI = voegOpenAPI(openapiDelen)

// voegOpenAPI puts the files together. They are part of the program, so a
// mistake in them ends it at the start: two areas may not describe the same.
func voegOpenAPI(delen fs.FS) []byte {
	namen, err := fs.Glob(delen, "openapi/*.json")
	if err != nil {
		panic(err)
	}
	doc := map[string]any{}
	slices.SortFunc(namen, func(a, b string) int { // basis first
		switch {
		case a == b:
			return 0
		case a == "openapi/basis.json", b != "openapi/basis.json" && a < b:
			return -1
		}
		return 1
	})
	for _, n := range namen {
		b, err := fs.ReadFile(delen, n)
		if err != nil {
			panic(err)
		}
		var deel map[string]any
		if err := json.Unmarshal(b, &deel); err != nil {
			panic(fmt.Sprintf("hub: %s: %v", n, err))
		}
		voegIn(n, doc, deel)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return b
}

// voegIn adds deel to doc: maps member by member, lists behind one another.
func voegIn(bestand string, doc, deel map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(deel)) {
		v := deel[k]
		staat, al := doc[k]
		if !al {
			doc[k] = v
			continue
		}
		in, ok := staat.(map[string]any)
		bij, ook := v.(map[string]any)
		lijst, isLijst := staat.([]any)
		meer, ookLijst := v.([]any)
		switch {
		case ok && ook:
			voegIn(bestand, in, bij)
		case isLijst && ookLijst:
			doc[k] = append(lijst, meer...)
		default:
			panic(fmt.Sprintf("hub: %s describes %q again", bestand, k))
		}
	}
}

func geefOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(OpenAPI)
}
