// Command derden writes THIRD_PARTY.md: whose work is in what we build, under
// which terms, and their notices in full, as most of those terms ask. It reads
// the modules that are linked into soh and the packages of web/package.json
// that a browser gets. Run it from the module root when a test says that the
// file is not of today:
//
//	make derden
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const doel = "THIRD_PARTY.md"

// werk is a piece of other people's work, and the texts that come with it.
type werk struct {
	naam, versie string
	teksten      []string // numbers of texts
}

// boek gives every different text one number, in order of first use.
type boek struct {
	nummer  map[string]string
	teksten []string
}

var (
	naamTekst = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([-._].*)?$`)
	spaties   = regexp.MustCompile(`[ \t]+\n`)
)

func main() {
	log.SetFlags(0)
	b, err := maak(".")
	if err == nil {
		err = os.WriteFile(doel, b, 0o644)
	}
	if err != nil {
		log.Fatal("derden: ", err)
	}
}

// maak gives the text; wortel is the root of the module.
func maak(wortel string) ([]byte, error) {
	b := &boek{nummer: map[string]string{}}
	alle, err := modules(b, wortel)
	if err != nil {
		return nil, err
	}
	web, err := pakketten(b, wortel)
	if err != nil {
		return nil, err
	}
	var uit bytes.Buffer
	uit.WriteString("# Work of others in Samen Onder Handbereik\n\nMade by `make derden` from what is linked into `soh` and what a browser gets; a test holds this list against go.mod and web/package-lock.json.\nThe number leads to the terms and notices below.\n")
	tabel(&uit, "Go", alle)
	tabel(&uit, "In the browser", web)
	uit.WriteString("\n## Terms and notices\n")
	for i, t := range b.teksten {
		fmt.Fprintf(&uit, "\n### %d\n\n~~~~text\n%s\n~~~~\n", i+1, t)
	}
	return uit.Bytes(), nil
}

func tabel(uit *bytes.Buffer, kop string, ws []werk) {
	fmt.Fprintf(uit, "\n## %s\n\n| Work | Version | Terms and notices |\n|---|---|---|\n", kop)
	for _, w := range ws {
		fmt.Fprintf(uit, "| %s | %s | %s |\n", w.naam, w.versie, strings.Join(w.teksten, ", "))
	}
}

// modules are the Go modules with a package in soh, and Go's own library.
func modules(b *boek, wortel string) ([]werk, error) {
	lijst := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}|{{.Version}}|{{.Dir}}{{end}}{{end}}", "./cmd/soh")
	lijst.Dir = wortel
	uit, err := lijst.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	regels := strings.Fields(string(uit))
	slices.Sort(regels)
	var alle []werk
	for _, r := range slices.Compact(regels) {
		d := strings.Split(r, "|")
		w, err := b.lees(d[0], d[1], d[2])
		if err != nil {
			return nil, err
		}
		alle = append(alle, w)
		if d[0] == "golang.org/x/sys" { // by the same authors, under the same terms
			alle = append(alle, werk{"The Go standard library", "of the compiler", w.teksten})
		}
	}
	return alle, nil
}

// pakketten are the npm packages that web/package.json depends on: the others
// build or test.
func pakketten(b *boek, wortel string) ([]werk, error) {
	var pkg struct{ Dependencies map[string]string }
	var slot struct {
		Packages map[string]struct{ Version, License string }
	}
	if err := errors.Join(leesJSON(filepath.Join(wortel, "web/package.json"), &pkg), leesJSON(filepath.Join(wortel, "web/package-lock.json"), &slot)); err != nil {
		return nil, err
	}
	var alle []werk
	for _, naam := range slices.Sorted(maps.Keys(pkg.Dependencies)) {
		p := "node_modules/" + naam
		w, err := b.lees(naam+" ("+slot.Packages[p].License+")", slot.Packages[p].Version, filepath.Join(wortel, "web", p))
		if err != nil {
			return nil, err
		}
		alle = append(alle, w)
	}
	return alle, nil
}

// lees takes the texts in map_; without one, the work may not be in soh.
func (b *boek) lees(naam, versie, map_ string) (werk, error) {
	w := werk{naam: naam, versie: versie}
	in, err := os.ReadDir(map_)
	if err != nil {
		return w, err
	}
	for _, f := range in {
		if f.IsDir() || !naamTekst.MatchString(f.Name()) {
			continue
		}
		t, err := os.ReadFile(filepath.Join(map_, f.Name()))
		if err != nil {
			return w, err
		}
		w.teksten = append(w.teksten, b.zet(string(t)))
	}
	if len(w.teksten) == 0 {
		return w, fmt.Errorf("%s comes without terms: it may not be passed on", naam)
	}
	return w, nil
}

func (b *boek) zet(t string) string {
	t = strings.TrimSpace(spaties.ReplaceAllString(strings.ReplaceAll(t, "\r\n", "\n"), "\n"))
	if b.nummer[t] == "" {
		b.teksten = append(b.teksten, t)
		n := len(b.teksten)
		b.nummer[t] = fmt.Sprintf("[%d](#%d)", n, n)
	}
	return b.nummer[t]
}

func leesJSON(pad string, in any) error {
	b, err := os.ReadFile(pad)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, in)
}
