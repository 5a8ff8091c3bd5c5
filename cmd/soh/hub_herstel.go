package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/toegang"
)

// HubHerstelCmd shows first, and changes something only when asked, under a name.
type HubHerstelCmd struct {
	Dir        string `help:"Map met de bestanden van de Ketenindex." required:"" type:"path"`
	Cert       string `help:"Certificaat van de ketenbeheerder (PEM)." required:"" type:"existingfile"`
	Key        string `help:"Sleutel bij het certificaat (PEM)." required:"" type:"existingfile"`
	CA         string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM)." required:"" type:"existingfile"`
	Geheimen   string `help:"Map met de drie sleutels; leeg: die van --dir." type:"path"`
	GetuigeMap string `help:"Map buiten --dir die weet hoe ver het log was; leeg: die naast --dir." type:"path"`
	HubLog     `embed:""`
	Bevestig   bool   `help:"Doe het: leg vast wat weg is, en ga verder met een nieuwe sleutel van het grootboek."`
	Naam       string `help:"Wie dit doet; komt in het log."`
	Reden      string `help:"Waarom; komt in het log. Schrijf hier geen persoonsgegevens."`
}

// Run shows who knows that the hub was further, or accepts it.
func (c *HubHerstelCmd) Run(ctx context.Context) error {
	id, err := toegang.LaadIdentiteit(c.Cert, c.Key, c.CA)
	if err != nil {
		return err
	}
	id.Organisatie.Soort = begrip.Ketenbeheerder
	h, err := hub.Open(hub.Config{Dir: c.Dir, Organisatie: id.Organisatie, Geheimen: c.Geheimen, Getuige: c.GetuigeMap, Cluster: c.cluster(), Identiteit: &id, Log: begrip.Logger(os.Stderr, slog.LevelError)})
	if err != nil {
		return err
	}
	defer h.Close()
	bs, dicht, err := h.Herstel(ctx)
	if err != nil {
		return err
	}
	for _, b := range bs {
		oordeel := "past"
		if !b.Past {
			oordeel = "past niet bij dit log"
		}
		fmt.Printf("%s toont een ondertekende stand van %d regels: %s.\n", b.Van, b.Grootte, oordeel)
	}
	switch {
	case dicht == "":
		fmt.Println("Geen verschil: dit is de laatste Ketenindex die bekend is.")
		return nil
	case !c.Bevestig:
		fmt.Println(dicht + "\nEr is niets gewijzigd. Zet liever een nieuwere kopie terug. Is die er niet, doe het dan met --bevestig --naam … --reden ….")
		return nil
	}
	if err := h.Bevestig(ctx, c.Naam, c.Reden); err != nil {
		return err
	}
	fmt.Println("Gedaan en vastgelegd. De oude sleutel van het grootboek en de laatste stand staan ernaast bewaard. Start de Ketenindex, maak de nieuwe sleutel bekend, en geef elke andere hub dezelfde geheimen. Deelnemers bieden vanzelf opnieuw aan wat zij nog hebben.")
	return nil
}
