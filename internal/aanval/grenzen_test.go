package aanval

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestElkAdresHeeftDezelfdeGrenzen: nobody makes an HTTP server but rest.Server, which
// bounds time, headers and bytes in flight.
func TestElkAdresHeeftDezelfdeGrenzen(t *testing.T) {
	eigen := regexp.MustCompile(`&http\.Server\{|http\.ListenAndServe|http\.Serve\(`)
	wortel, gezien := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(wortel, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && p != wortel) {
			return fs.SkipDir
		}
		// The bench measures against a bare server, on purpose.
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || strings.HasSuffix(filepath.Dir(p), "test") || filepath.Base(p) == "bench_bank.go" || p == filepath.Join(wortel, "internal", "rest", "server.go") {
			return nil
		}
		gezien++
		b, err := os.ReadFile(p)
		if eigen.Match(b) {
			t.Errorf("%s makes a server of its own; use rest.Server", p)
		}
		return err
	})
	if err != nil || gezien < 200 {
		t.Fatal(gezien, err)
	}
}
