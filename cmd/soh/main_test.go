package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/rest/resttest"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"soh": main})
}

// TestOpdrachtregel runs the program as a user does; each script is a promise.
//
// Beside the usual commands a script has:
//
//	luistert ADDR         wait until something listens there
//	pak NAAM REGEXP FILE  set NAAM to what the first group of REGEXP matches
//	geheim FILE TEKST     fail when TEKST stands in FILE, or in a file below it
func TestOpdrachtregel(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			adressen, err := resttest.VrijeAdressen(2)
			if err != nil {
				return err
			}
			e.Setenv("ADRES", adressen[0])
			e.Setenv("OPENBAAR", adressen[1])
			e.Setenv("VOORBEELDEN", voorbeelden())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"luistert": luistert, "pak": pak, "geheim": geheim},
	})
}

// voorbeelden is the folder with the examples of the guide.
func voorbeelden() string {
	dir, err := filepath.Abs(filepath.Join("..", "..", "docs", "voorbeelden"))
	if err != nil {
		panic(err) // the working folder is gone
	}
	return dir
}

func luistert(ts *testscript.TestScript, niet bool, args []string) {
	if niet || len(args) != 1 {
		ts.Fatalf("usage: luistert ADDR")
	}
	var err error
	for eind := time.Now().Add(30 * time.Second); time.Now().Before(eind); time.Sleep(20 * time.Millisecond) {
		var c net.Conn
		if c, err = net.Dial("tcp", args[0]); err == nil {
			_ = c.Close()
			return
		}
	}
	ts.Fatalf("nothing listens at %s: %v", args[0], err)
}

func pak(ts *testscript.TestScript, niet bool, args []string) {
	if niet || len(args) != 3 {
		ts.Fatalf("usage: pak NAAM REGEXP FILE")
	}
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile(args[2]))
	if len(m) < 2 {
		ts.Fatalf("%s does not match %s", args[2], args[1])
	}
	ts.Setenv(args[0], m[1])
}

func geheim(ts *testscript.TestScript, niet bool, args []string) {
	if niet || len(args) != 2 {
		ts.Fatalf("usage: geheim FILE TEKST")
	}
	gezien := 0
	kijk := func(naam, tekst string) error {
		gezien++
		if strings.Contains(tekst, args[1]) {
			return fmt.Errorf("%s stands in %s", args[1], naam)
		}
		return nil
	}
	if args[0] == "stdout" || args[0] == "stderr" {
		ts.Check(kijk(args[0], ts.ReadFile(args[0])))
		return
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(pad string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(pad)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return errors.Join(err, kijk(pad, string(b)))
	}))
	if gezien == 0 {
		ts.Fatalf("%s holds no file", args[0])
	}
}
