package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/logboek"
	"github.com/handbereik/soh/internal/toegang"
)

// LogboekCmd is for who must account for a node's looks: an auditor or the
// privacy officer.
type LogboekCmd struct {
	Verifieer  LogboekVerifieerCmd  `cmd:"" help:"Nagaan dat aan het verwerkingenlog niets is veranderd."`
	Ontsleutel LogboekOntsleutelCmd `cmd:"" help:"Lezen over wie een regel in het Logboek Dataverwerkingen gaat."`
}

// LogboekVerifieerCmd checks the chain of hashes, and holds it against what the
// organisation anchored in the Ketenindex.
type LogboekVerifieerCmd struct {
	Dir    string `help:"Map van het knooppunt." required:"" type:"existingdir"`
	Hub    string `env:"SOH_HUB" help:"Adres van de Ketenindex, https. Leeg: alleen het log zelf nagaan."`
	HubOIN string `name:"hub-oin" env:"SOH_HUB_OIN" help:"OIN van de ketenbeheerder; bij --hub."`
	Cert   string `help:"Certificaat van de organisatie (PEM)." type:"existingfile"`
	Key    string `help:"Sleutel bij het certificaat (PEM)." type:"existingfile"`
	CA     string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM)." type:"existingfile"`
}

// Run checks and tells.
func (c *LogboekVerifieerCmd) Run(ctx context.Context) error {
	pad := filepath.Join(c.Dir, "dossier.db")
	if _, err := os.Stat(pad); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("in %s staat geen dossier van een knooppunt", c.Dir)
	}
	d, err := dossier.Open(pad)
	if err != nil {
		return err
	}
	defer d.Close()
	var events []cloudevent.Event
	var oin begrip.OIN
	if c.Hub != "" {
		if oin, events, err = c.ankers(); err != nil {
			return err
		}
	}
	ankers, err := logboek.Ankers(oin, events)
	if err != nil {
		return err
	}
	n, kop, err := d.VerifieerMet(ctx, ankers)
	if err != nil {
		return err
	}
	fmt.Printf("In orde: %d regels, kop %s.\n", n, hex.EncodeToString(kop[:]))
	if c.Hub == "" {
		fmt.Println("Niet vergeleken met de Ketenindex. Dat kan met --hub.")
		return nil
	}
	fmt.Printf("Vergeleken met %d verankeringen in de Ketenindex.\n", len(ankers))
	return nil
}

// ankers asks the Ketenindex what this organisation anchored.
func (c *LogboekVerifieerCmd) ankers() (begrip.OIN, []cloudevent.Event, error) {
	if c.Cert == "" || c.Key == "" || c.CA == "" {
		return "", nil, errors.New("geef bij --hub ook --cert, --key en --ca")
	}
	id, err := toegang.LaadIdentiteit(c.Cert, c.Key, c.CA)
	if err != nil {
		return "", nil, err
	}
	oin := id.Organisatie.OIN
	vraag, err := json.Marshal(map[string]string{"subject": logboek.Onderwerp(oin)})
	if err != nil {
		return "", nil, err
	}
	t := HubToegang{Hub: c.Hub, OIN: c.HubOIN, Cert: c.Cert, Key: c.Key, CA: c.CA}
	inter, err := t.interactie("/v1/gebeurtenissen/query", vraag)
	if err != nil {
		return "", nil, err
	}
	var events []cloudevent.Event
	return oin, events, t.bladzijden(inter, cloudevent.TypeBatch, func(b []byte) error {
		var ruw []json.RawMessage
		if err := json.Unmarshal(b, &ruw); err != nil {
			return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
		}
		for _, r := range ruw {
			ev, err := cloudevent.Parse(r)
			if err != nil {
				return err
			}
			events = append(events, ev)
		}
		return nil
	})
}

// LogboekOntsleutelCmd reads a dpl.core.data_subject_id from standard input.
type LogboekOntsleutelCmd struct {
	Dir string `help:"Map van het knooppunt, met de sleutel van het logboek." required:"" type:"existingdir"`
}

// Run prints the number; who may run it decides who may read the key.
func (c *LogboekOntsleutelCmd) Run() error {
	sleutel, err := os.ReadFile(filepath.Join(c.Dir, node.LogboekSleutel))
	if err != nil {
		return err
	}
	b, err := leesBestand("-", 4096)
	if err != nil {
		return err
	}
	bsn, err := logboek.Ontsleutel(sleutel, strings.TrimSpace(string(b)))
	if err != nil {
		return errors.New("deze tekst is niet van dit knooppunt")
	}
	fmt.Println(bsn.Leesbaar())
	return nil
}
