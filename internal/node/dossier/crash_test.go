package dossier

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// kindPad names the dossier for the child process of the test below.
const kindPad = "SOH_TEST_DOSSIER"

func TestMain(m *testing.M) {
	if path := os.Getenv(kindPad); path != "" {
		schrijfTotDeDood(path)
	}
	os.Exit(m.Run())
}

// schrijfTotDeDood tells the number of each record after its commit.
func schrijfTotDeDood(path string) {
	ctx := context.Background()
	s, err := Open(path)
	for n := 0; err == nil; n++ {
		err = s.Tx(ctx, func(tx *Tx) error {
			if _, err := tx.Schrijf(ctx, melding(fmt.Sprint(n))); err != nil {
				return err
			}
			if err := tx.Verstuur(ctx, bericht("hub", n)); err != nil {
				return err
			}
			return tx.Log(ctx, regel())
		})
		fmt.Println(n)
	}
	fmt.Println("fout:", err)
	os.Exit(1)
}

// TestNaDoodslagStaatAllesErNogSamen kills a writing process and finds every
// record it told of, each with its message and its log line.
func TestNaDoodslagStaatAllesErNogSamen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	kind := exec.Command(os.Args[0])
	kind.Env = append(os.Environ(), kindPad+"="+path)
	uit, err := kind.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := kind.Start(); err != nil {
		t.Fatal(err)
	}
	regels := bufio.NewScanner(uit)
	gemeld := 0
	for gemeld < 25 && regels.Scan() {
		if regels.Text() != fmt.Sprint(gemeld) {
			t.Fatal(regels.Text())
		}
		gemeld++
	}
	if err := kind.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for regels.Scan() { // what it told before it died counts too
		gemeld++
	}
	_ = kind.Wait() // killed, as meant

	s := opent(t, path)
	rs, err := s.Zoek(t.Context(), Filter{})
	if err != nil || gemeld < 25 || len(rs) < gemeld {
		t.Fatalf("%d gemeld, %d gevonden, %v", gemeld, len(rs), err)
	}
	st, err := s.Stand(t.Context())
	if err != nil || st[0].Wacht != len(rs) {
		t.Errorf("%d records, %+v, %v", len(rs), st, err)
	}
	if n, _, err := s.Verifieer(t.Context()); int(n) != len(rs) || err != nil {
		t.Errorf("%d records, %d logregels, %v", len(rs), n, err)
	}
	if _, err := s.Lees(t.Context(), "melding", fmt.Sprint(gemeld-1), time.Time{}); err != nil {
		t.Error(err)
	}
}
