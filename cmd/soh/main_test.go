package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/rest/resttest"
	"github.com/handbereik/soh/internal/toegang"
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
//	vraag STATUS REGEXP [CERT] METHOD URL [FILE]
//	                      wait until the address answers so, as the owner of
//	                      CERT.crt, CERT.key and ca.crt beside them
//	geheim FILE TEKST     fail when TEKST stands in FILE, or in a file below it
func TestOpdrachtregel(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			namen := []string{"ADRES", "OPENBAAR", "NODE", "BEHEER"}
			adressen, err := resttest.VrijeAdressen(len(namen))
			if err != nil {
				return err
			}
			for i, naam := range namen {
				e.Setenv(naam, adressen[i])
			}
			e.Setenv("VOORBEELDEN", voorbeelden())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"luistert": luistert, "pak": pak, "geheim": geheim, "vraag": vraag},
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

func vraag(ts *testscript.TestScript, niet bool, args []string) {
	if niet || len(args) < 4 {
		ts.Fatalf("usage: vraag STATUS REGEXP [CERT] METHOD URL [FILE]")
	}
	status, wil, client := args[0], regexp.MustCompile(args[1]), &http.Client{Timeout: 5 * time.Second}
	if args = args[2:]; args[0] != "GET" && args[0] != "POST" {
		pad := ts.MkAbs(args[0])
		id, err := toegang.LaadIdentiteit(pad+".crt", pad+".key", filepath.Join(filepath.Dir(pad), "ca.crt"))
		ts.Check(err)
		client, args = id.Client(5*time.Second), args[1:]
	}
	var laatst string
	for eind := time.Now().Add(60 * time.Second); time.Now().Before(eind); time.Sleep(50 * time.Millisecond) {
		lijf := ""
		if len(args) > 2 {
			lijf = ts.ReadFile(args[2])
		}
		r, err := http.NewRequest(args[0], args[1], strings.NewReader(lijf))
		ts.Check(err)
		r.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(r)
		if err != nil {
			laatst = err.Error()
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if laatst = resp.Status + " " + string(b); strings.HasPrefix(laatst, status+" ") && wil.MatchString(laatst) {
			return
		}
		if args[0] == "POST" && resp.StatusCode < 300 {
			break // it happened, so not again
		}
	}
	ts.Fatalf("%s %s: %s", args[0], args[1], laatst)
}
