package soh

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	beloftewoord = regexp.MustCompile(`\bvanzelf\b|krijgt (hier )?bericht|U hoort meer|binnen [a-zé]+ (dagen|weken|uur)\b|Beoordeel hem dan uiterlijk|Dan ziet u (het hier|wie)|[Pp]robeer het straks`)
	belofteregel = regexp.MustCompile("(?m)^\\| ([^|`]+) \\| ((?:`Test[A-Za-z0-9]+`(?:, )?)+) \\|$")
	testnaam     = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
	testfunctie  = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
)

// geenBelofte are sentences with such a word that promise nothing about the future, or
// that no person reads on a page.
var geenBelofte = []string{"als dat niet vanzelf ging", "of vanzelf eindigt", "vanzelf geen"}

// TestElkeBelofteHeeftEenTest: what a page promises stands in docs/dreigingen.md with tests
// that exist, and each line there is still said somewhere.
func TestElkeBelofteHeeftEenTest(t *testing.T) {
	_, na, ok := strings.Cut(lees(t, "docs/dreigingen.md"), "## What a page promises")
	if !ok {
		t.Fatal("docs/dreigingen.md has no list of promises")
	}
	rijen := belofteregel.FindAllStringSubmatch(na, -1)
	if len(rijen) < 10 {
		t.Fatalf("%d promises: does the test still read the list?", len(rijen))
	}
	tests, gezegd := map[string]bool{}, map[string]bool{}
	zinnen := map[string]string{}
	for p := range bestanden(t) {
		switch {
		case strings.HasSuffix(p, "_test.go"):
			for _, m := range testfunctie.FindAllStringSubmatch(lees(t, p), -1) {
				tests[m[1]] = true
			}
		case strings.HasSuffix(p, ".html") && !strings.Contains(p, "testdata"):
			for _, deel := range regexp.MustCompile(`"([^"{}<>]+)"|>([^<>{}]+)<`).FindAllString(lees(t, p), -1) {
				zinnen[deel] = p
			}
		case strings.HasSuffix(p, ".go"):
			letterlijk(t, p, zinnen)
		}
	}
	for zin, p := range zinnen {
		if !beloftewoord.MatchString(zin) || bevatEen(zin, geenBelofte) {
			continue
		}
		gedekt := false
		for _, r := range rijen {
			if strings.Contains(zin, r[1]) {
				gedekt, gezegd[r[1]] = true, true
			}
		}
		if !gedekt {
			t.Errorf("%s promises %q, and docs/dreigingen.md has no test for it", p, zin)
		}
	}
	for _, r := range rijen {
		if !gezegd[r[1]] {
			t.Errorf("no page says %q any more", r[1])
		}
		for _, m := range testnaam.FindAllStringSubmatch(r[2], -1) {
			if !tests[m[1]] {
				t.Errorf("%q: there is no %s", r[1], m[1])
			}
		}
	}
}

func bevatEen(s string, delen []string) bool {
	for _, d := range delen {
		if strings.Contains(s, d) {
			return true
		}
	}
	return false
}

// letterlijk adds the texts in a Go file, without its comments.
func letterlijk(t *testing.T, p string, uit map[string]string) {
	t.Helper()
	b, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), p, b, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.Field); ok && v.Tag != nil {
			return false // what an API says of its members is no promise to who reads a page
		}
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				uit[s] = p
			}
		}
		return true
	})
}
