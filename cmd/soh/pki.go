package main

import (
	"fmt"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// PkiCmd makes a test authority and gives certificates with an OIN. Real
// deelnemers bring their own PKIoverheid certificate.
type PkiCmd struct {
	Dir     string   `default:"pki" help:"Map voor de uitgever (ca.crt, ca.key) en de certificaten."`
	OIN     string   `required:"" help:"OIN van de organisatie, 20 tekens."`
	Naam    string   `required:"" help:"Naam van de organisatie."`
	Persoon string   `help:"Maak een persoonlijk certificaat voor deze medewerker van de organisatie, met dit als naam of personeelsnummer."`
	Host    []string `help:"Namen en adressen waarop de organisatie te bereiken is." default:"localhost,127.0.0.1,::1"`
}

// Run gives the certificate; a good one that is there stays.
func (c *PkiCmd) Run() error {
	oin, err := begrip.ParseOIN(c.OIN)
	if err != nil {
		return err
	}
	ca, err := toegang.NieuweCA(c.Dir)
	if err != nil {
		return err
	}
	o := begrip.Organisatie{OIN: oin, Naam: c.Naam}
	cert, key, err := ca.Geef(c.Dir, o, c.Host...)
	if c.Persoon != "" && err == nil {
		cert, key, err = ca.GeefPersoon(c.Dir, o, c.Persoon)
	}
	if err != nil {
		return err
	}
	fmt.Printf("Uitgever:    %s\nCertificaat: %s\nSleutel:     %s\n", ca.Pad(), cert, key)
	return nil
}
