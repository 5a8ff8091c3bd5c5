// Command soh is Samen Onder Handbereik: hub, node, portal, and what developers
// and operators need around them. `soh --help` lists the subcommands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is every subcommand; each has its options as a struct beside its code.
type cli struct {
	Demo      DemoCmd      `cmd:"" help:"Het hele netwerk op deze computer, met verzonnen gezinnen."`
	Hub       HubGroep     `cmd:"" help:"De Ketenindex van de ketenbeheerder."`
	Node      NodeGroep    `cmd:"" help:"Het knooppunt van een deelnemer."`
	Portal    PortalCmd    `cmd:"" help:"Het burgerportaal voor ouders en jongeren."`
	Keten     KetenCmd     `cmd:"" help:"De registers van de keten: deelnemers, diensten, API's, storingen en onderhoud."`
	Event     EventCmd     `cmd:"" help:"Gebeurtenissen aanbieden aan en opvragen bij een Ketenindex."`
	Verify    VerifyCmd    `cmd:"" help:"Het grootboek van de Ketenindex nagaan: één gebeurtenis of een hele kopie, ook zonder netwerk."`
	Bench     BenchCmd     `cmd:"" help:"Meten hoeveel een Ketenindex op deze computer aankan."`
	BenchKaal BenchKaalCmd `cmd:"" name:"bench-kaal" hidden:""`
	Logboek   LogboekCmd   `cmd:"" help:"Het verwerkingenlog van een knooppunt nagaan."`
	Pki       PkiCmd       `cmd:"" help:"Certificaten om te testen: een uitgever en een certificaat met OIN."`
	Verband   VerbandCmd   `cmd:"" help:"De samenwerkingsverbanden: bekijken, nakijken, en wie wat mag zien."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "soh:", err)
		os.Exit(1)
	}
}

// run is main without the process around it.
func run(ctx context.Context, args []string) error {
	var c cli
	k, err := kong.New(&c, kong.Name("soh"), kong.Description("Samen Onder Handbereik: gegevens blijven bij de bron."),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return err
	}
	opdracht, err := k.Parse(args)
	if err != nil {
		if p, ok := errors.AsType[*kong.ParseError](err); ok {
			k.Stdout = os.Stderr // not what a script reads
			_ = p.Context.PrintUsage(true)
		}
		return err
	}
	return opdracht.Run()
}
