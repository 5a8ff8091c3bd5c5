// Command assets builds what a browser loads: it bundles web/src, keeps only
// the design tokens that the style sheet reaches, picks the icons named in
// web/src/icons.txt into one sprite, gives each file a name with the hash of
// its content, and writes manifest.json. Input is web/node_modules from
// `npm ci`; output goes to internal/web/dist. Run it from the module root:
//
//	go run ./tools/assets
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	bron    = "web/src"
	modules = "web/node_modules"
	doel    = "internal/web/dist"
	thema   = modules + "/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"
	eigen   = bron + "/theme.tokens"
	iconen  = modules + "/@tabler/icons/icons/outline"
)

func main() {
	log.SetFlags(0)
	if err := bouw(); err != nil {
		log.Fatal("assets: ", err)
	}
}

// uitvoer collects the files before anything is written, so that a mistake
// leaves the former build standing.
type uitvoer struct {
	bestanden map[string][]byte
	manifest  map[string]string
}

func (u *uitvoer) zet(naam, ext string, b []byte) {
	som := sha256.Sum256(b)
	vol := naam + "." + hex.EncodeToString(som[:])[:12] + ext
	u.bestanden[vol] = b
	u.manifest[naam+ext] = vol
}

func bouw() error {
	u := &uitvoer{map[string][]byte{}, map[string]string{}}
	if err := u.bundel(); err != nil {
		return err
	}
	if err := u.sprite(); err != nil {
		return err
	}
	fav, err := os.ReadFile(bron + "/favicon.svg")
	if err != nil {
		return err
	}
	u.zet("favicon", ".svg", fav)
	m, err := json.MarshalIndent(u.manifest, "", " ")
	if err != nil {
		return err
	}
	u.bestanden["manifest.json"] = m
	return u.schrijf()
}

func (u *uitvoer) bundel() error {
	r := api.Build(api.BuildOptions{
		EntryPoints: []string{bron + "/main.css", bron + "/app.js"}, Bundle: true,
		Outdir: doel, Write: false, AssetNames: "[name].[hash]",
		MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true,
		Target: api.ES2020, LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelWarning,
		Engines:    []api.Engine{{Name: api.EngineSafari, Version: "15.4"}, {Name: api.EngineChrome, Version: "105"}, {Name: api.EngineFirefox, Version: "110"}},
		Loader:     map[string]api.Loader{".woff2": api.LoaderFile},
		PublicPath: "/assets", NodePaths: []string{modules},
	})
	if len(r.Errors) > 0 {
		return errors.New("bundelen mislukt; is `npm ci` gedaan in web/?")
	}
	for _, f := range r.OutputFiles {
		naam := filepath.Base(f.Path)
		switch filepath.Ext(naam) {
		case ".css":
			tokens, err := schud(string(f.Contents))
			if err != nil {
				return err
			}
			u.zet("main", ".css", append([]byte(tokens), f.Contents...))
		case ".js":
			u.zet("app", ".js", f.Contents)
		default:
			u.bestanden[naam] = f.Contents // a font: esbuild hashed its name
		}
	}
	return nil
}

var (
	declaratie = regexp.MustCompile(`(?m)^\s*(--[a-zA-Z0-9_-]+):\s*(.*?);\s*(?:/\*.*\*/)?\s*$`)
	gebruik    = regexp.MustCompile(`var\(\s*(--[a-zA-Z0-9_-]+)`)
)

// schud gives a :root block with only the tokens that css reaches, in the
// first layer so that everything else may override them.
func schud(css string) (string, error) {
	tokens := map[string]string{}
	for _, f := range []string{thema, eigen} { // the later file wins
		b, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		for _, m := range declaratie.FindAllStringSubmatch(string(b), -1) {
			tokens[m[1]] = m[2]
		}
	}
	nodig := map[string]bool{}
	var bezoek func(string)
	bezoek = func(s string) {
		for _, m := range gebruik.FindAllStringSubmatch(s, -1) {
			if v, ok := tokens[m[1]]; ok && !nodig[m[1]] {
				nodig[m[1]] = true
				bezoek(v)
			}
		}
	}
	bezoek(css)
	namen := make([]string, 0, len(nodig))
	for n := range nodig {
		namen = append(namen, n)
	}
	slices.Sort(namen)
	var b strings.Builder
	b.WriteString("@layer tokens{:root{")
	for _, n := range namen {
		if strings.Contains(tokens[n], "data:") {
			continue // the security policy refuses data: addresses
		}
		fmt.Fprintf(&b, "%s:%s;", n, tokens[n])
	}
	b.WriteString("}}\n")
	return b.String(), nil
}

var binnen = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)

func (u *uitvoer) sprite() error {
	lijst, err := os.ReadFile(bron + "/icons.txt")
	if err != nil {
		return err
	}
	var sp bytes.Buffer
	sp.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for n := range strings.FieldsSeq(string(lijst)) {
		b, err := os.ReadFile(filepath.Join(iconen, n+".svg"))
		if err != nil {
			return err
		}
		m := binnen.FindSubmatch(b)
		if m == nil {
			return fmt.Errorf("pictogram %s is geen svg", n)
		}
		fmt.Fprintf(&sp, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, n, bytes.TrimSpace(m[1]))
	}
	sp.WriteString("</svg>")
	u.zet("icons", ".svg", sp.Bytes())
	return nil
}

// schrijf replaces the contents of the folder, all but .gitkeep.
func (u *uitvoer) schrijf() error {
	oud, err := os.ReadDir(doel)
	if err != nil {
		return err
	}
	for _, o := range oud {
		if _, blijft := u.bestanden[o.Name()]; !blijft && o.Name() != ".gitkeep" {
			if err := os.RemoveAll(filepath.Join(doel, o.Name())); err != nil {
				return err
			}
		}
	}
	totaal := 0
	for naam, b := range u.bestanden {
		totaal += len(b)
		if err := os.WriteFile(filepath.Join(doel, naam), b, 0o644); err != nil {
			return err
		}
	}
	log.Printf("assets: %d bestanden, %d kB", len(u.bestanden), totaal/1024)
	return nil
}
