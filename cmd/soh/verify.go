package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/handbereik/soh/internal/hub/bewijs"
	"golang.org/x/mod/sumdb/note"
)

// VerifyCmd checks the ledger of a Ketenindex: one event, or a copy of all of
// it. The public key comes from another channel than what is checked.
type VerifyCmd struct {
	Een   VerifyEenCmd   `cmd:"" default:"withargs" help:"Kijk na of één gebeurtenis vastligt, met een bewijs (zonder netwerk) of bij de Ketenindex."`
	Haal  VerifyHaalCmd  `cmd:"" help:"Haal het grootboek, of een deel, naar een map en kijk het na; de volgende keer ook of het is doorgegroeid."`
	Kopie VerifyKopieCmd `cmd:"" help:"Kijk een map met een kopie na, zonder netwerk."`
}

// VerifyEenCmd checks that an event stands in the ledger, unchanged: from the
// hub, or offline from a saved proof.
type VerifyEenCmd struct {
	Interactie string `help:"interactieId van de gebeurtenis, om het bewijs bij de Ketenindex te halen."`
	Bewijs     string `help:"Bestand met een bewaard bewijs; dan is de Ketenindex niet nodig." type:"existingfile"`
	Sleutel    string `help:"Publieke sleutel van het grootboek, zoals de ketenbeheerder die bekendmaakt." required:""`
	Bewaar     bool   `help:"Druk het bewijs af, om te bewaren."`
	Hub        string `help:"Adres van de Ketenindex."`
	HubOIN     string `name:"hub-oin" env:"SOH_HUB_OIN" help:"OIN van de ketenbeheerder; bij --hub."`
	Cert       string `help:"Certificaat van uw organisatie (PEM)."`
	Key        string `help:"Sleutel bij het certificaat (PEM)."`
	CA         string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM)."`
}

// Run checks and tells; an error when the proof does not hold.
func (c *VerifyEenCmd) Run() error {
	b, err := c.haal()
	if err != nil {
		return err
	}
	var blad bewijs.Bewijs
	if err := json.Unmarshal(b, &blad); err != nil {
		return fmt.Errorf("het bewijs is geen geldige JSON: %w", err)
	}
	if c.Interactie != "" && strings.TrimPrefix(c.Interactie, "urn:uuid:") != strings.TrimPrefix(blad.InteractieID, "urn:uuid:") {
		return errors.New("het bewijs is van een andere interactie")
	}
	if _, err := note.NewVerifier(c.Sleutel); err != nil {
		return fmt.Errorf("de sleutel is geen sleutel van een grootboek: %w; geef de sleutel die `soh hub` afdrukt", err)
	}
	regel, stand, err := blad.Controleer(c.Sleutel)
	if err != nil {
		return fmt.Errorf("het bewijs klopt niet: %w", err)
	}
	if c.Bewaar {
		fmt.Println(strings.TrimSpace(string(b)))
		return nil
	}
	fmt.Printf("Het bewijs klopt.\n  gebeurtenis  %s\n  type         %s\n  source       %s\n  aangeboden   door %s\n  ontvangen    %s\n  plek         %d van %d in %s\n",
		regel.Event.ID, regel.Event.Type, regel.Event.Source, regel.Afzender, regel.Ontvangen.Format("2006-01-02T15:04:05Z07:00"), blad.BladIndex, stand.Grootte, stand.Oorsprong)
	return nil
}

func (c *VerifyEenCmd) haal() ([]byte, error) {
	if c.Bewijs != "" {
		return leesBestand(c.Bewijs, 16<<20)
	}
	if c.Interactie == "" || c.Hub == "" || c.Cert == "" || c.Key == "" || c.CA == "" {
		return nil, errors.New("geef --bewijs, of --interactie met --hub, --cert, --key en --ca")
	}
	b, _, err := HubToegang{Hub: c.Hub, OIN: c.HubOIN, Cert: c.Cert, Key: c.Key, CA: c.CA}.vraag("GET", "/v1/events/"+c.Interactie+"/bewijs", "", "", nil)
	return b, err
}
