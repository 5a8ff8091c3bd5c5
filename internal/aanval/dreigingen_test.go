package aanval

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestElkeDreigingNoemtEenTestDieErIs: docs/dreigingen.md may only point to tests that
// exist.
func TestElkeDreigingNoemtEenTestDieErIs(t *testing.T) {
	wortel := filepath.Join("..", "..")
	b, err := os.ReadFile(filepath.Join(wortel, "docs", "dreigingen.md"))
	if err != nil {
		t.Fatal(err)
	}
	var alles strings.Builder
	err = filepath.WalkDir(wortel, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && p != wortel) {
			return fs.SkipDir
		}
		if strings.HasSuffix(p, "_test.go") {
			f, err := os.ReadFile(p)
			alles.Write(f)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	namen := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(b), -1)
	for _, m := range namen {
		if !strings.Contains(alles.String(), "\nfunc "+m[1]+"(") {
			t.Errorf("docs/dreigingen.md names %s, which is no test", m[1])
		}
	}
	if len(namen) < 50 {
		t.Errorf("only %d tests are named", len(namen))
	}
}
