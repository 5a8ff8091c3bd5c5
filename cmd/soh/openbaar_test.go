//go:build openbaar

package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
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
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	_ "modernc.org/sqlite"
)

// TestOpenbaar lets the tools of others judge the ledger: Tessera's fsck and the
// witness of torchwood. `make openbaar` builds them and says where they are.
//
// Beside the commands of TestOpdrachtregel a script has:
//
//	veel N VOORBEELD FILE   write N events like the example to FILE
//	agent SOCK NAAM         an ssh-agent with a new key; sets VINGER, and GVKEY to the key of a witness NAAM
//	kent DB ORIGIN VKEY     let a litewitness with this database know a log
//	wachtop URL REGEXP      wait until what stands there matches
func TestOpenbaar(t *testing.T) {
	bin := os.Getenv("OPENBAAR_BIN")
	for _, naam := range []string{"fsck", "litewitness"} {
		if _, err := os.Stat(filepath.Join(bin, naam)); err != nil {
			t.Fatalf("%v; run this by make openbaar", err)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/openbaar", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("VOORBEELDEN", voorbeelden())
			adressen, err := resttest.VrijeAdressen(3)
			if err != nil {
				return err
			}
			for i, naam := range []string{"ADRES", "OPENBAAR", "GETUIGE"} {
				e.Setenv(naam, adressen[i])
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"luistert": luistert, "pak": pak, "geheim": geheim, "veel": veel, "agent": sshAgent, "kent": kent, "wachtop": wachtop,
		},
	})
}

func veel(ts *testscript.TestScript, _ bool, args []string) {
	n := 0
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	var ev map[string]any
	ts.Check(json.Unmarshal(b, &ev))
	uit := make([]string, n)
	for i := range uit {
		ev["id"] = fmt.Sprintf("veel-%s-%d", args[2], i)
		b, err := json.Marshal(ev)
		ts.Check(err)
		uit[i] = string(b)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte("["+strings.Join(uit, ",")+"]"), 0o600))
}

func sshAgent(ts *testscript.TestScript, _ bool, args []string) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	ts.Check(err)
	ring := agent.NewKeyring()
	ts.Check(ring.Add(agent.AddedKey{PrivateKey: priv}))
	l, err := net.Listen("unix", ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c) }()
		}
	}()
	sleutel, err := ssh.NewPublicKey(pub)
	ts.Check(err)
	ts.Setenv("VINGER", ssh.FingerprintSHA256(sleutel))
	data := append([]byte{4}, pub...)
	som := sha256.Sum256(append([]byte(args[1]+"\n"), data...))
	ts.Setenv("GVKEY", fmt.Sprintf("%s+%x+%s", args[1], som[:4], base64.StdEncoding.EncodeToString(data)))
}

// kent does what torchwood's witnessctl does, which cannot be installed
// everywhere: a line for the log and one for its key.
func kent(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	leeg := sha256.Sum256(nil)
	_, err = db.Exec("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", args[1], base64.StdEncoding.EncodeToString(leeg[:]))
	ts.Check(err)
	_, err = db.Exec("INSERT INTO key (origin, key) VALUES (?, ?)", args[1], args[2])
	ts.Check(err)
}

func wachtop(ts *testscript.TestScript, _ bool, args []string) {
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	laatst := ""
	for eind := time.Now().Add(60 * time.Second); time.Now().Before(eind); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(args[0])
		if err != nil {
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if laatst = string(b); re.MatchString(laatst) {
			return
		}
	}
	ts.Fatalf("%s never matched %s:\n%s", args[0], args[1], laatst)
}
