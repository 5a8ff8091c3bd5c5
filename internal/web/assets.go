package web

import (
	"embed"
	"encoding/json"
	"html/template"
	"sync"
)

// distFS holds what `make assets` built; before that only .gitkeep.
//
//go:embed all:dist
var distFS embed.FS

// manifest maps a logical name ("main.css") to its hashed file name. It is
// empty when the assets were not built: pages still work, without style.
var manifest = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	if b, err := distFS.ReadFile("dist/manifest.json"); err == nil {
		if json.Unmarshal(b, &m) != nil {
			m = map[string]string{}
		}
	}
	return m
})

// AssetsGebouwd tells whether `make assets` ran before this binary was built.
func AssetsGebouwd() bool { return len(manifest()) > 0 }

// AssetPad gives the path of a built file by its logical name, such as
// "main.css"; an unbuilt one gives a path that answers 404.
func AssetPad(naam string) string {
	if n := manifest()[naam]; n != "" {
		naam = n
	}
	return "/assets/" + naam
}

// icoon gives an icon of the sprite; it is decoration, hidden from readers.
func icoon(naam string, klassen ...string) template.HTML {
	k := "icon"
	for _, x := range klassen {
		k += " " + template.HTMLEscapeString(x)
	}
	return template.HTML(`<svg class="` + k + `" aria-hidden="true" focusable="false"><use href="` +
		template.HTMLEscapeString(AssetPad("icons.svg")) + `#` + template.HTMLEscapeString(naam) + `"/></svg>`)
}
