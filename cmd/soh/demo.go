package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/handbereik/soh/internal/demo"
)

// DemoCmd runs the whole network until Ctrl-C.
type DemoCmd struct {
	Addr string `env:"SOH_DEMO_ADDR" default:"127.0.0.1:8080" help:"Adres van de startpagina. Poort 0 kiest een vrije."`
	Dir  string `env:"SOH_DEMO_DIR" default:".demo" help:"Map voor alle bestanden."`
}

// Run starts, says where to look, and waits.
func (c *DemoCmd) Run(ctx context.Context) error {
	begin := time.Now()
	d, err := demo.Start(ctx, demo.Config{Addr: c.Addr, Dir: c.Dir})
	if err != nil {
		return err
	}
	fmt.Printf(`
De demo draait (klaar in %.1f seconden).

  Open in uw browser:  %s
  Ketenbord:           %s
  Voor programma's:    %sdemo.json
  Alle bestanden:      %s
  Wat er gebeurt:      %s/log

Stoppen: Ctrl-C. Een nieuwe start gaat verder waar u was.
`, time.Since(begin).Seconds(), d.URL(), d.KetenbordURL(), d.URL(), d.Dir(), d.Dir())
	if err := d.Verhaal(); err != nil {
		fmt.Fprintln(os.Stderr, "Let op: het verhaal staat niet helemaal klaar. Start opnieuw om het af te maken.", err)
	}
	fout := d.Wacht(ctx)
	fmt.Println("\nDe demo stopt. Een ogenblik.")
	signal.Reset() // a second Ctrl-C ends at once
	if err := d.Stop(); fout == nil {
		fout = err
	}
	return fout
}
