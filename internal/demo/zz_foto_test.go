package demo

import (
	"context"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/web/browsertest"
)

func TestZZFoto(t *testing.T) {
	d, err := Start(context.Background(), Config{Addr: "127.0.0.1:0", Dir: t.TempDir(), Peilen: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Stop()
	for !d.Gereed() {
		time.Sleep(50 * time.Millisecond)
	}
	if err := d.Verhaal(); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	m := d.aan(t, b, "gemeente-samira")
	time.Sleep(1500 * time.Millisecond)
	m.naar("/uitkomsten").Wacht("main")
	m.Schermfoto("uk-lijst")
	m.laatste("/uitkomsten/0").Wacht("main")
	m.Schermfoto("uk-detail")
	m.naar("/uitkomsten/nieuw").Wacht("main")
	m.Schermfoto("uk-nieuw")
	for _, wie := range []string{"politie-noor", "ggz-eva"} {
		m = d.aan(t, b, wie)
		time.Sleep(1500 * time.Millisecond)
		m.naar("/postvak").Wacht("main")
		m.Schermfoto("uk-postvak-" + wie)
		m.laatste("/postvak/uitkomst/").Wacht("main")
		m.Schermfoto("uk-lees-" + wie)
	}
	for _, wie := range []string{"sanne", "mark"} {
		m = d.aan(t, b, wie)
		time.Sleep(1500 * time.Millisecond)
		m.naar("/overzicht").Wacht("main")
		m.Schermfoto("uk-overzicht-" + wie)
	}
}
