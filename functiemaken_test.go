package soh

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	gidsBestand = regexp.MustCompile("(?s)`(huisbezoek/[^`]+)`:\n\n```[a-z]+\n(.*?)```")
	gidsBlad    = regexp.MustCompile("(?s)run the test again:\n\n```go\n(.*?)```")
)

// TestFunctieMaken does what docs/functie-maken.md tells a newcomer to do: it lays the files of
// the guide over the tree and runs the test of the guide, before and after the page is changed.
func TestFunctieMaken(t *testing.T) {
	b, err := os.ReadFile("docs/functie-maken.md")
	if err != nil {
		t.Fatal(err)
	}
	wortel, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	bestanden := map[string]string{}
	for _, m := range gidsBestand.FindAllStringSubmatch(string(b), -1) {
		bestanden["internal/functie/"+m[1]] = m[2]
	}
	if len(bestanden) != 5 {
		t.Fatalf("the guide has %d files", len(bestanden))
	}
	test := func() {
		t.Helper()
		map_, over := t.TempDir(), map[string]string{}
		for naam, tekst := range bestanden {
			pad := filepath.Join(map_, strings.ReplaceAll(naam, "/", "_"))
			if err := os.WriteFile(pad, []byte(tekst), 0o600); err != nil {
				t.Fatal(err)
			}
			over[filepath.Join(wortel, naam)] = pad
		}
		j, err := json.Marshal(map[string]any{"Replace": over})
		if err != nil {
			t.Fatal(err)
		}
		laag := filepath.Join(map_, "laag.json")
		if err := os.WriteFile(laag, j, 0o600); err != nil {
			t.Fatal(err)
		}
		proef := filepath.Join(map_, "huisbezoek.test")
		if uit, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-overlay", laag, "-o", proef, "./internal/functie/huisbezoek").CombinedOutput(); err != nil {
			t.Fatalf("the guide does not build: %v\n%s", err, uit)
		}
		c := exec.CommandContext(t.Context(), proef)
		c.Dir = map_
		if uit, err := c.CombinedOutput(); err != nil || !strings.Contains(string(uit), "PASS") {
			t.Errorf("the guide does not work: %v\n%s", err, uit)
		}
	}
	test()
	blad := gidsBlad.FindStringSubmatch(string(b))
	if blad == nil {
		t.Fatal("the guide changes no page")
	}
	const functie, na = "internal/functie/huisbezoek/functie.go", "Icoon: \"home\",\n"
	oud := bestanden[functie]
	if bestanden[functie] = strings.Replace(oud, na, na+blad[1], 1); bestanden[functie] == oud {
		t.Fatal("the page cannot be changed as the guide says")
	}
	test()
}
