package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// EventVolgCmd follows an abonnement of kind pull: it prints each event, and
// confirms what it printed by asking for what comes next.
type EventVolgCmd struct {
	HubToegang `embed:""`
	Kijker     `embed:""`
	Abonnement string        `help:"Id van een abonnement dat er al is; zonder neemt deze opdracht er een."`
	Type       []string      `help:"Typen van gebeurtenissen, voor een nieuw abonnement."`
	Zaak       string        `help:"Zaak, voor een nieuw abonnement."`
	Subject    string        `help:"Subject, voor een nieuw abonnement."`
	BSN        string        `name:"bsn-bestand" help:"Bestand met alleen het burgerservicenummer, voor een nieuw abonnement; - is standaardinvoer."`
	Eenmalig   bool          `help:"Stop als er niets meer is."`
	Wacht      time.Duration `help:"Hoe lang te wachten als er niets nieuws is." default:"2s"`
}

// Run prints until ctx ends.
func (c *EventVolgCmd) Run(ctx context.Context) error {
	c.als = c.Kijker
	if c.Abonnement == "" {
		if err := c.neem(); err != nil {
			return err
		}
	}
	for pad := "/v1/abonnementen/" + c.Abonnement + "/gebeurtenissen"; ; {
		b, kop, err := c.vraag("GET", pad, "", "", nil)
		if err != nil {
			return err
		}
		var events []json.RawMessage
		if err := json.Unmarshal(b, &events); err != nil {
			return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
		}
		for _, ev := range events {
			fmt.Println(string(ev))
		}
		pad, _, _ = strings.Cut(strings.TrimPrefix(kop.Get("Link"), "<"), ">")
		if len(events) > 0 {
			continue
		}
		if c.Eenmalig {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(c.Wacht):
		}
	}
}

func (c *EventVolgCmd) neem() error {
	in := map[string]any{"soort": "pull"}
	for k, v := range map[string]string{"zaak": c.Zaak, "subject": c.Subject} {
		if v != "" {
			in[k] = v
		}
	}
	if len(c.Type) > 0 {
		in["typen"] = c.Type
	}
	if c.BSN != "" {
		b, err := leesBestand(c.BSN, 64)
		if err != nil {
			return err
		}
		n, err := begrip.ParseBSN(strings.TrimSpace(string(b)))
		if err != nil {
			return err
		}
		in["burgerservicenummer"] = n.Leesbaar()
	}
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	a, _, err := c.vraag("POST", "/v1/abonnementen", cloudevent.TypeJSON, "", b)
	if err != nil {
		return err
	}
	var uit struct{ ID string }
	if err := json.Unmarshal(a, &uit); err != nil {
		return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
	}
	c.Abonnement = uit.ID
	_, err = fmt.Fprintln(os.Stderr, "abonnement", uit.ID)
	return err
}
