package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// NodeGroep is the node itself, and what its manager does to it.
type NodeGroep struct {
	Start   NodeCmd        `cmd:"" default:"withargs" help:"Draai het knooppunt; dit is wat soh node doet zonder meer."`
	Backup  NodeBackupCmd  `cmd:"" help:"Maak een kopie van het dossier, ook terwijl het knooppunt draait."`
	Herstel NodeHerstelCmd `cmd:"" help:"Bekijk wat er mist in een dossier dat is teruggezet, en herstel het. Het knooppunt draait dan niet."`
}

// NodeBackupCmd copies a dossier as of one moment.
type NodeBackupCmd struct {
	Map  string `name:"dir" env:"SOH_NODE_MAP" default:"node" help:"Map van het knooppunt."`
	Naar string `required:"" type:"path" help:"Bestand voor de kopie; het mag er nog niet zijn."`
}

// Run copies, reads the copy and tells how far it goes.
func (c *NodeBackupCmd) Run(ctx context.Context) error {
	if err := dossier.Kopieer(ctx, filepath.Join(c.Map, "dossier.db"), c.Naar); err != nil {
		return err
	}
	d, err := dossier.Open(c.Naar)
	if err != nil {
		return err
	}
	defer d.Close()
	st, err := d.Stempel(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("Kopie gemaakt en nagelezen: %s, tot en met vastlegging %d. Bewaar haar apart, met ook %s en de sleutel bij het certificaat.\n", c.Naar, st.Nr, node.LogboekSleutel)
	return nil
}

// NodeHerstelCmd shows first, and changes something only when asked, under a name.
type NodeHerstelCmd struct {
	Map         string `name:"dir" env:"SOH_NODE_MAP" default:"node" help:"Map van het dossier."`
	Getuige     string `env:"SOH_NODE_GETUIGE" help:"Map buiten die van het dossier, die weet hoe ver het dossier was; leeg: die naast het dossier."`
	Soort       string `env:"SOH_NODE_SOORT" required:"" help:"Wat voor organisatie dit is, als bij soh node."`
	Certificaat string `name:"cert" env:"SOH_CERTIFICAAT" required:"" type:"existingfile" help:"Certificaat van de organisatie, met OIN."`
	Sleutel     string `name:"key" env:"SOH_SLEUTEL" required:"" type:"existingfile" help:"Sleutel bij het certificaat."`
	CA          string `name:"ca" env:"SOH_CA" required:"" type:"existingfile" help:"Certificaten van de uitgevers die u vertrouwt."`
	Hub         string `env:"SOH_HUB" required:"" help:"Adres van de Ketenindex, https."`
	HubOIN      string `name:"hub-oin" env:"SOH_HUB_OIN" help:"OIN van de ketenbeheerder, als bij soh node."`
	Bevestig    bool   `xor:"stap" help:"Doe het: neem terug wat gebeurtenissen vertellen, leg de rest vast en laat de eigen organisatie weer binnen."`
	Vrijgeven   bool   `xor:"stap" help:"Laat ook anderen en het gezin weer binnen. Doe dit pas als is nagekeken wat sinds de kopie is afgeschermd of gestopt."`
	Naam        string `help:"Wie dit doet; komt in het log."`
	Reden       string `help:"Waarom, of wat is nagekeken; komt in het log. Schrijf hier geen persoonsgegevens."`
}

// Run shows, confirms or releases.
func (c *NodeHerstelCmd) Run(ctx context.Context) error {
	id, err := toegang.LaadIdentiteit(c.Certificaat, c.Sleutel, c.CA)
	if err != nil {
		return err
	}
	id.Organisatie.Soort = begrip.OrganisatieSoort(c.Soort)
	if _, err := os.Stat(filepath.Join(c.Map, "dossier.db")); err != nil {
		return fmt.Errorf("in %s staat geen dossier van een knooppunt", c.Map)
	}
	n, err := node.Open(node.Config{Organisatie: id.Organisatie, Map: c.Map, Getuige: c.Getuige, Identiteit: id, HubURL: c.Hub, HubOIN: begrip.OIN(c.HubOIN), Log: begrip.Logger(os.Stderr, slog.LevelError)})
	if err != nil {
		return err
	}
	defer n.Close()
	if c.Vrijgeven {
		if err := n.GeefVrij(ctx, c.Naam, c.Reden); err != nil {
			return err
		}
		fmt.Println("Vrijgegeven. Na de volgende start ziet iedereen weer wat hij mag zien.")
		return nil
	}
	if c.Bevestig {
		h, err := n.Bevestig(ctx, c.Naam, c.Reden)
		if err != nil {
			return err
		}
		toonHerstel(os.Stdout, h)
		fmt.Println("\nGedaan en vastgelegd. Na de volgende start kan alleen de eigen organisatie erbij. Kijk na wat hierboven staat, en geef dan vrij met --vrijgeven.")
		return nil
	}
	h, err := n.Herstel(ctx)
	if err != nil {
		return fmt.Errorf("de Ketenindex is niet te vragen, en alleen zij weet wat er mist: %w", err)
	}
	if h.Leeg() && !h.Twijfel {
		fmt.Println("Geen verschil: dit dossier is het laatste dat bekend is.")
		return nil
	}
	toonHerstel(os.Stdout, h)
	if h.Leeg() {
		fmt.Println("\nEr is niets gewijzigd. Is alles nagekeken? Geef vrij met --vrijgeven --naam … --reden ….")
	} else {
		fmt.Println("\nEr is niets gewijzigd. Doe het met --bevestig --naam … --reden ….")
	}
	return nil
}

func toonHerstel(w io.Writer, h node.Herstelling) {
	regel := func(vorm string, a ...any) { fmt.Fprintf(w, vorm+"\n", a...) }
	if h.Getuige != "" {
		regel("%s", h.Getuige)
	}
	for _, a := range h.Ankers {
		regel("%s", a)
	}
	regel("Gebeurtenissen van dit knooppunt die de Ketenindex kent en dit dossier niet: %d.", len(h.Verloren))
	if len(h.Sluit) > 0 {
		regel("\nWeer gesloten, want de gebeurtenis zegt dat het gestopt was:")
		for _, s := range h.Sluit {
			regel("  %s %s, gestopt op %s", s.Soort, s.ID, s.Sinds.Format(time.RFC3339))
		}
	}
	if len(h.Rest) > 0 {
		regel("\nDe inhoud hiervan is weg; leg opnieuw vast wat nodig is:")
		for _, e := range h.Rest {
			regel("  %s  %s  %s", e.Time.Format(time.RFC3339), cloudevent.Omschrijving(e.Type), e.Subject)
		}
	}
	if len(h.Open) > 0 {
		regel("\nDit geeft anderen zicht en kan sinds de kopie zijn gestopt of beperkt zonder gebeurtenis. Kijk elk na:")
		for _, s := range h.Open {
			regel("  %s %s, van %s", s.Soort, s.ID, s.Sinds.Format(time.RFC3339))
		}
	}
	regel("\nAfschermingen van na de kopie staan nergens anders. Leg ze opnieuw vast voor u vrijgeeft.")
}
