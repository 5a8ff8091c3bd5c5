// Package soh has no code: it is the root of the module, with the tests that
// keep what is written about it true.
package soh

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/prov"
)

// geschreven gives every page of text for people, by path.
func geschreven(t *testing.T) map[string]string {
	t.Helper()
	uit := map[string]string{}
	for p := range bestanden(t) {
		if strings.HasSuffix(p, ".md") && p != "THIRD_PARTY.md" { // that one others wrote
			uit[p] = lees(t, p)
		}
	}
	for _, p := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architectuur.md", "docs/begrippen.md", "docs/adr/README.md"} {
		if uit[p] == "" {
			t.Fatalf("%s is missing", p)
		}
	}
	return uit
}

// bestanden gives the files of the repository, without what is built or fetched.
func bestanden(t *testing.T) map[string]fs.DirEntry {
	t.Helper()
	uit := map[string]fs.DirEntry{}
	weg := []string{".git", ".demo", "bin", "proef", "node_modules", "dist"}
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && slices.Contains(weg, d.Name()) {
			return fs.SkipDir
		}
		if err == nil && d.Type().IsRegular() {
			uit[p] = d
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return uit
}

func lees(t *testing.T, p string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(p))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	codeblok   = regexp.MustCompile("(?s)```.*?```")
	verwijzing = regexp.MustCompile(`\]\(([^)]+)\)`)
	eigenPad   = regexp.MustCompile("`((?:internal|cmd|tools|web|docs|scripts)/[A-Za-z0-9_./-]+)`")
	maakDoel   = regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
	opdracht   = regexp.MustCompile("(?m)(?:bin/|`)soh ([a-z]+)(?: (push|query))?")
	vlag       = regexp.MustCompile("(?:^|[ `])--([a-z][a-z-]+)")
	omgeving   = regexp.MustCompile(`SOH_[A-Z_]+`)
)

func TestLinksAndPathsExist(t *testing.T) {
	for p, tekst := range geschreven(t) {
		for _, m := range verwijzing.FindAllStringSubmatch(codeblok.ReplaceAllString(tekst, ""), -1) {
			doel, _, _ := strings.Cut(m[1], "#")
			if doel == "" || strings.Contains(doel, "://") {
				continue
			}
			if _, err := os.Stat(filepath.FromSlash(path.Join(path.Dir(p), doel))); err != nil {
				t.Errorf("%s links to %s, which does not exist", p, m[1])
			}
		}
		for _, m := range eigenPad.FindAllStringSubmatch(tekst, -1) {
			if _, err := os.Stat(filepath.FromSlash(m[1])); err != nil {
				t.Errorf("%s names %s, which does not exist", p, m[1])
			}
		}
	}
}

func TestMakeTargetsExist(t *testing.T) {
	makefile := lees(t, "Makefile")
	for p, tekst := range geschreven(t) {
		for _, m := range maakDoel.FindAllStringSubmatch(tekst, -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(makefile) {
				t.Errorf("%s names make %s, which the Makefile does not have", p, m[1])
			}
		}
	}
	if eerste := maakDoel.FindAllStringSubmatch(lees(t, "README.md"), 2); len(eerste) < 2 || eerste[0][1] != "demo" || eerste[1][1] != "test" {
		t.Error("README.md should begin with its two commands, make demo and make test")
	}
	if !strings.Contains(lees(t, ".ci/run"), "make test") {
		t.Error(".ci/run does not run the README's test command")
	}
}

// The commands, flags and variables of the guides are those of the program.
func TestCommandsAndFlagsExist(t *testing.T) {
	bron := ""
	for p := range bestanden(t) {
		if path.Dir(p) == "cmd/soh" && strings.HasSuffix(p, ".go") {
			bron += lees(t, p)
		}
	}
	heeft := func(naam, tag string) bool { // a field of kong: by its name tag, or by its own name
		veld := strings.ReplaceAll(naam, "-", "")
		return strings.Contains(bron, `name:"`+naam+`"`) ||
			regexp.MustCompile(`(?mi)^\s+`+veld+`\s+[A-Za-z\[\]0-9.]+\s+`+"`[^`]*"+tag).MatchString(bron)
	}
	vanAnderen := []string{"help", "cacert", "cert", "key", "data-binary"}
	for p, tekst := range geschreven(t) {
		for _, m := range opdracht.FindAllStringSubmatch(tekst, -1) {
			if !heeft(m[1], "cmd:") || m[2] != "" && !heeft(m[2], "cmd:") {
				t.Errorf("%s names soh %s %s, which does not exist", p, m[1], m[2])
			}
		}
		for _, m := range vlag.FindAllStringSubmatch(tekst, -1) {
			if !slices.Contains(vanAnderen, m[1]) && !heeft(m[1], "help:") {
				t.Errorf("%s names --%s, which no subcommand has", p, m[1])
			}
		}
		for _, naam := range omgeving.FindAllString(tekst, -1) {
			if !strings.Contains(bron, naam) {
				t.Errorf("%s names %s, which nothing reads", p, naam)
			}
		}
	}
}

// The tables of operations name what the hub and the node serve.
func TestOperationsExist(t *testing.T) {
	rij := regexp.MustCompile("`(GET|POST) (/[^`]+)`")
	var alles strings.Builder
	for p := range bestanden(t) {
		if strings.HasPrefix(p, "internal/") && strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			alles.WriteString(lees(t, p))
		}
	}
	bron := alles.String()
	for _, p := range []string{"docs/hub.md", "docs/node.md"} {
		gevonden := rij.FindAllStringSubmatch(lees(t, p), -1)
		if len(gevonden) < 5 {
			t.Errorf("%s tells of %d operations only", p, len(gevonden))
		}
		for _, m := range gevonden {
			route, _, heel := strings.Cut(m[1]+" "+m[2], "…")
			collectie, _, _ := strings.Cut(strings.TrimPrefix(m[2], "/v1"), "/{id}")
			goed := strings.Contains(bron, `"`+route+`"`) || heel && strings.Contains(bron, `"`+route) ||
				strings.Contains(bron, `"`+collectie+`"`) || strings.Contains(bron, `"/v1`+collectie+`"`)
			if !goed {
				t.Errorf("%s tells of %s %s, which nothing serves", p, m[1], m[2])
			}
		}
	}
}

func TestExamplesAreAccepted(t *testing.T) {
	ev, err := cloudevent.Parse([]byte(lees(t, "docs/voorbeelden/melding-geregistreerd.json")))
	if err == nil {
		err = ev.Validate()
	}
	if err != nil {
		t.Fatal(err)
	}
	if !cloudevent.Bekend(ev.Type) {
		t.Errorf("type %s is not registered", ev.Type)
	}
	g, waarschuwingen, err := prov.Lees(ev.Data)
	if err != nil || len(waarschuwingen) > 0 || len(g.Entities()) == 0 {
		t.Errorf("the graph: %v, %q", err, waarschuwingen)
	}
	var m melding.Melding
	d := json.NewDecoder(strings.NewReader(lees(t, "docs/voorbeelden/melding.json")))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	m.Normaliseer(time.Now())
	if err := m.Validate(time.Now()); err != nil {
		t.Error(err)
	}
}

func TestDecisionsAreNumberedAndListed(t *testing.T) {
	lijst := lees(t, "docs/adr/README.md")
	for p := range bestanden(t) {
		if path.Dir(p) != "docs/adr" || path.Base(p) == "README.md" {
			continue
		}
		var nummer int
		if _, err := fmt.Sscanf(path.Base(p), "%04d-", &nummer); err != nil {
			t.Errorf("%s has no number", p)
		}
		tekst := lees(t, p)
		if !strings.HasPrefix(tekst, fmt.Sprintf("# %d. ", nummer)) {
			t.Errorf("%s should begin with its number %d", p, nummer)
		}
		for _, kop := range []string{"\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"} {
			if strings.Count(tekst, kop) != 1 {
				t.Errorf("%s needs %q once", p, strings.TrimSpace(kop))
			}
		}
		if strings.Count(lijst, fmt.Sprintf("| [%d](%s)", nummer, path.Base(p))) != 1 || strings.Count(lijst, fmt.Sprintf("| [%d](", nummer)) != 1 {
			t.Errorf("%s is not in the list of decisions once, or its number is taken", p)
		}
	}
}

func TestWordsStandOnceEach(t *testing.T) {
	gezien := map[string]bool{}
	for regel := range strings.SplitSeq(lees(t, "docs/begrippen.md"), "\n") {
		cel := strings.Split(regel, "|")
		if len(cel) != 5 || strings.HasPrefix(cel[1], "---") || strings.TrimSpace(cel[1]) == "Word" {
			continue
		}
		woord := strings.ToLower(strings.TrimSpace(cel[1]))
		if gezien[woord] || strings.TrimSpace(cel[2]) == "" || strings.TrimSpace(cel[3]) == "" {
			t.Errorf("%q stands twice, or misses its English or Dutch meaning", woord)
		}
		gezien[woord] = true
	}
	if len(gezien) < 50 {
		t.Errorf("only %d words", len(gezien))
	}
}

// Whoever clones this has another machine and other registries than we have.
func TestNoNamesOfOneWorkplace(t *testing.T) {
	geheim := []string{ // in two halves, or this file would name them
		"proxy." + "golang.org", "sum." + "golang.org", "registry." + "npmjs.org", "registry." + "yarnpkg.com", "deb." + "debian.org",
		"/wo" + "rk/main", "/wo" + "rk/shared", "/tmp/" + "contract", "remove this" + " comment",
	}
	for p, d := range bestanden(t) {
		info, err := d.Info()
		if err != nil || info.Size() > 4<<20 || p == ".git" { // a file in a second work tree
			continue
		}
		tekst := strings.ToLower(lees(t, p))
		for _, g := range geheim {
			if strings.Contains(tekst, g) {
				t.Errorf("%s names %s", p, g)
			}
		}
	}
}

func TestPictureTellsWhatItShows(t *testing.T) {
	svg := lees(t, "docs/netwerk.svg")
	for _, nodig := range []string{`role="img"`, "<title id=", "<desc id=", `aria-labelledby="titel uitleg"`} {
		if !strings.Contains(svg, nodig) {
			t.Errorf("docs/netwerk.svg misses %s", nodig)
		}
	}
	if !strings.Contains(lees(t, "README.md"), "](docs/netwerk.svg)") {
		t.Error("README.md does not show docs/netwerk.svg")
	}
}

func TestLicence(t *testing.T) {
	tekst := lees(t, "LICENSE")
	for _, nodig := range []string{"EUROPEAN UNION PUBLIC LICENCE v. 1.2", "15. Applicable Law", "LiLiQ-R", "EUPL version."} {
		if !strings.Contains(strings.ReplaceAll(tekst, "\n", " "), nodig) {
			t.Errorf("LICENSE misses %q", nodig)
		}
	}
}
