package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/vergeten"
)

// HubGroep is the hub itself, and what its manager does to it.
type HubGroep struct {
	Start         HubCmd           `cmd:"" default:"withargs" help:"Draai de Ketenindex; dit is wat soh hub doet zonder meer."`
	Vergeet       VergeetCmd       `cmd:"" help:"Vergeet een persoon, met twee medewerkers van de ketenbeheerder."`
	Herstel       HubHerstelCmd    `cmd:"" help:"Bekijk of een Ketenindex die is teruggezet minder heeft dan zij ondertekende, en herstel het. Zij draait dan niet."`
	SleutelWissel SleutelWisselCmd `cmd:"" name:"sleutel-wissel" help:"Vervang de meestersleutel van een Ketenindex die niet draait."`
}

// VergeetCmd forgets a person: one asks, another agrees, then it is done. Each
// uses an own, personal certificate of the chain manager.
type VergeetCmd struct {
	Verzoek   VergeetVerzoekCmd   `cmd:"" help:"Vraag een persoon te vergeten."`
	Akkoord   VergeetAkkoordCmd   `cmd:"" help:"Geef akkoord op het verzoek van een ander."`
	Lijst     VergeetLijstCmd     `cmd:"" help:"Alle verzoeken, en hoever zij zijn."`
	Uitvoeren VergeetUitvoerenCmd `cmd:"" help:"Vernietig de sleutels. Dit is niet terug te draaien."`
}

// VergeetVerzoekCmd asks. Whom comes from standard input or a file only:
// arguments show in the process list.
type VergeetVerzoekCmd struct {
	HubToegang `embed:""`
	Persoon    string `name:"persoon-bestand" required:"" help:"Bestand met alleen het burgerservicenummer, of de naam (urn:…) van een betrokkene zonder nummer; - is standaardinvoer."`
	Reden      string `required:"" help:"Waarom. Schrijf hier geen persoonsgegevens: dit blijft altijd bewaard."`
	Grondslag  string `required:"" help:"Op grond van welk wetsartikel, bijvoorbeeld 'AVG artikel 17'."`
}

// Run asks and prints the request.
func (c *VergeetVerzoekCmd) Run() error {
	b, err := leesBestand(c.Persoon, 256)
	if err != nil {
		return err
	}
	vraag := map[string]string{"reden": c.Reden, "grondslag": c.Grondslag}
	if s := strings.TrimSpace(string(b)); strings.HasPrefix(s, "urn:") {
		vraag["betrokkene"] = s
	} else {
		bsn, err := begrip.ParseBSN(s)
		if err != nil {
			return err
		}
		vraag["burgerservicenummer"] = bsn.Leesbaar()
	}
	return c.schrijf("POST", "/v1/vergeetverzoeken", vraag)
}

// VergeetAkkoordCmd agrees.
type VergeetAkkoordCmd struct {
	HubToegang `embed:""`
	ID         string `arg:"" help:"Het verzoek, zoals lijst het noemt."`
}

// Run agrees and prints the request.
func (c *VergeetAkkoordCmd) Run() error {
	return c.schrijf("POST", "/v1/vergeetverzoeken/"+url.PathEscape(c.ID)+"/akkoorden", nil)
}

// VergeetUitvoerenCmd destroys.
type VergeetUitvoerenCmd struct {
	HubToegang `embed:""`
	ID         string `arg:"" help:"Het verzoek, zoals lijst het noemt."`
}

// Run destroys the keys and prints the request.
func (c *VergeetUitvoerenCmd) Run() error {
	return c.schrijf("POST", "/v1/vergeetverzoeken/"+url.PathEscape(c.ID)+"/uitvoeringen", nil)
}

// VergeetLijstCmd lists.
type VergeetLijstCmd struct {
	HubToegang `embed:""`
}

// Run prints one line per request.
func (c *VergeetLijstCmd) Run() error {
	b, _, err := c.vraag("GET", "/v1/vergeetverzoeken", "", "", nil)
	if err != nil {
		return err
	}
	var in struct {
		Vergeetverzoeken []feit.Vergeetverzoek `json:"vergeetverzoeken"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
	}
	for _, v := range in.Vergeetverzoeken {
		akkoord := "nog niemand"
		if v.Akkoord != nil {
			akkoord = v.Akkoord.Naam
		}
		fmt.Printf("%s  %-11s  gevraagd door %s, akkoord van %s  %s\n", v.ID, v.Stand, v.Verzoeker.Naam, akkoord, v.Reden)
	}
	return nil
}

// SleutelWisselCmd replaces the master key.
type SleutelWisselCmd struct {
	HubLog `embed:""`

	Dir      string `help:"Map met de bestanden van de Ketenindex." required:"" type:"existingdir"`
	Geheimen string `help:"Map met de sleutels, als die niet in --dir staan." type:"existingdir"`
}

// Run replaces it; a change that was interrupted goes on.
func (c *SleutelWisselCmd) Run(ctx context.Context) error {
	if err := vergeten.WisselMeester(ctx, hub.Config{Dir: c.Dir, Geheimen: c.Geheimen, Cluster: c.cluster(), Log: begrip.Logger(os.Stderr, slog.LevelWarn)}); err != nil {
		return errors.Join(errors.New("de meestersleutel is niet (helemaal) vervangen: los dit op en draai dit nog eens"), err)
	}
	_, err := fmt.Println("De meestersleutel is vervangen. Maak nu een reservekopie van de nieuwe, en zet hem bij elke hub.")
	return err
}
